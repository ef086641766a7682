"""Finds the parts of a picture that stand out, for a closer look where the catalogue names none.

It looks for structure that is sparse against its surroundings, in lightness and both colours, on a
small copy of the picture. It knows nothing of faces or meaning: a catalogue that names its details
is always better. The same picture gives the same regions.

Source: Hou, Harel and Koch, "Image signature: highlighting sparse salient regions", PAMI 2012.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from pipeline.media.camera import Box
    from pipeline.protocols import RGB, MaskArray

_SIDE = 64
"""Longer side of the copy; the paper's size."""
_BLUR = 0.045
"""Of the copy's longer side; the paper's sigma."""
_REGION = 0.34
"""A region's side, in parts of the picture's shorter side."""
_RIM = 0.03
"""Of the picture's sides: frames, mats and torn edges stand out and are not meant."""
_APART = 1.15
"""Distance of two regions on one axis at least, in their sides."""
_WORTH = 0.25
"""A region must stand out by this part of what the first does."""


def salience(rgb: RGB) -> MaskArray:
    """Return how much each part of a small copy of the picture stands out, 0 to 1."""
    height, width = rgb.shape[:2]
    k = _SIDE / max(height, width)
    size = tuple(max(8, 2 * round(n * k / 2)) for n in (width, height))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2Lab)
    total = np.zeros(lab.shape[:2], np.float64)
    for channel in cv2.split(lab):
        spread = float(channel.std())
        if spread < 0.5:
            continue
        signature = np.sign(cv2.dct(channel.astype(np.float64)))
        total += spread**0.5 * cv2.idct(signature) ** 2
    blurred = cv2.GaussianBlur(total, (0, 0), _BLUR * max(size))
    most = float(blurred.max())
    return (blurred / most if most > 0 else blurred).astype(np.float32)


def find_regions(rgb: RGB, count: int = 3, mask: MaskArray | None = None) -> list[Box]:
    """Return up to ``count`` squares that stand out, the strongest first, in the picture's pixels.

    Args:
        rgb: the picture.
        count: how many.
        mask: where to look; everywhere by default.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < 16:
        return []
    found = salience(rgb)
    if mask is not None:
        found *= cv2.resize(mask, found.shape[::-1], interpolation=cv2.INTER_AREA)
    side = _REGION * min(width, height)
    box = (
        max(1, round(side * found.shape[1] / width)),
        max(1, round(side * found.shape[0] / height)),
    )
    # What a region is worth: the mean of what it holds, most of all in its middle.
    worth = cv2.GaussianBlur(cv2.blur(found, box), (0, 0), max(box) / 6)
    regions: list[Box] = []
    first = 0.0
    for _ in range(count):
        x, y, best = _strongest(worth, (width, height), side, regions)
        first = first or best
        if best <= 0 or best < _WORTH * first:
            break
        regions.append((x - side / 2, y - side / 2, x + side / 2, y + side / 2))
    return regions


def _strongest(
    worth: Any, photo_px: tuple[int, int], side: float, taken: list[Box]
) -> tuple[float, float, float]:
    """Middle and worth of the best region that lies inside and apart from those taken."""
    rows, columns = worth.shape
    xs = (np.arange(columns) + 0.5) * photo_px[0] / columns
    ys = (np.arange(rows) + 0.5) * photo_px[1] / rows
    free = np.ones(worth.shape, bool)
    for axis, at in ((0, xs), (1, ys)):
        rim = side / 2 + _RIM * photo_px[axis]
        inside = (at >= rim) & (at <= photo_px[axis] - rim)
        free &= inside[None, :] if axis == 0 else inside[:, None]
    for left, top, right, bottom in taken:
        near_x = np.abs(xs - (left + right) / 2) < _APART * side
        near_y = np.abs(ys - (top + bottom) / 2) < _APART * side
        free &= ~(near_x[None, :] & near_y[:, None])
    if not free.any():
        return 0.0, 0.0, 0.0
    row, column = np.unravel_index(int(np.argmax(np.where(free, worth, -1))), worth.shape)
    return float(xs[column]), float(ys[row]), float(worth[row, column])
