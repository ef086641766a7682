"""What columns mean is guessed from names in eight languages and from values."""

from __future__ import annotations

import csv
import json

import pytest

from pipeline.sources import evidence
from pipeline.sources.guess import guess_mapping, plain
from pipeline.sources.mapping import Mapping
from pipeline.sources.paths import general, leaves
from pipeline.yamlfile import read_yaml_data

TABLES = {
    "en": {
        "Accession number": ("id", "1963.{}"),
        "Title": ("title", "Vase"),
        "Artist": ("creator", "Unknown maker"),
        "Date": ("date", "about 1910"),
        "Object type": ("kind", "vessel"),
        "Classification": ("classification", "Ceramics"),
        "Materials & techniques": ("medium", "clay"),
        "Dimensions": ("dimensions", "H. 30 cm"),
        "Image filename": ("image", "{}.jpg"),
        "Licence": ("rights", "CC0"),
        "Credit line": ("credit", "Gift"),
        "Location": (None, "store"),
    },
    "fr": {
        "N° d'inventaire": ("id", "D.{}"),
        "Titre": ("title", "Vase"),
        "Auteur": ("creator", "Inconnu"),
        "Datation": ("date", "XIXe siècle, 1850"),
        "Type d'objet": ("kind", "tableau"),
        "Domaine": ("classification", "peinture"),
        "Matériaux et techniques": ("medium", "huile"),
        "Mesures": ("dimensions", "H. 3 cm ; l. 4 cm"),
        "Nom du fichier": ("image", "{}.tif"),
        "Licence": ("rights", "https://creativecommons.org/licenses/by/4.0/"),
        "Crédit photographique": ("credit", "Musée"),
        "Salle": (None, "3"),
    },
    "de": {
        "Inventar-Nr.": ("id", "I 12/{}"),
        "Titel": ("title", "Vase"),
        "Künstler/in": ("creator", "Unbekannt"),
        "Datierung": ("date", "um 1910"),
        "Objektart": ("kind", "Gemälde"),
        "Sachgruppe": ("classification", "Malerei"),
        "Material/Technik": ("medium", "Öl"),
        "Maße": ("dimensions", "30 × 20 cm"),
        "Dateiname": ("image", "{}.JPG"),
        "Lizenz": ("rights", "CC BY-SA 4.0"),
        "Bildnachweis": ("credit", "Museum"),
        "Saal": (None, "3"),
    },
    "es": {
        "Número de inventario": ("id", "CE{}"),
        "Título": ("title", "Vaso"),
        "Autor": ("creator", "Anónimo"),
        "Datación": ("date", "1650=1700"),
        "Tipo de objeto": ("kind", "jarra"),
        "Clasificación": ("classification", "cerámica"),
        "Materia/Técnica": ("medium", "barro"),
        "Medidas": ("dimensions", "Altura = 20 cm"),
        "Imagen": ("image", "{}.png"),
        "Licencia": ("rights", "CC BY 4.0"),
        "Créditos": ("credit", "Museo"),
        "Ubicación": (None, "sala"),
    },
    "it": {
        "Numero di inventario": ("id", "inv. {}"),
        "Titolo": ("title", "Vaso"),
        "Autore": ("creator", "Ignoto"),
        "Datazione": ("date", "1600 ca."),
        "Tipo di oggetto": ("kind", "dipinto"),
        "Materia e tecnica": ("medium", "olio"),
        "Misure": ("dimensions", "cm 30 x 20"),
        "Immagine": ("image", "{}.jpeg"),
        "Licenza": ("rights", "CC0"),
        "Sala": (None, "1"),
    },
    "nl": {
        "Inventarisnummer": ("id", "BK-{}"),
        "Titel": ("title", "Vaas"),
        "Vervaardiger": ("creator", "onbekend"),
        "Datering": ("date", "1900 - 1910"),
        "Objectsoort": ("kind", "vaas"),
        "Materiaal": ("medium", "klei"),
        "Afmetingen": ("dimensions", "h 30 cm"),
        "Afbeelding": ("image", "{}.jpg"),
        "Licentie": ("rights", "CC0"),
        "Zaal": (None, "1"),
    },
    "zh": {
        "藏品编号": ("id", "故{}"),
        "题名": ("title", "青花瓶"),
        "艺术家": ("creator", "佚名"),
        "朝代": ("date", "清代"),
        "器物类型": ("kind", "瓷器"),
        "材质": ("medium", "瓷"),
        "尺寸": ("dimensions", "高32.4厘米"),
        "图片": ("image", "{}.jpg"),
        "版权": ("rights", "CC0"),
        "展厅": (None, "一"),
    },
    "ja": {
        "資料番号": ("id", "A-{}"),
        "作品名": ("title", "茶碗"),
        "作者名": ("creator", "不詳"),
        "制作年代": ("date", "江戸時代"),
        "種別": ("kind", "陶磁"),
        "材質・技法": ("medium", "陶器"),
        "寸法": ("dimensions", "高さ8.2cm"),
        "画像": ("image", "{}.jpg"),
        "ライセンス": ("rights", "CC0"),
        "展示室": (None, "1"),
    },
}


def rows_of(table, count=12):
    return [[value.format(number) for _, value in table.values()] for number in range(count)]


@pytest.mark.parametrize("language", list(TABLES))
def test_names_of_eight_languages(language):
    table = TABLES[language]
    guess = guess_mapping(list(table), rows_of(table))
    expected = {field: name for name, (field, _) in table.items() if field}
    assert {line.field: line.value for line in guess.lines} == expected
    assert guess.extra == tuple(name for name, (field, _) in table.items() if not field)
    assert guess.language == language
    assert guess.mapping == Mapping.model_validate(expected)
    assert set(guess.reasons) == set(expected)
    assert all(guess.reasons.values())
    assert guess.unsure == ()


def test_reasons_name_what_was_seen():
    table = TABLES["de"]
    reasons = guess_mapping(list(table), rows_of(table)).reasons
    assert reasons["id"] == "its name says so (German); each of its 12 values is different"
    assert reasons["rights"] == (
        "its name says so (German); all of its values are licences, such as “CC BY-SA 4.0”"
    )
    assert reasons["image"].endswith("all of its values are names of pictures, such as “0.JPG”")


def guessed(headers, *rows, **options):
    guess = guess_mapping(headers, rows, **options)
    return {line.field: line.value for line in guess.lines}, guess


def test_languages_stand_at_the_ends_of_names():
    headers = ["id", "Titel", "Title (EN)", "title_zh", "Titre [anglais]", "Beschreibung.fr"]
    lines, guess = guessed(headers, ["1", "a", "b", "c", "d", "e"], ["2", "a", "b", "c", "d", "e"])
    assert lines["title"] == {"de": "Titel", "en": "Title (EN)", "zh": "title_zh"}
    assert lines["description"] == {"fr": "Beschreibung.fr"}
    assert [line.value for line in guess.unsure] == ["Titre [anglais]"]


def test_either_of_two_names_in_one_is_enough():
    lines, _ = guessed(["Inv.-Nr.", "Hersteller/Künstler"], ["1", "Unbekannt"], ["2", ""])
    assert lines == {"id": "Inv.-Nr.", "creator": "Hersteller/Künstler"}


def test_the_unit_may_stand_in_the_name():
    headers = ["Numéro d'inventaire", "Hauteur en cm", "Largeur en mm"]
    lines, _ = guessed(headers, ["1", "24,5", "332"], ["2", "32,4", ""])
    assert lines["height"] == {"column": "Hauteur en cm", "unit": "cm"}
    assert lines["width"] == {"column": "Largeur en mm", "unit": "mm"}


def test_paths_are_known_by_what_stands_before_a_word_that_says_nothing():
    headers = ["object.number", "object.titles[*].text", "makers[*].name"]
    lines, _ = guessed(headers, ["1", "Jug", "Unknown maker"], ["2", "Bowl", ""], paths=True)
    assert lines["title"] == "object.titles[*].text"
    assert lines["creator"] == "makers[*].name"


def test_titles_say_their_language_before_the_names_of_columns_do():
    rows = [[str(n), "青花瓷瓶", "小口，短颈"] for n in range(3)]
    _, guess = guessed(["Inventory number", "Title", "Description"], *rows)
    assert (guess.language, guess.language_reason) == ("zh", "as its titles and descriptions say")


def test_a_number_that_comes_twice_is_no_id():
    lines, guess = guessed(["Inventarnummer", "Nr"], ["a", "1"], ["a", "2"], ["b", "3"])
    assert lines["id"] == "Nr"
    assert guess.unsure[0].reason == "its name says so (German); “a” comes 2 times"


def test_where_nothing_is_called_a_number_the_first_that_differs_is_taken():
    lines, guess = guessed(["Raum", "Kürzel", "Titel"], ["1", "x", "a"], ["1", "y", "a"])
    assert lines["id"] == "Kürzel"
    assert "look whether this is one" in guess.reasons["id"]


def test_where_nothing_differs_there_is_no_mapping():
    lines, guess = guessed(["a", "Titel"], ["1", "x"], ["1", "x"])
    assert "id" not in lines
    assert guess.mapping is None
    assert guessed(["id"])[1].mapping is None


def test_pictures_are_known_by_their_values_alone():
    lines, _ = guessed(["id", "Feld 7"], ["1", "a.jpg"], ["2", "https://x.example/b.tif?x=1"])
    assert lines["image"] == "Feld 7"


def test_several_pictures_in_one_cell_are_split():
    lines, _ = guessed(["id", "Bild"], ["1", "a.jpg | b.jpg"], ["2", "c.jpg"])
    assert lines["image"] == {"column": "Bild", "split": "|"}


def test_pictures_in_numbered_columns_belong_together():
    row = ["1", "a.jpg", "b.jpg", "c.jpg"]
    lines, guess = guessed(["id", "Bild 1", "Bild 2", "thumbnail"], row, ["2", *row[1:]])
    assert lines["image"] == ["Bild 1", "Bild 2"]
    assert [line.value for line in guess.unsure] == ["thumbnail"]


def test_a_picture_column_without_names_of_pictures_is_not_sure():
    lines, guess = guessed(["id", "Photo"], ["1", "yes"], ["2", "no"])
    assert "image" not in lines
    assert guess.unsure[0].field == "image"
    assert "its values are no names of pictures, such as “yes”" in guess.unsure[0].reason


def test_iiif_services_are_known_by_their_addresses():
    address = "https://x.example/iiif/{}/info.json"
    rows = [["1", address.format(1)], ["2", address.format(2)]]
    assert guessed(["id", "Feld 7"], *rows)[0]["iiif"] == "Feld 7"
    # A column of pictures may hold them as well: what ends in info.json is a service.
    assert guessed(["id", "Bild"], *rows)[0]["image"] == "Bild"


def test_measures_need_a_unit():
    headers = ["id", "Höhe (cm)", "Breite_mm", "Tiefe", "Durchmesser"]
    row = ["30,5", "20", "3.5 cm", "7"]
    lines, guess = guessed(headers, ["1", *row], ["2", *row])
    assert lines["height"] == "Höhe (cm)"
    assert lines["width"] == {"column": "Breite_mm", "unit": "mm"}
    assert lines["depth"] == {"column": "Tiefe", "unit": "cm"}
    assert "diameter" not in lines
    assert guess.unsure[0].value == {"column": "Durchmesser", "unit": "cm"}
    assert "write the right one" in guess.unsure[0].reason


def test_a_column_of_units_is_used():
    lines, guess = guessed(["id", "height", "units"], ["1", "3", "mm"], ["2", "4", "in"])
    assert lines["height"] == {"column": "height", "unit_column": "units"}
    assert guess.extra == ()


def test_words_in_a_column_of_measures_are_not_measures():
    lines, guess = guessed(["id", "Höhe (cm)"], ["1", "mittel"], ["2", "groß"])
    assert "height" not in lines
    assert "its values are no numbers" in guess.unsure[0].reason


def test_first_and_last_names_are_joined():
    lines, _ = guessed(["id", "Nachname", "Vorname"], ["1", "B", "A"], ["2", "B", "A"])
    assert lines["creator"] == ["Vorname", "Nachname"]


def test_access_in_the_museums_words_needs_a_translation():
    lines, guess = guessed(["id", "access"], ["1", "intern"], ["2", "offen"])
    assert "access" not in lines
    assert "accesses" in guess.unsure[0].reason
    lines, _ = guessed(["id", "access"], ["1", "internal"], ["2", "public"])
    assert lines["access"] == "access"


def test_tates_table_of_sizes(shared_data):
    with (shared_data / "catalogues/tate/dimensions_1200.csv").open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    lines, guess = guessed(header, *rows[:200])
    assert lines == {
        "id": "acno",
        "classification": "classification",
        "medium": "medium",
        "dimensions": "dimensions",
        "height": {"column": "height", "unit_column": "units"},
        "width": {"column": "width", "unit_column": "units"},
        "depth": {"column": "depth", "unit_column": "units"},
        "trust_axes": False,
    }
    assert guess.reasons["trust_axes"].startswith("in 179 of 179 rows the first number")
    assert guess.language == "en"


def test_the_carnegies_json(shared_data):
    entries = json.loads((shared_data / "catalogues/cmoa/things_200.json").read_text("utf-8"))
    rows = [{general(leaf.path): leaf.text for leaf in leaves(entry)} for entry in entries]
    headers = list(dict.fromkeys(name for row in rows for name in row))
    lines, _ = guessed(headers, *[[row.get(n, "") for n in headers] for row in rows], paths=True)
    assert lines == {
        "id": "accession_number",
        "title": "title",
        "creator": "creator[*].full_name",
        "date": "creation_date",
        "classification": "classification",
        "medium": "medium",
        "image": "images[*].image_url",
        "credit": "credit_line",
        "source_url": "web_url",
    }


@pytest.mark.parametrize(
    ("height", "width", "swapped"),
    [("30", "20", False), ("20", "30", True), ("30", "30", False), ("1", "2", False)],
)
def test_axes_are_held_against_the_statements(height, width, swapped):
    rows = [("30 x 20 cm", height, width)] * 6
    assert bool(evidence.swapped(rows)) is swapped
    assert not evidence.swapped(rows[:4])


def test_the_table_of_names_says_nothing_twice(root):
    """A name that means one thing for sure means no other thing for sure."""
    data, _ = read_yaml_data(root / "pipeline/sources/columns.yaml")
    languages = data.pop("languages")
    assert {"en", "fr", "de", "es", "it", "nl", "zh", "ja"} <= set(languages)
    sure: dict[str, set[str]] = {}
    for field, levels in data.items():
        assert set(levels) <= {"sure", "unsure"}
        for name in (n for names in levels.get("sure", {}).values() for n in names):
            assert plain(name), name
            sure.setdefault(plain(name), set()).add(field)
    assert {name: fields for name, fields in sure.items() if len(fields) > 1} == {}


def test_fields_of_the_table_are_fields_of_the_mapping(root):
    data, _ = read_yaml_data(root / "pipeline/sources/columns.yaml")
    helpers = {"languages", "first_name", "last_name", "unit"}
    assert set(data) - helpers <= set(Mapping.model_fields)


@pytest.mark.parametrize("text", ["a" * 200_000, "1" * 200_000, "x×" * 100_000, " " * 200_000])
def test_long_values_are_none_of_what_has_a_form(text):
    """They are judged all the same, in time that grows with their length and no faster."""
    for field, judge in evidence.JUDGES.items():
        found = judge([text, text])
        assert -3 <= found.weight <= 3
        if field in {"dimensions", "image", "iiif", "rights", "date"}:
            assert found.weight <= 0, field


def test_faults_in_a_few_rows_do_not_make_another_column_the_id():
    """A row without a number and one that comes twice are told when the table is checked."""
    headers = ["Inventar-Nr.", "Titel", "Foto"]
    rows = [
        ["1987.12", "Blaue Vase", "vase"],
        ["1990/3", "Stadtansicht", "stadt.JPG"],
        ["1991.1", "Ritualmaske", "maske.png"],
        ["", "ohne Nummer", ""],
        ["1987.12", "doppelt", "vase"],
    ]
    found = guess_mapping(headers, rows)
    assert found.mapping is not None
    assert found.mapping.id.column == ("Inventar-Nr.",)
    assert "1 of 5 rows have none" in found.reasons["id"]
    assert found.mapping.image is not None, "what has no ending is found without"
    assert "2 of 4 values are names of pictures" in found.reasons["image"]


def test_a_column_that_is_mostly_empty_or_the_same_is_no_id():
    for rows in ([["", "a"]] * 3 + [["7", "b"]], [["7", "a"]] * 3 + [["8", "b"]]):
        found = guess_mapping(["Inventar-Nr.", "Titel"], rows)
        assert found.mapping is None or found.mapping.id.column != ("Inventar-Nr.",)
