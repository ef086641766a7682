"""JSON of strangers: whole, in lines, in long lists, and broken in every way."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.sources import jsonfile, jsontext
from pipeline.sources.described import Broken
from pipeline.sources.jsonfile import read_array, read_entries, read_json, read_lines

File = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> File:
    """A file of this content."""

    def make(content: str | bytes, name: str = "works.json") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def told(read: tuple[str, object]) -> tuple[str, object]:
    """An entry, or the message of a broken one."""
    place, value = read
    if isinstance(value, Broken):
        assert value.place == place
        return place, value.message
    return place, value


def mistake(path: Path, read: Callable[[Path], object]) -> tuple[int, int, str]:
    with pytest.raises(ConfigError) as caught:
        read(path)
    (only,) = caught.value.mistakes
    assert only.file == str(path)
    return only.line, only.column, only.message


# Whole documents ---------------------------------------------------------------------------------


def test_a_document_is_read_in_utf_8_and_utf_16_with_and_without_a_mark(file: File) -> None:
    data = {"title": "Vase – 花瓶", "n": [1, -2.5, True, None]}
    text = json.dumps(data, ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert read_json(file(text.encode(encoding))) == data


def test_numbers_that_are_none_are_nothing_and_numbers_too_large_stay_text(file: File) -> None:
    digits = "9" * 10_000
    text = f"[NaN, Infinity, -Infinity, 1e999, {digits}, {'9' * 40}, 0.1]"
    assert read_json(file(text)) == [None, None, None, "1e999", digits, int("9" * 40), 0.1]


def test_halves_of_characters_are_replaced_and_whole_ones_are_not(file: File) -> None:
    text = r'["\ud83d\ude00", "\ud83d", "\ude00\ud83d", "\\ud83d", "\uD83D x"]'
    assert read_json(file(text)) == ["😀", "�", "��", "\\ud83d", "� x"]
    json.dumps(read_json(file(text)), ensure_ascii=False).encode()


def test_control_characters_inside_texts_do_not_break_a_document(file: File) -> None:
    assert read_json(file('{"a": "one\ttwo\nthree\x00"}')) == {"a": "one\ttwo\nthree\x00"}


def test_a_key_that_comes_twice_must_say_the_same(file: File) -> None:
    assert read_json(file('{"a": [1], "a": [1]}')) == {"a": [1]}
    line, column, message = mistake(file('\n {"x": {"title": "A", "title": "B"}}'), read_json)
    assert (line, column) == (2, 2)
    assert message == "found the key 'title' twice with two values, expected it once"


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        ("", 1, 1, "the file is empty, expected JSON"),
        (" \n ", 1, 1, "the file is empty, expected JSON"),
        ('{\n "a": tru}', 2, 7, "expected a value"),
        ('{"a": 1,\n}', 2, 1, "expected a name in double quotes; is there a comma too many"),
        ('{"a" 1}', 1, 6, "expected a colon after the name"),
        ('{"a": 1\n"b": 2}', 2, 1, "expected a comma or the end"),
        ('{"a": "b}', 1, 7, "its closing quote is missing"),
        (r'{"a": "\q"}', 1, 8, "found a backslash that stands for nothing; double it"),
        ('{"a": 1} {"b": 2}', 1, 10, "found '{\"b\": 2}' after the end of the JSON"),
        ("<html>", 1, 1, "this is not JSON: expected a value"),
    ],
)
def test_mistakes_are_told_with_their_place(
    file: File, content: str, line: int, column: int, message: str
) -> None:
    found = mistake(file(content), read_json)
    if message.startswith("expected a name") and found[0] == 1:
        column, line = 8, 1  # Python 3.13 and later point at the comma.
        message = "there is a comma too many before the end"
    assert found[:2] == (line, column)
    assert message in found[2]


def test_bytes_that_are_no_text_are_told_with_their_place(file: File) -> None:
    line, column, message = mistake(file(b'{"a":\n "caf\xe9"}'), read_json)
    assert (line, column) == (2, 6)
    assert message == "found the byte 0xE9, which is not UTF-8; save the file again as UTF-8"
    assert "not UTF-16" in mistake(file(b'\xff\xfe"\x00\x00\xd8'), read_json)[2]


@pytest.mark.parametrize("deep", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100 + "1" + "}" * 100])
def test_what_is_nested_too_deep_is_refused(file: File, deep: str) -> None:
    assert mistake(file(deep), read_json)[2] == "nested more than 64 levels deep, expected fewer"


def test_what_is_nested_just_deep_enough_is_read(file: File) -> None:
    assert read_json(file("[" * 64 + "]" * 64))
    mistake(file("[" * 65 + "]" * 65), read_json)


def test_what_would_take_too_much_memory_is_refused(
    file: File, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = "[" + "[]," * jsontext.MOST_VALUES + "[]]"
    assert "found more than 2,000,000 values" in mistake(file(many), read_json)[2]
    monkeypatch.setattr(jsonfile, "MOST_BYTES", 8)
    message = mistake(file("[1, 2, 3]"), read_json)[2]
    assert message.startswith("the file has 9 bytes, expected at most 8; split it, or convert")
    assert mistake(tmp_path, read_json)[2] == "this is not a file, expected JSON"
    assert mistake(tmp_path / "no.json", read_json)[2] == "there is no such file, expected JSON"


# Lines -------------------------------------------------------------------------------------------


def test_lines_are_read_and_a_broken_one_is_told_and_passed(file: File) -> None:
    content = '\ufeff{"a": 1}\r\n\n\x1e{"a": 2}\n{"a": tru}\n{"a": 4}'
    assert [told(read) for read in read_lines(file(content))] == [
        ("works.json:1", {"a": 1}),
        ("works.json:3", {"a": 2}),
        (
            "works.json:4",
            "at character 7: this is not JSON: expected a value (text in double quotes, a number, "
            "a list or an object)",
        ),
        ("works.json:5", {"a": 4}),
    ]


def test_a_line_that_is_too_long_or_no_text_is_passed(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonfile, "MOST_ENTRY", 20)
    content = b'{"a": "' + b"x" * 500 + b'"}\n{"b": "\xff"}\n{"c": 3}\n'
    assert [told(read) for read in read_lines(file(content))] == [
        ("works.json:1", "found an entry of more than 20 characters, expected fewer"),
        (
            "works.json:2",
            "at character 8: found the byte 0xFF, which is not UTF-8; save the file again as UTF-8",
        ),
        ("works.json:3", {"c": 3}),
    ]


# Arrays ------------------------------------------------------------------------------------------


def test_an_array_is_read_entry_by_entry_and_broken_ones_are_passed(file: File) -> None:
    content = (
        '[{"a": "x}]"},\n{"b": tru}, {"c": [1, {"d": 2}]},nul\n,\n3, "s" , {"e": [1, 2,]}\n]\n'
    )
    reads = [told(read) for read in read_array(file(content))]
    not_json = "this is not JSON: expected a value (text in double quotes, a number, a list or an"
    assert [(place, value) for place, value in reads if not isinstance(value, str)] == [
        ("works.json:1", {"a": "x}]"}),
        ("works.json:2:13", {"c": [1, {"d": 2}]}),
        ("works.json:4", 3),
    ]
    broken = [(place, value) for place, value in reads if str(value).startswith("this is not")]
    assert [place for place, _ in broken] == ["works.json:2", "works.json:2:34", "works.json:4:10"]
    assert str(broken[0][1]).startswith(not_json)
    assert ("works.json:4:4", "s") in reads
    assert len(reads) == 7


def test_what_follows_a_lost_place_is_told_as_not_read(file: File) -> None:
    cut = [told(read) for read in read_array(file('[{"a": 1}, {"b": '))]
    assert cut[0] == ("works.json:1", {"a": 1})
    assert str(cut[1][1]).startswith("this entry or the list does not end; is the file cut off")
    assert len(cut) == 2
    gap = [told(read) for read in read_array(file('[{"a": 1} {"b": 2}]'))]
    assert gap[1][1] == "found '{\"b\": 2}]', expected a comma; what follows was not read"
    behind = [told(read) for read in read_array(file("[1]\n[2]"))]
    assert behind == [
        ("works.json:1", 1),
        ("works.json:2", "found '[2]' after the end of the list; it was left out"),
    ]
    assert list(read_array(file(" [ ] "))) == []
    for end in ("[", "[1,", "[1, ", "[1", '["a', "[tru", "[1.", '[{"a": 1}'):
        (*_, (_, last)) = read_array(file(end))
        assert isinstance(last, Broken)
        assert last.message.startswith("this entry or the list does not end")


def test_an_array_is_found_under_a_key(file: File) -> None:
    content = '{"x": {"rows": [1]}, "response": {"n": "]", "rows": [{"a": 1}, {"a": 2}], "y": 1}}'
    path = file(content)
    assert [value for _, value in read_array(path, "response.rows")] == [{"a": 1}, {"a": 2}]
    message = mistake(path, lambda path: list(read_array(path, "items")))[2]
    assert message == "found no key 'items', expected it with a list of entries"
    message = mistake(path, lambda path: list(read_array(path)))[2]
    assert message.startswith("expected a list of entries ([…]), found '{")
    message = mistake(path, lambda path: list(read_array(path, "response.n.rows")))[2]
    assert message.startswith("expected an object with the key 'rows', found '\"]\"")


def test_a_deep_entry_does_not_stop_those_after_it(file: File) -> None:
    content = "[" + "[" * 50_000 + "]" * 50_000 + ', {"ok": 1}]'
    reads = [told(read) for read in read_array(file(content))]
    assert [value for _, value in reads] == [
        "nested more than 64 levels deep, expected fewer",
        {"ok": 1},
    ]


def test_an_entry_that_is_too_long_ends_the_reading_with_a_word(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonfile, "MOST_ENTRY", 1000)
    monkeypatch.setattr(jsonfile, "_CHUNK", 100)
    reads = [told(read) for read in read_array(file(json.dumps([1, "x" * 5000, 2])))]
    assert reads[0][1] == 1
    assert "more than 1,000 characters" in str(reads[1][1])
    assert len(reads) == 2


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(_VALUES), st.sampled_from([None, 0, 3]), st.integers(1, 50), st.booleans())
def test_in_windows_of_any_size_an_array_is_what_json_says(
    tmp_path_factory: pytest.TempPathFactory,
    values: list[object],
    indent: int | None,
    chunk: int,
    ascii_only: bool,
) -> None:
    values = [v for v in values if not _is_infinite(v)]
    path = tmp_path_factory.mktemp("array") / "a.json"
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_only)
    path.write_bytes(text.encode("utf-8", "surrogatepass") if ascii_only else _utf_8(text))
    expected = json.loads(path.read_text(encoding="utf-8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonfile, "_CHUNK", chunk)
        found = [value for _, value in read_array(path)]
    assert found == expected


def _is_infinite(value: object) -> bool:
    return "Infinity" in json.dumps(value)


def _utf_8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


# Whichever it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "values"),
    [
        ('{"a": 1}\n{"a": 2}\n', "works.json", [{"a": 1}, {"a": 2}]),
        ('\n{"a": 1}', "works.json", [{"a": 1}]),
        ('{\n"a": 1}', "works.json", [{"a": 1}]),
        ('[{"a": 1},\n{"a": 2}]', "works.json", [{"a": 1}, {"a": 2}]),
        ("[1]\n[2]", "works.ndjson", [[1], [2]]),
    ],
)
def test_the_form_of_a_file_is_seen_by_its_first_line(
    file: File, content: str, name: str, values: list[object]
) -> None:
    assert [value for _, value in read_entries(file(content, name))] == values


def test_a_key_leads_into_an_answer_and_not_into_a_list(file: File) -> None:
    assert [v for _, v in read_entries(file('{"data": [1, 2]}'), "data")] == [1, 2]
    assert [v for _, v in read_entries(file("[1, 2]"), "data")] == [1, 2]


def test_a_document_of_one_long_line_is_read_whole(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonfile, "MOST_ENTRY", 100)
    data = {"a": "x" * 1000}
    assert list(read_entries(file(json.dumps(data)))) == [("works.json:1", data)]


def test_memory_does_not_grow_with_the_number_of_entries(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonfile, "_CHUNK", 10_000)
    entry = {"id": "1990.1", "title": "Bowl with a lid", "sizes": [{"h": 1.5}] * 5}
    peaks = []
    for count in (500, 5_000):
        array = file(json.dumps([entry] * count))
        lines = file("\n".join([json.dumps(entry)] * count), "works.jsonl")
        tracemalloc.start()
        assert sum(value == entry for _, value in read_array(array)) == count
        assert sum(value == entry for _, value in read_lines(lines)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
