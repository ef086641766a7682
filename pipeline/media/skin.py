"""Makes the texture of a mesh: the photograph where it shows the object, plain colour elsewhere.

The picture is in two parts side by side. Left the photograph, its background replaced by the
object's own colours run outward, so that no background shines through at the rim. Right, after a
gutter, a narrow plate for the sides nobody has seen: colours of the object's edge, spread
smoothly and mixed with its median. It holds nothing from the middle of the photograph, so a
back can never look as if it had been photographed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import RGB, MaskArray

    Array = npt.NDArray[Any]

_MARGIN_PX = 8
_GUTTER_PX = 16
"""Of repeated edge pixels, so that small mip levels do not mix front and plate."""
_PLATE_SHARE = 0.1
"""Width of the plate beside the photograph's."""
_LARGEST_PX = 2048
_EDGE_PX = 2
"""The outermost pixels are mixed with the background by the lens; their colour is not used."""
_BAND_SHARE = 0.06
"""The plate takes its colours from a band along the edge this wide beside the object."""
_MEDIAN_SHARE = 0.35


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
    sure = _eroded(solid, _EDGE_PX).astype(np.float32)
    outward = spread(photo, sure)
    weight = cv2.GaussianBlur(sure, (0, 0), 0.8)[..., None]
    weight = np.where(sure[..., None] > 0, np.clip(2 * weight - 1, 0, 1), 0)
    front = photo * weight + outward * (1 - weight)
    return _joined(front, _edge_colours(photo, sure), (left, top))


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


def _edge_colours(photo: Array, sure: Array) -> Array:
    """Colours of the edge spread over the object, a few dozen pixels large."""
    scale = min(1.0, 96 / max(sure.shape))
    size = (max(2, round(sure.shape[1] * scale)), max(2, round(sure.shape[0] * scale)))
    mass = cv2.resize(sure, size, interpolation=cv2.INTER_AREA)
    colour = cv2.resize(photo * sure[..., None], size, interpolation=cv2.INTER_AREA)
    colour = colour / np.maximum(mass, 1e-4)[..., None]
    band = max(1, round(_BAND_SHARE * min(size)))
    core = cv2.erode(
        (mass > 0.5).astype(np.uint8),
        np.ones((2 * band + 1, 2 * band + 1), np.uint8),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    plate = spread(colour, np.where(core > 0, 0, np.minimum(mass, 1)).astype(np.float32))
    plate = cv2.GaussianBlur(plate, (0, 0), max(size) / 24, borderType=cv2.BORDER_REPLICATE)
    median = np.median(photo[sure > 0], axis=0).astype(np.float32)
    mixed: Array = plate * (1 - _MEDIAN_SHARE) + median * _MEDIAN_SHARE
    return mixed


def _joined(front: Array, plate: Array, corner_px: tuple[int, int]) -> Skin:
    height, width = front.shape[:2]
    room = _LARGEST_PX - 2 * _GUTTER_PX
    scale = min(1.0, _LARGEST_PX / height, room / (width * (1 + _PLATE_SHARE)))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale < 1:
        front = cv2.resize(front, size, interpolation=cv2.INTER_AREA)
    plate_px = max(8, round(size[0] * _PLATE_SHARE))
    plate = cv2.resize(plate, (plate_px, size[1]), interpolation=cv2.INTER_LINEAR)
    gutter = np.repeat(front[:, -1:], _GUTTER_PX, axis=1)
    other = np.repeat(plate[:, :1], _GUTTER_PX, axis=1)
    whole = np.concatenate([front, gutter, other, plate], axis=1)
    texture = np.clip(np.rint(whole), 0, 255).astype(np.uint8)
    total = texture.shape[1]
    start = size[0] + 2 * _GUTTER_PX
    left, top = corner_px
    return Skin(
        texture=texture,
        front=(left, top, width * total / size[0], height),
        plate=((start + 1) / total, (total - 1) / total),
        box_px=(left, top, left + width, top + height),
    )
