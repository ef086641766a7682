"""Joins clips and cards into one film: the timeline is MoviePy's, the pixels stay ours.

MoviePy knows when each scene begins, which overlap and how one fades into the next. It blends
three bytes at a time and does not ask what they mean. So it is given planar frames (YUV 4:2:0),
whose H * W * 3 / 2 bytes it takes for a picture of H / 2 rows: a cross-fade of whole frames is the
same on any layout, there is half as much to blend, and a frame that is not in a fade comes out as
it went in, to the bit. What depends on the place in the frame (fitting, captions) is done here,
before MoviePy sees it.

Measured with MoviePy 2.2.1, two clips of 1080p on two cores: read by MoviePy's own reader and
composed in RGB, 43 frames a second and 13 in a fade. Its reader keeps the matrix (BT.709) but goes
through swscale's fast path: 2.0 levels off on average and 1.1 too dark, where `media.yuv` is 0.6
off and not too dark; and it starts one FFmpeg process for each clip, all at once.

Sources are opened when their scene begins and closed when it ends, so a reel of any length takes
the memory of two clips. Nothing here knows of objects, catalogues or rights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.media import yuv
from pipeline.media.easing import smooth
from pipeline.media.video import read_planar

if TYPE_CHECKING:
    from pipeline.media.titles import Caption
    from pipeline.protocols import Frame

_ALIKE = 0.005
"""A clip has the frame's shape when rounding to even pixels explains the difference."""
_LARGEST = 1.5
"""No clip is shown larger than this many times its own pixels."""
_CAPTION_IN_S, _CAPTION_FADE_S = 0.4, 0.6
"""How long after a scene is whole its caption begins to appear, and takes to."""


@dataclass(frozen=True)
class Source:
    """A video file as it is to be played."""

    path: Path
    size_px: tuple[int, int]
    fps: float
    frames: int
    loops: bool


@dataclass(frozen=True)
class Scene:
    """A stretch of the reel in which one thing is seen."""

    frames: int
    """Fades at its beginning and its end included."""
    frame: Callable[[int], Frame] = field(repr=False)
    """Frame ``k`` of the scene; asked for in order."""
    fade_in: int = 0
    fade_out: int = 0
    """Frames in which it gives way to the ground, where nothing takes its place."""
    start: int = 0
    """Frame of the reel at which it begins."""


def card(draw: Callable[[], Frame], frames: int) -> Scene:
    """A still scene of ``frames``: drawn when it begins, forgotten when it ends."""
    drawn: list[Frame] = []

    def frame(index: int) -> Frame:
        if not drawn:
            drawn.append(draw())
        return drawn.pop() if index >= frames - 1 else drawn[0]

    return Scene(frames, frame)


def joined(scenes: Sequence[Scene], ground: Frame) -> Iterator[Frame]:
    """Yield the reel's frames, planar, each in memory of its own.

    Args:
        scenes: with their starts, in order; a later one is seen over an earlier one.
        ground: seen where there is no scene, and through those that fade out.
    """
    from moviepy import CompositeVideoClip

    total = max(scene.start + scene.frames for scene in scenes)
    size = (ground.shape[1], ground.shape[0] // 3)
    behind = _bare(lambda _: ground, total)
    clips = (clip for scene in scenes for clip in _clips(scene, size))
    film = CompositeVideoClip([behind, *clips], size=size, use_bgclip=True)
    try:
        for index in range(total):
            # The middle of a frame's time, so that rounding never picks a neighbour.
            packed: Any = film.get_frame(index + 0.5)
            yield np.ascontiguousarray(packed).reshape(ground.shape)
    finally:
        film.close()


def _clips(scene: Scene, size: tuple[int, int]) -> Iterator[Any]:
    """One scene as MoviePy's clips: one for each fade and one for what lies between.

    A clip with a mask is blended through RGBA all its life, which takes three times as long; so
    only the fades have one. MoviePy's second is a frame here: its times are whole numbers.
    """
    from moviepy import VideoClip, vfx

    body = scene.frames - scene.fade_in - scene.fade_out
    parts = (
        (0, scene.fade_in, vfx.CrossFadeIn),
        (scene.fade_in, body, None),
        (scene.fade_in + body, scene.fade_out, vfx.CrossFadeOut),
    )
    for first, count, fade in parts:
        if count <= 0:
            continue
        clip = _bare(_later(scene.frame, first), count)
        if fade is not None:
            # MoviePy's own mask would hold a frame of floats for every clip of the reel.
            clip.mask = VideoClip(is_mask=True, duration=count)
            clip.mask.frame_function = lambda _: np.broadcast_to(np.float32(1), size[::-1])
            clip = clip.with_effects([fade(count)])
        yield clip.with_start(scene.start + first)


def _later(frame: Callable[[int], Frame], by: int) -> Callable[[int], Frame]:
    return lambda index: frame(index + by)


def _bare(frame: Callable[[int], Frame], count: int) -> Any:
    """A clip of ``count`` frames; unlike MoviePy's own it asks for none before it is shown."""
    from moviepy import VideoClip

    def packed(t: float) -> Any:
        whole = frame(min(int(t), count - 1))
        return whole.reshape(whole.shape[0] // 3, whole.shape[1], 3)

    clip = VideoClip(duration=count)
    clip.frame_function, clip.size = packed, (0, 0)
    return clip


class Player:
    """Plays one source: placed in the frame, with its caption, for a number of frames.

    Args:
        source: the file.
        frames: how long it plays; it begins again where it loops, else its last frame stays.
        fps: of the reel.
        place: how it lies in the frame.
        caption: makes what is laid over it, and from when to when, in frames.
    """

    def __init__(
        self,
        source: Source,
        frames: int,
        fps: int,
        place: Place,
        caption: tuple[Callable[[], Caption], int, int] | None = None,
    ) -> None:
        self._source, self._frames, self._fps = source, frames, fps
        self._place, self._caption = place, caption
        self._decoding: Iterator[Frame] | None = None
        self._at = -1
        self._last: tuple[int, Frame] | None = None
        self._words: Caption | None = None

    def frame(self, index: int) -> Frame:
        """Frame ``index`` of the scene; never an earlier one than was asked for before."""
        wanted = int((index + 0.5) * self._source.fps / self._fps)
        if not self._source.loops:
            wanted = min(wanted, self._source.frames - 1)
        if self._last is None or self._last[0] != wanted:
            self._last = (wanted, self._place.put(self._decoded(wanted)))
        frame = self._with_caption(self._last[1], index)
        if index >= self._frames - 1:
            self.close()
        return frame

    def close(self) -> None:
        """Let go of the file."""
        self._decoding = self._last = self._words = None

    def _decoded(self, wanted: int) -> Frame:
        frame: Frame | None = None
        while frame is None or self._at < wanted:
            if self._decoding is None:
                self._decoding = read_planar(self._source.path)
            frame = next(self._decoding, None)
            if frame is None:
                self._decoding = None  # the next round of the loop
            else:
                self._at += 1
        return frame

    def _with_caption(self, frame: Frame, index: int) -> Frame:
        if self._caption is None:
            return frame
        make, first, last = self._caption
        ramp = max(1.0, min(_CAPTION_FADE_S * self._fps, (last - first) / 5))
        opacity = min((index - first) / ramp, (last - index) / ramp, 1.0)
        if opacity <= 0:
            return frame
        self._words = self._words or make()
        drawn = frame.copy()
        self._words.lay_over(drawn, smooth(opacity))
        return drawn


def caption_span(frames: int, fade: int, fps: int) -> tuple[int, int]:
    """When a caption is there: from soon after its scene is whole until it gives way.

    Never in a fade, where two captions would be written over each other.
    """
    whole = frames - 2 * fade
    lead = min(round(_CAPTION_IN_S * fps), whole // 8)
    return fade + lead, frames - fade


class Place:
    """How a clip lies in the frame: filling it, or as a plate on the ground.

    Args:
        clip_px: size of the clip.
        frame_px: size of the frame.
        ground: what is seen around it.
        foot: share of the frame's height that is kept free for a caption, where it lies whole.
    """

    def __init__(
        self, clip_px: tuple[int, int], frame_px: tuple[int, int], ground: Frame, foot: float
    ) -> None:
        (cw, ch), (fw, fh) = clip_px, frame_px
        self.fills = abs(np.log(cw / ch * fh / fw)) < _ALIKE and fw <= _LARGEST * cw
        self._ground = ground
        if self.fills:
            self._size, self._at = frame_px, (0, 0)
            return
        margin = 0.06 * min(fw, fh)
        room = (fw - 2 * margin, fh * (1 - foot) - margin if foot else fh - 2 * margin)
        scale = min(room[0] / cw, room[1] / ch, _LARGEST)
        self._size = (yuv.even(cw * scale), yuv.even(ch * scale))
        left, top = (fw - self._size[0]) / 2, margin + (room[1] - self._size[1]) / 2
        self._at = (2 * int(left / 2), 2 * int(top / 2))

    def put(self, clip: Frame) -> Frame:
        """Return the frame with the clip in it."""
        fitted = [
            _resized(plane, self._size, chroma=index > 0)
            for index, plane in enumerate(yuv.views(clip))
        ]
        if self.fills:
            return clip if np.shares_memory(fitted[0], clip) else yuv.stacked(fitted)
        frame = self._ground.copy()
        for index, (target, plane) in enumerate(zip(yuv.views(frame), fitted, strict=True)):
            per = 2 if index else 1
            x, y = self._at[0] // per, self._at[1] // per
            target[y : y + plane.shape[0], x : x + plane.shape[1]] = plane
        return frame


def _resized(plane: Any, luma_px: tuple[int, int], chroma: bool) -> Any:
    """Resize a plane; chroma stays where it belongs, on the even luma columns."""
    size = (luma_px[0] // 2, luma_px[1] // 2) if chroma else luma_px
    if size == (plane.shape[1], plane.shape[0]):
        return plane
    scale = plane.shape[1] / size[0]
    way = cv2.INTER_AREA if scale > 1 else cv2.INTER_CUBIC
    if chroma:
        # cv2 lines up the planes' edges; chroma's lie a quarter of a sample off luma's.
        aside = (scale - 1) / 4
        moved = np.array([[1, 0, -aside], [0, 1, 0]], np.float32)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        plane = cv2.warpAffine(
            plane, moved, plane.shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
    return cv2.resize(plane, size, interpolation=way)
