"""Nothing without permission: which uses a run gets leave for, and the licences it knows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Refused
from pipeline.items import Care, Item, Kind, Rights
from pipeline.licences import find_licence, licence_name, suggest_uri
from pipeline.permission import Leave
from pipeline.policy import RightsParams, allows
from pipeline.stages.check_rights import check_music, check_rights

CC = "https://creativecommons.org"
RS = "http://rightsstatements.org/vocab"

FREE = [
    f"{CC}/publicdomain/zero/1.0/",
    f"{CC}/publicdomain/mark/1.0/",
    f"{CC}/licenses/by/4.0/",
    f"{CC}/licenses/by-sa/4.0/",
    f"{CC}/licenses/by/3.0/de/",
    f"{CC}/licenses/by-sa/2.5/scotland/",
]
NONCOMMERCIAL = [
    f"{CC}/licenses/by-nc/4.0/",
    f"{CC}/licenses/by-nc-sa/3.0/",
    f"{RS}/NoC-NC/1.0/",
]
CLOSED = [
    f"{CC}/licenses/by-nd/4.0/",
    f"{CC}/licenses/by-nc-nd/4.0/",
    f"{CC}/licenses/by-nd-nc/1.0/",
    *(
        f"{RS}/{code}/1.0/"
        for code in (
            *("InC", "InC-OW-EU", "InC-EDU", "InC-NC", "InC-RUU", "NoC-CR", "NoC-OKLR"),
            *("NoC-US", "CNE", "UND", "NKC"),
        )
    ),
]
UNKNOWN = [
    "",
    "©",
    "Public domain",
    "CC BY 4.0",
    "https://museum.example/terms",
    f"{CC}/licenses/by/5.0/",
    f"{CC}/licenses/by/4.0/../../by-nd/4.0/",
    f"{CC}.evil.example/licenses/by/4.0/",
    f"javascript:alert(1)//{CC}/licenses/by/4.0/",
    f"{CC}/licenses/by/4.0/\nInC",
    f"{RS}/InC/2.0/",
    f"{RS}/Nope/1.0/",
]


def item(uri: str, identifier: str = "1963.504", **care: object) -> Item:
    rights = Rights(uri=uri, credit="c")
    title = {"en": "The title"}
    return Item(id=identifier, kind=Kind.COIN, title=title, rights=rights, care=Care(**care))


COMMERCIAL = RightsParams(purpose="commercial")
MADE = {"derivative_video", "mesh"}


def check(thing: Item, allowed: RightsParams | None = None, shown=("internal",)) -> Leave:
    return check_rights(thing, {"preview", *MADE}, allowed or RightsParams(), shown)


@pytest.mark.parametrize("uri", FREE)
@pytest.mark.parametrize("allowed", [RightsParams(), COMMERCIAL])
def test_free_licences_allow_everything(uri: str, allowed: RightsParams) -> None:
    leave = check(item(uri), allowed)
    assert leave.refusals == ()
    assert len(leave.uses) == 7


@pytest.mark.parametrize("uri", NONCOMMERCIAL)
def test_noncommercial_ones_depend_on_the_purpose(uri: str) -> None:
    assert check(item(uri)).refusals == ()
    leave = check(item(uri), COMMERCIAL)
    (said,) = leave.refusals
    assert re.search(r"clips and meshes because it allows non-commercial.*purpose: comm", said)
    assert uri in said
    assert leave.uses == {"preview"}
    assert leave.nothing_allowed


@pytest.mark.parametrize("uri", CLOSED)
@pytest.mark.parametrize("allowed", [RightsParams(), COMMERCIAL])
def test_closed_ones_are_refused_with_reason_and_remedy(uri: str, allowed: RightsParams) -> None:
    leave = check(item(uri), allowed)
    (said,) = leave.refusals
    assert said.startswith(f"1963.504: found the rights {uri} (")
    assert "which do not allow clips and meshes because" in said
    assert 'rights: {permissions: {"1963.504": "letter of …"}}' in said
    assert "preview" in leave.uses
    assert not leave.uses & MADE
    assert leave.nothing_allowed
    assert not leave.withheld


@pytest.mark.parametrize("uri", UNKNOWN)
def test_what_is_not_known_is_previewed_and_nothing_else(uri: str) -> None:
    leave = check(item(uri))
    (said,) = leave.refusals
    assert "its rights are not known" in said
    assert "there can be no clips and meshes" in said
    assert leave.uses == {"preview"}


def test_a_preview_alone_is_never_refused_by_a_licence() -> None:
    for uri in (*CLOSED, *UNKNOWN):
        leave = check_rights(item(uri), {"preview"}, COMMERCIAL, ())
        assert leave.refusals == ()
        assert not leave.nothing_allowed


def test_a_name_instead_of_a_uri_gets_the_uri() -> None:
    (said,) = check(item("CC BY-SA 4.0")).refusals
    assert f"Did you mean {CC}/licenses/by-sa/4.0/" in said
    assert suggest_uri("Public Domain") == f"{CC}/publicdomain/mark/1.0/"
    assert suggest_uri("cc0") == f"{CC}/publicdomain/zero/1.0/"
    assert suggest_uri("inc-edu") == f"{RS}/InC-EDU/1.0/"
    assert suggest_uri("CC BY") == f"{CC}/licenses/by/4.0/"
    assert suggest_uri("pd") == f"{CC}/publicdomain/mark/1.0/"
    assert suggest_uri("whatever") is None


@pytest.mark.parametrize("uri", [*CLOSED, *UNKNOWN])
def test_a_permission_for_the_object_opens_it_alone(uri: str) -> None:
    allowed = RightsParams(permissions={"1963.504": "letter of the artist, 2024-03-01"})
    leave = check(item(uri), allowed)
    assert leave.refusals == ()
    assert leave.uses >= MADE
    assert not leave.uses & {"generative", "print_3d"}, "a letter about clips names no such thing"
    assert check(item(uri, "another"), allowed).nothing_allowed


def test_a_permission_for_a_statement_opens_all_under_it() -> None:
    allowed = RightsParams(permissions={"https://rightsstatements.org/page/NoC-US/1.0/": "memo"})
    assert check(item(f"{RS}/NoC-US/1.0/", "any"), allowed).refusals == ()
    assert check(item(f"{RS}/InC/1.0/", "any"), allowed).nothing_allowed


def test_an_empty_permission_is_none() -> None:
    allowed = RightsParams(permissions={"1963.504": "  "})
    assert check(item(f"{RS}/InC/1.0/"), allowed).nothing_allowed


def test_what_is_not_shown_is_not_begun_and_its_title_not_told() -> None:
    thing = item(FREE[0], access="restricted", reason="its sensitivity says 'sacred'")
    leave = check(thing)
    assert leave.uses == frozenset()
    assert leave.withheld
    (said,) = leave.refusals
    assert "its sensitivity says 'sacred'" in said
    assert "gallery: {show: [internal, restricted]}" in said
    assert "The title" not in said
    assert not check(thing, shown=("internal", "restricted")).withheld
    assert check(item(FREE[0], access="internal"), shown=()).withheld


MUSIC_URI = f"{CC}/licenses/by-nd/4.0/"


def test_music_with_a_permission_that_ended_is_refused() -> None:
    document = {"document": "contract 7", "until": "2020-01-01"}
    allowed = RightsParams.model_validate({"permissions": {"reel.music": document}})
    with pytest.raises(Refused, match="'contract 7' ended on 2020-01-01"):
        check_music("A. Composer", MUSIC_URI, allowed)
    forever = RightsParams(permissions={"reel.music": "contract 7"})
    assert check_music("A. Composer", MUSIC_URI, forever) == "permission: contract 7"


def variants(uri: str) -> list[str]:
    bare = uri.split("://", 1)[1].rstrip("/")
    ways = [f"http://{bare}", f"https://{bare}/", f"https://www.{bare}", bare, f"  {uri} "]
    if "creativecommons" in uri:
        ways += [f"{uri}deed.zh-hans", f"{uri}deed", f"{uri}legalcode", f"{uri}legalcode.de"]
        ways += [uri.upper(), f"{uri}rdf"]
    else:
        ways += [uri.replace("vocab", "page") + "?language=de", uri.replace("vocab", "data")]
        ways += [uri.lower()]
    return ways


@pytest.mark.parametrize("uri", [*FREE, *NONCOMMERCIAL, *CLOSED])
def test_every_way_of_writing_a_uri_is_the_same_licence(uri: str) -> None:
    licence = find_licence(uri)
    assert licence is not None
    assert licence.uri == uri
    for way in variants(uri):
        assert find_licence(way) == licence, way


def test_all_twelve_statements_are_known() -> None:
    statements = {uri for uri in [*NONCOMMERCIAL, *CLOSED] if uri.startswith(RS)}
    assert len(statements) == 12
    assert all(re.search("[一-鿿]", licence_name(uri, "zh-Hans")) for uri in statements)


def test_names_for_people() -> None:
    assert licence_name(f"{CC}/licenses/by-nc-sa/4.0/deed.de", "en-GB") == (
        "Attribution-NonCommercial-ShareAlike 4.0 (CC BY-NC-SA 4.0)"
    )
    assert licence_name(f"{CC}/licenses/by/4.0/", "zh") == "署名 4.0 (CC BY 4.0)"
    assert licence_name(f"{CC}/licenses/by/3.0/at/", "fr") == "Attribution 3.0 (CC BY 3.0 AT)"
    assert licence_name(f"{CC}/publicdomain/zero/1.0/", "zh-CN") == "CC0 1.0 公共领域贡献"
    assert licence_name("javascript:x", "en") == "javascript:x"


def test_share_alike_is_told() -> None:
    told = {uri: find_licence(uri).share_alike for uri in [*FREE, *NONCOMMERCIAL, *CLOSED]}  # type: ignore[union-attr]
    assert {uri for uri, shared in told.items() if shared} == {
        f"{CC}/licenses/by-sa/4.0/",
        f"{CC}/licenses/by-sa/2.5/scotland/",
        f"{CC}/licenses/by-nc-sa/3.0/",
    }


@given(text=st.text(max_size=60) | st.from_regex(r"https?://creativecommons\.org/[a-z/.0-9-]+"))
def test_only_whole_uris_open_anything(text: str) -> None:
    licence = find_licence(text)
    if licence is not None and "derivative_video" in allows(licence.code, RightsParams()):
        assert re.match(r"https?://(creativecommons|rightsstatements)\.org/", licence.uri)
        assert "nd" not in licence.uri.split("/")[4]
