"""Numbers that a catalogue holds apart."""

from __future__ import annotations

import math

import pytest

from pipeline.dimensions import Row, measured, measured_rows


def test_inches_with_zeros_for_what_was_not_measured() -> None:
    found = measured({"height": 2.875, "width": 5.0, "depth": 5.0, "diameter": 0.0}, "in")

    assert (found.height_m, found.width_m, found.depth_m) == (0.073025, 0.127, 0.127)
    assert (found.diameter_m, found.sure, found.notes) == (None, "stated", ())


def test_words_of_any_language() -> None:
    found = measured({"Höhe": "80", "Breite": "54,5", "Tiefe": ""}, "Zentimeter")

    assert (found.height_m, found.width_m, found.depth_m) == (0.8, 0.545, None)


def test_rows_of_a_table_with_their_own_units() -> None:
    found = measured_rows(
        [
            Row("overall", "height", "172.0000000000", "centimeters"),
            Row("overall", "weight", "48.0812845868", "pounds"),
            Row("overall", "width", "117.0000000000", "centimeters"),
            Row("frame", "height", 190, "centimeters"),
        ]
    )

    assert (found.height_m, found.width_m) == (1.72, 1.17)
    assert [one.name for one in found.parts] == ["overall", "frame"]
    assert found.parts[0].measures[1].value == pytest.approx(48.0812845868 * 0.45359237)


@pytest.mark.parametrize(
    ("part", "known"),
    [
        ("", True),
        ("Rahmen", False),
        ("left panel", True),
        ("without frame", True),
        ("with frame", False),
    ],
)
def test_the_work_is_chosen_as_in_a_text(part: str, known: bool) -> None:
    assert measured({"height": 3}, "cm", part).is_known is known


def test_one_of_several_panels_is_unsure() -> None:
    assert measured({"height": 3}, "cm", "left panel").sure == "unsure"


@pytest.mark.parametrize(
    ("axis", "value", "unit", "note"),
    [
        ("weight", 846, "cm", "no unit of what was measured"),
        ("height", 30, "cubits", "this unit is not known"),
        ("height", "Großformat", "cm", "cannot be read"),
        ("height", "1,200", "mm", "cannot be read"),
        ("height", -3, "cm", "cannot be read"),
        ("height", math.inf, "cm", "cannot be read"),
        ("height", "nan", "cm", "cannot be read"),
        ("height", True, "cm", "cannot be read"),
        ("height", [3], "cm", "cannot be read"),
        ("width", 9600, "in", "more than 100 m"),
    ],
)
def test_what_is_no_size_is_said(axis: str, value: object, unit: str, note: str) -> None:
    found = measured({axis: value}, unit)

    assert not found.is_known
    assert any(note in said for said in found.notes)


def test_two_values_for_one_axis_are_said() -> None:
    rows = [Row("", "height", 3, "cm"), Row("", "height", 4, "cm"), Row("", "height", 30, "mm")]
    found = measured_rows(rows)

    assert found.height_m == 0.03
    assert found.notes == ("height 4 cm: not taken, height 3 cm stands before it",)


def test_axes_that_are_not_trusted_are_unsure() -> None:
    found = measured({"height": 3, "width": 4}, "cm", trusted_axes=False)

    assert found.sure == "unsure"
    assert {measure.order for measure in found.parts[0].measures} == {"order"}
