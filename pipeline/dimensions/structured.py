"""Sizes that a catalogue holds as numbers: height here, width there, the unit beside them.

Names of axes, units and parts may be in any language of `words`. A zero is how many systems write
"not measured", so it is left out without a word.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.dimensions.axes import AXES, MOST_M, Instance
from pipeline.dimensions.found import Found, Label
from pipeline.dimensions.reading import Chosen, concluded, made
from pipeline.dimensions.result import Axis, Dimensions
from pipeline.dimensions.tokens import (
    AXIS,
    EACH,
    NUM,
    PART,
    PLURAL,
    POSITION,
    UNIT,
    UNKNOWN,
    WITH,
    WITHOUT,
    tokenize,
)
from pipeline.dimensions.units import Unit
from pipeline.dimensions.work import choose

MIXED_UP = (
    "height and width may have changed places, as they do in this catalogue; the photograph "
    "decides, if there is one"
)


class Row(NamedTuple):
    """One number of a catalogue's table."""

    part: str
    """What was measured: ``overall``, ``frame``, ``left panel``; nothing is the work."""
    axis: str
    value: object
    """A number, or text with one."""
    unit: str


def measured(
    values: Mapping[str, object], unit: str, part: str = "work", trusted_axes: bool = True
) -> Dimensions:
    """Return the size of which a catalogue holds each number apart.

    Args:
        values: By axis: ``{"height": 12.5, "width": "101,1"}``.
        unit: Of all of them: ``in``, ``centimeters``, ``Zentimeter``.
        part: What was measured: ``frame``, ``left panel``.
        trusted_axes: Whether height and width are what they are called. If not, the result is
            ``unsure`` until the photograph was asked (`settle`).
    """
    rows = (Row(part, axis, value, unit) for axis, value in values.items())
    return measured_rows(rows, trusted_axes=trusted_axes)


def measured_rows(rows: Iterable[Row], *, trusted_axes: bool = True) -> Dimensions:
    """Return the size that the rows of a table state, of one work with all its parts."""
    instances: dict[str, Instance] = {}
    notes: list[str] = []
    for row in rows:
        if _is_missing(row.value):
            continue
        instance = instances.get(row.part)
        if instance is None:
            label = _label(row.part)
            instance = instances[row.part] = Instance(Found(label))
        problem = _take(instance, row, trusted=trusted_axes)
        if problem:
            notes.append(f"{row.axis} {row.value} {row.unit}: {problem}")
    every = list(instances.values())
    work, doubt = choose(every)
    if work is not None and not trusted_axes:
        doubt = doubt or MIXED_UP
    return made(concluded(Chosen(work, doubt), every, notes, ""))


def _is_missing(value: object) -> bool:
    return value is None or value == 0 or (isinstance(value, str) and not value.strip())


def _label(part: str) -> Label:
    """Return what a table's name of a part says."""
    label = Label(text=part)
    tokens = tokenize(part)
    for token in tokens:
        if token.kind in {PART, PLURAL}:
            label.parts += (token.value,) if token.value else ()
            label.several = label.several or token.kind == PLURAL
        elif token.kind == EACH:
            label.each = True
        elif token.kind in {POSITION, NUM}:
            label.position = True
        elif token.kind == UNKNOWN:
            label.words += (token.value,)
    kinds = {token.kind for token in tokens}
    if WITH in kinds and label.parts:
        label.parts, label.counted_in = (), label.parts
    elif WITHOUT in kinds:
        label.parts, label.fresh = (), True
    return label


def _take(instance: Instance, row: Row, *, trusted: bool) -> str:
    """Take one number in, or say why not."""
    axis, unit = _axis(row.axis), _unit(row.unit)
    if unit is None:
        return "this unit is not known"
    number = _number(row.value)
    if math.isnan(number) or number < 0:
        return "this number cannot be read"
    if number == 0:
        return ""
    value = round(number * unit.factor, 9)
    if unit.dimension == "length" and value > MOST_M:
        return f"more than {MOST_M:g} m is taken for an error"
    if unit.dimension != {"weight": "mass", "duration": "time"}.get(axis, "length"):
        return "this is no unit of what was measured"
    stated = f"{row.axis} {row.value} {row.unit}"
    if axis in instance.measures and instance.measures[axis]["value"] != value:
        return f"not taken, {instance.measures[axis]['stated']} stands before it"
    order = "named" if trusted or axis not in {"height", "width"} else "order"
    measure = {"axis": axis, "value": value, "stated": stated, "order": order}
    if axis == "unknown":
        instance.unknown.append(measure)
    else:
        instance.measures[axis] = measure
    return ""


def _axis(text: str) -> Axis:
    found: list[Axis] = [
        AXES[token.value]
        for token in tokenize(text.replace("_", " "))
        if token.kind == AXIS and len(str(token.value)) > 1 and isinstance(token.value, str)
    ]
    return found[0] if len(found) == 1 else "unknown"


def _unit(text: str) -> Unit | None:
    found = [token.value for token in tokenize(f"1 {text}") if token.kind == UNIT]
    return found[0] if len(found) == 1 else None


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    if not isinstance(value, str):
        return float(value) if math.isfinite(value) else math.nan
    try:
        plain = float(value)
    except ValueError:
        tokens = tokenize(value)
        if len(tokens) != 1 or tokens[0].kind != NUM or tokens[0].value.high is not None:
            return math.nan
        return math.nan if tokens[0].value.other is not None else float(tokens[0].value.low)
    return plain if math.isfinite(plain) else math.nan
