"""The whole way, from a catalogue and pictures to what a museum gets."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest
import trimesh
from PIL import Image

import pipeline
from pipeline.digests import sha256_file
from pipeline.runners.local import InlineRunner

ROOT = Path(__file__).parent.parent
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"

CONFIG = """
exhibit: {id: small, title: {en: Small, zh: 小展}}
source: {name: folder, catalogue: catalogue.csv, images: [.]}
clip: {duration_s: 1, fps: 12, long_side_px: 128}
mesh:
story: {fps: 12, long_side_px: 256}
gallery:
"""
CATALOGUE = f"""id,image,title,title_zh,description,kind,rights,credit,height_cm
disc,disc.png,Disc,圆盘,,medal,{CC0},Test Museum,4
print,print.png,Print,版画,,print,{CC0},Test Museum,
craft,,Craft,手艺,A short text of a craft.,intangible,{CC0},Test Museum,
"""


@pytest.fixture
def exhibit(tmp_path: Path) -> Path:
    """A small exhibit: a cut-out disc of known size, a print of unknown size, a text."""
    folder = tmp_path / "exhibit"
    folder.mkdir()
    ys, xs = np.mgrid[0:96, 0:96]
    inside = (ys - 48) ** 2 + (xs - 48) ** 2 < 36**2
    disc = np.zeros((96, 96, 4), np.uint8)
    disc[..., 0], disc[..., 1], disc[..., 2] = 180, 90 + ys, 60 + xs
    disc[..., 3] = inside * 255
    Image.fromarray(disc).save(folder / "disc.png")
    shades = np.stack([xs * 2, ys * 2, np.full_like(xs, 128)], axis=-1).astype(np.uint8)
    Image.fromarray(shades[:64]).save(folder / "print.png")
    (folder / "catalogue.csv").write_text(CATALOGUE, encoding="utf-8")
    (folder / "exhibit.yaml").write_text(CONFIG, encoding="utf-8")
    return folder / "exhibit.yaml"


def render(config: Path, out: Path, **options) -> pipeline.Outcome:
    return pipeline.render(config, out, **{"jobs": 0, **options})


def made(outcome: pipeline.Outcome) -> dict[str, int]:
    stages = outcome.report["stages"]
    return {name: stage["made"] for name, stage in stages.items() if stage["made"]}


def tree(folder: Path) -> dict[str, str]:
    """Every file under ``folder`` by hash; records without their times."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or path.name in {".lock", "report.json"}:
            continue
        found[name] = _without_times(path) if path.name == "record.json" else sha256_file(path)
    return found


def _without_times(path: Path) -> str:
    record = json.loads(path.read_text("utf-8"))
    for how in record["provenance"].values():
        for field in ("started", "duration_s", "peak_memory_bytes"):
            del how[field]
    return json.dumps(record, sort_keys=True)


def test_an_exhibit_is_made_whole(exhibit, tmp_path):
    outcome = render(exhibit, tmp_path / "renders")
    assert outcome.exit_code == 0, outcome.report["problems"]
    objects = tmp_path / "renders" / "small" / "objects"
    assert sorted(path.name for path in objects.iterdir()) == ["craft", "disc", "print"]

    with av.open(objects / "disc" / "clip.mp4") as clip:
        frames = sum(1 for _ in clip.decode(video=0))
    assert frames == 12
    mesh = trimesh.load(objects / "disc" / "mesh.glb").to_geometry()
    assert mesh.extents[1] == pytest.approx(0.04, abs=1e-4)
    mesh.merge_vertices(merge_tex=True, merge_norm=True)
    assert mesh.is_volume
    unsized = trimesh.load(objects / "print" / "mesh.glb").to_geometry()
    assert max(unsized.extents) == pytest.approx(1.0, abs=1e-4)
    assert (objects / "craft" / "clip.mp4").is_file()
    assert not (objects / "craft" / "mesh.glb").exists()

    document = json.loads((tmp_path / "renders" / "small" / "exhibit.json").read_text("utf-8"))
    by_id = {entry["id"]: entry for entry in document["objects"]}
    assert by_id["disc"]["files"]["mesh.glb"]["unit"] == "metre"
    assert by_id["print"]["files"]["mesh.glb"]["unit"] == "unknown"
    rights = by_id["disc"]["rights"]
    assert (rights["uri"], rights["credit"]) == (CC0, "Test Museum")
    assert by_id["disc"]["derivative_licence"] == CC0
    assert len(by_id["disc"]["uses"]) == 7
    for entry in document["objects"]:
        for file in entry["files"].values():
            path = tmp_path / "renders" / "small" / file["path"]
            assert sha256_file(path) == file["sha256"]
            assert path.stat().st_size == file["bytes"]
    assert outcome.gallery is not None
    assert outcome.gallery.is_file()


def test_a_second_run_calls_nothing(exhibit, tmp_path, monkeypatch):
    first = render(exhibit, tmp_path / "renders")
    before = tree(first.folder)
    times = {path: path.stat().st_mtime_ns for path in (first.folder / "objects").rglob("*.*")}

    def no_call(*_args):
        raise AssertionError("a stage was called")

    monkeypatch.setattr(InlineRunner, "call", no_call)
    again = render(exhibit, tmp_path / "renders")
    assert made(again) == {}
    assert sum(stage["reused"] for stage in again.report["stages"].values()) == 11
    assert tree(first.folder) == before
    after = {path: path.stat().st_mtime_ns for path in (first.folder / "objects").rglob("*.*")}
    assert after == times


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("{mesh: {engine: {name: relief, faces: 2000}}}", {"build_mesh": 1}),
        ("{clip: {duration_s: 2}}", {"render_clip": 1}),
        ("{mask: {engine: whole}}", {}),  # the museum's own cut-out stands above any engine
    ],
)
def test_a_change_remakes_what_hangs_on_it(exhibit, tmp_path, section, expected):
    render(exhibit, tmp_path / "renders")
    with exhibit.open("a", encoding="utf-8") as config:
        config.write(f"objects:\n  disc: {section}\n")
    assert made(render(exhibit, tmp_path / "renders")) == expected


def test_a_detail_is_a_matter_of_the_clip_alone(exhibit, tmp_path):
    entries = [
        f"{{kind: print, image: print.png, rights: '{CC0}', credit: M, id: print, title: P, "
        "details: [{region: 'pct:%d,10,30,30'}]}",
        f"{{kind: intangible, rights: '{CC0}', credit: M, id: craft, title: C, description: D, "
        "details: [{region: 'pct:%d,10,30,30'}]}",
    ]
    text = "items:\n" + "".join(f"  - {entry}\n" for entry in entries)
    catalogue = exhibit.with_name("catalogue.yaml")
    exhibit.write_text(CONFIG.replace("catalogue.csv", "catalogue.yaml"), encoding="utf-8")
    catalogue.write_text(text % (10, 10), encoding="utf-8")
    first = render(exhibit, tmp_path / "renders")
    assert first.exit_code == 0, first.report["problems"]
    catalogue.write_text(text % (50, 50), encoding="utf-8")
    assert made(render(exhibit, tmp_path / "renders")) == {"render_clip": 1}


def test_a_change_of_the_photograph_remakes_that_object(exhibit, tmp_path):
    render(exhibit, tmp_path / "renders")
    picture = Image.open(exhibit.parent / "print.png").rotate(90, expand=True)
    picture.save(exhibit.parent / "print.png")
    again = render(exhibit, tmp_path / "renders")
    assert made(again) == {
        "build_mesh": 1,
        "cut_mask": 1,
        "estimate_depth": 1,
        "ingest_photo": 1,
        "render_clip": 1,
    }


def test_one_bad_picture_fails_alone(exhibit, tmp_path):
    data = (exhibit.parent / "print.png").read_bytes()
    (exhibit.parent / "print.png").write_bytes(data[: len(data) // 2])
    outcome = render(exhibit, tmp_path / "renders")
    assert outcome.exit_code == 1
    (problem,) = outcome.report["problems"]
    assert problem["id"] == "print"
    assert problem["stage"] == "ingest_photo"
    assert "print.png" in problem["message"]
    names = {path.name for path in (outcome.folder / "objects" / "disc").iterdir()}
    assert {"clip.mp4", "mesh.glb"} <= names
    page = (outcome.folder / "gallery" / "index.html").read_text("utf-8")
    assert "print.png" in page or "Print" in page


FORBIDDEN = "http://rightsstatements.org/vocab/InC/1.0/"


def under(exhibit: Path, uri: str, *lines: int) -> None:
    """Put the objects in some lines of the catalogue under other rights."""
    catalogue = exhibit.parent / "catalogue.csv"
    text = catalogue.read_text("utf-8").splitlines()
    for line in lines:
        text[line] = text[line].replace(CC0, uri)
    catalogue.write_text("\n".join(text) + "\n", encoding="utf-8")


def names(outcome: pipeline.Outcome, identifier: str) -> set[str]:
    return {path.name for path in (outcome.folder / "objects" / identifier).iterdir()}


def test_what_rights_forbid_is_not_begun_but_seen(exhibit, tmp_path):
    under(exhibit, FORBIDDEN, 1)
    outcome = render(exhibit, tmp_path / "renders")
    assert outcome.exit_code == 1
    (problem,) = outcome.report["problems"]
    assert (problem["id"], problem["reason"]) == ("disc", "refused")
    assert "do not allow clips and meshes because the work is in copyright" in problem["message"]
    assert names(outcome, "disc") == {"photo.webp", "alpha.png", "record.json"}
    stages = outcome.report["stages"]
    assert {name: stage["made"] for name, stage in stages.items()} == {
        "ingest_photo": 2,
        **dict.fromkeys(("cut_mask", "estimate_depth", "render_clip", "build_mesh"), 1),
        "typeset_clip": 1,
    }
    document = json.loads((outcome.folder / "exhibit.json").read_text("utf-8"))
    (disc,) = (entry for entry in document["objects"] if entry["id"] == "disc")
    assert disc["uses"] == ["preview"]
    assert disc["derivative_licence"] == ""
    page = (outcome.folder / "gallery" / "disc.html").read_text("utf-8")
    assert "../objects/disc/photo.webp" in page
    assert "the work is in copyright" in page


def test_a_text_under_copyright_is_not_set_in_type(exhibit, tmp_path):
    under(exhibit, FORBIDDEN, 3)
    outcome = render(exhibit, tmp_path / "renders", only=["craft"])
    assert names(outcome, "craft") == {"record.json"}
    assert outcome.report["stages"] == {}


def test_where_nothing_is_allowed_the_exit_status_says_so(exhibit, tmp_path):
    under(exhibit, FORBIDDEN, 1, 2, 3)
    outcome = render(exhibit, tmp_path / "renders")
    assert outcome.exit_code == 3
    assert {p["reason"] for p in outcome.report["problems"]} == {"refused"}
    exhibit.write_text(CONFIG.replace("clip: {duration_s: 1, fps: 12, long_side_px: 128}", ""))
    still = exhibit.read_text("utf-8").replace("mesh:\n", "").replace("story:", "# story:")
    exhibit.write_text(still, encoding="utf-8")
    previews = render(exhibit, tmp_path / "renders")
    assert (previews.exit_code, previews.report["problems"]) == (0, [])


def test_a_policy_can_forbid_one_thing_and_leave_the_other(exhibit, tmp_path):
    with exhibit.open("a", encoding="utf-8") as config:
        config.write("rights: {policy: {zero: {deny: [derivative_video], reason: our board}}}\n")
    outcome = render(exhibit, tmp_path / "renders")
    assert outcome.exit_code == 1, "meshes were made, clips refused"
    assert names(outcome, "disc") >= {"mesh.glb", "mask.png"}
    assert "clip.mp4" not in names(outcome, "disc")
    assert "do not allow clips because our board" in outcome.report["problems"][0]["message"]


def test_restricted_objects_are_neither_made_nor_shown_nor_titled(exhibit, tmp_path):
    import pipeline.build
    from pipeline.items import Care, Item

    def careful(item: Item) -> Item:
        care = Care(access="restricted", reason="its sensitivity says 'sacred'")
        return item.model_copy(update={"care": care}) if item.id == "disc" else item

    read = pipeline.build.stream_catalogue

    def stream(*args):
        return (careful(entry) for entry in read(*args))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.build, "stream_catalogue", stream)
        outcome = render(exhibit, tmp_path / "renders")
        assert outcome.exit_code == 1
        document = json.loads((outcome.folder / "exhibit.json").read_text("utf-8"))
        (disc,) = (entry for entry in document["objects"] if entry["id"] == "disc")
        assert set(disc) == {"id", "withheld", "files"}
        assert "its sensitivity says 'sacred'" in disc["withheld"]
        assert not (outcome.folder / "objects" / "disc").exists()
        for path in outcome.folder.rglob("*"):
            if path.suffix in {".html", ".json", ".js"} and "assets" not in path.parts:
                text = path.read_text("utf-8")
                assert "Disc" not in text, path
                assert "圆盘" not in text, path
        assert outcome.report["stages"]["ingest_photo"]["made"] == 1

        shown = exhibit.read_text("utf-8").replace("gallery:", "gallery: {show: [restricted]}")
        exhibit.write_text(shown, encoding="utf-8")
        outcome = render(exhibit, tmp_path / "renders")
        assert outcome.exit_code == 0, outcome.report["problems"]
        assert names(outcome, "disc") >= {"clip.mp4", "mesh.glb"}
        page = (outcome.folder / "gallery" / "disc.html").read_text("utf-8")
        assert "圆盘" in page

    exhibit.write_text(CONFIG, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.build, "stream_catalogue", stream)
        again = render(exhibit, tmp_path / "renders")
        assert not (again.folder / "objects" / "disc").exists(), "what was shown is taken away"
        assert not (again.folder / "gallery" / "disc.html").exists()


CROWD = """
exhibit: {id: crowd}
source: {name: folder, catalogue: crowd.csv, images: [.]}
clip: {duration_s: 1, fps: 12, long_side_px: 128}
gallery:
"""


@pytest.fixture
def crowd(exhibit, monkeypatch):
    """A scene and a painting of the same picture, and a stand-in for the finder of faces."""
    sys.path.insert(0, str(ROOT / "tests" / "engines"))
    try:
        from tiny_yunet import write_tiny_yunet
    finally:
        sys.path.pop(0)
    from pipeline import weights
    from pipeline.weights import registry

    folder = exhibit.parent
    rgb = np.full((320, 320, 3), 120, np.uint8)
    y, x = np.mgrid[96:128, 64:96] // 8
    rgb[96:128, 64:96] = np.where(((y + x) % 2)[..., None], (250, 0, 0), (0, 0, 0))
    Image.fromarray(rgb).save(folder / "market.png")
    rows = [
        f"{kind},market.png,Title,{kind},{CC0},M" for kind in ("scene", "painting", "photograph")
    ]
    lines = ["id,image,title,kind,rights,credit", *rows, ""]
    (folder / "crowd.csv").write_text("\n".join(lines), "utf-8")
    config = folder / "crowd.yaml"
    config.write_text(CROWD, "utf-8")
    tiny = write_tiny_yunet(folder / "face_detection_yunet_2023mar.onnx")
    own = {"sha256": sha256_file(tiny), "bytes": tiny.stat().st_size}
    entry = registry()["yunet"].model_copy(update=own)
    with_tiny = {**registry(), "yunet": entry}
    monkeypatch.setattr(weights, "registry", lambda: with_tiny)
    monkeypatch.setenv("VIVANT_MODELS", str(folder))
    return config


def test_bystanders_are_blurred_before_anything_is_made(crowd, tmp_path):
    outcome = render(crowd, tmp_path / "renders")
    assert outcome.exit_code == 0, outcome.report["problems"]
    by_id = {entry.item.id: entry for entry in outcome.exhibit.entries}

    def photograph(name: str) -> int:
        """How sharp the sharpest edge of the face is."""
        path = outcome.folder / "objects" / name / "photo.webp"
        face = np.asarray(Image.open(path))[97:127, 65:95].astype(int)
        return int(np.abs(np.diff(face, axis=1)).max())

    def clip_of(name: str) -> int:
        with av.open(outcome.folder / "objects" / name / "clip.mp4") as clip:
            frames = [f.to_ndarray(format="rgb24").astype(int) for f in clip.decode(video=0)]
        return int(max(np.abs(np.diff(frame[24:64, 16:56], axis=1)).max() for frame in frames))

    scene = by_id["scene"].photo.faces
    assert (scene.checked, scene.blurred) == (True, len(scene.boxes_px))
    assert scene.boxes_px
    assert photograph("scene") < 30, "nothing of the face is left"
    assert clip_of("scene") < 40
    assert by_id["painting"].photo.faces is None
    assert photograph("painting") == 250, "painted faces stay"
    assert clip_of("painting") > 100
    assert by_id["photograph"].photo.faces.action == "note"
    assert photograph("photograph") == 250
    record = json.loads((outcome.folder / "objects" / "scene" / "record.json").read_text("utf-8"))
    assert record["results"]["photo"]["faces"]["boxes_px"] == [list(b) for b in scene.boxes_px]
    page = (outcome.folder / "gallery" / "scene.html").read_text("utf-8")
    assert "faces of bystanders, blurred" in page


def test_where_nothing_can_find_faces_the_gallery_says_so(crowd, tmp_path, monkeypatch):
    monkeypatch.delenv("VIVANT_MODELS")
    outcome = render(crowd, tmp_path / "renders", only=["scene", "painting"])
    assert {p["reason"] for p in outcome.report["problems"]} <= {"pending"}
    by_id = {entry.item.id: entry for entry in outcome.exhibit.entries}
    assert not by_id["scene"].photo.faces.checked
    for page, word in (
        ("scene", "not checked: nothing here can find faces"),
        ("index", "People not checked"),
    ):
        assert word in (outcome.folder / "gallery" / f"{page}.html").read_text("utf-8")


def test_keeping_faces_needs_a_reason(crowd, tmp_path):
    with crowd.open("a", encoding="utf-8") as file:
        file.write("objects:\n  scene: {faces: keep}\n")
    with pytest.raises(pipeline.ConfigError, match="found keep without a reason"):
        render(crowd, tmp_path / "renders")
    text = crowd.read_text("utf-8")
    reason = "{action: keep, reason: all have agreed}"
    crowd.write_text(text.replace("faces: keep", f"faces: {reason}"), encoding="utf-8")
    outcome = render(crowd, tmp_path / "renders", only=["scene"])
    page = (outcome.folder / "gallery" / "scene.html").read_text("utf-8")
    assert "not looked for: all have agreed" in page


def test_only_some_objects_can_be_worked_on(exhibit, tmp_path):
    outcome = render(exhibit, tmp_path / "renders", only=["disc"])
    assert outcome.exit_code == 0
    pending = {p["id"] for p in outcome.report["problems"] if p["reason"] == "pending"}
    assert pending == {"print", "craft"}
    whole = render(exhibit, tmp_path / "renders")
    assert "render_clip" in made(whole)
    assert len(whole.report["problems"]) == 0
    with pytest.raises(pipeline.CallError, match="no object vaze"):
        render(exhibit, tmp_path / "renders", only=["vaze"])


def test_what_is_gone_from_the_catalogue_is_gone_from_the_results(exhibit, tmp_path):
    outcome = render(exhibit, tmp_path / "renders")
    keepsake = outcome.folder / "objects" / "print" / "curator-notes.txt"
    keepsake.write_text("keep me")
    catalogue = exhibit.parent / "catalogue.csv"
    lines = [line for line in CATALOGUE.splitlines() if not line.startswith(("print", "craft"))]
    catalogue.write_text("\n".join(lines) + "\n", encoding="utf-8")
    render(exhibit, tmp_path / "renders")
    objects = outcome.folder / "objects"
    assert sorted(path.name for path in objects.iterdir()) == ["disc", "print"]
    assert [path.name for path in (objects / "print").iterdir()] == ["curator-notes.txt"]


def test_two_runs_on_one_exhibit_do_not_mix(exhibit, tmp_path):
    from filelock import FileLock

    folder = tmp_path / "renders" / "small"
    folder.mkdir(parents=True)
    with FileLock(folder / ".lock"), pytest.raises(pipeline.CallError, match="Another run"):
        render(exhibit, tmp_path / "renders")


def test_workers_make_the_same_bytes_as_one_process(exhibit, tmp_path):
    one = render(exhibit, tmp_path / "one")
    many = render(exhibit, tmp_path / "many", jobs=2)
    assert tree(one.folder) == tree(many.folder)


def command(exhibit: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli", "render", str(exhibit), "--out", str(out)]


def test_killed_at_any_moment_it_ends_with_the_same_files(exhibit, tmp_path):
    clean = render(exhibit, tmp_path / "clean", jobs=2)
    expected = tree(clean.folder)
    moments = random.Random(20261124)
    out = tmp_path / "killed"
    for _ in range(6):
        run = subprocess.Popen(
            command(exhibit, out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(moments.uniform(0.3, 4.0))
        os.kill(run.pid, signal.SIGKILL) if moments.random() < 0.5 else os.killpg(
            run.pid, signal.SIGKILL
        )
        run.wait()
        if moments.random() < 0.3:
            shutil.rmtree(out / "small", ignore_errors=True)
    done = subprocess.run(command(exhibit, out), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert tree(out / "small") == expected
    assert not any((out / ".store" / "running").iterdir())


def test_an_interrupt_stops_within_two_seconds_and_says_how_to_go_on(exhibit, tmp_path):
    text = exhibit.read_text("utf-8").replace("duration_s: 1,", "duration_s: 100,")
    exhibit.write_text(text.replace("fps: 12, long_side_px: 128", "fps: 60"), encoding="utf-8")
    out = tmp_path / "renders"
    run = subprocess.Popen(
        command(exhibit, out),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not list(out.glob(".store/running/*/*/*.mp4*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    started = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=30)
    assert time.monotonic() - started < 2
    assert run.returncode == 130
    assert "go on with: vivant render" in said
    assert "Traceback" not in said
