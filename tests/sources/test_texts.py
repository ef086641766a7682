"""Texts are cleaned of what no reader would miss, and of nothing else."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies

from pipeline.sources.described import MOST_CHARACTERS
from pipeline.sources.texts import (
    Cleaner,
    clean_id,
    clean_text,
    file_name,
    is_address,
    language_tag,
    plain_from_html,
    shortened,
)


def test_controls_go_and_line_breaks_stay() -> None:
    assert clean_text(" a\x00b\x1bc\r\nd\re\tf\x7f\n") == "abc\nd\ne\tf"


def test_half_a_character_is_marked() -> None:
    assert clean_text("cup \ud83d") == "cup \ufffd"


def test_right_to_left_text_keeps_its_marks() -> None:
    assert clean_text("\u200fمصحف\u200e 12") == "\u200fمصحف\u200e 12"


def test_ids_have_nothing_that_is_not_seen() -> None:
    assert clean_id("19\u200b36.1\u202e00\n.45\ufeff") == "19 36.1 00 .45"
    assert clean_id("e\u0301") == "é"


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("The <i>Cup</i> &amp; saucer", "The Cup & saucer"),
        ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
        ('<p class="x">One</p><p>Two</p>', "One\n\nTwo"),
        ("<untitled>", "<untitled>"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("3 < 4 & 5 > 2", "3 < 4 & 5 > 2"),
        ("AT&T; &copy 2020 &eacute;", "AT&T; &copy 2020 é"),
        ("&#0;&#x41;&#99999999;", "\ufffdA&#99999999;"),
        ('<a href="https://example.org">here</a>', "here"),
    ],
)
def test_html_becomes_plain(html: str, plain: str) -> None:
    assert plain_from_html(html) == plain


@pytest.mark.parametrize("part", ["<a ", "<i", "&a", "&#", "<a\n", "</p ", "\n\n ", "<i>"])
def test_hostile_html_takes_no_longer_than_it_is(part: str) -> None:
    start = time.process_time()
    plain_from_html(part * 100_000)
    assert time.process_time() - start < 1.5


@hypothesis.given(strategies.text())
def test_clean_text_is_clean(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    clean.encode()
    assert "\x00" not in clean


def test_mojibake_is_mended_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    clean = Cleaner("works.csv")
    with caplog.at_level(logging.WARNING):
        assert clean("MusÃ©e d’Orsay") == "Musée d’Orsay"
        assert clean("Ã©lÃ¨ve") == "élève"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "works.csv" in caplog.text
    assert "Musée d’Orsay" in caplog.text


@pytest.mark.parametrize(
    "text", ["Pâris", "¿Qué?", "12 × 14 ½", "São", "ÂGE", "高 32.4 cm", "É.A."]
)
def test_good_text_is_left_alone(text: str, caplog: pytest.LogCaptureFixture) -> None:
    assert Cleaner("works.csv")(text) == text
    assert not caplog.records


def test_texts_of_any_length_fit_and_say_that_they_were_cut() -> None:
    whole = "x" * MOST_CHARACTERS
    assert shortened(whole) == whole
    cut = shortened(whole + "y")
    assert len(cut) == MOST_CHARACTERS
    assert cut.endswith("x […, cut: 100,001 characters]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example/x?y#z", True),
        ("HTTP://a.example", True),
        ("https://a.example/花瓶", True),
        ("http://[2001:db8::1]:8080/", True),
        *(
            (text, False)
            for text in ("", "http://", "http://[", "https:///x", "//a.example/x", "ftp://a/b")
        ),
        *((text, False) for text in ("a https://a.example/", "https://a.example/ and more")),
        *((text, False) for text in ("https://a.example/\nx", "https://a.example/\n")),
        ("https://a.example/" + "x" * 4000, False),
    ],
)
def test_addresses_are_on_the_web_and_on_one_line(text: str, expected: bool) -> None:
    assert is_address(text) is expected


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("EN", "en"),
        ("de_at", "de-AT"),
        ("zh-Hant-tw", "zh-Hant-TW"),
        ("", ""),
        ("x y", ""),
        ("none", ""),
    ],
)
def test_languages(written: str, tag: str) -> None:
    assert language_tag(written) == tag


def test_names_of_files_can_be_shown_and_written() -> None:
    assert file_name(Path("花瓶/caf\u00e9.json")) == "caf\u00e9.json"
    assert file_name(Path(os.fsdecode(b"a/caf\xe9.json"))) == "caf?.json"
