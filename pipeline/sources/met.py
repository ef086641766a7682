"""Reads what the Metropolitan Museum of Art publishes: ``MetObjects.csv``, or objects of its API.

The CSV has no pictures and its sizes only in words; an object of the API has both. In the CSV a
cell may hold several values between bars (``|``). The tags are what is shown in a work, not what
it is (a painting with vases is tagged ``Vases``), so they stay out of the classification.

Source: github.com/metmuseum/openaccess, README and header; metmuseum.github.io, "Object".
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import Literal

from pipeline.items import Picture
from pipeline.sources._dumps import Entry, describe_all, read_dump
from pipeline.sources._fields import (
    Fields,
    address,
    flag,
    identifier,
    in_language,
    leftovers,
    named,
    objects,
    pictures,
    sizes,
    statement,
    text,
    texts,
)
from pipeline.sources.described import Described, Found, Measured
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions

_COLUMNS = {
    "objectID": "Object ID",
    "accessionNumber": "Object Number",
    "isPublicDomain": "Is Public Domain",
    "title": "Title",
    "objectName": "Object Name",
    "classification": "Classification",
    "artistDisplayName": "Artist Display Name",
    "artistPrefix": "Artist Prefix",
    "artistSuffix": "Artist Suffix",
    "artistRole": "Artist Role",
    "objectDate": "Object Date",
    "medium": "Medium",
    "dimensions": "Dimensions",
    "creditLine": "Credit Line",
    "rightsAndReproduction": "Rights and Reproduction",
    "objectURL": "Link Resource",
}
"""Columns of the CSV, by the API's names of the same."""

_AXES = {
    "Height": "height",
    "Width": "width",
    "Depth": "depth",
    "Diameter": "diameter",
    "Length": "length",
    "Thickness": "thickness",
    "Circumference": "circumference",
}
"""In centimetres. Source: metmuseum.github.io, "measurements"; weights are in kilograms."""

_SHOWN = {"objectID", "accessionNumber"}
"""Kept in ``extra`` as well, for one of them is the object's id and the other is not."""
_PLACED = (
    {name for name in _COLUMNS if name not in _SHOWN}
    | {column for name, column in _COLUMNS.items() if name not in _SHOWN}
    | {"primaryImage", "additionalImages"}
)


class MetOptions(SourceOptions):
    """The Met: MetObjects.csv, or objects of its Collection API.

    ``isPublicDomain`` ("Is Public Domain") says that a work is in the public domain; the pictures
    of these, and of no others, are given as CC0 by the museum's Open Access policy
    (metmuseum.org/hubs/open-access). It is a field of the entry, so it counts without a word in
    the config. The CSV names no pictures: those in ``images`` are found by Object ID
    (``437133.jpg``).
    """

    name: Literal["met"] = "met"
    catalogue: str
    """``MetObjects.csv``; JSON objects of the API, one in a file of a folder, in a list or on
    each line; or an address."""
    ids: Literal["number", "object-id"] = "number"
    """What objects are called here: by Object Number (``57.75``), which a few share, or by Object
    ID, which none do."""


class MetSource:
    """Reads objects of the Met."""

    def __init__(self, options: MetOptions, desk: Desk) -> None:
        self._options = options
        self._desk = desk

    def found(self) -> Iterator[Found]:
        """Yield what each object's entry says.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
            SourceError: if its address cannot be fetched.
        """
        columns = ("Object ID", "Object Number", "Title")
        entries = read_dump(self._options.catalogue, self._desk, columns)
        return describe_all(entries, self._describe)

    def _describe(self, entry: Entry) -> Described:
        fields, language = entry.fields, self._options.language
        stated = {name: fields.get(name, fields.get(_COLUMNS[name])) for name in _COLUMNS}
        ids = [stated["accessionNumber"], stated["objectID"]]
        if self._options.ids == "object-id":
            ids.reverse()
        return Described(
            id=identifier(*ids),
            place=entry.place,
            title=in_language(language, stated["title"]),
            creator=in_language(language, _creator(fields, stated)),
            date=in_language(language, stated["objectDate"]),
            classifications=texts(text(stated["classification"]).split("|")),
            object_names=texts(stated["objectName"]),
            medium=text(stated["medium"]),
            sizes=(*_measured(fields), *statement(stated["dimensions"], "en")),
            pictures=self._pictures(fields, stated),
            rights=texts(stated["rightsAndReproduction"]),
            public_domain=flag(stated["isPublicDomain"]),
            credit=text(stated["creditLine"]),
            source_url=address(stated["objectURL"]),
            language=language,
            extra=_extra(fields),
        )

    def _pictures(self, fields: Fields, stated: Fields) -> tuple[Picture | str, ...]:
        named_files = bool(self._options.images)
        first = fields.get("primaryImage") or fields.get("primaryImageSmall")
        there = pictures(first, fields.get("additionalImages"), names=named_files)
        number = PurePosixPath(text(stated["objectID"])).name
        if there or not named_files or not number:
            return there
        return (number,)


def _creator(fields: Fields, stated: Fields) -> str:
    """Return the makers with what is said before and after their names, and their roles."""
    makers = objects(fields.get("constituents"))
    if makers:
        return "; ".join(filter(None, (named(m.get("name"), m.get("role")) for m in makers)))
    columns = ("artistPrefix", "artistDisplayName", "artistSuffix", "artistRole")
    parts = [text(stated[name]).split("|") for name in columns]
    names: list[str] = []
    for prefix, name, suffix, role in zip_longest(*parts, fillvalue=""):
        if name.strip():
            whole = " ".join(part.strip() for part in (prefix, name, suffix) if part.strip())
            names.append(named(whole, role.strip()))
    return "; ".join(dict.fromkeys(names))


def _measured(fields: Fields) -> Iterator[Measured]:
    for element in objects(fields.get("measurements")):
        numbers = element.get("elementMeasurements")
        axes = sizes(numbers, _AXES) if isinstance(numbers, dict) else {}
        if axes:
            what = (text(element.get("elementName")), text(element.get("elementDescription")))
            part = ", ".join(word for word in what if word)
            yield Measured(part=part or "work", axes=axes, unit="cm")


def _extra(fields: Fields) -> dict[str, str]:
    tags = [_tag(tag) for tag in objects(fields.get("tags"))]
    kept = {"tags": text("; ".join(filter(None, tags)))} if tags else {}
    return kept | leftovers(fields, _PLACED | set(kept))


def _tag(tag: Fields) -> str:
    term, uri = text(tag.get("term")), text(tag.get("AAT_URL") or tag.get("Wikidata_URL"))
    return f"{term} <{uri}>" if term and uri else term
