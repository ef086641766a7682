"""A museum's own table, with a mapping: each field comes from where the mapping says."""

from __future__ import annotations

import csv
import datetime
import pickle
import tracemalloc
from itertools import islice

import openpyxl
import pytest
from pydantic import BaseModel, ValidationError

from pipeline.errors import ConfigError
from pipeline.items import Consent, Kind, Notice, Picture, Region
from pipeline.sources.described import Broken, Described, Measured, Statement
from pipeline.sources.documents import Desk
from pipeline.sources.mapping import ColumnsMissing, Mapping
from pipeline.sources.table import TableOptions, TableSource
from pipeline.yamlfile import read_yaml


def source(tmp_path, options):
    return TableSource(TableOptions.model_validate(options), Desk(tmp_path, None))


def found(tmp_path, text, columns, **options):
    (tmp_path / "t.csv").write_text(text, "utf-8")
    given = {"catalogue": "t.csv", "columns": columns, **options}
    return list(source(tmp_path, given).found())


def one(tmp_path, row, columns, **options):
    """What is found in one row, given as a dict."""
    (tmp_path / "t.csv").open("w", newline="").close()
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    given = {"catalogue": "t.csv", "columns": columns, **options}
    (entry,) = source(tmp_path, given).found()
    return entry


MUSEUM = {
    "Inventarnummer": "1963.504",
    "Titel": "Große Vase",
    "Title (EN)": "Large vase",
    "Beschreibung": "Eine <i>Vase</i>.<br>Zwei Henkel &amp; ein Fuß",
    "Vorname": "Unbekannte",
    "Nachname": "Werkstatt",
    "Datierung": "um 1910",
    "Objektart": "Hängerolle",
    "Sachgruppe": "Malerei",
    "Gegenstand": "Rolle",
    "Material": "Seide",
    "Technik": "Tusche",
    "Maße": "100 × 30 cm",
    "Höhe": "100,5",
    "Breite (cm)": "30",
    "Datei": "a;b; ",
    "Lizenz": "CC BY 4.0",
    "Lizenz Daten": "CC0",
    "Nachweis": "Foto: Museum",
    "Inhaber": "Museum",
    "Stufe": "gesperrt",
    "Hinweis": "menschliche Überreste; heilig",
    "Standort": "Depot 1",
    "Alte Nummer": "A 12",
    "Leer": "",
}
MAPPING = {
    "id": "Inventarnummer",
    "title": {"de": "Titel", "en": "Title (EN)"},
    "description": "Beschreibung",
    "creator": ["Vorname", "Nachname"],
    "date": "Datierung",
    "kind": "Objektart",
    "kinds": {"Gemälde": "painting", "hängerolle": "scroll"},
    "classification": "Sachgruppe",
    "object_name": "Gegenstand",
    "medium": ["Material", "Technik"],
    "dimensions": "Maße",
    "height": {"column": "Höhe", "unit": "cm"},
    "width": "Breite (cm)",
    "image": {"column": "Datei", "pattern": "{}.jpg", "split": ";"},
    "rights": "Lizenz",
    "record_rights": "Lizenz Daten",
    "credit": "Nachweis",
    "holder": "Inhaber",
    "access": "Stufe",
    "accesses": {"Gesperrt": "secret"},
    "sensitivity": {"column": "Hinweis", "split": ";"},
    "source_url": {"column": "Inventarnummer", "pattern": "https://museum.example/{}"},
}


def test_every_field_comes_from_its_column(tmp_path):
    assert one(tmp_path, MUSEUM, MAPPING, language="de") == Described(
        id="1963.504",
        place="t.csv:2",
        kind=Kind.SCROLL,
        title={"de": "Große Vase", "en": "Large vase"},
        description={"de": "Eine Vase.\nZwei Henkel & ein Fuß"},
        creator={"de": "Unbekannte Werkstatt"},
        date={"de": "um 1910"},
        classifications=("Hängerolle", "Malerei"),
        object_names=("Rolle",),
        medium="Seide; Tusche",
        sizes=(
            Measured(axes={"height": "100,5", "width": "30"}, unit="cm"),
            Statement(text="100 × 30 cm", language="de"),
        ),
        pictures=("a.jpg", "b.jpg"),
        rights=("CC BY 4.0",),
        record_rights=("CC0",),
        credit="Foto: Museum",
        holder="Museum",
        access="secret",
        sensitivity=("menschliche Überreste", "heilig"),
        source_url="https://museum.example/1963.504",
        language="de",
        extra={"Standort": "Depot 1", "Alte Nummer": "A 12"},
    )


def test_the_same_from_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Objekte"
    book.active.append(list(MUSEUM))
    book.active.append([None if value == "" else value for value in MUSEUM.values()])
    book.active["A2"] = 1963.504
    book.save(tmp_path / "t.xlsx")
    options = {"catalogue": "t.xlsx", "columns": MAPPING, "language": "de", "sheet": "Objekte"}
    (entry,) = source(tmp_path, options).found()
    expected = one(tmp_path, MUSEUM, MAPPING, language="de")
    assert entry == expected.model_copy(update={"place": "t.xlsx:2"})


def test_ids_that_a_spreadsheet_took_for_numbers_are_told(tmp_path, caplog):
    book = openpyxl.Workbook()
    for row in (["id"], [1963.5], [1963.51]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    entries = list(source(tmp_path, {"catalogue": "t.xlsx", "columns": {"id": "id"}}).found())
    assert [entry.id for entry in entries] == ["1963.5", "1963.51"]
    assert caplog.text.count("among the ids in the column 'id' is the number 1963.5") == 1


def test_an_id_that_a_spreadsheet_has_shortened_is_no_id(tmp_path):
    for text in ("1.96E+11", "1,96E+11", "2E+05"):
        entry = one(tmp_path, {"id": text}, {"id": "id"})
        assert isinstance(entry, Broken)
        assert "a number that a spreadsheet has shortened" in entry.message
    assert one(tmp_path, {"id": "1963E5"}, {"id": "id"}).id == "1963E5"


def test_pictures_on_the_web_and_of_iiif(tmp_path):
    row = {
        "id": "1",
        "a": "https://x.example/a.jpg",
        "b": "C:\\Fotos\\b.tif",
        "c": "https://x.example/iiif/1/info.json",
        "d": "https://x.example/iiif/2",
    }
    entry = one(tmp_path, row, {"id": "id", "image": ["a", "b", "c"], "iiif": "d"})
    assert entry.pictures == (
        Picture(service="https://x.example/iiif/2"),
        Picture(url="https://x.example/a.jpg"),
        "C:\\Fotos\\b.tif",
        Picture(service="https://x.example/iiif/1"),
    )


@pytest.mark.parametrize("nothing", ["0", "0.0", "0,00", "", "-", "n/a", "NaN", "null"])
def test_nothing_is_no_size(tmp_path, nothing):
    columns = {"id": "id", "height": "h (cm)", "depth": "d (cm)"}
    entry = one(tmp_path, {"id": "1", "h (cm)": nothing, "d (cm)": "3"}, columns)
    assert entry.sizes == (Measured(axes={"depth": "3"}, unit="cm"),)


def test_units_come_from_names_columns_and_cells(tmp_path):
    row = {"id": "1", "H [mm]": "12", "w": "3", "u": "in", "d": "4,5 m", "x": "7", "no": ""}
    columns = {
        "id": "id",
        "height": "H [mm]",
        "width": {"column": "w", "unit_column": "u"},
        "depth": {"column": "d", "unit": "cm"},
        "diameter": {"column": "x", "unit_column": "no"},
    }
    entry = one(tmp_path, row, columns)
    assert entry.sizes == (
        Measured(axes={"height": "12"}, unit="mm"),
        Measured(axes={"width": "3"}, unit="in"),
        Measured(axes={"depth": "4,5"}, unit="m"),
    )
    assert entry.extra == {"x": "7"}


def test_where_axes_are_mixed_up_the_statement_comes_first(tmp_path):
    columns = {"id": "id", "dimensions": "d", "height": "h (mm)", "trust_axes": False}
    entry = one(tmp_path, {"id": "1", "d": "3 x 4 mm", "h (mm)": "4"}, columns)
    assert entry.sizes == (
        Statement(text="3 x 4 mm", language="en"),
        Measured(axes={"height": "4"}, unit="mm", trusted=False),
    )


@pytest.mark.parametrize(
    ("text", "kind", "classes"),
    [
        ("painting", Kind.PAINTING, ("painting",)),
        ("Painting", Kind.PAINTING, ("Painting",)),
        ("Rolle; coin", Kind.SCROLL, ("Rolle", "coin")),
        ("Schrank", None, ("Schrank",)),
        ("", None, ()),
    ],
)
def test_the_museums_words_win_over_ours_and_both_over_a_guess(tmp_path, text, kind, classes):
    columns = {
        "id": "id",
        "kind": {"column": "k", "split": ";"},
        "kinds": {"rolle": "scroll"},
    }
    entry = one(tmp_path, {"id": "1", "k": text}, columns)
    assert (entry.kind, entry.classifications) == (kind, classes)


@pytest.mark.parametrize(
    ("text", "said", "extra"),
    [
        ("True", True, {}),
        ("ja", True, {}),
        ("是", True, {}),
        ("0", False, {}),
        ("non", False, {}),
        ("", None, {}),
        ("perhaps", None, {"pd": "perhaps"}),
    ],
)
def test_public_domain_is_yes_no_or_not_said(tmp_path, text, said, extra):
    entry = one(tmp_path, {"id": "1", "pd": text}, {"id": "id", "public_domain": "pd"})
    assert (entry.public_domain, entry.extra) == (said, extra)


def test_access_in_words_that_are_not_known_lets_nothing_through(tmp_path):
    columns = {"id": "id", "access": "a"}
    assert one(tmp_path, {"id": "1", "a": "Restricted"}, columns).access == "restricted"
    assert one(tmp_path, {"id": "1", "a": ""}, columns).access is None
    entry = one(tmp_path, {"id": "1", "a": "nur intern"}, columns)
    assert entry == Broken(
        id="1",
        place="t.csv:2",
        message="found the access 'nur intern', expected public, internal, restricted, secret; say "
        "in the config what it means: source.columns.accesses: {nur intern: internal}",
    )


def test_care_of_communities(tmp_path):
    row = {
        "id": "1",
        "label": "https://localcontexts.org/label/tk-sacred/|TK Family",
        "letter": "letter of 2024",
        "uses": "preview, clip",
        "until": "2027-12-31",
        "when": "winter",
        "who": "council",
        "part": "pct:10,10,20,20",
    }
    columns = {
        "id": "id",
        "notices": {"column": "label", "split": "|"},
        "consent": {
            "document": "letter",
            "scope": {"column": "uses", "split": ","},
            "until": "until",
        },
        "season": "when",
        "contact": "who",
        "details": "part",
    }
    entry = one(tmp_path, row, columns)
    uri = "https://localcontexts.org/label/tk-sacred/"
    assert entry.notices == (Notice(uri=uri, title=uri), Notice(title="TK Family"))
    assert entry.consent == Consent(
        document="letter of 2024", scope=("preview", "clip"), until=datetime.date(2027, 12, 31)
    )
    assert (entry.season, entry.contact) == ("winter", "council")
    assert entry.details == (Region(box=(0.1, 0.1, 0.3, 0.3)),)
    assert one(tmp_path, {**row, "letter": ""}, columns).consent is None
    broken = one(tmp_path, {**row, "until": "31.12.2027"}, columns)
    assert "found '31.12.2027' as the last day of a consent" in broken.message
    broken = one(tmp_path, {**row, "part": "left"}, columns)
    assert broken.message.startswith("details: found 'left', expected pct:x,y,w,h")


def test_rows_that_cannot_be_used_are_told_and_the_others_go_on(tmp_path):
    text = 'id,title\n1,"a\n2,b\n,c\n3,d,e\n4,f\n'
    entries = found(tmp_path, text, {"id": "id", "title": "title"})
    assert [(e.id, e.place, isinstance(e, Broken)) for e in entries] == [
        ("1", "t.csv:2", True),
        ("2", "t.csv:3", False),
        ("", "t.csv:4", True),
        ("3", "t.csv:5", True),
        ("4", "t.csv:6", False),
    ]
    assert entries[2].message == "it has no id: id is empty, expected an accession number"
    assert "found 3 cells, expected 2" in entries[3].message


def test_hostile_texts_stay_texts_and_lose_what_is_invisible(tmp_path):
    row = {
        "id": " 1\u202e963\x00.\u20665 ",
        "title": "=cmd|' /C calc'!A0\x07 <script>",
        "Ort\u202e": "\x1b[31mrot",
    }
    entry = one(tmp_path, row, {"id": "id", "title": "title"})
    assert entry.id == "1 963. 5"
    assert entry.title == {"en": "=cmd|' /C calc'!A0 <script>"}
    assert list(entry.extra.values()) == ["[31mrot"]


def test_mojibake_is_mended_and_told_once(tmp_path, caplog):
    broken = "Größe".encode().decode("cp1252")
    text = "id,title\n" + "".join(f"{i},{broken}\n" for i in range(5))
    entries = found(tmp_path, text, {"id": "id", "title": "title"})
    assert {entry.title["en"] for entry in entries} == {"Größe"}
    assert caplog.text.count("saved in one encoding and read in another") == 1


def test_extra_is_bounded_and_says_what_is_cut(tmp_path):
    names = [f"c{i}" for i in range(600)]
    text = ",".join(["id", *names]) + "\n" + ",".join(["1", *names]) + "\n"
    (entry,) = found(tmp_path, text, {"id": "id"})
    assert len(entry.extra) == 500
    assert entry.extra["(left out)"].startswith("101 more fields: c499, c500")


def test_columns_that_are_not_there_are_told_with_what_they_might_be(tmp_path):
    columns = {"id": "Nummer", "title": {"de": "Titl", "en": "Title"}, "medium": ["Material"]}
    with pytest.raises(ColumnsMissing) as caught:
        found(tmp_path, "\nNummer,Titel,Material\n1,a,b\n", columns)
    assert [(m.line, m.message) for m in caught.value.mistakes] == [
        (
            2,
            "source.columns.title.de: found no column 'Titl' in the table; did you mean 'Titel'?",
        ),
        (
            2,
            "source.columns.title.en: found no column 'Title' in the table; did you mean 'Titel'?",
        ),
    ]
    assert [loc for loc, _ in caught.value.at] == [
        ("columns", "title", "de"),
        ("columns", "title", "en"),
    ]
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.mistakes, again.at) == (caught.value.mistakes, caught.value.at)


def test_names_of_columns_are_compared_without_line_breaks_and_composed(tmp_path):
    text = 'id,"Ma\u0308dchen\n  name"\n1,x\n'
    for name in ("Mädchen name", "\ufeffMa\u0308dchen  name"):  # or copied with a mark in it
        (entry,) = found(tmp_path, text, {"id": "id", "title": name})
        assert entry.title == {"en": "x"}


def test_a_folder_of_tables_is_one_catalogue(tmp_path):
    (tmp_path / "all").mkdir()
    for name in ("b", "a"):
        (tmp_path / "all" / f"{name}.csv").write_text(f"id\n{name}1\n{name}2\n")
    options = {"catalogue": "all", "columns": {"id": "id"}}
    places = [(entry.id, entry.place) for entry in source(tmp_path, options).found()]
    assert places == [("a1", "a.csv:2"), ("a2", "a.csv:3"), ("b1", "b.csv:2"), ("b2", "b.csv:3")]


class _Config(BaseModel):
    source: TableOptions


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("columns: {title: x}", "source.columns.id: missing"),
        ("columns: {id: 5}", "found 5, expected the name of a column; write it in quotes"),
        ('columns: {id: ""}', "found nothing, expected the name of a column"),
        ("columns: {id: x, titel: y}", "this key is not known; did you mean 'title'?"),
        ("columns: {id: x, title: {english: y}}", "found 'english' as a language"),
        ("columns: {id: x, height: Höhe}", "the unit is missing: write {column: Höhe, unit: cm}"),
        (
            "columns: {id: x, height: {column: H, unit: cm, unit_column: u}}",
            "found unit and unit_column, expected one of them",
        ),
        ("columns: {id: x, image: {column: y, pattern: a}}", "found 'a', expected {} where"),
        ("columns: {id: x, kinds: {Rolle: role}}", "found role, expected 'painting'"),
        ("columns: {id: x}\n  separator: ab", "found 'ab', expected one character"),
        ("columns: {id: x}\n  encoding: nonsense", "expected the name of an encoding"),
        ("columns: {id: x}\n  encoding: hex", "expected the name of an encoding"),
        ("columns: {id: x}\n  header_row: 0", "found 0, expected at least 1"),
    ],
)
def test_mistakes_of_the_mapping_are_told_where_they_stand(tmp_path, yaml, message):
    path = tmp_path / "exhibit.yaml"
    path.write_text(f"source:\n  name: table\n  catalogue: t.csv\n  {yaml}\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_yaml(path, _Config)
    assert message in str(caught.value)
    assert all(mistake.line >= 4 for mistake in caught.value.mistakes)


def test_a_mapping_is_frozen_and_survives_json():
    mapping = Mapping.model_validate(MAPPING)
    assert Mapping.model_validate_json(mapping.model_dump_json()) == mapping
    with pytest.raises(ValidationError):
        mapping.id = None


def test_tabs_can_be_named(tmp_path):
    assert (
        TableOptions(catalogue="x", columns={"id": "a"}, separator="tab").layout.separator == "\t"
    )


def test_memory_does_not_grow_with_rows(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("w") as file:
        file.write("id,title,height (cm),note\n")
        file.writelines(f"{i},Title {i},{i % 90 + 1},note {i}\n" for i in range(20_000))
    columns = {"id": "id", "title": "title", "height": "height (cm)"}
    entries = source(tmp_path, {"catalogue": "t.csv", "columns": columns}).found()
    assert sum(1 for _ in islice(entries, 18_000)) == 18_000
    tracemalloc.start()  # it makes everything ten times slower
    try:
        assert sum(1 for _ in entries) == 2_000
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()
