"""A flat picture from any distance: sharp where it rests, steady where it moves."""

from __future__ import annotations

import itertools
import tracemalloc

import cv2
import numpy as np
import pytest

from pipeline.media.flat import Flat
from pipeline.media.place import View
from pipeline.media.shading import packed
from pipeline.media.tour import Way
from pipeline.media.yuv import i420_to_rgb, planes_of


def picture(width=640, height=480, grain=8, seed=3):
    small = np.random.default_rng(seed).integers(30, 226, (height // grain, width // grain, 3))
    return cv2.resize(small.astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)


def test_at_its_own_size_it_is_the_picture_to_a_level():
    rgb = picture()
    (frame,) = Flat(rgb, [View(320, 240, 640)], (640, 480)).frames()
    for got, true in zip(
        Flat(rgb, [View(320, 240, 640)], (640, 480)).planes(0),
        planes_of(rgb.astype(np.float32)),
        strict=True,
    ):
        assert np.abs(got - true).max() < 1e-3
    assert np.abs(i420_to_rgb(frame).astype(int) - rgb).mean() < 4


@pytest.mark.parametrize(("width", "x"), [(320, 200.25), (160, 320), (450, 300)])
def test_a_view_shows_the_part_that_it_names(width, x):
    rgb = picture(grain=32)
    view = View(x, 240, width)
    luma = Flat(rgb, [View(320, 240, 640), view], (320, 240)).planes(1)[0]
    k = width / 320
    matrix = np.array([[k, 0, x - width / 2 + k / 2 - 0.5], [0, k, 240 - 120 * k + k / 2 - 0.5]])
    true = cv2.warpAffine(
        planes_of(rgb.astype(np.float32))[0],
        matrix,
        (320, 240),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    assert np.abs(luma - true)[4:-4, 4:-4].mean() < 0.8


def test_fine_detail_does_not_shimmer_on_the_way_in():
    """From a quarter of the size to full size the mean stays and contrast only ever rises."""
    rgb = np.random.default_rng(1).integers(0, 256, (800, 1200, 1), np.uint8).repeat(3, 2)
    way = Way(View(600, 400, 1200), View(500, 350, 300), (1200, 800), (300, 200))
    views = [way.view(x) for x in np.linspace(0, 1, 80)]
    flat = Flat(rgb, views, (300, 200))
    lumas = [flat.planes(index)[0] for index in range(80)]
    contrast = np.array([luma.std() for luma in lumas])
    assert np.abs(np.diff([luma.mean() for luma in lumas])).max() < 0.3
    assert np.diff(contrast).min() > -0.06 * contrast.max()
    assert np.abs(np.diff(contrast)).max() < 0.14 * contrast.max()


def test_no_change_of_scale_is_seen():
    """The step from frame to frame has no spike where one copy takes over from another."""
    rgb = picture(1600, 1200, grain=24)
    way = Way(View(800, 600, 1600), View(500, 450, 320), (1600, 1200), (320, 240))
    views = [way.view(x) for x in np.linspace(0, 1, 120)]
    flat = Flat(rgb, views, (320, 240))
    lumas = [flat.planes(index)[0] for index in range(120)]
    steps = np.array([np.abs(b - a).mean() for a, b in itertools.pairwise(lumas)])
    usual = np.convolve(np.pad(steps, 3, "edge"), np.ones(7) / 7, "valid")
    assert (steps < 1.25 * usual + 0.05).all()


def test_memory_follows_the_frame_and_not_the_picture():
    def peak(width: int) -> int:
        rgb = np.zeros((600, width, 3), np.uint8)
        views = [View(450 + x, 300, 900) for x in np.linspace(0, width - 900, 60)]
        tracemalloc.start()
        for _ in Flat(rgb, views, (300, 200)).frames():
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(30_000) < 1.2 * peak(6_000)


def test_ten_bits_are_as_fine_as_ten_bits():
    planes = tuple(np.full(shape, 100.3, np.float32) for shape in ((64, 64), (32, 32), (32, 32)))
    eight, ten = packed(planes), packed(planes, 10)
    assert (eight.dtype, ten.dtype) == (np.uint8, np.uint16)
    assert eight.mean() == pytest.approx(100.3, abs=0.02)
    assert ten.mean() / 4 == pytest.approx(100.3, abs=0.01)
    assert set(np.unique(eight)) <= {100, 101}
    assert set(np.unique(ten)) <= {401, 402}
