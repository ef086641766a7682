"""Where a camera stands before one photograph: the window it starts from, its move, its limits.

Knows the kinds of object and what a museum wants to see of them. Knows no layers and draws nothing.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from math import pi
from typing import TYPE_CHECKING

from pipeline.media.camera import Box, Camera, Move, Point
from pipeline.protocols import Shot
from pipeline.records import Kind

if TYPE_CHECKING:
    from pipeline.engines.clip_parallax import ParallaxOptions
    from pipeline.protocols import RGB, DepthArray, MaskArray

_log = logging.getLogger(__name__)

_MOVES: dict[Kind, Move] = {
    Kind.RELIEF: "slide",
    Kind.PLAQUE: "slide",
    Kind.TEXTILE: "slide",
    Kind.SCROLL: "slide",
    Kind.COIN: "orbit",
    Kind.MEDAL: "orbit",
    Kind.VESSEL: "orbit",
    Kind.SCULPTURE: "orbit",
}
"""How each kind is looked at; what is not named is pushed in on."""

_TRAVEL_PER_S = 0.25
"""Of the frame's length, at the fastest moment along a scroll: the eye still reads."""
_MOVE_PER_S = 0.08
"""Of the frame, at the fastest moment of any other move: a visitor leaning in, not a zoom."""
_OVERFLOW = 0.15
"""A work that is longer than the frame by this share of it is travelled along."""
_AIR = 0.01
"""Of the frame's side, kept free around an object that the photograph shows whole."""
_OBJECT = (0.003, 0.97)
"""Share of the photograph that can be an object in front of something."""
_FLAT = 0.02
"""Less depth than this moves nothing by a visible pixel."""
SHARPEST = 1.3
"""Most pixels of the prepared photograph to a pixel of the frame; beyond it a zoom is soft by
less than can be seen and memory grows."""
_LONGEST_PX = 30_000
"""OpenCV samples pictures of up to 32,767 pixels a side."""


@dataclass(frozen=True)
class Window:
    """The part of the photograph that the camera can see."""

    box: Box
    """In the photograph's pixels."""
    per_px: float
    """Frame pixels in one pixel of the photograph."""
    middle: Point
    """Where the camera starts, in the photograph's pixels."""
    travel: Point = (0.0, 0.0)
    """How far it goes along a work that is longer than the frame, in frame pixels."""

    def placed(self, box: Box) -> Box:
        """Return a box of the photograph in frame pixels from the middle."""
        x, y = self.middle
        left, top, right, bottom = box
        k = self.per_px
        return (left - x) * k, (top - y) * k, (right - x) * k, (bottom - y) * k


@dataclass(frozen=True)
class Framing:
    """What the camera sees of a photograph, and how it moves."""

    window: Window
    camera: Camera
    is_object: bool
    """Something stands in front of a background."""


def frame_shot(
    rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot, options: ParallaxOptions
) -> Framing:
    """Choose window and move for a photograph, such that nothing beyond its border is seen."""
    move = _MOVES.get(shot.kind, "push") if options.move == "auto" else options.move
    is_object = not shot.kind.fills_photograph and _OBJECT[0] < float(mask.mean()) < _OBJECT[1]
    box = _box(mask) if is_object else (0.0, 0.0, float(mask.shape[1]), float(mask.shape[0]))
    window = _window(mask.shape, box, move, shot)
    camera = _camera(mask if is_object else None, depth, move, shot, options)
    camera = replace(camera, travel=window.travel, aim=_aim(rgb, window)).bounded()
    if is_object:
        camera = _held(camera, window.placed(box))
    return Framing(window, camera, is_object)


def _window(shape: tuple[int, ...], box: Box, move: Move, shot: Shot) -> Window:
    """The largest part of the photograph that has the frame's shape, around the object."""
    sides = (float(shape[1]), float(shape[0]))
    frame = (shot.width_px, shot.height_px)
    per_px = max(frame[0] / sides[0], frame[1] / sides[1])
    over = [sides[i] * per_px / frame[i] - 1 for i in (0, 1)]
    axis = 0 if over[0] >= over[1] else 1
    half = [frame[i] / per_px / 2 for i in (0, 1)]
    middle = [
        min(max((box[i] + box[i + 2]) / 2, half[i]), max(half[i], sides[i] - half[i]))
        for i in (0, 1)
    ]
    travel = [0.0, 0.0]
    if over[axis] >= _OVERFLOW and (move == "slide" or shot.kind.fills_photograph):
        # A Chinese handscroll is read from right to left; everything else from left or top.
        back = axis == 0 and shot.kind is Kind.SCROLL
        middle[axis] = sides[axis] - half[axis] if back else half[axis]
        travel[axis] = _way(over[axis], shot) * frame[axis] * (-1 if back else 1)
    low = [middle[i] - half[i] + min(0.0, travel[i]) / per_px for i in (0, 1)]
    high = [middle[i] + half[i] + max(0.0, travel[i]) / per_px for i in (0, 1)]
    return Window(
        box=(low[0], low[1], high[0], high[1]),
        per_px=per_px,
        middle=(middle[0], middle[1]),
        travel=(travel[0], travel[1]),
    )


def _way(over: float, shot: Shot) -> float:
    """How many frames' lengths of a long work the camera goes along and back in the time."""
    longest = max(shot.width_px, shot.height_px)
    most = min(_TRAVEL_PER_S * shot.frames / shot.fps / pi, _LONGEST_PX / SHARPEST / longest - 1)
    if over > most:
        _log.info(
            "The work is %.1f frames long; in the clip's time the camera sees %.1f of them. "
            "A longer duration_s shows more.",
            1 + over,
            1 + most,
        )
    return min(over, most)


def _camera(
    mask: MaskArray | None, depth: DepthArray, move: Move, shot: Shot, options: ParallaxOptions
) -> Camera:
    """The move, as large as the options ask for and the time allows."""
    import numpy as np

    low, high = float(depth.min()), float(depth.max())
    deep = high - low >= _FLAT
    pivot = low
    if move != "push":
        inside = depth if mask is None else depth[mask > 0.5]
        pivot = float(np.median(inside)) if inside.size else low
    return Camera(
        move=move,
        frame=(shot.width_px, shot.height_px),
        amount=min(options.amount, _MOVE_PER_S * shot.frames / shot.fps / (pi / 2)),
        parallax=options.depth if deep else 0.0,
        pivot=pivot,
        depths=(low, high) if deep else (pivot, pivot),
    )


def _held(camera: Camera, box: Box) -> Camera:
    """Make the move smaller until the whole object stays in the frame."""
    for _ in range(12):
        if camera.shows(box, _AIR):
            break
        camera = replace(camera, amount=camera.amount * 0.75, base=1.0).bounded()
    return camera


def _aim(rgb: RGB, window: Window) -> Point:
    """Where most of the detail is, -1 to 1 across the first window; a push drifts there."""
    import cv2
    import numpy as np

    grey = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (64, 64), interpolation=cv2.INTER_AREA)
    grey = grey.astype(np.float32)
    detail = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 2)) + 1e-3
    total = float(detail.sum())
    aim = []
    for axis in (0, 1):
        at = float((detail.sum(axis=axis) * (np.arange(64) + 0.5)).sum()) / total / 64
        offset = (at * rgb.shape[1 - axis] - window.middle[axis]) / rgb.shape[1 - axis]
        aim.append(max(-1.0, min(1.0, 4 * offset)))
    return aim[0], aim[1]


def _box(mask: MaskArray) -> Box:
    import numpy as np

    inside = mask > 0.5
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        return (0.0, 0.0, float(mask.shape[1]), float(mask.shape[0]))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
