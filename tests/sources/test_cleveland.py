"""Cleveland: metres by part, three sizes of pictures, a licence status for each entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.items import Picture
from pipeline.sources.cleveland import ClevelandOptions, ClevelandSource
from pipeline.sources.described import Measured, Statement
from tests.sources.reading import described, desk, one, peak_bytes

WORK: dict[str, Any] = {
    "id": 900001,
    "accession_number": "1999.162",
    "share_license_status": "CC0",
    "tombstone": "A Home, 1866. Unknown maker.",
    "title": "A Home",
    "title_in_original_language": "家",
    "creation_date": "1866",
    "creation_date_earliest": 1866,
    "creators": [
        {
            "description": "Unknown maker (American, 1823–1880)",
            "extent": "frame",
            "qualifier": "attributed to",
            "role": "artist",
            "biography": None,
        },
        {"description": "Second maker", "extent": None, "qualifier": None, "role": "publisher"},
    ],
    "culture": ["America, 19th century"],
    "technique": "oil on canvas",
    "support_materials": [{"description": "laid paper", "watermarks": []}],
    "department": "American Painting and Sculpture",
    "collection": "American - Painting",
    "type": "Painting",
    "measurements": "Framed: 132.5 x 193.5 x 13 cm; Unframed: 99.8 x 160.6 cm",
    "dimensions": {
        "framed": {"height": 1.325, "width": 1.935, "depth": 0.13},
        "unframed": {"height": 0.998, "width": 1.606, "depth": 0, "weight": None},
    },
    "creditline": "Gift of a friend 1999.162",
    "copyright": None,
    "description": "A <i>home</i> in the wilderness.<br />Seen from afar &amp; near.",
    "did_you_know": "It is small.",
    "url": "https://cma.example/art/1999.162",
    "images": {
        "annotation": None,
        "web": {"url": "https://cdn.example/1_web.jpg", "width": "893", "height": "502"},
        "print": {"url": "https://cdn.example/1_print.jpg", "width": "3400", "height": "1910"},
        "full": {"url": "https://cdn.example/1_full.tif", "width": "9000", "height": "5000"},
    },
    "alternate_images": [{"print": {"url": "https://cdn.example/1_alt.jpg"}}],
    "updated_at": "2020-01-01",
}


def source(catalogue: str, base: Path, **options: Any) -> ClevelandSource:
    return ClevelandSource(ClevelandOptions(catalogue=catalogue, **options), desk(base))


def test_every_field_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(json.dumps([WORK], indent=1))
    work = one(source("data.json", tmp_path).found())
    assert (work.id, work.place) == ("1999.162", "data.json:2")
    assert work.title == {"en": "A Home", "und": "家"}
    assert work.description == {"en": "A home in the wilderness.\nSeen from afar & near."}
    assert work.creator == {
        "en": "attributed to Unknown maker (American, 1823–1880) (frame); Second maker (publisher)"
    }
    assert work.date == {"en": "1866"}
    assert work.classifications == ("Painting",)
    assert work.medium == "oil on canvas"
    assert work.sizes == (
        Measured(part="unframed", axes={"height": 0.998, "width": 1.606}, unit="m"),
        Measured(part="framed", axes={"height": 1.325, "width": 1.935, "depth": 0.13}, unit="m"),
        Statement(text=WORK["measurements"], language="en"),
    )
    assert work.pictures[:3] == (
        Picture(url="https://cdn.example/1_print.jpg", width_px=3400, height_px=1910),
        Picture(url="https://cdn.example/1_full.tif", width_px=9000, height_px=5000),
        Picture(url="https://cdn.example/1_web.jpg", width_px=893, height_px=502),
    )
    assert work.pictures[3:] == (Picture(url="https://cdn.example/1_alt.jpg"),)
    assert work.rights == ("CC0",)
    assert work.public_domain is True
    assert work.credit == "Gift of a friend 1999.162"
    assert work.source_url == "https://cma.example/art/1999.162"
    assert work.extra == {
        "id": "900001",
        "tombstone": "A Home, 1866. Unknown maker.",
        "creation_date_earliest": "1866",
        "culture[0]": "America, 19th century",
        "support_materials[0].description": "laid paper",
        "department": "American Painting and Sculpture",
        "collection": "American - Painting",
        "did_you_know": "It is small.",
        "updated_at": "2020-01-01",
    }


@pytest.mark.parametrize(
    ("status", "copyright", "rights", "public_domain"),
    [
        ("Copyrighted", "© A foundation", ("© A foundation", "Copyrighted"), False),
        ("Other", None, ("Other",), None),
        (None, None, (), None),
    ],
)
def test_only_cc0_is_free(
    tmp_path: Path, status: Any, copyright: Any, rights: Any, public_domain: Any
) -> None:
    mine = WORK | {"share_license_status": status, "copyright": copyright}
    (tmp_path / "data.json").write_text(json.dumps({"data": mine}))
    work = one(source("data.json", tmp_path).found())
    assert (work.rights, work.public_domain) == (rights, public_domain)


def test_which_picture_is_the_configs_choice(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(json.dumps([WORK]))
    full = one(source("data.json", tmp_path, picture="full", images=("p",)).found()).pictures
    assert full[:4] == ("1_full.tif", "1_print.jpg", "1_web.jpg", "1_alt.jpg")
    assert full[4] == Picture(url="https://cdn.example/1_full.tif", width_px=9000, height_px=5000)


def test_an_answer_of_the_api(tmp_path: Path) -> None:
    answer = {"info": {"total": 2}, "data": [WORK, WORK | {"accession_number": "2"}]}
    (tmp_path / "page.json").write_text(json.dumps(answer))
    works = described(source("page.json", tmp_path).found())
    second = json.dumps(answer).rindex('{"id"') + 1
    assert [work.place for work in works] == ["page.json:1", f"page.json:1:{second}"]


def test_a_long_answer_is_read_entry_by_entry(tmp_path: Path) -> None:
    with (tmp_path / "page.json").open("w") as file:
        file.write('{"info": {"total": 2000}, "data": [')
        file.write(",\n".join([json.dumps(WORK)] * 700) + "]}")
    count, peak = peak_bytes(source("page.json", tmp_path).found)
    assert count == 700
    assert peak < 4_000_000


def test_the_csv_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(
        "id,accession_number,share_license_status,title,creators,culture,technique,type,"
        "measurements,wall_description,image_web,image_print,image_full\n"
        '1,1999.1,CC0,A Home,"Unknown maker (American), artist",America,oil,Painting,'
        '"Overall: 3 x 4 cm",Seen.,https://cdn.example/w.jpg,https://cdn.example/p.jpg,\n'
    )
    work = one(source("data.csv", tmp_path).found())
    assert work.creator == {"en": "Unknown maker (American), artist"}
    assert work.description == {"en": "Seen."}
    assert work.sizes == (Statement(text="Overall: 3 x 4 cm", language="en"),)
    assert work.pictures == (
        Picture(url="https://cdn.example/p.jpg"),
        Picture(url="https://cdn.example/w.jpg"),
    )
    assert work.public_domain is True
