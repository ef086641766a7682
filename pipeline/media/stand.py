"""Puts one photograph before a camera that stands still: which part the frame shows, at its size.

The moves that turn a thing, unroll it or carry a lamp around it need no camera path, only a good
place to look from. Knows sizes and boxes; knows no kinds of object and no moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from pipeline.media.camera import Box
    from pipeline.protocols import MaskArray, Shot


def box_of(mask: MaskArray) -> Box | None:
    """Return left, top, right, bottom of what is in the mask, ``None`` where that is nothing."""
    inside = mask > 0.5
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def window(shape: tuple[int, ...], focus: Box | None, shot: Shot) -> Box:
    """Return the largest part of a photograph that has the frame's shape, around ``focus``.

    ``focus`` gets to the middle of the part of the frame that captions leave free, as far as the
    photograph reaches; nothing beyond its border is in the window.
    """
    sides = (float(shape[1]), float(shape[0]))
    scale = min(sides[0] / shot.width_px, sides[1] / shot.height_px)
    size = (shot.width_px * scale, shot.height_px * scale)
    left, top, right, bottom = focus or (0.0, 0.0, float(shape[1]), float(shape[0]))
    corner = []
    for axis, middle in enumerate(((left + right) / 2, (top + bottom) / 2)):
        free = (shot.safe[axis] + shot.safe[axis + 2]) / 2
        at = middle - free * size[axis]
        corner.append(min(max(at, 0.0), sides[axis] - size[axis]))
    return corner[0], corner[1], corner[0] + size[0], corner[1] + size[1]


def cut(picture: Any, box: Box, size_px: tuple[int, int]) -> Any:
    """Return the part of ``picture`` in ``box`` at another size, as float32.

    Averaged over areas where it gets smaller, so that nothing flickers; with Lanczos where it gets
    larger. What is no number becomes 0.
    """
    left, top = round(box[0]), round(box[1])
    right, bottom = max(left + 1, round(box[2])), max(top + 1, round(box[3]))
    part = picture[top:bottom, left:right]
    smaller = size_px[0] < part.shape[1] or size_px[1] < part.shape[0]
    if part.ndim == 2:
        way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
        return cv2.resize(np.nan_to_num(part.astype(np.float32)), size_px, interpolation=way)
    way = cv2.INTER_AREA if smaller else cv2.INTER_LANCZOS4
    result = np.empty((size_px[1], size_px[0], part.shape[2]), np.float32)
    for channel in range(part.shape[2]):  # one at a time: as floats a large one takes much memory
        values = part[..., channel].astype(np.float32)
        result[..., channel] = cv2.resize(values, size_px, interpolation=way)
    return np.clip(result, 0, 255, out=result)
