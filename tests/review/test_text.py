"""Text from catalogues, made fit for a page."""

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.items import Size
from pipeline.review.text import (
    Languages,
    bytes_words,
    clean,
    direction,
    is_tag,
    shorten,
    size_words,
    web_address,
)


def test_clean_drops_what_turns_the_line_and_keeps_what_arabic_needs():
    assert clean("abc\u202egpj.exe\u2066x\u2069") == "abcgpj.exex"
    assert clean("a\x00b\x1b[31m\r\nc") == "ab[31m\nc"
    assert clean("قلم\u200f!") == "قلم\u200f!"
    assert clean("\ud800broken") == "?broken"


@given(st.text(alphabet=st.characters(codec=None)))
def test_clean_text_always_travels_as_utf_8_and_is_done_once(text):
    once = clean(text)
    once.encode("utf-8")
    assert clean(once) == once


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/x",
        "http:example.org",
        "https://",
        "http://[broken",
        "https://example.org/a b",
        "",
        "10.1000/182",
    ],
)
def test_only_plain_web_addresses_become_links(url):
    assert web_address(url) is None


def test_web_addresses_are_kept_as_they_are():
    url = "https://example.org/a?b=1&c=%E7%BD%90#d"
    assert web_address(url) == url


def test_language_tags():
    assert is_tag("en")
    assert is_tag("zh-Hant-TW")
    assert not is_tag('en" onload="x')
    assert not is_tag("e")
    assert direction("ar-EG") == "rtl"
    assert direction("zh") == "ltr"
    assert direction("") == "auto"


def test_gallery_offers_the_wanted_languages_and_always_its_own():
    assert Languages(("fr", "zh-Hant"), ("en", "zh")).offered == ("fr", "zh-Hant", "en")
    assert Languages(('"><b>',), ("en", "zh")).offered == ("en", "zh")


@pytest.mark.parametrize(
    ("text", "language", "picked"),
    [
        ({"en": "a", "zh": "b"}, "zh", "zh"),
        ({"en": "a", "zh-Hant": "b"}, "zh", "zh-Hant"),
        ({"EN": "a"}, "en", "EN"),
        ({"fr": "a", "en": "b"}, "zh", "en"),
        ({"fr": "a", "de": "b"}, "zh", "fr"),
        ({"en": " ", "fr": "a"}, "en", "fr"),
        ({}, "en", None),
        ({"en": "\u202e"}, "en", None),
    ],
)
def test_a_reader_sees_the_nearest_language(text, language, picked):
    assert Languages(("en", "zh"), ()).pick(text, language) == picked


def test_every_wording_travels_once_and_one_is_visible():
    languages = Languages(("zh", "en", "fr"), ())
    spans = str(languages.spans({"en": "Jar & lid", "zh": "罐"}))
    assert spans == (
        '<span lang="zh" dir="ltr" data-l="zh fr">罐</span>'
        '<span lang="en" dir="ltr" data-l="en" hidden>Jar &amp; lid</span>'
    )


def test_others_are_those_that_no_language_shows():
    languages = Languages(("en", "zh"), ())
    others = languages.others({"en": "a", "fr": "b", "zh-Hant": "c", "x": "d"})
    assert [(one.tag, one.text) for one in others] == [("fr", "b"), ("", "d")]


class _Attributes(HTMLParser):
    def handle_starttag(self, tag, attrs):
        self.found = dict(attrs)


def test_attributes_survive_quotes_in_every_language():
    languages = Languages(("en", "zh"), ())
    text = {"en": "\"'><img onerror=x>", "zh": "引'号\""}
    parser = _Attributes()
    parser.feed(f"<img {languages.attributes(alt=(text, {'en': 'More'}))}>")
    assert parser.found["alt"] == "\"'><img onerror=x> — More"
    assert parser.found["lang"] == "en"
    table = json.loads(parser.found["data-attrs"])
    assert table["zh"] == {"alt": "引'号\" — More", "lang": "zh"}


def test_one_language_needs_no_table():
    languages = Languages(("en", "zh"), ())
    assert str(languages.attributes(alt={"en": "Jar"})) == 'alt="Jar" lang="en"'


def test_shorten_ends_at_a_word():
    assert shorten("one two", 10) == "one two"
    assert shorten("one two three", 9) == "one two…"
    assert shorten("罐" * 20, 5) == "罐" * 5 + "…"


@pytest.mark.parametrize(
    ("size", "english", "chinese"),
    [
        (
            Size(height_m=0.762, width_m=1.118),
            "H 76.2 × W 111.8 cm (30 × 44 in)",
            "高 76.2 × 宽 111.8 厘米（30 × 44 英寸）",
        ),
        (Size(diameter_m=0.02431), "Ø 2.43 cm (1 in)", "直径 2.43 厘米（1 英寸）"),
        (
            Size(height_m=3.2, width_m=0.5, depth_m=0.04),
            "H 3.2 × W 0.5 × D 0.04 m (10.5 × 1.6 × 0.13 ft)",
            "高 3.2 × 宽 0.5 × 深 0.04 米（10.5 × 1.6 × 0.13 英尺）",
        ),
        (Size(height_m=0.0004), "H 0.04 cm (0.016 in)", "高 0.04 厘米（0.016 英寸）"),
    ],
)
def test_sizes_in_the_units_of_people(size, english, chinese):
    assert size_words(size) == {"en": english, "zh": chinese}


def test_unknown_size_has_no_words():
    assert size_words(Size()) is None
    assert size_words(Size(height_m=0.3), both=False) == {"en": "H 30 cm", "zh": "高 30 厘米"}


@given(st.floats(min_value=1e-6, max_value=1e4))
def test_no_size_is_said_to_be_nothing(height_m):
    words = size_words(Size(height_m=height_m))
    assert words is not None
    assert float(words["en"].split()[1]) > 0


def test_bytes():
    said = [bytes_words(n) for n in (0, 999, 1000, 1_240_000, 123_000_000, 5 * 10**12)]
    assert said == ["0 B", "999 B", "1 kB", "1.2 MB", "123 MB", "5000 GB"]
