"""The Carnegie Museum of Art: inches, zeros that mean nothing, bars in cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.items import Picture
from pipeline.sources.cmoa import CmoaOptions, CmoaSource
from pipeline.sources.described import Measured
from tests.sources.reading import described, desk, one, peak_bytes, split

THING: dict[str, Any] = {
    "title": "Lamp",
    "creation_date": "c. 1960",
    "creation_date_earliest": "1955-01-01",
    "creation_date_latest": "1965-01-01",
    "medium": "steel and glass",
    "accession_number": "99.1.2",
    "id": "cmoa:things/00000000-0000-0000-0000-000000000001",
    "credit_line": "Gift of a friend",
    "department": "Decorative Arts and Design",
    "item_width": 5.875,
    "item_height": 13.0,
    "item_depth": 0.0,
    "item_diameter": 0.0,
    "web_url": "http://cmoa.example/item=1",
    "provenance_text": "A friend,\nuntil 1999",
    "classification": "lighting devices",
    "images": [
        {"image_url": "http://cmoa.example/image?irn=1&size=Medium"},
        {"image_url": "http://cmoa.example/image?irn=2&size=Medium"},
    ],
    "creator": [
        {"full_name": "Unknown maker", "role": "designer", "nationality": "American"},
        {"full_name": "Some factory", "role": "manufacturer"},
        {"full_name": "Old master", "role": "possibly by"},
        {"full_name": "Old factory", "role": None},
    ],
}


def source(catalogue: str, base: Path) -> CmoaSource:
    return CmoaSource(CmoaOptions(catalogue=catalogue), desk(base))


def test_every_field_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "cmoa.json").write_text(json.dumps({"things": [THING]}))
    thing = one(source("cmoa.json", tmp_path).found())
    assert thing.id == "99.1.2"
    assert thing.place == "cmoa.json:1"
    assert thing.title == {"en": "Lamp"}
    assert thing.creator == {
        "en": "Unknown maker (designer); Some factory (manufacturer); possibly by Old master; "
        "Old factory"
    }
    assert thing.date == {"en": "c. 1960"}
    assert thing.classifications == ("lighting devices",)
    assert thing.medium == "steel and glass"
    assert thing.sizes == (Measured(axes={"height": 13.0, "width": 5.875}, unit="inches"),)
    assert thing.pictures == (
        Picture(url="http://cmoa.example/image?irn=1&size=Medium"),
        Picture(url="http://cmoa.example/image?irn=2&size=Medium"),
    )
    assert thing.rights == ()
    assert thing.public_domain is None
    assert thing.credit == "Gift of a friend"
    assert thing.source_url == "http://cmoa.example/item=1"
    assert thing.extra["provenance_text"] == "A friend,\nuntil 1999"
    assert thing.extra["creator[0].nationality"] == "American"
    assert thing.extra["id"].startswith("cmoa:things/")
    assert "item_height" not in thing.extra


def test_nothing_is_stated(tmp_path: Path) -> None:
    bare = {"accession_number": "1", "title": None, "images": None, "creator": None}
    bare |= {f"item_{axis}": 0.0 for axis in ("height", "width", "depth", "diameter")}
    (tmp_path / "cmoa.json").write_text(json.dumps([bare, {"title": "an index", "id": "x"}]))
    thing = one(source("cmoa.json", tmp_path).found())
    assert (thing.title, thing.creator, thing.sizes, thing.pictures) == ({}, {}, (), ())


def test_the_csv_with_bars(tmp_path: Path) -> None:
    (tmp_path / "cmoa.csv").write_text(
        "title,accession_number,item_height,item_width,item_diameter,full_name,role,image_url\n"
        'Lamp,99.1,4.187,0.0,2.25,Unknown maker|Some factory,designer|,"http://a.example/1|'
        'http://a.example/2"\n'
    )
    thing = one(source("cmoa.csv", tmp_path).found())
    assert thing.creator == {"en": "Unknown maker (designer); Some factory"}
    assert thing.sizes == (Measured(axes={"height": 4.187, "diameter": 2.25}, unit="inches"),)
    assert thing.pictures == (
        Picture(url="http://a.example/1"),
        Picture(url="http://a.example/2"),
    )


def test_memory_does_not_grow_with_the_things(tmp_path: Path) -> None:
    with (tmp_path / "cmoa.json").open("w") as file:
        file.write('{"things": [' + ",\n".join([json.dumps(THING)] * 1_000) + "]}")
    count, peak = peak_bytes(source("cmoa.json", tmp_path).found)
    assert count == 1_000
    assert peak < 6_000_000


def test_real_records(shared_data: Path) -> None:
    good, broken = split(source("things_200.json", shared_data / "catalogues" / "cmoa").found())
    assert not broken
    assert len({thing.id for thing in good}) == len(good) == 200
    assert all(thing.credit and thing.classifications for thing in good)
    sizes = [size for thing in good for size in thing.sizes]
    assert all(isinstance(size, Measured) and size.unit == "inches" for size in sizes)
    assert all(value for size in sizes for value in size.axes.values())  # type: ignore[union-attr]
    assert described(source("things_200.json", shared_data / "catalogues" / "cmoa").found()) == good
