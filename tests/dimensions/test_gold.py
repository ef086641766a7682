"""Statements of real catalogues, read by a person first, and statements for each rule.

``gold.csv`` holds what `draw.py` drew, with the height, width, depth and diameter of the work
itself as a reader finds them, in the statement's own unit, before the parser had seen them; empty
where the statement does not say. (Of those drawn, 204 are plain one-liners such as ``support: 318 x
387 mm``, whose numbers were copied by a strict pattern and looked over.) ``rules.csv`` holds
statements of our own in the shapes of each language.

    exact     all four are as expected, and none is there that is not
    unknown   less than expected, and nothing else
    wrong     a number that is not the expected one, or one where none is expected
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from pipeline.dimensions import Dimensions, Row, measured, measured_rows, parse_dimensions

_HERE = Path(__file__).parent
_METRES = {"mm": 0.001, "cm": 0.01, "in": 0.0254, "m": 1.0}
_AXES = ("height", "width", "depth", "diameter")
_TOLERANCE_M = 1e-6


def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(row: dict[str, str]) -> Dimensions:
    if row.get("source") == "cmoa":
        sizes = json.loads(row["statement"])
        return measured({name.removeprefix("item_"): size for name, size in sizes.items()}, "in")
    if row.get("source") == "nga":
        return measured_rows(Row(*said) for said in json.loads(row["statement"]))
    return parse_dimensions(row["statement"], row.get("language") or None)


def verdict(row: dict[str, str]) -> str:
    found = read(row)
    unknown = False
    for axis in _AXES:
        expected = float(row[axis]) * _METRES[row["unit"]] if row[axis] else None
        got = getattr(found, f"{axis}_m")
        if got is None:
            unknown = unknown or expected is not None
        elif expected is None or abs(got - expected) > _TOLERANCE_M:
            return "wrong"
    return "unknown" if unknown else "exact"


@cache
def tally() -> dict[tuple[str, str], Counter[str]]:
    counted: dict[tuple[str, str], Counter[str]] = {}
    for row in _rows("gold.csv"):
        counted.setdefault((row["how"], row["source"]), Counter())[verdict(row)] += 1
    return counted


def _of(how: str) -> Counter[str]:
    return sum((counts for (name, _), counts in tally().items() if name == how), Counter())


def test_of_the_drawn_97_percent_are_exact_and_half_a_percent_wrong() -> None:
    drawn = _of("drawn")

    assert drawn.total() == 300
    assert drawn["exact"] >= 0.97 * 300
    assert drawn["wrong"] <= 0.005 * 300


def test_of_rare_shapes_as_many_are_exact() -> None:
    rare = _of("rare")

    assert rare.total() == 100
    assert rare["exact"] >= 97
    assert rare["wrong"] == 0


def test_each_museum_is_read() -> None:
    exact = {source: counts["exact"] / counts.total() for (_, source), counts in tally().items()}

    assert set(exact) == {"tate", "cmoa", "nga", "met"}
    assert min(exact.values()) >= 0.97


_RULES = _rows("rules.csv")


def test_every_language_has_rules() -> None:
    languages = Counter(row["language"] for row in _RULES)

    assert len(_RULES) >= 150
    assert all(
        languages[language] >= 9 for language in ("en", "fr", "de", "es", "it", "nl", "zh", "ja")
    )


@pytest.mark.parametrize("row", _RULES, ids=[f"{r['language']}:{r['statement']}" for r in _RULES])
def test_rules(row: dict[str, str]) -> None:
    assert verdict(row) == "exact", read(row)


def test_the_drawn_statements_are_those_that_chance_drew(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(_HERE))
    import draw  # type: ignore[import-not-found]

    drawn = draw.draw(shared_data / "catalogues")
    kept = [
        {name: row[name] for name in ("how", "source", "id", "statement")}
        for row in _rows("gold.csv")
    ]

    for statement in drawn:
        statement["statement"] = statement["statement"].replace("\r\n", "\n")
    assert kept == drawn
