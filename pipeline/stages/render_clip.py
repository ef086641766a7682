"""Photo + Mask + Depth -> Clip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from pipeline.errors import StageFailed, StoreError
from pipeline.items import Region, Subject
from pipeline.profiles import PACES, WholeKnobs
from pipeline.protocols import ClipEngine, Shot
from pipeline.records import Clip, View

if TYPE_CHECKING:
    from pipeline.protocols import DepthArray, Frame

VERSION = "7"

_WIDEST = 16 / 9
"""Frames are no wider than this and no taller than its inverse: what screens and feeds have."""
_SMALLEST_PX = 32


class ClipParams(WholeKnobs):
    """How long, how large and how good one clip is: a profile with the config's own values."""

    profile: str = "photo"
    """Name of the profile that these values began with."""
    is_variant: bool = False
    """It stands beside the object's main clip, and its files carry the profile's name."""
    seed: int = Field(default=0, ge=0)
    """For engines that draw at random; the same seed gives the same clip."""

    def file_name(self, stem: str, suffix: str) -> str:
        """Return ``clip.mp4``, or ``clip.portrait-1080p.mp4`` for a clip beside the main one."""
        return f"{stem}.{self.profile}.{suffix}" if self.is_variant else f"{stem}.{suffix}"


def render_clip(
    view: View,
    subject: Subject,
    details: tuple[Region, ...],
    params: ClipParams,
    *,
    engine: ClipEngine,
    folder: Path,
) -> Clip:
    """Move a camera through one photograph; write clip, poster and sheet to ``folder``.

    ``details`` are an input of their own: what else is made of the object does not hang on them.

    Raises:
        StageFailed: if this machine has no encoder for it, a detail lies beyond the photograph,
            the engine yields fewer frames than asked for, or the encoder refuses.
        StoreError: if the disk is full.
        EngineFailed: if the photograph cannot carry the shot.
    """
    from pipeline.media.codecs import require
    from pipeline.media.pixels import read_depth, read_mask, read_rgb
    from pipeline.media.place import on_photo

    require(params.codec, f"the profile {params.profile}")  # before any frame is drawn
    rgb, mask = read_rgb(view.photo.path), read_mask(view.mask.path)
    depth = read_depth(view.depth.path)
    for name, array in (("mask", mask), ("depth", depth)):
        if array.shape != rgb.shape[:2]:
            raise StageFailed(
                f"The {name} is {array.shape[1]} x {array.shape[0]} px and its photograph "
                f"{rgb.shape[1]} x {rgb.shape[0]} px; they must be alike. Render both again."
            )
    shot = shot_of(subject, params, frame_size((rgb.shape[1], rgb.shape[0]), params))
    source_px = (view.photo.source_width_px, view.photo.source_height_px)
    shot = replace(shot, details=tuple(on_photo(part, source_px) for part in details))
    frames = engine.frames(rgb, mask, depth, shot)
    # Stills that fade into each other travel nowhere: there is no motion and no edge to look at.
    return finish_clip(frames, shot, params, subject, folder, depth if shot.pace else None)


def shot_of(subject: Subject, params: ClipParams, size_px: tuple[int, int]) -> Shot:
    """Return what the engine is asked for."""
    return Shot(
        width_px=size_px[0],
        height_px=size_px[1],
        fps=params.fps,
        frames=max(1, round(params.duration_s * params.fps)),
        kind=subject.kind,
        seed=params.seed,
        bits=params.encoding.facts.bits,
        safe=params.caption_zone.safe,
        pace=PACES[params.pace],
    )


def finish_clip(
    frames: Iterator[Frame],
    shot: Shot,
    params: ClipParams,
    subject: Subject,
    folder: Path,
    depth: DepthArray | None = None,
) -> Clip:
    """Write a clip's frames, its poster and its contact sheet, and say what they are.

    Raises:
        StageFailed: if there are not as many frames as asked for, or the encoder refuses.
        StoreError: if the disk is full.
    """
    from pipeline.media.contact import contact_sheet
    from pipeline.media.picks import Picks
    from pipeline.media.pixels import write_poster
    from pipeline.media.video import write_clip

    encoding = params.encoding
    path = folder / params.file_name("clip", encoding.suffix)
    poster = folder / params.file_name("poster", "webp")
    sheet = folder / params.file_name("sheet", "webp")
    picks = Picks(shot.frames, fps=shot.fps)
    watched = picks.watch(frames)
    facts = write_clip(watched, path, shot, encoding=encoding, tags=clip_tags(subject))
    try:
        write_poster(facts.first, poster)
        write_poster(contact_sheet(picks, depth, subject), sheet)
    except OSError as failure:
        raise StoreError(
            f"Poster and contact sheet could not be written: {failure}. Free some space and run "
            "the same command again; what is finished is kept."
        ) from failure
    return Clip(
        path=path,
        poster=poster,
        sheet=sheet,
        width_px=shot.width_px,
        height_px=shot.height_px,
        fps=shot.fps,
        frames=facts.frames,
        loops=True,
        alt=subject.title,
        profile=params.profile,
        codec=params.codec,
        pace=params.pace,
    )


def frame_size(photo_px: tuple[int, int], params: ClipParams) -> tuple[int, int]:
    """Return the clip's size in whole even pixels: the profile's, or the photograph's shape."""
    if params.width_px is not None and params.height_px is not None:
        return params.width_px, params.height_px
    aspect = photo_px[0] / photo_px[1]
    shape = min(max(aspect, 1 / _WIDEST), _WIDEST)
    # What the frame shows of the photograph at once, in the photograph's pixels.
    shown_width = min(photo_px[0], photo_px[1] * shape)
    long_shown = max(shown_width, shown_width / shape)
    long_px = max(_SMALLEST_PX, min(params.long_side_px, long_shown * params.max_magnification))
    if shape >= 1:
        return _even(long_px), _even(long_px / shape)
    return _even(long_px * shape), _even(long_px)


def clip_tags(subject: Subject) -> dict[str, str]:
    """Return what the file says about itself: title, credit and rights."""
    return {
        "title": " / ".join(dict.fromkeys(subject.title.values())),
        "copyright": subject.credit,
        "comment": subject.rights_uri,
    }


def _even(length_px: float) -> int:
    return max(16, 2 * round(length_px / 2))
