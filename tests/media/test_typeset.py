"""Line breaking, and no character without a glyph."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import EngineFailed
from pipeline.media.typeset import Face, is_cjk, mostly_cjk, paragraphs, set_lines

FACE = Face(20)
NEVER_FIRST = "。，、；：？！）」』】》”’…—"
NEVER_LAST = "（「『【《“‘"


def words(lines):
    return ["".join(text for _, text in line.pieces) for line in lines]


@settings(deadline=None, max_examples=80)
@given(
    st.text(alphabet="中国剪纸一把刀。，、；：？！（）《》“”…—", min_size=1, max_size=80),
    st.integers(8, 24),
)
def test_no_chinese_line_begins_or_ends_with_the_wrong_mark(text, em):
    text = "剪" + text
    lines = words(set_lines(text, FACE, em * 20))
    assert "".join(lines) == text
    runs = max(len(run) for run in _marked_runs(text))
    if runs < em:  # a run of marks longer than a line can only be torn
        assert not any(line[0] in NEVER_FIRST for line in lines[1:])
        assert not any(line[-1] in NEVER_LAST for line in lines[:-1])


def _marked_runs(text):
    """What clings together: letters with all marks around them."""
    runs, run = [], ""
    for character in text:
        loose = run and not (run[-1] in NEVER_LAST or character in NEVER_FIRST)
        if loose:
            runs.append(run)
            run = ""
        run += character
    return [*runs, run]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text("abcdefghij", min_size=1, max_size=14), min_size=1, max_size=40))
def test_latin_is_broken_between_words_and_fits(drawn):
    lines = set_lines(" ".join(drawn), FACE, 300)
    assert [text for line in lines for _, text in line.pieces] == drawn
    for line in lines:
        x, text = line.pieces[-1]
        assert x + FACE.width(text) <= 300.5


def test_full_chinese_lines_end_at_the_margin():
    lines = set_lines(
        "一张纸，一把剪刀或一柄小刻刀，剪纸所需不过如此。纸或折叠，或平铺。", FACE, 230
    )
    for line in lines[:-1]:
        x, text = line.pieces[-1]
        assert x + FACE.width(text) == pytest.approx(230, abs=0.5)


def test_latin_in_chinese_gets_air():
    line = set_lines("于2009年", FACE, 400)[0]
    assert [text for _, text in line.pieces] == ["于", "2009", "年"]
    assert line.pieces[1][0] == pytest.approx(FACE.width("于") + 0.18 * 20, abs=0.01)


def test_a_word_longer_than_a_line_is_torn():
    lines = set_lines("a" * 200, FACE, 200)
    assert "".join(words(lines)) == "a" * 200
    assert len(lines) > 5


@pytest.mark.parametrize("character", ["ก", "𓀀", "ש", "\ue000"])
def test_a_missing_glyph_is_named(character):
    with pytest.raises(EngineFailed, match=f"U\\+{ord(character):04X}"):
        set_lines(f"text {character}", FACE, 300)


@pytest.mark.parametrize("text", ["囍", "Þórr", "œuvre", "jiǎnzhǐ", "Đặng", "Привет", "“a” — b…"])
def test_these_are_there(text):
    assert FACE.width(text) > 0


def test_paragraphs_are_cleaned():
    assert paragraphs("a\u200b  b \n\n\n c\ufeff\r\nd") == ["a b", "c", "d"]
    assert paragraphs(" \n ") == []


def test_scripts():
    assert mostly_cjk("UNESCO 中国剪纸名录名录")
    assert not mostly_cjk("the character 囍")
    assert is_cjk("，")
    assert not is_cjk("é")


def test_english_quotes_are_narrow_and_chinese_ones_square():
    assert FACE.width("“") == pytest.approx(10, abs=0.6)
    assert FACE.width("“囍”") == pytest.approx(60, abs=0.6)
