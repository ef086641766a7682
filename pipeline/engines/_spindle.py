"""A turned thing in its mask: its axis, how far it reaches to both sides, what stands off it.

Knows arrays only. Lengths are pixels of a working picture: the object alone, reduced, and turned
so that its axis is upright. What it does not know: handles that stand in front of the body or
behind it leave no outline, and two equal lugs without a hole look like a moulding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.engines._inflate import longest_run
from pipeline.errors import EngineFailed

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import MaskArray

    Array = npt.NDArray[Any]

_WORK_PX = 1024
"""Longest side of the working picture; half widths are found to a tenth of its pixels."""
_LEAST_PX = 24
_SECOND_SHARE = 0.05
"""A second piece larger than this, beside the first, is a second object."""
_ROLL_LEAST_DEG, _ROLL_MOST_DEG = 0.05, 12.0
_SAME_SHARE = 0.015
"""Left and right agree if they differ by less, as a share of the width."""
_STANDS_OFF_SHARE = 0.025
"""A handle leaves at least such a gap, as a share of the width."""
_BUMP_SHARE = 0.12
"""Where handles join on both sides, the body bulges over no more than this of the height."""
_LEAST_PIECE, _LEAST_THICK = 0.002, 0.005
"""Smaller pieces are a ragged outline: area beside the object's, half thickness beside its
width."""
_MOST_PIECES, _MOST_BESIDE = 3, 0.35
_LEAST_EVEN = 0.3
"""So many rows at least must be the same on both sides."""
_MOST_UNEVEN = 0.025
"""Left and right differ by no more, on the mean of the rows without handles."""
_ADVICE = (
    "Use `mesh: {engine: relief}` for it, correct the mask, or take a photograph in which the "
    "vessel stands upright and whole."
)


@dataclass(frozen=True)
class Spindle:
    """Outline of a turned thing in the working picture."""

    cover: Array
    """How much of each pixel is object, (H, W) float32."""
    axis: float
    """Column of the axis."""
    half: Array
    """Half width of the body in each row; 0 where there is none."""
    first: int
    last: int
    pieces: list[Array]
    """Masks of handles and spouts, (H, W) bool, each with a strip of the body it stands on."""
    to_photo: Array
    """(2, 3): from working pixels to pixels of the photograph."""
    per_px: float
    """Pixels of the photograph in one working pixel."""


def find(mask: MaskArray) -> Spindle:
    """Find axis, body and handles.

    Raises:
        EngineFailed: if the outline is not that of one whole turned thing.
    """
    cover, corner, scale = _shrunk(mask)
    cover, axis, turn = _upright(cover)
    inside = cover >= 0.5
    rows = np.flatnonzero(inside.any(axis=1))
    first, last = int(rows[0]), int(rows[-1])
    left, right = _reaches(cover, axis)
    half = _body(inside, left, right, axis, slice(first, last + 1))
    pieces = _pieces(inside, half, axis)
    _require_turned(inside, pieces, (left, right), slice(first, last + 1))
    back = np.asarray(cv2.invertAffineTransform(turn), np.float64)
    back[:, :2] /= scale
    back[:, 2] = back[:, 2] / scale + corner
    return Spindle(cover, axis, half, first, last, pieces, back, 1 / scale)


def _shrunk(mask: MaskArray) -> tuple[Array, Array, float]:
    """Return the object's cover with a margin, its corner in the photograph, and the scale."""
    inside = (mask >= 0.5).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if count < 2 or areas.max() < _LEAST_PX**2:
        raise EngineFailed(
            f"The mesh engine 'lathe' needs a vessel: the mask covers {int(inside.sum())} of "
            f"{inside.size} pixels. Look at mask.png and choose another mask engine."
        )
    order = np.argsort(-areas, kind="stable")
    largest = int(order[0])
    if len(areas) > 1 and areas[order[1]] > _SECOND_SHARE * areas[largest]:
        raise EngineFailed(
            "The mask shows two objects or more, and the mesh engine 'lathe' turns one. " + _ADVICE
        )
    left, top, width, height = (int(v) for v in stats[largest + 1, :4])
    if left == 0 or top == 0 or left + width == mask.shape[1] or top + height == mask.shape[0]:
        raise EngineFailed(
            "The photograph cuts the object off, or the mask runs into its border: the mesh "
            "engine 'lathe' needs all of a vessel's outline. " + _ADVICE
        )
    box = np.s_[top : top + height, left : left + width]
    cover = np.where(labels[box] == largest + 1, mask[box], 0).astype(np.float32)
    scale = min(1.0, _WORK_PX / max(cover.shape))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # One scale for both axes; what rounding takes from the sides is below a tenth of a pixel.
    cover = np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.float32)
    margin = 4 + round(0.12 * max(cover.shape))
    corner = np.array([left, top]) - margin / scale
    return np.pad(cover, margin), corner, scale


def _upright(cover: Array) -> tuple[Array, float, Array]:
    """Turn the picture so that the axis is upright; return it, the axis and how it was turned."""
    height, width = cover.shape
    total: Array = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    axis, lean = _axis_of(cover)
    degrees = float(np.degrees(np.arctan(lean)))
    if abs(degrees) > _ROLL_MOST_DEG:
        raise EngineFailed(
            f"The object leans by {abs(degrees):.0f} degrees; the mesh engine 'lathe' expects a "
            f"vessel that stands, at most {_ROLL_MOST_DEG:.0f}. " + _ADVICE
        )
    if abs(degrees) > _ROLL_LEAST_DEG:
        middle = (axis, height / 2)
        total = cv2.getRotationMatrix2D(middle, -degrees, 1.0)
        # OpenCV counts from the centre of the first pixel, everything here from its corner.
        shift = total[:, :2] @ np.array([0.5, 0.5]) - 0.5
        inner = total.copy()
        inner[:, 2] += shift
        cover = np.asarray(cv2.warpAffine(cover, inner, (width, height)), np.float32)
        axis, _ = _axis_of(cover)
    return cover, axis, total


def _axis_of(cover: Array) -> tuple[float, float]:
    """Return the axis's column at half height, and how far it moves right for a row down."""
    inside = cover >= 0.5
    rows = np.flatnonzero(inside.any(axis=1))
    spans = np.array([longest_run(inside[row]) for row in rows], np.float64)
    middles, widths = spans.sum(axis=1) / 2, spans[:, 1] - spans[:, 0]
    at = rows + 0.5 - cover.shape[0] / 2
    widest = float(widths.max())
    bins = np.arange(0, cover.shape[1] + 1, max(1.0, 0.01 * widest))
    # A handle draws the middle of some rows aside; most rows know better.
    votes = np.convolve(np.histogram(middles, bins, weights=widths)[0], np.ones(3), "same")
    axis, lean = float(bins[int(votes.argmax())] + bins[1] / 2), 0.0
    near = max(2.0, 0.05 * widest)
    for _ in range(8):
        good = np.abs(middles - axis - lean * at) < near
        if good.sum() < 4 or np.ptp(at[good]) < 0.4 * rows.size:
            break
        lean, axis = np.polyfit(at[good], middles[good], 1, w=np.sqrt(widths[good]))
        near = max(1.0, 0.7 * near, 0.004 * widest)
    return float(axis), float(lean)


def _reaches(cover: Array, axis: float) -> tuple[Array, Array]:
    """Return how far the run of pixels around the axis goes left and right, in each row."""
    height, width = cover.shape
    centre = int(np.clip(axis, 1, width - 2))
    columns = np.arange(width)
    empty = cover < 0.5
    start = np.where(empty & (columns < centre), columns, -1).max(axis=1)
    stop = np.where(empty & (columns >= centre), columns, width).min(axis=1)
    sums = np.concatenate([np.zeros((height, 1)), np.cumsum(cover, axis=1, dtype=np.float64)], 1)
    at = np.arange(height)
    # The border pixels count as much as they are covered.
    left = sums[at, centre] - sums[at, np.clip(start, 0, width)] + axis - centre
    right = sums[at, np.clip(stop + 1, 0, width)] - sums[at, centre] - (axis - centre)
    there = ~empty[:, centre]
    return np.where(there, left, 0.0), np.where(there, right, 0.0)


def _body(inside: Array, left: Array, right: Array, axis: float, rows: slice) -> Array:
    """Return the body's half widths: the mean of both sides, or the shorter where one has more."""
    width = float((left + right).max())
    same = np.abs(left - right) < max(1.5, _SAME_SHARE * width)
    half = np.where(same, (left + right) / 2, np.minimum(left, right))
    reach = half[rows].astype(np.float32)
    window = max(3, round(_BUMP_SHARE * reach.size) | 1)
    aside = np.arange(inside.shape[1])[None] + 0.5 - axis
    off = max(3.0, _STANDS_OFF_SHARE * width)
    apart = inside[rows] & (np.abs(aside) > reach[:, None] + off)
    both = (apart & (aside > 0)).any(axis=1) & (apart & (aside < 0)).any(axis=1)
    if not both.any():
        return half
    near = _widened(both, window)
    column = np.ascontiguousarray(reach[:, None])
    opened = cv2.morphologyEx(column, cv2.MORPH_OPEN, np.ones((window, 1), np.uint8)).ravel()
    bump = near & (reach - opened > max(1.5, _SAME_SHARE / 2 * width))
    bump[: window // 4] = bump[-(window // 4) :] = False
    wide = _widened(bump, window // 8)
    wide[: window // 4] = wide[-(window // 4) :] = False
    at = np.arange(reach.size)
    half = half.copy()
    half[rows] = np.where(wide, np.interp(at, at[~wide], reach[~wide]), reach)
    return half


def _widened(rows: Array, by: int) -> Array:
    """Return rows that are chosen or have one that is within ``by`` rows."""
    column = rows.astype(np.uint8)[:, None]
    grown: Array = cv2.dilate(column, np.ones((2 * by + 1, 1), np.uint8)).ravel() > 0
    return grown


def _pieces(inside: Array, half: Array, axis: float) -> list[Array]:
    """Return what the outline shows beyond the body, each with a strip of the body."""
    aside = np.abs(np.arange(inside.shape[1])[None] + 0.5 - axis)
    beyond = inside & (aside > half[:, None] + 1.5) & (half > 0)[:, None]
    above = inside & (half == 0)[:, None]
    found = []
    area, width = float(inside.sum()), 2 * float(half.max())
    count, labels = cv2.connectedComponents((beyond | above).astype(np.uint8), connectivity=8)
    thick = cv2.distanceTransform(np.pad(beyond | above, 1).astype(np.uint8), cv2.DIST_L2, 5)
    for number in range(1, count):
        piece = labels == number
        deep = float(thick[1:-1, 1:-1][piece].max())
        if piece.sum() > _LEAST_PIECE * area and deep > _LEAST_THICK * width + 1:
            found.append(piece)
    return found


def _require_turned(
    inside: Array, pieces: list[Array], sides: tuple[Array, Array], rows: slice
) -> None:
    left, right = (side[rows] for side in sides)
    width = float((left + right).max())
    beside = sum(float(piece.sum()) for piece in pieces) / float(inside.sum())
    differ = np.abs(left - right)
    even = float((differ < max(1.5, 2 * _SAME_SHARE * width)).mean())
    free = np.ones(left.size, np.bool_)
    for piece in pieces:
        free &= ~piece[rows].any(axis=1)
    uneven = float(differ[free].mean()) / width if free.any() else 1.0
    if len(pieces) > _MOST_PIECES:
        found = f"{len(pieces)} parts stand off it, at most {_MOST_PIECES} are expected"
    elif beside > _MOST_BESIDE:
        found = f"{beside:.0%} of it stand off its axis, at most {_MOST_BESIDE:.0%} are expected"
    elif even < _LEAST_EVEN:
        found = f"left and right agree over {even:.0%} of its height"
    elif uneven > _MOST_UNEVEN:
        found = f"left and right differ by {uneven:.1%} of its width"
    else:
        return
    raise EngineFailed(f"The outline is not that of a turned thing: {found}. {_ADVICE}")
