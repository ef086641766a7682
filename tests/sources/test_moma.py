"""MoMA: words before numbers, lists that are texts, years that are 0."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.items import Picture
from pipeline.sources.described import Measured, Statement
from pipeline.sources.moma import MomaOptions, MomaSource
from tests.sources.reading import described, desk, one, peak_bytes

WORK: dict[str, Any] = {
    "Title": "Composition with a Dot",
    "Artist": ["First maker", "Second maker"],
    "ConstituentID": [1, 2],
    "ArtistBio": ["Austrian, 1841–1918", ""],
    "BeginDate": [1841, 0],
    "EndDate": [1918, 0],
    "Date": "1896",
    "Medium": "Ink and cut-and-pasted painted pages on paper",
    "Dimensions": 'composition: 11 7/16 × 15 3/4" (29 × 40 cm); sheet: 11 3/4 × 15 3/4"',
    "CreditLine": "Gift of a friend",
    "AccessionNumber": "999.1996",
    "Classification": "Architecture",
    "Department": "Architecture & Design",
    "Cataloged": "Y",
    "ObjectID": 2,
    "URL": "https://moma.example/works/2",
    "ImageURL": "https://moma.example/media/W1.jpg?sha=137b8455b1ec6167",
    "OnView": "",
    "Height (cm)": 29.0,
    "Width (cm)": 40.0,
    "Weight (kg)": 1.5,
    "Seat Height (cm)": 0,
}


def source(catalogue: str, base: Path, **options: Any) -> MomaSource:
    return MomaSource(MomaOptions(catalogue=catalogue, **options), desk(base))


def test_every_field_of_the_json_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "Artworks.json").write_text(json.dumps([WORK], indent=2), encoding="utf-8-sig")
    work = one(source("Artworks.json", tmp_path, images=("photographs",)).found())
    assert (work.id, work.place) == ("999.1996", "Artworks.json:2")
    assert work.title == {"en": "Composition with a Dot"}
    assert work.creator == {"en": "First maker, Second maker"}
    assert work.date == {"en": "1896"}
    assert work.classifications == ("Architecture",)
    assert work.medium == "Ink and cut-and-pasted painted pages on paper"
    assert work.sizes == (
        Statement(text=WORK["Dimensions"], language="en"),
        Measured(axes={"height": 29.0, "width": 40.0}, unit="cm"),
    )
    assert work.pictures == ("W1.jpg", Picture(url=WORK["ImageURL"]))
    assert (work.rights, work.public_domain, work.record_rights) == ((), None, ())
    assert work.credit == "Gift of a friend"
    assert work.source_url == "https://moma.example/works/2"
    assert work.extra == {
        "ConstituentID[0]": "1",
        "ConstituentID[1]": "2",
        "ArtistBio[0]": "Austrian, 1841–1918",
        "BeginDate[0]": "1841",
        "BeginDate[1]": "0",
        "EndDate[0]": "1918",
        "EndDate[1]": "0",
        "Department": "Architecture & Design",
        "Cataloged": "Y",
        "ObjectID": "2",
        "Weight (kg)": "1.5",
        "Seat Height (cm)": "0",
    }


HEADER = (
    "\ufeffTitle,Artist,ConstituentID,ArtistBio,Nationality,BeginDate,EndDate,Gender,Date,Medium,"
    "Dimensions,CreditLine,AccessionNumber,Classification,Department,DateAcquired,Cataloged,"
    "ObjectID,URL,ThumbnailURL,Circumference (cm),Depth (cm),Diameter (cm),Height (cm),"
    "Length (cm),Weight (kg),Width (cm),Seat Height (cm),Duration (sec.)\n"
)
ROW = (
    '"Villa, Vienna\nElevation","First maker, Second maker","1, 2","(Austrian, 1841–1918) ()",'
    "(Austrian) (),(1841) (0),(1918) (0),(Male) (),1987,Paint,"
    '"16 x 11 3/4"" (40.6 x 29.8 cm)",Gift,{n}.1995,Drawing,Design,1995-01-17,Y,{n},'
    "http://moma.example/{n},http://moma.example/{n}.jpg,,0.0,,40.6401,,,29.8451,,\n"
)


def test_every_field_of_the_csv_has_its_place(tmp_path: Path) -> None:
    text = HEADER + ROW.format(n=1) + ROW.format(n=2)
    (tmp_path / "Artworks.csv").write_text(text, encoding="utf-8")
    first, second = described(source("Artworks.csv", tmp_path).found())
    assert (first.id, first.place) == ("1.1995", "Artworks.csv:2")
    assert (second.id, second.place) == ("2.1995", "Artworks.csv:4")
    assert first.title == {"en": "Villa, Vienna\nElevation"}
    assert first.creator == {"en": "First maker, Second maker"}
    assert first.sizes == (
        Statement(text='16 x 11 3/4" (40.6 x 29.8 cm)', language="en"),
        Measured(axes={"height": 40.6401, "width": 29.8451}, unit="cm"),
    )
    assert first.pictures == (Picture(url="http://moma.example/1.jpg"),)
    assert first.extra["BeginDate"] == "(1841) (0)"


def test_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Artists.csv").write_text("ConstituentID,DisplayName\n1,First maker\n")
    with pytest.raises(ConfigError, match="'Title' and 'AccessionNumber' and 'Dimensions'"):
        list(source("Artists.csv", tmp_path).found())


def test_memory_does_not_grow_with_the_works(tmp_path: Path) -> None:
    with (tmp_path / "Artworks.csv").open("w") as file:
        file.write(HEADER)
        file.writelines(ROW.format(n=n) for n in range(1_000))
    count, peak = peak_bytes(source("Artworks.csv", tmp_path).found)
    assert count == 1_000
    assert peak < 1_500_000
