"""Units are pint's."""

from __future__ import annotations

import pint
import pytest

from pipeline.dimensions import parse_dimensions, words
from pipeline.dimensions.units import units

_REGISTRY: pint.UnitRegistry[float] = pint.UnitRegistry(cache_folder=None)
_SI = {"length": "meter", "mass": "kilogram", "time": "second"}


@pytest.mark.parametrize("name", words.UNITS)
def test_factors_are_those_of_pint(name: str) -> None:
    unit = units()[name]

    assert unit.factor == pytest.approx(
        _REGISTRY.Quantity(1, name).to(_SI[unit.dimension]).magnitude
    )


_LENGTHS = [
    (word, name)
    for name, text in words.UNITS.items()
    if units()[name].dimension == "length"
    for word in text.split()
]


@pytest.mark.parametrize(("word", "name"), _LENGTHS)
def test_every_word_for_a_unit_is_read(word: str, name: str) -> None:
    found = parse_dimensions(f"3 x 2 {word}")

    assert found.height_m == pytest.approx(3 * units()[name].factor)
    assert found.width_m == pytest.approx(2 * units()[name].factor)


@pytest.mark.parametrize("axis", ["height", "width", "depth", "diameter"])
def test_every_word_for_an_axis_is_read(axis: str) -> None:
    for language, text in words.AXES[axis].items():  # type: ignore[index]
        for word in text.split():
            found = parse_dimensions(f"{word}: 3 cm", language)
            assert getattr(found, f"{axis}_m") == 0.03, (language, word)


@pytest.mark.parametrize("name", words.PARTS)
def test_every_word_for_a_part_is_read(name: str) -> None:
    for word in words.PARTS[name].split():
        assert [one.name for one in parse_dimensions(f"{word}: 3 x 2 cm").parts] == [name], word
