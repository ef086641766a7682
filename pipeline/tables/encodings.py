"""Finds out in which encoding a table was saved.

A byte order mark says it. Else it is UTF-16 if every other byte is zero; UTF-8 if the whole file
is, which is looked at before the first row is read, or if only a few bytes are not (those rows are
told and the others read); else what the letters say (`pipeline.tables.letters`).
"""

from __future__ import annotations

import codecs
import logging
import re
from pathlib import Path

from pipeline.tables.letters import guess_encoding

_log = logging.getLogger(__name__)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20
_SAMPLE = 64 * 1024
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_NAMES = {
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp850": "DOS code page 850",
    "mac_roman": "Mac Roman",
    "iso8859_2": "ISO 8859-2",
    "gb18030": "GB 18030",
    "cp950": "Big5",
    "cp932": "Shift JIS",
    "cp949": "Korean (code page 949)",
}


def find_encoding(path: Path) -> str:
    """Return the encoding of the table, and say in the log where it is a guess.

    Raises:
        OSError: if the file cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    if encoding := _utf16(start):
        return encoding
    wrong = _first_not_utf8(path)
    if wrong is None:
        return "utf-8"
    sample = _sample(path, wrong)
    text = sample.decode("utf-8", "surrogateescape")
    bad = len(_NOT_UTF8.findall(text))
    good = sum(character > "\x7f" for character in text) - bad
    if good >= 10 * bad:
        return "utf-8"
    guessed = guess_encoding(sample)
    _log.warning(
        "%s is not UTF-8 and was read as %s. Look at its accents and characters; if they are "
        "wrong, save it as “CSV UTF-8” or name its encoding in the config (source.encoding).",
        path,
        _NAMES.get(guessed, guessed),
    )
    return guessed


def _utf16(start: bytes) -> str:
    """Return which UTF-16 it is, where there is no mark: zeros stand beside what is ASCII."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    few = len(start) // 50
    if odd > few and odd > 10 * even:
        return "utf-16-le"
    if even > few and even > 10 * odd:
        return "utf-16-be"
    return ""


def _first_not_utf8(path: Path) -> int | None:
    """Return the offset of the chunk of the file that is not UTF-8, if there is one."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                return max(0, offset - 4)
            if not chunk:
                return None
            offset += len(chunk)


def _sample(path: Path, offset: int) -> bytes:
    """Return lines that are not ASCII, from a little before ``offset`` on."""
    kept, size = [], 0
    with path.open("rb") as file:
        if offset > _SAMPLE:
            file.seek(offset - _SAMPLE)
            file.readline(_CHUNK)  # it may begin in the middle of a character
        while size < _SAMPLE and (line := file.readline(_CHUNK)):
            if not line.isascii():
                kept.append(line[:_SAMPLE])
                size += len(line)
    return b"".join(kept)[:_SAMPLE]
