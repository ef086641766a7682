"""The table of terms is consistent, and statements are read as they are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import kindwords
from pipeline.kindwords import Statement, find_ids, fold, read_statement, table
from pipeline.yamlfile import read_yaml


def written() -> list[tuple[str, str, kindwords.Hit]]:
    path = Path(kindwords.__file__).with_name("kinds.yaml")
    return list(kindwords._written(read_yaml(path, kindwords._File)))


def test_every_term_means_what_the_table_says() -> None:
    lost = []
    for language, term, hit in written():
        read = getattr(read_statement(term), hit.role)
        if read is None or read.kind != hit.kind:
            lost.append(f"{language} {term}: {read}, expected {hit.kind}")

    assert len(written()) > 3000
    assert lost == []


def test_every_kind_has_terms_in_every_language() -> None:
    languages = {language for language, _, _ in written()} - {"aat"}
    named = {(language, hit.kind) for language, _, hit in written() if hit.role == "names"}

    assert len(languages) == 9
    missing = {(language, kind) for language in languages for kind in table().over} - named
    assert missing == set()


def test_ids_are_those_of_getty() -> None:
    assert len(table().aat) > 200
    assert all(len(number) == 9 and number.startswith("300") for number in table().aat)
    # Sources: Linked Art, "Object Types"; LIDO 1.1, examples; nomisma.org, "coin".
    assert table().aat["300033618"] == ("painting", "paintings (visual works)")
    assert table().aat["300037222"] == ("coin", "coins (money)")
    assert table().aat["300193015"] == ("vessel", "vessels (containers)")


def test_kinds_that_tell_more_do_not_go_in_circles() -> None:
    over = table().over
    assert not [(a, b) for a in over for b in over[a] if a in over.get(b, ()) or b not in over]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("http://vocab.getty.edu/aat/300033618", ["300033618"]),
        ("https://vocab.getty.edu/page/aat/300033618", ["300033618"]),
        ("aat:300033618", ["300033618"]),
        ("AAT 300033618; AAT 300041273", ["300033618", "300041273"]),
        (" 300033618 ", ["300033618"]),
        ("https://www.geonames.org/300033618", []),
        ("aat:3000336180", []),
        ("Inv. 300033618", []),
        ("", []),
    ],
)
def test_ids_are_found(text: str, ids: list[str]) -> None:
    assert find_ids(text) == ids


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("relief print", "print"),
        ("print, relief", "print"),
        ("frame for a painting", "other"),
        ("photograph of a sculpture", "photograph"),
        ("fragment of a relief", "relief"),
        ("a pair of vases", "vessel"),
        ("after a painting", None),
        ("d'après un tableau", None),
        ("gravure d'après un tableau", "print"),
        ("Kupferstich nach einem Gemälde", "print"),
        ("Thingummy of a vase", None),
        ("Box with a print", "other"),
        ("Thingummy with paper, cloth and a print", None),
        ("Thingummy with paper; print", "print"),
        ("bottles", "vessel"),
        ("tapestries", "textile"),
        ("tableaux", "painting"),
        ("jarrones", "vessel"),
        ("medaglie", "medal"),
        ("Muenze", "coin"),
        ("Deckelpokal", "vessel"),
        ("Kontrolle der Uhrzeit", None),
        ("青瓷碗", "vessel"),
        ("碗照片", "photograph"),
        ("碗的残片", "vessel"),
        ("卷草纹碗", "vessel"),
        ("ゼラチン・シルバー・プリント", "photograph"),
        ("ｶﾞﾗｽ乾板", "photograph"),
    ],
)
def test_the_thing_itself_is_found(text: str, kind: str | None) -> None:
    hit = read_statement(text).names

    assert (hit.kind if hit else None) == kind


def test_terms_are_no_longer_than_what_is_there() -> None:
    """A term at the end counts its own words and not those of the longest term."""
    assert read_statement("Emergence Sculpture").is_name
    assert read_statement("") == read_statement(" ,;() ") == Statement()


def test_marks_of_japanese_stay_and_accents_go() -> None:
    assert fold("Ölgemälde ÉTAGÈRE Straße") == "olgemalde etagere strasse"
    assert fold("ガラス") == fold("ｶﾞﾗｽ") != fold("カラス")
