"""Texts are cleaned of what no reader would miss, and of nothing else."""

from __future__ import annotations

import logging
import time

import hypothesis
import pytest
from hypothesis import strategies

from pipeline.sources.texts import Cleaner, clean_id, clean_text, plain_from_html


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
