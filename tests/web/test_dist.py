"""What `npm run build` leaves for the package."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import pipeline
from pipeline.bundled import bundled

WEB = Path(pipeline.__file__).parent / "web"
SCRIPTS = ("gallery.js", "model-viewer.js")


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_classic(name):
    text = bundled(f"web/dist/{name}").read_text("utf-8")
    # import and export statements stand at the start of a statement; a module would have one.
    assert not re.search(r"(?:^|;|\})\s*export\s*[{*]", text)
    assert not re.search(r"(?:^|;)\s*import\s*[\w{*\"']", text)
    assert "sourceMappingURL" not in text


def test_our_own_script_and_style_name_no_address():
    for name in ("gallery.js", "gallery.css"):
        text = bundled(f"web/dist/{name}").read_text("utf-8")
        assert "http:" not in text
        assert "https:" not in text
        assert "fetch(" not in text


@pytest.mark.parametrize("weight", ["400", "700"])
@pytest.mark.parametrize(
    ("subset", "sample", "lacking"),
    [
        ("", "青花繁體龍，。Aé“", "Жđ"),
        ("-latin", "Aé—", "青Ж"),
        ("-latin-ext", "āđěńň", "青ő"),
        ("-cyrillic", "Жя", "青"),
        ("-vietnamese", "ạế", "青"),
    ],
)
def test_fonts_hold_the_letters_that_they_are_for(weight, subset, sample, lacking):
    from PIL import ImageFont

    path = bundled(f"web/dist/fonts/noto-serif-sc{subset}-{weight}.woff2")
    font = ImageFont.truetype(str(path), 40)
    tofu = bytes(font.getmask("\uffff"))
    for letter in sample:
        assert bytes(font.getmask(letter)) != tofu, letter
    for letter in lacking:
        assert bytes(font.getmask(letter)) == tofu, letter


def test_licences_of_all_that_is_bundled_travel_with_it():
    text = bundled("web/dist/LICENSES.txt").read_text("utf-8")
    for words in (
        "@google/model-viewer 4.4.0 (Apache-2.0)",
        "three 0.183",
        "lit-html",
        "gainmap-js",
        "SIL OPEN FONT LICENSE",
        "three.js authors",
        "Redistribution and use in source and binary forms",
    ):
        assert words in text, words


def test_the_viewer_bundle_is_made_of_nothing_else():
    """Every copyright notice inside the viewer is of a project whose licence is listed."""
    text = bundled("web/dist/model-viewer.js").read_text("utf-8")
    holders = set(re.findall(r"[Cc]opyright (?:\(c\) |© )?[\d–-]+ ([^*\n.]+)", text))
    assert {" ".join(holder.split()) for holder in holders} == {"Google LLC", "Three"}


def test_the_lock_file_names_no_host_and_pins_every_package():
    lock = json.loads((WEB / "package-lock.json").read_text("utf-8"))
    packages = {name: about for name, about in lock["packages"].items() if name}
    assert len(packages) > 15
    for about in packages.values():
        assert "resolved" not in about
        assert about["integrity"].startswith("sha512-")
    wanted = json.loads((WEB / "package.json").read_text("utf-8"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert {n: packages[f"node_modules/{n}"]["version"] for n in wanted} == wanted
