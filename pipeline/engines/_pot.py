"""The body of a turned vessel: its profile, made hollow, carried round the axis.

Knows arrays only; lengths are whatever unit the profile has, +Y up, the axis at x = z = 0. The
wall's thickness and everything inside are guessed: a photograph from beside shows neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

_WALL_SHARE = 0.05
"""Wall beside the largest radius: 4 to 6 mm in a jar 20 cm wide, chosen by eye."""
_MOUTH_SHARE = 0.3
"""The wall takes at most this share of the mouth's radius."""
_LEAST_HOLLOW = 0.04
"""A cavity narrower or shallower than this, beside the largest radius, is not made."""


@dataclass(frozen=True)
class Strip:
    """A part of the section between two edges, from the underside's middle to the inside's."""

    radius: Array
    height: Array
    outer: bool
    """Part of the outer wall, which the photograph may show."""


@dataclass(frozen=True)
class Shell:
    """The vessel's surface: grids of points, one for each strip, sewn at their edges."""

    points: Array
    normals: Array
    faces: Array
    strip: Array
    """Number of the strip that a point belongs to."""
    along: Array
    """0 to 1, how far along its strip a point lies."""
    turn: Array
    """Sine of the angle from the front, to the right."""


def wall_of(radius: Array, *, has_mouth: bool) -> float:
    """Return how thick the wall is taken to be; 0 where there is no mouth to look in."""
    if not has_mouth:
        return 0.0
    return min(_WALL_SHARE * float(radius.max()), _MOUTH_SHARE * float(radius[-1]))


def section(radius: Array, height: Array, wall: float, rows: int) -> list[Strip]:
    """Return the strips of a vessel's section; ``rows`` points in all, more or less.

    ``radius`` and ``height`` run from foot to lip. They begin or end at radius 0 where the body is
    closed and round.
    """
    inner = _cavity(radius, height, wall) if wall > 0 else None
    outer_rows = max(6, round(rows * (0.62 if inner else 0.92)))
    outer = Strip(*_even(radius, height, outer_rows), outer=True)
    strips = []
    if radius[0] > 0:
        strips.append(Strip(np.array([0.0, radius[0]]), np.repeat(height[0], 2), outer=False))
    strips.append(outer)
    if inner is None:
        if radius[-1] > 0:
            strips.append(Strip(np.array([radius[-1], 0.0]), np.repeat(height[-1], 2), outer=False))
        return strips
    within, levels = inner
    lip = np.array([radius[-1], within[-1]])
    strips.append(Strip(lip, np.repeat(height[-1], 2), outer=False))
    count = max(4, rows - outer_rows - 6)
    inside, at = _even(within, levels, count)
    strips.append(Strip(inside[::-1], at[::-1], outer=False))
    if within[0] > 0:
        strips.append(Strip(np.array([within[0], 0.0]), np.repeat(levels[0], 2), outer=False))
    return strips


def _cavity(radius: Array, height: Array, wall: float) -> tuple[Array, Array] | None:
    """Return the inside's profile: everywhere as far from the outside as the wall is thick."""
    levels = np.linspace(height[0] + wall, height[-1], 160)
    fine = np.linspace(height[0], height[-1], 800)
    outside = np.interp(fine, height, radius)
    gap = wall**2 - (levels[:, None] - fine[None]) ** 2
    reach = np.where(gap >= 0, outside[None] - np.sqrt(np.maximum(gap, 0)), np.inf)
    within = reach.min(axis=1)
    least = _LEAST_HOLLOW * float(radius.max())
    narrow = np.flatnonzero(within < least)
    # A stem is solid: the cavity ends above it.
    start = int(narrow[-1]) + 1 if narrow.size else 0
    within, levels = within[start:], levels[start:]
    if len(levels) < 4 or levels[-1] - levels[0] < least:
        return None
    return within, levels


def _even(radius: Array, height: Array, rows: int) -> tuple[Array, Array]:
    """Return a profile with ``rows`` points at even distances along it."""
    path = np.r_[0, np.cumsum(np.hypot(np.diff(radius), np.diff(height)))]
    at = np.linspace(0, path[-1], rows)
    return np.interp(at, path, radius), np.interp(at, path, height)


def turned(strips: list[Strip], around: int) -> Shell:
    """Carry the strips round the axis in ``around`` steps, a multiple of 4."""
    angle = 2 * np.pi * np.arange(around) / around
    sin, cos = np.sin(angle), np.cos(angle)
    # Left and right, front and back are alike to the last digit.
    sin[[0, around // 2]] = cos[[around // 4, 3 * around // 4]] = 0
    points, normals, faces, number, along, turn = [], [], [], [], [], []
    count = 0
    for index, strip in enumerate(strips):
        rows = len(strip.radius)
        out, up = _leaning(strip)
        points.append(_carried(strip.radius, strip.height, sin, cos))
        normals.append(_carried(out, up, sin, cos))
        faces.append(_sewn(strip.radius, around) + count)
        number.append(np.full(rows * around, index))
        along.append(np.repeat(_lengths(strip), around))
        turn.append(np.tile(sin, rows))
        count += rows * around
    arrays = (np.concatenate(a) for a in (points, normals, faces, number, along, turn))
    return Shell(*arrays)


def _lengths(strip: Strip) -> Array:
    path = np.r_[0, np.cumsum(np.hypot(np.diff(strip.radius), np.diff(strip.height)))]
    share: Array = path / path[-1]
    return share


def _leaning(strip: Strip) -> tuple[Array, Array]:
    """Return how the surface's normal points outward and up, of length 1."""
    out = np.gradient(strip.height)
    up = -np.gradient(strip.radius)
    length = np.hypot(out, up)
    out, up = out / length, up / length
    # Where the surface meets the axis it is level.
    pole = strip.radius == 0
    return np.where(pole, 0, out), np.where(pole, np.where(up < 0, -1, 1), up)


def _carried(radius: Array, height: Array, sin: Array, cos: Array) -> Array:
    level = np.broadcast_to(height[:, None], (len(height), len(sin)))
    grid = np.stack([np.outer(radius, sin), level, np.outer(radius, cos)], axis=-1)
    flat: Array = grid.reshape(-1, 3)
    return flat


def _sewn(radius: Array, around: int) -> Array:
    """Return the faces of a grid; at the axis a row of points is one point."""
    rows = len(radius)
    here = np.arange(around)
    beside = (here + 1) % around
    faces = []
    for row in range(rows - 1):
        low, high = row * around, (row + 1) * around
        if radius[row] > 0:
            faces.append(
                np.stack(
                    [low + here, low + beside, high + (beside if radius[row + 1] > 0 else here)], 1
                )
            )
        if radius[row + 1] > 0:
            faces.append(np.stack([low + here, high + beside, high + here], 1))
    return np.concatenate(faces)
