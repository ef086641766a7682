"""The photograph that clips are timed on: no noise field, no flat field, and the same everywhere.

A real photograph that scikit-image carries, enlarged, with the detail of all sizes down to sensor
grain that a camera would have seen; before it, round like a vase and lit, a turned body. An
encoder spends on it what it spends on a museum's photograph on a table: the bitrate is printed
with the figures. Pure noise would cost the encoder so much that any warp looked free.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from skimage import data


def photograph(width: int, height: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return picture (uint8), mask and depth (float32, 0 to 1)."""
    back = _detailed(_filled(data.coffee(), width, height), seed=1, strength=7.0)
    skin = _detailed(_filled(data.chelsea(), width, height), seed=2, strength=5.0)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    s = np.clip((y / height - 0.12) / 0.8, 0, 1)
    outline = 0.24 * height * (0.5 + 0.42 * np.sin(np.pi * (0.12 + 0.83 * s)) + 0.1 * np.cos(9 * s))
    across = (x - width / 2) / outline
    inside = (abs(across) < 1) & (y > 0.12 * height) & (y < 0.92 * height)
    round_ = np.sqrt(np.clip(1 - across**2, 0, 1))
    mask = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.8)
    lit = (0.35 + 0.65 * np.clip(0.8 * round_ - 0.45 * across, 0, 1))[..., None]
    rgb = back * (1 - mask[..., None]) + skin * lit * mask[..., None]
    depth = np.where(inside, 0.55 + 0.45 * round_, 0.1 + 0.15 * y / height)
    rgb = rgb + _noise(width, height, 1, 3)[..., None] * 1.2
    return np.clip(rgb, 0, 255).astype(np.uint8), mask, depth.astype(np.float32)


def write(folder: Path, width: int, height: int) -> dict[str, Path]:
    """Write photograph (JPEG, as cameras give it), mask and depth; return their paths."""
    rgb, mask, depth = photograph(width, height)
    paths = {n: folder / f"{n}-{width}{e}" for n, e in _FILES.items()}
    cv2.imwrite(str(paths["photo"]), rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 94])
    cv2.imwrite(str(paths["mask"]), np.rint(mask * 255).astype(np.uint8))
    cv2.imwrite(str(paths["depth"]), np.rint(depth * 65535).astype(np.uint16))
    return paths


_FILES = {"photo": ".jpg", "mask": ".png", "depth": ".png"}


def _filled(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return the picture as large as asked, cut to that shape."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = (
        max(width, round(picture.shape[1] * scale)),
        max(height, round(picture.shape[0] * scale)),
    )
    large = cv2.resize(picture, size, interpolation=cv2.INTER_LANCZOS4)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return large[top : top + height, left : left + width]


def _detailed(rgb: np.ndarray, *, seed: int, strength: float) -> np.ndarray:
    height, width = rgb.shape[:2]
    detail = sum(
        share * _noise(width, height, cell, seed + cell)
        for cell, share in ((3, 0.4), (6, 0.7), (14, 1.0), (30, 1.0))
    )
    level = rgb.mean(axis=-1, keepdims=True) / 255
    return rgb + strength * detail[..., None] * (0.25 + 3 * level * (1 - level))


def _noise(width: int, height: int, cell: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    part = rng.standard_normal((height // cell + 1, width // cell + 1)).astype(np.float32)
    return cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC)
