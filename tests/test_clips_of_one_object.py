"""Several clips of one object, from the config to the results folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pipeline
from pipeline.checking import check_exhibit
from pipeline.media import codecs
from pipeline.survey import examine_machine, plan_exhibit

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
CATALOGUE = f"""id,image,title,description,kind,rights,credit
print,print.png,Print,,print,{CC0},Test Museum
craft,,Craft,A short text.,intangible,{CC0},Test Museum
"""
CONFIG = """
exhibit: {{id: small, title: Small}}
source: {{name: folder, catalogue: catalogue.csv, images: [.]}}
profiles:
  tall: {{width_px: 128, height_px: {height}, fps: 12, codec: hevc, caption_zone: {{bottom: 0.2}}}}
  moving: {{long_side_px: 128, fps: 10, codec: webp}}
clip: {{duration_s: 1, fps: 12, long_side_px: 128, also: [tall, moving]}}
story: {{profile: tall, engine: {{name: typographic, latin_per_s: 30, fade_s: 0.5}}, also: [photo]}}
"""


@pytest.fixture
def exhibit(tmp_path: Path) -> Path:
    folder = tmp_path / "exhibit"
    folder.mkdir()
    ys, xs = np.mgrid[0:64, 0:96]
    shades = np.stack([xs * 2, ys * 3, np.full_like(xs, 128)], axis=-1).astype(np.uint8)
    Image.fromarray(shades).save(folder / "print.png")
    (folder / "catalogue.csv").write_text(CATALOGUE, encoding="utf-8")
    (folder / "exhibit.yaml").write_text(CONFIG.format(height=224), encoding="utf-8")
    return folder / "exhibit.yaml"


def test_each_profile_has_its_clip_and_is_made_once(exhibit, tmp_path):
    out = tmp_path / "out"
    planned = {item.id: item for item in pipeline.plan(exhibit, out)}
    clips = [stage for stage, _ in planned["print"].to_do if "clip" in stage]
    assert clips == ["render_clip", "render_clip:tall", "render_clip:moving"]
    assert [stage for stage, _ in planned["craft"].to_do] == ["typeset_clip", "typeset_clip:photo"]
    assert "rendering clip (tall)" in plan_exhibit(exhibit, out).as_text()

    outcome = pipeline.render(exhibit, out, jobs=0)
    assert outcome.exit_code == 0, outcome.report["problems"]
    entry, text = outcome.exhibit.entries
    assert list(entry.variants) == ["tall", "moving"]
    assert (entry.clip.profile, entry.variants["tall"].profile) == ("photo", "tall")
    assert (entry.variants["tall"].codec, entry.variants["tall"].height_px) == ("hevc", 224)
    assert {"render_clip", "render_clip:tall", "render_clip:moving"} <= entry.provenance.keys()
    assert len({made.key for made in entry.provenance.values()}) == len(entry.provenance)
    assert (text.clip.profile, text.clip.width_px) == ("tall", 128)

    document = json.loads((outcome.folder / "exhibit.json").read_text("utf-8"))
    files = document["objects"][0]["files"]
    wanted = {"clip.mp4", "clip.tall.mp4", "clip.moving.webp", "poster.tall.webp"}
    assert wanted <= files.keys()
    assert all((outcome.folder / file["path"]).is_file() for file in files.values())
    assert (files["clip.tall.mp4"]["profile"], files["clip.tall.mp4"]["codec"]) == ("tall", "hevc")
    record = json.loads((outcome.folder / "objects/print/record.json").read_text("utf-8"))
    assert record["results"]["clip:tall"]["path"] == "clip.tall.mp4"
    assert record["provenance"]["render_clip:tall"]["params"]["profile"] == "tall"

    assert all(not item.to_do for item in pipeline.plan(exhibit, out))
    exhibit.write_text(CONFIG.format(height=226), encoding="utf-8")
    planned = {item.id: item for item in pipeline.plan(exhibit, out)}
    assert planned["print"].to_do == (("render_clip:tall", "parallax"),), "one clip, not three"
    again = pipeline.render(exhibit, out, jobs=0).report["stages"]
    assert (again["render_clip"]["made"], again["render_clip"]["reused"]) == (1, 2)

    short = CONFIG.replace("also: [tall, moving]", "also: [tall]").format(height=226)
    exhibit.write_text(short, encoding="utf-8")
    shown = pipeline.render(exhibit, out, jobs=0).folder / "objects" / "print"
    assert (shown / "clip.tall.mp4").is_file()
    assert not (shown / "clip.moving.webp").exists(), "what is not asked for is not shown"


def test_a_clip_that_cannot_be_written_fails_alone(exhibit, tmp_path, monkeypatch):
    monkeypatch.setattr(codecs, "_can_encode", lambda encoder: encoder != "libx265")
    checked = check_exhibit(exhibit)
    assert (checked.unwritable, checked.exit_code) == (1, 1)
    (remark,) = [remark for remark in checked.remarks if remark.about == "codec"]
    assert "profile tall asks for HEVC" in remark.message
    assert "`codec: h264`" in remark.message
    assert "profile tall asks for HEVC" in plan_exhibit(exhibit, tmp_path / "out").as_text()
    found = {row.name: row for row in examine_machine()}
    assert "landscape-4k" in found["HEVC (H.265), 10 bit"].found
    assert found["H.264, 8 bit"].found == "usable"

    outcome = pipeline.render(exhibit, tmp_path / "out", jobs=0)
    entry, text = outcome.exhibit.entries
    assert list(entry.variants) == ["moving"]
    assert entry.clip is not None
    assert [problem.stage for problem in entry.problems] == ["render_clip:tall"]
    assert "libx265" in entry.problems[0].message
    assert text.clip is None
    assert list(text.variants) == ["photo"]
