"""Tilt and spin: coins and medals rock in their places, and the light plays over them.

Each piece of the mask that the frame shows whole is taken as a thin plate with the outline it has,
cut out with its own edge and turned about its middle, in perspective, before the ground it lay on;
where the ground was covered, it is closed from its rim (`pipeline.media.behind`). At phase 0 every
plate lies as it was photographed and no light has changed: the frame is the photograph.

Light follows the relief (`pipeline.media.glint`) and wanders as it does on struck metal. What one
photograph does not show is not shown: the tilt ends where a face is still seen well, and no plate
is turned to its back. Guessed are the plate's thickness, its bare rim in the colours of the face's
border, the lamp at the upper left, and a faint shadow on the ground.

Source: Hartley and Zisserman, "Multiple view geometry", 2004, section 8.1 (a turned plane is seen
through a homography).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, hypot, pi, radians, sin, sqrt
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.errors import EngineFailed
from pipeline.media import behind, layers, shading, yuv
from pipeline.media.glint import Shine
from pipeline.media.shading import GAMMA, LAMP
from pipeline.media.stand import cut, window

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
_ROUND = 0.93
"""What is less round than this is no coin but coins that the mask runs together, or a figure."""
_RIM_STEP_PX = 6.0
"""The rim is laid in copies of the outline no farther apart; between them it is round enough."""
_RIM_MOST = 6
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


def can_turn(mask: MaskArray, shot: Shot) -> bool:
    """Say whether something in the mask is whole in the frame, so that it can be turned."""
    box, _ = window(mask, shot, told=False)
    return bool(_pieces(cut(mask, box, (shot.width_px, shot.height_px))))


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
        box, _ = window(mask, shot)
        picture, cover, near = (cut(part, box, size) for part in (rgb, mask, depth))
        pieces = _pieces(cover)
        if not pieces:
            raise EngineFailed(
                f"Nothing in the frame can be tilted: the mask covers {cover.mean():.0%} of it and "
                "shows no piece that is whole and round. Look at mask.png and choose another mask "
                "engine, or `move: raking-light`."
            )
        whole = np.isin(pieces[0].labels, [piece.label for piece in pieces])
        cover = np.where(whole, cover, 0).astype(np.float32)
        self._tilt_deg, self._spin_deg = _angles(move, shot)
        reach_px = 0.1 * max(piece.radius_px for piece in pieces)
        sheets = layers.split(picture, cover, np.full_like(near, 0.5), reach_px)
        del picture
        self._bits = shot.bits
        self._ground = yuv.planes_of(sheets[0].rgb)
        self._work = tuple(plane.copy() for plane in self._ground)
        self._bare = shading.packed(self._ground, shot.bits)
        self._plates = [
            _Plate(piece, sheets, near, move, _AWAY * shot.height_px) for piece in pieces
        ]

    def seen(self, phase: float) -> Frame:
        """Return the frame at one moment."""
        rotation = turned(phase, self._tilt_deg, self._spin_deg)
        for plate in self._plates:
            for work, ground in zip(
                plate.parts(self._work), plate.parts(self._ground), strict=True
            ):
                work[...] = ground
        for plate in self._plates:
            plate.draw(self._work, rotation)
        frame = self._bare.copy()
        for plate in self._plates:
            corners = plate.corners()
            views = plate.parts(yuv.views(frame))
            for work, view, at in zip(plate.parts(self._work), views, corners, strict=True):
                shading.pack(work, view, at, self._bits)
        return frame


def _cut_out(sheets: tuple[layers.Layer, ...], box: tuple[int, int, int, int]) -> tuple[Any, Any]:
    """Return colours and coverage of the front layer in ``box``, the ground's beside it."""
    left, top, right, bottom = box
    ground, front = sheets[0], sheets[-1]
    rgb = np.ascontiguousarray(ground.rgb[top:bottom, left:right])
    alpha = np.zeros(rgb.shape[:2], np.float32)
    x, y = front.corner
    height, width = front.rgb.shape[:2]
    rows, columns = (
        slice(max(low, at), max(low, at, min(high, at + long)))
        for low, high, at, long in ((top, bottom, y, height), (left, right, x, width))
    )
    to = np.s_[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    of = np.s_[rows.start - y : rows.stop - y, columns.start - x : columns.stop - x]
    rgb[to] = front.rgb[of]
    alpha[to] = 1 if front.alpha is None else front.alpha[of]
    return rgb, alpha


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
    """Return what can be turned, the largest first: whole, round, and no crumb."""
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
        own = labels[top : top + high, left : left + wide] == label
        if inside and areas[label] >= least and _roundness(own) >= _ROUND:
            middle = (float(middles[label][0]), float(middles[label][1]))
            radius_px = sqrt(float(areas[label]) / pi)
            box = (left, top, left + wide, top + high)
            found.append(_Piece(labels, label, middle, radius_px, box))
    return found[:_MOST]


def _roundness(own: Any) -> float:
    """Return the area of a shape as a part of the ellipse that has its moments.

    A disc has 1, a rectangle 0.955, two coins that touch 0.9.
    """
    moments = cv2.moments(own.astype(np.uint8), binaryImage=True)
    area = moments["m00"]
    spread = [moments[name] / area for name in ("mu20", "mu02", "mu11")]
    # A pixel is a square and has a spread of its own.
    across, down = spread[0] + 1 / 12, spread[1] + 1 / 12
    return float(area / (4 * pi * sqrt(max(across * down - spread[2] ** 2, 1e-9))))


def _angles(move: Turning, shot: Shot) -> tuple[float, float]:
    """Return tilt and spin to each side, no faster than a hand would turn the thing."""
    fastest = _TILT_PER_S * shot.pace * shot.frames / shot.fps / (2 * pi)
    tilt_deg = min(move.tilt_deg, _FARTHEST_DEG, fastest)
    return tilt_deg, move.spin_deg * tilt_deg / max(move.tilt_deg, 1e-6)


class _Plate:
    """One thing that turns, with all that does not change from frame to frame."""

    def __init__(
        self,
        piece: _Piece,
        sheets: tuple[layers.Layer, ...],
        near: Any,
        move: Turning,
        away_px: float,
    ) -> None:
        self._away_px = away_px
        self._radius_px = piece.radius_px
        self._thick_px = 2 * piece.radius_px * move.thickness
        left, top, right, bottom = _even_box(piece, near.shape, self._thick_px)
        self._box = (left, top, right, bottom)
        self._middle = (piece.middle[0] - left, piece.middle[1] - top)
        part = np.s_[top:bottom, left:right]
        own = cv2.dilate((piece.labels[part] == piece.label).astype(np.uint8), np.ones((9, 9)))
        rgb, alpha = _cut_out(sheets, self._box)
        alpha = np.ascontiguousarray(alpha * own, np.float32)
        alpha[[0, -1]] = alpha[:, [0, -1]] = 0  # all that is outside is as its border
        core = np.asarray(piece.labels[part] == piece.label, np.float32)
        shine = Shine(rgb, core, near[part], self._middle, piece.radius_px, move.gloss)
        self._shine = shine
        self._faces = [
            p - np.float32(z) for p, z in zip(yuv.planes_of(rgb), yuv.ZEROS, strict=True)
        ]
        half, rim = yuv.halved(alpha), _rim(rgb, core, self._middle)
        self._outlines = list(zip((alpha, half, half), rim, strict=True))
        self._state = _state(alpha, self._thick_px * sin(radians(_FARTHEST_DEG)))
        self._shade = _soft(core, 0.07 * piece.radius_px)

    def parts(self, planes: Any) -> list[Any]:
        """Return what the plate can reach of each plane of a frame."""
        left, top, right, bottom = self._box
        return [
            plane[top // per : bottom // per, left // per : right // per]
            for plane, per in zip(planes, yuv.PER, strict=True)
        ]

    def corners(self) -> list[tuple[int, int]]:
        """Return where those parts lie in their planes."""
        return [(self._box[0] // per, self._box[1] // per) for per in yuv.PER]

    def draw(self, planes: tuple[Any, ...], rotation: Any) -> None:
        """Lay the plate, turned, on the float planes of a frame."""
        aside = -self._thick_px * rotation[:2, 2]
        face = seen_through(rotation, self._middle, self._away_px)
        copies = min(_RIM_MOST, ceil(hypot(*aside) / _RIM_STEP_PX)) if hypot(*aside) > 0.05 else 0
        luma = np.linalg.inv(
            [_moved(aside * step / max(copies, 1)) @ face for step in range(copies + 1)]
        )
        chroma = _AT_CHROMA_INV @ luma @ _AT_CHROMA
        dark = self._darkened(rotation)
        gain = self._shine.gain(rotation)
        size = (self._box[2] - self._box[0], self._box[3] - self._box[1])
        gains = (cv2.resize(gain, size, interpolation=cv2.INTER_LINEAR), gain, gain)
        for index, target in enumerate(self.parts(planes)):
            ways = chroma if index else luma
            # Nobody can tell linear colour from bicubic.
            way = (cv2.INTER_LINEAR if index else cv2.INTER_CUBIC) | cv2.WARP_INVERSE_MAP
            lit = cv2.multiply(self._faces[index], gains[index])
            seen = cv2.warpPerspective(
                lit, ways[0], target.shape[::-1], flags=way, borderMode=_REPEAT
            )
            seen += np.float32(yuv.ZEROS[index])
            plate = (seen, *self._outlines[index], self._state)
            flat = ways.reshape(-1, 9).astype(np.float32)
            shading.lay_plate(target, plate, flat, dark, _LOOKS[index])

    def _darkened(self, rotation: Any) -> Any:
        """Return the levels that the ground loses, away from the lamp, as the plate rises."""
        lift = (1 - rotation[2, 2]) / (1 - cos(radians(_FARTHEST_DEG)))
        away = self._radius_px * 0.25 * sqrt(max(lift, 0.0))
        move = np.array([[1.0, 0, -LAMP[0] * away / 4], [0, 1, -LAMP[1] * away / 4]])
        small = cv2.warpAffine(self._shade, move, self._shade.shape[::-1])
        return 1 - (1 - np.float32(min(1.0, lift) * _SHADOW) * small) ** np.float32(1 / GAMMA)


def _state(alpha: Any, thick_px: float) -> Any:
    """Return, for each 4 x 4 pixels, whether all around is the plate, none of it, or mixed."""
    size = (max(1, alpha.shape[1] // 4), max(1, alpha.shape[0] // 4))
    near_px, far_px = ceil(_AROUND_PX / 4), ceil((_AROUND_PX + thick_px) / 4)
    some = cv2.resize((alpha > 0).astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    full = (
        cv2.resize((alpha > 0.998).astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.999
    )
    some = cv2.dilate(some.astype(np.uint8), np.ones((2 * far_px + 1,) * 2))
    full = cv2.erode(full.astype(np.uint8), np.ones((2 * near_px + 1,) * 2))
    return (some + full).astype(np.uint8)


def _moved(by: Any) -> Any:
    return np.array([[1, 0, by[0]], [0, 1, by[1]], [0, 0, 1]])


_AT_CHROMA = np.array([[2.0, 0, 0], [0, 2, 0.5], [0, 0, 1]])
"""From a chroma pixel to where it is among luma pixels; see `pipeline.media.yuv`."""
_AROUND_PX = float(shading.BLOCK_PX)
"""How far a block reaches from its middle, seen through any turn, with interpolation."""
_LOOKS = tuple(
    np.array([zero, per / 4, per / 4], np.float32)
    for zero, per in zip(yuv.ZEROS, yuv.PER, strict=True)
)
"""See `pipeline.media.shading.lay_plate`."""
_REPEAT = cv2.BORDER_REPLICATE
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
    """Return the side's colours as planes: the border's own, shaded all round."""
    away = cv2.distanceTransform(core.astype(np.uint8), cv2.DIST_L2, 5)
    ring = ((away > 1) & (away < max(4.0, 0.1 * float(away.max())))).astype(np.float32)
    half = (rgb.shape[1] // 2, rgb.shape[0] // 2)
    weight = cv2.resize(ring, half, interpolation=cv2.INTER_AREA)
    colours = cv2.resize(rgb * ring[..., None], half, interpolation=cv2.INTER_AREA)
    colours = behind.pull(colours / np.maximum(weight, 1e-6)[..., None], np.minimum(weight, 1))
    colours = cv2.GaussianBlur(colours, (0, 0), max(1.0, float(away.max()) * 0.06))
    y, x = np.mgrid[: half[1], : half[0]].astype(np.float32)
    x, y = 2 * x - middle[0], 2 * y - middle[1]
    facing = (x * LAMP[0] + y * LAMP[1]) / np.maximum(np.hypot(x, y), 1)
    light = 0.22 + 0.55 * np.maximum(facing, 0)
    scale = (light ** (1 / GAMMA)).astype(np.float32)
    size = (rgb.shape[1], rgb.shape[0])
    planes = yuv.planes_of(cv2.resize(colours, size, interpolation=cv2.INTER_LINEAR))
    scales = (cv2.resize(scale, size, interpolation=cv2.INTER_LINEAR), scale, scale)
    luma, u, v = (
        (plane - np.float32(zero)) * scale + np.float32(zero)
        for plane, scale, zero in zip(planes, scales, yuv.ZEROS, strict=True)
    )
    return luma, u, v


def _soft(core: Any, sigma_px: float) -> Any:
    """Return the outline, blurred, at a quarter of the size."""
    size = (max(1, core.shape[1] // 4), max(1, core.shape[0] // 4))
    small = cv2.resize(core, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), max(0.6, sigma_px / 4), borderType=cv2.BORDER_CONSTANT)
