"""Rows of a museum's table by the names of their columns, clean, with their places.

`pipeline.tables` reads the table, be it CSV in any encoding or a workbook into which somebody has
saved it. Here it becomes entries: a row that cannot be read is a `Broken`, and a table without the
columns of this museum is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ConfigError, Mistake
from pipeline.sources.described import Broken
from pipeline.sources.texts import Cleaner, file_name
from pipeline.tables.reading import open_table

_LFS = b"version https://git-lfs.github.com/spec/"


class Row(NamedTuple):
    """The cells of one row by the names of their columns; empty ones are left out."""

    place: str
    cells: dict[str, str]


def read_rows(path: Path, expected: Sequence[str]) -> Iterator[Row | Broken]:
    """Yield the rows below the header; rows without any text are left out.

    Args:
        path: the file.
        expected: columns without which this is another table.

    Raises:
        ConfigError: if it is no table, or lacks one of the ``expected`` columns.
    """
    refuse_pointer(path)
    table = open_table(path)
    if missing := [name for name in expected if name not in table.columns]:
        found = ", ".join(table.columns)[:200]
        wanted = " and ".join(repr(name) for name in missing)
        message = f"expected the columns {wanted} in the first row, found: {found}"
        raise ConfigError([Mistake(str(path), table.header_line, 1, message)])
    clean, name = Cleaner(str(path)), file_name(path)
    for row in table.rows:
        place = f"{name}:{row.line}"
        if row.problem:
            yield Broken(place=place, message=row.problem)
            continue
        pairs = zip(table.columns, row.cells, strict=True)
        cells = {column: words for column, cell in pairs if cell and (words := clean(cell))}
        yield Row(place, cells)


def refuse_pointer(path: Path) -> None:
    """Refuse what Git leaves in the place of a large file that was not fetched.

    Raises:
        ConfigError: saying how to get the file itself.

    Source: Git LFS specification, "The Pointer".
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(_LFS))
    except OSError:  # whoever reads it next says why
        return
    if start == _LFS:
        message = (
            "this is only a Git LFS pointer to the file and not the file itself; fetch it with "
            "`git lfs pull`, or download it from the repository's web page"
        )
        raise ConfigError([Mistake(str(path), 1, 1, message)])
