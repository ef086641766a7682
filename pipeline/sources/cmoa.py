"""Reads the collection data that the Carnegie Museum of Art has published, as JSON or CSV.

Sizes are numbers in inches, and 0.0 means that none is stated. Some are no sizes at all (9,600
inches), which is for `pipeline.dimensions` to say. In the CSV a cell of a maker or an image may
hold several values between bars (``|``).

Source: github.com/cmoa/collection, data of 2017, README ("Metadata Format") and records.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import zip_longest
from typing import Literal

from pipeline.sources._dumps import Entry, describe_all, read_dump
from pipeline.sources._fields import (
    Fields,
    address,
    identifier,
    in_language,
    leftovers,
    named,
    objects,
    pictures,
    sizes,
    text,
    texts,
)
from pipeline.sources.described import Described, Found, Measured
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions

_log = logging.getLogger(__name__)

_AXES = {
    "item_height": "height",
    "item_width": "width",
    "item_depth": "depth",
    "item_diameter": "diameter",
}
_PLACED = {
    *("title", "creation_date", "medium", "accession_number", "credit_line", "classification"),
    *("images", "image_url", "image_rights", "web_url", *_AXES),
}


class CmoaOptions(SourceOptions):
    """Carnegie Museum of Art. The data are CC0; its README says that the images are not.

    Where the museum has given a permission, write it into the config's ``rights``.
    """

    name: Literal["cmoa"] = "cmoa"
    catalogue: str
    """``cmoa.json``, ``cmoa.csv``, the folder ``cmoa`` of JSON files, or an address."""


class CmoaSource:
    """Reads the collection data of the Carnegie Museum of Art."""

    def __init__(self, options: CmoaOptions, desk: Desk) -> None:
        self._options = options
        self._desk = desk
        self._told = False

    def found(self) -> Iterator[Found]:
        """Yield what each thing's record says.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
            SourceError: if its address cannot be fetched.
        """
        columns = ("accession_number", "title", "item_height")
        entries = read_dump(self._options.catalogue, self._desk, columns, ("things",))
        return describe_all(entries, self._describe)

    def _describe(self, entry: Entry) -> Described | None:
        fields, language = entry.fields, self._options.language
        if self._is_index(entry):
            return None
        axes = sizes(fields, _AXES)
        images = objects(fields.get("images")) or _columns(fields, "image_url", "image_rights")
        return Described(
            id=identifier(fields.get("accession_number"), fields.get("id")),
            place=entry.place,
            title=in_language(language, fields.get("title")),
            creator=in_language(language, _creator(fields)),
            date=in_language(language, fields.get("creation_date")),
            classifications=texts(fields.get("classification")),
            medium=text(fields.get("medium")),
            sizes=(Measured(axes=axes, unit="inches"),) if axes else (),
            pictures=pictures(*(image.get("image_url") for image in images), names=False),
            rights=texts([image.get("image_rights") for image in images]),
            credit=text(fields.get("credit_line")),
            source_url=address(fields.get("web_url")),
            language=language,
            extra=leftovers(fields, _PLACED),
        )

    def _is_index(self, entry: Entry) -> bool:
        """Say whether it is a line of the folder's index, which names every thing once more."""
        index = "accession_number" not in entry.fields and "title" in entry.fields
        if index and not self._told:
            self._told = True
            _log.info("%s is of an index and no record; these are passed over.", entry.place)
        return index


def _creator(fields: Fields) -> str:
    makers = objects(fields.get("creator")) or _columns(fields, "full_name", "role")
    names = (named(maker.get("full_name"), maker.get("role")) for maker in makers)
    return "; ".join(name for name in names if name)


def _columns(fields: Fields, *names: str) -> list[Fields]:
    """Return the objects that columns of a CSV hold side by side."""
    columns = [text(fields.get(name)).split("|") for name in names]
    rows = zip_longest(*columns, fillvalue="")
    return [dict(zip(names, (one.strip() for one in row), strict=True)) for row in rows]
