"""Turns the outline of a mask into triangles: a sheet whose rim lies on the 0.5 contour.

Points are in pixels of the photograph, x to the right, y down, ``(0, 0)`` the photograph's
top-left corner (not the centre of its first pixel). Triangles run counter-clockwise for someone
who looks at the photograph. The sheet knows nothing of depth, metres or colours.

Marching squares on a lattice, because then every triangle keeps an inner node: a sheet and its
copy behind can be sewn together along the rim, and the result is closed whatever the mask looks
like. Also tried: snapping the nearest lattice nodes to the contour (corners fold over where a
handle is one cell thick) and Delaunay with OpenCV (not constrained, so it bridges handles).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import MaskArray

    Array = npt.NDArray[Any]

_BLUR_CELLS = 0.6
"""Blur before sampling, in cells: the contour found by linear interpolation is then within 0.05
cells of the true one for a straight edge (worst case of the normal distribution function)."""
_BLUR_LEAST_PX = 0.6
_SPECK_SHARE = 0.02
"""A part smaller than this share of the largest part is dust, not an object."""
_SPECK_NODES = 12
_NEAREST = 0.08
"""A rim point stays this share of a lattice edge away from the nodes: no slivers."""

_CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))
"""Row and column of a cell's corners, clockwise on the screen from the top left."""


@dataclass(frozen=True)
class Lattice:
    """A mask sampled on a square lattice; the outermost nodes are outside the object."""

    field: Array
    """(R, C) float32; above 0.5 is inside."""
    left_px: float
    top_px: float
    cell_px: float

    @property
    def inside(self) -> Array:
        """(R, C) bool."""
        return self.field > 0.5


@dataclass(frozen=True)
class Sheet:
    """Triangles that fill an outline. Inner points come first, then those on the rim."""

    points: Array
    """(N, 2) float64, pixels."""
    triangles: Array
    """(M, 3) int64."""
    rim: Array
    """(K, 2) int64: directed edges that belong to one triangle only, as that triangle has them."""
    inner: int
    """So many points are not made by cutting a lattice edge."""


def trace(mask: MaskArray, cell_px: float) -> Lattice | None:
    """Sample a mask every ``cell_px`` and drop specks; ``None`` if nothing is left."""
    solid = mask > 0.5
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if rows.size == 0:
        return None
    sigma = max(_BLUR_CELLS * cell_px, _BLUR_LEAST_PX)
    pad = int(np.ceil(4 * sigma + 2 * cell_px)) + 2
    top, left = int(rows[0]) - pad, int(columns[0]) - pad
    blurred = cv2.GaussianBlur(
        _window(mask, top, left, int(rows[-1]) + pad + 1, int(columns[-1]) + pad + 1),
        (0, 0),
        sigma,
        borderType=cv2.BORDER_CONSTANT,
    )
    height, width = blurred.shape
    ys = np.arange(cell_px / 2, height, cell_px)
    xs = np.arange(cell_px / 2, width, cell_px)
    grid = np.stack(np.broadcast_arrays(xs[None, :], ys[:, None]), axis=-1)
    field = sample(blurred, grid)
    field[[0, -1]] = 0
    field[:, [0, -1]] = 0
    field = _without_specks(field)
    if not (field > 0.5).any():
        return None
    return Lattice(field, left + float(xs[0]), top + float(ys[0]), cell_px)


def _window(mask: MaskArray, top: int, left: int, bottom: int, right: int) -> Array:
    """Cut a window that may reach over the borders; outside the photograph is no object."""
    height, width = mask.shape
    inner = mask[max(top, 0) : bottom, max(left, 0) : right]
    return cv2.copyMakeBorder(
        inner,
        max(-top, 0),
        max(bottom - height, 0),
        max(-left, 0),
        max(right - width, 0),
        cv2.BORDER_CONSTANT,
        value=0,
    )


def _without_specks(field: Array) -> Array:
    # Four neighbours: marching squares below keeps parts apart that touch by a corner.
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        (field > 0.5).astype(np.uint8), connectivity=4
    )
    if count == 1:
        return field
    areas = stats[:, cv2.CC_STAT_AREA]
    keep = areas >= max(_SPECK_NODES, _SPECK_SHARE * areas[1:].max())
    keep[0] = False
    drop = ~keep[labels] & (field > 0.5)
    return np.where(drop, np.float32(0), field)


def parts(mask: MaskArray) -> list[tuple[float, float]]:
    """Width and height in pixels of each part of the object but dust, in reading order."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(
        (mask > 0.5).astype(np.uint8), connectivity=4
    )
    areas = stats[1:, cv2.CC_STAT_AREA]
    return [
        (float(stats[i, cv2.CC_STAT_WIDTH]), float(stats[i, cv2.CC_STAT_HEIGHT]))
        for i in range(1, count)
        if areas[i - 1] >= _SPECK_SHARE * areas.max()
    ]


def sample(picture: Array, points: Array) -> Array:
    """Read a picture between its pixels (bilinear); beyond the border the border goes on."""
    height, width = picture.shape[:2]
    x = np.clip(points[..., 0] - 0.5, 0, width - 1)
    y = np.clip(points[..., 1] - 0.5, 0, height - 1)
    left = np.minimum(x.astype(np.intp), max(width - 2, 0))
    top = np.minimum(y.astype(np.intp), max(height - 2, 0))
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    fx, fy = (x - left).astype(np.float32), (y - top).astype(np.float32)
    above = picture[top, left] * (1 - fx) + picture[top, right] * fx
    below = picture[bottom, left] * (1 - fx) + picture[bottom, right] * fx
    value: Array = above * (1 - fy) + below * fy
    return value


def triangulate(lattice: Lattice) -> Sheet:
    """Fill the outline by marching squares.

    Source: Lorensen and Cline, Marching Cubes, SIGGRAPH 1987, in two dimensions; the two
    ambiguous cells are always cut apart, so that no point joins two parts.
    """
    field, inside = lattice.field, lattice.inside
    rows, columns = field.shape
    node = np.full(field.shape, -1, np.int64)
    node[inside] = np.arange(inside.sum())
    across, x_across = _crossings(field, axis=1)
    down, y_down = _crossings(field, axis=0)
    inner = int(inside.sum())
    id_across = np.full(across.shape, -1, np.int64)
    id_across[across] = inner + np.arange(across.sum())
    id_down = np.full(down.shape, -1, np.int64)
    id_down[down] = inner + int(across.sum()) + np.arange(down.sum())

    r, c = np.mgrid[:rows, :columns].astype(np.float64)
    points = np.concatenate(
        [
            np.stack([c[inside], r[inside]], 1),
            np.stack([c[:, :-1][across] + x_across, r[:, :-1][across]], 1),
            np.stack([c[:-1][down], r[:-1][down] + y_down], 1),
        ]
    )
    corners = [node[y : rows - 1 + y, x : columns - 1 + x] for y, x in _CORNERS]
    sides = [id_across[:-1], id_down[:, 1:], id_across[1:], id_down[:, :-1]]
    # Around a cell on the screen: corner, side, corner, side … clockwise from the top left.
    ring = np.stack([i for pair in zip(corners, sides, strict=True) for i in pair], -1)
    triangles, rim = _march(ring.reshape(-1, 8))
    origin = np.array([lattice.left_px, lattice.top_px])
    return Sheet(origin + points * lattice.cell_px, triangles, rim, inner)


def _crossings(field: Array, axis: int) -> tuple[Array, Array]:
    """Which lattice edges along ``axis`` the contour cuts, and where on each of those."""
    a = field[:, :-1] if axis == 1 else field[:-1]
    b = field[:, 1:] if axis == 1 else field[1:]
    cut = (a > 0.5) != (b > 0.5)
    start, end = a[cut].astype(np.float64), b[cut].astype(np.float64)
    return cut, np.clip((0.5 - start) / (end - start), _NEAREST, 1 - _NEAREST)


def _march(ring: Array) -> tuple[Array, Array]:
    """Triangles and rim edges of all cells, case by case."""
    case = (ring[:, ::2] >= 0) @ np.array([1, 2, 4, 8])
    triangles, rim = [], []
    for number in range(1, 16):
        cells = ring[case == number]
        for polygon in _polygons(number):
            fan = [(polygon[0], b, a) for a, b in pairwise(polygon[1:])]
            triangles += [cells[:, list(triangle)] for triangle in fan]
            closed = zip(polygon, polygon[1:] + polygon[:1], strict=True)
            rim += [cells[:, [b, a]] for a, b in closed if a % 2 and b % 2]
    return np.concatenate(triangles), np.concatenate(rim)


def _polygons(case: int) -> list[list[int]]:
    """Outline of the inside of a cell as places on its ring, each from an inner corner on."""
    is_in = [bool(case >> i & 1) for i in range(4)]
    if is_in in ([True, False, True, False], [False, True, False, True]):
        return [[2 * i, 2 * i + 1, (2 * i - 1) % 8] for i in range(4) if is_in[i]]
    first = is_in.index(True)
    places = [(2 * first + step) % 8 for step in range(8)]
    return [
        [
            p
            for p in places
            if (is_in[p // 2] if p % 2 == 0 else is_in[p // 2] != is_in[(p // 2 + 1) % 4])
        ]
    ]


def rectangle(width_px: int, height_px: int, cell_px: float) -> Sheet:
    """Fill the whole photograph, corner to corner, with cells of about ``cell_px``."""
    columns = max(1, round(width_px / cell_px))
    rows = max(1, round(height_px / cell_px))
    x, y = np.meshgrid(np.linspace(0, width_px, columns + 1), np.linspace(0, height_px, rows + 1))
    index = np.arange(x.size).reshape(x.shape)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    triangles = np.stack([a, d, c, a, c, b], -1).reshape(-1, 3)
    loop = np.concatenate([index[:, 0], index[-1, 1:], index[-2::-1, -1], index[0, -2:0:-1]])
    rim = np.stack([loop, np.roll(loop, -1)], 1)
    return Sheet(np.stack([x.ravel(), y.ravel()], 1), triangles, rim, x.size)


def smoothed(lattice: Lattice, values: Array, sigma_cells: float) -> Array:
    """Smooth values of the inner nodes (in sheet order) among themselves."""
    inside = lattice.inside
    grid = np.zeros(inside.shape, np.float32)
    grid[inside] = values
    mass = cv2.GaussianBlur(
        inside.astype(np.float32), (0, 0), sigma_cells, borderType=cv2.BORDER_CONSTANT
    )
    total = cv2.GaussianBlur(grid, (0, 0), sigma_cells, borderType=cv2.BORDER_CONSTANT)
    among: Array = (total[inside] / mass[inside]).astype(np.float64)
    return among


def inwards(lattice: Lattice) -> Array:
    """Distance of the inner nodes (in sheet order) from the outline, in cells."""
    inside = lattice.inside
    distance = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    return distance[inside]


def inflate(lattice: Lattice) -> Array:
    """Height in pixels of a balloon over the outline, at each inner node, in sheet order.

    The square root of four times the solution of Poisson's equation −Δu = 1 with u = 0 on the
    contour: a disc becomes half a ball, exactly. Successive over-relaxation, red and black; next
    to the contour with the true distances to it.

    Source: Shortley and Weller, The numerical solution of Laplace's equation, J. Appl. Phys. 9
    (1938); Young, Iterative Solution of Large Linear Systems (1971), the relaxation factor.
    """
    field, inside = lattice.field.astype(np.float64), lattice.inside
    pull, own = _stencil(field, inside)
    rows, columns = inside.shape
    u = np.zeros_like(field)
    odd = np.add.outer(np.arange(rows), np.arange(columns)) % 2 == 1
    omega = 2 / (1 + np.sin(np.pi / max(4, min(rows, columns))))
    gains = [omega * (inside & colour) / own for colour in (odd, ~odd)]
    for _ in range(2 * min(rows, columns) + 20):
        for gain in gains:
            flow = np.ones_like(u)
            flow[1:] += pull[0][1:] * u[:-1]
            flow[:-1] += pull[1][:-1] * u[1:]
            flow[:, 1:] += pull[2][:, 1:] * u[:, :-1]
            flow[:, :-1] += pull[3][:, :-1] * u[:, 1:]
            u += gain * (flow - own * u)
    heights: Array = np.sqrt(4 * np.maximum(u[inside], 0)) * lattice.cell_px
    return heights


def _stencil(field: Array, inside: Array) -> tuple[list[Array], Array]:
    """Weights of the neighbours above, below, left and right, and of the node itself."""
    gaps = []
    for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
        other = np.roll(field, step, axis)
        with np.errstate(divide="ignore", invalid="ignore"):
            cut = np.clip((field - 0.5) / (field - other), _NEAREST, 1 - _NEAREST)
        gaps.append(np.where(inside & (other <= 0.5), cut, 1.0))
    up, down, left, right = gaps
    pull = [
        2 / (up * (up + down)),
        2 / (down * (up + down)),
        2 / (left * (left + right)),
        2 / (right * (left + right)),
    ]
    return pull, 2 / (up * down) + 2 / (left * right)
