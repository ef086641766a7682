"""Numbers as catalogues write them: ``12 1/2``, ``6-7/8``, ``6⅛``, ``34,5``, ``1.250,5``, ``.75``.

A comma or dot before three digits can be read in two ways. It is left open here (`Number.other`)
and decided where unit and language are known.
"""

from __future__ import annotations

import math
import unicodedata
from typing import NamedTuple

VULGAR = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
BEGIN = f"0-9⁰¹²³⁴-⁹{VULGAR}"
"""What a number can begin with, beside a dot, and in `LAST` what it can end with."""
LAST = f"0-9₀-₉{VULGAR}"
_FRACTION = r"(?:[0-9]{1,3}+/[0-9]{1,3}+(?![0-9/])|[⁰¹²³⁴-⁹]{1,3}+/[₀-₉]{1,3}+)"
NUMBER = (
    rf"{_FRACTION}|[0-9]++(?:[.,][0-9]++|\u00a0[0-9]{{3}}(?![0-9]))*+"
    rf"(?:(?:[ ]{{0,3}}|-|[ ]?\+[ ]?|[ ]and[ ])(?:{_FRACTION}|[{VULGAR}]))?+"
    rf"|[{VULGAR}]|(?<![\w.,])\.[0-9]++"
)
"""In linear time: what was once taken is never given back."""

_MOST_DIGITS = 12
_SMALL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_VULGAR = {mark: unicodedata.numeric(mark) for mark in VULGAR}


class Number(NamedTuple):
    """A number, and how finely it is written."""

    low: float
    """NaN where it cannot be read."""
    high: float | None = None
    """``30/32`` is no fraction but two measures of something uneven."""
    step: float = 1.0
    """One of its last decimal, or of its fraction: 0.125 for ``6 3/8``."""
    other: float | None = None
    """``1,200``: what it is if the mark is not the decimal one; ``low`` is what it is if it is."""
    comma: bool = False
    """The mark in question is a comma."""

    @property
    def is_plain(self) -> bool:
        """It is one number, and there is one way to read it."""
        return self.high is None and self.other is None and self.low == self.low


UNREADABLE = Number(math.nan)


def read_number(text: str) -> Number:
    """Read what `NUMBER` matched."""
    if text.isdigit() and text.isascii():
        return Number(float(text)) if len(text) <= _MOST_DIGITS else UNREADABLE
    if len(text) > 2 * _MOST_DIGITS:
        return UNREADABLE
    if text[-1] in _VULGAR:
        return _with_fraction(text[:-1], _VULGAR[text[-1]], 0.125)
    if "/" in text:
        return _slashed(text)
    return _decimal(text)


def _slashed(text: str) -> Number:
    whole, numerator, denominator = _apart(text)
    if denominator == 0:
        return UNREADABLE
    if numerator >= denominator or math.gcd(numerator, denominator) > 1:
        low, high = sorted((float(numerator), float(denominator)))
        return UNREADABLE if whole else Number(low, high)
    return _with_fraction(whole, numerator / denominator, 1 / denominator)


def _apart(text: str) -> tuple[str, int, int]:
    before, denominator = text.split("/", 1)
    at = len(before)
    while at and (before[at - 1].isascii() == before[-1].isascii()) and before[at - 1].isdigit():
        at -= 1
    return before[:at], int(before[at:].translate(_SMALL)), int(denominator.translate(_SMALL))


def _with_fraction(whole: str, part: float, step: float) -> Number:
    digits = whole.removesuffix("and ").strip(" -+")
    if digits and not digits.isdigit():
        return UNREADABLE
    return Number((float(digits) if digits else 0.0) + part, step=step)


def _decimal(text: str) -> Number:
    spaced = "\u00a0" in text
    text = text.replace("\u00a0", "")
    marks = [c for c in text if c in ".,"]
    if not marks:
        return Number(float(text))
    last = marks[-1]
    whole, after = text.rsplit(last, 1)
    step = 10.0 ** -len(after)
    if len(set(marks)) == 2:
        grouped = marks.count(last) == 1 and _in_groups(whole, marks[0])
        low = float(f"{whole.replace(marks[0], '')}.{after}") if grouped else math.nan
        return Number(low, step=step)
    if len(marks) > 1:
        return Number(float(text.replace(last, ""))) if _in_groups(text, last) else UNREADABLE
    low = float(f"{whole}.{after}")
    if spaced or len(after) != 3 or len(whole) > 3 or whole.startswith("0") or not whole:
        return Number(low, step=step)
    return Number(low, step=step, other=float(whole + after), comma=last == ",")


def _in_groups(text: str, mark: str) -> bool:
    first, *rest = text.split(mark)
    return 0 < len(first) <= 3 and all(len(group) == 3 for group in rest)
