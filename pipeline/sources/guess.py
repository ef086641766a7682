"""Guesses which column means what, from names and values, each guess with its reason.

Names are looked up in ``columns.yaml`` beside this module, values judged by
`pipeline.sources.evidence`. A name alone is enough if it means one thing only; a doubtful name
counts if the values fit; values that do not fit take a guess back. What is not sure is returned
apart, to be shown and decided by a person: nothing here is used before someone could read it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.sources.evidence import JUDGES, Evidence, ids, split_of, swapped, unit_of
from pipeline.sources.mapping import Mapping, unit_in
from pipeline.sources.tongues import language_of, settled
from pipeline.yamlfile import read_yaml_data

_SURE, _MAYBE, _ENOUGH = 3, 1, 3
"""Weight of a name that means one thing, of one that may, and from which on a guess counts."""

_BY_LANGUAGE = ("title", "description", "creator", "date", "dimensions")
_SEVERAL = (
    *("image", "rights", "classification", "object_name", "medium", "sensitivity", "notices"),
    "leave_out",
)
_AXES = ("height", "width", "depth", "diameter")
_BY_VALUE = ("image", "iiif")
"""What values alone say, whatever the column is called."""
_NO_UNIT = "its unit is not stated: write the right one"
_INSIDE = "matters of the house, such as values and stores: they go no further"
_HELPERS = ("first_name", "last_name", "unit")
_GENERIC = frozenset(
    {"name", "full name", "label", "text", "value", "term", "content", "display name", "title"}
)
"""Last parts of JSON paths that say nothing themselves: ``artist.name``."""
_LANGUAGES = {
    "en": "English",
    "fr": "French",
    "de": "German",
    "es": "Spanish",
    "it": "Italian",
    "nl": "Dutch",
    "zh": "Chinese",
    "ja": "Japanese",
}


class Line(NamedTuple):
    """A line of a mapping, guessed."""

    field: str
    value: Any
    """As it is written in a config: a name, a list, a mapping."""
    columns: tuple[str, ...]
    reason: str


class Guess(NamedTuple):
    """What a table's columns seem to be."""

    mapping: Mapping | None
    """``None`` if nothing can be an id."""
    reasons: dict[str, str]
    """Why, by the fields of the mapping."""
    lines: tuple[Line, ...]
    """What the mapping is made of."""
    unsure: tuple[Line, ...]
    extra: tuple[str, ...]
    """Columns that nothing is made of; they are kept."""
    language: str
    """Of the catalogue's texts; ``""``: nothing says it."""
    language_reason: str
    """What says it."""


@dataclass(frozen=True)
class _Column:
    name: str
    position: int
    names: tuple[str, ...]
    """Its name as it is looked up, the most telling form first."""
    language: str
    """Which its name ends with."""
    values: tuple[str, ...]
    rows: int
    """Of the table, with a value or without."""


class _Candidate(NamedTuple):
    field: str
    column: _Column
    weight: int
    by_name: int
    reason: str
    languages: tuple[str, ...]
    """In which the name means this."""


def guess_mapping(
    headers: Sequence[str], rows: Sequence[Sequence[str]], *, paths: bool = False
) -> Guess:
    """Return what the columns of a table seem to be.

    Args:
        headers: their names; of JSON, paths such as ``artist.name``.
        rows: the first rows, as many as there is patience for; 200 are plenty.
        paths: the names are paths.
    """
    columns = [_column(name, at, rows, paths=paths) for at, name in enumerate(headers)]
    best = [found for column in columns if (found := _best(column))]
    texts = [one.column for one in best if one.field in ("title", "description")]
    told = [value for column in texts if not column.language for value in column.values]
    language, why = settled(_language(best), language_of(told))
    chosen = [one for one in best if one.weight >= _ENOUGH and one.field not in _HELPERS]
    helpers = {one.field: one.column for one in reversed(best) if one.field in _HELPERS}
    lines, left = _arranged(chosen, helpers, language)
    lines = _with_id(lines, columns, chosen) + _axes(lines, headers, rows)
    doubtful = [one for one in best if one.weight < _ENOUGH and one.field not in _HELPERS]
    unsure = [*left, *(_line(one, helpers) for one in doubtful)]
    used = {name for line in lines for name in line.columns}
    unsure = [line for line in unsure if not used.issuperset(line.columns)]
    mapping = _mapping(lines)
    return Guess(
        mapping=mapping,
        reasons={line.field: line.reason for line in lines},
        lines=tuple(lines),
        unsure=tuple(unsure),
        extra=tuple(name for name in headers if name not in used),
        language=language,
        language_reason=why,
    )


def _mapping(lines: Sequence[Line]) -> Mapping | None:
    values = {line.field: line.value for line in lines}
    return Mapping.model_validate(values) if "id" in values else None


# Names -------------------------------------------------------------------------------------------


@cache
def _table() -> tuple[dict[str, list[tuple[str, int, str]]], dict[str, str]]:
    """Return what each name may mean (field, weight, language), and the words for languages."""
    data, _ = read_yaml_data(Path(__file__).with_name("columns.yaml"))
    words = {plain(word): tag for tag, names in data.pop("languages").items() for word in names}
    means: dict[str, list[tuple[str, int, str]]] = {}
    for field, levels in data.items():
        for level, languages in levels.items():
            weight = _SURE if level == "sure" else _MAYBE
            for language, names in languages.items():
                for name in names:
                    means.setdefault(plain(name), []).append((field, weight, language))
    return means, words


def plain(name: str) -> str:
    """Return a name as it is compared: words in lower case, without accents and punctuation.

    >>> plain("Inventar-Nr."), plain("objectNumber"), plain("Maße"), plain("Bild 2")
    ('inventar nr', 'object number', 'masse', 'bild')
    """
    text = re.sub(r"([a-zß-ÿ])([A-Z])", r"\1 \2", unicodedata.normalize("NFKC", name))
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(one for one in text if not unicodedata.combining(one))
    words = re.sub(r"[^\w]+|_+", " ", unicodedata.normalize("NFC", text)).split()
    while len(words) > 1 and words[-1].isdecimal():
        words.pop()
    return " ".join(words)


def _column(name: str, position: int, rows: Sequence[Sequence[str]], *, paths: bool) -> _Column:
    values = [row[position].strip() if position < len(row) else "" for row in rows]
    filled = tuple(value for value in values if value)
    base, language = _without_language(name)
    return _Column(
        name=name,
        position=position,
        names=tuple(dict.fromkeys(_forms(base, paths=paths))),
        language=language,
        values=filled,
        rows=len(values),
    )


def _without_language(name: str) -> tuple[str, str]:
    """Take ``Titel_en``, ``Title (ZH)``, ``Titre [anglais]`` apart."""
    _, words = _table()
    for pattern in (r"[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$", r"[\s_.\-/]([^\s_.\-/()\[\]]+)$"):
        match = re.search(pattern, name)
        tag = words.get(plain(match[1])) if match else None
        if match and tag and match.start():
            return name[: match.start()], tag
    return name, ""


def _forms(name: str, *, paths: bool) -> Iterator[str]:
    """Yield the name in the forms that it may be known by."""
    if paths:
        parts = [part for part in re.sub(r"\[[^\]]*\]", "", name).split(".") if part]
        yield plain(" ".join(parts))
        yield plain(" ".join(parts[-2:]))
        if len(parts) > 1 and plain(parts[-1]) in _GENERIC:
            yield plain(" ".join(parts[:-1]))
            yield plain(parts[-2])
            return
        yield plain(parts[-1]) if parts else ""
        return
    yield plain(name)
    bare = re.sub(r"[(\[][^()\[\]]*[)\]]\s*$", "", name)
    yield plain(bare)
    yield re.sub(r" (?:(?:in|en) )?(?:mm|cm|m|in|inch|inches)$", "", plain(bare))
    # "Hersteller/Künstler" is what either of its names is.
    yield from map(plain, bare.split("/")[: bare.count("/") and 4])


# One column --------------------------------------------------------------------------------------


def _best(column: _Column) -> _Candidate | None:
    """Return what a column most probably is."""
    found = list(_candidates(column))
    return max(found, key=lambda one: (one.weight, one.by_name)) if found else None


def _candidates(column: _Column) -> Iterator[_Candidate]:
    means, _ = _table()
    known = next((means[name] for name in column.names if name in means), [])
    for field in dict.fromkeys(field for field, _, _ in known):
        weight = max(weight for one, weight, _ in known if one == field)
        languages = tuple(
            dict.fromkeys(tag for one, w, tag in known if one == field and w == weight)
        )
        evidence = _judged(field, column)
        said = _said(weight, languages)
        reason = f"{said}; {evidence.reason}" if evidence.reason else said
        yield _Candidate(field, column, weight + evidence.weight, weight, reason, languages)
    for field in _BY_VALUE:
        evidence = _judged(field, column)
        if evidence.weight >= _ENOUGH and field not in {one for one, _, _ in known}:
            yield _Candidate(field, column, evidence.weight, 0, evidence.reason, ())


def _judged(field: str, column: _Column) -> Evidence:
    if field == "id":
        return ids(column.values, column.rows)
    judge = JUDGES.get(field)
    return judge(column.values) if judge else Evidence(0)


def _said(weight: int, languages: Sequence[str]) -> str:
    names = [_LANGUAGES[tag] for tag in languages if tag in _LANGUAGES]
    spoken = f" ({', '.join(names)})" if len(names) < 3 else ""
    return f"its name says so{spoken}" if weight == _SURE else f"its name may say so{spoken}"


def _language(found: Sequence[_Candidate]) -> str:
    """Return the language of the names, if one has more of them than any other."""
    votes: Counter[str] = Counter()
    for one in found:
        for tag in one.languages:
            votes[tag] += 1 if one.weight >= _ENOUGH else 0
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]


# All columns together ----------------------------------------------------------------------------


def _arranged(
    chosen: Sequence[_Candidate], helpers: dict[str, _Column], language: str
) -> tuple[list[Line], list[Line]]:
    """Give each field its column or columns; return also what came too late."""
    lines: list[Line] = []
    left: list[_Candidate] = []
    for field in Mapping.model_fields:
        found = [one for one in chosen if one.field == field]
        found.sort(key=lambda one: (-one.weight, one.column.position))
        if field == "creator" and not found:
            lines += _names_of_people(helpers)
        if not found:
            continue
        if field in _BY_LANGUAGE:
            line, rest = _by_language(found, language)
        elif field in _SEVERAL:
            line, rest = _several(found)
        else:
            line, rest = _line(found[0], helpers), found[1:]
        if line.reason.endswith(_NO_UNIT):
            left.append(found[0])
        else:
            lines.append(line)
        left += rest
    return lines, [_line(one, helpers) for one in left]


def _names_of_people(helpers: dict[str, _Column]) -> list[Line]:
    names = [helpers[one].name for one in ("first_name", "last_name") if one in helpers]
    if len(names) < 2:
        return []
    return [Line("creator", names, tuple(names), "first and last name, joined")]


def _by_language(found: Sequence[_Candidate], language: str) -> tuple[Line, list[_Candidate]]:
    texts: dict[str, _Candidate] = {}
    rest = []
    for one in found:
        tag = one.column.language or ""
        if tag in texts:
            rest.append(one)
        else:
            texts[tag] = one
    columns = tuple(one.column.name for one in texts.values())
    reason = next(iter(texts.values())).reason
    if list(texts) == [""]:
        return Line(found[0].field, columns[0], columns, reason), rest
    if "" in texts:
        own = language if language and language not in texts else ""
        own = own or next((tag for tag in texts[""].languages if tag not in texts), "und")
        texts = {own if tag == "" else tag: one for tag, one in texts.items()}
    value = {tag: one.column.name for tag, one in texts.items()}
    return Line(found[0].field, value, columns, f"{reason}; languages stand in the names"), rest


def _several(found: Sequence[_Candidate]) -> tuple[Line, list[_Candidate]]:
    """Take all columns whose names say it as clearly as the best one does."""
    best = max(one.by_name for one in found)
    taken = sorted(
        (one for one in found if one.by_name == best), key=lambda one: one.column.position
    )
    if best < _SURE:
        taken = [found[0]]
    rest = [one for one in found if one not in taken]
    names = [one.column.name for one in taken]
    value: Any = names[0] if len(names) == 1 else names
    split = split_of([v for one in taken for v in one.column.values])
    if found[0].field == "image" and split:
        value = {"column": value, "split": split}
    reason = _INSIDE if found[0].field == "leave_out" else found[0].reason
    return Line(found[0].field, value, tuple(names), reason), rest


def _line(one: _Candidate, helpers: dict[str, _Column]) -> Line:
    name = one.column.name
    if one.field not in _AXES or unit_in(name):
        return Line(one.field, name, (name,), one.reason)
    ending = re.search(r"[\s_](mm|cm|m|in|inch|inches)$", name, re.IGNORECASE)
    unit = ending[1].lower() if ending else unit_of(one.column.values)
    if unit:
        return Line(one.field, {"column": name, "unit": unit}, (name,), one.reason)
    if "unit" in helpers:
        value = {"column": name, "unit_column": helpers["unit"].name}
        return Line(one.field, value, (name, helpers["unit"].name), one.reason)
    reason = f"{one.reason}; {_NO_UNIT}"
    return Line(one.field, {"column": name, "unit": "cm"}, (name,), reason)


def _axes(
    lines: Sequence[Line], headers: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[Line]:
    """Say if height and width hold each other's values, as the statements show."""
    at = {line.field: headers.index(line.columns[0]) for line in lines}
    if not {"dimensions", "height", "width"} <= at.keys():
        return []
    places = (at["dimensions"], at["height"], at["width"])
    reason = swapped([(row[places[0]], row[places[1]], row[places[2]]) for row in rows])
    return [Line("trust_axes", value=False, columns=(), reason=reason)] if reason else []


def _with_id(
    lines: list[Line], columns: Sequence[_Column], chosen: Sequence[_Candidate]
) -> list[Line]:
    """See that there is an id: without one nothing can be made."""
    if any(line.field == "id" for line in lines):
        return lines
    meant = {one.column.name: one.field for one in chosen}
    unique = [column for column in columns if ids(column.values, column.rows).weight > 0]
    unique.sort(key=lambda c: (c.name in meant, max(map(len, c.values)) > 80, c.position))
    if not unique:
        return lines
    reason = (
        "no column is called a number of objects; look whether this is one: "
        + ids(unique[0].values, unique[0].rows).reason
    )
    return [Line("id", unique[0].name, (unique[0].name,), reason), *lines]
