"""JSON Lines, or a JSON array, of a museum's own making, with a mapping that says what is what.

The mapping is that of tables, and its columns are paths: ``artist.name``, ``images[0].url``,
``images[*].url``. Streams: memory does not grow with the number of entries.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from pipeline.errors import Mistake
from pipeline.mistakes import suggest
from pipeline.sources.described import Broken, Described, Found
from pipeline.sources.documents import Desk, documents
from pipeline.sources.jsonfile import Read, read_entries
from pipeline.sources.mapped import Mapped
from pipeline.sources.mapping import ColumnsMissing, Mapping
from pipeline.sources.options import SourceOptions
from pipeline.sources.paths import Leaf, Way, general, has, leaves, read_path, texts_at
from pipeline.sources.texts import Cleaner, clean_text

_log = logging.getLogger(__name__)

SUFFIXES = (".jsonl", ".ndjson", ".json")
_LOOKED_AT = 1000
"""Entries that are looked at before the first one is used, for paths that no entry has."""


class JsonLinesOptions(SourceOptions):
    """JSON Lines with a mapping of its paths."""

    name: Literal["jsonl"] = "jsonl"
    catalogue: str
    """A file with an object on each line, or a list of objects; a folder of files; or an address
    on the web."""
    columns: Mapping
    """Which path is what: ``{id: accession_number, image: "images[*].url"}``. What is not named
    is kept and shown."""
    list_at: str = ""
    """Where the list of objects is, if the file is one object that holds it: ``data``."""

    @model_validator(mode="after")
    def _has_paths(self) -> Self:
        for _, path in self.columns.columns():
            read_path(path)
        return self


class JsonLinesSource:
    """Reads JSON entry by entry."""

    def __init__(self, options: JsonLinesOptions, desk: Desk) -> None:
        """``catalogue`` is relative to the desk's folder."""
        self._options, self._desk = options, desk
        self._mapped = Mapped(options.columns, options.language)
        self._ways = {path: read_path(path) for _, path in options.columns.columns()}

    def found(self) -> Iterator[Found]:
        """Yield what each entry says, in the order of the file.

        Raises:
            ConfigError: if it is no JSON, or no entry has an id where the mapping says.
            SourceError: if its address cannot be fetched.
        """
        for path in documents(self._options.catalogue, self._desk, "json", SUFFIXES):
            self._check_paths(path)
            clean = Cleaner(str(path))
            for place, entry in self._entries(path):
                yield self._one(entry, place, clean)

    def _entries(self, path: Path) -> Iterator[Read]:
        return read_entries(path, self._options.list_at or None)

    def _one(self, entry: object, place: str, clean: Cleaner) -> Described | Broken:
        if isinstance(entry, Broken):
            return entry
        if not isinstance(entry, dict):
            return Broken(place=place, message=f"found {_kind(entry)}, expected an object {{…}}")
        found: dict[str, list[Leaf]] = {}
        taken: set[str] = set()
        try:
            for path, way in self._ways.items():
                found[path] = texts_at(entry, way)
                taken.update(leaf.path for leaf in found[path])
            rest = [leaf for leaf in leaves(entry) if leaf.path not in taken]
        except ValueError as error:
            return Broken(place=place, message=str(error))

        def look(path: str) -> list[str]:
            return [text for leaf in found[path] if (text := clean(leaf.text))]

        extra = {clean_text(leaf.path): text for leaf in rest if (text := clean(leaf.text))}
        return self._mapped.describe(look, place, extra)

    def _check_paths(self, path: Path) -> None:
        """Say which paths no entry has; without an id nothing can be made of any.

        Raises:
            ColumnsMissing: if no entry has the id.
        """
        missing = dict(self._ways)
        known: dict[str, None] = {}
        count = 0
        for _, entry in islice(self._entries(path), _LOOKED_AT):
            if not isinstance(entry, dict):
                continue
            count += 1
            missing = {name: way for name, way in missing.items() if not has(entry, way)}
            if not missing:
                return
            known.update(dict.fromkeys(general(path) for path in _paths(entry)))
        if not count:
            return
        self._tell(missing, list(known), path)

    def _tell(self, missing: dict[str, Way], known: list[str], path: Path) -> None:
        places = {name: loc for loc, name in reversed(self._options.columns.columns())}
        at = []
        for name in missing:
            way = ("columns", *places[name])
            shown = ".".join(map(str, ("source", *way)))
            at.append((way, f"{shown}: found nothing at {name!r}{suggest(general(name), known)}"))
        if any(name in missing for name in self._options.columns.id.column):
            mistakes = [Mistake(str(path), 1, 1, message) for _, message in at]
            raise ColumnsMissing(mistakes, at)
        for _, message in at:
            _log.warning("%s: %s. None of the first %d entries has it.", path, message, _LOOKED_AT)


def _paths(entry: dict[str, object]) -> list[str]:
    try:
        return [leaf.path for leaf in leaves(entry)]
    except ValueError:  # too many: said when the entry's turn comes
        return []


def _kind(value: object) -> str:
    names = {list: "a list", str: "text", bool: "a truth value", type(None): "nothing"}
    return names.get(type(value), "a number")
