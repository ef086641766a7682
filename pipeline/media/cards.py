"""Composes the cards of a typographic clip: title, pages of text, credit.

A card is a list of marks: text, rules, seals, an ornament, each with its place. Laying out needs
no pixels, so a clip's length is known without drawing it. Lengths are in units of the frame's
height (of 9/16 of its width, where it is narrow).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

from pipeline.items import Subject
from pipeline.media import paper
from pipeline.media.typeset import Face, Line, is_cjk, mostly_cjk, paragraphs, set_lines
from pipeline.media.window_flower import window_flower
from pipeline.records import Localized

if TYPE_CHECKING:
    from pipeline.media.layers import Layer

_FINE_PX = 1500
"""Frames lower than this are drawn twice as fine, so that type moves without a shimmer."""
_CJK = (0.056, 1.85, 21, 6)
"""Size, leading, characters a line, lines a page for Chinese."""
_LATIN = (0.044, 1.62, 27, 8)
"""The same for Latin; 27 em are about 60 characters, what reads best.
Source: Bringhurst, "The Elements of Typographic Style", 2.1.2 (45 to 75 characters)."""

Mark = Callable[["Canvas"], None]


@dataclass(frozen=True)
class Page:
    """The frame that is composed for."""

    size_px: tuple[int, int]
    unit_px: float
    fine: int
    """Drawn pixels in a pixel of the frame."""

    @classmethod
    def of(cls, size_px: tuple[int, int]) -> Page:
        """Measure a frame."""
        unit = min(size_px[0] * 9 / 16, float(size_px[1]))
        return cls(size_px, unit, 2 if unit < _FINE_PX else 1)

    @property
    def px(self) -> float:
        """Drawn pixels in a unit."""
        return self.unit_px * self.fine

    @property
    def width(self) -> float:
        """Of the frame, in units."""
        return self.size_px[0] / self.unit_px

    @property
    def height(self) -> float:
        """Of the frame, in units."""
        return self.size_px[1] / self.unit_px

    def face(self, size: float, weight: int = 400) -> Face:
        """Return the typeface at a size in units."""
        return Face(size * self.px, weight)


class Canvas:
    """Coverage of ink and of cinnabar, drawn on by marks."""

    def __init__(self, page: Page) -> None:
        size = (page.size_px[0] * page.fine, page.size_px[1] * page.fine)
        self.px = page.px
        self.ink, self.red = Image.new("L", size), Image.new("L", size)


@dataclass(frozen=True)
class Card:
    """What is seen at one time."""

    page: Page
    marks: tuple[Mark, ...]
    words: str
    """All that is to be read on it."""

    def drawn(self) -> tuple[Layer, float]:
        """Return the card as a layer and its pixels in a pixel of the frame."""
        from pipeline.media.layers import Layer

        canvas = Canvas(self.page)
        for mark in self.marks:
            mark(canvas)
        ink, red = (np.asarray(c, np.float32) / np.float32(255) for c in (canvas.ink, canvas.red))
        is_red = (red > ink)[..., None]
        pigments = np.asarray((paper.CINNABAR, paper.INK), np.float32)
        colours = np.where(is_red, pigments[0], pigments[1])
        flat = np.zeros(ink.shape, np.float32)
        return Layer(colours.astype(np.float32), np.maximum(ink, red), flat), float(self.page.fine)


def title_card(page: Page, title: Localized, ornament: bool) -> Card:
    """Compose the title: Chinese in a column with a seal, the others beside it."""
    square = next((t for t in title.values() if mostly_cjk(t) and _upright(t)), "")
    others = [t for t in dict.fromkeys(title.values()) if t != square]
    marks: list[Mark] = []
    middle = page.width / 2 + (0.36 if ornament else -0.16)
    if ornament:
        marks.append(_flower((page.width / 2 - 0.36, page.height / 2), min(0.7, page.width * 0.4)))
    if not square:
        left = middle - (0.3 if ornament else 0.44)
        marks.append(_square((left + 0.02, page.height / 2 - 0.13), 0.034))
        size = 0.066 if ornament else 0.088
        marks += _stacked(page, others, (left, page.height / 2 + 0.1), size)
        return Card(page, tuple(marks), " ".join(others))
    size = min(0.14, 0.68 / (len(square) * 1.12))
    length = (len(square) * 1.12 - 0.12) * size
    top = (page.height - length) / 2
    marks.append(_column(page, square, (middle, top), size))
    rule = middle + size / 2 + 0.06
    marks.append(_rule((rule, top + 0.02), length - 0.04))
    marks.append(_seal(square, (rule + 0.107, top + 0.065), 0.094))
    marks += _stacked(page, others, (rule + 0.06, top + length - 0.03), 0.048)
    return Card(page, tuple(marks), square + " ".join(others))


def text_cards(page: Page, text: str, head: str) -> list[Card]:
    """Compose the pages of one language's text."""
    square = mostly_cjk(text)
    size, leading, em, most = _CJK if square else _LATIN
    measure = min(em * size, page.width * 0.84)
    face = page.face(size)
    set_text = [set_lines(p, face, measure * page.px) for p in paragraphs(text)]
    groups: list[list[Line | None]] = []
    for lines in set_text:
        if groups and len(groups[-1]) + 1 + len(lines) <= most:
            groups[-1] += [None, *lines]
            continue
        per = ceil(len(lines) / ceil(len(lines) / most))
        groups += [list(lines[at : at + per]) for at in range(0, len(lines), per)]
    return [_text_card(page, group, head, face, (measure, leading * size)) for group in groups]


def _text_card(
    page: Page, lines: list[Line | None], head: str, face: Face, grid: tuple[float, float]
) -> Card:
    measure, step = grid
    left = (page.width - measure) / 2
    size = face.size_px / page.px
    top = (page.height - (len(lines) - 1) * step) / 2 + size * 0.36
    marks: list[Mark] = []
    for row, line in enumerate(lines):
        if line is not None:
            marks.append(_line(face, line, (left, top + row * step)))
    if head:
        small = page.face(0.026)
        marks.append(_square((left + 0.008, page.height * 0.1 - 0.009), 0.016))
        marks.append(_text(small, head, (left + 0.032, page.height * 0.1)))
    words = "".join(text for line in lines if line for _, text in line.pieces)
    return Card(page, tuple(marks), words)


def end_card(page: Page, subject: Subject, ornament: bool) -> Card:
    """Compose the credit: title, credit line, rights, and what is only decoration."""
    middle, y = page.width / 2, page.height / 2 - 0.12
    marks: list[Mark] = [_square((middle, y - 0.13), 0.022)]
    words: list[str] = []
    shown = [(0.046, 700, t) for t in dict.fromkeys(subject.title.values())]
    shown += [(0.034, 400, subject.credit)]
    shown += [(0.026, 400, subject.rights_uri.split("://")[-1].rstrip("/"))]
    if ornament:
        shown += [(0.026, 400, "Ornament drawn by this program; not a work of the collection")]
        shown += [(0.026, 400, "纹样由程序绘制，非馆藏作品")]
    for size, weight, text in shown:
        face = page.face(size, weight)
        for paragraph in paragraphs(text):
            for line in set_lines(paragraph, face, page.width * 0.8 * page.px):
                wide = _reach(face, line) / page.px
                marks.append(_line(face, line, (middle - wide / 2, y)))
                y += size * 1.7
        y += 0.012
        words.append(text)
    return Card(page, tuple(marks), " ".join(words))


def _upright(text: str) -> bool:
    """Whether a title can stand in a column: squares only, and few enough."""
    return len(text) <= 14 and all(is_cjk(c) or c == "·" for c in text)


def _stacked(page: Page, titles: list[str], foot: tuple[float, float], size: float) -> list[Mark]:
    """Set titles above each other so that the last line stands on ``foot``."""
    marks: list[Mark] = []
    left, y = foot
    face = page.face(size)
    measure_px = (page.width - left - 0.08) * page.px
    for title in reversed(titles):
        lines = [line for p in paragraphs(title) for line in set_lines(p, face, measure_px)]
        for line in reversed(lines):
            marks.append(_line(face, line, (left, y)))
            y -= size * 1.34
        y -= size * 0.3
    return marks


def _reach(face: Face, line: Line) -> float:
    x, text = line.pieces[-1]
    return x + face.width(text)


def _line(face: Face, line: Line, at: tuple[float, float]) -> Mark:
    def draw(canvas: Canvas) -> None:
        for x, text in line.pieces:
            face.draw(canvas.ink, (at[0] * canvas.px + x, at[1] * canvas.px), text)

    return draw


def _text(face: Face, text: str, at: tuple[float, float]) -> Mark:
    face.width(text)  # a character without a glyph is found now, not when it is drawn
    return lambda canvas: face.draw(canvas.ink, (at[0] * canvas.px, at[1] * canvas.px), text)


def _column(page: Page, text: str, top: tuple[float, float], size: float) -> Mark:
    face = page.face(size, 700)
    face.width(text)

    def draw(canvas: Canvas) -> None:
        for index, character in enumerate(text):
            middle = (top[0] * canvas.px, (top[1] + (index * 1.1 + 0.5) * size) * canvas.px)
            face.draw_upright(canvas.ink, middle, character)

    return draw


def _rule(top: tuple[float, float], length: float) -> Mark:
    def draw(canvas: Canvas) -> None:
        x, y, k = top[0], top[1], canvas.px
        box = ((x - 0.0013) * k, y * k, (x + 0.0013) * k, (y + length) * k)
        ImageDraw.Draw(canvas.red).rectangle(box, fill=235)

    return draw


def _flower(middle: tuple[float, float], across: float) -> Mark:
    def draw(canvas: Canvas) -> None:
        px = round(across * canvas.px)
        flower = Image.fromarray(window_flower(px))
        at = (round(middle[0] * canvas.px - px / 2), round(middle[1] * canvas.px - px / 2))
        canvas.red.paste(flower, at)

    return draw


def _square(middle: tuple[float, float], side: float) -> Mark:
    def draw(canvas: Canvas) -> None:
        x, y, k = middle[0], middle[1], canvas.px
        box = ((x - side / 2) * k, (y - side / 2) * k, (x + side / 2) * k, (y + side / 2) * k)
        ImageDraw.Draw(canvas.red).rounded_rectangle(box, radius=side * k * 0.12, fill=240)

    return draw


def _seal(text: str, middle: tuple[float, float], side: float) -> Mark:
    """A square seal with up to four characters left white, read from the right."""
    shown = [c for c in text if is_cjk(c)]
    if len(shown) not in (1, 2, 4):
        return _square(middle, side * 0.4)

    def draw(canvas: Canvas) -> None:
        px = max(8, round(side * canvas.px))
        stone = Image.new("L", (px, px))
        pen = ImageDraw.Draw(stone)
        pen.rounded_rectangle((px * 0.03, px * 0.03, px * 0.97, px * 0.97), px * 0.09, fill=255)
        cut = Image.new("L", (px, px))
        rows = 2 if len(shown) > 1 else 1
        face = Face(px * (0.40 if rows == 2 else 0.72), 700)
        for index, character in enumerate(shown):
            x = 0.5 if len(shown) <= 2 else (0.715 if index < 2 else 0.285)
            y = 0.5 if rows == 1 else (0.285 if index % 2 == 0 else 0.715)
            face.draw_upright(cut, (px * x, px * y), character)
        coverage = np.asarray(stone, np.float32) - np.asarray(cut, np.float32)
        worn: Any = paper.worn(coverage.clip(0, 255) / 255, seed=len(text))
        at = (round(middle[0] * canvas.px - px / 2), round(middle[1] * canvas.px - px / 2))
        canvas.red.paste(Image.fromarray(np.rint(worn * 255).astype(np.uint8)), at)

    return draw
