"""Sets text in lines and pages: which glyph, how wide, where a line may end.

Chinese is broken between characters, but no line begins with a closing mark or ends with an
opening one; Latin is broken between words. A character that no bundled font has is an error that
names it: a box in its place is never drawn.

Source: W3C, "Requirements for Chinese Text Layout" (clreq), 3.1.3 (marks at line ends) and 3.2.2
(space between Chinese and Latin). Sizes are in pixels of the picture that is drawn into.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from pipeline.bundled import bundled
from pipeline.errors import EngineFailed

_FILES = ("", "-latin", "-latin-ext", "-cyrillic", "-vietnamese")
_NOT_FIRST = frozenset("。，、；：？！）」』】》〉〕”’…—～·％‰℃,.;:!?)]}%")
_NOT_LAST = frozenset("（「『【《〈〔“‘([{")
_AUTOSPACE_EM = 0.18
"""Space between a Chinese character and a Latin letter or digit."""


def is_cjk(character: str) -> bool:
    """Whether it is set in a square of its own: Han, kana, hangul and their marks."""
    return unicodedata.east_asian_width(character) in "WF"


def mostly_cjk(text: str) -> bool:
    """Whether a text is to be set as Chinese is."""
    letters = [c for c in text if c.isalpha()]
    return sum(map(is_cjk, letters)) * 2 > len(letters)


def paragraphs(text: str) -> list[str]:
    """Return the text's paragraphs without odd spaces and invisible characters."""
    normal = unicodedata.normalize("NFC", text)
    lines = (
        " ".join("".join(c for c in line if unicodedata.category(c) != "Cf").split())
        for line in normal.splitlines()
    )
    return [line for line in lines if line]


class Face:
    """One weight of the bundled typeface at one size."""

    def __init__(self, size_px: float, weight: int = 400) -> None:
        self.size_px = max(4, round(size_px))
        self._fonts = _fonts(self.size_px, weight)

    def width(self, text: str) -> float:
        """Return how far a line of ``text`` reaches."""
        return sum(font.getlength(run, features=_features(text)) for font, run in self._runs(text))

    def draw(self, canvas: Image.Image, xy: tuple[float, float], text: str) -> None:
        """Draw ``text`` in white; ``xy`` is the left end of its baseline."""
        pen = ImageDraw.Draw(canvas)
        x, y = xy
        for font, run in self._runs(text):
            pen.text((x, y), run, fill=255, font=font, anchor="ls", features=_features(text))
            x += font.getlength(run, features=_features(text))

    def draw_upright(self, canvas: Image.Image, middle: tuple[float, float], text: str) -> None:
        """Draw one character of a vertical line in white, around ``middle``."""
        font = next(font for font, _ in self._runs(text))
        box = (middle[0] - self.size_px / 2, middle[1] + self.size_px * 0.38)
        ImageDraw.Draw(canvas).text(box, text, fill=255, font=font, anchor="ls", features=["vert"])

    def _runs(self, text: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        run, current = "", self._fonts[0]
        for character in text:
            font = current if character.isspace() else self._font_of(character)
            if font is not current and run:
                yield current, run
                run = ""
            run, current = run + character, font
        if run:
            yield current, run

    def _font_of(self, character: str) -> ImageFont.FreeTypeFont:
        for font in self._fonts:
            if _has(font, character):
                return font
        name = unicodedata.name(character, "no name")
        raise EngineFailed(
            f"The typeface has no glyph for “{character}” (U+{ord(character):04X}, {name}). "
            "Write it another way in the catalogue, or leave this language out."
        )


@dataclass(frozen=True)
class Line:
    """Pieces of one line with their left ends."""

    pieces: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class _Piece:
    text: str
    width: float
    space: float
    """Before it, where it does not begin a line."""


def set_lines(text: str, face: Face, measure_px: float) -> list[Line]:
    """Break one paragraph into lines of at most ``measure_px``.

    Raises:
        EngineFailed: if a character has no glyph.
    """
    square = mostly_cjk(text)
    shown = text if square else text.replace("…", "...")
    lines: list[list[_Piece]] = [[]]
    reached = 0.0
    for piece in _pieces(shown, face, measure_px):
        if lines[-1] and reached + piece.space + piece.width > measure_px + 0.01:
            lines.append([])
            reached = 0.0
        reached += piece.width + (piece.space if lines[-1] else 0.0)
        lines[-1].append(piece)
    last = len(lines) - 1
    return [
        _placed(line, measure_px if square and index < last else 0.0)
        for index, line in enumerate(lines)
    ]


def _placed(line: list[_Piece], measure_px: float) -> Line:
    """Place the pieces; Chinese is spread to the full measure, Latin is left ragged."""
    used = sum(p.width + (p.space if i else 0.0) for i, p in enumerate(line))
    left_over = max(0.0, measure_px - used) if measure_px else 0.0
    gap = left_over / max(1, len(line) - 1)
    placed, x = [], 0.0
    for index, piece in enumerate(line):
        x += piece.space + gap if index else 0.0
        placed.append((x, piece.text))
        x += piece.width
    return Line(tuple(placed))


def _pieces(text: str, face: Face, measure_px: float) -> Iterator[_Piece]:
    """Cut a paragraph where a line may end."""
    word_space = face.width("n n") - face.width("nn")
    previous = ""
    for cluster, spaced in _clusters(text):
        space = 0.0
        if spaced:
            space = word_space
        elif previous and is_cjk(previous[-1]) != is_cjk(cluster[0]):
            marks = previous[-1] in _NOT_FIRST | _NOT_LAST or cluster[0] in _NOT_FIRST | _NOT_LAST
            space = 0.0 if marks else _AUTOSPACE_EM * face.size_px
        previous = cluster
        width = face.width(cluster)
        if width <= measure_px:
            yield _Piece(cluster, width, space)
            continue
        for index, character in enumerate(cluster):  # a word longer than a line
            yield _Piece(character, face.width(character), 0.0 if index else space)


def _clusters(text: str) -> Iterator[tuple[str, bool]]:
    """Yield what may not be torn apart, and whether a space stands before it."""
    cluster, spaced = "", False
    for character in text:
        if character == " ":
            if cluster:
                yield cluster, spaced
            cluster, spaced = "", True
        elif not cluster or _sticks(cluster[-1], character):
            cluster += character
        else:
            yield cluster, spaced
            cluster, spaced = character, False
    if cluster:
        yield cluster, spaced


def _sticks(before: str, after: str) -> bool:
    if before in _NOT_LAST or after in _NOT_FIRST:
        return True
    return not is_cjk(before) and not is_cjk(after) and before not in "—–-/"


def _features(text: str) -> list[str] | None:
    # The typeface's quotation marks fill a square, right in Chinese and far too wide in English.
    return None if mostly_cjk(text) or not any(c in "“”‘’" for c in text) else ["halt"]


@lru_cache(maxsize=32)
def _fonts(size_px: int, weight: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    names = (f"web/dist/fonts/noto-serif-sc{part}-{weight}.woff2" for part in _FILES)
    return tuple(ImageFont.truetype(str(bundled(name)), size_px) for name in names)


_known: dict[tuple[str, str], bool] = {}


def _has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    """Whether the font draws anything but its box for unknown characters."""
    key = (str(font.path), character)
    if key not in _known:
        seen, box = font.getmask(character), font.getmask("\U0010ffff")
        _known[key] = (seen.size, bytes(seen)) != (box.size, bytes(box))
    return _known[key]
