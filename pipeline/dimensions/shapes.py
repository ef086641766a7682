"""Statements that differ from an earlier one in their numbers alone.

A collection's statements have few shapes: ``support: 318 x 387 mm`` stands in half of Tate's. What
was understood of the first is filled with the numbers of the next, several times as fast as reading
it. A shape is kept if every number in it is a measure, or part of one, and if filling it with its
own numbers gives the result of reading it. Where a new number is not plain (0, a range, ``1,200``),
or inches contradict centimetres, the statement is read in full.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from pipeline.dimensions.axes import MOST_M, Instance, Measured
from pipeline.dimensions.fill import are_alike, rounding
from pipeline.dimensions.found import Term, Twins
from pipeline.dimensions.numbers import BEGIN, NUMBER, Number, read_number
from pipeline.dimensions.reading import Reading, said_of
from pipeline.dimensions.result import Dimensions
from pipeline.dimensions.tokens import plain_text

_NUMBER = re.compile(rf"(?:[^{BEGIN}.]++|\.(?![0-9]))*+({NUMBER})", re.ASCII)
"""The next number, and what stands before it."""
_MOST_SHAPES = 4096
_MOST_TRIES = 4
_LONGEST = 400
"""Characters of a statement that is looked up."""

_Key = tuple[str | None, ...]


class Shape(NamedTuple):
    """A statement taken apart: what stays, and what changes."""

    text: str
    key: _Key
    spans: list[tuple[int, int]]
    numbers: list[Number]


class _Place(NamedTuple):
    """Where a term's number stands."""

    number: int
    more: tuple[tuple[int, float], ...]
    """Which numbers in a finer unit are added, and their scale."""
    factor: float


class _Slot(NamedTuple):
    """A measure without its number."""

    fields: Measured
    place: _Place
    tail: int
    """How many characters of it come after its last number: those of its unit."""
    is_length: bool


class _Check(NamedTuple):
    """Two runs that must say the same again."""

    places: list[_Place]
    others: list[_Place]
    pairs: list[tuple[int, int]]
    side_by_side: bool


class _Plan(NamedTuple):
    parts: list[tuple[dict[str, Any], list[_Slot]]]
    used: list[tuple[str, int, int]]
    """Field of the result, number of the part, number of its measure."""
    checks: list[_Check]
    fields: dict[str, Any]


_plans: dict[_Key, _Plan | int] = {}
"""By shape; a number says how often it was seen without becoming a plan."""


def shape_of(text: str, language: str | None) -> Shape | None:
    """Take a statement apart; ``None`` if it is too long to be like another."""
    if len(text) > _LONGEST:
        return None
    plain = plain_text(text)
    key: list[str | None] = [language]
    spans, numbers, last = [], [], 0
    for match in _NUMBER.finditer(plain):
        span = match.span(1)
        key.append(text[last : span[0]])
        spans.append(span)
        numbers.append(read_number(match[1]))
        last = span[1]
    key.append(text[last:])
    return Shape(text, tuple(key), spans, numbers)


def recall(shape: Shape | None) -> Dimensions | None:
    """Return the result if the shape is known and the numbers are plain."""
    plan = _plans.get(shape.key) if shape is not None else None
    if shape is None or plan is None or isinstance(plan, int):
        return None
    return _filled(plan, shape)


def keep(shape: Shape | None, reading: Reading, result: Dimensions) -> None:
    """Remember what was understood, if it gives the same result again.

    Most shapes are never seen again, so nothing is done the first time; one whose numbers were not
    plain gets a few more chances.
    """
    if shape is None:
        return
    seen = _plans.get(shape.key, 0)
    if not isinstance(seen, int) or seen > _MOST_TRIES:
        return
    if not seen and len(_plans) >= _MOST_SHAPES:
        _plans.clear()
    plan = _planned(shape, reading) if seen else None
    works = plan is not None and _filled(plan, shape) == result
    _plans[shape.key] = plan if plan is not None and works else seen + 1


# A plan filled with numbers ----------------------------------------------------------------------


def _filled(plan: _Plan, shape: Shape) -> Dimensions | None:
    for number in shape.numbers:
        if not number.is_plain:
            return None
    for check in plan.checks:
        if not _agree(check, shape):
            return None
    parts = []
    for fields, slots in plan.parts:
        measures = [_measure(slot, shape) for slot in slots]
        if None in measures:
            return None
        parts.append({**fields, "measures": tuple(measures)})
    found = {name: parts[part]["measures"][place]["value"] for name, part, place in plan.used}
    fields = {**plan.fields, **found, "parts": tuple(parts), "text": shape.text}
    return Dimensions.model_validate(fields)


def _measure(slot: _Slot, shape: Shape) -> Measured | None:
    index, more, factor = slot.place
    low = shape.numbers[index].low
    for other, scale in more:
        low += shape.numbers[other].low * scale
    value = low * factor
    if value <= 0 or (slot.is_length and value > MOST_M):
        return None
    last = more[-1][0] if more else index
    stated = shape.text[shape.spans[index][0] : shape.spans[last][1] + slot.tail]
    return {**slot.fields, "value": round(value, 9), "stated": stated}


def _agree(check: _Check, shape: Shape) -> bool:
    """Say whether inches and centimetres are within rounding again."""
    one = [_metres(place, shape.numbers) for place in check.places]
    other = [_metres(place, shape.numbers) for place in check.others]
    limit = rounding([step for _, step in one], [step for _, step in other])
    for a, b in check.pairs:
        lengths = one[a][0], other[b][0]
        if abs(lengths[0] - lengths[1]) > limit:
            return False
        if check.side_by_side and not are_alike(*lengths):
            return False
    return True


def _metres(place: _Place, numbers: list[Number]) -> tuple[float, float]:
    """Return a length and the step it was rounded to."""
    index, more, factor = place
    low, step = numbers[index].low, numbers[index].step
    for other, scale in more:
        low += numbers[other].low * scale
        step = numbers[other].step * scale
    return low * factor, step * factor


# A reading turned into a plan --------------------------------------------------------------------


def _planned(shape: Shape, reading: Reading) -> _Plan | None:
    """Return the plan, if all numbers are measures and all that is said holds without them."""
    instances = [one for one in reading.instances if one.measures]
    glued = any(str(piece).strip() in {"", "/"} for piece in shape.key[2:-1])
    if glued or any(one.unknown or one.lost for one in reading.instances):
        return None
    said = [*reading.notes, *(one.label.text for one in instances)]
    if _is_mixed(instances) or any(_has_number(text) for text in said):
        return None
    starts = {span[0]: index for index, span in enumerate(shape.spans)}
    parts, places = [], set[int]()
    for one in instances:
        slots = [_slot(one.terms[axis], one.measures[axis], shape, starts) for axis in one.measures]
        parts.append((said_of(one.label), slots))
        places.update(index for slot in slots for index in _indices(slot.place))
    checks = [_check(twins, starts) for one in instances for twins in one.source.twins]
    for check in checks:
        for place in (*check.places, *check.others):
            places.update(_indices(place))
    if len(places) != len(shape.numbers):
        return None
    fields = {"sure": reading.sure, "notes": reading.notes}
    return _Plan(parts, _used(reading, instances), checks, fields)


def _is_mixed(instances: list[Instance]) -> bool:
    """Inches that are left beside centimetres may say the same with other numbers."""
    systems = {
        term.unit.metric
        for one in instances
        for term in one.terms.values()
        if term.unit is not None and term.unit.dimension in {"length", "mass"}
    }
    return len(systems) > 1


def _has_number(text: str) -> bool:
    return any(character.isnumeric() for character in text)


def _place(term: Term, starts: dict[int, int]) -> _Place:
    more = tuple((starts[start], scale) for start, scale in term.more)
    return _Place(starts[term.start], more, term.unit.factor if term.unit is not None else 0.0)


def _indices(place: _Place) -> list[int]:
    return [place.number, *(index for index, _ in place.more)]


def _slot(term: Term, measure: Measured, shape: Shape, starts: dict[int, int]) -> _Slot:
    place = _place(term, starts)
    tail = term.end - shape.spans[_indices(place)[-1]][1]
    fields = {name: measure[name] for name in ("axis", "order", "about")}
    is_length = term.unit is not None and term.unit.dimension == "length"
    return _Slot(fields, place, tail, is_length)


def _check(twins: Twins, starts: dict[int, int]) -> _Check:
    pairs = [(twins.terms.index(one), twins.others.index(other)) for one, other in twins.pairs]
    places = [_place(term, starts) for term in twins.terms]
    return _Check(places, [_place(t, starts) for t in twins.others], pairs, twins.side_by_side)


def _used(reading: Reading, instances: list[Instance]) -> list[tuple[str, int, int]]:
    used = []
    for axis, measure in reading.used.items():
        for part, one in enumerate(instances):
            for place, other in enumerate(one.measures.values()):
                if other is measure:
                    used.append((f"{axis}_m", part, place))
    return used
