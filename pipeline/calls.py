"""One stage call: what it is called by, and the doing of it in whatever process does it.

A `Call` travels to a worker as a pickle. `perform` runs the stage in a folder of its own, writes
down how it went, and moves the folder into the store. Knows no particular stage or engine; the
loader of engines is handed in.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.digests import sha256_text
from pipeline.errors import PipelineError
from pipeline.progress import listen
from pipeline.protocols import EngineOptions
from pipeline.records import Attempt, Params, Provenance, Record
from pipeline.store import Made, canonical_json, fingerprint, keep

_PROGRESS_EVERY_S = 0.2
_loaded: dict[str, Any] = {}
"""Engines that are warm in this process, by identity."""


@dataclass(frozen=True)
class Call:
    """A stage, what goes in, and with which engine."""

    stage: Callable[..., Record]
    inputs: tuple[Any, ...]
    params: Params
    engine: EngineOptions | None
    fingerprints: tuple[str, ...]
    tried: tuple[Attempt, ...] = ()

    @property
    def name(self) -> str:
        """The stage's name."""
        return self.stage.__name__

    @property
    def version(self) -> str:
        """The stage's version, raised by its author when the same input gives other bytes."""
        return str(sys.modules[self.stage.__module__].VERSION)

    @property
    def key(self) -> str:
        """The hash of all that decides the result's bytes."""
        identity = self.engine.identity().model_dump(mode="json") if self.engine else None
        return sha256_text(
            canonical_json(
                {
                    "stage": self.name,
                    "version": self.version,
                    "params": self.params.model_dump(mode="json"),
                    "engine": identity,
                    "inputs": self.fingerprints,
                }
            )
        )


def make_call(
    stage: Callable[..., Record],
    inputs: tuple[Any, ...],
    params: Params,
    engine: EngineOptions | None,
    digest: Callable[[Path], str],
) -> Call:
    """Describe a call; ``digest`` gives the SHA-256 of a file.

    Raises:
        OSError: if an input file cannot be read.
    """
    prints = tuple(fingerprint(value, digest) for value in inputs)
    return Call(stage, inputs, params, engine, prints)


def perform(call: Call, root: Path, folder: Path, load: Callable[[EngineOptions], Any]) -> Made:
    """Do the work in ``folder`` and keep the result in the store at ``root``.

    Raises:
        PipelineError: if the stage or its engine cannot do it.
    """
    folder.mkdir()
    listen(_write_progress_to(folder.with_suffix(".progress")))
    started, clock, drawn_on = datetime.now(UTC), time.perf_counter(), None
    _forget_peak_memory()
    try:
        if call.engine is None:
            result = call.stage(*call.inputs, call.params, folder=folder)
        else:
            engine = _warm(call.engine, load)
            result = call.stage(*call.inputs, call.params, engine=engine, folder=folder)
            drawn_on = getattr(engine, "drawn_on", None)
    except PipelineError as error:
        error.stage = call.name
        raise
    finally:
        listen(None)
    identity = call.engine.identity() if call.engine else None
    params = call.params.model_dump(mode="json")
    provenance = Provenance(
        key=call.key,
        stage=call.name,
        stage_version=call.version,
        engine=identity,
        params=params,
        inputs=call.fingerprints,
        seed=params.get("seed"),
        generated=bool(identity and identity.generative),
        drawn_on=drawn_on,
        started=started.isoformat(timespec="seconds"),
        duration_s=round(time.perf_counter() - clock, 3),
        peak_memory_bytes=_peak_memory_bytes(),
        tried=call.tried,
    )
    return keep(root, folder, Made(result, provenance))


def _warm(options: EngineOptions, load: Callable[[EngineOptions], Any]) -> Any:
    """Return the engine, loaded once in a process."""
    # Options too: what decides no byte may still decide how the engine works.
    who = [options.identity().model_dump(mode="json"), options.model_dump(mode="json")]
    key = canonical_json(who)
    if key not in _loaded:
        _loaded[key] = load(options)
    return _loaded[key]


def _write_progress_to(path: Path) -> Callable[[int, int], None]:
    """Leave word of progress in a small file, where the driver looks now and then.

    A file and not a queue: a worker may be killed at any moment, and a queue's lock would die
    with it.
    """
    last = 0.0

    def write(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _PROGRESS_EVERY_S or done == total:
            last = now
            path.write_text(f"{done} {total}", encoding="ascii")

    return write


def read_progress(folder: Path) -> tuple[int, int] | None:
    """Return what the call that works in ``folder`` last said of its progress."""
    try:
        done, total = folder.with_suffix(".progress").read_text("ascii").split()
        return int(done), int(total)
    except (OSError, ValueError):
        return None


def _forget_peak_memory() -> None:
    """Let the kernel count this process's peak memory anew (Linux).

    Source: proc(5), /proc/pid/clear_refs.
    """
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return  # another system: the peak is that of the process so far


def _peak_memory_bytes() -> int:
    """Peak memory of this process in bytes; 0 where the system does not say."""
    try:
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        import resource
    except ImportError:  # Windows
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
