"""CSV, TSV and XLSX as a museum has them, with a mapping that says which column is what.

The house format, whose columns have our own names, is `pipeline.sources.folder`. Streams: memory
does not grow with the number of rows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pipeline.sources.described import Broken, Found
from pipeline.sources.documents import Desk, documents
from pipeline.sources.mapped import Mapped
from pipeline.sources.mapping import Mapping, check_columns
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import Cleaner, clean_id, file_name
from pipeline.tables.reading import open_table
from pipeline.tables.rows import Layout, Row, Table

_log = logging.getLogger(__name__)

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm")


def _encoding(value: str) -> str:
    try:
        if value:
            "".encode(value)  # of what is no encoding of texts, such as hex, this says so too
    except LookupError:
        raise ValueError(
            f"found {value!r}, expected the name of an encoding: utf-8, cp1252, gb18030, …"
        ) from None
    return value


def _separator(value: str) -> str:
    mark = {"tab": "\t", "\\t": "\t"}.get(value, value)
    if len(mark) > 1 or mark in {'"', "\n", "\r", "\0"}:
        raise ValueError(f"found {value!r}, expected one character, such as ; or tab")
    return mark


class TableOptions(SourceOptions):
    """A table (CSV, TSV, XLSX) with a mapping of its columns."""

    name: Literal["table"] = "table"
    catalogue: str
    """A file, a folder of files with the same columns, or an address on the web."""
    columns: Mapping
    """Which column is what. Columns that are not named are kept and shown."""
    sheet: str = ""
    """Name of the sheet of a workbook. By default the first that is not hidden."""
    header_row: int | None = Field(default=None, ge=1)
    """The line of the file, or the row of the sheet, with the names of the columns. By default
    the first that is not empty."""
    separator: Annotated[str, AfterValidator(_separator)] = ""
    """What stands between cells of CSV: one character, or the word tab. By default it is found
    out."""
    encoding: Annotated[str, AfterValidator(_encoding)] = ""
    """Of CSV: utf-8, cp1252, gb18030, … By default it is found out."""
    quotes: bool = True
    """``false`` where quotes in CSV are plain characters and hold no cells together."""
    ragged: bool = False
    """``true`` where rows may end early, because empty cells at their ends were left out."""

    @property
    def layout(self) -> Layout:
        """What the config says of how the table is written."""
        return Layout(
            separator=self.separator,
            encoding=self.encoding,
            quotes=self.quotes,
            sheet=self.sheet,
            header_row=self.header_row,
            ragged=self.ragged,
        )


class TableSource:
    """Reads a table row by row."""

    def __init__(self, options: TableOptions, desk: Desk) -> None:
        """``catalogue`` is relative to the desk's folder."""
        self._options, self._desk = options, desk
        self._mapped = Mapped(options.columns, options.language)

    def found(self) -> Iterator[Found]:
        """Yield what each row says, in the order of the table.

        Raises:
            ConfigError: if it is no table, or lacks a column that the mapping names.
            SourceError: if its address cannot be fetched.
        """
        for path in documents(self._options.catalogue, self._desk, "table", SUFFIXES):
            table = open_table(path, self._options.layout)
            check_columns(self._options.columns, table.columns, table.file, table.header_line)
            yield from self._rows(table, path)

    def _rows(self, table: Table, path: Path) -> Iterator[Found]:
        file = file_name(path)
        clean = Cleaner(table.file)
        index = {name: column for column, name in enumerate(table.columns)}
        taken = {name for _, name in self._options.columns.columns()}
        others = [(name, column) for name, column in index.items() if name not in taken]
        ids = [index[name] for name in self._options.columns.id.column]
        told = False
        for row in table.rows:
            place = f"{file}:{row.line}"
            if row.problem:
                yield Broken(id=_id(row, ids), place=place, message=row.problem)
                continue
            cells = _cleaned(row.cells, clean)

            def look(name: str, cells: list[str] = cells) -> tuple[str, ...]:
                text = cells[index[name]]
                return (text,) if text else ()

            extra = {name: cells[column] for name, column in others if cells[column]}
            yield self._mapped.describe(look, place, extra)
            told = told or self._warn(table, ids)

    def _warn(self, table: Table, ids: list[int]) -> bool:
        """Say that a spreadsheet has taken ids for something else."""
        found = next((table.doubtful[column] for column in ids if column in table.doubtful), "")
        if found:
            _log.warning(
                "%s: among the ids in the column %r is %s. A spreadsheet takes away the zeros at "
                "the end of such numbers; give the column the format “text” and look at them.",
                table.file,
                table.columns[ids[0]],
                found,
            )
        return bool(found)


def _cleaned(cells: list[str], clean: Cleaner) -> list[str]:
    """Clean each cell; most rows are plain, and looking at all cells at once is faster."""
    text = "".join(cells)
    if not text.isprintable():
        return [clean(cell) if cell else "" for cell in cells]
    if text.isascii():
        return [cell.strip() for cell in cells]
    return [cell.strip() if cell.isascii() else clean(cell) for cell in cells]


def _id(row: Row, ids: list[int]) -> str:
    return clean_id(" ".join(row.cells[column] for column in ids if column < len(row.cells)))
