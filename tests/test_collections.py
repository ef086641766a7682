"""From a museum's own table to a gallery: what is concluded, what is refused, what is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pipeline
from pipeline.checking import check_exhibit

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
TABLE = f"""Nr;Titel;Objekt;Technik;Maße;Lizenz;Datei;Saal
A 1;Krug;Krug;Steingut;H. 30,6 cm, Dm. 18 cm;{CC0};a.png;3
B/2;Hafen;Radierung;Radierung auf Papier;20 x 30 cm;CC BY 4.0;D:\\Fotos\\B.PNG;4
C.3;=HYPERLINK("x");Stuhl;Eiche;;© Museum;a.png;4
a 1;Kleiner Krug;Krug;Steingut;0 x 0 cm;{CC0};gone.png;3
A 1;Noch ein Krug;Krug;;;{CC0};a.png;3
;Ohne Nummer;Krug;;;{CC0};a.png;3
E.5;Weg;Krug;;;{CC0};../../etc/passwd;3
"""
CONFIG = """\
exhibit: {id: house, title: House}
source:
  name: table
  catalogue: export.csv
  images: [pictures]
  language: de
  credit: Museum of examples
  columns:
    id: Nr
    title: Titel
    object_name: Objekt
    medium: Technik
    dimensions: Maße
    rights: Lizenz
    image: Datei
clip: {duration_s: 1, fps: 12, long_side_px: 128}
gallery:
"""


@pytest.fixture
def exhibit(tmp_path: Path) -> Path:
    folder = tmp_path / "exhibit"
    (folder / "pictures" / "sub").mkdir(parents=True)
    ys, xs = np.mgrid[0:64, 0:96]
    disc = np.zeros((64, 96, 4), np.uint8)
    disc[..., 0], disc[..., 1], disc[..., 2] = 180, 90 + ys, 60 + xs
    disc[..., 3] = ((ys - 32) ** 2 + (xs - 48) ** 2 < 26**2) * 255
    Image.fromarray(disc).save(folder / "pictures" / "a.png")
    Image.fromarray(disc[..., :3]).save(folder / "pictures" / "sub" / "b.png")
    (folder / "export.csv").write_text(TABLE, encoding="utf-8")
    (folder / "exhibit.yaml").write_text(CONFIG, encoding="utf-8")
    return folder / "exhibit.yaml"


def test_check_tells_every_row_that_needs_a_look(exhibit: Path):
    checked = check_exhibit(exhibit)
    told = {(row.about, row.place.rpartition(":")[2], row.id) for row in checked.remarks}
    assert told >= {
        ("entry", "6", "A 1"),
        ("entry", "7", ""),
        ("entry", "8", "E.5"),
        ("rights", "4", "C.3"),
        ("picture", "5", "a 1"),
        ("id", "5", "a 1"),
        ("shared picture", "4", "C.3"),
        ("size", "5", "a 1"),
    }
    assert (checked.objects, checked.ready, checked.unusable) == (7, 2, 3)
    assert checked.kinds == {"vessel": 2, "print": 1, "other": 1}
    assert checked.exit_code == 1
    assert "7 objects: 2 ready, 3 entries unusable" in checked.as_text()


def test_what_is_the_same_of_many_is_said_once(exhibit: Path):
    rows = "".join(f"X{n};Krug;Krug;;;;a.png;1\n" for n in range(50))
    (exhibit.parent / "export.csv").write_text(TABLE + rows, encoding="utf-8")
    lines = check_exhibit(exhibit).as_text().splitlines()
    (line,) = [line for line in lines if line.startswith("50 objects (X0, X1, X2, X3 and 46 more")]
    assert "its rights are not known" in line
    assert len(lines) < 25


def test_what_differs_in_quoted_words_alone_is_said_once(exhibit: Path):
    rows = "".join(f"X{n};Krug;Krug;;;© Erben {n};a.png;1\n" for n in range(50))
    (exhibit.parent / "export.csv").write_text(TABLE + rows, encoding="utf-8")
    text = check_exhibit(exhibit).as_text()
    # The chair's rights of a museum are as unknown as those of the others.
    assert text.count("its rights are not known") == 1
    assert "51 objects (C.3, X0, X1, X2 and 47 more): such as C.3: its rights" in text
    assert "found '© Museum'" in text


def test_what_has_no_id_is_called_by_its_place(exhibit: Path):
    text = check_exhibit(exhibit).as_text()
    assert "\nexport.csv:7: it has no id: Nr is empty" in f"\n{text}"
    (exhibit.parent / "export.csv").write_text(f"{TABLE};Noch eins;Krug;;;;a.png;3\n", "utf-8")
    text = check_exhibit(exhibit).as_text()
    assert "2 objects (export.csv:7, export.csv:9): it has no id: Nr is empty" in text


def test_an_id_within_a_word_makes_no_two_messages_alike(exhibit: Path):
    rows = "3;a;Krug;x;x;x;x;x;x\n4;b;Krug;x;x;x;x;x;x;x\n9;c;Krug;x;x;x;x;x;x\n"
    (exhibit.parent / "export.csv").write_text(TABLE + rows, "utf-8")
    text = check_exhibit(exhibit).as_text()
    assert "2 objects (3, 9): found 9 cells, expected 8" in text
    assert "export.csv:10: 4: found 10 cells, expected 8" in text


def test_check_says_what_to_do_next(exhibit: Path):
    path = Path("my exhibit.yaml")
    assert f"Next: vivant plan {path}" in check_exhibit(exhibit).next_step(path)
    head, first = TABLE.splitlines()[:2]
    (exhibit.parent / "export.csv").write_text(f"{head}\n{first}\n", encoding="utf-8")
    checked = check_exhibit(exhibit)
    assert checked.next_step(path) == f"Nothing stands in the way. Next: vivant render {path}"
    assert checked.as_text().endswith("Kinds: 1 vessel.")
    refused = first.replace(CC0, "")
    (exhibit.parent / "export.csv").write_text(f"{head}\n{refused}\n", encoding="utf-8")
    assert "`source: {rights: …}`" in check_exhibit(exhibit).next_step(path)
    (exhibit.parent / "export.csv").write_text(f"{head}\n", encoding="utf-8")
    assert "no entries yet" in check_exhibit(exhibit).next_step(path)
    rows = "".join(f"Y{n};Ding;Ding;;;{CC0};a.png;1\n" for n in range(3))
    (exhibit.parent / "export.csv").write_text(f"{head}\n{rows}", encoding="utf-8")
    assert "source.columns.kinds" in check_exhibit(exhibit).next_step(path)


def test_what_is_called_other_on_purpose_is_no_unknown_kind(exhibit: Path):
    rows = "".join(f"Y{n};Ding;Ding;;;{CC0};a.png;other\n" for n in range(3))
    table = f"{TABLE.splitlines()[0]}\n{rows}"
    (exhibit.parent / "export.csv").write_text(table, encoding="utf-8")
    assert (check_exhibit(exhibit).kinds, check_exhibit(exhibit).unknown) == ({"other": 3}, 3)
    config = exhibit.read_text("utf-8")
    exhibit.write_text(f"{config}objects: {{Y1: {{kind: other}}}}\n", encoding="utf-8")
    assert check_exhibit(exhibit).unknown == 2
    exhibit.write_text(config.replace("image:", "kind: Saal\n    image:"), encoding="utf-8")
    assert (check_exhibit(exhibit).kinds, check_exhibit(exhibit).unknown) == ({"other": 3}, 0)


def test_a_text_without_a_section_that_typesets_it_is_not_ready(exhibit: Path):
    head = TABLE.splitlines()[0]
    row = f"L 1;Erntelied;Volkslied;;;{CC0};;"
    (exhibit.parent / "export.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    checked = check_exhibit(exhibit)
    assert (checked.ready, checked.unreadable, checked.kinds) == (0, 1, {"intangible": 1})
    assert "no section `story`" in checked.remarks[0].message
    exhibit.write_text(exhibit.read_text("utf-8") + "story:\n", encoding="utf-8")
    assert check_exhibit(exhibit).ready == 1


def test_a_table_becomes_clips_and_what_cannot_is_told(exhibit: Path, tmp_path: Path):
    outcome = pipeline.render(exhibit, tmp_path / "out", jobs=0)
    by_id = {entry.id: entry for entry in outcome.exhibit.entries}
    assert list(by_id) == ["A 1", "B/2", "C.3", "a 1"]
    jug, etching, chair, lost = by_id.values()
    assert jug.clip is not None
    assert jug.item.size == pipeline.Size(height_m=0.306, diameter_m=0.18)
    assert jug.item.extra["Saal"] == "3"
    assert "Krug" in jug.item.kind_reason
    assert etching.clip is not None
    assert etching.photo is not None
    assert etching.item.size == pipeline.Size(height_m=0.2, width_m=0.3)
    assert chair.clip is None
    assert chair.photo is not None, "what may be previewed is in the gallery"
    assert [problem.reason for problem in chair.problems] == ["refused"]
    assert [problem.reason for problem in lost.problems] == ["failed"]
    assert outcome.exit_code == 1
    assert [row["id"] for row in outcome.report["unusable"]] == ["A 1", "", "E.5"]
    document = json.loads((outcome.folder / "exhibit.json").read_text("utf-8"))
    assert len(document["unusable"]) == 3
    assert outcome.gallery is not None
    page = outcome.gallery.read_text("utf-8")
    assert "export.csv:6" in page
    assert "leads out of the folders of pictures" in page


def test_the_photograph_says_which_number_is_the_height(exhibit: Path, tmp_path: Path):
    """The etching lies across; a catalogue that writes the width first is put right."""
    table = TABLE.replace("20 x 30 cm", "30 x 20 cm")
    (exhibit.parent / "export.csv").write_text(table, encoding="utf-8")
    outcome = pipeline.render(exhibit, tmp_path / "out", only=["B/2"], jobs=0)
    etching = next(entry for entry in outcome.exhibit.entries if entry.id == "B/2")
    assert etching.item.size == pipeline.Size(height_m=0.2, width_m=0.3)


def test_a_column_that_is_not_there_is_told_where_the_mapping_stands(exhibit: Path):
    text = exhibit.read_text("utf-8").replace("medium: Technik", "medium: Technick")
    exhibit.write_text(text, encoding="utf-8")
    with pytest.raises(pipeline.ConfigError, match=r"exhibit\.yaml:12:13: .*Technick.*'Technik'"):
        check_exhibit(exhibit)


def test_the_config_has_the_last_word_on_the_kind(exhibit: Path):
    with exhibit.open("a", encoding="utf-8") as file:
        file.write("objects:\n  C.3: {kind: sculpture}\n")
    assert check_exhibit(exhibit).kinds == {"vessel": 2, "print": 1, "sculpture": 1}
