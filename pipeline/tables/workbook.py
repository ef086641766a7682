"""Reads one sheet of an XLSX workbook row by row, as a person sees it.

Values are those that the spreadsheet computed last; numbers and dates are read as they are shown,
and merged cells filled downwards. Formulas that were never computed, errors, and columns in which
the spreadsheet has turned numbers of objects into numbers or dates are told.

Source: ECMA-376 (Office Open XML), part 1, 18.3 (sheets).
"""

from __future__ import annotations

import datetime
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError, Mistake
from pipeline.mistakes import suggest
from pipeline.tables.archive import DAMAGED, Merge, column_number, examine
from pipeline.tables.numbers import shown_date, shown_number
from pipeline.tables.rows import MOST_CELL, MOST_COLUMNS, MOST_ROWS, Row

if TYPE_CHECKING:
    from lxml.etree import _Element

    from pipeline.tables.ooxml import Book, Sheet

_log = logging.getLogger(__name__)

_NOT_COMPUTED = "a formula without a value"


class Workbook:
    """One sheet of a workbook."""

    def __init__(self, path: Path, sheet: str) -> None:
        self._path, self._name, self._sheet = path, str(path), sheet
        self.doubtful: dict[int, str] = {}
        self._told: set[int] = set()
        self._columns: dict[str, int] = {}

    def rows(self) -> Iterator[Row]:
        """Yield the rows that the sheet has anything in.

        Raises:
            ConfigError: if it cannot be opened, or has no such sheet.
        """
        from pipeline.tables.ooxml import read_book, rows_of

        merges = examine(self._path)
        try:
            with zipfile.ZipFile(self._path) as archive:
                book = read_book(archive)
                sheet = self._chosen(book.sheets)
                with archive.open(sheet.part) as file:
                    rows = self._rows(rows_of(file), book)
                    yield from _filled(rows, merges.get(sheet.part, []))
        except DAMAGED as error:
            message = (
                f"the workbook is damaged ({error}); open it in a spreadsheet and save it again as "
                "XLSX or as “CSV UTF-8”"
            )
            raise ConfigError([Mistake(self._name, 1, 1, message)]) from error

    def _chosen(self, sheets: list[Sheet]) -> Sheet:
        if not sheets:
            raise ConfigError([Mistake(self._name, 1, 1, "the workbook has no sheet of cells")])
        named = {sheet.name: sheet for sheet in sheets}
        if self._sheet:
            if self._sheet not in named:
                message = f"found no sheet {self._sheet!r}{suggest(self._sheet, list(named))}"
                raise ConfigError([Mistake(self._name, 1, 1, message)])
            return named[self._sheet]
        visible = [sheet for sheet in sheets if not sheet.hidden] or sheets
        if len(visible) > 1:
            others = ", ".join(sheet.name for sheet in visible[1:])
            _log.warning(
                "%s: the sheet %r was read and the others (%s) were not; name one in the config "
                "to read it (source.sheet).",
                self._name,
                visible[0].name,
                others[:200],
            )
        return visible[0]

    def _rows(self, elements: Iterator[_Element], book: Book) -> Iterator[Row]:
        line = 0
        for element in elements:
            stated = element.get("r")
            line = int(stated) if stated else line + 1
            if line > MOST_ROWS:
                return
            yield self._row(element, line, book)

    def _row(self, element: _Element, line: int, book: Book) -> Row:
        texts: list[str] = []
        problem = ""
        for cell in element.iterchildren("{*}c"):
            column = self._column(cell, len(texts))
            text = self._text(cell, line, column, book)
            if column < len(texts):
                texts[column] = text
            elif column < MOST_COLUMNS:
                texts.extend([""] * (column - len(texts)))
                texts.append(text)
            if len(text) > MOST_CELL:
                problem = f"its cell {column + 1} has more than {MOST_CELL:,} characters"
        return Row(line, texts, problem)

    def _column(self, cell: _Element, following: int) -> int:
        """Return the cell's column from 0; a cell without a reference follows the one before."""
        reference = cell.get("r")
        if not reference:
            return following
        letters = reference.rstrip("0123456789")
        if letters not in self._columns:
            if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
                raise ValueError(f"a cell is at {reference[:20]!r}")
            self._columns[letters] = column_number(letters.upper()) - 1
        return self._columns[letters]

    def _text(self, cell: _Element, line: int, column: int, book: Book) -> str:
        from pipeline.tables.ooxml import text_of, unescaped

        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return text_of(cell)
        value = cell.findtext("{*}v") or ""
        if not value:
            if cell.find("{*}f") is not None and kind != "str":
                self._tell(line, column, _NOT_COMPUTED)
            return ""
        match kind:
            case "s":
                return book.texts[int(value)]
            case "str":
                return unescaped(value)
            case "b":
                return "true" if value == "1" else "false"
            case "e":
                self._tell(line, column, f"the error {value[:20]}")
                return ""
            case "d":
                return value
        style = int(cell.get("s", "0"))
        code = book.formats[style] if style < len(book.formats) else "General"
        return self._number(value, code, column, book)

    def _number(self, value: str, code: str, column: int, book: Book) -> str:
        number = int(value) if value.lstrip("-").isdecimal() else float(value)
        if code != "General" and (date := _date(number, code, book)) is not None:
            text = shown_date(date, code)
            self.doubtful.setdefault(column, f"the date {text}")
            return text
        text = shown_number(number, code)
        if "e" in text or ("." in text and code == "General"):
            self.doubtful.setdefault(column, f"the number {text}")
        return text

    def _tell(self, line: int, column: int, what: str) -> None:
        """Say it once for each column."""
        if column in self._told:
            return
        self._told.add(column)
        _log.warning(
            "%s:%d: the cell in column %d holds %s, and was read as empty, as are others like it. "
            "Open the table in a spreadsheet, let it compute, and save it.",
            self._name,
            line,
            column + 1,
            what,
        )


def _date(number: float, code: str, book: Book) -> object:
    """Return the date, time or span that a number stands for; ``None``: it is a number."""
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

    if not is_date_format(code):
        return None
    epoch = MAC_EPOCH if book.since_1904 else WINDOWS_EPOCH
    try:
        date: object = from_excel(number, epoch, timedelta=is_timedelta_format(code))
    except (OverflowError, ValueError):
        return None
    return date if isinstance(date, datetime.date | datetime.time | datetime.timedelta) else None


def _filled(rows: Iterator[Row], merges: list[Merge]) -> Iterator[Row]:
    """Give each row that a merged cell covers the cell's text, as a person reads it.

    Sideways nothing is filled: the text stands in the merge's first column.
    """
    by_top: dict[int, list[Merge]] = {}
    for merge in merges:
        by_top.setdefault(merge.top, []).append(merge)
    current: list[tuple[Merge, str]] = []
    for row in rows:
        current = [(merge, text) for merge, text in current if merge.bottom >= row.line]
        for merge, text in current:
            row.cells.extend([""] * (merge.left - len(row.cells)))
            row.cells[merge.left - 1] = text
        for merge in by_top.get(row.line, ()):
            if merge.bottom > merge.top and merge.left <= len(row.cells):
                current.append((merge, row.cells[merge.left - 1]))
        yield row
