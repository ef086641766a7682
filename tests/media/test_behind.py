"""What is known stays to the last bit; what is made up stays between what is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.media import behind
from pipeline.media.behind import around, fill, pull, spread

SHAPE = (150, 190)


def blobs(shape, share, seed=0, sigma=6):
    rng = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(rng.random(shape).astype(np.float32), (0, 0), sigma)
    return soft < np.quantile(soft, share)


def noise(shape, low=30, high=220, seed=1):
    return np.random.default_rng(seed).uniform(low, high, shape).astype(np.float32)


def oval(shape, share=0.25):
    y, x = np.mgrid[: shape[0], : shape[1]]
    height, width = shape
    return ((x - width / 2) / width) ** 2 + ((y - height / 2) / height) ** 2 < share**2


HOLES = {
    "oval": oval(SHAPE),
    "blobs": blobs(SHAPE, 0.4),
    "nearly all": ~oval(SHAPE, 0.1),
    "a pixel": np.pad(np.ones((1, 1), bool), ((70, 79), (80, 109))),
    "a corner": np.pad(np.ones((40, 60), bool), ((0, 110), (0, 130))),
    "a row": np.pad(np.ones((1, 190), bool), ((20, 129), (0, 0))),
}


@pytest.mark.parametrize("hole", HOLES.values(), ids=HOLES)
@pytest.mark.parametrize("reach_px", [0, 3, 25])
def test_filling_leaves_what_is_known(hole, reach_px):
    picture = noise((*SHAPE, 3))
    dirty = np.where(hole[..., None], np.float32(-1e4), picture)
    before = dirty.copy()
    closed = fill(dirty, hole, reach_px)
    assert np.array_equal(dirty, before), "what it was given stays"
    assert closed.dtype == np.float32
    assert np.array_equal(closed[~hole], picture[~hole])
    assert closed.min() >= 0
    assert closed.max() <= 255
    again = fill(np.where(hole[..., None], np.float32(7e4), picture), hole, reach_px)
    assert np.array_equal(closed, again), "what is in a hole is not looked at"


@pytest.mark.parametrize("hole", HOLES.values(), ids=HOLES)
def test_one_colour_is_filled_with_that_colour(hole):
    picture = np.full((*SHAPE, 3), (200, 17, 99), np.float32)
    assert np.abs(fill(picture, hole, 10) - picture).max() < 0.01


def test_a_hole_is_filled_from_its_own_rim():
    """Red on the left, blue on the right: each side of the hole takes after its own."""
    picture = np.zeros((100, 200, 3), np.float32)
    picture[:, :100] = (200, 30, 30)
    picture[:, 100:] = (30, 30, 200)
    hole = np.zeros((100, 200), bool)
    hole[30:70, 40:160] = True
    closed = fill(np.where(hole[..., None], np.float32(255), picture), hole, 6)
    assert np.abs(closed[:, 40:48] - picture[:, 40:48]).max() < 20
    assert np.abs(closed[:, 152:] - picture[:, 152:]).max() < 20


def test_filled_strips_are_not_wiped_clean():
    """Beside grain, what is filled has some grain as well; in what is smooth it has none."""
    hole = oval(SHAPE)
    strip = hole & (cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3) < 6)
    roughness = []
    for grain in (0, 12):
        picture = np.full((*SHAPE, 3), 120, np.float32)
        picture += np.random.default_rng(2).normal(0, grain, (*SHAPE, 1)).astype(np.float32)
        closed = fill(picture, hole, 10)
        rough = closed[..., 0] - cv2.GaussianBlur(closed[..., 0], (0, 0), 1.5)
        roughness.append(rough[strip].std())
    assert roughness[0] < 0.01
    assert 2 < roughness[1] < 12


@pytest.mark.parametrize("shape", [(3, 3), (4, 40), (1, 9), (9, 1), (5, 5)])
def test_small_pictures_are_filled_too(shape):
    picture = noise((*shape, 3), 90, 110)
    hole = np.zeros(shape, bool)
    hole[shape[0] // 2, shape[1] // 2] = True
    closed = fill(picture, hole, 5)
    assert np.array_equal(closed[~hole], picture[~hole])
    assert np.abs(closed[hole] - 100).max() < 15


def test_nothing_to_fill_or_nothing_to_fill_from():
    picture = noise((9, 9, 3))
    assert fill(picture, np.zeros((9, 9), bool), 5) is picture
    assert fill(picture, np.ones((9, 9), bool), 5) is picture


def test_filling_does_not_depend_on_threads():
    before = cv2.getNumThreads()
    found = []
    try:
        for threads in (1, 4):
            cv2.setNumThreads(threads)
            found.append(fill(noise((*SHAPE, 3)), HOLES["blobs"], 12).tobytes())
    finally:
        cv2.setNumThreads(before)
    assert found[0] == found[1]


# Spreading ---------------------------------------------------------------------------------------


@pytest.fixture(params=[10**9, 6000, 400])
def limit(request, monkeypatch):
    """Whole, halved once or twice, and many times: the same must hold."""
    monkeypatch.setattr(behind, "_SMALL_PX", request.param)
    return request.param


@pytest.mark.usefixtures("limit")
@pytest.mark.parametrize("channels", [(), (3,)])
@pytest.mark.parametrize("shape", [SHAPE, (151, 189), (1, 40), (40, 1), (2, 2)])
@pytest.mark.parametrize("share", [0.02, 0.4, 0.98])
def test_spreading_leaves_what_is_known_and_invents_no_extremes(shape, channels, share):
    hole = blobs(shape, share)
    values = noise((*shape, *channels), 50, 90)
    dirty = values.copy()
    dirty[hole] = 1e6
    before = dirty.copy()
    full = spread(dirty, ~hole)
    assert np.array_equal(dirty, before)
    assert full.dtype == np.float32
    assert np.array_equal(full[~hole], values[~hole])
    assert full.min() >= 50 - 1e-2
    assert full.max() <= 90 + 1e-2


@pytest.mark.usefixtures("limit")
def test_spreading_is_local():
    """Two colours far apart do not mix where only one of them is near."""
    values = np.zeros((200, 300), np.float32)
    values[:, 150:] = 100
    known = np.zeros((200, 300), bool)
    known[:, :20] = known[:, 280:] = True
    full = spread(np.where(known, values, -1e6).astype(np.float32), known)
    assert full[:, 20:40].max() < 30
    assert full[:, 260:].min() > 70
    assert abs(full[:, 145:155].mean() - 50) < 10


def test_spreading_on_a_smaller_picture_is_nearly_the_same(monkeypatch):
    y, x = np.mgrid[:240, :320].astype(np.float32)
    values = 100 + 40 * np.sin(x / 50) + 30 * np.cos(y / 40)
    hole = blobs((240, 320), 0.4, sigma=9)
    monkeypatch.setattr(behind, "_SMALL_PX", 10**9)
    whole = spread(values, ~hole)
    monkeypatch.setattr(behind, "_SMALL_PX", 240 * 320 // 4)
    halved = spread(values, ~hole)
    assert np.abs(whole - halved).mean() < 0.5
    assert np.abs(whole - halved).max() < 8


def test_nothing_to_spread_or_nothing_to_spread_from():
    values = noise((9, 9))
    assert spread(values, np.ones((9, 9), bool)) is values
    assert spread(values, np.zeros((9, 9), bool)) is values


def test_long_and_thin_pictures_are_spread_to_the_end():
    """Of a ribbon only one end is known: halved until it is one pixel high, it is still long."""
    values = np.zeros((8, 900), np.float32)
    known = np.zeros((8, 900), bool)
    known[:, :6] = True
    values[known] = 77
    assert np.abs(spread(values, known) - 77).max() < 1e-3


def test_pull_weighs_by_weight():
    """A pixel without weight between two is nearer to the one that is believed more."""
    values = np.array([[10, 0, 90]] * 3, np.float32)
    weight = np.array([[1, 0, 0.25]] * 3, np.float32)
    full = pull(values * (weight > 0), weight)
    assert full[1, 0] == pytest.approx(10, abs=1e-4)
    assert 10 < full[1, 1] < 50


# Where -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("margin_px", [0, 3, 500])
def test_the_box_around_a_part_is_tight(margin_px):
    part = np.zeros((50, 70), bool)
    part[10:21, 30:41] = True
    rows, columns = around(part, margin_px)
    assert (rows.start, rows.stop) == (max(0, 10 - margin_px), min(50, 21 + margin_px))
    assert (columns.start, columns.stop) == (max(0, 30 - margin_px), min(70, 41 + margin_px))
    empty = around(np.zeros((5, 5), bool), 0)
    assert [(side.start, side.stop) for side in empty] == [(0, 0), (0, 0)]
