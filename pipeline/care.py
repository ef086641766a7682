"""What asks for care beyond copyright: communities' labels, sensitive words, classes of access.

Knows ``care.yaml``: what each label and word implies, and how labels' addresses and names are
written. Concludes how far an object may go (`care_of`) and what stops a use (`obstacle`). What may
be done in the end is up to `pipeline.permission`.

Words count in fields that speak of sensitivity, and a few of them as the class or the name of an
object; in titles and descriptions they mean nothing. A label that is not known, as a community may
write its own, stops everything but a preview until a person has decided: so nothing is guessed
from its name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, get_args

from pipeline.items import Access, Care, Consent, Notice
from pipeline.records import Params
from pipeline.uses import Use, expand
from pipeline.yamlfile import read_yaml

_LONGEST = 10_000
"""Characters of one statement that are searched for words."""


class Row(Params):
    """What one label, notice or word implies."""

    title: str = ""
    short: str = ""
    also: tuple[str, ...] = ()
    access: Access = "public"
    stops: tuple[str, ...] = ()
    credit: bool = False
    because: str = ""
    classes: bool = False
    words: tuple[tuple[str, ...], ...] = ()
    templates: Literal["read", "unread"] = "read"

    @property
    def stopped(self) -> frozenset[Use]:
        """The uses that it stops without a consent."""
        return expand(self.stops)


class _Table(Params):
    notices: dict[str, Row]
    words: dict[str, Row]
    nothing: tuple[str, ...]


class Stated(Protocol):
    """What a catalogue's entry says that bears on care; `Described` is one."""

    @property
    def access(self) -> Access | None: ...  # noqa: D102
    @property
    def sensitivity(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def notices(self) -> Sequence[Notice]: ...  # noqa: D102
    @property
    def consent(self) -> Consent | None: ...  # noqa: D102
    @property
    def season(self) -> str: ...  # noqa: D102
    @property
    def contact(self) -> str: ...  # noqa: D102
    @property
    def classifications(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def object_names(self) -> Sequence[str]: ...  # noqa: D102


def care_of(stated: Stated) -> Care:
    """Conclude what care an object asks for from what its entry states.

    The class is the narrowest that anything in the entry asks for. Where the catalogue itself
    says ``public``, the class or name of the object (``human remains``) narrows nothing; labels
    and its own fields of sensitivity still do.
    """
    found = [(notice, f"it carries {_called(notice)}") for notice in stated.notices]
    unclear: list[str] = []
    for text in stated.sensitivity:
        named = _words_in(text)
        found += [(notice, f"its sensitivity says {_short(text)!r}") for notice in named]
        if not named and (_plain(text) not in _nothing() or len(text) > _LONGEST):
            unclear.append(text)
    if stated.access is None:
        for text in (*stated.classifications, *stated.object_names):
            if notice := _class_words().get(_plain(text)):
                found.append((notice, f"its class or name is {_short(text)!r}"))
    asked: list[tuple[Access, str]] = [(stated.access or "public", "the catalogue says so")]
    asked += [(find_row(notice).access, reason) for notice, reason in found]
    asked += [("internal", f"its sensitivity says {_short(text)!r}") for text in unclear]
    if stated.season:
        asked.append(("internal", f"its season is {_short(stated.season)!r}"))
    access, reason = max(asked, key=lambda one: _ORDER.index(one[0]))
    return Care(
        access=access,
        reason="" if access == "public" else reason,
        notices=tuple(dict.fromkeys(notice for notice, _ in found)),
        season=stated.season,
        contact=stated.contact,
        consent=stated.consent,
    )


def access_of(care: Care) -> Access:
    """Return the class of an object: its own, or the narrower one that its labels ask for."""
    if not care.notices:
        return care.access
    asked = [care.access, *(find_row(notice).access for notice in care.notices)]
    return max(asked, key=_ORDER.index)


class Obstacle(NamedTuple):
    """What stands in the way of a use, in words."""

    what: str
    """``it carries the label TK Clan``"""
    because: str


def obstacle(care: Care, use: Use) -> Obstacle | None:
    """Return what stops a use unless there is a consent to it, if anything does."""
    for notice in care.notices:
        row = find_row(notice)
        if use in row.stopped:
            return Obstacle(f"it carries {_called(notice)}", row.because)
    if care.season and use != "preview":
        return Obstacle(
            f"it has the season {_short(care.season)!r}",
            "it may be seen at certain times only, and this program cannot tell when that is",
        )
    return None


def asks_for_credit(care: Care) -> Notice | None:
    """Return the label that asks that those whom an object comes from be named."""
    return next((notice for notice in care.notices if find_row(notice).credit), None)


def find_row(notice: Notice) -> Row:
    """Return what a label, notice or word implies; what is not known implies the careful thing."""
    if match := _ADDRESS.match(notice.uri.strip()):
        if row := _table().notices.get(match["slug"].lower()):
            return row
        return _UNKNOWN
    plain = _plain(_SHORT_NAME.sub("", notice.title)) or _plain(notice.title)
    return _titles().get(plain) or _UNKNOWN


def label_uri(notice: Notice) -> str:
    """Return the address of a label, in one way of writing, or what is stated."""
    if match := _ADDRESS.match(notice.uri.strip()):
        return f"https://localcontexts.org/{match['sort'].lower()}/{match['slug'].lower()}/"
    return notice.uri


_ORDER: tuple[Access, ...] = get_args(Access)
_ADDRESS = re.compile(
    r"(?i:(?:https?://)?(?:www\.)?localcontexts\.org/(?P<sort>label|notice)/(?P<slug>[a-z0-9-]+)"
    r"/?(?:[?#]\S*)?$)"
)
_SHORT_NAME = re.compile(r"\((?:TK|BC) [A-Z]{1,3}\)\s*$")
_UNKNOWN = Row(
    access="internal",
    stops=("making", "showing"),
    because="this program does not know what it asks for, and a person has to decide",
)


@lru_cache(maxsize=1)
def _table() -> _Table:
    return read_yaml(Path(__file__).with_suffix(".yaml"), _Table)


@lru_cache(maxsize=1)
def _titles() -> dict[str, Row]:
    table = _table()
    found = {}
    for name, row in table.notices.items():
        for text in (name, row.title, row.short, *row.also):
            found[_plain(text)] = row
    for name, row in table.words.items():
        found[_plain(row.title or name)] = row
    found.pop("", None)
    return found


@lru_cache(maxsize=1)
def _nothing() -> frozenset[str]:
    return frozenset(["", *map(_plain, _table().nothing)])


def _words_of(rows: Iterable[tuple[str, Row]]) -> dict[str, Notice]:
    return {
        _plain(word): Notice(title=row.title or name)
        for name, row in rows
        for words in row.words
        for word in words
    }


@lru_cache(maxsize=1)
def _class_words() -> dict[str, Notice]:
    rows = _table().words.items()
    return _words_of((name, row) for name, row in rows if row.classes)


@lru_cache(maxsize=1)
def _any_word() -> tuple[re.Pattern[str], dict[str, Notice]]:
    """Return a pattern for every word of sensitivity, the longest first, and what each names."""
    words = _words_of(_table().words.items())
    ordered = sorted(words, key=len, reverse=True)
    # Chinese and Japanese have no spaces between words.
    ways = [
        word if _CJK.search(word) else rf"(?<!\S){word}(?!\S)" for word in map(re.escape, ordered)
    ]
    return re.compile(f"{_NOT}(?:{'|'.join(ways)})"), words


_PARTS = re.compile(r"[.,;:!?|\n\r()。、]")
_CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_NOT = r"(?<!not )(?<!no )(?<!non )(?<!nicht )(?<!keine )(?<!pas )(?<![非不无無未])"


@lru_cache(maxsize=4096)
def _words_in(text: str) -> tuple[Notice, ...]:
    # What denies a word stands in its own part of the sentence: "On display: no; sacred".
    parts = [_plain(part) for part in _PARTS.split(unicodedata.normalize("NFKC", text[:_LONGEST]))]
    row = _titles().get(_plain(_SHORT_NAME.sub("", text)))
    if row and not row.words:
        return (Notice(title=row.title, text=_short(text)),)
    labels = (_titles().get(part) for part in parts if part.startswith(("tk ", "bc ")))
    found = [Notice(title=label.title) for label in labels if label]
    pattern, words = _any_word()
    found += [words[match[0]] for match in pattern.finditer(" | ".join(parts))]
    said = _short(text)
    return tuple(notice.model_copy(update={"text": said}) for notice in dict.fromkeys(found))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Return the words alone: small letters, one space between them."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST]).lower()
    return " ".join(re.findall(r"[^\W_]+", text))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"


def _called(notice: Notice) -> str:
    known = find_row(notice)
    if known.words:
        return f"the word {(notice.text or notice.title)!r}"
    name = known.title or notice.title
    return f"the label {name}" if known is not _UNKNOWN else f"the label {_short(name)!r}"
