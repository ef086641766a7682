"""Applies a mapping to one entry: texts to their places, and nothing concluded.

Knows `pipeline.sources.mapping` and what an entry is asked for, a name and the texts that stand
there. Knows neither tables nor JSON.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from typing import get_args

from pydantic import ValidationError

from pipeline.items import Access, Consent, Kind, Notice, Picture, Region
from pipeline.records import Localized
from pipeline.sources.described import (
    MOST_CHARACTERS,
    MOST_EXTRA,
    Broken,
    Described,
    Measured,
    Statement,
)
from pipeline.sources.entries import read_region
from pipeline.sources.mapping import Axis, Joined, Listed, Mapping, unit_in
from pipeline.sources.texts import clean_id, plain_from_html

Look = Callable[[str], Sequence[str]]
"""Returns the texts that an entry has at a name; empty ones are left out."""

_SHORTENED = re.compile(r"\d([.,]\d+)?E[+-]\d{2,3}", re.IGNORECASE)
"""How spreadsheets show a long number once they have taken an id for one."""
_NOTHING = re.compile(r"[-+]?0*(?:[.,]0*)?|nan|null|none|n/?a|-+|–|inf|#.*", re.IGNORECASE)
"""Zeros and signs of nothing: no measure."""
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_INFO = re.compile(r"/info\.json$", re.IGNORECASE)
_KINDS = {kind.value: kind for kind in Kind}
_ACCESS: tuple[Access, ...] = get_args(Access)
_YES = frozenset(
    [
        "true",
        "yes",
        "y",
        "1",
        "x",
        "ja",
        "oui",
        "sí",
        "si",
        "sì",
        "是",
        "はい",
        "wahr",
        "vrai",
        "vero",
        "verdadero",
        "waar",
    ]
)
_NO = frozenset(
    [
        "false",
        "no",
        "n",
        "0",
        "nein",
        "non",
        "nee",
        "否",
        "いいえ",
        "falsch",
        "faux",
        "falso",
        "onwaar",
    ]
)
_AXES = ("height", "width", "depth", "diameter")


class _Unfit(Exception):
    """Why an entry cannot be used."""


class Mapped:
    """Makes `Described` of entries.

    Args:
        mapping: says what stands where.
        language: of texts that name none.
    """

    def __init__(self, mapping: Mapping, language: str) -> None:
        self._mapping, self._language = mapping, language
        self._kinds = {_key(word): kind for word, kind in mapping.kinds.items()}
        self._accesses = {_key(word): access for word, access in mapping.accesses.items()}

    def describe(self, look: Look, place: str, extra: dict[str, str]) -> Described | Broken:
        """Return what an entry says; ``extra`` is what the mapping takes nothing from."""
        identifier = clean_id(_joined(self._mapping.id, look))
        try:
            return self._described(identifier, look, place, extra)
        except _Unfit as error:
            return Broken(id=identifier[:300], place=place, message=str(error))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            return Broken(id=identifier[:300], place=place, message=f"{where}: {first['msg']}")

    def _described(
        self, identifier: str, look: Look, place: str, extra: dict[str, str]
    ) -> Described:
        mapping = self._mapping
        _check_id(identifier, mapping)
        extra = dict(extra)
        kind, classes = self._kind(look)
        return Described(
            id=identifier,
            place=place,
            kind=kind,
            title=self._texts(mapping.title, look),
            description={
                language: plain_from_html(text)
                for language, text in self._texts(mapping.description, look).items()
            },
            creator=self._texts(mapping.creator, look),
            date=self._texts(mapping.date, look),
            classifications=(*classes, *_listed(mapping.classification, look)),
            object_names=_listed(mapping.object_name, look),
            medium="; ".join(dict.fromkeys(_listed(mapping.medium, look))),
            sizes=(*_sizes(mapping, look, extra), *self._statements(look))
            if mapping.trust_axes
            else (*self._statements(look), *_sizes(mapping, look, extra)),
            pictures=_pictures(mapping, look),
            rights=_listed(mapping.rights, look),
            record_rights=_listed(mapping.record_rights, look),
            public_domain=_public_domain(mapping.public_domain, look, extra),
            credit=_joined(mapping.credit, look),
            holder=_joined(mapping.holder, look),
            access=self._access(look),
            sensitivity=_listed(mapping.sensitivity, look),
            notices=_notices(mapping.notices, look),
            consent=_consent(mapping, look),
            season=_joined(mapping.season, look),
            contact=_joined(mapping.contact, look),
            details=_details(mapping.details, look),
            source_url=_joined(mapping.source_url, look),
            language=self._language,
            extra=_bounded(extra),
        )

    def _texts(self, texts: AnyMapping[str, Joined], look: Look) -> Localized:
        found: Localized = {}
        for language, joined in texts.items():
            if text := _joined(joined, look):
                found[language or self._language] = text
        return found

    def _statements(self, look: Look) -> list[Statement]:
        return [
            Statement(text=joined.pattern.replace("{}", text), language=language or self._language)
            for language, joined in self._mapping.dimensions.items()
            for column in joined.column
            for text in look(column)
        ]

    def _kind(self, look: Look) -> tuple[Kind | None, tuple[str, ...]]:
        """Return the kind that the museum's words or our own say, and the words themselves."""
        words = _listed(self._mapping.kind, look)
        for known in (self._kinds, _KINDS):
            for word in words:
                if kind := known.get(_key(word)):
                    return kind, words
        return None, words

    def _access(self, look: Look) -> Access | None:
        text = _joined(self._mapping.access, look)
        if not text:
            return None
        access = self._accesses.get(_key(text))
        access = access or next((one for one in _ACCESS if one == _key(text)), None)
        if access is None:
            raise _Unfit(
                f"found the access {text[:60]!r}, expected {', '.join(_ACCESS)}; say in the config "
                f"what it means: source.columns.accesses: {{{text[:60]}: internal}}"
            )
        return access


def _key(word: str) -> str:
    return " ".join(word.casefold().split())


def _joined(joined: Joined | None, look: Look) -> str:
    if joined is None:
        return ""
    text = joined.join.join(text for column in joined.column for text in look(column)).strip()
    return joined.pattern.replace("{}", text) if text else ""


def _listed(listed: Listed | None, look: Look) -> tuple[str, ...]:
    if listed is None:
        return ()
    texts: Iterable[str] = (text for column in listed.column for text in look(column))
    if listed.split:
        texts = (part.strip() for text in texts for part in text.split(listed.split))
    return tuple(listed.pattern.replace("{}", text) for text in texts if text)


def _check_id(identifier: str, mapping: Mapping) -> None:
    columns = ", ".join(mapping.id.column)
    if not identifier:
        raise _Unfit(f"it has no id: {columns} is empty, expected an accession number")
    if _SHORTENED.fullmatch(identifier):
        raise _Unfit(
            f"found the id {identifier} ({columns}), a number that a spreadsheet has shortened; "
            "give that column the format “text”, put the ids in again, and save the table"
        )


def _sizes(mapping: Mapping, look: Look, extra: dict[str, str]) -> list[Measured]:
    """Return measures of one part and unit together; those without a unit stay in ``extra``."""
    groups: dict[tuple[str, str], dict[str, float | str]] = {}
    for name in _AXES:
        axis: Axis | None = getattr(mapping, name)
        number = next(iter(look(axis.column)), "") if axis else ""
        if axis is None or _NOTHING.fullmatch(number):
            continue
        unit = axis.unit or unit_in(axis.column)
        if axis.unit_column:
            unit = next(iter(look(axis.unit_column)), "")
        if not unit:
            extra[axis.column] = number
            continue
        groups.setdefault((axis.part, unit), {})[name] = number
    return [
        Measured(part=part, axes=axes, unit=unit, trusted=mapping.trust_axes)
        for (part, unit), axes in groups.items()
    ]


def _pictures(mapping: Mapping, look: Look) -> tuple[Picture | str, ...]:
    services = [Picture(service=_INFO.sub("", text)) for text in _listed(mapping.iiif, look)]
    return (*services, *(_picture(text) for text in _listed(mapping.image, look)))


def _picture(text: str) -> Picture | str:
    if not _ADDRESS.match(text):
        return text
    if _INFO.search(text):
        return Picture(service=_INFO.sub("", text))
    return Picture(url=text)


def _public_domain(text: Joined | None, look: Look, extra: dict[str, str]) -> bool | None:
    said = _joined(text, look)
    if text is None or not said:
        return None
    if _key(said) in _YES:
        return True
    if _key(said) not in _NO:
        extra[text.column[0]] = said
        return None
    return False


def _notices(listed: Listed | None, look: Look) -> tuple[Notice, ...]:
    return tuple(
        Notice(uri=text if _ADDRESS.match(text) else "", title=text)
        for text in _listed(listed, look)
    )


def _consent(mapping: Mapping, look: Look) -> Consent | None:
    agreed = mapping.consent
    document = _joined(agreed.document, look) if agreed else ""
    if agreed is None or not document:
        return None
    until = _joined(agreed.until, look)
    try:
        day = datetime.date.fromisoformat(until) if until else None
    except ValueError:
        raise _Unfit(
            f"found {until[:40]!r} as the last day of a consent, expected a date such as 2027-12-31"
        ) from None
    return Consent(document=document, scope=_listed(agreed.scope, look), until=day)


def _details(listed: Listed | None, look: Look) -> tuple[Region, ...]:
    try:
        return tuple(read_region(text) for text in _listed(listed, look))
    except ValueError as error:
        raise _Unfit(f"details: {error}") from None


def _bounded(extra: dict[str, str]) -> dict[str, str]:
    """Keep what an entry may carry along, and say what is left out."""
    kept = {name: _cut(text) for name, text in extra.items()}
    if len(kept) <= MOST_EXTRA:
        return kept
    names = list(kept)
    left = names[MOST_EXTRA - 1 :]
    kept = {name: kept[name] for name in names[: MOST_EXTRA - 1]}
    kept["(left out)"] = f"{len(left)} more fields: {', '.join(left)}"[:1000]
    return kept


def _cut(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    left = len(text) - MOST_CHARACTERS + 100
    return f"{text[: MOST_CHARACTERS - 100]} … ({left:,} more characters were left out)"
