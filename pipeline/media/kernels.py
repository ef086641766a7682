"""The loops that run for every pixel of every frame, compiled by numba.

A frame is cut into cells of ``step`` pixels; where a cell's corners lie in a plane is known
(`locate`), and between the corners the way is straight. So a row of a cell is walked in fixed
point, one addition a pixel, and no map of coordinates is ever written to memory.

All sampling is integer arithmetic: the same frames on every processor. Planes are stored finer
than the frame (`pipeline.media.warp`), so that linear interpolation between their samples is
sharper than a bicubic one between the frame's own would be.

Measured on one core, 1920 x 1080 luma, planes 1.5 times as fine: this 5.2 ms; the same with a map
of float coordinates through ``cv2.remap`` 12 ms linear and 16 ms bicubic; in C with AVX2 gathers
5.9 ms, without 10.5 ms. Four byte loads a pixel beat one load of four packed bytes (6.9 ms): the
packed plane is four times as large, and memory is what costs.

Numbers: coordinates are int32, 16 bits of them after the point; weights have 8 bits. numba makes
64 bits of every sum of 32, so each is cut back at once: a vector holds twice as many.
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
SKIP, COVER, BLEND = 0, 1, 2
"""What is to be done with a layer in a cell."""
DITHER_ROWS = 64
_ROUNDS = 24
"""Of substitution at most; all but the steepest places need two or three."""

_U, _I = np.uint32, np.int32
_ONE = np.uint64(1)
_EVEN, _LOW = _U(0x00FF00FF), _U(0xFFFF)


class Plane(NamedTuple):
    """Luma or colour of a layer, flat, and what covers it."""

    samples: Any
    """Luma: uint8. Colour: uint16, ``u | v << 8``, so that both are loaded at once."""
    alpha: Any
    pitch: int
    coarse: int
    """0: as fine as luma. 1: half as fine, sited as chroma is."""
    aside: int
    """Where it lies against luma, in luma's pixels, 16 bits after the point."""


class Target(NamedTuple):
    """One plane of the frame, flat, and the dither that goes into it."""

    out: Any
    width: int
    height: int
    dither: Any
    """`DITHER_ROWS` rows of ``dither_width``, flat, uint16, below ``1 << (24 - bits)``."""
    dither_width: int
    bits: int


class Buffers(NamedTuple):
    """What one row is worked on in; uint32, as long as the frame is wide and a cell more."""

    index: Any
    fraction: Any
    quads: Any
    """Luma: the four samples around. Colour: the upper two of both planes."""
    lower: Any
    """Colour: the lower two."""
    coverage: Any


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
def limit_slope(depth: Any, slope: float) -> None:
    """Raise what lies too far below its neighbour, in place, until nothing is steeper.

    Near things keep their depth; behind their edges the ground comes up to meet them.

    Source: Borgefors, "Distance transformations in digital images", 1986 (two chamfer passes).
    """
    _lift(depth, slope)
    _lift(depth[::-1, ::-1], slope)


@_jit
def _lift(depth: Any, slope: float) -> None:
    """Raise each pixel to what the four before it, in reading order, ask for."""
    height, width = depth.shape
    slant = slope * 1.41421356
    for y in range(height):
        for x in range(width):
            best = depth[y, x]
            if x > 0:
                best = max(best, depth[y, x - 1] - slope)
            if y > 0:
                best = max(best, depth[y - 1, x] - slope)
                best = max(best, depth[y - 1, max(0, x - 1)] - slant)
                best = max(best, depth[y - 1, min(width - 1, x + 1)] - slant)
            depth[y, x] = best


@_jit
def march(picture: Any, away: Any, order: Any, radius: int) -> None:
    """Continue a picture into a hole in place, pixel by pixel from the rim inwards.

    Each pixel is the mean of those around it that are nearer to the rim; those that lie straight
    across the rim from it count most, so that edges run on.

    Source: Telea, "An image inpainting technique based on the fast marching method", 2004, without
    the extrapolation of gradients, which overshoots.

    Args:
        picture: (H, W, 3) float32.
        away: (H, W) float32, distance to the rim; 0 outside the hole.
        order: (2, N) rows and columns to fill, by rising distance.
        radius: how far a pixel looks around.
    """
    height, width = away.shape
    for n in range(order.shape[1]):
        y, x = order[0, n], order[1, n]
        down = away[min(y + 1, height - 1), x] - away[max(y - 1, 0), x]
        across = away[y, min(x + 1, width - 1)] - away[y, max(x - 1, 0)]
        norm = np.sqrt(down * down + across * across) + 1e-6
        total = red = green = blue = 0.0
        for row in range(max(0, y - radius), min(height, y + radius + 1)):
            for column in range(max(0, x - radius), min(width, x + radius + 1)):
                dy, dx = y - row, x - column
                square = dy * dy + dx * dx
                if square <= radius * radius and away[row, column] < away[y, x]:
                    along = abs(dy * down + dx * across) / norm / np.sqrt(square)
                    weight = (along + 0.01) / square
                    total += weight
                    red += weight * picture[row, column, 0]
                    green += weight * picture[row, column, 1]
                    blue += weight * picture[row, column, 2]
        if total > 0:
            picture[y, x, 0] = red / total
            picture[y, x, 1] = green / total
            picture[y, x, 2] = blue / total


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
def _steps(nodes: Any, run: Any, row: int, plane: Plane, buffers: Buffers) -> None:
    """Write where the pixels of one row of a run lie in a plane: index, and fraction beside it.

    Args:
        nodes: as `locate` writes them.
        run: (row of cells, first cell, the one after the last, log2 of a cell's luma pixels).
        row: which row of pixels in the row of cells.
        plane: the plane.
        buffers: index is filled, and fraction as ``x | y << 8``.
    """
    i, first, end, whole = run
    coarse = _I(plane.coarse)
    small = whole - plane.coarse
    count = 1 << small
    # In quarters of a luma pixel; a chroma row lies half a luma row below an even one.
    down = 4 * row if plane.coarse == 0 else 8 * row + 2
    half = _I(0) if plane.coarse == 0 else _I(32768)
    aside, pitch = _I(plane.aside), _I(plane.pitch)
    index, fraction = buffers.index, buffers.fraction
    o = np.uint64(0)
    for j in range(np.uint64(first), np.uint64(end)):
        x0, y0 = nodes[0, i, j], nodes[1, i, j]
        x1, y1 = nodes[0, i, j + _ONE], nodes[1, i, j + _ONE]
        xl = _I(x0 + ((((nodes[0, i + 1, j] - x0) >> whole) * down) >> 2))
        yl = _I(y0 + ((((nodes[1, i + 1, j] - y0) >> whole) * down) >> 2))
        xr = _I(x1 + ((((nodes[0, i + 1, j + _ONE] - x1) >> whole) * down) >> 2))
        yr = _I(y1 + ((((nodes[1, i + 1, j + _ONE] - y1) >> whole) * down) >> 2))
        xl, xr = _I((xl + aside) >> coarse), _I((xr + aside) >> coarse)
        yl, yr = _I((yl - half) >> coarse), _I((yr - half) >> coarse)
        dx, dy = _I((xr - xl) >> small), _I((yr - yl) >> small)
        for k in range(count):
            x, y = _I(xl + _I(_I(k) * dx)), _I(yl + _I(_I(k) * dy))
            index[o] = _U(_I(_I(y >> _I(16)) * pitch) + _I(x >> _I(16)))
            fraction[o] = _U(((x >> _I(8)) & _I(255)) | (y & _I(0xFF00)))
            o += _ONE


@_jit
def _gather(samples: Any, index: Any, pitch: int, quads: Any, count: int) -> None:
    """Load the four samples around each position: ``a | b << 8 | c << 16 | d << 24``."""
    row = np.uint64(pitch)
    for k in range(count):
        p = np.uint64(index[k])
        q = p + row
        quads[k] = _U(
            _U(samples[p])
            | _U(_U(samples[p + _ONE]) << _U(8))
            | _U(_U(samples[q]) << _U(16))
            | _U(_U(samples[q + _ONE]) << _U(24))
        )


@_jit
def _between(quad: Any, fraction: Any) -> Any:
    """Interpolate between four samples; the result has 16 bits after the point."""
    fx, fy = _U(fraction & _U(255)), _U(fraction >> _U(8))
    gx, gy = _U(_U(256) - fx), _U(_U(256) - fy)
    odd = _U(_U(quad >> _U(8)) & _EVEN)
    rows = _U(_U(_U(quad & _EVEN) * gx) + _U(odd * fx))
    return _U(_U(_U(rows & _LOW) * gy) + _U(_U(rows >> _U(16)) * fy))


@_jit
def _gather_colour(samples: Any, index: Any, pitch: int, buffers: Buffers, count: int) -> None:
    """Load the four samples of both colours around each position, two and two."""
    row = np.uint64(pitch)
    upper, lower = buffers.quads, buffers.lower
    for k in range(count):
        p = np.uint64(index[k])
        q = p + row
        upper[k] = _U(samples[p]) | (_U(samples[p + _ONE]) << _U(16))
        lower[k] = _U(samples[q]) | (_U(samples[q + _ONE]) << _U(16))


@_jit
def _between_rows(upper: Any, lower: Any, fraction: Any) -> Any:
    """Interpolate between four samples in two rows; the result has 16 bits after the point."""
    fx, fy = _U(fraction & _U(255)), _U(fraction >> _U(8))
    gx, gy = _U(_U(256) - fx), _U(_U(256) - fy)
    columns = _U(_U(_U(upper & _EVEN) * gy) + _U(_U(lower & _EVEN) * fy))
    return _U(_U(_U(columns & _LOW) * gx) + _U(_U(columns >> _U(16)) * fx))


@_jit
def _cover(buffers: Buffers, target: Target, at: int, dither_at: int, count: int) -> None:
    """Write interpolated samples over what was there, from ``at`` in the plane."""
    quads, fraction, dither, out = buffers.quads, buffers.fraction, target.dither, target.out
    shift, o, d = _U(24 - target.bits), np.uint64(at), np.uint64(dither_at)
    for k in range(np.uint64(count)):
        out[o + k] = _U(_between(quads[k], fraction[k]) + _U(dither[d + k])) >> shift


@_jit
def _cover_colour(buffers: Buffers, targets: Any, at: int, dither_at: int, count: int) -> None:
    """The same for both colours."""
    upper, lower, fraction = buffers.quads, buffers.lower, buffers.fraction
    u, v, dither = targets[0].out, targets[1].out, targets[0].dither
    shift, o, d = _U(24 - targets[0].bits), np.uint64(at), np.uint64(dither_at)
    for k in range(np.uint64(count)):
        spread = _U(dither[d + k])
        u[o + k] = _U(_between_rows(upper[k], lower[k], fraction[k]) + spread) >> shift
        high, low = _U(upper[k] >> _U(8)), _U(lower[k] >> _U(8))
        v[o + k] = _U(_between_rows(high, low, fraction[k]) + spread) >> shift


@_jit
def _mixed(over: Any, under: Any, part: Any, dither: Any, bits: int) -> Any:
    """Lay a sample with 16 bits after the point on one of the frame, as far as it covers it."""
    # What is kept is dithered already: it is only rounded, or it would drift with every layer.
    rest, half = _U(_U(256) - part), _U(_U(1) << _U(23 - bits))
    spread = _U(_U(_U(dither * part) + _U(half * rest)) >> _U(8))
    kept = _U(_U(under << _U(16 - bits)) * rest)
    laid = _U(_U(over >> _U(8)) * part)
    return _U(_U(laid + kept) + spread) >> _U(24 - bits)


@_jit
def _part(coverage: Any, fraction: Any) -> Any:
    """Return how much a pixel is covered, 0 to 256."""
    part = _U(_U(_between(coverage, fraction) + _U(32768)) >> _U(16))
    return _U(part + _U(part >> _U(7)))  # 255 becomes 256, so that full is full


@_jit
def _blend(buffers: Buffers, target: Target, at: int, dither_at: int, count: int) -> None:
    """Lay interpolated samples on what was there."""
    quads, fraction, dither, out = buffers.quads, buffers.fraction, target.dither, target.out
    coverage, o, d = buffers.coverage, np.uint64(at), np.uint64(dither_at)
    for k in range(np.uint64(count)):
        part = _part(coverage[k], fraction[k])
        over = _between(quads[k], fraction[k])
        out[o + k] = _mixed(over, _U(out[o + k]), part, _U(dither[d + k]), target.bits)


@_jit
def _blend_colour(buffers: Buffers, targets: Any, at: int, dither_at: int, count: int) -> None:
    """The same for both colours."""
    upper, lower, fraction = buffers.quads, buffers.lower, buffers.fraction
    u, v, dither, bits = targets[0].out, targets[1].out, targets[0].dither, targets[0].bits
    coverage, o, d = buffers.coverage, np.uint64(at), np.uint64(dither_at)
    for k in range(np.uint64(count)):
        part, spread = _part(coverage[k], fraction[k]), _U(dither[d + k])
        over = _between_rows(upper[k], lower[k], fraction[k])
        u[o + k] = _mixed(over, _U(u[o + k]), part, spread, bits)
        over = _between_rows(_U(upper[k] >> _U(8)), _U(lower[k] >> _U(8)), fraction[k])
        v[o + k] = _mixed(over, _U(v[o + k]), part, spread, bits)


@_jit
def _luma_row(plane: Plane, target: Target, buffers: Buffers, row: Any) -> None:
    """Draw one row of a run of luma; ``row`` is (kind, at, dither_at, count)."""
    kind, at, dither_at, count = row
    _gather(plane.samples, buffers.index, plane.pitch, buffers.quads, count)
    if kind == COVER:
        _cover(buffers, target, at, dither_at, count)
    else:
        _gather(plane.alpha, buffers.index, plane.pitch, buffers.coverage, count)
        _blend(buffers, target, at, dither_at, count)


@_jit
def _colour_row(plane: Plane, targets: Any, buffers: Buffers, row: Any) -> None:
    """Draw one row of a run of both colours."""
    kind, at, dither_at, count = row
    _gather_colour(plane.samples, buffers.index, plane.pitch, buffers, count)
    if kind == COVER:
        _cover_colour(buffers, targets, at, dither_at, count)
    else:
        _gather(plane.alpha, buffers.index, plane.pitch, buffers.coverage, count)
        _blend_colour(buffers, targets, at, dither_at, count)


@_jit
def paint(planes: Any, nodes: Any, want: Any, targets: Any, buffers: Buffers) -> None:
    """Draw one layer on the frame, cell by cell as ``want`` says.

    Args:
        planes: the layer's luma and colour.
        nodes: as `locate` writes them.
        want: (rows, columns) uint8 of `SKIP`, `COVER`, `BLEND`.
        targets: the frame's Y, U and V.
        buffers: to work in.
    """
    rows, columns = want.shape
    whole = 0
    while (columns << whole) < targets[0].width:
        whole += 1
    for i in range(rows):
        first = 0
        while first < columns:
            kind, end = want[i, first], first + 1
            while end < columns and want[i, end] == kind:
                end += 1
            if kind != SKIP:
                _draw(planes, nodes, (i, first, end, whole, kind), targets, buffers)
            first = end


@_jit
def _draw(planes: Any, nodes: Any, run: Any, targets: Any, buffers: Buffers) -> None:
    """Draw a run of cells, ``(row, first, end, log2 of a cell's pixels, kind)``."""
    i, first, end, whole, kind = run
    luma, colour = planes
    for y in range(i << whole, min((i + 1) << whole, targets[0].height)):
        _steps(nodes, (i, first, end, whole), y - (i << whole), luma, buffers)
        row = _row(targets[0], y, first << whole, end << whole, kind)
        _luma_row(luma, targets[0], buffers, row)
    small = whole - 1
    for y in range(i << small, min((i + 1) << small, targets[1].height)):
        _steps(nodes, (i, first, end, whole), y - (i << small), colour, buffers)
        row = _row(targets[1], y, first << small, end << small, kind)
        _colour_row(colour, (targets[1], targets[2]), buffers, row)


@_jit
def _row(target: Target, y: int, left: int, right: int, kind: int) -> Any:
    """Return kind, place in the plane, place in the dither and length of one row of a run."""
    dither_at = (y % DITHER_ROWS) * target.dither_width + left
    return kind, y * target.width + left, dither_at, min(right, target.width) - left
