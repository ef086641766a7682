"""JSON of a museum's own making, with the mapping of tables; columns are paths."""

from __future__ import annotations

import json
import tracemalloc
from itertools import islice

import pytest
from pydantic import ValidationError

from pipeline.errors import ConfigError
from pipeline.items import Picture
from pipeline.sources.described import Broken, Described, Measured
from pipeline.sources.documents import Desk
from pipeline.sources.jsonlines import JsonLinesOptions, JsonLinesSource
from pipeline.sources.mapping import ColumnsMissing
from pipeline.sources.paths import general, leaves, read_path, texts_at


def source(tmp_path, columns, name="t.jsonl", **options):
    given = {"catalogue": name, "columns": columns, **options}
    return JsonLinesSource(JsonLinesOptions.model_validate(given), Desk(tmp_path, None))


def found(tmp_path, entries, columns, **options):
    lines = [entry if isinstance(entry, str) else json.dumps(entry) for entry in entries]
    (tmp_path / "t.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return list(source(tmp_path, columns, **options).found())


ENTRY = {
    "number": "1963.504",
    "title": {"en": "Vase", "de": "Vase mit Henkeln"},
    "artists": [{"name": "Unknown maker", "role": "potter"}, {"name": "Workshop"}],
    "images": [{"url": "https://x.example/1.jpg", "w": 10}, {"url": "2.jpg"}],
    "keywords": ["clay", "handles"],
    "dc.date": "about 1910",
    "size": {"h": 30.6, "w": 0, "unit": "cm"},
    "free": True,
    "old": None,
    "tags": [],
}
COLUMNS = {
    "id": "number",
    "title": {"en": "title.en", "de": "title.de"},
    "creator": {"column": "artists[*].name", "join": "; "},
    "image": "images[*].url",
    "medium": "keywords",
    "date": "dc.date",
    "height": {"column": "size.h", "unit_column": "size.unit"},
    "width": {"column": "size.w", "unit_column": "size.unit"},
    "public_domain": "free",
}


def test_every_field_comes_from_its_path_and_the_rest_is_kept(tmp_path):
    assert found(tmp_path, [ENTRY], COLUMNS) == [
        Described(
            id="1963.504",
            place="t.jsonl:1",
            title={"en": "Vase", "de": "Vase mit Henkeln"},
            creator={"en": "Unknown maker; Workshop"},
            date={"en": "about 1910"},
            medium="clay; handles",
            sizes=(Measured(axes={"height": "30.6"}, unit="cm"),),
            pictures=(Picture(url="https://x.example/1.jpg"), "2.jpg"),
            public_domain=True,
            language="en",
            extra={"artists[0].role": "potter", "images[0].w": "10"},
        )
    ]


def test_single_places_of_lists(tmp_path):
    (entry,) = found(tmp_path, [ENTRY], {"id": "number", "image": "images[1].url"})
    assert entry.pictures == ("2.jpg",)
    assert entry.extra["images[0].url"] == "https://x.example/1.jpg"


@pytest.mark.parametrize("name", ["t.json", "t.ndjson"])
def test_arrays_and_objects_with_arrays(tmp_path, name):
    (tmp_path / name).write_text(
        "\n".join(json.dumps({"id": i}) for i in (1, 2))
        if name == "t.ndjson"
        else json.dumps([{"id": 1}, {"id": 2}])
    )
    assert [e.id for e in source(tmp_path, {"id": "id"}, name).found()] == ["1", "2"]
    (tmp_path / "in.json").write_text(json.dumps({"n": 2, "data": [{"id": 1}, {"id": 2}]}))
    inside = source(tmp_path, {"id": "id"}, "in.json", list_at="data")
    assert [e.id for e in inside.found()] == ["1", "2"]


def test_entries_that_cannot_be_used_are_told_and_the_others_go_on(tmp_path):
    entries = [
        {"id": 1},
        "[1]",
        "nope",
        '{"id": "2", "id": "3"}',
        '{"id": ' + "[" * 100_000 + "]" * 100_000 + "}",
        {"id": {"a": 1, "b": 2}},
        {"x": 1},
        {"id": NAN},
        '{"id": NaN}',
        {"id": 4},
    ]
    results = found(tmp_path, entries, {"id": "id"})
    assert [r.place for r in results] == [f"t.jsonl:{i}" for i in range(1, 11)]
    broken = {r.place: r.message for r in results if isinstance(r, Broken)}
    assert [r.id for r in results if isinstance(r, Described)] == ["1", "4"]
    assert broken["t.jsonl:2"] == "found a list, expected an object {…}"
    assert "not JSON" in broken["t.jsonl:3"]
    assert "'id' twice" in broken["t.jsonl:4"]
    assert "nested more than" in broken["t.jsonl:5"]
    assert broken["t.jsonl:6"] == (
        "found an object at 'id', expected text; name one of 'id.a', 'id.b'"
    )
    assert broken["t.jsonl:7"].startswith("it has no id")
    assert broken["t.jsonl:9"].startswith("it has no id")


NAN = ""


def test_numbers_keep_their_digits(tmp_path):
    lines = ['{"id": 12345678901234567890, "n": 0.1}', '{"id": ' + "9" * 5000 + ', "n": 1e-7}']
    first, second = found(tmp_path, lines, {"id": "id"})
    assert first.id == "12345678901234567890"
    assert first.extra == {"n": "0.1"}
    assert second.id == "9" * 5000
    assert second.extra == {"n": "0.0000001"}


def test_an_entry_with_too_many_values_is_told(tmp_path):
    entries = [{"id": 1, "x": list(range(10_001))}, {"id": 2}]
    first, second = found(tmp_path, entries, {"id": "id"})
    assert first.message == "it has more than 10,000 values, expected one object"
    assert second.id == "2"


def test_paths_that_no_entry_has(tmp_path, caplog):
    entries = [{"number": 1, "artist": {"name": "x"}}]
    (entry,) = found(tmp_path, entries, {"id": "number", "creator": "artist.nam"})
    assert entry.extra == {"artist.name": "x"}
    assert (
        "source.columns.creator: found nothing at 'artist.nam'; did you mean 'artist.name'?"
        in caplog.text
    )
    with pytest.raises(ColumnsMissing, match=r"columns\.id: .* did you mean 'number'\?") as caught:
        found(tmp_path, entries, {"id": "numbr"})
    assert caught.value.at[0][0] == ("columns", "id")


@pytest.mark.parametrize("path", ["", ".", "a..b", "a[", "a[x]", "a[-1]", "a]b", "a[1", "[*"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(ValueError, match="expected a path such as artist.name"):
        read_path(path)
    with pytest.raises(ValidationError):
        JsonLinesOptions(catalogue="x", columns={"id": path})


def test_paths_are_taken_apart():
    assert read_path("images[*].sizes[0].@id") == ("images", None, "sizes", 0, "@id")
    assert general("a[0].b[12]") == "a[*].b[*]"
    entry = {"a": {"b": {"c": "1"}}, "a.b": {"d": "2"}, "e": [["x"], ["y", "z"]]}
    assert [leaf.text for leaf in texts_at(entry, read_path("a.b.c"))] == ["1"]
    assert [leaf.text for leaf in texts_at(entry, read_path("e[1][0]"))] == ["y"]
    assert [leaf.path for leaf in texts_at(entry, read_path("e"))] == [
        "e[0][0]",
        "e[1][0]",
        "e[1][1]",
    ]
    assert [leaf.path for leaf in leaves(entry)][:2] == ["a.b.c", "a.b.d"]


def test_no_json_at_all_is_refused(tmp_path):
    (tmp_path / "t.json").write_text("<xml/>")
    with pytest.raises(ConfigError):
        list(source(tmp_path, {"id": "id"}, "t.json").found())
    with pytest.raises(ConfigError, match="there is no such file or folder"):
        list(source(tmp_path, {"id": "id"}, "none.jsonl").found())


def test_the_carnegies_things(tmp_path, shared_data):
    columns = {
        "id": "accession_number",
        "title": "title",
        "creator": "creator[*].full_name",
        "image": "images[*].image_url",
        "height": {"column": "item_height", "unit": "in"},
        "width": {"column": "item_width", "unit": "in"},
    }
    path = shared_data / "catalogues" / "cmoa" / "things_200.json"
    entries = list(source(tmp_path, columns, str(path)).found())
    assert len(entries) == 200
    assert all(isinstance(entry, Described) for entry in entries)
    raw = json.loads(path.read_text("utf-8"))
    assert [e.id for e in entries] == [r["accession_number"] for r in raw]
    assert [len(e.pictures) for e in entries] == [len(r["images"] or ()) for r in raw]
    assert [bool(e.sizes) for e in entries] == [
        bool(r["item_height"] or r["item_width"]) for r in raw
    ]


def test_memory_does_not_grow_with_entries(tmp_path):
    with (tmp_path / "t.jsonl").open("w") as file:
        file.writelines(json.dumps({**ENTRY, "number": i}) + "\n" for i in range(8_000))
    entries = source(tmp_path, COLUMNS).found()
    assert sum(1 for _ in islice(entries, 7_500)) == 7_500
    tracemalloc.start()  # it makes everything ten times slower
    try:
        assert sum(1 for _ in entries) == 500
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
