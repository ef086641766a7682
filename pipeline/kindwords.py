"""Finds in a statement of a catalogue the words that say what a thing is.

Knows the table ``kinds.yaml`` and how statements are written; knows nothing of what the fields of
an entry weigh (`pipeline.kinds` does).

A statement is cut into phrases at punctuation and "and". In each phrase the last term before a
preposition is what the thing is: the "relief print" is a print, the "frame for a painting" a
frame, the "photograph of a sculpture" a photograph. Words that name a part or a number are looked
through ("fragment of a relief"), and what stands behind "after" is another work. Words are
compared whole, without case and accents; Chinese and Japanese, which have no spaces, by the
longest term. Of German and Dutch compounds the last part counts. Time is linear in the length of
the statement, of which a limited part is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipeline.yamlfile import read_yaml

Role = Literal["names", "techniques", "figures", "hints"]
ROLES: tuple[Role, ...] = get_args(Role)

MAX_CHARS = 2_000
"""Of each statement; a title of 2,000 characters is a description."""
_CJK = "\u3005\u3040-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+|[][,;:/()|.&+<>{{}}\u2013\u2014\u3001\u3002\n\r]")
_DOTS = re.compile(rf"(?<=[{_CJK}])[\u30fb\u00b7](?=[{_CJK}])")
_ID = re.compile(r"(?<!\d)300\d{6}(?!\d)")
_SHORTEST_COMPOUND = 6
_LONGEST_ENDING = 14
_NAME_WORDS = 4
"""A title of more words before its first preposition is not the name of a thing."""


class Hit(NamedTuple):
    """A term of the table that was found."""

    term: str
    kind: str
    role: Role
    aat: str = ""


class Statement(NamedTuple):
    """What a statement says: the first term of each role, or ``None``."""

    names: Hit | None = None
    techniques: Hit | None = None
    figures: Hit | None = None
    hints: Hit | None = None
    is_name: bool = False
    """It begins with the name of a thing and little more, as ``Cabbage-Leaf Bowl`` does."""
    goes_on: bool = False
    """… and goes on with a preposition: ``Vase of Flowers``."""


def _split(terms: object) -> object:
    return [term.strip() for term in terms.split(",")] if isinstance(terms, str) else terms


_Terms = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_split)]
_ByLanguage = dict[str, _Terms]


class _KindTerms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    over: tuple[str, ...] = ()
    aat: dict[str, str]
    names: _ByLanguage
    techniques: _ByLanguage = {}
    figures: _ByLanguage = {}
    hints: _ByLanguage = {}
    endings: _ByLanguage = {}


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    kinds: dict[str, _KindTerms]
    of: _ByLanguage
    with_: _ByLanguage = Field(alias="with")
    after: _ByLanguage
    breaks: _ByLanguage
    parts: _ByLanguage
    articles: _ByLanguage


@dataclass
class Table:
    """The terms, ready to be looked up."""

    aat: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Kind and preferred term by AAT id."""
    over: dict[str, frozenset[str]] = field(default_factory=dict)
    """Kinds that are told more exactly by this one."""
    words: dict[tuple[str, ...], Hit] = field(default_factory=dict)
    """By all words of the term."""
    longest: dict[str, int] = field(default_factory=dict)
    """How many words the longest term has that begins with this one."""
    cjk: dict[str, Hit] = field(default_factory=dict)
    longest_cjk: int = 1
    endings: dict[str, Hit] = field(default_factory=dict)
    of: frozenset[str] = frozenset()
    adding: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()


def find_ids(text: str) -> list[str]:
    """Return the AAT ids in ``text``: of a URI, of ``aat:300033618``, or the number alone.

    >>> find_ids("http://vocab.getty.edu/page/aat/300033618")
    ['300033618']
    """
    text = text[:MAX_CHARS].strip()
    if "300" not in text:
        return []
    return _ID.findall(text) if text.isdecimal() or "aat" in text.lower() else []


def read_statement(text: str) -> Statement:
    """Return what ``text`` says of a thing."""
    return _read(text[:MAX_CHARS])


@lru_cache(maxsize=8192)
def _read(text: str) -> Statement:
    words = table()
    found: dict[str, Hit] = {}
    is_name = goes_on = added = False
    for count, (phrase, anew) in enumerate(_phrases(text, words)):
        reading = _Reading(words, added=added and not anew)
        reading.read(phrase)
        added = reading.added
        for hit in reading.found.values():
            if hit.role == "names" and not count:
                is_name, goes_on = reading.is_name, reading.goes_on
            found.setdefault(hit.role, hit)
    return Statement(**found, is_name=is_name, goes_on=goes_on)


def _phrases(text: str, words: Table) -> Iterator[tuple[list[str], bool]]:
    """Yield each phrase, and whether it begins anew and goes not on with a list."""
    phrase: list[str] = []
    anew = True
    for token in _tokens(text):
        if token in words.breaks or not token[0].isalnum():
            if phrase:
                yield phrase, anew
                phrase, anew = [], False
            anew = anew or token in _ENDS
        else:
            phrase.append(token)
    if phrase:
        yield phrase, anew


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(fold(text).replace(" - ", " ; "))


def fold(text: str) -> str:
    """Return ``text`` as it is compared: lower case, no accents, one form of each character.

    The marks that make カ to ガ are no accents. Source: Unicode, UAX 15 (NFKD) and UAX 44.
    """
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in split if c in "\u3099\u309a" or not unicodedata.combining(c))
    return _DOTS.sub("", unicodedata.normalize("NFC", bare).casefold())


class _Reading:
    """Reads one phrase, word by word."""

    def __init__(self, words: Table, *, added: bool) -> None:
        self._words = words
        self.added = added
        """What is read was added to the thing."""
        self.found: dict[str, Hit] = {}
        """What it says, by role."""
        self._open = not added
        """What the thing is may still come: no preposition has closed its name."""
        self._seen = 0
        self._through = False
        """A word for a part or a number was read."""
        self._article = False
        self.goes_on = False

    @property
    def is_name(self) -> bool:
        return not self._article and self._seen <= _NAME_WORDS

    def read(self, phrase: list[str]) -> None:
        at = 0
        while at < len(phrase):
            hit, length = self._longest(phrase, at)
            if hit is not None:
                self._take(hit)
                self._seen += length if self._open else 0
                at += length
            elif phrase[at] in self._words.after:
                return
            else:
                self._pass(phrase[at])
                at += 1

    def _longest(self, phrase: list[str], at: int) -> tuple[Hit | None, int]:
        words = self._words
        longest = words.longest.get(phrase[at])
        if longest is None:
            return None, 0
        for length in range(min(longest, len(phrase) - at), 0, -1):
            hit = words.words.get(tuple(phrase[at : at + length]))
            if hit is not None:
                return hit, length
        return None, 0

    def _take(self, hit: Hit) -> None:
        if self._open and hit.role != "techniques":
            self.found[hit.role] = hit  # the last: a "stoneware head"
        elif hit.role != "names" and not self.added:
            self.found.setdefault(hit.role, hit)

    def _pass(self, word: str) -> None:
        words = self._words
        if word in words.adding:
            self.added, self._open = True, False
        elif word in words.of:
            named = "names" in self.found
            self.goes_on = self.goes_on or named
            self._open = self._open and not named and (self._through or not self._seen)
        elif word in words.parts:
            self._through = True
        elif word in words.articles:
            self._article = True
        elif word >= _FIRST_CJK:
            self._seen += 1
            self._run(word)
        else:
            self._seen += 1 if self._open else 0
            if len(word) >= _SHORTEST_COMPOUND:
                self._compound(word)

    def _compound(self, word: str) -> None:
        endings = self._words.endings
        for length in range(min(len(word) - 1, _LONGEST_ENDING), 2, -1):
            hit = endings.get(word[-length:])
            if hit is not None:
                self._take(hit)
                return

    def _run(self, run: str) -> None:
        """Read Chinese or Japanese: the longest term at each place; one character at the end."""
        words = self._words
        end = _without_parts(run, words)
        at = 0
        while at < end:
            for length in range(min(words.longest_cjk, end - at), 0, -1):
                hit = words.cjk.get(run[at : at + length])
                if hit is not None and (length > 1 or at + 1 == end):
                    self._take(hit)
                    at += length
                    break
            else:
                at += 1


_FIRST_CJK = "\u3005"
_PARTICLES = frozenset("的之の")
"""Between a thing and its part: 碗的残片, the fragment of a bowl."""
_ENDS = frozenset(";.()[]|\n\r\u3002")


def _without_parts(run: str, words: Table) -> int:
    end = len(run)
    while length := next((n for n in (3, 2) if run[max(end - n, 0) : end] in words.parts), 0):
        end -= length
        end -= run[end - 1 : end] in _PARTICLES
    return end


@cache
def table() -> Table:
    """The terms of ``kinds.yaml``."""
    file = read_yaml(Path(__file__).with_name("kinds.yaml"), _File)
    made = Table(
        of=_words_of(file.of),
        adding=_words_of(file.with_),
        after=_words_of(file.after),
        breaks=_words_of(file.breaks),
        parts=_words_of(file.parts),
        articles=_words_of(file.articles),
    )
    for kind, terms in file.kinds.items():
        made.over[kind] = frozenset(terms.over)
        made.aat.update({number: (kind, label) for number, label in terms.aat.items()})
    labels = {" ".join(_tokens(_bare(label))): number for number, (_, label) in made.aat.items()}
    written = [
        (language, term, hit._replace(aat=_aat(term, language, hit.kind, labels, made)))
        for language, term, hit in _written(file)
    ]
    for language, term, hit in written:
        _add(made, language, [term], hit)
    for language, term, hit in written:
        _add(made, language, sorted(_inflected(term, language)), hit)
    for kind, terms in file.kinds.items():
        for ending in (e for each in terms.endings.values() for e in each):
            made.endings[fold(ending)] = Hit(f"-{ending}", kind, "names")
    return made


def _written(file: _File) -> Iterator[tuple[str, str, Hit]]:
    """Every term as it stands in the file: names of all kinds first, for they decide."""
    for role in ROLES:
        for kind, terms in file.kinds.items():
            by_language: Mapping[str, Sequence[str]] = getattr(terms, role)
            for language, written in by_language.items():
                for term in written:
                    yield language, term, Hit(term, kind, role)
            for label in terms.aat.values() if role == "names" else ():
                yield "aat", _bare(label), Hit(_bare(label), kind, role)


def _bare(label: str) -> str:
    return label.split(" (")[0]


def _words_of(by_language: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(token for each in by_language.values() for w in each for token in _tokens(w))


def _aat(term: str, language: str, kind: str, labels: Mapping[str, str], made: Table) -> str:
    """Return the AAT id whose preferred term, an English plural, is ``term``."""
    if language not in {"en", "aat"}:
        return ""
    for form in (term, *sorted(_inflected(term, language))):
        number = labels.get(" ".join(_tokens(form)), "")
        if number and made.aat[number][0] == kind:
            return number
    return ""


def _add(made: Table, language: str, forms: Sequence[str], hit: Hit) -> None:
    """Enter ``forms`` of one term; what is entered already stays."""
    for form in forms:
        folded = fold(form)
        if folded >= _FIRST_CJK:
            made.cjk.setdefault(folded, hit)
            made.longest_cjk = max(made.longest_cjk, len(folded))
            continue
        spelt = form.casefold().translate(_UMLAUTS) if language == "de" else form
        for each in (form, spelt):
            tokens = tuple(_tokens(each))
            made.words.setdefault(tokens, hit)
            made.longest[tokens[0]] = max(made.longest.get(tokens[0], 1), len(tokens))


def _inflected(term: str, language: str) -> set[str]:
    """Return what may be the plural of ``term``; forms that do not exist do no harm."""
    rules = _PLURALS.get(language, ())
    first, *rest = term.split(" ")
    if language in {"fr", "es", "it"}:
        firsts = _replaced(first, rules)
        adjectives = [word + "s" for word in rest] if language != "it" else rest
        return {" ".join([form, *words]) for form in firsts for words in (rest, adjectives)}
    *before, last = term.split(" ")
    return {" ".join([*before, form]) for form in _replaced(last, rules)}


def _replaced(word: str, rules: Sequence[tuple[str, str]]) -> list[str]:
    return [word[: len(word) - len(old)] + new for old, new in rules if word.endswith(old)]


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_PLURALS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (("", "s"), ("y", "ies"), ("s", "ses"), ("x", "xes"), ("ch", "ches"), ("f", "ves")),
    "fr": (("", "s"), ("eau", "eaux"), ("al", "aux")),
    "de": (("", "e"), ("", "n"), ("", "en"), ("", "s")),
    "es": (("", "s"), ("", "es"), ("z", "ces")),
    "it": (("o", "i"), ("a", "e"), ("e", "i"), ("io", "i"), ("ca", "che"), ("co", "chi")),
    "nl": (("", "en"), ("", "s")),
}
"""Ends of words and what stands for them in the plural. Source: the languages' school grammars."""
