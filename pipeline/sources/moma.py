"""Reads the collection data of the Museum of Modern Art: ``Artworks.csv`` or ``Artworks.json``.

Sizes are stated in words, which name the part (``composition: … sheet: …``), and as numbers in
centimetres, which do not. So the words come first. Years of makers are 0 where they are not known,
and lists in the JSON are texts in the CSV: ``(1841) (0)``.

Source: github.com/MuseumofModernArt/collection, README and header.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pipeline.sources._dumps import Entry, describe_all, read_dump
from pipeline.sources._fields import (
    Fields,
    address,
    identifier,
    in_language,
    leftovers,
    pictures,
    sizes,
    statement,
    text,
    texts,
)
from pipeline.sources.described import Described, Found, Measured, Statement
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions

_AXES = {
    "Height (cm)": "height",
    "Width (cm)": "width",
    "Depth (cm)": "depth",
    "Diameter (cm)": "diameter",
    "Length (cm)": "length",
    "Circumference (cm)": "circumference",
}
_PLACED = {
    *("Title", "Artist", "Date", "Medium", "Dimensions", "CreditLine", "AccessionNumber"),
    *("Classification", "URL", "ImageURL", "ThumbnailURL", *_AXES),
}


class MomaOptions(SourceOptions):
    """Museum of Modern Art. The data are CC0; its README says that images are no part of them.

    No entry says anything of the rights in its work or image, and most works are in copyright: a
    permission for some of them goes into the config's ``rights``, with ``take`` naming these.
    """

    name: Literal["moma"] = "moma"
    catalogue: str
    """``Artworks.csv``, ``Artworks.json``, or an address."""


class MomaSource:
    """Reads the collection data of the Museum of Modern Art."""

    def __init__(self, options: MomaOptions, desk: Desk) -> None:
        self._options = options
        self._desk = desk

    def found(self) -> Iterator[Found]:
        """Yield what each work's entry says.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
            SourceError: if its address cannot be fetched.
        """
        columns = ("Title", "AccessionNumber", "Dimensions")
        entries = read_dump(self._options.catalogue, self._desk, columns)
        return describe_all(entries, self._describe)

    def _describe(self, entry: Entry) -> Described:
        fields, language = entry.fields, self._options.language
        image = fields.get("ImageURL") or fields.get("ThumbnailURL")
        return Described(
            id=identifier(fields.get("AccessionNumber"), fields.get("ObjectID")),
            place=entry.place,
            title=in_language(language, fields.get("Title")),
            creator=in_language(language, ", ".join(texts(fields.get("Artist")))),
            date=in_language(language, fields.get("Date")),
            classifications=texts(fields.get("Classification")),
            medium=text(fields.get("Medium")),
            sizes=tuple(_sizes(fields)),
            pictures=pictures(image, names=bool(self._options.images)),
            credit=text(fields.get("CreditLine")),
            source_url=address(fields.get("URL")),
            language=language,
            extra=leftovers(fields, _PLACED),
        )


def _sizes(fields: Fields) -> Iterator[Statement | Measured]:
    yield from statement(fields.get("Dimensions"), "en")
    if axes := sizes(fields, _AXES):
        yield Measured(axes=axes, unit="cm")
