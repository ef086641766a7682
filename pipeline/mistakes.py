"""Says in plain words what pydantic found wrong, and where in the file it stands.

Knows the messages of pydantic and how models nest. Knows nothing of YAML or CSV: a reader gives
the data with the place of every value (`Spots`).
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    TypeGuard,
    Union,
    get_args,
    get_origin,
)

from pydantic import BaseModel

from pipeline.errors import Mistake

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

Loc = tuple[str | int, ...]

_AT_KEY = {"extra_forbidden", "missing", "union_tag_not_found"}
"""Kinds of error where the key is the mistake and not the value."""


@dataclass(frozen=True)
class Spot:
    """Where a value stands, from 1, and where its key does. ``text``: as written, if unquoted."""

    line: int
    column: int
    key_line: int
    key_column: int
    text: str | None = None


Spots = dict[Loc, Spot]


@dataclass(frozen=True)
class _Place:
    """What one error is about: the way through the data, and what could stand there."""

    loc: Loc
    """Way through the data, without the names of union branches."""
    kinds: tuple[Any, ...]
    """The annotations that could apply to the value."""
    parents: tuple[Any, ...] = ()
    """Those of what holds the value."""
    union: Loc | None = None
    """Where the outermost union that did not choose by name stands, if there is one."""
    branch: str = ""
    """Which of its branches this error is about."""
    options: tuple[Any, ...] = ()
    """All of its branches."""


def find_mistakes(
    error: ValidationError,
    model: type[BaseModel],
    data: object,
    spots: Spots,
    file: str,
    show: Callable[[Loc], str] | None = None,
) -> list[Mistake]:
    """Return every mistake once, in the order of the file.

    Of a union only the branch that fits the data best is heard. ``show`` names a place for
    people; by default it is the way through the data, ``clip.engine.name``.
    """
    found = [(_place(detail["loc"], model, data), detail) for detail in error.errors()]
    mistakes: dict[Mistake, None] = {}
    for place, detail in _best_branches(found):
        message = _message(detail, place, spots)
        shown = show(place.loc) if show else ".".join(str(part) for part in place.loc)
        line, column = where_in_file(place.loc, spots, at_key=detail["type"] in _AT_KEY)
        mistakes[Mistake(file, line, column, f"{shown}: {message}" if shown else message)] = None
    return sorted(mistakes, key=lambda m: (m.line, m.column))


# The way of an error through the data ------------------------------------------------------------


def _place(loc: Loc, model: type[BaseModel], data: object) -> _Place:
    place = _Place((), (model,))
    here = data
    for part in loc:
        if part == "[key]":
            continue
        chosen = _branch(place.kinds, part, here)
        if chosen is None:
            below = tuple(m for kind in place.kinds for m in _below(kind, part))
            place = replace(place, loc=(*place.loc, part), parents=place.kinds, kinds=below)
            here = _item(here, part)
            continue
        if not chosen.by_name and place.union is None:
            place = replace(place, union=place.loc, branch=str(part), options=place.kinds)
        place = replace(place, kinds=chosen.kinds)
    return place


def _members(annotation: object) -> tuple[Any, ...]:
    """Take ``Annotated``, unions and ``None`` apart."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin is Union or origin is types.UnionType:
        return tuple(m for arg in get_args(annotation) for m in _members(arg))
    return () if annotation is type(None) else (annotation,)


@dataclass(frozen=True)
class _Branch:
    kinds: tuple[Any, ...]
    by_name: bool


def _branch(kinds: tuple[Any, ...], part: str | int, here: object) -> _Branch | None:
    """Return what the union branch named ``part`` leaves, if ``part`` names a branch."""
    if len(kinds) < 2 or not isinstance(part, str):
        return None
    named = tuple(kind for kind in kinds if part in _names(kind))
    if named and isinstance(here, Mapping) and here.get("name") == part:
        return _Branch(named, by_name=True)
    models = tuple(kind for kind in kinds if _is_model(kind) and kind.__name__ == part)
    if models:
        return _Branch(models, by_name=False)
    if isinstance(here, Mapping) and part in here:
        return None
    return _Branch(tuple(k for k in kinds if part.startswith(_short(k))) or kinds, by_name=False)


def _is_model(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _names(kind: object) -> tuple[Any, ...]:
    """Values of the ``name`` that a model of a discriminated union is chosen by."""
    if _is_model(kind) and "name" in kind.model_fields:
        annotation = kind.model_fields["name"].annotation
        return get_args(annotation) if get_origin(annotation) is Literal else ()
    return ()


def _short(kind: object) -> str:
    return str(getattr(get_origin(kind) or kind, "__name__", kind))


def _below(kind: object, part: str | int) -> tuple[Any, ...]:
    """Return the annotations that may stand at ``part`` inside ``kind``."""
    if _is_model(kind):
        fields = kind.model_fields
        return _members(fields[part].annotation) if part in fields else ()
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return _members(arguments[1])
    if not arguments or not isinstance(part, int):
        return ()
    fixed = get_origin(kind) is tuple and arguments[-1] is not Ellipsis
    return _members(arguments[min(part, len(arguments) - 1) if fixed else 0])


def _item(here: object, part: str | int) -> object:
    if isinstance(here, Mapping):
        return here.get(part)
    if isinstance(here, Sequence) and isinstance(part, int) and part < len(here):
        return here[part]
    return None


_Found = tuple[_Place, "ErrorDetails"]


def _best_branches(found: list[_Found]) -> list[_Found]:
    """Leave of each union the branch whose shape is that of the data, or the first."""
    unions: dict[Loc, dict[str, list[_Found]]] = {}
    for place, detail in found:
        if place.union is not None:
            unions.setdefault(place.union, {}).setdefault(place.branch, []).append((place, detail))
    best = {at: min(errors, key=lambda b: _misfit(errors[b])) for at, errors in unions.items()}
    return [(p, d) for p, d in found if p.union is None or best[p.union] == p.branch]


def _misfit(errors: list[_Found]) -> tuple[bool, bool, int]:
    wrong_shape = any(p.loc == p.union and d["type"].endswith("_type") for p, d in errors)
    not_text = not any(d["type"] == "string_type" for _, d in errors)
    return wrong_shape, not_text, len(errors)


# Where it stands and what to say -----------------------------------------------------------------


def where_in_file(loc: Loc, spots: Spots, *, at_key: bool = False) -> tuple[int, int]:
    """Return line and column of the nearest place that is in the file."""
    while loc not in spots and loc:
        loc = loc[:-1]
    spot = spots.get(loc)
    if spot is None:
        return 1, 1
    return (spot.key_line, spot.key_column) if at_key else (spot.line, spot.column)


def _message(detail: ErrorDetails, place: _Place, spots: Spots) -> str:
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    text = spots[place.loc].text if place.loc in spots else None
    if kind == "extra_forbidden":
        return "this key is not known" + suggest(str(place.loc[-1]), _fields(place.parents))
    if kind == "missing":
        return "missing, and it must be there"
    if kind == "union_tag_not_found":
        names = _or([repr(name) for kind in place.kinds for name in _names(kind)])
        return f"the key `name` is missing, expected {names}"
    if kind == "union_tag_invalid":
        return _choice(str(context["tag"]), str(context["expected_tags"]))
    if kind in {"literal_error", "enum"}:
        return _choice(_shown(value, text), str(context.get("expected", "")))
    if kind in {"value_error", "assertion_error"}:
        return detail["msg"].split(", ", 1)[-1]
    if kind in {"string_type", "path_type"} and text and isinstance(value, bool | int | float):
        noun = "the truth value" if isinstance(value, bool) else "the number"
        read = str(value).lower() if isinstance(value, bool) else str(value)
        return (
            f"found {text} without quotes, which YAML takes for {noun} {read}; "
            f'expected text: write "{text}" in quotes'
        )
    return f"found {_shown(value, text)}, expected {_expected(detail, place)}"


def values_problems(error: ValidationError) -> list[str]:
    """Return in words what is wrong with values that do not go together."""
    return [detail["msg"].removeprefix("Value error, ") for detail in error.errors()]


def _fields(kinds: tuple[Any, ...]) -> list[str]:
    return [name for kind in kinds if _is_model(kind) for name in kind.model_fields]


def suggest(found: str, known: Sequence[str]) -> str:
    """Return ``; did you mean 'x'?`` for the nearest of ``known``, or what they are.

    A name that has the word as a part between hyphens is nearer than one that is spelt alike, and
    of several the one that others are named after: ``still`` means ``landscape-1080p-still``, and
    ``landscape`` means ``landscape-1080p``.
    """
    holding = [name for name in known if f"-{found}-" in f"-{name}-"]
    holding.sort(key=lambda name: -sum(other.startswith(f"{name}-") for other in known))
    close = holding or difflib.get_close_matches(found, known, 1, 0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    more = ", …" if len(known) > _MOST_KNOWN else ""
    return f"; known here: {', '.join(known[:_MOST_KNOWN])}{more}" if known else ""


def _choice(found: str, expected: str) -> str:
    """Say what may stand where one of a few words must; ``expected`` is pydantic's list."""
    words = re.findall(r"'([^']*)'", expected)
    close = difflib.get_close_matches(found.strip("'"), words, 1, 0.6)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    return f"found {found}, expected {_or([repr(w) for w in words]) or expected}{hint}"


def _or(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _shown(value: object, text: str | None = None) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "an empty list" if not value else f"a list of {len(value)}"
    shown = text if text is not None else repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= _MAX_SHOWN else shown[: _MAX_SHOWN - 1] + "…"


_MAX_SHOWN = 60
_MOST_KNOWN = 40

_EXPECTED = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
    "string_pattern_mismatch": "text of the form {pattern}",
    "string_type": "text",
    "path_type": "the path of a file or folder",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "`key: value` lines",
    "model_type": "`key: value` lines",
    "model_attributes_type": "`key: value` lines",
    "none_required": "nothing",
}
"""By type of error. Source: pydantic, "Validation Errors"."""

_NOUNS: dict[object, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def _expected(detail: ErrorDetails, place: _Place) -> str:
    wrong_shape = detail["type"].endswith("_type")
    if wrong_shape and place.union == place.loc:
        return _or(list(dict.fromkeys(_noun(kind) for kind in place.options)))
    template = _EXPECTED.get(detail["type"])
    if template is None:
        return f"something else ({detail['msg']})"
    context = detail.get("ctx", {})
    return template.format(
        **{k: f"{v:g}" if isinstance(v, float) else v for k, v in context.items()}
    )


def _noun(kind: object) -> str:
    if _is_model(kind) or get_origin(kind) is dict:
        return "`key: value` lines"
    if get_origin(kind) in {list, tuple}:
        return "a list"
    return _NOUNS.get(kind, _short(kind))
