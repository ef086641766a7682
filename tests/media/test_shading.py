"""Planes of floats as a frame: nothing is lost, nothing bands, nothing runs over."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.media import shading, yuv


@pytest.mark.parametrize("bits", [8, 10])
def test_a_packed_frame_is_its_planes(bits):
    y, x = np.mgrid[:200, :320]
    rgb = np.stack(
        [128 + 120 * np.sin(x / a) * np.cos(y / b) for a, b in ((23, 31), (40, 9), (7, 60))], -1
    )
    planes = yuv.planes_of(rgb.astype(np.float32))
    frame = shading.packed(planes, bits)
    assert frame.shape == (300, 320)
    for seen, plane in zip(yuv.views(frame), planes, strict=True):
        off = seen / 2 ** (bits - 8) - plane
        assert np.abs(off).max() < 4 / 2 ** (bits - 6)
        assert np.abs(cv2.blur(off, (15, 15))).max() < 0.15 * 4 / 2 ** (bits - 6)


def test_ten_bits_end_at_their_white():
    planes = [np.full((8, 8), 300, np.float32), *np.full((2, 4, 4), -5, np.float32)]
    luma, u, v = yuv.views(shading.packed(planes, 10))
    assert (luma == 1023).all()
    assert (u == 0).all()
    assert (v == 0).all()
