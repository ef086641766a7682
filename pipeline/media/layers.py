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

_SEEN = 0.02
"""Less of the object than this in a pixel cannot be seen in 8 bit."""

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


def split(rgb: Picture, mask: MaskArray, depth: DepthArray, reach_px: float) -> tuple[Layer, ...]:
    """Return plate and object; one layer where there is nothing in front of anything.

    Args:
        rgb: (H, W, 3), 0 to 255.
        mask: 1 is the object; need not be soft.
        depth: 0 far, 1 near.
        reach_px: how far the nearest will move against the farthest.
    """
    alpha = soft_edge(mask)
    hole = _grown(alpha > _SEEN, 2 + reach_px / 16)
    inside = alpha > 1 - _SEEN
    if hole.all() or not inside.any():
        return whole(rgb, depth, reach_px)
    plate = fill(rgb, hole, reach_px)
    front = _unmixed(rgb, alpha, plate, inside)
    near = pull(depth, _shrunk(inside).astype(np.float32))
    far = pull(depth, (~hole).astype(np.float32))
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


def soft_edge(mask: MaskArray) -> MaskArray:
    """Return ``mask`` about a pixel wider and with an edge two pixels soft, whatever it was."""
    wide = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    edge = (cv2.GaussianBlur(wide, (0, 0), 0.8) - 0.15) / 0.7
    return np.clip(edge, 0, 1).astype(np.float32)


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


def pull(values: Any, weight: MaskArray) -> Any:  # noqa: ANN401 (one channel or three)
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


def _unmixed(
    rgb: Picture, alpha: MaskArray, plate: Picture, inside: npt.NDArray[np.bool_]
) -> Picture:
    """Take the background's share out of the object's edge.

    A pixel is ``alpha * object + (1 - alpha) * background``; solved for the object where it has
    enough weight to be solved for, else taken from the nearest pixels that are all object.
    Source: Porter and Duff, "Compositing digital images", 1984.
    """
    if not inside.any():
        return rgb
    part = alpha[..., None]
    solved = (rgb - (1 - part) * plate) / np.maximum(part, 0.1)
    near = pull(rgb, inside.astype(np.float32))
    trust = np.clip((part - 0.1) / 0.5, 0, 1)
    return np.where(inside[..., None], rgb, near + (solved.clip(0, 255) - near) * trust).astype(
        np.float32
    )


def _grown(area: npt.NDArray[np.bool_], by_px: float) -> npt.NDArray[np.bool_]:
    size = 2 * max(1, round(by_px)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return cv2.dilate(area.astype(np.uint8), disc).astype(bool)


def _shrunk(area: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Leave out the edge, where depth maps mix near and far; all of it if nothing is left."""
    less = cv2.erode(area.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    return less if less.any() else area


def _smooth(depth: DepthArray, sigma_px: float) -> DepthArray:
    if sigma_px < 0.3:
        return depth
    return cv2.GaussianBlur(depth, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE).astype(
        np.float32
    )
