"""XLSX is read as a person sees it; what could harm is refused before it is opened."""

from __future__ import annotations

import datetime
import random
import re
import zipfile

import openpyxl
import pytest

from pipeline.errors import ConfigError
from pipeline.tables import archive, workbook
from pipeline.tables.reading import open_table
from pipeline.tables.rows import Layout

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book():
    made = openpyxl.Workbook()
    made.active.title = "Objekte"
    return made


def saved(book, tmp_path):
    path = tmp_path / "t.xlsx"
    book.save(path)
    return path


def rewritten(path, change, part=SHEET):
    """Save the archive again with one of its parts changed."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def cells(path, **layout):
    return [row.cells for row in open_table(path, Layout(**layout)).rows]


def test_values_are_read_as_they_are_shown(book, tmp_path):
    sheet = book.active
    sheet.append(["id", "inv", "size", "date", "year", "yes", "text"])
    sheet.append([1, 123, 30.5, datetime.date(1910, 5, 3), datetime.date(1910, 1, 1), True, "=1+1"])
    sheet["B2"].number_format = "00000"
    sheet["C2"].number_format = '0.00" cm"'
    sheet["D2"].number_format = "dd.mm.yyyy"
    sheet["E2"].number_format = "yyyy"
    sheet["G2"].data_type = "s"
    expected = ["1", "00123", "30.50 cm", "1910-05-03", "1910", "true", "=1+1"]
    assert cells(saved(book, tmp_path)) == [expected]


def test_columns_that_a_spreadsheet_changed_are_doubtful(book, tmp_path):
    sheet = book.active
    for row in (["a", "b", "c", "d"], [1963.5, 7, datetime.date(1963, 5, 1), 2.5]):
        sheet.append(row)
    sheet["D2"].number_format = "0.00"
    table = open_table(saved(book, tmp_path))
    list(table.rows)
    assert table.doubtful == {0: "the number 1963.5", 2: "the date 1963-05-01"}


def test_sheets_are_chosen_by_name(book, tmp_path, caplog):
    book.active.append(["id"])
    second = book.create_sheet("Künstler")
    second.append(["name"])
    hidden = book.create_sheet("Alt", 0)
    hidden.sheet_state = "hidden"
    path = saved(book, tmp_path)
    assert open_table(path).columns == ["id"]
    assert "the others (Künstler) were not" in caplog.text
    assert open_table(path, Layout(sheet="Künstler")).columns == ["name"]
    with pytest.raises(ConfigError, match="no sheet 'Kunstler'; did you mean 'Künstler'"):
        open_table(path, Layout(sheet="Kunstler"))


def test_header_row_empty_rows_and_lines(book, tmp_path):
    sheet = book.active
    for row in (["Export"], [], ["id", "title"], [], ["1", "x"], [None, None], ["2"]):
        sheet.append(row)
    table = open_table(saved(book, tmp_path), Layout(header_row=3))
    assert table.columns == ["id", "title"]
    assert [(row.line, row.cells) for row in table.rows] == [(5, ["1", "x"]), (7, ["2", ""])]


def test_merged_cells_are_filled_downwards(book, tmp_path):
    sheet = book.active
    for row in (["id", "creator", "x", "y"], [1, "Unknown maker", "a", None], [2], [3], [4, "b"]):
        sheet.append(row)
    sheet.merge_cells("B2:B4")
    sheet.merge_cells("C2:D2")
    found = cells(saved(book, tmp_path))
    assert [row[1] for row in found] == ["Unknown maker"] * 3 + ["b"]
    assert found[0][2:] == ["a", ""]


def test_a_formula_without_a_value_is_told(book, tmp_path, caplog):
    for row in (["id", "size"], [1, "=2*3"], [2, "=2*4"]):
        book.active.append(row)
    assert cells(saved(book, tmp_path)) == [["1", ""], ["2", ""]]
    assert "t.xlsx:2: the cell in column 2 holds a formula without a value" in caplog.text
    assert caplog.text.count("a formula") == 1


def test_a_formula_with_its_value_is_the_value(book, tmp_path, caplog):
    for row in (["id", "size"], [1, "=2*3"]):
        book.active.append(row)
    computed = re.compile(rb"<v ?/>|<v></v>")
    path = rewritten(saved(book, tmp_path), lambda xml: computed.sub(b"<v>6</v>", xml))
    assert cells(path) == [["1", "6"]]
    assert not caplog.text


def test_errors_of_formulas_are_told_and_empty(book, tmp_path, caplog):
    for row in (["id", "size"], [1, "#REF!"]):
        book.active.append(row)
    book.active["B2"].data_type = "e"
    assert cells(saved(book, tmp_path)) == [["1", ""]]
    assert "holds the error #REF!" in caplog.text


def test_escaped_characters_are_characters(book, tmp_path):
    for row in (["id"], ["a_x000D_b"], ["_x0041_"]):
        book.active.append(row)
    assert cells(saved(book, tmp_path)) == [["a\rb"], ["A"]]


def test_a_wrong_size_of_the_sheet_hides_nothing(book, tmp_path):
    for row in (["id", "title"], [1, "x"], [2, "y"]):
        book.active.append(row)
    path = rewritten(saved(book, tmp_path), lambda xml: xml.replace(b'"A1:B3"', b'"A1:A1"'))
    assert cells(path) == [["1", "x"], ["2", "y"]]


def test_a_row_with_a_number_beyond_all_sheets_ends_the_sheet(book, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 1000)
    for row in (["id"], [1], [2]):
        book.active.append(row)
    path = rewritten(
        saved(book, tmp_path),
        lambda xml: xml.replace(b'<row r="3"', b'<row r="99999999999"').replace(b'"A3"', b'"A9"'),
    )
    assert cells(path) == [["1"]]


def test_strict_workbooks_are_read(book, tmp_path):
    """Saved as "Strict Open XML Spreadsheet", the same elements are in other namespaces."""
    for row in (["id", "title"], [1, "x"]):
        book.active.append(row)
    path = saved(book, tmp_path)
    old = b"http://schemas.openxmlformats.org/"
    with zipfile.ZipFile(path) as archive_:
        parts = [name for name in archive_.namelist() if name.startswith(("xl/", "_rels"))]
    for part in parts:
        rewritten(path, lambda xml: xml.replace(old, b"http://purl.oclc.org/ooxml/"), part)
    assert cells(path) == [["1", "x"]]


def test_any_damage_is_a_message(book, tmp_path):
    for number in range(50):
        book.active.append([number, f"text {number}", number / 3])
    raw = saved(book, tmp_path).read_bytes()
    path = tmp_path / "t.xlsx"
    draw = random.Random(0)
    told = 0
    for _ in range(150):
        damaged = bytearray(raw)
        for _ in range(3):
            damaged[draw.randrange(len(raw))] = draw.randrange(256)
        path.write_bytes(damaged)
        try:
            list(open_table(path).rows)
        except ConfigError as error:
            told += bool(error.mistakes)
    assert told > 100


def test_a_doctype_is_refused(book, tmp_path):
    book.active.append(["id"])
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    path = rewritten(saved(book, tmp_path), lambda xml: bomb + xml)
    with pytest.raises(ConfigError, match="has a DOCTYPE"):
        open_table(path)


def test_an_archive_that_unfolds_to_too_much_is_refused(book, tmp_path, monkeypatch):
    book.active.append(["id"])
    monkeypatch.setattr(archive, "_SMALL", 1_000_000)
    path = rewritten(saved(book, tmp_path), lambda _: b" " * 7_000_000, "xl/media/x.bin")
    with pytest.raises(ConfigError, match=r"unfolds to \d+ times its size"):
        open_table(path)
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    with pytest.raises(ConfigError, match="expected at most 1,000; give it as CSV"):
        open_table(path)
    monkeypatch.setattr(archive, "MOST_BYTES", 10**9)
    monkeypatch.setattr(archive, "MOST_RATIO", 10**9)
    monkeypatch.setattr(archive, "MOST_TEXTS", 10)
    rewritten(path, lambda _: b"<sst>" + b" " * 99 + b"</sst>", "xl/sharedStrings.xml")
    with pytest.raises(ConfigError, match="bytes of text, expected at most 10; use CSV"):
        open_table(path)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("xl/workbook.bin", r"a binary Excel workbook \(\.xlsb\)"),
        ("Index/Document.iwa", "a Numbers document"),
        ("content.xml", r"an OpenDocument spreadsheet \(\.ods\)"),
        ("word.txt", "no Excel workbook"),
    ],
)
def test_other_archives_are_told(tmp_path, part, message):
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(part, b"x")
    with pytest.raises(ConfigError, match=f"this is {message}, expected XLSX"):
        open_table(path)


@pytest.mark.parametrize("xml", [b"", b"<worksheet>", b"\0\0", b"<sheetData/>", b"<a><row r='x'/>"])
def test_damaged_sheets_are_told(book, tmp_path, xml):
    book.active.append(["id"])
    path = rewritten(saved(book, tmp_path), lambda _: xml)
    with pytest.raises(ConfigError, match="damaged|the table is empty"):
        list(open_table(path).rows)


def test_an_archive_that_is_cut_off_is_told(book, tmp_path):
    book.active.append(["id"])
    path = saved(book, tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ConfigError, match="damaged or has a password"):
        open_table(path)


def test_names_of_columns_and_references():
    assert archive.column_number("XFD") == 16_384
