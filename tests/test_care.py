"""Labels of communities, words of sensitivity, classes of access."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline.care
from pipeline.care import access_of, asks_for_credit, care_of, find_row, label_uri, obstacle
from pipeline.items import Care, Notice
from pipeline.sources.described import Described
from pipeline.uses import USES, covered, expand, say

LABELS = {
    "tk-attribution": "public",
    "tk-clan": "restricted",
    "tk-family": "restricted",
    "tk-multiple-communities": "internal",
    "tk-community-voice": "public",
    "tk-creative": "public",
    "tk-verified": "public",
    "tk-non-verified": "internal",
    "tk-seasonal": "internal",
    "tk-women-general": "restricted",
    "tk-men-general": "restricted",
    "tk-men-restricted": "secret",
    "tk-women-restricted": "secret",
    "tk-culturally-sensitive": "internal",
    "tk-secret-sacred": "secret",
    "tk-commercial": "public",
    "tk-non-commercial": "public",
    "tk-community-use-only": "restricted",
    "tk-outreach": "public",
    "tk-open-to-collaboration": "public",
    "bc-provenance": "public",
    "bc-multiple-communities": "internal",
    "bc-clan": "restricted",
    "bc-consent-verified": "public",
    "bc-consent-non-verified": "internal",
    "bc-research-use": "internal",
    "bc-open-to-collaboration": "public",
    "bc-open-to-commercialization": "public",
    "bc-outreach": "public",
    "bc-non-commercial": "public",
}
NOTICES = ["attribution-incomplete", "authorization", "bc-notice", "belonging", "caring"]
NOTICES += ["gender-aware", "leave-undisturbed", "open-to-collaborate", "safety", "tk-notice"]
NOTICES += ["viewing", "withholding"]


def described(**stated: object) -> Described:
    return Described(id="1", place="x.csv:2", **stated)


@pytest.mark.parametrize(("slug", "access"), LABELS.items())
def test_every_label_has_its_class(slug: str, access: str) -> None:
    notice = Notice(
        title="in the community's own words", uri=f"https://localcontexts.org/label/{slug}/"
    )
    care = care_of(described(notices=(notice,)))
    assert care.access == access
    assert care.notices == (notice,)
    assert (care.reason == "") == (access == "public")


def test_the_table_has_all_labels_and_notices_and_no_other() -> None:
    table = pipeline.care._table()
    assert set(table.notices) == {*LABELS, *NOTICES}
    unread = {name for name, row in table.notices.items() if row.templates == "unread"}
    assert unread == set(NOTICES) - {
        *("attribution-incomplete", "bc-notice", "open-to-collaborate", "tk-notice")
    }
    for name, row in table.notices.items():
        assert expand(row.stops) or not row.stops, name
        assert bool(row.because) == bool(row.stops or row.credit), name
        if name in unread:
            assert row.stopped == set(USES) - {"preview"}


@pytest.mark.parametrize(
    "notice",
    [
        Notice(title="TK Secret / Sacred"),
        Notice(title="TK Secret/Sacred (TK SS)"),
        Notice(title="tk secret sacred"),
        Notice(title="TK SS"),
        Notice(title="anything", uri="http://www.localcontexts.org/label/TK-Secret-Sacred"),
        Notice(title="anything", uri="localcontexts.org/label/tk-secret-sacred/?lang=en"),
    ],
)
def test_a_label_is_known_by_its_name_and_its_address(notice: Notice) -> None:
    assert find_row(notice).title == "TK Secret / Sacred"


def test_addresses_of_labels_are_written_one_way() -> None:
    notice = Notice(title="x", uri="http://www.localcontexts.org/label/tk-clan")
    assert label_uri(notice) == "https://localcontexts.org/label/tk-clan/"
    assert label_uri(Notice(title="x", uri="javascript:x")) == "javascript:x"


@pytest.mark.parametrize(
    "notice",
    [
        Notice(title="A label of our own"),
        Notice(title="x", uri="https://localcontexts.org/label/tk-something-new/"),
        Notice(title="x", uri="https://localcontextshub.org/projects/00000000#labels"),
        Notice(title="x", uri="https://localcontexts.org.evil.example/label/tk-verified/"),
    ],
)
def test_a_label_that_is_not_known_stops_all_but_a_preview(notice: Notice) -> None:
    care = care_of(described(notices=(notice,)))
    assert care.access == "internal"
    assert obstacle(care, "preview") is None
    for use in set(USES) - {"preview"}:
        stop = obstacle(care, use)
        assert stop is not None
        assert "a person has to decide" in stop.because


SENSITIVE = {
    "sacred": "restricted",
    "Secret": "secret",
    "secret/sacred": "secret",
    "Human remains": "restricted",
    "Contains ancestral remains (skull).": "restricted",
    "sterbliche Überreste": "restricted",
    "menschliche Überreste, nicht ausstellen": "restricted",
    "restes humains": "restricted",
    "Restos humanos": "restricted",
    "resti umani": "restricted",
    "menselijke resten": "restricted",
    "神圣": "restricted",
    "神聖": "restricted",
    "人体遗骸": "restricted",
    "该器物含人类遗骸，不得展出": "restricted",
    "秘密": "secret",
    "restricted season": "internal",
    "季节限制": "internal",
    "ceremonial": "internal",
    "Do not display": "restricted",
    "vertraulich": "restricted",
    "TK Culturally Sensitive": "internal",
    "TK MR": "secret",
    "TK Clan; see file 12": "restricted",
    "TK Culturally Sensitive, BC CL": "restricted",
    "human remains | TK Secret / Sacred": "secret",
}


@pytest.mark.parametrize(("text", "access"), SENSITIVE.items())
def test_words_of_sensitivity(text: str, access: str) -> None:
    care = care_of(described(sensitivity=(text,)))
    assert care.access == access
    assert text in care.reason
    assert care.notices
    assert obstacle(care, "derivative_video") is not None
    assert obstacle(care, "preview") is None


@pytest.mark.parametrize(
    "text", ["", " ", "none", "None.", "n/a", "keine", "无", "public", "-", "0"]
)
def test_a_field_that_says_nothing_says_nothing(text: str) -> None:
    assert care_of(described(sensitivity=(text,))) == Care()


@pytest.mark.parametrize(
    "text",
    ["Light sensitive", "no human remains", "not sacred", "unsacred", "Sacredness?", "非神圣"],
)
def test_what_is_not_understood_stays_inside(text: str) -> None:
    care = care_of(described(sensitivity=(text,)))
    assert care.access == "internal"
    assert care.notices == ()
    assert obstacle(care, "mesh") is None


def test_titles_and_descriptions_mean_nothing() -> None:
    found = described(
        title={"en": "Sacred and Profane Love", "zh": "神圣之爱"},
        description={"en": "A secret. Human remains are shown."},
        classifications=("Sacred music", "religious objects", "paintings"),
        object_names=("secretaire", "reliquary"),
        medium="human hair",
    )
    assert care_of(found) == Care()


@pytest.mark.parametrize(
    "term", ["human remains", "Human Remains", "sterbliche Überreste", "人体遗骸", "sacred objects"]
)
def test_some_classes_of_objects_are_sensitive(term: str) -> None:
    care = care_of(described(classifications=("x", term)))
    assert care.access == "restricted"
    assert care_of(described(object_names=(term,))).access == "restricted"
    assert care_of(described(classifications=(term,), access="public")) == Care()
    stated = described(sensitivity=(term,), access="public")
    assert care_of(stated).access == "restricted", "a field of sensitivity outweighs the class"


def test_the_narrowest_class_holds_and_gives_the_reason() -> None:
    found = described(
        access="internal",
        sensitivity=("sacred",),
        notices=(Notice(title="TK Attribution"), Notice(title="TK Secret / Sacred")),
        season="after the first snow",
        contact="the council",
    )
    care = care_of(found)
    assert care.access == "secret"
    assert care.reason == "it carries the label TK Secret / Sacred"
    assert [notice.title for notice in care.notices][:2] == ["TK Attribution", "TK Secret / Sacred"]
    assert (care.season, care.contact) == ("after the first snow", "the council")
    assert asks_for_credit(care) == Notice(title="TK Attribution")


def test_a_season_alone_stops_what_is_made() -> None:
    care = care_of(described(season="winter"))
    assert care.access == "internal"
    assert obstacle(care, "derivative_video") is not None
    assert obstacle(care, "preview") is None


def test_an_item_made_by_hand_is_as_narrow_as_its_labels() -> None:
    assert access_of(Care(notices=(Notice(title="TK Clan"),))) == "restricted"
    assert access_of(Care(access="secret", notices=(Notice(title="TK Verified"),))) == "secret"


def test_scopes_are_read_in_our_words_and_in_catalogues() -> None:
    assert covered(["derivative_video", "3D model"]) == {"derivative_video", "mesh"}
    assert covered(["Making"]) == set(expand(["making"]))
    assert covered(["film", "3D print", "online"]) == {
        "derivative_video",
        "print_3d",
        "publication",
    }
    assert covered(["whatever the curator likes"]) == frozenset()
    assert say(["mesh", "derivative_video", "print_3d"]) == "clips, meshes and 3D prints"


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_none_opens_anything(text: str) -> None:
    care = care_of(described(sensitivity=(text,), notices=(Notice(title=text),)))
    assert care.access in ("public", "internal", "restricted", "secret")
    assert care_of(described(access="secret", sensitivity=(text,))).access == "secret"


@pytest.mark.parametrize(
    "text",
    [
        "On display: no; sacred",
        "Photography: no. Restricted.",
        "Non / no (heilig)",
        "Zeigen: nicht\nsacred",
    ],
)
def test_what_denies_another_part_of_the_sentence_denies_nothing_here(text: str) -> None:
    assert care_of(described(sensitivity=(text,))).access == "restricted"


def test_what_is_too_long_to_be_read_is_not_free() -> None:
    assert care_of(described(sensitivity=("." * 10_001 + "secret",))).access == "internal"


def test_hostile_fields_are_read_in_no_time() -> None:
    started = time.monotonic()
    for text in ("not " * 25_000, "sacred" * 16_000, "人" * 100_000, "a " * 50_000):
        care_of(described(sensitivity=(text[:100_000],)))
    assert time.monotonic() - started < 2


def test_the_table_speaks_of_no_name_that_is_twice() -> None:
    text = Path(pipeline.care.__file__).with_name("care.yaml").read_text("utf-8")
    names = re.findall(r"short: ([A-Z]{2} [A-Z]+)", text)
    assert len(names) == len(set(names)) == 30
