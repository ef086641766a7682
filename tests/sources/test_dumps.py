"""What museums' dumps have in common, and that none of their dialects falls over odd values."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.sources._dumps import Entry, json_entries, read_dump
from pipeline.sources._fields import (
    address,
    flag,
    identifier,
    leftovers,
    named,
    pictures,
    size,
    text,
    texts,
)
from pipeline.sources.cleveland import ClevelandOptions, ClevelandSource
from pipeline.sources.cmoa import CmoaOptions, CmoaSource
from pipeline.sources.described import MOST_CHARACTERS, Broken, Described
from pipeline.sources.met import MetOptions, MetSource
from pipeline.sources.moma import MomaOptions, MomaSource
from pipeline.sources.rijksmuseum import RijksmuseumOptions, RijksmuseumSource
from pipeline.sources.smithsonian import SmithsonianOptions, SmithsonianSource
from pipeline.sources.tate import TateOptions, TateSource
from tests.sources import (
    test_cleveland,
    test_cmoa,
    test_met,
    test_moma,
    test_rijksmuseum,
    test_smithsonian,
    test_tate,
)
from tests.sources.reading import desk

ONE: dict[str, Any] = {"id": 1}
TWO: dict[str, Any] = {"id": 2}


@pytest.mark.parametrize(
    ("content", "places"),
    [
        (json.dumps([ONE, TWO]), ["a.json:1", "a.json:1:13"]),
        ("[\n" + json.dumps(ONE) + ",\n" + json.dumps(TWO) + "\n]", ["a.json:2", "a.json:3"]),
        (json.dumps(ONE) + "\n" + json.dumps(TWO) + "\n", ["a.json:1", "a.json:2"]),
        (json.dumps({"data": [ONE, TWO]}), ["a.json:1", "a.json:1:22"]),
        (json.dumps({"data": [ONE, TWO]}, indent=1), ["a.json:3", "a.json:6"]),
        ("\ufeff" + json.dumps([ONE, TWO], indent=None), ["a.json:1", "a.json:1:13"]),
    ],
)
def test_json_in_all_its_forms(tmp_path: Path, content: str, places: list[str]) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    found = list(json_entries(tmp_path / "a.json", ("data",)))
    assert found == [Entry(places[0], ONE), Entry(places[1], TWO)]


def test_lines_of_which_the_first_is_broken(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"id": \n' + json.dumps(TWO) + "\n" + json.dumps(ONE) + "\n")
    first, second, third = json_entries(tmp_path / "a.json")
    assert isinstance(first, Broken)
    assert (second, third) == (Entry("a.json:2", TWO), Entry("a.json:3", ONE))


@pytest.mark.parametrize("indent", [None, 1])
def test_one_object_alone(tmp_path: Path, indent: int | None) -> None:
    (tmp_path / "a.json").write_text(json.dumps(ONE, indent=indent))
    assert list(json_entries(tmp_path / "a.json")) == [Entry("a.json:1", ONE)]


@pytest.mark.parametrize("content", ["", "  \n ", "<html>", "\x00\x01", "nothing"])
def test_what_is_no_json_is_a_mistake(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(ConfigError, match=r"a\.json"):
        list(json_entries(tmp_path / "a.json"))


def test_a_text_alone_is_no_entry(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('"text"')
    (found,) = json_entries(tmp_path / "a.json")
    assert isinstance(found, Broken)
    assert "expected an object" in found.message


def test_a_link_that_leads_out_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "outside.json").write_text(json.dumps(ONE))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text(json.dumps(TWO))
    (tmp_path / "in" / "b.json").symlink_to(tmp_path / "outside.json")
    assert list(read_dump("in", desk(tmp_path), ())) == [Entry("a.json:1", TWO)]
    assert "leads out of the folder" in caplog.text


def test_mojibake_and_control_characters_are_cleaned(tmp_path: Path) -> None:
    odd = {"title": "MusÃ©e\x00\x1b", "more": [{"wo\x07rd": "a\r\nb"}]}
    (tmp_path / "a.json").write_text(json.dumps(odd, ensure_ascii=False))
    clean = {"title": "Musée", "more": [{"word": "a\nb"}]}
    assert list(json_entries(tmp_path / "a.json")) == [Entry("a.json:1", clean)]


# Values ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("394", 394.0),
        (" 12.5 ", 12.5),
        ("12,5", "12,5"),
        ("about 3", "about 3"),
        (0, None),
        ("0.0000", None),
        ("", None),
        (None, None),
        (True, None),
        (-1, None),
        ("-1", None),
        (float("nan"), None),
        (float("inf"), None),
        ("NaN", None),
        ("1e999", None),
        ([1], None),
        ("9" * 4000, None),
    ],
)
def test_a_size_is_more_than_nothing(value: object, expected: object) -> None:
    assert size(value) == expected


def test_values_as_text() -> None:
    assert [text(v) for v in (1.0, 1.5, 10**20, True, None, [], {}, " a ")] == [
        *("1", "1.5", "100000000000000000000", "true", "", "", "", "a"),
    ]
    assert texts(["a", None, "a", {"b": 1}, 2]) == ("a", "2")
    assert [flag(v) for v in (True, "True", "1", False, "false", 0, None, "maybe", [])] == [
        *(True, True, True, False, False, False, None, None, None),
    ]


def test_names_with_roles() -> None:
    roles = ("", "artist", "Artist", "after", "attributed to", "circle of", "possibly by")
    assert [named("X", role) for role in roles] == [
        *("X", "X", "X", "after X", "attributed to X", "circle of X", "possibly by X"),
    ]
    assert named("X", "engraver") == "X (engraver)"
    assert named("", "engraver") == ""


def test_only_addresses_of_the_web_are_pictures() -> None:
    good = "https://a.example/one two.jpg"
    bad = ("javascript:alert(1)", "file:///etc/passwd", "//a.example/x", "http://", "ftp://a/b")
    assert [one.url for one in pictures(good, bad, None, [good], names=False)] == [  # type: ignore[union-attr]
        "https://a.example/one%20two.jpg"
    ]
    assert pictures("https://a.example/x?id=1", "https://a.example/b.jpg?w=1", names=True)[0] == (
        "b.jpg"
    )
    assert address(None, "ftp://a.example/", "http://a.example/") == "http://a.example/"


def test_an_id_is_the_first_that_is_seen() -> None:
    assert identifier(None, "\u200b", "\u202e99.1\n2") == "99.1 2"


def test_leftovers_keep_everything_under_its_way() -> None:
    fields = {"a": {"b": [1, {"c": "x"}]}, "used": "y", "none": None, "d": False}
    assert leftovers(fields, {"used"}) == {"a.b[0]": "1", "a.b[1].c": "x", "d": "false"}


def test_leftovers_of_one_way_are_all_kept() -> None:
    long = "n" * 300
    fields = {"a": {"b": 1}, "a.b": 2, long + "x": 3, long + "y": 4, "z": {long: long * 400}}
    left = leftovers(fields, ())
    assert list(left) == ["a.b", "a.b (2)", long, f"{long[:290]} (2)", f"z.{long[:298]}"]
    assert [one[:2] for one in left.values()] == ["1", "2", "3", "4", "nn"]
    assert len(left[f"z.{long[:298]}"]) == MOST_CHARACTERS


def test_more_leftovers_than_fit_are_counted() -> None:
    left = leftovers({str(i): [i] for i in range(2_500)}, ())
    assert len(left) == 500
    assert list(left.items())[498:] == [
        ("498[0]", "498"),
        ("…", "2,001 further values of the entry were left out"),
    ]


# Every dialect -----------------------------------------------------------------------------------

READERS: dict[str, tuple[dict[str, Any], Callable[[Path], Any]]] = {
    "tate": (
        test_tate.WORK,
        lambda base: TateSource(TateOptions(catalogue="a.jsonl"), desk(base)),
    ),
    "cmoa": (
        test_cmoa.THING,
        lambda base: CmoaSource(CmoaOptions(catalogue="a.jsonl"), desk(base)),
    ),
    "met": (
        test_met.OBJECT,
        lambda base: MetSource(MetOptions(catalogue="a.jsonl"), desk(base)),
    ),
    "moma": (
        test_moma.WORK,
        lambda base: MomaSource(MomaOptions(catalogue="a.jsonl"), desk(base)),
    ),
    "cleveland": (
        test_cleveland.WORK,
        lambda base: ClevelandSource(ClevelandOptions(catalogue="a.jsonl"), desk(base)),
    ),
    "smithsonian": (
        test_smithsonian.RECORD,
        lambda base: SmithsonianSource(SmithsonianOptions(catalogue="a.jsonl"), desk(base)),
    ),
    "rijksmuseum": (
        test_rijksmuseum.OBJECT,
        lambda base: RijksmuseumSource(RijksmuseumOptions(catalogue="a.jsonl"), desk(base)),
    ),
}
ODD: list[Any] = [
    *(None, True, 0, -1, 1e300, 10**30, "", " ", "x" * 200_000, "\u202e\u200b", "a\x00b"),
    *([], [[]], [None, 1, "a"], {}, {"": ""}, {"a": {"b": None}}, [{"url": 5}], [{"name": []}]),
    *("javascript:alert(1)", "http://[", "https://a.example/" + "y" * 5000, "<b>&#0;</b>"),
]


def spoilt(value: Any, noise: random.Random) -> Any:
    """Return ``value`` with some of what is in it replaced."""
    if noise.random() < 0.12:
        return noise.choice(ODD)
    if isinstance(value, dict):
        return {name: spoilt(one, noise) for name, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one, noise) for one in value]
    return value


@pytest.mark.parametrize("name", READERS)
def test_odd_values_break_no_dialect(tmp_path: Path, name: str) -> None:
    entry, reader = READERS[name]
    noise = random.Random(name)
    with (tmp_path / "a.jsonl").open("w") as file:
        file.writelines(json.dumps(spoilt(entry, noise)) + "\n" for _ in range(120))
    found = list(reader(tmp_path).found())
    assert len(found) > 100
    for number, one in enumerate(found, start=1):
        assert isinstance(one, Described | Broken)
        assert one.place.startswith("a.jsonl:"), number
        if isinstance(one, Described):
            assert one.id
            assert one.source_url == "" or one.source_url.startswith("http")
            assert Described.model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize("name", READERS)
def test_the_same_file_says_the_same(tmp_path: Path, name: str) -> None:
    entry, reader = READERS[name]
    (tmp_path / "a.jsonl").write_text(json.dumps(entry) + "\n")
    assert list(reader(tmp_path).found()) == list(reader(tmp_path).found())
