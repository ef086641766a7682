"""One run: asks the store, calls the runner, writes down how each result came to be.

`Run` is what `pipeline.build` makes things with: `MakingRun` makes, `PlanningRun` only looks.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pipeline.calls import Call, make_call, perform, read_progress
from pipeline.engines.choose import load_engine
from pipeline.errors import EngineFailed, ItemError, Refused, SourceError
from pipeline.exhibits import Entry
from pipeline.items import Item, Picture
from pipeline.permission import may_leave
from pipeline.protocols import EngineOptions, Runner, Web
from pipeline.recipes import Step
from pipeline.records import Attempt, Record
from pipeline.reels import ReelEntry
from pipeline.store import Made, Store

logger = logging.getLogger(__name__)

R = TypeVar("R", bound=Record)


class Maker(Protocol):
    """Makes one object's parts, or the reel."""

    def __call__(self, stage: Callable[..., R], /, *inputs: Any, how: Step) -> R:
        """Return what ``stage`` makes of ``inputs``, from the store if it is there."""
        ...


class Run(Protocol):
    """What the main path needs of a run."""

    def picture(self, image: Path | Picture, long_side_px: int) -> Path:
        """Return the file of a photograph, wherever the catalogue says it is.

        Raises:
            SourceError: if it is on the web and cannot be had.
        """
        ...

    def maker(self, entry: Entry | ReelEntry) -> Maker:
        """Return the function that makes parts for ``entry``."""
        ...

    def side_by_side(self, work: Callable[[Item], Entry], items: list[Item]) -> list[Entry]:
        """Do ``work`` on all items and return the entries in their order."""
        ...


@dataclass(frozen=True)
class Working:
    """A stage call that runs now."""

    item_id: str
    stage: str
    folder: Path
    since: float


@dataclass
class Tally:
    """What a run did, for the report and the display. Guarded by the run's lock."""

    total: int = 0
    finished: int = 0
    failed: int = 0
    made: Counter[str] = field(default_factory=Counter)
    reused: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    peak_memory_bytes: dict[str, int] = field(default_factory=dict)


class MakingRun:
    """A run that makes what is missing."""

    def __init__(self, store: Store, web: Web, runner: Runner, width: int) -> None:
        self._store, self._web, self._runner, self._width = store, web, runner, width
        self._lock = threading.Lock()
        self._working: dict[str, Working] = {}
        self._stopped = threading.Event()
        self.tally = Tally()

    def picture(self, image: Path | Picture, long_side_px: int) -> Path:
        """Return the file of a photograph, from the web if the catalogue says so."""
        if isinstance(image, Path):
            return image
        if self._stopped.is_set():
            raise ItemError("The run was stopped.")
        return self._web.picture(image, long_side_px)

    def working(self) -> list[tuple[Working, tuple[int, int] | None]]:
        """What runs now, and how far each says it is."""
        with self._lock:
            now = list(self._working.values())
        return [(work, read_progress(work.folder)) for work in now]

    def side_by_side(self, work: Callable[[Item], Entry], items: list[Item]) -> list[Entry]:
        """Do ``work`` on all items, a few at a time; an interrupt ends them all."""
        self.tally.total = len(items)
        # One thread more than workers, so that a worker never waits for the driver's hashing.
        with ThreadPoolExecutor(self._width + 1) as threads:
            futures = [threads.submit(self._counted, work, item) for item in items]
            try:
                pending = set(futures)
                while pending:  # short waits, so that Ctrl-C is heard on every system
                    done, pending = wait(pending, 0.2, FIRST_EXCEPTION)
                    for future in done:
                        future.result()
            except BaseException:
                self._stopped.set()
                threads.shutdown(wait=False, cancel_futures=True)
                self._runner.stop()
                raise
        return [future.result() for future in futures]

    def _counted(self, work: Callable[[Item], Entry], item: Item) -> Entry:
        entry = work(item)
        with self._lock:
            self.tally.finished += 1
            self.tally.failed += bool(entry.problems)
        return entry

    def maker(self, entry: Entry | ReelEntry) -> Maker:
        """Return the function that makes parts for ``entry`` and notes their provenance in it."""

        def make(stage: Callable[..., R], /, *inputs: Any, how: Step) -> R:
            if self._runner.is_remote and isinstance(entry, Entry) and not may_leave(entry.item):
                raise Refused(
                    f"{entry.id}: it may not leave this machine, and the run's stages work on "
                    "another. Render it in a run of its own here."
                )
            made, reused = self._find_or_make(entry.id, stage, inputs, how)
            entry.provenance[how.label(stage.__name__)] = made.provenance
            self._count(made, reused, how.label(stage.__name__))
            return made.result  # type: ignore[return-value]

        return make

    def _find_or_make(
        self, item_id: str, stage: Callable[..., Record], inputs: tuple[Any, ...], how: Step
    ) -> tuple[Made, bool]:
        """Try each engine that is allowed, asking the store before each."""
        tried: tuple[Attempt, ...] = ()
        engines: tuple[EngineOptions | None, ...] = how.engines or (None,)
        for number, engine in enumerate(engines, start=1):
            try:
                call = describe(stage, inputs, how, engine, self._store)
                if made := self._store.find(call.key):
                    return _with_attempts(made, tried), True
                return self._make(item_id, how.label(call.name), call, tried), False
            except EngineFailed as error:
                if number == len(engines):
                    raise
                name = engine.name if engine else ""
                logger.warning("%s: %s failed, trying the next: %s", item_id, name, error)
                tried += (Attempt(engine=name, error=str(error)),)
        raise AssertionError("the last engine returns or raises")

    def _make(self, item_id: str, label: str, call: Call, tried: tuple[Attempt, ...]) -> Made:
        if self._stopped.is_set():
            raise ItemError("The run was stopped.")
        folder = self._store.work / uuid.uuid4().hex
        with self._lock:
            self._working[folder.name] = Working(item_id, label, folder, time.monotonic())
        try:
            call = Call(**{**call.__dict__, "tried": tried})
            return self._runner.call(perform, call, self._store.root, folder, load_engine)
        except ItemError as error:
            error.stage = label
            raise
        finally:
            with self._lock:
                del self._working[folder.name]

    def _count(self, made: Made, reused: bool, label: str) -> None:
        name = made.provenance.stage
        with self._lock:
            if reused:
                self.tally.reused[name] += 1
                return
            self.tally.made[name] += 1
            self.tally.seconds[name] += made.provenance.duration_s
            peak = self.tally.peak_memory_bytes
            peak[name] = max(peak.get(name, 0), made.provenance.peak_memory_bytes)
        self._store.timings.note(label, made.provenance)


class NotStored(ItemError):
    """A plan met work that is still to be done; what follows from it is not known yet."""

    def __init__(self, message: str, stage: str) -> None:
        super().__init__(message)
        self.stage = stage


class PlanningRun:
    """A run that only looks: nothing is made, missing work ends the object."""

    def __init__(self, store: Store, web: Web) -> None:
        self._store, self._web = store, web

    def picture(self, image: Path | Picture, long_side_px: int) -> Path:
        """Return the file of a photograph that is here already."""
        if isinstance(image, Path):
            return image
        if path := self._web.stored(image, long_side_px):
            return path
        raise NotStored("Its picture is still on the web.", "ingest_photo")

    def side_by_side(self, work: Callable[[Item], Entry], items: Iterable[Item]) -> list[Entry]:
        """Look at each item in turn."""
        return [work(item) for item in items]

    def maker(self, entry: Entry | ReelEntry) -> Maker:
        """Return the function that looks for parts of ``entry``."""

        def look(stage: Callable[..., R], /, *inputs: Any, how: Step) -> R:
            for engine in how.engines or (None,):
                call = describe(stage, inputs, how, engine, self._store)
                if made := self._store.find(call.key):
                    entry.provenance[how.label(stage.__name__)] = made.provenance
                    return made.result  # type: ignore[return-value]
            label = how.label(stage.__name__)
            raise NotStored("Not made yet: the last run was asked for other objects only.", label)

        return look


def describe(
    stage: Callable[..., Record],
    inputs: tuple[Any, ...],
    how: Step,
    engine: EngineOptions | None,
    store: Store,
) -> Call:
    """Describe a call.

    Raises:
        SourceError: if the photograph it starts from cannot be read.
    """
    try:
        return make_call(stage, inputs, how.params, engine, store.digests.sha256)
    except OSError as error:
        path = next((value for value in inputs if isinstance(value, Path)), None)
        failed = SourceError(
            f"The picture {path} cannot be read: {error.strerror or error}. "
            "Check the name in the catalogue and the config's source.images."
        )
        failed.stage = how.label(stage.__name__)
        raise failed from error


def _with_attempts(made: Made, tried: tuple[Attempt, ...]) -> Made:
    if not tried:
        return made
    return Made(made.result, made.provenance.model_copy(update={"tried": tried}))
