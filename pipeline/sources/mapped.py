"""Applies a mapping to one entry: texts to their places, and nothing concluded.

Knows `pipeline.sources.mapping` and what an entry is asked for, a name and the texts that stand
there. Knows neither tables nor JSON.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from collections.abc import Mapping as AnyMapping
from functools import partial
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from pipeline.items import Access, Consent, Kind, Notice, Picture, Region
from pipeline.records import Localized
from pipeline.sources._fields import Unfit, misfit
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
from pipeline.sources.texts import clean_id, plain_from_html, shortened

Look = Callable[[str], Sequence[str]]
"""Returns the texts that an entry has at a name; empty ones are left out."""

_SHORTENED = re.compile(r"\d([.,]\d+)?E[+-]\d{2,3}", re.IGNORECASE)
"""How spreadsheets show a long number once they have taken an id for one."""
_NOTHING = re.compile(r"[-+]?0*(?:[.,]0*)?|nan|null|none|n/?a|-+|–|inf|#.*", re.IGNORECASE)
"""Zeros and signs of nothing: no measure."""
_WITH_UNIT = re.compile(r"([\d.,]{1,20})\s{0,2}([^\W\d_]{1,12}|\"|″)\.?")
"""``30,5 cm``: a number that brings its own unit."""
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_INFO = re.compile(r"/info\.json$", re.IGNORECASE)
_KINDS = {kind.value: kind for kind in Kind}
ACCESS: tuple[Access, ...] = get_args(Access)
YES = frozenset(
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
NO = frozenset(
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


class _Entry(NamedTuple):
    """An entry, and what of it has no other place."""

    look: Look
    extra: dict[str, str]


_Step = Callable[[_Entry], object]

_NO_TEXTS: AnyMapping[str, Localized] = {"title": {}, "description": {}, "creator": {}, "date": {}}
"""Said, because pydantic takes longer to copy a default."""


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
        self._steps = self._all_steps()

    def describe(self, look: Look, place: str, extra: dict[str, str]) -> Described | Broken:
        """Return what an entry says.

        Args:
            look: returns the texts that it has at a name.
            place: where it stands, for messages.
            extra: what the mapping takes nothing from; it is given away.
        """
        identifier = clean_id(_joined(self._mapping.id, look))
        try:
            _check_id(identifier, self._mapping)
            entry = _Entry(look, extra)
            found: dict[str, Any] = dict(_NO_TEXTS)
            for name, step in self._steps:
                value = step(entry)
                if value or value is False:
                    found[name] = value
            return Described(
                id=identifier,
                place=place,
                language=self._language,
                extra=_bounded(entry.extra),
                **found,
            )
        except Unfit as error:
            return Broken(id=identifier, place=place, message=str(error))
        except ValidationError as error:
            return Broken(id=identifier, place=place, message=misfit(error))

    def _all_steps(self) -> list[tuple[str, _Step]]:
        """Say how each field comes about that the mapping says anything of."""
        mapping = self._mapping
        steps: dict[str, _Step] = {"sizes": self._sizes, "pictures": self._pictures}
        for name in ("title", "creator", "date"):
            texts: dict[str, Joined] = getattr(mapping, name)
            steps[name] = partial(self._texts, texts)
        steps["description"] = self._description
        for name in ("credit", "holder", "season", "contact", "source_url"):
            steps[name] = partial(_text_of, getattr(mapping, name))
        steps["object_names"] = partial(_list_of, mapping.object_name)
        for name in ("rights", "record_rights", "sensitivity"):
            steps[name] = partial(_list_of, getattr(mapping, name))
        steps |= {
            "kind": self._kind,
            "classifications": self._classes,
            "medium": self._medium,
            "access": self._access,
            "notices": self._notices,
            "consent": self._consent,
            "details": self._details,
        }
        named = {str(loc[0]) for loc, _ in mapping.columns()}
        needs = {
            "sizes": {"dimensions", *_AXES},
            "pictures": {"image", "iiif"},
            "classifications": {"kind", "classification"},
            "object_names": {"object_name"},
        }
        kept = [(name, step) for name, step in steps.items() if needs.get(name, {name}) & named]
        if "public_domain" in named:
            kept.append(("public_domain", self._public_domain))
        return kept

    def _texts(self, texts: AnyMapping[str, Joined], entry: _Entry) -> Localized:
        found: Localized = {}
        for language, joined in texts.items():
            if text := _joined(joined, entry.look):
                found[language or self._language] = text
        return found

    def _description(self, entry: _Entry) -> Localized:
        texts = self._texts(self._mapping.description, entry)
        return {language: plain_from_html(text) for language, text in texts.items()}

    def _sizes(self, entry: _Entry) -> list[Statement | Measured]:
        """Return numbers with their axes, and statements; the more reliable first."""
        mapping = self._mapping
        statements = [
            Statement(text=joined.pattern.replace("{}", text), language=language or self._language)
            for language, joined in mapping.dimensions.items()
            for column in joined.column
            for text in entry.look(column)
        ]
        numbers = _measured(mapping, entry)
        return [*numbers, *statements] if mapping.trust_axes else [*statements, *numbers]

    def _pictures(self, entry: _Entry) -> list[Picture | str]:
        services = _listed(self._mapping.iiif, entry.look)
        pictures = _listed(self._mapping.image, entry.look)
        return [Picture(service=_INFO.sub("", one)) for one in services] + [
            _picture(one) for one in pictures
        ]

    def _kind(self, entry: _Entry) -> Kind | None:
        """Return the kind that the museum's words or our own say."""
        words = _listed(self._mapping.kind, entry.look)
        for known in (self._kinds, _KINDS):
            for word in words:
                if kind := known.get(_key(word)):
                    return kind
        return None

    def _classes(self, entry: _Entry) -> tuple[str, ...]:
        mapping = self._mapping
        return _listed(mapping.kind, entry.look) + _listed(mapping.classification, entry.look)

    def _medium(self, entry: _Entry) -> str:
        return "; ".join(dict.fromkeys(_listed(self._mapping.medium, entry.look)))

    def _access(self, entry: _Entry) -> Access | None:
        text = _joined(self._mapping.access, entry.look)
        if not text:
            return None
        access = self._accesses.get(_key(text))
        access = access or next((one for one in ACCESS if one == _key(text)), None)
        if access is None:
            raise Unfit(
                f"found the access {text[:60]!r}, expected {', '.join(ACCESS)}; say in the config "
                f"what it means: source.columns.accesses: {{{text[:60]}: internal}}"
            )
        return access

    def _public_domain(self, entry: _Entry) -> bool | None:
        stated = self._mapping.public_domain
        said = _joined(stated, entry.look)
        if stated is None or not said:
            return None
        if _key(said) not in YES | NO:
            entry.extra[stated.column[0]] = said
            return None
        return _key(said) in YES

    def _notices(self, entry: _Entry) -> list[Notice]:
        texts = _listed(self._mapping.notices, entry.look)
        return [Notice(uri=one if _ADDRESS.match(one) else "", title=one) for one in texts]

    def _consent(self, entry: _Entry) -> Consent | None:
        agreed = self._mapping.consent
        document = _joined(agreed.document, entry.look) if agreed else ""
        if agreed is None or not document:
            return None
        until = _joined(agreed.until, entry.look)
        try:
            day = datetime.date.fromisoformat(until) if until else None
        except ValueError:
            raise Unfit(
                f"found {until[:40]!r} as the last day of a consent, expected a date such as "
                "2027-12-31"
            ) from None
        return Consent(document=document, scope=_listed(agreed.scope, entry.look), until=day)

    def _details(self, entry: _Entry) -> list[Region]:
        try:
            return [read_region(text) for text in _listed(self._mapping.details, entry.look)]
        except ValueError as error:
            raise Unfit(f"details: {error}") from None


def _key(word: str) -> str:
    return " ".join(word.casefold().split())


def _text_of(joined: Joined | None, entry: _Entry) -> str:
    return _joined(joined, entry.look)


def _list_of(listed: Listed | None, entry: _Entry) -> tuple[str, ...]:
    return _listed(listed, entry.look)


def _joined(joined: Joined | None, look: Look) -> str:
    if joined is None:
        return ""
    if len(joined.column) == 1:
        texts = look(joined.column[0])
    else:
        texts = [text for column in joined.column for text in look(column)]
    text = joined.join.join(texts)
    return joined.pattern.replace("{}", text) if text else ""


def _listed(listed: Listed | None, look: Look) -> tuple[str, ...]:
    if listed is None:
        return ()
    texts = [text for column in listed.column for text in look(column)]
    if listed.split:
        parts = [part.strip() for text in texts for part in text.split(listed.split)]
        texts = [part for part in parts if part]
    if listed.pattern != "{}":
        texts = [listed.pattern.replace("{}", text) for text in texts]
    return tuple(texts)


def _check_id(identifier: str, mapping: Mapping) -> None:
    columns = ", ".join(mapping.id.column)
    if not identifier:
        raise Unfit(f"it has no id: {columns} is empty, expected an accession number")
    if _SHORTENED.fullmatch(identifier):
        raise Unfit(
            f"found the id {identifier} ({columns}), a number that a spreadsheet has shortened; "
            "give that column the format “text”, put the ids in again, and save the table"
        )


def _measured(mapping: Mapping, entry: _Entry) -> list[Measured]:
    """Return measures of one part and unit together; those without a unit stay in ``extra``."""
    groups: dict[tuple[str, str], dict[str, float | str]] = {}
    for name in _AXES:
        axis: Axis | None = getattr(mapping, name)
        number = next(iter(entry.look(axis.column)), "") if axis else ""
        if axis is None or not number or _NOTHING.fullmatch(number):
            continue
        unit = axis.unit or unit_in(axis.column)
        if axis.unit_column:
            unit = next(iter(entry.look(axis.unit_column)), "")
        if not number[-1].isdecimal() and (inside := _WITH_UNIT.fullmatch(number)):
            number, unit = inside.groups()
        if not unit:
            entry.extra[axis.column] = number
            continue
        groups.setdefault((axis.part, unit), {})[name] = number
    return [
        Measured(part=part, axes=axes, unit=unit, trusted=mapping.trust_axes)
        for (part, unit), axes in groups.items()
    ]


def _picture(text: str) -> Picture | str:
    if not _ADDRESS.match(text):
        return text
    if _INFO.search(text):
        return Picture(service=_INFO.sub("", text))
    return Picture(url=text)


def _bounded(extra: dict[str, str]) -> dict[str, str]:
    """Keep what an entry may carry along, and say what is left out."""
    if len(extra) <= MOST_EXTRA and max(map(len, extra.values()), default=0) <= MOST_CHARACTERS:
        return extra
    names = list(extra)
    left = names[MOST_EXTRA - 1 :] if len(names) > MOST_EXTRA else []
    kept = {name: shortened(extra[name]) for name in names[: len(names) - len(left)]}
    if left:
        kept["(left out)"] = f"{len(left)} more fields: {', '.join(left)}"[:1000]
    return kept
