"""A dimension statement in, its `Dimensions` out."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.dimensions.axes import Instance, instances_of
from pipeline.dimensions.fill import fill_units, merge_others
from pipeline.dimensions.language import language_of
from pipeline.dimensions.reader import Reader
from pipeline.dimensions.result import Axis, Dimensions, Measure, Part, Sure
from pipeline.dimensions.tokens import tokenize
from pipeline.dimensions.words import MOUTH_DIAMETER
from pipeline.dimensions.work import choose, name_of

_FIELDS: tuple[Axis, ...] = ("height", "width", "depth", "diameter")


def parse_dimensions(text: str, language: str | None = None) -> Dimensions:
    """Read how big a work is from what its catalogue says.

    Args:
        text: The statement: ``"H. 30.6 x W. 16.6 cm (12 x 6 1/2 in)"``. Anything is taken; what
            is not understood is noted or left out, never guessed.
        language: A BCP 47 tag, such as ``de`` or ``zh-Hant``. It decides what ``1,200``, ``L.``
            and ``D.`` mean. Without it a word of the statement may tell the language.
    """
    tokens = tokenize(text)
    spoken = language.lower().partition("-")[0] if language else language_of(tokens, text)
    reader = Reader(tokens, text, spoken)
    reader.read()
    fill_units(reader.runs)
    notes: list[str] = []
    instances: list[Instance] = []
    for part in reader.parts:
        merge_others(part, text, notes)
        _gather(instances, instances_of(part, text, spoken))
    return _result(reader, instances, notes)


def _gather(instances: list[Instance], more: Sequence[Instance]) -> None:
    """Add what was measured; the height and the width of one part may be said apart."""
    for new in more:
        for old in instances:
            if _completes(old, new):
                old.measures |= new.measures
                old.doubts += new.doubts
                old.lost += new.lost
                break
        else:
            instances.append(new)


def _completes(old: Instance, new: Instance) -> bool:
    named = all(measure.order == "named" for measure in new.measures.values())
    return (
        named
        and not new.unknown
        and not old.unknown
        and old.inside == new.inside
        and name_of(old.label) == name_of(new.label) != "other"
        and old.measures.keys().isdisjoint(new.measures)
        and (old.label.position, old.label.words) == (new.label.position, new.label.words)
        and old.label.each == new.label.each
        and all(measure.order == "named" for measure in old.measures.values())
    )


def _result(reader: Reader, instances: list[Instance], notes: list[str]) -> Dimensions:
    text = reader.text
    for one in instances:
        label = one.label
        label.text = text[label.start : label.end] if label.start >= 0 else ""
    if reader.all_variable or reader.variable_parts:
        notes.append("the dimensions are said to be variable")
    work, doubt = choose(instances)
    if work is not None and reader.all_variable and name_of(work.label) != "overall":
        work = None
    variable = work is not None and (reader.all_variable or work.source in reader.variable_parts)
    made = _made(work, instances, [*notes, doubt], unsure=variable)
    return made.model_copy(update={"text": text})


def result_of(instances: Sequence[Instance], notes: Sequence[str], *, unsure: bool) -> Dimensions:
    """Return the result of parts that were not read from a text."""
    work, doubt = choose(instances)
    return _made(work, instances, [*notes, doubt], unsure=unsure)


def _made(
    work: Instance | None, instances: Sequence[Instance], notes: Sequence[str], *, unsure: bool
) -> Dimensions:
    said = [lost for one in instances for lost in one.lost] + [note for note in notes if note]
    parts = tuple(_part(one) for one in instances if one.measures or one.unknown)
    sizes: dict[str, float] = {}
    sure: Sure = "unsure"
    if work is not None:
        used = _used(work, instances)
        said += work.doubts
        sizes = {f"{axis}_m": measure.high or measure.value for axis, measure in used.items()}
        doubted = unsure or bool(notes[-1] or work.doubts or work.lost)
        sure = _surety(used, unsure=doubted)
    return Dimensions(
        height_m=sizes.get("height_m"),
        width_m=sizes.get("width_m"),
        depth_m=sizes.get("depth_m"),
        diameter_m=sizes.get("diameter_m"),
        sure=sure,
        parts=parts,
        notes=tuple(dict.fromkeys(said)),
    )


def _used(work: Instance, instances: Sequence[Instance]) -> dict[Axis, Measure]:
    """Return the measures that are the work's height, width, depth and diameter."""
    has = work.measures
    used: dict[Axis, Measure] = {axis: has[axis] for axis in _FIELDS if axis in has}
    if "thickness" in has:
        used.setdefault("depth", has["thickness"])
    if "length" in has:
        if "height" in has and "width" not in has:
            used["width"] = has["length"].model_copy(update={"order": "order"})
        else:
            work.doubts.append(f"{has['length'].stated} long: which way it lies is not said")
    mouths = [one for one in instances if _is_mouth(one)]
    if "diameter" not in used and len(mouths) == 1 and "height" in has:
        used["diameter"] = mouths[0].measures["diameter"]
        work.doubts.append("the diameter is that of its mouth; the body may be wider")
    return used


def _is_mouth(one: Instance) -> bool:
    return "diameter" in one.measures and one.label.text in MOUTH_DIAMETER.split()


def _surety(used: dict[Axis, Measure], *, unsure: bool) -> Sure:
    if unsure or not used:
        return "unsure"
    return "order" if any(measure.order == "order" for measure in used.values()) else "stated"


def _part(one: Instance) -> Part:
    label = one.label
    return Part(
        name=name_of(label),
        label=label.text,
        each=label.each or label.several,
        measures=(*one.measures.values(), *one.unknown),
    )
