"""Puts one photograph before a camera: the object in it, and a part of it at the frame's size.

The moves that turn a thing or carry a lamp around it need no camera path, only a good place to look
from: the place that a camera starts from too (`pipeline.media.place.first_view`). Knows sizes and
boxes, and no moves.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.media.place import first_view, most_zoom
from pipeline.media.resample import resized

if TYPE_CHECKING:
    from pipeline.items import Kind
    from pipeline.media.camera import Box
    from pipeline.protocols import MaskArray, Shot

_OBJECT = (0.003, 0.97)
"""Share of the photograph that can be an object in front of something."""


def box_of(mask: MaskArray) -> Box | None:
    """Return left, top, right, bottom of what is in the mask, ``None`` where that is nothing."""
    inside = mask > 0.5
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def object_box(mask: MaskArray, kind: Kind) -> Box | None:
    """Return the box of an object that stands in front of something, in the photograph's pixels."""
    if kind.fills_photograph or not _OBJECT[0] < float(mask.mean()) < _OBJECT[1]:
        return None
    return box_of(mask)


def window(mask: MaskArray, shot: Shot, *, told: bool = True) -> tuple[Box, float]:
    """Return what the frame shows of a photograph, and how far a camera may then lean in.

    Args:
        mask: of the photograph; its object gets into the safe part of the frame.
        shot: frame and safe part.
        told: warn where the object cannot be shown as it should be.

    Returns:
        The part of the photograph, and how many times larger it may be seen about its middle with
        nothing of the object lost.
    """
    photo_px = (mask.shape[1], mask.shape[0])
    thing = object_box(mask, shot.kind)
    view = first_view(photo_px, thing, shot, told=told)
    half = (view.width / 2, view.width * shot.height_px / shot.width_px / 2)
    box = (view.x - half[0], view.y - half[1], view.x + half[0], view.y + half[1])
    return box, inf if thing is None else most_zoom(view, thing, photo_px, shot)


def cut(picture: Any, box: Box, size_px: tuple[int, int]) -> Any:
    """Return the part of ``picture`` in ``box`` at another size, as float32.

    A photograph is brought once to the size at which it is seen, and by the mean of light
    (`pipeline.media.resample`), so that nothing flickers and no move shows it darker than another.
    In a mask or a depth, what is no number becomes 0.
    """
    left, top = max(0, round(box[0])), max(0, round(box[1]))
    right, bottom = max(left + 1, round(box[2])), max(top + 1, round(box[3]))
    part = picture[top:bottom, left:right]
    if part.ndim == 3:
        return resized(part, size_px)
    smaller = size_px[0] < part.shape[1] or size_px[1] < part.shape[0]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    # Looked through after it is resized: a large photograph's mask takes much memory.
    seen = cv2.resize(part, size_px, interpolation=way).astype(np.float32, copy=False)
    return np.nan_to_num(seen, copy=False, posinf=0.0, neginf=0.0)
