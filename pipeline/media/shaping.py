"""Loops that a layer goes through once, before anything is drawn; compiled by numba."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

_jit = numba.njit(cache=True, nogil=True, error_model="numpy")


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
