"""The first 64 kB of a file tell its dialect."""

from __future__ import annotations

import json

import pytest

from pipeline.sources.recognise import recognise

LIDO = '<?xml version="1.0"?>\n<lido:lidoWrap xmlns:lido="http://www.lido-schema.org">'
EDM = '<rdf:RDF xmlns:edm="http://www.europeana.eu/schemas/edm/">'
P3 = {"@context": "http://iiif.io/api/presentation/3/context.json", "id": "x"}
P2 = {"@context": "https://iiif.io/api/presentation/2/context.json", "@id": "x"}
P1 = {"@context": "http://www.shared-canvas.org/ns/context.json"}
LINKED = {"@context": "https://linked.art/ns/v1/linked-art.json", "type": "HumanMadeObject"}
MET = {"objectID": 1, "isHighlight": False, "isPublicDomain": True, "primaryImage": ""}
MOMA = {"Title": "x", "ConstituentID": [1], "AccessionNumber": "1", "ObjectID": 2}
TATE = {"acno": "A1", "contributorCount": 1}
CLEVELAND = {"accession_number": "1", "share_license_status": "CC0"}
CMOA = {"accession_number": "1", "item_height": 1, "item_diameter": 0, "web_url": "x"}
SMITHSONIAN = {"rows": [{"content": {"descriptiveNonRepeating": {}}}]}
RIJKS = {"artObjects": [{"objectNumber": "SK", "principalOrFirstMaker": "x"}]}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (LIDO, "lido"),
        (EDM, "edm"),
        (P1, "iiif"),
        (P2, "iiif"),
        (P3, "iiif"),
        (LINKED, "linked-art"),
        (MET, "met"),
        ([MET], "met"),
        ([MOMA], "moma"),
        (TATE, "tate"),
        ({"info": {}, "data": [CLEVELAND]}, "cleveland"),
        ({"things": [CMOA]}, "cmoa"),
        (SMITHSONIAN, "smithsonian"),
        (RIJKS, "rijksmuseum"),
        ("Object Number,Is Highlight,Is Public Domain,Object ID,Title\n1,2", "met"),
        ("Title,Artist,ConstituentID,AccessionNumber,ObjectID\n", "moma"),
        ("id,accession_number,artist,artistRole,artistId,title,thumbnailUrl\n", "tate"),
        ("objectid,accessioned,accessionnum,title,attributioninverted\n", "nga"),
        ("id,accession_number,share_license_status\n", "cleveland"),
        ("id,title,note\n1,http://www.lido-schema.org,x\n", None),
        ("<html/>", None),
        ({"id": 1, "title": "x"}, None),
        ("", None),
        ("\0\0\0", None),
        ('"', None),
        ("[" * 100_000, None),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_each_is_known_by_its_beginning(tmp_path, content, name, encoding):
    text = content if isinstance(content, str) else json.dumps(content, indent=1)
    path = tmp_path / "file"
    path.write_bytes(text.encode(encoding))
    assert recognise(path) == name


def test_only_the_beginning_is_read(tmp_path):
    path = tmp_path / "file.xml"
    path.write_text("<x>" + " " * 70_000 + LIDO)
    assert recognise(path) is None


def test_real_excerpts(shared_data):
    folder = shared_data / "catalogues"
    assert recognise(folder / "tate" / "artworks_200.json") == "tate"
    assert recognise(folder / "cmoa" / "things_200.json") == "cmoa"
    assert {recognise(path) for path in (folder / "lido").glob("*.xml")} == {"lido"}
    assert recognise(folder / "tate" / "dimensions_1200.csv") is None
