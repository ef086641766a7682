"""Numbers and dates of workbooks as the sheet shows them.

A workbook stores 1963.5 and shows ``1963.500`` if the cell's format is ``0.000``; it stores 123 and
shows ``00123``. Accession numbers live from what is shown. Knows the placeholders of formats; where
a format groups thousands, scales or shows fractions, the number itself is better than its looks.

Source: ECMA-376 (Office Open XML), part 1, 18.8.31 "numFmts".
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|([0#?])|(.)', re.DOTALL)
_TOO_LARGE = 1e21
_MOST_DECIMALS = 30
"""Source: Excel, "Specifications and limits"."""
_EXACT = Context(prec=60)


class _Format(NamedTuple):
    whole: tuple[str, ...]
    """Placeholders and, marked by a leading NUL, literal text, before the point."""
    decimals: str
    """Placeholders behind the point."""
    after: str
    """Literal text behind them."""


def shown_number(value: float, code: str) -> str:
    """Return a number as a cell of the format ``code`` shows it."""
    if not math.isfinite(value):
        return ""
    layout = _read(code)
    if layout is None or abs(value) >= _TOO_LARGE:
        return plain_number(value)
    least = layout.decimals.count("0")
    step = Decimal(1).scaleb(-len(layout.decimals))
    digits = f"{abs(Decimal(repr(value))).quantize(step, ROUND_HALF_UP, _EXACT):f}"
    whole, _, part = digits.partition(".")
    while len(part) > least and part.endswith("0"):
        part = part[:-1]
    text = _filled(layout.whole, whole) + (f".{part}" if part else "")
    return ("-" if value < 0 else "") + text + layout.after


def plain_number(value: float) -> str:
    """Return a number as a cell without a format shows it: 15 digits, no exponent.

    >>> plain_number(0.1 + 0.2), plain_number(1963.504), plain_number(12.0)
    ('0.3', '1963.504', '12')
    """
    if isinstance(value, int):
        return str(value)
    text = f"{value:.15g}"
    if "e" in text and abs(value) < _TOO_LARGE:
        text = f"{Decimal(text):f}"
    return text


@lru_cache(maxsize=4096)
def _read(code: str) -> _Format | None:
    """Take a format apart; ``None``: the number is shown plainly."""
    whole: list[str] = []
    decimals, after, behind = "", "", False
    for digit, literal, other in _tokens(code):
        if other == "." and not behind:
            behind = True
        elif other:
            return None  # a date, a fraction, a percentage, thousands, an exponent, a word
        elif not behind:
            whole.append(digit or f"\0{literal}")
        elif digit:
            decimals += digit
        else:
            after += literal
    if not decimals and not any(one in "0#?" for one in whole):
        return None
    if len(decimals) > _MOST_DECIMALS:
        return None
    while not behind and whole and whole[-1].startswith("\0"):
        after = whole.pop()[1:] + after
    return _Format(tuple(whole), decimals, after)


def _tokens(code: str) -> Iterator[tuple[str, str, str]]:
    """Yield placeholders, literal texts and other signs of what is shown for positive numbers."""
    for match in _TOKEN.finditer(code):
        quoted, escaped, digit, other = match.groups()
        if other == ";":
            return
        literal = quoted or escaped or (other if other and other in " -():$€£" else "")
        if literal or digit or other:
            yield digit or "", literal, "" if literal else other or ""


def _filled(pattern: tuple[str, ...], digits: str) -> str:
    """Put digits into placeholders from the right; those that are left stand before the first."""
    digits = digits.lstrip("0")
    left = sum(not one.startswith("\0") for one in pattern)
    text = ""
    for one in reversed(pattern):
        if one.startswith("\0"):
            text = one[1:] + text
            continue
        left -= 1
        taken, digits = (digits, "") if left == 0 else (digits[-1:], digits[:-1])
        text = (taken or ("0" if one == "0" else "")) + text
    return text


def shown_date(value: object, code: str) -> str:
    """Return a date as ISO 8601 has it, no finer than the cell shows it: ``1910``, ``1910-05``."""
    if not isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat() if isinstance(value, datetime.time) else str(value)
    letters = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code.lower())
    if isinstance(value, datetime.datetime) and (value.hour or value.minute or value.second):
        return value.isoformat(timespec="seconds") if "h" in letters else value.date().isoformat()
    if "y" not in letters or "d" in letters:
        return f"{value:%Y-%m-%d}"
    return f"{value:%Y-%m}" if "m" in letters else f"{value:%Y}"
