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


_LEAST_LIGHT = 6.0
_LEAST_HUE = 3.0
"""What never counts as different: the ground's own light, and the colour noise of a JPEG.

On studio paper the light of lamps makes patches of 5 ΔL*, but hardly any of 2 in hue.
"""


@dataclass(frozen=True)
class Ground:
    """How each pixel differs from the ground that is expected there, and what the ground is like.

    ``lighter``: ΔL*, below 0 where it is darker. ``hue``: its difference in a* and b*.
    ``sigma``, ``hue_sigma``: how far the ground itself strays from what is expected, over all and
    in hue; with ``sigma`` below about 8 it is plain.
    ``free``: share of the photograph's border that is ground; 1 where the object stands free.
    """

    lighter: npt.NDArray[np.float32]
    hue: npt.NDArray[np.float32]
    sigma: float
    hue_sigma: float
    free: float


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
    off: Array = colours
    for turn in range(_ROUNDS):
        surface = np.linalg.lstsq(terms[use], colours[use], rcond=None)[0]
        off = colours - terms @ surface
        far = np.sqrt((off**2).sum(axis=1))
        sigma = 1.4826 * float(np.median(far[use])) + _NOISE
        # First the border settles by itself; only then may ground between objects join in.
        close = far < _KEEP_SIGMA * sigma
        use = close if turn >= 2 else close & border
    expected = (terms @ surface).reshape(few.shape).astype(np.float32)
    height, width = lab.shape[:2]
    lab -= np.asarray(cv2.resize(expected, (width, height)), np.float32)
    spread = np.sqrt((off[use, 1:] ** 2).sum(axis=1))
    far = np.sqrt((off[border] ** 2).sum(axis=1))
    return Ground(
        lighter=np.ascontiguousarray(lab[..., 0]),
        hue=np.sqrt((lab[..., 1:] ** 2).sum(axis=-1)),
        sigma=sigma,
        hue_sigma=1.4826 * float(np.median(spread)) + _NOISE,
        free=float((far < max(_LEAST_LIGHT, _KEEP_SIGMA * sigma)).mean()),
    )


def differs(ground: Ground) -> npt.NDArray[np.bool_]:
    """Return where something else than the ground is seen.

    Where that is mostly lighter, its dark places are shadows on the ground and do not count. Dark
    objects have no such sign: what is light on them is a glint.
    """
    least, least_hue = _thresholds(ground)
    found = (np.hypot(ground.lighter, ground.hue) > least) | (ground.hue > least_hue)
    dark = found & (ground.lighter < -ground.hue)
    light = found & (ground.lighter > 0)
    return found & ~dark if light.sum() > 2 * dark.sum() else found


def stands_out(ground: Ground) -> npt.NDArray[np.bool_]:
    """Return what is lighter than the ground or of another hue: no shadow, so surely a thing."""
    least, least_hue = _thresholds(ground)
    return np.asarray((ground.lighter > least) | (ground.hue > least_hue), np.bool_)


def _thresholds(ground: Ground) -> tuple[float, float]:
    """Return the difference, and the difference in hue, from which on a pixel is not ground.

    Otsu's split, or 3.5 sigma where that is lower: on an even ground a part of an object that is
    nearly the ground's colour must still count.

    Source: Otsu, IEEE Trans. SMC 9(1), 1979.
    """
    levels = np.clip(np.hypot(ground.lighter, ground.hue) * 2, 0, 255).astype(np.uint8)
    otsu = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 2
    least = max(_LEAST_LIGHT, min(float(otsu), 3.5 * ground.sigma))
    return least, max(_LEAST_HUE, min(least, 3.5 * ground.hue_sigma))


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
