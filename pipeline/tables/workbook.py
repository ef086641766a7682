"""Reads one sheet of an XLSX workbook row by row, as a person sees it.

openpyxl reads, in its streaming mode, with the values that the spreadsheet computed last. What is
added here: numbers and dates as they are shown, merged cells filled downwards, formulas without a
value, and a word on columns in which the spreadsheet has turned numbers of objects into numbers.
"""

from __future__ import annotations

import datetime
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from pipeline.errors import ConfigError, Mistake
from pipeline.mistakes import suggest
from pipeline.tables.archive import Examined, Merge, examine
from pipeline.tables.numbers import shown_date, shown_number
from pipeline.tables.rows import MOST_CELL, MOST_COLUMNS, MOST_ROWS, Row

_log = logging.getLogger(__name__)

NOT_COMPUTED = "a formula without a value"
_UNFIT = (ParseError, ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)
"""What openpyxl raises on XML that is not as the standard has it."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How texts hold characters that XML cannot. Source: ECMA-376, part 1, 22.9.2.19 "ST_Xstring"."""


class Workbook:
    """One sheet of a workbook."""

    def __init__(self, path: Path, sheet: str) -> None:
        self._path, self._name, self._sheet = path, str(path), sheet
        self.doubtful: dict[int, str] = {}
        self._told: set[str] = set()

    def rows(self) -> Iterator[Row]:
        """Yield the rows, also those that are empty.

        Raises:
            ConfigError: if it cannot be opened, or has no such sheet.
        """
        examined = examine(self._path)
        with warnings.catch_warnings():
            # openpyxl warns of styles, validations and extensions that no value depends on.
            warnings.simplefilter("ignore")
            with self._opened(data_only=True) as book:
                sheet = self._chosen(book)
                part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
                rows = self._cells(sheet)
                if part in examined.formulas:
                    rows = self._with_formulas(rows, sheet.title)
                yield from _filled(rows, _downwards(examined, part))

    @contextmanager
    def _opened(self, *, data_only: bool) -> Iterator[Any]:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException

        with self._path.open("rb") as file:
            try:
                book = load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
            except (*_UNFIT, InvalidFileException, OSError) as error:
                raise self._damaged(error) from error
            try:
                yield book
            finally:
                book.close()

    def _damaged(self, error: Exception) -> ConfigError:
        message = (
            f"the workbook is damaged ({error}); open it in a spreadsheet and save it again as "
            "XLSX or as “CSV UTF-8”"
        )
        return ConfigError([Mistake(self._name, 1, 1, message)])

    def _chosen(self, book: Any) -> Any:
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        if not sheets:
            raise ConfigError([Mistake(self._name, 1, 1, "the workbook has no sheet of cells")])
        if self._sheet:
            if self._sheet not in sheets:
                message = f"found no sheet {self._sheet!r}{suggest(self._sheet, list(sheets))}"
                raise ConfigError([Mistake(self._name, 1, 1, message)])
            return sheets[self._sheet]
        visible = [s for s in sheets.values() if s.sheet_state == "visible"] or [*sheets.values()]
        if len(visible) > 1 and "sheets" not in self._told:
            self._told.add("sheets")
            others = ", ".join(sheet.title for sheet in visible[1:])
            _log.warning(
                "%s: the sheet %r was read and the others (%s) were not; name one in the config "
                "to read it (source.sheet).",
                self._name,
                visible[0].title,
                others[:200],
            )
        return visible[0]

    def _cells(self, sheet: Any) -> Iterator[Row]:
        sheet.reset_dimensions()  # what the file says of its size is wrong often enough
        try:
            for line, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS), 1):
                yield self._row(line, cells[:MOST_COLUMNS])
        except _UNFIT as error:
            raise self._damaged(error) from error

    def _row(self, line: int, cells: tuple[Any, ...]) -> Row:
        texts: list[str] = []
        problem = ""
        for column, cell in enumerate(cells):
            value = cell.value
            if value is None:
                texts.append("")
            elif isinstance(value, str):
                texts.append(self._text(value, cell, line))
            else:
                texts.append(self._shown(value, cell.number_format, column))
            if len(texts[-1]) > MOST_CELL:
                problem = f"its cell {column + 1} has more than {MOST_CELL:,} characters"
        return Row(line, texts, problem)

    def _text(self, value: str, cell: Any, line: int) -> str:
        if cell.data_type == "e":
            self._tell(line, cell.column, f"the error {value}")
            return ""
        if "_x" in value:
            return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
        return value

    def _shown(self, value: object, code: str, column: int) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            text = shown_number(value, code)
            if "e" in text or ("." in text and code == "General"):
                self.doubtful.setdefault(column, f"the number {text}")
            return text
        if isinstance(value, datetime.date | datetime.time):
            text = shown_date(value, code)
            self.doubtful.setdefault(column, f"the date {text}")
            return text
        return str(value)

    def _with_formulas(self, rows: Iterator[Row], title: str) -> Iterator[Row]:
        """Look at the formulas beside the values: where there is one alone, it was not computed."""
        with self._opened(data_only=False) as book:
            sheet = book[title]
            sheet.reset_dimensions()
            for row, cells in zip(rows, sheet.iter_rows(max_row=MOST_ROWS), strict=False):
                for text, cell in zip(row.cells, cells, strict=False):
                    if not text and cell.data_type == "f":
                        self._tell(row.line, cell.column, NOT_COMPUTED)
                yield row

    def _tell(self, line: int, column: int, what: str) -> None:
        """Say it once for each column."""
        key = f"{column}"
        if key in self._told:
            return
        self._told.add(key)
        _log.warning(
            "%s:%d: the cell in column %d holds %s, and was read as empty, as are others like it. "
            "Open the table in a spreadsheet, let it compute, and save it.",
            self._name,
            line,
            column,
            what,
        )


def _downwards(examined: Examined, part: str) -> dict[int, list[Merge]]:
    """Return the merges of a sheet by their first row."""
    merges: dict[int, list[Merge]] = {}
    for merge in examined.merges.get(part, ()):
        merges.setdefault(merge.top, []).append(merge)
    return merges


def _filled(rows: Iterator[Row], merges: dict[int, list[Merge]]) -> Iterator[Row]:
    """Give each row that a merged cell covers the cell's text, as a person reads it.

    Sideways nothing is filled: the text stands in the merge's first column.
    """
    open_merges: list[tuple[Merge, str]] = []
    for row in rows:
        if not merges:
            yield row
            continue
        open_merges = [(m, text) for m, text in open_merges if m.bottom >= row.line]
        for merge, text in open_merges:
            row.cells.extend([""] * (merge.left - len(row.cells)))
            row.cells[merge.left - 1] = text
        for merge in merges.get(row.line, ()):
            if merge.bottom > merge.top and merge.left <= len(row.cells):
                open_merges.append((merge, row.cells[merge.left - 1]))
        yield row
