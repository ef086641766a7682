"""What is looked at closely, and ways to get there: a tour, a way along, stills that cross-fade.

All show the photograph flat: no part of it moves against another. Regions are those that the
catalogue names, or else those that stand out. A view goes no closer than the photograph is sharp.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from math import pi
from typing import TYPE_CHECKING, Any

from pipeline.engines._framing import OVERFLOW, chosen_move
from pipeline.items import Kind
from pipeline.media.camera import Box, glide
from pipeline.media.place import OUTSIDE_PX, View, first_view, misses, place
from pipeline.media.stand import object_box
from pipeline.protocols import Shot

if TYPE_CHECKING:
    from pipeline.engines._framing import Framing
    from pipeline.engines.clip_parallax import ParallaxOptions
    from pipeline.media.flat import Flat
    from pipeline.media.tour import Tour
    from pipeline.protocols import RGB, Frame, MaskArray

_log = logging.getLogger(__name__)

_WAY = 3.0
"""How much faster than at its slowest to look at the camera may go from one detail to the next."""
_AIR = 0.06
"""Of a detail's side, shown around it."""
_FADE_S = 1.2
"""Length of a cross-fade, ours: slow enough to be no flash, short enough to be over."""
_STILL_S = 4.0
"""Least time for a still with its fade."""
_CLOSER = 1.12
"""A tour that stays back by more than this from what it could show is told about."""
_VISITED = 3
"""Details that are looked for where the catalogue names none."""
_BETWEEN = 0.6
"""Views of a long work overlap by the rest of their length."""


def tour_of(rgb: RGB, mask: MaskArray, shot: Shot, options: ParallaxOptions) -> Tour | None:
    """Return the tour that there is time for; ``None`` if it would show nothing closely."""
    from pipeline.media.tour import LOOK_S, plan

    photo_px, frame_px = (rgb.shape[1], rgb.shape[0]), (shot.width_px, shot.height_px)
    stops = _stops(rgb, mask, shot, options)
    duration_s = shot.frames / shot.fps
    pace = (duration_s, _WAY * options.speed_per_s * shot.pace, LOOK_S / shot.pace)
    found = plan(stops, photo_px, frame_px, pace, any_order=not shot.details)
    if found is None:
        _log.info(
            "No detail can be visited in %.1f s at %d x %d px: the clip is too short or the "
            "photograph has too few pixels for a closer look. The camera pushes in instead.",
            duration_s,
            *frame_px,
        )
    elif len(found.stops) < len(stops):
        _log.info(
            "In %.1f s there is time for %d of %d details; a longer duration_s shows more.",
            duration_s,
            len(found.stops) - 1,
            len(stops) - 1,
        )
    elif found.stops[1].width > max(stop.width for stop in stops[1:]) * _CLOSER:
        _log.info(
            "In %.1f s the camera gets to %.1f times the whole instead of %.1f; a longer "
            "duration_s brings it closer.",
            duration_s,
            found.stops[0].width / found.stops[1].width,
            stops[0].width / stops[1].width,
        )
    return found


def toured(rgb: RGB, tour: Tour, shot: Shot) -> Iterator[Frame]:
    """Yield the frames of a tour."""
    from pipeline.media.flat import Flat

    views = [tour.view(index / shot.fps) for index in range(shot.frames)]
    yield from Flat(rgb, views, (shot.width_px, shot.height_px)).frames(shot.bits)


def travelled(rgb: RGB, framing: Framing, shot: Shot) -> Iterator[Frame]:
    """Yield the frames along a long flat work."""
    from pipeline.media.flat import Flat

    window, camera = framing.window, framing.camera
    views = []
    for index in range(shot.frames):
        pose = camera.pose(2 * pi * index / shot.frames)
        x, y = (window.middle[i] + pose.centre[i] / window.per_px for i in (0, 1))
        views.append(View(x, y, shot.width_px / window.per_px / pose.zoom))
    yield from Flat(rgb, views, (shot.width_px, shot.height_px)).frames(shot.bits)


def faded(rgb: RGB, mask: MaskArray, shot: Shot, options: ParallaxOptions) -> Iterator[Frame]:
    """Yield stills that cross-fade into each other, the whole first; nothing moves.

    Source: WCAG 2.2, success criterion 2.3.3 and technique C39 (motion replaced by a fade).
    """
    from pipeline.media.flat import Flat
    from pipeline.media.shading import packed

    views = _stills(rgb, mask, shot, options)
    duration_s = shot.frames / shot.fps
    views = views[: max(1, min(len(views), max(2, int(duration_s / _STILL_S))))]
    flats = [Flat(rgb, [view], (shot.width_px, shot.height_px)) for view in views]
    each_s, last = duration_s / len(views), (-1, -1.0)
    fade_s = min(_FADE_S, each_s / 2)
    cache: dict[int, tuple[Any, ...]] = {}
    frame: Frame | None = None
    for index in range(shot.frames):
        # The first still is half over at the loop's seam, so no fade runs across it.
        left = (index / shot.fps + (each_s - fade_s) / 2) % duration_s
        shown = min(int(left / each_s), len(views) - 1)
        share = glide((left - shown * each_s - (each_s - fade_s)) / fade_s) if fade_s else 0.0
        now = (shown, share if len(views) > 1 else 0.0)
        if now != last or frame is None:
            frame, last = packed(_mixed(flats, *now, cache), shot.bits), now
        yield frame.copy()


def _mixed(
    flats: list[Flat], shown: int, share: float, cache: dict[int, tuple[Any, ...]]
) -> list[Any]:
    """Return the planes of a still, mixed with the next one's."""
    import cv2

    following = (shown + 1) % len(flats)
    for key in [key for key in cache if key not in (shown, following)]:
        del cache[key]
    for key in {shown, following} if share > 0 else {shown}:
        if key not in cache:
            cache[key] = flats[key].planes(0)
    if share <= 0:
        return list(cache[shown])
    pair = zip(cache[shown], cache[following], strict=True)
    return [cv2.addWeighted(a, 1 - share, b, share, 0) for a, b in pair]


def _stills(rgb: RGB, mask: MaskArray, shot: Shot, options: ParallaxOptions) -> list[View]:
    """The whole, then details; of a long work its parts in turn; of an object a nearer view."""
    photo_px, frame_px = (rgb.shape[1], rgb.shape[0]), (shot.width_px, shot.height_px)
    box = object_box(mask, shot.kind)
    if shot.details or chosen_move(options.move, shot) == "details":
        return _telling(_stops(rgb, mask, shot, options), shot)
    whole = first_view(photo_px, box, shot)
    closest = shot.width_px / options.max_magnification
    if box is not None:
        near = place(photo_px, _grown(box, photo_px), frame_px, shot.safe, closest)
        return _telling([whole, near], shot)
    along = _parts(whole, photo_px, frame_px, shot)
    return along if len(along) > 1 else _telling(_stops(rgb, mask, shot, options), shot)[:2]


def _telling(stops: list[View], shot: Shot) -> list[View]:
    """The whole, and those views that show more."""
    from pipeline.media.tour import shows_more

    frame_px = (shot.width_px, shot.height_px)
    return [stops[0], *(view for view in stops[1:] if shows_more(stops[0], view, frame_px))]


def _parts(
    whole: View, photo_px: tuple[int, int], frame_px: tuple[int, int], shot: Shot
) -> list[View]:
    """Views along a work that is longer than the frame, in reading order."""
    height = whole.width * frame_px[1] / frame_px[0]
    room = (photo_px[0] - whole.width, photo_px[1] - height)
    axis = 0 if room[0] / whole.width >= room[1] / height else 1
    side = (whole.width, height)[axis]
    if room[axis] < OVERFLOW * side:
        return [whole]
    steps = max(1, -int(-room[axis] / (side * _BETWEEN)))
    backwards = axis == 0 and shot.kind is Kind.SCROLL
    views = []
    for step in range(steps + 1):
        part = room[axis] * (1 - step / steps if backwards else step / steps) + side / 2
        middle = (part, whole.y) if axis == 0 else (whole.x, part)
        views.append(View(*middle, whole.width))
    return views


def _stops(rgb: RGB, mask: MaskArray, shot: Shot, options: ParallaxOptions) -> list[View]:
    """The whole, and a view of each detail, as close as the photograph is sharp."""
    photo_px, frame_px = (rgb.shape[1], rgb.shape[0]), (shot.width_px, shot.height_px)
    whole = first_view(photo_px, object_box(mask, shot.kind), shot)
    closest = shot.width_px / options.max_magnification
    stops = [whole]
    for name, box in _regions(rgb, mask, shot):
        view = place(photo_px, _grown(box, photo_px), frame_px, shot.safe, closest)
        lost = max(misses(view, box, frame_px, shot.safe))
        if lost > OUTSIDE_PX / min(frame_px):
            _log.warning(
                "The detail %s reaches %.0f %% of the frame's side into the part that is kept for "
                "captions or out of the frame: in a frame of this shape there is no better view.",
                name,
                100 * lost,
            )
        stops.append(view)
    return stops


def _regions(rgb: RGB, mask: MaskArray, shot: Shot) -> list[tuple[str, Box]]:
    """Names and boxes in the photograph's pixels."""
    height, width = rgb.shape[:2]
    if shot.details:
        sides = (width, height, width, height)
        return [
            (
                next(iter(region.title.values()), f"number {index + 1}"),
                _of_four([part * side for part, side in zip(region.box, sides, strict=True)]),
            )
            for index, region in enumerate(shot.details)
        ]
    from pipeline.media.saliency import find_regions

    where = mask if object_box(mask, shot.kind) else None
    found = find_regions(rgb, 2 * _VISITED, where)
    found.sort(key=lambda box: _lost(box, rgb, shot) > 0)  # stable: what fits, the strongest first
    return [(f"number {index + 1}", box) for index, box in enumerate(found[:_VISITED])]


def _lost(box: Box, rgb: RGB, shot: Shot) -> float:
    """How far a box must reach out of the safe part, to a pixel."""
    frame_px = (shot.width_px, shot.height_px)
    view = place((rgb.shape[1], rgb.shape[0]), box, frame_px, shot.safe, 1.0)
    lost = max(misses(view, box, frame_px, shot.safe))
    return lost if lost > OUTSIDE_PX / min(frame_px) else 0.0


def _grown(box: Box, photo_px: tuple[int, int]) -> Box:
    """A box with a little air, as far as the photograph goes."""
    air = [(box[i + 2] - box[i]) * _AIR for i in (0, 1)]
    return (
        max(0.0, box[0] - air[0]),
        max(0.0, box[1] - air[1]),
        min(float(photo_px[0]), box[2] + air[0]),
        min(float(photo_px[1]), box[3] + air[1]),
    )


def _of_four(values: list[float]) -> Box:
    return values[0], values[1], values[2], values[3]
