"""What was understood of a statement, and the result that is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from pipeline.dimensions.axes import Instance, Measured
from pipeline.dimensions.found import Label
from pipeline.dimensions.result import Axis, Dimensions, Sure
from pipeline.dimensions.words import MOUTH_DIAMETER
from pipeline.dimensions.work import name_of

_FIELDS: tuple[Axis, ...] = ("height", "width", "depth", "diameter")


class Chosen(NamedTuple):
    """The part that is the work itself, and why it may not be."""

    work: Instance | None
    doubt: str


class Reading(NamedTuple):
    """All that was understood of one statement."""

    text: str
    instances: Sequence[Instance]
    used: dict[Axis, Measured]
    """Which measures are those of the work itself."""
    sure: Sure
    notes: tuple[str, ...]


def concluded(
    chosen: Chosen, instances: Sequence[Instance], notes: Sequence[str], text: str
) -> Reading:
    """Draw the conclusions: the size of the work, how sure it is, what must be said of it."""
    work, doubt = chosen
    said = [lost for one in instances for lost in one.lost]
    said += notes
    if doubt:
        said.append(doubt)
    used: dict[Axis, Measured] = {}
    sure: Sure = "unsure"
    if work is not None:
        used = _used(work, instances)
        said += work.doubts
        sure = _surety(used, unsure=bool(doubt or work.doubts or work.lost))
    return Reading(text, instances, used, sure, tuple(dict.fromkeys(said)))


def made(reading: Reading) -> Dimensions:
    """Return the result; all of it is checked at once."""
    fields: dict[str, Any] = {
        f"{axis}_m": measure.get("high") or measure["value"]
        for axis, measure in reading.used.items()
    }
    fields["sure"], fields["notes"], fields["text"] = reading.sure, reading.notes, reading.text
    measured = [one for one in reading.instances if one.measures or one.unknown]
    fields["parts"] = tuple([_part(one) for one in measured])
    return Dimensions.model_validate(fields)


def _used(work: Instance, instances: Sequence[Instance]) -> dict[Axis, Measured]:
    """Return the measures that are the work's height, width, depth and diameter."""
    has = work.measures
    used: dict[Axis, Measured] = {axis: has[axis] for axis in _FIELDS if axis in has}
    if "thickness" in has:
        used.setdefault("depth", has["thickness"])
    if "length" in has:
        if "height" in has and "width" not in has:
            used["width"] = has["length"]
        else:
            work.doubts.append(f"{has['length']['stated']} long: which way it lies is not said")
    if "diameter" not in used and "height" in has and len(instances) > 1:
        mouths = [one for one in instances if _is_mouth(one)]
        if len(mouths) == 1:
            used["diameter"] = mouths[0].measures["diameter"]
            work.doubts.append("the diameter is that of its mouth; the body may be wider")
    return used


def _is_mouth(one: Instance) -> bool:
    return "diameter" in one.measures and one.label.text in MOUTH_DIAMETER.split()


def _surety(used: dict[Axis, Measured], *, unsure: bool) -> Sure:
    if unsure or not used:
        return "unsure"
    # A length beside a height lies across: an order of its own.
    lies = used.get("width", {}).get("axis") == "length"
    by_order = "order" in [measure["order"] for measure in used.values()]
    return "order" if by_order or lies else "stated"


def _part(one: Instance) -> dict[str, Any]:
    return {**said_of(one.label), "measures": (*one.measures.values(), *one.unknown)}


def said_of(label: Label) -> dict[str, Any]:
    """Return a part without its measures."""
    return {
        "name": name_of(label),
        "label": label.text,
        "each": label.each or label.several,
    }
