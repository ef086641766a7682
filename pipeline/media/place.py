"""Places what is looked at inside the safe part of a frame, as numbers: no pixels.

A *view* is a part of a photograph that has the frame's shape. Whether a box of the photograph can
lie in the safe part of the frame is a matter of four inequalities in the view's width, so the
answer is exact; only where there is none are views tried out for the least harm. Every move starts
from `first_view`, whether a camera, a lamp or the thing itself moves then.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from pipeline.errors import StageFailed
from pipeline.items import Region
from pipeline.media.camera import Box
from pipeline.records import text_in

if TYPE_CHECKING:
    from pipeline.protocols import Shot

_log = logging.getLogger(__name__)

Pair = tuple[float, float]
_FULL: Box = (0.0, 0.0, 1.0, 1.0)
_TRIED = 48
"""Views that are compared where none is right."""
_EVEN = 2e-3
"""Of the frame's side: two views that miss by no more than this apart are as good as each other."""
OUTSIDE_PX = 1.0
"""What reaches less far outside is not seen to do so."""
LONGEST_PX = 30_000
"""Most pixels of a side that is prepared: OpenCV samples pictures of up to 32,767."""
_ROOM = 0.04
"""Of the frame's side, left free between object and captions where there is the choice."""
_AIR = 0.025
"""The same to the frame's own edge, where the captions' part must be given up anyway: a rim that
touches the frame looks cut."""


class View(NamedTuple):
    """A part of a photograph in the frame's shape: its middle and its width, in its pixels."""

    x: float
    y: float
    width: float


def widest(photo_px: Pair, frame_px: Pair) -> float:
    """Return the width of the largest view."""
    return min(photo_px[0], photo_px[1] * frame_px[0] / frame_px[1])


def place(
    photo_px: Pair,
    box: Box,
    frame_px: Pair,
    safe: Box = _FULL,
    closest: float | None = None,
) -> View:
    """Return the view that shows ``box`` inside ``safe`` (in fractions of the frame's sides).

    Args:
        photo_px: size of the photograph.
        box: left, top, right, bottom in it.
        frame_px: size of the frame.
        safe: the part of the frame to lie in.
        closest: the least width of a view. ``None`` asks for the widest view that does it, else
            for the closest one.
    """
    most = widest(photo_px, frame_px)
    low, high = _range(photo_px, box, frame_px, safe)
    if low > high:
        return _least_harm(photo_px, box, frame_px, safe, closest)
    width = high if closest is None else min(high, max(low, closest))
    return _at(photo_px, box, frame_px, safe, min(most, width))


def first_view(photo_px: Pair, box: Box | None, shot: Shot, *, told: bool = True) -> View:
    """Return what the frame shows at first: all that it can, with the object in the safe part.

    Args:
        photo_px: size of the photograph.
        box: the object in it; ``None``: it is all of the photograph.
        shot: frame and safe part.
        told: warn where the object cannot be shown as it should be.
    """
    frame = (shot.width_px, shot.height_px)
    if box is None:
        return place(photo_px, (0.0, 0.0, float(photo_px[0]), float(photo_px[1])), frame)
    safe = _asked(photo_px, box, shot)
    view = place(photo_px, box, frame, safe)
    for share in (1.0, 0.5):  # room to move in, between the object and the captions
        part = _narrowed(safe, share * _ROOM)
        roomy = place(photo_px, box, frame, part)
        if max(misses(roomy, box, frame, part)) < 1e-6:
            view = roomy
            break
    if told:
        _tell(view, box, shot)
    return view


def cut_sides(photo_px: Pair, box: Box) -> tuple[bool, ...]:
    """Return on which sides the photograph's border cuts the object."""
    return box[0] <= 1, box[1] <= 1, box[2] >= photo_px[0] - 1, box[3] >= photo_px[1] - 1


def most_zoom(view: View, box: Box, photo_px: Pair, shot: Shot) -> float:
    """Return how many times larger a view may be seen, about its middle, with nothing lost.

    What lies in the safe part stays there, what lies in the frame stays in it, on those sides where
    the photograph does not cut it anyway.
    """
    first, last = _sides(view, box, (shot.width_px, shot.height_px))
    most = float("inf")
    for i, (at, cut) in enumerate(zip((*first, *last), cut_sides(photo_px, box), strict=True)):
        away, safe = abs(at - 0.5), abs(shot.safe[i] - 0.5)
        outwards = (at < 0.5) == (i < 2)
        if cut or not outwards or away == 0:
            continue
        slack = OUTSIDE_PX / 2 / (shot.width_px, shot.height_px)[i % 2]
        limits = [limit for limit in (safe, 0.5) if away <= limit + slack]
        most = min(most, max(1.0, min(limits) / away) if limits else most)
    return most


def _tell(view: View, box: Box, shot: Shot) -> None:
    """Warn of what no view can mend."""
    frame = (shot.width_px, shot.height_px)
    seen = [
        side / (box[axis + 2] - box[axis])
        for axis, side in enumerate((view.width, view.width * frame[1] / frame[0]))
    ]
    axis = 0 if seen[0] <= seen[1] else 1
    lost = max(misses(view, box, frame, shot.safe))
    if seen[axis] < 1 - OUTSIDE_PX / frame[axis]:
        _log.warning(
            "The object does not fit in a frame of %d x %d px: at one time %.0f %% of its %s are "
            "seen. A frame nearer to its shape, or a photograph with more around the object, "
            "shows more.",
            *frame,
            100 * seen[axis],
            ("width", "height")[axis],
        )
    elif lost > OUTSIDE_PX / min(frame):
        _log.warning(
            "The object reaches %.0f %% of the frame's side into the part that is kept for "
            "captions or out of the frame: the photograph leaves it no other place in a frame of "
            "%d x %d px. A frame nearer to the photograph's shape, or a photograph with more "
            "around the object, helps.",
            100 * lost,
            *frame,
        )


def _asked(photo_px: Pair, box: Box, shot: Shot) -> Box:
    """The safe part, without those sides where the photograph itself cuts the object."""
    cut = cut_sides(photo_px, box)
    sides = [_FULL[i] if cut[i] else shot.safe[i] for i in range(4)]
    return sides[0], sides[1], sides[2], sides[3]


def _narrowed(safe: Box, by: float) -> Box:
    """The safe part, with its borders that are not the frame's moved inwards."""
    left, top, right, bottom = safe
    return (
        left + by * (left > 0),
        top + by * (top > 0),
        right - by * (right < 1),
        bottom - by * (bottom < 1),
    )


def misses(view: View, box: Box, frame_px: Pair, safe: Box) -> tuple[float, float, float, float]:
    """Return how far ``box`` reaches out of ``safe`` on each side, in fractions of the side."""
    first, last = _sides(view, box, frame_px)
    return (
        max(0.0, safe[0] - first[0]),
        max(0.0, safe[1] - first[1]),
        max(0.0, last[0] - safe[2]),
        max(0.0, last[1] - safe[3]),
    )


def _sides(view: View, box: Box, frame_px: Pair) -> tuple[Pair, Pair]:
    height = view.width * frame_px[1] / frame_px[0]
    left, top = view.x - view.width / 2, view.y - height / 2
    return (
        ((box[0] - left) / view.width, (box[1] - top) / height),
        ((box[2] - left) / view.width, (box[3] - top) / height),
    )


def _range(photo_px: Pair, box: Box, frame_px: Pair, safe: Box) -> Pair:
    """The widths of view for which some place does it; the first is larger if there is none."""
    low, high = 0.0, widest(photo_px, frame_px)
    for axis in (0, 1):
        per = 1.0 if axis == 0 else frame_px[1] / frame_px[0]
        start, end = safe[axis], safe[axis + 2]
        low = max(low, (box[axis + 2] - box[axis]) / (end - start) / per)
        if start > 0:
            high = min(high, box[axis] / start / per)
        if end < 1:
            high = min(high, (photo_px[axis] - box[axis + 2]) / (1 - end) / per)
    return low, high * (1 + 1e-9)


def _at(
    photo_px: Pair, box: Box, frame_px: Pair, safe: Box, width: float, air: float = 0.0
) -> View:
    """The best view of that width: the box in the middle of the safe part, as far as it goes.

    ``air``, a share of the frame's side, is kept to the frame's edge if the box leaves so much.
    """
    middle = [0.0, 0.0]
    for axis in (0, 1):
        side = width if axis == 0 else width * frame_px[1] / frame_px[0]
        wish = (box[axis] + box[axis + 2]) / 2 - ((safe[axis] + safe[axis + 2]) / 2 - 0.5) * side
        # To be in the frame comes before being in the safe part of it.
        kept = max(0.0, min(air * side, (side - (box[axis + 2] - box[axis])) / 2))
        ends = sorted((box[axis] + side / 2 - kept, box[axis + 2] - side / 2 + kept))
        wish = min(max(wish, ends[0]), ends[1])
        if axis == 1 and box[3] - box[1] > side:  # heads and rims are above
            wish = ends[0]
        middle[axis] = min(max(wish, side / 2), max(side / 2, photo_px[axis] - side / 2))
    return View(middle[0], middle[1], width)


def _least_harm(photo_px: Pair, box: Box, frame_px: Pair, safe: Box, closest: float | None) -> View:
    """The view that loses least from the frame, then from the safe part; the widest of equals."""
    most = widest(photo_px, frame_px)
    least = min(most, closest if closest is not None else most / 4)

    def harm(view: View) -> tuple[int, int]:
        cut, out = (sum(misses(view, box, frame_px, s)) for s in (_FULL, safe))
        return round(cut / _EVEN), round(out / _EVEN)

    widths = [most + (least - most) * index / _TRIED for index in range(_TRIED + 1)]
    return min((_at(photo_px, box, frame_px, safe, width, _AIR) for width in widths), key=harm)


def on_photo(region: Region, source_px: tuple[int, int]) -> Region:
    """Return a region in fractions of a source photograph of that size; cut at its edge.

    Raises:
        StageFailed: if it lies beyond the photograph.
    """
    if region.unit == "part":
        return region
    left, top, right, bottom = region.box
    width_px, height_px = source_px
    if left >= width_px or top >= height_px:
        raise StageFailed(
            f"The detail {text_in(region.title, 'en') or 'without a name'} begins at {left:g},"
            f"{top:g} px, beyond the photograph of {width_px} x {height_px} px. Write its region "
            "in pixels of this photograph, or in percent of any: pct:x,y,w,h."
        )
    end = (min(right / width_px, 1.0), min(bottom / height_px, 1.0))
    return Region(title=region.title, box=(left / width_px, top / height_px, *end))
