"""The photograph tells height from width, where it can."""

from __future__ import annotations

import pytest

from pipeline.dimensions import measured, parse_dimensions, settle
from pipeline.dimensions.settle import TOLERANCE

# Tate N01506 is 762 mm high and 1118 mm wide; the museum's table says it the other way round.
SWAPPED = measured({"height": 1118, "width": 762}, "mm", trusted_axes=False)
LANDSCAPE, PORTRAIT = (1536, 1047), (1047, 1536)


def test_swapped_sides_are_put_right() -> None:
    found, note = settle(SWAPPED, LANDSCAPE)

    assert (found.height_m, found.width_m, found.sure) == (0.762, 1.118, "order")
    assert note is not None
    assert "as they are on it" in note


def test_sides_that_fit_stay() -> None:
    found, note = settle(SWAPPED, PORTRAIT)

    assert (found.height_m, found.width_m, found.sure) == (1.118, 0.762, "order")
    assert note is None


def test_a_photograph_with_much_around_the_work_is_flagged() -> None:
    found, note = settle(SWAPPED, (1600, 1500))

    assert found == SWAPPED
    assert note is not None
    assert "in neither way" in note


def test_near_squares_decide_nothing() -> None:
    square = measured({"height": 30, "width": 30.5}, "cm", trusted_axes=False)
    found, note = settle(square, (1000, 1000))

    assert found == square
    assert note is not None
    assert "nearly square" in note


def test_named_axes_are_never_changed() -> None:
    stated = parse_dimensions("H. 30 cm, W. 20 cm")

    assert settle(stated, (200, 300)) == (stated, None)
    found, note = settle(stated, (300, 200))
    assert found == stated
    assert note is not None
    assert "change places" in note


@pytest.mark.parametrize(
    "text", ["H. 30 cm; Diam. 20 cm", "30 x 20 x 15 cm", "H. 30 cm", "dimensions variable", ""]
)
def test_only_flat_works_with_two_sides_are_settled(text: str) -> None:
    found = parse_dimensions(text)

    assert settle(found, (300, 200)) == (found, None)


def test_length_and_width_become_height_and_width() -> None:
    letter = parse_dimensions("L38,5xB24 cm", "de")

    upright, _ = settle(letter, (240, 385))
    lying, _ = settle(letter, (385, 240))

    assert (upright.height_m, upright.width_m) == (0.385, 0.24)
    assert (lying.height_m, lying.width_m) == (0.24, 0.385)


def test_it_says_which_part_the_photograph_shows() -> None:
    trimmed = parse_dimensions("sheet: 40 x 35 cm; image: 20 x 28 cm")
    found, note = settle(trimmed, (1400, 1000))

    assert found == trimmed
    assert note is not None
    assert "shape of the image" in note


@pytest.mark.parametrize("share", [1 - TOLERANCE * 0.9, 1 + TOLERANCE * 0.9])
def test_within_the_tolerance_it_fits(share: float) -> None:
    found, note = settle(SWAPPED, (round(1118 * share * 10), 7620))

    assert (found.height_m, found.width_m) == (0.762, 1.118)
    assert note is not None


@pytest.mark.parametrize("share", [1 - TOLERANCE * 1.2, 1 + TOLERANCE * 1.2])
def test_beyond_it_does_not(share: float) -> None:
    found, _ = settle(SWAPPED, (round(1118 * share * 10), 7620))

    assert found == SWAPPED


@pytest.mark.parametrize("photo_px", [(0, 10), (10, 0), (-3, 4)])
def test_a_photograph_without_size_says_nothing(photo_px: tuple[int, int]) -> None:
    assert settle(SWAPPED, photo_px) == (SWAPPED, None)
