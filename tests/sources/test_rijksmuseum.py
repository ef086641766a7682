"""The Rijksmuseum's classic API: two languages, decimal commas, no licence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.items import Picture
from pipeline.sources.described import Measured, Statement
from pipeline.sources.rijksmuseum import RijksmuseumOptions, RijksmuseumSource
from tests.sources.reading import described, desk, one, split

OBJECT: dict[str, Any] = {
    "links": {"search": "http://rijks.example/api/nl/collection"},
    "id": "nl-XX-C-5",
    "priref": "99",
    "objectNumber": "XX-C-5",
    "language": "nl",
    "title": "Een landschap",
    "copyrightHolder": None,
    "webImage": {
        "guid": "g",
        "width": 2500,
        "height": 2034,
        "url": "https://images.example/abc=s0",
    },
    "colors": [{"percentage": 81, "hex": "#261808"}],
    "titles": ["Een landschap met koeien"],
    "description": "Een landschap.",
    "objectTypes": ["schilderij"],
    "principalMakers": [{"name": "Onbekende maker", "roles": ["schilder"]}],
    "plaqueDescriptionDutch": "Een bordje.",
    "plaqueDescriptionEnglish": "A label.",
    "acquisition": {"method": "bruikleen", "creditLine": "Bruikleen van een vriend"},
    "materials": ["doek", "olieverf"],
    "techniques": [],
    "dating": {"presentingDate": "ca. 1642", "sortingDate": 1642, "period": 17},
    "principalOrFirstMaker": "Onbekende maker",
    "dimensions": [
        {"unit": "cm", "type": "hoogte", "part": "lijst", "value": "400"},
        {"unit": "cm", "type": "hoogte", "part": None, "value": "379,5"},
        {"unit": "cm", "type": "breedte", "part": None, "value": "453,5"},
        {"unit": "kg", "type": "gewicht", "part": None, "value": "337"},
        {"unit": "cm", "type": "dikte", "part": None, "value": ""},
    ],
    "physicalMedium": "olieverf op doek",
    "subTitle": "h 379,5cm × b 453,5cm × g 337kg",
    "location": "HG-2.31",
}


def source(catalogue: str, base: Path, **options: Any) -> RijksmuseumSource:
    return RijksmuseumSource(RijksmuseumOptions(catalogue=catalogue, **options), desk(base))


def test_every_field_has_its_place(tmp_path: Path) -> None:
    answer = {"elapsedMilliseconds": 219, "artObject": OBJECT, "artObjectPage": {"id": "x"}}
    (tmp_path / "XX-C-5.json").write_text(json.dumps(answer, indent=1))
    work = one(source("XX-C-5.json", tmp_path).found())
    assert (work.id, work.place) == ("XX-C-5", "XX-C-5.json:1")
    assert work.title == {"nl": "Een landschap"}
    assert work.description == {"nl": "Een landschap.", "en": "A label."}
    assert work.creator == {"nl": "Onbekende maker"}
    assert work.date == {"nl": "ca. 1642"}
    assert work.object_names == ("schilderij",)
    assert work.medium == "olieverf op doek"
    assert work.sizes == (
        Measured(axes={"hoogte": 379.5, "breedte": 453.5}, unit="cm"),
        Measured(part="lijst", axes={"hoogte": 400.0}, unit="cm"),
        Statement(text="h 379,5cm × b 453,5cm × g 337kg", language="nl"),
    )
    assert work.pictures == (Picture(url="https://images.example/abc=s0"),)
    assert (work.rights, work.public_domain, work.holder) == ((), None, "")
    assert work.credit == "Bruikleen van een vriend"
    assert work.language == "nl"
    assert work.extra["weight"] == "337 kg"
    assert work.extra["principalMakers[0].roles[0]"] == "schilder"
    assert work.extra["plaqueDescriptionDutch"] == "Een bordje."
    assert work.extra["titles[0]"] == "Een landschap met koeien"
    assert not any("color" in name.lower() for name in work.extra)


def test_a_holder_of_copyright_stops_what_the_config_declares(tmp_path: Path) -> None:
    mine = OBJECT | {"copyrightHolder": "Some estate"}
    (tmp_path / "a.json").write_text(json.dumps({"artObject": mine}))
    work = one(source("a.json", tmp_path).found())
    assert (work.public_domain, work.holder) == (False, "Some estate")


def test_a_list_of_objects(tmp_path: Path) -> None:
    short = {"objectNumber": "XX-C-6", "title": "A cup", "links": {"web": "http://rijks.example/6"}}
    answer = {"count": 2, "artObjects": [short, OBJECT]}
    (tmp_path / "a.json").write_text(json.dumps(answer))
    first, second = described(source("a.json", tmp_path, language="en").found())
    assert (first.title, first.source_url) == ({"en": "A cup"}, "http://rijks.example/6")
    assert second.id == "XX-C-5"


def test_linked_art_is_for_another_source(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"@context": "https://linked.art/ns/v1/linked-art.json"}')
    good, broken = split(source("a.json", tmp_path).found())
    assert not good
    assert "linked-art" in broken[0].message
