"""THE MAIN PATH. Read this first: the way that data takes.

    catalogue ─► rights ─► ingest ─► faces, mask ─► depth ─┬─► clip ─┬─► results folder, gallery
                    │                                      └─► mesh ─┤           ▲
                    └─► (no photograph: text) ─► clip ───────────────┴─► reel ───┘

Every ``make(stage, inputs…, how)`` asks the store first and calls the stage only if this very
work was not done before (`pipeline.run`). Stages are plain functions in ``pipeline/stages``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from pipeline.config import ExhibitConfig, tell_columns
from pipeline.errors import ItemError, Refused
from pipeline.exhibits import Entry, Exhibit, Problem
from pipeline.items import Item, Unusable
from pipeline.permission import Leave, consent_of, derivative_licence
from pipeline.protocols import Web
from pipeline.recipes import Recipe, Step
from pipeline.reels import ReelEntry
from pipeline.run import NotStored, Run
from pipeline.showreel import write_script
from pipeline.sources.choose import open_source
from pipeline.sources.mapping import ColumnsMissing
from pipeline.stages.blur_faces import blur_faces
from pipeline.stages.build_mesh import build_mesh
from pipeline.stages.check_rights import check_music, check_rights
from pipeline.stages.cut_mask import cut_mask
from pipeline.stages.estimate_depth import estimate_depth
from pipeline.stages.ingest_photo import ingest_photo
from pipeline.stages.join_reel import join_reel
from pipeline.stages.render_clip import render_clip
from pipeline.stages.settle_size import settle_size
from pipeline.stages.typeset_clip import typeset_clip
from pipeline.uses import USES


def build_exhibit(config: ExhibitConfig, items: list[Item], run: Run) -> Exhibit:
    """Make every object's parts; objects are worked on side by side, one failing alone.

    Raises:
        StoreError: if the results folder cannot be written.
    """
    entries = run.side_by_side(lambda item: build_object(item, config.recipe(item), run), items)
    return Exhibit(
        id=config.exhibit.id,
        title=config.exhibit.titles,
        languages=config.exhibit.languages,
        entries=tuple(entries),
    )


def build_object(item: Item, recipe: Recipe, run: Run) -> Entry:
    """One object: from its photograph to its clip and its mesh."""
    entry = Entry(item=item)
    make = run.maker(entry)

    leave = check_rights(item, recipe.asked, recipe.rights, recipe.shown)
    _note_leave(entry, leave, recipe)
    recipe = recipe.within(leave.uses)
    with _noting(entry, "ingest_photo"):
        if item.image is not None and "preview" in leave.uses:
            picture = run.picture(item.image, recipe.long_side_px)
            entry.photo = make(ingest_photo, picture, how=recipe.ingest)
            item = entry.item = settle_size(entry.item, entry.photo)
            if recipe.faces and not recipe.faces_beside:
                entry.photo = make(blur_faces, entry.photo, None, how=recipe.faces)
            if recipe.clip or recipe.mesh:
                entry.mask = make(cut_mask, entry.photo, how=recipe.mask_of(entry.photo))
                if recipe.faces and recipe.faces_beside:
                    entry.photo = make(blur_faces, entry.photo, entry.mask, how=recipe.faces)
                entry.depth = make(
                    estimate_depth, entry.photo, entry.mask, item.kind, how=recipe.depth
                )

    if item.image is None:
        for how in recipe.stories:
            with _noting(entry, how.label("typeset_clip")):
                clip = make(typeset_clip, item.subject, item.description, how=how)
                entry.keep_clip(clip, how.variant)
    if view := entry.view:
        for how in recipe.clips:
            with _noting(entry, how.label("render_clip")):
                clip = make(render_clip, view, item.subject, item.details, how=how)
                entry.keep_clip(clip, how.variant)
        with _noting(entry, "build_mesh"):
            if recipe.mesh:
                entry.mesh = make(build_mesh, view, item.subject, how=recipe.mesh)
    return entry


def _note_leave(entry: Entry, leave: Leave, recipe: Recipe) -> None:
    """Write down what may be done with an object, and why not what was asked for."""
    licence = derivative_licence(entry.item, recipe.rights)
    consent = consent_of(entry.item, recipe.rights)
    care = entry.item.care.model_copy(update={"consent": consent})
    entry.item = entry.item.model_copy(update={"care": care})
    entry.uses = tuple(use for use in USES if use in leave.uses)
    entry.derivative_licence = licence.uri if licence else ""
    entry.nothing_allowed, entry.withheld = leave.nothing_allowed, leave.withheld
    for why in leave.refusals:
        entry.problems.append(Problem(stage="check_rights", reason="refused", message=why))


def build_reel(config: ExhibitConfig, exhibit: Exhibit, run: Run) -> ReelEntry | None:
    """The exhibit's reel, of the clips that there are; ``None`` if none is asked for.

    Raises:
        StoreError: if the results folder cannot be written.
    """
    section, params = config.reel, config.reel_params()
    if section is None or params is None:
        return None
    entry = ReelEntry()
    with _noting(entry, "join_reel"):
        if section.music:
            check_music(section.music.credit, section.music.rights, config.rights)
        script, entry.missing = write_script(section, exhibit, params, config.path.parent)
        shown = section.objects or [one.id for one in exhibit.entries]
        if any(one.id in shown and _awaits_clips(one, config) for one in exhibit.entries):
            raise NotStored("Not joined yet: some of its clips are still to be made.", "join_reel")
        entry.reel = run.maker(entry)(join_reel, script, how=Step(params))
    return entry


def _awaits_clips(entry: Entry, config: ExhibitConfig) -> bool:
    """Whether work that is still to be done stands before one of the object's clips."""
    recipe = config.recipe(entry.item)
    asked_for = recipe.stories if entry.item.image is None else recipe.clips
    pending = {problem.stage for problem in entry.problems if problem.reason == "pending"}
    return bool(asked_for and pending - {"build_mesh"})


@contextmanager
def _noting(entry: Entry | ReelEntry, stage: str) -> Iterator[None]:
    """Write down why something of this object could not be made, and go on with the next."""
    try:
        yield
    except NotStored as error:
        entry.problems.append(Problem(stage=error.stage, reason="pending", message=str(error)))
    except Refused as error:
        entry.problems.append(Problem(stage=stage, reason="refused", message=str(error)))
    except ItemError as error:
        where = error.stage or stage
        entry.problems.append(Problem(stage=where, reason="failed", message=str(error)))


class Catalogue(NamedTuple):
    """An exhibit's catalogue, read."""

    items: list[Item]
    unusable: list[Unusable]


def read_catalogue(config: ExhibitConfig, web: Web) -> Catalogue:
    """Read the exhibit's catalogue whole.

    Raises:
        ConfigError: with every mistake of the catalogue as a whole.
        SourceError: if it is on the web and cannot be had.
    """
    catalogue = Catalogue([], [])
    for entry in stream_catalogue(config, web):
        (catalogue.items if isinstance(entry, Item) else catalogue.unusable).append(entry)  # type: ignore[arg-type]
    return catalogue


def stream_catalogue(config: ExhibitConfig, web: Web) -> Iterator[Item | Unusable]:
    """Read the exhibit's catalogue entry by entry; see `read_catalogue`."""
    try:
        for entry in open_source(config.source, config.path.parent, web).items():
            own = config.objects.get(entry.id)
            if own and own.kind and isinstance(entry, Item):
                said = {"kind": own.kind, "kind_reason": "the config says so"}
                entry = entry.model_copy(update=said)
            yield entry
    except ColumnsMissing as missing:
        tell_columns(config, missing)
