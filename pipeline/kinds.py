"""Says what kind of object a catalogue entry describes, and why, in a sentence for curators.

What is known of words stands in ``kinds.yaml`` beside this module, in nine languages and with the
ids of the Getty Art & Architecture Thesaurus (AAT); `pipeline.kindwords` reads them in a statement.
This module weighs what the fields of an entry say. It knows no source and no record: kinds are
plain names, those of `pipeline.items.Kind`.

Evidence in its order: an AAT id; the object name; the classification; the medium; a title that
is the name of a thing (``Jar``, ``Cabbage-Leaf Bowl``) or, of ceramics and glass, of a figure
(``Guanyin``); materials and vague words; the size. What comes later may only tell the kind more
exactly, as ``over`` in the table allows: what is filed under prints and made as a gelatin silver
print is a photograph. Titles stand before materials and size, because departments of decorative
arts write the object's name there and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pipeline.kindwords import Hit, Role, Table, find_ids, read_statement, table

Sure = Literal["certain", "likely", "guess"]

_MOST_ENTRIES = 32
"""Object names and classes that are read of one entry; real ones have at most a dozen."""
_MOST_SHOWN = 60
_SAINT = re.compile(r"\bst\. ", re.IGNORECASE)
_DEEP = 0.2
"""From this share of its smaller side on, a thing's depth is more than a frame's or a slab's."""


class Evidence(NamedTuple):
    """What a catalogue entry says that tells its kind; empty where it says nothing."""

    classifications: Sequence[str] = ()
    """From the most specific to the broadest; AAT ids and URIs may be among them."""
    object_names: Sequence[str] = ()
    medium: str = ""
    """Materials and techniques."""
    title: str = ""
    height_m: float | None = None
    width_m: float | None = None
    depth_m: float | None = None
    diameter_m: float | None = None


@dataclass(frozen=True)
class Guess:
    """A kind, and where it was read."""

    kind: str
    """A value of `pipeline.items.Kind`."""
    reason: str
    """For curators: ``object name "Hanging scroll" → scroll (AAT 300265079)``."""
    sure: Sure


class _Finding(NamedTuple):
    kind: str
    reason: str
    sure: Sure
    field: str
    named: bool
    """A word for the thing itself, not for a technique, a material or a size."""


def guess_kind(evidence: Evidence) -> Guess:
    """Say what kind of object ``evidence`` speaks of; ``other`` where nothing says it.

    >>> guess_kind(Evidence(object_names=["Bierkrug"], medium="Steinzeug")).kind
    'vessel'
    """
    findings = _findings(evidence)
    first = next(findings, None)
    if first is None:
        return Guess("other", _nothing(evidence), "guess")
    words = table()
    refinable = any(first.kind in less for less in words.over.values())
    if not refinable and first.field != "object name":
        return Guess(first.kind, first.reason, first.sure)
    for later in findings:
        if not later.named:
            continue
        if _tells_more(first, later, words):
            return Guess(later.kind, f"{later.reason}; more exact than {first.reason}", "likely")
        if _disagree(first, later, words):
            return Guess(first.kind, f"{first.reason}; but {later.reason}", "likely")
        if not refinable and later.field not in {"object name", "classification"}:
            break
    return Guess(first.kind, first.reason, first.sure)


def _tells_more(first: _Finding, later: _Finding, words: Table) -> bool:
    # The title of a print names what the print shows: "Relief in the Louvre", "Old photograph".
    trusted = later.field != "title" or first.kind != "print"
    return trusted and first.kind in words.over[later.kind]


def _disagree(first: _Finding, later: _Finding, words: Table) -> bool:
    return (
        first.field == "object name"
        and later.field == "classification"
        and later.kind != first.kind
        and later.kind not in words.over[first.kind]
    )


def _findings(evidence: Evidence) -> Iterator[_Finding]:
    names = evidence.object_names[:_MOST_ENTRIES]
    classes = evidence.classifications[:_MOST_ENTRIES]
    medium = (evidence.medium,) if evidence.medium else ()
    yield from _from_ids("object name", names)
    yield from _from_ids("classification", classes)
    yield from _from_words("object name", names, "names", "certain")
    yield from _from_words("object name", names, "techniques", "likely")
    yield from _from_words("classification", classes, "names", "certain")
    yield from _from_words("classification", classes, "techniques", "likely")
    yield from _from_words("medium", medium, "names", "likely")
    yield from _from_words("medium", medium, "techniques", "likely")
    if evidence.title:
        yield from _from_title(evidence.title)
        yield from _from_figure(evidence.title, (*names, *classes))
    yield from _from_words("object name", names, "figures", "guess")
    yield from _from_words("classification", classes, "figures", "guess")
    yield from _from_words("object name", names, "hints", "guess")
    yield from _from_words("classification", classes, "hints", "guess")
    yield from _from_words("medium", medium, "hints", "guess")
    yield from _from_size(evidence)


def _from_ids(field: str, texts: Sequence[str]) -> Iterator[_Finding]:
    known = table().aat
    for text in texts:
        for number in find_ids(text):
            if number in known:
                kind, label = known[number]
                reason = f'{field} "{label}" → {kind} (AAT {number})'
                yield _Finding(kind, reason, "certain", field, named=True)


def _from_words(field: str, texts: Sequence[str], role: Role, sure: Sure) -> Iterator[_Finding]:
    for text in texts:
        hit = getattr(read_statement(text), role)
        # A box or a mirror in a list of materials is a part of the thing.
        part = field == "medium" and role == "names" and hit is not None and hit.kind == "other"
        if hit is not None and not part:
            yield _say(field, text, hit, sure)


def _from_title(title: str) -> Iterator[_Finding]:
    statement = read_statement(title)
    hit = statement.names
    # A song or a church in a title is what a picture shows.
    if hit is None or not statement.is_name or hit.kind in {"intangible", "scene"}:
        return
    if statement.goes_on and hit.kind in {"vessel", "other"}:
        return  # "Vase of Flowers" is a still life
    yield _say("title", title, hit, "guess")


def _from_figure(title: str, filed_under: Sequence[str]) -> Iterator[_Finding]:
    """Ceramics and glass are mostly vessels, but not where the title names a figure alone."""
    hints = [read_statement(text).hints for text in filed_under]
    if not any(hint is not None and hint.kind == "vessel" for hint in hints):
        return
    statement = read_statement(_SAINT.sub("saint ", title))
    if statement.figures is not None and statement.names is None:
        yield _say("title", title, statement.figures, "guess")


def _say(field: str, text: str, hit: Hit, sure: Sure) -> _Finding:
    shown = " ".join(text[: 2 * _MOST_SHOWN].split())
    if not shown.isprintable():
        shown = "".join(letter for letter in shown if letter.isprintable())
    shown = shown if len(shown) <= _MOST_SHOWN else shown[: _MOST_SHOWN - 1] + "…"
    word = "" if shown.casefold() == hit.term.casefold() else f": {hit.term}"
    aat = f" (AAT {hit.aat})" if hit.aat else ""
    reason = f'{field} "{shown}"{word} → {hit.kind}{aat}'
    return _Finding(hit.kind, reason, sure, field, named=hit.role == "names")


def _from_size(evidence: Evidence) -> Iterator[_Finding]:
    if any(evidence.object_names) or any(evidence.classifications):
        return  # it has a name, which we do not know: cups and clocks are deep too
    sides = (evidence.height_m, evidence.width_m, evidence.diameter_m)
    across = [side for side in sides if side]
    depth_m = evidence.depth_m
    if depth_m and across and depth_m >= _DEEP * min(across):
        reason = f"a depth of {depth_m:g} m and no flat technique → sculpture"
        yield _Finding("sculpture", reason, "guess", "size", named=False)


def _nothing(evidence: Evidence) -> str:
    fields = {
        "object name": any(evidence.object_names),
        "classification": any(evidence.classifications),
        "medium": evidence.medium,
        "title": evidence.title,
        "size": any((evidence.height_m, evidence.width_m, evidence.diameter_m)),
    }
    there = [name for name, value in fields.items() if value]
    if not there:
        return "the entry has no object name, classification, medium, title or size → other"
    return f"nothing in {', '.join(there)} says what it is → other"
