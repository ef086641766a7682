"""Photo + Mask + Depth -> Clip."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from pipeline.errors import StageFailed
from pipeline.protocols import ClipEngine, Shot
from pipeline.records import Clip, Params, Subject, View

VERSION = "1"

_WIDEST = 16 / 9
"""Frames are no wider than this and no taller than its inverse: what screens and feeds have."""
_SMALLEST_PX = 32


class ClipParams(Params):
    """How long, how large and how good clips are."""

    duration_s: float = Field(default=6.0, gt=0, le=120)
    """Length of the clip in seconds. A clip of a text takes as long as reading it does."""
    fps: int = Field(default=30, ge=12, le=60)
    """Frames a second."""
    long_side_px: int = Field(default=1280, ge=128, le=7680)
    """Longer side of the frame; the shape follows the photograph, from 9:16 to 16:9."""
    max_magnification: float = Field(default=2.0, ge=1, le=8)
    """No photograph is shown larger than this many times its own pixels; the clip of a small
    photograph is small and sharp rather than large and blurred."""
    crf: int = Field(default=18, ge=0, le=40)
    """Quality: x264's constant rate factor. 18 is taken for visually lossless, 23 is smaller."""
    seed: int = Field(default=0, ge=0)
    """For engines that draw at random; the same seed gives the same clip."""


def render_clip(
    view: View, subject: Subject, params: ClipParams, *, engine: ClipEngine, folder: Path
) -> Clip:
    """Move a camera through one photograph; write ``clip.mp4`` and ``poster.webp`` to ``folder``.

    Raises:
        StageFailed: if the engine yields fewer frames than asked for or the encoder refuses.
        EngineFailed: if the photograph cannot carry the shot.
    """
    from pipeline.media.codecs import Encoding
    from pipeline.media.pixels import read_depth, read_mask, read_rgb, write_poster
    from pipeline.media.video import write_clip

    rgb, mask = read_rgb(view.photo.path), read_mask(view.mask.path)
    depth = read_depth(view.depth.path)
    for name, array in (("mask", mask), ("depth", depth)):
        if array.shape != rgb.shape[:2]:
            raise StageFailed(
                f"The {name} is {array.shape[1]} x {array.shape[0]} px and its photograph "
                f"{rgb.shape[1]} x {rgb.shape[0]} px; they must be alike. Render both again."
            )
    width_px, height_px = frame_size((rgb.shape[1], rgb.shape[0]), params)
    shot = Shot(
        width_px=width_px,
        height_px=height_px,
        fps=params.fps,
        frames=max(1, round(params.duration_s * params.fps)),
        kind=subject.kind,
        seed=params.seed,
    )
    frames = engine.frames(rgb, mask, depth, shot)
    facts = write_clip(
        frames,
        folder / "clip.mp4",
        shot,
        encoding=Encoding(crf=params.crf),
        tags=clip_tags(subject),
    )
    write_poster(facts.first, folder / "poster.webp")
    return Clip(
        path=folder / "clip.mp4",
        poster=folder / "poster.webp",
        width_px=width_px,
        height_px=height_px,
        fps=params.fps,
        frames=facts.frames,
        loops=True,
        alt=subject.title,
    )


def frame_size(photo_px: tuple[int, int], params: ClipParams) -> tuple[int, int]:
    """Return the clip's size: the photograph's shape, within bounds, in whole even pixels."""
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
    """Return what the MP4 says about itself: title, credit and rights."""
    return {
        "title": " / ".join(dict.fromkeys(subject.title.values())),
        "copyright": subject.credit,
        "comment": subject.rights_uri,
    }


def _even(length_px: float) -> int:
    return max(16, 2 * round(length_px / 2))
