"""What the surfaces of `scenes` are covered with, and how cut-outs are outlined.

Pictures of scikit-image and noise of fixed seeds: the same everywhere.
"""

from __future__ import annotations

import cv2
import numpy as np

PER_PX = 3
"""Texture pixels in one pixel of the first picture."""


def tiled(picture: np.ndarray, size: tuple[int, int], px: float, tint=None) -> np.ndarray:
    """Return a picture laid side by side, mirrored, each of its pixels ``px`` wide in the frame."""
    if picture.ndim == 2:
        picture = np.dstack([picture] * 3)
    if tint is not None:
        picture = np.clip(picture.astype(np.float32) * tint, 0, 255).astype(np.uint8)
    scaled = cv2.resize(
        picture, None, fx=px * PER_PX, fy=px * PER_PX, interpolation=cv2.INTER_CUBIC
    )
    pad = [max(0, size[1] - scaled.shape[0]), max(0, size[0] - scaled.shape[1])]
    scaled = scaled[: size[1], : size[0]]
    return cv2.copyMakeBorder(
        scaled,
        pad[0] // 2,
        pad[0] - pad[0] // 2,
        pad[1] // 2,
        pad[1] - pad[1] // 2,
        cv2.BORDER_REFLECT_101,
    )


def grained(rgb: np.ndarray, seed: int, strength: float = 7.0) -> np.ndarray:
    """Add detail of all sizes down to a pixel of the frame, as surfaces have."""
    rng = np.random.default_rng(seed)
    height, width = rgb.shape[:2]
    noise = np.zeros((height, width), np.float32)
    for cell, share in (
        (PER_PX, 0.6),
        (2 * PER_PX, 0.8),
        (5 * PER_PX, 1.0),
        (14 * PER_PX, 1.0),
    ):
        part = rng.standard_normal((height // cell + 2, width // cell + 2)).astype(np.float32)
        noise += share * cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(rgb + strength * noise[..., None], 0, 255).astype(np.uint8)


def blob(middle, radius, seed):
    """An irregular outline such as a leaf, a cut figure or a rock has."""

    def draw(alpha, at):
        rng = np.random.default_rng(seed)
        around = np.linspace(0, 2 * np.pi, 240, endpoint=False)
        r = radius * (
            1
            + sum(
                rng.uniform(0.02, 0.25 / n) * np.sin(n * around + rng.uniform(0, 6))
                for n in range(2, 9)
            )
        )
        points = [
            at(middle[0] + q * np.cos(a), middle[1] + q * np.sin(a))
            for q, a in zip(r, around, strict=True)
        ]
        cv2.fillPoly(alpha, [np.array(points)], 255)

    return draw


def strands(start, reach, count, widths, seed):
    """Hair: curved strokes of a given width in px of the frame."""

    def draw(alpha, at):
        rng = np.random.default_rng(seed)
        for _ in range(count):
            s = np.linspace(0, 1, 40)
            x0 = start[0] + rng.uniform(-reach[0], reach[0])
            bend = rng.uniform(-1, 1, 3) * reach[0]
            x = x0 + bend[0] * s + bend[1] * s**2 + bend[2] * 0.3 * np.sin(5 * s)
            y = start[1] + reach[1] * s
            points = np.array([at(*p) for p in zip(x, y, strict=True)])
            cv2.polylines(alpha, [points], False, 255, max(1, round(rng.choice(widths) * PER_PX)))

    return draw
