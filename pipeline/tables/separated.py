"""Reads CSV and its kin row by row.

Python's csv module takes rows apart; this module feeds it lines and looks after what it does not:
the line in which a row begins, bytes that are not text, and a quote that was opened and never
closed, which would swallow the rows that follow. Such a row is told, and reading goes on with the
line after the one in which it began.

Source: RFC 4180, and what spreadsheets do beyond it: ``;`` where the comma is the decimal mark,
tabs, a first line ``sep=;``.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from pipeline.errors import ConfigError, Mistake
from pipeline.tables.encodings import find_encoding
from pipeline.tables.rows import MOST_CELL, Layout, Row

SEPARATORS = ("\t", ";", ",", "|")
MOST_LINE = 4_000_000
MOST_ROW = 16_000_000
"""Characters of one line, and of one row, whose cells may have several lines."""
MOST_REPAIRS = 1000
"""Rows with a forgotten quote, after which it is the table that is wrong and not a row."""
_SAMPLE_LINES = 60
_SAMPLE_CHARACTERS = 10_000
"""Of one line."""
_SWALLOWED_LINES = 3

_SEP_LINE = re.compile(r"\ufeff?sep=(.)[\r\n]*")
_NOT_TEXT = {"utf-8": re.compile("[\udc80-\udcff]"), "": re.compile("\ufffd")}


class _TooLong(csv.Error):
    """A row that does not end."""


class _Lines:
    """Lines of a file, of which those of the row at hand can be given back."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream, self._name = stream, name
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._size = 0
        self.next = 1
        """Number of the line that comes next."""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._read()
        if not line:
            raise StopIteration
        self._taken.append(line)
        self._size += len(line)
        self.next += 1
        if self._size > MOST_ROW:
            raise _TooLong
        return line

    def _read(self) -> str:
        line = self._stream.readline(MOST_LINE)
        if len(line) == MOST_LINE and not line.endswith(("\n", "\r")):
            message = (
                f"a line has more than {MOST_LINE:,} characters, expected the rows of a table; is "
                "this a table?"
            )
            raise ConfigError([Mistake(self._name, self.next, 1, message)])
        return line

    def forget(self) -> None:
        """Begin a new row."""
        self._taken, self._size = [], 0

    def peek(self, count: int) -> list[str]:
        """Return lines to come, without taking them."""
        while len(self._waiting) < count and (line := self._read()):
            self._waiting.append(line)
        return list(self._waiting)[:count]

    def give_back(self) -> str:
        """Have all lines of this row but its first one come again; return the first one."""
        first, *others = self._taken or [""]
        self._waiting.extendleft(reversed(others))
        self.next -= len(others)
        self.forget()
        return first


class Separated:
    """The rows of a CSV file; ``width`` is set once the header is known."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path, self._layout, self._name = path, layout, str(path)
        self.width = 0

    def rows(self) -> Iterator[Row]:
        """Yield the rows, also those that are empty.

        Raises:
            ConfigError: if it cannot be read, is no table, or has more forgotten quotes than rows
                that can be read.
        """
        try:
            encoding = self._layout.encoding or find_encoding(self._path)
            errors = "surrogateescape" if encoding in _NOT_TEXT else "replace"
            with self._path.open(encoding=encoding, errors=errors, newline="") as stream:
                yield from self._rows(_Lines(stream, self._name), encoding)
        except OSError as error:
            message = f"cannot be read: {error.strerror or error}"
            raise ConfigError([Mistake(self._name, 1, 1, message)]) from error
        except UnicodeError as error:  # UTF-16 that ends within a character, or without its mark
            message = f"this is not text in {error.args[0]}; save it again as “CSV UTF-8”"
            raise ConfigError([Mistake(self._name, 1, 1, message)]) from error

    def _rows(self, lines: _Lines, encoding: str) -> Iterator[Row]:
        separator = self._layout.separator or self._find_separator(lines)
        not_text = _NOT_TEXT.get(encoding, _NOT_TEXT[""])
        reader = self._reader(lines, separator)
        repairs: list[int] = []
        while True:
            lines.forget()
            line = lines.next
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                problem = _csv_problem(error, lines.next - line)
            else:
                several = self.width > 1 and lines.next - line > _SWALLOWED_LINES
                problem = _FORGOTTEN if several and self._swallowed(cells, separator) else ""
            if problem:
                repairs.append(line)
                self._give_up_on(repairs)
                first = lines.give_back()
                reader = self._reader(lines, separator)
                yield Row(line, _first_cells(first, separator), problem)
                continue
            yield Row(line, cells, _text_problem(cells, not_text, encoding))

    def _reader(self, lines: _Lines, separator: str) -> Iterator[list[str]]:
        if self._layout.quotes:
            return csv.reader(lines, delimiter=separator, strict=True)
        return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)

    def _give_up_on(self, repairs: list[int]) -> None:
        if len(repairs) > MOST_REPAIRS:
            message = (
                f"more than {MOST_REPAIRS:,} rows have a quote without its end, this one first; if "
                "quotes are plain characters in this table, say so: source.quotes: false"
            )
            raise ConfigError([Mistake(self._name, repairs[0], 1, message)])

    def _swallowed(self, cells: list[str], separator: str) -> bool:
        """Tell whether a cell is the rest of its row, whole rows, and the begin of another.

        A forgotten quote that meets another one at the end of some cell leaves a row that csv
        finds nothing wrong with; but then the separators within the cell are those of rows.
        """
        for column, cell in enumerate(cells):
            first, *inner = re.split(r"\r\n|\r|\n", cell)
            if len(inner) <= _SWALLOWED_LINES or first.count(separator) != self.width - 1 - column:
                continue
            if all(line.count(separator) == self.width - 1 for line in inner[:-1]):
                return True
        return False

    def _find_separator(self, lines: _Lines) -> str:
        sample = lines.peek(_SAMPLE_LINES)
        told = _SEP_LINE.fullmatch(sample[0]) if sample else None
        if told:
            next(lines)
            return told[1]
        scores = {mark: _fitness(sample, mark) for mark in SEPARATORS}
        return max(SEPARATORS, key=lambda mark: scores[mark])


_FORGOTTEN = (
    'found a quote (") without its end in this row, which swallows the rows that follow; close it, '
    'and double the quotes inside a text ("")'
)


def _first_cells(line: str, separator: str) -> list[str]:
    """Return what can be read of a row that is wrong: its id may stand there."""
    try:
        return next(csv.reader([line[:MOST_CELL]], delimiter=separator), [])
    except csv.Error:
        return []


def _csv_problem(error: csv.Error, lines: int) -> str:
    """Say what csv found. Source: CPython, Modules/_csv.c, its five messages of reading."""
    text = str(error)
    if "field larger" in text and lines == 1:
        return f"one of its cells has more than {MOST_CELL:,} characters, expected fewer"
    if "expected after" in text:
        return (
            'found text after a closing quote ("): double the quotes inside a text (""), or close '
            "a quote that was opened in this row"
        )
    if "field larger" in text or isinstance(error, _TooLong) or "end of data" in text:
        return _FORGOTTEN
    return f"cannot be taken apart into cells: {text}"


def _text_problem(cells: list[str], not_text: re.Pattern[str], encoding: str) -> str:
    text = "".join(cells)
    if len(text) <= MOST_CELL and (text.isascii() or not_text.search(text) is None):
        return ""
    for column, cell in enumerate(cells, 1):
        if len(cell) > MOST_CELL:
            return (
                f"its cell {column} has {len(cell):,} characters, expected at most "
                f"{MOST_CELL:,}; is a closing quote missing?"
            )
        if not cell.isascii() and (found := not_text.search(cell)):
            byte = f" 0x{ord(found[0]) - 0xDC00:02X}" if ord(found[0]) < 0xDD00 else ""
            return (
                f"its cell {column} has a byte{byte} that is not {encoding.upper()}: "
                f"{not_text.sub('?', cell)[:60]!r}; save the table again as “CSV UTF-8”"
            )
    return ""


def _fitness(sample: list[str], mark: str) -> float:
    """Return how many cells rows have, if nearly all have equally many."""
    try:
        lines = [line[:_SAMPLE_CHARACTERS] for line in sample]
        widths = [len(row) for row in csv.reader(lines, delimiter=mark) if any(row)]
    except csv.Error:
        return 0.0
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0
    usual = max(sorted(set(wide)), key=wide.count)
    share = wide.count(usual) / len(widths)
    # What every row has equally often separates; decimal commas and commas in texts do not.
    return usual + 1e6 if share == 1 else usual * share if share > 0.8 else share
