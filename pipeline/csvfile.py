"""Reads tables that spreadsheets wrote, and says where every cell stands.

Knows encodings, separators and quotes as spreadsheets of several countries write them. Knows
nothing of catalogues. Python's csv module does the reading well but tells only the line in
which a row ends, and takes a forgotten quote for a very long cell.

Source: RFC 4180, and what spreadsheets do beyond it: ``;`` where the comma is the decimal mark,
tabs, UTF-16, GB 18030 in China, Windows-1252 in the west of Europe.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError, Mistake

_log = logging.getLogger(__name__)

MAX_BYTES = 64 * 1024 * 1024
MAX_CELL = 100_000
"""Characters of one cell. A description has hundreds; a forgotten quote swallows the file."""
MAX_COLUMNS = 500

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x30-\xfe]")


@dataclass(frozen=True)
class Cell:
    """The text of one cell, and where it begins, counted from 1."""

    text: str
    line: int
    column: int


def read_table(path: Path) -> list[list[Cell]]:
    """Return the rows, the header first; rows without any text are left out.

    Raises:
        ConfigError: if it is no file, too large, in no encoding that spreadsheets write, or its
            quotes do not match.
    """
    name = str(path)
    text = _decode(name, _read(path, name))
    if control := _CONTROL.search(text):
        line, column = _place(text, control.start())
        message = f"found the control character U+{ord(control[0]):04X}, expected text; delete it"
        raise ConfigError([Mistake(name, line, column, message)])
    rows = [row for row in _rows(name, text) if any(cell.text.strip() for cell in row)]
    if not rows:
        raise ConfigError([Mistake(name, 1, 1, "the table is empty, expected a row of names")])
    return rows


def _read(path: Path, name: str) -> bytes:
    try:
        if not path.is_file():
            what = "this is not a file" if path.exists() else "there is no such file"
            raise ConfigError([Mistake(name, 1, 1, f"{what}, expected a table (CSV)")])
        if (size := path.stat().st_size) > MAX_BYTES:
            message = f"the file has {size:,} bytes, expected at most {MAX_BYTES:,}; split it"
            raise ConfigError([Mistake(name, 1, 1, message)])
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError([Mistake(name, 1, 1, f"cannot be read: {reason}")]) from error


def _decode(name: str, raw: bytes) -> str:
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return _strictly(name, raw[len(bom) :], encoding)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        encoding = "gb18030" if _looks_chinese(raw) else "cp1252"
    text = _strictly(name, raw, encoding)
    _log.warning(
        "%s is not UTF-8 and was read as %s. Look at its accents and Chinese characters, and "
        "save it as UTF-8 to be sure.",
        name,
        "GB 18030" if encoding == "gb18030" else "Windows-1252",
    )
    return text


def _looks_chinese(raw: bytes) -> bool:
    """Nearly all pairs lie in the plane of GB 2312; an accent is followed by a plain letter."""
    pairs = _GB_PAIR.findall(raw)
    both_high = sum(pair[0] >= 0xA1 and pair[1] >= 0xA1 for pair in pairs)
    return bool(pairs) and both_high >= 0.8 * len(pairs)


def _strictly(name: str, raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode(encoding, "replace")
        line, column = _place(before, len(before))
        message = (
            f"found the byte 0x{raw[error.start]:02X}, which is not {encoding.upper()}; "
            "expected UTF-8: save the table again as “CSV UTF-8”"
        )
        raise ConfigError([Mistake(name, line, column, message)]) from None


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _rows(name: str, text: str) -> list[list[Cell]]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    mark = _separator(text)
    field = re.compile(rf'[ ]*"((?:[^"]|"")*)"[ ]*|([^{mark}\n]*)')
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at, line, start = 0, 1, 0
    while at < len(text):
        match = field.match(text, at)
        assert match is not None  # noqa: S101  the second alternative matches anything
        quoted = match[1]
        cell = Cell(match[2] if quoted is None else quoted.replace('""', '"'), line, at - start + 1)
        _refuse(name, cell, quoted is None, text[match.end() : match.end() + 1], mark)
        row.append(cell)
        if breaks := match[0].count("\n"):
            line += breaks
            start = match.start() + match[0].rfind("\n") + 1
        at = match.end() + 1
        if match.end() >= len(text) or text[match.end()] == "\n":
            rows.append(row)
            row, line, start = [], line + 1, at
    if row:
        rows.append([*row, Cell("", line, at - start + 1)])
    return rows


def _refuse(name: str, cell: Cell, plain: bool, follows: str, mark: str) -> None:
    message = ""
    if plain and cell.text.lstrip().startswith('"'):
        message = 'found a quote (") without its end; double the quotes inside a text ("")'
    elif follows not in {"", "\n", mark.replace("\\t", "\t")}:
        message = f"found {follows!r} after a closing quote; double the quotes inside a text"
    elif len(cell.text) > MAX_CELL:
        message = (
            f"a cell has {len(cell.text):,} characters, expected at most {MAX_CELL:,}; is a "
            "closing quote missing?"
        )
    if message:
        raise ConfigError([Mistake(name, cell.line, cell.column, message)])


def _separator(text: str) -> str:
    """Return what separates the names in the first row, as a regular expression."""
    header = re.sub(r'"[^"]*"', "", next((row for row in text.split("\n") if row.strip()), ""))
    counts = {",": header.count(","), ";": header.count(";"), r"\t": header.count("\t")}
    return max(counts, key=lambda mark: counts[mark])
