"""Where a camera stands before one photograph: the window it starts from, its move, its limits.

Knows the kinds of object and what a museum wants to see of them. Knows no layers and draws nothing.
The window is the largest part of the photograph that has the frame's shape and in which the object
lies inside the safe part of the frame; where no window can do that, the one that keeps most of it
(`pipeline.media.place`). The move is then made smaller until the object stays there all the time.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import TYPE_CHECKING, Literal, TypeAlias

from pipeline.items import Kind
from pipeline.media.camera import Box, Camera, Move, Point, furthest
from pipeline.media.place import LONGEST_PX, View, cut_sides, first_view
from pipeline.media.stand import object_box
from pipeline.protocols import Shot

if TYPE_CHECKING:
    from pipeline.engines._surfaces import SurfaceMove
    from pipeline.engines.clip_parallax import ParallaxOptions
    from pipeline.protocols import RGB, DepthArray, MaskArray

_log = logging.getLogger(__name__)

AnyMove: TypeAlias = Move | Literal["details"]
"""Every way to move; those that are not a `Camera`'s are drawn by modules of their own."""

_MOVES: dict[Kind, Move] = {
    Kind.TEXTILE: "slide",
    Kind.VESSEL: "orbit",
    Kind.SCULPTURE: "orbit",
}
"""How each kind is looked at; what is not named is pushed in on.

Coins, medals, reliefs, plaques and scrolls are not here: `pipeline.engines._surfaces` says how they
move themselves."""
_TOURED = {Kind.PAINTING, Kind.PRINT, Kind.PHOTOGRAPH}
"""Kinds whose details are visited as soon as the catalogue names some."""

OVERFLOW = 0.15
"""What is longer than the frame by this share of it is travelled along."""
_TRAVEL = 0.9
"""Share of the speed that going along a long work may take; the rest is for its parallax."""
_BEYOND = 0.04
"""Of the frame's side, seen beyond both ends of an object that is travelled along."""
_AIR = 0.01
"""Of the frame's side, kept free around an object that the photograph shows whole."""
_FLAT = 0.02
"""Less depth than this moves nothing by a visible pixel."""
_DRIFT = 0.6
"""Share of the room that zooming makes which a flat work uses to drift towards its detail."""
_SLACK_PX = 0.1
"""What is put exactly at a border counts as inside."""
_STILL_PX = 0.5
"""A move that takes nothing farther than this is a still."""
_LONG_PX = 12e6
"""Most frame pixels of a flat work that are prepared at once; a frame of 3840 x 2160 has 8.3e6."""
SHARPEST = 1.3
"""Most pixels of the prepared photograph to a pixel of the frame; beyond it a zoom is soft by
less than can be seen and memory grows."""


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

    @property
    def is_long(self) -> bool:
        """A flat work in a large frame, too much to be prepared at once."""
        left, top, right, bottom = self.window.box
        px = (right - left) * (bottom - top) * self.window.per_px**2
        return self.camera.parallax == 0 and px > _LONG_PX


def chosen_move(move: AnyMove | SurfaceMove | Literal["auto"], shot: Shot) -> AnyMove:
    """Return how the camera moves, by the kind of object unless the config says it."""
    match move:
        case "auto" | "tilt-and-spin" | "unroll" | "raking-light":
            pass  # the moves of surfaces are shown before; a still of them is anyone's still
        case _:
            return move
    if shot.details and shot.kind in _TOURED:
        return "details"
    return _MOVES.get(shot.kind, "push")


def frame_shot(
    rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot, options: ParallaxOptions
) -> Framing:
    """Choose window and move for a photograph, such that nothing beyond its border is seen."""
    asked = chosen_move(options.move, shot)
    move: Move = "push" if asked == "details" else asked
    box = object_box(mask, shot.kind)
    view = first_view((rgb.shape[1], rgb.shape[0]), box, shot)
    speed = options.speed_per_s * shot.pace * shot.frames / shot.fps
    if box and options.move == "auto" and (axis := _too_long(view, box, shot)) is not None:
        move = ("slide", "rise")[axis]
    window = _window(mask.shape, box, view, move, (shot, speed))
    camera = _camera(mask if box else None, depth, move, shot, options)
    aim = _aim(rgb, window) if box is None else _middle(window.placed(box), camera.frame)
    camera = replace(camera, travel=window.travel, aim=aim).bounded().slowed(speed)
    if box:
        camera = _held(
            camera, window.placed(box), shot, cut_sides((rgb.shape[1], rgb.shape[0]), box)
        )
    if camera.extent_px() < _STILL_PX:
        _log.info("Nothing can move in this shot without leaving the frame: it is a still.")
    return Framing(window, camera, box is not None)


def _too_long(view: View, box: Box, shot: Shot) -> int | None:
    """Return the axis along which the frame shows much less than the whole object, if one."""
    sides = (view.width, view.width * shot.height_px / shot.width_px)
    over = [(box[i + 2] - box[i]) / sides[i] - 1 for i in (0, 1)]
    axis = 0 if over[0] >= over[1] else 1
    return axis if over[axis] >= OVERFLOW else None


def _window(
    shape: tuple[int, ...], box: Box | None, view: View, move: Move, pace: tuple[Shot, float]
) -> Window:
    """The first view with the way the camera goes along what does not fit into it."""
    shot, speed = pace
    frame = (shot.width_px, shot.height_px)
    per_px = frame[0] / view.width
    half = [side / per_px / 2 for side in frame]
    middle, travel = [view.x, view.y], [0.0, 0.0]
    whole = (0.0, 0.0, float(shape[1]), float(shape[0]))
    low, high = list((box or whole)[:2]), list((box or whole)[2:])
    if box:  # with a little air at both ends of an object
        air = [2 * _BEYOND * half[i] for i in (0, 1)]
        low = [max(0.0, low[i] - air[i]) for i in (0, 1)]
        high = [min(float(shape[1 - i]), high[i] + air[i]) for i in (0, 1)]
    over = [(high[i] - low[i]) / half[i] / 2 - 1 for i in (0, 1)]
    axis = 1 if move == "rise" or over[1] > over[0] else 0
    if over[axis] >= OVERFLOW and (move in {"slide", "rise"} or shot.kind.fills_photograph):
        # A Chinese handscroll is read from right to left, and a camera rises; everything else
        # begins left or above. Where the time is short, a rise ends at the top all the same, and
        # of an object, which is no text, the middle is seen.
        back = move == "rise" or (axis == 0 and shot.kind is Kind.SCROLL)
        way = _way(over[axis], shot, speed) * 2 * half[axis]
        if move == "rise":
            middle[axis] = low[axis] + half[axis] + way
        elif box:
            middle[axis] = (low[axis] + high[axis] - way) / 2
        else:
            middle[axis] = high[axis] - half[axis] if back else low[axis] + half[axis]
        travel[axis] = way * per_px * (-1 if back else 1)
    first = [middle[i] - half[i] + min(0.0, travel[i]) / per_px for i in (0, 1)]
    last = [middle[i] + half[i] + max(0.0, travel[i]) / per_px for i in (0, 1)]
    return Window(
        # Whole pixels, because that is what is cut out; a little more than is ever seen.
        box=(
            max(0, floor(first[0] + 1e-6)),
            max(0, floor(first[1] + 1e-6)),
            min(shape[1], ceil(last[0] - 1e-6)),
            min(shape[0], ceil(last[1] - 1e-6)),
        ),
        per_px=per_px,
        middle=(middle[0], middle[1]),
        travel=(travel[0], travel[1]),
    )


def _way(over: float, shot: Shot, speed: float) -> float:
    """How many frames' lengths of a long work the camera goes along and back in the time."""
    longest = max(shot.width_px, shot.height_px)
    most = min(_TRAVEL * furthest(speed), LONGEST_PX / SHARPEST / longest - 1)
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
    """The move, as large as the options allow."""
    import numpy as np

    low, high = float(depth.min()), float(depth.max())
    deep = high - low >= _FLAT
    pivot = low
    if move not in {"push", "pull"}:
        inside = depth if mask is None else depth[mask > 0.5]
        pivot = float(np.median(inside)) if inside.size else low
    return Camera(
        move=move,
        frame=(shot.width_px, shot.height_px),
        amount=options.amount * min(1.0, shot.pace),
        parallax=options.depth if deep else 0.0,
        pivot=pivot,
        depths=(low, high) if deep else (pivot, pivot),
    )


def _held(camera: Camera, box: Box, shot: Shot, cut: tuple[bool, ...]) -> Camera:
    """Make the move as small as it must be for the object to stay in the safe part of the frame.

    On a side where it does not lie there even at rest, it is kept in the frame, if it is in it.
    """
    limits = []
    for i, side in enumerate((*camera.frame, *camera.frame)):
        sign = -1 if i < 2 else 1
        edge = sign * side * 0.5
        wishes = [side * (shot.safe[i] - 0.5), edge, edge * (1 - 2 * _AIR)]
        limit = min(
            (w for w in wishes if box[i] * sign <= w * sign + _SLACK_PX / 2), key=abs, default=edge
        )
        limits.append(limit + sign * _SLACK_PX if not cut[i] else box[i])
    inside: Box = (limits[0], limits[1], limits[2], limits[3])
    if camera.shows(box, inside):
        return camera
    low, high, best = 0.0, camera.amount, replace(camera, amount=0.0, base=1.0).bounded()
    for _ in range(10):
        tried = replace(camera, amount=(low + high) / 2, base=1.0).bounded()
        if tried.shows(box, inside):
            low, best = tried.amount, tried
        else:
            high = tried.amount
    return best


def _middle(box: Box, frame: tuple[int, int]) -> Point:
    """The middle of a placed box, -1 to 1 across the frame."""
    aim = [max(-1.0, min(1.0, (box[i] + box[i + 2]) / frame[i])) for i in (0, 1)]
    return aim[0], aim[1]


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
        aim.append(_DRIFT * max(-1.0, min(1.0, 4 * offset)))
    return aim[0], aim[1]
