"""Ways into JSON: ``artist.name``, ``images[0].url``, ``images[*].url``.

A name may hold dots, if the entry has it so: ``dc.title`` is tried as one name where ``dc`` is
none. Lists can be left out at the end: ``keywords`` means all of ``keywords[*]``, if they are
texts.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

Step = str | int | None
"""A name, the place in a list from 0, or all of a list."""
Way = tuple[Step, ...]

_INSIDE = r"\[(?:\d{1,6}|\*)\]"
_PATH = re.compile(rf"(?:[^.\[\]]+|{_INSIDE})(?:\.[^.\[\]]+|{_INSIDE})*")
_PART = re.compile(r"\[(\d{1,6}|\*)\]|([^.\[\]]+)")
MOST_LEAVES = 10_000
_INDEX = re.compile(r"\[\d+\]")


class Leaf(NamedTuple):
    """A text at the end of a way, and the way as it is written."""

    path: str
    text: str


def read_path(path: str) -> Way:
    """Take a path apart.

    Raises:
        ValueError: if it is none.
    """
    if not _PATH.fullmatch(path):
        raise ValueError(f"found {path!r}, expected a path such as artist.name or images[*].url")
    way: list[Step] = []
    for index, name in _PART.findall(path):
        way.append(name or (None if index == "*" else int(index)))
    return tuple(way)


def texts_at(entry: object, way: Way) -> list[Leaf]:
    """Return the texts that an entry has on a way, in its order; empty ones are left out.

    Raises:
        ValueError: if an object stands there and no text.
    """
    found: list[Leaf] = []
    for path, value in _ends(entry, way):
        if isinstance(value, dict) and value:
            names = ", ".join(repr(f"{general(path)}.{name}") for name in list(value)[:4])
            raise ValueError(f"found an object at {path!r}, expected text; name one of {names}")
        if not isinstance(value, dict) and (text := as_text(value)):
            found.append(Leaf(path, text))
    return found


def has(entry: object, way: Way) -> bool:
    """Tell whether an entry has anything on a way."""
    return any(value not in (None, "", {}) for _, value in _ends(entry, way))


def _ends(entry: object, way: Way) -> list[tuple[str, object]]:
    """Return what stands at the end of a way, lists one by one."""
    found: list[tuple[str, object]] = []
    _walk(entry, way, "", found)
    return found


def _walk(value: object, way: Way, path: str, found: list[tuple[str, object]]) -> None:
    if isinstance(value, list):
        wanted, rest = (way[0], way[1:]) if way and not isinstance(way[0], str) else (None, way)
        for index, one in enumerate(value):
            if wanted is None or wanted == index:
                _walk(one, rest, f"{path}[{index}]", found)
    elif not way:
        found.append((path, value))
    elif isinstance(value, dict):
        joined = ""
        for count, step in enumerate(way, 1):
            if not isinstance(step, str):
                return
            joined = f"{joined}.{step}" if joined else step
            if joined in value:
                below = f"{path}.{joined}" if path else joined
                _walk(value[joined], way[count:], below, found)
                return


def leaves(entry: object) -> list[Leaf]:
    """Return all texts of an entry, in its order; empty ones are left out.

    Raises:
        ValueError: if there are more than anyone describes an object with.
    """
    found: list[Leaf] = []
    _gather(entry, "", found)
    return found


def _gather(value: object, path: str, found: list[Leaf]) -> None:
    if isinstance(value, dict):
        for name, one in value.items():
            _gather(one, f"{path}.{name}" if path else name, found)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            _gather(one, f"{path}[{index}]", found)
    elif text := as_text(value):
        found.append(Leaf(path, text))
        if len(found) > MOST_LEAVES:
            raise ValueError(f"it has more than {MOST_LEAVES:,} values, expected one object")


def as_text(value: object) -> str:
    """Return a number, a truth value or a text as text; ``""`` for nothing.

    >>> as_text(1963.504), as_text(12.0), as_text(True), as_text(None)
    ('1963.504', '12.0', 'true', '')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = repr(value)
        return f"{Decimal(text):f}" if "e" in text and abs(value) < 1e21 else text
    return "" if value is None else str(value)


def general(path: str) -> str:
    """Return a path for all entries of its lists.

    >>> general("images[3].sizes[0].url")
    'images[*].sizes[*].url'
    """
    return _INDEX.sub("[*]", path)
