"""A window flower as paper-cutters fold it: one wedge, repeated around a middle.

An ornament of our own, built from the marks of the craft: crescents, saw teeth, drops, petals, and
never a single piece that is not held by another. It copies no work and no pattern book.

Source: the names and roles of the marks (yueya crescent, juchi saw tooth) are general knowledge of
the craft; the shapes are curves given here.
"""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_FINE = 3


def window_flower(size_px: int) -> npt.NDArray[np.uint8]:
    """Return the flower's coverage, 0 to 255, in a square of ``size_px``."""
    cut = _Cut(size_px * _FINE)
    _rim(cut)
    _petals(cut)
    _heart(cut)
    small = cv2.resize(cut.paper, (size_px, size_px), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


class _Cut:
    """Folded paper: shapes in polar coordinates, drawn or cut out around the middle."""

    def __init__(self, side_px: int) -> None:
        self.paper = np.zeros((side_px, side_px), np.uint8)

    def shape(self, radius: Any, angle: Any, keep: bool) -> None:
        """Draw (``keep``) or cut one outline; the flower's radius is 1, angle 0 points up."""
        half = self.paper.shape[0] / 2
        points = np.stack([np.sin(angle), -np.cos(angle)], -1) * np.asarray(radius)[..., None]
        fixed = np.rint((points * half * 0.98 + half - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(self.paper, [fixed], 255 if keep else 0, cv2.LINE_AA, 4)

    def around(self, times: int, outline: tuple[Any, Any], keep: bool, turn: float = 0) -> None:
        """Repeat an outline ``times`` around the middle, ``turn`` steps on."""
        for index in range(times):
            self.shape(outline[0], outline[1] + 2 * pi * (index + turn) / times, keep)


def _petal(low: float, high: float, width: float, sharp: float = 1.0) -> tuple[Any, Any]:
    """A leaf from radius ``low`` to ``high``, ``width`` radians wide, its belly low if sharp."""
    t = np.linspace(0, 1, 48)
    belly = np.sin(pi * t**sharp) ** 0.9 * width / 2
    radius = low + (high - low) * t
    return np.concatenate([radius, radius[::-1]]), np.concatenate([belly, -belly[::-1]])


def _crescent(at: float, width: float, thick: float, bow: float) -> tuple[Any, Any]:
    """A new moon lying along the circle of radius ``at``."""
    t = np.linspace(-1, 1, 32)
    outer = at + bow * (1 - t**2)
    inner = at + (bow - thick) * (1 - t**2)
    return np.concatenate([outer, inner[::-1]]), np.concatenate([t, t[::-1]]) * width / 2


def _rim(cut: _Cut) -> None:
    around = np.linspace(0, 2 * pi, 1440, endpoint=False)
    cut.shape(0.925 + 0.075 * np.abs(np.cos(8 * around)) ** 0.55, around, keep=True)
    cut.around(16, _crescent(0.885, 0.27, 0.06, 0.075), keep=False)
    for index in range(-3, 4):  # saw teeth stand in each crescent
        at = 0.962 - 0.0045 * index**2
        tooth = _petal(at - 0.075, at, 0.020, 0.62)
        cut.around(16, (tooth[0], tooth[1] + 0.029 * index), keep=True)
    cut.around(16, _petal(0.832, 0.882, 0.05, 0.8), keep=False)
    cut.around(16, _petal(0.846, 0.902, 0.042, 0.75), keep=False, turn=0.5)
    # A double ring, held together by thirty-two ribs.
    cut.around(32, _crescent(0.788, 0.155, 0.020, 0.016), keep=False, turn=0.5)


def _petals(cut: _Cut) -> None:
    around = np.linspace(0, 2 * pi, 720, endpoint=False)
    cut.shape(np.full(720, 0.755), around, keep=False)
    cut.shape(np.full(720, 0.30), around, keep=True)
    # Eight petals reach the ring behind, eight in front; their edges hold the flower together.
    cut.around(8, _petal(0.16, 0.80, 0.60, 0.80), keep=True, turn=0.5)
    cut.around(8, _petal(0.30, 0.70, 0.40, 0.80), keep=False, turn=0.5)
    for low, high, width in ((0.42, 0.715, 0.20), (0.30, 0.44, 0.16)):
        cut.around(8, _petal(low, high, width, 0.8), keep=True, turn=0.5)
    cut.around(8, _petal(0.47, 0.62, 0.075, 0.8), keep=False, turn=0.5)
    cut.around(8, _petal(0.20, 0.785, 0.50, 0.92), keep=True)
    for index in range(5):  # saw teeth along both edges of the petals in front
        at = 0.40 + 0.055 * index
        for side in (-1, 1):
            tooth = _petal(at, at + 0.05, 0.052, 0.7)
            lean = side * (0.155 - 0.018 * index)
            cut.around(8, (tooth[0], tooth[1] + lean), keep=False)
    cut.around(8, _petal(0.44, 0.70, 0.15, 0.85), keep=False)
    cut.around(8, _petal(0.43, 0.72, 0.062, 0.85), keep=True)


def _heart(cut: _Cut) -> None:
    around = np.linspace(0, 2 * pi, 720, endpoint=False)
    cut.around(16, _crescent(0.325, 0.27, 0.028, 0.03), keep=False, turn=0.5)
    cut.around(8, _petal(0.12, 0.285, 0.44, 0.9), keep=False)
    cut.around(8, _petal(0.15, 0.25, 0.20, 0.9), keep=True)
    cut.around(8, _petal(0.12, 0.17, 0.12, 1.0), keep=True)
    cut.around(8, _petal(0.215, 0.275, 0.16, 1.0), keep=False, turn=0.5)
    cut.shape(np.full(720, 0.088), around, keep=False)
    cut.shape(0.058 + 0.012 * np.cos(8 * around), around, keep=True)
    cut.around(4, _petal(0.05, 0.10, 0.5, 1.0), keep=True)
