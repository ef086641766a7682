"""Any text is taken, in time that grows with its length, and nothing comes of nonsense."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dimensions import parse_dimensions
from pipeline.dimensions.tokens import _after_numbers, _meanings

_BITS = [
    "1", "x", " ", "(", ")", "()", "(1", "1 cm ", "1x", "1 x ", "1/", "1/2 ", "1,", "1.", "-",
    "1-", "\u202e", "with base ", "variable ", "e\u0301",
    "\n", "1\n", "H ", "HxW", "a", "高", "口径", "口", "½", "1½", "¹", "¹/", "'", "1' ", '"',
    "\x00", "שלום ", "١", "1 m ", "5 ft 3 in ", "H. 3 cm; ", "frame: 3 x 4 cm; ", "each ",
    "3 x 4 cm (1 x 2 in) ", "7 min, 3 sec, ", "1 cm (", "\n(1 x", "o. r. ", "mm", "3mmx",
    "\u00a0", "1\u00a0123", "1 + ", "1 and ", "diam. of base 3 cm, ", "support (left): 3 x 4 mm\n",
    "H. 3 in, 8 cm ", "H. of base ", "3 x 4 in 8 x 10 cm ", "Höhe 3; Breite 4; ", "\u0301",
]  # fmt: skip


@pytest.mark.parametrize("bit", _BITS, ids=[ascii(bit) for bit in _BITS])
def test_long_texts_take_no_longer_than_their_length(bit: str) -> None:
    # Four times the length takes four times as long; what grows with the square, sixteen times.
    # The growth counts and not the time, which is another on each machine; the best of three,
    # because a busy machine is slow now and then.
    short, long = (min(_seconds(bit, length) for _ in range(3)) for length in (3_000, 12_000))
    assert long < 9 * short + 0.05


@pytest.mark.parametrize("bit", ["7", "x", " ", "\x00", "שלום ", "1 cm "], ids=ascii)
def test_a_hundred_kilobytes_are_read(bit: str) -> None:
    assert _seconds(bit, 100_000) < 10  # measured: 0.6 s and less


def _seconds(bit: str, length: int) -> float:
    text = (bit * (length // len(bit) + 1))[:length]
    begun = time.process_time()
    parse_dimensions(text)
    return time.process_time() - begun


_WORDS = sorted(
    {*_meanings(), *_after_numbers(), "1/2", "7 1/2", "30", "12.5", "1,200", "1 200", "0"}
)


@settings(max_examples=400)
@given(
    st.lists(st.sampled_from(_WORDS) | st.text(max_size=3), max_size=20), st.sampled_from(["", " "])
)
def test_words_in_any_order_give_a_size_or_none(words: list[str], joint: str) -> None:
    text = joint.join(words)
    found = parse_dimensions(text)

    assert found.text == text
    for size in (found.height_m, found.width_m, found.depth_m, found.diameter_m):
        assert size is None or 0 < size <= 100
    if not any(character.isnumeric() for character in text):
        assert not found.is_known
        assert found.parts == ()


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert parse_dimensions(text).text == text


@pytest.mark.parametrize("language", ["", "x", "de", "zh-Hant-TW", "日本語", "\x00"])
def test_any_language_is_taken(language: str) -> None:
    assert parse_dimensions("30 x 20 cm", language).height_m == 0.3


def test_the_direction_of_writing_changes_no_number() -> None:
    assert parse_dimensions("\u202b30 x 20 cm\u202c").height_m == 0.3
