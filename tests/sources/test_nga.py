"""The National Gallery of Art: several tables that are joined, in any order of rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError, SourceError
from pipeline.items import Picture
from pipeline.sources.described import Measured, Statement
from pipeline.sources.nga import NgaOptions, NgaSource
from tests.sources.reading import Shelf, described, desk, one, peak_bytes, split

OBJECTS = """\
objectid,uuid,accessioned,accessionnum,locationid,title,displaydate,beginyear,endyear,medium,\
dimensions,inscription,attributioninverted,attribution,provenancetext,creditline,classification,\
subclassification,visualbrowserclassification,parentid,isvirtual,departmentabbr,wikidataid
30,u-30,1,1999.1.3,77,"_Saint_ with a Book, Study for __init__",c. 1325,1325,1325,\
tempera on <i>panel</i>,"middle: 101.5 x 56.5 cm (39 15/16 x 22 1/4 in.)",,"maker, Unknown",\
Unknown maker,"A castle;
sold 1900",Gift of a friend,Painting,Panel,painting,,0,DIT,Q1
31,u-31,1,,,Coin,,,,bronze,,,,,,,Sculpture,,sculpture,30,1,DS,
"""
DIMENSIONS = """\
objectid,element,dimensiontype,dimension,unitname
31,overall,diameter,4.6300000000,centimeters
30,framed,height,120.0000000000,centimeters
30,overall,height,101.5000000000,centimeters
30,overall,weight,12.0000000000,pounds
30,overall,width,56.5000000000,centimeters
30,overall,depth,0.0000000000,centimeters
30,framed,width,,centimeters
"""
IMAGES = """\
uuid,iiifurl,iiifthumburl,viewtype,sequence,width,height,maxpixels,openaccess,created,modified,\
depictstmsobjectid,assistivetext
b,https://iiif.example/b,https://iiif.example/b/thumb,alternate,1,1000,500,,1,2019,2020,30,
c,https://iiif.example/c,https://iiif.example/c/thumb,alternate,0,,,,0,2019,2020,30,
a,https://iiif.example/a,https://iiif.example/a/thumb,primary,0,3000,4000,,1,2019,2020,30,"A saint
holds a book"
d,https://iiif.example/d,https://iiif.example/d/thumb,primary,0,3000,4000,640,0,2019,2020,31,
"""
LINKS = """\
objectid,constituentid,displayorder,roletype,role,prefix,suffix,displaydate
30,2,2,artist,artist after,,,
30,1,1,artist,painter,attributed to,,
30,3,3,owner,previous owner,,,1900
30,30,4,donor,donor,,,
"""
PEOPLE = """\
constituentid,uuid,ulanid,preferreddisplayname,forwarddisplayname,nationality
1,p-1,500,"maker, Unknown",Unknown maker,Sienese
2,p-2,,"maker, Second",Second maker,
3,p-3,,Some collector,Some collector,
"""
TERMS = """\
termid,objectid,termtype,term,visualbrowsertheme
5,30,School,Sienese,
6,30,Theme,saint,
7,30,Theme,book,
"""


def fill(folder: Path, **other: str) -> Path:
    folder.mkdir(exist_ok=True)
    tables = {
        "objects": OBJECTS,
        "objects_dimensions": DIMENSIONS,
        "published_images": IMAGES,
        "objects_constituents": LINKS,
        "constituents": PEOPLE,
        "objects_terms": TERMS,
    }
    for name, content in (tables | other).items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8", newline="")
    return folder


def source(base: Path, **options: Any) -> NgaSource:
    return NgaSource(NgaOptions(**{"catalogue": "data", **options}), desk(base))


def test_all_tables_are_joined(tmp_path: Path) -> None:
    fill(tmp_path / "data")
    first, second = described(source(tmp_path).found())
    assert (first.id, first.place) == ("1999.1.3", "objects.csv:2")
    assert first.title == {"en": "Saint with a Book, Study for __init__"}
    assert first.creator == {"en": "Unknown maker"}
    assert first.date == {"en": "c. 1325"}
    assert first.classifications == ("Panel", "Painting")
    assert first.medium == "tempera on panel"
    assert first.sizes == (
        Measured(part="overall", axes={"height": 101.5, "width": 56.5}, unit="centimeters"),
        Measured(part="framed", axes={"height": 120.0}, unit="centimeters"),
        Statement(text="middle: 101.5 x 56.5 cm (39 15/16 x 22 1/4 in.)", language="en"),
    )
    assert first.pictures == (
        Picture(service="https://iiif.example/a", width_px=3000, height_px=4000),
        Picture(service="https://iiif.example/c"),
        Picture(service="https://iiif.example/b", width_px=1000, height_px=500),
    )
    assert first.public_domain is True
    assert first.credit == "Gift of a friend"
    assert first.extra == {
        "artist": "attributed to Unknown maker; artist after Second maker",
        "owner": "Some collector (previous owner)",
        "donor": "constituent 30",
        "weight": "12.0000000000 pounds",
        "assistivetext": "A saint\nholds a book",
        "term (School)": "Sienese",
        "term (Theme)": "saint\nbook",
        "objectid": "30",
        "uuid": "u-30",
        "accessioned": "1",
        "locationid": "77",
        "beginyear": "1325",
        "endyear": "1325",
        "attributioninverted": "maker, Unknown",
        "provenancetext": "A castle;\nsold 1900",
        "visualbrowserclassification": "painting",
        "isvirtual": "0",
        "departmentabbr": "DIT",
        "wikidataid": "Q1",
    }
    assert (second.id, second.place) == ("31", "objects.csv:4")
    assert second.sizes == (Measured(part="overall", axes={"diameter": 4.63}, unit="centimeters"),)
    assert second.public_domain is False
    assert second.pictures == (
        Picture(service="https://iiif.example/d", width_px=480, height_px=640),
    )


def test_the_file_of_objects_may_be_named(tmp_path: Path) -> None:
    fill(tmp_path / "data")
    named = described(source(tmp_path, catalogue="data/objects.csv").found())
    assert named == described(source(tmp_path).found())


def test_tables_that_are_not_there_are_not_joined(tmp_path: Path) -> None:
    folder = fill(tmp_path / "data")
    for path in folder.glob("*.csv"):
        if path.name != "objects.csv":
            path.unlink()
    first, _ = described(source(tmp_path).found())
    assert first.public_domain is None
    assert first.pictures == ()
    assert first.creator == {"en": "Unknown maker"}


def test_older_downloads_say_nothing_of_images(tmp_path: Path) -> None:
    lines = [line.split(",") for line in IMAGES.splitlines() if line.startswith(("uuid", "d,"))]
    old = "\n".join(",".join(line[:8] + line[9:]) for line in lines)
    fill(tmp_path / "data", published_images=old)
    _, coin = described(source(tmp_path).found())
    assert coin.pictures[0].service == "https://iiif.example/d"  # type: ignore[union-attr]
    assert coin.public_domain is None


def test_rows_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    fill(
        tmp_path / "data",
        objects_terms=TERMS + "8,30\n",
        objects=OBJECTS + "32,too,few\n",
    )
    good, broken = split(source(tmp_path).found())
    assert len(good) == 2
    assert [one.place for one in broken] == ["objects_terms.csv:5", "objects.csv:5"]


def test_another_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(ConfigError, match=r"no objects\.csv"):
        list(source(tmp_path).found())
    fill(tmp_path / "data", objects_dimensions="a,b\n1,2\n")
    with pytest.raises(ConfigError, match="objectid"):
        list(source(tmp_path).found())


def test_a_link_that_leads_out_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = fill(tmp_path / "data")
    (folder / "objects_terms.csv").rename(tmp_path / "elsewhere.csv")
    (folder / "objects_terms.csv").symlink_to(tmp_path / "elsewhere.csv")
    first, _ = described(source(tmp_path).found())
    assert "term (School)" not in first.extra
    assert "leads out of the folder" in caplog.text


def test_addresses_beside_each_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = fill(tmp_path / "data")
    base = "https://nga.example/data/"
    web = Shelf({base + path.name: path for path in folder.glob("*.csv")})
    options = NgaOptions(catalogue=base + "objects.csv")
    first, _ = described(NgaSource(options, desk(tmp_path, web)).found())
    assert len(first.pictures) == 3
    assert "objects_altnums.csv was left out" in caplog.text
    del web.documents[base + "published_images.csv"]
    with pytest.raises(SourceError, match="cannot be had"):
        list(NgaSource(options, desk(tmp_path, web)).found())


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "data")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    found = source(tmp_path).found()
    assert next(found)
    assert list(temporary.iterdir())
    found.close()  # type: ignore[attr-defined]
    assert not list(temporary.iterdir())


def test_memory_does_not_grow_with_the_objects(tmp_path: Path) -> None:
    header, row = OBJECTS.splitlines()[0], OBJECTS.splitlines()[-1]
    numbers = range(1000, 2500)
    size = "{n},overall,height,{n}.5,centimeters\n{n},overall,width,1.5,centimeters\n"
    fill(
        tmp_path / "data",
        objects=header + "\n" + "".join(f"{n}{row[2:]}\n" for n in numbers),
        objects_dimensions=DIMENSIONS.splitlines()[0]
        + "\n"
        + "".join(size.format(n=n) for n in reversed(numbers)),
    )
    count, peak = peak_bytes(source(tmp_path).found)
    assert count == 1500
    assert peak < 3_000_000


def test_real_sizes(shared_data: Path, tmp_path: Path) -> None:
    real = (shared_data / "catalogues/nga/objects_dimensions_28.csv").read_text()
    numbers = dict.fromkeys(line.split(",")[0] for line in real.splitlines()[1:])
    header = "objectid,accessionnum,title\n"
    objects = header + "".join(f"{n},no. {n},Some work\n" for n in numbers)
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "objects.csv").write_text(objects)
    (folder / "objects_dimensions.csv").write_text(real)
    works = {work.id: work for work in described(source(tmp_path).found())}
    assert len(works) == len(numbers)
    assert works["no. 0"].sizes == (
        Measured(part="painted surface", axes={"height": 62.2, "width": 34.8}, unit="centimeters"),
    )
    assert all(
        "weight" not in size.axes  # type: ignore[union-attr]
        for work in works.values()
        for size in work.sizes
    )
    assert any("pounds" in work.extra.get("weight", "") for work in works.values())
    assert one(iter([works["no. 2"]])).sizes[0].axes["height"] == 197.0  # type: ignore[union-attr]
