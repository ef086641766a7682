"""Makes the texture of a mesh: the photograph where it shows the object, plain colour elsewhere.

The picture is in two parts side by side. Left the photograph, its background replaced by the
object's own colours run outward, so that no background shines through at the rim. Right, after a
gutter, a narrow plate for the sides nobody has seen: colours of the object's edge, fading into
the one colour that most of the object has. It holds no picture from the middle of the
photograph, so a back can never look as if it had been photographed. (The median was tried for
that colour: of blue-and-white porcelain it is grey. To find background inside a loose mask by
its colour was tried too: it took bites out of painted rims and left the blue light of a gallery
on stone, which is really there.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.media.easing import smooth

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import RGB, MaskArray

    Array = npt.NDArray[Any]

_MARGIN_PX = 8
GUTTER_PX = 16
"""Of repeated edge pixels, so that small mip levels do not mix front and plate."""
_PLATE_SHARE = 0.1
"""Width of the plate beside the photograph's."""
LARGEST_PX = 2048
EDGE_PX, EDGE_SHARE = 2, 0.004
"""The outermost pixels, at least two and this share of the shorter side, are mixed with the
background by the lens or by a loose mask; their colour is not used."""
_PLATE_PX, _OUTLINE_PX = 640, 2
"""The plate is made at this size, from the outermost pixels that have the object's own colour."""
_SHARP_SHARE, _FADE_SHARE = 0.08, 0.4
"""From the rim inwards, beside the object's inner radius, the plate fades from the very colours
of the outline, so that the seam does not show, to softer and then to plain ones."""
_GROUND_SHARE = 0.75
"""How much of the plain colour is the object's ground; the rest is its outline, far blurred."""


@dataclass(frozen=True)
class Skin:
    """A texture and where photograph and plate lie in it."""

    texture: RGB
    front: tuple[float, float, float, float]
    """Left, top, width and height of the whole texture in photograph pixels, for `seen`."""
    plate: tuple[float, float]
    """Left and right of the plate as shares of the texture's width."""
    box_px: tuple[float, float, float, float]
    """Left, top, right and bottom of what the plate covers, in photograph pixels."""

    def seen(self, points: Array) -> Array:
        """Texture coordinates of points of the photograph (pixels)."""
        left, top, width, height = self.front
        uv = (points - (left, top)) / (width, height)
        return np.clip(uv, 0, 1).astype(np.float32)

    def guessed(self, points: Array) -> Array:
        """Texture coordinates of the plain colour that belongs behind points (pixels)."""
        left, top, right, bottom = self.box_px
        start, end = self.plate
        across = np.clip((points[:, 0] - left) / (right - left), 0, 1)
        down = np.clip((points[:, 1] - top) / (bottom - top), 0, 1)
        return np.stack([start + across * (end - start), down], 1).astype(np.float32)


def cut_out(rgb: RGB, mask: MaskArray) -> Skin:
    """Make the skin of an object that stands before a background."""
    solid = mask > 0.5
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    top, left = max(int(rows[0]) - _MARGIN_PX, 0), max(int(columns[0]) - _MARGIN_PX, 0)
    bottom = min(int(rows[-1]) + 1 + _MARGIN_PX, mask.shape[0])
    right = min(int(columns[-1]) + 1 + _MARGIN_PX, mask.shape[1])
    solid = solid[top:bottom, left:right]
    photo = rgb[top:bottom, left:right].astype(np.float32)
    edge_px = max(EDGE_PX, round(EDGE_SHARE * min(solid.shape)))
    sure = _eroded(solid, edge_px).astype(np.float32)
    outward = spread(photo, sure)
    weight = cv2.GaussianBlur(sure, (0, 0), 0.8)[..., None]
    weight = np.where(sure[..., None] > 0, np.clip(2 * weight - 1, 0, 1), 0)
    front = photo * weight + outward * (1 - weight)
    return _joined(front, _unseen(front, solid), (left, top))


def uncut(rgb: RGB, plain: tuple[int, int, int] | None) -> Skin:
    """Make the skin of a work that fills its photograph; ``plain`` is the colour of its back."""
    photo = rgb.astype(np.float32)
    if plain is None:
        colour = np.median(photo.reshape(-1, 3), axis=0)
    else:
        colour = np.asarray(plain, np.float32)
    return _joined(photo, np.broadcast_to(colour.astype(np.float32), (2, 2, 3)), (0, 0))


def spread(picture: Array, weight: Array) -> Array:
    """Fill where ``weight`` is 0 from where it is 1, smoothly, near colours first.

    Source: Gortler et al., The Lumigraph, SIGGRAPH 1996, section 3.4 (push-pull).
    """
    levels = [(picture * weight[..., None], weight)]
    while min(levels[-1][1].shape) > 1:
        colour, mass = (cv2.pyrDown(level) for level in levels[-1])
        excess = np.maximum(mass * 4, 1)
        levels.append((colour * 4 / excess[..., None], mass * 4 / excess))
    filled = _divided(*levels[-1])
    for colour, mass in reversed(levels[:-1]):
        above = cv2.resize(filled, mass.shape[::-1], interpolation=cv2.INTER_LINEAR)
        filled = colour + above * (1 - mass[..., None])
    result: Array = filled
    return result


def _divided(colour: Array, mass: Array) -> Array:
    total = mass.sum()
    mean = colour.reshape(-1, 3).sum(0) / max(float(total), 1e-6)
    return np.broadcast_to(mean, colour.shape).astype(np.float32)


def _eroded(solid: Array, by_px: int) -> Array:
    """Shrink, but never to nothing."""
    for size in range(by_px, 0, -1):
        kernel = np.ones((2 * size + 1, 2 * size + 1), np.uint8)
        smaller = cv2.erode(solid.astype(np.uint8), kernel, borderValue=1)
        if smaller.any():
            return smaller > 0
    return solid


def _unseen(front: Array, solid: Array) -> Array:
    """Colours for the side nobody has seen: the outline's own at the rim, plain further in."""
    scale = min(1.0, _PLATE_PX / max(solid.shape))
    size = (max(1, round(solid.shape[1] * scale)), max(1, round(solid.shape[0] * scale)))
    inside = cv2.resize(solid.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    # Where the object leaves the photograph its outline is the photograph's border.
    far = cv2.distanceTransform(np.pad(inside.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    line = ((far > 0) & (far <= _OUTLINE_PX)).astype(np.float32)
    small = cv2.resize(front, size, interpolation=cv2.INTER_AREA)
    outline = spread(small, line)
    reach = max(float(far.max()), 1.0)
    mild = cv2.GaussianBlur(outline, (0, 0), max(1.0, 0.06 * reach))
    plain = cv2.GaussianBlur(outline, (0, 0), max(1.0, 0.25 * reach))
    plain = (
        plain * (1 - _GROUND_SHARE)
        + _ground_colour(small[inside] if inside.any() else front[solid]) * _GROUND_SHARE
    )
    mixed = plain + (mild - plain) * _fading(far, _FADE_SHARE * reach)
    mixed = mixed + (outline - mixed) * _fading(far, _SHARP_SHARE * reach)
    result: Array = mixed
    return result


def _fading(far: Array, reach: float) -> Array:
    """1 at the rim, 0 from ``reach`` on, smooth at both ends."""
    share = np.clip(1 - far / reach, 0, 1)[..., None].astype(np.float32)
    fading: Array = smooth(share)
    return fading


def _ground_colour(colours: Array) -> Array:
    """The colour that most of the object has: the white of blue-and-white, not their mean."""
    bins = np.clip(colours // 32, 0, 7).astype(np.intp)
    code = bins @ np.array([64, 8, 1])
    fullest = int(np.bincount(code, minlength=512).argmax())
    centre = np.array([fullest // 64, fullest // 8 % 8, fullest % 8]) * 32 + 16
    near = (np.abs(colours - centre) <= 32).all(axis=1)
    ground: Array = colours[near].mean(axis=0).astype(np.float32)
    return ground


def _joined(front: Array, plate: Array, corner_px: tuple[int, int]) -> Skin:
    height, width = front.shape[:2]
    room = LARGEST_PX - 2 * GUTTER_PX
    scale = min(1.0, LARGEST_PX / height, room / (width * (1 + _PLATE_SHARE)))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale < 1:
        front = cv2.resize(front, size, interpolation=cv2.INTER_AREA)
    plate_px = max(8, round(size[0] * _PLATE_SHARE))
    plate = cv2.resize(plate, (plate_px, size[1]), interpolation=cv2.INTER_LINEAR)
    gutter = np.repeat(front[:, -1:], GUTTER_PX, axis=1)
    other = np.repeat(plate[:, :1], GUTTER_PX, axis=1)
    whole = np.concatenate([front, gutter, other, plate], axis=1)
    texture = np.clip(np.rint(whole), 0, 255).astype(np.uint8)
    total = texture.shape[1]
    start = size[0] + 2 * GUTTER_PX
    left, top = corner_px
    return Skin(
        texture=texture,
        front=(left, top, width * total / size[0], height),
        plate=((start + 1) / total, (total - 1) / total),
        box_px=(left, top, left + width, top + height),
    )
