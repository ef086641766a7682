"""What kinds of answer are welcome, judged by what a server says and by how the answer begins.

Servers send error pages as pictures and pictures as "octet-stream", so the first bytes have the
last word. This is no proof that a file is whole or harmless: that is the decoder's work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import SourceError

HEAD_BYTES = 1024
"""How much of an answer is looked at."""

_ANY_TYPE = (
    *("application/octet-stream", "binary/octet-stream", "text/plain"),
    *("application/download", "application/force-download", "application/x-download"),
)
"""What servers call a file that they know nothing of."""

_PICTURES = (
    ("JPEG", rb"\xff\xd8\xff"),
    ("PNG", rb"\x89PNG\r\n\x1a\n"),
    ("TIFF", rb"II[*+]\0|MM\0[*+]"),
    ("WebP", rb"RIFF....WEBP"),
    ("GIF", rb"GIF8"),
    ("JPEG 2000", rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
    ("AVIF", rb"....ftypavi"),
    ("HEIC", rb"....ftyp(?:hei|hev|mif|msf)"),
    ("BMP", rb"BM"),
)
_OTHERS = (
    ("a PDF document", rb"%PDF"),
    ("a ZIP archive or an office document", rb"PK\x03\x04"),
    ("a gzip archive", rb"\x1f\x8b"),
    ("a video", rb"....ftyp|\x1a\x45\xdf\xa3|RIFF....AVI "),
)
"""Source: the formats' own descriptions of how their files begin."""

_WEB_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|title)\b", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class NotServed(SourceError):
    """The server answered, and the answer is not the file that was wanted."""

    def __init__(self, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status."""


@dataclass(frozen=True)
class Wanted:
    """One kind of file that is asked for."""

    name: str
    """Its file's name in the cache."""
    noun: str
    """For messages: what was expected."""
    accept: str
    """The Accept header."""
    types: str
    """A pattern of the media types that are welcome."""
    packed: bool
    """The server may pack it (gzip). Pictures are packed already."""
    limit: Literal["picture", "document"]

    def refuse_type(self, content_type: str) -> str | None:
        """Say what is wrong with a Content-Type header; ``None``: nothing."""
        kind = content_type.partition(";")[0].strip().lower()
        if not kind or kind in _ANY_TYPE or re.fullmatch(self.types, kind):
            return None
        return f"the server sent {kind[:80]!r}, expected {self.noun}"

    def refuse_head(self, head: bytes) -> str | None:
        """Say what is wrong with the first bytes of a file; ``None``: nothing."""
        found = identify(head)
        if found in _WELCOME[self.name]:
            return None
        return f"found {found}, expected {self.noun}"


def identify(head: bytes) -> str:
    """Return in words what a file is that begins with ``head``."""
    if not head:
        return "nothing (0 bytes)"
    if any(re.match(start, head, re.DOTALL) for _, start in _PICTURES):
        return "a picture"
    for noun, start in _OTHERS:
        if re.match(start, head, re.DOTALL):
            return noun
    text = _unmarked(head)
    if text.startswith(b"<"):
        return "a web page" if _WEB_PAGE.search(text) else "XML"
    if text.startswith((b"{", b"[")):
        return "JSON"
    readable = b"\0" not in text and sum(c < 32 and c not in b"\t\r\n\f" for c in text) == 0
    return "text" if readable else "an unknown kind of file"


def _unmarked(head: bytes) -> bytes:
    """Return the text of ``head`` without its byte order mark, UTF-16 as UTF-8."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            head = head[len(mark) :].decode(encoding, "ignore").encode()
            break
    return head.lstrip()


PICTURE = Wanted(
    name="picture",
    noun="a picture",
    accept="image/jpeg, image/png, image/tiff, image/webp, image/*;q=0.5",
    types=r"image/(?!svg)[\w.+-]+",
    packed=False,
    limit="picture",
)
JSON = Wanted(
    name="json",
    noun="a JSON document",
    accept="application/ld+json, application/json;q=0.9, application/x-ndjson;q=0.8",
    # "text/html" is what PHP says unless told otherwise, and many collections' APIs are PHP.
    types=r"(?:application|text)/(?:(?:[\w.-]+\+)?(?:x-)?(?:json|jsonl|ndjson|jsonlines)|javascript)"
    r"|text/html",
    packed=True,
    limit="document",
)
XML = Wanted(
    name="xml",
    noun="an XML document",
    accept="application/xml, text/xml, application/rdf+xml",
    types=r"(?:application|text)/(?:[\w.-]+\+)?xml",
    packed=True,
    limit="document",
)
TABLE = Wanted(
    name="table",
    noun="a table (CSV, TSV, XLSX)",
    accept="text/csv, text/tab-separated-values, "
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    types=r"text/(?:csv|tab-separated-values|x-csv|comma-separated-values)|application/(?:csv|"
    r"x-csv|vnd\.ms-excel|vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet|zip)",
    packed=True,
    limit="document",
)

_WELCOME = {
    PICTURE.name: {"a picture"},
    JSON.name: {"JSON"},
    XML.name: {"XML"},
    # A table may begin with any text: its first heading can be "[id]" or "<title>".
    TABLE.name: {"text", "JSON", "XML", "a ZIP archive or an office document"},
}
