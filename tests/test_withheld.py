"""What is no longer to be seen is nowhere: no file, page, title or line of an earlier run stays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pipeline
from pipeline.checking import check_exhibit

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
HUSH = "Hushtitle"
CONFIG = """\
exhibit: {id: house, title: House}
source:
  name: table
  catalogue: export.csv
  images: [pictures]
  columns: {id: Nr, title: Titel, rights: Lizenz, image: Datei, access: Zugang, sensitivity: Art}
clip: {duration_s: 1, fps: 12, long_side_px: 128}
gallery:
"""


class House:
    """A small exhibit of a public object and of one whose class changes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        (folder / "pictures").mkdir(parents=True)
        ys, xs = np.mgrid[0:48, 0:64]
        disc = ((ys - 24) ** 2 + (xs - 32) ** 2 < 18**2) * 255
        rgba = np.stack([180 + 0 * ys, 90 + ys, 60 + xs, disc], -1).astype(np.uint8)
        Image.fromarray(rgba).save(folder / "pictures" / "a.png")
        self.config = folder / "exhibit.yaml"
        self.config.write_text(CONFIG, encoding="utf-8")

    def says(self, access: str, *, warning: str = "", picture: str = "a.png") -> None:
        rows = [
            "Nr;Titel;Lizenz;Datei;Zugang;Art",
            f"a1;Harbour;{CC0};a.png;public;",
            f"b2;{HUSH};{CC0};{picture};{access};{warning}",
        ]
        (self.folder / "export.csv").write_text("\n".join(rows), encoding="utf-8")

    def render(self, **how: object) -> pipeline.Outcome:
        return pipeline.render(self.config, self.out, jobs=0, **how)  # type: ignore[arg-type]

    def telling(self) -> list[str]:
        """Files, but for the store, that hold the title or are called after the object."""
        shown = [path for path in self.out.rglob("*") if ".store" not in path.parts]
        return sorted(
            path.relative_to(self.out).as_posix()
            for path in shown
            if path.is_file() and (HUSH.encode() in path.read_bytes() or "b2" in str(path))
        )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "exhibit")


def test_what_becomes_secret_is_taken_away(house: House):
    house.says("public")
    house.render()
    assert len(house.telling()) > 6
    house.says("secret")
    house.render(only=["a1"])
    assert house.telling() == []


def test_a_gallery_that_is_no_longer_asked_for_shows_nothing(house: House):
    house.says("public")
    house.render()
    house.says("secret")
    house.config.write_text(CONFIG.replace("gallery:\n", ""), encoding="utf-8")
    house.render()
    assert house.telling() == []
    assert not list((house.out / "house").rglob("*.html"))


def test_what_a_run_left_that_was_killed_is_taken_away_and_no_foreign_file(house: House):
    house.says("public")
    folder = house.render().folder
    (folder / "exhibit.json").unlink()
    kept = next(path for path in (folder / "objects").iterdir() if "b2" in path.name)
    (kept / "letter.txt").write_text("ours", encoding="utf-8")
    (kept / ".clip.mp4.0123abcd").write_bytes(b"draft")
    house.says("secret")
    house.render()
    assert [Path(name).name for name in house.telling()] == ["letter.txt"]


@pytest.mark.parametrize("picture", [f"../{HUSH}.png", f"{HUSH}.png"])
def test_names_of_pictures_tell_nothing_of_it(house: House, picture: str):
    house.says("public", picture=picture)
    assert HUSH in check_exhibit(house.config).model_dump_json()
    house.says("secret", picture=picture)
    checked = check_exhibit(house.config)
    assert HUSH not in checked.model_dump_json() + checked.as_text()
    assert [remark.place for remark in checked.remarks if remark.id == "b2"] == ["export.csv:3"]
    house.render(only=["a1"])
    assert house.telling() == []


@pytest.mark.parametrize("name", ["B2", " b 2", "\uff42\uff12"])
def test_a_consent_whose_id_is_not_exact_is_a_mistake(house: House, name: str):
    house.says("public")
    paper = f'rights: {{consents: {{"{name}": {{document: none, scope: [preview]}}}}}}\n'
    house.config.write_text(CONFIG + paper, encoding="utf-8")
    with pytest.raises(pipeline.ConfigError, match=r"exhibit\.yaml:9:\d+: .*writes this id 'b2'"):
        check_exhibit(house.config)
    house.config.write_text(CONFIG + paper.replace(name, "c3"), encoding="utf-8")
    check_exhibit(house.config)


def test_the_consent_that_is_shown_is_the_one_that_holds(tmp_path: Path):
    house = House(tmp_path)
    house.says("internal")
    paper = 'rights: {consents: {"b2": {document: letter 7, scope: [derivative_video]}}}\n'
    house.config.write_text(CONFIG + paper, encoding="utf-8")
    outcome = house.render()
    inner = next(entry for entry in outcome.exhibit.entries if entry.id == "b2")
    assert inner.item.care.consent is not None
    assert inner.item.care.consent.document == "letter 7"
    assert outcome.gallery is not None
    assert "letter 7" in (outcome.gallery.parent / "b2.html").read_text("utf-8")
