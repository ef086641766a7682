"""A painter's brush on the unrolled surface: curves, strokes, washes.

Knows how cobalt is laid down, not what is painted. A canvas spans the whole turn (x) and the
whole outer profile (y, the lip at the top). Motifs are drawn in metres around an anchor; an
anchor's x is bent around the vase at a stated radius.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Curve = npt.NDArray[np.float64]
_SHIFT = 4


def bezier(*points: tuple[float, float], samples: int = 48) -> Curve:
    """Bezier curve of any degree through its control points.

    Source: de Casteljau's algorithm.
    """
    t = np.linspace(0.0, 1.0, samples)[:, None]
    layer = [np.broadcast_to(np.array(p, float), (samples, 2)) for p in points]
    while len(layer) > 1:
        layer = [(1 - t) * a + t * b for a, b in itertools.pairwise(layer)]
    return np.array(layer[0])


def spiral(turns: float, start_m: float, end_m: float, samples: int = 90) -> Curve:
    """Spiral around the origin from ``start_m`` inwards; it begins on the +x axis."""
    t = np.linspace(0.0, 1.0, samples)
    radius = start_m + (end_m - start_m) * t**0.85
    angle = 2 * math.pi * turns * t
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def turned(curve: Curve, angle_rad: float, at: tuple[float, float] = (0.0, 0.0)) -> Curve:
    """Turn a curve about the origin, then move it."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    return curve @ np.array([[c, s], [-s, c]]) + np.array(at)


def blade(axis: Curve, half_width_m: npt.NDArray[np.float64]) -> Curve:
    """Closed outline of a shape given by its axis and half its width along it."""
    along = np.gradient(axis, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-12
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * half_width_m[:, None]
    return np.concatenate([axis + across, (axis - across)[::-1]])


def resampled(curve: Curve, samples: int) -> Curve:
    """The same curve with points at equal distances."""
    step = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    at = np.linspace(0.0, step[-1], samples)
    return np.stack([np.interp(at, step, curve[:, k]) for k in (0, 1)], axis=1)


@dataclass(frozen=True)
class Anchor:
    """Where a motif stands: angle around the vase, metres up the profile, bending radius."""

    angle_rad: float
    along_m: float
    radius_m: float
    upside_down: bool = False


class Canvas:
    """Two layers of cobalt, 0 to 255: lines drawn with the tip and washes laid with the belly."""

    def __init__(self, width_px: int, length_m: float, max_radius_m: float, seed: int) -> None:
        self.scale = width_px / (2 * math.pi * max_radius_m)
        self.width_px, self.height_px = width_px, round(length_m * self.scale)
        self.length_m, self.max_radius_m = length_m, max_radius_m
        self.line = np.zeros((self.height_px, width_px), np.uint8)
        self.wash = np.zeros((self.height_px, width_px), np.uint8)
        self.rng = np.random.default_rng(seed)

    def pixels(self, curve: Curve, anchor: Anchor) -> Curve:
        """Motif metres to canvas pixels; the front of the vase is the middle of the canvas."""
        y = -curve[:, 1] if anchor.upside_down else curve[:, 1]
        turn = anchor.angle_rad + curve[:, 0] / anchor.radius_m
        x = (turn / (2 * math.pi) + 0.5) * self.width_px
        return np.stack([x, (self.length_m - anchor.along_m - y) * self.scale], axis=1)

    def fill(
        self, layer: npt.NDArray[np.uint8], outline: Curve, anchor: Anchor, value: int
    ) -> None:
        """Fill a closed outline; where it crosses the seam it is drawn on both sides."""
        points = self.pixels(outline, anchor)
        low, high = points[:, 0].min(), points[:, 0].max()
        for shift in (-self.width_px, 0, self.width_px):
            if high + shift < 0 or low + shift > self.width_px:
                continue
            fixed = np.round((points + np.array([shift, 0])) * (1 << _SHIFT)).astype(np.int32)
            cv2.fillPoly(layer, [fixed], int(value), cv2.LINE_AA, _SHIFT)

    def clear(self, outline: Curve, anchor: Anchor) -> None:
        """What is in front hides what was painted behind it."""
        self.fill(self.line, outline, anchor, 0)
        self.fill(self.wash, outline, anchor, 0)

    def stroke(
        self,
        curve: Curve,
        anchor: Anchor,
        width_m: float,
        value: int = 205,
        taper: tuple[float, float] = (0.55, 0.25),
    ) -> None:
        """One pull of the brush: it lands, swells and lifts, and the hand is not a machine."""
        curve = resampled(curve, max(24, min(160, len(curve) * 2)))
        t = np.linspace(0.0, 1.0, len(curve))
        land, lift = np.clip(t / 0.16, 0, 1) ** 0.6, np.clip((1 - t) / 0.3, 0, 1) ** 0.7
        press = (taper[0] + (1 - taper[0]) * land) * (taper[1] + (1 - taper[1]) * lift)
        phase = self.rng.uniform(0, 2 * math.pi, 3)
        sway = sum(
            np.sin(2 * math.pi * k * t + p) / k for k, p in zip((1, 2, 5), phase, strict=True)
        )
        press = press * (1 + 0.10 * sway)
        tone = int(np.clip(value + self.rng.normal(0, 12), 60, 250))
        self.fill(self.line, blade(curve, 0.5 * width_m * press), anchor, tone)

    def outline(self, shape: Curve, anchor: Anchor, width_m: float, value: int = 205) -> None:
        """A closed outline, drawn from its middle point in two pulls as a painter does."""
        half = len(shape) // 2
        self.stroke(shape[: half + 1], anchor, width_m, value, (0.8, 0.7))
        self.stroke(
            np.concatenate([shape[half:], shape[:1]])[::-1], anchor, width_m, value, (0.8, 0.7)
        )

    def ring(self, along_m: float, width_m: float, value: int = 200) -> None:
        """A line all around, drawn on the turning wheel: it wavers a little and closes."""
        x = np.arange(self.width_px, dtype=np.float64)
        turn = 2 * math.pi * x / self.width_px
        phase = self.rng.uniform(0, 2 * math.pi, 6)
        waver = sum(np.sin(k * turn + phase[k % 6]) / k for k in (2, 3, 7))
        swell = 1 + 0.16 * sum(np.sin(k * turn + phase[k % 6]) / 2 for k in (5, 9, 22))
        middle = (self.length_m - along_m) * self.scale + waver * 0.00012 * self.scale
        half = 0.5 * width_m * swell * self.scale
        shape = np.concatenate(
            [np.stack([x, middle - half], 1), np.stack([x, middle + half], 1)[::-1]]
        )
        fixed = np.round(shape * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(self.line, [fixed], value, cv2.LINE_AA, _SHIFT)
