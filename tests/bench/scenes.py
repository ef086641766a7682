"""Scenes whose every surface is known, seen and hidden: truth to measure clips against.

Each scene gives a first picture with its exact depth and mask, and for any pose of
`pipeline.media.camera` the frame that a camera would truly see (`Scene.render`), antialiased in
linear light, with what was hidden at first marked. Textures come from scikit-image's pictures
and from noise of a fixed seed, so the same scene has the same pixels everywhere.

Knows nothing of layers, warps or engines; `tracing` does the geometry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import tracing
from remembered import remembered
from scene_textures import PER_PX, blob, grained, strands, tiled
from skimage import data
from tracing import CARD, ELLIPSOID, SIDE, TORUS, VASE

from pipeline.media.camera import Pose

_MARGIN = 1.24
"""Textures reach this much further than the picture, for what comes into sight."""
_FINER = 3
"""Rays across and down each pixel."""
_SEEN = 0.5
FIRST = Pose(zoom=1.0)
"""The pose of the first picture."""


@dataclass(frozen=True)
class View:
    """What one pose truly sees."""

    rgb: np.ndarray
    hidden: np.ndarray
    """Where a surface shows that the first picture does not show."""
    behind: np.ndarray
    """The part of it that lay behind something; the rest is the far side of a solid that turns
    into sight, of which a photograph tells nothing."""
    points: np.ndarray
    """(H, W, 3): x, y and depth of what is seen in the middle of each pixel."""


@dataclass
class Scene:
    """Surfaces and their textures. See `card` and its neighbours for how one is built."""

    name: str
    size: tuple[int, int]
    pivot: float
    """The depth a camera should hold still: the object's."""
    surfaces: list[list[float]] = field(default_factory=list)
    textures: list[np.ndarray] = field(default_factory=list)

    def render(self, pose: Pose) -> View:
        """Return what is truly seen from ``pose``."""
        made = self._rendered(pose)
        return View(made["rgb"], made["hidden"], made["behind"], made["points"])

    @cached_property
    def first(self) -> View:
        """What the first picture shows."""
        return self.render(FIRST)

    @cached_property
    def depth(self) -> np.ndarray:
        """Depth of the first picture: exact and sharp."""
        return np.ascontiguousarray(self.first.points[..., 2])

    @cached_property
    def mask(self) -> np.ndarray:
        """Share of each pixel that is the object."""
        return self._rendered(FIRST)["inside"]

    def _rendered(self, pose: Pose) -> dict[str, np.ndarray]:
        def make():
            rgb, middle, shares = self._trace(pose)
            hidden = shares[..., 1] >= _SEEN
            kinds = np.array(self.surfaces)[:, 0]
            return {
                "rgb": rgb,
                "points": np.ascontiguousarray(middle[..., :3]),
                "hidden": hidden,
                "behind": hidden & (kinds[middle[..., 3].astype(int)] == CARD),
                "inside": np.ascontiguousarray(shares[..., 0]),
            }

        return remembered(f"{self.name} {self.size} {_numbers(pose, self.pivot)}", make)

    def _trace(self, pose: Pose):
        surfaces = np.array(self.surfaces, np.float64)
        numbers = np.array(_numbers(pose, self.pivot), np.float64)
        still = numbers * 0
        still[0] = 1
        light, middle, shares = tracing.trace(
            surfaces,
            _boxes(surfaces, numbers),
            _boxes(surfaces, still),
            self._stack,
            self.size,
            numbers,
            PER_PX,
            _FINER,
            _LINEAR,
        )
        return _encoded(light), middle, shares

    @cached_property
    def _stack(self) -> np.ndarray:
        return np.stack(self.textures)

    def texture(self, rgb: np.ndarray, alpha: np.ndarray | None = None) -> int:
        """Keep a texture as large as `canvas` and return its number."""
        opaque = np.full(rgb.shape[:2], 255, np.uint8) if alpha is None else alpha
        self.textures.append(np.dstack([rgb, opaque]))
        return len(self.textures) - 1

    @property
    def canvas(self) -> tuple[int, int]:
        """Width and height of the textures."""
        return tuple(2 * round(side * _MARGIN * PER_PX / 2) for side in self.size)

    def card(self, texture: int, depth, box=None, *, is_object=0.0, cut=0.0, lit=1.0) -> None:
        """Add a plane; ``depth`` is one number or (depth, rise a px to the right, a px down)."""
        a, gx, gy = (depth, 0.0, 0.0) if isinstance(depth, float) else depth
        half = [side * _MARGIN / 2 for side in self.size]
        x0, y0, x1, y1 = box or (-half[0], -half[1], half[0], half[1])
        ends = [a + gx * x + gy * y for x in (x0, x1) for y in (y0, y1)]
        bounds = [x0, y0, x1, y1, min(ends) - 1e-6, max(ends) + 1e-6]
        self.surfaces.append([CARD, *bounds, a, gx, gy, cut, 0, 0, is_object, texture, lit])

    def ellipsoid(self, texture: int, middle, half, lit=1.0) -> None:
        """Add an ellipsoid: middle and half axes in (px, px, depth)."""
        (x, y, d), (a, b, e) = middle, half
        bounds = [x - a, y - b, x + a, y + b, d - e, d + e]
        self.surfaces.append([ELLIPSOID, *bounds, x, y, d, a, b, e, 1, texture, lit])

    def torus(self, texture: int, middle, ring, *, deep_px, squeeze=1.0, lit=1.0) -> None:
        """Add a ring that faces the camera: radii of ring and tube in px."""
        (x, y, d), (big, small) = middle, ring
        reach = big + small
        bounds = [x - reach, y - reach / squeeze, x + reach, y + reach / squeeze]
        ends = [d - small / deep_px, d + small / deep_px]
        self.surfaces.append(
            [TORUS, *bounds, *ends, x, y, d, deep_px, big, small, squeeze, texture, lit]
        )

    def vase(self, texture: int, middle, ends, *, radius, deep_px, lit=1.0) -> None:
        """Add a body turned about an upright axis, from ``ends[0]`` to ``ends[1]``."""
        (x, d), (top, foot) = middle, ends
        reach = radius * 1.02
        bounds = [x - reach, top, x + reach, foot, d - reach / deep_px, d + reach / deep_px]
        self.surfaces.append([VASE, *bounds, x, 0, d, deep_px, top, foot, radius, texture, lit])

    def box(self, texture: int, front, box, back: float, slope: float) -> None:
        """Add a box on slanting ground: front and top face and both sides."""
        x0, y0, x1, y1 = box
        rise = (front - back) * slope
        self.card(texture, front, box, is_object=1.0)
        top = (front - y0 / slope, 0.0, 1 / slope)
        self.card(texture, top, (x0, y0 - rise, x1, y0), is_object=1.0, lit=1.25)
        for x, lit in ((x0, 0.8), (x1, 0.6)):
            bounds = [x - 1e-6, y0 - rise, x + 1e-6, y1, back, front]
            self.surfaces.append([SIDE, *bounds, x, slope, y0, y1, 0, 0, 1, texture, lit])


def _numbers(pose: Pose, pivot: float) -> list[float]:
    return [pose.zoom, *pose.centre, *pose.shift, pose.dolly, pivot]


_LEVELS = np.arange(256) / 255
_LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
"""sRGB levels as light. Source: IEC 61966-2-1."""


def _encoded(light: np.ndarray) -> np.ndarray:
    light = np.clip(light, 0, 1)
    levels = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(levels * 255).astype(np.uint8)


def seen_at(points: np.ndarray, pose: Pose, pivot: float) -> np.ndarray:
    """Where in the frame points (…, 3) are seen from ``pose``, in px from the middle."""
    rise = points[..., 2:] - pivot
    grown = pose.zoom * (1 + pose.dolly * rise)
    return (points[..., :2] - np.array(pose.centre)) * grown + np.array(pose.shift) * rise


def _boxes(surfaces: np.ndarray, pose: np.ndarray) -> np.ndarray:
    """The part of the frame each surface can be seen in: its corners bound it."""
    grid = np.array([(i, j, k) for i in (1, 3) for j in (2, 4) for k in (5, 6)])
    corners = np.stack([surfaces[:, grid[:, axis]] for axis in range(3)], axis=-1)
    camera = Pose(pose[0], (pose[1], pose[2]), (pose[3], pose[4]), pose[5])
    seen = seen_at(corners, camera, pose[6])
    return np.concatenate([seen.min(axis=1) - 1, seen.max(axis=1) + 1], axis=1)


def _shape(scene: Scene, draw: Callable[[np.ndarray, Callable], None]) -> np.ndarray:
    """Draw a cut-out's coverage with coordinates in px of the frame from its middle."""
    width, height = scene.canvas
    alpha = np.zeros((height, width), np.uint8)

    def at(x, y):
        return round(x * PER_PX + width / 2), round(y * PER_PX + height / 2)

    draw(alpha, at)
    return alpha


# --- Scenes -----------------------------------------------------------------------------------


def layered(size: tuple[int, int]) -> Scene:
    """Cut-outs at three depths, one before the other, before a brick wall."""
    scene = Scene("layered", size, pivot=0.6)
    unit = size[1] / 360
    wall = grained(tiled(data.brick(), scene.canvas, 0.9 * unit, (1.0, 0.86, 0.72)), 1)
    scene.card(scene.texture(wall), 0.1)
    pictures = ((data.coffee(), 0.45), (data.chelsea(), 0.8), (data.gravel(), 0.9))
    places = (((-95, -30), 82, 0.45), ((60, 30), 90, 0.65), ((-20, 95), 58, 0.95))
    for n, ((picture, px), (middle, radius, depth)) in enumerate(
        zip(pictures, places, strict=True)
    ):
        middle = (middle[0] * unit, middle[1] * unit)
        alpha = _shape(scene, blob(middle, radius * unit, 10 + n))
        rgb = grained(tiled(picture, scene.canvas, px * unit), 20 + n)
        scene.card(scene.texture(rgb, alpha), depth, is_object=1.0, cut=1.0)
    return scene


def bust(size: tuple[int, int]) -> Scene:
    """A head on shoulders, round all over, before a wall with a picture pattern."""
    scene = Scene("bust", size, pivot=0.6)
    unit = size[1] / 360
    wall = grained(tiled(data.coffee(), scene.canvas, 0.7 * unit, (0.8, 0.85, 1.0)), 2)
    scene.card(scene.texture(wall), 0.1)
    stone = scene.texture(
        grained(tiled(data.gravel(), scene.canvas, 0.8 * unit, (1.5, 1.42, 1.3)), 3)
    )
    parts = (
        ((0, -40, 0.6), (72, 92, 0.3)),
        ((0, -30, 0.88), (14, 30, 0.08)),
        ((0, 62, 0.55), (36, 60, 0.16)),
        ((0, 150, 0.5), (150, 74, 0.26)),
        ((-71, -36, 0.55), (12, 24, 0.07)),
        ((71, -36, 0.55), (12, 24, 0.07)),
    )
    for (x, y, d), (a, b, e) in parts:
        scene.ellipsoid(stone, (x * unit, y * unit, d), (a * unit, b * unit, e))
    return scene


def painting(size: tuple[int, int]) -> Scene:
    """A picture in its frame on a plain wall: three parallel planes, little depth."""
    scene = Scene("painting", size, pivot=0.3)
    unit = size[1] / 360
    plaster = np.full((scene.canvas[1], scene.canvas[0], 3), (196, 190, 178), np.uint8)
    scene.card(scene.texture(grained(plaster, 4, 5.0)), 0.2)
    wood = scene.texture(
        grained(tiled(data.brick(), scene.canvas, 0.5 * unit, (0.75, 0.5, 0.28)), 5)
    )
    scene.card(wood, 0.34, tuple(v * unit for v in (-178, -138, 178, 138)), is_object=1.0)
    work = scene.texture(grained(tiled(data.astronaut(), scene.canvas, 0.68 * unit), 6, 3.0))
    scene.card(work, 0.36, tuple(v * unit for v in (-158, -118, 158, 118)), is_object=1.0)
    return scene


def thin(size: tuple[int, int]) -> Scene:
    """A vase with handles and hair-like strokes of 1 to 4 px before a patterned wall."""
    scene = Scene("thin", size, pivot=0.6)
    unit = size[1] / 360
    wall = grained(tiled(data.chelsea(), scene.canvas, 0.9 * unit, (0.75, 0.9, 1.0)), 7)
    scene.card(scene.texture(wall), 0.1)
    glaze = scene.texture(
        grained(tiled(data.brick(), scene.canvas, 0.6 * unit, (0.45, 0.75, 1.25)), 8)
    )
    deep_px = 420 * unit
    scene.vase(
        glaze, (-70 * unit, 0.6), (-100 * unit, 130 * unit), radius=64 * unit, deep_px=deep_px
    )
    for side in (-1, 1):
        scene.torus(
            glaze,
            ((-70 + side * 66) * unit, -30 * unit, 0.6),
            (32 * unit, 6 * unit),
            deep_px=deep_px,
            squeeze=0.72,
        )
    dark = np.full((scene.canvas[1], scene.canvas[0], 3), (70, 42, 26), np.uint8)
    for n, (depth, widths) in enumerate(((0.5, (1, 1.5)), (0.7, (2, 3)), (0.85, (1, 4)))):
        draw = strands(
            ((70 + 35 * n) * unit, -150 * unit), (40 * unit, 270 * unit), 9, widths, 40 + n
        )
        tone = np.clip(dark.astype(int) + 45 * n, 0, 255).astype(np.uint8)
        scene.card(
            scene.texture(grained(tone, 30 + n), _shape(scene, draw)), depth, is_object=1.0, cut=1.0
        )
    return scene


def ground(size: tuple[int, int]) -> Scene:
    """Boxes standing on a floor that rises towards the viewer, a wall behind."""
    scene = Scene("ground", size, pivot=0.5)
    unit = size[1] / 360
    slope = 330 * unit  # px down the picture for the whole of depth
    horizon = -60 * unit
    wall = grained(tiled(data.coffee(), scene.canvas, 0.7 * unit, (0.9, 1.0, 0.85)), 9)
    scene.card(scene.texture(wall), 0.1)
    floor = scene.texture(
        grained(tiled(data.grass(), scene.canvas, 0.8 * unit, (1.2, 1.1, 0.8)), 10)
    )
    below = 360 * _MARGIN / 2 * unit
    half = size[0] * _MARGIN / 2
    scene.card(floor, (0.1 - horizon / slope, 0.0, 1 / slope), (-half, horizon, half, below))
    crate = scene.texture(
        grained(tiled(data.brick(), scene.canvas, 0.55 * unit, (1.3, 1.0, 0.7)), 11)
    )
    paper = scene.texture(grained(tiled(data.astronaut(), scene.canvas, 0.6 * unit), 12))
    for x, width, high, front, deep, cover in (
        (-150, 90, 105, 0.42, 0.12, crate),
        (40, 80, 70, 0.55, 0.14, paper),
        (-60, 75, 60, 0.75, 0.16, crate),
    ):
        foot = horizon + (front - 0.1) * slope
        box = (x * unit, foot - high * unit, (x + width) * unit, foot)
        scene.box(cover, front, box, front - deep, slope)
    return scene


ALL: dict[str, Callable[[tuple[int, int]], Scene]] = {
    "layered": layered,
    "bust": bust,
    "painting": painting,
    "thin": thin,
    "ground": ground,
}
