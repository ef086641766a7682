"""Draws a flat picture from any distance: views of it in, planar frames out.

A picture that is seen whole and then close up is needed at many scales. Copies of it, each smaller
than the last by the square root of 2, are cut out only where and when views need them, so memory
follows the frame and not the photograph. A view between two scales is a mixture of both: nothing
shimmers, and no change of scale is seen. A copy's luma is kept finer than it is, by `_FINER`, made
with Lanczos: bicubic samples between the pixels of a copy as coarse as the frame lose up to a third
of the finest detail, and a picture that comes to rest would be seen to snap into focus. What rests
on whole pixels, as the first view does, is cut out as it is.

Measured at 1920 x 1080 on one busy core, 24 megapixels, an approach from the whole to 1:1: 27 to
56 ms a frame that moves and 0.1 to 0.8 s for each of five copies; a frame that rests is a copy of
the last one. At 3840 x 2160 the whole process stays below 1 GB, of which 0.3 are photograph, mask
and depth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log2
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.media import yuv
from pipeline.media.resample import resized
from pipeline.media.shading import packed

if TYPE_CHECKING:
    from pipeline.media.place import View
    from pipeline.protocols import RGB, Frame

_PER_STEP = 2
"""Scales to a halving."""
_ROOM = 2.5
"""Most of one copy, in frames; a view can need 2 of them."""
_STRIP_PX = 256
"""Rows that are turned into planes at once."""
_FINER = 1.5
"""Pixels of kept luma to one of the copy."""
_LEVELS = 256
"""Steps of a kept sample to one level of 8 bits."""
_MARGIN_PX = 3
"""Around a copy, for bicubic samples at its border."""
_CHEAP = 0.02
"""A scale that has less of a mixture is left out."""

Area = tuple[float, float, float, float]
_multiply: Any = cv2.multiply
"""Its stubs know no scalars."""


@dataclass(frozen=True)
class _Copy:
    """A part of the picture at one scale, ready to be sampled."""

    area: Area
    """Left, top, right, bottom in the picture's pixels."""
    planes: tuple[Any, Any, Any]
    """uint16, `_LEVELS` to a level; luma finer by `_FINER`."""

    def holds(self, area: Area) -> bool:
        return all(self.area[i] <= area[i] and self.area[i + 2] >= area[i + 2] for i in (0, 1))


class Flat:
    """A flat picture, and all the views of it that will be asked for, in order."""

    def __init__(self, rgb: RGB, views: Sequence[View], frame_px: tuple[int, int]) -> None:
        self._rgb = rgb
        self._views = views
        self._frame_px = frame_px
        self._coarsest = max(view.width for view in views) / frame_px[0]
        self._copies: dict[int, _Copy] = {}

    def frames(self, bits: int = 8) -> Iterator[Frame]:
        """Yield a frame for each view; 8 or 10 bits a sample."""
        last: tuple[View, Frame] | None = None
        for index, view in enumerate(self._views):
            if last is None or last[0] != view:
                last = view, packed(self.planes(index), bits)
            yield last[1].copy()

    def planes(self, index: int) -> tuple[Any, Any, Any]:
        """Return the Y, U and V that view ``index`` shows, as float32."""
        view = self._views[index]
        exact = self._exact(index)
        if exact is not None:
            return exact
        at = _PER_STEP * log2(self._coarsest / (view.width / self._frame_px[0]))
        last = max(0, ceil(_PER_STEP * log2(max(1.0, self._coarsest)) - 1e-9))
        coarse = min(last, floor(at + 1e-9))
        fine = min(last, coarse + 1)
        share = min(max(at - coarse, 0.0), 1.0) if fine > coarse else 0.0
        if share < _CHEAP:
            return self._sampled(coarse, index)
        if share > 1 - _CHEAP:
            return self._sampled(fine, index)
        pair = zip(self._sampled(coarse, index), self._sampled(fine, index), strict=True)
        mixed = [cv2.addWeighted(a, 1 - share, b, share, 0) for a, b in pair]
        return mixed[0], mixed[1], mixed[2]

    def _exact(self, index: int) -> tuple[Any, Any, Any] | None:
        """The planes of a view that lies on whole pixels of the picture."""
        sides = [round(side) for side in self._area(index)]
        if max(abs(a - b) for a, b in zip(sides, self._area(index), strict=True)) > 1e-6:
            return None
        left, top, right, bottom = sides
        return _planes(resized(self._rgb[top:bottom, left:right], self._frame_px, light=False))

    def _per_px(self, scale: int) -> float:
        """Pixels of the picture to one of the copy; no copy but the first is larger than it."""
        per = self._coarsest / 2 ** (scale / _PER_STEP)
        return per if scale == 0 else max(1.0, per)

    def _area(self, index: int) -> Area:
        view = self._views[index]
        height = view.width * self._frame_px[1] / self._frame_px[0]
        return (
            view.x - view.width / 2,
            view.y - height / 2,
            view.x + view.width / 2,
            view.y + height / 2,
        )

    def _sampled(self, scale: int, index: int) -> tuple[Any, Any, Any]:
        area = self._inside(self._area(index))
        copy = self._copies.get(scale)
        if copy is None or not copy.holds(area):
            self._copies.pop(scale, None)
            for other in [key for key in self._copies if abs(key - scale) > 1]:
                del self._copies[other]
            copy = self._copies[scale] = self._cut(scale, index)
        return self._drawn(copy, index)

    def _cut(self, scale: int, index: int) -> _Copy:
        """Copy what the coming views need, as long as it stays within bounds."""
        per = self._per_px(scale)
        most = _ROOM * self._frame_px[0] * self._frame_px[1] * per * per
        area = self._inside(self._area(index))
        for following in range(index + 1, len(self._views)):
            more = self._inside(self._area(following))
            union = (
                min(area[0], more[0]),
                min(area[1], more[1]),
                max(area[2], more[2]),
                max(area[3], more[3]),
            )
            width = self._views[following].width / self._frame_px[0]
            if width > per * 2 or (union[2] - union[0]) * (union[3] - union[1]) > most:
                break
            area = union
        return self._prepared(area, per)

    def _inside(self, area: Area) -> Area:
        height, width = self._rgb.shape[:2]
        return (
            max(0.0, area[0]),
            max(0.0, area[1]),
            min(float(width), area[2]),
            min(float(height), area[3]),
        )

    def _prepared(self, area: Area, per: float) -> _Copy:
        height, width = self._rgb.shape[:2]
        (left, right), (top, bottom) = (
            _ends(area[axis], area[axis + 2], per, side) for axis, side in ((0, width), (1, height))
        )
        size = (yuv.even((right - left) / per), yuv.even((bottom - top) / per))
        part = self._rgb[top:bottom, left:right]
        if per == 1:  # nothing is resized; an odd row or column is seen twice
            odd = ((0, part.shape[0] % 2), (0, part.shape[1] % 2), (0, 0))
            part = np.pad(part, odd, mode="edge")
            size, right, bottom = part.shape[1::-1], left + part.shape[1], top + part.shape[0]
        luma, u, v = _planes(
            part if size == part.shape[1::-1] else resized(part, size, light=False)
        )
        finer = (yuv.even(size[0] * _FINER), yuv.even(size[1] * _FINER))
        luma = cv2.resize(luma, finer, interpolation=cv2.INTER_LANCZOS4)
        return _Copy((left, top, right, bottom), (_kept(luma), _kept(u), _kept(v)))

    def _drawn(self, copy: _Copy, index: int) -> tuple[Any, Any, Any]:
        area, whole = self._area(index), copy.area
        size = self._frame_px
        chroma_size = (size[0] // 2, size[1] // 2)
        luma, chroma = np.zeros((2, 3)), np.zeros((2, 3))
        for axis in (0, 1):
            step = (area[axis + 2] - area[axis]) / size[axis]  # in the picture's pixels
            first = area[axis] + step / 2 - whole[axis]
            side = whole[axis + 2] - whole[axis]
            k = copy.planes[0].shape[1 - axis] / side
            luma[axis, axis], luma[axis, 2] = step * k, first * k - 0.5
            # A chroma pixel lies on the even luma column and half a pixel below the even row.
            k = copy.planes[1].shape[1 - axis] * 2 / side
            aside = 0.0 if axis == 0 else step / 2
            chroma[axis, axis] = step * k
            chroma[axis, 2] = ((first + aside) * k - (0.5 if axis == 0 else 1.0)) / 2
        return (
            _warped(copy.planes[0], luma, size),
            _warped(copy.planes[1], chroma, chroma_size),
            _warped(copy.planes[2], chroma, chroma_size),
        )


def _ends(low: float, high: float, per: float, side: int) -> tuple[int, int]:
    """Return whole pixels around a part of a side, with a margin inside the picture.

    Where there is the choice, their number is a whole even number of the copy's pixels, so that a
    reduction by 2, say, is one by 2 and not by 2.004, which would blur here and not there.
    """
    margin = ceil(_MARGIN_PX * per)
    inner = (floor(low + 1e-6), ceil(high - 1e-6))
    outer = (max(0, inner[0] - margin), min(side, inner[1] + margin))
    most, least = outer[1] - outer[0], inner[1] - inner[0]
    lengths = range(most, max(least, most - ceil(2 * per) - 1) - 1, -1)
    best = min(lengths, key=lambda n: round(abs(n / per / 2 - round(n / per / 2)), 6))
    start = min(max(outer[0] + (most - best) // 2, inner[1] - best, 0), inner[0])
    return start, start + best


def _planes(picture: Any) -> tuple[Any, Any, Any]:
    """Return its planes as float32."""
    height, width = picture.shape[:2]
    half = (height // 2, width // 2)
    planes = tuple(np.empty(shape, np.float32) for shape in ((height, width), half, half))
    for top in range(0, height, _STRIP_PX):
        strip = np.ascontiguousarray(picture[top : top + _STRIP_PX], np.float32)
        for per, whole, made in zip(yuv.PER, planes, yuv.planes_of(strip), strict=True):
            whole[top // per : top // per + made.shape[0]] = made
    return planes[0], planes[1], planes[2]


def _kept(plane: Any) -> Any:
    return _multiply(plane, float(_LEVELS), dtype=cv2.CV_16U)


def _warped(plane: Any, matrix: Any, size_px: tuple[int, int]) -> Any:
    seen = cv2.warpAffine(
        plane,
        matrix,
        size_px,
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return _multiply(seen, 1 / _LEVELS, dtype=cv2.CV_32F)
