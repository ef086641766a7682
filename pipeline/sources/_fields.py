"""Values of an entry, brought into the form that `Described` has.

Knows how JSON and tables state texts, sizes, names with roles and addresses. Knows no museum. What
has no place of its own is kept (`Extra`), in every format under its way through the entry:
``measurements[0].elementName``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from pydantic import ValidationError

from pipeline.items import Picture
from pipeline.sources.described import MOST_EXTRA, Statement
from pipeline.sources.texts import Cleaner, clean_id, is_address, shortened

_NO_SIZE = ("", "0", "n/a", "nan", "none", "null")
_ATTRIBUTION = re.compile(r"(?:.{0,40} )?(?:after|by|from|of|to)", re.IGNORECASE)
"""Roles that say how far the work is by this person: ``after``, ``attributed to``, ``circle of``.
Without them a copy would be shown under the name of the master."""
_PLAIN_ROLES = ("", "artist")
_MOST_SIDE_PX = 1_000_000

Fields = Mapping[str, object]


class Unfit(Exception):
    """An entry that cannot be described: what was found, what was expected."""


def misfit(error: ValidationError) -> str:
    """Return in words why an entry does not fit into `Described`: where, and what is wrong."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def cleaned(value: object, clean: Cleaner) -> object:
    """Return ``value`` with every text and every key in it clean."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [cleaned(one, clean) for one in value]
    if isinstance(value, dict):
        return {clean(name): cleaned(one, clean) for name, one in value.items()}
    return value


def at(value: object, *way: str | int) -> object:
    """Return what is at the end of ``way`` through objects and lists, or ``None``."""
    for step in way:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def text(value: object) -> str:
    """Return a single value as text; ``""`` for nothing, for lists and for objects."""
    if isinstance(value, str):
        return shortened(value.strip())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value) if isinstance(value, int) else ""


def texts(value: object) -> tuple[str, ...]:
    """Return all single values of a list, or the one that is no list, each once."""
    many = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(one for one in map(text, many) if one))


def objects(value: object) -> list[Fields]:
    """Return those members of a list that are objects."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def identifier(*values: object) -> str:
    """Return the first id that there is.

    Raises:
        Unfit: if there is none.
    """
    for value in values:
        if found := clean_id(text(value)):
            return found
    raise Unfit("it has no id: expected an accession number or the record's own id")


def in_language(language: str, value: object) -> dict[str, str]:
    """Return a text with its language, or nothing."""
    stated = text(value)
    return {language: stated} if stated else {}


def named(name: object, role: object) -> str:
    """Return a maker with the role: ``after X``, ``X (engraver)``, or ``X`` for the artist."""
    who, what = text(name), text(role)
    if not who or what.lower() in _PLAIN_ROLES:
        return who
    if _ATTRIBUTION.fullmatch(what):
        return f"{what} {who}"
    return f"{who} ({what})"


def flag(value: object) -> bool | None:
    """Return yes or no, however it is written; ``None`` if it is neither."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text(value).lower())


def sizes(fields: Fields, names: Mapping[str, str]) -> dict[str, float | str]:
    """Return sizes by axis; what is empty, zero or not a number is left out.

    Args:
        fields: where they are stated.
        names: of the fields, with the axis that each is.
    """
    axes: dict[str, float | str] = {}
    for name, axis in names.items():
        value = size(fields.get(name))
        if value is not None:
            axes[axis] = value
    return axes


def size(value: object) -> float | str | None:
    """Return one size: a number, or a text that may yet be read as one; ``None`` for none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) and value > 0 else None
    stated = text(value)
    if stated.lower() in _NO_SIZE:
        return None
    try:
        number = float(stated)
    except ValueError:
        return stated[:200]
    return number if math.isfinite(number) and number > 0 else None


def pixels(value: object) -> int | None:
    """Return a side of a picture, which some write in quotes; ``None`` for what is none."""
    stated = size(value)
    return int(stated) if isinstance(stated, float) and 1 <= stated <= _MOST_SIDE_PX else None


def statement(value: object, language: str) -> tuple[Statement, ...]:
    """Return a size in words, or nothing."""
    words = text(value)
    return (Statement(text=words, language=language),) if words else ()


def pictures(*urls: object, names: bool) -> tuple[Picture | str, ...]:
    """Return pictures for addresses, in their order and each once; what is no address is left out.

    Args:
        urls: single ones, or lists of them.
        names: look for the files of these names in the folders of pictures first.
    """
    # The Met's names of files have spaces in them.
    stated = (one.replace(" ", "%20") for url in urls for one in texts(url))
    flat = dict.fromkeys(one for one in stated if is_address(one))
    made = tuple(Picture(url=url) for url in flat)
    return files_first(made, names=names)


def address(*values: object) -> str:
    """Return the first of these that is an address on the web; nothing else becomes a link."""
    return next((url for url in map(text, values) if is_address(url)), "")


def files_first(online: Sequence[Picture], *, names: bool) -> tuple[Picture | str, ...]:
    """Return pictures on the web, behind the names of files in their addresses if asked for."""
    stated = (one.url.partition("?")[0].rpartition("/")[2] for one in online if names)
    return (*dict.fromkeys(name for name in stated if "." in name[1:]), *online)


# What has no place -------------------------------------------------------------------------------


class Extra:
    """Texts without a place of their own, as many as an entry may have."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._again: dict[str, int] = {}
        self._more = 0

    def add(self, name: str, text: str) -> None:
        """Keep a text; one of a name that is taken and says something else gets a number."""
        if not text or self._texts.get(name[:300]) == text:
            return
        if len(self._texts) >= MOST_EXTRA - 1:
            self._more += 1
            return
        key = name[:300]
        while key in self._texts:
            self._again[name] = self._again.get(name, 1) + 1
            key = f"{name[:290]} ({self._again[name]})"
        self._texts[key] = shortened(text)

    def update(self, texts: Mapping[str, str]) -> None:
        """Keep several."""
        for name, text in texts.items():
            self.add(name, text)

    def texts(self) -> dict[str, str]:
        """Return what was kept, and how much was not."""
        more = f"{self._more:,} further values of the entry were left out"
        return {**self._texts, **({"…": more} if self._more else {})}


def leftovers(fields: Fields, used: Collection[str]) -> dict[str, str]:
    """Return every value that has no place of its own, under its way through the entry.

    Args:
        fields: the whole entry.
        used: names of fields on its first level that have a place.
    """
    left = Extra()
    for way, value in _flat({name: one for name, one in fields.items() if name not in used}):
        left.add(way, text(value))
    return left.texts()


def _flat(fields: Fields) -> Iterator[tuple[str, object]]:
    for name, value in fields.items():
        yield from _flat_value(name, value)


def _flat_value(way: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _flat_value(f"{way}.{name}", one)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _flat_value(f"{way}[{number}]", one)
    else:
        yield way, value
