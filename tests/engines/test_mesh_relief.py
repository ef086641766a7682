"""The relief engine: true size, closed, and honest about what it has not seen."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.engines.mesh_relief import ReliefEngine, ReliefOptions
from pipeline.errors import EngineFailed
from pipeline.items import Kind, Size, Subject
from pipeline.media.mesh import glb_bytes
from pipeline.protocols import MeshArrays

SMALL = ReliefOptions(faces=6_000)


def subject(kind: Kind, **size: float) -> Subject:
    return Subject(kind=kind, size=Size(**size), title={"en": "Thing"}, credit="c", rights_uri="r")


def picture(height: int, width: int) -> np.ndarray:
    noise = np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2)


def ellipse(height: int = 240, width: int = 200, fill: float = 0.8) -> np.ndarray:
    y, x = np.mgrid[:height, :width] + 0.5
    r = np.hypot((x - width / 2) / (width * fill / 2), (y - height / 2) / (height * fill / 2))
    return (r < 1).astype(np.float32)


def dome(mask: np.ndarray) -> np.ndarray:
    distance = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    return np.sqrt(distance / max(float(distance.max()), 1)).astype(np.float32)


def build(
    mask: np.ndarray,
    depth: np.ndarray,
    about: Subject,
    options: ReliefOptions = SMALL,
) -> MeshArrays:
    return ReliefEngine(options).build(picture(*mask.shape), mask, depth, about)


def closed(mesh: MeshArrays) -> trimesh.Trimesh:
    """The mesh as a solid, after asserting that it is one."""
    body = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    body.merge_vertices(merge_tex=True, merge_norm=True)
    assert body.is_watertight
    assert body.is_winding_consistent
    assert body.is_volume
    assert body.volume > 0
    assert len(mesh.uv) == len(mesh.observed) == len(mesh.vertices)
    assert mesh.uv.min() >= 0
    assert mesh.uv.max() <= 1
    assert mesh.vertices[:, 1].min() == pytest.approx(0, abs=1e-6)
    assert set(np.unique(mesh.observed)) == {0, 1}
    return body


def extent(mesh: MeshArrays) -> np.ndarray:
    return np.ptp(mesh.vertices.astype(np.float64), axis=0)


# True size


@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.SCULPTURE, Kind.COIN, Kind.RELIEF])
def test_height_and_depth_are_the_catalogues(kind: Kind) -> None:
    mask = ellipse()
    mesh = build(mask, dome(mask), subject(kind, height_m=0.306, depth_m=0.12))

    closed(mesh)
    width, height, depth = extent(mesh)
    assert height == pytest.approx(0.306, abs=1e-4)
    assert depth == pytest.approx(0.12, abs=1e-4)
    assert width == pytest.approx(0.306 * 200 / 240, rel=0.02)
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    assert low[0] == pytest.approx(-high[0], abs=1e-4)
    assert low[2] == pytest.approx(-high[2], abs=1e-4)


@pytest.mark.parametrize(("measure", "axis"), [("width_m", 0), ("height_m", 1), ("diameter_m", 1)])
def test_one_measure_is_enough(measure: str, axis: int) -> None:
    mask = ellipse()
    mesh = build(mask, dome(mask), subject(Kind.VESSEL, **{measure: 0.24}))

    assert extent(mesh)[axis] == pytest.approx(0.24, abs=1e-4)


def test_both_measures_are_kept_when_they_agree_with_the_photograph() -> None:
    mask = np.ones((100, 130), np.float32)
    mesh = build(mask, mask * 0.5, subject(Kind.PAINTING, height_m=1.0, width_m=1.31))

    assert extent(mesh) == pytest.approx([1.31, 1.0, 0.02], abs=1e-4)


def test_a_vessel_is_as_deep_and_as_wide_as_its_diameter() -> None:
    mask = ellipse()
    mesh = build(mask, dome(mask), subject(Kind.VESSEL, height_m=0.24, diameter_m=0.203))

    assert extent(mesh) == pytest.approx([0.203, 0.24, 0.203], abs=1e-4)


def test_disagreeing_measures_keep_the_height_and_say_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    mask = np.ones((100, 130), np.float32)
    with caplog.at_level(logging.INFO):
        mesh = build(mask, mask * 0.5, subject(Kind.PAINTING, height_m=1.0, width_m=0.7))

    assert extent(mesh)[:2] == pytest.approx([1.3, 1.0], abs=1e-4)
    assert "0.7 m wide" in caplog.text
    assert "1.3 m wide" in caplog.text


@pytest.mark.parametrize("kind", list(Kind))
def test_unknown_size_is_one_and_only_depth_is_no_size(kind: Kind) -> None:
    mask = ellipse()
    mesh = build(mask, dome(mask), subject(kind, depth_m=0.3))

    closed(mesh)
    assert extent(mesh).max() == pytest.approx(1, abs=1e-6)


def test_coins_in_one_photograph_each_have_the_diameter() -> None:
    mask = np.zeros((200, 700), np.float32)
    for x in (100, 300, 500):
        cv2.circle(mask, (x, 100), 60, 1, -1)
    mask[5, 5] = 1  # dust
    mesh = build(mask, mask * 0.5, subject(Kind.COIN, diameter_m=0.022))

    coins = closed(mesh).split(only_watertight=True)

    assert len(coins) == 3
    for coin in coins:
        assert coin.is_volume
        assert coin.extents[0] == pytest.approx(0.022, rel=0.02)


# Shape


def test_a_flat_work_is_a_board_of_36_faces() -> None:
    mask = np.ones((1014, 1280), np.float32)
    about = subject(Kind.PAINTING, height_m=0.737, width_m=0.921)
    mesh = build(mask, np.full_like(mask, 0.5), about)

    body = closed(mesh)
    assert len(mesh.faces) == 36
    assert extent(mesh) == pytest.approx([0.921, 0.737, 0.02], abs=1e-4)
    # The corners are rounded a little, no more.
    assert body.volume == pytest.approx(0.921 * 0.737 * 0.02, rel=0.005)
    assert mesh.vertices[:, 2].min() == 0  # it hangs on the wall


def test_a_painting_stays_flat_whatever_the_depth_engine_sees() -> None:
    mask = np.ones((100, 130), np.float32)
    depth = np.tile(np.linspace(0, 1, 130, dtype=np.float32), (100, 1))

    assert len(build(mask, depth, subject(Kind.PAINTING)).faces) == 36


def test_a_scene_keeps_its_background() -> None:
    mask = ellipse()
    mesh = build(mask, dome(mask), subject(Kind.SCENE, height_m=2.4))

    closed(mesh)
    assert extent(mesh)[:2] == pytest.approx([2.0, 2.4], abs=1e-4)
    front = mesh.vertices[mesh.observed == 1]
    corner = np.hypot(front[:, 0] + 1.0, front[:, 1]).argmin()
    centre = np.hypot(front[:, 0], front[:, 1] - 1.2).argmin()
    assert front[corner, :2] == pytest.approx([-1, 0], abs=1e-5)
    assert front[centre, 2] - front[corner, 2] > 0.1


def test_the_front_follows_the_depth() -> None:
    """A ball photographed from far away is a ball again."""
    size, radius = 300, 120
    y, x = np.mgrid[:size, :size] + 0.5 - size / 2
    height = np.sqrt(np.maximum(radius**2 - x**2 - y**2, 0))
    mask = (height > 0).astype(np.float32)
    mesh = build(mask, (height / radius).astype(np.float32), subject(Kind.SCULPTURE, height_m=2))

    closed(mesh)
    radii = np.linalg.norm(mesh.vertices - (0, 1, 0), axis=1)
    assert np.abs(radii - 1).mean() < 0.005
    assert np.abs(radii - 1).max() < 0.02


def test_normals_of_a_ball_point_outward() -> None:
    mask = ellipse(300, 300)
    mesh = build(mask, np.full_like(mask, 0.5), subject(Kind.SCULPTURE, height_m=2))

    outward = mesh.vertices - np.array([0, 1, 0])
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1, abs=1e-5)
    assert (mesh.normals * outward).sum(axis=1).min() > 0.95


@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.COIN])
def test_a_handle_stays_open(kind: Kind) -> None:
    mask = ellipse(240, 240)
    cv2.circle(mask, (190, 120), 40, 1, 12)
    cv2.circle(mask, (195, 120), 20, 0, -1)
    body = closed(build(mask, dome(mask), subject(kind)))

    # One hole: Euler's number of a torus, not of a ball.
    assert body.euler_number == 0


def test_the_back_is_round_and_not_the_front_again() -> None:
    """A nose on the front leaves the back of a sculpture without one."""
    mask = ellipse()
    depth = dome(mask) * 0.7
    cv2.circle(depth, (100, 120), 8, 1.0, -1)
    mesh = build(mask, depth, subject(Kind.SCULPTURE), ReliefOptions(faces=20_000))

    near = np.hypot(mesh.vertices[:, 0], mesh.vertices[:, 1] - np.median(mesh.vertices[:, 1]))
    ring = (near > 0.06) & (near < 0.1)
    front, back = mesh.observed == 1, mesh.observed == 0
    z = mesh.vertices[:, 2]
    nose = z[front & (near < 0.02)].mean() - z[front & ring].mean()
    behind = -(z[back & (near < 0.02)].mean() - z[back & ring].mean())
    assert nose > 0.05
    assert behind < nose / 4


@pytest.mark.parametrize("faces", [500, 3_000, 60_000])
@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.COIN, Kind.SCENE])
def test_the_budget_of_faces_is_kept_and_used(faces: int, kind: Kind) -> None:
    mask = ellipse(480, 400)
    mesh = build(mask, dome(mask), subject(kind), ReliefOptions(faces=faces))

    closed(mesh)
    assert faces * 0.6 <= len(mesh.faces) <= faces


# Hostile input


def test_an_empty_mask_is_refused_in_words() -> None:
    mask = np.zeros((50, 60), np.float32)
    with pytest.raises(EngineFailed, match="covers 0 of 3000 pixels"):
        build(mask, mask, subject(Kind.VESSEL))


def test_one_pixel_is_no_object() -> None:
    mask = np.zeros((50, 60), np.float32)
    mask[20, 20] = 1
    with pytest.raises(EngineFailed, match="in specks"):
        build(mask, mask, subject(Kind.VESSEL))


def test_lace_too_fine_for_the_budget_is_refused_in_words() -> None:
    mask = np.zeros((400, 400), np.float32)
    for at in range(0, 400 * 400, 4_357):
        cv2.circle(mask, (at % 400, at // 400), 3, 1, -1)
    cv2.circle(mask, (200, 200), 180, 1, 3)
    with pytest.raises(EngineFailed, match="too fine to be drawn with 500 faces"):
        build(mask, mask, subject(Kind.VESSEL), ReliefOptions(faces=500))


def test_values_that_are_not_numbers_are_refused() -> None:
    mask = ellipse()
    depth = dome(mask)
    depth[3, 3] = np.nan
    with pytest.raises(EngineFailed, match="not numbers"):
        build(mask, depth, subject(Kind.VESSEL))


def test_unequal_sizes_are_refused() -> None:
    mask = ellipse()
    with pytest.raises(EngineFailed, match="differ in size"):
        build(mask, dome(mask)[1:], subject(Kind.VESSEL))


@pytest.mark.parametrize("faces", [0, 10, 10_000_000])
def test_a_senseless_budget_is_refused(faces: int) -> None:
    with pytest.raises(ValidationError):
        ReliefOptions(faces=faces)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("side", [1, 2, 16])
def test_tiny_pictures(kind: Kind, side: int) -> None:
    ones = np.ones((side, side), np.float32)
    mesh = build(ones, ones, subject(kind, height_m=0.1))
    closed(mesh)
    assert extent(mesh)[1] == pytest.approx(0.1, abs=1e-6), "true height"


@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.SCULPTURE, Kind.COIN, Kind.PLAQUE])
def test_a_small_blob_in_a_small_picture(kind: Kind) -> None:
    mask = ellipse(16, 16)
    mesh = build(mask, dome(mask), subject(kind, height_m=0.1))
    closed(mesh)
    assert extent(mesh)[1] == pytest.approx(0.1, abs=1e-6), "true height"


@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.COIN])
def test_an_object_that_leaves_the_photograph(kind: Kind) -> None:
    mask = ellipse(240, 200, fill=1.3)
    mesh = build(mask, dome(mask), subject(kind, height_m=1.2))

    closed(mesh)
    assert extent(mesh)[:2] == pytest.approx([1.0, 1.2], abs=0.01)


@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.COIN])
@pytest.mark.parametrize("value", [0.0, 0.4, 1.0])
def test_depth_that_says_nothing(kind: Kind, value: float) -> None:
    mask = ellipse()
    mesh = build(mask, np.full_like(mask, value), subject(kind, height_m=0.3))

    closed(mesh)
    assert extent(mesh)[2] > 0.01


@settings(max_examples=50)
@given(
    seed=st.integers(0, 2**32 - 1),
    blur=st.floats(0.5, 8),
    kind=st.sampled_from([Kind.VESSEL, Kind.SCULPTURE, Kind.COIN, Kind.RELIEF]),
    share=st.floats(0.05, 0.95),
)
def test_random_blobs_are_closed(seed: int, blur: float, kind: Kind, share: float) -> None:
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.random((60, 70)).astype(np.float32), (0, 0), blur)
    mask = (noise > np.quantile(noise, share)).astype(np.float32)
    depth = cv2.GaussianBlur(rng.random((60, 70)).astype(np.float32), (0, 0), 3)
    mesh = build(mask, depth, subject(kind, height_m=0.2), ReliefOptions(faces=8_000))
    closed(mesh)
    assert len(mesh.faces) <= 8_000
    assert extent(mesh)[1] == pytest.approx(0.2, abs=1e-6), "true height"


# The file


@pytest.mark.parametrize("kind", list(Kind))
def test_the_validator_finds_no_fault(kind: Kind, tmp_path: Path, gltf_issues: Any) -> None:
    mask = ellipse()
    about = subject(kind, height_m=0.3)
    path = tmp_path / "mesh.glb"
    path.write_bytes(glb_bytes(build(mask, dome(mask), about), about, size_known=True))

    (report,) = gltf_issues(path)

    assert set(report["codes"]) <= {"IMAGE_NPOT_DIMENSIONS"}


@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.COIN, Kind.SCENE, Kind.PAINTING])
def test_same_input_same_bytes(kind: Kind) -> None:
    mask = ellipse()
    about = subject(kind, height_m=0.3)
    threads = cv2.getNumThreads()
    try:
        made = []
        for count in (1, 4):
            cv2.setNumThreads(count)
            made.append(glb_bytes(build(mask, dome(mask), about), about, size_known=True))
    finally:
        cv2.setNumThreads(threads)

    assert made[0] == made[1]


def test_glossy_porcelain_metal_coins_matte_canvas() -> None:
    mask = ellipse()
    vessel, coin, painting = (
        build(mask, dome(mask), subject(kind)) for kind in (Kind.VESSEL, Kind.COIN, Kind.PAINTING)
    )

    assert vessel.roughness < coin.roughness < painting.roughness
    assert vessel.metallic == painting.metallic == 0 < coin.metallic


# Real photographs


def test_a_turned_vessel_is_as_wide_as_it_is(shared_data: Path) -> None:
    folder = shared_data / "geometry" / "vessel2"
    true = json.loads((folder / "camera.json").read_text())["size_m"]
    mask = (cv2.imread(str(folder / "mask.png"))[..., 0] / np.float32(255)).astype(np.float32)
    metres = np.load(folder / "depth.npy")
    seen = np.isfinite(metres)
    near, far = metres[seen].min(), metres[seen].max()
    depth = np.where(seen, 1 - (metres - near) / (far - near), 0).astype(np.float32)
    about = subject(Kind.VESSEL, height_m=max(true))

    mesh = ReliefEngine(ReliefOptions()).build(picture(*mask.shape), mask, depth, about)

    closed(mesh)
    # A photograph from three metres makes the near rim larger: some per cent are lost.
    assert extent(mesh)[0] == pytest.approx(min(true), rel=0.08)
    assert extent(mesh)[2] == pytest.approx(min(true), rel=0.08)
