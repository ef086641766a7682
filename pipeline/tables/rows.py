"""What reading a table yields, how it is asked for, names of columns, and harmless text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_CELL = 100_000
"""Characters of one cell. A description has hundreds; a forgotten quote swallows the file."""
MOST_COLUMNS = 16_384
"""Source: ECMA-376 (Office Open XML), as Excel holds it: columns A to XFD."""
MOST_ROWS = 1_048_576
"""Of a sheet. Source: as above."""


class Row(NamedTuple):
    """One row of a table."""

    line: int
    """Where it begins: the line of the file or the row of the sheet, from 1."""
    cells: list[str]
    problem: str = ""
    """Why it cannot be used; the cells are then as far as they could be read."""


@dataclass(frozen=True)
class Layout:
    """What is known of a table before it is read; what is empty is found out."""

    separator: str = ""
    """What stands between cells of CSV."""
    encoding: str = ""
    """Of CSV, by a name that Python knows."""
    quotes: bool = True
    """Whether quotes hold cells of CSV together."""
    sheet: str = ""
    """Name of the sheet of a workbook."""
    header_row: int | None = None
    """The line of the file, or the row of the sheet, with the names of columns, from 1; by default
    the first that is not empty."""
    ragged: bool = False
    """Rows of CSV may end early; what is missing is empty."""


@dataclass
class Table:
    """A table whose rows are read as they are asked for."""

    file: str
    columns: list[str]
    """Their names, each once: a second ``Name`` is called ``Name (2)``."""
    header_line: int
    rows: Iterator[Row]
    doubtful: dict[int, str] = field(default_factory=dict)
    """Columns, from 0, where a spreadsheet has turned texts into something else, and into what.
    It grows as rows are read."""


def column_name(text: str) -> str:
    """Return the name of a column as it is compared: one line, one space between words, NFC."""
    return " ".join(unicodedata.normalize("NFC", text).replace("\ufeff", "").split())


_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    r"""Return ``text`` so that no spreadsheet runs it as a formula when it opens the table.

    For whoever writes tables. Quoting and doubling of quotes is up to the csv module.
    Source: OWASP, "CSV Injection".

    >>> harmless('=HYPERLINK("http://…")')
    '\'=HYPERLINK("http://…")'
    """
    return f"'{text}" if text.startswith(_DANGEROUS) else text
