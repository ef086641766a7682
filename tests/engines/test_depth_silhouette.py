"""Depth from an outline, against solids whose depth is known."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.stats import spearmanr

from pipeline.engines._inflate import balls, turned
from pipeline.engines.depth_silhouette import SilhouetteEngine, SilhouetteOptions
from pipeline.items import Kind

ENGINE = SilhouetteEngine(SilhouetteOptions())
CLOSED = (False, False, False, False)


def _load(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


solids = _load("solids")


def depth_of(inside, kind, rgb=None):
    rgb = np.full((*inside.shape, 3), 128, np.uint8) if rgb is None else rgb
    return ENGINE.estimate(rgb, inside.astype(np.float32), kind)


def agreement(depth, metres, inside):
    return spearmanr(depth[inside], -metres[inside])[0]


def test_demo_vase_has_its_true_depth(root: Path):
    facts = json.loads((root / "assets/vase/vase_camera.json").read_text(encoding="utf-8"))
    value = cv2.imread(str(root / "assets/vase/vase_depth.png"), cv2.IMREAD_UNCHANGED)
    rgb = cv2.imread(str(root / "assets/vase/vase.jpg"))[..., ::-1]
    inside = value > 0
    near, far = facts["depth"]["near_m"], facts["depth"]["far_m"]
    metres = far - (value.astype(np.float64) - 1) / 65534 * (far - near)

    depth = depth_of(inside, Kind.VESSEL, np.ascontiguousarray(rgb))

    assert agreement(depth, metres, inside) > 0.99


@pytest.mark.parametrize("name", ["vessel2", "vessel3"])
def test_vessels_have_their_true_depth(shared_data: Path, name):
    metres = np.load(shared_data / "geometry" / name / "depth.npy")
    inside = np.isfinite(metres)

    assert agreement(depth_of(inside, Kind.VESSEL), metres, inside) > 0.985


def test_solids_are_better_than_by_poisson_inflation():
    ours, usual, worst = [], [], {}
    for name, vessel, inside, metres in solids.every():
        kind = Kind.VESSEL if vessel else Kind.SCULPTURE
        ours.append(agreement(depth_of(inside, kind), metres, inside))
        usual.append(agreement(solids.poisson(inside), metres, inside))
        if vessel:
            worst[name] = ours[-1]

    assert len(ours) >= 12
    assert np.mean(ours) > 0.96
    assert np.mean(ours) > np.mean(usual) + 0.08
    assert min(worst.values()) > 0.97, worst


def test_ball_is_a_ball():
    y, x = np.mgrid[:301, :301] - 150.0
    square = 120.0**2 - x**2 - y**2

    swell = balls(square > 0, CLOSED)

    inner = square > 30**2
    height = np.sqrt(swell.square[inner])
    assert np.abs(height - np.sqrt(square[inner])).max() < 2.5


def test_leaning_rod_is_round_along_its_length():
    inside = np.zeros((300, 300), np.uint8)
    cv2.line(inside, (80, 60), (220, 240), 1, 41)

    height = np.sqrt(np.maximum(balls(inside > 0, CLOSED).square, 0))

    along = [height[60 + 18 * k, 80 + 14 * k] for k in range(2, 9)]
    assert along == pytest.approx([20.5] * 7, abs=1.5)


def test_shape_that_the_photograph_cuts_off_goes_on():
    inside = np.zeros((200, 200), bool)
    inside[100:, 60:140] = True

    closed, cut = balls(inside, CLOSED), balls(inside, (False, False, False, True))

    assert cut.square[199, 100] == pytest.approx(40**2, rel=0.1)
    assert closed.square[120, 100] == pytest.approx(cut.square[120, 100], rel=0.1)


def test_turned_cylinder_seen_level_is_round_across_and_even_along():
    cover = np.zeros((300, 200), np.float32)
    cover[20:280, 50:150] = 1

    swell = turned(cover, 0.87)

    assert swell.tilt_rad == pytest.approx(0, abs=0.02)
    x = np.arange(50, 150) + 0.5 - 100
    assert swell.square[150, 50:150] == pytest.approx(50**2 - x**2, abs=60)
    assert np.ptp(swell.square[30:270, 100]) < 60


def test_camera_that_looks_down_is_found_from_foot_and_rim():
    heights, radii = np.linspace(-1, 1, 5), np.array([0.5, 0.7, 0.8, 0.6, 0.5])
    tilts = []
    for elevation in (0, 5, 10, 16):
        inside, _ = solids.seen(solids.pot(heights, radii), elevation_deg=elevation)
        rows = np.flatnonzero(inside.any(axis=1))
        crop = inside[rows[0] : rows[-1] + 1]
        swell = turned(crop.astype(np.float32), crop.shape[0] / inside.shape[0])
        tilts.append(np.degrees(swell.tilt_rad))

    assert tilts == pytest.approx([0, 5, 10, 16], abs=3)


def test_figure_is_no_turned_body():
    inside, _ = solids.seen(solids.figure(0.4))
    sideways = inside.T

    assert turned(sideways.astype(np.float32), 0.8) is None


def test_every_coin_is_as_near_as_the_others_and_stands_out_as_a_plate():
    inside = np.zeros((300, 600), np.uint8)
    centres = {40: (80, 150), 60: (250, 150), 90: (450, 150)}
    for radius, centre in centres.items():
        cv2.circle(inside, centre, radius, 1, -1)

    depth = depth_of(inside > 0, Kind.COIN)

    tops = [depth[y, x] for x, y in centres.values()]
    assert tops == pytest.approx([1, 1, 1], abs=0.02)
    for radius, (x, y) in centres.items():
        assert depth[y, x + radius * 7 // 10] > 0.85, "a coin is flat inside its rim"
    assert depth[inside == 0].max() == 0
    assert depth[inside > 0].min() >= 0.25


def test_relief_of_a_coin_comes_from_its_light_and_dark():
    inside = np.zeros((200, 200), np.uint8)
    cv2.circle(inside, (100, 100), 90, 1, -1)
    rgb = np.full((200, 200, 3), 110, np.uint8)
    cv2.circle(rgb, (100, 100), 20, (190, 190, 190), -1)

    depth = depth_of(inside > 0, Kind.COIN, rgb)
    plain = depth_of(inside > 0, Kind.COIN)

    raised, field = depth[100, 100], depth[100, 60:65].mean()
    assert raised - field > plain[100, 100] - plain[100, 60:65].mean() + 0.03


def test_decoration_of_a_vessel_is_colour_and_no_relief():
    inside, _ = solids.seen(solids.pot(np.linspace(-1, 1, 3), np.array([0.5, 0.8, 0.4])))
    painted = np.random.default_rng(0).integers(0, 255, (*inside.shape, 3)).astype(np.uint8)

    assert np.array_equal(depth_of(inside, Kind.VESSEL), depth_of(inside, Kind.VESSEL, painted))


def test_relief_never_overturns_the_form():
    inside, _ = solids.seen(solids.figure(0.0))
    noise = np.random.default_rng(0).integers(0, 255, (*inside.shape, 3)).astype(np.uint8)

    with_relief, without = depth_of(inside, Kind.SCULPTURE, noise), depth_of(inside, Kind.SCULPTURE)

    assert spearmanr(with_relief[inside], without[inside])[0] > 0.99
