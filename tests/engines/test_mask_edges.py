"""The guided filter against its definition, and the tidying of coarse masks."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.engines._edges import follow_edges, guided_filter, require_object, shrink, tidy
from pipeline.errors import EngineFailed


def slow_guided_filter(rgb, source, radius, eps=1e-4):
    """The filter as the paper defines it, window by window, far from the border."""
    guide = rgb.astype(np.float64) / 255
    height, width = source.shape
    total, count = np.zeros((height, width)), np.zeros((height, width))
    for y in range(radius, height - radius):
        for x in range(radius, width - radius):
            window = np.s_[y - radius : y + radius + 1, x - radius : x + radius + 1]
            colours, values = guide[window].reshape(-1, 3), source[window].ravel()
            centred = colours - colours.mean(axis=0)
            cov = centred.T @ centred / len(values) + eps * np.eye(3)
            slope = np.linalg.solve(cov, centred.T @ (values - values.mean()) / len(values))
            offset = values.mean() - slope @ colours.mean(axis=0)
            total[window] += guide[window] @ slope + offset
            count[window] += 1
    return np.clip(total / np.maximum(count, 1), 0, 1)


def test_guided_filter_is_the_papers():
    random = np.random.default_rng(0)
    rgb = random.integers(0, 255, (24, 26, 3)).astype(np.uint8)
    source = (random.random((24, 26)) > 0.5).astype(np.float32)

    fast = guided_filter(rgb, source, 3)

    inner = np.s_[6:-6, 6:-6]
    assert fast[inner] == pytest.approx(slow_guided_filter(rgb, source, 3)[inner], abs=2e-3)


def test_outline_moves_to_the_photographs_edge():
    rgb = np.full((200, 200, 3), 40, np.uint8)
    rgb[:, 100:] = 210
    coarse = np.zeros((200, 200), np.float32)
    coarse[:, 104:] = 1

    mask = follow_edges(rgb, coarse, 6.0)

    assert (mask[:, :100] < 0.1).all()
    assert (mask[:, 100:] > 0.5).all()


def test_specks_and_small_holes_go_and_the_rest_stays():
    guess = np.zeros((100, 100), np.float32)
    guess[20:80, 20:80] = 0.9
    guess[30:33, 30:33] = 0.1
    guess[50:70, 50:70] = 0.1
    guess[2:5, 2:5] = 0.9

    kept = tidy(guess, 0.05, holes=0.05) >= 0.5

    assert kept[31, 31]
    assert not kept[60, 60]
    assert not kept[3, 3]
    assert kept[40, 40]


def test_ground_at_the_border_is_never_a_hole():
    guess = np.ones((50, 50), np.float32)
    guess[:2] = 0

    assert not tidy(guess, 0.0, holes=1.0)[:2].any()


@pytest.mark.parametrize(
    ("share", "word"), [(0.0, "no object"), (0.001, "no object"), (1.0, "no background")]
)
def test_too_little_and_too_much_are_refused(share, word):
    mask = np.zeros((100, 100), np.float32)
    mask.ravel()[: round(share * mask.size)] = 1

    with pytest.raises(EngineFailed, match=word):
        require_object(mask, "x")


def test_nothing_is_enlarged():
    rgb = np.zeros((10, 20, 3), np.uint8)

    assert shrink(rgb, 100).shape == (10, 20, 3)
    assert shrink(rgb, 10).shape == (5, 10, 3)
