"""The Met: its CSV, and objects of its API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.items import Picture
from pipeline.sources.described import Measured, Statement
from pipeline.sources.met import MetOptions, MetSource
from tests.sources.reading import described, desk, one, peak_bytes, split

OBJECT: dict[str, Any] = {
    "objectID": 900001,
    "isHighlight": False,
    "accessionNumber": "99.1.5a, b",
    "accessionYear": "1999",
    "isPublicDomain": True,
    "primaryImage": "https://images.example/original/A B.jpg",
    "primaryImageSmall": "https://images.example/web-large/A B.jpg",
    "additionalImages": ["https://images.example/original/C.jpg", ""],
    "constituents": [
        {"constituentID": 1, "role": "Designer", "name": "After a design by Unknown maker"},
        {"constituentID": 2, "role": "Artist", "name": "Second maker"},
    ],
    "department": "Asian Art",
    "objectName": "Jar",
    "title": "Jar with a lid",
    "culture": "China",
    "artistDisplayName": "Unknown maker",
    "objectDate": "late 17th century",
    "objectBeginDate": -664,
    "medium": "Porcelain",
    "dimensions": "H. with cover: 2 7/8 in. (7.3 cm)",
    "measurements": [
        {
            "elementName": "Overall",
            "elementDescription": "Jar",
            "elementMeasurements": {"Height": 7.3, "Diameter": 4.2000003, "Weight": 0.4},
        },
        {"elementName": "Frame", "elementDescription": None, "elementMeasurements": None},
    ],
    "creditLine": "Gift of a friend, 1999",
    "classification": "Ceramics-Porcelain",
    "rightsAndReproduction": "",
    "objectURL": "https://met.example/900001",
    "tags": [
        {"term": "Flowers", "AAT_URL": "http://vocab.getty.edu/page/aat/300132399"},
        {"term": "Birds", "AAT_URL": None},
    ],
}


def source(catalogue: str, base: Path, **options: Any) -> MetSource:
    return MetSource(MetOptions(catalogue=catalogue, **options), desk(base))


def test_every_field_of_the_api_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "900001.json").write_text(json.dumps(OBJECT, indent=1))
    thing = one(source("900001.json", tmp_path).found())
    assert thing.id == "99.1.5a, b"
    assert thing.place == "900001.json:1"
    assert thing.title == {"en": "Jar with a lid"}
    assert thing.creator == {"en": "After a design by Unknown maker (Designer); Second maker"}
    assert thing.date == {"en": "late 17th century"}
    assert thing.classifications == ("Ceramics-Porcelain",)
    assert thing.object_names == ("Jar",)
    assert thing.medium == "Porcelain"
    assert thing.sizes == (
        Measured(part="Overall, Jar", axes={"height": 7.3, "diameter": 4.2000003}, unit="cm"),
        Statement(text="H. with cover: 2 7/8 in. (7.3 cm)", language="en"),
    )
    assert thing.pictures == (
        Picture(url="https://images.example/original/A%20B.jpg"),
        Picture(url="https://images.example/original/C.jpg"),
    )
    assert thing.public_domain is True
    assert thing.rights == ()
    assert thing.credit == "Gift of a friend, 1999"
    assert thing.source_url == "https://met.example/900001"
    assert thing.extra["tags"] == "Flowers <http://vocab.getty.edu/page/aat/300132399>; Birds"
    assert thing.extra["culture"] == "China"
    assert thing.extra["objectID"] == "900001"
    assert thing.extra["objectBeginDate"] == "-664"
    assert thing.extra["measurements[0].elementMeasurements.Weight"] == "0.4"


def test_copyright_and_ids(tmp_path: Path) -> None:
    mine = OBJECT | {"isPublicDomain": False, "rightsAndReproduction": "© Some society (ARS)"}
    (tmp_path / "a.jsonl").write_text(json.dumps(mine) + "\n")
    thing = one(source("a.jsonl", tmp_path, ids="object-id").found())
    assert thing.id == "900001"
    assert thing.extra["accessionNumber"] == "99.1.5a, b"
    assert thing.public_domain is False
    assert thing.rights == ("© Some society (ARS)",)


HEADER = (
    "\ufeffObject Number,Is Highlight,Is Public Domain,Object ID,Department,Object Name,Title,"
    "Artist Role,Artist Prefix,Artist Display Name,Artist Suffix,Object Date,Medium,Dimensions,"
    "Credit Line,Classification,Rights and Reproduction,Link Resource,Tags,Tags AAT URL\n"
)
ROW = (
    '99.1,False,{free},{number},Drawings,Print,"The ""Great"" Wave,\nor so",Artist|Publisher,'
    "After |,First maker|Second maker,|(and workshop),ca. 1831,Woodblock print,"
    '"10 1/8 x 14 15/16 in. (25.7 x 37.9 cm)",Gift of a friend,Prints|Ephemera,,'
    "http://met.example/{number},Waves|Boats,http://vocab.getty.edu/page/aat/1|\n"
)


def test_every_field_of_the_csv_has_its_place(tmp_path: Path) -> None:
    rows = ROW.format(number=1, free="True") + ROW.format(number=2, free="False")
    (tmp_path / "MetObjects.csv").write_text(HEADER + rows, encoding="utf-8")
    first, second = described(source("MetObjects.csv", tmp_path).found())
    assert first.id == "99.1"
    assert (first.place, second.place) == ("MetObjects.csv:2", "MetObjects.csv:4")
    assert first.title == {"en": 'The "Great" Wave,\nor so'}
    assert first.creator == {"en": "After First maker; Second maker (and workshop) (Publisher)"}
    assert first.classifications == ("Prints", "Ephemera")
    assert first.object_names == ("Print",)
    assert first.sizes == (Statement(text="10 1/8 x 14 15/16 in. (25.7 x 37.9 cm)", language="en"),)
    assert (first.public_domain, second.public_domain) == (True, False)
    assert first.pictures == ()
    assert first.source_url == "http://met.example/1"
    assert first.extra == {
        "Object Number": "99.1",
        "Is Highlight": "False",
        "Object ID": "1",
        "Department": "Drawings",
        "Tags": "Waves|Boats",
        "Tags AAT URL": "http://vocab.getty.edu/page/aat/1|",
    }


def test_pictures_of_the_csv_are_found_by_number(tmp_path: Path) -> None:
    (tmp_path / "MetObjects.csv").write_text(HEADER + ROW.format(number=7, free=""))
    thing = one(source("MetObjects.csv", tmp_path, images=("photographs",)).found())
    assert thing.pictures == ("7",)
    assert thing.public_domain is None


def test_a_pointer_is_not_the_file(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 318000000\n"
    for name in ("MetObjects.csv", "objects.json"):
        (tmp_path / name).write_text(pointer)
        with pytest.raises(ConfigError, match="git lfs pull"):
            list(source(name, tmp_path).found())


def test_an_answer_that_is_no_object_is_told(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "1.json").write_text('{"message": "ObjectID not found"}')
    (tmp_path / "api" / "2.json").write_text(json.dumps(OBJECT))
    (tmp_path / "api" / "3.json").write_text("<html>Bad gateway</html>")
    good, broken = split(source("api", tmp_path).found())
    assert [thing.place for thing in good] == ["2.json:1"]
    assert [one.place for one in broken] == ["1.json:1", "3.json:1"]


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    with (tmp_path / "MetObjects.csv").open("w") as file:
        file.write(HEADER)
        file.writelines(ROW.format(number=n, free="True") for n in range(1_000))
    count, peak = peak_bytes(source("MetObjects.csv", tmp_path).found)
    assert count == 1_000
    assert peak < 2_000_000


def test_real_objects(shared_data: Path) -> None:
    things = described(source("api_measurements_4.json", shared_data / "catalogues/met").found())
    assert [thing.id for thing in things] == ["544120", "47892", "437133", "193506"]
    assert things[2].sizes[1] == Measured(
        part="Frame", axes={"height": 133.3503, "width": 166.3703, "depth": 12.7}, unit="cm"
    )
