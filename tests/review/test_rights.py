"""What the gallery says of rights and care."""

import datetime
import re
from pathlib import Path

import pytest

from pipeline.exhibits import Entry, Exhibit, Problem
from pipeline.items import Care, Consent, Notice, Rights
from pipeline.review.gallery import write_gallery
from pipeline.review.rights import ShownRights

CC = "https://creativecommons.org"
BY_SA = f"{CC}/licenses/by-sa/4.0/"
INC = "http://rightsstatements.org/vocab/InC/1.0/"


def text_of(path: Path) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", path.read_text("utf-8")).split())


@pytest.fixture
def pages(build, tmp_path):
    """Write a gallery of the entries and return its folder."""

    def write(*entries: Entry) -> Path:
        exhibit = Exhibit(id="x", title={"en": "X"}, languages=("en", "zh"), entries=entries)
        return write_gallery(exhibit, tmp_path / "gallery").parent

    write.root = tmp_path
    return write


def test_share_alike_is_told_beside_what_was_made(build, pages):
    thing = build.item(
        "a",
        rights=Rights(
            uri=BY_SA,
            credit="M",
            stated="CC BY-SA 4.0 @ M",
            record_uri=f"{CC}/publicdomain/zero/1.0/",
        ),
    )
    entry = build.complete(pages.root, thing)
    entry.derivative_licence = BY_SA
    entry.uses = ("preview", "derivative_video", "mesh", "publication")
    said = text_of(pages(entry) / "a.html")
    assert "Clips and models Attribution-ShareAlike 4.0" in re.sub(r"短片与模型 ", "", said)
    assert "asks that what is made keep it (share alike)" in said
    assert "相同方式共享" in said
    assert "CC BY-SA 4.0 @ M" in said
    assert "CC0 1.0 Public Domain Dedication" in said
    assert "a preview inside the museum, clips, meshes, publication" in said
    assert "3D prints, generative engines, commercial use" in said
    assert "馆内预览、短片、三维模型、公开发布" in said


def test_an_object_that_is_only_seen_keeps_its_place_and_its_reason(build, pages):
    thing = build.item("b", rights=Rights(uri=INC, credit="M"))
    whole = build.complete(pages.root, thing)
    why = "b: found the rights …, which do not allow clips and meshes because …"
    entry = Entry(
        item=thing,
        photo=whole.photo,
        uses=("preview",),
        problems=[Problem(stage="check_rights", reason="refused", message=why)],
        nothing_allowed=True,
    )
    folder = pages(entry)
    for page in ("index.html", "b.html"):
        html = (folder / page).read_text("utf-8")
        assert "../objects/b/photo.webp" in html
        assert why in html
        assert 'class="badge refused"' in html
    assert "Clips and models" not in text_of(folder / "b.html")
    assert "clip.mp4" not in (folder / "b.html").read_text("utf-8")


def test_labels_season_contact_and_consent_are_shown(build, pages):
    label = Notice(
        title="TK Clan <b>x</b>",
        uri="http://www.localcontexts.org/label/tk-clan",
        text="Our own words",
    )
    consent = Consent(document="letter 3", until=datetime.date(2027, 12, 31))
    evil = Notice(title="Another", uri="javascript:alert(1)")
    care = Care(
        access="restricted",
        reason="it carries the label TK Clan",
        notices=(label, evil),
        season="winter",
        contact="the council",
        consent=consent,
    )
    folder = pages(build.complete(pages.root, build.item("c", care=care)))
    html = (folder / "c.html").read_text("utf-8")
    said = text_of(folder / "c.html")
    assert 'href="https://localcontexts.org/label/tk-clan/"' in html
    assert "TK Clan &lt;b&gt;x&lt;/b&gt;" in html
    assert "javascript:" not in html
    for words in ("Our own words", "winter", "the council", "letter 3, until 2027-12-31"):
        assert words in said
    assert "Restricted" in said
    assert 'class="badge access"' in (folder / "index.html").read_text("utf-8")


def test_what_is_withheld_is_nowhere(build, pages):
    hidden = Entry(
        item=build.item("hidden-id", title={"en": "Not to be told"}),
        withheld=True,
        problems=[Problem(stage="check_rights", reason="refused", message="hidden-id: …")],
    )
    folder = pages(build.complete(pages.root, build.item("d")), hidden)
    for path in folder.glob("*.html"):
        html = path.read_text("utf-8")
        assert "Not to be told" not in html
        assert "hidden-id" not in html
    assert sorted(path.name for path in folder.glob("*.html")) == ["d.html", "index.html"]


def test_rights_that_are_not_known_say_so(build):
    shown = ShownRights(Entry(item=build.item("e", rights=Rights(credit="M"))))
    assert shown.licence.name["en"] == "Unknown"
    stated = ShownRights(Entry(item=build.item("e", rights=Rights(credit="M", stated="© M"))))
    assert stated.licence.name == {"und": "© M"}
    assert stated.licence.href is None
    odd = ShownRights(Entry(item=build.item("e", rights=Rights(uri="javascript:x", credit="M"))))
    assert odd.licence.href is None
