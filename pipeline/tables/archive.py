"""Looks at a workbook's archive before anything opens it.

An XLSX file is a ZIP archive of XML files. A few kilobytes of it can unfold into gigabytes, and
its XML can hold entities; both are refused here, from a stream, before anything is built of it.
On the way it notes which cells are merged, which a sheet says only behind its cells.

Source: ECMA-376, parts 1 and 2; David Fifield, "A better zip bomb" (WOOT 2019).
"""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ConfigError, Mistake

MOST_BYTES = 2 * 1024**3
"""Of all files of the archive, unfolded."""
MOST_TEXTS = 256 * 1024**2
"""Of the workbook's texts, which stay in memory."""
MOST_RATIO = 200
"""Unfolded to folded, above 64 MiB. Sheets have 5 to 50; deflate ends at 1032."""
_SMALL = 64 * 1024**2
_MOST_FILES = 10_000
_MOST_MERGES = 100_000
_CHUNK = 1 << 20
_OVERLAP = 200

_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E|\0<\0!\0D\0O\0C")
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)

_OTHERS = {
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    "Index/Document.iwa": "a Numbers document",
    "content.xml": "an OpenDocument spreadsheet (.ods)",
}
_SAVE = "save it as XLSX or as “CSV UTF-8”"


DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, KeyError, IndexError, OverflowError),
)
"""What zipfile and parsers raise on archives that are cut, changed or locked."""


class Merge(NamedTuple):
    """Cells that are shown as one: first and last row and column, from 1."""

    top: int
    left: int
    bottom: int
    right: int


def is_archive(start: bytes) -> bool:
    """Tell by its first bytes whether a file is a ZIP archive."""
    return start.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def refuse_old_office(start: bytes, name: str) -> None:
    """Refuse what only looks like a table.

    Raises:
        ConfigError: if it is an old Excel file, or one with a password.
    """
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        found = "an Excel file of the old kind (.xls), or one with a password"
        _refuse(name, f"this is {found}; open it in a spreadsheet and {_SAVE}")
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"SQLite f")):
        _refuse(name, f"this is no table, expected CSV or XLSX; {_SAVE}")


def examine(path: Path) -> dict[str, list[Merge]]:
    """Read the archive through once; return the merged cells of each of its sheets.

    Raises:
        ConfigError: if it is damaged, no XLSX, unfolds to too much, or has a DOCTYPE.
    """
    name = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_sizes(parts, name)
            _check_kind({part.filename for part in parts}, name)
            return _examined(archive, parts, name)
    except DAMAGED as error:
        _refuse(name, f"the file is damaged or has a password ({error}); {_SAVE}", error)
    except OSError as error:
        _refuse(name, f"cannot be read: {error.strerror or error}", error)
    raise AssertionError  # _refuse always raises


def _refuse(name: str, message: str, cause: Exception | None = None) -> None:
    raise ConfigError([Mistake(name, 1, 1, message)]) from cause


def _check_sizes(parts: list[zipfile.ZipInfo], name: str) -> None:
    full = sum(part.file_size for part in parts)
    folded = sum(part.compress_size for part in parts) or 1
    texts = sum(p.file_size for p in parts if "sharedstrings" in p.filename.lower())
    if len(parts) > _MOST_FILES or full > MOST_BYTES:
        _refuse(name, f"unfolds to {full:,} bytes, expected at most {MOST_BYTES:,}; give it as CSV")
    if full > _SMALL and full > MOST_RATIO * folded:
        _refuse(name, f"unfolds to {full // folded} times its size, which no table does")
    if texts > MOST_TEXTS:
        _refuse(name, f"has {texts:,} bytes of text, expected at most {MOST_TEXTS:,}; use CSV")


def _check_kind(names: set[str], name: str) -> None:
    if "[Content_Types].xml" in names and "xl/workbook.bin" not in names:
        return
    what = next((kind for part, kind in _OTHERS.items() if part in names), "no Excel workbook")
    _refuse(name, f"this is {what}, expected XLSX; open it in a spreadsheet and {_SAVE}")


def _examined(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], name: str
) -> dict[str, list[Merge]]:
    found: dict[str, list[Merge]] = {}
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels")):
            continue
        is_sheet = bool(_SHEET.fullmatch(part.filename))
        merges: dict[Merge, None] = {}
        for piece in _pieces(archive, part):
            if _DOCTYPE.search(piece):
                _refuse(name, f"{part.filename} has a DOCTYPE, which no spreadsheet writes")
            if is_sheet and b"mergeCell" in piece and len(merges) < _MOST_MERGES:
                merges.update(dict.fromkeys(_merge(match) for match in _MERGE.finditer(piece)))
        found[part.filename] = list(merges)
    return found


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the file in pieces that overlap, so that nothing sought is cut in two."""
    before = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            yield before + chunk
            before = chunk[-_OVERLAP:]


def _merge(match: re.Match[bytes]) -> Merge:
    left, top, right, bottom = match.groups()
    return Merge(int(top), column_number(left.decode()), int(bottom), column_number(right.decode()))


def column_number(letters: str) -> int:
    """Return the number of a column, from 1.

    >>> column_number("A"), column_number("AA"), column_number("XFD")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
