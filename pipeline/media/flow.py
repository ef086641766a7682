"""How far the parts of a clip's picture move, measured on small grey pictures.

It is what the clip shows, whatever engine made it; no camera is asked. Where a picture is blank
there is no flow either, and light that changes can pass for movement.

Source: Kroeger, Timofte, Dai and Van Gool, "Fast optical flow using dense inverse search", ECCV
2016 (OpenCV's DISOpticalFlow).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

_EVERY = 4
"""Columns and rows over which a step of the flow is looked for."""
_APART_PX = 0.4
"""Of the small picture: flow errs by less when a flat picture is zoomed by a thirtieth."""
_WIDER_PX = 0.05
_FARTHER = 2e-4
"""Of the picture's width: less is noise of the flow."""
_AGREE_PX = 2.0
_GRAIN, _BLANK = 1.0, 0.01
"""Grey values of detail that are noise; weight of flow where there is no more than noise."""
_FOLLOWED = 3.0
"""Grey values of detail from which on flow can be believed."""
_DRAWN = 12
"""Grey values of detail from which on an edge is clearly seen."""


@dataclass(frozen=True)
class Seen:
    """What one moment is among those before it."""

    farthest: bool
    """No moment was farther from the first."""
    edges: bool
    """Neighbours were nowhere farther apart; while none are, the farthest moment counts."""


class Flow:
    """How far things are from where the first moment had them, followed from moment to moment.

    Flow straight from the first moment to a late one fails where a camera travels far; the sum of
    the steps between does not.
    """

    def __init__(self) -> None:
        # Its presets differ by ten times in cost; "fast" is within 1 % of "medium" on our moves.
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._first: Any = None
        self._last: Any = None
        self._back: Any = None
        """For each pixel of the last picture: the way back to where the first one has it."""
        self._sum: Any = None
        self._count = 0
        self._time_s = 0.0
        self._farthest = 0.0
        self._widest = 0.0
        self._apart: Any = None
        self._edges: Any = None
        """The picture that `strength` is about."""

    def see(self, grey: Any, time_s: float) -> Seen:
        """Take in the picture at ``time_s``, of the size of the first."""
        if self._last is None:
            self._first = self._last = self._edges = grey
            self._sum, self._apart = np.zeros((2, *grey.shape), np.float32)
            self._back = np.zeros((*grey.shape, 2), np.float32)
            return Seen(farthest=True, edges=True)
        step: Any = self._dis.calc(grey, self._last, None)  # type: ignore[call-overload]
        drawn = _drawn(grey)
        self._sum += _evened(_lengths(step), drawn) / np.float32(time_s - self._time_s)
        self._count += 1
        # Errors of the steps add up, so flow straight from the first picture replaces the sum
        # wherever both agree that it is the same thing they followed.
        back = step + _taken_at(self._back, step)
        straight: Any = self._dis.calc(grey, self._first, None)  # type: ignore[call-overload]
        agree = np.abs(straight - back).max(axis=2) < _AGREE_PX
        self._back = np.where(agree[..., None], straight, back)
        self._last, self._time_s = grey, time_s
        # Not the maximum: flow has outliers. And only where there is something to follow.
        lengths = _lengths(self._back)[drawn >= _FOLLOWED]
        far = float(np.percentile(lengths, 95)) if lengths.size else 0.0
        farthest = far > self._farthest + _FARTHER
        self._farthest = far if farthest else self._farthest
        return Seen(
            farthest, self._is_wider(grey, drawn, agree) or (farthest and self._follow(grey))
        )

    def mean(self) -> Any:
        """Return the mean speed of each pixel in widths of the picture a second."""
        return self._sum / np.float32(max(1, self._count))

    @property
    def moved_apart(self) -> bool:
        """Some neighbours did, at some moment."""
        return self._widest > 0

    def strength(self) -> Any:
        """Return how much an edge has to bear at each pixel of the moment when most do.

        Where none has anything to bear: how much is drawn there.
        """
        return self._apart if self.moved_apart else _drawn(self._edges)

    def _is_wider(self, grey: Any, drawn: Any, agree: Any) -> bool:
        """Keep this moment if neighbours are farther apart than they ever were."""
        apart = _apart(self._back)
        around = (4 * _EVERY + 1, 4 * _EVERY + 1)
        came_in = cv2.dilate(_came_in(self._back), np.ones(around, np.uint8)) > 0
        believed = agree & (cv2.blur(agree.astype(np.float32), around) > 0.8)
        # A step of the flow counts where it has something to be seen on; the rest is mostly noise.
        apart *= (believed & ~came_in) * np.minimum(drawn / np.float32(_DRAWN), 1)
        wide = float(np.percentile(apart, 99))
        if wide < _APART_PX or wide <= self._widest + _WIDER_PX:
            return False
        self._widest, self._apart, self._edges = wide, apart, grey
        return True

    def _follow(self, grey: Any) -> bool:
        """Keep the farthest moment while no neighbours moved apart."""
        if not self.moved_apart:
            self._edges = grey
        return not self.moved_apart


def _apart(back: Any) -> Any:
    """Return how far neighbours moved apart, beyond what a zoom moves all of them, in pixels."""
    apart = np.zeros(back.shape[:2], np.float32)
    back = cv2.GaussianBlur(back, (0, 0), 1.5)
    inner = (slice(_EVERY, None), slice(_EVERY, None))
    for side in (0, 1):
        step = (back - np.roll(back, _EVERY, side))[inner]
        apart[inner] += np.abs(step - np.median(step, axis=(0, 1))).sum(axis=2)
    return apart


def _came_in(back: Any) -> Any:
    """Return 1 where a pixel was outside the first picture, else 0."""
    height, width = back.shape[:2]
    x, y = np.arange(width)[None] + back[..., 0], np.arange(height)[:, None] + back[..., 1]
    return ((x < 0) | (x > width - 1) | (y < 0) | (y > height - 1)).astype(np.uint8)


def _drawn(grey: Any) -> Any:
    """Return how much detail there is around each pixel, in grey values."""
    picture = grey.astype(np.float32)
    return np.abs(picture - cv2.GaussianBlur(picture, (0, 0), 3))


def _evened(values: Any, drawn: Any) -> Any:
    """Return values evened out. Where nothing is drawn, flow is a guess: neighbours say more."""
    weight = np.clip(drawn - np.float32(_GRAIN), np.float32(_BLANK), np.float32(_DRAWN))
    total, whole = np.zeros((2, *values.shape), np.float32)
    for reach, share in ((3, 1.0), (12, 0.1)):
        total += cv2.GaussianBlur(weight * values, (0, 0), reach) * np.float32(share)
        whole += cv2.GaussianBlur(weight, (0, 0), reach) * np.float32(share)
    return total / whole


def _lengths(flow: Any) -> Any:
    """Return the length of each arrow, in widths of the picture."""
    return cv2.magnitude(flow[..., 0], flow[..., 1]) / np.float32(flow.shape[1])


def _taken_at(field: Any, flow: Any) -> Any:
    """Return what ``field`` holds at the end of each arrow of ``flow``."""
    height, width = field.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    at = (x + flow[..., 0], y + flow[..., 1])
    return cv2.remap(field, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
