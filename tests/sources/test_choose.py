"""Every dialect can be asked for by its name, and opened."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from pydantic import TypeAdapter

from pipeline.net.options import NetworkOptions
from pipeline.net.web import Online
from pipeline.sources.choose import (
    DIALECTS,
    DialectOptions,
    FolderOptions,
    SourceChoice,
    open_source,
)
from pipeline.sources.collection import Collection, folders_of
from pipeline.sources.table import TableOptions

NEEDED = {"table": {"columns": {"id": "Number"}}, "jsonl": {"columns": {"id": "number"}}}


def test_every_dialect_has_its_class_and_a_name_of_its_own():
    options = get_args(DialectOptions)
    assert set(DIALECTS) == set(options)
    names = [kind.model_fields["name"].default for kind in options]
    assert len(set(names)) == len(names) == 15


@pytest.mark.parametrize("kind", sorted(DIALECTS, key=lambda kind: kind.__name__))
def test_each_is_read_from_a_config_and_opened(kind, tmp_path: Path):
    name = kind.model_fields["name"].default
    place = {"folder" if "folder" in kind.model_fields else "catalogue": "."}
    written = {"name": name, **place, **NEEDED.get(name, {})}
    written = {key: value for key, value in written.items() if key in kind.model_fields}
    options = TypeAdapter(SourceChoice).validate_python(written)
    assert type(options) is kind
    source = open_source(options, tmp_path, Online(NetworkOptions(offline=True)))
    assert isinstance(source, Collection)


def test_a_source_without_a_name_is_the_houses_own():
    found = TypeAdapter(SourceChoice).validate_python({"catalogue": "c.csv"})
    assert isinstance(found, FolderOptions)


@pytest.mark.parametrize(
    ("catalogue", "folder"),
    [("a.csv", ""), ("in/a.csv", "in"), ("in", "in"), ("https://museum.example/in/a.csv", "")],
)
def test_pictures_lie_where_the_catalogue_does(catalogue, folder, tmp_path: Path):
    (tmp_path / "in").mkdir()
    options = TableOptions.model_validate({"catalogue": catalogue, "columns": {"id": "Number"}})
    assert folders_of(options, tmp_path) == [tmp_path / folder]
