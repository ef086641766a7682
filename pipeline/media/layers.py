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

from pipeline.media import shaping
from pipeline.media.behind import around, fill, spread
from pipeline.media.cuts import find_cuts, jumps
from pipeline.media.easing import smooth

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import DepthArray, MaskArray

    Picture = npt.NDArray[np.float32]
    Part = npt.NDArray[np.bool_]

MOST = 4
"""Layers of a photograph at most; two more give the stereo pair of tests/bench 0.1 dB."""
_EDGE = 250
"""A mask's outline is right to about this part of the photograph's shorter side."""
_GROUND = 0.4
"""Of an object's height: how far up behind it the ground is taken to reach."""
_ALIKE = 25
"""Levels between two colours below which noise and texture tell them apart no better than the
mask does."""
_MIXED = 0.12
"""More of the other side than this in a pixel, and it is mixed."""
_MARGIN_PX = 12
"""Kept around a layer: its edge is worked out in there, and interpolation reaches in."""
_FINE_PX = 540
"""Of a layer's shorter side: depth is kept no finer than twice this; in a layer it is smooth."""
_STEEPEST = 0.7
"""Of the move, a pixel: how much a layer's depth may rise. At 1 it would fold over itself."""


@dataclass(frozen=True)
class Layer:
    """One sheet of the photograph: its colours, where it is, how near each pixel is."""

    rgb: Picture
    alpha: MaskArray | None
    """``None``: it is everywhere."""
    depth: DepthArray
    """As large as ``rgb`` or smaller, of the same proportions."""
    corner: tuple[int, int] = (0, 0)
    """Where its upper left corner is in the photograph: x and y in pixels, both even."""


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

    def within(self, box: tuple[slice, slice]) -> _Edge:
        """The same of a part of the picture."""
        return _Edge(self.inside[box], self.outside[box], self.soft[box], self.seam[box], self.wide)


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
        edge = _outline(rgb, mask, depth, reach_px)
        if edge.inside.any() and edge.outside.any():
            for cut in find_cuts(depth, reach_px, MOST - 2, _shrunk(edge.inside, 2)):
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
    box = _even_box(around(~edge.outside, _MARGIN_PX))
    part = edge.within(box)
    front, alpha = _matte(rgb[box], plate[box], part)
    if edge.wide:
        # Now it is known what is no object, such as the shadow at its foot: that stays behind.
        covered = np.zeros(depth.shape, bool)
        covered[box] = cv2.dilate((alpha > 0.03).astype(np.uint8), _disc(2)) > 0
        plate = fill(rgb, covered, reach_px)
    near = spread(depth[box], part.inside | part.seam)
    far = spread(depth, edge.outside)
    if stands:
        far = _with_ground(far, near, part.inside, box[0].start)
    corner = (box[1].start, box[0].start)
    return Layer(front, alpha, _held(near, reach_px), corner), plate, far


def _even_box(box: tuple[slice, slice]) -> tuple[slice, slice]:
    """Chroma has a pixel for two: a layer begins and ends between such pairs."""
    rows, columns = (slice(side.start // 2 * 2, (side.stop + 1) // 2 * 2) for side in box)
    return rows, columns


def _outline(rgb: Picture, mask: MaskArray, depth: DepthArray, reach_px: float) -> _Edge:
    """Return the border of a mask, in doubt as far as masks are.

    Where depth jumps at the very outline, two witnesses say the same, and there is no doubt but
    the softness of the picture. Elsewhere there is twice as much outside as inside: what a mask
    forgets of the object would stay behind as a ghost, what it takes too much of is sorted out
    again by colour.
    """
    core, any_of_it = mask > 0.5, mask > 0.1
    border = _grown(any_of_it, 1) & ~_shrunk(core, 1)
    agreed = border & jumps(depth, reach_px)
    doubted = border & ~_grown(agreed, 1)
    edge_px = min(max(min(mask.shape) / _EDGE, 2), 6)
    inner_px, outer_px = _softness(rgb, core, agreed, round(edge_px))
    inside = core & ~_grown(doubted, edge_px)
    if inner_px > 1:
        inside &= ~_grown(agreed, inner_px - 1)
    outside = ~any_of_it & ~_grown(doubted, 2 * edge_px) & ~_grown(agreed, 2 * outer_px - 2)
    inside = inside if inside.any() else core
    seam = np.zeros(mask.shape, bool)
    return _Edge(inside, outside, _softened(mask), seam, bool(doubted.any()))


def _brink(near: Part, depth: DepthArray, reach_px: float) -> _Edge:
    """Return the border of what is nearer than a cut, in doubt only where depth jumps."""
    border = _grown(near, 1) & ~_shrunk(near, 1)
    jump = border & jumps(depth, reach_px)
    # Depth maps are wide about what is near: all of it is its own.
    inside, outside = near, ~near & ~jump
    seam = outside & _grown(near, 1)
    return _Edge(inside, outside, _softened(near), seam, False)


def _softness(rgb: Picture, near: Part, border: Part, most_px: int) -> tuple[int, int]:
    """Return over how many pixels the picture's edge is mixed, inside and outside ``border``.

    Asked of all of it together: what a single pixel cannot tell for noise and texture, their sum
    can. The share of the front in pixels at one distance is the slope of the line through them.
    """
    if not border.any():
        return 1, 1
    box = around(border, 4 * most_px)
    rgb, near, border = rgb[box], near[box], border[box]
    band = _grown(border, 2 * most_px)
    front = spread(rgb, near & ~_grown(border, most_px))
    behind = spread(rgb, ~near & ~_grown(border, most_px))
    # Thin parts have no sure inside to compare with.
    band &= _grown(near & ~_grown(border, most_px), 3 * most_px)
    if not band.any():
        return 1, 1
    apart = (front - behind)[band]
    share, clear = ((rgb - behind)[band] * apart).sum(axis=1), (apart * apart).sum(axis=1)
    far_px = cv2.distanceTransform((~near).astype(np.uint8), cv2.DIST_L2, 3)[band]
    near_px = cv2.distanceTransform(near.astype(np.uint8), cv2.DIST_L2, 3)[band]
    widths = []
    for away_px, mixed in ((near_px, 1), (far_px, 0)):
        width = 0
        for at in range(1, most_px + 1):
            ring = (away_px > at - 0.5) & (away_px <= at + 0.5)
            part = share[ring].sum() / max(clear[ring].sum(), 1.0)
            if abs(part - mixed) > _MIXED:
                width = at
        widths.append(width)
    return max(1, widths[0]), max(1, widths[1])


def _grown(part: Part, radius_px: float) -> Part:
    if round(radius_px) < 1:
        return part
    return np.asarray(cv2.dilate(part.astype(np.uint8), _disc(radius_px)) > 0)


def _shrunk(part: Part, radius_px: float) -> Part:
    return np.asarray(cv2.erode(part.astype(np.uint8), _disc(radius_px), borderValue=1) > 0)


def _softened(mask: Any) -> MaskArray:
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7), np.float32)


def _matte(rgb: Picture, plate: Picture, edge: _Edge) -> tuple[Picture, MaskArray]:
    """Return the front's own colours and its share of each pixel.

    In the edge a pixel is ``share * front + (1 - share) * behind``. Both colours are known from
    their sure sides, so the share is where the pixel lies between them; where they are too alike
    to tell, the mask is believed. The front's colour then follows from the pixel.

    Source: Porter and Duff, "Compositing digital images", 1984; Chuang et al., "A Bayesian
    approach to digital matting", 2001, equation 10 (the projection).
    """
    # Thin parts have no sure inside; their middle speaks for them where nothing better is near.
    middle = cv2.erode((edge.soft > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    known = edge.inside | edge.seam
    near = spread(rgb, known | (middle & ~_beside(known)))
    alpha = edge.inside.astype(np.float32)
    at = np.nonzero(~edge.inside & ~edge.outside)
    colour, behind, own = rgb[at], plate[at], near[at]
    apart = own - behind
    clear = (apart * apart).sum(axis=1)
    share = ((colour - behind) * apart).sum(axis=1) / np.maximum(clear, 1)
    trust = clear / (clear + _ALIKE**2)
    away_px = cv2.distanceTransform((~edge.outside).astype(np.uint8), cv2.DIST_L2, 3)[at]
    part = np.clip(edge.soft[at] + (share - edge.soft[at]) * trust, 0, 1)
    part = part * np.clip(away_px / 2, 0, 1)
    alpha[at] = part
    solved = ((colour - (1 - part)[:, None] * behind) / np.maximum(part, 0.1)[:, None]).clip(0, 255)
    near[at] = own + (solved - own) * np.clip((part - 0.3) / 0.5, 0, 1)[:, None]
    near[known] = rgb[known]
    return near, alpha


def _beside(known: Part) -> Part:
    """What has something known within two pixels."""
    return np.asarray(cv2.dilate(known.astype(np.uint8), _disc(2)) > 0)


def _with_ground(far: DepthArray, near: DepthArray, inside: Part, top: int) -> DepthArray:
    """Bring the ground below an object to the depth of its foot, so that shadow and foot go along.

    Depth that comes from an outline knows no ground. It is taken to rise from what is behind the
    object to its foot, over the lowest `_GROUND` of its height. ``near`` and ``inside`` begin
    ``top`` rows below ``far``.
    """
    rows = np.flatnonzero(inside.any(axis=1))
    foot, height = rows[-1], max(1, rows[-1] - rows[0])
    lowest = slice(max(rows[0], foot - height // 30), foot + 1)
    base = float(np.median(near[lowest][inside[lowest]]))
    part = np.clip((np.arange(len(far)) - top - foot) / (height * _GROUND) + 1, 0, 1)
    rise = smooth(part).astype(np.float32)[:, None]
    raised = far + (np.maximum(far, np.float32(base)) - far) * rise
    return np.asarray(raised, np.float32)


def _disc(radius_px: float) -> npt.NDArray[Any]:
    size = 2 * round(radius_px) + 1
    if size <= 3:
        return np.ones((size, size), np.uint8)
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def _held(depth: DepthArray, reach_px: float) -> DepthArray:
    """Return depth that rises nowhere too steeply for a sheet that moves by ``reach_px``."""
    coarse = max(1, min(depth.shape) // _FINE_PX)
    size = [max(1, round(side / coarse)) for side in depth.shape[::-1]]
    held = cv2.resize(depth, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    if not float(np.ptp(held)) * reach_px >= 0.5:  # nothing moves, or nothing is known
        return held
    shaping.limit_slope(held, _STEEPEST / reach_px * coarse)
    blurred = cv2.GaussianBlur(held, (0, 0), 1, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, np.float32)
