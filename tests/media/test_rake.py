"""Raking light: no gain at first, the right side lit, brightness kept, nothing invented."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

import cv2
import numpy as np
import pytest

from pipeline.items import Kind
from pipeline.media import rake, yuv
from pipeline.protocols import Shot

SIZE = 256, 192
STILL = rake.Raking(drift=0)


def shot(frames=24, fps=4, **more):
    made = {"kind": Kind.RELIEF, "width_px": SIZE[0], "height_px": SIZE[1]} | more
    return Shot(fps=fps, frames=frames, **made)


def dome(level=128):
    """A grey photograph of a dome in the middle, lit so evenly that nothing is seen of it."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    away = np.hypot(x - SIZE[0] / 2, y - SIZE[1] / 2) / 70
    depth = np.sqrt(np.clip(1 - away**2, 0, 1)).astype(np.float32)
    rgb = np.full((SIZE[1], SIZE[0], 3), level, np.uint8)
    return rgb, np.ones(depth.shape, np.float32), depth


def luma(frame):
    return yuv.views(frame)[0].astype(float)


def test_the_first_frame_is_the_photograph():
    rgb = np.random.default_rng(3).integers(0, 256, (48, 64, 3), np.uint8)
    rgb = cv2.resize(rgb, SIZE, interpolation=cv2.INTER_CUBIC)
    one = np.ones(rgb.shape[:2], np.float32)
    first = yuv.views(next(rake.frames(rgb, one, one * 0.5, shot())))
    for found, true in zip(first, yuv.planes_of(rgb.astype(np.float32)), strict=True):
        assert np.abs(found - true).max() <= 1.01, "dither and nothing else"


def test_the_lamp_goes_round_once_smoothly():
    """It is in front at phase 0, as low as it gets half way, and has no corner anywhere."""
    assert rake.lamp(0, 360) == (0, 0)
    assert hypot(*rake.lamp(np.pi, 360)) == pytest.approx(1)
    for turn_deg in (360.0, 150.0):
        phases = np.linspace(-0.3, 2 * np.pi + 0.3, 4001)
        way = np.array([rake.lamp(phase, turn_deg) for phase in phases])
        bend = np.diff(way, 2, axis=0) / (phases[1] - phases[0]) ** 2
        assert np.abs(np.diff(bend, axis=0)).max() < 0.02, "C2: acceleration does not jump"
        assert way[phases <= 0.29][-1] == pytest.approx(
            np.array(rake.lamp(phases[phases <= 0.29][-1] + 2 * np.pi, turn_deg))
        )


def test_a_short_or_slow_clip_turns_the_lamp_less():
    assert rake.turn_deg(shot(frames=24, fps=4)) == 360
    assert rake.turn_deg(shot(frames=4, fps=4)) < 90
    assert rake.turn_deg(shot(frames=24, fps=4, pace=0.5)) < 360


def test_the_side_towards_the_lamp_is_lit():
    """Where the lamp stands is where the dome is lighter than at the opposite side."""
    move = rake.Raking(drift=0, falloff=0)
    frames = list(rake.frames(*dome(), shot(frames=16, fps=2), move))
    middle = np.array([SIZE[0], SIZE[1]]) / 2
    for index in (5, 8, 11):
        at = np.array(rake.lamp(2 * np.pi * index / 16, 360))
        aside = 45 * at / hypot(*at)
        near, far = (
            luma(frames[index])[int(y) - 4 : int(y) + 5, int(x) - 4 : int(x) + 5].mean()
            for x, y in (middle + aside, middle - aside)
        )
        assert near > far + 15


def test_the_gain_on_a_plane_slope_is_the_shade_ratio():
    """A matt plane: level = photograph * (ambient + (1 - ambient) (1 - p a - q b)) ** (1 / 2.2)."""
    at, ambient = (0.6, -0.3), 0.28
    across, down = 0.4, -0.5
    shade = -(across * at[0] + down * at[1])
    true = (ambient + (1 - ambient) * (1 + shade)) ** (1 / rake.GAMMA)
    ones = np.ones((4, 4), np.float32)
    plane = rake._Plane(np.array([ones * 100, ones * across, ones * down, ones]), 16)
    found = plane.lit(at, rake._curve(ambient))
    assert found == pytest.approx(16 + 100 * true, abs=1)


def test_brightness_is_that_of_the_photograph():
    views = dome()
    light = [
        float(((luma(frame) - 16) / 219).clip(0, 1).__pow__(rake.GAMMA).mean())
        for frame in rake.frames(*views, shot(), STILL)
    ]
    assert max(light) / min(light) < 1.02


def test_white_stays_white_and_black_black():
    """No highlight burns out and no dirt is made of nothing."""
    for level in (0, 255):
        for frame in rake.frames(*dome(level), shot(frames=6), rake.Raking(drift=0, falloff=0)):
            found = luma(frame)
            assert found.max() <= 236
            assert found.min() >= (15 if level == 0 else 100)
            if level == 0:
                assert np.ptp(found) <= 1


def test_a_flat_grey_picture_shows_no_relief():
    """Noise is not made larger to look like relief; without a lean nothing is seen at all."""
    rng = np.random.default_rng(1)
    rgb = np.clip(128 + rng.normal(0, 1, (SIZE[1], SIZE[0], 1)), 0, 255).astype(np.uint8)
    rgb = np.repeat(rgb, 3, axis=2)
    one = np.ones(rgb.shape[:2], np.float32)
    frames = list(rake.frames(rgb, one, one * 0.5, shot(frames=8), rake.Raking(drift=0, falloff=0)))
    for frame in frames:
        assert np.abs(luma(frame) - luma(frames[0])).mean() < 3


def test_it_loops_and_as_many_frames_as_asked():
    frames = [luma(frame) for frame in rake.frames(*dome(), shot(frames=30, fps=5))]
    assert len(frames) == 30
    steps = [np.abs(frames[i] - frames[i - 1]).mean() for i in range(30)]
    assert steps[0] <= max(steps[1:])
    assert max(abs(a - b) for a, b in pairwise(steps)) < max(steps) / 2


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (5, 400), (400, 5)])
def test_any_photograph(size):
    rgb = np.random.default_rng(2).integers(0, 256, (size[1], size[0], 3), np.uint8)
    depth = np.full(rgb.shape[:2], np.nan, np.float32)
    mask = np.zeros(rgb.shape[:2], np.float32)
    frames = list(rake.frames(rgb, mask, depth, shot(frames=3, width_px=32, height_px=32)))
    assert [frame.shape for frame in frames] == [(48, 32)] * 3


def test_same_bytes_whatever_the_threads():
    def drawn(threads):
        cv2.setNumThreads(threads)
        try:
            return b"".join(f.tobytes() for f in rake.frames(*dome(), shot(frames=4)))
        finally:
            cv2.setNumThreads(-1)

    assert drawn(1) == drawn(4) == drawn(1)
