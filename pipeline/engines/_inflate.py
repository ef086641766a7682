"""Height over the picture plane from an outline alone: balls for any shape, turning for vessels.

Knows arrays only; lengths are pixels of the array it is given. A `Swell` keeps the square of the
height and lets it go below 0 outside: squares are smooth across the outline, so that they can be
enlarged and still give a crisp edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

_LEAST_BODY = 0.6
"""A vessel is turned if this share of its outline is symmetric; the rest are handles and spouts."""
_MOST_BOW = 0.5
"""A foot that bows more than this, as a share of its half width, is a round bottom and no disc."""
_ABOVE, _FLARE = 1.6, 1.2
"""So much above a foot the wall is at most so much wider; on a ball it is wider by sqrt(1.6)."""
_LEAST_FOV_DEG = 11.0
"""Below this vertical field of view (a 125 mm lens has 11 degrees) the rim is seen from below."""
_ROUNDS = 8


@dataclass(frozen=True)
class Swell:
    """A surface over the picture: ``sqrt(square) * cos(tilt) + lean``, where ``square`` > 0.

    ``square``: height squared, (H, W) float32. ``lean``: how much nearer a point is because the
    camera looks down on it, (H, W) float32; 0 where it does not.
    """

    square: Array
    lean: Array
    tilt_rad: float = 0.0


def balls(inside: Array, open_sides: tuple[bool, bool, bool, bool]) -> Swell:
    """Fill the outline with the largest balls that fit; their common surface is the height.

    Exact for spheres, capsules, rings and every tube. ``open_sides`` (left, top, right, bottom)
    are those where the photograph cuts the object off; there, and below a flat foot, the shape
    is taken to go on, since it does not end as a ball there.

    Source: Twarog, Tappen, Adelson, "Playing with Puffball: simple scale-invariant inflation for
    use in vision and graphics", ACM SAP 2012. The maximum over all balls is a dilation with a
    parabola and separates into rows and columns: Felzenszwalb, Huttenlocher, "Distance Transforms
    of Sampled Functions", Theory of Computing 8, 2012.
    """
    height, width = inside.shape
    grid = inside.astype(np.uint8)
    pad = 1 + int(_distance(grid).max())
    grid = np.pad(grid, pad)
    left, top, right, bottom = open_sides
    grid[:, :pad] |= grid[:, pad : pad + 1] * np.uint8(left)
    grid[:, pad + width :] |= grid[:, pad + width - 1 : pad + width] * np.uint8(right)
    grid[:pad] |= grid[pad : pad + 1] * np.uint8(top)
    grid[pad + height :] |= grid[pad + height - 1 : pad + height] * np.uint8(bottom)
    for upright in (grid, grid[::-1]):
        _carry_on(upright)
    # Distances go from centre to centre; the outline lies half a pixel before the first outside.
    square = _dilate(np.maximum(_distance(grid) - np.float32(0.5), 0))
    square = np.ascontiguousarray(square[pad : pad + height, pad : pad + width])
    return Swell(square=square, lean=np.zeros_like(square))


def turned(cover: Array, share_of_height: float) -> Swell | None:
    """Turn the outline about its upright axis, as a potter does; handles become tubes.

    The bow of foot and rim tells how far the camera looks down: a circle seen at the angle a is
    an ellipse with the axes' ratio sin(a). ``share_of_height`` is how much of the photograph's
    height the object takes; ``cover`` how much of each pixel is object. ``None`` if the outline is
    not that of a turned body.
    """
    outline = _Outline.of(cover)
    if outline is None:
        return None
    inside = outline.inside
    body = outline.body()
    if (body & inside).sum() < _LEAST_BODY * inside.sum():
        return None
    ends = outline.ends(share_of_height)
    square, lean = outline.turn(ends)
    handles = inside & ~body
    if handles.any():
        tubes = balls(handles, (False, False, False, False)).square
        rows = np.arange(inside.shape[0], dtype=np.float32)[:, None]
        lean = np.where(body, lean, -rows * np.float32(np.sin(ends.tilt)))
        square = np.where(body, square, np.where(handles, tubes, np.maximum(square, tubes)))
    return Swell(square=square.astype(np.float32), lean=lean, tilt_rad=ends.tilt)


def _distance(grid: Array) -> Array:
    """Return how far each pixel is from the nearest one outside.

    OpenCV's last digits depend on the number of threads. Squared distances between pixels are
    whole numbers, so rounding them gives the same bytes everywhere.
    """
    away = cv2.distanceTransform(np.pad(grid, 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(np.sqrt(np.rint(away[1:-1, 1:-1] ** 2)), np.float32)


def _dilate(radius: Array) -> Array:
    """Return max over all c of radius(c)² - |x - c|², signed."""
    result = np.where(radius > 0, radius.astype(np.float32) ** 2, np.float32(-1e6))
    reach = int(radius.max()) + 2
    for _ in range(2):
        source = np.ascontiguousarray(result.T)
        result = source.copy()
        for step in range(1, min(reach, source.shape[0])):
            lower = source - np.float32(step * step)
            np.maximum(result[step:], lower[:-step], out=result[step:])
            np.maximum(result[:-step], lower[step:], out=result[:-step])
    return result


def _carry_on(grid: Array) -> None:
    """Let a shape that stands on a flat foot go on below it, in place."""
    outline = _Outline.of(grid)
    if outline is None:
        return
    bow, half = outline.bow()
    if half == 0:
        return
    columns = slice(max(0, int(outline.axis - 0.98 * half)), int(outline.axis + 0.98 * half) + 1)
    foot = slice(outline.last - int(bow) - 1, outline.last + 1)
    filled = np.maximum.accumulate(grid[foot, columns], axis=0)
    grid[foot, columns] = filled
    grid[outline.last + 1 :, columns] = filled[-1]


@dataclass(frozen=True)
class _Ends:
    """Foot and rim of a turned body: rows of their centres, and how far above the camera is."""

    rim_row: float
    foot_row: float
    rim: float
    foot: float

    @property
    def tilt(self) -> float:
        """How far the camera itself looks down, in radians."""
        return (self.rim + self.foot) / 2


@dataclass(frozen=True)
class _Outline:
    """An upright axis and how far the shape reaches to both sides of it, row by row."""

    inside: Array
    axis: float
    half: Array
    first: int
    last: int

    @staticmethod
    def of(cover: Array) -> _Outline | None:
        """Find the axis and the half widths; ``None`` for a shape too small to have any."""
        inside = cover >= 0.5
        rows = np.flatnonzero(inside.any(axis=1))
        if rows.size < 8 or inside.any(axis=0).sum() < 8:
            return None
        spans = np.array([longest_run(inside[row]) for row in rows])
        axis = float(np.median(spans.sum(axis=1) / 2))
        half = np.zeros(inside.shape[0], np.float32)
        for row in rows:
            half[row] = _reach(cover[row], axis)
        first, last = int(rows[0]), int(rows[-1])
        half[first : last + 1] = _without_bumps(inside, half, axis, slice(first, last + 1))
        return _Outline(inside=inside, axis=axis, half=half, first=first, last=last)

    def body(self) -> Array:
        """Return the part that is symmetric about the axis."""
        columns = np.arange(self.inside.shape[1]) + 0.5 - self.axis
        near = np.abs(columns)[None] <= self.half[:, None] + 0.5
        return np.asarray(self.inside & near, np.bool_)

    def bow(self) -> tuple[float, float]:
        """Return how far the foot's edge bows down, and the foot's half width; 0, 0 if round.

        The foot's edge is half an ellipse: its row is fitted by a line in sqrt(1 - (x / half)²).
        """
        low = np.where(self.inside.any(axis=0), _lowest(self.inside), -1).astype(np.float64)
        aside = np.arange(low.size) + 0.5 - self.axis
        bow, half = 0.12 * float(self.half.max()), 0.0
        for _ in range(3 * _ROUNDS):
            half = float(self.half[int(np.clip(self.last - bow, self.first, self.last))])
            near = (np.abs(aside) < 0.85 * half) & (low >= 0)
            if near.sum() < 3:
                return 0.0, 0.0
            arc = np.sqrt(1 - (aside[near] / half) ** 2)
            arc -= arc.mean()
            slope = float((arc * (low[near] - low[near].mean())).sum() / max(1e-9, (arc**2).sum()))
            bow = (bow + slope) / 2
        above = self.half[int(np.clip(self.last - _ABOVE * bow, self.first, self.last))]
        cut = half >= 2 and -1 <= bow < _MOST_BOW * half and above < _FLARE * half
        return (max(0.0, bow), half) if cut else (0.0, 0.0)

    def ends(self, share_of_height: float) -> _Ends:
        """Find foot and rim, and from how far above the camera sees them.

        Both bow alike whether a rim is seen from above or from below. It is taken to be from
        above, as photographers stand, unless that asks for a longer lens than they use.
        """
        foot_bow, foot_half = self.bow()
        rim_bow, rim_half = self._upside_down().bow()
        foot = float(np.arcsin(foot_bow / foot_half)) if foot_half else 0.0
        rim = float(np.arcsin(rim_bow / rim_half)) if rim_half else 0.0
        least = np.radians(_LEAST_FOV_DEG) * share_of_height
        if not foot_half:
            foot = rim + least if rim > least else 0.0
        elif foot - rim < least:
            rim = -rim
        return _Ends(self.first + rim_bow, self.last - foot_bow, rim, foot)

    def turn(self, ends: _Ends) -> tuple[Array, Array]:
        """Return the squared height of the turned body and how much nearer the tilt brings it.

        What is seen at a pixel sits on the axis a little higher, since the camera looks down on
        the front of the body: solved by damped repetition. Where the camera looks into the mouth,
        a lid closes it.
        """
        height, width = self.inside.shape
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        aside = (columns + np.float32(0.5 - self.axis)) ** 2
        between = (ends.rim_row, max(ends.foot_row, ends.rim_row + 1))
        down = np.sin(np.interp(np.arange(height), between, (ends.rim, ends.foot)))
        down = down.astype(np.float32)[:, None]
        profile, level, square = self.half**2, np.clip(rows, *between), -aside
        for _ in range(_ROUNDS):
            square = np.interp(level, np.arange(height), profile).astype(np.float32) - aside
            seen = np.clip(rows - np.sqrt(np.maximum(square, 0)) * down, *between)
            level = (level + seen) / 2
        lean = -level * np.float32(np.sin(ends.tilt))
        if ends.rim > 0:
            radius = float(self.half[round(ends.rim_row)])
            lid = (rows - np.float32(ends.rim_row)) / np.float32(np.sin(ends.rim))
            mouth = (aside + lid**2 < radius**2) | (rows < ends.rim_row)
            lean = np.where(mouth, lean + lid * np.float32(np.cos(ends.tilt)), lean)
            square = np.where(mouth, np.float32(0), square)
        return square, lean.astype(np.float32)

    def _upside_down(self) -> _Outline:
        end = self.inside.shape[0] - 1
        return _Outline(
            inside=self.inside[::-1],
            axis=self.axis,
            half=self.half[::-1],
            first=end - self.last,
            last=end - self.first,
        )


def longest_run(row: Array) -> tuple[int, int]:
    """Return where the longest run of true values begins and ends; the end exclusive."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(np.int8), [0]])))
    starts, stops = edges[::2], edges[1::2]
    longest = int(np.argmax(stops - starts))
    return int(starts[longest]), int(stops[longest])


def _reach(cover: Array, axis: float) -> float:
    """Return how far the run of pixels around the axis goes, in parts of a pixel.

    That is its mean of both sides, or the shorter side where something joins the other.
    """
    centre = min(int(axis), cover.size - 1)
    if cover[centre] < 0.5:
        return 0.0
    empty = cover < 0.5
    before, after = np.flatnonzero(empty[:centre]), np.flatnonzero(empty[centre:])
    start = int(before[-1]) if before.size else 0
    stop = centre + int(after[0]) + 1 if after.size else cover.size
    left = float(cover[start:centre].sum()) + axis - centre
    right = float(cover[centre:stop].sum()) - (axis - centre)
    return max(0.0, (left + right) / 2 if abs(left - right) < 2 else min(left, right))


def _without_bumps(inside: Array, half: Array, axis: float, rows: slice) -> Array:
    """Return the half widths without the short bumps where handles join the body."""
    reach = half[rows].astype(np.float32)
    window = max(3, round(0.12 * reach.size) | 1)
    columns = np.abs(np.arange(inside.shape[1]) + 0.5 - axis)[None]
    # A handle stands off; a slightly uneven outline does not.
    off = max(3.0, 0.06 * float(reach.max()))
    beside = (inside[rows] & (columns > reach[:, None] + off)).any(axis=1, keepdims=True)
    near = cv2.dilate(beside.astype(np.uint8), np.ones((2 * window + 1, 1), np.uint8)).ravel() > 0
    column = np.ascontiguousarray(reach[:, None])
    smooth = cv2.morphologyEx(column, cv2.MORPH_OPEN, np.ones((window, 1), np.uint8)).ravel()
    reach = np.where(near & beside.any(), smooth, reach)
    # Half widths are whole pixels; a turned profile has no steps.
    column = np.ascontiguousarray(reach[:, None])
    blurred = cv2.GaussianBlur(column, (1, 15), 2.5, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, np.float32).ravel()


def _lowest(inside: Array) -> Array:
    return np.asarray(inside.shape[0] - 1 - np.argmax(inside[::-1], axis=0), np.intp)
