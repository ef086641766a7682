"""Where a scene falls apart: the depths at which it is cut into layers.

A cut pays where depth jumps: there a sheet would have to stretch. It costs nothing where a surface
rises evenly through it, for both layers move alike there; but each layer costs time, so there are
few. Works on depth alone and knows nothing of pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import DepthArray

JUMP_PX = 1.5
"""Neighbours that move apart by more than this have nothing between them."""
_MOST_PX = 12.0
"""A wider gap counts no more than this: it is hidden as well by one cut."""
_WORTH = 0.001
"""Of the picture's pixels times the gap in pixels: less is not worth a layer."""
_LEVELS = 256


def jumps(depth: DepthArray, reach_px: float) -> npt.NDArray[np.bool_]:
    """Return where neighbouring pixels move apart, given how far near moves against far."""
    high, low = _bounds(depth)
    return np.asarray((high - low) * reach_px > JUMP_PX)


def find_cuts(
    depth: DepthArray, reach_px: float, most: int, where: npt.NDArray[np.bool_] | None = None
) -> list[float]:
    """Return up to ``most`` depths to cut at, the nearest first.

    Each time the depth is taken that separates the most jumps that no cut separates yet, each
    counted as wide as it opens; among equals one that few surfaces cross.

    Args:
        depth: (H, W), 0 far, 1 near.
        reach_px: how far depth 1 moves against depth 0.
        most: how many cuts there may be.
        where: only jumps in here count.
    """
    high, low = _bounds(depth)
    gap_px = (high - low) * reach_px
    jump = gap_px > JUMP_PX
    even = ~jump
    if where is not None:
        jump = jump & where
    upper, lower = _level(high[jump]), _level(low[jump])
    worth = np.minimum(gap_px[jump], _MOST_PX) / depth.size
    crossed = np.bincount(_level(depth[even]), minlength=_LEVELS).astype(np.float32) / depth.size
    crossed = cv2.GaussianBlur(crossed[None], (0, 0), 1.5)[0]
    cuts = []
    for _ in range(most):
        score = _score(upper, lower, worth) - crossed
        cut = int(np.argmax(score))
        if score[cut] < _WORTH:
            break
        cuts.append(cut / (_LEVELS - 1))
        left = (lower >= cut) | (upper < cut)
        upper, lower, worth = upper[left], lower[left], worth[left]
    return sorted(cuts, reverse=True)


def _score(upper: Any, lower: Any, worth: Any) -> Any:
    """Return for each level how much a cut there (what is at it counts as near) separates."""
    begins = np.bincount(lower + 1, worth, _LEVELS + 1)
    ends = np.bincount(upper + 1, worth, _LEVELS + 1)
    return np.cumsum(begins - ends)[:_LEVELS]


def _level(depth: Any) -> Any:
    return np.clip(depth * (_LEVELS - 1), 0, _LEVELS - 1).astype(np.int64)


def _bounds(depth: DepthArray) -> tuple[Any, Any]:
    square = np.ones((3, 3), np.uint8)
    return cv2.dilate(depth, square), cv2.erode(depth, square)
