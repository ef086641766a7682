"""Opens a table, whatever its format, finds its header, and names its columns."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import ConfigError, Mistake
from pipeline.tables.archive import is_archive, refuse_old_office
from pipeline.tables.encodings import find_encoding
from pipeline.tables.rows import MOST_COLUMNS, Layout, Row, Table, column_name
from pipeline.tables.separated import Separated
from pipeline.tables.workbook import Workbook

_log = logging.getLogger(__name__)


def open_table(path: Path, layout: Layout = Layout()) -> Table:  # noqa: B008  it is frozen
    """Return the table, its header read and its rows ready to be.

    Rows without any text are left out.

    Raises:
        ConfigError: if it is no file, no table, or has no row of names.
    """
    name = str(path)
    reader: Separated | Workbook
    if is_archive(_start(path, name)):
        reader = Workbook(path, layout.sheet)
    else:
        reader = Separated(path, layout)
    rows = reader.rows()
    header = _header(rows, layout, name)
    columns = _names(header, name)
    doubtful = reader.doubtful if isinstance(reader, Workbook) else {}
    if isinstance(reader, Separated):
        reader.width = len(columns)
    short_allowed = layout.ragged or isinstance(reader, Workbook)
    body = _body(rows, len(columns), short_allowed=short_allowed)
    return Table(name, columns, header.line, body, doubtful)


def first_rows(path: Path, layout: Layout, count: int) -> list[Row]:
    """Return rows as they are, the header among them, to find out what is what.

    Raises:
        ConfigError: as `open_table`.
    """
    is_workbook = is_archive(_start(path, str(path)))
    reader = Workbook(path, layout.sheet) if is_workbook else Separated(path, layout)
    return [row for row, _ in zip(reader.rows(), range(count), strict=False)]


def encoding_of(path: Path) -> str:
    """Return the encoding of a table of text; ``""`` for a workbook.

    Raises:
        ConfigError: if it is no file, or no table.
    """
    name = str(path)
    if is_archive(_start(path, name)):
        return ""
    try:
        return find_encoding(path)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise ConfigError([Mistake(name, 1, 1, message)]) from error


def _start(path: Path, name: str) -> bytes:
    try:
        if not path.is_file():
            what = "this is not a file" if path.exists() else "there is no such file"
            raise ConfigError([Mistake(name, 1, 1, f"{what}, expected a table (CSV or XLSX)")])
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise ConfigError([Mistake(name, 1, 1, message)]) from error
    refuse_old_office(start, name)
    return start


def _header(rows: Iterator[Row], layout: Layout, name: str) -> Row:
    for row in rows:
        filled = any(map(str.strip, row.cells))
        if row.line < layout.header_row if layout.header_row else not filled:
            continue
        if not filled or (layout.header_row and row.line > layout.header_row):
            break
        if row.problem:
            raise ConfigError([Mistake(name, row.line, 1, f"the row of names: {row.problem}")])
        return row
    if layout.header_row:
        message = f"the row {layout.header_row} is empty, expected the names of the columns there"
        raise ConfigError([Mistake(name, layout.header_row, 1, message)])
    raise ConfigError([Mistake(name, 1, 1, "the table is empty, expected a row of names")])


def _names(header: Row, name: str) -> list[str]:
    cells = [column_name(cell) for cell in header.cells]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        message = f"found {len(cells):,} columns, expected at most {MOST_COLUMNS:,}"
        raise ConfigError([Mistake(name, header.line, 1, message)])
    cells = [cell or f"column {number}" for number, cell in enumerate(cells, 1)]
    given = set(cells)
    taken: set[str] = set()
    names, twice = [], []
    for cell in cells:
        own, count = cell, 1
        while own in taken or (count > 1 and own in given):
            count += 1
            own = f"{cell} ({count})"
        taken.add(own)
        names.append(own)
        twice += [own] if own != cell else []
    if twice:
        shown = ", ".join(twice[:10])
        _log.warning("%s has columns of the same name; the later ones are called %s.", name, shown)
    return names


def _body(rows: Iterator[Row], width: int, *, short_allowed: bool) -> Iterator[Row]:
    """Bring every row to the header's width, or say why it has another one."""
    for row in rows:
        cells, problem = row.cells, row.problem
        if not problem and not any(cell and not cell.isspace() for cell in cells):
            continue
        if len(cells) > width and not problem and any(map(str.strip, cells[width:])):
            problem = (
                f"found {len(cells)} cells, expected {width} as in the row of names; a text that "
                "contains the separator needs quotes"
            )
        if len(cells) < width and not problem and not short_allowed:
            problem = (
                f"found {len(cells)} cells, expected {width} as in the row of names; a text of "
                "several lines needs quotes. If rows of this table end early on purpose, say so: "
                "source.ragged: true"
            )
        if len(cells) != width:
            cells = [*cells[:width], *[""] * (width - len(cells))]
        yield Row(row.line, cells, problem)
