"""The texture of a turned vessel: the photograph unrolled over the front, the same again behind.

Across the front a column of the texture is the sine of the angle from the middle, as in the
photograph: no pixel of it is lost, and the back, which has the same sines, takes the mirror
image without a seam. Where the wall turns away the photograph has few pixels and its outline is
mixed with the ground; there colours fade into those of the neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.media.easing import smooth
from pipeline.media.skin import EDGE_PX, EDGE_SHARE, GUTTER_PX, LARGEST_PX, spread

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.engines._pot import Strip
    from pipeline.engines._sightline import Turned
    from pipeline.engines._spindle import Spindle
    from pipeline.protocols import RGB, MaskArray

    Array = npt.NDArray[Any]

_PLATE_PX = 48
_NONE_COS, _ALL_COS = float(np.cos(np.radians(86))), float(np.cos(np.radians(70)))
"""Steeper than the first the photograph counts for nothing, flatter than the second for all."""
_REACH_SHARES = (0.1, 0.04, 0.015)
"""How far colours are carried on round the wall, beside the texture's width."""
_LEAST_MASS = 0.1
_FEW_PX = 192
"""Width at which colours are carried on; they are blurred further than its pixels."""
_INSIDE = 0.62
"""An inside is darker at its floor than at its lip; nobody has measured how much here."""


@dataclass(frozen=True)
class Glaze:
    """A texture and where its parts lie, in shares of its sides."""

    texture: RGB
    front: tuple[float, float, float, float]
    """Left, top, right and bottom of the unrolled outer wall; lip above."""
    plate: tuple[float, float]
    """Column of the plain colours, and how far down they reach."""
    pieces: list[tuple[float, float, float, float]]
    """Left, top, right and bottom of each handle's picture."""


@dataclass(frozen=True)
class View:
    """The photograph as large as the texture needs it, and the way there."""

    rgb: Array
    sure: Array
    """1 where a pixel shows the object and nothing else, (H, W) float32."""
    from_working: Array
    """(2, 3): from working pixels."""
    per_px: float
    """Pixels of this picture in one working pixel."""

    def at(self, x: Array, row: Array) -> tuple[Array, Array]:
        """Return the column and row, as OpenCV counts, of points of the working picture."""
        a = self.from_working
        across = a[0, 0] * x + a[0, 1] * row + a[0, 2] - 0.5
        down = a[1, 0] * x + a[1, 1] * row + a[1, 2] - 0.5
        return across.astype(np.float32), down.astype(np.float32)


def view_of(rgb: RGB, mask: MaskArray, spindle: Spindle) -> View:
    """Cut the object out of its photograph and shrink it to what the texture can hold."""
    inside = mask >= 0.5
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    top, left = max(int(rows[0]) - 8, 0), max(int(columns[0]) - 8, 0)
    box = np.s_[top : int(rows[-1]) + 9, left : int(columns[-1]) + 9]
    picture: Array = rgb[box]
    solid: Array = inside[box].astype(np.uint8)
    scale = min(1.0, LARGEST_PX / max(solid.shape))
    size = (max(1, round(solid.shape[1] * scale)), max(1, round(solid.shape[0] * scale)))
    exact = np.array([size[0] / solid.shape[1], size[1] / solid.shape[0]])
    if scale < 1:
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        solid = (cv2.resize(solid * 255, size, interpolation=cv2.INTER_AREA) > 250).astype(np.uint8)
    edge = max(EDGE_PX, round(EDGE_SHARE * min(solid.shape)))
    sure = cv2.erode(solid, np.ones((2 * edge + 1, 2 * edge + 1), np.uint8), borderValue=0)
    way = spindle.to_photo.copy()
    way[:, 2] -= (left, top)
    way *= exact[:, None]
    return View(picture, sure.astype(np.float32), way, spindle.per_px * scale)


def facing(points: Array, normals: Array) -> Array:
    """Return the cosine between each normal and the way to the camera."""
    way = np.array([0.0, 0.0, 1.0]) - points
    length = np.linalg.norm(way, axis=-1)
    cosine: Array = (way * normals).sum(axis=-1) / np.maximum(length, 1e-9)
    return cosine


def counted(cosine: Array) -> Array:
    """Return how much the photograph counts where the wall is seen so steeply, 0 to 1."""
    share: Array = smooth(np.clip((cosine - _NONE_COS) / (_ALL_COS - _NONE_COS), 0, 1))
    return share


def unrolled(
    view: View, thing: Turned, wall: Strip, working: tuple[int, int]
) -> tuple[Array, Array]:
    """Return the outer wall's colours, lip above, and how much of each is the photograph's.

    ``working`` is the texture's width and height in working pixels.
    """
    width, height = (max(16, round(side * view.per_px)) for side in working)
    # Geometry is smooth: it is worked out on a coarse grid and enlarged.
    steps, levels = min(width, 256), min(height, 512)
    sine = (np.arange(steps) + 0.5) / steps * 2 - 1
    cosine = np.sqrt(np.maximum(1 - sine**2, 0))
    path = np.r_[0, np.cumsum(np.hypot(np.diff(wall.radius), np.diff(wall.height)))]
    at = (1 - (np.arange(levels) + 0.5) / levels) * path[-1]
    radius, level = np.interp(at, path, wall.radius), np.interp(at, path, wall.height)
    out, up = np.gradient(level, at), -np.gradient(radius, at)
    flat = np.ones(steps)
    points = np.stack([np.outer(radius, sine), np.outer(level, flat), np.outer(radius, cosine)], -1)
    normals = np.stack([np.outer(out, sine), np.outer(up, flat), np.outer(out, cosine)], -1)
    x, row = thing.camera.project(points)
    share = counted(facing(points, normals)) * _unhidden(row, level)
    size = (width, height)
    across, down = view.at(x + thing.camera.axis, row)
    across, down = (cv2.resize(a, size, interpolation=cv2.INTER_LINEAR) for a in (across, down))
    colours = cv2.remap(view.rgb, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sure = cv2.remap(view.sure, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    weight = cv2.resize(share.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) * sure
    return _carried_on(colours.astype(np.float32), weight.astype(np.float32)), share


def _carried_on(colours: Array, weight: Array) -> Array:
    """Fill where ``weight`` is low from beside: what was turned is painted in rings.

    Filled from all around, as `spread` does, bands end in a blur.
    """
    height, width = weight.shape
    few = (min(width, _FEW_PX), height)
    thin = cv2.resize(weight, few, interpolation=cv2.INTER_AREA)
    tint = cv2.resize(colours * weight[..., None], few, interpolation=cv2.INTER_AREA)
    filled = spread(tint / np.maximum(thin, 1e-6)[..., None], thin)
    for share in _REACH_SHARES:
        sigma = max(0.6, share * few[0])
        blur = {"ksize": (2 * round(3 * sigma) + 1, 1), "sigmaX": sigma, "sigmaY": 0.1}
        mass = cv2.GaussianBlur(thin, borderType=cv2.BORDER_REFLECT, **blur)
        near = cv2.GaussianBlur(tint, borderType=cv2.BORDER_REFLECT, **blur)
        sure = np.clip(mass / _LEAST_MASS, 0, 1)[..., None]
        filled += (near / np.maximum(mass, 1e-6)[..., None] - filled) * sure
    filled = np.asarray(cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR))
    filled += (colours - filled) * weight[..., None]
    return np.asarray(filled, np.float32)


def _unhidden(row: Array, level: Array) -> Array:
    """Return 0 where another part of the wall stands before this one, 1 elsewhere.

    Below the camera upper parts hide lower ones, above it lower parts hide upper ones.
    """
    slack = 1.5
    over = np.maximum.accumulate(row, axis=0)
    under = np.minimum.accumulate(row[::-1], axis=0)[::-1]
    seen = np.where((level < 0)[:, None], row >= over - slack, row <= under + slack)
    return cv2.blur(seen.astype(np.float32), (1, 5)) > 0.99


def joined(front: Array, pieces: list[Array], ground: Array) -> Glaze:
    """Put the unrolled wall, plain colours and the handles' pictures into one texture."""
    height = front.shape[0]
    lip = np.median(front[: max(1, height // 40)].reshape(-1, 3), axis=0)
    fade = np.linspace(0, 1, height)[:, None]
    plain = lip * (1 - fade) + ground * _INSIDE * fade
    plate = np.repeat(plain[:, None], _PLATE_PX, axis=1).astype(np.float32)
    gutters = [np.repeat(front[:, -1:], GUTTER_PX, 1), np.repeat(plate[:, :1], GUTTER_PX, 1)]
    parts = [front, *gutters, plate]
    column = sum(part.shape[1] for part in parts)
    middle = column - _PLATE_PX / 2
    places = []
    if pieces:
        wide = max(piece.shape[1] for piece in pieces)
        tall = sum(piece.shape[0] for piece in pieces)
        room = np.broadcast_to(plain[:, None], (height, wide + GUTTER_PX, 3)).copy()
        if tall > height:
            extra = np.repeat(room[-1:], tall - height, axis=0)
            room = np.concatenate([room, extra])
            parts = [np.concatenate([p, np.repeat(p[-1:], tall - height, 0)]) for p in parts]
        top = 0
        for piece in pieces:
            down, across = piece.shape[:2]
            room[top : top + down, GUTTER_PX : GUTTER_PX + across] = piece
            left = column + GUTTER_PX
            places.append((left, top, left + across, top + down))
            top += down
        parts.append(room)
    whole = np.concatenate(parts, axis=1)
    down, across = whole.shape[:2]
    inset = 0.5
    box = (inset / across, inset / down, (front.shape[1] - inset) / across, (height - inset) / down)
    scale = min(1.0, LARGEST_PX / max(across, down))
    if scale < 1:
        whole = cv2.resize(
            whole, (round(across * scale), round(down * scale)), interpolation=cv2.INTER_AREA
        )
    texture = np.clip(np.rint(whole), 0, 255).astype(np.uint8)
    shares = [(a / across, b / down, c / across, d / down) for a, b, c, d in places]
    return Glaze(texture, box, (middle / across, (height - 1) / down), shares)


def ground_colour(colours: Array) -> Array:
    """Return the colour that most of the wall has: the white of blue-and-white, not their mean."""
    few = colours[::4, ::4].reshape(-1, 3)
    code = (few // 32).clip(0, 7).astype(np.intp) @ np.array([64, 8, 1])
    fullest = int(np.bincount(code, minlength=512).argmax())
    chosen: Array = few[code == fullest].mean(axis=0)
    return chosen
