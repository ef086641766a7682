"""Every example in the documents works as it is written."""

from __future__ import annotations

import ast
import doctest
import re
from pathlib import Path

import pytest

import pipeline
from pipeline.cli import app
from pipeline.config import load_config
from pipeline.yamlfile import read_yaml_data

ROOT = Path(__file__).parents[1]
FILES = ("README.md", "docs/sources.md", "docs/permission.md", "docs/profiles.md")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NEEDED = {
    "exhibit": "exhibit: {id: example, title: Example}\n",
    "source": "source: {name: folder, catalogue: catalogue.csv, images: [.]}\n",
}


def blocks(language: str) -> list[object]:
    """The code blocks of a language, each named by its file and line."""
    found = []
    for name in FILES:
        text = (ROOT / name).read_text("utf-8")
        for block in _BLOCK.finditer(text):
            if block[1] == language:
                line = text.count("\n", 0, block.start()) + 2
                found.append(pytest.param(block[2], id=f"{name}:{line}"))
    return found


@pytest.mark.parametrize("text", blocks("yaml"))
def test_yaml_is_a_config_or_sections_of_one(text: str, tmp_path: Path) -> None:
    path = tmp_path / "exhibit.yaml"
    path.write_text(text, encoding="utf-8")
    sections, _ = read_yaml_data(path)
    assert sections
    whole = "".join(said for name, said in _NEEDED.items() if name not in sections)
    path.write_text(whole + text, encoding="utf-8")
    config = load_config(path)
    assert set(sections) <= config.model_fields_set


@pytest.mark.parametrize("text", blocks("python"))
def test_python_runs_or_names_what_there_is(text: str) -> None:
    if ">>>" in text:
        example = doctest.DocTestParser().get_doctest(text, {}, "example", None, 0)
        assert doctest.DocTestRunner().run(example).failed == 0
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pipeline":
            assert node.attr in pipeline.__all__


def test_every_command_exists() -> None:
    known = {command.callback.__name__ for command in app.registered_commands if command.callback}
    said = set()
    for name in FILES:
        said |= set(re.findall(r"`?\bvivant ([a-z]+)\b", (ROOT / name).read_text("utf-8")))
    assert {"new", "check", "plan", "render"} <= said <= known


def test_every_dialect_is_told() -> None:
    from typing import get_args

    from pipeline.config import ExhibitConfig

    union = ExhibitConfig.model_fields["source"].annotation
    names = {one.model_fields["name"].default for one in get_args(union)}
    table = (ROOT / "docs/sources.md").read_text("utf-8").partition("## Columns")[0]
    assert names
    assert {name for name in names if f"`{name}`" not in table} == set()


def test_links_between_documents_lead_somewhere() -> None:
    for name in FILES:
        path = ROOT / name
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{name}: {target}"
