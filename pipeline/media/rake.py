"""Raking light: the camera stands nearly still and a lamp goes round, low over the surface.

A conservator lights a panel from the side to see what frontal light hides: the brushwork, the
chisel, the die. Here the lamp starts where museum photographs are lit from, in front; it sinks,
goes once round (or, in a short clip, from side to side) and rises again. The picture is

    photograph × shade(lamp) / shade(lamp in front)

so the first frame is the photograph as it is. For a matt surface of slopes p, q that ratio needs no
normal: it is ``1 - (p a + q b)`` with ``a, b`` the lamp's direction over the surface times the
cotangent of its elevation. The slopes come from `pipeline.media.slopes` and are a likeness.
No shadow is cast: a likeness is too little to say where one would fall. A lamp stands near, so its
side of the work is a little lighter. The picture's mean brightness is that of the photograph.

Source: Woodham, "Photometric method for determining surface orientation from multiple images",
Optical Engineering 19(1), 1980 (shade and slope); Malzbender, Gelb, Wolters, "Polynomial texture
maps", SIGGRAPH 2001 (a low polynomial of the lamp's direction in each pixel is enough).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, radians, sin, tan
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.media import shading, yuv
from pipeline.media.shading import GAMMA
from pipeline.media.slopes import slopes
from pipeline.media.stand import cut, window

if TYPE_CHECKING:
    from pipeline.protocols import RGB, DepthArray, Frame, MaskArray, Shot

_TURN_PER_S = 90.0
"""Degrees that the lamp goes round in a second at most: eyes follow it."""
_LONG = 2
"""How long the lamp stays low: the higher, the shorter its way down and up."""
_USUAL = (0.26, 0.19)
"""Slopes that only a twentieth of the form and of the grain exceeds: those of a low relief."""
_STEEPEST = 0.9
"""Share of full shade that the steepest slope takes away at most."""
_HEADROOM = 4
"""The nearer to white, by this power, the less a gain lifts it; so no highlight burns out."""
_THUMB_PX = 240
"""Longer side of the picture on which brightness is measured."""
_START = radians(-135)
"""Over the surface from the right, clockwise: the lamp comes down where `shading.LAMP` stands."""


Curve = tuple[float, float, float, float]
"""Gain over 1 as a cubic in the shade, the constant first."""


@dataclass(frozen=True)
class Raking:
    """How the lamp moves."""

    elevation_deg: float = 18.0
    """Over the surface, where it is lowest."""
    strength: float = 1.0
    """Of the relief; 0 shows none."""
    ambient: float = 0.28
    """Share of the light that comes from everywhere and makes no shade."""
    falloff: float = 0.4
    """How much lighter the lamp's side is than the middle, as a part of full shade."""
    drift: float = 0.02
    """How far the camera leans in, as a fraction of the frame; no farther than the object stays
    where it is to be."""


def frames(
    rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot, move: Raking | None = None
) -> Iterator[Frame]:
    """Yield ``shot.frames`` planar frames; the last leads back into the first.

    A flat depth or a mask without an object leave the grain and the lamp's own falloff.
    """
    surface = _Surface(rgb, mask, depth, shot, move or Raking())
    for index in range(shot.frames):
        yield surface.seen(2 * pi * index / shot.frames)


def lamp(phase: float, turn_deg: float) -> tuple[float, float]:
    """Return where the lamp is, right and down over the surface; 1 away is as low as it gets.

    At phase 0 it is in front. ``turn_deg`` is how far it goes round.
    """
    away = 1 - ((1 + cos(phase)) / 2) ** _LONG
    turned = phase if turn_deg >= 360 else radians(turn_deg) / 2 * sin(phase)
    return away * cos(_START + turned), away * sin(_START + turned)


def turn_deg(shot: Shot) -> float:
    """Return how far the lamp goes round in the clip's time: at most once."""
    most = _TURN_PER_S * shot.pace * shot.frames / shot.fps
    # From side to side its fastest moment is pi / 2 times as fast as on a round.
    return 360.0 if most >= 360 else most * 2 / pi


class _Surface:
    """One photograph's planes and slopes, at the size of the frame."""

    def __init__(
        self, rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot, move: Raking
    ) -> None:
        self._turn_deg, self._bits = turn_deg(shot), shot.bits
        size = (shot.width_px, shot.height_px)
        box, most = window(mask, shot)
        self._drift = min(move.drift, most - 1)
        picture, near = cut(rgb, box, size), cut(depth, box, size)
        cover = cut(mask, box, size) if (mask > 0.5).any() else np.ones(near.shape, np.float32)
        planes = yuv.planes_of(picture)
        shades = _shades(picture, cover, near, move)
        half = (yuv.halved(shades[0]), yuv.halved(shades[1]))
        room = 1 - np.clip((planes[0] - 16) / 219, 0, 1) ** _HEADROOM
        rooms = (room, yuv.halved(room))
        self._parts = [
            _Plane(np.ascontiguousarray([plane - np.float32(zero), *pair, room]), zero)
            for plane, pair, room, zero in zip(
                planes, (shades, half, half), (rooms[0], rooms[1], rooms[1]), yuv.ZEROS, strict=True
            )
        ]
        self._small = self._parts[0].smaller(_THUMB_PX)
        self._curve = _curve(move.ambient)

    def seen(self, phase: float) -> Frame:
        """Return the frame at one moment."""
        at = lamp(phase, self._turn_deg)
        curve = self._balanced(at)
        planes = [part.lit(at, curve) for part in self._parts]
        return shading.packed(planes, self._bits, 1 + self._drift * (1 - cos(phase)) / 2)

    def _balanced(self, at: tuple[float, float]) -> Curve:
        """Return the curve, scaled such that the picture is as bright as the photograph."""
        small = self._small
        before = _light(small.parts[0])
        one, two, three = self._curve[1:]
        scale = 1.0
        for _ in range(2):  # what the highlights have no room for is made up for elsewhere
            curve = (scale - 1, scale * one, scale * two, scale * three)
            scale *= (before / max(_light(small.lit(at, curve) - 16), 1e-9)) ** (1 / GAMMA)
        return (scale - 1, scale * one, scale * two, scale * three)


@dataclass(frozen=True)
class _Plane:
    """One plane of the photograph with what a lamp needs to know about it."""

    parts: Any
    """See `pipeline.media.shading.raked`."""
    zero: int
    """The level that stands for no light, or for no colour."""

    def lit(self, at: tuple[float, float], curve: Curve) -> Any:
        """Return the plane's levels under a lamp.

        Scaling all three planes by one factor scales linear light by its power `GAMMA`.
        """
        out = np.empty(self.parts.shape[1:], np.float32)
        lamp_at, cubic = np.array(at, np.float32), np.array(curve, np.float32)
        shading.raked(self.parts, lamp_at, cubic, np.float32(self.zero), out)
        return out

    def smaller(self, long_px: int) -> _Plane:
        """Return a small copy, to measure brightness on."""
        height, width = self.parts.shape[1:]
        factor = min(1.0, long_px / max(width, height))
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = [cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in self.parts]
        return _Plane(np.ascontiguousarray(small), self.zero)


def _shades(picture: Any, cover: Any, near: Any, move: Raking) -> tuple[Any, Any]:
    """Return what a lamp at its lowest, at the right or below, takes away from full shade."""
    away = 1 / tan(radians(move.elevation_deg))
    usual = (_USUAL[0] * move.strength, _USUAL[1] * move.strength)
    pair = slopes(picture, cover, near, usual, _STEEPEST / away)
    shades = []
    for axis, slope in enumerate(pair):
        length = slope.shape[1 - axis]
        lean = ((np.arange(length, dtype=np.float32) + 0.5) / length * 2 - 1) * -move.falloff
        shades.append(slope * np.float32(away) + (lean[None, :] if axis == 0 else lean[:, None]))
    return shades[0].astype(np.float32), shades[1].astype(np.float32)


def _curve(ambient: float) -> Curve:
    """Return ``(ambient + (1 - ambient) (1 + t)) ** (1 / GAMMA) - 1`` as a cubic in the shade t.

    Newton's form through t = 0 and three places of its range; right to 0.01.
    """

    def rate(t: float) -> float:
        return float((max(1 + (1 - ambient) * t, 0.0) ** (1 / GAMMA) - 1) / t)

    x, y, z = -1.1, -0.4, 0.8
    first = (rate(y) - rate(x)) / (y - x)
    second = ((rate(z) - rate(y)) / (z - y) - first) / (z - x)
    return 0.0, rate(x) - first * x + second * x * y, first - second * (x + y), second


def _light(levels: Any) -> float:
    return float((np.clip(levels / 219, 0, 1).astype(np.float64) ** GAMMA).mean())
