"""What the dialects of single museums have in common: reading their dumps entry by entry.

Museums publish their collections as one CSV, as a JSON array, as JSON Lines, as answers of an
API or as a folder with a file for each object. Here all of these become `Entry` after `Entry`,
with texts that are clean; what the fields mean is up to the dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from pipeline.errors import ConfigError
from pipeline.sources._fields import Fields, Unfit, at, cleaned, misfit
from pipeline.sources._rows import read_rows, refuse_pointer
from pipeline.sources.described import Broken, Described, Found
from pipeline.sources.documents import Desk, documents
from pipeline.sources.jsonfile import Read, read_array, read_json, read_lines
from pipeline.sources.texts import Cleaner, file_name

_T = TypeVar("_T")

JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")
_LINES = (".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv", ".xlsx")
_WHOLE_BYTES = 1024 * 1024
"""A document up to this size is read whole; in a larger one the list is looked for."""


class Entry(NamedTuple):
    """One entry of a dump, with clean texts."""

    place: str
    fields: Fields


def read_dump(
    catalogue: str, desk: Desk, columns: Sequence[str], lists: Sequence[str] = ()
) -> Iterator[Entry | Broken]:
    """Yield the entries of a table, of JSON in any of its forms, or of a folder of JSON files.

    Args:
        catalogue: as the config names it.
        desk: where it is looked for.
        columns: those that a table must have.
        lists: keys under which an API puts its list of entries, with dots: ``response.rows``.

    Raises:
        ConfigError: if it cannot be read at all. A broken file in a folder is a `Broken`.
    """
    address = catalogue.partition("?")[0].lower()
    if address.endswith(_TABLES):
        for path in documents(catalogue, desk, "table", _TABLES):
            for row in read_rows(path, columns):
                yield row if isinstance(row, Broken) else Entry(row.place, row.cells)
        return
    yield from from_each(catalogue, desk, JSON_SUFFIXES, lambda path: json_entries(path, lists))


def from_each(
    catalogue: str, desk: Desk, suffixes: tuple[str, ...], read: Callable[[Path], Iterator[_T]]
) -> Iterator[_T | Broken]:
    """Yield what ``read`` finds in each JSON document of a catalogue.

    Raises:
        ConfigError: if the catalogue is one document that cannot be read. In a folder of many it
            is a `Broken`.
    """
    folder = (desk.base / catalogue).is_dir()
    for path in documents(catalogue, desk, "json", suffixes):
        try:
            yield from read(path)
        except ConfigError as error:
            if not folder:
                raise
            mistake = error.mistakes[0]
            yield Broken(place=f"{file_name(path)}:{mistake.line}", message=mistake.message)


def json_entries(path: Path, lists: Sequence[str] = ()) -> Iterator[Entry | Broken]:
    """Yield the entries of one JSON file, be it an array, lines, one object or an API's answer.

    Raises:
        ConfigError: if the file as a whole cannot be read.
    """
    clean = Cleaner(str(path))
    for place, value in _values(path, lists):
        if isinstance(value, Broken):
            yield value
        elif isinstance(value, dict):
            yield Entry(place, {name: cleaned(one, clean) for name, one in value.items()})
        else:
            yield Broken(place=place, message=f"found {_shown(value)}, expected an object {{…}}")


def _values(path: Path, lists: Sequence[str]) -> Iterator[Read]:
    refuse_pointer(path)
    if _start(path).lstrip().startswith("["):
        yield from read_array(path)
        return
    lines = read_lines(path)
    begin = list(islice(lines, 2))
    several = len(begin) == 2 and any(isinstance(value, dict) for _, value in begin)
    if path.suffix.lower() in _LINES or several:
        yield from begin
        yield from lines
        return
    if lists and path.stat().st_size > _WHOLE_BYTES:
        key = next((key for key in lists if _has_list(path, key)), None)
        if key:
            yield from read_array(path, key)
            return
    whole = read_json(path)
    inside = {key: at(whole, *key.split(".")) for key in lists}
    listed = next((key for key, value in inside.items() if isinstance(value, list)), None)
    if listed:
        yield from read_array(path, listed)
        return
    yield f"{file_name(path)}:1", next((v for v in inside.values() if isinstance(v, dict)), whole)


def _start(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(512)
    encoding = "utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    return raw.decode(encoding, "replace")


def _has_list(path: Path, key: str) -> bool:
    try:
        next(read_array(path, key), None)
    except ConfigError:
        return False
    return True


def _shown(value: object) -> str:
    return "a list" if isinstance(value, list) else repr(value)[:40]


def describe_all(
    entries: Iterable[Entry | Broken], describe: Callable[[Entry], Described | None]
) -> Iterator[Found]:
    """Yield what ``describe`` makes of each entry; what it cannot is a `Broken`."""
    for entry in entries:
        if isinstance(entry, Broken):
            yield entry
            continue
        try:
            found = describe(entry)
        except Unfit as error:
            yield Broken(place=entry.place, message=str(error))
        except ValidationError as error:
            yield Broken(place=entry.place, message=misfit(error))
        else:
            if found is not None:
                yield found
