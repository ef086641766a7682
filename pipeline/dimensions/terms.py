"""Tokens to terms: ``7' 6 1/2"`` is one measure, ``10-12 cm`` one with two ends."""

from __future__ import annotations

from pipeline.dimensions.found import Term
from pipeline.dimensions.numbers import UNREADABLE, Number
from pipeline.dimensions.tokens import (
    AXIS,
    BREAK,
    COMMA,
    DASH,
    NUM,
    RANGE,
    SLASH,
    UNIT,
    Token,
)
from pipeline.dimensions.units import Unit, units

_FINER = {"foot": "inch", "pound": "ounce", "hour": "minute", "minute": "second"}
"""What may follow in one measure: 5 ft 3 in, 7 min 52 s."""
_PRIMES = {"foot": "minute", "inch": "second"}
"""What ' and " are of a duration."""


def read_term(
    tokens: list[Token], at: int, text: str, *, language: str, time: bool
) -> tuple[Term, int]:
    """Return the term that begins with the number at ``at``, and where the next token is."""
    token = tokens[at]
    number: Number = token.value
    at += 1
    if _is_group(token, tokens[at], text):
        number, at = _grouped(number, tokens[at], language), at + 1
    if number.high is None and _leads_to(tokens, at):
        number = _range(number, tokens[at + 1].value)
        at += 2
    unit, at = _unit(tokens, at)
    if unit is not None and time:
        unit = units().get(_PRIMES.get(unit.name, ""), unit)
    term = Term(number, number.low, number.high, unit, token.start, tokens[at - 1].end)
    term.step = number.step
    if unit is None:
        return term, at
    if _ends_range(tokens, at, unit):
        term.high, at = max(term.low, tokens[at + 1].value.low), at + 3
        term.low = min(term.low, tokens[at - 2].value.low)
    at = _finer(term, unit, tokens, at, time=time)
    term.end = tokens[at - 1].end
    return term, at


def _is_group(token: Token, following: Token, text: str) -> bool:
    """``1 200``: digits, a space, three digits."""
    return (
        following.kind == NUM
        and following.start == token.end + 1
        and following.end - following.start == 3
        and token.end - token.start <= 3
        and text[token.start : token.end].isdigit()
        and text[following.start : following.end].isdigit()
    )


def _grouped(number: Number, following: Token, language: str) -> Number:
    if language == "fr":
        return Number(number.low * 1000 + following.value.low)
    return UNREADABLE


def _leads_to(tokens: list[Token], at: int) -> bool:
    """A dash, a word or a slash without spaces leads from one number to another."""
    mark, following = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else tokens[at]
    if following.kind != NUM:
        return False
    tight = mark.start == tokens[at - 1].end and following.start == mark.end
    return mark.kind in {DASH, RANGE} or (mark.kind == SLASH and tight)


def _range(first: Number, second: Number) -> Number:
    if first.other is not None or second.other is not None:
        return UNREADABLE
    low, high = sorted((first.low, second.low))
    return Number(low, high, step=max(first.step, second.step))


def _unit(tokens: list[Token], at: int) -> tuple[Unit | None, int]:
    token = tokens[at]
    if token.kind == UNIT:
        return token.value, at + 1
    if token.kind == BREAK and token.value == "\n" and tokens[at + 1].kind == UNIT:
        return tokens[at + 1].value, at + 2
    if token.kind == AXIS and token.value == "h" and _is_hours(tokens, at):
        return units()["hour"], at + 1
    return None, at


def _is_hours(tokens: list[Token], at: int) -> bool:
    """``2 h 30 min``, where an h is no height."""
    after = tokens[at + 1 : at + 3]
    return (
        len(after) == 2
        and after[0].kind == NUM
        and after[1].kind == UNIT
        and after[1].value.dimension == "time"
    )


def _ends_range(tokens: list[Token], at: int, unit: Unit) -> bool:
    return (
        tokens[at].kind in {DASH, RANGE}
        and at + 2 < len(tokens)
        and tokens[at + 1].kind == NUM
        and tokens[at + 2].kind == UNIT
        and tokens[at + 2].value == unit
    )


def _finer(term: Term, unit: Unit, tokens: list[Token], at: int, *, time: bool) -> int:
    """Add inches to feet and seconds to minutes; the term stays in its first unit."""
    last = unit
    while True:
        here = at + (tokens[at].kind == COMMA and unit.dimension == "time")
        if here + 1 >= len(tokens) or tokens[here].kind != NUM or tokens[here + 1].kind != UNIT:
            return at
        number: Number = tokens[here].value
        finer: Unit = tokens[here + 1].value
        if time:
            finer = units().get(_PRIMES.get(finer.name, ""), finer)
        if not _fits(finer, last) or not (number.is_plain and term.number.is_plain):
            return at
        scale = finer.factor / unit.factor
        term.low += number.low * scale
        term.step = number.step * scale
        term.more += ((tokens[here].start, scale),)
        at, last = here + 2, finer


def _fits(finer: Unit, unit: Unit) -> bool:
    return _FINER.get(unit.name) == finer.name or (unit.name == "hour" and finer.name == "second")
