"""Layers laid on each other unmoved are the photograph; none carries colour of the other."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.media.behind import fill, pull
from pipeline.media.cuts import find_cuts
from pipeline.media.layers import MOST, split, whole

BLUE, YELLOW = (40.0, 60.0, 200.0), (230.0, 200.0, 30.0)


def disc(size=160, radius=45, soft=1.0):
    y, x = np.mgrid[:size, :size]
    away = np.hypot(x - size / 2, y - size / 2) - radius
    return np.clip(0.5 - away / (2 * soft), 0, 1).astype(np.float32)


def yellow_on_blue(mask):
    return (mask[..., None] * YELLOW + (1 - mask[..., None]) * BLUE).astype(np.float32)


def laid(layers):
    """All layers on each other, unmoved."""
    picture = layers[0].rgb.copy()
    for layer in layers[1:]:
        (x, y), (height, width) = layer.corner, layer.alpha.shape
        part = picture[y : y + height, x : x + width]
        part += (layer.rgb - part) * layer.alpha[..., None]
    return picture


@pytest.mark.parametrize("soft", [0.5, 1, 3])
@pytest.mark.parametrize("hard_mask", [True, False])
def test_no_halo(soft, hard_mask):
    truth = disc(soft=soft)
    rgb = yellow_on_blue(truth)
    mask = (truth > 0.5).astype(np.float32) if hard_mask else truth
    plate, front = split(rgb, mask, 0.2 + 0.6 * mask, reach_px=12)
    left = np.abs(plate.rgb - BLUE).max()
    assert left < (40 if soft > 1 and hard_mask else 12), "the object is off the plate"
    assert np.abs(laid((plate, front)) - rgb).mean() < 0.6
    black = front.rgb * front.alpha[..., None]
    rim = (front.alpha > 0.3) & (front.alpha < 0.9)
    blueness = (black[..., 2] - black[..., 0])[rim]
    if soft <= 1:
        assert np.median(blueness) < 0, "on black the edge is yellow, not blue"


def test_depths_do_not_leak():
    mask = disc()
    plate, front = split(
        yellow_on_blue(mask), mask, np.where(mask > 0.5, 0.9, 0.1).astype("f4"), 10
    )
    assert np.abs(plate.depth - 0.1).max() < 0.02
    assert np.abs(front.depth - 0.9).max() < 0.02


def test_an_edge_behind_the_object_goes_on():
    rgb = np.zeros((120, 120, 3), np.float32)
    rgb[:60] = 200
    hole = np.zeros((120, 120), bool)
    hole[40:80, 50:70] = True
    closed = fill(rgb, hole, reach_px=20)
    assert np.array_equal(closed[~hole], rgb[~hole])
    assert np.abs(closed[:, 51] - rgb[:, 51]).mean() < 12


def test_pull_keeps_what_is_known_and_invents_no_extremes():
    values = np.random.default_rng(3).uniform(50, 90, (37, 53)).astype(np.float32)
    weight = (np.random.default_rng(4).random((37, 53)) > 0.8).astype(np.float32)
    full = pull(values * weight, weight)
    assert np.allclose(full[weight > 0], values[weight > 0], atol=1e-3)
    assert full.min() > 49.9
    assert full.max() < 90.1


def test_everything_or_nothing_in_front_is_one_layer():
    rgb, depth = np.full((40, 40, 3), 90, np.float32), np.full((40, 40), 0.5, np.float32)
    assert len(split(rgb, np.ones((40, 40), np.float32), depth, 5)) == 1
    assert len(split(rgb, np.zeros((40, 40), np.float32), depth, 5)) == 1
    assert whole(rgb, depth, 0)[0].alpha is None


def three_sheets():
    """Sheets at depth 0.1, 0.5 and 0.9, each before the one behind it, with hard edges."""
    depth = np.full((120, 160), 0.1, np.float32)
    depth[20:110, 20:100] = 0.5
    depth[40:90, 60:130] = 0.9
    rgb = np.random.default_rng(1).uniform(0, 255, (120, 160, 3)).astype(np.float32)
    return rgb, depth


def test_a_scene_is_cut_where_its_depth_jumps():
    rgb, depth = three_sheets()
    cuts = find_cuts(depth, 20, 3)
    assert len(cuts) == 2
    assert 0.5 < cuts[0] <= 0.9
    assert 0.1 < cuts[1] <= 0.5
    layers = split(rgb, None, depth, 20)
    assert len(layers) == 3
    for layer, near in zip(layers, (0.1, 0.5, 0.9), strict=True):
        (x, y), (height, width) = layer.corner, layer.depth.shape
        seen = depth[y : y + height, x : x + width] == np.float32(near)
        well_inside = cv2.erode(seen.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        assert np.abs(layer.depth - near)[well_inside].max() < 0.02, "each is at one depth"
    assert np.abs(laid(layers) - rgb).mean() < 2, "noise, the hardest there is"


def test_an_even_slope_is_not_cut():
    depth = np.tile(np.linspace(0, 1, 200, dtype=np.float32), (50, 1))
    assert find_cuts(depth, 40, 3) == []
    assert len(split(np.zeros((50, 200, 3), np.float32), None, depth, 40)) == 1


def test_never_more_layers_than_can_be_drawn_in_time():
    rng = np.random.default_rng(2)
    depth = np.kron(rng.uniform(0, 1, (9, 12)), np.ones((12, 12))).astype(np.float32)
    rgb = rng.uniform(0, 255, (*depth.shape, 3)).astype(np.float32)
    layers = split(rgb, None, depth, 30)
    assert len(layers) == MOST
    for layer in layers:
        steep = max(np.abs(np.diff(layer.depth, axis=a)).max() for a in (0, 1))
        assert steep * 30 < 0.75, "what is not cut bends and does not fold"


def test_an_object_that_stands_takes_its_ground_along():
    mask = np.zeros((120, 120), np.float32)
    mask[20:90, 40:80] = 1
    depth = 0.1 + 0.6 * mask
    rgb = yellow_on_blue(mask)
    plate, _ = split(rgb, mask, depth, reach_px=4, stands=True)
    assert np.abs(plate.depth[90:] - 0.7).max() < 0.02, "at its foot and below"
    assert np.abs(plate.depth[:40] - 0.1).max() < 0.02, "not behind its head"
    assert np.abs(np.diff(plate.depth, axis=0)).max() < 0.06, "and no step in between"
    floating, _ = split(rgb, mask, depth, reach_px=4)
    assert np.abs(floating.depth - 0.1).max() < 0.02


@pytest.mark.parametrize("aside", [0, 1])
@pytest.mark.parametrize("shape", [(160, 160), (163, 211), (90, 301)])
def test_layers_lie_on_even_places_inside_the_photograph(shape, aside):
    """Chroma has one sample for two pixels; a layer that began between them would shift colour."""
    height, width = (side // 2 * 2 for side in shape)
    mask = np.zeros((height, width), np.float32)
    mask[21 + aside : 77, 31 + aside : 88 + aside] = 1
    rgb = np.random.default_rng(6).uniform(0, 255, (height, width, 3)).astype(np.float32)
    layers = split(rgb, mask, 0.2 + 0.5 * mask, 8)
    plate, *fronts = layers
    assert plate.alpha is None
    assert plate.rgb.shape == rgb.shape
    for layer in fronts:
        (x, y), (rows, columns) = layer.corner, layer.alpha.shape
        assert layer.rgb.shape == (rows, columns, 3)
        assert [n % 2 for n in (x, y, rows, columns)] == [0, 0, 0, 0]
        assert x >= 0
        assert y >= 0
        assert x + columns <= width
        assert y + rows <= height
        assert layer.alpha.min() >= 0
        assert layer.alpha.max() <= 1
        assert np.isfinite(layer.rgb).all()
        assert layer.rgb.min() >= 0
        assert layer.rgb.max() <= 255
        rim = [layer.alpha[0], layer.alpha[-1], layer.alpha[:, 0], layer.alpha[:, -1]]
        assert max(side.max() for side in rim) == 0, "nothing is cut off at the layer's border"
        assert rows < height
        assert columns < width


def test_what_goes_in_stays_as_it_is_and_comes_out_the_same_again():
    rgb, depth = three_sheets()
    mask = (depth > 0.7).astype(np.float32)
    before = [array.copy() for array in (rgb, mask, depth)]
    once, again = split(rgb, mask, depth, 12), split(rgb, mask, depth, 12)
    for array, was in zip((rgb, mask, depth), before, strict=True):
        assert np.array_equal(array, was)
    assert len(once) == len(again) > 2
    threads = cv2.getNumThreads()
    try:
        cv2.setNumThreads(1)
        alone = split(rgb, mask, depth, 12)
    finally:
        cv2.setNumThreads(threads)
    for a, b, c in zip(once, again, alone, strict=True):
        assert a.rgb.tobytes() == b.rgb.tobytes() == c.rgb.tobytes()
        assert a.depth.tobytes() == b.depth.tobytes() == c.depth.tobytes()
        assert a.corner == b.corner == c.corner
        if a.alpha is not None:
            assert a.alpha.tobytes() == b.alpha.tobytes() == c.alpha.tobytes()


def test_sure_pixels_are_the_photographs_own():
    """Inside the object its layer has every pixel as it was; far outside, the plate has."""
    mask = disc(200, 60, soft=0.5)
    rgb = np.random.default_rng(9).uniform(0, 255, (200, 200, 3)).astype(np.float32)
    plate, front = split(rgb, mask, 0.2 + 0.6 * mask, 10)
    (x, y), (rows, columns) = front.corner, front.alpha.shape
    inside = cv2.erode((mask > 0.5).astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    outside = cv2.dilate((mask > 0).astype(np.uint8), np.ones((25, 25), np.uint8)) == 0
    assert np.array_equal(plate.rgb[outside], rgb[outside])
    part = inside[y : y + rows, x : x + columns]
    assert part.sum() == inside.sum()
    assert np.array_equal(front.rgb[part], rgb[inside])
    assert (front.alpha[part] == 1).all()


def test_nearer_layers_come_later():
    rgb, depth = three_sheets()
    means = [float(np.median(layer.depth)) for layer in split(rgb, None, depth, 20)]
    assert means == sorted(means)


@pytest.mark.parametrize("reach_px", [2, 12, 60])
def test_no_layer_folds(reach_px):
    """Neighbours of a sheet never pass each other, however wild the depth."""
    rng = np.random.default_rng(10)
    depth = cv2.resize(rng.random((12, 16)).astype(np.float32), (160, 120))
    rgb = np.zeros((120, 160, 3), np.float32)
    (layer,) = whole(rgb, depth, reach_px)
    for axis in (0, 1):
        moved = np.diff(layer.depth.astype(np.float64), axis=axis) * reach_px
        assert np.abs(moved).max() <= 0.7 + 1e-3
    assert layer.depth.max() <= depth.max() + 1e-6
    assert layer.depth.min() >= depth.min() - 1e-6
    if reach_px == 2:
        assert np.abs(layer.depth - depth).mean() < 0.01, "what does not fold stays"


def test_depth_of_large_layers_is_kept_smaller_and_holds_still():
    depth = np.zeros((1300, 2200), np.float32)
    depth[400:900, 700:1500] = 1
    (layer,) = whole(np.zeros((1300, 2200, 3), np.float32), depth, 40)
    coarse = 1300 / layer.depth.shape[0]
    assert 540 <= min(layer.depth.shape) < 2 * 540
    assert layer.depth.shape[1] == pytest.approx(2200 / coarse, abs=1)
    for axis in (0, 1):
        rise = np.abs(np.diff(layer.depth.astype(np.float64), axis=axis)).max() / coarse
        assert rise * 40 <= 0.7 + 1e-3
