"""Rounding that leaves no bands: from floats to the 8 or 10 bits of a frame.

A slow gradient that is simply rounded falls apart into steps that the eye finds at once. Here each
pixel is rounded up or down by a pattern that spreads both evenly over neighbours. The pattern stays
where it is from frame to frame, so it costs an encoder next to nothing.

Source: Jimenez, "Next generation post processing in Call of Duty: Advanced Warfare", SIGGRAPH 2014
(interleaved gradient noise).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np

ROWS = 64
"""Rows of the pattern; then it starts again, which nobody sees."""


@lru_cache(maxsize=8)
def pattern(width_px: int) -> Any:
    """Return `ROWS` rows of the pattern, (ROWS, width_px) float32 in (-0.5, 0.5)."""
    x, y = np.meshgrid(np.arange(width_px, dtype=np.float64), np.arange(ROWS, dtype=np.float64))
    noise = np.mod(52.9829189 * np.mod(0.06711056 * x + 0.00583715 * y, 1), 1)
    return ((noise - 0.5) * 0.998).astype(np.float32)


def rounded(plane: Any, out: Any) -> None:
    """Write a float plane into an integer plane of the same size; what does not fit is cut off."""
    rows = pattern(plane.shape[1])
    depth = cv2.CV_8U if out.dtype == np.uint8 else cv2.CV_16U
    for top in range(0, len(plane), ROWS):
        part = plane[top : top + ROWS]
        cv2.add(part, rows[: len(part)], dst=out[top : top + ROWS], dtype=depth)
