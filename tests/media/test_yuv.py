"""Colour against the standard, computed another way."""

from __future__ import annotations

import av
import numpy as np
import pytest

from pipeline.media.yuv import i420_to_rgb, rgb_to_i420, views


@pytest.mark.parametrize(
    ("rgb", "yuv"),
    # Source: ITU-R BT.709-6 for white and black; 75 % bars are in SMPTE RP 219, table 2.
    [
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 0), (16, 128, 128)),
        ((191, 191, 191), (180, 128, 128)),
        ((191, 191, 0), (168, 44, 136)),
        ((0, 191, 191), (145, 147, 44)),
        ((0, 191, 0), (133, 63, 52)),
        ((191, 0, 191), (63, 193, 204)),
        ((191, 0, 0), (51, 109, 212)),
        ((0, 0, 191), (28, 212, 120)),
    ],
)
def test_colour_bars(rgb, yuv):
    planes = views(rgb_to_i420(np.full((4, 6, 3), rgb, np.uint8)))
    assert [set(plane.ravel().tolist()) for plane in planes] == [{v} for v in yuv]


def test_there_and_back():
    ramp = np.linspace(0, 255, 64).round().astype(np.uint8)
    rgb = np.stack(
        [np.tile(ramp, (32, 1)), np.tile(ramp[::-1], (32, 1)), np.full((32, 64), 90)], -1
    )
    back = i420_to_rgb(rgb_to_i420(rgb.astype(np.uint8)))
    assert np.abs(back.astype(int) - rgb)[:, 2:-2].max() <= 4


@pytest.mark.parametrize("axis", [0, 1])
def test_colour_stays_where_it_is(axis):
    """Half a pixel off, this ramp would be 1.5 levels off."""
    ramp = np.arange(60, dtype=np.uint8) * 3 + 40
    red = np.stack([ramp, np.full(60, 110, np.uint8), np.full(60, 110, np.uint8)], -1)
    rgb = np.repeat(red[None], 60, 0)
    rgb = rgb if axis == 1 else np.ascontiguousarray(rgb.transpose(1, 0, 2))
    off = i420_to_rgb(rgb_to_i420(rgb)).astype(int) - rgb
    assert abs(off[4:-4, 4:-4].mean(axis=(0, 1))).max() < 0.4


def test_as_ffmpeg_reads_it():
    """Another reader of the same planes sees the same colours."""
    rgb = np.random.default_rng(1).integers(0, 256, (4, 4, 3), np.uint8).repeat(16, 0).repeat(16, 1)
    frame = av.VideoFrame.from_ndarray(rgb_to_i420(rgb), format="yuv420p")
    frame.colorspace, frame.color_range = 1, 1
    theirs = frame.to_ndarray(format="rgb24", src_colorspace="ITU709")
    inner = np.s_[4::16, 8::16]
    assert np.abs(theirs[inner].astype(int) - rgb[inner]).max() <= 4
