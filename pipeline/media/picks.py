"""Looks at a clip's frames while they pass by once, and keeps what a person should see of them.

Kept are a few small pictures, evenly spread over the clip, and that of the frame farthest from the
first; one whole frame, the one in which neighbours moved apart the most; and how fast each part of
the frame moves on average (`pipeline.media.flow`). So memory does not grow with the clip. Frames go
to the encoder untouched.

Measured on a frame of 3840 x 2160: shrinking by a whole factor with INTER_AREA 3 ms, by any other
21 ms; so everything is shrunk by a whole factor first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.media import yuv
from pipeline.media.flow import Flow

if TYPE_CHECKING:
    from pipeline.protocols import RGB, Frame

Size = tuple[int, int]
Box = tuple[int, int, int, int]

_KEPT_PX = 420
"""Wider small pictures would not be shown any larger; taller ones are kept at most 700 high."""
_KEPT_HIGH_PX = 700
_FLOW_PX = 30_000
"""About the pixels of the pictures between which flow is measured: a camera move is smooth."""
_FLOW_LEAST_PX = 48
"""DISOpticalFlow loses its coarsest scales below this."""
_MOMENTS_PER_PICK = 3


@dataclass(frozen=True)
class Pick:
    """A frame that was kept, small."""

    index: int
    rgb: RGB


class Picks:
    """Collects from the frames of one clip; feed it with `watch` or `see`, then read.

    Args:
        frames_expected: how many frames will come; fewer do no harm.
        how_many: small pictures to keep at most.
        fps: frames a second.
    """

    def __init__(self, frames_expected: int, how_many: int = 12, fps: float = 30.0) -> None:
        self.fps = fps
        self.frames = 0
        """How many were seen."""
        self.size_px: Size = (0, 0)
        """Of the clip's frames."""
        expected = max(1, frames_expected)
        picked = min(expected, max(1, how_many))
        self._picked = {i * expected // picked for i in range(picked)}
        moments = min(expected, picked * _MOMENTS_PER_PICK)
        self._moments = {i * expected // moments for i in range(moments)} | self._picked
        self._kept: list[Pick] = []
        self._flow = Flow()
        self._farthest: Pick | None = None
        self._edges: tuple[int, Frame] | None = None
        self._parted: Pick | None = None

    def watch(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Pass frames on as they come, looking at each."""
        for frame in frames:
            self.see(frame)
            yield frame

    def see(self, frame: Frame) -> None:
        """Look at the next frame; nothing of it is held on to but copies."""
        index = self.frames
        self.frames += 1
        if index not in self._moments:
            return
        if not index:
            self.size_px = _size(frame)
        if index in self._picked:
            self._kept.append(Pick(index, _small(frame, self.small_px)))
        seen = self._flow.see(_grey(frame), index / self.fps)
        if seen.farthest:
            self._farthest = Pick(index, _small(frame, self.small_px))
        if seen.edges:
            self._edges, self._parted = (index, frame.copy()), None

    @property
    def small_px(self) -> Size:
        """Size of the small pictures: the frame's shape."""
        return fitted(self.size_px, (_KEPT_PX, _KEPT_HIGH_PX))

    @property
    def farthest(self) -> Pick:
        """The frame farthest from the first, small."""
        if self._farthest is None:
            raise ValueError("no frame was seen")
        return self._farthest

    @property
    def parted(self) -> Pick:
        """The frame in which neighbours moved apart the most, small: its edges bear most.

        Where none moved apart it is the farthest.
        """
        index, frame = self._whole
        if self._parted is None:
            self._parted = Pick(index, _small(frame, self.small_px))
        return self._parted

    @property
    def even(self) -> list[Pick]:
        """The small pictures that are evenly spread over the clip, in order."""
        return list(self._kept)

    @property
    def shown(self) -> list[Pick]:
        """The small pictures in order; farthest and parted stand in for those next to them."""
        picks = {pick.index: pick for pick in self._kept}
        for found in (self.farthest, self.parted):
            # The first frame stays: a clip is judged from where it starts.
            even = [index for index in picks if index in self._picked and index]
            if found.index not in picks and even:
                del picks[min(even, key=lambda index: abs(index - found.index))]
                picks[found.index] = found
        return [picks[index] for index in sorted(picks)]

    @property
    def motion(self) -> Any:
        """How fast each part of the frame moves on average: (h, w) float32, widths a second."""
        return self._flow.mean()

    @property
    def moved_apart(self) -> bool:
        """Whether some neighbours did: there are edges to look at."""
        return self._flow.moved_apart

    def edges(self, size_px: Size, how_many: int = 2) -> list[Box]:
        """Return where, in the parted frame, neighbours moved apart the most.

        Boxes of ``size_px`` (or the frame's size, where that is less), in whole even pixels of the
        frame, the strongest first; they do not overlap. Where nothing moved apart, where most is
        drawn.
        """
        frame_px = self.size_px
        size = tuple(min(s, f) // 2 * 2 for s, f in zip(size_px, frame_px, strict=True))
        return _strongest(self._flow.strength(), frame_px, (size[0], size[1]), how_many)

    def part(self, box: Box) -> RGB:
        """Return a part of the parted frame at full size."""
        left, top, right, bottom = box
        frame = self._whole[1]
        if frame.ndim == 3:
            return np.ascontiguousarray(frame[top:bottom, left:right])
        planes = [
            _eight_bit(plane[top // per : bottom // per, left // per : right // per])
            for per, plane in zip(yuv.PER, yuv.views(frame), strict=True)
        ]
        return yuv.i420_to_rgb(yuv.stacked(planes))

    @property
    def _whole(self) -> tuple[int, Frame]:
        if self._edges is None:
            raise ValueError("no frame was seen")
        return self._edges


def fitted(size_px: Size, room_px: Size) -> Size:
    """Return the largest even size of the same shape in ``room_px``, never magnified."""
    share = min(1.0, room_px[0] / size_px[0], room_px[1] / size_px[1])
    width, height = (max(2, 2 * floor(side * share / 2 + 1e-6)) for side in size_px)
    return width, height


def _strongest(strength: Any, frame_px: Size, size: Size, how_many: int) -> list[Box]:
    """Return the boxes that hold most of ``strength``, a small picture of the frame."""
    height, width = strength.shape
    per = (frame_px[0] / width, frame_px[1] / height)
    cells = tuple(
        max(1, min(n, round(s / p))) for s, p, n in zip(size, per, (width, height), strict=True)
    )
    # Seen through a window that is weak at its border, so that an edge comes to its middle.
    weights = np.outer(*(np.hanning(n + 2)[1:-1] for n in (cells[1], cells[0])))
    total = cv2.filter2D(
        strength.astype(np.float64), -1, weights, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT
    )[: height - cells[1] + 1, : width - cells[0] + 1].copy()
    boxes: list[tuple[int, int]] = []
    for apart in (1.0, 0.5, 0.25):  # in a very small frame, parts may have to overlap
        boxes = _peaks(total.copy(), cells, how_many, apart)
        if len(boxes) == how_many:
            break
    room = (frame_px[0] - size[0], frame_px[1] - size[1])
    corners = [[min(floor(at[i] * per[i]), room[i]) // 2 * 2 for i in (0, 1)] for at in boxes]
    return [(x, y, x + size[0], y + size[1]) for x, y in corners]


def _peaks(total: Any, cells: Size, how_many: int, apart: float) -> list[tuple[int, int]]:
    """Return column and row of the highest values, ``apart`` cells from each other."""
    peaks: list[tuple[int, int]] = []
    reach = [max(1, round(n * apart)) for n in cells]
    while len(peaks) < how_many:
        row, column = (int(at) for at in np.unravel_index(int(np.argmax(total)), total.shape))
        if total[row, column] < 0:
            break
        peaks.append((column, row))
        rows = slice(max(0, row - reach[1] + 1), row + reach[1])
        total[rows, max(0, column - reach[0] + 1) : column + reach[0]] = -1
    return peaks


def _size(frame: Frame) -> Size:
    if frame.ndim == 3:
        return frame.shape[1], frame.shape[0]
    return frame.shape[1], frame.shape[0] * 2 // 3


def _grey(frame: Frame) -> Any:
    """Return the frame's lightness as a small 8-bit picture."""
    width, height = _size(frame)
    plane = frame[:height] if frame.ndim == 2 else cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    factor = max(1, round((width * height / _FLOW_PX) ** 0.5))
    while factor > 1 and min(width, height) // factor < _FLOW_LEAST_PX:
        factor -= 1
    small = _shrunk(plane, factor)
    size = [max(_FLOW_LEAST_PX, side) for side in small.shape[::-1]]
    if tuple(size) != small.shape[::-1]:
        small = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
    return _eight_bit(small)


def _small(frame: Frame, size_px: Size) -> RGB:
    """Return a frame in sRGB, smaller."""
    if frame.ndim == 3:
        rgb: RGB = _resized(frame, size_px)
        return rgb
    return yuv.joined(*(_eight_bit(_resized(plane, size_px)) for plane in yuv.views(frame)))


def _resized(picture: Any, size_px: Size) -> Any:
    if picture.shape[1::-1] == size_px:
        return picture
    factor = max(1, min(picture.shape[1] // size_px[0], picture.shape[0] // size_px[1]))
    larger = picture.shape[1] < size_px[0]  # colour of a frame that is hardly shrunk
    way = cv2.INTER_LINEAR if larger else cv2.INTER_AREA
    return cv2.resize(_shrunk(picture, factor), size_px, interpolation=way)


def _shrunk(picture: Any, factor: int) -> Any:
    """Return a picture ``factor`` times smaller; what is left over at its end is left out."""
    if factor == 1:
        return picture
    width, height = picture.shape[1] // factor, picture.shape[0] // factor
    whole = picture[: height * factor, : width * factor]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)


def _eight_bit(plane: Any) -> Any:
    """Bring samples of 10 bits to 8."""
    if plane.dtype == np.uint8:
        return plane
    return np.minimum((plane + 2) >> 2, 255).astype(np.uint8)
