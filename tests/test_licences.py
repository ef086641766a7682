"""Rights in words: read where they leave no doubt, and nowhere else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.licences import CODES, UNVERSIONED, find_licence, read_rights

CC = "https://creativecommons.org"
RS = "http://rightsstatements.org/vocab"
MARK, ZERO = f"{CC}/publicdomain/mark/1.0/", f"{CC}/publicdomain/zero/1.0/"


def by(parts: str, version: str = "4.0", place: str = "") -> str:
    return f"{CC}/licenses/{parts}/{version}/" + (f"{place}/" if place else "")


CERTAIN = {
    "CC BY 4.0": by("by"),
    "cc-by-4.0": by("by"),
    "CC BY-SA 3.0": by("by-sa", "3.0"),
    "CC BY-NC-SA 3.0 DE @ Museum für Stadtgeschichte": by("by-nc-sa", "3.0", "de"),
    "CC BY-NC-ND 2.5 IT": by("by-nc-nd", "2.5", "it"),
    "CC BY 4.0 DE": by("by"),  # 4.0 has no ports
    "Licence: CC BY 2.0": by("by", "2.0"),
    "Lizenz: CC BY-SA 4.0": by("by-sa"),
    "Foto: Stadtmuseum, CC BY-SA 4.0": by("by-sa"),
    "© Unknown photographer, CC BY 4.0": by("by"),
    "(c) Museum of Things / CC BY-NC 4.0": by("by-nc"),
    "CC BY 4.0, Foto: Unknown photographer": by("by"),
    "Attribution-NonCommercial-ShareAlike 4.0 International (CC BY-NC-SA 4.0)": by("by-nc-sa"),
    "Creative Commons Attribution 4.0 International License": by("by"),
    "Creative Commons Namensnennung - Weitergabe unter gleichen Bedingungen 4.0": by("by-sa"),
    "Creative Commons Attribution - Pas d'Utilisation Commerciale 3.0": by("by-nc", "3.0"),
    "知识共享 署名-非商业性使用 4.0": by("by-nc"),
    f"This work is licensed under a CC BY 4.0 licence: {by('by')}": by("by"),
    f'<a href="{by("by")}">CC BY 4.0</a>': by("by"),
    f"CC BY-SA ({by('by-sa', '3.0', 'de')}deed.de)": by("by-sa", "3.0", "de"),
    f"  {by('by')}?ref=chooser-v1 ": by("by"),
    "CC0": ZERO,
    "CC 0": ZERO,
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": ZERO,
    "Creative Commons Zero": ZERO,
    "Public Domain Mark": MARK,
    "Public Domain Mark 1.0 @ Museum": MARK,
    "PUBLIC  DOMAIN.": MARK,
    "This work is in the public domain": MARK,
    "Gemeinfrei": MARK,
    "Domaine public": MARK,
    "公有领域": MARK,
    "パブリックドメイン": MARK,
    "No known copyright restrictions": f"{RS}/NKC/1.0/",
    "In copyright": f"{RS}/InC/1.0/",
    "In Copyright - Educational Use Permitted": f"{RS}/InC-EDU/1.0/",
    "No Copyright — Non-Commercial Use Only": f"{RS}/NoC-NC/1.0/",
    "Copyright not evaluated": f"{RS}/CNE/1.0/",
    "All rights reserved": f"{RS}/InC/1.0/",
    "© 2020 The Museum. All Rights Reserved.": f"{RS}/InC/1.0/",
    "CC BY 4.0. All rights reserved.": f"{RS}/InC/1.0/",
    "Alle Rechte vorbehalten": f"{RS}/InC/1.0/",
    "Rechte vorbehalten – Freier Zugang": f"{RS}/InC/1.0/",
    "Tous droits réservés": f"{RS}/InC/1.0/",
    "版权所有": f"{RS}/InC/1.0/",
    "版权所有，未经许可不得转载": f"{RS}/InC/1.0/",
    "urheberrechtlich geschützt": f"{RS}/InC/1.0/",
    "http://www.europeana.eu/rights/rr-f/": f"{RS}/InC/1.0/",
    "https://www.europeana.eu/portal/rights/rr-r.html": f"{RS}/InC/1.0/",
    "http://www.europeana.eu/rights/out-of-copyright-non-commercial/": f"{RS}/NoC-NC/1.0/",
    "http://www.europeana.eu/rights/orphan-work-eu/": f"{RS}/InC-OW-EU/1.0/",
    "http://rightsstatements.org/page/InC/1.0/?language=en#x": f"{RS}/InC/1.0/",
    "rightsstatements.org/vocab/UND": f"{RS}/UND/1.0/",
}

UNCERTAIN = [
    "",
    "©",
    "© Museum",
    "© The estate of an unknown artist",
    "PD",
    "by 4.0",
    "Attribution 4.0",
    "free",
    "Free of rights",
    "not in the public domain",
    "Not public domain",
    "public domain in the USA",
    "Public domain, except in Mexico",
    "Gemeinfrei, aber durch den Eigentümer beschränkt",
    "nicht gemeinfrei",
    "非公有领域",
    "Metadata: CC0",
    "Metadata are CC0",
    "CC0 for the record",
    "CC BY 4.0 (metadata)",
    "CC BY 4.0, Metadaten",
    "Text: CC BY-SA 4.0",
    "Beschreibung: CC BY 4.0",
    "CC BY 4.0 @ Museum (Metadaten CC0)",
    "© Museum, not CC BY 4.0",
    "© Museum, formerly CC BY 4.0",
    "Previously CC BY 4.0",
    "Pending: CC BY 4.0",
    "We would like to see CC BY 4.0 here",
    "CC BY 4.0 or CC BY-ND 4.0",
    "CC BY 3.0 / CC BY 4.0",
    f"CC BY 4.0 {by('by-sa')}",
    f"See {by('by')} for what this is not",
    "Some rights reserved",
    "Einige Rechte vorbehalten",
    "CC BY 9.0",
    "CC BY-XX 4.0",
    "CC",
    "CC BY 4.0 Museum CC BY-ND 4.0",
    "http://www.europeana.eu/rights/unknown/",
    f"{CC}/licenses/by/5.0/",
    f"{CC}/licenses/by/3.0/zz/",
    f"{CC}.evil.example/licenses/by/4.0/",
    f"{CC}/licenses/by/4.0/../../by-nd/4.0/",
]


@pytest.mark.parametrize(("text", "uri"), CERTAIN.items())
def test_what_is_certain_is_read(text: str, uri: str) -> None:
    licence = read_rights([text])
    assert licence is not None
    assert licence.uri == uri


@pytest.mark.parametrize("text", UNCERTAIN)
def test_what_leaves_a_doubt_is_not(text: str) -> None:
    assert read_rights([text]) is None


@pytest.mark.parametrize("text", ["CC BY", "cc-by-nc", "Creative Commons Attribution", "CC BY-ND"])
def test_a_licence_without_its_version_is_known_as_that(text: str) -> None:
    licence = read_rights([text])
    assert licence is not None
    assert licence.code == UNVERSIONED
    assert "version not stated" in licence.english
    assert licence.attribution
    assert find_licence(licence.uri) == licence


def test_nothing_is_certain_of_what_is_somebodys_and_nobodys() -> None:
    for texts in (["Public domain", "© Museum photo"], [f"{RS}/NKC/1.0/", "© The estate"]):
        assert read_rights(texts) is None
        assert read_rights(texts[::-1]) is None


@pytest.mark.parametrize(
    ("texts", "uri"),
    [
        (["© Museum", by("by")], by("by")),
        ([by("by"), "© Museum", "Foto: Unknown photographer"], by("by")),
        ([ZERO, by("by-nc")], by("by-nc")),
        ([by("by-nd"), by("by")], by("by-nd")),
        ([ZERO, "All rights reserved"], f"{RS}/InC/1.0/"),
        ([f"{RS}/InC/1.0/", f"{RS}/NoC-NC/1.0/"], f"{RS}/InC/1.0/"),
        (["CC BY-SA", by("by-sa")], by("by-sa")),
        ([by("by-sa"), "CC BY"], by("by-sa")),
        ([by("by", "3.0"), by("by")], by("by", "3.0")),
        ([MARK, "gemeinfrei, aber beschränkt", f"{RS}/NoC-OKLR/1.0/"], f"{RS}/NoC-OKLR/1.0/"),
    ],
)
def test_the_most_binding_of_several_holds(texts: list[str], uri: str) -> None:
    for order in (texts, texts[::-1]):
        licence = read_rights(order)
        assert licence is not None
        if len({by("by", "3.0"), by("by")} & set(texts)) < 2:
            assert licence.uri == uri


@pytest.mark.parametrize(
    "texts",
    [
        [ZERO, "Images: CC BY-NC-ND 4.0"],
        [by("by"), "The pictures are CC BY-ND 4.0, the texts CC BY 4.0"],
        [ZERO, f"But see {by('by-nc-sa')}"],
    ],
)
def test_a_sentence_that_mentions_something_more_binding_makes_all_uncertain(texts) -> None:
    assert read_rights(texts) is None


def test_a_sentence_that_mentions_something_less_binding_changes_nothing() -> None:
    licence = read_rights([by("by-nc"), "Metadata: CC0"])
    assert licence is not None
    assert licence.uri == by("by-nc")


@pytest.mark.parametrize("parts", ["sa", "nc", "nd", "nc-sa", "nd-nc"])
def test_the_licences_of_2002_without_attribution(parts: str) -> None:
    licence = find_licence(f"{CC}/licenses/{parts}/1.0/")
    assert licence is not None
    assert not licence.attribution
    assert licence.share_alike == ("sa" in parts)
    assert find_licence(f"{CC}/licenses/{parts}/4.0/") is None


def test_attribution_and_share_alike_follow_from_the_parts() -> None:
    for parts in ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd"):
        licence = find_licence(by(parts))
        assert licence is not None
        assert licence.attribution
        assert licence.share_alike == ("sa" in parts)
    for uri in (MARK, ZERO, f"{RS}/InC/1.0/"):
        licence = find_licence(uri)
        assert licence is not None
        assert not licence.attribution


WORDS = ["CC BY 4.0", "CC0", "Public domain", "gemeinfrei", "©", "Museum", "not", "nicht", "@"]
WORDS += ["metadata", "CC BY-ND 4.0", "All rights reserved", "(", ")", ",", "公有领域", "非", "in"]


@given(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join))
def test_a_denial_opens_nothing(text: str) -> None:
    licence = read_rights([text])
    free = {"mark", "zero", "by"}
    if any(word in text.split() for word in ("not", "nicht", "metadata")):
        assert licence is None or licence.code not in free


@given(st.text(max_size=80))
def test_nothing_that_is_written_breaks_it(text: str) -> None:
    licence = read_rights([text, text[::-1]])
    assert licence is None or licence.code in CODES


def test_long_and_hostile_texts_are_read_in_no_time() -> None:
    started = time.monotonic()
    for text in ("<" * 100_000, "cc by " * 50_000, "©" * 100_000, "by-nc-" * 50_000):
        read_rights([text])
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "texts",
    [
        ["CC BY 4.0", "Non-commercial use only"],
        ["Public Domain", "Do not reproduce without permission"],
        ["CC0", "Reproduction verboten"],
        ["CC BY-NC 4.0", "Keine Bearbeitungen"],
        ["CC BY 4.0", "Not for commercial purposes"],
        ["CC BY 4.0", "仅限非商业性使用"],
        ["CC BY 4.0", " " * 3000 + "All rights reserved"],
        ["CC BY 4.0" + " " * 3000 + "except for the photograph"],
    ],
)
def test_a_limit_beside_a_licence_leaves_nothing_certain(texts: list[str]) -> None:
    assert read_rights(texts) is None


def test_a_limit_that_the_licence_has_itself_changes_nothing() -> None:
    found = read_rights(["CC BY-NC-ND 4.0", "Non-commercial use only, no derivatives"])
    assert found is not None
    assert found.code == "by-nc-nd"
    reserved = read_rights(["In Copyright", "Reproduction only with permission"])
    assert reserved is not None
    assert reserved.code == "InC"


def test_letters_that_only_look_alike_are_others() -> None:
    for host in (
        "creativecommon\u017f.org",
        "creativec\u03bfmmons.org",
        "creativecommons\u2024org",
    ):
        assert find_licence(f"https://{host}/licenses/by/4.0/") is None
    assert find_licence("http://right\u017fstatements.org/vocab/NKC/1.0/") is None
    assert find_licence("http://rightsstatements.org/vocab/N\u212aC/1.0/") is None
