"""Reads long CSV files of museums row by row, with the line in which each begins.

Knows separators, quoted line breaks, byte order marks and forgotten quotes. Memory holds one row.
A row that cannot be read is a `Broken`, and the next one follows: a quote that is never closed
costs the one row that has it, for reading goes on in the line after it.

Python's csv module does the parsing. `pipeline.csvfile` reads small tables whole, with the column
of every cell, and refuses the table for one bad row; 500,000 rows from elsewhere want this here.

Source: RFC 4180.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from pipeline.errors import ConfigError, Mistake
from pipeline.sources.described import Broken
from pipeline.sources.texts import Cleaner

MOST_COLUMNS = 500
MOST_LINE = 1024 * 1024
"""Characters of one line."""
MOST_ROW = 2 * 1024 * 1024
"""Characters of one row, with the line breaks in its cells."""
_MOST_AGAIN = 8 * MOST_ROW
"""Characters read again after quotes without an end; more is no table."""

_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BAD_BYTE = re.compile("[\udc80-\udcff]")
"""How ``surrogateescape`` brings a byte that is not UTF-8."""
_LFS = "version https://git-lfs.github.com/spec/"


class Row(NamedTuple):
    """The cells of one row by the names of their columns, clean."""

    place: str
    cells: dict[str, str]


class _Long(Exception):
    """A line or a row that is longer than any that is meant."""


def read_rows(path: Path, expected: Sequence[str]) -> Iterator[Row | Broken]:
    """Yield the rows below the header; rows without any text are left out.

    Args:
        path: the file, in UTF-8 or UTF-16; its separator is a comma, a semicolon or a tab.
        expected: columns without which this is another table.

    Raises:
        ConfigError: if it is no file, has no header, or lacks one of the ``expected`` columns.
    """
    try:
        with _open(path) as file:
            yield from _read(file, path, expected)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", "") or "its encoding is not UTF-8; save it as UTF-8"
        raise ConfigError([Mistake(str(path), 1, 1, f"cannot be read: {reason}")]) from error


def refuse_pointer(start: str, path: Path) -> None:
    """Refuse what Git leaves in the place of a large file that was not fetched.

    Raises:
        ConfigError: saying how to get the file itself.

    Source: Git LFS specification, "The Pointer".
    """
    if start.startswith(_LFS):
        message = (
            "this is only a Git LFS pointer to the file and not the file itself; fetch it with "
            "`git lfs pull`, or download it from the repository's web page"
        )
        raise ConfigError([Mistake(str(path), 1, 1, message)])


def _open(path: Path) -> TextIO:
    if not path.is_file():
        what = "this is not a file" if path.exists() else "there is no such file"
        raise ConfigError([Mistake(str(path), 1, 1, f"{what}, expected a table (CSV)")])
    with path.open("rb") as file:
        start = file.read(2)
    encoding = next((name for bom, name in _BOMS if start == bom), "utf-8-sig")
    errors = "surrogateescape" if encoding == "utf-8-sig" else "strict"
    return path.open(encoding=encoding, errors=errors, newline="")


class _Lines:
    """The lines of a file; those of a row that broke can be read again from its second one."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: list[str] = []
        self._row: list[str] = []
        self._length = 0
        self.count = 0
        """Lines handed out so far."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._file.readline(MOST_LINE)
        if not line:
            raise StopIteration
        self.count += 1
        self._row.append(line)
        self._length += len(line)
        if len(line) == MOST_LINE and line[-1] not in "\r\n":
            while (rest := self._file.readline(MOST_LINE)) and rest[-1] not in "\r\n":
                pass
            raise _Long(f"found a line of more than {MOST_LINE:,} characters")
        if self._length > MOST_ROW:
            raise _Long(f"found a row of more than {MOST_ROW:,} characters")
        return line

    def begin(self) -> None:
        """Begin a new row."""
        self._row, self._length = [], 0

    def back(self) -> int:
        """Go back to the second line of the row; return how many characters come again."""
        behind = self._row[1:]
        self._again += reversed(behind)
        self.count -= len(behind)
        return sum(map(len, behind))


def _read(file: TextIO, path: Path, expected: Sequence[str]) -> Iterator[Row | Broken]:
    lines = _Lines(file)
    start = file.read(4096)
    refuse_pointer(start, path)
    file.seek(0)
    reader = csv.reader(lines, delimiter=_separator(start), strict=True)
    names: list[str] = []
    clean = Cleaner(str(path))
    again = 0
    while True:
        lines.begin()
        place = f"{path.name}:{lines.count + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            break
        except (_Long, csv.Error) as error:
            again += lines.back()
            if not names or again > _MOST_AGAIN:
                message = f"its quotes do not match ({error}); double those inside a text"
                raise ConfigError([Mistake(str(path), lines.count, 1, message)]) from None
            yield _broken_row(place, str(error))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if names:
            yield _row(cells, names, place, clean)
        else:
            names = _header(cells, path, expected)
    if not names:
        _refuse(path, "the table is empty, expected a row of names")


def _separator(start: str) -> str:
    header = re.sub(r'"[^"]*"', "", next((row for row in start.splitlines() if row.strip()), ""))
    return max(",;\t", key=header.count)


def _header(cells: list[str], path: Path, expected: Sequence[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if len(names) > MOST_COLUMNS:
        _refuse(path, f"found {len(names)} columns, expected at most {MOST_COLUMNS}")
    if missing := [name for name in expected if name not in names]:
        found = ", ".join(name for name in names if name)[:200]
        wanted = " and ".join(repr(name) for name in missing)
        _refuse(path, f"expected the columns {wanted} in the first row, found: {found}")
    for name in filter(None, names):
        if names.count(name) > 1:
            _refuse(path, f"found the column {name!r} twice, expected each once")
    return names


def _row(cells: list[str], names: list[str], place: str, clean: Cleaner) -> Row | Broken:
    while len(cells) > len(names) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(names):
        message = (
            f"found {len(cells)} cells, expected {len(names)} as in the first row; a text that "
            "contains the separator, a quote or a line break needs quotes around it"
        )
        return Broken(place=place, message=message)
    for cell in cells:
        if not cell.isascii() and (bad := _BAD_BYTE.search(cell)):
            byte = ord(bad[0]) - 0xDC00
            message = f"found the byte 0x{byte:02X}, which is not UTF-8; save the table as UTF-8"
            return Broken(place=place, message=message)
    pairs = zip(names, cells, strict=True)
    return Row(
        place, {name: text for name, cell in pairs if cell and name and (text := clean(cell))}
    )


def _broken_row(place: str, what: str) -> Broken:
    message = f"a quote does not match here ({what}); double the quotes inside a text"
    return Broken(place=place, message=message)


def _refuse(path: Path, message: str) -> None:
    raise ConfigError([Mistake(str(path), 1, 1, message)])
