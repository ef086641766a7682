"""A contact sheet: one picture that shows a curator what a clip does.

Frames in reading order with their times beneath; the one that is farthest from the first is marked.
Then what depth the clip was made from, how fast each part of the frame moves, and two parts at full
size, A and B, where and when neighbours moved apart the most: ghosts, streaks and holes show there
first, if there are any. Frames are those that the encoder was given.

Words are in English and Chinese, as in the gallery. A title that the bundled typeface cannot set
is left out: the sheet lies beside the page that says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from pipeline.errors import EngineFailed
from pipeline.media.picks import fitted
from pipeline.media.ramp import DEPTH, MOTION, coloured
from pipeline.media.typeset import Face

if TYPE_CHECKING:
    from pipeline.items import Subject
    from pipeline.media.picks import Box, Pick, Picks, Size
    from pipeline.protocols import RGB, DepthArray
    from pipeline.records import Localized

_WIDEST_PX = 1680
"""Of what is on the sheet: with its margins it is shown in full on a common screen."""
_LEAST_CELL_PX = 168
"""Narrower cells have no room for words; the frames of smaller clips are magnified to this."""
_STILL_PX = (1080, 640)
"""Room for the one frame of a clip that has only one."""
_COLUMNS = ((2.6, 2), (1.15, 4), (0.5, 6), (0.0, 12))
"""Columns by the frame's width over its height: each divides twelve."""
_PANEL_PX = (104, 520)
"""Least and greatest height, and least width."""
_LONGEST_SHAPE = 2.2
"""A longer depth map is shown whole in a panel of this shape."""
_MAGNIFIED = 5
"""Pixels of very small clips are shown at most this large."""
_MARGIN_PX, _GAP_PX, _BAR_PX = 56, 24, 10
_TITLE_PX, _WORDS_PX = 36, 17
_FLAT = 0.02
"""Less depth than this moves nothing by a visible pixel."""
_STILL_PER_S = 0.002
"""Of the frame's width: slower than this nobody sees it move."""
_SLOWEST_SCALE_PER_S = 0.01
"""A slow clip looks slow: the ramp's end is never slower than this."""

_PAPER, _MAT = (246, 244, 239), (232, 228, 219)
_INK, _SOFT, _WAX = (31, 28, 24), (102, 95, 85), (140, 43, 28)
"""The gallery's colours."""

Colour = tuple[int, int, int]


def contact_sheet(picks: Picks, depth: DepthArray | None, subject: Subject) -> RGB:
    """Return the sheet of a clip whose frames ``picks`` has seen.

    Args:
        picks: what was collected; at least one frame.
        depth: what the clip was made from; ``None`` for a clip of a text and for stills that
            fade, where nothing travels: their sheets have evenly chosen frames alone.
        subject: title and credit, to be set above and beneath.
    """
    shown = picks.even if depth is None else picks.shown
    cell, columns, width = _grid(picks.size_px, len(shown))
    panels = [] if depth is None else _panels(picks, depth, width)
    rows = ceil(len(shown) / columns)
    sheet = _Sheet(width, rows * (cell[1] + 60) + (_PANEL_PX[1] + 140 if panels else 0))
    sheet.head(subject.title, _facts(picks))
    for start in range(0, len(shown), columns):
        sheet.row(picks, shown[start : start + columns], cell, marked=depth is not None)
    if panels:
        sheet.panels(panels)
    return sheet.done(subject.credit)


def time_code(index: int, fps: float) -> str:
    """Return when a frame is seen, ``mm:ss.f``."""
    tenths = floor(index * 10 / fps + 1e-6)
    return f"{tenths // 600:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _grid(size_px: Size, shown: int) -> tuple[Size, int, int]:
    """Return the size of a frame on the sheet, how many stand in a row, and the row's length."""
    shape = size_px[0] / size_px[1]
    if shown == 1:
        cell = fitted(size_px, _STILL_PX)
        return cell, 1, max(cell[0], 5 * _LEAST_CELL_PX)
    columns = next(count for least, count in _COLUMNS if shape >= least)
    widest = (_WIDEST_PX - (columns - 1) * _GAP_PX) // columns
    width = max(min(_LEAST_CELL_PX, widest), min(widest, size_px[0]))
    return (width, max(2, round(width / shape))), columns, columns * (width + _GAP_PX) - _GAP_PX


@dataclass(frozen=True)
class _Panel:
    """A picture with words above and, where its colours are numbers, a legend beneath."""

    title: tuple[str, ...]
    """The longest first: the first that fits is set."""
    rgb: RGB
    ramp: RGB | None = None
    ends: tuple[tuple[str, str], ...] = ()
    """What the ramp's two ends mean; the longest first."""


def _panels(picks: Picks, depth: DepthArray, width: int) -> list[_Panel]:
    """Depth, motion and two parts at full size: as high as each other, ``width`` in all."""
    frame = picks.size_px[0] / picks.size_px[1]
    shapes = [min(_LONGEST_SHAPE, max(0.45, s)) for s in (depth.shape[1] / depth.shape[0], frame)]
    part = min(1.78, max(0.8, frame))
    room = width - 3 * _GAP_PX
    high = round(room / (sum(shapes) + 2 * part))
    high = min(max(high, _PANEL_PX[0]), _PANEL_PX[1])
    wide = [max(_PANEL_PX[0], round(high * shape)) for shape in shapes]
    rest = max(2 * _PANEL_PX[0], room - sum(wide))
    boxes, times = _boxes(picks, (rest // 2, high))
    word = "Edges 边缘" if picks.moved_apart and not _flat(depth) else "Details 细部"
    panels = [
        _depth_panel(depth, (wide[0], high)),
        _motion_panel(picks, (wide[1], high), boxes),
    ]
    for name, box in zip("AB", boxes, strict=False):
        size = (rest // 2 + (rest % 2 if name == "B" else 0), high)
        words = (f"{name} · {word} {times}:1", f"{name} · {times}:1")
        panels.append(_Panel(words, _magnified(picks, box, times, size)))
    return panels


def _boxes(picks: Picks, size_px: Size) -> tuple[list[Box], int]:
    """Return which parts of the frame to show, and how many times larger than they are."""
    times = 1
    while times < _MAGNIFIED and size_px[0] / times + 3 > picks.size_px[0] / 2:
        times += 1
    return picks.edges((ceil(size_px[0] / times) + 2, ceil(size_px[1] / times) + 2)), times


def _magnified(picks: Picks, box: Box, times: int, size_px: Size) -> RGB:
    """Return a part of the parted frame with every pixel a square: nothing is smoothed away."""
    squares = np.repeat(np.repeat(picks.part(box), times, axis=0), times, axis=1)
    return squares[: size_px[1], : size_px[0]]


def _flat(depth: DepthArray) -> bool:
    """Whether all of it is one plane."""
    return float(np.ptp(depth)) < _FLAT


def _depth_panel(depth: DepthArray, size_px: Size) -> _Panel:
    share = min(size_px[0] / depth.shape[1], size_px[1] / depth.shape[0])
    whole = (max(1, round(depth.shape[1] * share)), max(1, round(depth.shape[0] * share)))
    if max(size_px[i] - whole[i] for i in (0, 1)) <= 2:  # rounding, not another shape
        whole = size_px
    way = cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR
    small = cv2.resize(depth, whole, interpolation=way)
    rgb = np.full((size_px[1], size_px[0], 3), _MAT, np.uint8)
    left, top = (size_px[0] - whole[0]) // 2, (size_px[1] - whole[1]) // 2
    rgb[top : top + whole[1], left : left + whole[0]] = coloured(small, DEPTH)
    title = ("Depth 深度", "Depth")
    if _flat(depth):
        title = ("Depth 深度 · one plane 平面", "Depth · one plane")
    return _Panel(title, rgb, DEPTH, (("far 远", "near 近"), ("far", "near")))


def _motion_panel(picks: Picks, size_px: Size, boxes: list[Box]) -> _Panel:
    motion = picks.motion
    fastest = float(np.percentile(motion, 99))
    highest = _round_up(max(fastest, _SLOWEST_SCALE_PER_S))
    small = cv2.resize(motion, size_px, interpolation=cv2.INTER_LINEAR)
    canvas = Image.fromarray(coloured(small, MOTION, highest))
    per = [size_px[i] / picks.size_px[i] for i in (0, 1)]
    pen = ImageDraw.Draw(canvas)
    for name, box in zip("AB", boxes, strict=False):
        left, top, right, bottom = (round(at * per[i % 2]) for i, at in enumerate(box))
        inside = (left, top, min(right, size_px[0] - 1), min(bottom, size_px[1] - 1))
        pen.rectangle(inside, outline=_PAPER, width=3)
        pen.rectangle([at + i for at, i in zip(inside, (1, 1, -1, -1), strict=True)], outline=_SOFT)
        pen.rectangle((left, top, left + _WORDS_PX + 4, top + _WORDS_PX + 6), fill=_PAPER)
        _put(canvas, (left + 5, top + _WORDS_PX + 1), name, Face(_WORDS_PX, 700), _INK)
    pen.rectangle((0, 0, size_px[0] - 1, size_px[1] - 1), outline=_MAT)
    title = ("Motion 运动", "Motion")
    if fastest <= _STILL_PER_S:
        title = ("Motion 运动 · still 静止", "Motion · still")
    high = f"{highest * 100:g} %"
    words = (f"{high} of the width per second 画宽／秒", f"{high} of width/s 画宽／秒", f"{high}/s")
    return _Panel(title, np.asarray(canvas), MOTION, tuple(("0", word) for word in words))


def _round_up(value: float) -> float:
    """Return the next number that reads well on a legend."""
    power = 10.0 ** floor(log10(value))
    return next(
        step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * 0.999
    )


def _marked(picks: Picks, index: int, code: str) -> tuple[str, ...]:
    """Return the words beneath a frame, the longest first: its time and what marks it."""
    if not picks.farthest.index:
        return (code,)
    parts = " · A, B" if index == picks.parted.index else ""
    if index == picks.farthest.index:
        return (f"{code} · farthest 位移最大{parts}", f"{code} · farthest{parts}", f"{code}{parts}")
    return (f"{code}{parts}", code) if parts else (code,)


def _facts(picks: Picks) -> str:
    width, height = picks.size_px
    seconds = f"{picks.frames / picks.fps:.1f}".removesuffix(".0")
    length = f"{picks.fps:g} fps · {seconds} s" if picks.frames > 1 else "1 frame"
    return f"{width} × {height} px · {length}"


class _Sheet:
    """The paper: what is put on it goes beneath what was put before."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        size = (width + 2 * _MARGIN_PX, height + 4 * _MARGIN_PX + _TITLE_PX)
        self._paper = Image.new("RGB", size, _PAPER)
        self._y = _MARGIN_PX

    def head(self, title: Localized, facts: str) -> None:
        """Set the title in all languages that can be set, as far as they fit, and the facts."""
        small, large = Face(_WORDS_PX), Face(_TITLE_PX)
        room = float(self._width)
        beneath = small.width(facts) + 3 * _GAP_PX > room * 0.45
        room -= 0 if beneath else small.width(facts) + 2 * _GAP_PX
        baseline = self._y + _TITLE_PX * 0.8
        line = _settable(" · ".join(dict.fromkeys(title.values())), large, room)
        line = line or next(filter(None, (_settable(t, large, room) for t in title.values())), "")
        self._say(_MARGIN_PX, baseline, line, large, _INK)
        if beneath:
            baseline += _WORDS_PX * 1.9
            self._say(_MARGIN_PX, baseline, facts, small, _SOFT)
        else:
            self._say(_MARGIN_PX + self._width - small.width(facts), baseline, facts, small, _SOFT)
        self._y = round(baseline + _TITLE_PX * 0.9)

    def row(self, picks: Picks, shown: list[Pick], cell: Size, *, marked: bool) -> None:
        """Put frames beside each other, each with its time beneath; mark those that were found."""
        face = Face(_WORDS_PX)
        for column, pick in enumerate(shown):
            x = _MARGIN_PX + column * (cell[0] + _GAP_PX)
            rgb = pick.rgb if len(picks.even) > 1 else picks.part((0, 0, *picks.size_px))
            self._paste(rgb, (x, self._y), cell)
            code = time_code(pick.index, picks.fps)
            words = _marked(picks, pick.index, code) if marked else (code,)
            baseline = self._y + cell[1] + _WORDS_PX * 1.4
            colour = _WAX if len(words) > 1 else _SOFT
            self._say(x, baseline, _fitting(words, face, cell[0]), face, colour)
        self._y += cell[1] + round(_WORDS_PX * 2.6)

    def panels(self, panels: list[_Panel]) -> None:
        """Put panels beside each other with titles above and legends beneath."""
        title, face = Face(_WORDS_PX, 700), Face(_WORDS_PX)
        pen = ImageDraw.Draw(self._paper)
        rule = self._y + 6
        pen.line((_MARGIN_PX, rule, _MARGIN_PX + self._width - 1, rule), fill=_MAT, width=2)
        x, top = _MARGIN_PX, rule + round(_WORDS_PX * 2.6)
        high = max(panel.rgb.shape[0] for panel in panels)
        for panel in panels:
            width = panel.rgb.shape[1]
            words = _fitting(panel.title, title, width)
            self._say(x, top - _WORDS_PX * 0.8, words, title, _INK)
            self._paste(panel.rgb, (x, top), (width, panel.rgb.shape[0]))
            if panel.ramp is not None:
                bar = top + high + 12
                self._paste(panel.ramp[None], (x, bar), (width, _BAR_PX))
                baseline = bar + _BAR_PX + _WORDS_PX * 1.15
                self._ends(panel, (x, baseline), face)
            x += width + _GAP_PX
        self._y = top + high + 12 + _BAR_PX + round(_WORDS_PX * 2.4)

    def _ends(self, panel: _Panel, at: tuple[float, float], face: Face) -> None:
        """Set what both ends of a legend mean, in as many words as fit."""
        width = panel.rgb.shape[1]
        fits = [
            (low, high)
            for low, high in panel.ends
            if face.width(low) + face.width(high) + _WORDS_PX <= width
        ]
        low, high = fits[0] if fits else panel.ends[-1]
        self._say(at[0], at[1], low, face, _SOFT)
        self._say(at[0] + width - face.width(high), at[1], high, face, _SOFT)

    def done(self, credit: str) -> RGB:
        """Set the credit and return the sheet without unused paper."""
        face = Face(_WORDS_PX)
        line = _settable(credit, face, self._width)
        self._say(_MARGIN_PX, self._y + _WORDS_PX * 0.6, line, face, _SOFT)
        end = self._y + (round(_WORDS_PX * 0.6) if line else -_WORDS_PX) + _MARGIN_PX - 6
        return np.asarray(self._paper.crop((0, 0, self._paper.width, end)))

    def _say(self, x: float, baseline: float, text: str, face: Face, colour: Colour) -> None:
        _put(self._paper, (x, baseline), text, face, colour)

    def _paste(self, rgb: Any, at: tuple[int, int], size_px: Size) -> None:
        if rgb.shape[1::-1] != size_px:
            smaller = rgb.shape[1] > size_px[0]
            way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
            rgb = cv2.resize(rgb, size_px, interpolation=way)
        self._paper.paste(Image.fromarray(np.ascontiguousarray(rgb)), at)


def _put(
    canvas: Image.Image, at: tuple[float, float], text: str, face: Face, colour: Colour
) -> None:
    """Draw a line of text in a colour; ``at`` is the left end of its baseline."""
    if not text:
        return
    pad = face.size_px
    mask = Image.new("L", (ceil(face.width(text)) + 2 * pad, 3 * pad))
    face.draw(mask, (pad, 2 * pad), text)
    canvas.paste(colour, (round(at[0]) - pad, round(at[1]) - 2 * pad), mask)


def _fitting(texts: tuple[str, ...], face: Face, room: float) -> str:
    """Return the first text that fits, else the last one."""
    return next((text for text in texts if face.width(text) <= room), texts[-1])


def _settable(text: str, face: Face, room: float) -> str:
    """Return a text as one line, shortened to fit; empty where the typeface lacks a character."""
    line = " ".join(text.split())
    try:
        if face.width(line) <= room:
            return line
        while line and face.width(f"{line} ...") > room:
            line = line[: -max(1, len(line) // 16)].rstrip()
    except EngineFailed:
        return ""
    return f"{line} ..." if line else ""
