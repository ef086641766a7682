"""`vivant new`: what is written down can be read, says why, and renders as it is."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import CallError
from pipeline.scaffold import new_exhibit
from pipeline.sources.described import Described
from pipeline.sources.documents import Desk
from pipeline.sources.draft import draft_source, flow, quoted, remark
from pipeline.sources.jsonlines import JsonLinesOptions, JsonLinesSource
from pipeline.sources.table import TableOptions, TableSource
from pipeline.yamlfile import read_yaml_data

HEADER = [
    "Inventar-Nr.",
    "Titel",
    "Title_EN",
    "Maße",
    "Breite",
    "Bilddatei",
    "Lizenz",
    "Saal",
]
ROWS = [
    [
        f"2020/{i}",
        f"Vase {i}",
        f"Vase no. {i}",
        "30 × 20 cm",
        "20",
        f"{i}.jpg",
        "CC BY 4.0",
        "Depot",
    ]
    for i in range(5)
]


def write(path: Path, header=HEADER, rows=ROWS, encoding="utf-8", delimiter=";"):
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([header, *rows])
    return path


def made(tmp_path, catalogue):
    """The section `source` of a new exhibit, and the whole text."""
    path = new_exhibit(tmp_path / "show", catalogue)
    data, _ = read_yaml_data(path)
    return data["source"], path.read_text("utf-8")


def read_yaml_text(tmp_path, text):
    (tmp_path / "line.yaml").write_text(text, "utf-8")
    return read_yaml_data(tmp_path / "line.yaml")[0]


def column_of(line):
    (value,) = line.values()
    return value["column"] if isinstance(value, dict) else value


def test_a_table_gets_a_mapping_with_reasons_and_examples(tmp_path):
    section, text = made(tmp_path, write(tmp_path / "export.csv"))
    assert section == {
        "name": "table",
        "catalogue": "../export.csv",
        "images": [".."],
        "language": "de",
        "columns": {
            "id": "Inventar-Nr.",
            "title": {"de": "Titel", "en": "Title_EN"},
            "dimensions": "Maße",
            "image": "Bilddatei",
            "rights": "Lizenz",
        },
    }
    assert (
        '    id: "Inventar-Nr."  # its name says so (German); each of its 5 values is different\n'
        "    #   such as 2020/0 · 2020/1 · 2020/2\n"
    ) in text
    assert '    # width: {column: "Breite", unit: "cm"}  # its name says so (German);' in text
    assert "    # Kept as extra, each under the name of its column:\n    #   Saal\n" in text
    assert '  # credit: "…"' in text
    assert "# rights:" not in text


def test_what_is_written_reads_the_table(tmp_path):
    section, _ = made(tmp_path, write(tmp_path / "export.csv", encoding="utf-16"))
    options = TableOptions.model_validate(section)
    found = list(TableSource(options, Desk(tmp_path / "show", None)).found())
    assert len(found) == 5
    assert all(isinstance(entry, Described) for entry in found)
    assert found[2].title == {"de": "Vase 2", "en": "Vase no. 2"}
    assert found[2].extra == {"Breite": "20", "Saal": "Depot"}


def test_what_the_house_keeps_to_itself_goes_no_further(tmp_path):
    header = [*HEADER, "Versicherungswert", "Standort"]
    rows = [[*row, f"{at}000 €", "Depot 2"] for at, row in enumerate(ROWS)]
    section, text = made(tmp_path, write(tmp_path / "export.csv", header, rows))
    assert section["columns"]["leave_out"] == ["Versicherungswert", "Standort"]
    assert "1000 €" not in text
    assert "Depot 2" not in text
    options = TableOptions.model_validate(section)
    found = list(TableSource(options, Desk(tmp_path / "show", None)).found())
    assert [entry.extra for entry in found] == [{"Breite": "20", "Saal": "Depot"}] * 5


def test_guesses_about_the_file_are_written_down(tmp_path, caplog):
    path = tmp_path / "export.csv"
    write(path, encoding="cp1252")
    path.write_bytes(b"Export;;;;;;;\r\n\r\n" + path.read_bytes())
    section, text = made(tmp_path, path)
    assert (section["encoding"], section["header_row"]) == ("cp1252", 3)
    assert "a guess: look at accents" in text
    assert caplog.text.count("Windows-1252") == 1
    found = list(
        TableSource(TableOptions.model_validate(section), Desk(tmp_path / "show", None)).found()
    )
    assert [entry.place for entry in found] == [f"export.csv:{line}" for line in range(4, 9)]


def test_a_workbook_gets_a_mapping(tmp_path):
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "export.xlsx")
    section, _ = made(tmp_path, tmp_path / "export.xlsx")
    assert section["name"] == "table"
    assert section["columns"]["id"] == "Inventar-Nr."


@pytest.mark.parametrize("inside", [False, True])
def test_json_gets_a_mapping_of_paths(tmp_path, inside):
    entries = [
        {
            "accession_number": f"1.{i}",
            "title": "Vase",
            "images": [{"url": f"{i}.jpg"}],
        }
        for i in range(4)
    ]
    path = tmp_path / ("export.json" if inside else "export.jsonl")
    path.write_text(
        json.dumps({"n": 4, "objects": entries}) if inside else "\n".join(map(json.dumps, entries))
    )
    section, text = made(tmp_path, path)
    assert section["name"] == "jsonl"
    assert section.get("list_at") == ("objects" if inside else None)
    assert section["columns"] == {
        "id": "accession_number",
        "title": "title",
        "image": "images[*].url",
    }
    assert "# No column says what may be done with the pictures" in text
    options = JsonLinesOptions.model_validate(section)
    found = list(JsonLinesSource(options, Desk(tmp_path / "show", None)).found())
    assert [entry.pictures for entry in found] == [(f"{i}.jpg",) for i in range(4)]


def test_without_an_id_the_line_is_to_be_filled_in(tmp_path):
    rows = [["x", "a"], ["x", "a"]]
    section, text = made(tmp_path, write(tmp_path / "t.csv", ["Raum", "Titel"], rows))
    assert section["columns"] == {"title": "Titel"}
    assert '    # id: "…"\n' in text


def test_the_house_format_keeps_its_source(tmp_path):
    header = ["id", "image", "title_de", "kind", "rights", "credit", "note"]
    section, _ = made(tmp_path, write(tmp_path / "t.csv", header, [["1"] * 7], delimiter=","))
    assert section == {"name": "folder", "catalogue": "../t.csv", "images": [".."]}
    (tmp_path / "c.yaml").write_text("items: []\n")
    (tmp_path / "show" / "exhibit.yaml").unlink()
    section, _ = made(tmp_path, tmp_path / "c.yaml")
    assert section["name"] == "folder"
    # What the reader of the house's format does not open is a table like others.
    for name, titles in (("t.tab", "title_de"), ("t.csv", "title_")):
        header[2] = titles
        write(tmp_path / name, header, [["1"] * 7], delimiter="\t")
        (tmp_path / "show" / "exhibit.yaml").unlink()
        assert made(tmp_path, tmp_path / name)[0]["name"] == "table"


def test_each_line_that_is_not_sure_may_take_its_names_place(tmp_path):
    doubtful = {
        "ID": "A{}",
        "Name": "Große Vase {}",
        "Bemerkung": "x {}",
        "Höhe": "{}",
        "Breite": "2{}",
        "Länge": "3{}",
        "thumbnail": "{}_t.jpg",
        "Museum": "M",
        "Zugang": "intern",
    }
    rows = [[*row, *(v.format(at) for v in doubtful.values())] for at, row in enumerate(ROWS)]
    path = write(
        tmp_path / "export.csv",
        HEADER[:4] + HEADER[5:] + [*doubtful],
        rows=[[*row[:4], *row[5:]] for row in rows],
    )
    section, text = made(tmp_path, path)
    _, unsure = text.split("each name stands once:\n")
    lines = [one[6:] for one in unsure.splitlines() if re.match(r"    # \w+: ", one)]
    found = [read_yaml_text(tmp_path, one) for one in lines]
    assert {column_of(one) for one in found} == set(doubtful)
    for one in found:
        columns = {**section["columns"], **one}
        options = TableOptions.model_validate({**section, "columns": columns})
        for entry in TableSource(options, Desk(tmp_path / "show", None)).found():
            assert isinstance(entry, Described) or "accesses: {intern: internal}" in entry.message


def test_known_formats_and_folders_are_recognised(tmp_path):
    (tmp_path / "x.xml").write_text('<lido:lido xmlns:lido="http://www.lido-schema.org"/>')
    section, _ = made(tmp_path, tmp_path / "x.xml")
    assert section == {"name": "lido", "catalogue": "../x.xml", "images": [".."]}
    (tmp_path / "records").mkdir()
    (tmp_path / "x.xml").rename(tmp_path / "records" / "x.xml")
    (tmp_path / "show" / "exhibit.yaml").unlink()
    section, _ = made(tmp_path, tmp_path / "records")
    assert section == {"name": "lido", "catalogue": "../records", "images": ["../records"]}
    manifest = {"@context": "http://iiif.io/api/presentation/3/context.json"}
    (tmp_path / "m.jsonld").write_text(json.dumps(manifest))
    (tmp_path / "show" / "exhibit.yaml").unlink()
    section, _ = made(tmp_path, tmp_path / "m.jsonld")
    assert section["name"] == "iiif"
    (tmp_path / "photos" / "box").mkdir(parents=True)
    (tmp_path / "photos" / "box" / "1.JPG").write_bytes(b"")
    (tmp_path / "show" / "exhibit.yaml").unlink()
    section, _ = made(tmp_path, tmp_path / "photos")
    assert section["name"] == "pictures"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xml", "<html/>", "XML of a kind that is not known"),
        ("t.pdf", "%PDF", "is of no known kind"),
        ("t.csv", "", "the table is empty"),
        ("t.json", "nope", "not JSON"),
        ("empty/readme.md", "", "has neither pictures nor documents"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_made(tmp_path, name, content, message):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    with pytest.raises(CallError, match=message):
        new_exhibit(tmp_path / "show", path.parent if "/" in name else path)
    assert not (tmp_path / "show").exists()


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(CallError, match="is not there"):
        new_exhibit(tmp_path / "show", tmp_path / "none.csv")


EVIL = 'x"\n- evil: true #\r\u2028\u202e\x00\x1b[31m\ufeff&a *b !!python/object: {}'
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def test_texts_of_the_catalogue_stay_within_quotes_and_comments(tmp_path):
    header = ["Inventarnummer", f"Titel{EVIL}", "Maße"]
    rows = [[f"{i}{EVIL}", EVIL, f"3 x 4 cm{EVIL}"] for i in range(3)]
    section, text = made(tmp_path, write(tmp_path / "t.csv", header, rows))
    assert set(section) == {"name", "catalogue", "images", "language", "columns"}
    assert section["columns"]["id"] == "Inventarnummer"
    assert all(line.isprintable() for line in text.split("\n"))


@given(ANY)
def test_quoted_text_is_read_as_it_is(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("y") / "t.yaml"
    path.write_text(f"a: {flow({'b': [text]})}  # {remark(text, 40)}\nc: d\n", "utf-8")
    assert read_yaml_data(path)[0] == {"a": {"b": [text]}, "c": "d"}
    assert quoted(text).isprintable()


@settings(max_examples=25)
@given(st.lists(ANY, min_size=1, max_size=5), st.lists(ANY, min_size=1, max_size=5))
def test_any_table_gives_a_file_that_can_be_read(tmp_path_factory, header, row):
    folder = tmp_path_factory.mktemp("any")
    path = write(folder / "t.csv", header, [row, row[::-1]])
    try:
        text = draft_source(path, "t.csv", ".")
    except CallError:  # an empty table, a header without a row
        return
    target = folder / "exhibit.yaml"
    target.write_text(text, "utf-8")
    data, _ = read_yaml_data(target)
    assert data["source"]["name"] in {"table", "folder"}
