"""The default clip engine: a camera that moves in front of one photograph.

The photograph is taken apart into a plate and, where there is an object or a near part of a scene,
a layer in front of it (`pipeline.media.layers`). Each layer is bent by its own depth and the layers
are laid on each other back to front (`pipeline.media.warp`). A flat work gets a plain camera.

Every move is a smooth function of a phase that has come round after the last frame
(`pipeline.media.camera`), so the clip loops without a seam and starts from the photograph as it
is. The camera is pulled in by exactly what the move needs at the frame's edge: nothing outside the
photograph is ever sampled. An object that the photograph shows whole stays whole in every frame;
the move is made smaller until it does.

The exception are moves of the work itself (`pipeline.engines._surfaces`): they show what one
photograph has not seen, and draw it plainly. A work that is unrolled lies on a calm ground of ours
and has a bare back; a plate that turns has a bare rim and a shadow, and where it covered the ground
that is closed from around it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, pi
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from pipeline.errors import EngineFailed
from pipeline.items import Kind
from pipeline.protocols import EngineOptions, Shot
from pipeline.records import EngineId

if TYPE_CHECKING:
    from pipeline.engines._framing import Framing
    from pipeline.media.camera import Camera, Pose
    from pipeline.media.layers import Layer
    from pipeline.media.warp import Ground
    from pipeline.protocols import RGB, DepthArray, Frame, MaskArray

_log = logging.getLogger(__name__)

_STANDS = {Kind.VESSEL, Kind.SCULPTURE}
"""What stands on the ground in its photograph; anything else lies or hangs."""
_TRIM_PX = 1
"""The outermost row of a scan is where frame, mat or table begin; it never gets into a clip."""


class ParallaxOptions(EngineOptions):
    """Depth parallax from one photograph."""

    VERSION: ClassVar[str] = "8"

    name: Literal["parallax"] = "parallax"
    move: Literal[
        "auto",
        "push",
        "pull",
        "slide",
        "rise",
        "orbit",
        "dolly-zoom",
        "details",
        "tilt-and-spin",
        "unroll",
        "raking-light",
    ] = "auto"
    """How the camera moves; ``auto`` goes by the kind of object and the photograph's shape.
    ``details`` visits the regions that the catalogue names, or else those that stand out.
    ``tilt-and-spin`` turns coins and medals, ``unroll`` opens scrolls and textiles from a roll,
    ``raking-light`` carries a lamp around reliefs and the surfaces of paintings."""
    amount: float = Field(default=0.08, gt=0, le=0.4)
    """How far the camera goes at most, as a fraction of the frame. Coins are tilted by 225 times as
    many degrees, 35 at most."""
    speed_per_s: float = Field(default=0.14, gt=0, le=1)
    """How fast anything may move at the fastest moment, in fractions of the frame a second. A
    short clip goes less far rather than faster. 0.14: what moves takes seven seconds to cross the
    frame, the rule of cinematographers for a pan that does not judder. On the way from one detail
    to the next three times as much: nothing is to be read there."""
    depth: float = Field(default=0.5, ge=0, le=1)
    """How much of the move is parallax: 0 moves the photograph as one sheet. Under raking light:
    how strong the relief is."""
    max_magnification: float = Field(default=2.0, ge=1, le=8)
    """Details are looked at until one pixel of the photograph is this many pixels of the frame
    wide, and no closer: beyond it they are only blurred."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """What draws moves with depth: ``cuda`` a GPU, through torch (the extra ``gpu``), ``cpu`` the
    processor, ``auto`` a GPU where there is one. The frames are the same byte for byte, so this
    is no part of what a clip is stored under, and a clip is not made again on another machine."""

    def identity(self) -> EngineId:
        """Who does the work; which device it runs on decides no byte."""
        whole = super().identity()
        options = {name: value for name, value in whole.options.items() if name != "device"}
        return whole.model_copy(update={"options": options})


class ParallaxEngine:
    """Moves a camera in front of layers of one photograph."""

    def __init__(self, options: ParallaxOptions) -> None:
        self._options = options
        self.drawn_on: str | None = None
        """The GPU that drew the last clip, if one did; for the record."""

    def frames(self, rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot) -> Iterator[Frame]:
        """Yield ``shot.frames`` planar frames; see `pipeline.protocols.ClipEngine`.

        Raises:
            EngineFailed: if the photograph is less than three pixels wide or high, or a GPU was
                asked for by name and there is none.
        """
        self.drawn_on = None
        if min(rgb.shape[:2]) < 3:
            raise EngineFailed(
                f"The photograph is {rgb.shape[1]} x {rgb.shape[0]} px; a clip needs at least "
                "3 x 3. Use a larger photograph."
            )
        from pipeline.engines import _surfaces, _visits
        from pipeline.engines._framing import chosen_move

        inner = slice(_TRIM_PX, -_TRIM_PX)
        rgb = rgb[inner, inner]
        mask, depth = _sound(mask[inner, inner]), _sound(depth[inner, inner])
        if shot.pace == 0:
            yield from _visits.faded(rgb, mask, shot, self._options)
            return
        if surface := _surfaces.surface_move(mask, shot, self._options):
            yield from _surfaces.shown(surface, (rgb, mask, depth), shot, self._options)
            return
        match chosen_move(self._options.move, shot):
            case "details":
                if tour := _visits.tour_of(rgb, mask, shot, self._options):
                    yield from _visits.toured(rgb, tour, shot)
                else:
                    yield from self._moved(rgb, mask, depth, shot)
            case _:
                yield from self._moved(rgb, mask, depth, shot)

    def _moved(self, rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot) -> Iterator[Frame]:
        """Yield what a camera sees that moves in front of the layers."""
        from pipeline.engines import _visits
        from pipeline.engines._framing import frame_shot

        framing = frame_shot(rgb, mask, depth, shot, self._options)
        if framing.is_long:
            yield from _visits.travelled(rgb, framing, shot)
            return
        scene = _prepared(rgb, mask, depth, shot, framing)
        yield from self._drawn(scene, shot)

    def _drawn(self, scene: _Scene, shot: Shot) -> Iterator[Frame]:
        """Yield the frames of a scene, from a GPU if there is one and as long as it can."""
        from pipeline.engines import _gpu
        from pipeline.media.warp import Sheet

        device = _gpu.chosen_device(self._options.device)
        sheets = []
        while scene.layers:  # one by one: layers are floats, and larger than the sheets by far
            sheets.append(Sheet(scene.layers.pop(0), scene.ground))
        asked, done = (scene.camera.pivot, scene.ground.frame, shot.bits), 0
        if device == "cuda":
            try:
                self.drawn_on = _gpu.card_name()
                _log.info("Drawn on the GPU %s.", self.drawn_on)
                for frame in _gpu.on_gpu(sheets, _poses(scene.camera, shot, 0), *asked):
                    done += 1
                    yield frame
            except EngineFailed as failure:
                if self._options.device == "cuda":
                    raise
                self.drawn_on = self.drawn_on if done else None
                _log.warning("%s The processor draws the rest.", failure)
        else:
            _log.info("Drawn on the processor.")
        yield from _gpu.on_cpu(sheets, _poses(scene.camera, shot, done), *asked)


def _poses(camera: Camera, shot: Shot, first: int) -> Iterator[Pose]:
    """Yield where the camera is at each frame from the ``first`` on."""
    return (camera.pose(2 * pi * index / shot.frames) for index in range(first, shot.frames))


@dataclass(frozen=True)
class _Scene:
    """Everything that stays the same from frame to frame."""

    layers: list[Layer]
    """Back to front; taken out as they are made into sheets."""
    ground: Ground
    camera: Camera


def _prepared(rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot, framing: Framing) -> _Scene:
    from pipeline.engines._framing import SHARPEST
    from pipeline.media import layers as sheets
    from pipeline.media.stand import cut
    from pipeline.media.warp import Ground

    window, camera, is_object = framing.window, framing.camera, framing.is_object

    zoom = min(SHARPEST, camera.closest())
    size = [_even((window.box[i + 2] - window.box[i]) * window.per_px * zoom) for i in (0, 1)]
    parts = [cut(picture, window.box, (size[0], size[1])) for picture in (rgb, mask, depth)]
    scale = tuple(size[i] / ((window.box[i + 2] - window.box[i]) * window.per_px) for i in (0, 1))
    start = tuple((window.middle[i] - window.box[i]) * window.per_px for i in (0, 1))
    ground = Ground((shot.width_px, shot.height_px), (scale[0], scale[1]), (start[0], start[1]))
    reach_px = camera.reach_px() * zoom
    if camera.parallax == 0:
        layers = sheets.whole(parts[0], parts[2], 0)
    else:
        near = parts[1] if is_object else None
        stands = is_object and shot.kind in _STANDS
        layers = sheets.split(parts[0], near, parts[2], reach_px, stands)
    return _Scene(list(layers), ground, camera)


def _sound(values: Any) -> Any:
    """Return a mask or a depth within 0 and 1; where there is no number, what is around it."""
    import numpy as np

    from pipeline.media.behind import spread

    known = np.isfinite(values)
    if not known.all():
        _log.warning("%.1f %% of the mask or the depth are no numbers.", 100 * (1 - known.mean()))
        values = spread(np.where(known, values, np.float32(0)), known)
    if values.min() >= 0 and values.max() <= 1:
        return values
    return np.clip(values, 0, 1, dtype=np.float32)


def _even(length_px: float) -> int:
    """Return an even length that is no shorter: what is prepared is all that is ever seen."""
    return max(2, 2 * ceil(length_px / 2 - 1e-6))
