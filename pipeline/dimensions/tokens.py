"""Text to tokens: numbers, and words by what they mean. In linear time, whatever the text.

Every character is replaced by at most one, so that places in the tokens are places in the text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from pipeline.dimensions import words
from pipeline.dimensions.numbers import BEGIN, LAST, NUMBER, read_number
from pipeline.dimensions.units import HISTORICAL, units

# What a token is, in one letter each: they are compared a hundred times for a statement.
NUM, UNIT, AXIS, PART, TIMES = "n", "u", "a", "p", "x"
BREAK, COMMA, COLON, SLASH, DASH, OPEN, CLOSE = ";", ",", ":", "/", "-", "(", ")"
ABOUT, EACH, PLURAL, VARIABLE, WITH, WITHOUT = "~", "e", "s", "v", "w", "o"
FRESH, POSITION, NEUTRAL, UNKNOWN, RANGE, END = "f", "#", ".", "?", "r", ""


class Token(NamedTuple):
    """What it is, what it says, and where it stands in the text."""

    kind: str
    value: Any
    start: int
    end: int


_CJK = "\u3040-\u30ff\u3300-\u33ff\u3400-\u9fff\uf900-\ufaff"
_LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u1fff"
_GLUED = re.compile(r"[hwbltdp](?:x[hwbltdp]){1,3}")
"""``HxBxT``"""

_SAME = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "✕✖╳⨯"), "×"),
    **dict.fromkeys(map(ord, "’‘′ʹ"), "'"),
    **dict.fromkeys(map(ord, "”“″〃„"), '"'),
    **dict.fromkeys(map(ord, "–—−‑‒―"), "-"),
    **dict.fromkeys(map(ord, "～〜"), "～"),
    **dict.fromkeys(map(ord, "\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u3000"), " "),
    **dict.fromkeys(map(ord, "、，・·•"), ","),
    **dict.fromkeys(map(ord, "。；\u2028\u2029"), ";"),
    **dict.fromkeys(map(ord, "【［〔〈「『"), "("),
    **dict.fromkeys(map(ord, "】］〕〉」』"), ")"),
    ord("\u202f"): "\u00a0",
    ord("⁄"): "/",
    ord("⌀"): "Ø",
    ord("∅"): "Ø",
    ord("："): ":",
}
_MARKS: dict[str, tuple[str, Any]] = {
    "\n": (BREAK, "\n"),
    ";": (BREAK, ";"),
    "|": (BREAK, ";"),
    ",": (COMMA, None),
    ":": (COLON, None),
    "=": (COLON, None),
    "/": (SLASH, None),
    "-": (DASH, None),
    "～": (RANGE, None),
    "(": (OPEN, None),
    "[": (OPEN, None),
    ")": (CLOSE, None),
    "]": (CLOSE, None),
    "×": (TIMES, None),
    "*": (TIMES, None),
    "~": (ABOUT, None),
    "±": (ABOUT, "±"),
}


def _entries() -> list[tuple[str, str, Any]]:
    """Return (words, kind, value), the later ones winning over the earlier."""
    entries: list[tuple[str, str, Any]] = [
        (words.NEUTRAL, NEUTRAL, None),
        (words.POSITIONS, POSITION, None),
        (words.RANGE, RANGE, None),
        (words.EACH, EACH, None),
        (words.NUMBERS, PLURAL, ""),
        (words.WITH, WITH, None),
        (words.WITHOUT, WITHOUT, None),
        (words.WITHOUT_FRAME, WITHOUT, "frame"),
        (words.WITH_FRAME, WITH, "frame"),
        (words.VARIABLE, VARIABLE, None),
        (words.FRESH, FRESH, None),
        (words.ABOUT, ABOUT, None),
        ("x", TIMES, None),
    ]
    entries += [(text, PART, name) for name, text in words.PARTS.items()]
    entries += [(text, PLURAL, name) for name, text in words.PLURALS.items()]
    entries += [(" ".join(each.values()), AXIS, axis) for axis, each in words.AXES.items()]
    entries += [(" ".join(words.LETTERS), AXIS, "")]
    return entries


@cache
def _meanings() -> dict[str, tuple[str, Any]]:
    found = dict(_MARKS)
    found |= {word: (kind, value) for text, kind, value in _entries() for word in text.split()}
    table, only_after = units(), set(words.ONLY_AFTER_NUMBERS.split())
    for name, text in words.UNITS.items():
        for word in text.split():
            if word not in only_after:
                found[word] = (UNIT, table[name])
    # Parts that a word and its reading share: 口径 is the diameter of the mouth.
    found |= dict.fromkeys(words.MOUTH_DIAMETER.split(), (AXIS, ("diameter", "mouth")))
    found |= dict.fromkeys(words.FOOT_DIAMETER.split(), (AXIS, ("diameter", "foot")))
    return found


@cache
def _after_numbers() -> dict[str, tuple[str, Any]]:
    table, only_after = units(), set(words.ONLY_AFTER_NUMBERS.split())
    found: dict[str, tuple[str, Any]] = {
        word: (UNIT, table[name])
        for name, text in words.UNITS.items()
        for word in text.split()
        if word in only_after
    }
    found |= dict.fromkeys(words.HISTORICAL.split(), (UNIT, HISTORICAL))
    found |= {"'": (UNIT, table["foot"]), '"': (UNIT, table["inch"]), "''": (UNIT, table["inch"])}
    return found


@cache
def _after() -> dict[str, dict[str, tuple[str, Any]]]:
    """Return what words mean after a number, and after a unit."""
    times: dict[str, tuple[str, Any]] = dict.fromkeys(words.TIMES.split(), (TIMES, None))
    return {NUM: _after_numbers() | times, UNIT: times}


@cache
def _pattern() -> re.Pattern[str]:
    known = [*_meanings(), *_after_numbers()]
    cjk = [word for word in known if re.fullmatch(f"[{_CJK}]+", word)]
    terms = "|".join(sorted(cjk, key=lambda word: (-len(word), word)))
    word = (
        rf"[omOM]\.[ ]?R\.|(?:mm|cm|dm|m|in|ft)(?=[xX][ ]?[{BEGIN}])"
        rf"|(?<=[{LAST} ])[xX](?=[{_LETTER}]{{1,2}}\.?[ ]?[{BEGIN}])|[{_LETTER}]++\.?"
    )
    begins = f"(?=[{BEGIN}.])"  # spares every word a try at a number
    return re.compile(
        rf"[^\S\n]*+(?:{begins}({NUMBER})|({word})|({terms}|[{_CJK}])|(\n|''|[^\s])|\Z)", re.ASCII
    )


def plain_text(text: str) -> str:
    """Return the text with one sign for every kind of dash, quote, bracket and digit."""
    return text if text.isascii() else text.translate(_SAME)


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a text. Words in no table are ``UNKNOWN``, such marks are left out."""
    plain = plain_text(text)
    meanings, after, new = _meanings(), _after(), tuple.__new__
    tokens: list[Token] = []
    last = END
    for match in _pattern().finditer(plain):
        group = match.lastindex
        if group is None:  # the end
            break
        found = match[group]
        if group == 1:
            meaning: tuple[str, Any] | None = (NUM, read_number(found))
        else:
            meaning = after[last].get(found) if last in after else None
            meaning = meaning or meanings.get(found) or _looked_up(found, group, last)
        if meaning is None:
            if group != 4:
                tokens.extend(_unglued(found.lower(), match.start(group)))
                last = AXIS
            continue
        last, value = meaning
        start, end = match.span(group)
        tokens.append(
            new(Token, (last, found[0] if value == "" and last == AXIS else value, start, end))
        )
    return tokens


def _looked_up(found: str, group: int, last: str) -> tuple[str, Any] | None:
    """Return what a word means that is not written as in the tables; ``None`` for ``HxBxT``."""
    if group == 4:
        return None
    word = found.lower().rstrip(".").replace(". ", ".")
    meaning = after.get(word) if (after := _after().get(last)) else None
    meaning = meaning or _meanings().get(word)
    return meaning or (None if _GLUED.fullmatch(word) else (UNKNOWN, word))


def _unglued(word: str, start: int) -> list[Token]:
    return [
        Token(TIMES, None, start + at, start + at + 1)
        if letter == "x"
        else Token(AXIS, letter, start + at, start + at + 1)
        for at, letter in enumerate(word)
    ]
