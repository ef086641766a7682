"""What may be done with an object, and the sentence that says why not."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.items import Care, Consent, Item, Kind, Notice, Picture, Rights
from pipeline.licences import CODES, find_licence
from pipeline.permission import (
    decide,
    decide_all,
    derivative_licence,
    licence_of,
    may_leave,
    withheld,
)
from pipeline.policy import UNKNOWN, RightsParams, _table, allows
from pipeline.uses import USES, Use

CC = "https://creativecommons.org"
CC0 = f"{CC}/publicdomain/zero/1.0/"
BY, BY_SA, BY_NC, BY_ND = (f"{CC}/licenses/{p}/4.0/" for p in ("by", "by-sa", "by-nc", "by-nd"))
INC = "http://rightsstatements.org/vocab/InC/1.0/"
TODAY = datetime.date(2026, 11, 24)
ALL = set(USES)
MADE: tuple[Use, ...] = ("derivative_video", "mesh")
LABEL = Notice(title="TK Secret / Sacred")


def item(uri: str = CC0, credit: str = "Museum", **changes: object) -> Item:
    values = {
        "id": "1963.504",
        "kind": Kind.MEDAL,
        "title": {"en": "The title"},
        "image": "disc.png",
        "rights": Rights(uri=uri, credit=credit),
    }
    return Item.model_validate({**values, **changes})


def cared(uri: str = CC0, **care: object) -> Item:
    return item(uri, care=Care.model_validate(care))


def rights(**section: object) -> RightsParams:
    return RightsParams.model_validate(section)


def free(thing: Item, allowed: RightsParams | None = None) -> set[str]:
    return {use for use in USES if decide(thing, use, allowed or RightsParams(), TODAY).allowed}


# What licences allow


def test_the_table_has_a_row_for_every_licence_and_no_other() -> None:
    assert set(_table()) == {*CODES, UNKNOWN}
    for code, (uses, because) in _table().items():
        assert "preview" in uses, "what cannot be looked at cannot be decided on"
        assert because or uses == ALL, code


@pytest.mark.parametrize(
    ("uri", "uses"),
    [
        (CC0, ALL),
        (f"{CC}/publicdomain/mark/1.0/", ALL),
        (BY, ALL),
        (BY_SA, ALL),
        (BY_NC, ALL - {"commercial"}),
        (f"{CC}/licenses/by-nc-sa/3.0/", ALL - {"commercial"}),
        (BY_ND, {"preview", "publication", "commercial"}),
        (f"{CC}/licenses/by-nc-nd/4.0/", {"preview", "publication"}),
        (f"{CC}/licenses/by/", {"preview"}),
        (INC, {"preview"}),
        ("http://rightsstatements.org/vocab/NoC-NC/1.0/", ALL - {"commercial"}),
        ("http://rightsstatements.org/vocab/CNE/1.0/", {"preview"}),
        ("", {"preview"}),
        ("© Museum", {"preview"}),
    ],
)
def test_each_licence_allows_its_uses(uri: str, uses: set[str]) -> None:
    assert free(item(uri)) == uses


def test_a_commercial_exhibit_needs_a_licence_for_earning() -> None:
    sold = rights(purpose="commercial")
    assert free(item(BY), sold) == ALL
    assert free(item(BY_NC), sold) == {"preview"}
    assert "purpose: commercial" in decide(item(BY_NC), "mesh", sold, TODAY).sentence


@pytest.mark.parametrize("uri", [BY, BY_SA, BY_NC])
def test_attribution_needs_a_credit_line(uri: str) -> None:
    assert free(item(uri, credit=" ")) == {"preview"}
    said = decide(item(uri, credit=""), "derivative_video", RightsParams(), TODAY)
    assert said.sentence.startswith(f"1963.504: its licence {uri} (")
    assert "no credit line, so there can be no clips" in said.sentence
    assert "Write who is to be named into `credit`" in said.sentence
    assert free(item(CC0, credit="")) == ALL


def test_a_label_asks_for_credit_as_a_licence_does() -> None:
    named = Care(notices=(Notice(title="TK Attribution"),))
    assert free(item(CC0, credit="", care=named)) == {"preview"}
    assert free(item(CC0, care=named)) == ALL


def test_what_was_stated_in_words_is_told_with_what_it_was_taken_for() -> None:
    stated = Rights(uri=INC, credit="c", stated="© 1968. All rights reserved")
    said = decide(item(rights=stated), "mesh", RightsParams(), TODAY).sentence
    assert INC in said
    assert "(In Copyright; the catalogue says '© 1968. All rights reserved')" in said
    unknown = Rights(credit="c", stated="CC BY-XY")
    said = decide(item(rights=unknown), "mesh", RightsParams(), TODAY).sentence
    assert "its rights are not known: found 'CC BY-XY'" in said


def test_a_text_is_under_the_licence_of_its_entry() -> None:
    text = {"image": None, "kind": Kind.INTANGIBLE}
    assert free(item(rights=Rights(record_uri=CC0, credit="c"), **text)) == ALL
    both = Rights(uri=BY_ND, record_uri=CC0, credit="c")
    assert licence_of(item(rights=both, **text)) == find_licence(BY_ND)
    for rights_of in ({"uri": "https://museum.example/terms"}, {"stated": "ask the choir"}):
        unsure = Rights(record_uri=CC0, credit="c", **rights_of)
        assert licence_of(item(rights=unsure, **text)) is None
    assert licence_of(item(rights=Rights(uri=CC0, record_uri=INC, credit="c"))) == find_licence(CC0)


def test_share_alike_is_carried_over() -> None:
    for uri in (BY, BY_SA, BY_NC, CC0):
        assert derivative_licence(item(uri), RightsParams()) == find_licence(uri)
    for uri in (BY_ND, INC, "", "© Museum"):
        assert derivative_licence(item(uri), RightsParams()) is None
        letter = rights(permissions={"1963.504": "letter"})
        assert derivative_licence(item(uri), letter) is None, "a letter is no licence for others"


# The config's own policy


def test_a_policy_tightens() -> None:
    strict = rights(policy={"by": {"deny": ["generative", "print_3d"], "reason": "our board"}})
    assert free(item(BY), strict) == ALL - {"generative", "print_3d"}
    assert free(item(BY_SA), strict) == ALL
    assert "because our board" in decide(item(BY), "generative", strict, TODAY).sentence
    silent = rights(policy={f"{CC}/licenses/by/2.0/": {"deny": ["making"]}})
    assert "`rights: {policy: …}` says so" in decide(item(BY), "mesh", silent, TODAY).sentence


def test_a_policy_loosens_with_a_reason() -> None:
    memo = {"allow": ["derivative_video"], "reason": "counsel's memo of 2024-03-01"}
    loose = rights(policy={"NoC-US": memo, "unknown": memo, "unversioned": memo})
    assert "derivative_video" in free(item("http://rightsstatements.org/vocab/NoC-US/1.0/"), loose)
    assert free(item(""), loose) == {"preview", "derivative_video"}
    assert free(item(f"{CC}/licenses/by/"), loose) == {"preview", "derivative_video"}
    assert free(item(INC), loose) == {"preview"}


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"InC": {"allow": ["mesh"]}}, "found allow: mesh without a reason"),
        ({"InC": {"allow": ["mesh"], "reason": "  "}}, "without a reason"),
        ({"by": {"allow": ["mesh"], "deny": ["making"], "reason": "x"}}, "under both"),
        ({"by-cn": {"deny": ["mesh"]}}, "expected a licence such as by-nc"),
        ({"InC": {"deny": []}, "inc": {"deny": []}}, "two entries for one licence"),
        ({"by": {"deny": ["clips"]}}, "Input should be"),
    ],
)
def test_mistakes_of_a_policy(policy: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        rights(policy=policy)


# Permissions


def test_a_permission_names_its_uses_and_its_end() -> None:
    document = {"document": "contract 7", "scope": ["print_3d"], "until": "2026-11-24"}
    allowed = rights(permissions={"1963.504": document})
    assert free(item(INC), allowed) == {"preview", "print_3d"}
    said = decide(item(INC), "print_3d", allowed, TODAY)
    assert said.sentence == "permission: contract 7"
    later = decide(item(INC), "print_3d", allowed, TODAY + datetime.timedelta(days=1))
    assert not later.allowed
    assert "the permission 'contract 7' ended on 2026-11-24, and found the rights" in later.sentence


@pytest.mark.parametrize(
    "value", [{"document": " "}, {"document": "x", "scope": ["film"]}, {"scope": ["mesh"]}, 3]
)
def test_mistakes_of_a_permission(value: object) -> None:
    with pytest.raises(ValidationError):
        rights(permissions={"1963.504": value})


def test_a_permission_lifts_nothing_that_a_community_asks_for() -> None:
    allowed = rights(permissions={"1963.504": "letter of the photographer"})
    assert free(cared(INC, notices=[LABEL]), allowed) == set()


# Care and consent


def test_nothing_at_all_is_made_of_what_is_secret() -> None:
    thing = cared(access="secret", reason="the catalogue says so", contact="the council")
    assert free(thing) == set()
    said = decide(thing, "preview", RightsParams(), TODAY).sentence
    assert "it is secret (the catalogue says so), and no consent on file names a preview" in said
    assert "Ask the council" in said
    unnamed = rights(consents={"1963.504": {"document": "letter"}})
    assert free(thing, unnamed) == set(), "for what is secret each use has to be named"
    named = {"document": "letter of the council", "scope": ["preview", "mesh"]}
    assert free(thing, rights(consents={"1963.504": named})) == {"preview", "mesh"}


def test_what_is_restricted_may_be_made_here_and_goes_nowhere() -> None:
    thing = cared(access="restricted")
    assert free(thing) == {"preview", "derivative_video", "mesh", "print_3d"}
    assert free(cared(access="internal")) == ALL - {"publication", "commercial"}
    unnamed = rights(consents={"1963.504": {"document": "letter"}})
    assert free(thing, unnamed) == ALL - {"publication", "commercial"}
    named = rights(consents={"1963.504": {"document": "letter", "scope": ["showing", "preview"]}})
    assert free(thing, named) == {"preview", "publication", "commercial"}


@pytest.mark.parametrize("title", ["TK Clan", "TK Culturally Sensitive", "TK Notice", "sacred"])
def test_a_label_stops_until_there_is_a_consent(title: str) -> None:
    thing = cared(notices=[Notice(title=title)])
    assert free(thing) == {"preview"}
    said = decide(thing, "derivative_video", RightsParams(), TODAY).sentence
    assert "which stops clips because" in said
    assert 'rights: {consents: {"1963.504": {document:' in said
    consent = Consent(document="letter", scope=("video",))
    consented = item(care=Care(notices=(Notice(title=title),), consent=consent))
    assert free(consented) == {"preview", "derivative_video"}


def test_labels_that_bear_on_commerce_alone() -> None:
    assert free(cared(notices=[Notice(title="TK Non-Commercial")])) == ALL - {"commercial"}
    outreach = free(cared(notices=[Notice(title="TK Outreach")]))
    assert outreach == ALL - {"commercial", "generative", "print_3d"}
    assert free(cared(notices=[Notice(title="TK Verified")])) == ALL


@pytest.mark.parametrize("title", ["TK Non-Commercial", "BC Outreach"])
def test_what_may_not_be_sold_is_not_made_for_a_commercial_exhibit(title: str) -> None:
    thing, sold = cared(notices=(Notice(title=title),)), rights(purpose="commercial")
    assert free(thing, sold) == {"preview"}
    said = decide(thing, "mesh", sold, TODAY).sentence
    assert "`purpose: commercial` there can be no meshes because it is for" in said
    letter = {"document": "letter", "scope": [*USES]}
    agreed = rights(purpose="commercial", consents={"1963.504": letter})
    assert free(thing, agreed) == ALL


def test_a_consent_to_clips_is_none_to_selling_them() -> None:
    agreed = {"1963.504": {"document": "letter", "scope": ["derivative_video"]}}
    thing = cared(notices=(LABEL,))
    assert "derivative_video" in free(thing, rights(consents=agreed))
    assert "derivative_video" not in free(thing, rights(consents=agreed, purpose="commercial"))


def test_a_consent_binds_and_ends() -> None:
    consent = Consent(document="form 12", scope=("video",), until=TODAY)
    thing = item(care=Care(consent=consent))
    assert free(thing) == {"preview", "derivative_video"}
    said = decide(thing, "mesh", RightsParams(), TODAY).sentence
    assert "the consent 'form 12' covers clips, and no meshes" in said
    tomorrow = TODAY + datetime.timedelta(days=1)
    said = decide(thing, "derivative_video", RightsParams(), tomorrow).sentence
    assert "the consent 'form 12' ended on 2026-11-24, so there can be no clips" in said
    assert decide(thing, "preview", RightsParams(), tomorrow).allowed


def test_a_scope_that_nobody_understands_covers_nothing() -> None:
    thing = item(care=Care(consent=Consent(document="form", scope=("as discussed",))))
    assert free(thing) == {"preview"}
    said = decide(thing, "mesh", RightsParams(), TODAY).sentence
    assert "covers no use known here" in said


def test_a_consent_lifts_nothing_that_the_licence_forbids() -> None:
    thing = item(INC, care=Care(consent=Consent(document="form")))
    assert free(thing) == {"preview"}


def test_the_configs_consent_stands_in_place_of_the_catalogues() -> None:
    old = Care(consent=Consent(document="old", until=datetime.date(2001, 1, 1)))
    new = rights(consents={"1963.504": {"document": "new", "scope": ["making"]}})
    assert free(item(care=old)) == {"preview"}
    assert free(item(care=old), new) == ALL - {"publication", "commercial"}


def test_a_restricted_picture_is_not_asked_for_on_the_web() -> None:
    far = Picture(url="https://museum.example/1.jpg")
    for access, leaves in (("public", True), ("internal", True), ("restricted", False)):
        thing = item(image=far, care=Care(access=access))
        assert may_leave(thing) == leaves
        assert ("preview" in free(thing)) == leaves
    named = rights(consents={"1963.504": {"document": "x", "scope": list(USES)}})
    secret = item(image=far, care=Care(access="secret"))
    assert free(secret, named) == set(), "consent to a use is none to asking a stranger"
    said = decide(secret, "preview", named, TODAY).sentence
    assert "Put the photograph into a folder of this machine" in said
    by_label = item(image=far, care=Care(notices=(Notice(title="TK Clan"),)))
    assert not may_leave(by_label)


def test_what_is_withheld_says_so_without_its_title() -> None:
    thing = cared(access="secret", reason="it carries the label TK Secret / Sacred")
    said = withheld(thing, ("internal",))
    assert said.startswith("1963.504: it is secret (it carries the label TK Secret / Sacred)")
    assert "`gallery: {show: [internal, secret]}`" in said
    assert "The title" not in said
    assert withheld(thing, ("secret",)) == ""
    assert withheld(cared(), ()) == ""


# Sentences


def test_refusals_with_one_cause_are_one_sentence() -> None:
    leave = decide_all(item(INC), ["preview", *MADE], RightsParams(), TODAY)
    (said,) = leave.refusals
    assert "do not allow clips and meshes because the work is in copyright" in said
    assert leave.uses == {"preview"}
    assert leave.nothing_allowed
    video_only = rights(policy={"InC": {"allow": ["derivative_video"], "reason": "x"}})
    partly = decide_all(item(INC), ["preview", *MADE], video_only, TODAY)
    assert not partly.nothing_allowed
    assert "do not allow meshes because" in partly.refusals[0]


CARES = [
    Care(),
    Care(access="internal"),
    Care(access="restricted"),
    Care(access="secret"),
    Care(season="winter"),
    Care(notices=(LABEL,)),
    Care(notices=(Notice(title="?"),)),
    Care(consent=Consent(document="d")),
    Care(consent=Consent(document="d", until=datetime.date(2001, 1, 1))),
    Care(access="secret", consent=Consent(document="d", scope=USES)),
]
URIS = [CC0, BY, BY_SA, BY_NC, BY_ND, INC, "", "© Museum", f"{CC}/licenses/by/"]


@pytest.mark.parametrize(("uri", "care"), list(itertools.product(URIS, CARES)))
def test_every_refusal_names_the_object_and_what_to_do(uri: str, care: Care) -> None:
    thing = item(uri, care=care)
    for use in USES:
        said = decide(thing, use, RightsParams(), TODAY)
        assert said.licence == (find_licence(uri).uri if find_licence(uri) else "")  # type: ignore[union-attr]
        if said.allowed:
            continue
        assert said.sentence.startswith("1963.504: ")
        assert said.sentence.endswith((".", "`."))
        assert any(way in said.sentence for way in ("Ask ", "name the permission", "Write "))
        assert "The title" not in said.sentence


@given(
    care=st.sampled_from(CARES),
    uri=st.sampled_from(URIS),
    credit=st.sampled_from(["", "c"]),
    commercial=st.booleans(),
    letter=st.booleans(),
)
def test_more_care_and_more_commerce_never_allow_more(
    care, uri, credit, commercial, letter
) -> None:
    section = {"purpose": "commercial" if commercial else "noncommercial"}
    allowed = rights(**section, permissions={"1963.504": "x"} if letter else {})
    plain = free(item(uri, credit), allowed)
    assert free(item(uri, credit, care=care), allowed) <= plain
    assert plain <= free(item(uri, credit), rights(permissions=allowed.permissions))
    if not letter:
        licence = find_licence(uri)
        assert plain <= allows(licence.code if licence else UNKNOWN, allowed)
