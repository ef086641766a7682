"""A catalogue file (CSV or YAML) with folders of pictures.

Knows how these two formats say what `pipeline.sources.entries` checks, and where pictures are
looked for. A picture that is missing is no mistake of the catalogue: the object goes on and
fails alone when it is read, and the others are made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from pipeline.csvfile import MAX_COLUMNS, Cell, read_table
from pipeline.errors import ConfigError, Mistake, SourceError
from pipeline.items import Item, Unusable
from pipeline.mistakes import Loc, Spot, Spots, suggest
from pipeline.records import Params
from pipeline.sources.entries import AXES, UNITS_M, read_catalogue
from pipeline.sources.finder import Finder, picture_folders
from pipeline.sources.options import LANGUAGE
from pipeline.yamlfile import read_yaml_data

_PLAIN = (
    "id",
    "kind",
    "image",
    "rights",
    "credit",
    "holder",
    "source_url",
    "access",
    "sensitivity",
)
_OF_CARE = ("notices", "consent", "consents", "season", "contact", "labels")
"""What asks for care and has no column here: kept aside as ``extra`` it would ask in vain."""
_TEXTS = ("title", "description", "creator", "date")
_SIZES = tuple(f"{axis}_{unit}" for axis in AXES for unit in UNITS_M)
_REQUIRED = ("id", "kind", "title", "rights", "credit")
TABLES = (".csv", ".tsv", ".txt")
"""Endings of catalogues that are tables; others are YAML."""


class FolderOptions(Params):
    """A catalogue file with folders of pictures."""

    name: Literal["folder"] = "folder"
    catalogue: Path
    """CSV (.csv, .tsv) or YAML (.yaml, .yml); relative to the config."""
    images: tuple[str, ...] = ()
    """Folders of pictures, searched in this order; relative to the config. ``package:skimage/data``
    is a folder inside an installed Python package. By default the catalogue's own folder."""
    language: str = Field(default="en", pattern=LANGUAGE)
    """The language of the catalogue's texts, where it does not say itself."""


class FolderSource:
    """Reads the catalogue file and finds the pictures."""

    def __init__(self, options: FolderOptions, base: Path) -> None:
        """Paths in ``options`` are relative to ``base``, the config's folder."""
        self._options = options
        self._base = base

    def items(self) -> Iterator[Item | Unusable]:
        """Yield the entries in catalogue order, and in its place what cannot be used.

        Raises:
            ConfigError: with every mistake of the catalogue, or of the folders' names.
        """
        path = self._base / self._options.catalogue
        folders = picture_folders(self._options.images, self._base) or [path.parent]
        finder = Finder(folders)
        match path.suffix.lower():
            case ".yaml" | ".yml":
                data, spots = read_yaml_data(path)
                catalogue = read_catalogue(data, spots, str(path))
            case suffix if suffix in TABLES:
                table = _Table(path, self._options.language)
                catalogue = read_catalogue(table.data, table.spots, str(path), table.show)
            case suffix:
                message = f"found a catalogue of the kind {suffix!r}, expected .csv or .yaml"
                raise ConfigError([Mistake(str(path), 1, 1, message)])
        language = catalogue.language or self._options.language
        for number, entry in enumerate(catalogue.items, start=1):
            try:
                yield entry.item(language, finder.find)
            except SourceError as error:
                place = f"{path.name}, object {number}"
                yield Unusable(id=entry.id, place=place, message=str(error))


class _Table:
    """A CSV catalogue in the form of a YAML one."""

    def __init__(self, path: Path, language: str) -> None:
        self._file = str(path)
        self.spots: Spots = {(): Spot(1, 1, 1, 1)}
        self._columns: dict[Loc, str] = {}
        header, *rows = read_table(path)
        names = self._names(header)
        ways = _ways(names, language)
        self._refuse_same(header, names, ways)
        mistakes = [self._long(row, len(names)) for row in rows if len(row) > len(names)]
        if mistakes:
            raise ConfigError(mistakes)
        self.data: dict[str, Any] = {
            "items": [self._entry(i, row, names, ways) for i, row in enumerate(rows)]
        }

    def show(self, loc: Loc) -> str:
        """Name the column that a way through the data stands for."""
        return self._columns.get(loc[2:], ".".join(str(part) for part in loc[2:]))

    def _names(self, header: list[Cell]) -> list[str]:
        names = [cell.text.strip() for cell in header]
        while names and not names[-1]:
            names.pop()
        mistakes = []
        if len(names) > MAX_COLUMNS:
            message = f"found {len(names)} columns, expected at most {MAX_COLUMNS}"
            mistakes.append(Mistake(self._file, header[0].line, 1, message))
        known = [name.lower() for name in names]
        for index, (cell, name) in enumerate(zip(header, names, strict=False)):
            if not name or known.index(name.lower()) < index:
                what = f"the name {name!r} twice" if name else "a column without a name"
                message = f"found {what}, expected every column to have its own name"
                mistakes.append(Mistake(self._file, cell.line, cell.column, message))
        for cell, name in zip(header, known, strict=False):
            if name in _OF_CARE:
                message = (
                    f"found the column {name!r}, which a catalogue of this kind does not know; "
                    "expected access or sensitivity, or `source: {name: table}` with a mapping"
                )
                mistakes.append(Mistake(self._file, cell.line, cell.column, message))
        for name in missing_columns(names):
            message = f"the column {name!r} is missing{suggest(name, names)}"
            mistakes.append(Mistake(self._file, header[0].line, 1, message))
        if mistakes:
            raise ConfigError(mistakes)
        return names

    def _refuse_same(self, header: list[Cell], names: list[str], ways: list[Loc]) -> None:
        mistakes = []
        for index, (cell, name, way) in enumerate(zip(header, names, ways, strict=False)):
            first = ways.index(way)
            if first < index:
                message = f"found {name!r} beside {names[first]!r}, which mean the same"
                mistakes.append(Mistake(self._file, cell.line, cell.column, message))
        if mistakes:
            raise ConfigError(mistakes)

    def _long(self, row: list[Cell], expected: int) -> Mistake:
        cell = row[expected]
        message = (
            f"found {len(row)} cells, expected {expected} as in the first row; a text that "
            "contains the separator needs quotes"
        )
        return Mistake(self._file, cell.line, cell.column, message)

    def _entry(
        self, index: int, row: list[Cell], names: list[str], ways: list[Loc]
    ) -> dict[str, Any]:
        entry: dict[str, Any] = {}
        at: Loc = ("items", index)
        self.spots[at] = Spot(row[0].line, row[0].column, row[0].line, row[0].column)
        for cell, name, way in zip(row, names, ways, strict=False):
            text = cell.text.strip() or None
            self.spots[(*at, *way)] = Spot(cell.line, cell.column, cell.line, cell.column, text)
            self.spots.setdefault((*at, way[0]), self.spots[(*at, *way)])
            self._columns[way] = name
            if text is None:
                continue
            if len(way) == 2:
                entry.setdefault(str(way[0]), {})[str(way[1])] = text
            else:
                entry[str(way[0])] = text
        return entry


def missing_columns(names: Sequence[str]) -> list[str]:
    """Return the columns that a catalogue must have and that are not among ``names``."""
    known = {name.lower() for name in names}
    if any(map(_language, known)):
        known.add("title")
    return [name for name in _REQUIRED if name not in known]


def _language(column: str) -> str:
    """Return the language of a column such as ``title_zh``."""
    match = re.fullmatch(r"title_([a-z]{2}([-_][a-z0-9]{2,8})*)", column)
    return match[1] if match else ""


def _ways(names: list[str], language: str) -> list[Loc]:
    """Say where in an entry each column goes.

    ``creator_id`` would be a creator's name in Indonesian; so only languages count that a title
    has.
    """
    spoken = {_language(name.lower()) for name in names} - {""}
    ways: list[Loc] = []
    for name in names:
        low = name.lower()
        base, _, suffix = low.partition("_")
        if low in _PLAIN:
            ways.append((low,))
        elif low in _TEXTS:
            ways.append((low, language))
        elif base in _TEXTS and suffix in spoken:
            ways.append((base, suffix.replace("_", "-")))
        elif low in _SIZES:
            ways.append(("size", low))
        else:
            ways.append(("extra", name))
    return ways
