"""The lathe engine: closed, true to a known profile, honest, and it refuses what was not turned."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import trimesh

from pipeline.engines.choose import MeshChoice, load_engine
from pipeline.engines.mesh_lathe import LatheEngine, LatheOptions
from pipeline.errors import EngineFailed
from pipeline.items import Kind, Size, Subject
from pipeline.media.mesh import glb_bytes
from pipeline.protocols import MeshArrays

SMALL = LatheOptions(faces=8_000)


def subject(**size: float) -> Subject:
    return Subject(
        kind=Kind.VESSEL, size=Size(**size), title={"en": "Jar"}, credit="c", rights_uri="r"
    )


def picture(mask: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(5).integers(0, 256, (*mask.shape, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2)


def jar(handles: int = 0) -> np.ndarray:
    """A jar as a far camera sees it, a little from above; smooth as an enlarged picture is."""
    mask = np.zeros((800, 700), np.uint8)
    rows = np.arange(150, 650)
    half = 90 + 70 * np.sin((rows - 150) / 500 * np.pi) ** 2
    for row, reach in zip(rows, half, strict=True):
        mask[row, round(350 - reach) : round(350 + reach)] = 255
    for row in (150, 650):
        cv2.ellipse(mask, (350, row), (90, 12), 0, 0, 360, 255, -1)
    for side in (1, -1)[:handles]:
        cv2.ellipse(mask, (350 + side * 140, 330), (90, 110), 0, 0, 360, 255, 18)
    return (cv2.GaussianBlur(mask, (0, 0), 1.0) / 255).astype(np.float32)


def build(mask: np.ndarray, about: Subject, options: LatheOptions = SMALL) -> MeshArrays:
    return LatheEngine(options).build(picture(mask), mask, mask, about)


def closed(mesh: MeshArrays) -> trimesh.Trimesh:
    body = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    body.merge_vertices(merge_tex=True, merge_norm=True)
    assert body.is_volume
    assert body.volume > 0
    assert len(mesh.uv) == len(mesh.observed) == len(mesh.normals) == len(mesh.vertices)
    assert 0 <= mesh.uv.min() <= mesh.uv.max() <= 1
    assert 0 <= mesh.observed.min() <= mesh.observed.max() <= 1
    assert mesh.vertices[:, 1].min() == pytest.approx(0, abs=1e-7)
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1, abs=1e-5)
    return body


@pytest.mark.parametrize("handles", [0, 1, 2])
def test_a_jar_is_hollow_and_closed(handles: int) -> None:
    mesh = build(jar(handles), subject(height_m=0.5))
    parts = closed(mesh).split(only_watertight=True)
    body = max(parts, key=lambda part: part.volume)

    assert len(parts) >= 1 + handles
    assert body.extents[1] == pytest.approx(0.5, rel=0.02)
    assert body.volume < 0.35 * body.convex_hull.volume
    assert np.abs(body.extents[0] - body.extents[2]) < 1e-5


def test_a_handle_that_few_faces_cannot_draw_is_not_lost_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    comb = (jar() * 255).astype(np.uint8)
    for row in range(200, 520, 28):
        cv2.line(comb, (440, row), (640, row), 255, 3)
    cv2.line(comb, (640, 195), (640, 515), 255, 3)
    mask = (cv2.GaussianBlur(comb, (0, 0), 1.0) / 255).astype(np.float32)
    with caplog.at_level(logging.WARNING):
        closed(build(mask, subject(height_m=0.5), LatheOptions(faces=8_000)))
    assert "too fine to be drawn" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        whole = build(mask, subject(height_m=0.5), LatheOptions())
    assert "too fine" not in caplog.text
    assert whole.vertices[:, 0].max() > 1.5 * -whole.vertices[:, 0].min()


def test_faces_look_the_way_their_normals_do() -> None:
    mesh = build(jar(), subject(height_m=0.5))
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])

    assert ((mesh.normals[mesh.faces].sum(axis=1) * across).sum(axis=1) > 0).all()


def test_front_is_seen_back_is_mirrored_inside_is_guessed() -> None:
    mesh = build(jar(), subject(height_m=0.5))
    x, y, z = mesh.vertices.T
    reach = np.hypot(x, z)
    belly = (np.abs(y - 0.25) < 0.02) & (np.abs(x) < 0.02)
    wall = reach > 0.98 * reach[belly].max()

    assert mesh.observed[belly & wall & (z > 0)].min() == 1
    assert mesh.observed[belly & wall & (z < 0)].max() == 0.5
    assert mesh.observed[belly & ~wall].max() == 0


def test_size_comes_from_height_and_diameter(caplog: pytest.LogCaptureFixture) -> None:
    plain = build(jar(), subject(height_m=0.5))
    wide = 2 * float(np.hypot(plain.vertices[:, 0], plain.vertices[:, 2]).max())

    both = build(jar(), subject(height_m=0.5, diameter_m=wide * 1.02))
    assert np.ptp(both.vertices[:, 0]) == pytest.approx(wide * 1.02, rel=1e-3)
    assert np.ptp(both.vertices[:, 1]) == pytest.approx(0.5, rel=1e-5)
    assert not caplog.records
    with caplog.at_level(logging.WARNING):
        off = build(jar(), subject(height_m=0.5, diameter_m=wide * 1.2))
    assert "the catalogue says 0.5 m high" in caplog.text
    assert np.ptp(off.vertices[:, 0]) == pytest.approx(wide, rel=1e-3)
    unknown = build(jar(), subject())
    assert np.ptp(unknown.vertices, axis=0).max() == pytest.approx(1, abs=1e-5)


def test_the_demo_vase_has_its_true_profile(root: Path) -> None:
    folder = root / "assets" / "vase"
    true = np.array(json.loads((folder / "vase_camera.json").read_text())["outer_profile_m"])
    mask = (cv2.imread(str(folder / "vase_mask.png"), 0) / np.float32(255)).astype(np.float32)
    rgb = np.zeros((*mask.shape, 3), np.uint8)
    mesh = LatheEngine(SMALL).build(rgb, mask, mask, subject(height_m=0.34))

    closed(mesh)
    outside = (mesh.observed > 0.4) & (mesh.vertices[:, 2] > 0)
    x, y, z = mesh.vertices[outside].T.astype(np.float64)
    wrong = np.abs(np.hypot(x, z) - np.interp(y, true[1:, 1], true[1:, 0])) / 0.34
    assert np.median(wrong) < 0.005
    assert np.percentile(wrong, 95) < 0.015


def test_a_statue_is_refused_in_words() -> None:
    mask = np.zeros((400, 400), np.uint8)
    points = [(200, 30), (260, 120), (350, 160), (240, 220), (300, 370), (120, 350), (160, 200)]
    cv2.fillPoly(mask, [np.array([*points, (60, 90)])], 255)
    with pytest.raises(EngineFailed, match=r"not that of a turned thing|leans by"):
        build((mask / np.float32(255)).astype(np.float32), subject())


def test_two_jars_a_cut_jar_and_none_are_refused() -> None:
    with pytest.raises(EngineFailed, match="two objects"):
        build(np.concatenate([jar(), jar()], axis=1), subject())
    with pytest.raises(EngineFailed, match="cuts the object off"):
        build(np.ascontiguousarray(jar()[:500]), subject())
    with pytest.raises(EngineFailed, match="covers 0 of"):
        build(np.zeros((90, 90), np.float32), subject())
    broken = jar()
    broken[3, 3] = np.nan
    with pytest.raises(EngineFailed, match="not numbers"):
        build(broken, subject())


def test_a_ball_has_no_mouth_and_stays_a_ball() -> None:
    mask = np.zeros((600, 600), np.uint8)
    cv2.circle(mask, (300, 300), 200, 255, -1)
    cover = (cv2.GaussianBlur(mask, (0, 0), 1.0) / 255).astype(np.float32)
    mesh = build(cover, subject(height_m=2))

    closed(mesh)
    radii = np.linalg.norm(mesh.vertices - (0, 1, 0), axis=1)
    assert np.abs(radii - 1).mean() < 0.02


def test_the_name_alone_chooses_it() -> None:
    from pydantic import TypeAdapter

    options = TypeAdapter(MeshChoice).validate_python("lathe")
    assert options == LatheOptions()
    assert isinstance(load_engine(options), LatheEngine)


def test_the_validator_finds_no_fault(tmp_path: Path, gltf_issues: Any) -> None:
    about = subject(height_m=0.5)
    path = tmp_path / "mesh.glb"
    path.write_bytes(glb_bytes(build(jar(1), about), about, size_known=True))

    (report,) = gltf_issues(path)

    assert set(report["codes"]) <= {"IMAGE_NPOT_DIMENSIONS"}


def test_same_input_same_bytes() -> None:
    about = subject(height_m=0.5)
    made = {glb_bytes(build(jar(2), about), about, size_known=True) for _ in range(2)}

    assert len(made) == 1
