"""Tilt and spin: plane geometry, light that starts from the photograph, what is refused."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.errors import EngineFailed
from pipeline.items import Kind
from pipeline.media import turn, yuv
from pipeline.protocols import Shot

SIZE = 256, 192


def shot(frames=24, fps=4, **more):
    return Shot(width_px=SIZE[0], height_px=SIZE[1], fps=fps, frames=frames, kind=Kind.COIN, **more)


def coin(discs=((128, 96, 60),), ground=40):
    """Bright discs with a dark cross on a dark ground."""
    rgb = np.full((SIZE[1], SIZE[0], 3), ground, np.uint8)
    mask = np.zeros((SIZE[1], SIZE[0]), np.float32)
    for x, y, radius in discs:
        cv2.circle(rgb, (x, y), radius, (190, 170, 120), -1, cv2.LINE_AA)
        cv2.line(rgb, (x - radius // 2, y), (x + radius // 2, y), (120, 100, 60), 3)
        cv2.line(rgb, (x, y - radius // 2), (x, y + radius // 2), (120, 100, 60), 3)
        cv2.circle(mask, (x, y), radius, 1, -1)
    return rgb, mask, mask * np.float32(0.8)


def luma(frame):
    return yuv.views(frame)[0].astype(float)


def test_a_turned_circle_is_the_ellipse_it_must_be():
    """Far away, the outline of a disc tilted by t is an ellipse with the axes r and r cos t."""
    rotation = turn.turned(np.pi / 2, 30, 0)  # all of the tilt is to the side here
    through = turn.seen_through(rotation, (100, 80), 1e7)
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    circle = np.array([100 + 50 * np.cos(angle), 80 + 50 * np.sin(angle)])
    seen = cv2.perspectiveTransform(circle.T[None], through)[0]
    (x, y), axes, _ = cv2.fitEllipse(seen.astype(np.float32))
    assert (x, y) == pytest.approx((100, 80), abs=0.01)
    assert sorted(axes) == pytest.approx([100 * np.cos(np.radians(30)), 100], abs=0.02)


def test_near_the_camera_the_near_edge_is_larger():
    """A point at depth z is seen 1 / (1 - z / away) times as large."""
    rotation = turn.turned(np.pi / 2, 30, 0)
    through = turn.seen_through(rotation, (0, 0), 500)
    for x in (-50, 50):
        point = rotation @ (x, 20, 0)
        expected = point[:2] * 500 / (500 - point[2])
        found = cv2.perspectiveTransform(np.array([[[x, 20.0]]]), through)[0, 0]
        assert found == pytest.approx(expected)


def test_the_rotation_turns_and_does_nothing_else():
    for phase in np.linspace(0, 2 * np.pi, 13):
        rotation = turn.turned(phase, 25, 10)
        assert rotation @ rotation.T == pytest.approx(np.eye(3))
        assert np.linalg.det(rotation) == pytest.approx(1)
        assert rotation[2, 2] >= np.cos(np.radians(25 * 1.2)), "the face stays in sight"
    assert turn.turned(0, 25, 10) == pytest.approx(np.eye(3))


def test_the_first_frame_is_the_photograph():
    views = coin()
    first = luma(next(turn.frames(*views, shot())))
    true = yuv.planes_of(views[0].astype(np.float32))[0]
    assert np.abs(first - true).mean() < 0.6
    inside = cv2.erode(views[1], np.ones((9, 9))) > 0
    assert np.abs(first - true)[inside].max() <= 1.01, "dither and nothing else"


def test_the_drawn_outline_is_the_ellipse():
    """The brightest part of a frame, at full tilt, is as narrow as the tilt makes it."""
    frames = list(turn.frames(*coin(), shot(), turn.Turning(tilt_deg=30, spin_deg=0, gloss=0)))
    tilted = luma(frames[6]) > 110
    columns, rows = np.flatnonzero(tilted.any(0)), np.flatnonzero(tilted.any(1))
    # 22 degrees a second at most: with 6 s for a round, 21 degrees.
    tilt = np.radians(22 * 6 / (2 * np.pi))
    assert np.ptp(columns) + 1 == pytest.approx(121 * np.cos(tilt), abs=3.5)
    assert np.ptp(rows) + 1 == pytest.approx(121, abs=2)


def test_the_clip_loops_and_moves_evenly():
    frames = [luma(frame) for frame in turn.frames(*coin(), shot(frames=48, fps=12))]
    steps = [np.abs(frames[i] - frames[i - 1]).mean() for i in range(48)]
    assert steps[0] <= 1.3 * max(steps[1:])
    assert min(steps) > 0


def test_the_ground_far_away_stands_still():
    frames = list(turn.frames(*coin(), shot(frames=9)))
    for frame in frames[1:]:
        assert (luma(frame)[:, :30] == luma(frames[0])[:, :30]).all()


def test_every_coin_of_a_tray_turns_in_its_place():
    discs = ((60, 60, 30), (180, 60, 40), (120, 140, 34))
    frames = [luma(frame) for frame in turn.frames(*coin(discs), shot(frames=24))]
    for x, y, radius in discs:
        part = np.s_[y - radius : y + radius, x - radius : x + radius]
        assert np.abs(frames[6][part] - frames[0][part]).mean() > 2
        found = frames[6] > 110
        rows, columns = np.nonzero(found[part])
        assert columns.mean() == pytest.approx(radius, abs=3)
        assert rows.mean() == pytest.approx(radius, abs=3)


def test_light_changes_by_little_and_keeps_its_mean():
    views = coin()
    inside = cv2.erode(views[1], np.ones((41, 41))) > 0
    frames = [luma(f)[inside] - 16 for f in turn.frames(*views, shot(), turn.Turning(spin_deg=0))]
    means = [float((part / 219).mean()) for part in frames]
    assert max(means) / min(means) < 1.4


def test_a_slow_pace_tilts_less():
    def moved(pace):
        frames = [luma(f) for f in turn.frames(*coin(), shot(frames=8, fps=4, pace=pace))]
        return np.abs(frames[2] - frames[0]).mean()

    assert moved(0.5) < 0.8 * moved(1.0)


@pytest.mark.parametrize("mask", [np.zeros, np.ones])
def test_nothing_to_turn_is_said(mask):
    rgb, _, depth = coin()
    with pytest.raises(EngineFailed, match="mask covers .* no piece that is whole and round"):
        next(turn.frames(rgb, mask(rgb.shape[:2], np.float32), depth, shot()))
    assert not turn.can_turn(mask(rgb.shape[:2], np.float32), shot())


def test_a_coin_that_the_frame_cuts_off_lies_still():
    views = coin(((0, 96, 60), (180, 96, 50)))
    frames = [luma(frame) for frame in turn.frames(*views, shot(frames=8))]
    assert (frames[2][:, :40] == frames[0][:, :40]).all()
    assert (frames[2][:, 100:] != frames[0][:, 100:]).any()


def test_what_a_mask_runs_together_lies_still():
    discs = ((40, 96, 30), (100, 96, 30), (200, 96, 40))
    rgb, mask, depth = coin(discs)
    mask[90:102, 40:100] = 1
    frames = [luma(frame) for frame in turn.frames(rgb, mask, depth, shot(frames=8))]
    assert (frames[2][:, :140] == frames[0][:, :140]).all()
    assert np.abs(frames[2] - frames[0])[:, 160:].mean() > 1


def test_ten_bits_and_no_number_in_the_depth():
    rgb, mask, depth = coin()
    depth[90:100, 100:110] = np.nan
    frame = next(turn.frames(rgb, mask, depth, shot(bits=10)))
    assert frame.dtype == np.uint16
    assert yuv.views(frame)[0].min() >= 64
    assert yuv.views(frame)[0].max() <= 940


def test_same_bytes_whatever_the_threads():
    def drawn(threads):
        cv2.setNumThreads(threads)
        try:
            return b"".join(f.tobytes() for f in turn.frames(*coin(), shot(frames=4)))
        finally:
            cv2.setNumThreads(-1)

    assert drawn(1) == drawn(4) == drawn(1)
