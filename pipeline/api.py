"""What scripts call: render, plan, and what they return. The command line calls the same.

Knows the results folder, its lock and the order of a whole run; what is made is `pipeline.build`.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from pipeline.build import Catalogue, build_exhibit, build_object, build_reel, read_catalogue
from pipeline.config import ExhibitConfig, check_clips, check_objects, check_reel, load_config
from pipeline.errors import CallError
from pipeline.exhibits import Entry, Exhibit
from pipeline.items import Item
from pipeline.net.web import open_web
from pipeline.protocols import Runner, Web
from pipeline.reels import ReelEntry
from pipeline.review.gallery import take_away_gallery, write_gallery
from pipeline.review.reel import reel_facts
from pipeline.review.results import lay_out
from pipeline.run import MakingRun, PlanningRun, Tally
from pipeline.runners.local import InlineRunner, LocalRunner
from pipeline.store import Store, write_whole

logger = logging.getLogger(__name__)

STORE = ".store"
"""The store's folder inside the results folder; all exhibits there share it."""


class Outcome(NamedTuple):
    """What a run leaves."""

    exhibit: Exhibit
    folder: Path
    """``renders/<exhibit>``"""
    gallery: Path | None
    """``gallery/index.html``, if the config asks for a gallery."""
    report: dict[str, Any]
    """The content of ``report.json``."""
    reel: ReelEntry | None = None
    """``None``: none was asked for."""

    @property
    def exit_code(self) -> int:
        """0 all made, 1 something failed or was refused, 3 nothing was allowed."""
        reasons = {p.reason for entry in self.exhibit.entries for p in entry.problems}
        reasons |= {p.reason for p in self.reel.problems} if self.reel else set()
        failed = "failed" in reasons or self.exhibit.unusable
        closed = [entry.nothing_allowed for entry in self.exhibit.entries]
        refused = 3 if closed and all(closed) else 1 if "refused" in reasons else 0
        return 1 if failed else refused


class PlannedObject(NamedTuple):
    """What a run would do for one object."""

    id: str
    stored: tuple[str, ...]
    """Stages whose results are in the store."""
    to_do: tuple[tuple[str, str], ...]
    """Stage and engine of what is still to be made; ``render_clip:portrait-1080p`` is the stage
    of a clip beside the main one."""
    problem: str
    """Why something of it would be refused or cannot be made, or ``""``."""
    nothing_allowed: bool = False
    """Of what the config asks for nothing may be made."""


def render(
    config: ExhibitConfig | str | Path,
    out: str | Path = "renders",
    *,
    only: Collection[str] = (),
    jobs: int | None = None,
    watch: Callable[[MakingRun], Any] | None = None,
) -> Outcome:
    """Make what is missing of an exhibit and lay out the results folder.

    Args:
        config: An exhibit's config or the path of its YAML file.
        out: The results folder; the exhibit gets ``out/<exhibit id>``.
        only: Ids of the objects to work on; the others are shown as they are. Empty: all.
        jobs: Worker processes; ``None`` as the config says, 0 works in this process.
        watch: Called with the run before work starts, to show its progress; what it returns is
            used as a context manager around the work.

    Raises:
        ConfigError: if the config or the catalogue has mistakes; nothing was done.
        CallError: if ``only`` names no object, or another run works on this exhibit.
        StoreError: if the results folder cannot be written.
    """
    config = _loaded(config)
    out = Path(out).absolute()
    folder = out / config.exhibit.id
    started, clock = datetime.now(UTC), time.perf_counter()
    with ExitStack() as opened:
        web = opened.enter_context(open_web(config.network))
        catalogue = read_checked(config, web)
        chosen = _chosen(catalogue, only)
        opened.enter_context(_alone(folder))
        store = opened.enter_context(_opened_store(out / STORE))
        width = _width(config, jobs)
        runner = _runner(width, config)
        try:
            run = MakingRun(store, web, runner, max(width, 1))
            with _watched(run, watch):
                exhibit = build_exhibit(config, chosen, run)
                exhibit = _with_the_others(exhibit, catalogue, config, PlanningRun(store, web))
                reel = build_reel(config, exhibit, run)
        finally:
            runner.stop()
        lay_out(exhibit, folder, store.digests.sha256, reel)
        gallery = None
        if config.gallery:
            gallery = write_gallery(exhibit, folder / "gallery", reel)
        else:
            take_away_gallery(folder / "gallery")
    report = _report(exhibit, run.tally, started, time.perf_counter() - clock, width)
    if reel:
        report["reel"] = reel_facts(reel)
        report["problems"] += [{"id": reel.id, **p.model_dump()} for p in reel.problems]
    write_whole(folder / "report.json", json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return Outcome(exhibit, folder, gallery, report, reel)


def plan(config: ExhibitConfig | str | Path, out: str | Path = "renders") -> list[PlannedObject]:
    """Say what `render` would do, without doing it.

    Raises:
        ConfigError: if the config or the catalogue has mistakes.
    """
    config = _loaded(config)
    with open_web(config.network) as web:
        return plan_items(config, read_checked(config, web).items, web, out)


def plan_items(
    config: ExhibitConfig, items: list[Item], web: Web, out: str | Path
) -> list[PlannedObject]:
    """Say what `render` would do with a catalogue that is read already."""
    with _opened_store(Path(out).absolute() / STORE) as store:
        run = PlanningRun(store, web)
        exhibit = build_exhibit(config, items, run)
        planned = [_planned(entry, config) for entry in exhibit.entries]
        reel = build_reel(config, exhibit, run)
    return [*planned, *([_planned_reel(reel)] if reel else [])]


def estimate(planned: list[PlannedObject], out: str | Path) -> tuple[float | None, int | None]:
    """Return seconds of work and greatest memory in bytes, from earlier runs on this machine.

    ``None`` where a stage that is to be done never ran here.
    """
    seconds, memory = 0.0, 0
    with _opened_store(Path(out).absolute() / STORE) as store:
        for item in planned:
            for stage, engine in item.to_do:
                typical = store.timings.typical(stage, engine)
                if typical is None:
                    return None, None
                seconds, memory = seconds + typical[0], max(memory, typical[1])
    return seconds, memory


def _planned(entry: Entry, config: ExhibitConfig) -> PlannedObject:
    item, recipe = entry.item, config.recipe(entry.item).within(entry.uses)
    wrong = " ".join(p.message for p in entry.problems if p.reason != "pending")
    failed = any(p.reason == "failed" for p in entry.problems)
    wanted: list[tuple[str, str]] = []
    if item.image is None:
        wanted = [(how.label("typeset_clip"), how.engines[0].name) for how in recipe.stories]
    elif "preview" in entry.uses:
        wanted = [("ingest_photo", "")]
        if recipe.faces and (not recipe.faces_beside or recipe.clip or recipe.mesh):
            engine = next((engine.name for engine in recipe.faces.engines), "")
            wanted.append(("blur_faces", engine))
        if recipe.clip or recipe.mesh:
            wanted += [
                ("cut_mask", recipe.mask.engines[0].name),
                ("estimate_depth", recipe.depth.engines[0].name),
            ]
        wanted += [(how.label("render_clip"), how.engines[0].name) for how in recipe.clips]
        wanted += [("build_mesh", recipe.mesh.engines[0].name)] if recipe.mesh else []
    stored = tuple(entry.provenance)
    to_do = () if failed else tuple(step for step in wanted if step[0] not in stored)
    return PlannedObject(item.id, stored, to_do, wrong, entry.nothing_allowed)


def _planned_reel(reel: ReelEntry) -> PlannedObject:
    refused = next((p.message for p in reel.problems if p.reason != "pending"), "")
    to_do = (("join_reel", ""),) if not refused and reel.reel is None else ()
    return PlannedObject(reel.id, tuple(reel.provenance), to_do, refused)


def _loaded(config: ExhibitConfig | str | Path) -> ExhibitConfig:
    if not isinstance(config, ExhibitConfig):
        return load_config(config)
    check_clips(config)
    return config


def read_checked(config: ExhibitConfig, web: Web) -> Catalogue:
    """Read the catalogue, and see that what the config says of its objects and the reel holds.

    Raises:
        ConfigError: if the catalogue or what the config says of it has mistakes.
    """
    catalogue = read_catalogue(config, web)
    known = [item.id for item in catalogue.items]
    check_objects(config, known)
    check_reel(config, known)
    return catalogue


def _chosen(catalogue: Catalogue, only: Collection[str]) -> list[Item]:
    unknown = set(only) - {item.id for item in catalogue.items}
    if unknown:
        raise CallError(f"--only: the catalogue has no object {', '.join(sorted(unknown))}.")
    return [item for item in catalogue.items if not only or item.id in only]


def _width(config: ExhibitConfig, jobs: int | None) -> int:
    if jobs is not None:
        return jobs
    return config.limits.jobs or os.cpu_count() or 1


def _runner(width: int, config: ExhibitConfig) -> Runner:
    return LocalRunner(width, config.limits.stage_timeout_s) if width else InlineRunner()


@contextmanager
def _watched(run: MakingRun, watch: Callable[[MakingRun], Any] | None) -> Iterator[None]:
    if watch is None:
        yield
        return
    with watch(run):
        yield


@contextmanager
def _opened_store(root: Path) -> Iterator[Store]:
    store = Store(root)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the exhibit's folder, so that two runs never lay it out at once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock", blocking=False):
            yield
    except Timeout as error:
        raise CallError(
            f"Another run is working in {folder}. Wait for it to end, or choose another --out."
        ) from error


def _with_the_others(
    exhibit: Exhibit, catalogue: Catalogue, config: ExhibitConfig, look: PlanningRun
) -> Exhibit:
    """Add the objects that were not asked for, as far as the store has them, and the unusable."""
    made = {entry.item.id: entry for entry in exhibit.entries}
    entries = tuple(
        made.get(item.id) or build_object(item, config.recipe(item), look)
        for item in catalogue.items
    )
    return exhibit.with_entries(entries, tuple(catalogue.unusable))


def _report(
    exhibit: Exhibit, tally: Tally, started: datetime, duration_s: float, jobs: int
) -> dict[str, Any]:
    stages = sorted(tally.made.keys() | tally.reused.keys())
    return {
        "exhibit": exhibit.id,
        "started": started.isoformat(timespec="seconds"),
        "duration_s": round(duration_s, 3),
        "jobs": jobs,
        "objects": len(exhibit.entries),
        "stages": {
            stage: {
                "made": tally.made[stage],
                "reused": tally.reused[stage],
                "seconds": round(tally.seconds[stage], 3),
                "peak_memory_bytes": tally.peak_memory_bytes.get(stage, 0),
            }
            for stage in stages
        },
        "problems": [
            {"id": entry.item.id, **problem.model_dump()}
            for entry in exhibit.entries
            for problem in entry.problems
        ],
        "unusable": [entry.model_dump() for entry in exhibit.unusable],
    }
