"""The default clip engine: a camera that moves in front of one photograph, and invents nothing.

The photograph is taken apart into a plate and, where there is an object or a near part of a scene,
a layer in front of it (`pipeline.media.layers`). Each layer is bent by its own depth and the layers
are laid on each other back to front (`pipeline.media.warp`). A flat work gets a plain camera.

Every move is a smooth function of a phase that has come round after the last frame
(`pipeline.media.camera`), so the clip loops without a seam and starts from the photograph as it
is. The camera is pulled in by exactly what the move needs at the frame's edge: nothing outside the
photograph is ever sampled. An object that the photograph shows whole stays whole in every frame;
the move is made smaller until it does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, pi
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from pipeline.errors import EngineFailed
from pipeline.media.camera import Box, Camera, Move, Point
from pipeline.protocols import EngineOptions, Shot
from pipeline.records import Kind

if TYPE_CHECKING:
    from pipeline.media.layers import Layer
    from pipeline.media.warp import Ground
    from pipeline.protocols import RGB, DepthArray, Frame, MaskArray

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

_STANDS = {Kind.VESSEL, Kind.SCULPTURE}
"""What stands on the ground in its photograph; anything else lies or hangs."""

_TRAVEL_PER_S = 0.25
"""Of the frame's length, at the fastest moment along a scroll: the eye still reads."""
_MOVE_PER_S = 0.08
"""Of the frame, at the fastest moment of any other move: a visitor leaning in, not a zoom."""
_OVERFLOW = 0.15
"""A work that is longer than the frame by this share of it is travelled along."""
_TRIM_PX = 1
"""The outermost row of a scan is where frame, mat or table begin; it never gets into a clip."""
_AIR = 0.01
"""Of the frame's side, kept free around an object that the photograph shows whole."""
_OBJECT = (0.003, 0.97)
"""Share of the photograph that can be an object in front of something."""
_FLAT = 0.02
"""Less depth than this moves nothing by a visible pixel."""
_SHARPEST = 1.3
"""Most pixels of the prepared photograph to a pixel of the frame; beyond it a zoom is soft by
less than can be seen and memory grows."""
_LONGEST_PX = 30_000
"""OpenCV samples pictures of up to 32,767 pixels a side."""


class ParallaxOptions(EngineOptions):
    """Depth parallax from one photograph."""

    VERSION: ClassVar[str] = "1"

    name: Literal["parallax"] = "parallax"
    move: Literal["auto", "orbit", "push", "slide"] = "auto"
    """How the camera moves; ``auto`` goes by the kind of object and the photograph's shape."""
    amount: float = Field(default=0.08, gt=0, le=0.4)
    """How far the camera goes, as a fraction of the frame. Short clips go less far, so that
    none is hasty."""
    depth: float = Field(default=0.5, ge=0, le=1)
    """How much of the move is parallax: 0 moves the photograph as one sheet."""


class ParallaxEngine:
    """Moves a camera in front of layers of one photograph."""

    def __init__(self, options: ParallaxOptions) -> None:
        self._options = options

    def frames(self, rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot) -> Iterator[Frame]:
        """Yield ``shot.frames`` planar frames; see `pipeline.protocols.ClipEngine`.

        Raises:
            EngineFailed: if the photograph is less than three pixels wide or high.
        """
        if min(rgb.shape[:2]) < 3:
            raise EngineFailed(
                f"The photograph is {rgb.shape[1]} x {rgb.shape[0]} px; a clip needs at least "
                "3 x 3. Use a larger photograph."
            )
        from pipeline.media.warp import Sheet, compose

        scene = _prepared(rgb, mask, depth, shot, self._options)
        sheets = [Sheet(layer, scene.ground, scene.camera) for layer in scene.layers]
        for index in range(shot.frames):
            pose = scene.camera.pose(2 * pi * index / shot.frames)
            yield compose(sheets, pose, scene.camera.pivot, scene.ground.frame)


@dataclass(frozen=True)
class _Scene:
    """Everything that stays the same from frame to frame."""

    layers: tuple[Layer, ...]
    ground: Ground
    camera: Camera


@dataclass(frozen=True)
class _Window:
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


def _prepared(
    rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot, options: ParallaxOptions
) -> _Scene:
    from pipeline.media import layers as sheets
    from pipeline.media.warp import Ground

    inner = slice(_TRIM_PX, -_TRIM_PX)
    rgb, mask, depth = rgb[inner, inner], mask[inner, inner], depth[inner, inner]
    move = _MOVES.get(shot.kind, "push") if options.move == "auto" else options.move
    is_object = not shot.kind.fills_photograph and _OBJECT[0] < float(mask.mean()) < _OBJECT[1]
    box = _box(mask) if is_object else (0.0, 0.0, float(mask.shape[1]), float(mask.shape[0]))
    window = _window(mask.shape, box, move, shot)
    camera = _camera(mask if is_object else None, depth, move, shot, options)
    camera = replace(camera, travel=window.travel, aim=_aim(rgb, window)).bounded()
    if is_object:
        camera = _held(camera, window.placed(box))

    zoom = min(_SHARPEST, max(camera.pose(pi).zoom, camera.base))
    size = [_even((window.box[i + 2] - window.box[i]) * window.per_px * zoom) for i in (0, 1)]
    cut = [_cut(picture, window.box, (size[0], size[1])) for picture in (rgb, mask, depth)]
    scale = tuple(size[i] / ((window.box[i + 2] - window.box[i]) * window.per_px) for i in (0, 1))
    start = tuple((window.middle[i] - window.box[i]) * window.per_px for i in (0, 1))
    ground = Ground((shot.width_px, shot.height_px), (scale[0], scale[1]), (start[0], start[1]))
    reach_px = camera.reach_px() * zoom
    if camera.parallax == 0:
        layers = sheets.whole(cut[0], cut[2], 0)
    else:
        near = cut[1] if is_object else sheets.near_part(cut[2])
        stands = is_object and shot.kind in _STANDS
        layers = sheets.split(cut[0], near, cut[2], reach_px, stands)
    return _Scene(layers, ground, camera)


def _window(shape: tuple[int, ...], box: Box, move: Move, shot: Shot) -> _Window:
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
    return _Window(
        box=(low[0], low[1], high[0], high[1]),
        per_px=per_px,
        middle=(middle[0], middle[1]),
        travel=(travel[0], travel[1]),
    )


def _way(over: float, shot: Shot) -> float:
    """How many frames' lengths of a long work the camera goes along and back in the time."""
    longest = max(shot.width_px, shot.height_px)
    most = min(_TRAVEL_PER_S * shot.frames / shot.fps / pi, _LONGEST_PX / _SHARPEST / longest - 1)
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


def _aim(rgb: RGB, window: _Window) -> Point:
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


def _even(length_px: float) -> int:
    return max(2, 2 * ceil(length_px / 2 - 1e-6))


def _cut(picture: Any, box: Box, size_px: tuple[int, int]) -> Any:
    """Return the part of ``picture`` in ``box`` at another size, as float32.

    The photograph is brought once to the size at which the camera sees it closest: averaged
    over areas where it is larger, so that nothing flickers; with Lanczos where it is smaller.
    """
    import cv2
    import numpy as np

    left, top = round(box[0]), round(box[1])
    right, bottom = max(left + 1, round(box[2])), max(top + 1, round(box[3]))
    part = np.ascontiguousarray(picture[top:bottom, left:right], np.float32)
    smaller = size_px[0] < part.shape[1] or size_px[1] < part.shape[0]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LANCZOS4
    if part.ndim == 2 and not smaller:
        way = cv2.INTER_LINEAR
    return np.clip(cv2.resize(part, size_px, interpolation=way), 0, 255)
