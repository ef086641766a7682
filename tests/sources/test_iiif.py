"""IIIF manifests and collections, of both versions, as they are and as they go wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.items import Notice, Picture
from pipeline.sources._iiif_labels import place_of
from pipeline.sources.described import Broken, Described, Measured, Statement
from pipeline.sources.iiif import IiifOptions, IiifSource
from tests.sources.iiif_documents import (
    BASE,
    BY_NC,
    CC0,
    IN_COPYRIGHT,
    canvas_2,
    canvas_3,
    full_2,
    full_3,
    image_3,
    manifest_2,
    manifest_3,
    pair,
    service_3,
)
from tests.sources.reading import Shelf, described, desk, peak_bytes, split

Json = dict[str, Any]
Read = Callable[..., list[Described]]


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., IiifSource]:
    """A source of these documents, by their file names or, on a shelf, by their addresses."""

    def make(documents: dict[str, object], catalogue: str = ".", **options: object) -> IiifSource:
        web: dict[str, Path] = {}
        for number, (name, document) in enumerate(documents.items()):
            on_web = name.startswith("http")
            path = tmp_path / ("shelf" if on_web else "here") / (f"{number}" if on_web else name)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = document if isinstance(document, str) else json.dumps(document)
            path.write_text(text, encoding="utf-8")
            if on_web:
                web[name] = path
        (tmp_path / "here").mkdir(exist_ok=True)
        there = desk(tmp_path / "here", Shelf(web))
        return IiifSource(IiifOptions(catalogue=catalogue, **options), there)

    return make


@pytest.fixture
def read(source: Callable[..., IiifSource]) -> Read:
    """What one manifest describes."""

    def reader(manifest: object, **options: object) -> list[Described]:
        return described(source({"m.json": manifest}, "m.json", **options).found())

    return reader


# Our own examples are manifests ------------------------------------------------------------------


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    "manifest",
    [
        manifest_3(),
        full_3(),
        manifest_3(canvas_3(1), canvas_3(2), start={"id": f"{BASE}/canvas/2", "type": "Canvas"}),
        manifest_3(canvas_3(1, {"type": "Choice", "items": [image_3("a"), image_3("b")]})),
    ],
    ids=["short", "full", "start", "choice"],
)
def test_our_examples_are_manifests_of_version_3(manifest: Json) -> None:
    prezi = pytest.importorskip("iiif_prezi3")
    assert prezi.Manifest(**{k: v for k, v in manifest.items() if k != "@context"}).id


# Version 3 ---------------------------------------------------------------------------------------


def test_a_manifest_of_version_3_says_all_it_has(read: Read) -> None:
    (found,) = read(full_3())
    assert found.id == "1990.12.1"
    assert found.place == "m.json:1"
    assert found.title == {"en": "Bowl with a lid", "fr": "Bol à couvercle"}
    assert found.description == {"en": "A small bowl.\nWith lid."}
    assert found.creator == {"en": "Unknown maker", "zh": "佚名"}
    assert found.date == {"en": "about 1750", "fr": "vers 1750"}
    assert found.medium == "porcelain; enamel"
    assert found.classifications == (
        "http://vocab.getty.edu/aat/300203596",
        "bowls",
        "ceramics",
    )
    assert found.object_names == ("lidded bowl",)
    assert found.sizes == (
        Statement(text="H. 12 cm, Dm. 15 cm", language="de"),
        Statement(text="1 bowl ; 12 x 15 cm", language="en"),
        Measured(part="work", axes={"height": 15.0, "width": 10.0}, unit="in"),
    )
    url = f"{BASE}/image/p1/full/max/0/default.jpg"
    service = f"{BASE}/image/p1"
    assert found.pictures == (Picture(url=url, service=service, width_px=4000, height_px=6000),)
    assert found.rights == (BY_NC,)
    assert found.record_rights == (CC0, "CC0")
    assert found.credit == "Provided by the Example Museum; Gift of a friend, 1990"
    assert found.holder == "Example Museum"
    assert found.sensitivity == ("Shows a burial.",)
    assert found.notices == (
        Notice(uri="https://localcontexts.org/label/tk-attribution/", title="TK A", text="TK A"),
    )
    assert found.source_url == "https://museum.example/objects/1"
    assert found.language == "en"


def test_nothing_of_a_manifest_is_lost(read: Read) -> None:
    extra = read(full_3())[0].extra
    assert extra["metadata/Found at"] == "River bank"
    assert extra["metadata/Found at (fr)"] == "Rive"
    assert extra["metadata/Maker (zh)"] == "佚名"
    assert extra["metadata/館藏編號"] == "1990.12.1"
    assert extra["requiredStatement/Attribution"] == "Provided by the Example Museum"
    assert extra["navDate"] == "1750-01-01T00:00:00Z"
    assert extra["seeAlso[0].id"] == "https://museum.example/1.xml"
    assert extra["rendering[0].label.en[0]"] == "PDF"
    assert extra["id"] == f"{BASE}/1/manifest.json"
    assert extra["items[0].label.en[0]"] == "front"
    assert extra["items[0].service[0].physicalUnits"] == "in"
    assert not any("thumb" in text or "logo" in text for text in extra.values())


# Version 2 ---------------------------------------------------------------------------------------


def test_a_manifest_of_version_2_says_all_it_has(read: Read) -> None:
    (found,) = read(full_2())
    assert found.id == "MS 17"
    assert found.title == {"en": "Sketchbook", "fr": "Carnet"}
    assert found.description == {"en": "Forty pages."}
    assert found.creator == {"en": "Unknown maker"}
    assert found.date == {"de": "um 1850", "en": "about 1850"}
    assert found.sizes == (
        Statement(text="21 x 30 cm; 8 1/4 x 11 3/4 in."),
        Statement(text="21 x 30 cm"),
        Measured(part="work", axes={"height": 150.0, "width": 100.0}, unit="mm"),
    )
    url, service = f"{BASE}/image/p1/full/full/0/default.jpg", f"{BASE}/image/p1"
    assert found.pictures == (Picture(url=url, service=service, width_px=2000, height_px=3000),)
    assert found.rights == (CC0,)
    assert found.record_rights == ()
    assert found.credit == "Example Library, all pages"
    assert found.holder == "Example Library"
    assert found.source_url == "https://library.example/17"
    assert found.extra["metadata/Subject"] == "trees; clouds"
    assert found.extra["metadata/Date"] == "about 1850"
    assert found.extra["metadata/Date (de)"] == "um 1850"
    assert found.extra["within"] == "https://library.example/collection"
    assert found.extra["sequences[0].canvases[0].label"] == "p. 1"


def test_texts_without_a_language_are_in_the_catalogues(read: Read) -> None:
    assert read(manifest_2(), language="zh")[0].title == {"zh": "Sketchbook"}
    none = manifest_3(label={"none": ["17"], "not a tag!": ["x"], "zh_Hant": ["碗"]})
    assert read(none, language="zh")[0].title == {"und": "17; x", "zh-Hant": "碗"}


@pytest.mark.parametrize("label", [None, "", [], {}, {"en": []}, {"en": None}, 0.5, [None], True])
def test_a_label_of_any_shape_is_read_or_left_out(read: Read, label: object) -> None:
    title = read(manifest_3(label=label))[0].title
    assert title == ({"en": str(label).lower()} if label in (0.5, True) else {})


def test_both_versions_in_one_manifest_are_read(read: Read) -> None:
    mixed = manifest_2(
        canvas_2(1),
        label={"en": ["Three"]},
        summary={"de": ["Kurz"]},
        rights=CC0,
        requiredStatement=pair("Attribution", "Somebody"),
    )
    del mixed["@context"]
    (found,) = read(mixed)
    assert (found.title, found.description) == ({"en": "Three"}, {"de": "Kurz"})
    assert (found.rights, found.credit) == ((CC0,), "Somebody")
    assert found.pictures[0].service == f"{BASE}/image/p1"


# Pictures ----------------------------------------------------------------------------------------


def _services(read: Read, *canvases: Json, **more: object) -> list[str]:
    found = read(manifest_3(*canvases, **more))[0].pictures
    return [one.service.removeprefix(f"{BASE}/image/") or one.url for one in found]


def test_pictures_stand_in_order_from_the_start_on(read: Read) -> None:
    canvases = [canvas_3(number) for number in (1, 2, 3)]
    assert _services(read, *canvases) == ["p1", "p2", "p3"]
    assert _services(read, *canvases, start={"id": f"{BASE}/canvas/2"}) == ["p2", "p1", "p3"]
    source = {"type": "SpecificResource", "source": f"{BASE}/canvas/3#t=1"}
    assert _services(read, *canvases, start=source) == ["p3", "p1", "p2"]
    second = manifest_2(canvas_2(1), canvas_2(2))
    second["sequences"][0]["startCanvas"] = f"{BASE}/canvas/2"
    assert [p.service[-2:] for p in read(second)[0].pictures] == ["p2", "p1"]


def test_of_a_choice_the_default_comes_first_and_the_others_after_all_pages(read: Read) -> None:
    choice = {"type": "Choice", "items": [image_3("daylight"), image_3("xray")]}
    assert _services(read, canvas_3(1, choice), canvas_3(2)) == ["daylight", "p2", "xray"]
    old = {"@type": "oa:Choice", "default": image_3("day"), "item": [image_3("uv")]}
    found = read(manifest_2(canvas_2(1, old)))[0].pictures
    assert [one.service.rpartition("/")[2] for one in found] == ["day", "uv"]


def test_what_fills_the_canvas_comes_before_what_lies_on_it(read: Read) -> None:
    canvas = canvas_3(1, image_3("whole"))
    detail = {**canvas["items"][0]["items"][0], "body": image_3("detail")}
    detail["target"] = f"{BASE}/canvas/1#xywh=10,10,20,20"
    canvas["items"][0]["items"].insert(0, detail)
    comment = {
        "type": "Annotation",
        "motivation": "commenting",
        "body": image_3("no"),
        "target": "",
    }
    canvas["items"][0]["items"].append(comment)
    assert _services(read, canvas) == ["whole", "detail"]


@pytest.mark.parametrize(
    ("service", "base"),
    [
        ({"@id": f"{BASE}/i", "@type": "ImageService2"}, f"{BASE}/i"),
        ({"@id": f"{BASE}/i/", "profile": "http://iiif.io/api/image/2/level2.json"}, f"{BASE}/i"),
        ([{"id": f"{BASE}/i/info.json", "type": "ImageService3"}], f"{BASE}/i"),
        (
            {
                "@id": f"{BASE}/i",
                "profile": "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level1",
            },
            f"{BASE}/i",
        ),
        ([{"id": "https://x.example/search", "type": "SearchService1"}], ""),
        ({"@id": "javascript:alert(1)", "@type": "ImageService2"}, ""),
        (
            {"@id": f"{BASE}/i", "@context": ["http://iiif.io/api/image/2/context.json"]},
            f"{BASE}/i",
        ),
        ("https://x.example/iiif/1", ""),
        (None, ""),
    ],
)
def test_image_services_of_every_version_are_known(read: Read, service: object, base: str) -> None:
    (picture,) = read(manifest_3(canvas_3(1, image_3("a", service=service))))[0].pictures
    assert isinstance(picture, Picture)
    assert picture.service == base


def test_a_part_of_a_picture_is_asked_for_as_its_version_does(read: Read) -> None:
    def part(service: Json, selector: Json) -> str:
        source = image_3("page", service=[service])
        body = {"type": "SpecificResource", "source": source, "selector": selector}
        (picture,) = read(manifest_3(canvas_3(1, body)))[0].pictures
        assert isinstance(picture, Picture)
        assert picture.service == "" or picture.url.endswith("/full/max/0/default.jpg")
        return picture.url.removeprefix(f"{BASE}/image/")

    region = {"type": "ImageApiSelector", "region": "10,20,300,400"}
    assert part(service_3("page"), region) == "page/10,20,300,400/max/0/default.jpg"
    second = {"@id": f"{BASE}/image/page", "profile": "http://iiif.io/api/image/2/level2.json"}
    assert part(second, region) == "page/10,20,300,400/full/0/default.jpg"
    first = {"@id": f"{BASE}/image/page", "@type": "ImageService1"}
    assert part(first, region) == "page/10,20,300,400/full/0/native.jpg"
    hostile = {"type": "ImageApiSelector", "region": "full/max/0/x.jpg?"}
    assert part(service_3("page"), hostile) == "page/full/max/0/default.jpg"


def test_files_beside_a_manifest_are_found_by_name_and_odd_addresses_left_out(read: Read) -> None:
    local = {"id": "photos/bowl 1.jpg", "type": "Image"}
    assert read(manifest_3(canvas_3(1, local)))[0].pictures == ("photos/bowl 1.jpg",)
    for url in ("javascript:alert(1)", "data:image/png;base64,AA", "file:///etc/passwd", "", 7):
        assert read(manifest_3(canvas_3(1, {"id": url, "type": "Image"})))[0].pictures == ()
    text = f"{BASE}/a.jpg"
    assert read(manifest_3(canvas_3(1, text)))[0].pictures == (Picture(url=text),)


def test_sound_and_linked_pages_are_told(read: Read) -> None:
    sound = {"id": "https://museum.example/song.mp3", "type": "Sound", "format": "audio/mp3"}
    linked = {"id": f"{BASE}/canvas/2", "type": "Canvas", "items": [{"id": f"{BASE}/page/2"}]}
    (found,) = read(manifest_3(canvas_3(1, sound), linked))
    assert found.pictures == ()
    assert found.extra["items[0].items"] == "Sound https://museum.example/song.mp3"
    assert found.extra["items[1].items"] == f"{BASE}/page/2 (not fetched)"


@pytest.mark.parametrize(
    "login",
    [
        {"@id": "https://x.example/login", "profile": "http://iiif.io/api/auth/1/login"},
        {"id": "https://x.example/probe", "type": "AuthProbeService2"},
        {"@id": "https://x.example/login", "@type": "AuthCookieService1", "label": "Staff only"},
    ],
)
def test_a_picture_behind_a_login_is_told(read: Read, login: Json) -> None:
    service = {**service_3("a"), "service": [login]}
    extra = read(manifest_3(canvas_3(1, image_3("a", service=[service]))))[0].extra
    named = login.get("label") or login.get("@id") or login["id"]
    assert extra["login"] == f"the picture needs a login: {named}"
    assert "login" not in read(manifest_3())[0].extra


# Rights ------------------------------------------------------------------------------------------


def test_rights_near_the_picture_hold_for_it_and_the_manifests_for_the_record(read: Read) -> None:
    for near in (
        canvas_3(1, image_3("a", rights=IN_COPYRIGHT)),
        canvas_3(1, rights=IN_COPYRIGHT),
        canvas_3(1, image_3("a", service=[{**service_3("a"), "rights": IN_COPYRIGHT}])),
    ):
        (found,) = read(manifest_3(near, rights=CC0))
        assert found.rights == (IN_COPYRIGHT,)
        assert found.record_rights == (CC0,)
    other = read(manifest_3(canvas_3(1), canvas_3(2, rights=IN_COPYRIGHT), rights=CC0))[0]
    assert (other.rights, other.record_rights) == ((CC0,), ())
    assert other.extra["items[1].rights"] == IN_COPYRIGHT


def test_words_about_rights_go_with_uris_and_links_are_uris(read: Read) -> None:
    link = f'Photo: museum, <a href="{BY_NC}">licence</a>. All rights reserved.'
    (found,) = read(
        manifest_3(
            rights=CC0,
            requiredStatement={"label": {"en": ["Attribution"]}, "value": {"en": [link]}},
            metadata=[pair("Rights", "© the artist's heirs")],
        )
    )
    assert found.rights == (
        CC0,
        BY_NC,
        "© the artist's heirs",
        "Photo: museum, licence. All rights reserved.",
    )
    assert found.credit == "Photo: museum, licence. All rights reserved."


def test_local_contexts_are_notices_wherever_they_stand(read: Read) -> None:
    uri = "https://localcontexts.org/notice/tk-notice/"
    (found,) = read(manifest_3(rights=uri))
    assert found.rights == ()
    assert found.notices == (Notice(uri=uri, title=uri),)
    (found,) = read(
        manifest_3(
            canvas_3(1, metadata=[pair("Labels", f"See {uri} for more.")]),
            metadata=[pair("TK Label", "TK Seasonal")],
        )
    )
    assert found.notices == (
        Notice(uri=uri, title="Labels", text=f"See {uri} for more."),
        Notice(title="TK Seasonal"),
    )


# True size ---------------------------------------------------------------------------------------


def scaled(scale: object) -> str:
    service = {"profile": "…/physdim", "physicalScale": scale, "physicalUnits": "mm"}
    return json.dumps(manifest_3(canvas_3(1, service=service)))


@pytest.mark.parametrize("scale", [0, -1, "x", "-1", None, True, float("nan"), [], {}, 1e308])
def test_a_scale_that_is_none_gives_no_size(read: Read, scale: object) -> None:
    assert read(scaled(scale))[0].sizes == ()


@pytest.mark.parametrize("scale", [0.001, "0.001", "1e-3"])
def test_a_scale_is_a_number_however_it_is_written(read: Read, scale: object) -> None:
    size = Measured(axes={"height": 6.0, "width": 4.0}, unit="mm")
    assert read(scaled(scale))[0].sizes == (size,)


def test_a_scale_too_small_for_anything_is_still_a_number(read: Read) -> None:
    (size,) = read(scaled(1e-320))[0].sizes
    assert isinstance(size, Measured)
    assert all(0 < float(side) < 1e-300 for side in size.axes.values())


def test_a_scale_without_a_known_unit_or_pixels_gives_no_size(read: Read) -> None:
    for unit in ("furlong", "", None, 3):
        service = {"physicalScale": 0.1, "physicalUnits": unit}
        assert read(manifest_3(canvas_3(1, service=service)))[0].sizes == ()
    service = {"physicalScale": 0.1, "physicalUnits": "cm"}
    assert read(manifest_3(canvas_3(1, service=service, height=None)))[0].sizes == ()
    (size,) = read(manifest_3(canvas_3(1, service=[service], width="4000")))[0].sizes
    assert size == Measured(part="work", axes={"height": 600.0, "width": 400.0}, unit="cm")


def test_the_scale_of_a_page_is_the_size_of_that_page(read: Read) -> None:
    service = {"physicalScale": 0.1, "physicalUnits": "mm"}
    album = manifest_3(canvas_3(1, service=service, label={"en": ["cover"]}), canvas_3(2))
    assert read(album)[0].sizes == (
        Measured(part="cover", axes={"height": 600.0, "width": 400.0}, unit="mm"),
    )


# Pages and parts as objects ----------------------------------------------------------------------


def test_each_canvas_can_be_an_object(read: Read) -> None:
    album = manifest_3(
        canvas_3(1, label={"en": ["Oak"]}, metadata=[pair("Size", "10 x 20 cm")]),
        canvas_3(2, label={"de": ["Ulme"]}, metadata=[pair("Artist", "Another maker")]),
        metadata=[
            pair("Artist", "Unknown maker"),
            pair("Accession number", "A.1"),
            pair("Size", "50 x 60 cm"),
        ],
        rights=CC0,
        start={"id": f"{BASE}/canvas/2"},
    )
    first, second = read(album, each="canvas")
    assert (first.id, second.id) == ("A.1#1", "A.1#2")
    assert first.title == {"en": "Bowl with a lid – Oak"}
    assert second.title == {"de": "Bowl with a lid – Ulme"}
    assert first.creator == {"en": "Unknown maker"}
    assert second.creator == {"en": "Another maker"}
    assert first.sizes == (Statement(text="10 x 20 cm", language="en"),)
    assert second.sizes == ()
    assert first.rights == second.rights == (CC0,)
    assert [one.service[-2:] for one in first.pictures] == ["p1"]
    assert first.extra["manifest/metadata/Size"] == "50 x 60 cm"
    assert first.extra["manifest"] == f"{BASE}/1/manifest.json"


def test_each_range_can_be_an_object(read: Read) -> None:
    def to(number: int) -> Json:
        return {"id": f"{BASE}/canvas/{number}", "type": "Canvas"}

    inner = {
        "id": "r2",
        "type": "Range",
        "label": {"en": ["Trees"]},
        "items": [to(1), to(2), to(1)],
    }
    part = {"type": "SpecificResource", "source": f"{BASE}/canvas/3#xywh=0,0,1,1"}
    flat = {"id": "r3", "type": "Range", "label": {"en": ["Clouds"]}, "items": [part]}
    order = {"id": "r4", "type": "Range", "behavior": ["sequence"], "items": [to(3), to(1)]}
    top = {"id": "r1", "type": "Range", "label": {"en": ["Contents"]}, "items": [inner, flat]}
    album = manifest_3(*(canvas_3(n) for n in (1, 2, 3)), structures=[top, order])
    found = read(album, each="range")
    assert [one.title["en"] for one in found] == [
        "Bowl with a lid – Trees",
        "Bowl with a lid – Clouds",
    ]
    assert [len(one.pictures) for one in found] == [2, 1]
    assert read(album)[0].extra["structures[0].label"] == "Contents"
    second = manifest_2(
        canvas_2(1),
        canvas_2(2),
        structures=[
            {"@type": "sc:Range", "label": "All", "ranges": ["a"]},
            {"@id": "a", "@type": "sc:Range", "label": "One", "canvases": [f"{BASE}/canvas/2"]},
        ],
    )
    (only,) = read(second, each="range")
    assert only.title == {"en": "Sketchbook – One"}
    assert only.pictures[0].service == f"{BASE}/image/p2"


def test_an_object_is_known_by_its_number_or_its_address(read: Read) -> None:
    assert read(full_3(), known_by="address")[0].id == "museum.example/iiif/1"
    assert read(manifest_2())[0].id == "museum.example/iiif/2"
    numbered = manifest_3(metadata=[pair("Identifier", "https://x.example/1"), pair("Ref", "7")])
    assert read(numbered)[0].id == "museum.example/iiif/1"
    hidden = manifest_3(metadata=[pair("Inv. no.", " 19\u202e90\u200b.1\n ")])
    assert read(hidden)[0].id == "19 90 .1"


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        ("Artist(s):", "creator"),
        ("ARTIST / MAKER", "creator"),
        ("Künstler/in", "creator"),
        ("作者", "creator"),
        ("著者", "creator"),
        ("Entstehungszeit", "date"),
        ("制作年", "date"),
        ("Matériaux et techniques", "medium"),
        ("Técnica", "medium"),
        ("材質", "medium"),
        ("Dimensiones", "dimensions"),
        ("Maße", "dimensions"),
        ("尺寸", "dimensions"),
        ("寸法", "dimensions"),
        ("Afmetingen", "dimensions"),
        ("N° d’inventaire", "number"),
        ("Inv.-Nr.", "number"),
        ("館藏編號", "number"),
        ("所蔵番号", "number"),
        ("Terms of Use", "rights"),
        ("Format", None),
        ("Attributed to", None),
        ("", None),
        ("(", None),
    ],
)
def test_headings_are_known_in_several_languages(heading: str, place: str | None) -> None:
    assert place_of(heading) == place


# Collections -------------------------------------------------------------------------------------


def member(name: str, kind: str = "Manifest") -> Json:
    return {"id": f"{BASE}/{name}", "type": kind, "label": {"en": [name]}}


def collection(name: str, *items: Json, **more: object) -> Json:
    return {**member(name, "Collection"), "items": list(items), **more}


def named(name: str) -> Json:
    return manifest_3(id=f"{BASE}/{name}", label={"en": [name]})


def test_collections_are_followed_downwards_and_each_manifest_is_read_once(
    source: Callable[..., IiifSource],
) -> None:
    web = {
        f"{BASE}/top": collection("top", member("a"), member("sub", "Collection"), member("a")),
        f"{BASE}/sub": collection("sub", member("b"), member("top", "Collection"), member("a")),
        f"{BASE}/a": named("a"),
        f"{BASE}/b": named("b"),
    }
    reading = source(web, f"{BASE}/top")
    found = described(reading.found())
    assert [one.title["en"] for one in found] == ["a", "b"]
    assert [one.place for one in found] == [f"{BASE}/a", f"{BASE}/b"]
    asked = [url for url, _ in reading._desk.web.asked]
    assert len(asked) == len(set(asked)) == 4
    assert described(reading.found()) == found


def test_collections_of_version_2_have_pages(source: Callable[..., IiifSource]) -> None:
    def page(name: str, *manifests: str, **more: object) -> Json:
        listed = [{"@id": f"{BASE}/{one}", "@type": "sc:Manifest"} for one in manifests]
        return {"@id": f"{BASE}/{name}", "@type": "sc:Collection", "manifests": listed, **more}

    web = {
        f"{BASE}/top": {
            "@id": f"{BASE}/top",
            "@type": "sc:Collection",
            "total": 3,
            "first": f"{BASE}/page1",
        },
        f"{BASE}/page1": page("page1", "a", "b", next=f"{BASE}/page2"),
        f"{BASE}/page2": page("page2", "c", next={"@id": f"{BASE}/page1"}),
        **{f"{BASE}/{one}": {**manifest_2(label=one), "@id": one} for one in "abc"},
    }
    found = described(source(web, f"{BASE}/top").found())
    assert [one.title["en"] for one in found] == ["a", "b", "c"]
    members = {
        "@type": "sc:Collection",
        "members": [{"@id": f"{BASE}/a", "@type": "sc:Manifest"}],
        "collections": [page("inline", "b")],
    }
    found = described(source({**web, f"{BASE}/m": members}, f"{BASE}/m").found())
    assert sorted(one.title["en"] for one in found) == ["a", "b"]


def test_a_collection_says_what_it_did_not_follow(source: Callable[..., IiifSource]) -> None:
    web: Json = {
        f"{BASE}/{n}": collection(str(n), member(str(n + 1), "Collection")) for n in range(9)
    }
    web[f"{BASE}/0"]["items"].append(member("gone"))
    good, broken = split(source(web, f"{BASE}/0", deepest=2).found())
    assert good == []
    assert [(one.id, one.message) for one in broken] == [
        (f"{BASE}/3", "found a collection 3 levels down; to follow it set `deepest` higher"),
        (f"{BASE}/gone", f"{BASE}/gone cannot be had."),
    ]
    many = {f"{BASE}/m{n}": named(f"m{n}") for n in range(5)}
    many[f"{BASE}/top"] = collection("top", *(member(f"m{n}") for n in range(5)))
    good, broken = split(source(many, f"{BASE}/top", most_manifests=3).found())
    assert len(good) == 3
    assert "found more than 3 manifests; for more set `most_manifests`" in broken[0].message


def test_a_folder_has_manifests_and_its_collections_fetch_only_what_is_missing(
    source: Callable[..., IiifSource],
) -> None:
    reading = source(
        {
            "0_all.json": collection(
                "all", member("a"), member("b"), {**member("x"), "id": "c.json"}
            ),
            "a.json": named("a"),
            "sub/c.json": named("c"),
            "c.json": named("c2"),
            "info.json": {"protocol": "http://iiif.io/api/image", "type": "ImageService3"},
            "broken.json": '{"id": "x",\n "type": ]}',
            "lines.jsonl": f"{json.dumps(named('d'))}\nnot json\n{json.dumps(named('e'))}",
            f"{BASE}/b": named("b"),
        }
    )
    good, broken = split(reading.found())
    assert [one.title["en"] for one in good] == ["a", "c2", "d", "e", "c", "b"]
    assert reading._desk.web.asked == [(f"{BASE}/b", "json")]
    assert [one.place for one in broken] == ["broken.json:2", "lines.jsonl:2"]
    assert [one.place for one in good][2:4] == ["lines.jsonl:1", "lines.jsonl:3"]


@pytest.mark.parametrize(
    "reference",
    [
        "../secret.json",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://x.example/a",
        "x" * 5000,
        "a\u0000b",
    ],
)
def test_a_reference_does_not_lead_out_of_the_folder(
    source: Callable[..., IiifSource], tmp_path: Path, reference: str
) -> None:
    (tmp_path / "secret.json").write_text(json.dumps(named("secret")), encoding="utf-8")
    listed = collection("top", {"id": reference, "type": "Manifest"})
    good, broken = split(source({"top.json": listed}).found())
    assert good == []
    assert len(broken) == 1
    assert (
        "expected http:// or https://" in broken[0].message or "found no file" in broken[0].message
    )


def test_what_is_no_manifest_is_told(source: Callable[..., IiifSource]) -> None:
    for document, shown in (
        ({"type": "AnnotationPage", "items": []}, "a document of the type 'AnnotationPage'"),
        ({"hello": 1}, "a document of the type 'unknown'"),
        ("3", "3"),
    ):
        with pytest.raises(ConfigError, match="expected a IIIF manifest or collection") as caught:
            list(source({"m.json": document}, "m.json").found())
        assert shown in str(caught.value)
    with pytest.raises(ConfigError, match="found neither a IIIF manifest nor a collection"):
        list(source({"x.json": {"hello": 1}}).found())
    web = {f"{BASE}/top": collection("top", member("a")), f"{BASE}/a": '{"type": "Person"}'}
    good, broken = split(source(web, f"{BASE}/top").found())
    assert good == []
    assert "of the type 'Person', expected a IIIF manifest" in broken[0].message


# Hostile -----------------------------------------------------------------------------------------

_ODD: list[object] = [
    None,
    "",
    "x",
    0,
    -1,
    1e9,
    True,
    [],
    {},
    [[]],
    [None],
    {"a": {"b": [1]}},
    ["x"],
]


@pytest.mark.parametrize("odd", _ODD, ids=repr)
def test_a_value_out_of_line_costs_that_value_alone(read: Read, odd: object) -> None:
    for key in [*full_3(), *full_2()]:
        for whole in (full_3(), full_2()):
            if key in {"id", "@id", "type", "@type", "items", "sequences", "metadata"}:
                continue
            (found,) = read({**whole, key: odd})
            assert found.id in {"1990.12.1", "MS 17"}
            assert len(found.pictures) == 1


@pytest.mark.parametrize("odd", _ODD, ids=repr)
def test_a_canvas_out_of_line_costs_that_canvas_alone(read: Read, odd: object) -> None:
    for key in ("items", "label", "service", "width", "metadata", "id"):
        (found,) = read(manifest_3(canvas_3(1, **{key: odd}), canvas_3(2)))
        assert f"{BASE}/image/p2" in [one.service for one in found.pictures]
    for key in ("body", "motivation", "target"):
        canvas = canvas_3(1)
        canvas["items"][0]["items"][0][key] = odd
        (found,) = read(manifest_3(canvas, canvas_3(2)))
        assert f"{BASE}/image/p2" in [one.service for one in found.pictures]
    for key in ("resource", "on", "motivation"):
        old = canvas_2(1)
        old["images"][0][key] = odd
        assert len(read(manifest_2(old, canvas_2(2)))[0].pictures) >= 1


def test_a_manifest_without_any_id_is_broken(source: Callable[..., IiifSource]) -> None:
    good, broken = split(source({"m.json": manifest_3(id=None)}, "m.json").found())
    assert good == []
    assert broken == [
        Broken(
            place="m.json:1", message="the manifest has no id, expected one: an address on the web"
        )
    ]


def test_a_manifest_of_extremes_is_read_in_bounds(read: Read) -> None:
    pairs = [pair("Date", f"{n}") for n in range(3000)]
    long = "x" * 300_000
    (found,) = read(
        manifest_3(
            *(canvas_3(n) for n in range(1, 1200)),
            metadata=pairs,
            label={"en": [long]},
            summary={"en": [f"<script>alert(1)</script>{long}"]},
        )
    )
    assert len(found.pictures) == 1000
    assert len(found.extra) == 500
    assert found.extra["…"].endswith("further values of the entry were left out")
    assert len(found.title["en"]) <= 100_000
    assert found.description["en"].startswith("<script>alert(1)</script>xxx")


def test_mojibake_and_control_characters_are_mended(read: Read) -> None:
    (found,) = read(manifest_3(label={"fr": ["Bol Ã\u00a0 couvercle\u0007"]}))
    assert found.title == {"fr": "Bol à couvercle"}


def test_memory_does_not_grow_with_the_number_of_manifests(
    source: Callable[..., IiifSource],
) -> None:
    peaks = []
    for count in (20, 200):
        lines = "\n".join(json.dumps(named(f"m{n}")) for n in range(count))
        reading = source({"m.jsonl": lines}, "m.jsonl")
        found, peak = peak_bytes(reading.found)
        assert found == count
        peaks.append(peak)
    assert peaks[1] < 1.5 * peaks[0] + 400 * 200  # the addresses of what was read
