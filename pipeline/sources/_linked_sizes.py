"""True size in Linked Art: dimensions with their axes and units, of the work and of its parts.

A height of 74 and one of 95 cm without a word of what was measured contradict each other or are
frame and canvas; such sizes are told as what they are, one after the other, behind the museum's
own statement.

Source: Linked Art 1.0, "Physical Characteristics of Objects": dimensions, measurements of object
features (the ``technique`` of an AttributeAssignment says what was measured), parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.sources import _linked_terms as terms
from pipeline.sources._fields import size
from pipeline.sources._jsonld import Node, joined, node_id, nodes
from pipeline.sources._linked_parts import (
    content,
    has_type,
    label,
    language_of,
    named,
    numbers_of,
    parts_of,
    types_of,
)
from pipeline.sources.described import Measured, Statement

_UNIT_WORDS = {
    "mm": "mm",
    "millimeters": "mm",
    "millimetres": "mm",
    "cm": "cm",
    "centimeters": "cm",
    "centimetres": "cm",
    "m": "m",
    "meters": "m",
    "metres": "m",
    "in": "in",
    "inches": "in",
    "ft": "ft",
    "feet": "ft",
}
_MEASURING = re.compile(
    r"\s*\b(?:measuring|measurements?|measured|dimensions?)\b\s*", re.IGNORECASE
)

_MOST = 100


class Sizes(NamedTuple):
    """What a record says of the size of its object."""

    stated: tuple[Measured | Statement, ...]
    """The best first."""
    others: dict[str, str]
    """Weights, numbers of parts, colours, and what could not be read."""


class _One(NamedTuple):
    """One dimension."""

    part: str
    axis: str
    value: float | str
    unit: str


def sizes_of(node: Node) -> Sizes:
    """Return the sizes of an object, structured ones first unless they contradict each other."""
    others: dict[str, str] = {}
    groups: dict[tuple[str, str], list[dict[str, float | str]]] = {}
    for number, (part, dimension) in enumerate(_dimensions(node)):
        one = _one(part, dimension) if number < _MOST else None
        if one is None:
            others.setdefault(f"dimension/{_name(dimension)}", _shown(dimension))
            continue
        axes = groups.setdefault((one.part, one.unit), [{}])
        fitting = next((group for group in axes if one.axis not in group), None)
        if fitting is None:
            fitting = {}
            axes.append(fitting)
        fitting[one.axis] = one.value
    measured = [
        Measured(part=part, axes=axes, unit=unit)
        for (part, unit), several in groups.items()
        for axes in several
    ]
    words = list(_statements(node))[:_MOST]
    doubtful = any(part == "work" and len(several) > 1 for (part, _), several in groups.items())
    return Sizes((*words, *measured) if doubtful else (*measured, *words), others)


def _dimensions(node: Node) -> Iterator[tuple[str, Node]]:
    for dimension in nodes(node.get("dimension")):
        yield "work", dimension
    for part in parts_of(node):
        kinds = [label(one) for one in nodes(part.get("classified_as"))]
        name = next((kind for kind in kinds if kind), "") or named(part) or "part"
        for dimension in nodes(part.get("dimension")):
            yield name, dimension


def _one(part: str, dimension: Node) -> _One | None:
    axis = next((terms.AXES[n] for n in types_of(dimension) if n in terms.AXES), "")
    unit = next((known for one in nodes(dimension.get("unit")) if (known := _unit(one))), "")
    value = size(dimension.get("value"))
    if not (axis and unit and value):
        return None
    assigned = nodes(dimension.get("assigned_by"))
    ways = [label(way) for one in assigned for way in nodes(one.get("technique"))]
    measured = next((cut for way in ways if (cut := _MEASURING.sub(" ", way).strip())), "")
    return _One(measured or part, axis, value, unit)


def _unit(unit: Node) -> str:
    known = [terms.UNITS[number] for number in numbers_of(unit) if number in terms.UNITS]
    return known[0] if known else _UNIT_WORDS.get(label(unit).lower().rstrip("."), "")


def _name(dimension: Node) -> str:
    kinds = (label(one) for one in nodes(dimension.get("classified_as")))
    return next((kind for kind in kinds if kind), "") or label(dimension) or "other"


def _shown(dimension: Node) -> str:
    unit = next((label(one) or node_id(one) for one in nodes(dimension.get("unit"))), "")
    said = [content(one) for one in nodes(dimension.get("identified_by"))]
    stated = size(dimension.get("value"))
    return joined([f"{stated} {unit}".strip() if stated else "", *said])


def _statements(node: Node) -> Iterator[Statement]:
    for part in (node, *parts_of(node)):
        for one in nodes(part.get("referred_to_by")):
            words = content(one)
            if words and has_type(one, terms.DIMENSIONS):
                kinds = [label(kind) for kind in nodes(part.get("classified_as"))]
                of = "" if part is node else next((f"{kind}: " for kind in kinds if kind), "")
                stated = language_of(one, "")
                known = stated if stated not in {"", "und"} else None
                yield Statement(text=of + words, language=known)
