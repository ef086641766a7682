"""A sheet of warm paper with fine fibres, and cinnabar: what the typographic clips lie on.

Decoration of our own: it shows no real thing and is never taken for an object's picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Picture = npt.NDArray[np.float32]

PAPER = (243.0, 237.0, 224.0)
INK = (38.0, 33.0, 30.0)
CINNABAR = (178.0, 44.0, 34.0)


def sheet(size_px: tuple[int, int], seed: int) -> Picture:
    """Return (H, W, 3) paper, 0 to 255: mottled, fibrous, a little darker to the edges."""
    rng = np.random.default_rng(seed)
    width, height = size_px
    unit = min(width * 9 / 16, height)
    tone = np.zeros((height, width), np.float32)
    for cells, strength in ((3, 1.6), (9, 1.0), (40, 0.5)):
        coarse = rng.standard_normal((cells, cells * 2), np.float32)
        tone += strength * cv2.resize(coarse, size_px, interpolation=cv2.INTER_CUBIC)
    tone += 0.55 * cv2.GaussianBlur(rng.standard_normal(tone.shape, np.float32), (0, 0), 0.7)
    tone += _fibres(size_px, unit, rng)
    x = np.linspace(-1, 1, width, dtype=np.float32)
    y = np.linspace(-1, 1, height, dtype=np.float32)
    tone -= 7 * np.clip(np.hypot(x[None], y[:, None]) - 0.55, 0, None) ** 2
    warm = np.array([1.0, 1.03, 1.16], np.float32)  # shadows on paper are warmer than the paper
    return (np.array(PAPER, np.float32) + tone[..., None] * warm).clip(0, 255).astype(np.float32)


def _fibres(size_px: tuple[int, int], unit: float, rng: np.random.Generator) -> Picture:
    """Draw short bent fibres, some darker and some lighter than the sheet."""
    scale = 2
    canvas = np.zeros((size_px[1] * scale, size_px[0] * scale), np.float32)
    count = round(420 * size_px[0] * size_px[1] / (unit * unit * 16 / 9))
    for _ in range(count):
        length = unit * scale * rng.uniform(0.01, 0.05)
        at = rng.uniform((0, 0), (canvas.shape[1], canvas.shape[0]))
        turn, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 1.1)
        t = np.linspace(0, 1, 9)
        angle = turn + bend * t
        way = np.stack([np.cos(angle), np.sin(angle)], -1).cumsum(axis=0) * length / 9
        shade = float(rng.choice([-26.0, -18.0, -12.0, 16.0]))
        cv2.polylines(canvas, [np.rint((at + way) * 8).astype(np.int32)], False, shade, 1, 16, 3)
    return np.asarray(cv2.resize(canvas, size_px, interpolation=cv2.INTER_AREA), np.float32)


def worn(coverage: Any, seed: int) -> Any:
    """Return a seal's coverage as stone and paste leave it: a little uneven, never full."""
    rng = np.random.default_rng(seed)
    height, width = coverage.shape
    noise: Any = cv2.GaussianBlur(
        rng.standard_normal((height, width), np.float32), (0, 0), width / 90
    )
    grain = noise / max(1e-6, float(noise.std()))
    soft = cv2.GaussianBlur(coverage, (0, 0), width / 140)
    return (
        np.clip((soft - 0.5) * 6 + 0.5 + 0.25 * grain, 0, 1) * np.clip(0.96 + 0.05 * grain, 0.8, 1)
    ).astype(np.float32)
