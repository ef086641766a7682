"""A sheet that leaves a table and is wound up: where its points lie and how much light they get.

Seen from straight above through a long lens. A point that lies the arc length u beyond the line
where the sheet leaves the table is at

    x = r sin(u / r)        z = r (1 - cos(u / r))

and the wound part's radius follows from its area, ``pi (r² - core²) = thickness * wound``: a spiral
of Archimedes, taken for a circle in each turn.

Source for the light beside a roll: Howell, "A catalog of radiation heat transfer configuration
factors" (an element beside a cylinder that lies on its plane).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np

from pipeline.media.easing import smooth
from pipeline.media.shading import GAMMA

RADII = {True: (0.028, 0.065), False: (0.045, 0.085)}
"""Radius of an empty roll and of one that holds all of the work, of the work's breadth; the first
pair for a face inside, as of a scroll, the other for cloth, which is wound wide."""
_AMBIENT = 0.42
"""Share of the light that comes from everywhere."""
_UNDER = 0.5
"""Of its light that the ground has lost right below the edge of a sheet that lies on it."""
_PENUMBRA = 1.8
"""Width of the edge of a roll's shadow, in its radii: a large soft lamp."""
SUBS = 4
"""Places in each pixel across at which the roll is looked at: its edges bend steeply away."""


@dataclass(frozen=True)
class Roll:
    """What is wound up at one moment."""

    wound_px: float
    radius_px: float
    face_in: bool

    @property
    def share(self) -> float:
        """How much of a roll it is: the last half turn opens like a curl."""
        return min(1.0, self.wound_px / (pi * self.radius_px))


def radius_px(wound_px: float, length_px: float, breadth_px: float, face_in: bool) -> float:
    """Return the radius of a roll on which ``wound_px`` of the sheet are wound.

    The cross-section of what is wound stays the same: thickness times length.
    """
    core, full = (share * breadth_px for share in RADII[face_in])
    return sqrt(core**2 + (full**2 - core**2) * max(wound_px, 0) / length_px)


def surface(x: Any, roll: Roll) -> tuple[Any, Any, Any]:
    """Return what is seen at ``x`` pixels beyond the line where the sheet leaves the table.

    Returns:
        The arc length from that line to the point of the face that is seen, negative on the flat
        part and NaN where no face is seen; whether it is the back that is seen; and the surface
        normal's share along x. Where both are missing, the ground is seen.
    """
    across = np.clip(x / roll.radius_px, -1, 1)
    angle = np.arcsin(across)
    on_roll = np.abs(x) < roll.radius_px
    risen = np.where(x >= 0, angle * roll.radius_px, x)
    face = np.where((x < 0) | (on_roll & (risen <= roll.wound_px)), risen, np.nan)
    if not roll.face_in:
        return face, np.zeros(x.shape, bool), np.where(x >= 0, across, 0.0)
    back = on_roll & ((pi - angle) * roll.radius_px <= roll.wound_px)
    face = np.where(back, np.nan, face)
    return face, back, np.where(back, across, np.where(x >= 0, -across, 0.0))


class Columns:
    """What is seen in each column of a plane, and how light it is there.

    Args:
        along: `SUBS` places in each column, in pixels from where the flat part starts.
        flat: how long the flat part is.
        rolls: before its start and beyond its end.
        lamp: towards it, along the way the work unrolls and to the viewer.
    """

    def __init__(
        self, along: Any, flat: float, rolls: list[Roll], lamp: tuple[float, float]
    ) -> None:
        late = along > flat / 2
        beyond = np.where(late, along - flat, -along)
        lean = np.where(late, lamp[0], -lamp[0])
        sides = [_side(beyond, roll, lean, lamp[1]) for roll in rolls]
        face, back, light, dark = (
            np.where(late, after, before) for before, after in zip(*sides, strict=True)
        )
        seen = ~np.isnan(face)
        level = _levels(light)
        self.flat = _mean(level * (seen & (beyond <= 0)))
        self.curl = level * (seen & (beyond > 0)) / SUBS
        self.curl_at = np.where(late, flat + face, -face)
        self.back = _mean(level * back)
        self.ground = _mean(~seen & ~back)
        self.dark = _mean(dark)


def _side(beyond: Any, roll: Roll, lean: Any, up: float) -> tuple[Any, Any, Any, Any]:
    """Return for one end: `surface`, light on what is seen, light that the ground has lost."""
    face, back, normal = surface(beyond, roll)
    direct = np.maximum(0, normal * lean + np.sqrt(1 - normal**2) * up) / up
    light = _AMBIENT + (1 - _AMBIENT) * direct
    kept = _beside(beyond, roll, lean, up)
    shadow = 1 - roll.share * (1 - kept)
    if roll.face_in:  # the roll lies on the sheet; else it is behind it
        light = np.where((beyond < 0) & ~back, shadow, light)
    dark = np.where(beyond < roll.radius_px * roll.share, _UNDER, _UNDER * (1 - shadow))
    return face, back, light, dark


def _beside(beyond: Any, roll: Roll, lean: Any, up: float) -> Any:
    """Return the share of light that a flat ground keeps beside a long roll that lies on it.

    Of the light from all around it keeps d² / (d² + r²) at the distance d from where it touches;
    of the lamp's light all, but for a soft-edged shadow on the far side.
    """
    away, r = np.abs(beyond), roll.radius_px
    around = away**2 / (away**2 + r**2)
    slope = np.where(beyond > 0, -lean, lean) / up
    edge = r * (slope + np.sqrt(1 + slope**2))
    part = np.clip((away - edge) / (_PENUMBRA * r) + 0.5, 0, 1)
    kept = _AMBIENT * around + (1 - _AMBIENT) * smooth(part)
    return 1 - (1 - kept) * np.clip(3 - away / (2.5 * r), 0, 1)


def _mean(places: Any) -> Any:
    return places.reshape(-1, SUBS).mean(axis=1).astype(np.float32)


def _levels(light: Any) -> Any:
    return light ** (1 / GAMMA)
