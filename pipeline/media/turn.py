"""Tilt and spin: coins and medals rock in their places, and the light plays over them.

Each piece of the mask that the frame shows whole is taken as a thin plate with the outline it has,
cut out with its own edge and turned about its middle, in perspective, before the ground it lay on;
where the ground was covered, it is closed from its rim (`pipeline.media.layers`). At phase 0 every
plate lies as it was photographed and no light has changed: the frame is the photograph.

Light follows the relief (`pipeline.media.slopes`): a matt share and a glossy one whose highlight
wanders as it does on struck metal, each as a ratio to what it was at phase 0. What one photograph
does not show is not shown: the tilt ends where a face is still seen well, and no plate is turned to
its back. Guessed are the plate's thickness, its bare rim in the colours of the face's border, the
lamp at the upper left, and a faint shadow on the ground.

Source: Hartley and Zisserman, "Multiple view geometry", 2004, section 8.1 (a turned plane is seen
through a homography); Cook and Torrance, "A reflectance model for computer graphics", ACM TOG 1(1),
1982, equation 4 with Beckmann's distribution of slopes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, hypot, pi, radians, sin, sqrt
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.errors import EngineFailed
from pipeline.media import layers, yuv
from pipeline.media.rake import GAMMA
from pipeline.media.slopes import slopes
from pipeline.media.stand import box_of, cut, window
from pipeline.media.warp import packed

if TYPE_CHECKING:
    from pipeline.protocols import RGB, DepthArray, Frame, MaskArray, Shot

_FARTHEST_DEG = 35.0
"""Beyond it more than a fifth of the face is lost to foreshortening, and the rim is all guess."""
_TILT_PER_S = 22.0
"""Degrees a second at most: a curator's hand, not a tossed coin."""
_NOD = 0.5
"""Of the tilt to the sides: how far the plate nods, twice in each round."""
_AWAY = 3.0
"""The camera's distance in heights of the frame: a short telephoto lens."""
_LEAST = (0.02, 64.0)
"""Smaller pieces are crumbs of the mask: in parts of the largest, and in pixels."""
_MOST = 64
_RIM_STEP_PX = 6.0
"""The rim is laid in copies of the outline no farther apart; between them it is round enough."""
_USUAL = (0.3, 0.28)
"""Slopes that only a twentieth of the form and of the grain exceeds: a struck coin's."""
_STEEPEST = 0.8
_BULGE = 0.22
"""Slope that a near lamp and a near eye seem to add at the border: highlights sweep the face."""
_ROUGH = 0.34
"""Beckmann's root mean square slope: worn silver and bronze, no mirror."""
_LAMP = (-0.42, -0.48, 0.77)
"""Towards the lamp: right, down, to the viewer. The upper left, as in `pipeline.media.rake`."""
_GAINS = (0.45, 1.8)
"""Light is never scaled beyond these."""
_EVEN = 0.6
"""How much of a change of the face's mean brightness is taken out again: eyes adapt to it."""
_SHADOW = 0.5
"""Of the light that the ground loses below a plate tilted by `_FARTHEST_DEG`."""


@dataclass(frozen=True)
class Turning:
    """How plates turn."""

    tilt_deg: float = 18.0
    """To each side, 35 at most."""
    spin_deg: float = 4.0
    """In the plane of the face, to each side."""
    thickness: float = 0.06
    """Of the diameter; a guess."""
    gloss: float = 0.5
    """Share of the light that glints; 0 is chalk."""


def frames(
    rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot, move: Turning | None = None
) -> Iterator[Frame]:
    """Yield ``shot.frames`` planar frames; the last leads back into the first.

    Raises:
        EngineFailed: if no piece of the mask is whole in the frame, so there is nothing to turn.
    """
    scene = _Scene(rgb, mask, depth, shot, move or Turning())
    for index in range(shot.frames):
        yield scene.seen(2 * pi * index / shot.frames)


def turned(phase: float, tilt_deg: float, spin_deg: float) -> Any:
    """Return the 3 x 3 rotation at ``phase``: x right, y down, z to the viewer.

    The tilt runs along a lying eight, the spin once to each side; at phase 0 nothing is turned.
    """
    aside, nod = radians(tilt_deg) * sin(phase), radians(tilt_deg) * _NOD * sin(2 * phase)
    spin = radians(spin_deg) * sin(phase)
    about_y = np.array([[cos(aside), 0, sin(aside)], [0, 1, 0], [-sin(aside), 0, cos(aside)]])
    about_x = np.array([[1, 0, 0], [0, cos(nod), -sin(nod)], [0, sin(nod), cos(nod)]])
    about_z = np.array([[cos(spin), -sin(spin), 0], [sin(spin), cos(spin), 0], [0, 0, 1]])
    return about_y @ about_x @ about_z


def seen_through(rotation: Any, middle: tuple[float, float], away_px: float) -> Any:
    """Return the homography of a plane turned about ``middle`` before a camera right above it."""
    plane = np.array(
        [
            [away_px * rotation[0, 0], away_px * rotation[0, 1], 0],
            [away_px * rotation[1, 0], away_px * rotation[1, 1], 0],
            [-rotation[2, 0], -rotation[2, 1], away_px],
        ]
    )
    to = np.array([[1, 0, middle[0]], [0, 1, middle[1]], [0, 0, 1]])
    return to @ plane @ np.linalg.inv(to)


class _Scene:
    """A ground and the plates on it, at the size of the frame."""

    def __init__(
        self, rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot, move: Turning
    ) -> None:
        size = (shot.width_px, shot.height_px)
        box = window(rgb.shape, box_of(mask), shot)
        picture, cover, near = (cut(part, box, size) for part in (rgb, mask, depth))
        pieces = _pieces(cover)
        if not pieces:
            raise EngineFailed(
                f"Nothing in the frame can be tilted: the mask covers {cover.mean():.0%} of it and "
                "shows no piece that is whole. Look at mask.png and choose another mask engine, "
                "or `move: raking-light`."
            )
        whole = np.isin(pieces[0].labels, [piece.label for piece in pieces])
        cover = np.where(whole, cover, 0).astype(np.float32)
        self._tilt_deg, self._spin_deg = _angles(move, shot)
        reach_px = 0.1 * max(piece.radius_px for piece in pieces)
        sheets = layers.split(picture, cover, near, reach_px)
        self._ground = yuv.planes_of(sheets[0].rgb)
        self._plates = [
            _Plate(piece, sheets[-1], near, move, _AWAY * shot.height_px) for piece in pieces
        ]

    def seen(self, phase: float) -> Frame:
        """Return the frame at one moment."""
        rotation = turned(phase, self._tilt_deg, self._spin_deg)
        planes = tuple(plane.copy() for plane in self._ground)
        for plate in self._plates:
            plate.draw(planes, rotation)
        return packed((planes[0], planes[1], planes[2]))


@dataclass(frozen=True)
class _Piece:
    """One connected part of the mask."""

    labels: Any
    label: int
    middle: tuple[float, float]
    radius_px: float
    """Of the disc of the same area."""
    box: tuple[int, int, int, int]


def _pieces(cover: MaskArray) -> list[_Piece]:
    """Return what can be turned, the largest first: whole in the frame, and no crumb."""
    height, width = cover.shape
    count, labels, stats, middles = cv2.connectedComponentsWithStats(
        (cover > 0.5).astype(np.uint8), connectivity=4
    )
    areas = stats[:, cv2.CC_STAT_AREA]
    least = max(_LEAST[1], _LEAST[0] * float(areas[1:].max(initial=0)))
    found = []
    for label in sorted(range(1, count), key=lambda at: -int(areas[at])):
        left, top, wide, high = (int(v) for v in stats[label][:4])
        inside = left > 0 and top > 0 and left + wide < width and top + high < height
        if inside and areas[label] >= least:
            middle = (float(middles[label][0]), float(middles[label][1]))
            radius_px = sqrt(float(areas[label]) / pi)
            box = (left, top, left + wide, top + high)
            found.append(_Piece(labels, label, middle, radius_px, box))
    return found[:_MOST]


def _angles(move: Turning, shot: Shot) -> tuple[float, float]:
    """Return tilt and spin to each side, no faster than a hand would turn the thing."""
    fastest = _TILT_PER_S * shot.pace * shot.frames / shot.fps / (2 * pi)
    tilt_deg = min(move.tilt_deg, _FARTHEST_DEG, fastest)
    return tilt_deg, move.spin_deg * tilt_deg / max(move.tilt_deg, 1e-6)


class _Plate:
    """One thing that turns, with all that does not change from frame to frame."""

    def __init__(
        self, piece: _Piece, sheet: layers.Layer, near: Any, move: Turning, away_px: float
    ) -> None:
        self._away_px = away_px
        self._radius_px = piece.radius_px
        self._thick_px = 2 * piece.radius_px * move.thickness
        left, top, right, bottom = _even_box(piece, near.shape, self._thick_px)
        self._box = (left, top, right, bottom)
        self._middle = (piece.middle[0] - left, piece.middle[1] - top)
        part = np.s_[top:bottom, left:right]
        own = cv2.dilate((piece.labels[part] == piece.label).astype(np.uint8), np.ones((9, 9)))
        alpha = sheet.alpha[part] if sheet.alpha is not None else own.astype(np.float32)
        self._alpha = np.rint(alpha * own * 255).astype(np.uint8)
        rgb = np.ascontiguousarray(sheet.rgb[part])
        self._face = [p - np.float32(o) for p, o in zip(yuv.planes_of(rgb), _ZEROS, strict=True)]
        core = np.asarray(piece.labels[part] == piece.label, np.float32)
        self._rim = _rim(rgb, core, self._middle)
        self._shine = _Shine(rgb, core, near[part], self._middle, piece.radius_px, move.gloss)
        self._shade = _soft(core, 0.1 * piece.radius_px)

    def draw(self, planes: tuple[Any, ...], rotation: Any) -> None:
        """Lay the plate, turned, on the float planes of a frame."""
        left, top, right, bottom = self._box
        size = (right - left, bottom - top)
        targets = [
            plane[top // per : bottom // per, left // per : right // per]
            for plane, per in zip(planes, (1, 2, 2), strict=True)
        ]
        through = seen_through(rotation, self._middle, self._away_px)
        alpha = _warped(self._alpha, through, size, cv2.INTER_LINEAR)
        aside = -self._thick_px * rotation[:2, 2]
        self._darken(targets, rotation)
        if hypot(*aside) > 0.05:
            self._lay_rim(targets, through, aside, size)
        gains = self._shine.gains(rotation)
        _lay(targets, self._lit(gains, through, size), alpha)

    def _lit(self, gains: tuple[Any, Any], through: Any, size: tuple[int, int]) -> list[Any]:
        """Return the face's planes, lit and turned."""
        half = (size[0] // 2, size[1] // 2)
        lit = []
        for index, (face, zero) in enumerate(zip(self._face, _ZEROS, strict=True)):
            plane = cv2.multiply(face, gains[1 if index else 0])
            way = cv2.INTER_LINEAR if index else cv2.INTER_CUBIC
            shape, seen = (
                (half, _AT_CHROMA_INV @ through @ _AT_CHROMA) if index else (size, through)
            )
            lit.append(_warped(plane, seen, shape, way) + np.float32(zero))
        return lit

    def _lay_rim(self, targets: list[Any], through: Any, aside: Any, size: tuple[int, int]) -> None:
        """Lay the plate's side, which reaches from the face's outline to that of the back."""
        count = min(6, ceil(hypot(*aside) / _RIM_STEP_PX))
        alpha: Any = None
        for step in range(1, count + 1):
            moved = _shifted(through, aside * step / count)
            copy = _warped(self._alpha, moved, size, cv2.INTER_LINEAR)
            alpha = copy if alpha is None else cv2.max(alpha, copy)
        half = (size[0] // 2, size[1] // 2)
        moved = _shifted(through, aside / 2)
        seen = [
            _warped(plane, _AT_CHROMA_INV @ moved @ _AT_CHROMA, half, cv2.INTER_LINEAR)
            for plane in self._rim
        ]
        luma = cv2.resize(seen[0], size, interpolation=cv2.INTER_LINEAR)
        _lay(targets, [luma, seen[1], seen[2]], alpha)

    def _darken(self, targets: list[Any], rotation: Any) -> None:
        """Take light from the ground, away from the lamp, as the plate rises from it."""
        lift = (1 - rotation[2, 2]) / (1 - cos(radians(_FARTHEST_DEG)))
        if lift < 1e-4:
            return
        away = self._radius_px * 0.25 * sqrt(lift)
        move = np.array([[1.0, 0, -_LAMP[0] * away / 4], [0, 1, -_LAMP[1] * away / 4]])
        small = cv2.warpAffine(self._shade, move, self._shade.shape[::-1])
        light = (1 - np.float32(min(1.0, lift) * _SHADOW) * small) ** np.float32(1 / GAMMA)
        for target, zero in zip(targets, _ZEROS, strict=True):
            size = (target.shape[1], target.shape[0])
            factor = cv2.resize(light, size, interpolation=cv2.INTER_LINEAR)
            target[...] = (target - np.float32(zero)) * factor + np.float32(zero)


class _Shine:
    """How a face's light changes as it turns: a matt and a glossy share over the relief."""

    def __init__(
        self,
        rgb: Any,
        core: Any,
        near: Any,
        middle: tuple[float, float],
        radius_px: float,
        gloss: float,
    ) -> None:
        self._gloss = gloss
        across, down = slopes(rgb, core, near, _USUAL, _STEEPEST)
        for axis, slope in enumerate((across, down)):
            at = (np.arange(slope.shape[1 - axis], dtype=np.float32) - middle[axis]) / radius_px
            slope -= _BULGE * (at[None, :] if axis == 0 else at[:, None])
        # The gain is smooth against the face's own detail: half the size is enough.
        self._slopes = (yuv.halved(across), yuv.halved(down))
        self._core = yuv.halved(core)
        self._room = 1 - np.clip((yuv.planes_of(rgb)[0] - 16) / 219, 0, 1) ** 4
        self._half_room = yuv.halved(self._room)
        self._size = (core.shape[1], core.shape[0])
        self._first = self._light(np.eye(3))

    def gains(self, rotation: Any) -> tuple[Any, Any]:
        """Return by how much the levels of luma and of chroma are scaled."""
        ratio = self._light(rotation) / self._first
        mean = float((ratio * self._core).sum() / max(float(self._core.sum()), 1e-6))
        ratio *= np.float32(mean**-_EVEN)
        half = np.clip(ratio, *_GAINS) ** np.float32(1 / GAMMA) - 1
        luma = cv2.resize(half, self._size, interpolation=cv2.INTER_LINEAR)
        return _within(luma, self._room), _within(half, self._half_room)

    def _light(self, rotation: Any) -> Any:
        """Return the light that leaves each pixel of the face."""
        lamp = np.array(_LAMP) / np.linalg.norm(_LAMP)
        middle = lamp + np.array((0, 0, 1))
        lamp, middle = rotation.T @ lamp, rotation.T @ middle
        across, down = self._slopes
        matt = np.maximum(lamp[2] - across * lamp[0] - down * lamp[1], 0.12)
        off = (across + middle[0] / middle[2]) ** 2 + (down + middle[1] / middle[2]) ** 2
        glint = cv2.exp(off * np.float32(-1 / (2 * _ROUGH**2)))
        return ((1 - self._gloss) * matt + self._gloss * glint + 0.08).astype(np.float32)


_ZEROS = (16, 128, 128)
_AT_CHROMA = np.array([[2.0, 0, 0], [0, 2, 0.5], [0, 0, 1]])
"""From a chroma pixel to where it is among luma pixels; see `pipeline.media.yuv`."""
_AT_CHROMA_INV = np.linalg.inv(_AT_CHROMA)


def _even_box(piece: _Piece, shape: tuple[int, ...], thick_px: float) -> tuple[int, int, int, int]:
    """Return the part of the frame that the plate can cover, on even pixels."""
    margin = ceil(0.12 * piece.radius_px + thick_px) + 4
    left, top, right, bottom = piece.box
    return (
        max(0, left - margin) // 2 * 2,
        max(0, top - margin) // 2 * 2,
        min(shape[1], (right + margin + 1) // 2 * 2),
        min(shape[0], (bottom + margin + 1) // 2 * 2),
    )


def _rim(rgb: Any, core: Any, middle: tuple[float, float]) -> tuple[Any, Any, Any]:
    """Return the side's colours as planes of half the size: the border's own, shaded all round."""
    away = cv2.distanceTransform(core.astype(np.uint8), cv2.DIST_L2, 5)
    ring = ((away > 1) & (away < max(4.0, 0.1 * float(away.max())))).astype(np.float32)
    half = (rgb.shape[1] // 2, rgb.shape[0] // 2)
    weight = cv2.resize(ring, half, interpolation=cv2.INTER_AREA)
    colours = cv2.resize(rgb * ring[..., None], half, interpolation=cv2.INTER_AREA)
    colours = layers.pull(colours / np.maximum(weight, 1e-6)[..., None], np.minimum(weight, 1))
    colours = cv2.GaussianBlur(colours, (0, 0), max(1.0, float(away.max()) * 0.06))
    y, x = np.mgrid[: half[1], : half[0]].astype(np.float32)
    x, y = 2 * x - middle[0], 2 * y - middle[1]
    facing = (x * _LAMP[0] + y * _LAMP[1]) / np.maximum(np.hypot(x, y), 1)
    light = 0.22 + 0.55 * np.maximum(facing, 0)
    planes = yuv.planes_of(_doubled(colours))
    scale = (light ** (1 / GAMMA)).astype(np.float32)
    luma = cv2.resize(planes[0], half, interpolation=cv2.INTER_AREA)
    luma, u, v = (
        (plane - np.float32(zero)) * scale + np.float32(zero)
        for plane, zero in zip((luma, *planes[1:]), _ZEROS, strict=True)
    )
    return luma, u, v


def _doubled(picture: Any) -> Any:
    return cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)


def _soft(core: Any, sigma_px: float) -> Any:
    """Return the outline, blurred, at a quarter of the size."""
    size = (max(1, core.shape[1] // 4), max(1, core.shape[0] // 4))
    small = cv2.resize(core, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), max(0.6, sigma_px / 4), borderType=cv2.BORDER_CONSTANT)


def _within(gain: Any, room: Any) -> Any:
    """Return the factor for a gain over 1, less of it where there is no room for light."""
    return np.minimum(gain, 0) + np.maximum(gain, 0) * room + 1


def _warped(picture: Any, through: Any, size: tuple[int, int], way: int) -> Any:
    return cv2.warpPerspective(picture, through, size, flags=way, borderMode=cv2.BORDER_REPLICATE)


def _shifted(through: Any, by: Any) -> Any:
    return np.array([[1, 0, by[0]], [0, 1, by[1]], [0, 0, 1]]) @ through


def _lay(targets: list[Any], planes: list[Any], alpha: Any) -> None:
    """Lay planes over others, by an 8-bit coverage."""
    cover = alpha.astype(np.float32) * np.float32(1 / 255)
    half = yuv.halved(cover)
    for target, plane, share in zip(targets, planes, (cover, half, half), strict=True):
        target += (plane - target) * share
