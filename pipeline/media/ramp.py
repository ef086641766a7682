"""Colour ramps for pictures of numbers: how far, how fast.

Each ramp is a straight line through OKLab, so equal steps of the number are equal steps to the eye,
and it gets lighter or darker all the way, so that grey prints and every kind of colour-blindness
keep the order. `DEPTH` runs from blue to yellow, the one pair of hues that the common kinds
(protan, deutan) tell apart as everyone does. `MOTION` starts from the colour of paper: what stands
still is not inked.

Source: Ottosson, "A perceptual color space for image processing" (2020), for OKLab; Nuñez,
Anderton and Renslow, "Optimizing colormaps with consideration for color vision deficiency", PLOS
ONE 13(7), 2018 (cividis), for the reasons. The tables are our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pipeline.protocols import RGB

_STEPS = 256

_LAB_TO_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_LMS_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
"""Source: Ottosson 2020, the inverse of his M2 and M1; linear sRGB."""

Lab = tuple[float, float, float]


def line(start: Lab, end: Lab) -> RGB:
    """Return 256 sRGB colours, (256, 3), on the straight line between two OKLab colours.

    Raises:
        ValueError: if a colour of the line is not in sRGB.
    """
    share = np.linspace(0, 1, _STEPS)[:, None]
    lab = np.array(start) * (1 - share) + np.array(end) * share
    linear = (lab @ _LAB_TO_LMS.T) ** 3 @ _LMS_TO_RGB.T
    if linear.min() < -1e-4 or linear.max() > 1 + 1e-4:
        raise ValueError(f"the line from {start} to {end} leaves sRGB")
    linear = np.clip(linear, 0, 1)
    # Source: IEC 61966-2-1, the transfer function of sRGB.
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    table: RGB = np.rint(encoded * 255).astype(np.uint8)
    return table


DEPTH = line((0.3, -0.015, -0.13), (0.92, -0.03, 0.14))
"""Far is dark blue, near is light yellow."""
MOTION = line((0.965, 0.002, 0.008), (0.36, 0.1, 0.05))
"""Still is paper, fast is dark red."""


def coloured(values: Any, ramp: RGB, highest: float = 1.0) -> RGB:
    """Return a picture of ``values``, an (H, W) array from 0 to ``highest``, in ``ramp``.

    What is no number is shown as 0.
    """
    share = np.nan_to_num(np.asarray(values, np.float32) / max(highest, 1e-9), posinf=1.0)
    picture: RGB = ramp[np.rint(np.clip(share, 0, 1) * (_STEPS - 1)).astype(np.intp)]
    return picture
