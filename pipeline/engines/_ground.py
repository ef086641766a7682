"""The plain ground behind an object: what colour it would have everywhere, and how plain it is.

Knows arrays only. Studio paper, a table or a case is smooth but seldom even: light falls off over
it. One cubic surface for each CIELAB channel follows that and cannot follow an object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import RGB

    Array = npt.NDArray[Any]

_SAMPLES_PX = 128
"""Longest side of the copy that the surface is fitted to: it has 30 numbers."""
_DEGREE = 3
"""Lower cuts pieces out of objects at unevenly lit corners; from 4 on, (1 - x²)(1 - y²) is 0 at
the border, so that the border says nothing about the middle."""
_BORDER = 0.04
"""Share of the shorter side that counts as the photograph's border, where ground is expected."""
_ROUNDS = 6
_KEEP_SIGMA = 2.5
"""Pixels farther than this from the surface do not take part in the next round's fit."""
_NOISE = 0.5
"""CIELAB difference that 8-bit rounding alone can make; keeps sigma above 0."""


@dataclass(frozen=True)
class Ground:
    """``distance``: each pixel's CIELAB difference (ΔE*ab) from the ground that is expected there.

    ``lighter``: how much lighter than that it is (ΔL*; below 0 where it is darker).
    ``sigma``: how far the ground itself strays from that; below about 8 it is plain.
    """

    distance: npt.NDArray[np.float32]
    lighter: npt.NDArray[np.float32]
    sigma: float


def measure_ground(rgb: RGB) -> Ground:
    """Fit the ground to the border, then to all that looks like it, and measure against it.

    Source: trimmed least squares; ΔE*ab of ISO/CIE 11664-4:2019; sigma from the median absolute
    deviation (Rousseeuw, Croux, JASA 88(424), 1993).
    """
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    step = max(1, max(rgb.shape[:2]) // _SAMPLES_PX)
    few = lab[::step, ::step]
    terms = _terms(*few.shape[:2])
    colours = few.reshape(-1, 3)
    border = _border(*few.shape[:2])
    use, sigma = border, 0.0
    surface: Array = np.zeros((terms.shape[1], 3))
    for turn in range(_ROUNDS):
        surface = np.linalg.lstsq(terms[use], colours[use], rcond=None)[0]
        off = np.sqrt(((colours - terms @ surface) ** 2).sum(axis=1))
        sigma = 1.4826 * float(np.median(off[use])) + _NOISE
        # First the border settles by itself; only then may ground between objects join in.
        close = off < _KEEP_SIGMA * sigma
        use = close if turn >= 2 else close & border
    off_ground = (lab - (_terms(*lab.shape[:2]) @ surface).reshape(lab.shape)).astype(np.float32)
    distance = np.sqrt((off_ground**2).sum(axis=-1))
    return Ground(distance=distance, lighter=off_ground[..., 0], sigma=sigma)


def differs(ground: Ground) -> npt.NDArray[np.bool_]:
    """Return where something else than the ground is seen.

    Where that is light nearly everywhere, its dark places are shadows on the ground and do not
    count. Dark objects have no such sign: what is light on them is a glint and part of them.
    """
    found = ground.distance > _threshold(ground)
    dark = found & (ground.lighter < np.float32(-0.7) * ground.distance)
    light = found & (ground.lighter > 0)
    return found & ~dark if light.sum() > 4 * dark.sum() else found


def _threshold(ground: Ground) -> float:
    """Return the distance from which on a pixel is no longer ground.

    Otsu's split of the distances, or 3.5 sigma where that is lower: on an even ground a part of
    an object that is nearly the ground's colour must still count.

    Source: Otsu, IEEE Trans. SMC 9(1), 1979; 6 is a difference seen at a glance (Mokrzycki, Tatol,
    "Colour difference ΔE: a survey", 2011).
    """
    levels = np.clip(ground.distance * 2, 0, 255).astype(np.uint8)
    otsu = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 2
    return float(max(6.0, min(otsu, 3.5 * ground.sigma)))


def _terms(height: int, width: int) -> Array:
    """Return x^i y^j at every pixel, for i + j up to the degree of the surface."""
    y, x = np.mgrid[:height, :width]
    x, y = (x.ravel() / width) * 2.0 - 1, (y.ravel() / height) * 2.0 - 1
    powers = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    return np.stack([x**i * y**j for i, j in powers], axis=1)


def _border(height: int, width: int) -> Array:
    wide = max(1, round(_BORDER * min(height, width)))
    border = np.ones((height, width), bool)
    border[wide:-wide, wide:-wide] = False
    return border.ravel()
