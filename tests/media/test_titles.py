"""Credits: which column each work stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.media.titles import Look, Words, credit_pages

WIDE, TALL = Look((1920, 1080), "night"), Look((1080, 1920), "night")


def work(name: int, lines: int) -> list[Words]:
    """A credit of so many lines, none of them alike."""
    return [Words(f"work {name} line {line}", 0.028) for line in range(lines)]


def columns_of(look: Look, lines: Sequence[int]) -> dict[int, set[tuple[int, float]]]:
    """By work: page and left edge of the columns that it stands in."""
    found = defaultdict(set)
    pages = credit_pages(look, ["Works"], [work(n, count) for n, count in enumerate(lines)])
    for number, page in enumerate(pages):
        for line in page.lines:
            found[int(line.words.text.split()[1])].add((number, round(line.at[0], 3)))
    return found


@pytest.mark.parametrize("lines", [[12, 1, 1, 1], [1, 1, 1, 12], [3, 9, 3, 2], [7, 7, 7]])
@pytest.mark.parametrize("look", [WIDE, TALL])
def test_no_credit_that_fits_a_column_is_cut(look: Look, lines: list[int]) -> None:
    for name, columns in columns_of(look, lines).items():
        assert len(columns) == 1, f"work {name} of {lines} stands in {sorted(columns)}"


@settings(max_examples=30)
@given(st.lists(st.integers(1, 14), min_size=1, max_size=12))
def test_whatever_the_credits_are_none_is_cut_and_none_is_lost(lines: list[int]) -> None:
    found = columns_of(WIDE, lines)
    assert sorted(found) == list(range(len(lines)))
    assert all(len(columns) == 1 for columns in found.values())


def test_a_credit_longer_than_a_column_goes_on_in_the_next() -> None:
    found = columns_of(WIDE, [40, 1, 1, 1])
    assert len(found[0]) > 1


def test_columns_are_about_alike() -> None:
    found = columns_of(WIDE, [2] * 8)
    left = [name for name, columns in found.items() if min(x for _, x in columns) < 0.5]
    assert left == [0, 1, 2, 3]
