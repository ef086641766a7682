"""A dimension statement in, its `Dimensions` out."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.dimensions.axes import Instance, instances_of
from pipeline.dimensions.fill import fill_units, merge_others
from pipeline.dimensions.language import language_of
from pipeline.dimensions.reader import Reader
from pipeline.dimensions.reading import Chosen, Reading, concluded, made
from pipeline.dimensions.result import Dimensions
from pipeline.dimensions.shapes import keep, recall, shape_of
from pipeline.dimensions.tokens import tokenize
from pipeline.dimensions.work import choose, name_of

_NEAR = 16
"""Heights and widths of one part are said at most so many parts apart."""


def parse_dimensions(text: str, language: str | None = None) -> Dimensions:
    """Read how big a work is from what its catalogue says.

    Args:
        text: The statement: ``"H. 30.6 x W. 16.6 cm (12 x 6 1/2 in)"``. Anything is taken; what
            is not understood is noted or left out, never guessed.
        language: A BCP 47 tag, such as ``de`` or ``zh-Hant``. It decides what ``1,200``, ``L.``
            and ``D.`` mean. Without it a word of the statement may tell the language.
    """
    shape = shape_of(text, language)
    known = recall(shape)
    if known is not None:
        return known
    reading = read_statement(text, language)
    result = made(reading)
    keep(shape, reading, result)
    return result


def read_statement(text: str, language: str | None) -> Reading:
    """Read a statement from its first to its last word."""
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
        if part.label.start >= 0:
            part.label.text = text[part.label.start : part.label.end]
    if reader.all_variable or reader.variable_parts:
        notes.append("the dimensions are said to be variable")
    return _understood(reader, instances, notes)


def _gather(instances: list[Instance], more: Sequence[Instance]) -> None:
    """Add what was measured; the height and the width of one part may be said apart."""
    for new in more:
        for old in instances[-_NEAR:]:
            if _completes(old, new):
                old.measures |= new.measures
                old.terms |= new.terms
                old.doubts += new.doubts
                old.lost += new.lost
                break
        else:
            instances.append(new)


def _completes(old: Instance, new: Instance) -> bool:
    if old.unknown or new.unknown or not old.measures.keys().isdisjoint(new.measures):
        return False
    measures = [*old.measures.values(), *new.measures.values()]
    return (
        all(measure["order"] == "named" for measure in measures)
        and _tells_apart(old) == _tells_apart(new)
        and name_of(new.label) != "other"
    )


def _tells_apart(one: Instance) -> tuple[object, ...]:
    label = one.label
    return name_of(label), label.position, label.words, label.each, one.source.inside


def _understood(reader: Reader, instances: list[Instance], notes: list[str]) -> Reading:
    work, doubt = choose(instances)
    if work is not None and reader.all_variable and name_of(work.label) != "overall":
        work = None
    if work is not None and (reader.all_variable or work.source in reader.variable_parts):
        doubt = doubt or notes[-1]
    return concluded(Chosen(work, doubt), instances, notes, reader.text)
