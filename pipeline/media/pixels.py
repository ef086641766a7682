"""Reads and writes the pixels that stages pass on: photograph, mask, depth, poster.

Reads only what this package wrote. Foreign files go through `pipeline.media.decode`. BGR, the
order that OpenCV keeps, never leaves this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.errors import StoreError

if TYPE_CHECKING:
    from pipeline.protocols import RGB, DepthArray, MaskArray


def read_rgb(path: Path) -> RGB:
    """Read a photograph as (H, W, 3) uint8 sRGB."""
    return np.ascontiguousarray(_read(path, cv2.IMREAD_COLOR)[..., ::-1])


def write_photo(rgb: RGB, path: Path) -> None:
    """Write an (H, W, 3) photograph for later stages, as lossless WebP."""
    _write(path, rgb[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 101])


def write_poster(rgb: RGB, path: Path) -> None:
    """Write an (H, W, 3) picture for people to look at, as WebP."""
    _write(path, rgb[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 90])


def read_mask(path: Path) -> MaskArray:
    """Read an 8-bit mask as (H, W) float32 in [0, 1]."""
    mask: MaskArray = _read(path, cv2.IMREAD_GRAYSCALE).astype(np.float32) / np.float32(255)
    return mask


def write_mask(mask: MaskArray, path: Path) -> None:
    """Write a mask as 8-bit grey PNG, 255 is the object."""
    _write(path, np.rint(np.clip(mask, 0, 1) * 255).astype(np.uint8))


def read_depth(path: Path) -> DepthArray:
    """Read a 16-bit depth picture as (H, W) float32 in [0, 1], 1 is nearest."""
    depth: DepthArray = _read(path, cv2.IMREAD_UNCHANGED).astype(np.float32) / np.float32(65535)
    return depth


def write_depth(depth: DepthArray, path: Path) -> None:
    """Write depth as 16-bit grey PNG, 65535 is nearest."""
    _write(path, np.rint(np.clip(depth, 0, 1) * 65535).astype(np.uint16))


def _read(path: Path, flags: int) -> Any:
    # Through bytes, because cv2.imread cannot open every path on Windows.
    pixels = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), flags)
    if pixels is None:
        raise StoreError(f"{path} is damaged: it does not open as a picture. Render it again.")
    return pixels


def _write(path: Path, pixels: Any, options: list[int] | None = None) -> None:
    done, buffer = cv2.imencode(path.suffix, np.ascontiguousarray(pixels), options or [])
    if not done:
        raise StoreError(f"{path} could not be encoded.")
    path.write_bytes(buffer.tobytes())
