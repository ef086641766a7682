"""Makes faces in a photograph unrecognisable, for good.

What is hidden is replaced by the mean colours of a few large cells, and these are blurred: nothing
finer than a cell is left in the file. Blurring alone can be undone, and mosaics of many cells are
still recognised: with 7 cells across a face a trained network named more than half of a group of
people, which is why there are fewer here.
Source: McPherson, Shokri, Shmatikov, "Defeating Image Obfuscation with Deep Learning", 2016,
arXiv:1609.00408.

Knows boxes and pixels. Who finds faces, and which of them are to be hidden, is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.media import easing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.protocols import RGB, Box, MaskArray

_REACH = 0.8
"""Half axes of the hidden ellipse, as shares of the face's sides: the whole box lies within it."""
_WHOLE = 0.885
"""Up to this share of its axes the ellipse hides wholly; beyond, it fades into the photograph.
The corner of the box is at 0.5 · √2 / 0.8 = 0.884."""
CELLS = 4
"""Cells across the ellipse, so two and a half across the face."""


def hide_faces(rgb: RGB, boxes: Sequence[Box], spare: MaskArray | None = None) -> RGB:
    """Return the photograph with the faces in ``boxes`` hidden.

    Args:
        rgb: the photograph.
        boxes: left, top, right and bottom in pixels.
        spare: where it is 1 the photograph stays as it is: the object itself.
    """
    hidden = rgb.copy()
    for box in boxes:
        _hide(hidden, box, spare)
    return hidden


def _hide(rgb: RGB, box: Box, spare: MaskArray | None) -> None:
    left, top, right, bottom = box
    height, width = rgb.shape[:2]
    across, down = max((right - left) * _REACH, 1.0), max((bottom - top) * _REACH, 1.0)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    x0, x1 = max(int(middle_x - across), 0), min(int(np.ceil(middle_x + across)), width)
    y0, y1 = max(int(middle_y - down), 0), min(int(np.ceil(middle_y + down)), height)
    if x0 >= x1 or y0 >= y1:
        return
    part = rgb[y0:y1, x0:x1]
    rows, columns = part.shape[:2]
    cells = (min(CELLS, columns), max(min(round(CELLS * down / across), rows), 1))
    few = cv2.resize(part, cells, interpolation=cv2.INTER_AREA)
    large = cv2.resize(few, (columns, rows), interpolation=cv2.INTER_NEAREST)
    smooth = cv2.GaussianBlur(large, (0, 0), max(columns / cells[0] / 2, 0.5))
    y = (np.arange(y0, y1, dtype=np.float32)[:, None] + 0.5 - middle_y) / down
    x = (np.arange(x0, x1, dtype=np.float32)[None, :] + 0.5 - middle_x) / across
    fade = np.clip((1 - np.hypot(x, y)) / (1 - _WHOLE), 0, 1)
    strength = easing.smooth(fade)
    if spare is not None:
        strength = strength * (1 - spare[y0:y1, x0:x1])
    strength = strength[..., None]
    mixed = part * (1 - strength) + smooth * strength
    rgb[y0:y1, x0:x1] = np.rint(mixed).astype(np.uint8)
