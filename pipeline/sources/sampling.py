"""Reads the beginning of a table or of JSON, to guess what its columns are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pipeline.sources.jsonfile import read_entries
from pipeline.sources.paths import Leaf, general, leaves
from pipeline.sources.texts import clean_text
from pipeline.tables.reading import encoding_of, first_rows, open_table
from pipeline.tables.rows import Layout, Row

_ROWS = 200
_FIRST = 20
"""Rows among which the names of the columns stand: titles and dates of an export come before."""
_MOST_PATHS = 1000


class Sample(NamedTuple):
    """The names of columns, or paths, and the first rows."""

    headers: list[str]
    rows: list[list[str]]
    header_row: int | None = None
    """Where the names stand, if that is not the first row with anything in it."""
    list_at: str = ""
    """Where the list of entries is, if JSON is one object that holds it."""
    is_json: bool = False
    encoding: str = ""
    """Which was guessed; empty for Unicode."""


def sample_table(path: Path) -> Sample:
    """Return the beginning of a table.

    Raises:
        ConfigError: if it is none.
    """
    encoding = encoding_of(path)
    header_row = _header_row(first_rows(path, Layout(encoding=encoding), _FIRST + 40))
    table = open_table(path, Layout(encoding=encoding, header_row=header_row, ragged=True))
    rows = [row.cells for row in islice(table.rows, _ROWS) if not row.problem]
    return Sample(
        table.columns,
        [[clean_text(cell) for cell in row] for row in rows],
        header_row,
        encoding="" if encoding.startswith("utf") else encoding,
    )


def _header_row(rows: Sequence[Row]) -> int | None:
    """Return the number of the row of names, if other rows with texts stand above it."""
    filled = [row for row in rows if any(map(str.strip, row.cells))]
    widest = max(map(_width, filled), default=0)
    for row in filled[:_FIRST]:
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        words = [cell for cell in cells if not cell.replace(".", "").replace(",", "").isdecimal()]
        if len(cells) >= max(2, 0.6 * widest) and len(words) > 0.7 * len(cells):
            return row.line if row is not filled[0] else None
    return None


def _width(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row.cells)


def sample_json(path: Path) -> Sample:
    """Return the beginning of JSON, its entries as rows.

    Raises:
        ConfigError: if it is none, or has no entries that are objects.
    """
    entries = list(_objects(path, None))
    list_at = ""
    if len(entries) == 1:
        inside = [key for key, value in entries[0].items() if _is_list_of_objects(value)]
        if len(inside) == 1 and "." not in inside[0]:
            list_at = inside[0]
            entries = list(_objects(path, list_at))
    headers: dict[str, None] = {}
    rows: list[dict[str, str]] = []
    for entry in entries:
        row: dict[str, str] = {}
        for leaf in _leaves(entry):
            row.setdefault(general(leaf.path), clean_text(leaf.text))
        rows.append(row)
        headers.update(dict.fromkeys(row))
    names = list(headers)[:_MOST_PATHS]
    return Sample(
        headers=names,
        rows=[[row.get(name, "") for name in names] for row in rows],
        list_at=list_at,
        is_json=True,
    )


def _leaves(entry: dict[str, object]) -> list[Leaf]:
    try:
        return leaves(entry)
    except ValueError:  # more values than one object has
        return []


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(isinstance(v, dict) for v in value)


def _objects(path: Path, key: str | None) -> Iterator[dict[str, object]]:
    for _, entry in islice(read_entries(path, key), _ROWS):
        if isinstance(entry, dict):
            yield entry
