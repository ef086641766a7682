"""The loops of the moves that change light and not only place, compiled by numba.

Planes come as float32 and become a frame here, rounded with dither so that dark gradients show no
bands. All sums are made in a fixed order on one core: the same frames whatever the threads.

Measured on one core of a busy machine at 1920 x 1080: a frame under raking light 14 ms, 7 ms where
the camera does not lean in; as calls of OpenCV and numpy, every step through memory, 33 ms. OpenCV
samples a turned face all the same: its bicubic takes 8 ms, the loop that was here took 60 ms.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from pipeline.media import yuv
from pipeline.media.dither import ROWS, pattern

if TYPE_CHECKING:
    from pipeline.protocols import Frame

_jit = numba.njit(cache=True, nogil=True, error_model="numpy")
_F = np.float32
_ONE = np.uint64(1)
GAMMA = 2.2
"""Light is the video's level to this power. Source: the power law closest to IEC 61966-2-1."""
LAMP = (-0.42, -0.48, 0.77)
"""Towards the lamp: right, down, to the viewer. At the upper left, where painters and eyes expect
light. Source: Mamassian and Goutcher, Cognition 81(1), 2001."""
BLOCK_PX = 8
"""Luma pixels that are looked at together: is anything of a plate in them, or all?"""
EMPTY, MIXED, SOLID = 0, 1, 2
_WIDE = 1024
"""Columns of dither, or a multiple of them."""


def packed(planes: Any, bits: int = 8, zoom: float = 1.0) -> Frame:
    """Return Y, U and V, float32 on the scale of 8 bits, as one planar frame of 8 or 10 bits.

    It is seen ``zoom`` times as large about the middle. What does not fit is cut off.
    """
    height, width = planes[0].shape
    frame = yuv.new_frame(width, height, bits)
    for plane, out in zip(planes, yuv.views(frame), strict=True):
        pack(plane, out, (0, 0), bits, zoom)
    return frame


def pack(plane: Any, out: Any, corner: tuple[int, int], bits: int, zoom: float = 1.0) -> None:
    """Round a float plane, or a part of one that lies at ``corner`` (x, y), into ``out``."""
    scale = _F(1 << (bits - 8))
    dither = _dither(-(-(corner[0] + out.shape[1]) // _WIDE))
    if zoom > 1:
        across, down = (_lattice(length, zoom) for length in reversed(plane.shape))
        _zoom(plane, across, down, dither, scale, out)
    else:
        _round(plane, dither[:, corner[0] :], corner[1], scale, out)


@lru_cache(maxsize=16)
def _dither(parts: int) -> Any:
    return pattern(parts * _WIDE) + _F(0.5)


def taps(t: Any) -> tuple[Any, Any, Any, Any]:
    """Return the weights of the samples at -1, 0, 1 and 2 for the place ``t`` from 0 to 1.

    Source: Keys, "Cubic convolution interpolation for digital image processing", IEEE Trans. ASSP
    29(6), 1981.
    """
    return (
        ((-0.5 * t + 1) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1,
        ((-1.5 * t + 2) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    )


def _lattice(length: int, zoom: float) -> tuple[Any, Any]:
    """Return, for each sample of a zoomed side, the four it is made of and their weights."""
    at = (np.arange(length) - (length - 1) / 2) / zoom + (length - 1) / 2
    whole = np.floor(at).astype(np.int32)
    index = np.clip(whole + np.arange(-1, 3, dtype=np.int32)[:, None], 0, length - 1)
    # Unsigned, or the compiler would ask of each whether it counts from the end.
    return index.astype(np.uint32), np.array(taps(at - whole), np.float32)


@_jit
def _round(plane: Any, dither: Any, top: int, scale: Any, out: Any) -> None:
    height, width = out.shape
    most = _F(256) * scale - _F(1)
    for y in range(height):
        noise = dither[(y + top) % ROWS]
        for x in range(width):
            out[y, x] = min(max(plane[y, x] * scale + noise[x], _F(0)), most)


@_jit
def _zoom(plane: Any, across: Any, down: Any, dither: Any, scale: Any, out: Any) -> None:
    height, width = out.shape
    columns, weights = across
    rows, parts = down
    most = _F(256) * scale - _F(1)
    line = np.empty(width, np.float32)
    for y in range(height):
        a, b, c, d = rows[0, y], rows[1, y], rows[2, y], rows[3, y]
        p, q, r, s = (
            parts[0, y] * scale,
            parts[1, y] * scale,
            parts[2, y] * scale,
            parts[3, y] * scale,
        )
        for x in range(width):
            line[x] = p * plane[a, x] + q * plane[b, x] + r * plane[c, x] + s * plane[d, x]
        noise = dither[y % ROWS]
        for x in range(width):
            value = (
                weights[0, x] * line[columns[0, x]]
                + weights[1, x] * line[columns[1, x]]
                + weights[2, x] * line[columns[2, x]]
                + weights[3, x] * line[columns[3, x]]
            )
            out[y, x] = min(max(value + noise[x], _F(0)), most)


@_jit
def raked(plane: Any, lamp: Any, curve: Any, zero: Any, out: Any) -> None:
    """Write a plane's levels under a lamp.

    Args:
        plane: (4, H, W): levels above zero; the share of full shade that a lamp at the right, and
            one below, takes away; how much of a gain there is room for.
        lamp: (2,) float32, right and down.
        curve: (4,) float32, the gain over 1 as a cubic in the shade.
        zero: the level of no light, or of no colour.
        out: (H, W) float32.
    """
    height, width = out.shape
    x0, y0 = lamp[0], lamp[1]
    c0, c1, c2, c3 = curve[0], curve[1], curve[2], curve[3]
    for y in range(height):
        for x in range(width):
            shade = -(x0 * plane[1, y, x] + y0 * plane[2, y, x])
            gain = c0 + shade * (c1 + shade * (c2 + shade * c3))
            gain = gain * plane[3, y, x] if gain > _F(0) else gain
            out[y, x] = plane[0, y, x] * (_F(1) + gain) + zero


@_jit
def _linear(picture: Any, x: Any, y: Any) -> Any:
    """Sample between pixels; the border goes on outside."""
    column, row = np.int32(x), np.int32(y)
    fx, fy = x - _F(column), y - _F(row)
    # Unsigned, or the compiler would ask of each index whether it counts from the end.
    left, top = np.uint64(np.uint32(column)), np.uint64(np.uint32(row))
    right, below = left + _ONE, top + _ONE
    upper = picture[top, left] + fx * (picture[top, right] - picture[top, left])
    lower = picture[below, left] + fx * (picture[below, right] - picture[below, left])
    return upper + fy * (lower - upper)


@_jit
def _held(at: Any, length: int) -> Any:
    return min(max(at, _F(0)), _F(length) - _F(1.01))


@_jit
def _back(way: Any, x: Any, y: Any, height: int, width: int) -> Any:
    """Return the place in the plate that a pixel of the frame shows, held inside."""
    w = _F(1) / (way[6] * x + way[7] * y + way[8])
    return (
        _held((way[0] * x + way[1] * y + way[2]) * w, width),
        _held((way[3] * x + way[4] * y + way[5]) * w, height),
    )


@_jit
def glinting(face: Any, turned: Any, looks: Any, step: int, out: Any) -> Any:
    """Write by how much a turned face's levels are scaled; return the mean change of its light.

    Args:
        face: (4, H, W) float32: slopes to the right and down, the light at phase 0, and how much
            of a gain there is room for; 0 light outside the face.
        turned: (5,) float32: the lamp (right, down, up) and the slopes that mirror it.
        looks: (6,) float32: gloss, roughness, least and most gain, exponent, and a factor.
        step: pixels from one that is looked at to the next.
        out: (H, W) float32, 1 outside the face.
    """
    height, width = out.shape
    gloss, low, high = looks[0], looks[2], looks[3]
    narrow = _F(-0.5) / (looks[1] * looks[1])
    total, count = 0.0, 0
    for y in range(0, height, step):
        for x in range(0, width, step):
            first = face[2, y, x]
            if first <= _F(0):
                continue
            p, q = face[0, y, x], face[1, y, x]
            matt = max(turned[2] - p * turned[0] - q * turned[1], _F(0.12))
            off = (p - turned[3]) ** 2 + (q - turned[4]) ** 2
            light = (_F(1) - gloss) * matt + gloss * _F(math.exp(off * narrow)) + _F(0.08)
            ratio = light / first
            total += ratio
            count += 1
            gain = _F(min(max(ratio * looks[5], low), high) ** looks[4]) - _F(1)
            out[y, x] = _F(1) + (gain * face[3, y, x] if gain > _F(0) else gain)
    return total / max(count, 1)


@_jit
def lay_plate(target: Any, plate: Any, ways: Any, dark: Any, looks: Any) -> None:
    """Lay a turned plate with its rim and its shadow on a float plane, in place.

    Args:
        target: (h, w) float32, the part of the plane that the plate can reach.
        plate: planes as large as ``target``: the face's levels as it is seen; and of the plate as
            it was photographed its coverage, 0 all along the border, and the rim's levels; then a
            plane a quarter as large as luma of what is `SOLID`, `EMPTY` or mixed all around it.
        ways: (n, 9) float32 homographies, from the target's pixels back to the plate's: the
            face's first, then those of copies along the rim, the last the back's.
        dark: a coarse plane of levels that the ground loses.
        looks: (3,) float32: the level of no light or of no colour; how many pixels of the small
            plane and of the coarse one are in one of the target.
    """
    seen, cover, rim, state = plate
    height, width = target.shape
    deep, wide = cover.shape
    first, scale = ways[0], looks[1]
    block = int(BLOCK_PX / (4 * scale))
    for top in range(0, height, block):
        for left in range(0, width, block):
            bottom, right = min(top + block, height), min(left + block, width)
            sx, sy = _back(first, _F((left + right) * 0.5), _F((top + bottom) * 0.5), deep, wide)
            kind = state[
                min(int(sy * scale), state.shape[0] - 1), min(int(sx * scale), state.shape[1] - 1)
            ]
            area, face = target[top:bottom, left:right], seen[top:bottom, left:right]
            if kind == SOLID:
                area[...] = face
                continue
            _lay_shade(area, dark, looks, (left, top))
            if kind != EMPTY:
                _lay_edge(area, face, cover, rim, ways, (left, top))


@_jit
def _lay_shade(area: Any, shade: Any, looks: Any, corner: Any) -> None:
    per, half = looks[2], _F(0.5)
    most = _F(0)
    for y in range(int(corner[1] * per) - 1, int((corner[1] + area.shape[0]) * per) + 2):
        for x in range(int(corner[0] * per) - 1, int((corner[0] + area.shape[1]) * per) + 2):
            if 0 <= y < shade.shape[0] and 0 <= x < shade.shape[1]:
                most = max(most, shade[y, x])
    if most < _F(1e-4):  # nobody sees it, and most of the ground is like that
        return
    for row in range(area.shape[0]):
        y = _held((_F(row + corner[1]) + half) * per - half, shade.shape[0])
        for column in range(area.shape[1]):
            x = _held((_F(column + corner[0]) + half) * per - half, shade.shape[1])
            area[row, column] -= (area[row, column] - looks[0]) * _linear(shade, x, y)


@_jit
def _lay_edge(area: Any, face: Any, cover: Any, rim: Any, ways: Any, corner: Any) -> None:
    deep, wide = cover.shape
    for row in range(area.shape[0]):
        for column in range(area.shape[1]):
            x, y = _F(column + corner[0]), _F(row + corner[1])
            sx, sy = _back(ways[0], x, y, deep, wide)
            part, value = _linear(cover, sx, sy), area[row, column]
            if part < _F(0.999):
                side, rx, ry = _F(0), sx, sy
                for k in range(1, ways.shape[0]):
                    kx, ky = _back(ways[k], x, y, deep, wide)
                    found = _linear(cover, kx, ky)
                    if found > side:
                        side, rx, ry = found, kx, ky
                if side > _F(0):
                    value += (_linear(rim, rx, ry) - value) * side
            area[row, column] = value + (face[row, column] - value) * part
