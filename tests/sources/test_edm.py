"""EDM: what of a record comes out, and where; records apart, together, and in one long list."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.items import Notice, Picture
from pipeline.sources import _edm_graph
from pipeline.sources.described import Broken, Described, Statement
from pipeline.sources.documents import Desk
from pipeline.sources.edm import EdmOptions, EdmSource

DOCUMENTS = Path(__file__).parent / "documents" / "edm"
SPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:edm="http://www.europeana.eu/schemas/edm/" '
    'xmlns:ore="http://www.openarchives.org/ore/terms/" '
    'xmlns:skos="http://www.w3.org/2004/02/skos/core#"'
)
MARK = "http://creativecommons.org/publicdomain/mark/1.0/"


def read(path: Path, **options: object) -> list[Described | Broken]:
    source = EdmSource(EdmOptions(catalogue=str(path), **options), Desk(path.parent, None))
    return list(source.found())


def only(path: Path, **options: object) -> Described:
    (found,) = read(path, **options)
    assert isinstance(found, Described), found
    return found


@pytest.fixture
def records(tmp_path: Path) -> Callable[..., list[Described | Broken]]:
    """Read what is written inside one rdf:RDF."""

    def make(inside: str, **options: object) -> list[Described | Broken]:
        path = tmp_path / "records.xml"
        path.write_text(f"<rdf:RDF {SPACES}>{inside}</rdf:RDF>", encoding="utf-8")
        return read(path, **options)

    return make


def cho(name: str, inside: str = "") -> str:
    return (
        f'<edm:ProvidedCHO rdf:about="{name}"><dc:title>{name}</dc:title>{inside}'
        "</edm:ProvidedCHO>\n"
    )


def aggregation(name: str, inside: str = "") -> str:
    return (
        f'<ore:Aggregation rdf:about="{name}-a"><edm:aggregatedCHO rdf:resource="{name}"/>'
        f'<edm:isShownBy rdf:resource="https://m.example/{name.strip("#")}.jpg"/>'
        f'<edm:rights rdf:resource="{MARK}"/>{inside}</ore:Aggregation>\n'
    )


# What a provider delivers ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def jar() -> Described:
    return only(DOCUMENTS / "provider.xml")


def test_texts(jar: Described) -> None:
    assert jar.id == "V 17"
    assert jar.place == "provider.xml:9"
    assert jar.title == {"en": "Jar with lid", "fr": "Jarre à couvercle"}
    assert jar.description == {"en": "A jar with a lid.\n\nFound in a well."}
    assert jar.creator == {"en": "Unknown potter; Unknown decorator"}
    assert jar.date == {"en": "1600–1650"}
    assert jar.object_names == ("jar", "ceramic vessel")
    assert jar.classifications == (
        "http://vocab.getty.edu/aat/300195348",
        "http://vocab.getty.edu/aat/300010662",
    )
    assert jar.medium == "stoneware; cobalt glaze"
    assert jar.sizes == (
        Statement(text="Height: 30 cm; Diam. 18 cm", language="en"),
        Statement(text="1.2 kg"),
    )
    assert jar.source_url == "https://museum.example/objects/17"
    assert (jar.credit, jar.holder, jar.language) == ("Example Museum", "", "en")


def test_pictures_with_their_service_and_only_those_that_the_rights_hold_for(
    jar: Described,
) -> None:
    assert jar.pictures == (
        Picture(
            url="https://museum.example/jar.jpg",
            service="https://iiif.museum.example/jar",
            width_px=4000,
            height_px=3000,
        ),
        Picture(url="https://museum.example/view/2"),
    )
    views = {way: text for way, text in jar.extra.items() if "hasView" in way}
    assert views == {
        "ore:Aggregation/edm:hasView[1]": "https://museum.example/reserved.jpg",
        "ore:Aggregation/edm:hasView[3]": "https://museum.example/sound",
        "ore:Aggregation/edm:hasView[4]": "https://museum.example/film.mp4",
    }


def test_rights_are_those_that_a_dated_licence_inherits_from(jar: Described) -> None:
    assert jar.rights == ("http://rightsstatements.org/vocab/NoC-NC/1.0/",)
    assert jar.record_rights == ()
    assert jar.extra["cc:License/cc:deprecatedOn"] == "2031-01-01"


def test_labels_of_communities_are_notices(jar: Described) -> None:
    label = "https://localcontexts.org/label/tk-attribution/"
    assert jar.notices == (Notice(uri=label, title="tk attribution"),)


def test_what_has_no_place_is_kept(jar: Described) -> None:
    assert jar.extra["edm:ProvidedCHO/dc:identifier[3]"] == "old 3"
    assert jar.extra["edm:ProvidedCHO/dc:title[3]@en"] == "Second title"
    assert jar.extra["edm:ProvidedCHO/dcterms:alternative"] == "The blue jar"
    assert jar.extra["edm:ProvidedCHO/dc:subject"] == "http://www.wikidata.org/entity/Q3"
    assert jar.extra["edm:ProvidedCHO/edm:type"] == "IMAGE"
    assert jar.extra["edm:ProvidedCHO/dc:date"] == "1999"
    assert jar.extra["ore:Aggregation/edm:provider"] == "Example Aggregator"
    assert jar.extra["edm:Agent/skos:altLabel@en"] == "Potter X"


def test_every_text_and_address_of_the_document_is_somewhere(jar: Described) -> None:
    from lxml import etree

    kept = "".join(jar.model_dump_json().split())
    for element in etree.parse(DOCUMENTS / "provider.xml").iter():
        resource = element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource", "")
        text = (element.text or "").replace("<b>", "").replace("</b>", "")
        for one in (resource, text):
            assert "".join(one.split()) in kept, one


# What Europeana gives out ------------------------------------------------------------------------


def test_the_providers_proxy_speaks_before_europeana() -> None:
    found = only(DOCUMENTS / "europeana.rdf")
    assert found.id == "MAP.4"
    assert found.title == {"nl": "Kaart van de haven"}
    assert found.extra["ore:Proxy[2]/dc:title@en"] == "A title that Europeana made"
    # The provider names no creator: what Europeana found out is better than nothing.
    assert found.creator == {"en": "Unknown engraver", "nl": "Onbekende graveur"}
    assert found.date == {"en": "1680; 1681"}
    assert found.object_names == ("kaart",)
    assert found.sizes == (Statement(text="h 41,5 cm x b 54,5 cm"),)
    assert found.credit == "Example Museum"
    assert found.pictures == (
        Picture(
            url="https://iiif.museum.example/4/full/full/0/default.jpg",
            service="https://iiif.museum.example/4",
        ),
        Picture(url="https://museum.example/maps/4-small.jpg"),
    )
    # Those of Europeana's aggregation are of its preview.
    assert found.rights == (MARK,)
    assert found.source_url == "https://museum.example/maps/4"


def test_ids_may_be_the_records() -> None:
    assert only(DOCUMENTS / "europeana.rdf", ids="record").id == "/123/map_4"
    assert only(DOCUMENTS / "provider.xml", ids="record").id == "#jar"


def test_names_in_the_configs_language() -> None:
    found = only(DOCUMENTS / "europeana.rdf", language="nl")
    assert found.credit == "Voorbeeldmuseum"
    assert found.date == {"nl": "1680; 1681"}


# Ways of writing RDF -----------------------------------------------------------------------------


def test_things_inside_properties_and_properties_as_attributes(records) -> None:
    (found,) = records(
        '<ore:Aggregation rdf:about="#a"><edm:aggregatedCHO>'
        '<edm:ProvidedCHO rdf:about="#1" dc:title="A title" dc:date="1900"><dc:creator>'
        '<edm:Agent rdf:about="#x" skos:prefLabel="Unknown maker"/></dc:creator>'
        "</edm:ProvidedCHO></edm:aggregatedCHO><edm:isShownBy>"
        '<edm:WebResource rdf:about="https://m.example/1.jpg">'
        f'<edm:rights rdf:resource="{MARK}"/></edm:WebResource></edm:isShownBy></ore:Aggregation>'
    )
    assert found.id == "#1"
    assert found.title == {"en": "A title"}
    assert found.date == {"en": "1900"}
    assert found.creator == {"en": "Unknown maker"}
    assert found.pictures == (Picture(url="https://m.example/1.jpg"),)
    assert found.rights == (MARK,)


def test_descriptions_with_a_type_and_local_names(records) -> None:
    edm = "http://www.europeana.eu/schemas/edm/"
    (found,) = records(
        f'<rdf:Description rdf:about="#1"><rdf:type rdf:resource="{edm}ProvidedCHO"/>'
        '<dc:title>One</dc:title><dc:creator rdf:nodeID="b0"/></rdf:Description>'
        '<rdf:Description rdf:about="#1"><rdf:type rdf:resource="'
        f'{edm}ProvidedCHO"/><dc:type>coin</dc:type></rdf:Description>'
        '<edm:Agent rdf:nodeID="b0"><skos:prefLabel>Unknown mint</skos:prefLabel></edm:Agent>'
    )
    assert (found.id, found.title, found.object_names) == ("#1", {"en": "One"}, ("coin",))
    assert found.creator == {"en": "Unknown mint"}
    assert found.pictures == found.rights == ()


def test_a_text_beside_an_empty_address(records) -> None:
    (found,) = records(cho("#1", '<dc:creator rdf:resource="">Unknown maker</dc:creator>'))
    assert found.creator == {"en": "Unknown maker"}


def test_values_in_two_languages_are_translations_if_there_are_as_many(records) -> None:
    inside = (
        '<dc:creator xml:lang="en">First</dc:creator><dc:creator xml:lang="en">Second</dc:creator>'
        '<dc:creator xml:lang="de">Erste</dc:creator>'
    )
    more = '<dc:creator xml:lang="de">Zweite</dc:creator>'
    (one, two) = records(cho("#1", inside) + cho("#2", inside + more))
    assert one.creator == {"en": "First; Second; Erste"}
    assert two.creator == {"en": "First; Second", "de": "Erste; Zweite"}


def test_file_names_and_addresses_that_are_none(records) -> None:
    first, second, third = records(
        cho("#1") + '<ore:Aggregation><edm:aggregatedCHO rdf:resource="#1"/>'
        "<edm:isShownBy>images/one.tif</edm:isShownBy>"
        '<edm:object rdf:resource="https://m.example/1.jpg"/></ore:Aggregation>'
        + cho("#2")
        + '<ore:Aggregation rdf:about="#x"><edm:aggregatedCHO rdf:resource="#2"/>'
        '<edm:isShownBy rdf:resource="javascript://m.example/1.jpg"/>'
        "<edm:rights>© all rights reserved</edm:rights></ore:Aggregation>"
        + cho("#3")
        + aggregation("#3", "<dc:rights>Photo: nobody may use it</dc:rights>"),
        images=("photographs",),
    )
    assert first.pictures == ("images/one.tif", Picture(url="https://m.example/1.jpg"))
    assert (second.pictures, second.rights) == ((), ("© all rights reserved",))
    assert third.rights == (MARK, "Photo: nobody may use it")


def test_an_object_without_any_name_is_told(records) -> None:
    first, second = records("<edm:ProvidedCHO><dc:title>x</dc:title></edm:ProvidedCHO>" + cho("#2"))
    assert isinstance(first, Broken)
    assert "rdf:about" in first.message
    assert second.id == "#2"


def test_other_rdf_is_told(records) -> None:
    with pytest.raises(ConfigError, match=r"root is <RDF>.*edm:ProvidedCHO"):
        records('<skos:Concept rdf:about="#1"/>')


# Many objects ------------------------------------------------------------------------------------


def test_objects_first_and_aggregations_after(records) -> None:
    names = [f"#{i}" for i in range(50)]
    found = records("".join(map(cho, names)) + "".join(map(aggregation, reversed(names))))
    assert [one.id for one in found] == names
    assert found[7].pictures == (Picture(url="https://m.example/7.jpg"),)


def test_records_of_a_server(tmp_path: Path) -> None:
    def record(name: str) -> str:
        agent = (
            f'<edm:Agent rdf:about="#x"><skos:prefLabel>Maker {name}</skos:prefLabel></edm:Agent>'
        )
        inside = cho(name, '<dc:creator rdf:resource="#x"/>') + agent + aggregation(name)
        return (
            f"<record><header><identifier>oai:{name}</identifier></header><metadata>"
            f"<rdf:RDF {SPACES}>{inside}</rdf:RDF></metadata></record>"
        )

    path = tmp_path / "list.xml"
    path.write_text(
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
        + record("A")
        + record("B")
        + "</ListRecords></OAI-PMH>"
    )
    first, second = read(path)
    # The same name means another person in another record.
    assert (first.creator, second.creator) == ({"en": "Maker A"}, {"en": "Maker B"})
    assert second.extra["oai:header/oai:identifier"] == "oai:B"


def test_one_long_list_is_given_out_while_it_is_read(records, monkeypatch, caplog) -> None:
    monkeypatch.setattr(_edm_graph, "_HELD", 200)
    monkeypatch.setattr(_edm_graph, "_LAG", 10)
    names = [f"#{i}" for i in range(300)]
    agents = "".join(
        f'<edm:Agent rdf:about="#who-{i}"><skos:prefLabel>Maker {i}</skos:prefLabel></edm:Agent>'
        for i in range(300)
    )
    inside = "".join(
        cho(name, f'<dc:creator rdf:resource="#who-{i}"/>') + aggregation(name)
        for i, name in enumerate(names)
    )
    found = records(agents + inside)
    assert [one.id for one in found] == names
    assert all(len(one.pictures) == 1 for one in found)
    assert found[299].creator == {"en": "Maker 299"}
    assert caplog.text.count("is one long list") == 1


def test_parts_too_far_apart_are_told(records, monkeypatch) -> None:
    monkeypatch.setattr(_edm_graph, "_HELD", 100)
    monkeypatch.setattr(_edm_graph, "_MOST_HELD", 300)
    monkeypatch.setattr(_edm_graph, "_LAG", 10)
    names = [f"#{i}" for i in range(500)]
    with pytest.raises(ConfigError, match="too far apart"):
        records("".join(map(cho, names)) + "".join(map(aggregation, names)))


def test_memory_does_not_grow_with_the_number_of_objects(tmp_path: Path) -> None:
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from pipeline.sources import _edm_graph\n"
        "from pipeline.sources.documents import Desk\n"
        "from pipeline.sources.edm import EdmOptions, EdmSource\n"
        "_edm_graph._HELD, _edm_graph._LAG = 3_000, 500\n"
        "path, spaces = Path(sys.argv[1]), sys.argv[2]\n"
        "one = '<edm:ProvidedCHO rdf:about=\"#%d\"><dc:title>x</dc:title></edm:ProvidedCHO>' \\\n"
        "    + '<ore:Aggregation><edm:aggregatedCHO rdf:resource=\"#%d\"/></ore:Aggregation>\\n'\n"
        "for count in (1_500, 7_500):\n"
        "    with path.open('w') as file:\n"
        "        file.write(f'<rdf:RDF {spaces}>\\n')\n"
        "        file.writelines(one % (i, i) for i in range(count))\n"
        "        file.write('</rdf:RDF>')\n"
        "    last = None\n"
        "    for number, last in enumerate(\n"
        "        EdmSource(EdmOptions(catalogue=str(path)), Desk(path.parent, None)).found()\n"
        "    ):\n"
        "        assert last.id == f'#{number}'\n"
        "    assert number == count - 1\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "many.xml"), SPACES],
        capture_output=True,
        text=True,
        check=True,
    )
    few_kb, many_kb = map(int, done.stdout.split())
    assert many_kb - few_kb < 8_000
