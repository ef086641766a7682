"""CSV of any country is read row by row; a bad row is told and the others are read."""

from __future__ import annotations

import logging
import tracemalloc

import pytest

from pipeline.errors import ConfigError
from pipeline.tables import separated
from pipeline.tables.reading import open_table
from pipeline.tables.rows import Layout, harmless


def table(tmp_path, text, layout=None, encoding="utf-8"):
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return open_table(path, layout or Layout())


def cells(tmp_path, text, **given):
    return [row.cells for row in table(tmp_path, text, **given).rows]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(tmp_path, mark, end):
    lines = [["id", "title", "size"], ["1", 'A "b"', "30,5; 2"], ["2", "two\nlines", "x"]]
    text = end.join(
        mark.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines
    )
    found = table(tmp_path, text)
    assert found.columns == lines[0]
    rows = list(found.rows)
    assert [row.cells for row in rows] == lines[1:]
    assert [row.line for row in rows] == [2, 3]
    assert not any(row.problem for row in rows)


def test_decimal_commas_do_not_hide_the_semicolon(tmp_path):
    text = "nr;h;w\n" + "".join(f"{i};{i},5;{i},25\n" for i in range(30))
    assert table(tmp_path, text).columns == ["nr", "h", "w"]


def test_commas_in_texts_do_not_hide_the_tab(tmp_path):
    text = "nr\ttitle, long\n" + "".join(f"{i}\ta, b, c, {i}\n" for i in range(9))
    assert table(tmp_path, text).columns == ["nr", "title, long"]


def test_excel_says_its_separator(tmp_path):
    found = table(tmp_path, "sep=;\nid;a,b\n1;2,3\n")
    assert found.columns == ["id", "a,b"]
    assert [(row.line, row.cells) for row in found.rows] == [(3, ["1", "2,3"])]


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"]
)
def test_encodings_of_unicode(tmp_path, encoding):
    rows = "".join(f"{i},青花瓷瓶与山水图卷\n" for i in range(20))
    assert cells(tmp_path, "编号,题名\n" + rows, encoding=encoding)[19] == [
        "19",
        "青花瓷瓶与山水图卷",
    ]


def test_a_guessed_encoding_is_told_and_a_named_one_is_not(tmp_path, caplog):
    text = "Nr;Maße\n1;Größe\n"
    assert cells(tmp_path, text, encoding="cp1252") == [["1", "Größe"]]
    assert "was read as Windows-1252" in caplog.text
    caplog.clear()
    layout = Layout(encoding="cp850")
    assert cells(tmp_path, text, encoding="cp850", layout=layout) == [["1", "Größe"]]
    assert not caplog.text


def test_the_byte_that_is_not_utf8_may_come_after_megabytes(tmp_path, caplog):
    plain = b"".join(b"%d;plain text of some length here\n" % i for i in range(80_000))
    found = cells(tmp_path, b"id;t\n" + plain + "x;Größe ä ö\n".encode("cp1252"))
    assert found[-1] == ["x", "Größe ä ö"]
    assert "Windows-1252" in caplog.text


def test_one_bad_row_in_utf8_is_told_and_the_others_are_read(tmp_path, caplog):
    good = "".join(f"{i};Größe und Maße, süß\n" for i in range(30)).encode()
    rows = list(table(tmp_path, b"id;t\n" + good + b"x;Gr\xf6\xdfe\n" + b"y;Ma\xc3\x9f\n").rows)
    assert rows[30].problem.startswith("its cell 2 has a byte 0xF6 that is not UTF-8: 'Gr??e'")
    assert (rows[30].line, rows[30].cells[0]) == (32, "x")
    assert rows[31] == (33, ["y", "Maß"], "")
    assert not caplog.text


def test_a_forgotten_quote_costs_its_own_row(tmp_path):
    lines = ["id,title,date", '1,"Forgotten,1900']
    lines += [f'{i},"Quoted ""{i}""",1901' for i in range(2, 5000)]
    rows = list(table(tmp_path, "\n".join(lines) + "\n").rows)
    assert len(rows) == 4999
    assert rows[0].line == 2
    assert rows[0].cells[0] == "1"
    assert "quote" in rows[0].problem
    assert [row.cells[1] for row in rows[1:]] == [f'Quoted "{i}"' for i in range(2, 5000)]
    assert not any(row.problem for row in rows[1:])
    assert [row.line for row in rows] == list(range(2, 5001))


def test_a_forgotten_quote_without_another_swallows_nothing(tmp_path):
    lines = ["id;title", '1;"Forgotten', *(f"{i};t" for i in range(2, 60_000))]
    rows = list(table(tmp_path, "\n".join(lines)).rows)
    assert len(rows) == 59_999
    assert [row.line for row in rows if row.problem] == [2]


def test_a_forgotten_quote_that_meets_an_inch_mark_is_found(tmp_path):
    lines = ["id,title,medium,size,place,note", '1,"Forgotten,oil,3,x,y']
    lines += [f"{i},T,oil,3,x,y" for i in range(2, 9)]
    lines += ['9,T,oil,3",x,y', "10,T,oil,3,x,y"]
    rows = list(table(tmp_path, "\n".join(lines)).rows)
    assert [row.line for row in rows if row.problem] == [2]
    assert [row.cells[0] for row in rows] == [str(i) for i in range(1, 11)]
    assert rows[8].cells[3] == '3"'


def test_texts_of_several_lines_are_no_forgotten_quotes(tmp_path):
    text = "id,description\n" + "".join(f'{i},"a, b\nc, d\ne, f\ng, h\ni"\n' for i in range(9))
    rows = list(table(tmp_path, text).rows)
    assert not any(row.problem for row in rows)
    assert [row.line for row in rows] == list(range(2, 47, 5))


def test_quotes_inside_unquoted_cells_are_plain(tmp_path):
    assert cells(tmp_path, 'id,size\n1,12" x 14"\n') == [["1", '12" x 14"']]


def test_text_after_a_quote_is_told(tmp_path):
    rows = list(table(tmp_path, 'id,t\n1,"Untitled" (blue)\n2,x\n').rows)
    assert "found text after a closing quote" in rows[0].problem
    assert rows[1].cells == ["2", "x"]


def test_where_quotes_are_plain_the_config_can_say_so(tmp_path):
    found = cells(tmp_path, 'id\tt\n1\t"Untitled" (blue)\n', layout=Layout(quotes=False))
    assert found == [["1", '"Untitled" (blue)']]


def test_more_forgotten_quotes_than_rows_is_a_mistake_of_the_table(tmp_path):
    text = "id,t\n" + '1,"a" b\n' * (separated.MOST_REPAIRS + 1)
    with pytest.raises(
        ConfigError, match=r"t\.csv:2:1: more than 1,000 rows .*source.quotes: false"
    ):
        list(table(tmp_path, text).rows)


def test_rows_of_another_length_are_told_with_their_line(tmp_path):
    rows = list(table(tmp_path, "a,b,c\n1,2\n\n1,2,3,4\n1,2,3,,,\n , ,\n1,2,3\n").rows)
    assert [row.line for row in rows] == [2, 4, 5, 7]
    assert rows[0].problem.startswith("found 2 cells, expected 3")
    assert rows[1].problem.startswith("found 4 cells, expected 3")
    assert not rows[2].problem
    assert not rows[3].problem


def test_rows_that_end_early_can_be_allowed(tmp_path):
    assert cells(tmp_path, "a,b,c\n1,2\n", layout=Layout(ragged=True)) == [["1", "2", ""]]


def test_header_in_another_row(tmp_path):
    text = "Export of the museum\n2020-01-01\n\nid,title\n1,x\n"
    layout = Layout(separator=",", header_row=4)
    assert table(tmp_path, text, layout).columns == ["id", "title"]
    with pytest.raises(ConfigError, match=r":3:1: the row 3 is empty, expected the names"):
        table(tmp_path, text, Layout(separator=",", header_row=3))


def test_names_of_columns_are_each_given_once(tmp_path, caplog):
    found = table(tmp_path, "a, a ,a (2),,b\n1,2,3,4,5\n")
    assert found.columns == ["a", "a (3)", "a (2)", "column 4", "b"]
    assert "the later ones are called a (3)" in caplog.text


def test_thousands_of_columns(tmp_path):
    names = [f"c{i}" for i in range(5000)]
    assert table(tmp_path, ",".join(names) + "\n").columns == names
    with pytest.raises(ConfigError, match="expected at most 16,384"):
        table(tmp_path, ",".join(f"c{i}" for i in range(16_385)) + "\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the table is empty"),
        (b"\n , ,\n", "the table is empty"),
        (b"\xef\xbb\xbf", "the table is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"\(\.xls\), or one with a password"),
        (b"%PDF-1.7", "this is no table"),
        (b"PK\x03\x04 nothing", "damaged or has a password"),
        (b"x" * (separated.MOST_LINE + 1), "a line has more than 4,000,000 characters"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, message):
    with pytest.raises(ConfigError, match=message):
        table(tmp_path, content)


def test_no_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="there is no such file"):
        open_table(tmp_path / "none.csv")
    with pytest.raises(ConfigError, match="this is not a file"):
        open_table(tmp_path)


def test_a_cell_that_is_too_long_is_told(tmp_path):
    text = f"id,t\n1,{'x' * 100_001}\n2,{'y' * 131_073}\n3,z\n"
    rows = list(table(tmp_path, text).rows)
    assert "its cell 2 has 100,001 characters" in rows[0].problem
    assert rows[1].problem
    assert rows[2].cells == ["3", "z"]


def test_a_row_that_never_ends_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(separated, "MOST_ROW", 50_000)
    text = "id,t\n1," + '"\n",' * 20_000 + "\n2,x\n"
    rows = list(table(tmp_path, text).rows)
    assert rows[0].problem
    assert rows[-1].cells == ["2", "x"]


def test_memory_does_not_grow_with_rows(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("w") as file:
        file.write("id,title\n")
        for number in range(30_000):
            file.write(f'{number},"Title of the object {number}"\n')
    tracemalloc.start()
    try:
        assert sum(1 for _ in open_table(path).rows) == 30_000
        assert tracemalloc.get_traced_memory()[1] < 6_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"])
def test_harmless_text_is_no_formula(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Vase", "1963.504", "'=x", " =x"])
def test_harmless_leaves_texts_alone(text):
    assert harmless(text) == text


def test_formulas_are_text(tmp_path):
    logging.getLogger("pipeline").debug("nothing is computed")
    assert cells(tmp_path, 'id,t\n1,"=HYPERLINK(""x"")"\n') == [["1", '=HYPERLINK("x")']]
