"""Reads the collection data that Tate has published: a JSON file for each work, or one CSV.

Beware of its sizes: ``height`` and ``width`` hold each other's value in every record that states
both, and in the CSV too. So the statement in words comes first (``762 x 1118 mm`` is height by
width), and the numbers are marked as not to be trusted.

Source: github.com/tategallery/collection, data of October 2014, README and records.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Literal

from pipeline.sources._dumps import Entry, describe_all, read_dump
from pipeline.sources._fields import (
    Fields,
    address,
    at,
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
from pipeline.sources.described import Described, Found, Measured, Statement
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions

_log = logging.getLogger(__name__)

_AXES = {"height": "height", "width": "width", "depth": "depth"}
_PLACED = {
    *("acno", "accession_number", "title", "foreignTitle", "all_artists", "artist", "artistRole"),
    *("dateText", "classification", "medium", "dimensions", *_AXES, "units", "creditLine"),
    *("thumbnailUrl", "thumbnailCopyright", "url", "subjects"),
}


class TateOptions(SourceOptions):
    """Tate's collection data. The data are CC0; the images are not, and are not part of them.

    ``thumbnailCopyright`` is taken for the rights of the picture. Most works have none, which
    permits nothing: a written permission goes into the config's ``rights``. Addresses of pictures
    are those of 2014; pictures of the same file names in ``images`` are used instead of them.
    """

    name: Literal["tate"] = "tate"
    catalogue: str
    """A JSON file or a folder of them (``artworks``), or ``artwork_data.csv``; or an address."""


class TateSource:
    """Reads Tate's collection data."""

    def __init__(self, options: TateOptions, desk: Desk) -> None:
        self._options = options
        self._desk = desk
        self._told = False

    def found(self) -> Iterator[Found]:
        """Yield what each work's record says.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
            SourceError: if its address cannot be fetched.
        """
        columns = ("accession_number", "title", "dimensions")
        entries = read_dump(self._options.catalogue, self._desk, columns)
        return describe_all(entries, self._describe)

    def _describe(self, entry: Entry) -> Described | None:
        fields, language = entry.fields, self._options.language
        if self._is_artist(entry):
            return None
        return Described(
            id=identifier(fields.get("acno"), fields.get("accession_number"), fields.get("id")),
            place=entry.place,
            title=in_language("und", fields.get("foreignTitle"))
            | in_language(language, fields.get("title")),
            creator=in_language(language, _creator(fields)),
            date=in_language(language, fields.get("dateText")),
            classifications=texts(fields.get("classification")),
            medium=text(fields.get("medium")),
            sizes=tuple(_sizes(fields)),
            pictures=pictures(fields.get("thumbnailUrl"), names=bool(self._options.images)),
            rights=texts(fields.get("thumbnailCopyright")),
            credit=text(fields.get("creditLine")),
            source_url=address(fields.get("url")),
            language=language,
            extra=_subjects(fields) | leftovers(fields, _PLACED),
        )

    def _is_artist(self, entry: Entry) -> bool:
        """Say whether it is a record of an artist; they lie beside the works."""
        artist = "mda" in entry.fields and "acno" not in entry.fields
        if artist and not self._told:
            self._told = True
            _log.info("%s is the record of an artist; these are passed over.", entry.place)
        return artist


def _creator(fields: Fields) -> str:
    """Return the makers as displayed; with their roles if one of them is not plainly the artist.

    ``all_artists`` names without roles, so that a copy after a master stands under the master.
    """
    makers = objects(fields.get("contributors"))
    if all(text(maker.get("role")).lower() in {"", "artist"} for maker in makers):
        stated = text(fields.get("all_artists"))
        return stated or named(fields.get("artist"), fields.get("artistRole")) or _names(makers)
    return _names(makers)


def _names(makers: list[Fields]) -> str:
    named_so = (named(maker.get("fc") or maker.get("mda"), maker.get("role")) for maker in makers)
    return ", ".join(name for name in named_so if name)


def _sizes(fields: Fields) -> Iterator[Statement | Measured]:
    yield from statement(fields.get("dimensions"), "en")
    axes, unit = sizes(fields, _AXES), text(fields.get("units"))
    if axes and unit:
        yield Measured(axes=axes, unit=unit, trusted=False)


def _subjects(fields: Fields) -> dict[str, str]:
    """Return what is shown, each thing with the way to it and Tate's numbers."""
    lines: list[str] = []
    pending = [("", one) for one in reversed(objects(at(fields.get("subjects"), "children")))]
    while pending:
        above, node = pending.pop()
        name, number = text(node.get("name")), text(node.get("id"))
        said = f"{name} [{number}]" if number else name
        way = f"{above} > {said}" if above else said
        below = objects(node.get("children"))
        if not below and way:
            lines.append(way)
        pending += [(way, one) for one in reversed(below)]
    return {"subjects": text("\n".join(lines))} if lines else {}
