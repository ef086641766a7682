"""Photograph, mask and depth in, one checked GLB out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import trimesh
from pydantic import ValidationError

from pipeline.engines.mesh_relief import ReliefEngine, ReliefOptions
from pipeline.errors import EngineFailed, StageFailed
from pipeline.items import Kind, Size, Subject
from pipeline.media.pixels import write_depth, write_mask
from pipeline.protocols import MeshArrays
from pipeline.records import Depth, Mask, Photo, View
from pipeline.stages.build_mesh import MeshParams, build_mesh

ENGINE = ReliefEngine(ReliefOptions(faces=4_000))


def vase(**size: float) -> Subject:
    return Subject(
        kind=Kind.VESSEL, size=Size(**size), title={"en": "Vase"}, credit="c", rights_uri="r"
    )


@pytest.fixture
def view(tmp_path: Path) -> View:
    y, x = np.mgrid[:120, :100] + 0.5
    height = np.sqrt(np.maximum(1 - ((x - 50) / 40) ** 2 - ((y - 60) / 50) ** 2, 0))
    rgb = np.zeros((120, 100, 3), np.uint8)
    rgb[...] = (30, 60, 160)
    cv2.imwrite(str(tmp_path / "photo.png"), rgb[..., ::-1])
    write_mask((height > 0).astype(np.float32), tmp_path / "mask.png")
    write_depth(cv2.resize(height.astype(np.float32), (50, 60)), tmp_path / "depth.png")
    return View(
        photo=Photo(
            path=tmp_path / "photo.png",
            width_px=100,
            height_px=120,
            source_sha256="0",
            source_format="PNG",
            source_width_px=100,
            source_height_px=120,
        ),
        mask=Mask(path=tmp_path / "mask.png", coverage=0.5, box_px=(10, 10, 90, 110)),
        depth=Depth(path=tmp_path / "depth.png"),
    )


def test_the_record_says_what_the_file_holds(view: View, tmp_path: Path) -> None:
    mesh = build_mesh(view, vase(height_m=0.25), MeshParams(), engine=ENGINE, folder=tmp_path)

    (back,) = trimesh.load_scene(mesh.path).geometry.values()
    assert mesh.path == tmp_path / "mesh.glb"
    assert (mesh.vertices, mesh.faces) == (len(back.vertices), len(back.faces))
    assert mesh.extent == pytest.approx(back.extents, abs=1e-6)
    assert mesh.extent[1] == pytest.approx(0.25, abs=1e-4)
    assert mesh.size_known
    assert 0.4 < mesh.observed < 0.6
    assert back.visual.material.baseColorTexture.format == "JPEG"
    assert back.visual.uv.shape == (mesh.vertices, 2)
    back.merge_vertices(merge_tex=True, merge_norm=True)
    assert back.is_volume


def test_the_texture_is_the_photograph(view: View, tmp_path: Path) -> None:
    mesh = build_mesh(view, vase(), MeshParams(), engine=ENGINE, folder=tmp_path)

    (back,) = trimesh.load_scene(mesh.path).geometry.values()
    texture = np.asarray(back.visual.material.baseColorTexture.convert("RGB")).astype(int)
    assert np.abs(texture - (30, 60, 160)).max() <= 3
    assert not mesh.size_known


def test_a_flat_view_is_not_carved_by_its_depth_file(view: View, tmp_path: Path) -> None:
    about = vase().model_copy(update={"kind": Kind.PHOTOGRAPH})
    flat = view.model_copy(update={"depth": view.depth.model_copy(update={"is_flat": True})})

    carved = build_mesh(view, about, MeshParams(), engine=ENGINE, folder=tmp_path)
    board = build_mesh(flat, about, MeshParams(), engine=ENGINE, folder=tmp_path)

    assert carved.faces > 1000
    assert board.faces == 36


def test_quality_is_the_textures(view: View, tmp_path: Path) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (120, 100, 3), dtype=np.uint8)
    cv2.imwrite(str(view.photo.path), noise)
    sizes = []
    for quality in (50, 100):
        params = MeshParams(jpeg_quality=quality)
        mesh = build_mesh(view, vase(), params, engine=ENGINE, folder=tmp_path)
        sizes.append(mesh.path.stat().st_size)

    assert sizes[0] < sizes[1]
    with pytest.raises(ValidationError):
        MeshParams(jpeg_quality=101)


def test_the_validator_finds_no_fault(view: View, tmp_path: Path, gltf_issues: Any) -> None:
    mesh = build_mesh(view, vase(), MeshParams(), engine=ENGINE, folder=tmp_path)

    (report,) = gltf_issues(mesh.path)

    assert set(report["codes"]) <= {"IMAGE_NPOT_DIMENSIONS"}


def test_no_object_no_file(view: View, tmp_path: Path) -> None:
    write_mask(np.zeros((120, 100), np.float32), view.mask.path)
    with pytest.raises(EngineFailed):
        build_mesh(view, vase(), MeshParams(), engine=ENGINE, folder=tmp_path)

    assert not (tmp_path / "mesh.glb").exists()


class BrokenEngine:
    """Returns a good mesh with one thing wrong."""

    def __init__(self, **wrong: Any) -> None:
        self._wrong = wrong

    def build(self, *view: Any) -> MeshArrays:
        return replace(ENGINE.build(*view), **self._wrong)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"faces": np.zeros((0, 3), int)}, "no faces"),
        ({"faces": np.array([[0, 1, 99_999]])}, "point beyond"),
        ({"faces": np.array([[0, 1, -1]])}, "point beyond"),
        ({"uv": np.full((3, 2), np.nan)}, "not numbers"),
        ({"uv": np.zeros((3, 2))}, "texture coordinates"),
    ],
)
def test_a_broken_engine_is_caught(
    view: View, tmp_path: Path, wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(StageFailed, match=words):
        build_mesh(view, vase(), MeshParams(), engine=BrokenEngine(**wrong), folder=tmp_path)

    assert not (tmp_path / "mesh.glb").exists()
