"""Measurements in LIDO: numbers with their axes, and sentences.

Many records state one axis in each set; sets of one part are put together. What is no plain
number becomes a sentence, and what is no length stays with the entry.

Source: CIDOC LIDO Working Group, "LIDO Schema", 1.0 and 1.1, objectMeasurementsSet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.sources._lido_words import best_text
from pipeline.sources.described import Measured, Statement
from pipeline.sources.texts import shortened
from pipeline.sources.xmlnode import Node, distinct, put_together

_PLAIN = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_NOTHING = re.compile(r"|0+(?:[.,]0+)?|[-–—?/.]+|n\.?/?a\.?|null|none|nan|unbekannt|unknown", re.I)
_MOST_AXES = 20
_BARE = re.compile(r"[0-9.,]{1,20} ?[A-Za-z]{0,4}\.?")
_NO_LENGTHS = re.compile(
    r"[µmck]?g|gr|kgs?|t|lbs?|oz|pounds?|(kilo)?gramm?s?|kilogramme|px|pixels?|dpi|ppi|"
    r"s|sec|min|h|std|stunden|minuten|sekunden|m?l|lit(er|re)s?|°|grad|deg|%|"
    r"[cm]?m[23²³]|[mkg]?b|bytes?|seiten|pages|bl|stück|pieces",
    re.IGNORECASE,
)
"""Units that measure no side of anything: of weight, time, area, pictures. Their numbers are no
sizes."""


def sizes(entry: Node, language: str) -> tuple[Statement | Measured, ...]:
    """Take all sizes of an entry: numbers first, then what stands in sentences."""
    sets = entry.all(
        "descriptiveMetadata/objectIdentificationWrap/objectMeasurementsWrap/objectMeasurementsSet"
    )
    measured: list[Measured] = []
    said: list[Statement] = []
    shown: list[Statement] = []
    for one in sets:
        before = len(measured)
        for group in one.all("objectMeasurements"):
            _read(group, language, measured, said)
        for node in one.all("displayObjectMeasurements"):
            text = node.line_of_text()
            # Beside a number with its axis, "54 cm" alone could only be taken for another side.
            if text and not (len(measured) > before and _BARE.fullmatch(text)):
                shown.append(_statement(node))
    if not measured:
        shown = list(put_together(shown))
    return (*_joined(measured), *dict.fromkeys(said + shown))


def _statement(node: Node) -> Statement:
    text = shortened(node.take_all().line_of_text())
    return Statement(text=text, language=node.language or None)


def _read(group: Node, language: str, measured: list[Measured], said: list[Statement]) -> None:
    """Read the numbers of one group, which may be of one part: ``extentMeasurements``."""
    part = _part(group, language)
    for one in (*group.all("measurementsSet"), *group.all("measurementSet")):
        values = [n for n in one.all("measurementValue") if n.line_of_text()]
        unit_names = _names(one, "measurementUnit")
        unit = min(unit_names, key=len, default="")
        value = values[0].line_of_text() if values else ""
        if _NOTHING.fullmatch(value) or _NO_LENGTHS.fullmatch(unit.rstrip(".")):
            continue
        axis = _axis(one)
        for node in (one, *one.all("measurementUnit"), *one.all("measurementType"), values[0]):
            node.take_all()
        if axis and unit and _PLAIN.fullmatch(value):
            measured.append(Measured(part=part or "work", axes={axis: value}, unit=unit))
        else:
            words = " ".join(word for word in (axis, value, unit) if word)
            text = shortened(f"{part}: {words}" if part else words)
            said.append(Statement(text=text, language=values[0].language or None))


def _part(group: Node, language: str) -> str:
    named = group.all("extentMeasurements")
    if not named:
        return ""
    concept = next((name for node in named for name in _labels(node)), "")
    return concept or best_text(named, language)


def _axis(one: Node) -> str:
    """Return what was measured: in English if it is said in several languages."""
    english = [n for n in one.all("measurementType") if n.language.startswith("en")]
    english += [n for n in one.all("measurementType/Concept/prefLabel") if n.language == "en"]
    named = next((node.line_of_text() for node in english if not node.children), "")
    return named or next(iter(_names(one, "measurementType")), "")


def _names(one: Node, name: str) -> tuple[str, ...]:
    named = one.all(name)
    labels = [label for node in named for label in _labels(node)]
    return distinct([*labels, *(node.line_of_text() for node in named if not node.children)])


def _labels(node: Node) -> list[str]:
    """Return what a concept is called that stands where 1.0 has plain text."""
    found = node.all("Concept/prefLabel") + node.all("Concept/altLabel") + node.all("term")
    return [label.line_of_text() for label in found if label.line_of_text()]


def _joined(measured: Iterable[Measured]) -> list[Measured]:
    """Put numbers of one part in one unit together, until an axis comes again."""
    groups: dict[tuple[str, str], list[Measured]] = {}
    for one in measured:
        group = groups.setdefault((one.part, one.unit), [])
        last = group[-1].axes if group else {}
        if group and len(last) < _MOST_AXES and not last.keys() & one.axes.keys():
            group[-1] = group[-1].model_copy(update={"axes": {**last, **one.axes}})
        else:
            group.append(one)
    return [one for group in groups.values() for one in group]
