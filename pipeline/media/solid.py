"""Closed bodies made from a sheet: a pillow, a slab, a board.

In pixels of the photograph, x to the right, y down, z to the viewer, until `Solid.standing` puts
them on the floor. Closed means: once points in the same place are one, every edge belongs to two
faces that run it in opposite directions. Points are repeated where the texture has a seam or
the surface an edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.media.outline import Sheet
    from pipeline.media.skin import Skin
    from pipeline.protocols import RGB

    Array = npt.NDArray[Any]

_BEVEL_STEPS = 3


@dataclass(frozen=True)
class Solid:
    """A textured body; arrays as in `pipeline.protocols.MeshArrays`, but in pixels."""

    points: Array
    faces: Array
    uv: Array
    observed: Array
    texture: RGB
    normals: Array | None = None
    """(N, 3), of any length; ``None`` where the faces say enough."""

    def standing(
        self,
        per_px: tuple[float, float],
        depth: float | None,
        *,
        known: bool,
        on_wall: bool,
    ) -> tuple[Array, Array | None]:
        """Return (N, 3) float32 vertices and normals: +Y up, on y = 0, front to +Z.

        ``per_px`` is what a pixel measures across and down, ``depth`` what the body measures in
        depth if that is stated. Not ``known``: the longest side becomes 1. x is centred;
        ``on_wall`` puts the back on z = 0, else z is centred.
        """
        low, high = self.points.min(axis=0), self.points.max(axis=0)
        across, down = per_px
        deep = across if depth is None else depth / float(high[2] - low[2])
        x = (self.points[:, 0] - (low[0] + high[0]) / 2) * across
        y = (high[1] - self.points[:, 1]) * down
        z = (self.points[:, 2] - (low[2] if on_wall else (low[2] + high[2]) / 2)) * deep
        placed = np.stack([x, y, z], axis=1)
        if not known:
            placed /= np.ptp(placed, axis=0).max()
        if self.normals is None:
            return placed.astype(np.float32), None
        # A plane that is stretched one way leans its normal the other way.
        leaning = self.normals / (across, -down, deep)
        length = np.linalg.norm(leaning, axis=1, keepdims=True)
        return placed.astype(np.float32), (leaning / length).astype(np.float32)


def pillow(sheet: Sheet, skin: Skin, front: Array, back: Array) -> Solid:
    """Two sheets with their rims sewn together; heights of the inner points, above 0."""
    count = len(sheet.points)
    over, under = np.zeros(count), np.zeros(count)
    over[: sheet.inner] = front
    under[: sheet.inner] = back
    leaning, behind = _pillow_normals(sheet, over), _pillow_normals(sheet, under)
    behind[:, 2] *= -1
    # Along the rim both sides look outward alike, or the seam would show.
    leaning[sheet.inner :] += behind[sheet.inner :]
    behind[sheet.inner :] = leaning[sheet.inner :]
    return Solid(
        points=np.concatenate([_lifted(sheet.points, over), _lifted(sheet.points, -under)]),
        faces=np.concatenate([sheet.triangles, sheet.triangles[:, ::-1] + count]),
        uv=np.concatenate([skin.seen(sheet.points), skin.guessed(sheet.points)]),
        observed=np.repeat(np.array([1, 0], np.float32), count),
        texture=skin.texture,
        normals=np.concatenate([leaning, behind]),
    )


def _pillow_normals(sheet: Sheet, heights: Array) -> Array:
    """Unit normals of z² = heights², from the gradient of the squares.

    Heights fall to the rim like a square root, so faces there are nearly upright and their
    normals depend on where the lattice happens to cut: shading would show a comb. The squares
    fall straight, and their gradient is smooth up to the rim.
    """
    corners = sheet.points[sheet.triangles]
    (ax, ay), (bx, by) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
    squares = (heights**2)[sheet.triangles]
    a, b = squares[:, 1] - squares[:, 0], squares[:, 2] - squares[:, 0]
    double_area = ax * by - bx * ay
    # Twice the area times the gradient, that is, weighted by area; the sign is the area's.
    slopes = (np.array([a * by - b * ay, b * ax - a * bx]) * np.sign(double_area)).T
    total = np.zeros((len(sheet.points), 3))
    for corner in range(3):
        at = sheet.triangles[:, corner]
        for axis in range(2):
            total[:, axis] -= np.bincount(at, slopes[:, axis], len(total))
        total[:, 2] += np.bincount(at, np.abs(double_area), len(total))
    total[:, 2] *= 2 * heights
    length = np.linalg.norm(total, axis=1, keepdims=True)
    upright = np.array([0.0, 0.0, 1.0])
    unit: Array = np.where(length > 0, total / np.where(length > 0, length, 1), upright)
    return unit


def slab(sheet: Sheet, skin: Skin, heights: Array, *, plain_walls: bool) -> Solid:
    """A relief over a flat back; ``heights`` of all points, above 0."""
    points, rim = sheet.points, sheet.rim
    count, around = len(points), len(rim)
    place = np.full(count, -1)
    # Each rim point starts exactly one edge.
    first = rim[:, 0]
    place[first] = np.arange(around)
    top, bottom = 2 * count + place[rim], 2 * count + around + place[rim]
    walls = np.concatenate(
        [
            np.stack([top[:, 1], top[:, 0], bottom[:, 0]], 1),
            np.stack([top[:, 1], bottom[:, 0], bottom[:, 1]], 1),
        ]
    )
    side = (skin.guessed if plain_walls else skin.seen)(points[first])
    return Solid(
        points=np.concatenate(
            [
                _lifted(points, heights),
                _lifted(points, np.zeros(count)),
                _lifted(points[first], heights[first]),
                _lifted(points[first], np.zeros(around)),
            ]
        ),
        faces=np.concatenate([sheet.triangles, sheet.triangles[:, ::-1] + count, walls]),
        uv=np.concatenate([skin.seen(points), skin.guessed(points), side, side]),
        observed=np.repeat(np.array([1, 0], np.float32), [count, count + 2 * around]),
        texture=skin.texture,
    )


def board(size_px: tuple[int, int], thickness: float, bevel: float, skin: Skin) -> Solid:
    """A rectangle with a rounded edge round its front; 36 faces, whatever its size.

    The photograph covers front and rounding, so that seen from the front all of it is there.
    """
    turn = np.linspace(0, np.pi / 2, _BEVEL_STEPS + 1)
    insets = bevel * (1 - np.sin(turn))
    levels = thickness - bevel * (1 - np.cos(turn))
    loops = [_loop(size_px, i, z) for i, z in zip(insets, levels, strict=True)]
    foot = _loop(size_px, 0.0, 0.0)
    quad = np.array([[0, 1, 2], [0, 2, 3]])
    points, faces, seen = [loops[0]], [quad], [True] * 4
    count = 4
    for side in range(4):
        ends = [side, (side + 1) % 4]
        for strip, is_seen in ((loops, True), ((loops[-1], foot), False)):
            points.append(np.concatenate([loop[ends] for loop in strip]))
            for step in range(len(strip) - 1):
                a = count + 2 * step
                faces.append(np.array([[a, a + 2, a + 3], [a, a + 3, a + 1]]))
            seen += [is_seen] * (2 * len(strip))
            count += 2 * len(strip)
    points.append(foot)
    faces.append(quad[:, ::-1] + count)
    seen += [False] * 4
    everything, shown = np.concatenate(points), np.array(seen)
    flat = everything[:, :2]
    return Solid(
        points=everything,
        faces=np.concatenate(faces),
        uv=np.where(shown[:, None], skin.seen(flat), skin.guessed(flat)).astype(np.float32),
        observed=shown.astype(np.float32),
        texture=skin.texture,
    )


def _loop(size_px: tuple[int, int], inset: float, z: float) -> Array:
    """Corners of a rectangle, counter-clockwise for the viewer, from the top left."""
    right, bottom = size_px[0] - inset, size_px[1] - inset
    return np.array([[inset, inset, z], [inset, bottom, z], [right, bottom, z], [right, inset, z]])


def _lifted(points: Array, heights: Array) -> Array:
    return np.concatenate([points, heights[:, None]], axis=1)
