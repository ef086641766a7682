"""Where a pose of the camera looks in a layer: compiled loops over the cells of a frame.

Knows the camera's formula (`pipeline.media.camera`) and nothing of colours;
`pipeline.media.kernels` draws them from what is found here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np

_jit = numba.njit(cache=True, nogil=True, error_model="numpy")

BLOCK = 16
"""Plane pixels whose coverage is summed up in one number."""
EMPTY, MIXED, SOLID = 0, 1, 2
"""What a block or a cell holds of a layer."""
_ROUNDS = 24
"""Of substitution at most; all but the steepest places need two or three."""

_I = np.int32


class Lens(NamedTuple):
    """One pose in numbers: see `pipeline.media.camera` for the formula."""

    zoom: float
    dolly: float
    pivot: float
    shift_x: float
    shift_y: float
    origin_x: float
    """What lies in the frame's middle, in frame pixels from the layer's corner."""
    origin_y: float


class Grid(NamedTuple):
    """A layer's depth and where it lies to the frame and to the layer's planes."""

    depth: Any
    """(h, w) float32; 1 x 1 where the layer is flat."""
    per_x: float
    """Pixels of the grid in a frame pixel."""
    per_y: float
    plane_x: float
    """Pixels of the planes in a frame pixel."""
    plane_y: float
    pad: float
    """Pixels of the planes before the layer's corner."""
    last_x: float
    """Where interpolation must end; corners of unfinished cells may lie far outside."""
    last_y: float
    width: int
    """Of the frame."""
    height: int
    step: int
    """Frame pixels of a cell."""
    near_enough: float
    """Depth that moves by nothing that can be seen."""


@_jit
def _at(grid: Any, x: float, y: float) -> Any:
    """Sample a grid linearly; beyond its border is what is on it."""
    height, width = grid.shape
    x = min(max(x, 0.0), width - 1.0)
    y = min(max(y, 0.0), height - 1.0)
    left, top = min(int(x), max(0, width - 2)), min(int(y), max(0, height - 2))
    right, bottom = min(left + 1, width - 1), min(top + 1, height - 1)
    fx, fy = x - left, y - top
    upper = grid[top, left] * (1 - fx) + grid[top, right] * fx
    lower = grid[bottom, left] * (1 - fx) + grid[bottom, right] * fx
    return upper * (1 - fy) + lower * fy


@_jit
def locate(grid: Grid, lens: Lens, part: tuple[int, int, int, int], nodes: Any) -> None:
    """Find, for each corner of a cell, the point of a layer that is seen there.

    A layer's point at depth d is seen at u = (q - origin) * grown(d) + shift * (d - pivot); for a
    given u that is solved for q by substitution, which closes in because the depth is nowhere
    steeper than the shift allows. A corner starts from what its left neighbour found.

    Args:
        grid: the layer's depth.
        lens: the pose.
        part: first and last row, first and last column of the corners to find.
        nodes: (2, rows, columns) int32; filled with x and y in the planes.
    """
    depth = grid.depth
    for i in range(part[0], part[1]):
        d = depth[0, 0]
        v = i * grid.step + 0.5 - grid.height / 2
        for j in range(part[2], part[3]):
            u = j * grid.step + 0.5 - grid.width / 2
            x = y = 0.0
            for _ in range(_ROUNDS):
                rise = d - lens.pivot
                grown = lens.zoom * (1 + lens.dolly * rise)
                x = lens.origin_x + (u - lens.shift_x * rise) / grown
                y = lens.origin_y + (v - lens.shift_y * rise) / grown
                if depth.size == 1:
                    break
                found = _at(depth, x * grid.per_x - 0.5, y * grid.per_y - 0.5)
                off = abs(found - d)
                d = found
                if off < grid.near_enough:
                    break
            px = min(max(x * grid.plane_x - 0.5 + grid.pad, 1.0), grid.last_x)
            py = min(max(y * grid.plane_y - 0.5 + grid.pad, 1.0), grid.last_y)
            nodes[0, i, j] = _I(np.rint(px * 65536))
            nodes[1, i, j] = _I(np.rint(py * 65536))


@_jit
def sum_up(alpha: Any, side: int, blocks: Any) -> None:
    """Write for each block of ``side`` x ``side`` of ``alpha`` if it is empty, solid or mixed.

    The pixel right of it and below it counts too: interpolation reaches there.
    """
    height, width = alpha.shape
    for i in range(blocks.shape[0]):
        for j in range(blocks.shape[1]):
            low, high = 255, 0
            for y in range(max(0, i * side - 1), min(height, i * side + side + 2)):
                for x in range(max(0, j * side - 1), min(width, j * side + side + 2)):
                    value = alpha[y, x]
                    low, high = min(low, value), max(high, value)
            blocks[i, j] = SOLID if low == 255 else EMPTY if high == 0 else MIXED


@_jit
def classify(nodes: Any, blocks: Any, part: tuple[int, int, int, int], cells: Any) -> None:
    """Write for each cell of a part of the frame whether the layer is solid, empty or mixed."""
    last_row, last_column = blocks.shape[0] - 1, blocks.shape[1] - 1
    for i in range(part[0], part[1] - 1):
        for j in range(part[2], part[3] - 1):
            xs, ys = nodes[0, i : i + 2, j : j + 2], nodes[1, i : i + 2, j : j + 2]
            left = min(min(xs[0, 0], xs[0, 1]), min(xs[1, 0], xs[1, 1])) >> 16
            right = max(max(xs[0, 0], xs[0, 1]), max(xs[1, 0], xs[1, 1])) >> 16
            top = min(min(ys[0, 0], ys[0, 1]), min(ys[1, 0], ys[1, 1])) >> 16
            bottom = max(max(ys[0, 0], ys[0, 1]), max(ys[1, 0], ys[1, 1])) >> 16
            empty = solid = True
            for by in range(max(0, top // BLOCK), min(last_row, bottom // BLOCK) + 1):
                for bx in range(max(0, left // BLOCK), min(last_column, right // BLOCK) + 1):
                    kind = blocks[by, bx]
                    empty = empty and kind == EMPTY
                    solid = solid and kind == SOLID
            cells[i, j] = EMPTY if empty else SOLID if solid else MIXED


@_jit
def choose(kinds: Any, hidden: Any, wants: Any) -> None:
    """Write what is to be done with a layer in each cell, and hide what lies behind it.

    Called for the frontmost layer first.

    Args:
        kinds: what the layer is there, (rows, columns) uint8.
        hidden: not 0 where a layer before it is solid; this one's are added.
        wants: filled with `kernels.SKIP` (0), ``COVER`` (1), ``BLEND`` (2).
    """
    for i in range(kinds.shape[0]):
        for j in range(kinds.shape[1]):
            kind = kinds[i, j]
            if hidden[i, j] or kind == EMPTY:
                wants[i, j] = 0
            elif kind == SOLID:
                wants[i, j], hidden[i, j] = 1, 1
            else:
                wants[i, j] = 2
