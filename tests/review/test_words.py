"""The gallery's own words."""

import re
import string
from pathlib import Path

import pytest

from pipeline.items import Kind
from pipeline.review import words

_TEMPLATES = Path(words.__file__).parent / "templates"


@pytest.mark.parametrize("name", sorted(words._WORDS))
def test_both_languages_say_the_same_things(name):
    english, chinese = words._WORDS[name]
    fields = [{f for _, f, _, _ in string.Formatter().parse(t) if f} for t in (english, chinese)]
    assert fields[0] == fields[1]
    assert english.strip()
    assert chinese.strip()
    assert re.search(r"[\u4e00-\u9fff%×·]", chinese), "the Chinese wording is not Chinese"


def test_every_kind_has_a_word():
    for kind in Kind:
        assert set(words.word(f"kind_{kind}")) == {"en", "zh"}


def test_every_word_that_a_template_says_exists_and_none_is_left_over():
    text = "".join(path.read_text("utf-8") for path in _TEMPLATES.glob("*.j2"))
    said = set(re.findall(r'\b(?:say|word|fact)\("(\w+)"', text))
    assert said <= set(words._WORDS)
    others = set(_TEMPLATES.parent.glob("*.py")) - {Path(words.__file__)}
    code = "".join(path.read_text("utf-8") for path in others)
    used = set(re.findall(r'"(\w+)"', text + code))
    prefixed = {
        name for name in words._WORDS if name.startswith(("kind_", "stage_", "pace_", "access_"))
    }
    assert set(words._WORDS) - used - prefixed == set()


def test_unknown_stage_keeps_its_name():
    assert words.word_or_name("stage", "sign_file") == {"und": "sign_file"}
    assert words.word_or_name("stage", "cut_mask")["en"] == "Mask"
