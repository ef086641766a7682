"""The usual ways to move a camera in one photograph, written anew, to measure ours against.

    sheet     one sheet, warped backwards: the depth is looked up where the pixel comes from, four
              rounds of substitution, bicubic; stretches at edges
    splat     every pixel thrown to its place, the nearest wins, holes closed by Telea
    soft      the same with shares over four pixels, so that magnified parts have no cracks
    relief    a ray marched through the depth as a height field, 64 steps and 6 halvings: what
              DepthFlow does in its fragment shader

All take (rgb, depth, pose, pivot) and return a frame as large as the photograph. The formula of
the camera is that of `pipeline.media.camera`.
"""

from __future__ import annotations

import cv2
import numba
import numpy as np

from pipeline.media.camera import Pose

_ROUNDS = 4
_MARCH, _HALVINGS = 64, 6
_jit = numba.njit(cache=True, parallel=True)


def _numbers(pose: Pose, pivot: float) -> np.ndarray:
    return np.array([pose.zoom, *pose.centre, *pose.shift, pose.dolly, pivot], np.float64)


def sheet(rgb: np.ndarray, depth: np.ndarray, pose: Pose, pivot: float) -> np.ndarray:
    """One sheet, backwards."""
    height, width = depth.shape
    u, v = np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2)
    seen = np.full(depth.shape, pivot)
    for turn in range(_ROUNDS + 1):
        rise = seen - pivot
        grown = pose.zoom * (1 + pose.dolly * rise)
        x = pose.centre[0] + (u - pose.shift[0] * rise) / grown + width / 2 - 0.5
        y = pose.centre[1] + (v - pose.shift[1] * rise) / grown + height / 2 - 0.5
        maps = x.astype(np.float32), y.astype(np.float32)
        if turn < _ROUNDS:
            seen = cv2.remap(depth, *maps, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return cv2.remap(rgb, *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)


def splat(rgb: np.ndarray, depth: np.ndarray, pose: Pose, pivot: float) -> np.ndarray:
    """Forward, each pixel to its nearest place."""
    out, near = _thrown(rgb, depth, _numbers(pose, pivot))
    return _closed(out, near < 0)


def holes(depth: np.ndarray, pose: Pose, pivot: float) -> np.ndarray:
    """Return where `splat` throws nothing."""
    blank = np.zeros((*depth.shape, 3), np.uint8)
    return _thrown(blank, depth, _numbers(pose, pivot))[1] < 0


def soft(rgb: np.ndarray, depth: np.ndarray, pose: Pose, pivot: float) -> np.ndarray:
    """Forward, each pixel to the four places around it."""
    out, weight = _shared(rgb, depth, _numbers(pose, pivot))
    known = weight > 0.05
    out = out / np.maximum(weight, 1e-6)[..., None]
    return _closed(np.rint(out * known[..., None]).clip(0, 255).astype(np.uint8), ~known)


def relief(rgb: np.ndarray, depth: np.ndarray, pose: Pose, pivot: float) -> np.ndarray:
    """A ray marched from near to far."""
    x, y = _marched(depth, _numbers(pose, pivot))
    return cv2.remap(rgb, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def _closed(rgb: np.ndarray, hole: np.ndarray) -> np.ndarray:
    bgr = np.ascontiguousarray(rgb[..., ::-1])
    return np.ascontiguousarray(
        cv2.inpaint(bgr, hole.astype(np.uint8), 3, cv2.INPAINT_TELEA)[..., ::-1]
    )


@numba.njit(cache=True)
def _target(x, y, d, pose, width, height):
    t = d - pose[6]
    grown = pose[0] * (1 + pose[5] * t)
    u = (x + 0.5 - width / 2 - pose[1]) * grown + pose[3] * t + width / 2 - 0.5
    v = (y + 0.5 - height / 2 - pose[2]) * grown + pose[4] * t + height / 2 - 0.5
    return u, v


@numba.njit(cache=True)
def _thrown(rgb, depth, pose):
    height, width = depth.shape
    near = np.full((height, width), -1.0, np.float32)
    out = np.zeros_like(rgb)
    for y in range(height):
        for x in range(width):
            d = depth[y, x]
            u, v = _target(x, y, d, pose, width, height)
            i, j = int(np.floor(u + 0.5)), int(np.floor(v + 0.5))
            if 0 <= i < width and 0 <= j < height and near[j, i] < d:
                near[j, i] = d
                out[j, i] = rgb[y, x]
    return out, near


@numba.njit(cache=True)
def _shared(rgb, depth, pose):
    height, width = depth.shape
    near = np.full((height, width), -1.0, np.float32)
    out = np.zeros((height, width, 3), np.float32)
    weight = np.zeros((height, width), np.float32)
    for turn in range(2):
        for y in range(height):
            for x in range(width):
                d = depth[y, x]
                u, v = _target(x, y, d, pose, width, height)
                i0, j0 = int(np.floor(u)), int(np.floor(v))
                for n in range(4):
                    i, j = i0 + n % 2, j0 + n // 2
                    if not (0 <= i < width and 0 <= j < height):
                        continue
                    share = (1 - abs(u - i)) * (1 - abs(v - j))
                    if turn == 0:
                        if share > 0.1 and near[j, i] < d:
                            near[j, i] = d
                    elif d > near[j, i] - 0.03:
                        weight[j, i] += share
                        for channel in range(3):
                            out[j, i, channel] += share * rgb[y, x, channel]
    return out, weight


@numba.njit(cache=True, inline="always")
def _source(u, v, d, pose, width, height):
    t = d - pose[6]
    grown = pose[0] * (1 + pose[5] * t)
    x = pose[1] + (u - pose[3] * t) / grown + width / 2 - 0.5
    y = pose[2] + (v - pose[4] * t) / grown + height / 2 - 0.5
    return x, y


@numba.njit(cache=True, inline="always")
def _at(depth, x, y):
    height, width = depth.shape
    i = min(max(int(np.floor(x + 0.5)), 0), width - 1)
    j = min(max(int(np.floor(y + 0.5)), 0), height - 1)
    return depth[j, i]


@_jit
def _marched(depth, pose):
    height, width = depth.shape
    out_x = np.zeros((height, width), np.float32)
    out_y = np.zeros((height, width), np.float32)
    for row in numba.prange(height):
        for column in range(width):
            u, v = column + 0.5 - width / 2, row + 0.5 - height / 2
            d = 1.0
            for i in range(_MARCH + 1):
                d = 1.0 - i / _MARCH
                x, y = _source(u, v, d, pose, width, height)
                if _at(depth, x, y) >= d:
                    break
            low, high = d, min(1.0, d + 1.0 / _MARCH)
            for _ in range(_HALVINGS):
                middle = (low + high) / 2
                x, y = _source(u, v, middle, pose, width, height)
                if _at(depth, x, y) >= middle:
                    low = middle
                else:
                    high = middle
            x, y = _source(u, v, low, pose, width, height)
            out_x[row, column] = x
            out_y[row, column] = y
    return out_x, out_y


WAYS = {"sheet": sheet, "splat": splat, "soft splat": soft, "relief": relief}
