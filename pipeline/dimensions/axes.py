"""What each number measures: by its name, its letter, its unit, or its place in the order.

The order of museums is height, width, depth. It is followed only where two or three numbers stand
together; one alone measures something that nobody said.

Source: CCO (Cataloguing Cultural Objects), 3.2.1, "height by width by depth".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from pipeline.dimensions.found import Found, Label, Run, Term
from pipeline.dimensions.result import Axis
from pipeline.dimensions.words import COMMA_IS_DECIMAL

MOST_M = 100.0
"""Longer than this is a typing error: the Bayeux tapestry has 70 m."""

_ORDER: tuple[Axis, ...] = ("height", "width", "depth")
_LETTERS: dict[str, Axis] = {"h": "height", "w": "width", "b": "width", "ø": "diameter"}
AXES: dict[str, Axis] = {axis: axis for axis in get_args(Axis)}
_NO_LENGTHS = {"weight", "duration"}
_ROMANCE = {"fr", "es", "it"}


Measured = dict[str, Any]
"""The fields of a `Measure`. All of a statement are checked at once, which is faster."""


@dataclass(slots=True, eq=False)
class Instance:
    """One part, measured once."""

    source: Found
    measures: dict[Axis, Measured] = field(default_factory=dict)
    terms: dict[Axis, Term] = field(default_factory=dict)
    """Where each of the measures was read."""
    unknown: list[Measured] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    """Why its numbers may mean something else."""
    lost: list[str] = field(default_factory=list)
    """What of it could not be read."""

    @property
    def label(self) -> Label:
        """What the statement calls it."""
        return self.source.label

    @property
    def has_length(self) -> bool:
        """Something of it has a length, readable or not."""
        return bool(self.unknown or self.lost or self.measures.keys() - _NO_LENGTHS)


def instances_of(part: Found, text: str, language: str) -> list[Instance]:
    """Return what was measured; more than one where a part is measured again and again."""
    made: list[Instance] = []
    last: Instance | None = None
    for run in part.runs:
        axes = _axes(run, language, last)
        if last is None or not last.measures.keys().isdisjoint(axes):
            last = Instance(part)
            made.append(last)
        for term, axis in zip(run.terms, axes, strict=True):
            _take(last, term, axis, text, language)
    return made


def _present(part: Found) -> set[str]:
    """Return the axes and letters that a part names."""
    if part.named is None:
        part.named = {run.axis_of(i) for run in part.runs for i in range(len(run.terms))}
    return part.named


def _axes(run: Run, language: str, before: Instance | None) -> list[Axis]:
    named: list[Axis | None] = []
    for index, term in enumerate(run.terms):
        said = run.axis_of(index) if run.axes else term.axis
        dimension = term.unit.dimension if term.unit is not None else "length"
        if dimension == "mass":
            named.append("weight")
        elif dimension == "time":
            named.append("duration")
        elif said in {"weight", "duration"}:
            named.append("unknown")
        elif not said:
            named.append(None)
        elif len(said) > 1:
            named.append(AXES[said])
        else:
            named.append(_read_letter(said, _present(run.part), language))
    if None not in named:
        return [axis for axis in named if axis is not None]
    return _in_order(run.terms, named, before)


def _in_order(
    terms: Sequence[Term], named: Sequence[Axis | None], before: Instance | None
) -> list[Axis]:
    lengths = [axis for axis in named if axis not in {"weight", "duration"}]
    follows = len(lengths) in {2, 3} and lengths[0] in {None, "height"}
    if lengths == [None] and before is not None and _is_flat(before):
        order: Sequence[Axis] = ("depth",)  # 292 x 232 mm, 3 mm
        follows = True
    else:
        order = _ORDER
    axes: list[Axis] = []
    place = 0
    for term, axis in zip(terms, named, strict=True):
        if axis is None:
            free = follows and order[place] not in named
            axis = order[place] if free else "unknown"
            term.by_order = free
        place += axis not in {"weight", "duration"}
        axes.append(axis)
    return axes


def _is_flat(before: Instance) -> bool:
    return list(before.measures) == ["height", "width"] and not before.unknown


def _read_letter(said: str, present: set[str], language: str) -> Axis:
    letter = said.lower()
    if letter in _LETTERS:
        return _LETTERS[letter]
    height = bool(present & {"height", "h", "H"})
    across = bool(present & {"width", "w", "W", "b", "B"})
    if letter == "l":
        return _length(said, present, language, height=height)
    if letter == "d":
        return _depth_or_diameter(language, across=across or bool(present & {"length", "L", "l"}))
    if letter == "t":
        return "depth" if language == "de" or (not language and across) else "unknown"
    if letter == "p":
        return "depth" if language in _ROMANCE or height else "unknown"
    return "thickness" if language in _ROMANCE or height else "unknown"


def _length(said: str, present: set[str], language: str, *, height: bool) -> Axis:
    """*L.* is longueur, largeur, Länge, larghezza …: in French an *l* beside it tells."""
    if language == "fr" and said == "l":
        return "width"
    if language in {"fr", "it"} and height and not present & {"l", "width"}:
        return "width"
    return "length"


def _depth_or_diameter(language: str, *, across: bool) -> Axis:
    if language in _ROMANCE:
        return "unknown" if across else "diameter"
    return "depth" if across else "unknown"


def _take(instance: Instance, term: Term, axis: Axis, text: str, language: str) -> None:
    stated = text[term.start : term.end]
    unit, low, high = term.unit, term.low, term.high
    if term.number.other is not None:
        low = _decided(term, language)
    refused = _refusal(term, low, high)
    if refused or unit is None:
        instance.lost.append(f"{stated}: {refused}")
        return
    measure: Measured = {
        "axis": axis,
        "value": round(low * unit.factor, 9),
        "stated": stated,
        "order": "order" if term.by_order else "named",
        "about": term.about,
    }
    if high is not None:
        measure["high"] = round(high * unit.factor, 9)
        instance.doubts.append(f"{stated} is a range")
    if term.inferred:
        instance.doubts.append(f"{stated} is taken to be in {unit.name}s like the rest")
    if axis == "unknown":
        instance.unknown.append(measure)
        instance.doubts.append(f"{stated}: what it measures is not said")
    else:
        instance.measures[axis], instance.terms[axis] = measure, term


def _refusal(term: Term, low: float, high: float | None) -> str:
    unit = term.unit
    if unit is None:
        return "no unit is stated"
    if (
        low > 0
        and unit.factor
        and (unit.dimension != "length" or (high or low) * unit.factor <= MOST_M)
    ):
        return ""
    if unit.dimension == "historical":
        return "a historical unit, left unread"
    if term.number.other is not None and math.isnan(low):
        number = term.number
        return f"this can mean {number.low:g} or {number.other:g}; say the language"
    if math.isnan(low):
        return "this number cannot be read"
    return "0 is no size" if low <= 0 else f"more than {MOST_M:g} m is taken for an error"


def _decided(term: Term, language: str) -> float:
    """Decide whether the mark in ``1,200`` is a decimal one; NaN where nothing tells."""
    number, unit = term.number, term.unit
    if number.other is None or unit is None:
        return number.low
    decimal_comma = language in COMMA_IS_DECIMAL
    if language and number.comma == decimal_comma:
        return number.low
    if number.comma:
        return number.other if language else math.nan
    if unit.dimension == "length" and number.other * unit.factor > MOST_M:
        return number.low
    if unit.name in {"inch", "foot"} or unit.dimension != "length":
        return number.low
    # 1.200 mm in German: nobody measures to a thousandth of a millimetre.
    return number.other if decimal_comma and unit.name == "millimeter" else math.nan
