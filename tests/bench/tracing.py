"""Traces rays through scenes of known geometry, in the very space that a clip's camera moves in.

A point is (x, y, depth): where the first picture shows it, in pixels from its middle, and how near
it is, 0 to 1. A ray of the frame's pixel (u, v) is the set of points that
`pipeline.media.camera` says are seen there; the one with the greatest depth is what is seen. Each
surface is found exactly (planes) or by bisection (solids), never through a map of depths, so
hidden parts are as true as seen ones.
"""

from __future__ import annotations

import math

import numba
import numpy as np

CARD, ELLIPSOID, TORUS, VASE, SIDE = range(5)
"""Kinds of surface; what the numbers after the kind mean stands in `scenes`."""

_STEPS = 36
_HALVINGS = 14
_SAME = 2e-3
"""Depths that differ by less than this are the same surface."""

_jit = numba.njit(cache=True)
_small = numba.njit(cache=True, inline="always")


@_small
def _point(u, v, t, pose):
    """Where in the first picture the ray's point of depth ``pivot + t`` lies."""
    grown = pose[0] * (1 + pose[5] * t)
    return pose[1] + (u - pose[3] * t) / grown, pose[2] + (v - pose[4] * t) / grown


@_jit
def _inside(p, x, y, d):
    """Negative inside a solid."""
    kind = int(p[0])
    if kind == ELLIPSOID:
        return ((x - p[7]) / p[10]) ** 2 + ((y - p[8]) / p[11]) ** 2 + ((d - p[9]) / p[12]) ** 2 - 1
    deep = (d - p[9]) * p[10]
    if kind == TORUS:
        ring = math.sqrt((x - p[7]) ** 2 + ((y - p[8]) * p[13]) ** 2) - p[11]
        return ring * ring + deep * deep - p[12] ** 2
    s = (y - p[11]) / (p[12] - p[11])
    if s < 0 or s > 1:
        return 1.0
    r = p[13] * (0.5 + 0.42 * math.sin(math.pi * (0.12 + 0.83 * s)) + 0.1 * math.cos(9 * s))
    return (x - p[7]) ** 2 + deep * deep - r * r


@_jit
def _hit_solid(p, u, v, pose):
    """Depth at which the ray enters, or -1."""
    low, high = p[5], p[6]
    step = (high - low) / _STEPS
    before = high
    for i in range(_STEPS + 1):
        d = high - i * step
        x, y = _point(u, v, d - pose[6], pose)
        if _inside(p, x, y, d) <= 0:
            for _ in range(_HALVINGS):
                middle = (before + d) / 2
                x, y = _point(u, v, middle - pose[6], pose)
                if _inside(p, x, y, middle) <= 0:
                    d = middle
                else:
                    before = middle
            return d
        before = d
    return -1.0


@_jit
def _hit_card(p, u, v, pose):
    d = p[7]
    for _ in range(6):
        x, y = _point(u, v, d - pose[6], pose)
        d = p[7] + p[8] * x + p[9] * y
    x, y = _point(u, v, d - pose[6], pose)
    if x < p[1] or y < p[2] or x > p[3] or y > p[4] or d < p[5] or d > p[6]:
        return -1.0
    return d


@_jit
def _hit_side(p, u, v, pose):
    """The upright side of a box: the plane x = p[7]."""
    away = p[7] - pose[1]
    below = away * pose[0] * pose[5] + pose[3]
    if abs(below) < 1e-9:
        return -1.0
    d = (u - away * pose[0]) / below + pose[6]
    if d < p[5] or d > p[6]:
        return -1.0
    _, y = _point(u, v, d - pose[6], pose)
    back = (p[6] - d) * p[8]
    if y < p[9] - back or y > p[10] - back:
        return -1.0
    return d


@_small
def _texel(textures, layer, x, y, per_px, channel):
    height, width = textures.shape[1], textures.shape[2]
    s = min(max((x * per_px) + width / 2 - 0.5, 0.0), width - 1.001)
    t = min(max((y * per_px) + height / 2 - 0.5, 0.0), height - 1.001)
    i, j = int(s), int(t)
    a, b = s - i, t - j
    upper = textures[layer, j, i, channel] * (1 - a) + textures[layer, j, i + 1, channel] * a
    lower = (
        textures[layer, j + 1, i, channel] * (1 - a) + textures[layer, j + 1, i + 1, channel] * a
    )
    return upper * (1 - b) + lower * b


@_jit
def _first(surfaces, boxes, textures, u, v, pose, per_px):
    """The nearest surface on a ray: its number and depth."""
    best, found = -1.0, -1
    for index in range(surfaces.shape[0]):
        box = boxes[index]
        if u < box[0] or v < box[1] or u > box[2] or v > box[3]:
            continue
        p = surfaces[index]
        if p[6] <= best:
            continue
        kind = int(p[0])
        if kind == CARD:
            d = _hit_card(p, u, v, pose)
            if d > best and p[10] > 0:
                x, y = _point(u, v, d - pose[6], pose)
                if _texel(textures, int(p[14]), x, y, per_px, 3) < 127.5:
                    d = -1.0
        elif kind == SIDE:
            d = _hit_side(p, u, v, pose)
        else:
            d = _hit_solid(p, u, v, pose)
        if d > best:
            best, found = d, index
    return found, best


@_jit
def _place(p, x, y, d):
    """Where on its texture a point is, and how brightly it is lit."""
    kind = int(p[0])
    if kind == CARD:
        return x, y, p[15]
    if kind == SIDE:
        return x + (p[6] - d) * 260, y, p[15]
    e = 0.25
    k = p[10] if kind != ELLIPSOID else 0.7 * p[10] / p[12]
    nx = _inside(p, x + e, y, d) - _inside(p, x - e, y, d)
    ny = _inside(p, x, y + e, d) - _inside(p, x, y - e, d)
    nd = _inside(p, x, y, d + e / k) - _inside(p, x, y, d - e / k)
    length = math.sqrt(nx * nx + ny * ny + nd * nd) + 1e-9
    lit = max(0.0, (-0.45 * nx - 0.5 * ny + 0.74 * nd) / length)
    deep = (d - p[9]) * k
    around = math.atan2(x - p[7], deep if kind != TORUS else 1.0)
    radius = p[10] if kind == ELLIPSOID else (p[13] if kind == VASE else p[11])
    return p[7] + around * radius, y, p[15] * (0.42 + 0.58 * lit)


@numba.njit(cache=True, parallel=True)
def trace(surfaces, boxes, still, textures, size, pose, per_px, finer, linear):
    """Return light (H, W, 3), what is seen at pixels' middles (H, W, 5) and two shares.

    The middles: x, y, depth, surface, and how far the depth is from the nearest at x, y in the
    first picture. The shares (H, W, 2): of a pixel that is object, and that was hidden at first.
    """
    width, height = size
    light = np.zeros((height, width, 3), np.float32)
    middle = np.zeros((height, width, 4), np.float32)
    shares = np.zeros((height, width, 2), np.float32)
    first = np.array([1.0, 0, 0, 0, 0, 0, 0])
    for row in numba.prange(height):
        for column in range(width):
            for n in range(finer * finer):
                u = column + ((n % finer) + 0.5) / finer - width / 2
                v = row + ((n // finer) + 0.5) / finer - height / 2
                index, d = _first(surfaces, boxes, textures, u, v, pose, per_px)
                x, y = _point(u, v, d - pose[6], pose)
                p = surfaces[index]
                across, down, lit = _place(p, x, y, d)
                for channel in range(3):
                    level = _texel(textures, int(p[14]), across, down, per_px, channel)
                    at = int(level)
                    value = linear[at] + (linear[min(255, at + 1)] - linear[at]) * (level - at)
                    light[row, column, channel] += value * lit
                shares[row, column, 0] += p[13] if int(p[0]) in (CARD, SIDE) else 1.0
                _, nearest = _first(surfaces, still, textures, x, y, first, per_px)
                if nearest > d + _SAME:
                    shares[row, column, 1] += 1
                if n == finer * finer // 2:
                    middle[row, column, 0] = x
                    middle[row, column, 1] = y
                    middle[row, column, 2] = d
                    middle[row, column, 3] = index
    count = finer * finer
    return light / count, middle, shares / count
