"""YAML that people write: what is refused, where, and in which words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from pipeline import yamlfile
from pipeline.errors import ConfigError
from pipeline.records import Params
from pipeline.yamlfile import read_yaml, read_yaml_data


class Classic(Params):
    name: Literal["classic"] = "classic"
    knob: float = Field(default=1, ge=0, le=30)


class Deep(Params):
    name: Literal["deep"] = "deep"
    steps: int = 3


Choice = Annotated[Classic | Deep, Field(discriminator="name")]


class Section(Params):
    duration_s: float = Field(default=6.0, gt=0, le=30)
    engine: Choice = Classic()
    fallback: tuple[Choice, ...] = ()
    maybe: Choice | None = None


class Config(Params):
    id: str
    title: str | dict[str, str] = ""
    section: Section | None = None
    more: tuple[Section, ...] = ()
    folder: Path = Path()
    kind: Literal["painting", "coin"] = "coin"
    loud: bool = False


def mistakes(tmp_path: Path, text: str | bytes, model: type[Params] = Config) -> list[str]:
    """What is wrong in ``text``, without the file's name."""
    path = tmp_path / "exhibit.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        read_yaml(path, model)
    assert all(m.file == str(path) for m in caught.value.mistakes)
    assert str(caught.value).splitlines()[0].startswith(f"{path}:")
    return [str(m).removeprefix(f"{path}:") for m in caught.value.mistakes]


def accepted(tmp_path: Path, text: str | bytes) -> Config:
    path = tmp_path / "exhibit.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_yaml(path, Config)


def test_a_good_file(tmp_path: Path) -> None:
    text = "id: '1963.504'\ntitle: {en: Head, zh: 头}\nsection:\n  engine: {name: deep, steps: 7}\n"
    config = accepted(tmp_path, text)
    assert config == Config(
        id="1963.504",
        title={"en": "Head", "zh": "头"},
        section=Section(engine=Deep(steps=7)),
    )


def test_every_mistake_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        "id: x\n"
        "section: {durtion_s: 5, engine: {name: classic, knob: 99, nob: 1}}\n"
        "more:\n"
        "  - duration_s: 99\n"
        "    maybe: {name: clasic}\n"
        "    engine: {knob: 2}\n"
        "  - duration_s: abc\n"
        "kind: cojn\n"
        "loud: perhaps\n"
    )
    assert mistakes(tmp_path, text) == [
        "2:11: section.durtion_s: this key is not known; did you mean 'duration_s'?",
        "2:55: section.engine.knob: found 99, expected at most 30",
        "2:59: section.engine.nob: this key is not known; did you mean 'knob'?",
        "4:17: more.0.duration_s: found 99, expected at most 30",
        "5:12: more.0.maybe: found clasic, expected 'classic' or 'deep'; did you mean 'classic'?",
        "6:5: more.0.engine: the key `name` is missing, expected 'classic' or 'deep'",
        "7:17: more.1.duration_s: found abc, expected a number",
        "8:7: kind: found cojn, expected 'painting' or 'coin'; did you mean 'coin'?",
        "9:7: loud: found perhaps, expected true or false",
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1969_12", "196912"),
        ("0x1F", "31"),
        ("0o17", "15"),
        ("1e3", "1000.0"),
        ("012", "12"),
        ("1.10", "1.1"),
        ("1889", "1889"),
    ],
)
def test_a_number_where_text_is_expected_must_be_quoted(
    tmp_path: Path, written: str, read: str
) -> None:
    said = f"found {written} without quotes, which YAML takes for the number {read}; "
    want = f'expected text: write "{written}" in quotes'
    assert mistakes(tmp_path, f"id: {written}\n") == [f"1:5: id: {said}{want}"]
    assert mistakes(tmp_path, f"id: x\ntitle: {written}\n") == [f"2:8: title: {said}{want}"]
    assert mistakes(tmp_path, f"id: x\ntitle: {{en: {written}}}\n") == [
        f"2:13: title.en: {said}{want}"
    ]
    assert mistakes(tmp_path, f"id: x\nfolder: {written}\n") == [f"2:9: folder: {said}{want}"]
    assert accepted(tmp_path, f"id: '{written}'\n").id == written
    assert accepted(tmp_path, f'id: "{written}"\n').id == written
    assert accepted(tmp_path, f"id: !!str {written}\n").id == written


def test_true_and_nothing_where_text_is_expected(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "id: true\n") == [
        "1:5: id: found true without quotes, which YAML takes for the truth value true; "
        'expected text: write "true" in quotes'
    ]
    assert mistakes(tmp_path, "id:\n") == ["2:1: id: found nothing, expected text"]


@pytest.mark.parametrize("text", ["no", "yes", "on", "2020-01-01", "12:30:45", "é.1", "1969-12"])
def test_what_only_old_yaml_changes_is_text(tmp_path: Path, text: str) -> None:
    assert accepted(tmp_path, f"id: {text}\n").id == text


def test_keys_are_text_as_written(tmp_path: Path) -> None:
    assert accepted(tmp_path, "id: a\ntitle: {no: Hode, 1.10: x}\n").title == {
        "no": "Hode",
        "1.10": "x",
    }


def test_only_the_branch_that_was_meant_is_heard(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "id: x\ntitle: [a]\n") == [
        "2:8: title: found a list of 1, expected text or `key: value` lines"
    ]
    assert mistakes(tmp_path, "id: x\ntitle: {en: [a]}\n") == [
        "2:13: title.en: found a list of 1, expected text"
    ]


def test_a_missing_key_is_named_where_it_should_be(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "title: x\n") == ["1:1: id: missing, and it must be there"]


def test_an_unknown_key_with_nothing_like_it_lists_what_is_known(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "id: x\nsection: {zzz: 1}\n") == [
        "2:11: section.zzz: this key is not known; known here: duration_s, engine, fallback, maybe"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: the file is empty, expected `key: value` lines"),
        ("# nothing\n", "1:1: the file is empty, expected `key: value` lines"),
        ("- a\n", "1:1: found a list, expected `key: value` lines"),
        ("just text\n", "1:1: found text, expected `key: value` lines"),
        ("id: a\nid: b\n", "2:1: found `id` twice, first in line 1"),
        ("id: a\nsection: {engine: {knob: 1, knob: 2}}\n", "2:29: found `knob` twice"),
        ("id: !!python/object:os.system x\n", "1:5: found the tag !!python/object:os.system"),
        ("!!map {id: x}\n", "1:1: found the tag !!map, expected none"),
        ("id: [\n", "2:1: this is not YAML"),
        ("id: x\nsection:\n\tengine: 1\n", "3:1: found a tab, expected spaces"),
        ("id: a: b\n", "1:6: found `: ` inside a text, expected it in quotes"),
        ("id: 'x\n", "2:1: this is not YAML"),
        ("id: &a [*a]\n", "1:9: found `*a`, but no `&a` is complete before it"),
        ("id: *b\n", "1:5: found `*b`, but no `&b` is complete before it"),
        ("id: .inf\n", "1:5: found `.inf`, expected a finite number"),
        ("id: .NaN\n", "1:5: found `.NaN`, expected a finite number"),
        ("id: a\n---\nid: b\n", "2:1: found a second document (`---`)"),
        ("id: a\x00b\n", "1:6: found the control character U+0000"),
        ('id: "\\ud83d"\n', "1:5: found half of a character"),
        ("? [a]\n: b\n", "1:3: found a list or mapping as a key"),
        ("<<: 3\n", "1:1: found `<<`, which YAML 1.2 does not know"),
        ("[" * 100_000, "1:33: nested more than 32 levels deep"),
        ("{a: " * 100_000, "nested more than 32 levels deep"),
        (b"id: a\ntitle: caf\xe9\n", "2:11: found the byte 0xE9, expected UTF-8 text"),
        (b"\xff\xfei\x00d\x00", "1:1: found the byte 0xFF, expected UTF-8 text"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_makes_a_file_unreadable(tmp_path: Path, text: str | bytes, said: str) -> None:
    found = mistakes(tmp_path, text)
    assert said in found[0], found


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert accepted(tmp_path, b"\xef\xbb\xbfid: \xe5\xa4\xb4\n").id == "头"


def bomb(levels: int, width: int) -> str:
    lines = [f"a0: &a0 [{','.join('x' * width)}]"]
    for level in range(1, levels):
        lines.append(f"a{level}: &a{level} [{','.join([f'*a{level - 1}'] * width)}]")
    return "\n".join(lines) + "\n"


def test_an_alias_bomb_goes_off_harmlessly(tmp_path: Path) -> None:
    assert "more than 64 aliases" in mistakes(tmp_path, bomb(20, 9))[0]


def test_a_bomb_of_few_aliases_is_counted_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yamlfile, "MAX_VALUES", 10_000)
    assert "more than 10,000 values" in mistakes(tmp_path, bomb(7, 9))[0]


def test_a_few_anchors_are_welcome(tmp_path: Path) -> None:
    text = "id: x\nsection: &s {duration_s: 3}\nmore: [*s, *s]\n"
    assert accepted(tmp_path, text).more == (Section(duration_s=3), Section(duration_s=3))


def test_a_mistake_behind_an_alias_is_shown_where_it_is_written(tmp_path: Path) -> None:
    text = "id: x\nsection: &s {duration_s: 99}\nmore: [*s]\n"
    assert mistakes(tmp_path, text) == [
        "2:26: section.duration_s: found 99, expected at most 30",
        "2:26: more.0.duration_s: found 99, expected at most 30",
    ]


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, said in ((tmp_path, "this is not a file"), (tmp_path / "no", "there is no such")):
        with pytest.raises(ConfigError, match=said):
            read_yaml_data(path)
    large = tmp_path / "large.yaml"
    large.write_text("id: x\n")
    monkeypatch.setattr(yamlfile, "MAX_BYTES", 3)
    with pytest.raises(ConfigError, match="has 6 bytes, expected at most 3"):
        read_yaml_data(large)


def test_positions_are_of_the_values_and_the_text_is_as_written(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a:\n  - 1_0\n  - 'q'\nb: {c: ~}\n")
    data, spots = read_yaml_data(path)
    assert data == {"a": [10, "q"], "b": {"c": None}}
    first, second = spots[("a", 0)], spots[("a", 1)]
    assert (first.line, first.column, first.text) == (2, 5, "1_0")
    assert (second.line, second.column, second.text) == (3, 5, None)
    inner = spots[("b", "c")]
    assert (inner.key_line, inner.key_column, inner.line, inner.column) == (4, 5, 4, 8)


def test_very_long_digits_stay_text(tmp_path: Path) -> None:
    assert accepted(tmp_path, f"id: {'9' * 5000}\n").id == "9" * 5000


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


@given(data=st.dictionaries(st.text(max_size=6), NESTED, min_size=1))
def test_json_is_yaml_and_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, object]
) -> None:
    path = tmp_path_factory.getbasetemp() / "json.yaml"
    path.write_text(json.dumps(data))
    assert read_yaml_data(path)[0] == data


@given(raw=st.binary(max_size=80) | st.text("ab:-[]{}&*!|>'\"#%@,? \n\t0.~", max_size=60))
def test_whatever_is_in_a_file_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes | str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    found = []
    try:
        read_yaml(path, Config)
    except ConfigError as error:
        found = [*error.mistakes, None]
    assert len(found) != 1
    assert all(m.line >= 1 and m.column >= 1 and m.message for m in found if m is not None)
