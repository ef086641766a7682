"""Texts of catalogues, made fit to be shown: control characters, entities, tags, mojibake, length.

Knows characters, a few tags of HTML, what a web address and a language's tag look like, and
nothing of catalogues. What it takes away is what no reader would miss; a title such as
``<untitled>`` or ``<script>`` is text and stays.
"""

from __future__ import annotations

import html
import logging
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from pipeline.sources.described import MOST_CHARACTERS

_log = logging.getLogger(__name__)

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""C0 controls that are neither a tab nor the end of a line."""
_SURROGATES = re.compile("[\ud800-\udfff]")
"""Halves of characters, as ``"\\ud83d"`` alone in JSON makes them: no file could hold them."""
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""What an id cannot be made of, because nobody sees it: controls, marks of direction, joiners."""

_ADDRESS = re.compile(r"https?://(?:\w|\[[0-9a-f:.]{2,45}\])\S{0,3900}", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,8}")
"""Source: BCP 47, without its private and grandfathered forms."""

_USER = re.compile(r"(https?:[/\\]{2})[^\s/?#]{1,300}@", re.IGNORECASE)
_TOKEN = re.compile(
    r"([?&;#](?:access[_-]?token|token|api[_-]?key|x-amz-[a-z-]{1,40}|signature|sig|password|passwd"
    r"|pwd|secret|jwt)=)[^\s&;#\"'<>]+",
    re.IGNORECASE,
)

_BREAKS = frozenset(
    {"blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li"}
    | {"ol", "p", "table", "tr", "ul"}
)
_TAGS = _BREAKS | frozenset(
    {"a", "abbr", "b", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "pre", "q"}
    | {"s", "small", "span", "strike", "strong", "sub", "sup", "tbody", "td", "th", "thead", "tt"}
    | {"u"}
)
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,10})(?:[\s/][^<>]{0,2000})?>")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_SUSPECT = re.compile(
    "[\u0080-\u009f]|[\u00c2\u00c3\u00d0\u00d1\u00e2-\u00e9\u00ef]"
    "[\u00a0-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
"""UTF-8 read as Windows-1252 or Latin-1: a leading byte and one that follows it."""


def clean_text(text: str) -> str:
    """Return ``text`` without control characters, with plain ends of lines, trimmed."""
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
        text = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
    return text.strip()


def clean_id(text: str) -> str:
    """Return an id as it is seen: without what is invisible, on one line, in NFC."""
    seen = _SURROGATES.sub("\ufffd", _UNSEEN.sub(" ", text))
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def shortened(text: str) -> str:
    """Return a text that fits into an item, and says so where it was cut."""
    if len(text) <= MOST_CHARACTERS:
        return text
    mark = f" […, cut: {len(text):,} characters]"
    return text[: MOST_CHARACTERS - len(mark)] + mark


def is_address(text: str) -> bool:
    """Say whether it is an address on the web, on one line and with a host."""
    return _ADDRESS.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def language_tag(text: str) -> str:
    """Return a language as BCP 47 writes it, or ``""``.

    >>> language_tag("EN"), language_tag("de_at"), language_tag("none")
    ('en', 'de-AT', '')
    """
    tag = text.strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag):
        return ""
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def file_name(path: Path) -> str:
    """Return a file's name; of one that is not UTF-8, what can be shown of it."""
    return path.name.encode("utf-8", "replace").decode()


def without_secrets(text: str) -> str:
    """Return a text whose web addresses hold no user, password or token: it may be published."""
    if "://" not in text:
        return text
    return _TOKEN.sub(r"\1…", _USER.sub(r"\1", text))


def plain_from_html(text: str) -> str:
    """Return HTML as plain text: tags of emphasis go, ``<br>`` and ``<p>`` break the line.

    Text that only looks like a tag (``<untitled>``) and tags that have no place in a text
    (``<script>``) stay as they are. Takes time in proportion to the text's length.
    """
    if "<" in text:
        text = _TAG.sub(_without_tag, text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", clean_text(text))
    return re.sub(r"\n{3,}", "\n\n", text)


def _without_tag(match: re.Match[str]) -> str:
    name = match[1].lower()
    if name not in _TAGS:
        return match[0]
    return "\n" if name in _BREAKS else ""


class Cleaner:
    """Cleans the texts of one file, mends mojibake, and says once that it did.

    Source: ftfy, which undoes an encoding only where the text is nonsense as it is.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._told = False

    def __call__(self, text: str) -> str:
        """Return ``text`` clean and, if it was mojibake, as it was meant."""
        if text.isascii() and text.isprintable():  # as keys, addresses and most texts are
            return text.strip()
        text = clean_text(text)
        if _SUSPECT.search(text) is None:
            return text
        from ftfy import fix_encoding

        mended = clean_text(fix_encoding(text))
        if mended != text and not self._told:
            self._told = True
            _log.warning(
                "%s has texts that were saved in one encoding and read in another: %r was read "
                "as %r, and others likewise.",
                self._file,
                text[:80],
                mended[:80],
            )
        return mended
