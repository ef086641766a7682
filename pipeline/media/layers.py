"""Takes a photograph apart into layers that can move against each other, back to front.

The backmost layer is the *plate*: the photograph with everything in front of it taken out and the
hole closed from its rim. Only a narrow strip of that hole ever comes into sight, so nothing is
invented that a viewer could take for a part of the picture. The front layer keeps its own colours:
where its soft edge is mixed with the background, the background's share is taken out again, so it
carries no halo when it moves. Laid on each other unmoved, the layers are the photograph again.

Everything is float32 on the scale 0 to 255; nothing here knows of cameras or of kinds of object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import DepthArray, MaskArray

    Picture = npt.NDArray[np.float32]

_EDGE = 250
"""A mask's outline is right to about this part of the photograph's shorter side."""
_GROUND = 0.4
"""Of an object's height: how far up behind it the ground is taken to reach."""
_ALIKE = 25
"""Levels between two colours below which noise and texture tell them apart no better than the
mask does."""

_BEND = 0.6
"""Smoothing of depth, in parts of the move: a step from 0 to 1 then has a slope of at most
1 / (0.6 * sqrt(2 pi)) = 0.67 of the move a pixel, so the layer bends and does not fold over."""


@dataclass(frozen=True)
class Layer:
    """One sheet of the photograph: its colours, where it is, how near each pixel is."""

    rgb: Picture
    alpha: MaskArray | None
    """``None``: it is everywhere."""
    depth: DepthArray


def whole(rgb: Picture, depth: DepthArray, reach_px: float) -> tuple[Layer, ...]:
    """Return the photograph as one layer, its depth smoothed so that it bends and never tears."""
    return (Layer(rgb, None, _smooth(depth, _BEND * reach_px)),)


def split(
    rgb: Picture, mask: MaskArray, depth: DepthArray, reach_px: float, stands: bool = False
) -> tuple[Layer, ...]:
    """Return plate and object; one layer where there is nothing in front of anything.

    Args:
        rgb: (H, W, 3), 0 to 255.
        mask: 1 is the object; need not be soft.
        depth: 0 far, 1 near.
        reach_px: how far the nearest will move against the farthest.
        stands: the object stands on the ground that is seen below it, and must not slide on it.
    """
    inside, outside = _sure(mask)
    if not outside.any() or not inside.any():
        return whole(rgb, depth, reach_px)
    plate = fill(rgb, ~outside, reach_px)
    front, alpha = _matte(rgb, mask, plate, inside, outside)
    # Now it is known what is no object, such as the shadow at its foot: that stays on the plate.
    plate = fill(rgb, cv2.dilate((alpha > 0.03).astype(np.uint8), _disc(2)) > 0, reach_px)
    near = pull(depth, inside.astype(np.float32))
    far = pull(depth, outside.astype(np.float32))
    if stands:
        far = _with_ground(far, near, inside)
    return (
        Layer(plate, None, _smooth(far, _BEND * reach_px)),
        Layer(front, alpha, _smooth(near, _BEND * reach_px)),
    )


def near_part(depth: DepthArray) -> MaskArray:
    """Return what stands in the front of a scene, cut where depth falls apart into two.

    Where the cut runs through ground that rises evenly, both layers have the same depth on both
    sides of it and move alike, so it does not show.

    Source: Otsu, "A threshold selection method from gray-level histograms", 1979.
    """
    grey = np.rint((depth - depth.min()) / max(1e-6, float(np.ptp(depth))) * 255).astype(np.uint8)
    _, near = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    near = cv2.morphologyEx(cv2.medianBlur(near, 5), cv2.MORPH_OPEN, disc)
    return np.asarray(near, np.float32) / np.float32(255)


def fill(rgb: Picture, hole: npt.NDArray[np.bool_], reach_px: float) -> Picture:
    """Close ``hole`` from its rim.

    Near the rim, where it will be seen, edges are continued (fast marching); deeper inside the
    colours only flow together (`pull`), without the streaks that marching drags along.

    Source: Telea, "An image inpainting technique based on the fast marching method", 2004.
    """
    if not hole.any():
        return rgb
    smooth = pull(rgb, (~hole).astype(np.float32))
    depth_px = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3)
    strip_px = max(4.0, 1.5 * reach_px)
    strip = (hole & (depth_px <= strip_px)).astype(np.uint8)
    marched = cv2.inpaint(
        np.rint(smooth).clip(0, 255).astype(np.uint8), strip, 3, cv2.INPAINT_TELEA
    )
    share = np.clip(1 - depth_px / strip_px, 0, 1)[..., None] * hole[..., None]
    closed = smooth + (marched.astype(np.float32) - smooth) * share
    return np.where(hole[..., None], closed, rgb).astype(np.float32)


def pull(values: Any, weight: MaskArray) -> Any:
    """Spread the values that have weight over those that have none, coarse to fine.

    Source: Gortler et al., "The Lumigraph", 1996, section 3.4.4 (push-pull).
    """
    height, width = weight.shape
    if min(height, width) < 2 or weight.min() >= 1:
        return values
    half = (max(1, width // 2), max(1, height // 2))
    channels = values if values.ndim == 3 else values[..., None]
    less = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(channels * weight[..., None], half, interpolation=cv2.INTER_AREA)
    coarse = sums.reshape(*less.shape, -1) / np.maximum(less, 1e-6)[..., None]
    coarse = pull(coarse.astype(np.float32), np.minimum(1, less * 4).astype(np.float32))
    back = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    back = back.reshape(height, width, -1)
    whole_px = back + (channels - back) * weight[..., None]
    return whole_px.reshape(values.shape).astype(np.float32)


def _with_ground(far: DepthArray, near: DepthArray, inside: npt.NDArray[np.bool_]) -> DepthArray:
    """Bring the ground below an object to the depth of its foot, so that shadow and foot go along.

    Depth that comes from an outline knows no ground. It is taken to rise from what is behind the
    object to its foot, over the lowest `_GROUND` of its height.
    """
    rows = np.flatnonzero(inside.any(axis=1))
    foot, height = rows[-1], max(1, rows[-1] - rows[0])
    lowest = slice(max(rows[0], foot - height // 30), foot + 1)
    base = float(np.median(near[lowest][inside[lowest]]))
    part = np.clip((np.arange(len(far)) - foot) / (height * _GROUND) + 1, 0, 1)
    rise = (part * part * (3 - 2 * part)).astype(np.float32)[:, None]
    raised = far + (np.maximum(far, np.float32(base)) - far) * rise
    return np.asarray(raised, np.float32)


def _sure(mask: MaskArray) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return what is surely the object and what surely is not; between them lies the edge.

    Outside there is twice as much doubt as inside: what a mask forgets of the object would stay
    on the plate as a ghost, what it takes too much of is sorted out again by colour.
    """
    core = (mask > 0.5).astype(np.uint8)
    edge_px = min(max(min(mask.shape) / _EDGE, 2), 6)
    inside = cv2.erode(core, _disc(edge_px), borderValue=1).astype(bool)
    outside = ~cv2.dilate((mask > 0.1).astype(np.uint8), _disc(2 * edge_px)).astype(bool)
    return (inside if inside.any() else core.astype(bool)), outside


def _disc(radius_px: float) -> npt.NDArray[Any]:
    size = 2 * round(radius_px) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def _matte(
    rgb: Picture,
    mask: MaskArray,
    plate: Picture,
    inside: npt.NDArray[np.bool_],
    outside: npt.NDArray[np.bool_],
) -> tuple[Picture, MaskArray]:
    """Return the object's own colours and its share of each pixel.

    In the edge a pixel is ``share * object + (1 - share) * background``. Both colours are known
    from their sure sides, so the share is where the pixel lies between them; where they are too
    alike to tell, the mask is believed. The object's colour then follows from the pixel.

    Source: Porter and Duff, "Compositing digital images", 1984; Chuang et al., "A Bayesian
    approach to digital matting", 2001, equation 10 (the projection).
    """
    # Thin parts have no sure inside; their middle speaks for them where nothing better is near.
    middle = cv2.erode((mask > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8))
    near = pull(rgb, np.maximum(inside, np.float32(0.05) * middle).astype(np.float32))
    apart = near - plate
    clear = (apart * apart).sum(axis=2)
    share = ((rgb - plate) * apart).sum(axis=2) / np.maximum(clear, 1)
    trust = clear / (clear + _ALIKE**2)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.7)
    edge_px = cv2.distanceTransform((~outside).astype(np.uint8), cv2.DIST_L2, 3)
    alpha = np.clip(soft + (share - soft) * trust, 0, 1) * np.clip(edge_px / 3, 0, 1)
    alpha = np.where(inside, 1, np.where(outside, 0, alpha)).astype(np.float32)
    part = alpha[..., None]
    solved = ((rgb - (1 - part) * plate) / np.maximum(part, 0.1)).clip(0, 255)
    front = near + (solved - near) * np.clip((part - 0.3) / 0.5, 0, 1)
    return np.where(inside[..., None], rgb, front).astype(np.float32), alpha


def _smooth(depth: DepthArray, sigma_px: float) -> DepthArray:
    if sigma_px < 0.3:
        return depth
    return cv2.GaussianBlur(depth, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE).astype(
        np.float32
    )
