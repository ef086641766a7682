"""How a camera moves in front of a photograph, as numbers: no pixels, no files.

Everything is in pixels of the frame, measured from the middle of the window that the camera starts
from. A point at ``q`` with depth ``d`` is seen at

    u = (q - centre) * zoom * (1 + dolly * (d - pivot)) + shift * (d - pivot)

Every move is infinitely smooth in the phase, and at phase 0 the photograph is seen unbent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import cos, pi, sin
from typing import Literal

Move = Literal["orbit", "push", "slide"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

_PHASES = 64
"""Moments of a move that are looked at to bound it; the moves are far smoother than that."""
_BETWEEN = 5e-4
"""Added for what a move does between the moments looked at."""
_AIM = 0.6
"""Share of the room that zooming makes which the push uses to drift towards its aim."""
_RISE = 0.3
"""Height of the orbit's lying eight against its width."""


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
    """What the push drifts to, -1 to 1 across the window."""
    travel: Point = (0.0, 0.0)
    """How far a slide goes along a work that is longer than the frame."""
    base: float = 1.0
    """Zoom that keeps the photograph's border out of sight; see `bounded`."""

    def pose(self, phase: float) -> Pose:
        """Where the camera is at ``phase``; 0 and 2π are the same moment."""
        moves: dict[Move, Callable[[float], Pose]] = {
            "orbit": self._orbit,
            "push": self._push,
            "slide": self._slide,
        }
        return moves["slide" if any(self.travel) else self.move](phase)

    def bounded(self) -> Camera:
        """Pull the camera in by what the move needs, so that no frame reaches over the border."""
        camera = self
        for _ in range(8):  # each round leaves a small part of the last one's error
            need = max((camera._reach(pose) for pose in camera._poses()), default=1.0)
            if need <= 1:
                break
            camera = replace(camera, base=camera.base * need * (1 + _BETWEEN))
        return camera

    def reach_px(self) -> float:
        """How far the nearest moves against the farthest, at most, in frame pixels."""
        rise = self.depths[1] - self.depths[0]
        return max(
            rise * (max(map(abs, pose.shift)) + pose.dolly * max(self.frame) / 2)
            for pose in self._poses()
        )

    def shows(self, box: Box, air: float) -> bool:
        """Whether ``box`` stays ``air`` (a fraction of the side) inside the frame all the time.

        A side of the box that is not inside at the start is not asked for.
        """
        left, top, right, bottom = box
        limits = [side * (0.5 - air) for side in self.frame]
        sides = [(0, -1, left), (0, 1, right), (1, -1, top), (1, 1, bottom)]
        asked = [(a, s, at) for a, s, at in sides if at * s < limits[a]]
        return all(
            s * self._seen(pose, axis, at, depth) < limits[axis]
            for pose in self._poses()
            for axis, s, at in asked
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

    def _poses(self) -> Iterator[Pose]:
        return (self.pose(2 * pi * index / _PHASES) for index in range(_PHASES))

    def _seen(self, pose: Pose, axis: int, at: float, depth: float) -> float:
        rise = depth - self.pivot
        grown = pose.zoom * (1 + pose.dolly * rise)
        return (at - pose.centre[axis]) * grown + pose.shift[axis] * rise

    def _reach(self, pose: Pose) -> float:
        """How far the frame's edge reaches, 1 being the border of the photograph."""
        worst = 0.0
        for axis in (0, 1):
            half = self.frame[axis] / 2
            low, high = sorted((0.0, self.travel[axis]))
            for depth in self.depths:
                rise = depth - self.pivot
                grown = pose.zoom * (1 + pose.dolly * rise)
                for edge, room in ((-half, half - low), (half, half + high)):
                    q = pose.centre[axis] + (edge - pose.shift[axis] * rise) / grown
                    worst = max(worst, q * (1 if edge > 0 else -1) / room)
        return worst

    def _orbit(self, phase: float) -> Pose:
        swing = self.amount * self.parallax * min(self.frame)
        eased = (1 - cos(phase)) / 2
        return Pose(
            zoom=self.base * (1 + self.amount * eased / 4),
            shift=(swing * sin(phase), swing * _RISE * sin(2 * phase)),
        )

    def _push(self, phase: float) -> Pose:
        eased = (1 - cos(phase)) / 2
        zoom = self.base * (1 + self.amount * (1 - self.parallax) * eased)
        room = (1 - 1 / zoom) / 2 * _AIM
        swing = self.amount * self.parallax * min(self.frame) / 2 * eased * sin(phase)
        return Pose(
            zoom=zoom,
            centre=(self.aim[0] * room * self.frame[0], self.aim[1] * room * self.frame[1]),
            shift=(swing, 0.0),
            dolly=self.amount * self.parallax * 2 * eased,
        )

    def _slide(self, phase: float) -> Pose:
        swing = -self.amount * self.parallax * min(self.frame) * sin(phase)
        if any(self.travel):
            eased = (1 - cos(phase)) / 2
            swing *= sin(phase) ** 2  # at both ends of the work there is no room to swing
            along = (abs(self.travel[0]) > 0, abs(self.travel[1]) > 0)
            return Pose(
                zoom=self.base,
                centre=(self.travel[0] * eased, self.travel[1] * eased),
                shift=(swing * along[0], swing * along[1]),
            )
        zoom = self.base * (1 + self.amount)
        room = self.amount / (1 + self.amount) / 2 * self.frame[0] / self.base
        return Pose(zoom=zoom, centre=(room * sin(phase), 0.0), shift=(swing, 0.0))
