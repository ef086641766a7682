"""Brings a photograph to another size, once, before anything moves.

Larger, and hardly smaller: Lanczos. Smaller: the mean over areas, of light and not of numbers: in
sRGB's numbers a fine pattern of black and white would come out too dark.

Source: IEC 61966-2-1 (sRGB's transfer function).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from pipeline.protocols import RGB

AVERAGED = 1.25
"""From this reduction on, areas are averaged: with less, they would be as large as one pixel here
and as two there, and blur unevenly."""
_STEP = np.arange(256) / 255
_LIGHT = np.where(_STEP <= 0.04045, _STEP / 12.92, ((_STEP + 0.055) / 1.055) ** 2.4)
_LIGHT = _LIGHT.astype(np.float32)
"""The light that each of sRGB's 256 numbers stands for, 0 to 1."""


def resized(photo: RGB, size_px: tuple[int, int], *, light: bool = True) -> Any:
    """Return ``photo`` at another size, (H, W, 3) float32 on its scale of 0 to 255.

    Channel by channel: as floats a large photograph takes much memory.

    Args:
        photo: (H, W, 3).
        size_px: width and height that it gets.
        light: average light. Copies of one photograph that take turns while a camera comes nearer
            must not: their mean would jump by what the finer one shows.
    """
    height, width = photo.shape[:2]
    if size_px == (width, height):
        return photo.astype(np.float32)
    smaller = width > AVERAGED * size_px[0] or height > AVERAGED * size_px[1]
    result = np.empty((size_px[1], size_px[0], 3), np.float32)
    for channel in range(3):
        values = np.ascontiguousarray(photo[..., channel])
        if smaller and light:
            mean = cv2.resize(cv2.LUT(values, _LIGHT), size_px, interpolation=cv2.INTER_AREA)
            result[..., channel] = _numbers(mean)
        else:
            way = cv2.INTER_AREA if smaller else cv2.INTER_LANCZOS4
            result[..., channel] = cv2.resize(values.astype(np.float32), size_px, interpolation=way)
    return np.clip(result, 0, 255, out=result)


def _numbers(light: Any) -> Any:
    """Return sRGB's numbers, 0 to 255, for light from 0 to 1."""
    curved = cv2.pow(light, 1 / 2.4) * np.float32(255 * 1.055) - np.float32(255 * 0.055)
    return np.where(light <= 0.0031308, light * np.float32(255 * 12.92), curved)
