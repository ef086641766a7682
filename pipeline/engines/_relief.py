"""Relief from light and dark: what is lighter than its surroundings stands out.

Knows arrays only. This is a likeness and no measurement: metal and stone are lit from more than one
side, and dark patina is taken for depth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import RGB

    Array = npt.NDArray[Any]

_FORM = 0.06
"""Width of the largest form, as a share of the object's own thickness in the picture."""
_GRAIN_PX = 1.0
"""Detail finer than this is noise and grain of the photograph."""


def light_and_dark(rgb: RGB, inside: Array) -> Array:
    """Return relief in [-0.5, 0.5] from the lightness within ``inside``; 0 outside.

    Source: Glencross, Ward, Melendez, Jay, Liu, Hubbold, "A perceptually validated model for
    surface depth hallucination", ACM TOG 27(3), 2008: dark is deep, over several sizes of form.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    # An edge-keeping filter takes the grain and leaves the chisel's edge.
    light: Array = cv2.bilateralFilter(grey, d=5, sigmaColor=0.08, sigmaSpace=_GRAIN_PX + 1)
    weight = inside.astype(np.float32)
    thick = float(cv2.distanceTransform(np.pad(inside.astype(np.uint8), 1), cv2.DIST_L2, 5).max())
    relief = np.zeros_like(light)
    for share in (_FORM, 3 * _FORM, 9 * _FORM):
        relief += light - _blurred(light, weight, max(1.0, share * thick))
    spread = 1.4826 * float(np.median(np.abs(relief[inside]))) + 1e-3
    return np.asarray(np.tanh(relief / (3 * spread)) * 0.5 * weight, np.float32)


def _blurred(values: Array, weight: Array, sigma_px: float) -> Array:
    """Return the mean of ``values`` within the object only, so that the ground has no say."""
    step = max(1, int(sigma_px // 4))
    height, width = values.shape
    size = (max(1, width // step), max(1, height // step))

    def mean(picture: Array) -> Array:
        few = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        few = cv2.GaussianBlur(few, (0, 0), sigma_px / step, borderType=cv2.BORDER_REPLICATE)
        return np.asarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_LINEAR))

    return mean(values * weight) / np.maximum(mean(weight), np.float32(1e-3))
