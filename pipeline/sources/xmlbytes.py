"""The bytes of an XML document, whatever their encoding, as UTF-8 that a parser can read.

Knows encodings, control characters and entities of HTML, which exports have and XML has not. What
is mended is said once for each file, with the line. Knows nothing of elements.

Source: Extensible Markup Language (XML) 1.0, fifth edition, 2.2 "Characters", 4.1 "Character and
Entity References", appendix F "Autodetection of Character Encodings"; WHATWG "Encoding", which
reads what calls itself Latin-1 as Windows-1252, because that is what it is.
"""

from __future__ import annotations

import codecs
import html.entities
import logging
import re
from collections.abc import Callable
from typing import BinaryIO

from pipeline.errors import ConfigError, Mistake

_log = logging.getLogger(__name__)

MOST_ENTRY = 16 * 1024 * 1024
"""Bytes of one entry. A record of LIDO has some 20 kB, with all the pictures of a book 2 MB."""
_CHUNK = 64 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,20}=\s{0,20}[\"']([A-Za-z0-9._-]{1,40})")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
_READABLE = re.compile(
    r"iso[-_]?8859[-_]?\d{1,2}|latin-?\d|windows-?125\d|cp-?125\d|"
    r"gb_?2312|gbk|gb18030|big5|big5-?hkscs|shift_?jis|cp932|windows-31j|euc-(jp|kr)|koi8-[ru]|"
    r"macintosh|ibm-?850|cp850",
    re.IGNORECASE,
)
_WESTERN = re.compile(r"(iso[-_]?8859[-_]?1|latin-?1)", re.IGNORECASE)
_WIDE = re.compile(rb"(utf|ucs|iso-10646-ucs)-?(16|32|2|4)(le|be)?", re.IGNORECASE)

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_STRAY = re.compile("[\udc80-\udcff]")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,7}|x[0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LONGEST_REFERENCE = 40


class Utf8:
    """A document for a parser to read.

    Args:
        file: its bytes.
        name: for messages.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self._held = ""
        self._begun = False
        self._lines = 0
        self._since = 0
        self._told: set[str] = set()
        start = file.read(1024)
        self._start = start
        self._encoding_name = self._encoding(start)
        errors = "surrogateescape" if self._encoding_name == "utf-8" else "replace"
        self._decoder = codecs.getincrementaldecoder(self._encoding_name)(errors)

    def entry_read(self) -> None:
        """Say that an entry is complete: the next one may be as long again."""
        self._since = 0

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002  a parser takes what it gets
        """Return the next bytes, ``b""`` at the end.

        Raises:
            ConfigError: if one entry is longer than any is, or is not there in a long file.
        """
        while True:
            raw = self._start or self._file.read(_CHUNK)
            self._start = b""
            text = self._mended(self._decoder.decode(raw, final=not raw), final=not raw)
            if text or not raw:
                break
        self._since += len(text)
        if self._since > MOST_ENTRY:
            message = (
                f"found no end of an entry in {MOST_ENTRY:,} characters, expected shorter ones; "
                "is this the right format, and is it complete?"
            )
            raise ConfigError([Mistake(self._name, self._lines + 1, 1, message)])
        return text.encode()

    def _encoding(self, start: bytes) -> str:
        for mark, encoding in (*_BOMS, *_UNMARKED):
            if start.startswith(mark):
                if (mark, encoding) in _BOMS:
                    self._start = start[len(mark) :]
                return encoding
        match = _DECLARED.search(start)
        # What a program wrote as UTF-16 and another saved as UTF-8 still says that it is UTF-16.
        if match is None or _WIDE.fullmatch(match[1]):
            return "utf-8"
        label = match[1].decode()
        if re.fullmatch(r"utf-?8|(us-?)?ascii", label, re.IGNORECASE):
            return "utf-8"
        try:
            if _READABLE.fullmatch(label):
                return codecs.lookup(_python_name(label)).name
        except LookupError:
            pass
        message = f"found the encoding {label!r}, expected UTF-8; save the file again as UTF-8"
        raise ConfigError([Mistake(self._name, 1, 1, message)])

    def _mended(self, text: str, *, final: bool) -> str:
        text, self._held = self._held + text, ""
        if not self._begun:
            if not text.strip() and not final:
                self._held = text
                return ""
            self._begun = True
            if match := _DECLARATION.match(text):
                text = "\n" * match[0].count("\n") + text[match.end() :]
        at = text.rfind("&", max(0, len(text) - _LONGEST_REFERENCE))
        if at >= 0 and not final and ";" not in text[at:]:
            text, self._held = text[:at], text[at:]
        if "\ufffd" in text and self._encoding_name != "utf-8":
            self._tell(text, text.index("\ufffd"), "bytes that are not of its encoding")
        text = self._replaced(text, _STRAY, _western, "bytes that are not UTF-8")
        text = self._replaced(text, _FORBIDDEN, lambda _: "", "control characters")
        if "&" in text:
            text = _REFERENCE.sub(_character, text)
        self._lines += text.count("\n")
        return text

    def _replaced(
        self, text: str, what: re.Pattern[str], by: Callable[[re.Match[str]], str], name: str
    ) -> str:
        found = what.search(text)
        if found is None:
            return text
        self._tell(text, found.start(), name)
        return what.sub(by, text)

    def _tell(self, text: str, at: int, what: str) -> None:
        if what in self._told:
            return
        self._told.add(what)
        line = self._lines + text.count("\n", 0, at) + 1
        _log.warning(
            "%s:%d has %s. They were read as well as could be; look at the texts, and save the "
            "file again as UTF-8 to be sure.",
            self._name,
            line,
            what,
        )


def _python_name(label: str) -> str:
    if _WESTERN.fullmatch(label):
        return "cp1252"
    known = {"windows-31j": "cp932", "macintosh": "mac-roman"}
    return known.get(label.lower(), label.lower())


def _western(match: re.Match[str]) -> str:
    """Read one byte that is no UTF-8 as Windows-1252, which stands in most files that have any."""
    return bytes([ord(match[0]) - 0xDC00]).decode("cp1252", "replace")


def _character(match: re.Match[str]) -> str:
    """Return what a reference means where XML would refuse it; leave it where XML knows it."""
    number, name = match[1], match[2]
    if name:
        text = "" if name in _OWN else html.entities.html5.get(name + ";", "")
        return text if text and not set(text) & set("<&") else match[0]
    code = int(number[1:], 16) if number[0] == "x" else int(number)
    forbidden = code > 0x10FFFF or 0xD800 <= code < 0xE000 or _FORBIDDEN.match(chr(code))
    return "" if forbidden else match[0]
