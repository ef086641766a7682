"""Depth that is held even, and holes that are closed: against the plain definition of both."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.media import shaping

# Slopes ------------------------------------------------------------------------------------------


def roofs(depth, slope):
    """What no point may lie below: from each point a roof falls with ``slope``, by its chamfer."""
    height, width = depth.shape
    y, x = np.mgrid[:height, :width]
    result = np.full(depth.shape, -np.inf)
    for row in range(height):
        for column in range(width):
            far, near = np.abs(y - row), np.abs(x - column)
            away = np.maximum(far, near) + (2**0.5 - 1) * np.minimum(far, near)
            result = np.maximum(result, depth[row, column] - slope * away)
    return result


@pytest.mark.parametrize("shape", [(13, 17), (1, 9), (9, 1), (1, 1), (2, 2)])
@pytest.mark.parametrize("slope", [0.01, 0.1, 0.6, 2.0])
def test_ground_comes_up_to_near_things_and_no_further(shape, slope):
    rng = np.random.default_rng(11)
    for _ in range(5):
        depth = rng.random(shape).astype(np.float32)
        held = depth.copy()
        shaping.limit_slope(held, slope)
        assert np.allclose(held, roofs(depth, slope), atol=1e-6), "the least that is not too steep"
        assert (held >= depth).all()
        assert held.max() == depth.max()
        for a, b, limit in (
            (held[1:], held[:-1], slope),
            (held[:, 1:], held[:, :-1], slope),
            (held[1:, 1:], held[:-1, :-1], slope * 2**0.5),
            (held[1:, :-1], held[:-1, 1:], slope * 2**0.5),
        ):
            assert (np.abs(a - b) <= limit + 1e-6).all()
        again = held.copy()
        shaping.limit_slope(again, slope * (1 + 1e-6))
        assert np.array_equal(again, held)


def test_what_was_not_too_steep_stays():
    y, x = np.mgrid[:60, :80].astype(np.float32)
    depth = (0.5 + 0.2 * np.sin(x / 9) * np.cos(y / 7)).astype(np.float32)
    depth[20:30, 30:40] += 0.3
    held = depth.copy()
    shaping.limit_slope(held, 0.04)
    changed = held != depth
    assert changed[:, 20:50].any()
    assert not changed[:, 55:].any()
    assert not changed[20:30, 30:40].any(), "what is near keeps its depth"


# Holes -------------------------------------------------------------------------------------------


def marched(picture, hole, radius=4):
    away = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5)
    rows, columns = np.nonzero(hole)
    order = np.argsort(away[rows, columns], kind="stable")
    result = picture.copy()
    shaping.march(result, away, np.stack([rows[order], columns[order]]), radius)
    return result


def holes(shape, rng, share=0.5):
    soft = cv2.GaussianBlur(rng.random(shape).astype(np.float32), (0, 0), 3)
    return soft < np.quantile(soft, share)


def test_a_hole_is_closed_with_what_is_at_its_rim():
    rng = np.random.default_rng(1)
    for share in (0.1, 0.5, 0.9):
        hole = holes((60, 70), rng, share)
        picture = rng.uniform(40, 90, (60, 70, 3)).astype(np.float32)
        picture[hole] = [1e6, -1e6, np.nan]
        closed = marched(picture, hole)
        assert np.array_equal(closed[~hole], picture[~hole])
        assert closed.min() >= 40 - 1e-3
        assert closed.max() <= 90 + 1e-3


def test_a_hole_looks_only_as_far_as_it_may():
    """Far from the rim, what is filled comes from what was filled: nothing jumps over."""
    picture = np.zeros((9, 60, 3), np.float32)
    hole = np.zeros((9, 60), bool)
    hole[:, 5:55] = True
    picture[:, 55:] = 100
    closed = marched(picture, hole, radius=2)
    assert closed[:, :29].max() == 0
    assert closed[:, 32:].min() > 99.9
    assert np.array_equal(closed[..., 0], closed[..., 2])


def test_edges_run_on_into_a_hole():
    """Further than they would if all that is around counted alike, which is 5.4 levels off."""
    picture = np.zeros((60, 90, 3), np.float32)
    picture[30:] = 200
    hole = np.zeros((60, 90), bool)
    hole[:, 30:60] = True
    closed = marched(np.where(hole[..., None], np.float32(-1), picture), hole)
    assert np.abs(closed - picture)[:, 32, 0].mean() < 4.7
    assert closed[:26, 32].max() < 10
    assert closed[34:, 32].min() > 190
