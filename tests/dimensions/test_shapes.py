"""Filling in a known shape gives what reading the statement gives."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import pytest

from pipeline.dimensions import parse_dimensions, shapes
from pipeline.dimensions.parse import read_statement
from pipeline.dimensions.reading import made

_HERE = Path(__file__).parent


def _statements() -> list[tuple[str, str | None]]:
    found = []
    for name in ("gold.csv", "rules.csv"):
        with (_HERE / name).open(encoding="utf-8", newline="") as file:
            found += [
                (row["statement"], row.get("language") or None) for row in csv.DictReader(file)
            ]
    return found


def test_with_other_numbers_a_shape_says_the_same_as_reading() -> None:
    chance, filled = random.Random(4), 0
    for text, language in _statements():
        for _ in range(2):  # a shape is learnt when it is seen again
            parse_dimensions(text, language)
        for _ in range(8):
            other = re.sub("[0-9]+", lambda _: _number(chance), text)
            recalled = shapes.recall(shapes.shape_of(other, language))
            if recalled is not None:
                filled += 1
                assert recalled == made(read_statement(other, language))

    assert filled > 1500


def _number(chance: random.Random) -> str:
    whole = chance.choice([0, 1, 2, chance.randint(3, 99), chance.randint(100, 3000)])
    return chance.choice([f"{whole}"] * 6 + [f"{whole}½", "¾", "3/8"])


@pytest.mark.parametrize(
    ("plain", "other"),
    [
        ("10mmx12mm", "10mmx½mm"),
        ("10mmx12mm", "10½mmx12¾mm"),
        ("H10xB12 cm", "H10½xB12 cm"),
        ("H10xB12 cm", "H10xB½ cm"),
    ],
)
def test_numbers_written_otherwise_change_no_word_beside_them(plain: str, other: str) -> None:
    for _ in range(3):
        parse_dimensions(plain)
    recalled = shapes.recall(shapes.shape_of(other, None))

    assert recalled is not None
    assert recalled == made(read_statement(other, None))
    assert recalled.height_m is not None
    assert recalled.width_m is not None


@pytest.mark.parametrize(
    ("plain", "other"),
    [
        ("38 x 51 cm", "0 x 51 cm"),
        ("38 x 51 cm", "380000 x 51 cm"),
        ("38.5 x 51 cm", "38.500 x 51 cm"),
        ("38 x 51 cm", "30/32 x 51 cm"),
        ("15 x 20 in. (38.1 x 50.8 cm)", "15 x 20 in. (48.1 x 50.8 cm)"),
        ("15 in. / 38.1 cm high", "15 in. / 98.1 cm high"),
    ],
)
def test_numbers_that_are_not_plain_are_read(plain: str, other: str) -> None:
    for _ in range(3):
        parse_dimensions(plain)

    assert shapes.recall(shapes.shape_of(plain, None)) is not None
    assert shapes.recall(shapes.shape_of(other, None)) is None
    assert parse_dimensions(other) == made(read_statement(other, None))


def test_few_shapes_are_kept() -> None:
    for number in range(shapes._MOST_SHAPES + 10):
        parse_dimensions(f"{'a' * (number % 97)}{'b' * (number // 97)}: 3 cm")

    assert len(shapes._plans) <= shapes._MOST_SHAPES
    assert shapes.shape_of("1 cm " * 200, None) is None
