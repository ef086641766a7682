"""Composes what stands between and below the clips of a reel: title, credits, captions.

Cards lie on one ground throughout: warm paper, or night, a paper nearly black for dark rooms, where
a white card between two pictures would blind. Credits flow in columns and are cut into pages
between two works, never within one. A caption is a piece of the frame's foot that is laid over
moving pictures; over a picture that fills the frame it brings its own shade, so that it can be
read on anything.

Lengths are in units of the frame's height (of 9/16 of its width, where it is narrow), as in
`pipeline.media.cards`. Knows nothing of clips, time or files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw

from pipeline.media import paper, yuv
from pipeline.media.cards import Canvas, Page, title_card
from pipeline.media.easing import smooth
from pipeline.media.typeset import Face, Line, mostly_cjk, paragraphs, set_lines

if TYPE_CHECKING:
    import numpy.typing as npt

    from pipeline.protocols import Frame
    from pipeline.records import Localized

    Picture = npt.NDArray[np.float32]

Tone = Literal["night", "paper"]

_SEED = 11
_NIGHT = (21.0, 20.0, 19.0)
_INKS = {
    "paper": (paper.INK, (104.0, 95.0, 86.0), paper.CINNABAR),
    "night": ((236.0, 229.0, 216.0), (170.0, 162.0, 150.0), (206.0, 84.0, 66.0)),
}
"""Ink, softer ink, cinnabar."""
_SHADE = 0.72
"""Darkest part of the shade below a caption."""
_FOOT = 0.62  # a caption's margin, of a card's


@dataclass(frozen=True)
class Words:
    """A run of text in one style."""

    text: str
    size: float
    weight: int = 400
    soft: bool = False
    beside: bool = False
    """On the line of the run before it, where there is room."""


@dataclass(frozen=True)
class Look:
    """The frame and the ground that everything lies on."""

    size_px: tuple[int, int]
    tone: Tone

    @property
    def page(self) -> Page:
        """The frame, measured."""
        return Page.of(self.size_px)

    @property
    def scale(self) -> float:
        """How much larger small type is set.

        A frame no wider than high is held in a hand, and shown much smaller.
        """
        return 1.0 if self.size_px[0] > 1.2 * self.size_px[1] else 1.45


def blank(look: Look) -> Frame:
    """Return the bare ground as a planar frame."""
    return _planar(_ground(look))


def title_frame(look: Look, title: Localized) -> Frame:
    """Return the exhibit's title on its ground.

    Raises:
        EngineFailed: if a character has no glyph.
    """
    canvas = _Canvas(look.page)
    for mark in title_card(look.page, title, ornament=False).marks:
        mark(canvas)
    return canvas.painted(look)


@dataclass(frozen=True)
class CreditPage:
    """One card of credits."""

    look: Look
    heading: Sequence[Words]
    lines: Sequence[_Placed]
    words: str
    """All that is to be read on it."""

    def drawn(self) -> Frame:
        """Return the card as a planar frame."""
        canvas, page = _Canvas(self.look.page), self.look.page
        scale = self.look.scale
        x, y = _margin(self.look), page.height * 0.1
        side = 0.017 * scale
        canvas.square((x + side / 2, y - 0.0105 * scale), side)
        x += 0.034 * scale
        for words in self.heading:
            face = page.face(words.size, words.weight)
            canvas.text(face, words, (x, y))
            x += face.width(words.text) / page.px + words.size * 0.9
        for line in self.lines:
            line.draw(canvas)
        return canvas.painted(self.look)


@dataclass(frozen=True)
class _Placed:
    """A line of type and the left end of its baseline."""

    face: Face
    line: Line
    words: Words
    at: tuple[float, float]

    def draw(self, canvas: _Canvas) -> None:
        for x, text in self.line.pieces:
            at = (self.at[0] + x / canvas.px, self.at[1])
            canvas.text(self.face, Words(text, 0, soft=self.words.soft), at)


def credit_pages(
    look: Look, heading: Sequence[str], works: Sequence[Sequence[Words]]
) -> list[CreditPage]:
    """Set credits in columns and pages.

    Args:
        look: frame and ground.
        heading: what the list is called, by language.
        works: for each work its runs of text, each on lines of its own.

    Raises:
        EngineFailed: if a character has no glyph.
    """
    page, scale = look.page, look.scale
    columns = 2 if look.scale == 1 and len(works) > 3 else 1
    margin, gutter = _margin(look), 0.1
    measure = min((page.width - 2 * margin - gutter * (columns - 1)) / columns, 1.25)
    top, bottom = page.height * 0.1 + 0.09 * scale, page.height * 0.93
    gap = 0.045 * scale
    blocks = [_block(look, work, measure) for work in works]
    columns_of = _balanced(blocks, bottom - top, gap, columns)
    head = [Words(text, 0.03 * scale, soft=True) for text in dict.fromkeys(heading)]
    pages = []
    for start in range(0, len(columns_of), columns):
        shown = columns_of[start : start + columns]
        high = max(_height(column, gap) for column in shown)
        y0 = top + max(0.0, (bottom - top - high) * 0.4)
        lines = [
            line
            for number, column in enumerate(shown)
            for line in _stacked(column, (margin + number * (measure + gutter), y0), gap)
        ]
        words = "".join(text for line in lines for _, text in line.line.pieces)
        pages.append(CreditPage(look, head, lines, words))
    return pages


@dataclass(frozen=True)
class _Row:
    """One set line, its left end and its height; 0 where it stands beside the one before."""

    face: Face
    line: Line
    words: Words
    step: float
    x: float = 0.0


def _block(look: Look, work: Sequence[Words], measure: float) -> list[_Row]:
    px = look.page.px
    rows: list[_Row] = []
    for words in work:
        face = look.page.face(words.size, words.weight)
        lines = [line for p in paragraphs(words.text) for line in set_lines(p, face, measure * px)]
        if words.beside and rows and len(lines) == 1:
            begin = rows[-1].x + _reach(rows[-1]) / px + words.size * 0.7
            if begin + _reach(_Row(face, lines[0], words, 0)) / px <= measure:
                rows.append(_Row(face, lines[0], words, 0.0, begin - _hang(lines[0]) * words.size))
                continue
        for line in lines:
            rows.append(_Row(face, line, words, words.size * 1.5, -_hang(line) * words.size))
    return rows


def _reach(row: _Row) -> float:
    x, text = row.line.pieces[-1]
    return x + row.face.width(text)


def _hang(line: Line) -> float:
    """How much of a square an opening mark leaves empty before it, in em: it is hung out."""
    first = line.pieces[0][1][0]
    return 0.5 if first in "“‘《「『（【〈" and mostly_cjk(line.pieces[0][1]) else 0.0


Column = list[list[_Row]]


def _balanced(blocks: Sequence[list[_Row]], room: float, gap: float, columns: int) -> list[Column]:
    """Fill as few pages as there must be, and all their columns about alike.

    Less room makes columns alike and never cuts a credit: only a whole column's room does.
    """
    pieces = [piece for block in blocks for piece in _cut(block, room)]
    filled = _filled(pieces, room, gap)
    most = -(-len(filled) // columns) * columns
    for part in range(1, 20):
        tighter = _filled(pieces, room * part / 20, gap)
        if len(tighter) <= most and all(_height(c, gap) <= room for c in tighter):
            return tighter
    return filled


def _filled(pieces: Sequence[list[_Row]], room: float, gap: float) -> list[Column]:
    columns: list[Column] = [[]]
    for piece in pieces:
        if columns[-1] and _height([*columns[-1], piece], gap) > room:
            columns.append([])
        columns[-1].append(piece)
    return columns


def _cut(block: list[_Row], room: float) -> Iterator[list[_Row]]:
    """A credit longer than a column goes on in the next one."""
    piece: list[_Row] = []
    for row in block:
        if piece and sum(r.step for r in piece) + row.step > room:
            yield piece
            piece = []
        piece.append(row)
    yield piece


def _height(column: Column, gap: float) -> float:
    return sum(row.step for block in column for row in block) + gap * (len(column) - 1)


def _stacked(column: Column, corner: tuple[float, float], gap: float) -> Iterator[_Placed]:
    x, y = corner
    for block in column:
        for row in block:
            y += row.step
            yield _Placed(row.face, row.line, row.words, (x + row.x, y - row.words.size * 0.45))
        y += gap


@dataclass(frozen=True)
class Caption:
    """Words at the foot of the frame, ready to be laid over planar frames."""

    top_px: int
    """Its first row; even."""
    _colours: tuple[Any, Any, Any] = field(repr=False)
    _alphas: tuple[Any, Any] = field(repr=False)

    def lay_over(self, frame: Frame, opacity: float) -> None:
        """Draw the caption into a planar frame."""
        for index, plane in enumerate(yuv.views(frame)):
            target = plane[self.top_px // (2 if index else 1) :]
            alpha = self._alphas[1 if index else 0] * np.float32(opacity)
            below = np.ascontiguousarray(target)
            target[...] = cv2.blendLinear(self._colours[index], below, alpha, 1 - alpha)


def caption_share(look: Look, words: Sequence[Words]) -> float:
    """Return what share of the frame's height a caption takes, with the room around it.

    Raises:
        EngineFailed: if a character has no glyph.
    """
    rows = _block(look, words, look.page.width - 2 * _margin(look) * _FOOT)
    return (sum(row.step for row in rows) + 1.2 * _margin(look) * _FOOT) / look.page.height


def caption(look: Look, words: Sequence[Words], mark: str, shade: bool) -> Caption:
    """Set a caption.

    Args:
        look: frame and ground.
        words: runs of text, each on lines of its own.
        mark: said at the right end, such as that parts are generated; may be empty.
        shade: darken what lies below, and write in light ink.

    Raises:
        EngineFailed: if a character has no glyph.
    """
    page = look.page
    canvas = _Canvas(page)
    margin = _margin(look) * _FOOT
    measure = (page.width - 2 * margin) * (0.72 if mark else 1)
    rows = _block(look, words, measure)
    y = page.height - margin * 0.8 - sum(row.step for row in rows)
    for placed in _stacked([rows], (margin, y), 0):
        placed.draw(canvas)
    if mark:
        face = page.face(0.024 * look.scale)
        wide = face.width(mark) / page.px
        at = (page.width - margin - wide, page.height - margin * 0.8 - 0.01)
        canvas.text(face, Words(mark, 0, soft=True), at)
    top_px = 2 * int((y - (0.16 if shade else 0.02)) * page.unit_px / 2)
    return canvas.caption(look, max(0, top_px), shade)


class _Canvas(Canvas):
    """Coverage of three inks."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.page = page
        self.soft = Image.new("L", self.ink.size)

    def text(self, face: Face, words: Words, at: tuple[float, float]) -> None:
        """Draw a run of text from the left end of its baseline."""
        sheet = self.soft if words.soft else self.ink
        face.draw(sheet, (at[0] * self.px, at[1] * self.px), words.text)

    def square(self, middle: tuple[float, float], side: float) -> None:
        """Draw a small square of cinnabar."""
        (x, y), k, r = middle, self.px, side / 2
        box = ((x - r) * k, (y - r) * k, (x + r) * k, (y + r) * k)
        ImageDraw.Draw(self.red).rounded_rectangle(box, radius=side * k * 0.12, fill=240)

    def painted(self, look: Look) -> Frame:
        """Return the inks on their ground as a planar frame."""
        picture = _ground(look).copy()
        for coverage, colour in zip(self._coverages(), _INKS[look.tone], strict=True):
            picture += (np.asarray(colour, np.float32) - picture) * coverage[..., None]
        return _planar(picture)

    def caption(self, look: Look, top_px: int, shade: bool) -> Caption:
        """Return what lies below ``top_px`` as a caption."""
        inks = _INKS["night" if shade else look.tone]
        height, width = look.size_px[1] - top_px, look.size_px[0]
        colour = np.zeros((height, width, 3), np.float32)
        alpha = np.zeros((height, width), np.float32)
        if shade:
            down = np.clip(np.linspace(0, 1.5, height, dtype=np.float32), 0, 1)
            alpha += _SHADE * smooth(down)[:, None]
        for coverage, ink in zip(self._coverages(), inks, strict=True):
            part = coverage[top_px:]
            whole = part + alpha * (1 - part)
            share = (part / np.maximum(whole, 1e-6))[..., None]
            colour += (np.asarray(ink, np.float32) - colour) * share
            alpha = whole
        planes = tuple(np.rint(p).clip(0, 255).astype(np.uint8) for p in yuv.planes_of(colour))
        return Caption(top_px, planes, (alpha, yuv.halved(alpha)))

    def _coverages(self) -> list[Any]:
        """Ink, softer ink and cinnabar, as large as the frame, 0 to 1."""
        return [
            cv2.resize(
                np.asarray(sheet, np.float32) / np.float32(255),
                self.page.size_px,
                interpolation=cv2.INTER_AREA,
            )
            for sheet in (self.ink, self.soft, self.red)
        ]


def _margin(look: Look) -> float:
    return 0.16 if look.scale == 1 else 0.17


@lru_cache(maxsize=2)
def _ground(look: Look) -> Picture:
    """The ground that all cards share, (H, W, 3), 0 to 255; never written into."""
    sheet = paper.sheet(look.size_px, _SEED)
    if look.tone == "paper":
        return sheet
    # The same sheet in the dark: its fibres and mottling, weakly, on black that is a little warm.
    paler = np.asarray(paper.PAPER, np.float32)
    return np.asarray((sheet - paler) * np.float32(0.16) + np.asarray(_NIGHT, np.float32))


def _planar(picture: Picture) -> Frame:
    from pipeline.media.shading import packed

    return packed([np.ascontiguousarray(plane) for plane in yuv.planes_of(picture)])
