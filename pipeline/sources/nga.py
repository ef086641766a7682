"""Reads the open data of the National Gallery of Art: a folder of CSV files that are joined.

``objects.csv`` has the objects; sizes, pictures, makers and terms lie in files of their own, one
row for each, in no order that can be relied on. They are put into a database on disk first
(SQLite, deleted afterwards), so memory does not grow with them. Files that are not there are not
joined; ``objects_text_entries.csv`` (bibliographies) can be left out to save time.

Source: github.com/NationalGalleryOfArt/opendata, documentation/Data Dictionary and headers.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline.errors import ConfigError, Mistake, SourceError
from pipeline.items import Picture
from pipeline.sources._dumps import Entry, describe_all
from pipeline.sources._fields import (
    Fields,
    flag,
    identifier,
    in_language,
    leftovers,
    named,
    pixels,
    size,
    statement,
    text,
    texts,
)
from pipeline.sources._rows import read_rows
from pipeline.sources.described import Broken, Described, Found, Measured
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import is_address, plain_from_html

_log = logging.getLogger(__name__)

_OBJECTS = "objects.csv"
_ITALIC = re.compile(r"(?<!\w)_([^_\n]{1,300})_(?!\w)")
"""``_title_`` is meant in italics. Source: Data Dictionary, "objects"."""
_PLACED = {
    *("accessionnum", "title", "displaydate", "medium", "dimensions", "attribution", "creditline"),
    *("classification", "subclassification"),
}
_BATCH = 2000


class _Table(NamedTuple):
    """A file that is joined."""

    file: str
    key: str
    """The column by which its rows are found."""
    columns: tuple[str, ...]
    """What it must have."""


_TABLES = (
    _Table("published_images.csv", "depictstmsobjectid", ("iiifurl", "viewtype", "sequence")),
    _Table("objects_dimensions.csv", "objectid", ("element", "dimensiontype", "dimension")),
    _Table("objects_constituents.csv", "objectid", ("constituentid", "roletype", "role")),
    _Table("constituents.csv", "constituentid", ("forwarddisplayname",)),
    _Table("objects_terms.csv", "objectid", ("termtype", "term")),
    _Table("objects_altnums.csv", "objectid", ("altnumtype", "altnum")),
    _Table("objects_text_entries.csv", "objectid", ("texttype", "text")),
)


class NgaOptions(SourceOptions):
    """National Gallery of Art, Washington: the CSV files of its open data.

    The data are CC0. ``openaccess`` in ``published_images.csv`` says of each image whether the
    gallery gives it as CC0 (nga.gov/artworks/free-images-and-open-access); it is a field of the
    image, so it counts without a word in the config. Downloads from before that column say
    nothing of images; get new ones rather than declaring rights for all.
    """

    name: Literal["nga"] = "nga"
    catalogue: str
    """The folder with the CSV files (``data``), its ``objects.csv``, or the address of that; the
    other files lie beside it."""


class NgaSource:
    """Reads the open data of the National Gallery of Art."""

    def __init__(self, options: NgaOptions, desk: Desk) -> None:
        self._options = options
        self._desk = desk

    def found(self) -> Iterator[Found]:
        """Yield what is said of each object, in all files together.

        Raises:
            ConfigError: if there is no ``objects.csv``, or a file is another table.
            SourceError: if its address cannot be fetched.
        """
        objects = self._file(_OBJECTS)
        if objects is None:
            message = f"there is no {_OBJECTS} here, expected the gallery's CSV files"
            raise ConfigError(
                [Mistake(str(self._desk.base / self._options.catalogue), 1, 1, message)]
            )
        with (
            tempfile.TemporaryDirectory(prefix="vivant-nga-") as folder,
            closing(_open(Path(folder, "joined.db"))) as database,
        ):
            for table in _TABLES:
                path = self._file(table.file)
                if path is not None:
                    yield from _load(database, table, path)
            database.execute("CREATE INDEX by_key ON rows (key, file)")
            rows = read_rows(objects, ("objectid", "accessionnum", "title"))
            entries = (r if isinstance(r, Broken) else Entry(r.place, r.cells) for r in rows)
            yield from describe_all(entries, lambda entry: self._describe(entry, database))

    def _file(self, name: str) -> Path | None:
        """Return the file of this name, fetched if it is on the web; ``None``: there is none."""
        catalogue = self._options.catalogue
        if "://" in catalogue:
            return self._fetched(catalogue.rpartition("/")[0] + "/" + name, name)
        place = self._desk.base / catalogue
        folder = place if place.is_dir() else place.parent
        path = folder / name
        if not path.is_file():
            return None
        if not path.resolve().is_relative_to(folder.resolve()):
            _log.warning("%s leads out of the folder and was left out.", path)
            return None
        return path

    def _fetched(self, url: str, name: str) -> Path | None:
        try:
            return self._desk.web.document(url, "table")
        except SourceError as error:
            if name in {_OBJECTS, "published_images.csv", "objects_dimensions.csv"}:
                raise
            _log.warning("%s was left out: %s", url, error)
            return None

    def _describe(self, entry: Entry, database: sqlite3.Connection) -> Described:
        fields, language = entry.fields, self._options.language
        joined = _joined(database, text(fields.get("objectid")))
        images = _images(joined.get("published_images.csv", []))
        shown = [image for image in images if is_address(text(image.get("iiifurl")))]
        people = _people(database, joined.get("objects_constituents.csv", []))
        makers = people.get("artist", "")
        return Described(
            id=identifier(fields.get("accessionnum"), fields.get("objectid")),
            place=entry.place,
            title=in_language(language, _plain(fields.get("title"))),
            creator=in_language(language, fields.get("attribution") or makers),
            date=in_language(language, fields.get("displaydate")),
            classifications=texts([fields.get("subclassification"), fields.get("classification")]),
            medium=_plain(fields.get("medium")),
            sizes=(
                *_measured(joined.get("objects_dimensions.csv", [])),
                *statement(fields.get("dimensions"), "en"),
            ),
            pictures=tuple(_picture(image) for image in shown),
            public_domain=flag(shown[0].get("openaccess")) if shown else None,
            credit=text(fields.get("creditline")),
            language=language,
            extra=people | _other_rows(joined, images) | leftovers(fields, _PLACED),
        )


# The database ------------------------------------------------------------------------------------


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    # It is thrown away after the run: nothing has to survive a crash.
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("CREATE TABLE rows (file TEXT, key TEXT, cells TEXT)")
    return database


def _load(database: sqlite3.Connection, table: _Table, path: Path) -> Iterator[Broken]:
    rows = read_rows(path, (table.key, *table.columns))
    while batch := list(islice(rows, _BATCH)):
        yield from (row for row in batch if isinstance(row, Broken))
        good = [row.cells for row in batch if not isinstance(row, Broken)]
        values = [(table.file, one.get(table.key, ""), json.dumps(one)) for one in good]
        database.execute("BEGIN")
        database.executemany("INSERT INTO rows VALUES (?, ?, ?)", values)
        database.execute("COMMIT")


def _joined(database: sqlite3.Connection, object_id: str) -> dict[str, list[Fields]]:
    found: dict[str, list[Fields]] = {}
    question = (
        "SELECT file, cells FROM rows WHERE key = ? AND file != 'constituents.csv' ORDER BY rowid"
    )
    for file, cells in database.execute(question, (object_id,)):
        found.setdefault(file, []).append(json.loads(cells))
    return found


def _people(database: sqlite3.Connection, rows: list[Fields]) -> dict[str, str]:
    """Return the names of makers, donors and owners, in the order in which they are shown."""
    question = "SELECT cells FROM rows WHERE key = ? AND file = 'constituents.csv'"
    names: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: _number(row.get("displayorder"))):
        number = text(row.get("constituentid"))
        person = database.execute(question, (number,)).fetchone()
        name = text(json.loads(person[0]).get("forwarddisplayname")) if person else ""
        parts = (text(row.get("prefix")), name or f"constituent {number}", text(row.get("suffix")))
        role = text(row.get("role"))
        kind = text(row.get("roletype"))
        whole = named(" ".join(filter(None, parts)), "" if role in {"painter", kind} else role)
        names.setdefault(kind, []).append(whole)
    return {kind: text("; ".join(dict.fromkeys(many))) for kind, many in names.items() if kind}


# What the rows say -------------------------------------------------------------------------------


def _plain(value: object) -> str:
    return _ITALIC.sub(r"\1", plain_from_html(text(value)))


def _number(value: object) -> float:
    try:
        return float(text(value))
    except ValueError:
        return float("inf")


def _images(rows: list[Fields]) -> list[Fields]:
    """Return the images, the primary view first, then in their sequence."""
    return sorted(
        rows,
        key=lambda row: (
            text(row.get("viewtype")) != "primary",
            _number(row.get("sequence")),
            text(row.get("uuid")),
        ),
    )


def _picture(image: Fields) -> Picture:
    """Return the image with the size up to which the gallery's server gives it."""
    width, height, most = (pixels(image.get(name)) for name in ("width", "height", "maxpixels"))
    if not (width and height):
        return Picture(service=text(image.get("iiifurl")))
    scale = min(1.0, most / max(width, height)) if most else 1.0
    return Picture(
        service=text(image.get("iiifurl")),
        width_px=max(1, round(width * scale)),
        height_px=max(1, round(height * scale)),
    )


def _measured(rows: list[Fields]) -> Iterator[Measured]:
    """Yield what was measured, part by part, that of the whole first; weights are no sizes."""
    parts: dict[tuple[str, str], dict[str, float | str]] = {}
    for row in rows:
        axis, value = text(row.get("dimensiontype")).lower(), size(row.get("dimension"))
        if axis and axis != "weight" and value is not None:
            what = text(row.get("element")), text(row.get("unitname"))
            parts.setdefault(what, {}).setdefault(axis, value)
    for (part, unit), axes in sorted(parts.items(), key=lambda one: one[0][0] != "overall"):
        yield Measured(part=part or "work", axes=axes, unit=unit)


def _other_rows(joined: dict[str, list[Fields]], images: list[Fields]) -> dict[str, str]:
    """Return what the joined files say beyond sizes, people and addresses of pictures."""
    weights = [
        f"{row.get('dimension', '')} {row.get('unitname', '')}"
        for row in joined.get("objects_dimensions.csv", [])
        if text(row.get("dimensiontype")).lower() == "weight"
    ]
    terms = _by_type(joined.get("objects_terms.csv", []), "termtype", "term")
    numbers = _by_type(joined.get("objects_altnums.csv", []), "altnumtype", "altnum")
    entries = _by_type(joined.get("objects_text_entries.csv", []), "texttype", "text")
    seen = text(images[0].get("assistivetext")) if images else ""
    kept = {"weight": "; ".join(weights), "assistivetext": seen}
    return {k: text(v) for k, v in (kept | terms | numbers | entries).items() if v}


def _by_type(rows: list[Fields], kind: str, value: str) -> dict[str, str]:
    """Return the texts of each type, one on each line."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if stated := text(row.get(value)):
            found.setdefault(f"{value} ({text(row.get(kind))})", []).append(stated)
    return {name: "\n".join(dict.fromkeys(stated)) for name, stated in found.items()}
