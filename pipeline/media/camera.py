"""How a camera moves in front of a photograph, as numbers: no pixels, no files.

Everything is in pixels of the frame, measured from the middle of the window that the camera starts
from. A point at ``q`` with depth ``d`` is seen at

    u = (q - centre) * zoom * (1 + dolly * (d - pivot)) + shift * (d - pivot)

A move is a row of `PATHS`: what it does, as smooth functions of the phase, in parts of the camera's
amount. Every move comes round: phase 0 and 2π are the same moment, and position, velocity and
acceleration go on through it. At phase 0 the photograph is seen unbent, except by a pull: that
starts close, and the photograph is unbent at half time, when it is farthest away.

A dolly-zoom needs no formula of its own: what it keeps as large as it is lies at the pivot, where
neither zoom nor dolly act, and a negative dolly lets what is behind it grow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import cos, pi, sin
from typing import Literal

Move = Literal["push", "pull", "slide", "rise", "orbit", "dolly-zoom"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
Wave = Callable[[float], float]
"""A smooth function of the phase."""

_PHASES = 64
"""Moments of a move that are looked at to bound it; the moves are far smoother than that."""
_BETWEEN = 5e-4
"""Added for what a move does between the moments looked at."""
_RAMP = 0.35
"""Share of a way that is spent getting up to speed, and again slowing down."""
PEAK = 1 / (1 - _RAMP)
"""The fastest moment of `glide` against its mean."""
_HEIGHT = 0.3
"""Height of the orbit's lying eight against its width."""


def glide(x: float) -> float:
    """Return how much of a way is done when ``x`` of its time is: from rest to rest, C2.

    Speed rises as a smoothstep, stays, and falls again: the fastest moment is 1.54 times the mean,
    against 1.88 for the quintic and 1.57 for half a cosine, whose acceleration jumps at rest.
    """
    x = min(max(x, 0.0), 1.0)
    if x > 0.5:
        return 1.0 - glide(1.0 - x)
    part = min(x / _RAMP, 1.0)
    return (_RAMP * (part**3 - part**4 / 2) + max(0.0, x - _RAMP)) / (1 - _RAMP)


def there_and_back(phase: float) -> float:
    """Return 0 at phase 0, 1 at half time: a way and the same way back, with rest at both ends."""
    x = phase / pi % 2.0
    return glide(x if x <= 1 else 2 - x)


def furthest(speed: float) -> float:
    """Return how far `there_and_back` may go for its fastest moment to be ``speed`` a turn."""
    return speed / PEAK / 2


def _none(phase: float) -> float:  # noqa: ARG001 - a wave takes the phase
    return 0.0


def _whole(phase: float) -> float:  # noqa: ARG001 - a wave takes the phase
    return 1.0


def _in_and_out(phase: float) -> float:
    return (1 - cos(phase)) / 2


def _out_and_in(phase: float) -> float:
    return (1 + cos(phase)) / 2


@dataclass(frozen=True)
class Path:
    """What one move does, in parts of the camera's amount."""

    nearer: Wave = _none
    """Coming nearer: all grows, and what is near grows more the more parallax there is."""
    zoom: Wave = _none
    """All grows alike."""
    dolly: Wave = _none
    """What is near grows against what is far; only parallax."""
    pan: tuple[Wave, Wave] = (_none, _none)
    """To the right and down, in the room that zoom makes."""
    swing: tuple[Wave, Wave] = (_none, _none)
    """What is near moves against what is far; only parallax."""


PATHS: dict[Move, Path] = {
    "push": Path(nearer=_in_and_out, swing=(lambda p: _in_and_out(p) * sin(p) / 2, _none)),
    "pull": Path(nearer=_out_and_in, swing=(lambda p: -_out_and_in(p) * sin(p) / 2, _none)),
    "slide": Path(zoom=_whole, pan=(sin, _none), swing=(lambda p: -sin(p), _none)),
    "rise": Path(zoom=_whole, pan=(_none, lambda p: -sin(p)), swing=(_none, sin)),
    "orbit": Path(zoom=lambda p: _in_and_out(p) / 4, swing=(sin, lambda p: _HEIGHT * sin(2 * p))),
    "dolly-zoom": Path(dolly=lambda p: -_in_and_out(p)),
}
"""The moves. Signs: a camera that goes up or right sees the near go down or left against the far.
A dolly-zoom moves away and zooms in: the object stays, its surroundings come up and leave the
frame. The other way round would show more than the photograph has."""

_ALONG = Path(swing=(lambda p: -(sin(p) ** 3), lambda p: -(sin(p) ** 3)))
"""Along a work that is longer than the frame; at both its ends there is no room to swing."""


@dataclass(frozen=True)
class Pose:
    """Where the camera is at one moment. See the module for the formula."""

    zoom: float
    centre: Point = (0.0, 0.0)
    shift: Point = (0.0, 0.0)
    dolly: float = 0.0


@dataclass(frozen=True)
class Camera:
    """One move in front of one photograph."""

    move: Move
    frame: tuple[int, int]
    amount: float
    """Fraction of the frame that the camera goes."""
    parallax: float = 0.0
    """How much of ``amount`` moves near against far; 0 for a flat work."""
    pivot: float = 0.0
    """The depth that stands still."""
    depths: tuple[float, float] = (0.0, 0.0)
    """Farthest and nearest depth in the photograph."""
    aim: Point = (0.0, 0.0)
    """What stays where it is while the rest grows, -1 to 1 across the frame."""
    travel: Point = (0.0, 0.0)
    """How far a slide or a rise goes along a work that is longer than the frame."""
    base: float = 1.0
    """Zoom that keeps the photograph's border out of sight; see `bounded`."""

    def pose(self, phase: float) -> Pose:
        """Where the camera is at ``phase``; 0 and 2π are the same moment."""
        path = _ALONG if any(self.travel) else PATHS[self.move]
        nearer, deep = path.nearer(phase), self.amount * self.parallax
        grown = 1 + self.amount * (path.zoom(phase) + (1 - self.parallax) * nearer)
        zoom, dolly = self.base * grown, 2 * deep * (nearer + path.dolly(phase))
        centre, shift = [0.0, 0.0], [0.0, 0.0]
        for axis in (0, 1):
            side, pan, travel = self.frame[axis], path.pan[axis], self.travel[axis]
            if travel:
                centre[axis] = travel * there_and_back(phase)
            elif pan is not _none:
                centre[axis] = (1 - 1 / grown) / 2 / self.base * side * pan(phase)
            else:
                centre[axis] = (1 - 1 / zoom) / 2 * side * self.aim[axis]
            if travel or not any(self.travel):
                shift[axis] = deep * min(self.frame) * path.swing[axis](phase)
            shift[axis] -= self.aim[axis] * side / 2 * dolly
        return Pose(zoom, (centre[0], centre[1]), (shift[0], shift[1]), dolly)

    def bounded(self) -> Camera:
        """Pull the camera in by what the move needs, so that no frame reaches over the border."""
        camera = self
        for _ in range(8):  # each round leaves a small part of the last one's error
            need = max((camera._reach(pose) for pose in camera._poses()), default=1.0)
            if need <= 1 + 1e-9:
                break
            camera = replace(camera, base=camera.base * need * (1 + _BETWEEN))
        return camera

    def slowed(self, speed: float) -> Camera:
        """Make the move smaller until its fastest moment is no faster than ``speed``.

        Speed is in fractions of the frame's side for a whole turn of the phase.
        """
        camera = self
        for _ in range(12):
            fastest = camera.speed()
            if fastest <= speed:
                break
            camera = replace(camera, amount=camera.amount * speed / fastest * 0.98, base=1.0)
            camera = camera.bounded()
        return camera

    def speed(self) -> float:
        """How fast anything in the frame ever moves, in frame sides for a turn of the phase."""
        step, fastest = 1e-3, 0.0
        for phase in self._phases():
            before, after = self.pose(phase - step / 2), self.pose(phase + step / 2)
            for axis, u, depth in self._seen_points():
                q = self._looked_at(before, axis, u, depth)
                way = abs(self._seen(after, axis, q, depth) - u) / self.frame[axis]
                fastest = max(fastest, way / step * 2 * pi)
        return fastest

    def closest(self) -> float:
        """The largest zoom of the move."""
        return max(pose.zoom for pose in self._poses())

    def extent_px(self) -> float:
        """How far anything in the frame gets from where it was at first, at most."""
        start, farthest = self.pose(0.0), 0.0
        points = [
            (axis, u, depth, self._looked_at(start, axis, u, depth))
            for axis, u, depth in self._seen_points()
        ]
        for pose in self._poses():
            away = (abs(self._seen(pose, axis, q, depth) - u) for axis, u, depth, q in points)
            farthest = max(farthest, *away)
        return farthest

    def reach_px(self) -> float:
        """How far the nearest moves against the farthest, at most, in frame pixels."""
        rise = self.depths[1] - self.depths[0]
        return max(
            rise * (max(map(abs, pose.shift)) + abs(pose.dolly) * max(self.frame) / 2)
            for pose in self._poses()
        )

    def shows(self, box: Box, limits: Box) -> bool:
        """Whether ``box`` stays inside ``limits`` all the time; both from the frame's middle.

        A side of the box that is not inside while the camera is at rest is not asked for.
        """
        sides = [(0, -1, 0), (1, -1, 1), (0, 1, 2), (1, 1, 3)]
        asked = [(a, s, box[i], limits[i]) for a, s, i in sides if box[i] * s < limits[i] * s]
        return all(
            s * self._seen(pose, axis, at, depth) < s * limit
            for pose in self._poses()
            for axis, s, at, limit in asked
            for depth in self.depths
        )

    def seen_box(self, box: Box) -> Box:
        """Where in the frame ``box`` is at one moment or another, from the middle of the frame."""
        ends = [
            [
                self._seen(pose, axis, at, depth)
                for pose in self._poses()
                for depth in self.depths
                for at in (box[axis], box[axis + 2])
            ]
            for axis in (0, 1)
        ]
        return min(ends[0]), min(ends[1]), max(ends[0]), max(ends[1])

    def _phases(self) -> Iterator[float]:
        return (2 * pi * index / _PHASES for index in range(_PHASES))

    def _seen_points(self) -> list[tuple[int, float, float]]:
        """Axis, place on it and depth: the middle and the edges of the frame, far and near."""
        return [
            (axis, u, depth)
            for axis in (0, 1)
            for u in (-self.frame[axis] / 2, 0.0, self.frame[axis] / 2)
            for depth in self.depths
        ]

    def _poses(self) -> Iterator[Pose]:
        return (self.pose(phase) for phase in self._phases())

    def _seen(self, pose: Pose, axis: int, at: float, depth: float) -> float:
        rise = depth - self.pivot
        grown = pose.zoom * (1 + pose.dolly * rise)
        return (at - pose.centre[axis]) * grown + pose.shift[axis] * rise

    def _looked_at(self, pose: Pose, axis: int, u: float, depth: float) -> float:
        """Which point of the given depth is seen at ``u``."""
        rise = depth - self.pivot
        grown = pose.zoom * (1 + pose.dolly * rise)
        return pose.centre[axis] + (u - pose.shift[axis] * rise) / grown

    def _reach(self, pose: Pose) -> float:
        """How far the frame's edge reaches, 1 being the border of the photograph."""
        worst = 0.0
        for axis in (0, 1):
            half = self.frame[axis] / 2
            low, high = sorted((0.0, self.travel[axis]))
            for depth in self.depths:
                for edge, room in ((-half, half - low), (half, half + high)):
                    q = self._looked_at(pose, axis, edge, depth)
                    worst = max(worst, q * (1 if edge > 0 else -1) / room)
        return worst
