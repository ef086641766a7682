"""What a result says beside the numbers: parts, doubts, contradictions, what was left unread."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

import pipeline
from pipeline.dimensions import Dimensions, Part, parse_dimensions


def part(found: Dimensions, name: str) -> Part:
    (only,) = (one for one in found.parts if one.name == name)
    return only


def sides(one: Part) -> dict[str, float]:
    return {measure.axis: measure.value for measure in one.measures}


def test_it_is_public() -> None:
    assert pipeline.parse_dimensions is parse_dimensions


def test_a_result_is_frozen_and_travels_as_json() -> None:
    found = parse_dimensions("H. 30.6 x W. 16.6 cm (12 x 6 1/2 in)")

    assert Dimensions.model_validate_json(found.model_dump_json()) == found
    with pytest.raises(ValidationError):
        found.height_m = 1.0  # type: ignore[misc]


def test_every_part_is_found_with_its_measures() -> None:
    found = parse_dimensions(
        "support: 1016 x 1270 mm\nframe: 1200 x 1450 x 80 mm, 12 kg\nimage: 900 x 1100 mm"
    )

    assert [one.name for one in found.parts] == ["sheet", "frame", "image"]
    assert sides(part(found, "frame")) == {
        "height": 1.2,
        "width": 1.45,
        "depth": 0.08,
        "weight": 12.0,
    }
    assert part(found, "frame").label == "frame"
    assert found.text.startswith("support")


def test_each_number_says_where_it_stands() -> None:
    found = parse_dimensions("H. c. 12–14 cm, W. 6 1/2 in.")
    height, width = part(found, "work").measures

    assert (height.axis, height.value, height.high, height.stated) == (
        "height",
        0.12,
        0.14,
        "12–14 cm",
    )
    assert height.about
    assert (width.value, width.stated, width.order) == (0.1651, "6 1/2 in.", "named")


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("H. 30 cm, W. 20 cm", "stated"),
        ("30 x 20 cm", "order"),
        ("H. 30 x 20 cm", "order"),
        ("height 30 cm, length 50 cm", "order"),
        ("image: 30 x 20 cm", "unsure"),
        ("10-12 cm high", "unsure"),
        ("30 x 20 cm (variable)", "unsure"),
        ("H. 12 cm; D. 8 cm", "unsure"),
        ("image: 30 x 20 cm\nsupport: 40 x 30", "unsure"),
        ("dimensions variable", "unsure"),
        ("", "unsure"),
    ],
)
def test_how_sure_it_is(text: str, sure: str) -> None:
    assert parse_dimensions(text).sure == sure


@pytest.mark.parametrize(
    "text",
    [
        "30 x 20 cm (11 3/4 x 9 7/8 in.)",
        "11 3/4 x 9 7/8 in. (30 x 20 cm)",
        "H. 30 cm (15 in.), W. 20 cm (7 7/8 in.)",
        "9 7/8 in. (20 cm)",
        "5 lb. (3 kg)",
    ],
)
def test_a_contradiction_is_reported(text: str) -> None:
    assert any("more than rounding explains" in note for note in parse_dimensions(text).notes)


@pytest.mark.parametrize(
    "text",
    [
        "30.6 x 16.6 cm (12 x 6 1/2 in)",
        "21 3/4 × 12 3/4 in. (55.2 × 32.4 cm)",
        "h. 2.3 cm (7/8 in)",
        '7\' 6 1/2" x 59 1/8" (229.9 x 150.2 cm)',
        "5 lb. (2.3 kg)",
        "27 x 21 x 9 1/2 in., 45lb. (68.6 x 53.3 x 24.1cm, 20.4kg)",
    ],
)
def test_rounding_is_no_contradiction(text: str) -> None:
    assert parse_dimensions(text).notes == ()


def test_metric_wins_over_inches_even_where_they_contradict() -> None:
    found = parse_dimensions("11 3/4 x 9 7/8 in. (30 x 20 cm)")

    assert (found.height_m, found.width_m) == (0.3, 0.2)


def test_the_height_of_a_figure_is_its_size_where_nothing_else_is_said() -> None:
    alone = parse_dimensions("像高98.5cm", "ja")
    assert (alone.height_m, alone.sure) == (0.985, "unsure")
    assert parse_dimensions("総高12.5cm 像高 10cm", "ja").height_m == 0.125


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("dimensions variable", "variable"),
        ("0 x 20 cm", "0: 0 is no size"),
        ("13 1/2 x 9,600 in.", "9,600"),
        ("120 m x 3 m", "more than 100 m"),
        ("30 x 20", "no unit is stated"),
        ("1,200 x 900 mm", "can mean 1.2 or 1200"),
        ("高3尺2寸", "historical unit"),
        ("each 30 x 20 cm", "size of the whole is not said"),
        ("image: 30 x 20 cm", "only the image is measured"),
        ("H. 12 cm; D. 8 cm", "what it measures is not said"),
        ("L. 12 cm; W. 8 cm", "which way it lies"),
        ("高 32.4 cm 口径 18 cm", "that of its mouth"),
        (
            "detail of hand: 3 x 4 cm",
            "what is measured is not said to be the work itself: detail of hand",
        ),
        ("image: 298 x 247 mm\nsupport: 298 x 250", "taken to be in millimeters"),
        ("99999999999999999999 x 3 cm", "cannot be read"),
        ("1 200 x 900 mm", "cannot be read"),
    ],
)
def test_what_is_left_open_is_said(text: str, note: str) -> None:
    assert any(note in said for said in parse_dimensions(text).notes), parse_dimensions(text).notes


def test_what_a_comma_means_hangs_on_the_language() -> None:
    assert parse_dimensions("1,200 x 900 mm", "en").height_m == 1.2
    assert parse_dimensions("1,250 x 0,9 m", "fr").height_m == 1.25
    assert parse_dimensions("1.200 x 900 mm", "de-AT").height_m == 1.2
    assert parse_dimensions("1.250 cm hoch").height_m is None
    assert parse_dimensions("Hauteur : 1,250 m").height_m == 1.25


def test_letters_hang_on_the_language() -> None:
    assert parse_dimensions("H. 12 cm ; D. 8 cm", "fr").diameter_m == 0.08
    assert parse_dimensions("H. 12 cm ; L. 8 cm", "fr").width_m == 0.08
    assert parse_dimensions("L. 12 cm ; l. 8 cm", "fr").width_m == 0.08
    assert parse_dimensions("H 12 cm, B 8 cm, T 3 cm", "de").depth_m == 0.03
    assert parse_dimensions("H. 12 cm; W. 9 cm; D. 8 cm", "en").depth_m == 0.08
    assert parse_dimensions("T. 8 cm", "en").depth_m is None


def test_durations_and_weights_are_measured() -> None:
    found = parse_dimensions("duration: 1 hour, 7 min, 52 sec\nweight: 5 lb. 4 oz.")
    measures = {measure.axis: measure.value for one in found.parts for measure in one.measures}

    assert measures["duration"] == 3600 + 7 * 60 + 52
    assert measures["weight"] == pytest.approx((5 + 4 / 16) * 0.45359237)
    assert not found.is_known
    assert part(parse_dimensions("Duration: 12' 30\""), "work").measures[0].value == 750


def test_both_systems_of_a_work_in_several_runs() -> None:
    found = parse_dimensions("H. 4 in. W. 6 in. (10.2 x 15.2 cm)")

    assert {measure.axis for one in found.parts for measure in one.measures} <= {"height", "width"}


def test_a_part_is_one_of_several() -> None:
    found = parse_dimensions("three panels, each 30 x 20 cm")

    assert found.parts[0].each
    assert not found.is_known


def test_brackets_hold_details_of_what_stands_before_them() -> None:
    found = parse_dimensions("H. 30 cm (with base 40 cm); W. 12 cm")

    assert (found.height_m, found.width_m) == (0.3, 0.12)
    assert sides(part(found, "with base")) == {"unknown": 0.4}
