"""JSON text of strangers to plain values.

Knows what exports do beyond the standard, and what is done with it: ``NaN`` and ``Infinity`` are
nothing (``null``), for "not a number" states none; a number too large for a float and a whole
number of more than 40 digits stay text; line breaks and control characters inside texts are let
through, for `pipeline.sources.texts` cleans texts; half of a character (an escape ``ud83d`` alone)
becomes U+FFFD; a key that comes twice is let through if it says the same both times and refused
if not. Python's json does the parsing. Knows nothing of files: that is `pipeline.sources.jsonfile`.

Source: RFC 8259 (JSON).
"""

from __future__ import annotations

import json
import math
import re

MOST_DEPTH = 64
MOST_VALUES = 2_000_000
"""In one document: ``[[],[],[], …`` takes thirty times its size in memory."""
_MOST_DIGITS = 40

_BAD_BYTE = re.compile("[\udc80-\udcff]")
"""How ``surrogateescape`` brings a byte that is not UTF-8."""
_HALF = re.compile(
    r"\\(?:(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_SPACE = re.compile(r"[ \t\r\n\x1e]*")
_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*("?)|[{}\[\]]', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}]*")


class NotJson(Exception):
    """Text that cannot be read, with the offset of what is wrong in it."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


class _Twice(ValueError):
    """A key that comes twice and says two things."""


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        for key, value in pairs:
            if made[key] != value:
                raise _Twice(key)
    return made


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= _MOST_DIGITS else text


def _fraction(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_int=_whole,
    parse_float=_fraction,
    parse_constant=lambda _: None,
    strict=False,
)

_REASONS = {
    "Expecting value": "expected a value (text in double quotes, a number, a list or an object)",
    "Expecting ',' delimiter": "expected a comma or the end of the list or object",
    "Expecting ':' delimiter": "expected a colon after the name",
    "Expecting property name enclosed in double quotes": (
        "expected a name in double quotes; is there a comma too many before it?"
    ),
    "Illegal trailing comma before end of object": "there is a comma too many before the end",
    "Illegal trailing comma before end of array": "there is a comma too many before the end",
    "Unterminated string starting at": "a text begins here and its closing quote is missing",
    "Invalid \\escape": "found a backslash that stands for nothing; double it",
    "Invalid \\uXXXX escape": "found \\u without four digits after it",
}
"""What json says, for people. Source: Python's json.decoder and json.scanner, 3.11 to 3.14."""


def decode(text: str, start: int) -> tuple[object, int]:
    """Return the value that begins at ``start``, and the offset behind it.

    Raises:
        NotJson: if none does.
    """
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        reason = _REASONS.get(error.msg, error.msg)
        raise NotJson(f"this is not JSON: {reason}", error.pos) from None
    except _Twice as error:
        message = f"found the key {error.args[0][:40]!r} twice with two values, expected it once"
        raise NotJson(message, start) from None
    except RecursionError:
        raise NotJson(_TOO_DEEP, start) from None


def parse(text: str) -> object:
    """Return the one value that the text is.

    Raises:
        NotJson: if it is not one, or one that no memory should be spent on.
    """
    start = end_of_space(text, 0)
    if start == len(text):
        raise NotJson("the file is empty, expected JSON")
    # Counted in texts too; no text has so many commas.
    if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:
        raise NotJson(f"found more than {MOST_VALUES:,} values, expected fewer; split it")
    value, end = decode(text, start)
    if (rest := end_of_space(text, end)) < len(text):
        raise NotJson(f"found {text[rest : rest + 20]!r} after the end of the JSON", rest)
    return checked(value, text)


def end_of_space(text: str, start: int) -> int:
    """Return the offset of the first character from ``start`` on that is no space."""
    match = _SPACE.match(text, start)
    return match.end() if match else start


_TOO_DEEP = f"nested more than {MOST_DEPTH} levels deep, expected fewer"


def checked(value: object, text: str) -> object:
    """Return the value of ``text`` without halves of characters.

    Raises:
        NotJson: if it is nested too deep, or its bytes were not UTF-8.
    """
    if not text.isascii() and (bad := _BAD_BYTE.search(text)):
        byte = ord(bad[0]) - 0xDC00
        message = f"found the byte 0x{byte:02X}, which is not UTF-8; save the file again as UTF-8"
        raise NotJson(message, bad.start())
    if _depth(value) > MOST_DEPTH:
        raise NotJson(_TOO_DEEP)
    if "\\ud" in text or "\\uD" in text:
        value, _ = decode(_HALF.sub(_whole_character, text), end_of_space(text, 0))
    return value


def _whole_character(match: re.Match[str]) -> str:
    return match[0] if match[2] is None else "\\ufffd"


def _depth(value: object) -> int:
    level, depth = [value], 0
    while level and depth <= MOST_DEPTH:
        level = [
            inside
            for one in level
            if isinstance(one, dict | list)
            for inside in (one.values() if isinstance(one, dict) else one)
            if isinstance(inside, dict | list)
        ]
        depth += 1
    return depth


def end_of_value(text: str, start: int) -> int:
    """Return the offset behind the value that begins at ``start``; 0 if it does not end here.

    It ends where its brackets close, whatever is wrong within. A text that is not closed runs to
    the end, so that nothing that is merely cut off is taken for whole.
    """
    if text[start : start + 1] not in {"{", "[", '"'}:
        match = _SCALAR.match(text, start)
        end = match.end() if match else start
        return end if start < end < len(text) else 0
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
        elif not token[1]:
            return 0
        if depth == 0:
            return token.end()
    return 0
