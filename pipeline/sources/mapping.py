"""Which column means what: a museum's own table, or its own JSON, brought into our form.

One model for tables and for JSON: a "column" is the name of a column or a path such as
``images[*].url``. Texts are taken as they stand, joined, split, put into a pattern; nothing is
concluded from them. What no line of the mapping takes stays in ``extra`` under its own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from pipeline.errors import ConfigError, Mistake
from pipeline.items import Access, Kind
from pipeline.mistakes import Loc, suggest
from pipeline.records import Params
from pipeline.sources.options import check_language
from pipeline.tables.rows import column_name

_UNIT = re.compile(r"[(\[]\s*([A-Za-z]{1,12}\.?|\"|″|厘米|毫米|公分)\s*[)\]]\s*$")
"""``Height (cm)``: the unit in the name of a column."""


def _name(value: object) -> object:
    if isinstance(value, bool | int | float):
        message = f"found {value}, expected the name of a column; write it in quotes"
        raise ValueError(message)  # noqa: TRY004  pydantic hears nothing else
    if isinstance(value, str) and not (value := column_name(value)):
        raise ValueError("found nothing, expected the name of a column")
    return value


def _names(value: object) -> object:
    """Take one name for a list of one."""
    return (value,) if isinstance(value, str | bool | int | float) else value


def _short(value: object) -> object:
    """Take a name, or a list of names, for what is written out as ``{column: …}``."""
    if isinstance(value, str | bool | int | float | list):
        return {"column": value}
    return value


def _by_language(value: object) -> object:
    """Take what names no language for the text in the catalogue's language."""
    if not isinstance(value, AnyMapping) or "column" in value:
        return {"": value}
    for key in value:
        if key:
            check_language(key)
    return value


def _pattern(value: str) -> str:
    if "{}" not in value:
        raise ValueError(f"found {value!r}, expected {{}} where the cell's text is to stand")
    return value


Column = Annotated[str, BeforeValidator(_name)]
Columns = Annotated[tuple[Column, ...], Field(min_length=1), BeforeValidator(_names)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class Joined(Params):
    """One text from one or more columns."""

    column: Columns
    """Names of columns; of several the texts are joined in this order."""
    join: str = " "
    """What stands between them."""
    pattern: Pattern = "{}"
    """What is made of it: ``"https://example.org/objects/{}"``."""


class Listed(Params):
    """Several texts from one or more columns, the most important first."""

    column: Columns
    """Names of columns; each text stands for itself."""
    split: str = ""
    """What stands between several texts in one cell, such as ``;``."""
    pattern: Pattern = "{}"
    """What is made of each: ``"{}.jpg"``."""


class Axis(Params):
    """A measure that the catalogue states as a number."""

    column: Column
    unit: str = ""
    """Of all of its numbers: ``cm``, ``mm``, ``in``. Not needed where the name says it:
    ``Height (cm)``."""
    unit_column: Annotated[str, BeforeValidator(_name)] | None = None
    """The column that says the unit of each."""
    part: str = "work"
    """What was measured."""

    @model_validator(mode="after")
    def _has_a_unit(self) -> Self:
        if self.unit and self.unit_column:
            raise ValueError("found unit and unit_column, expected one of them")
        if not (self.unit or self.unit_column or unit_in(self.column)):
            raise ValueError(
                f"the unit is missing: write {{column: {self.column}, unit: cm}}, or whatever it is"
            )
        return self


def unit_in(name: str) -> str:
    """Return the unit that the name of a column ends with, or ``""``.

    >>> unit_in("Height (cm)")
    'cm'
    """
    match = _UNIT.search(name)
    return match[1].rstrip(".") if match else ""


class Agreed(Params):
    """A consent that is on file."""

    document: Annotated[Joined, BeforeValidator(_short)]
    """Where it is on file; an object without is one without consent."""
    scope: Annotated[Listed, BeforeValidator(_short)] | None = None
    """The uses that it covers; without the column, all of them."""
    until: Annotated[Joined, BeforeValidator(_short)] | None = None
    """The last day on which it holds, as 2027-12-31."""


Text = Annotated[Joined, BeforeValidator(_short)]
Texts = Annotated[
    dict[str, Annotated[Joined, BeforeValidator(_short)]], BeforeValidator(_by_language)
]
List = Annotated[Listed, BeforeValidator(_short)]
Number = Annotated[Axis, BeforeValidator(_short)]


class Mapping(Params):
    """What each column is. What is not named here is kept as it is, and shown."""

    id: Text
    """Accession or inventory number."""
    title: Texts = Field(default={})
    description: Texts = Field(default={})
    creator: Texts = Field(default={})
    date: Texts = Field(default={})
    kind: List | None = None
    """What sort of thing it is; our own kinds, the museum's words in ``kinds``, or words that the
    table of terms knows."""
    kinds: dict[str, Kind] = Field(default={})
    """The museum's own words: ``{Hängerolle: scroll}``. They win over the table of terms."""
    classification: List | None = None
    """Further classes, the most specific first."""
    object_name: List | None = None
    medium: List | None = None
    """Materials and technique."""
    dimensions: Texts = Field(default={})
    """Size in the catalogue's own words: ``H. 30.6 x W. 16.6 cm``. Several columns are several
    statements, the best one first."""
    height: Number | None = None
    width: Number | None = None
    depth: Number | None = None
    diameter: Number | None = None
    trust_axes: bool = True
    """``false`` where the table is known to mix up height and width."""
    image: List | None = None
    """Names of files, or addresses on the web; the one to use first."""
    iiif: List | None = None
    """Base addresses of a IIIF Image API service."""
    rights: List | None = None
    """Licence of the pictures: URIs and words, the most binding first."""
    record_rights: List | None = None
    """Licence of the entry itself."""
    public_domain: Text | None = None
    """Yes or no, where the institution has a field that says so and means the picture with it."""
    credit: Text | None = None
    holder: Text | None = None
    access: Text | None = None
    """public, internal, restricted or secret, or the museum's words in ``accesses``."""
    accesses: dict[str, Access] = Field(default={})
    """The museum's own words: ``{gesperrt: secret}``."""
    sensitivity: List | None = None
    """Words such as ``sacred`` and ``human remains``."""
    notices: List | None = None
    """Labels of Local Contexts: their addresses or names."""
    consent: Agreed | None = None
    season: Text | None = None
    contact: Text | None = None
    details: List | None = None
    """Parts of the photograph as in a IIIF image address, ``pct:x,y,w,h``."""
    source_url: Text | None = None
    leave_out: Annotated[tuple[Column, ...], BeforeValidator(_names)] = ()
    """Columns that go no further: what the house knows of insurance, stores and donors."""

    def columns(self) -> list[tuple[Loc, str]]:
        """Return every column that the mapping names, with the way to it."""
        left = ((("leave_out", at), name) for at, name in enumerate(self.leave_out))
        return [*_columns(self, ()), *left]


def _columns(part: object, loc: Loc) -> Iterator[tuple[Loc, str]]:
    """Follow models, dicts and tuples; a column's way is that of the line that names it."""
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if name in {"column", "unit_column"} and value:
                names = (value,) if isinstance(value, str) else value
                yield from ((loc, one) for one in names)
            elif isinstance(value, BaseModel | dict):
                yield from _columns(value, (*loc, name))
    elif isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, BaseModel):
                yield from _columns(value, (*loc, key) if key else loc)


class ColumnsMissing(ConfigError):
    """A mapping names columns that the table does not have.

    ``at`` are the ways to them below ``source``, with what is wrong, for whoever knows the file
    that the mapping stands in.
    """

    def __init__(self, mistakes: list[Mistake], at: list[tuple[Loc, str]] | None = None) -> None:
        super().__init__(mistakes)
        self.at = tuple(at or ())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.mistakes, list(self.at))


def check_columns(mapping: Mapping, known: list[str], file: str, line: int) -> None:
    """See that the table has every column that the mapping names.

    Raises:
        ColumnsMissing: naming each that it does not have, and what it might be.
    """
    there = set(known)
    missing = [(loc, name) for loc, name in mapping.columns() if name not in there]
    if not missing:
        return
    at: list[tuple[Loc, str]] = []
    for loc, name in missing:
        way = ("columns", *loc)
        shown = ".".join(map(str, ("source", *way)))
        message = f"{shown}: found no column {name!r} in the table{suggest(name, known)}"
        at.append((way, message))
    raise ColumnsMissing([Mistake(file, line, 1, message) for _, message in at], at)
