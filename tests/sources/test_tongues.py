"""Languages are told by scripts and by little words, or not at all."""

from __future__ import annotations

import pytest

from pipeline.sources.tongues import language_of, settled

TEXTS = {
    "en": ["View of the harbour", "Jug with lid", "The ferry and its crew"],
    "de": ["Krug mit Deckel", "Ansicht der Stadt von Süden", "Fahne und Band aus Seide"],
    "fr": ["Vue du port et des quais", "Vase à anses", "Le pont sur la rivière"],
    "es": ["Vista del puerto y el mar", "Jarra para agua", "Los barcos"],
    "it": ["Veduta della città e il porto", "Brocca", "I pescatori nella barca"],
    "nl": ["Gezicht op het stadhuis", "Kan van een schipper", "Vlag"],
    "zh": ["青花缠枝莲纹梅瓶", "山水图轴", "Untitled"],
    "ja": ["山水図", "かきつばた", "染付草花文皿"],
    "ko": ["청자 매병", "산수도"],
}


@pytest.mark.parametrize("language", list(TEXTS))
def test_a_few_titles_tell_it(language):
    assert language_of(TEXTS[language]) == language


@pytest.mark.parametrize("texts", [[], [""], ["Krug", "Vase"], ["Untitled"], ["Vue du port"]])
def test_what_says_nothing_is_not_guessed(texts):
    assert language_of(texts) == ""


def test_two_languages_side_by_side_are_none():
    assert language_of(TEXTS["en"] + TEXTS["de"]) == ""


def test_values_come_before_names_but_for_japanese_in_chinese_characters():
    assert settled("en", "zh")[0] == "zh"
    assert settled("ja", "zh")[0] == "ja"
    assert settled("de", "") == ("de", "as the names of columns say")
