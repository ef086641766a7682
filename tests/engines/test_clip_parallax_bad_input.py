"""What no depth engine should give, and one day will: the clip is made or refused in words."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions
from pipeline.errors import EngineFailed
from pipeline.items import Kind
from pipeline.protocols import Shot

MOVES = ("push", "pull", "slide", "rise", "orbit", "dolly-zoom", "details", "raking-light")


def pictures(height=90, width=160):
    rgb = np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)
    mask = np.zeros((height, width), np.float32)
    mask[height // 4 : -height // 4, width // 3 : -width // 3] = 1
    return rgb, mask, (0.2 + 0.5 * mask).astype(np.float32)


def clip(rgb, mask, depth, kind=Kind.VESSEL, **options):
    shot = Shot(width_px=128, height_px=72, fps=30, frames=4, kind=kind)
    return list(ParallaxEngine(ParallaxOptions(**options)).frames(rgb, mask, depth, shot))


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_depth_that_is_no_number_is_taken_from_around_it(move, number):
    rgb, mask, depth = pictures()
    depth[30:50, 20:90] = number
    frames = clip(rgb, mask, depth, move=move)
    assert len(frames) == 4
    assert all(np.ptp(frame[:72]) > 100 for frame in frames), "the picture is there"


def test_depth_without_any_number_moves_as_one_sheet():
    rgb, mask, _ = pictures()
    flat = clip(rgb, mask, np.full(mask.shape, 0.0, np.float32))
    none = clip(rgb, mask, np.full(mask.shape, np.nan, np.float32))
    assert all(np.array_equal(a, b) for a, b in zip(flat, none, strict=True))


def test_numbers_out_of_range_are_brought_into_it():
    rgb, mask, depth = pictures()
    depth[:10], depth[-10:] = -3, 7
    inside = np.clip(depth, 0, 1)
    for one, other in zip(clip(rgb, mask, depth), clip(rgb, mask, inside), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("value", [0.0, 1.0, np.nan])
def test_a_mask_without_an_outline(value):
    rgb, mask, depth = pictures()
    assert len(clip(rgb, np.full(mask.shape, value, np.float32), depth)) == 4


@pytest.mark.parametrize("move", MOVES)
def test_a_move_of_almost_nothing_is_a_still(move):
    rgb, mask, depth = pictures()
    frames = clip(rgb, mask, depth, move=move, amount=1e-9)
    if move not in ("details", "raking-light"):
        for frame in frames:
            assert np.abs(frame[:72].astype(int) - frames[0][:72]).max() <= 1


@pytest.mark.parametrize("size", [(4000, 1), (1, 1), (1, 4000), (2, 2)])
def test_too_small_is_said_in_words(size):
    with pytest.raises(EngineFailed, match=f"{size[1]} x {size[0]} px.*at least 3 x 3"):
        clip(*pictures(*size))


@pytest.mark.parametrize("size", [(3, 3), (5, 5), (3, 900), (60, 30_000), (91, 161)])
def test_odd_and_extreme_shapes_make_a_clip(size):
    rgb = np.random.default_rng(5).integers(0, 256, (*size, 3), dtype=np.uint8)
    whole = np.ones(size, np.float32)
    frames = clip(rgb, whole, whole / 2, kind=Kind.PHOTOGRAPH)
    assert {frame.shape for frame in frames} == {(108, 128)}
