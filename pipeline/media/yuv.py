"""Between sRGB pictures and the planes that a video stores: YUV 4:2:0, BT.709, limited range.

A plane is a single-channel picture. Luma (Y) is as large as the picture, both chroma planes (U, V)
are half as wide and half as high. A chroma sample sits on the even luma column and between two
luma rows, where H.264 expects it when a file says nothing (``chroma_loc`` "left"); averaging
2 × 2 pixels, the common shortcut, would shift colour by half a pixel.

cv2's own RGB to YUV conversion is BT.601, and swscale's rounds the matrix; this is exact to
rounding.

Source: ITU-R BT.709-6, items 3.2 to 3.5 (matrix, quantisation); ITU-T H.264, Figure E-1 (siting).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import RGB, Frame


ZEROS = (16, 128, 128)
"""The levels of Y, U and V that stand for no light and for no colour."""
PER = (1, 2, 2)
"""Pixels of the picture to one of Y, U and V, each way."""
_KR, _KB = 0.2126, 0.0722
_KG = 1 - _KR - _KB
_LUMA = np.array([[_KR, _KG, _KB, 0]]) * (219 / 255) + [[0, 0, 0, 16]]
_CHROMA = np.array(
    [
        [-_KR / (2 - 2 * _KB), -_KG / (2 - 2 * _KB), 0.5, 0],
        [0.5, -_KG / (2 - 2 * _KR), -_KB / (2 - 2 * _KR), 0],
    ]
) * (224 / 255) + [[0, 0, 0, 128], [0, 0, 0, 128]]
_ACROSS = np.array([0.25, 0.5, 0.25])
_TO_RGB = np.linalg.inv(np.vstack([_LUMA[:, :3], _CHROMA[:, :3]]))
_TO_RGB = np.hstack([_TO_RGB, -_TO_RGB @ [[16], [128], [128]]])


def planes_of(rgb: npt.NDArray[Any]) -> tuple[Any, Any, Any]:
    """Return Y, U and V of an (H, W, 3) picture of even size, of the dtype it has.

    ``uint8`` comes back rounded; ``float32`` on the same scale (0 to 255) comes back unrounded.
    """
    luma = cv2.transform(rgb, _LUMA.astype(np.float32))
    chroma = cv2.transform(halved(rgb), _CHROMA.astype(np.float32))
    u, v = cv2.split(chroma)
    return luma, u, v


def halved(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a picture of even size half as large, sampled where chroma is."""
    across = cv2.sepFilter2D(picture, -1, _ACROSS, np.ones(1))[:, ::2]
    size = (picture.shape[1] // 2, picture.shape[0] // 2)
    half: npt.NDArray[Any] = cv2.resize(across, size, interpolation=cv2.INTER_AREA)
    return half


def even(length_px: float) -> int:
    """Return a length in whole pixels, even and at least two: chroma has one for two of luma."""
    return max(2, 2 * round(length_px / 2))


def new_frame(width_px: int, height_px: int, bits: int = 8) -> Frame:
    """Return a planar frame to be written on: 8 bits a sample, or 10 in 16."""
    return np.empty((height_px * 3 // 2, width_px), np.uint8 if bits == 8 else np.uint16)


def stacked(planes: Sequence[Any]) -> Frame:
    """Return Y, U and V of 8 bits as one planar frame."""
    frame = new_frame(planes[0].shape[1], planes[0].shape[0])
    for place, plane in zip(views(frame), planes, strict=True):
        place[...] = plane
    return frame


def rgb_to_i420(rgb: RGB) -> Frame:
    """Return an (H, W, 3) picture of even size as one (H * 3 // 2, W) planar frame."""
    return stacked(planes_of(rgb))


def views(frame: Frame) -> tuple[Any, Any, Any]:
    """Return the three planes of a planar frame as views into it; nothing is copied."""
    width = frame.shape[1]
    height = frame.shape[0] * 2 // 3
    quarter = width // 2 * (height // 2)
    flat = frame.reshape(-1)
    u, v = flat[width * height :][:quarter], flat[width * height + quarter :]
    half = (height // 2, width // 2)
    return frame[:height], u.reshape(half), v.reshape(half)


def i420_to_rgb(frame: Frame) -> RGB:
    """Return a planar frame as an (H, W, 3) picture."""
    luma, u, v = views(frame)
    height, width = luma.shape
    # A chroma pixel i lies on luma column 2 i and on row 2 i + 0.5.
    placed = np.array([[0.5, 0, 0], [0, 0.5, -0.25]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    full = [
        cv2.warpAffine(
            plane.astype(np.float32),
            placed,
            (width, height),
            flags=flags,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for plane in (u, v)
    ]
    return joined(luma, *full)


def joined(luma: Any, u: Any, v: Any) -> RGB:
    """Return three planes of one size, on the scale of 8 bits, as an (H, W, 3) picture."""
    planes = cv2.merge([plane.astype(np.float32) for plane in (luma, u, v)])
    rgb = cv2.transform(planes, _TO_RGB.astype(np.float32))
    return np.rint(np.clip(rgb, 0, 255)).astype(np.uint8)
