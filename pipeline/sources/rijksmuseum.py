"""Reads objects of the Rijksmuseum as its collection API gave them for ten years: ``artObject``.

Many collections were downloaded in this form. What the museum gives out now is Linked Art, which
is read by `pipeline.sources.linked_art`.

Source: data.rijksmuseum.nl, "Object metadata API" (Collection Details), as it was until 2025.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pipeline.sources._dumps import Entry, describe_all, read_dump
from pipeline.sources._fields import (
    Fields,
    Unfit,
    address,
    at,
    identifier,
    in_language,
    leftovers,
    objects,
    pictures,
    size,
    statement,
    text,
    texts,
)
from pipeline.sources.described import Described, Found, Measured
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import plain_from_html

_LISTS = ("artObject", "artObjects")
_WEIGHT = {"gewicht", "weight"}
_PLACED = {
    *("objectNumber", "title", "principalOrFirstMaker", "dating", "objectTypes", "physicalMedium"),
    *("dimensions", "subTitle", "webImage", "copyrightHolder", "license", "description"),
    "language",
}
_COLOURS = {"colors", "colorsWithNormalization", "normalizedColors", "normalized32Colors"}
"""Of the photograph's pixels, counted by a program: no description."""


class RijksmuseumOptions(SourceOptions):
    """Rijksmuseum: objects of its classic collection API.

    No field says what may be done with a picture, only ``copyrightHolder`` who has the copyright
    in the work. That pictures of works without one are in the public domain is said on the
    museum's site (data.rijksmuseum.nl, "Policy"): declare it with ``rights``, which then counts
    for all objects that have no holder.
    """

    name: Literal["rijksmuseum"] = "rijksmuseum"
    catalogue: str
    """A folder of answers in JSON (one object each), JSON Lines, or an address with its key."""


class RijksmuseumSource:
    """Reads objects of the Rijksmuseum."""

    def __init__(self, options: RijksmuseumOptions, desk: Desk) -> None:
        self._options = options
        self._desk = desk

    def found(self) -> Iterator[Found]:
        """Yield what is said of each object.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
            SourceError: if its address cannot be fetched.
        """
        entries = read_dump(self._options.catalogue, self._desk, ("objectNumber",), _LISTS)
        return describe_all(entries, self._describe)

    def _describe(self, entry: Entry) -> Described:
        whole = entry.fields.get("artObject")
        fields = whole if isinstance(whole, dict) else entry.fields
        if "@context" in fields:
            raise Unfit("found Linked Art, which the source named linked-art reads")
        language = text(fields.get("language")) or self._options.language
        holder = text(fields.get("copyrightHolder"))
        return Described(
            id=identifier(fields.get("objectNumber"), fields.get("id")),
            place=entry.place,
            title=in_language(language, fields.get("title")),
            description=_description(fields, language),
            creator=in_language(language, fields.get("principalOrFirstMaker")),
            date=in_language(language, at(fields, "dating", "presentingDate")),
            object_names=texts(fields.get("objectTypes")),
            medium=text(fields.get("physicalMedium")) or "; ".join(_materials(fields)),
            sizes=(*_measured(fields), *statement(fields.get("subTitle"), language)),
            pictures=pictures(at(fields, "webImage", "url"), names=bool(self._options.images)),
            rights=texts(fields.get("license")),
            public_domain=False if holder else None,
            credit=text(at(fields, "acquisition", "creditLine")),
            holder=holder,
            source_url=address(at(fields, "links", "web")),
            language=language,
            extra=_extra(fields),
        )


def _description(fields: Fields, language: str) -> dict[str, str]:
    """Return the description and, in the two languages of the museum, the label on the wall."""
    own = fields.get("description") or at(fields, "label", "description")
    found = in_language(language, plain_from_html(text(own)))
    for tag, name in (("nl", "plaqueDescriptionDutch"), ("en", "plaqueDescriptionEnglish")):
        if label := plain_from_html(text(fields.get(name))):
            found.setdefault(tag, label)
    return found


def _materials(fields: Fields) -> tuple[str, ...]:
    return (*texts(fields.get("materials")), *texts(fields.get("techniques")))


def _measured(fields: Fields) -> Iterator[Measured]:
    """Yield the sizes of each part; numbers may have a decimal comma, and weights are no sizes."""
    parts: dict[tuple[str, str], dict[str, float | str]] = {}
    for one in objects(fields.get("dimensions")):
        axis, value = text(one.get("type")), size(text(one.get("value")).replace(",", "."))
        if axis and axis.lower() not in _WEIGHT and value is not None:
            what = text(one.get("part")), text(one.get("unit"))
            parts.setdefault(what, {}).setdefault(axis, value)
    for (part, unit), axes in sorted(parts.items(), key=lambda one: bool(one[0][0])):
        yield Measured(part=part or "work", axes=axes, unit=unit)


def _extra(fields: Fields) -> dict[str, str]:
    weights = [
        f"{text(one.get('value'))} {text(one.get('unit'))}"
        for one in objects(fields.get("dimensions"))
        if text(one.get("type")).lower() in _WEIGHT
    ]
    kept = {"weight": "; ".join(weights)} if weights else {}
    return kept | leftovers(fields, _PLACED | _COLOURS)
