"""Cuts lie in jumps, few and worth it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.media.cuts import JUMP_PX, find_cuts, jumps


def steps(levels, shape=(60, 200)):
    """Upright strips, each at its own depth."""
    return np.repeat(np.array(levels, np.float32), shape[1] // len(levels))[None].repeat(
        shape[0], 0
    )


def cut_apart(depth, cuts):
    """Which layer each pixel is in."""
    return sum((depth >= cut).astype(int) for cut in cuts)


@pytest.mark.parametrize(
    ("levels", "cuts"),
    [((0.1, 0.5), 1), ((0.9, 0.2), 1), ((0.1, 0.5, 0.9), 2), ((0.2, 0.7, 0.4, 0.95), 1)],
)
def test_every_jump_is_cut_with_no_more_cuts_than_that_takes(levels, cuts):
    depth = steps(levels)
    found = find_cuts(depth, 40, 5)
    assert len(found) == cuts
    jump = np.flatnonzero(np.diff(depth[0]))
    assert (np.diff(cut_apart(depth, found)[0])[jump] != 0).all()


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    reach_px=st.floats(0.1, 200),
    most=st.integers(0, 5),
    shape=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    blocks=st.integers(1, 5),
)
def test_cuts_are_few_ordered_and_each_parts_a_jump(seed, reach_px, most, shape, blocks):
    rng = np.random.default_rng(seed)
    depth = np.kron(rng.random(shape), np.ones((blocks, blocks))).astype(np.float32)
    cuts = find_cuts(depth, reach_px, most)
    assert len(cuts) <= most
    assert cuts == sorted(set(cuts), reverse=True), "the nearest first, none twice"
    jump = jumps(depth, reach_px)
    for cut in cuts:
        assert depth.min() < cut + 1 / 255
        assert cut <= depth.max() + 1 / 255
        near = depth >= cut - 1 / 510
        split = (np.diff(near, axis=0).any(), np.diff(near, axis=1).any())
        assert jump.any()
        assert any(split)
    assert find_cuts(depth, reach_px, most) == cuts


def test_the_widest_jump_comes_first_and_the_others_after():
    depth = steps((0.1, 0.2, 0.8))
    (cut,) = find_cuts(depth, 30, 1)
    assert 0.2 < cut <= 0.8
    first, second = find_cuts(depth, 30, 2)
    assert first == cut
    assert 0.1 < second <= 0.2


def test_the_longer_border_comes_first():
    depth = np.zeros((100, 100), np.float32)
    depth[10:90, 10:90] = 0.4
    depth[40:50, 40:50] = 0.8
    (cut,) = find_cuts(depth, 30, 1)
    assert 0 < cut <= 0.4
    assert len(find_cuts(depth, 30, 4)) == 2


@pytest.mark.parametrize(
    ("columns", "levels", "least", "most"),
    [
        ([200, 450, 470], [0.2, 0.55, 0.9], 0.53, 0.92),
        ([200, 220, 470], [0.2, 0.55, 0.9], 0.18, 0.57),
    ],
)
def test_a_cut_crosses_few_surfaces(columns, levels, least, most):
    """A jump from 0.2 to 0.9 is cut where the ground beside it rises fast, and so is narrow."""
    depth = np.full((100, 500), 0.2, np.float32)
    depth[20:80, 20:100] = 0.9
    depth[:, 200:] = np.interp(np.arange(200, 500), columns, levels)
    (cut,) = find_cuts(depth, 20, 1)
    assert least < cut < most


def test_what_moves_little_is_not_cut():
    depth = steps((0.4, 0.6))
    assert find_cuts(depth, JUMP_PX / 0.2 * 0.98, 3) == []
    assert len(find_cuts(depth, JUMP_PX / 0.2 * 1.02, 3)) == 1
    assert find_cuts(np.full((40, 40), 0.5, np.float32), 1e6, 3) == []
    assert find_cuts(depth, 40, 0) == []


def test_specks_are_not_worth_a_layer():
    depth = np.full((400, 400), 0.3, np.float32)
    depth[200, 200] = 0.9
    assert find_cuts(depth, 40, 3) == []


def test_only_jumps_where_asked_for_count():
    depth = steps((0.1, 0.4, 0.9))
    left = np.zeros(depth.shape, bool)
    left[:, :100] = True
    (cut,) = find_cuts(depth, 40, 3, left)
    assert 0.1 < cut <= 0.4
    assert find_cuts(depth, 40, 3, np.zeros(depth.shape, bool)) == []


def test_jumps_are_beside_the_step_on_both_sides():
    depth = steps((0.2, 0.8))
    assert np.flatnonzero(jumps(depth, 10)[7]).tolist() == [99, 100]
    ramp = np.tile(np.linspace(0, 1, 200, dtype=np.float32), (20, 1))
    assert not jumps(ramp, 0.49 * JUMP_PX * 199).any()
    assert jumps(ramp, 0.51 * JUMP_PX * 199)[:, 1:-1].all()
