"""Unrolling: a scroll or a textile is rolled up and laid open again, or read between two rolls.

The sheet is seen from straight above through a long lens, so everything depends on one coordinate,
the way along it. A sheet of length L lies flat up to the line where it leaves the table and is
wound up beyond it (`pipeline.media.roll`); flat and wound together are always L. Scrolls are rolled
with the painting inside, so it is the bare back that is seen of a roll; textiles with the face
outside, so what is seen of the roll is the work, foreshortened. A work that is too long for the
frame is read as handscrolls are: a part at a time, between a roll of what is to come and a roll of
what was read.

At phase 0 the work lies open, pixel for pixel as it was photographed. Guessed are the back, in the
colour of the border, the thickness and the lamp at the upper left; the ground is no part of the
photograph and is a calm grey.

Source: Conservation Answers, "How do I roll large textiles?", 2014 (the decorated side outside).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np

from pipeline.items import Kind
from pipeline.media import shading, yuv
from pipeline.media.easing import smoother
from pipeline.media.place import LONGEST_PX
from pipeline.media.roll import RADII, SUBS, Columns, Roll, radius_px
from pipeline.media.stand import box_of, cut

if TYPE_CHECKING:
    from pipeline.protocols import RGB, DepthArray, Frame, MaskArray, Shot

_MARGIN = 0.055
"""Of the frame's shorter side, kept free around the work."""
_THIN = 0.4
"""A work that would fill less than this of the frame's breadth is read between two rolls."""
_READ = 0.82
"""Of the breadth that is free, which a work then fills."""
_LEFT_OPEN = 0.34
"""Of its length that stays open when the work is rolled up."""
_UNROLL_PER_S = 0.35
"""Of the frame's length at the fastest moment."""
_TRAVEL_PER_S = 0.22
"""The same where the work moves on and is read meanwhile."""
_CLOSING, _OPENING = (0.06, 0.38), (0.42, 0.92)
"""When the work is rolled up and when unrolled, in parts of the clip; between, it rests."""
_SOFT = 0.012
"""Of the frame's breadth: how soft the shadow beside a lying sheet is."""

Axis = Literal["across", "down"]


@dataclass(frozen=True)
class Unrolling:
    """How a work is unrolled."""

    face: Literal["auto", "in", "out"] = "auto"
    """Which side of the sheet is inside the roll; ``auto`` goes by the kind."""
    axis: Literal["auto", "across", "down"] = "auto"
    """Which way it unrolls; ``auto`` goes by the shape."""


def frames(
    rgb: RGB,
    mask: MaskArray,
    depth: DepthArray,  # noqa: ARG001 - a sheet has none; every move is called alike
    shot: Shot,
    move: Unrolling | None = None,
) -> Iterator[Frame]:
    """Yield ``shot.frames`` planar frames; the last leads back into the first."""
    table = _Table(rgb, mask, shot, move or Unrolling())
    for index in range(shot.frames):
        yield table.seen(index / shot.frames)


def opened(time: float) -> float:
    """Return how far the work is open, 1 to 0 to 1, over the clip's time from 0 to 1."""
    return (
        1
        - smoother((time - _CLOSING[0]) / (_CLOSING[1] - _CLOSING[0]))
        + smoother((time - _OPENING[0]) / (_OPENING[1] - _OPENING[0]))
    )


@dataclass(frozen=True)
class _Plan:
    """Where the work lies in the frame, turned so that it unrolls along the first side."""

    axis: Axis
    sign: int
    """Which way along the axis it unrolls."""
    length_px: float
    breadth: tuple[int, int]
    """First and last row, across, even."""
    start_px: float
    """Where the flat part starts along the axis."""
    flat_px: int
    """How long the flat part is when the work is open."""
    way_px: float
    """How much is rolled up, or how far the work is read on."""
    reads: bool
    """It is read between two rolls."""


def _planned(sides: tuple[int, int], shot: Shot, move: Unrolling) -> _Plan:
    """Choose the way to unroll a work of ``sides`` (width, height)."""
    axis = _axis(sides, shot.kind) if move.axis == "auto" else move.axis
    at = 0 if axis == "across" else 1
    frame = (shot.width_px, shot.height_px)
    margin = _MARGIN * min(frame)
    free = [
        (shot.safe[i] * frame[i] + margin, shot.safe[i + 2] * frame[i] - margin) for i in (0, 1)
    ]
    room = [max(8.0, high - low) for low, high in free]
    scale = min(room[0] / sides[0], room[1] / sides[1])
    reads = sides[1 - at] * scale < _THIN * room[1 - at]
    if reads:
        scale = _READ * room[1 - at] / sides[1 - at]
    breadth, length = yuv.even(sides[1 - at] * scale), sides[at] * scale
    seconds = shot.frames / shot.fps * shot.pace
    if reads:
        flat = yuv.even(room[at] - 2 * RADII[False][1] * breadth)
        way = min(length - flat, _TRAVEL_PER_S * frame[at] * seconds / pi, LONGEST_PX - 2 * flat)
    else:
        flat = yuv.even(length)
        length = float(flat)
        fastest = _UNROLL_PER_S * frame[at] * seconds * (_OPENING[1] - _OPENING[0]) / 1.875
        way = min(flat * (1 - _LEFT_OPEN), fastest)
    middle = [(low + high) / 2 for low, high in free]
    top = min(max(0, round((middle[1 - at] - breadth / 2) / 2) * 2), frame[1 - at] - breadth)
    left = min(max(0, round((middle[at] - flat / 2) / 2) * 2), frame[at] - flat)
    # A Chinese handscroll is read from right to left; everything else from left or top.
    sign = -1 if axis == "across" and shot.kind is Kind.SCROLL else 1
    start = left if sign > 0 else left + flat
    return _Plan(axis, sign, length, (top, top + breadth), start, flat, max(0.0, way), reads)


def _axis(sides: tuple[int, int], kind: Kind) -> Axis:
    wide = sides[0] >= sides[1] * (1.0 if kind is Kind.SCROLL else 1.3)
    return "across" if wide else "down"


class _Table:
    """The work on its ground, at the size of the frame, turned so that it unrolls along rows."""

    def __init__(self, rgb: RGB, mask: MaskArray, shot: Shot, move: Unrolling) -> None:
        left, top, right, bottom = _work(mask)
        self._plan = plan = _planned((right - left, bottom - top), shot, move)
        self._face_in = move.face == "in" or (move.face == "auto" and shot.kind is Kind.SCROLL)
        at = 0 if plan.axis == "across" else 1
        frame = (shot.width_px, shot.height_px)
        self._down, self._bits = at == 1, shot.bits
        self._lamp = (shading.LAMP[at] * plan.sign, shading.LAMP[2])
        work = np.ascontiguousarray(rgb[top:bottom, left:right])
        sheet = self._sheet_of(work, at)
        border = _border(sheet)
        bare = np.full((2, 2, 3), _backing(border), np.float32)
        self._back = [float(plane[0, 0]) for plane in yuv.planes_of(bare)]
        ground = _ground(border, (frame[0], frame[1]))
        self._sheet, self._ground = (
            [
                self._turned(plane - np.float32(zero))
                for plane, zero in zip(yuv.planes_of(picture), yuv.ZEROS, strict=True)
            ]
            for picture in (sheet, ground)
        )
        self._edges = [
            self._edge(len(plane), per) for plane, per in zip(self._ground, yuv.PER, strict=True)
        ]

    def _sheet_of(self, work: RGB, at: int) -> Any:
        """Return the part of the work that is ever seen, at the frame's scale."""
        plan = self._plan
        breadth = plan.breadth[1] - plan.breadth[0]
        length = yuv.even(plan.length_px)
        size = (length, breadth) if at == 0 else (breadth, length)
        whole = (0.0, 0.0, float(work.shape[1]), float(work.shape[0]))
        if plan.reads:
            seen = min(
                length, yuv.even(plan.flat_px + plan.way_px + 2 * RADII[False][1] * pi * breadth)
            )
            share = seen / length
            size = (seen, breadth) if at == 0 else (breadth, seen)
            ends = [0.0, 0.0, whole[2], whole[3]]
            if plan.sign > 0:
                ends[2 + at] *= share
            else:
                ends[at] = ends[2 + at] * (1 - share)
            whole = (ends[0], ends[1], ends[2], ends[3])
        return cut(work, whole, size)

    def _turned(self, plane: Any) -> Any:
        return np.ascontiguousarray(plane.T if self._down else plane, np.float32)

    def _edge(self, rows: int, per: int) -> Any:
        """Return how much of the sheet's shadow each row gets: all below it, less beside it."""
        top, bottom = (value // per for value in self._plan.breadth)
        under = np.zeros((rows, 1), np.float32)
        under[top:bottom] = 1
        sigma = max(0.7, _SOFT * rows)
        return cv2.GaussianBlur(under, (1, 0), 0.1, sigmaY=sigma, borderType=cv2.BORDER_REPLICATE)

    def seen(self, time: float) -> Frame:
        """Return the frame at one moment of the clip, from 0 to 1."""
        plan = self._plan
        breadth = plan.breadth[1] - plan.breadth[0]
        if plan.reads:
            first = plan.way_px * (1 - cos(2 * pi * time)) / 2
            flat = float(plan.flat_px)
        else:
            first, flat = 0.0, plan.flat_px - plan.way_px * (1 - opened(time))
        last = plan.length_px - first - flat
        rolls = [
            Roll(wound, radius_px(wound, plan.length_px, breadth, self._face_in), self._face_in)
            for wound in (first, last)
        ]
        planes = [self._plane(index, first, flat, rolls) for index in range(3)]
        return shading.packed(planes, self._bits)

    def _plane(self, index: int, first: float, flat: float, rolls: list[Roll]) -> Any:
        """Return one plane of the frame, in this table's direction."""
        plan, per = self._plan, yuv.PER[index]
        ground, sheet = self._ground[index], self._sheet[index]
        site = 1.0 if per == 2 and self._down else 0.5
        at = np.arange(ground.shape[1] * SUBS, dtype=np.float64) + 0.5
        along = ((at / SUBS - 0.5) * per + site - plan.start_px) * plan.sign
        seen = Columns(along, flat, rolls, self._lamp)
        sigma = max(0.7, _SOFT * len(self._ground[0]) / per)
        dark = cv2.GaussianBlur(seen.dark[None, :], (0, 1), sigma, sigmaY=0.1)
        top, bottom = (value // per for value in plan.breadth)
        out = np.empty_like(ground)
        for rows in (slice(0, top), slice(bottom, None)):
            np.multiply(ground[rows], 1 - self._edges[index][rows] * dark, out=out[rows])
        inside, bare = out[top:bottom], self._edges[index][top:bottom]
        inside[:] = seen.back * np.float32(self._back[index] - yuv.ZEROS[index])
        for first_at, end in _runs(seen.ground > 0):
            part = np.s_[:, first_at:end]
            inside[part] += (
                ground[top:bottom][part] * (1 - bare * dark[part]) * seen.ground[first_at:end]
            )
        # From a place along the work to one in the sheet's plane.
        length = sheet.shape[1] * per
        zero = first if plan.sign > 0 else length - first
        shift = (zero - plan.start_px) / per
        self._lay_flat(inside, sheet, shift, seen.flat)
        curl = (zero + plan.sign * seen.curl_at - site) / per
        _lay_curl(inside, sheet, curl, seen.curl)
        out += np.float32(yuv.ZEROS[index])
        return cv2.transpose(out) if self._down else out

    def _lay_flat(self, inside: Any, sheet: Any, shift: float, share: Any) -> None:
        """Lay the flat part, moved by ``shift`` along the rows."""
        whole = int(np.floor(shift + 1e-6))
        kernel = np.array([shading.taps(shift - whole)], np.float32)
        for first, end in _runs(share > 0):
            at = np.arange(first + whole - 1, end + whole + 2)
            if at[0] < 0 or at[-1] >= sheet.shape[1]:
                wide = sheet[:, np.clip(at, 0, sheet.shape[1] - 1)]
            else:
                wide = sheet[:, at[0] : at[-1] + 1]
            part = wide[:, 1:-2]
            if abs(shift - whole) > 1e-6:  # a work that lies still is left as it is
                part = cv2.filter2D(wide, -1, kernel, anchor=(1, 0))[:, 1:-2]
            inside[:, first:end] += part * share[first:end]


def _lay_curl(inside: Any, sheet: Any, at: Any, light: Any) -> None:
    """Add what is seen of the face on the rolls.

    Each column is the mean of its places, each of them interpolated cubically: all of it is one
    product with a narrow matrix, which is what foreshortening along rows is.
    """
    for first, end in _runs(light > 0):
        places, weight = at[first:end], light[first:end]
        columns = np.arange(first, end) // SUBS
        low = int(np.floor(places.min())) - 1
        span = int(np.floor(places.max())) + 3 - low
        matrix = np.zeros((span, columns[-1] - columns[0] + 1))
        whole = np.floor(places).astype(int)
        for step, tap in enumerate(shading.taps(places - whole)):
            np.add.at(matrix, (whole + step - 1 - low, columns - columns[0]), tap * weight)
        source = sheet[:, np.clip(np.arange(low, low + span), 0, sheet.shape[1] - 1)]
        inside[:, columns[0] : columns[-1] + 1] += source @ matrix.astype(np.float32)


def _runs(chosen: Any) -> list[tuple[int, int]]:
    """Return first and end of each run of true values."""
    turns = np.flatnonzero(np.diff(np.concatenate(([False], chosen, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(turns[::2], turns[1::2], strict=True)]


def _work(mask: MaskArray) -> tuple[int, int, int, int]:
    """Return the box of the work, a pixel inside its outline; all where the mask says nothing."""
    height, width = mask.shape
    left, top, right, bottom = (int(v) for v in box_of(mask) or (0, 0, width, height))
    if min(right - left, bottom - top) < 5:
        return 0, 0, width, height
    return left + (left > 0), top + (top > 0), right - (right < width), bottom - (bottom < height)


def _border(sheet: Any) -> Any:
    """Return the colour that most of the sheet's border has."""
    height, width, _ = sheet.shape
    deep = max(1, round(0.02 * min(height, width)))
    sides = (sheet[:deep], sheet[-deep:], sheet[:, :deep], sheet[:, -deep:])
    return np.median(np.concatenate([side.reshape(-1, 3) for side in sides]), axis=0)


def _backing(border: Any) -> Any:
    """Return the colour of a bare back: the border's, paler and greyer, as lining paper is."""
    grey = float(border.mean())
    return np.clip((border * 0.55 + grey * 0.45) * 0.9 + 12, 60, 205)


def _ground(border: Any, frame: tuple[int, int]) -> Any:
    """Return a calm ground: a grey with a breath of the work's colour, lighter in the middle.

    Light works get a dark ground and dark works a light one, so the outline is always seen.
    """
    grey = float(border.mean())
    level = 58.0 if grey > 105 else 188.0
    colour = level * (1 + 0.12 * (border - grey) / max(grey, 40.0))
    x = (np.arange(frame[0], dtype=np.float32) + 0.5) / frame[0] * 2 - 1
    y = (np.arange(frame[1], dtype=np.float32) + 0.5) / frame[1] * 2 - 1
    fall = 1 - 0.16 * (x[None, :] ** 2 + y[:, None] ** 2) / 2
    return (fall[..., None] * colour).astype(np.float32)
