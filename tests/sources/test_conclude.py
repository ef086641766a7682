"""The same conclusions for every catalogue: size, kind, rights, picture; and nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.items import Item, Kind, Notice, Picture, Size, Unusable
from pipeline.sources.collection import Collection
from pipeline.sources.conclude import conclude
from pipeline.sources.described import Broken, Described, Found, Measured, Statement
from pipeline.sources.finder import Finder
from pipeline.sources.options import SourceOptions

BY = "https://creativecommons.org/licenses/by/4.0/"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.fixture
def finish(tmp_path: Path):
    """Conclude an entry that says so much."""

    def finisher(options: SourceOptions | None = None, **said: object) -> Item:
        entry = Described(**{"id": "1900.1", "place": "works.csv:2", **said})
        return conclude(entry, options or SourceOptions(), Finder([tmp_path]))

    return finisher


# Names ------------------------------------------------------------------------------------------


def test_an_id_is_cleaned_of_what_deceives_the_eye(finish):
    assert finish(id=" A\u202e1\u200b \n 2\ufeff ").id == "A 1 2"


@pytest.mark.parametrize("name", ["", "  ", "\x00\u202e", "x" * 301])
def test_an_entry_without_a_usable_id_says_so(finish, name):
    with pytest.raises(SourceError, match=r"no id|301 characters"):
        finish(id=name)


@pytest.mark.parametrize("name", ["a/b", "..", "🏺", "مخطوطة ١", "C:\\x", "a" * 300, "Ä.1"])
def test_ids_may_hold_what_museums_write(finish, name):
    assert finish(id=name).id == name


def test_what_has_no_title_is_called_by_what_it_is(finish):
    assert finish(object_names=("Krug",), language="de").title == {"de": "Krug"}
    assert finish().title == {"und": "1900.1"}
    assert finish(title={"en": "<script>x</script>"}).title == {"en": "<script>x</script>"}


# Kinds ------------------------------------------------------------------------------------------


def test_the_kind_comes_with_its_reason(finish):
    item = finish(object_names=("Hanging scroll",), medium="ink on silk")
    assert item.kind is Kind.SCROLL
    assert "Hanging scroll" in item.kind_reason
    assert finish(kind=Kind.COIN, object_names=("Vase",)).kind is Kind.COIN
    nothing = finish()
    assert nothing.kind is Kind.OTHER
    assert nothing.kind_reason


# Sizes ------------------------------------------------------------------------------------------


def test_a_statement_becomes_a_size(finish):
    item = finish(sizes=(Statement(text="H. 30.6 x W. 16.6 cm (12 x 6 1/2 in.)", language="en"),))
    assert item.size == Size(height_m=0.306, width_m=0.166)
    assert item.dimensions is not None
    assert item.extra["dimensions"] == "H. 30.6 x W. 16.6 cm (12 x 6 1/2 in.)"


def test_nothing_stated_is_an_unknown_size(finish):
    for said in ("dimensions variable", "", "0 x 0 cm"):
        assert not finish(sizes=(Statement(text=said),)).size.is_known
    assert finish().size == Size()


def test_what_the_first_statement_leaves_open_comes_from_the_next_that_agrees(finish):
    flat = Measured(axes={"height": 30.5, "width": 20.0}, unit="cm")
    deep = Measured(axes={"height": 30.5, "width": 20.0, "depth": 4.0}, unit="cm")
    other = Measured(axes={"height": 50.0, "width": 20.0, "depth": 9.0}, unit="cm")
    assert finish(sizes=(flat, deep)).size.depth_m == pytest.approx(0.04)
    apart = finish(sizes=(flat, other))
    assert apart.size.depth_m is None
    assert any("height is 0.305 m in one statement and 0.5 m" in note for note in apart.size_notes)


def test_axes_that_changed_places_are_no_contradiction_where_nobody_trusts_them(finish):
    """Tate's dump: the statement has the height first, its numbers have it as the width."""
    text = Statement(text="support: 762 x 1118 mm", language="en")
    swapped = {"axes": {"height": 1118, "width": 762}, "unit": "mm"}
    item = finish(sizes=(text, Measured(**swapped, trusted=False)))
    assert item.size == Size(height_m=0.762, width_m=1.118)
    assert item.size_notes == ()
    assert finish(sizes=(text, Measured(**swapped))).size_notes


def test_the_diameter_of_a_mouth_is_kept_and_does_not_make_the_body(finish):
    item = finish(sizes=(Statement(text="高 32.4 cm 口径 18 cm", language="zh"),))
    assert item.size == Size(height_m=0.324)
    assert item.dimensions is not None
    assert item.dimensions.diameter_m == 0.18
    assert item.size_notes
    whole = finish(sizes=(Statement(text="高 32.4 cm 直径 18 cm", language="zh"),))
    assert whole.size == Size(height_m=0.324, diameter_m=0.18)


def test_the_frame_is_not_the_work(finish):
    item = finish(
        sizes=(
            Measured(part="frame", axes={"height": 120, "width": 150}, unit="cm"),
            Measured(part="work", axes={"height": "101,6", "width": "127"}, unit="cm"),
        )
    )
    assert item.size.height_m == pytest.approx(1.016)


def test_numbers_that_say_no_size_of_the_work_are_kept(finish):
    frame = Measured(part="frame", axes={"height": 120, "width": "150"}, unit="cm")
    item = finish(sizes=(frame, Statement(text="3 kg")))
    assert not item.size.is_known
    assert item.extra["dimensions"] == "frame: height 120.0, width 150 cm; 3 kg"
    work = Measured(axes={"height": 100}, unit="cm")
    item = finish(sizes=(frame, work))
    assert {part.name for part in item.dimensions.parts} == {"frame", "work"}
    assert "dimensions" not in item.extra


# Rights -----------------------------------------------------------------------------------------


def test_a_licence_has_one_way_of_writing_and_the_records_own_is_kept_apart(finish):
    item = finish(
        rights=("http://creativecommons.org/licenses/by/4.0/deed.de", "CC BY"),
        record_rights=(CC0,),
        credit="Museum",
    )
    assert (item.rights.uri, item.rights.record_uri) == (BY, CC0)


def test_unknown_rights_stay_unknown_and_their_words_are_kept(finish):
    item = finish(rights=("© Stadtmuseum",))
    assert item.rights.uri == ""
    assert item.rights.stated == "© Stadtmuseum"
    assert finish().rights.uri == ""


def test_the_records_own_licence_is_as_certain_as_the_pictures(finish):
    """A text without a picture is under it: no licence is taken out of what limits it."""
    doubtful = (CC0, "not without permission of the council")
    assert finish(rights=doubtful).rights.uri == ""
    item = finish(record_rights=doubtful)
    assert item.rights.record_uri == ""
    assert item.extra["record rights"] == "; ".join(doubtful)
    terms = "https://museum.example/terms"
    assert finish(record_rights=(terms,)).rights.record_uri == terms


def test_what_the_museum_declared_for_all_counts_only_where_nothing_is_stated(finish):
    all_free = SourceOptions(rights=CC0, credit="The museum")
    assert finish(all_free).rights.uri == CC0
    assert "declared for the whole collection" in finish(all_free).rights.stated
    assert finish(all_free, rights=("© Stadtmuseum",)).rights.uri == ""
    assert finish(all_free, public_domain=False).rights.uri == ""
    assert finish(public_domain=True).rights.uri.endswith("publicdomain/mark/1.0/")
    assert finish(all_free).rights.credit == "The museum"


def test_what_opens_a_door_is_not_kept(finish):
    """An item is published, but for its picture's address: no user, password or token is in it."""
    item = finish(
        source_url="https://me:hush@museum.example/1?token=hush&view=2",
        place="https://museum.example/list?api_key=hush",
        rights=("https://me:hu@hush@museum.example/terms",),
        pictures=("a.jpg", Picture(url="https://me:hush@museum.example/2.jpg")),
        extra={"see": "at https://m.example/?X-Amz-Signature=hush#a and https://m.example/@me"},
    )
    assert item.source_url == "https://museum.example/1?token=…&view=2"
    assert item.rights.uri == "https://museum.example/terms"
    assert item.extra["see"].endswith("=…#a and https://m.example/@me")
    assert "hush" not in item.model_dump_json(exclude={"image"})


def test_a_communitys_notice_narrows_who_may_see_it(finish):
    label = Notice(uri="https://localcontexts.org/label/tk-secret-sacred/", title="TK SS")
    assert finish(notices=(label,)).care.access in {"restricted", "secret"}


# Pictures ---------------------------------------------------------------------------------------


def test_the_first_picture_that_is_there_is_used_and_the_others_are_kept(finish, tmp_path):
    (tmp_path / "b.jpg").write_bytes(b"x")
    item = finish(pictures=("a.jpg", "b.jpg"))
    assert item.image == tmp_path / "b.jpg"
    assert item.extra["further pictures"] == "a.jpg"
    assert finish(pictures=("a.jpg",)).image == tmp_path / "a.jpg"
    service = Picture(service="https://museum.example/iiif/1")
    assert finish(pictures=(service, "b.jpg")).image == service
    with pytest.raises(SourceError, match="leads out"):
        finish(pictures=("../../etc/passwd",))


# Collections ------------------------------------------------------------------------------------


class _Dialect:
    def __init__(self, *found: Found) -> None:
        self._found = found

    def found(self):
        yield from self._found


def test_each_object_comes_once_and_one_bad_entry_stops_no_other(tmp_path):
    found = [
        Described(id="a", place="x.csv:2"),
        Broken(id="b", place="x.csv:3", message="found 3 cells, expected 5"),
        Described(id="a", place="x.csv:4"),
        Described(id="", place="x.csv:5"),
        Described(id="A", place="x.csv:6"),
        Described(id="c", place="x.csv:7", pictures=("../c.jpg",)),
        Described(id="d", place="x.csv:8"),
    ]
    entries = list(Collection(_Dialect(*found), SourceOptions(), [tmp_path]).items())
    assert [(type(e).__name__, e.id, e.place) for e in entries] == [
        ("Item", "a", "x.csv:2"),
        ("Unusable", "b", "x.csv:3"),
        ("Unusable", "a", "x.csv:4"),
        ("Unusable", "", "x.csv:5"),
        ("Item", "A", "x.csv:6"),
        ("Unusable", "c", "x.csv:7"),
        ("Item", "d", "x.csv:8"),
    ]
    assert "twice, first in x.csv:2" in entries[2].message


def test_only_what_is_named_is_taken_and_what_is_not_there_is_told(tmp_path):
    found = [Described(id=name, place=f"x:{name}") for name in "abc"]
    options = SourceOptions(take=("c", "z", "a"))
    entries = list(Collection(_Dialect(*found), options, [tmp_path]).items())
    assert [e.id for e in entries] == ["a", "c", "z"]
    assert isinstance(entries[-1], Unusable)
    assert "no such object" in entries[-1].message


def test_nothing_is_concluded_of_what_is_not_taken(tmp_path, monkeypatch):
    concluded = []
    monkeypatch.setattr(
        "pipeline.sources.conclude.conclude",
        lambda found, *rest: concluded.append(found.id) or conclude(found, *rest),
    )
    found = [Described(id=name, place=name) for name in ("a", " b\u200b", "c")]
    entries = Collection(_Dialect(*found), SourceOptions(take=("b",)), [tmp_path]).items()
    assert [entry.id for entry in entries] == ["b"]
    assert concluded == [" b\u200b"]


def test_a_file_that_is_not_there_is_kept_beside_the_picture_that_is_used(finish):
    online = Picture(url="https://example.org/a.jpg")
    item = finish(pictures=("master.tif", online, "b.jpg"))
    assert item.image == online
    assert item.extra["further pictures"] == "master.tif b.jpg"


def test_a_field_of_the_same_name_hides_nothing(finish):
    item = finish(medium="clay", extra={"medium": "a newspaper"})
    assert item.extra == {"medium": "a newspaper", "medium (as read)": "clay"}
    assert finish(medium="clay", extra={"medium": "clay"}).extra == {"medium": "clay"}
