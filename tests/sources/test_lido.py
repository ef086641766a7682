"""LIDO: what of a record comes out, and where; on documents of our own and on five real records."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ConfigError, SourceError
from pipeline.items import Notice, Picture
from pipeline.sources.described import (
    MOST_CHARACTERS,
    MOST_EXTRA,
    Broken,
    Described,
    Measured,
    Statement,
)
from pipeline.sources.documents import Desk
from pipeline.sources.lido import LidoOptions, LidoSource

DOCUMENTS = Path(__file__).parent / "documents" / "lido"
NS = 'xmlns:lido="http://www.lido-schema.org"'


class Server:
    """The web, of pages that are given."""

    def __init__(self, pages: dict[str, Path]) -> None:
        self.pages, self.asked = pages, []

    def document(self, url: str, kind: str) -> Path:
        assert kind == "xml"
        self.asked.append(url)
        if url not in self.pages:
            raise SourceError(f"{url} answered 503.")
        return self.pages[url]


def read(path: Path, web: Server | None = None, **options: object) -> list[Described | Broken]:
    source = LidoSource(LidoOptions(catalogue=str(path), **options), Desk(path.parent, web))
    return list(source.found())


def only(path: Path, **options: object) -> Described:
    (found,) = read(path, **options)
    assert isinstance(found, Described), found
    return found


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., Described]:
    """Read one record with these descriptive and administrative elements."""

    def make(descriptive: str = "", administrative: str = "", **options: object) -> Described:
        path = tmp_path / "record.xml"
        path.write_text(
            f'<lido:lido {NS} xmlns:skos="http://www.w3.org/2004/02/skos/core#" '
            'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            "<lido:lidoRecID>R1</lido:lidoRecID>"
            f"<lido:descriptiveMetadata>{descriptive}</lido:descriptiveMetadata>"
            f"<lido:administrativeMetadata>{administrative}</lido:administrativeMetadata>"
            "</lido:lido>",
            encoding="utf-8",
        )
        return only(path, **options)

    return make


@pytest.fixture(scope="module")
def krater() -> Described:
    first, _ = read(DOCUMENTS / "two-records.xml")
    assert isinstance(first, Described)
    return first


# A record of 1.0 ---------------------------------------------------------------------------------


def test_the_object_is_known_by_its_present_inventory_number(krater: Described) -> None:
    assert krater.id == "F 2160"
    assert krater.place == "two-records.xml:4"
    assert krater.extra["lido:lidoRecID"] == "EX/4711"
    assert krater.extra["lido:repositorySet[1]/lido:workID"] == "ALT 1"
    assert krater.extra["lido:repositorySet[2]/lido:workID[1]"] == "77"


def test_ids_may_be_the_records(krater: Described) -> None:
    first, second = read(DOCUMENTS / "two-records.xml", ids="record")
    assert (first.id, second.id) == ("EX/4711", "EX/4712")


def test_titles_in_all_languages_the_preferred_first(krater: Described) -> None:
    assert krater.title == {
        "de": "Krater mit Tänzern",
        "en": "Krater with dancers",
        "zh-hant": "舞者紋雙耳罐",
    }
    assert krater.extra["lido:titleSet/lido:appellationValue[1]@de"] == "Kelch mit Tänzern"


def test_names_and_classes(krater: Described) -> None:
    assert krater.object_names == ("Krater", "kraters", "Gefäß")
    assert krater.classifications == (
        "http://vocab.getty.edu/aat/300198823",
        "https://vocab.getty.edu/page/aat/300010662",
        "Keramik",
    )
    # What says where it is kept, and not what it is, is no class.
    assert krater.extra["lido:classification[1]/lido:term@de"] == "Antikensammlung"
    assert krater.extra["lido:classification[2]/lido:term@de"] == "IMAGE"
    assert krater.extra["lido:objectWorkType[2]/lido:conceptID[1]"] == "88"
    assert krater.extra["lido:objectWorkType[2]/lido:conceptID[1]/@source"] == "Thesaurus"
    assert krater.extra["lido:objectWorkType[2]/lido:term[3]@de"] == "Mischgefäß"


def test_description_has_paragraphs_and_no_markup(krater: Described) -> None:
    assert krater.description == {
        "de": "Zwei Tänzer, rotfigurig, auf schwarzem Grund.\n\nDer Fuß ist ergänzt.",
        "en": "Two dancers.",
    }
    way = "lido:objectDescriptionSet[1]/lido:descriptiveNoteValue@de"
    assert krater.extra[way] == "1890 erworben."


def test_makers_and_date_are_those_of_the_making_not_of_the_purchase(krater: Described) -> None:
    assert krater.creator == {"de": "Unbekannter Töpfer; Unbekannter Maler (Vasenmaler)"}
    assert krater.date == {"de": "um 450 v. Chr.", "en": "about 450 B.C."}
    assert krater.medium == "Ton; rotfigurig"
    bought = "lido:eventSet[2]/lido:event/"
    assert krater.extra[f"{bought}lido:eventActor/lido:displayActorInRole@de"] == "Eine Käuferin"
    assert krater.extra[f"{bought}lido:eventDate/lido:displayDate@de"] == "1890"
    place = "lido:eventSet[1]/lido:event/lido:eventPlace/lido:displayPlace@de"
    assert krater.extra[place] == "Athen"


def test_sizes_numbers_of_one_part_together_then_sentences(krater: Described) -> None:
    assert krater.sizes == (
        Measured(part="work", axes={"height": "34,5", "Durchmesser": "31"}, unit="cm"),
        Statement(text="Sockel: Höhe ca. 40-42 mm", language="de"),
        Statement(text="Höhe: 34,5 cm", language="de"),
    )
    sets = "lido:objectMeasurementsSet[2]/lido:objectMeasurements/"
    assert krater.extra[f"{sets}lido:measurementsSet[2]/lido:measurementValue@de"] == "846"
    assert krater.extra[f"{sets}lido:measurementsSet[4]/lido:measurementValue@de"] == "0,0"
    assert krater.extra[f"{sets}lido:formatMeasurements@de"] == "Großformat"
    way = "lido:objectMeasurementsSet[1]/lido:displayObjectMeasurements[2]@en"
    assert krater.extra[way] == "34.5 cm"


def test_pictures_by_order_and_size_only_those_that_the_rights_hold_for(krater: Described) -> None:
    assert krater.pictures == (
        Picture(url="https://museum.example/front-l.jpg"),
        Picture(url="https://museum.example/front-s.jpg"),
    )
    ways = {way: text for way, text in krater.extra.items() if "linkResource" in way}
    assert sorted(ways.values()) == [
        "https://museum.example/back.tif",
        "https://museum.example/krater.glb",
        "https://museum.example/reserved.jpg",
    ]


def test_three_kinds_of_rights_are_kept_apart(krater: Described) -> None:
    assert krater.rights == ("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0")
    assert krater.record_rights == ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0")
    noc = "http://rightsstatements.org/vocab/NoC-OKLR/1.0/"
    assert krater.extra["lido:rightsWorkSet/lido:rightsType"] == noc
    assert krater.credit == "Example Museum / Foto: Studio"
    assert krater.holder == "Example Museum"


def test_what_has_no_place_is_kept(krater: Described) -> None:
    assert krater.extra["lido:displayState@de"] == "ergänzt"
    assert krater.extra["lido:subjectSet/lido:displaySubject@de"] == "Tanz"
    assert krater.extra["lido:inscriptions/lido:inscriptionTranscription@de"] == "ΚΑΛΟΣ"
    assert krater.source_url == "https://museum.example/objekt/4711?a=1&b=2"
    assert krater.language == "de"


def test_every_text_of_the_document_is_somewhere(krater: Described) -> None:
    from lxml import etree

    root = etree.parse(DOCUMENTS / "two-records.xml").getroot()
    kept = "".join(krater.model_dump_json().split()).replace("\\n", "")
    for text in root[0].itertext():
        plain = text.replace("<i>", "").replace("</i>", "").replace("&amp;", "&")
        for line in plain.splitlines():
            assert "".join(line.split()) in kept, line


def test_a_record_with_little_is_read_too() -> None:
    _, second = read(DOCUMENTS / "two-records.xml", language="fr")
    assert second == Described(
        id="EX/4712",
        place="two-records.xml:192",
        title={"fr": "A plain record"},
        language="fr",
    )


# A record of 1.1 ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def harbour() -> Described:
    return only(DOCUMENTS / "one-record-1.1.xml")


def test_concepts_of_skos(harbour: Described) -> None:
    assert harbour.id == "1999/11 ü"
    assert harbour.object_names == ("painting (visual work)", "Gemälde")
    assert harbour.classifications == (
        "http://vocab.getty.edu/aat/300033618",
        "http://vocab.getty.edu/aat/300177435",
        "panel painting",
    )
    assert harbour.extra["lido:objectWorkType/skos:Concept/skos:altLabel@en"] == "paintings"
    assert (
        harbour.extra["lido:classification/skos:Concept/@about"]
        == "http://www.wikidata.org/entity/Q1"
    )
    assert harbour.title == {"en": "Harbour at dawn"}
    assert harbour.creator == {"en": "attributed to Unknown maker (painter)"}
    assert harbour.date == {"en": "1640–1650"}
    assert harbour.medium == "Oil on panel"
    assert (
        harbour.extra["lido:objectMaterialsTechSet/lido:displayMaterialsTech[1]@de"]
        == "Öl auf Holz"
    )
    assert harbour.source_url == "https://museum.example/id/11"


def test_measurements_of_skos_and_their_part(harbour: Described) -> None:
    assert harbour.sizes == (
        Measured(part="frame", axes={"height": "80", "width": "100"}, unit="cm"),
        Statement(text="With frame: 80 x 100 cm", language="en"),
    )


def test_services_of_iiif_are_found_and_manifests_kept(harbour: Described) -> None:
    base = "https://iiif.museum.example/image/2"
    assert harbour.pictures == (
        Picture(url="https://museum.example/11-huge.jpg", width_px=4000, height_px=3000),
        Picture(
            url=f"{base}/11/full/1200,/0/default.jpg",
            service=f"{base}/11",
            width_px=1200,
            height_px=900,
        ),
        Picture(service=f"{base}/11-verso"),
        Picture(service=f"{base}/11-detail"),
    )
    manifest = "https://iiif.museum.example/presentation/11/manifest.json"
    assert manifest in harbour.extra.values()


def test_rights_of_the_work_count_where_no_others_are_stated(harbour: Described) -> None:
    mark = "http://creativecommons.org/publicdomain/mark/1.0/"
    assert harbour.rights == (mark,)
    assert harbour.extra["lido:rightsWorkSet/lido:rightsType"] == mark
    assert harbour.record_rights == ()
    assert harbour.credit == "Bequest of 1999"


# Parts of records --------------------------------------------------------------------------------


def resources(*links: str, kind: str = "", rights: str = "") -> str:
    shown = "".join(f"<lido:linkResource>{link}</lido:linkResource>" for link in links)
    return (
        "<lido:resourceWrap><lido:resourceSet>"
        f'<lido:resourceRepresentation lido:type="{kind}">{shown}</lido:resourceRepresentation>'
        f"{rights}</lido:resourceSet></lido:resourceWrap>"
    )


def test_file_names_come_first_where_the_config_names_folders(record) -> None:
    links = resources("I11.jpg", "https://museum.example/I11.jpg")
    address = Picture(url="https://museum.example/I11.jpg")
    assert record("", links).pictures == (address, "I11.jpg")
    assert record("", links, images=("photographs",)).pictures == ("I11.jpg", address)


@pytest.mark.parametrize(
    ("link", "picture"),
    [
        ("C:\\Bilder\\2004\\I 11.jpg", "C:\\Bilder\\2004\\I 11.jpg"),
        ("file:///srv/a.tif", "file:///srv/a.tif"),
        ("https://m.example/a b.jpg", Picture(url="https://m.example/a%20b.jpg")),
        ("HTTPS://m.example/a", Picture(url="HTTPS://m.example/a")),
        ("https://m.example/v1.2/a", Picture(url="https://m.example/v1.2/a")),
        ("https://m.example/film.mp4?x=1", None),
        ("film.mov", None),
        ("ftp://m.example/a.jpg", None),
        ("javascript://m.example/%0aalert(1)", None),
        ("https://m.example/page.html", None),
        (
            "https://m.example/i/3/full/max/0/default.webp",
            Picture(
                url="https://m.example/i/3/full/max/0/default.webp", service="https://m.example/i/3"
            ),
        ),
        # A part of a picture is no way to the whole.
        (
            "https://m.example/i/3/square/200,/0/default.jpg",
            Picture(url="https://m.example/i/3/square/200,/0/default.jpg"),
        ),
    ],
)
def test_what_counts_as_a_picture(record, link: str, picture: Picture | str | None) -> None:
    found = record("", resources(link))
    assert found.pictures == ((picture,) if picture else ())
    assert bool(picture) != (link in found.extra.values())


def test_a_resource_without_a_link_may_be_named_by_its_file(record) -> None:
    wrap = (
        "<lido:resourceWrap><lido:resourceSet><lido:resourceID>A_1.TIF</lido:resourceID>"
        "</lido:resourceSet></lido:resourceWrap>"
    )
    assert record("", wrap).pictures == ("A_1.TIF",)


def test_films_and_sounds_are_no_pictures(record) -> None:
    kind = "<lido:resourceType><lido:term>Video</lido:term></lido:resourceType>"
    found = record("", resources("https://m.example/a", rights=kind))
    assert found.pictures == ()
    assert "https://m.example/a" in found.extra.values()


def test_rights_of_the_picture_are_not_taken_from_the_record(record) -> None:
    rights = (
        "<lido:recordWrap><lido:recordRights><lido:rightsType><lido:conceptID>"
        "https://creativecommons.org/publicdomain/zero/1.0/</lido:conceptID></lido:rightsType>"
        "</lido:recordRights></lido:recordWrap>"
    )
    found = record("", rights + resources("https://m.example/a.jpg"))
    assert found.rights == ()
    assert found.record_rights == ("https://creativecommons.org/publicdomain/zero/1.0/",)


def test_words_are_passed_on_as_they_are_and_numbers_are_no_rights(record) -> None:
    rights = (
        "<lido:rightsResource><lido:rightsType><lido:conceptID>4711</lido:conceptID>"
        "<lido:term>© all rights reserved</lido:term></lido:rightsType></lido:rightsResource>"
    )
    found = record("", resources("https://m.example/a.jpg", rights=rights))
    assert found.rights == ("© all rights reserved",)
    assert "4711" in found.extra.values()


def test_labels_of_communities_are_notices_and_no_licence(record) -> None:
    label = "https://localcontexts.org/label/tk-secret-sacred/"
    notice = "https://sandbox.localcontextshub.org/projects/1"
    rights = (
        f"<lido:rightsResource><lido:rightsType><lido:conceptID>{label}</lido:conceptID>"
        "<lido:term>TK Secret / Sacred</lido:term><lido:term>Ask us first.</lido:term>"
        "</lido:rightsType></lido:rightsResource>"
        "<lido:rightsResource><lido:rightsType><lido:conceptID>"
        "https://creativecommons.org/licenses/by/4.0/</lido:conceptID></lido:rightsType>"
        "</lido:rightsResource>"
    )
    work = (
        "<lido:rightsWorkWrap><lido:rightsWorkSet><lido:rightsType>"
        f'<skos:Concept rdf:about="{notice}"><skos:definition xml:lang="en">Of the people of the '
        "river.</skos:definition></skos:Concept></lido:rightsType></lido:rightsWorkSet>"
        "</lido:rightsWorkWrap>"
    )
    found = record("", work + resources("https://m.example/a.jpg", rights=rights))
    assert found.notices == (
        Notice(uri=notice, title="1", text="Of the people of the river."),
        Notice(uri=label, title="TK Secret / Sacred", text="Ask us first."),
    )
    assert found.rights == ("https://creativecommons.org/licenses/by/4.0/",)


@pytest.mark.parametrize(
    "address",
    ["https://localcontexts.org.evil.example/label", "https://evil.example/localcontexts.org"],
)
def test_other_hosts_have_no_labels(record, address: str) -> None:
    rights = (
        f"<lido:rightsResource><lido:rightsType><lido:conceptID>{address}</lido:conceptID>"
        "</lido:rightsType></lido:rightsResource>"
    )
    found = record("", resources("https://m.example/a.jpg", rights=rights))
    assert (found.notices, found.rights) == ((), (address,))


def measurement(*values: tuple[str, str, str], extent: str = "") -> str:
    sets = "".join(
        f"<lido:measurementsSet><lido:measurementType>{axis}</lido:measurementType>"
        f"<lido:measurementUnit>{unit}</lido:measurementUnit>"
        f"<lido:measurementValue>{value}</lido:measurementValue></lido:measurementsSet>"
        for axis, value, unit in values
    )
    part = f"<lido:extentMeasurements>{extent}</lido:extentMeasurements>" if extent else ""
    return (
        "<lido:objectIdentificationWrap><lido:objectMeasurementsWrap><lido:objectMeasurementsSet>"
        f"<lido:objectMeasurements>{sets}{part}</lido:objectMeasurements>"
        "</lido:objectMeasurementsSet></lido:objectMeasurementsWrap></lido:objectIdentificationWrap>"
    )


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("54", "cm", Measured(axes={"Höhe": "54"}, unit="cm")),
        ("54 cm", "", Statement(text="Höhe 54 cm")),
        ("12 1/2", "in", Statement(text="Höhe 12 1/2 in")),
        ("54", "", Statement(text="Höhe 54")),
        ("1.200,5", "mm", Statement(text="Höhe 1.200,5 mm")),
        ("null", "cm", None),
        ("NaN", "cm", None),
        ("-", "cm", None),
        ("0", "cm", None),
        ("81.8", "kg", None),
        ("3", "Std.", None),
        ("400", "cm²", None),
        ("9" * 5_000, "cm", Statement(text=f"Höhe {'9' * 5_000} cm")),
    ],
)
def test_values_that_occur(record, value: str, unit: str, expected: Measured | Statement) -> None:
    found = record(measurement(("Höhe", value, unit)))
    assert found.sizes == ((expected,) if expected else ())
    if expected is None:
        assert value in found.extra.values()


def test_sentences_of_one_size_are_put_together_where_there_are_no_numbers(record) -> None:
    sets = "".join(
        f"<lido:objectMeasurementsSet><lido:displayObjectMeasurements>{text}"
        "</lido:displayObjectMeasurements></lido:objectMeasurementsSet>"
        for text in ("Höhe: 80 cm", "Breite: 54 cm", "Höhe: 80 cm")
    )
    found = record(
        "<lido:objectIdentificationWrap><lido:objectMeasurementsWrap>"
        f"{sets}</lido:objectMeasurementsWrap></lido:objectIdentificationWrap>"
    )
    assert found.sizes == (Statement(text="Höhe: 80 cm; Breite: 54 cm"),)


def test_an_axis_that_comes_again_begins_another_part(record) -> None:
    found = record(measurement(("H", "1", "cm"), ("B", "2", "cm"), ("H", "3", "cm"), extent="Teil"))
    assert found.sizes == (
        Measured(part="Teil", axes={"H": "1", "B": "2"}, unit="cm"),
        Measured(part="Teil", axes={"H": "3"}, unit="cm"),
    )


# Real records ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def real(shared_data: Path) -> Callable[[str], Described]:
    """Five real records, each read by hand."""
    return lambda name: only(shared_data / "catalogues" / "lido" / name)


def test_a_photograph_of_the_ethnological_museum(real) -> None:
    found = real("Ethnologisches_Museum.xml")
    assert found.id == "DE-MUS-019118/794675"
    assert found.title == {"de": "Königliches Museum für Völkerkunde, Vestibül"}
    assert found.object_names == ("Positiv, SW",)
    assert found.classifications == (
        "http://vocab.getty.edu/aat/300138191",
        "Fotografie",
        "photography",
    )
    # Numbers are missing, their units are there: nothing is made of them.
    assert found.sizes == (Statement(text="Bildformat (Foto): cm Großformat", language="de"),)
    assert found.pictures == (Picture(url="https://id.smb.museum/digital-asset/4948631"),)
    assert found.rights == (
        "https://creativecommons.org/licenses/by-nc-sa/4.0/",
        "Attribution-NonCommercial-ShareAlike 4.0 International",
    )
    assert found.record_rights[0] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert found.credit == "Staatliche Museen zu Berlin, Ethnologisches Museum"
    assert found.holder == "Ethnologisches Museum, Staatliche Museen zu Berlin"
    assert (found.creator, found.date) == (
        {"de": "Fotograf unbekannt, Fotograf*in"},
        {"de": "1906"},
    )
    assert found.source_url == "https://id.smb.museum/object/794675"


def test_a_sculpture_whose_every_axis_is_a_set(real) -> None:
    found = real("SMB_Skulpturensammlung.xml")
    assert found.id == "2943"
    assert found.title == {"de": "Kniender Engel"}
    assert found.sizes[0] == Measured(axes={"Breite": "54", "Höhe": "80", "Tiefe": "30"}, unit="cm")
    assert [one.text for one in found.sizes[1:] if isinstance(one, Statement)] == [
        "Breite: 54 cm",
        "Höhe: 80 cm",
        "Tiefe: 30 cm",
        "Gewicht: 81,8 kg",
        "81.8 kg",
    ]
    assert found.pictures == (Picture(url="https://id.smb.museum/digital-asset/3371759"),)
    assert found.rights[0] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert found.medium == "Marmor"
    assert found.credit.endswith(
        "Skulpturensammlung und Museum für Byzantinische Kunst / Jörg P. Anders"
    )
    # The collection is no class of things.
    assert (found.object_names, found.classifications) == (("Figur",), ("Figur",))


def test_a_cabinet_with_three_pictures(real) -> None:
    found = real("minimaldatensatz.xml")
    assert found.id == "1977.20"
    assert found.title == {"de": "Kabinettschrank, Inv. Nr.: 1977.20"}
    axes = {"Höhe": "106", "Breite": "101,1", "Tiefe": "60,9", "Breite (geöffnet)": "190"}
    assert found.sizes == (Measured(axes=axes, unit="cm"),)
    base = "http://resources.digicult-museen.net/dam/provided_image/"
    names = ("m5ea54539bef06", "m5ea5453a0926f", "m5ea5453a433bb")
    assert found.pictures == tuple(Picture(url=base + name) for name in names)
    zero = "http://creativecommons.org/publicdomain/zero/1.0/"
    assert found.rights == found.record_rights == (zero, "CC0 1.0")
    assert found.creator == {
        "de": "Fiammingo, Giacomo (Künstler); Curtis, Giovanni Battista de (Graveur); "
        "Picicaro, Januarius (Graveur)"
    }
    assert found.date == {"de": "um 1600"}
    assert found.medium == "Palisander; Ebenholz; Elfenbein (Material); Gravierung"
    assert found.object_names == ("Kabinettschrank", "display cabinets")


def test_a_file_of_a_magistrate_in_twenty_two_languages(real) -> None:
    found = real("museum-digital_Oderberg.xml")
    assert found.id == "V 1356 S"
    assert found.title == {"de": "Akte I 11"}
    assert found.sizes == (Statement(text="L38,5xB24 cm", language="de"),)
    base = (
        "https://brandenburg.museum-digital.de/data/brandenburg/images/4/78541-v_1356_s/akte_i_11/"
    )
    name = "akte-i-11-78541-965304.jpg"
    # The master is a file of the museum, which nobody has; the largest on the web comes first.
    assert found.pictures == (
        Picture(url=f"{base}{name}"),
        Picture(url=f"{base}200w_{name}"),
        Picture(url=f"{base}100h_{name}"),
        "I11.jpg",
    )
    assert found.rights == ("https://creativecommons.org/licenses/by-nc-sa/4.0/", "CC BY-NC-SA")
    assert found.record_rights[0] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert len(found.date) == 21
    assert found.date["zh"] == "1869年03月10日"
    assert found.medium == "Papier"
    assert found.source_url == "https://brandenburg.museum-digital.de/object/78541"


def test_a_painting_in_1_1(real) -> None:
    found = real("LIDO-v1.1-Example_FMobj00154983-LaPrimavera.xml")
    assert found.id == "8360 (Inv. 1890)"
    assert found.title == {
        "it": "La Primavera",
        "en": "Spring",
        "de": "Der Frühling",
        "fr": "Allégorie du Printemps",
    }
    assert found.extra["lido:titleSet[2]/lido:appellationValue@it"] == "allegoria della primavera"
    assert found.sizes == (
        Measured(axes={"height": "203", "width": "314"}, unit="cm"),
        Statement(text="203 x 314 cm", language="de"),
    )
    assert found.pictures[0] == Picture(
        url="http://www.bildindex.de/bilder/d/fmp_gkka1982_01929_2l", width_px=1200
    )
    assert [one.width_px for one in found.pictures] == [1200, 350] * 3
    assert found.rights[0] == "https://www.deutsche-digitale-bibliothek.de/content/lizenzen/rv-fz/"
    assert found.record_rights[0] == "http://creativecommons.org/publicdomain/zero/1.0/"
    work = found.extra["lido:rightsWorkSet/lido:rightsType"]
    assert work.startswith("http://rightsstatements.org/vocab/NoC-OKLR/1.0/")
    assert found.creator == {"de": "Sandro Botticelli (Maler)"}
    assert found.date == {"de": "um 1480 oder 1482/1485"}
    assert found.medium == "Tempera auf Pappelholz"
    assert found.object_names == ("Gemälde", "painting (visual work)")


# Files, folders, servers -------------------------------------------------------------------------


def test_the_prefix_does_not_matter_nor_a_slash_at_the_end(tmp_path: Path) -> None:
    text = (DOCUMENTS / "two-records.xml").read_text()
    plain = tmp_path / "plain.xml"
    plain.write_text(
        text.replace('xmlns:l="http://www.lido-schema.org"', 'xmlns="http://www.lido-schema.org/"')
        .replace("<l:", "<")
        .replace("</l:", "</")
        .replace(" l:", " ")
    )
    first, second = read(plain)
    expected = read(DOCUMENTS / "two-records.xml")
    assert first.model_copy(update={"place": ""}) == expected[0].model_copy(update={"place": ""})
    assert second.id == "EX/4712"


def test_a_folder_of_files_one_of_them_broken(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(
        f"<lido:lido {NS}><lido:lidoRecID>A</lido:lidoRecID></lido:lido>"
    )
    (tmp_path / "b.xml").write_text("no XML")
    (tmp_path / "c.xml").write_text(
        f"<lido:lido {NS}><lido:lidoRecID>C</lido:lidoRecID></lido:lido>"
    )
    first, second, third = read(tmp_path)
    assert (first.id, third.id) == ("A", "C")
    assert second.place == "b.xml:1"
    assert "angle brackets" in second.message


def test_a_record_without_a_number_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        f"<lido:lidoWrap {NS}>\n<lido:lido>\n<lido:lidoRecID> \u200b </lido:lidoRecID>"
        "</lido:lido>\n<lido:lido><lido:lidoRecID>B</lido:lidoRecID></lido:lido></lido:lidoWrap>"
    )
    first, second = read(path)
    assert first.place == "a.xml:2"
    assert "lido:workID" in first.message
    assert second.id == "B"


def test_other_xml_is_told_by_its_root(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<html><body/></html>")
    with pytest.raises(ConfigError, match=r"no entry \(the document's root is <html>\).*lido:lido"):
        read(path)


def oai(*records: str, token: str = "") -> str:
    shown = "".join(
        "<record><header><identifier>oai:museum.example:"
        f"{number}</identifier><datestamp>2024-05-06</datestamp></header><metadata>"
        f"<lido:lido {NS}><lido:lidoRecID>{number}</lido:lidoRecID></lido:lido>"
        "</metadata></record>"
        for number in records
    )
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate/><ListRecords>'
        '<record><header status="deleted"><identifier>gone</identifier></header></record>'
        f'{shown}<resumptionToken cursor="0">{token}</resumptionToken></ListRecords></OAI-PMH>'
    )


def test_pages_of_a_server_are_followed(tmp_path: Path) -> None:
    for name, text in {
        "1": oai("A", "B", token="x/2 ü"),
        "2": oai("C", token="3"),
        "3": oai("D"),
    }.items():
        (tmp_path / f"{name}.xml").write_text(text)
    first = "https://museum.example/oai?verb=ListRecords&metadataPrefix=lido&set=all"
    again = "https://museum.example/oai?verb=ListRecords&resumptionToken="
    pages = [first, f"{again}x%2F2%20%C3%BC", f"{again}3"]
    web = Server({url: tmp_path / f"{i}.xml" for i, url in enumerate(pages, 1)})
    source = LidoSource(LidoOptions(catalogue=first), Desk(tmp_path, web))
    found = list(source.found())
    assert [one.id for one in found] == ["A", "B", "C", "D"]
    assert web.asked == pages
    assert found[0].extra == {
        "oai:header/oai:identifier": "oai:museum.example:A",
        "oai:header/oai:datestamp": "2024-05-06",
    }


def test_a_server_that_ends_early_is_told(tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_text(oai("A", token="2"))
    first = "https://museum.example/oai?verb=ListRecords"
    web = Server({first: tmp_path / "1.xml"})
    found = list(LidoSource(LidoOptions(catalogue=first), Desk(tmp_path, web)).found())
    assert found[0].id == "A"
    assert isinstance(found[1], Broken)
    assert "503" in found[1].message


def test_a_server_that_repeats_its_token_ends(tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_text(oai("A", token="2"))
    first = "https://museum.example/oai?verb=ListRecords"
    again = "https://museum.example/oai?verb=ListRecords&resumptionToken=2"
    web = Server({first: tmp_path / "1.xml", again: tmp_path / "1.xml"})
    found = list(LidoSource(LidoOptions(catalogue=first), Desk(tmp_path, web)).found())
    assert [one.id for one in found] == ["A", "A"]


def test_one_page_on_disk_says_that_it_is_not_all(tmp_path: Path, caplog) -> None:
    (tmp_path / "1.xml").write_text(oai("A", token="2"))
    assert only(tmp_path / "1.xml").id == "A"
    assert "one page of a longer list" in caplog.text


def test_an_error_of_the_server_is_told(tmp_path: Path) -> None:
    path = tmp_path / "1.xml"
    path.write_text(
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="badArgument">no such '
        "prefix</error></OAI-PMH>"
    )
    with pytest.raises(ConfigError, match="badArgument.*no such prefix"):
        read(path)


# Hostile and damaged -----------------------------------------------------------------------------


def test_scripts_and_controls_in_texts(record) -> None:
    titles = (
        "<lido:objectIdentificationWrap><lido:titleWrap><lido:titleSet><lido:appellationValue>"
        "&lt;script&gt;x&lt;/script&gt; \u202eabc&#x1;&#31;&nbsp;Ende</lido:appellationValue>"
        "</lido:titleSet></lido:titleWrap></lido:objectIdentificationWrap>"
    )
    assert record(titles).title == {"en": "<script>x</script> \u202eabc Ende"}


def test_ids_are_what_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        f"<lido:lido {NS}><lido:lidoRecID> ../\u202ea\u0301\n b😀 </lido:lidoRecID></lido:lido>"
    )
    assert only(path).id == "../ á b😀"


def test_long_texts_are_cut_and_say_so(record) -> None:
    long = "x" * (MOST_CHARACTERS + 10)
    titles = (
        "<lido:objectIdentificationWrap><lido:titleWrap><lido:titleSet><lido:appellationValue>"
        f"{long}</lido:appellationValue></lido:titleSet></lido:titleWrap>"
        "</lido:objectIdentificationWrap>"
    )
    title = record(titles).title["en"]
    assert len(title) == MOST_CHARACTERS
    assert title.endswith(f" […, cut: {MOST_CHARACTERS + 10:,} characters]")


def test_more_than_fits_is_said(record) -> None:
    subjects = "".join(
        f"<lido:subjectSet><lido:x>{i}</lido:x></lido:subjectSet>" for i in range(600)
    )
    extra = record(
        f"<lido:objectRelationWrap><lido:subjectWrap>{subjects}</lido:subjectWrap>"
        "</lido:objectRelationWrap>"
    ).extra
    assert len(extra) == MOST_EXTRA
    assert extra["…"] == "101 further values of the entry were left out"


def test_memory_does_not_grow_with_the_number_of_records(tmp_path: Path) -> None:
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from pipeline.sources.documents import Desk\n"
        "from pipeline.sources.lido import LidoOptions, LidoSource\n"
        "path = Path(sys.argv[1])\n"
        "one = '<lido:lido><lido:lidoRecID>%d</lido:lidoRecID><lido:descriptiveMetadata>' "
        "+ '<lido:x>some text</lido:x>' + '</lido:descriptiveMetadata></lido:lido>\\n'\n"
        "for count in (1_000, 20_000):\n"
        "    with path.open('w') as file:\n"
        "        file.write('<lido:lidoWrap xmlns:lido=\"http://www.lido-schema.org\">\\n')\n"
        "        file.writelines(one % i for i in range(count))\n"
        "        file.write('</lido:lidoWrap>')\n"
        "    last = None\n"
        "    for number, last in enumerate(\n"
        "        LidoSource(LidoOptions(catalogue=str(path)), Desk(path.parent, None)).found()\n"
        "    ):\n"
        "        assert last.id == str(number)\n"
        "    assert number == count - 1\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "many.xml")],
        capture_output=True,
        text=True,
        check=True,
    )
    few_kb, many_kb = map(int, done.stdout.split())
    assert many_kb - few_kb < 8_000
