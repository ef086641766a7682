"""How steep a surface is at each pixel, for moving lights: from its depth and its light and dark.

Two things are added up. The *form* is the gradient of the depth map; its scale is unknown, so it
is brought to what a low relief has. The *grain*, which depth maps do not resolve, is the gradient
of the photograph's own fine light and dark: what is lighter than its surroundings stands out. Both
are likenesses and no measurement. Neither has anything to say outside the object, nor at its
outline, where depth falls off a cliff that nobody has photographed.

A slope is the rise towards the viewer in pixels a pixel, to the right and *down*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.media import easing
from pipeline.media.behind import pull

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import DepthArray, MaskArray

    Picture = npt.NDArray[np.float32]
    Slopes = tuple[Picture, Picture]

_FLAT = 1 / 255
"""Depth that varies less than this is one plane."""
_FORM_SIGMA = 0.004
"""Of the shorter side: depth maps are no sharper, and their steps would be seen as scratches."""
_GRAIN_SIGMA = 0.012
"""Of the shorter side: light and dark on a larger scale is paint and lamp, not relief."""
_EDGE = 0.012
"""Of the shorter side: over this width the slope grows from nothing at the outline."""
_REPEAT = cv2.BORDER_REPLICATE
_QUIET = 0.012
"""Of full scale, per pixel: less contrast than this is the noise of the photograph; it is not
made larger to look like relief."""


def slopes(
    rgb: Picture, mask: MaskArray, depth: DepthArray, usual: tuple[float, float], steepest: float
) -> Slopes:
    """Return the slopes to the right and down, as large as ``rgb``.

    Args:
        rgb: (H, W, 3), 0 to 255.
        mask: 1 is the object.
        depth: 0 far, 1 near.
        usual: the slope that only a twentieth of the form exceeds, and the same for the grain.
        steepest: no slope is as steep as this.

    Source: Glencross et al., "A perceptually validated model for surface depth hallucination",
    ACM TOG 27(3), 2008 (dark is deep).
    """
    weight = _inner(mask)
    if not weight.any():
        nothing = np.zeros(mask.shape, np.float32)
        return nothing, nothing
    inside = weight > 0.5
    coarse = _scaled(_form(depth, mask), inside, usual[0], 1e-6)
    fine = _scaled(_grain(rgb), inside, usual[1], _QUIET)
    across, down = (a + b for a, b in zip(coarse, fine, strict=True))
    # The steepest are bent back, so that no lamp makes a hole or a blaze out of one pixel.
    steep = 1 / np.sqrt(1 + (across**2 + down**2) / steepest**2)
    bent = (steep * weight).astype(np.float32)
    return across * bent, down * bent


def _inner(mask: MaskArray) -> MaskArray:
    """Return 1 well inside the object, falling to 0 at its outline; 1 where it fills the frame."""
    inside = (mask > 0.5).astype(np.uint8)
    if inside.all():
        return np.ones(mask.shape, np.float32)
    width_px = max(2.0, _EDGE * min(mask.shape))
    away = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
    part = np.clip(away / width_px - 0.5, 0, 1)
    return np.asarray(easing.smooth(part), np.float32)


def _form(depth: DepthArray, mask: MaskArray) -> Slopes:
    inside = mask > 0.5
    if not inside.any() or np.ptp(depth[inside]) < _FLAT:
        nothing = np.zeros(mask.shape, np.float32)
        return nothing, nothing
    # The object's own depth is carried on over its outline: there is no cliff any more.
    smooth = pull(depth.astype(np.float32), inside.astype(np.float32))
    sigma_px = max(1.0, _FORM_SIGMA * min(mask.shape))
    smooth = cv2.GaussianBlur(smooth, (0, 0), sigma_px, borderType=_REPEAT)
    return _gradient(smooth)


def _grain(rgb: Picture) -> Slopes:
    grey: Any = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY) / np.float32(255)
    # An edge-keeping filter takes the noise and leaves the chisel's edge.
    light: Any = cv2.bilateralFilter(grey, d=5, sigmaColor=0.06, sigmaSpace=1.5)
    sigma_px = max(1.5, _GRAIN_SIGMA * min(light.shape))
    return _gradient(light - cv2.GaussianBlur(light, (0, 0), sigma_px))


def _gradient(height: Any) -> Slopes:
    """Return the gradient with the same smoothing across and along it.

    Source: Scharr, "Optimale Operatoren in der Digitalen Bildverarbeitung", 2000.
    """
    across: Any = cv2.Scharr(height, cv2.CV_32F, 1, 0, scale=1 / 32, borderType=_REPEAT)
    down: Any = cv2.Scharr(height, cv2.CV_32F, 0, 1, scale=1 / 32, borderType=_REPEAT)
    return across, down


def _scaled(pair: Slopes, inside: npt.NDArray[Any], to: float, least: float) -> Slopes:
    steep = np.hypot(*pair)[inside]
    # A part of the pixels is enough to know how steep the steepest are.
    usual = float(np.percentile(steep[:: max(1, steep.size // 100_000)], 95))
    factor = np.float32(to / max(usual, least))
    return pair[0] * factor, pair[1] * factor
