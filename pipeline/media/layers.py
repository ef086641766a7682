"""Takes a photograph apart into layers that can move against each other, back to front.

Layers are peeled off, the frontmost first. What is behind is closed from its rim
(`pipeline.media.behind`), and the next layer is peeled off that. A layer keeps its own colours:
where its soft edge is mixed with what is behind, that share is taken out again, so it carries no
halo when it moves. Within a layer depth is held so even that it bends and never folds. Laid on each
other unmoved, the layers are the photograph again.

Pictures are float32 on the scale 0 to 255; nothing here knows of cameras or of kinds of object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from pipeline.media import kernels
from pipeline.media.behind import fill, pull
from pipeline.media.cuts import find_cuts, jumps

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import DepthArray, MaskArray

    Picture = npt.NDArray[np.float32]
    Part = npt.NDArray[np.bool_]

MOST = 4
"""Layers of a photograph at most; with a fifth the stereo pair of tests/bench gains nothing."""
_EDGE = 250
"""A mask's outline is right to about this part of the photograph's shorter side."""
_GROUND = 0.4
"""Of an object's height: how far up behind it the ground is taken to reach."""
_ALIKE = 25
"""Levels between two colours below which noise and texture tell them apart no better than the
mask does."""
_STEEPEST = 0.7
"""Of the move, a pixel: how much a layer's depth may rise. At 1 it would fold over itself."""


@dataclass(frozen=True)
class Layer:
    """One sheet of the photograph: its colours, where it is, how near each pixel is."""

    rgb: Picture
    alpha: MaskArray | None
    """``None``: it is everywhere."""
    depth: DepthArray


class _Edge(NamedTuple):
    """What is known of the border between what is peeled off and what stays."""

    inside: Part
    """Surely the front."""
    outside: Part
    """Surely not."""
    soft: MaskArray
    """How much of the front is thought to be in each pixel."""
    seam: Part
    """Outside, beside a border where depth does not jump: both layers show the same there."""
    wide: bool
    """The doubt is wider than the edge itself."""


def whole(rgb: Picture, depth: DepthArray, reach_px: float) -> tuple[Layer, ...]:
    """Return the photograph as one layer."""
    return (Layer(rgb, None, _held(depth, reach_px)),)


def split(
    rgb: Picture,
    mask: MaskArray | None,
    depth: DepthArray,
    reach_px: float,
    stands: bool = False,
) -> tuple[Layer, ...]:
    """Return up to `MOST` layers, back to front; one where nothing is in front of anything.

    Args:
        rgb: (H, W, 3), 0 to 255.
        mask: 1 is the object, need not be soft; ``None``: depth alone decides.
        depth: 0 far, 1 near.
        reach_px: how far depth 1 will move against depth 0.
        stands: the object stands on the ground that is seen below it, and must not slide on it.
    """
    fronts: list[Layer] = []
    if mask is not None:
        edge = _outline(mask, depth, reach_px)
        if edge.inside.any() and edge.outside.any():
            for cut in find_cuts(depth, reach_px, MOST - 2, edge.inside):
                near = (depth >= cut) & ~edge.outside
                layer, rgb, depth = _peel(rgb, depth, _brink(near, depth, reach_px), reach_px)
                fronts.append(layer)
            layer, rgb, depth = _peel(rgb, depth, edge, reach_px, stands)
            fronts.append(layer)
    for cut in find_cuts(depth, reach_px, MOST - 1 - len(fronts)):
        layer, rgb, depth = _peel(rgb, depth, _brink(depth >= cut, depth, reach_px), reach_px)
        fronts.append(layer)
    return (*whole(rgb, depth, reach_px), *reversed(fronts))


def _peel(
    rgb: Picture, depth: DepthArray, edge: _Edge, reach_px: float, stands: bool = False
) -> tuple[Layer, Picture, DepthArray]:
    """Take the front off; return it, and picture and depth of what is behind it."""
    plate = fill(rgb, ~edge.outside, reach_px)
    front, alpha = _matte(rgb, plate, edge)
    if edge.wide:
        # Now it is known what is no object, such as the shadow at its foot: that stays behind.
        plate = fill(rgb, cv2.dilate((alpha > 0.03).astype(np.uint8), _disc(2)) > 0, reach_px)
    near = pull(depth, (edge.inside | edge.seam).astype(np.float32))
    far = pull(depth, edge.outside.astype(np.float32))
    if stands:
        far = _with_ground(far, near, edge.inside)
    return Layer(front, alpha, _held(near, reach_px)), plate, far


def _outline(mask: MaskArray, depth: DepthArray, reach_px: float) -> _Edge:
    """Return the border of a mask, in doubt as far as masks are.

    Where depth jumps at the very outline, two witnesses say the same, and there is no doubt.
    Elsewhere there is twice as much outside as inside: what a mask forgets of the object would
    stay behind as a ghost, what it takes too much of is sorted out again by colour.
    """
    square = np.ones((3, 3), np.uint8)
    core, any_of_it = (mask > 0.5).astype(np.uint8), (mask > 0.1).astype(np.uint8)
    border = cv2.dilate(any_of_it, square) != cv2.erode(core, square)
    agreed = border & jumps(depth, reach_px)
    doubted = (border & ~(cv2.dilate(agreed.astype(np.uint8), square) > 0)).astype(np.uint8)
    edge_px = min(max(min(mask.shape) / _EDGE, 2), 6)
    inside = (core > 0) & ~(cv2.dilate(doubted, _disc(edge_px)) > 0)
    outside = (any_of_it == 0) & ~(cv2.dilate(doubted, _disc(2 * edge_px)) > 0) & ~agreed
    inside = inside if inside.any() else core.astype(bool)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.7)
    return _Edge(inside, outside, soft, np.zeros(mask.shape, bool), bool(doubted.any()))


def _brink(near: Part, depth: DepthArray, reach_px: float) -> _Edge:
    """Return the border of what is nearer than a cut, in doubt only where depth jumps."""
    square = np.ones((3, 3), np.uint8)
    core = near.astype(np.uint8)
    border = cv2.dilate(core, square) != cv2.erode(core, square)
    # Depth maps are a little wide about what is near: its outermost pixel is its own.
    doubt = border & jumps(depth, reach_px) & ~near
    inside, outside = near, ~near & ~doubt
    seam = outside & (cv2.dilate(core, square) > 0)
    return _Edge(
        inside, outside, cv2.GaussianBlur(core.astype(np.float32), (0, 0), 0.7), seam, False
    )


def _matte(rgb: Picture, plate: Picture, edge: _Edge) -> tuple[Picture, MaskArray]:
    """Return the front's own colours and its share of each pixel.

    In the edge a pixel is ``share * front + (1 - share) * behind``. Both colours are known from
    their sure sides, so the share is where the pixel lies between them; where they are too alike
    to tell, the mask is believed. The front's colour then follows from the pixel.

    Source: Porter and Duff, "Compositing digital images", 1984; Chuang et al., "A Bayesian
    approach to digital matting", 2001, equation 10 (the projection).
    """
    # Thin parts have no sure inside; their middle speaks for them where nothing better is near.
    middle = cv2.erode((edge.soft > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8))
    known = edge.inside | edge.seam
    near = pull(rgb, np.maximum(known, np.float32(0.05) * middle).astype(np.float32))
    apart = near - plate
    clear = (apart * apart).sum(axis=2)
    share = ((rgb - plate) * apart).sum(axis=2) / np.maximum(clear, 1)
    trust = clear / (clear + _ALIKE**2)
    away_px = cv2.distanceTransform((~edge.outside).astype(np.uint8), cv2.DIST_L2, 3)
    alpha = np.clip(edge.soft + (share - edge.soft) * trust, 0, 1) * np.clip(away_px / 2, 0, 1)
    alpha = np.where(edge.inside, 1, np.where(edge.outside, 0, alpha)).astype(np.float32)
    part = alpha[..., None]
    solved = ((rgb - (1 - part) * plate) / np.maximum(part, 0.1)).clip(0, 255)
    front = near + (solved - near) * np.clip((part - 0.3) / 0.5, 0, 1)
    return np.where(known[..., None], rgb, front).astype(np.float32), alpha


def _with_ground(far: DepthArray, near: DepthArray, inside: Part) -> DepthArray:
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


def _disc(radius_px: float) -> npt.NDArray[Any]:
    size = 2 * round(radius_px) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def _held(depth: DepthArray, reach_px: float) -> DepthArray:
    """Return depth that rises nowhere too steeply for a sheet that moves by ``reach_px``."""
    if reach_px < 0.3 or float(np.ptp(depth)) * reach_px < 0.5:
        return depth
    held = depth.astype(np.float32)
    kernels.limit_slope(held, _STEEPEST / reach_px)
    return cv2.GaussianBlur(held, (0, 0), 1, borderType=cv2.BORDER_REPLICATE)


__all__ = ["MOST", "Layer", "fill", "pull", "split", "whole"]
