"""GLB files as others read them: Khronos' validator, trimesh, and the bytes themselves."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.items import Kind, Size, Subject
from pipeline.media import outline, skin, solid
from pipeline.media.mesh import glb_bytes, normals, seen_share, write_glb
from pipeline.protocols import MeshArrays

SUBJECT = Subject(
    kind=Kind.VESSEL,
    size=Size(height_m=0.3),
    title={"en": "Vase", "zh": "梅瓶"},
    credit="Museum für Töpferei, 2024",
    rights_uri="http://creativecommons.org/publicdomain/zero/1.0/",
)


def tetrahedron() -> MeshArrays:
    rng = np.random.default_rng(1)
    return MeshArrays(
        vertices=np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32),
        faces=np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]),
        uv=np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32),
        observed=np.array([1, 1, 0, 0], np.float32),
        texture=rng.integers(0, 256, (32, 64, 3), dtype=np.uint8),
        roughness=0.2,
        metallic=0.1,
    )


def tree_of(data: bytes) -> dict[str, Any]:
    magic, version, total, length = struct.unpack("<4sIII", data[:16])
    assert (magic, version, total) == (b"glTF", 2, len(data))
    tree: dict[str, Any] = json.loads(data[20 : 20 + length])
    return tree


def reopened(path: Path) -> trimesh.Trimesh:
    (mesh,) = trimesh.load_scene(path).geometry.values()
    return mesh


def test_validator_has_nothing_to_say(tmp_path: Path, gltf_issues: Any) -> None:
    write_glb(tetrahedron(), SUBJECT, tmp_path / "a.glb", size_known=True)

    (report,) = gltf_issues(tmp_path / "a.glb")

    assert report["messages"] == []


def test_validator_sees_a_truncated_file(tmp_path: Path, gltf_issues: Any) -> None:
    data = glb_bytes(tetrahedron(), SUBJECT, size_known=True)
    for name, part in (("half", data[: len(data) // 2]), ("short", data[:-4]), ("stub", data[:3])):
        (tmp_path / f"{name}.glb").write_bytes(part)

    reports = gltf_issues(*sorted(tmp_path.iterdir()))

    assert [report["errors"] > 0 for report in reports] == [True, True, True]


def test_every_array_comes_back(tmp_path: Path) -> None:
    mesh = tetrahedron()
    write_glb(mesh, SUBJECT, tmp_path / "a.glb", size_known=True, quality=100)

    back = reopened(tmp_path / "a.glb")

    assert np.array_equal(back.vertices, mesh.vertices)
    assert np.array_equal(back.faces, mesh.faces)
    assert np.allclose(back.visual.uv, mesh.uv * (1, -1) + (0, 1))  # trimesh counts v from below
    assert np.array_equal(back.vertex_attributes["_OBSERVED"].ravel(), mesh.observed)
    assert back.visual.material.roughnessFactor == 0.2
    assert back.visual.material.metallicFactor == 0.1
    assert back.visual.material.doubleSided is False
    image = np.asarray(back.visual.material.baseColorTexture.convert("RGB"))
    assert np.abs(image.astype(int) - mesh.texture).mean() < 2


@pytest.mark.parametrize(("known", "word"), [(True, "catalogue"), (False, "unknown")])
def test_it_says_what_it_is(known: bool, word: str) -> None:
    asset = tree_of(glb_bytes(tetrahedron(), SUBJECT, size_known=known))["asset"]

    assert asset["generator"] == "tableau-vivant"
    assert asset["copyright"] == SUBJECT.credit
    assert asset["extras"]["size"] == word
    assert asset["extras"]["title"] == {"en": "Vase", "zh": "梅瓶"}
    assert asset["extras"]["rights"] == SUBJECT.rights_uri
    assert asset["extras"]["kind"] == "vessel"


def test_same_mesh_same_bytes() -> None:
    assert glb_bytes(tetrahedron(), SUBJECT, size_known=True) == glb_bytes(
        tetrahedron(), SUBJECT, size_known=True
    )


@pytest.mark.parametrize(("count", "component"), [(65535, 5123), (65536, 5125)])
def test_indices_are_as_wide_as_they_must_be(count: int, component: int) -> None:
    mesh = tetrahedron()
    spare = count - 4
    mesh = replace(
        mesh,
        vertices=np.concatenate([mesh.vertices, np.ones((spare, 3), np.float32)]),
        uv=np.concatenate([mesh.uv, np.zeros((spare, 2), np.float32)]),
        observed=np.concatenate([mesh.observed, np.zeros(spare, np.float32)]),
        normals=np.tile(np.array([[0, 0, 1]], np.float32), (count, 1)),
    )

    tree = tree_of(glb_bytes(mesh, SUBJECT, size_known=True))

    indices = tree["meshes"][0]["primitives"][0]["indices"]
    assert tree["accessors"][indices]["componentType"] == component


def test_normals_are_smooth_over_a_seam_and_sharp_at_an_edge() -> None:
    # Two strips that share an edge by position only, once nearly flat and once folded.
    flat = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0.1], [0, 1, 0.1]], np.float32)
    slope = np.array([[0, 1, 0.1], [1, 1, 0.1], [1, 2, 0], [0, 2, 0]], np.float32)
    fold = np.array([[0, 1, 0.1], [1, 1, 0.1], [1, 1, -1], [0, 1, -1]], np.float32)
    quad = np.array([[0, 1, 2], [0, 2, 3]])
    faces = np.concatenate([quad, quad + 4])

    smooth = normals(np.concatenate([flat, slope]), faces)
    sharp = normals(np.concatenate([flat, fold]), faces)

    assert np.allclose(smooth[3], smooth[4], atol=1e-6)
    assert smooth[3] @ (0, 0, 1) > 0.999
    assert np.allclose(sharp[4], [0, 1, 0], atol=1e-6)
    assert np.allclose(np.linalg.norm(smooth, axis=1), 1, atol=1e-6)


def test_share_of_the_surface_that_was_seen() -> None:
    mesh = tetrahedron()
    assert seen_share(replace(mesh, observed=np.ones(4))) == 1
    assert seen_share(replace(mesh, observed=np.zeros(4))) == 0
    assert 0 < seen_share(mesh) < 1


# Outlines


def disc(radius: float, size: int = 400) -> np.ndarray:
    y, x = np.mgrid[:size, :size] + 0.5 - size / 2
    return np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)


def test_rim_of_a_disc_is_round() -> None:
    """Within a fiftieth of a cell inside the outline's own blur: no stairs."""
    lattice = outline.trace(disc(150), 6.0)
    assert lattice is not None
    sheet = outline.triangulate(lattice)

    radii = np.hypot(*(sheet.points[sheet.inner :] - 200).T)

    assert np.abs(radii - 150).max() < 0.6  # a tenth of a cell
    corners = sheet.points[sheet.triangles]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = -(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2
    assert area.min() > 0
    assert area.sum() == pytest.approx(np.pi * 150**2, rel=0.01)


def test_balloon_over_a_disc_is_half_a_ball() -> None:
    lattice = outline.trace(disc(150), 4.0)
    assert lattice is not None
    sheet = outline.triangulate(lattice)

    heights = outline.inflate(lattice)

    radii = np.hypot(*(sheet.points[: sheet.inner] - 200).T)
    assert np.abs(heights - np.sqrt(np.maximum(150**2 - radii**2, 0))).mean() < 0.3
    assert heights.max() == pytest.approx(150, rel=0.005)


def test_balloon_over_a_long_bar_is_flat_along_it() -> None:
    mask = np.zeros((200, 900), np.float32)
    mask[50:150, 50:850] = 1
    lattice = outline.trace(mask, 5.0)
    assert lattice is not None

    heights = np.zeros(lattice.field.shape)
    heights[lattice.inside] = outline.inflate(lattice)

    # Of -u'' = 1 between walls 100 px apart: u = 50² / 2 in the middle.
    middle = heights[heights.shape[0] // 2]
    assert middle.max() == pytest.approx(np.sqrt(2) * 50, rel=0.01)


def test_rectangle_reaches_every_corner() -> None:
    sheet = outline.rectangle(101, 53, 7.0)

    assert sheet.points.min(axis=0).tolist() == [0, 0]
    assert sheet.points.max(axis=0).tolist() == [101, 53]
    assert len(sheet.rim) == len(set(map(tuple, sheet.rim.tolist())))


@settings(max_examples=150)
@given(
    hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24),
               elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])),
    st.floats(0.5, 3),
)  # fmt: skip
def test_any_mask_gives_a_closed_pillow_and_slab(mask: np.ndarray, cell: float) -> None:
    lattice = outline.trace(mask, cell)
    if lattice is None:
        return
    sheet = outline.triangulate(lattice)
    cover = skin.cut_out(np.full((*mask.shape, 3), 128, np.uint8), mask)
    ones = np.ones(len(sheet.points))

    for body in (
        solid.pillow(sheet, cover, ones[: sheet.inner], 2 * ones[: sheet.inner]),
        solid.slab(sheet, cover, ones, plain_walls=False),
    ):
        vertices, _ = body.standing((1, 1), None, known=True, on_wall=False)
        closed = trimesh.Trimesh(vertices, body.faces, process=False)
        closed.merge_vertices(merge_tex=True, merge_norm=True)
        assert closed.is_watertight
        assert closed.is_winding_consistent
        assert closed.volume > 0
        assert body.uv.min() >= 0
        assert body.uv.max() <= 1


# Skins


def test_no_background_shines_through() -> None:
    """Red object, green ground: no texel that the front can reach is green."""
    mask = disc(100)
    rgb = np.zeros((400, 400, 3), np.uint8)
    rgb[...] = (20, 200, 20)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.0)[..., None]
    rgb = np.rint(rgb * (1 - soft) + np.array([200, 20, 20]) * soft).astype(np.uint8)

    cover = skin.cut_out(rgb, mask)

    assert (cover.texture[..., 0].astype(int) - cover.texture[..., 1]).min() > 150


def test_middle_of_the_photograph_is_where_it_was() -> None:
    mask = disc(150)
    rgb = np.random.default_rng(3).integers(0, 256, (400, 400, 3), dtype=np.uint8)

    cover = skin.cut_out(rgb, mask)

    points = np.array([[200.5, 180.5], [150.5, 220.5]])
    height, width = cover.texture.shape[:2]
    x, y = (cover.seen(points) * (width, height)).astype(int).T
    assert np.array_equal(cover.texture[y, x], rgb[[180, 220], [200, 150]])


def test_the_back_shows_nothing_of_the_middle() -> None:
    """A black face painted in the middle changes the plate's pattern by nothing but its ground."""
    mask = disc(150)
    plain = np.full((400, 400, 3), 180, np.uint8)
    faced = plain.copy()
    cv2.circle(faced, (200, 200), 60, (0, 0, 0), -1)

    a, b = skin.cut_out(plain, mask), skin.cut_out(faced, mask)

    start = int(a.plate[0] * a.texture.shape[1])
    assert np.array_equal(a.texture[:, start:], b.texture[:, start:])


def test_large_photographs_give_textures_of_2048_at_most() -> None:
    rgb = np.zeros((3000, 5000, 3), np.uint8)

    cover = skin.uncut(rgb, (1, 2, 3))

    assert max(cover.texture.shape) <= 2048
    assert cover.seen(np.array([[0, 0], [5000, 3000]]))[0].tolist() == [0, 0]
