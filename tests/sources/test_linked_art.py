"""Linked Art records of objects, as they are and as they go wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.items import Notice, Picture
from pipeline.sources.described import Described, Measured, Statement
from pipeline.sources.linked_art import LinkedArtOptions, LinkedArtSource
from tests.sources.iiif_documents import manifest_3
from tests.sources.reading import Shelf, described, desk, peak_bytes, split

Json = dict[str, Any]
Read = Callable[..., Described]
Source = Callable[..., LinkedArtSource]

BASE = "https://museum.example/data"
AAT = "http://vocab.getty.edu/aat/"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
IN_COPYRIGHT = "http://rightsstatements.org/vocab/InC/1.0/"


def a(number: str, label: str = "", *, meta: str = "", kind: str = "Type") -> Json:
    """A term of the AAT, perhaps classified itself."""
    term: Json = {"id": AAT + number, "type": kind, "_label": label}
    return {**term, "classified_as": [a(meta)]} if meta else term


def name(text: str, *terms: Json, language: Json | None = None) -> Json:
    spoken = {"language": [language]} if language else {}
    return {"type": "Name", "content": text, "classified_as": list(terms), **spoken}


def number(text: str, *terms: Json) -> Json:
    return {"type": "Identifier", "content": text, "classified_as": list(terms)}


def says(text: str, term: str, label: str = "", **more: object) -> Json:
    kinds = [a(term, label, meta="300418049")]
    return {"type": "LinguisticObject", "content": text, "classified_as": kinds, **more}


def dimension(axis: str, value: object, unit: str = "300379098", **more: object) -> Json:
    measured = {"type": "Dimension", "value": value, "classified_as": [a(axis)]}
    return {**measured, "unit": a(unit, kind="MeasurementUnit"), **more}


def right(uri: str, label: str = "") -> Json:
    return {"type": "Right", "classified_as": [{"id": uri, "type": "Type", "_label": label}]}


def digital(url: str = "", service: str = "", **more: object) -> Json:
    made: Json = {"type": "DigitalObject", "format": "image/jpeg", **more}
    if url:
        made["access_point"] = [{"id": url, "type": "DigitalObject"}]
    if service:
        made["digitally_available_via"] = [
            {
                "type": "DigitalService",
                "access_point": [{"id": service, "type": "DigitalObject"}],
                "conforms_to": [{"id": "http://iiif.io/api/image/", "type": "InformationObject"}],
            }
        ]
    return made


def shown(*files: Json, **more: object) -> Json:
    return {"type": "VisualItem", "digitally_shown_by": list(files), **more}


ENGLISH = a("300388277", "English", kind="Language")
FRENCH = {"id": "https://museum.example/fr", "type": "Language", "notation": ["fr"]}
PRIMARY = a("300404670", "Primary Name")


def record(**more: object) -> Json:
    return {
        "@context": "https://linked.art/ns/v1/linked-art.json",
        "id": f"{BASE}/object/1",
        "type": "HumanMadeObject",
        "_label": "Bowl (label)",
        **more,
    }


def full() -> Json:
    """A record that says all that one can say."""
    cm = "300379098"
    return record(
        identified_by=[
            name("Old name", a("300264273", "Alternate Name"), language=ENGLISH),
            name("Bowl with a lid", PRIMARY, language=ENGLISH),
            name("Bol à couvercle", PRIMARY, language=FRENCH),
            name("bowl lid", a("300451544", "Sort Name")),
            number("TMS 17", a("300435704", "System Number")),
            number("1990.12.1", a("300312355", "Accession Number")),
        ],
        classified_as=[
            a("300133025", "works of art"),
            {**a("300203596", "bowls (vessels)"), "classified_as": [a("300435443")]},
            {**a("300000001", "round"), "classified_as": [a("300056273", "shape")]},
            {
                "id": "https://museum.example/term/9",
                "type": "Type",
                "_label": "porcelain",
                "equivalent": [{"id": AAT + "300010662", "type": "Type"}],
            },
        ],
        made_of=[a("300010662", "porcelain", kind="Material")],
        referred_to_by=[
            says("Porcelain with <i>enamel</i>", "300435429", language=[ENGLISH]),
            says("Overall: 12 × 15 cm", "300435430", language=[ENGLISH]),
            says("A small bowl.", "300435416", language=[ENGLISH]),
            says("Un petit bol.", "300435416", language=[FRENCH]),
            says("Gift of a friend, 1990", "300026687"),
            says("Public domain", "300435434", "Rights"),
            says("Signed below", "300028705", "Signature Statement"),
            says("Shows a burial.", "300027200", "Cultural Sensitivity Note"),
        ],
        dimension=[
            dimension("300055644", 12),
            dimension("300055624", 15.5, cm),
            dimension("300056240", 0.4, "300379226", classified_as=[a("300056240", "weight")]),
            dimension("300055647", 0),
        ],
        produced_by={
            "type": "Production",
            "timespan": {
                "type": "TimeSpan",
                "identified_by": [name("about 1750", a("300404669"), language=ENGLISH)],
                "begin_of_the_begin": "1745-01-01T00:00:00Z",
                "end_of_the_end": "1755-12-31T23:59:59Z",
            },
            "part": [
                {
                    "type": "Production",
                    "carried_out_by": [{"type": "Person", "_label": "Unknown maker"}],
                },
                {
                    "type": "Production",
                    "classified_as": [a("300000002", "painter")],
                    "carried_out_by": [
                        {"type": "Person", "identified_by": [name("Another maker", PRIMARY)]}
                    ],
                },
            ],
        },
        current_owner=[{"type": "Group", "_label": "Example Museum"}],
        subject_to=[right(IN_COPYRIGHT)],
        representation=[
            shown(digital(f"{BASE}/thumb.jpg", classified_as=[a("300000003", "Thumbnail image")])),
            shown(
                digital(
                    f"{BASE}/1.jpg",
                    f"{BASE}/iiif/1/",
                    subject_to=[right(CC0)],
                    dimension=[
                        dimension("300055647", 4000, "300266190"),
                        dimension("300055644", 3000, "300266190"),
                    ],
                )
            ),
            shown(digital(f"{BASE}/2.jpg")),
        ],
        subject_of=[
            {
                "type": "LinguisticObject",
                "digitally_carried_by": [
                    digital(
                        "https://museum.example/objects/1",
                        format="text/html",
                        classified_as=[a("300264578")],
                    ),
                    digital(
                        f"{BASE}/manifest.json",
                        format="application/ld+json",
                        conforms_to=[{"id": "http://iiif.io/api/presentation/"}],
                    ),
                ],
            }
        ],
        member_of=[{"id": f"{BASE}/set/1", "type": "Set", "_label": "Ceramics"}],
        _links={"self": {"href": "x"}},
    )


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """A source of these documents, by their file names or, on a shelf, by their addresses."""

    def make(documents: Json, catalogue: str = ".", **options: object) -> LinkedArtSource:
        web: dict[str, Path] = {}
        for place, (known, document) in enumerate(documents.items()):
            on_web = known.startswith("http")
            path = tmp_path / ("shelf" if on_web else "here") / (f"{place}" if on_web else known)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = document if isinstance(document, str) else json.dumps(document)
            path.write_text(text, encoding="utf-8")
            if on_web:
                web[known] = path
        (tmp_path / "here").mkdir(exist_ok=True)
        there = desk(tmp_path / "here", Shelf(web))
        return LinkedArtSource(LinkedArtOptions(catalogue=catalogue, **options), there)

    return make


@pytest.fixture
def read(source: Source) -> Read:
    """What one record describes."""

    def reader(document: Json, **options: object) -> Described:
        (found,) = described(source({"r.json": document}, "r.json", **options).found())
        return found

    return reader


# One record --------------------------------------------------------------------------------------


def test_a_record_says_all_it_has(read: Read) -> None:
    found = read(full())
    assert found.id == "1990.12.1"
    assert found.place == "r.json:1"
    assert found.title == {"en": "Bowl with a lid", "fr": "Bol à couvercle"}
    assert found.description == {"en": "A small bowl.", "fr": "Un petit bol."}
    assert found.creator == {"en": "Unknown maker; Another maker (painter)"}
    assert found.date == {"en": "about 1750"}
    assert found.classifications == (
        f"{AAT}300203596",
        "bowls (vessels)",
        f"{AAT}300010662",
        "porcelain",
        f"{AAT}300133025",
        "works of art",
    )
    assert found.object_names == ("bowls (vessels)",)
    assert found.medium == "Porcelain with enamel"
    assert found.sizes == (
        Measured(part="work", axes={"height": 12.0, "diameter": 15.5}, unit="cm"),
        Statement(text="Overall: 12 × 15 cm", language="en"),
    )
    assert found.pictures == (
        Picture(url=f"{BASE}/1.jpg", service=f"{BASE}/iiif/1", width_px=4000, height_px=3000),
        Picture(url=f"{BASE}/2.jpg"),
        Picture(url=f"{BASE}/thumb.jpg"),
    )
    assert found.rights == (CC0, IN_COPYRIGHT, "Public domain")
    assert found.credit == "Gift of a friend, 1990"
    assert found.holder == "Example Museum"
    assert found.sensitivity == ("Shows a burial.",)
    assert found.source_url == "https://museum.example/objects/1"


def test_nothing_of_a_record_is_lost(read: Read) -> None:
    extra = read(full()).extra
    assert extra["identified_by/Alternate Name"] == "Old name"
    assert extra["identified_by/System Number"] == "TMS 17"
    assert extra["referred_to_by/Signature Statement"] == "Signed below"
    assert extra["dimension/weight"] == f"0.4 {AAT}300379226"
    assert extra["classified_as/shape"] == "round"
    assert extra["iiif manifest"] == f"{BASE}/manifest.json"
    assert extra["member_of[0]._label"] == "Ceramics"
    assert extra["produced_by.timespan.begin_of_the_begin"] == "1745-01-01T00:00:00Z"
    assert extra["id"] == f"{BASE}/object/1"
    assert extra["_label"] == "Bowl (label)"
    assert not any("_links" in way for way in extra)


def test_names_stand_in_their_languages(read: Read) -> None:
    japanese = a("300388486", "Japanese", kind="Language")
    unknown = {"type": "Language", "_label": "Example"}
    by_notation = {"type": "Language", "notation": "zh-Hant"}
    found = read(
        record(
            identified_by=[
                name("碗", language=japanese),
                name("Schale"),
                name("?", language=unknown),
                name("碗碗", language=by_notation),
            ]
        ),
        language="de",
    )
    assert found.title == {"ja": "碗", "de": "Schale", "und": "?", "zh-Hant": "碗碗"}
    assert read(record()).title == {"en": "Bowl (label)"}


def test_an_object_is_known_by_its_best_number(read: Read) -> None:
    local = number("L 1", a("300404621"))
    system = number("S 1", a("300435704"))
    accession = number("A\u202e 1", a("300312355"))
    assert read(record(identified_by=[system, local, accession])).id == "A 1"
    assert read(record(identified_by=[system, local])).id == "L 1"
    assert read(record(identified_by=[number("17")])).id == "museum.example/data/object/1"


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("1806-01-01T00:00:00Z", "1806-12-31T23:59:59Z", "1806"),
        ("1801-01-01T00:00:00Z", "1850-12-31T23:59:59Z", "1801 – 1850"),
        ("-0664-01-01T00:00:00Z", "-0380-12-31T00:00:00Z", "-0664 – -0380"),
        ("1806-05-02T00:00:00Z", "1806-05-02T23:59:59Z", "1806-05-02"),
        ("1806-05-02", None, "1806-05-02"),
        (None, "1806-12-31", "1806-12-31"),
        ("soon", "later", ""),
        (None, None, ""),
    ],
)
def test_years_are_told_where_no_date_is_written_out(
    read: Read, begin: object, end: object, expected: str
) -> None:
    span = {"type": "TimeSpan", "begin_of_the_begin": begin, "end_of_the_end": end}
    date = read(record(produced_by={"timespan": [span]})).date
    assert date == ({"en": expected} if expected else {})


# True size ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (a("300379097"), "mm"),
        (a("300379098"), "cm"),
        (a("300379099"), "m"),
        (a("300379100"), "in"),
        (a("300379101"), "ft"),
        ({"id": f"{BASE}/unit/1", "_label": "Centimetres"}, "cm"),
        ({"id": f"{BASE}/unit/1", "equivalent": [{"id": AAT + "300379100"}]}, "in"),
        (a("300379226", "kilograms"), ""),
        (a("300266190", "pixels"), ""),
        ({"_label": "cubits"}, ""),
        (None, ""),
        ("cm", ""),
    ],
)
def test_units_are_known_by_their_terms_and_names(read: Read, unit: object, expected: str) -> None:
    found = read(record(dimension=[{**dimension("300055644", 7), "unit": unit}]))
    wanted = (Measured(axes={"height": 7.0}, unit=expected),) if expected else ()
    assert found.sizes == wanted
    assert bool(expected) != any(way.startswith("dimension/") for way in found.extra)


def test_what_was_measured_is_told(read: Read) -> None:
    def by(way: str) -> Json:
        return {"assigned_by": [{"type": "AttributeAssignment", "technique": [{"_label": way}]}]}

    base = {
        "type": "HumanMadeObject",
        "classified_as": [a("300001656", "base")],
        "dimension": [dimension("300055644", 3)],
        "referred_to_by": [says("3 cm high", "300435430")],
    }
    found = read(
        record(
            dimension=[
                dimension("300055644", 74, **by("Unframed Measuring")),
                dimension("300055647", 51.5, **by("Unframed Measuring")),
                dimension("300055644", 95, **by("Measuring the frame")),
            ],
            part=[base],
        )
    )
    assert found.sizes == (
        Measured(part="Unframed", axes={"height": 74.0, "width": 51.5}, unit="cm"),
        Measured(part="the frame", axes={"height": 95.0}, unit="cm"),
        Measured(part="base", axes={"height": 3.0}, unit="cm"),
        Statement(text="base: 3 cm high"),
    )


def test_two_heights_of_one_thing_stand_behind_the_museums_own_words(read: Read) -> None:
    found = read(
        record(
            dimension=[dimension("300055644", 74), dimension("300055644", 95)],
            referred_to_by=[says("74 cm high, frame 95 cm", "300266036")],
        )
    )
    assert found.sizes == (
        Statement(text="74 cm high, frame 95 cm"),
        Measured(axes={"height": 74.0}, unit="cm"),
        Measured(axes={"height": 95.0}, unit="cm"),
    )


@pytest.mark.parametrize("value", [0, -3, None, "", "n/a", True, [], {}, [7], float("nan"), 1e400])
def test_a_value_that_is_no_size_is_none(read: Read, value: object) -> None:
    text = json.dumps(record(dimension=[dimension("300055644", value)]))
    assert read(json.loads(text)).sizes == ()


# Pictures and rights -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("representation", "picture"),
    [
        (shown(digital(f"{BASE}/1.jpg")), Picture(url=f"{BASE}/1.jpg")),
        (
            shown(digital("", f"{BASE}/iiif/1/info.json")),
            Picture(service=f"{BASE}/iiif/1"),
        ),
        (digital(f"{BASE}/1.jpg"), Picture(url=f"{BASE}/1.jpg")),
        (
            {
                "id": f"{BASE}/iiif/1",
                "type": "VisualItem",
                "conforms_to": "http://iiif.io/api/image",
            },
            Picture(service=f"{BASE}/iiif/1"),
        ),
        (
            {"id": f"{BASE}/1.jpg", "type": "VisualItem", "format": "image/jpeg"},
            Picture(url=f"{BASE}/1.jpg"),
        ),
        (shown(digital(f"{BASE}/1.html", format="text/html")), None),
        (shown(digital("javascript:alert(1)")), None),
        (shown(digital("file:///etc/passwd")), None),
        ({"id": f"{BASE}/visual/1", "type": "VisualItem"}, None),
        ("https://x.example/1.jpg", None),
    ],
)
def test_pictures_are_files_and_services(
    read: Read, representation: object, picture: Picture | None
) -> None:
    assert read(record(representation=[representation])).pictures == ((picture,) if picture else ())


def test_sides_of_coins_are_pictures_too(read: Read) -> None:
    part = {"type": "HumanMadeObject", "representation": [shown(digital(f"{BASE}/obverse.jpg"))]}
    assert read(record(part=[part])).pictures == (Picture(url=f"{BASE}/obverse.jpg"),)


def test_rights_in_the_picture_and_in_the_work_are_all_told(read: Read) -> None:
    work = {"type": "VisualItem", "subject_to": [right(IN_COPYRIGHT)]}
    own = {
        "id": "https://museum.example/right/1",
        "equivalent": [{"id": CC0}],
        "_label": "Open",
    }
    image = digital(f"{BASE}/1.jpg", subject_to=[{"type": "Right", "classified_as": [own]}])
    found = read(record(shows=[work], representation=[shown(image)]))
    assert found.rights == ("https://museum.example/right/1", CC0, IN_COPYRIGHT, "Open")
    link = says(f'Free: <a href="{CC0}">CC0</a>', "300435434")
    assert read(record(referred_to_by=[link])).rights == (CC0, "Free: CC0")
    named = {"type": "Right", "identified_by": [name("© the heirs")], "classified_as": [a("1" * 9)]}
    held = {**named, "possessed_by": [{"type": "Person", "_label": "The heirs"}]}
    found = read(record(subject_to=[held]))
    assert found.rights == ("© the heirs",)
    assert found.holder == "The heirs"


def test_local_contexts_are_notices(read: Read) -> None:
    uri = "https://localcontexts.org/label/tk-seasonal/"
    linked = says(f'See <a href="{uri}">TK S</a>.', "300027200", "Note")
    assert read(record(referred_to_by=[linked])).notices == (
        Notice(uri=uri, title="TK S", text="See TK S."),
    )
    found = read(record(subject_to=[right(uri, "TK Seasonal")]))
    assert found.notices == (Notice(uri=uri, title="TK Seasonal"),)
    assert uri not in found.rights


def test_pictures_can_come_from_the_manifest_of_an_object(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    document = {**full(), "representation": []}
    manifest = manifest_3(rights=CC0)
    web = {"r.json": document, f"{BASE}/manifest.json": manifest}
    (without,) = described(source(web, "r.json").found())
    assert without.pictures == ()
    (found,) = described(source(web, "r.json", manifests=True).found())
    assert [one.service for one in found.pictures] == ["https://museum.example/iiif/image/p1"]
    assert found.rights == (CC0, IN_COPYRIGHT, "Public domain")
    (gone,) = described(source({"r.json": document}, "r.json", manifests=True).found())
    assert gone.pictures == ()
    assert "its IIIF manifest https://museum.example/data/manifest.json cannot" in caplog.text


def test_no_manifest_is_asked_for_of_what_is_restricted(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    warned = says("Human remains", "300027200", "Content warning")
    document = {**full(), "representation": [], "referred_to_by": [warned]}
    web = {"r.json": document, f"{BASE}/manifest.json": manifest_3(rights=CC0)}
    (found,) = described(source(web, "r.json", manifests=True).found())
    assert found.sensitivity == ("Human remains",)
    assert found.extra["iiif manifest"] == f"{BASE}/manifest.json"
    assert found.pictures == ()


# Files, lists, streams ---------------------------------------------------------------------------


def test_folders_lines_lists_and_graphs_are_read_and_other_records_passed_over(
    source: Source,
) -> None:
    def one(n: int) -> Json:
        return record(id=f"{BASE}/{n}", identified_by=[name(f"n{n}")])

    person = {"id": f"{BASE}/p", "type": "Person", "_label": "Unknown maker"}
    reading = source(
        {
            "a.json": one(1),
            "b.jsonl": "\n".join([json.dumps(one(2)), "{", json.dumps(person), json.dumps(one(3))]),
            "c.json": [one(4), person, 7, one(5)],
            "d.json": {"@context": "x", "@graph": [one(6), person]},
            "e.json": '{"id": 1\n "b"',
            "f.json": {"type": "VisualItem", "id": f"{BASE}/v", "_label": "no picture"},
        }
    )
    good, broken = split(reading.found())
    assert [entry.title["en"] for entry in good] == [f"n{n}" for n in range(1, 7)]
    assert [entry.place for entry in good[1:3]] == ["b.jsonl:1", "b.jsonl:4"]
    column = json.dumps([one(4), person, 7]).index(", 7") + 3
    places = ["b.jsonl:2", f"c.json:1:{column}", "e.json:2"]
    assert [entry.place for entry in broken] == places
    assert broken[1].message == "found 7, expected an object {…}, a record of Linked Art"


def test_pages_of_results_and_activities_are_followed(source: Source) -> None:
    def ref(n: int, kind: str = "HumanMadeObject") -> Json:
        return {"id": f"{BASE}/{n}", "type": kind}

    def act(n: int, kind: str) -> Json:
        return {"type": kind, "object": ref(n)}

    page = {"type": "OrderedCollectionPage"}
    web = {
        f"{BASE}/all": {"type": "OrderedCollection", "first": {"id": f"{BASE}/p1", **page}},
        f"{BASE}/p1": {
            **page,
            "orderedItems": [ref(1), ref(9, "Person"), act(2, "Update"), act(8, "Delete")],
            "next": {"id": f"{BASE}/p2", **page},
        },
        f"{BASE}/p2": {**page, "orderedItems": [ref(1), act(7, "Create")], "next": f"{BASE}/p1"},
        f"{BASE}/1": record(id=f"{BASE}/1", identified_by=[name("one")]),
        f"{BASE}/2": record(id=f"{BASE}/2", identified_by=[name("two")]),
    }
    reading = source(web, f"{BASE}/all")
    good, broken = split(reading.found())
    assert [entry.title["en"] for entry in good] == ["one", "two"]
    assert [entry.place for entry in good] == [f"{BASE}/1", f"{BASE}/2"]
    assert [entry.message for entry in broken] == [f"{BASE}/7 cannot be had."]
    asked = [url for url, _ in reading._desk.web.asked]
    assert len(asked) == len(set(asked)) == 6


def test_the_number_of_objects_is_bounded(source: Source) -> None:
    lines = "\n".join(json.dumps(record(id=f"{BASE}/{n}")) for n in range(5))
    good, broken = split(source({"a.jsonl": lines}, "a.jsonl", most_objects=2).found())
    assert len(good) == 2
    assert [entry.message for entry in broken] == [
        "found more than 2 objects; for more set `most_objects` higher"
    ]


def test_what_is_no_linked_art_is_told(source: Source) -> None:
    for document in ({"type": "Person"}, {}, {"type": "Manifest", "items": []}):
        with pytest.raises(ConfigError, match="found no record of an object"):
            list(source({"a.json": document}, "a.json").found())
    good, broken = split(source({"a.json": record(id="")}, "a.json").found())
    assert good == []
    assert "neither accession number nor id" in broken[0].message


# Hostile -----------------------------------------------------------------------------------------

_ODD: list[object] = [None, "", "x", 0, -1, True, [], {}, [[]], [None], {"a": {"b": [1]}}, ["x"]]


@pytest.mark.parametrize("odd", _ODD, ids=repr)
def test_a_value_out_of_line_costs_that_value_alone(read: Read, odd: object) -> None:
    for key in full():
        if key in {"id", "type", "identified_by"}:
            continue
        assert read({**full(), key: odd}).id == "1990.12.1"
        for inner in ("content", "value", "classified_as", "language", "unit", "access_point"):
            changed = full()
            if isinstance(changed[key], list) and isinstance(changed[key][0], dict):
                changed[key][0][inner] = odd
                assert read(changed).id == "1990.12.1"
    assert read({**full(), "identified_by": odd}).id == "museum.example/data/object/1"


def test_a_record_of_extremes_is_read_in_bounds(read: Read) -> None:
    long = "x" * 300_000
    found = read(
        record(
            identified_by=[name(f"n{n}") for n in range(3000)],
            referred_to_by=[says(long, "300435429"), says(long + "y", "300435429")],
            dimension=[dimension("300055644", n + 1) for n in range(3000)],
            representation=[shown(digital(f"{BASE}/{n}.jpg")) for n in range(1200)],
        )
    )
    assert len(found.pictures) == 1000
    assert len(found.sizes) == 100
    assert len(found.extra) == 500
    assert found.extra["…"].endswith("further values of the entry were left out")
    assert len(found.medium) <= 100_000


def test_memory_does_not_grow_with_the_number_of_records(source: Source) -> None:
    peaks = []
    for count in (20, 200):
        lines = "\n".join(json.dumps({**full(), "id": f"{BASE}/{n}"}) for n in range(count))
        reading = source({"m.jsonl": lines}, "m.jsonl")
        found, peak = peak_bytes(reading.found)
        assert found == count
        peaks.append(peak)
    assert peaks[1] < 1.2 * peaks[0] + 50_000
