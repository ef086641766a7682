"""Looking a few tokens ahead, where a word or number alone does not say what it is."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.dimensions.tokens import (
    AXIS,
    BREAK,
    CLOSE,
    COMMA,
    END,
    NUM,
    OPEN,
    SLASH,
    TIMES,
    UNIT,
    Token,
)


def is_count(tokens: Sequence[Token], after: int) -> bool:
    """Say whether a bare number before ``after`` is no measure: ``9 frames``, ``panel 2``."""
    kinds = [token.kind for token in tokens[after : after + 4]]
    if kinds[0] == TIMES:
        return False
    if kinds[0] == OPEN:
        kinds = kinds[1:]
    return not (kinds[0] == UNIT or (kinds[0] == AXIS and (TIMES in kinds or CLOSE in kinds)))


def multiplies(tokens: Sequence[Token], at: int) -> bool:
    """Say whether an x comes after a count: ``2 x (30 x 20 cm)``."""
    counted = at > 0 and tokens[at - 1].kind == NUM and (at < 2 or tokens[at - 2].kind != TIMES)
    return counted and [token.kind for token in tokens[at + 1 : at + 4]] == [OPEN, NUM, TIMES]


def introduces(tokens: Sequence[Token], after: int) -> bool:
    """Say whether a letter is an axis: a number or a unit follows soon, in the same clause."""
    for token in tokens[after : after + 5]:
        if token.kind in {NUM, UNIT}:
            return True
        if token.kind in {BREAK, SLASH, COMMA, END}:
            return False
    return False


def begins_anew(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a bracket that begins a line holds numbers: details of the line before."""
    if tokens[at - 1].kind != BREAK:
        return False
    ahead = [token.kind for token in tokens[at : at + 8]]
    return NUM in ahead and CLOSE not in ahead[: ahead.index(NUM)]
