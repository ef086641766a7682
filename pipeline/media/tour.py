"""A tour of a picture's details: the whole, one after the other close up, and the whole again.

Numbers only: where the camera is at which second. It rests at every stop; between two of them zoom
and pan go together on the way that looks shortest (`Way`), and it starts and stops so softly that
position, speed and acceleration have no step anywhere. No view ever reaches over the border.

A whole tour needs time: `plan` takes as many stops as the clip has time for, in their order, at no
more than the given speed; where there is no time for one, it goes less close.

Source: van Wijk and Nuij, "Smooth and efficient zooming and panning", InfoVis 2003, equation 9 and
section 5 (people liked rho = 1.42 and 0.9 of the paper's lengths a second, that is panning by
0.64 of a frame a second).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, permutations
from math import asinh, cosh, exp, hypot, log, sinh, tanh
from typing import Any

import numpy as np

from pipeline.media.camera import PEAK, glide
from pipeline.media.place import Pair, View, widest

LOOK_S = 3.0
"""How long a detail is looked at, at least. Ours: about ten fixations, which last 0.26 to 0.33 s on
scenes (Rayner, "Eye movements and attention in reading, scene perception, and visual search",
2009)."""
WHOLE_S = 1.6
"""How long the whole is seen, at least. Ours: the gist of a picture needs far less."""
_RHO = 1.42
_KNOTS, _FINER = 32, 8
"""Knots of the curve that makes a way look equally fast, and steps between them."""
_REST = 0.35
"""What is slower than this part of a way's mean speed may stay slower."""
_SHORT = 0.35
"""Share of a clip that is too short for a whole tour which is spent looking at its one detail; with
more of it the camera would not get close enough to look."""
_LEAST, _ASIDE = 1.12, 0.25
"""An approach by less than this, and a pan by less than this part of a frame, show nothing new."""


@dataclass(frozen=True)
class Way:
    """From one view to another, over no border.

    The width follows van Wijk's path, bent less than theirs (a smaller rho) where it would not fit
    the photograph. Their pan knows no border; here it is the share of the room on both sides of
    the view that goes from that of the start to that of the end, so every view between is inside.
    """

    start: View
    end: View
    photo_px: Pair
    frame_px: Pair

    def view(self, x: float) -> View:
        """The view after a part ``x`` of the way, 0 to 1; it looks about equally fast all along."""
        return self._view(self._even(x))

    @property
    def length(self) -> float:
        """How far it looks, in frames (of the frame's longer side); no part is faster than it.

        Pan and zoom add up as in the paper: zooming by a factor e looks like panning by 1 / rho^2
        of a frame, which is also about what the picture's parts move on the mean.
        """
        return float(self._lengths[-1])

    def _view(self, x: float) -> View:
        width, share = self._path(x)
        first, last = self._shares(self.start), self._shares(self.end)
        middle = [0.0, 0.0]
        for axis in (0, 1):
            a, b = first[axis], last[axis]
            if a is None or b is None:  # no room at one end: zoom about one and the same point
                a = b = b if a is None else a
            place = 0.0 if a is None or b is None else a + (b - a) * share
            middle[axis] = self.photo_px[axis] / 2 + place * self._room(width, axis)
        return View(middle[0], middle[1], width)

    @cached_property
    def _lengths(self) -> Any:
        """How far it looks up to each knot.

        Where a way turns round at the whole, it comes to rest and must be let: so a part of the
        mean is added, and there it is slower than elsewhere instead of turning on the spot.
        """
        longer = max(1.0, self.frame_px[1] / self.frame_px[0])
        views = [self._view(index / _KNOTS / _FINER) for index in range(_KNOTS * _FINER + 1)]
        steps = [0.0]
        for a, b in pairwise(views):
            pan = hypot(b.x - a.x, b.y - a.y) / longer / a.width
            steps.append(hypot(pan, log(b.width / a.width) / _RHO**2))
        rest = _REST * float(np.mean(steps[1:]))
        smooth = [0.0, *(hypot(step, rest) for step in steps[1:])]
        return np.cumsum(smooth)[::_FINER]

    @cached_property
    def _curve(self) -> tuple[Any, Any, Any]:
        """Knots of the natural cubic spline from length to place, and its second derivatives.

        A spline, because it is C2: a table alone would put steps into the speed.
        """
        at = np.linspace(0, 1, _KNOTS + 1)
        done = self._lengths / self._lengths[-1] if self._lengths[-1] > 0 else at
        h = np.diff(done)
        matrix, right = np.eye(_KNOTS + 1), np.zeros(_KNOTS + 1)
        for i in range(1, _KNOTS):
            matrix[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
            right[i] = 6 * ((at[i + 1] - at[i]) / h[i] - (at[i] - at[i - 1]) / h[i - 1])
        return done, at, np.linalg.solve(matrix, right)

    def _even(self, x: float) -> float:
        """Where on the path a part ``x`` of its length is done."""
        done, at, bend = self._curve
        i = min(max(int(np.searchsorted(done, x)) - 1, 0), _KNOTS - 1)
        h = done[i + 1] - done[i]
        a, b = (done[i + 1] - x) / h, (x - done[i]) / h
        curved = ((a**3 - a) * bend[i] + (b**3 - b) * bend[i + 1]) * h * h / 6
        return min(max(float(a * at[i] + b * at[i + 1] + curved), 0.0), 1.0)

    def _room(self, width: float, axis: int) -> float:
        side = width if axis == 0 else width * self.frame_px[1] / self.frame_px[0]
        return max(0.0, self.photo_px[axis] - side)

    def _shares(self, view: View) -> tuple[float | None, float | None]:
        """Where a view lies in its room, -0.5 to 0.5; ``None`` where it has none."""
        rooms = [self._room(view.width, axis) for axis in (0, 1)]
        least = 1e-6 * view.width
        shares = [
            (view[axis] - self.photo_px[axis] / 2) / rooms[axis] if rooms[axis] > least else None
            for axis in (0, 1)
        ]
        return shares[0], shares[1]

    def _path(self, x: float) -> tuple[float, float]:
        """Width, and share of the pan that is done."""
        w0, w1 = self.start.width, self.end.width
        away, rho, r0, r1 = self._bow
        if away == 0:
            return w0 * exp(x * log(w1 / w0)), x
        s = x * (r1 - r0)
        width = w0 * cosh(r0) / cosh(s + r0)
        return width, w0 / rho**2 * (cosh(r0) * tanh(s + r0) - sinh(r0)) / away

    @cached_property
    def _bow(self) -> tuple[float, float, float, float]:
        """Distance, the paper's rho or a smaller one whose path fits the photograph, r0, r1."""
        w0, w1 = self.start.width, self.end.width
        away = hypot(self.end.x - self.start.x, self.end.y - self.start.y)
        shares = zip(self._shares(self.start), self._shares(self.end), strict=True)
        if away < 1e-6 * w0 or all(a is None or b is None for a, b in shares):
            return 0.0, 0.0, 0.0, 0.0  # about one point: an even zoom
        most = max(widest(self.photo_px, self.frame_px), w0, w1) * (1 + 1e-9)

        def fits(rho: float) -> bool:
            r0, r1 = _ends(w0, w1, away, rho)
            return not r0 < 0 < r1 or w0 * cosh(r0) <= most

        low, high = 0.05, _RHO
        if fits(_RHO):
            low = _RHO
        for _ in range(40):
            tried = (low + high) / 2
            low, high = (tried, high) if fits(tried) else (low, tried)
        return away, low, *_ends(w0, w1, away, low)


def _ends(w0: float, w1: float, away: float, rho: float) -> tuple[float, float]:
    """The paper's r0 and r1."""
    square, bend = w1 * w1 - w0 * w0, rho**4 * away * away
    b0 = (square + bend) / (2 * w0 * rho * rho * away)
    b1 = (square - bend) / (2 * w1 * rho * rho * away)
    return -asinh(b0), -asinh(b1)


@dataclass(frozen=True)
class Tour:
    """Stops and the ways between them; after the last stop comes the first again."""

    ways: tuple[Way, ...]
    holds_s: tuple[float, ...]
    """How long the camera rests at the start of each way; half of the first rest is the last."""
    ways_s: tuple[float, ...]

    @property
    def stops(self) -> tuple[View, ...]:
        """Where the camera rests."""
        return tuple(way.start for way in self.ways)

    @property
    def duration_s(self) -> float:
        """How long it takes to come round."""
        return sum(self.holds_s) + sum(self.ways_s)

    def view(self, time_s: float) -> View:
        """What is seen after ``time_s``; it comes round after `duration_s`."""
        left = (time_s + self.holds_s[0] / 2) % self.duration_s
        for way, hold_s, way_s in zip(self.ways, self.holds_s, self.ways_s, strict=True):
            if left <= hold_s:
                return way.start
            left -= hold_s
            if left < way_s:
                return way.view(glide(left / way_s))
            left -= way_s
        return self.ways[0].start

    def paced(self, duration_s: float) -> Tour:
        """The same tour in a longer time: all of it takes longer."""
        k = duration_s / self.duration_s
        return Tour(
            self.ways, tuple(t * k for t in self.holds_s), tuple(t * k for t in self.ways_s)
        )


def tour(
    stops: Sequence[View], photo_px: Pair, frame_px: Pair, speed_per_s: float, look_s: float
) -> Tour:
    """Return the quickest tour of ``stops`` that is nowhere faster than ``speed_per_s``."""
    ways = [Way(a, b, photo_px, frame_px) for a, b in pairwise([*stops, stops[0]])]
    ways_s = tuple(way.length * PEAK / speed_per_s for way in ways)
    whole_s = WHOLE_S * look_s / LOOK_S
    holds_s = tuple(whole_s if index == 0 else look_s for index in range(len(stops)))
    return Tour(tuple(ways), holds_s, ways_s)


def shows_more(whole: View, stop: View, frame_px: Pair) -> bool:
    """Whether there is something to see from ``stop``: it is closer than the whole, or aside."""
    height = whole.width * frame_px[1] / frame_px[0]
    aside = max(abs(stop.x - whole.x) / whole.width, abs(stop.y - whole.y) / height)
    return whole.width >= _LEAST * stop.width or aside >= _ASIDE


def plan(
    stops: Sequence[View],
    photo_px: Pair,
    frame_px: Pair,
    pace: tuple[float, float, float],
    any_order: bool = False,
) -> Tour | None:
    """Return the tour of as many stops as there is time for; ``None`` if there is none for one.

    Args:
        stops: the whole, then the details.
        photo_px: size of the photograph.
        frame_px: size of the frame.
        pace: duration in seconds, speed in frames a second, seconds to look at a detail.
        any_order: visit them on the shortest way; those named first are still preferred.
    """
    duration_s, speed_per_s, look_s = pace
    whole = stops[0]
    near = [stop for stop in stops[1:] if shows_more(whole, stop, frame_px)]
    for count in range(len(near), 0, -1):
        orders = permutations(near[:count]) if any_order else [near[:count]]
        tours = (tour([whole, *o], photo_px, frame_px, speed_per_s, look_s) for o in orders)
        found = min(tours, key=lambda t: t.duration_s)
        if found.duration_s <= duration_s:
            return found.paced(duration_s)
    return _less_close(whole, near, photo_px, frame_px, pace) if near else None


def _less_close(
    whole: View,
    near: Sequence[View],
    photo_px: Pair,
    frame_px: Pair,
    pace: tuple[float, float, float],
) -> Tour | None:
    """The tour of the first detail alone, as close to it as the time allows."""
    duration_s, speed_per_s, look_s = pace
    look_s = min(look_s, duration_s * _SHORT)
    way = Way(whole, near[0], photo_px, frame_px)
    low, high, best = 0.0, 1.0, None
    for _ in range(20):
        part = (low + high) / 2
        stops = [whole, way.view(part)]
        found = tour(stops, photo_px, frame_px, speed_per_s, look_s)
        if found.duration_s <= duration_s:
            low, best = part, found
        else:
            high = part
    if best is None or not shows_more(whole, best.stops[1], frame_px):
        return None
    return best.paced(duration_s)
