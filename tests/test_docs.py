"""What the documents show works as it stands there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from pipeline.config import ExhibitConfig
from pipeline.yamlfile import read_yaml

ROOT = Path(__file__).parent.parent
HEAD = {
    "exhibit": "exhibit: {id: small, title: Small}\n",
    "source": "source: {name: folder, catalogue: c.csv}\n",
}


def blocks(name: str, language: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


SNIPPETS = [
    (name, number)
    for name in ("README.md", "docs/sources.md", "docs/permission.md", "docs/profiles.md")
    for number in range(len(blocks(name, "yaml")))
]


@pytest.mark.parametrize(("name", "number"), SNIPPETS)
def test_every_piece_of_a_config_is_one(name: str, number: int, tmp_path: Path):
    text = blocks(name, "yaml")[number]
    for section, line in HEAD.items():
        if not re.search(rf"^{section}:", text, re.MULTILINE):
            text = line + text
    path = tmp_path / "exhibit.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_yaml(path, ExhibitConfig).exhibit.id


def test_what_python_is_shown_says_what_is_shown():
    (text,) = blocks("docs/sources.md", "python")
    test = doctest.DocTestParser().get_doctest(text, {}, "sources", "docs/sources.md", 0)
    results = doctest.DocTestRunner().run(test)
    assert results.attempted == 3
    assert results.failed == 0
