"""Rounding is right on average everywhere, and never off by a level."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.media import dither


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
