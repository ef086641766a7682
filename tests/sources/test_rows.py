"""Rows of tables: places, quotes, encodings, and rows that break alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline.errors import ConfigError
from pipeline.sources._rows import Row, read_rows
from pipeline.sources.described import Broken


def table(folder: Path, content: bytes | str) -> Path:
    path = folder / "works.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(folder: Path, content: bytes | str) -> list[Row | Broken]:
    return list(read_rows(table(folder, content), ("id", "title")))


def test_bom_quoted_line_breaks_and_empty_rows(tmp_path: Path) -> None:
    text = '\ufeffid,title,size\r\n1,"A ""cup"",\nwith lid",3\r\n\r\n,,\r\n2,Jar,\r\n'
    assert rows(tmp_path, text) == [
        Row("works.csv:2", {"id": "1", "title": 'A "cup",\nwith lid', "size": "3"}),
        Row("works.csv:6", {"id": "2", "title": "Jar"}),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings(tmp_path: Path, mark: str, encoding: str) -> None:
    text = f"id{mark}title\n1{mark}Schüssel 碗\n"
    assert rows(tmp_path, text.encode(encoding)) == [
        Row("works.csv:2", {"id": "1", "title": "Schüssel 碗"})
    ]


def test_a_table_that_a_spreadsheet_saved_in_its_own_encoding(tmp_path: Path) -> None:
    found = rows(tmp_path, "id,title\n1,Schüssel aus Höchst\n".encode("cp1252"))
    assert found == [Row("works.csv:2", {"id": "1", "title": "Schüssel aus Höchst"})]


def test_a_workbook_into_which_it_was_saved(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "title"], ["1", "Jar"], [2, "罐"]):
        sheet.append(row)
    book.save(tmp_path / "works.xlsx")
    assert list(read_rows(tmp_path / "works.xlsx", ("id", "title"))) == [
        Row("works.xlsx:2", {"id": "1", "title": "Jar"}),
        Row("works.xlsx:3", {"id": "2", "title": "罐"}),
    ]


def test_too_many_or_too_few_cells_cost_one_row(tmp_path: Path) -> None:
    found = rows(tmp_path, "id,title\n1,a,b\n2\n3,Jar,,\n")
    assert [type(row) for row in found] == [Broken, Broken, Row]
    assert "found 3 cells, expected 2" in found[0].message  # type: ignore[union-attr]
    assert found[2] == Row("works.csv:4", {"id": "3", "title": "Jar"})


def test_a_forgotten_quote_costs_one_row(tmp_path: Path) -> None:
    filler = "".join(f"{n},{'x' * 90}\n" for n in range(10_000, 12_000))
    found = rows(tmp_path, f'id,title\n1,Cup\n2,"Jar\n{filler}3,Bowl\n')
    broken = [row for row in found if isinstance(row, Broken)]
    assert [row.place for row in broken] == ["works.csv:3"]
    assert "quote" in broken[0].message
    good = [row for row in found if isinstance(row, Row)]
    assert len(good) == 2002
    assert good[1] == Row("works.csv:4", {"id": "10000", "title": "x" * 90})
    assert good[-1] == Row("works.csv:2004", {"id": "3", "title": "Bowl"})


@pytest.mark.parametrize(
    "text", ['id,title\n1,Cup\n2,"Jar\n3,Bowl\n', 'id,title\n1,Cup\n2,"Jar\n3,"Bowl"\n']
)
def test_a_forgotten_quote_swallows_nothing(tmp_path: Path, text: str) -> None:
    first, second, third = rows(tmp_path, text)
    assert first == Row("works.csv:2", {"id": "1", "title": "Cup"})
    assert isinstance(second, Broken)
    assert second.place == "works.csv:3"
    assert third == Row("works.csv:4", {"id": "3", "title": "Bowl"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the table is empty"),
        ("id,name\n1,a\n", "expected the columns 'title' in the first row, found: id, name"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes | str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        rows(tmp_path, content)
    assert caught.value.mistakes[0].file == str(tmp_path / "works.csv")


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        list(read_rows(tmp_path / "none.csv", ()))
    with pytest.raises(ConfigError, match="not a file"):
        list(read_rows(tmp_path, ()))
