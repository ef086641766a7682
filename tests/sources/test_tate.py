"""Tate's collection data: swapped sizes, copies after masters, artists beside works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.items import Picture
from pipeline.sources.described import MOST_EXTRA, Measured, Statement
from pipeline.sources.tate import TateOptions, TateSource
from tests.sources.reading import Shelf, described, desk, one, peak_bytes, split

WORK: dict[str, Any] = {
    "acno": "X00001",
    "id": 99001,
    "all_artists": "Unknown maker",
    "contributors": [
        {"fc": "Unknown maker", "mda": "maker, Unknown", "role": "artist", "id": 7, "gender": "X"}
    ],
    "title": "A Bay in the Evening",
    "foreignTitle": "Une baie, le soir",
    "dateText": "c.1851–2",
    "dateRange": {"startYear": 1851, "endYear": 1852, "text": "c.1851–2"},
    "classification": "painting",
    "medium": "Oil paint on canvas",
    "dimensions": "support: 762 x 1118 mm\r\nframe: 1105 x 1458 x 145 mm",
    "height": "1118",
    "width": "762",
    "depth": "",
    "units": "mm",
    "creditLine": "Presented by a friend 1894",
    "thumbnailUrl": "http://tate.example/images/X00001_8.jpg",
    "thumbnailCopyright": None,
    "url": "http://tate.example/artworks/x00001",
    "subjects": {
        "id": 1,
        "name": "subject",
        "children": [
            {"id": 2, "name": "nature", "children": [{"id": 3, "name": "bay"}]},
            {"id": 4, "name": "people", "children": [{"id": 5, "name": "woman"}]},
        ],
    },
    "movements": [{"id": 8, "name": "Some movement", "era": {"id": 9, "name": "19th century"}}],
}


def source(catalogue: str, base: Path, **options: Any) -> TateSource:
    return TateSource(TateOptions(catalogue=catalogue, **options), desk(base))


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_every_field_has_its_place(tmp_path: Path) -> None:
    write(tmp_path / "x00001.json", WORK)
    work = one(source("x00001.json", tmp_path).found())
    assert work.id == "X00001"
    assert work.place == "x00001.json:1"
    assert work.title == {"und": "Une baie, le soir", "en": "A Bay in the Evening"}
    assert work.creator == {"en": "Unknown maker"}
    assert work.date == {"en": "c.1851–2"}
    assert work.classifications == ("painting",)
    assert work.medium == "Oil paint on canvas"
    assert work.sizes == (
        Statement(text="support: 762 x 1118 mm\nframe: 1105 x 1458 x 145 mm", language="en"),
        Measured(axes={"height": 1118.0, "width": 762.0}, unit="mm", trusted=False),
    )
    assert work.pictures == (Picture(url="http://tate.example/images/X00001_8.jpg"),)
    assert work.rights == ()
    assert work.public_domain is None
    assert work.record_rights == ()
    assert work.credit == "Presented by a friend 1894"
    assert work.source_url == "http://tate.example/artworks/x00001"
    assert work.language == "en"
    assert work.extra == {
        "subjects": "nature [2] > bay [3]\npeople [4] > woman [5]",
        "id": "99001",
        "contributors[0].fc": "Unknown maker",
        "contributors[0].mda": "maker, Unknown",
        "contributors[0].role": "artist",
        "contributors[0].id": "7",
        "contributors[0].gender": "X",
        "dateRange.startYear": "1851",
        "dateRange.endYear": "1852",
        "dateRange.text": "c.1851–2",
        "movements[0].id": "8",
        "movements[0].name": "Some movement",
        "movements[0].era.id": "9",
        "movements[0].era.name": "19th century",
    }


def test_a_copyright_is_of_the_picture(tmp_path: Path) -> None:
    write(tmp_path / "a.json", WORK | {"thumbnailCopyright": "© The estate of nobody"})
    work = one(source("a.json", tmp_path).found())
    assert work.rights == ("© The estate of nobody",)


def test_a_copy_is_not_shown_under_the_master(tmp_path: Path) -> None:
    makers = [
        {"fc": "Unknown maker", "role": "after"},
        {"fc": "Second maker", "role": "artist"},
        {"fc": "Third maker", "role": "engraver"},
    ]
    write(tmp_path / "a.json", WORK | {"contributors": makers})
    work = one(source("a.json", tmp_path).found())
    assert work.creator == {"en": "after Unknown maker, Second maker, Third maker (engraver)"}


def test_pictures_in_folders_are_looked_for_first(tmp_path: Path) -> None:
    write(tmp_path / "a.json", WORK)
    work = one(source("a.json", tmp_path, images=("photographs",)).found())
    assert work.pictures == ("X00001_8.jpg", Picture(url="http://tate.example/images/X00001_8.jpg"))


def test_a_folder_as_it_is_published(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path / "tate" / "artworks" / "x" / "000" / "x00001-1.json", WORK)
    write(tmp_path / "tate" / "artworks" / "x" / "000" / "x00002-2.json", WORK | {"acno": "X00002"})
    write(tmp_path / "tate" / "artists" / "m" / "maker-7.json", {"fc": "Unknown maker", "mda": "m"})
    (tmp_path / "tate" / "artwork_data.csv").write_text("not read twice")
    works = described(source("tate", tmp_path).found())
    assert [(work.id, work.place) for work in works] == [
        ("X00001", "x00001-1.json:1"),
        ("X00002", "x00002-2.json:1"),
    ]


def test_a_broken_file_of_a_folder_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    write(tmp_path / "works" / "a.json", WORK)
    (tmp_path / "works" / "b.json").write_text('{"acno": "X00002",\n "title": }')
    write(tmp_path / "works" / "c.json", {"title": "Without a number", "acno": None, "id": None})
    write(tmp_path / "works" / "d.json", ["text", {"acno": "X00004"}])
    (tmp_path / "works" / "e.json").write_bytes(b'{"acno": "X\xff"}')
    (tmp_path / "works" / "f.json").write_text("[" * 100_000)
    good, broken = split(source("works", tmp_path).found())
    assert [work.id for work in good] == ["X00001", "X00004"]
    assert [one.place for one in broken] == [
        "b.json:2",
        "c.json:1",
        "d.json:1",
        "e.json:1",
        "f.json:1",
    ]
    assert "not JSON" in broken[0].message
    assert "accession number" in broken[1].message
    assert "expected an object" in broken[2].message
    assert "0xFF" in broken[3].message
    assert "does not end" in broken[4].message


def test_one_broken_file_is_a_mistake_of_the_config(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('{"acno": "X00002",\n "title": }')
    with pytest.raises(ConfigError, match=r"b\.json:2:"):
        list(source("b.json", tmp_path).found())
    with pytest.raises(ConfigError, match="there is no such file"):
        list(source("none.json", tmp_path).found())


def test_values_of_the_wrong_type_do_no_harm(tmp_path: Path) -> None:
    odd = {
        "acno": 17,
        "title": ["a", "b"],
        "contributors": "text",
        "all_artists": {"a": 1},
        "dimensions": 5,
        "height": True,
        "width": "1" * 5000,
        "depth": -3,
        "units": "mm",
        "thumbnailUrl": "javascript:alert(1)",
        "url": "javascript:alert(2)",
        "subjects": [[[]]],
        "medium": "x" * 200_000,
        "more": [{"n": n} for n in range(2000)],
    }
    write(tmp_path / "a.json", odd)
    work = one(source("a.json", tmp_path).found())
    assert work.id == "17"
    assert work.title == {}
    assert work.creator == {}
    assert work.pictures == ()
    assert work.source_url == ""
    assert len(work.medium) == 100_000
    assert work.medium.endswith("[…, cut: 200,000 characters]")
    assert len(work.extra) == MOST_EXTRA
    assert work.extra["…"] == "1,502 further values of the entry were left out"
    assert {one.text for one in work.sizes if isinstance(one, Statement)} == {"5"}


CSV = (
    "\ufeffid,accession_number,artist,artistRole,artistId,title,dateText,medium,creditLine,year,"
    "acquisitionYear,dimensions,width,height,depth,units,inscription,thumbnailCopyright,"
    "thumbnailUrl,url\r\n"
    '1,X00001,"maker, Unknown",artist,7,"A Bay, Evening",?c.1785,Oil,Purchased 1900,1785,1900,'
    '"support: 343 x 467 mm\nframe: 400 x 500 mm",343,467,,mm,,,http://tate.example/a.jpg,\r\n'
    '2,X00002,"maker, Unknown",after,7,Sketch,,,,,,,,,,,,,,\r\n'
)


def test_the_csv_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "artwork_data.csv").write_text(CSV, encoding="utf-8", newline="")
    first, second = described(source("artwork_data.csv", tmp_path).found())
    assert first.id == "X00001"
    assert first.place == "artwork_data.csv:2"
    assert first.title == {"en": "A Bay, Evening"}
    assert first.creator == {"en": "maker, Unknown"}
    assert first.sizes == (
        Statement(text="support: 343 x 467 mm\nframe: 400 x 500 mm", language="en"),
        Measured(axes={"height": 467.0, "width": 343.0}, unit="mm", trusted=False),
    )
    assert first.extra == {"id": "1", "artistId": "7", "year": "1785", "acquisitionYear": "1900"}
    assert second.place == "artwork_data.csv:4"
    assert second.creator == {"en": "after maker, Unknown"}
    assert second.sizes == ()


def test_an_address_is_fetched(tmp_path: Path) -> None:
    path = write(tmp_path / "cached", [WORK])
    web = Shelf({"https://tate.example/works.json": path})
    options = TateOptions(catalogue="https://tate.example/works.json")
    assert one(TateSource(options, desk(tmp_path, web)).found()).id == "X00001"
    assert web.asked == [("https://tate.example/works.json", "json")]


def test_json_lines(tmp_path: Path) -> None:
    lines = [json.dumps(WORK | {"acno": f"X{n:05}"}) for n in range(3)]
    (tmp_path / "works.json").write_text("\n".join([*lines, "{broken", ""]))
    good, broken = split(source("works.json", tmp_path).found())
    assert [(work.id, work.place) for work in good] == [
        ("X00000", "works.json:1"),
        ("X00001", "works.json:2"),
        ("X00002", "works.json:3"),
    ]
    assert [one.place for one in broken] == ["works.json:4"]


def test_memory_does_not_grow_with_the_works(tmp_path: Path) -> None:
    text = json.dumps(WORK)
    with (tmp_path / "works.json").open("w") as file:
        file.write("[" + ",\n".join(text for _ in range(1_000)) + "]")
    count, peak = peak_bytes(source("works.json", tmp_path).found)
    assert count == 1_000
    assert peak < 3_000_000


def test_real_records(shared_data: Path) -> None:
    works = described(source("artworks_200.json", shared_data / "catalogues" / "tate").found())
    assert len(works) == 200
    assert len({work.id for work in works}) == 200
    assert all(work.title and work.creator and work.source_url for work in works)
    assert sum(bool(work.rights) for work in works) == 39
    assert sum("after " in work.creator["en"] for work in works) >= 4
    for work in works:
        numbers = [size for size in work.sizes if isinstance(size, Measured)]
        assert all(not size.trusted and size.unit == "mm" for size in numbers)
        assert not numbers or isinstance(work.sizes[0], Statement)
    assert sum(len(work.sizes) == 2 for work in works) == 190
    finberg = [work for work in works if "finberg" in work.extra]
    assert len(finberg) > 90
