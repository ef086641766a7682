"""Rounding is right on average everywhere, and never off by a level."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.media import dither, yuv


@pytest.mark.parametrize("width_px", [2, 17, 640, 1921])
def test_the_pattern_spreads_evenly(width_px):
    rows = dither.pattern(width_px)
    assert rows.shape == (dither.ROWS, width_px)
    assert np.abs(rows).max() < 0.5
    if width_px > 100:
        assert abs(rows.mean()) < 2e-3
        shares = np.histogram(rows, 20, (-0.5, 0.5))[0] / rows.size
        assert np.abs(shares - 0.05).max() < 3e-3, "every level is as likely"
        near = cv2.blur(rows, (9, 9))[5:-5, 5:-5]
        assert np.abs(near).max() < 0.1, "and that in every small part"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("level", [0.0, 16.0, 16.02, 16.5, 99.25, 234.9])
def test_a_level_between_two_is_their_mean(level, dtype):
    plane = np.full((130, 320), level, np.float32)
    out = np.empty(plane.shape, dtype)
    dither.rounded(plane, out)
    assert np.abs(out - plane).max() < 1
    assert out.mean() == pytest.approx(level, abs=0.01)
    if level == int(level):
        assert (out == level).all()


def test_what_does_not_fit_is_cut_off():
    plane = np.array([[-9, -0.1, 255.4, 300, 1e6]], np.float32)
    out = np.empty((1, 5), np.uint8)
    dither.rounded(plane, out)
    assert out.tolist() == [[0, 0, 255, 255, 255]]


@pytest.mark.parametrize("bits", [8, 10])
def test_a_packed_frame_is_its_planes(bits):
    y, x = np.mgrid[:200, :320]
    rgb = np.stack(
        [128 + 120 * np.sin(x / a) * np.cos(y / b) for a, b in ((23, 31), (40, 9), (7, 60))], -1
    )
    planes = yuv.planes_of(rgb.astype(np.float32))
    frame = dither.packed(planes, bits)
    assert frame.shape == (300, 320)
    for seen, plane in zip(yuv.views(frame), planes, strict=True):
        off = seen / 2 ** (bits - 8) - plane
        assert np.abs(off).max() < 4 / 2 ** (bits - 6)
        assert np.abs(cv2.blur(off, (15, 15))).max() < 0.15 * 4 / 2 ** (bits - 6)


def test_ten_bits_end_at_their_white():
    planes = [np.full((8, 8), 300, np.float32), *np.full((2, 4, 4), -5, np.float32)]
    luma, u, v = yuv.views(dither.packed(planes, 10))
    assert (luma == 1023).all()
    assert (u == 0).all()
    assert (v == 0).all()
