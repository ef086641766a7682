"""A photograph made smaller keeps its light; one made larger keeps its numbers."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.media.resample import resized


def test_a_pattern_of_black_and_white_keeps_its_light():
    board = np.zeros((64, 64, 3), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 255
    grey = resized(board, (16, 16))
    assert np.abs(grey - 187.5).max() < 0.2, "half the light is 188 in sRGB, not 128"


@pytest.mark.parametrize("value", [0, 1, 5, 10, 11, 40, 128, 254, 255])
@pytest.mark.parametrize("size", [(13, 9), (40, 30), (100, 80), (41, 30)])
def test_even_tones_come_through_unchanged(value, size):
    photo = np.full((30, 40, 3), value, np.uint8)
    assert np.abs(resized(photo, size) - value).max() < 0.02


def test_channels_stay_apart_and_edges_in_place():
    photo = np.zeros((40, 80, 3), np.uint8)
    photo[:, :40, 0], photo[:, 40:, 2] = 200, 100
    small = resized(photo, (20, 10))
    assert np.allclose(small[:, :10, 0], 200, atol=0.05)
    assert np.allclose(small[:, 10:, 0], 0, atol=0.05)
    assert np.allclose(small[:, 10:, 2], 100, atol=0.05)
    assert small.dtype == np.float32


def test_the_same_size_is_the_same_picture():
    photo = np.random.default_rng(1).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    assert np.array_equal(resized(photo, (7, 9)), photo)
