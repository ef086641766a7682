"""Looks and says: what a run would do, which engines work, how the machine is.

Nothing here makes anything.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

from pydantic import BaseModel

from pipeline.api import PlannedObject, estimate, plan_items, read_checked
from pipeline.bundled import bundled
from pipeline.checking import Remark, unwritable
from pipeline.config import load_config
from pipeline.display import stage_words, took
from pipeline.engines.choose import ENGINES
from pipeline.errors import PipelineError
from pipeline.items import Item
from pipeline.media.codecs import CODECS, CodecName, advice, missing
from pipeline.net.web import open_web
from pipeline.profiles import built_in
from pipeline.protocols import EngineOptions
from pipeline.recipes import Recipe
from pipeline.reels import REEL_ID
from pipeline.weights import find_weights


class ModelUse(BaseModel):
    """Trained weights that a run would use."""

    engine: str
    id: str
    revision: str
    licence: str


class Planned(BaseModel):
    """What `plan_exhibit` found."""

    objects: list[PlannedObject]
    models: list[ModelUse]
    seconds: float | None
    """Work in seconds, if every stage ran on this machine before; workers share it."""
    memory_bytes: int | None
    unwritable: list[Remark]
    """Profiles that are asked for and that this machine cannot encode."""

    @property
    def exit_code(self) -> int:
        """0, or 3 if nothing is allowed that the config asks for."""
        closed = [item.nothing_allowed for item in self.objects if item.id != REEL_ID]
        return 3 if closed and all(closed) else 0

    def as_text(self) -> str:
        """For people."""
        lines = [_object_line(item) for item in self.objects]
        lines += [remark.message for remark in self.unwritable]
        lines += [f"model {use.id} ({use.engine}): {use.licence}" for use in self.models]
        to_do = sum(len(item.to_do) for item in self.objects)
        stored = sum(len(item.stored) for item in self.objects)
        lines.append(f"{to_do} stages to run, {stored} in the store.")
        if to_do and self.seconds is None:
            lines.append("No estimate: some of these stages never ran on this machine.")
        elif to_do and self.seconds is not None and self.memory_bytes is not None:
            mebibytes = self.memory_bytes / 2**20
            lines.append(
                f"About {took(self.seconds)} of work, up to {mebibytes:.0f} MiB for a worker."
            )
        return "\n".join(lines)


def _object_line(item: PlannedObject) -> str:
    why = item.problem.removeprefix(f"{item.id}: ")
    if not item.to_do:
        return f"{item.id}: {why or 'all in the store'}"
    steps = [
        f"{stage_words(stage)}{f' ({engine})' if engine else ''}" for stage, engine in item.to_do
    ]
    return f"{item.id}: {', '.join(steps)}" + (f". But {why}" if why else "")


def plan_exhibit(path: Path, out: Path) -> Planned:
    """Say what a run would do.

    Raises:
        ConfigError: with every mistake of the config or the catalogue.
    """
    config = load_config(path)
    with open_web(config.network) as web:
        items = read_checked(config, web).items
        objects = plan_items(config, items, web, out)
    seconds, memory = estimate(objects, out)
    uses = {use.id: use for item in items for use in _models(item, config.recipe(item))}
    return Planned(
        objects=objects,
        models=list(uses.values()),
        seconds=seconds,
        memory_bytes=memory,
        unwritable=unwritable(
            config,
            pictures=any(item.image is not None for item in items),
            texts=any(item.image is None for item in items),
        ),
    )


def _models(item: Item, recipe: Recipe) -> list[ModelUse]:
    if item.image is None:
        return []
    steps = [step for step in (recipe.faces, recipe.mask, recipe.depth) if step]
    return [
        ModelUse(engine=engine.name, id=model.id, revision=model.revision, licence=model.licence)
        for step in steps
        for engine in step.engines
        if (model := engine.model())
    ]


class EngineRow(BaseModel):
    """One engine and whether it works here."""

    section: str
    name: str
    version: str
    model: str
    licence: str
    generative: bool
    usable: bool
    reason: str


def survey_engines() -> list[EngineRow]:
    """List every engine there is."""
    return [_engine_row(section, kind()) for section, kinds in ENGINES.items() for kind in kinds]


def _engine_row(section: str, options: EngineOptions) -> EngineRow:
    missing = [name for name in options.NEEDS if importlib.util.find_spec(name) is None]
    reason = f"needs {', '.join(missing)}" if missing else ""
    model = options.model()
    if model and not reason:
        try:
            find_weights(model.id)
        except PipelineError as error:
            reason = str(error)
    return EngineRow(
        section=section,
        name=options.name,
        version=options.VERSION,
        model=model.id if model else "",
        licence=model.licence if model else "",
        generative=options.GENERATIVE,
        usable=not reason,
        reason=reason,
    )


class Finding(BaseModel):
    """One thing about the machine."""

    name: str
    ok: bool
    found: str


def examine_machine() -> list[Finding]:
    """Look at what rendering needs: Python, cores, memory, disk, encoders, bundled files."""
    free = shutil.disk_usage(Path.cwd()).free / 2**30
    found = [
        Finding(name="Python", ok=sys.version_info >= (3, 11), found=platform.python_version()),
        Finding(name="system", ok=True, found=f"{platform.system()} {platform.machine()}"),
        Finding(name="processor cores", ok=True, found=str(os.cpu_count())),
        _memory(),
        Finding(name="disk free here", ok=free > 1, found=f"{free:.1f} GiB"),
        *(_codec(name) for name in CODECS),
        _gpu(),
    ]
    for name in ("web/dist/model-viewer.js", "web/dist/fonts/noto-serif-sc-400.woff2"):
        found.append(_bundled(name))
    found += [
        Finding(name=f"engine {row.name}", ok=row.usable, found=row.reason or "usable")
        for row in survey_engines()
    ]
    return found


def _memory() -> Finding:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return Finding(name="memory", ok=True, found="this system does not say")
    return Finding(name="memory", ok=total > 3, found=f"{total:.1f} GiB")


def _codec(name: CodecName) -> Finding:
    """Only H.264 has to be there: it is what profiles use that say nothing."""
    reason = missing(name)
    users = [profile for profile, knobs in built_in().items() if knobs.codec == name]
    found = f"{reason}. Out of reach: {', '.join(users)}. {advice(name)}" if reason else "usable"
    return Finding(name=CODECS[name].title, ok=not reason or name != "h264", found=found)


def _gpu() -> Finding:
    has_torch = importlib.util.find_spec("torch") is not None
    found = "torch is installed" if has_torch else "not used: the default engines need none"
    return Finding(name="GPU", ok=True, found=found)


def _bundled(name: str) -> Finding:
    try:
        size = bundled(name).stat().st_size
    except PipelineError as error:
        return Finding(name=name, ok=False, found=str(error))
    return Finding(name=name, ok=True, found=f"{size / 1024:.0f} KiB")
