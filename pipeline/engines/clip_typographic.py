"""The engine for living heritage that has a description and no photograph: type on paper.

A title card, the text in every language page by page, credit and rights; each stays as long as
reading it takes and gives way to the next. Title and credit drift a little; pages of text stand
still, since letters that move are harder to read, and a still page costs next to nothing. It shows
words and nothing that could be taken for a picture of the thing. The one ornament there is has to
be asked for and is called an ornament on the last card.

Lays out in units of the frame's height, so a clip looks alike at every size. Knows nothing of
where letters come from (`pipeline.media.typeset`) or what paper is (`pipeline.media.paper`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from pipeline.errors import EngineFailed
from pipeline.items import Subject
from pipeline.media.easing import smoother
from pipeline.protocols import EngineOptions, Shot
from pipeline.records import Localized

if TYPE_CHECKING:
    from pipeline.media.cards import Card
    from pipeline.media.lettering import Lettering
    from pipeline.protocols import Frame

_DRIFT = 0.014
"""How much title and credit grow while they are there: alive, and no more."""
_TITLE_S, _END_S, _SHORTEST_S = 4.0, 4.0, 3.0
"""Least seconds that title, credit and any other card stay."""


class TypographicOptions(EngineOptions):
    """A text, set in type."""

    VERSION: ClassVar[str] = "3"

    name: Literal["typographic"] = "typographic"
    latin_per_s: float = Field(default=14.0, ge=4, le=30)
    """Reading speed for alphabetic scripts, in characters a second. Source: 68 ms a character,
    14.7 a second, read aloud, mean of 14 languages, Trauzettel-Klosinski and Dietz, "Standardized
    assessment of reading performance: the new International Reading Speed Texts IReST", IOVS 53,
    2012. The BBC's subtitles go by 160 to 180 words a minute, about 15."""
    cjk_per_s: float = Field(default=5.0, ge=1, le=12)
    """Reading speed for Chinese, in characters a second. Our own choice, on the slow side, so that
    nobody is hurried; not taken from a study."""
    fade_s: float = Field(default=1.4, ge=0.2, le=4)
    """Time from one card to the next."""
    ornament: Literal["none", "window_flower"] = "none"
    """A drawn paper-cut flower on the title card, said to be an ornament on the last one."""


@dataclass(frozen=True)
class _Showing:
    """A card and how long it stays whole."""

    card: Card
    hold_s: float
    drifts: bool = False


class TypographicEngine:
    """Sets title, text and credit in type and moves from one to the next."""

    def __init__(self, options: TypographicOptions) -> None:
        self._options = options

    def frame_count(self, subject: Subject, text: Localized, shot: Shot) -> int:
        """Return how many frames reading the text takes.

        Raises:
            EngineFailed: if a character has no glyph.
        """
        return round(self._length_s(self._showings(subject, text, shot)) * shot.fps)

    def frames(self, subject: Subject, text: Localized, shot: Shot) -> Iterator[Frame]:
        """Yield ``shot.frames`` planar frames; see `pipeline.protocols.TextEngine`.

        Raises:
            EngineFailed: if a character has no glyph or the text does not fit the time.
        """
        showings = self._showings(subject, text, shot)
        needed = round(self._length_s(showings) * shot.fps)
        if shot.frames < needed:
            raise EngineFailed(
                f"Reading the text takes {needed / shot.fps:.1f} s and the clip has "
                f"{shot.frames / shot.fps:.1f} s. Give it the time, or set latin_per_s and "
                "cjk_per_s higher."
            )
        return self._played(showings, shot)

    def _played(self, showings: list[_Showing], shot: Shot) -> Iterator[Frame]:
        from pipeline.media import paper, yuv
        from pipeline.media.lettering import Lettering
        from pipeline.media.shading import packed

        size = (shot.width_px, shot.height_px)
        ground = yuv.planes_of(paper.sheet(size, shot.seed))
        sheets: dict[int, Lettering] = {}
        still: tuple[int, Frame] | None = None
        for frame in range(shot.frames):
            at_s = frame / shot.frames * self._length_s(showings)
            seen = self._seen(showings, at_s)
            stands = _standing(showings, seen)
            if still is not None and still[0] == stands:
                yield still[1]
                continue
            planes: Any = tuple(plane.copy() for plane in ground)
            sheets = {
                index: sheets.get(index) or Lettering(*showings[index].card.drawn())
                for index in seen
            }
            for index, (opacity, age) in seen.items():
                zoom = 1 + _DRIFT * age if showings[index].drifts else 1.0
                sheets[index].draw(planes, zoom, opacity)
            drawn = packed(planes, shot.bits)
            still = None if stands is None else (stands, drawn)
            yield drawn

    def _seen(self, showings: list[_Showing], at_s: float) -> dict[int, tuple[float, float]]:
        """Which cards are seen: their opacity, and how much of their life is over."""
        fade_s = self._options.fade_s
        start_s = 0.0
        for index, showing in enumerate(showings):  # noqa: B007 (used after the loop)
            life_s = showing.hold_s + fade_s
            into_s = at_s - start_s
            if into_s < life_s:
                break
            start_s += life_s
        # A card's life begins half a fade before it is whole and ends half a fade after.
        over = (into_s + fade_s / 2) / life_s
        if into_s <= showing.hold_s:
            return {index: (1.0, over)}
        part = (into_s - showing.hold_s) / fade_s
        if part < 0.5:
            return {index: (1 - smoother(2 * part), over)}
        following = (index + 1) % len(showings)
        life_s = showings[following].hold_s + fade_s
        return {following: (smoother(2 * part - 1), (part - 0.5) * fade_s / life_s)}

    def _showings(self, subject: Subject, text: Localized, shot: Shot) -> list[_Showing]:
        from pipeline.media import cards

        page = cards.Page.of((shot.width_px, shot.height_px))
        ornament = self._options.ornament == "window_flower"
        title = cards.title_card(page, subject.title, ornament)
        end = cards.end_card(page, subject, ornament)
        shown = [_Showing(title, max(_TITLE_S, self._reading_s(title.words)), drifts=True)]
        for language, words in text.items():
            head = subject.title.get(language, "")
            for card in cards.text_cards(page, words, head):
                shown.append(_Showing(card, max(_SHORTEST_S, self._reading_s(card.words))))
        return [*shown, _Showing(end, max(_END_S, self._reading_s(end.words)), drifts=True)]

    def _reading_s(self, words: str) -> float:
        from pipeline.media.typeset import is_cjk

        square = sum(is_cjk(c) for c in words)
        return square / self._options.cjk_per_s + (len(words) - square) / self._options.latin_per_s

    def _length_s(self, showings: list[_Showing]) -> float:
        return sum(showing.hold_s + self._options.fade_s for showing in showings)


def _standing(showings: list[_Showing], seen: dict[int, tuple[float, float]]) -> int | None:
    """Return the card that stands whole and still, if one does."""
    for index, (opacity, _) in seen.items():
        if opacity == 1.0 and not showings[index].drifts:
            return index
    return None
