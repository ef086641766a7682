"""The Smithsonian: labels that tell makers from owners, pictures of which some are CC0."""

from __future__ import annotations

import bz2
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.items import Picture
from pipeline.sources import smithsonian
from pipeline.sources.described import Statement
from pipeline.sources.smithsonian import SmithsonianOptions, SmithsonianSource
from tests.sources.reading import described, desk, one, peak_bytes, split


def free(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "content": content} for label, content in pairs]


def media(number: int, access: str, *resources: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Images",
        "idsId": f"X-{number}",
        "usage": {"access": access},
        "content": f"https://ids.example/deliveryService?id=X-{number}",
        "thumbnail": f"https://ids.example/thumb?id=X-{number}",
        "resources": list(resources),
    }


RECORD: dict[str, Any] = {
    "id": "edanmdm-x_99.1",
    "unitCode": "XXX",
    "type": "edanmdm",
    "title": "Two birds",
    "content": {
        "descriptiveNonRepeating": {
            "record_ID": "x_99.1",
            "unit_code": "XXX",
            "title": {"label": "Title", "content": "Two birds under a cliff"},
            "data_source": "Some museum",
            "record_link": "https://museum.example/99.1",
            "metadata_usage": {"access": "CC0"},
            "online_media": {
                "mediaCount": 4,
                "media": [
                    media(1, "Usage conditions apply"),
                    media(
                        2,
                        "CC0",
                        {"label": "High-resolution TIFF", "url": "https://ids.example/2.tif"},
                        {
                            "label": "High-resolution JPEG",
                            "url": "https://ids.example/2.jpg",
                            "width": 1106,
                            "height": 2537,
                        },
                    ),
                    media(3, "CC0"),
                    {"type": "3d_voyager", "content": "https://3d.example/", "usage": {}},
                ],
            },
        },
        "freetext": {
            "date": free(("Date", "15th century"), ("Period", "Ming dynasty")),
            "name": free(
                ("Artist", "Possibly by Unknown maker"),
                ("Manufacturer", "Some factory"),
                ("Previous custodian or owner", "A collector"),
                ("Sitter", "A sitter"),
            ),
            "identifier": free(("USNM Number", "12"), ("Accession Number", "F99.1")),
            "objectType": free(("Type", "Painting"), ("Type", "Hanging scroll")),
            "physicalDescription": free(
                ("Medium", "Ink on silk"),
                ("Dimensions", "H x W (image): 133.2 x 52.2 cm"),
                ("Physical Description", "mounted, 3 in rods"),
            ),
            "creditLine": free(("Credit Line", "Gift of a friend")),
            "objectRights": free(("Restrictions & Rights", "CC0")),
            "notes": free(("Description", "Two <i>birds</i>."), ("Provenance", "A &amp; B")),
        },
        "indexedStructured": {"object_type": ["Paintings"], "culture": ["Chinese"]},
    },
}


def source(catalogue: str, base: Path, **options: Any) -> SmithsonianSource:
    return SmithsonianSource(SmithsonianOptions(catalogue=catalogue, **options), desk(base))


def changed(access: tuple[str, ...], rights: str = "CC0") -> dict[str, Any]:
    record: dict[str, Any] = json.loads(json.dumps(RECORD))
    fixed, texts = (record["content"][name] for name in ("descriptiveNonRepeating", "freetext"))
    fixed["online_media"]["media"] = [media(n, one) for n, one in enumerate(access)]
    texts["objectRights"] = free(("Rights", rights))
    return record


def test_every_field_has_its_place(tmp_path: Path) -> None:
    (tmp_path / "00.txt").write_text(json.dumps(RECORD) + "\n" + json.dumps(RECORD) + "\n")
    thing, second = described(source("00.txt", tmp_path).found())
    assert (thing.id, thing.place, second.place) == ("F99.1", "00.txt:1", "00.txt:2")
    assert thing.title == {"en": "Two birds under a cliff"}
    assert thing.description == {"en": "Two birds."}
    assert thing.creator == {"en": "Possibly by Unknown maker; Some factory (manufacturer)"}
    assert thing.date == {"en": "15th century"}
    assert thing.classifications == ("Paintings",)
    assert thing.object_names == ("Painting", "Hanging scroll")
    assert thing.medium == "Ink on silk; mounted, 3 in rods"
    assert thing.sizes == (
        Statement(text="H x W (image): 133.2 x 52.2 cm", language="en"),
        Statement(text="mounted, 3 in rods", language="en"),
    )
    assert thing.pictures == (
        Picture(url="https://ids.example/2.jpg", width_px=1106, height_px=2537),
        Picture(url="https://ids.example/deliveryService?id=X-3"),
    )
    assert thing.rights == ("CC0",)
    assert thing.record_rights == ("CC0",)
    assert thing.credit == "Gift of a friend"
    assert thing.source_url == "https://museum.example/99.1"
    assert thing.extra["name: Previous custodian or owner"] == "A collector"
    assert thing.extra["name: Sitter"] == "A sitter"
    assert thing.extra["date: Period"] == "Ming dynasty"
    assert thing.extra["identifier: USNM Number"] == "12"
    assert thing.extra["notes: Provenance"] == "A &amp; B"
    assert thing.extra["indexedStructured.culture[0]"] == "Chinese"
    assert thing.extra["descriptiveNonRepeating.data_source"] == "Some museum"
    assert thing.extra["id"] == "edanmdm-x_99.1"
    closed = "descriptiveNonRepeating.online_media.media[0].usage.access"
    assert thing.extra[closed] == "Usage conditions apply"


@pytest.mark.parametrize(
    ("access", "object_rights", "rights", "pictures"),
    [
        (("Usage conditions apply", "CC0"), "CC0", ("CC0",), 1),
        (("Usage conditions apply",), "CC0", ("Usage conditions apply",), 1),
        (("Not determined", "Usage conditions apply"), "CC0", ("Not determined",), 1),
        ((), "© A foundation", ("© A foundation",), 0),
        (("", ""), "© A foundation", ("© A foundation",), 2),
    ],
)
def test_an_object_does_not_speak_for_its_pictures(
    tmp_path: Path,
    access: tuple[str, ...],
    object_rights: str,
    rights: tuple[str, ...],
    pictures: int,
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(changed(access, object_rights)))
    thing = one(source("a.json", tmp_path).found())
    assert thing.rights == rights
    assert len(thing.pictures) == pictures


def test_folders_as_they_are_published(tmp_path: Path) -> None:
    folder = tmp_path / "objects" / "XXX"
    folder.mkdir(parents=True)
    lines = "".join(json.dumps(changed(("CC0",))) + "\n" for _ in range(3))
    (folder / "00.txt.bz2").write_bytes(bz2.compress(lines.encode()))
    (folder / "01.txt.bz2").write_bytes(bz2.compress(lines.encode())[:-20])
    (folder / "02.txt.bz2").write_bytes(b"not bzip2")
    (folder / "03.txt").write_text(lines)
    good, broken = split(source("objects", tmp_path).found())
    assert [thing.place for thing in good] == [
        *(f"00.txt:{n}" for n in (1, 2, 3)),
        *(f"03.txt:{n}" for n in (1, 2, 3)),
    ]
    assert [one.place for one in broken] == ["01.txt.bz2:1", "02.txt.bz2:1"]
    assert all("cannot be unpacked" in one.message for one in broken)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smithsonian, "MOST_BYTES", 10_000_000)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    (tmp_path / "00.txt.bz2").write_bytes(bz2.compress(b" " * 20_000_000))
    with pytest.raises(ConfigError, match="more than 10,000,000 bytes"):
        list(source("00.txt.bz2", tmp_path).found())
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("wrap", [lambda r: {"response": {"rows": [r]}}, lambda r: {"response": r}])
def test_answers_of_the_api(tmp_path: Path, wrap: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"status": 200, **wrap(RECORD)}))
    assert one(source("a.json", tmp_path).found()).id == "F99.1"


def test_records_of_another_shape_are_told(tmp_path: Path) -> None:
    odd: list[Any] = [
        {"id": "1"},
        {"id": "2", "content": []},
        {"id": "3", "content": {"freetext": [], "descriptiveNonRepeating": "x"}},
        {"content": {"freetext": {"name": "x", "identifier": [{"content": {}}]}}},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(record) for record in odd))
    good, broken = split(source("a.jsonl", tmp_path).found())
    assert [thing.id for thing in good] == ["3"]
    assert [one.place for one in broken] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:4"]


def test_memory_does_not_grow_with_the_records(tmp_path: Path) -> None:
    line = json.dumps(RECORD) + "\n"
    (tmp_path / "00.txt.bz2").write_bytes(bz2.compress(line.encode() * 250))
    count, peak = peak_bytes(source("00.txt.bz2", tmp_path).found)
    assert count == 250
    assert peak < 3_000_000
