"""Unrolling: length is kept, the roll has the radius of what it holds, the work is as it was."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from scipy.integrate import quad

from pipeline.items import Kind
from pipeline.media import roll, unroll, yuv
from pipeline.media.resample import resized
from pipeline.protocols import Shot

SIZE = 256, 160


def shot(frames=24, fps=3, **more):
    made = {"kind": Kind.SCROLL, "width_px": SIZE[0], "height_px": SIZE[1]} | more
    return Shot(fps=fps, frames=frames, **made)


def work(width=400, height=240):
    """A light sheet with a dark stripe every 40 px."""
    rgb = np.full((height, width, 3), (205, 195, 170), np.uint8)
    for x in range(20, width, 40):
        rgb[:, x : x + 6] = (60, 70, 120)
    one = np.ones((height, width), np.float32)
    return rgb, one, one * 0.5


def luma(frame):
    return yuv.views(frame)[0].astype(float)


def test_a_roll_holds_what_is_wound_on_it():
    """The length of the spiral that fills the ring from core to rim is what was wound."""
    length, breadth = 5000, 900
    core, full = (share * breadth for share in roll.RADII[True])
    thickness = np.pi * (full**2 - core**2) / length
    for wound in (0, 100, 2500, 5000):
        rim = roll.radius_px(wound, length, breadth, True)
        # Archimedes: the radius grows by the thickness in each turn.
        spiral = quad(
            lambda r: np.sqrt((2 * np.pi * r / thickness) ** 2 + 1), core, max(core, rim)
        )[0]
        assert spiral == pytest.approx(wound, rel=1e-4, abs=1e-6)
    assert roll.radius_px(length, length, breadth, True) == pytest.approx(full)


@pytest.mark.parametrize("face_in", [True, False])
def test_arc_length_is_kept_round_the_bend(face_in):
    """Along what is seen of the face, the way along the surface is the way along the sheet."""
    bent = roll.Roll(wound_px=60, radius_px=40, face_in=face_in)
    x = np.linspace(-30, 40, 200_001)
    face, back, lean = roll.surface(x, bent)
    seen = ~np.isnan(face)
    assert not (seen & back).any()
    # A normal that leans by sin a belongs to a surface that is 1 / cos a as long as it looks.
    inner = seen & (x < 39)
    steps = np.diff(x[inner]) / np.sqrt(1 - lean[inner][1:] ** 2)
    assert steps.sum() == pytest.approx(face[inner][-1] - face[inner][0], rel=1e-3)


def test_what_is_seen_of_a_roll_from_above():
    """With the face inside it is the back, on both sides of the line; with it outside, the face."""
    x = np.array([-60, -30, -1, 1, 30, 39, 41.0])
    face, back, _ = roll.surface(x, roll.Roll(1000, 40, True))
    assert back.tolist() == [False, True, True, True, True, True, False]
    assert np.isnan(face).tolist() == [False, True, True, True, True, True, True]
    face, back, lean = roll.surface(x, roll.Roll(1000, 40, False))
    assert not back.any()
    assert np.isnan(face).tolist() == [False] * 6 + [True]
    assert face[4] == pytest.approx(40 * np.arcsin(30 / 40))
    assert lean[4] == pytest.approx(30 / 40)


def test_the_last_of_a_sheet_lies_flat_without_a_jump():
    before = None
    for wound in np.linspace(0, 150, 600):
        face, back, _ = roll.surface(np.linspace(-50, 50, 400), roll.Roll(wound, 40, True))
        ground = (np.isnan(face) & ~back).sum()
        assert before is None or abs(int(ground) - int(before)) <= 60
        before = ground
    face, back, _ = roll.surface(np.array([-5.0, 5.0]), roll.Roll(0, 40, True))
    assert face[0] == -5
    assert np.isnan(face[1])
    assert not back.any()


def test_opening_is_smooth_and_comes_round():
    """C²: neither place nor speed nor acceleration jumps, also from the last frame to the first."""
    time = np.arange(4000) / 4000
    way = np.array([unroll.opened(t) for t in time])
    assert way[0] == 1
    assert way.min() == pytest.approx(0)
    speed = (np.roll(way, -1) - way) * 4000
    bend = (np.roll(speed, -1) - speed) * 4000
    assert np.abs(np.diff(np.append(bend, bend[0]))).max() < 0.02 * np.abs(bend).max()


@pytest.mark.parametrize("kind", [Kind.SCROLL, Kind.TEXTILE])
@pytest.mark.parametrize(("width", "height"), [(400, 240), (200, 420)])
def test_the_first_frame_is_the_whole_work_on_a_calm_ground(kind, width, height):
    rgb, mask, depth = work(width, height)
    tall = {"width_px": 160, "height_px": 256} if height > width else {}
    asked = shot(kind=kind, **tall)
    plan = unroll._planned((width, height), asked, unroll.Unrolling())
    first = yuv.views(next(unroll.frames(rgb, mask, depth, asked)))
    at = 0 if plan.axis == "across" else 1
    start = plan.start_px if plan.sign > 0 else plan.start_px - plan.flat_px
    corner = [0, 0]
    corner[at], corner[1 - at] = int(start), plan.breadth[0]
    size = [0, 0]
    size[at], size[1 - at] = plan.flat_px, plan.breadth[1] - plan.breadth[0]
    true = yuv.planes_of(resized(rgb, (size[0], size[1])))
    for found, plane, per in zip(first, true, (1, 2, 2), strict=True):
        x, y = (value // per for value in corner)
        part = found[y : y + plane.shape[0], x : x + plane.shape[1]]
        off = np.abs(part - plane)
        # A chroma sample reaches over the outline by half a luma pixel.
        off = off[1:-1, 1:-1] if per == 2 else off
        assert off.max() <= 1.01, "dither and nothing else"
    ground = first[0][:4].astype(float)
    assert ground.std() < 6
    assert abs(ground.mean() - true[0].mean()) > 25, "the outline is seen"


def test_the_flat_part_never_moves_in_the_frame():
    """What is open lies where it lay: unrolling uncovers, it does not slide."""
    views = work()
    frames = [luma(frame) for frame in unroll.frames(*views, shot())]
    flat = np.s_[:, 190:236]
    for frame in frames[1:]:
        assert np.abs(frame[flat] - frames[0][flat]).mean() < 1.5


def test_a_handscroll_opens_to_the_left_and_a_hanging_one_down():
    across = [luma(f) for f in unroll.frames(*work(), shot())]
    changed = np.abs(across[10] - across[0]).mean(axis=0)
    assert changed[30:90].mean() > 10 * changed[200:].mean()
    tall = {"width_px": 160, "height_px": 256}
    down = [luma(f) for f in unroll.frames(*work(240, 400), shot(**tall))]
    changed = np.abs(down[10] - down[0]).mean(axis=1)
    assert changed[170:230].mean() > 10 * changed[:60].mean()


def test_a_rolled_textile_shows_nothing_that_is_not_the_work():
    """Red ground would be seen if the back were: all colours are the sheet's or the grey's."""
    rgb, mask, depth = work(240, 240)
    rgb[:] = (40, 160, 60)
    frames = unroll.frames(rgb, mask, depth, shot(kind=Kind.TEXTILE))
    for frame in frames:
        shown = yuv.i420_to_rgb(frame).astype(int)
        grey = np.ptp(shown, axis=2) < 40
        green = (shown[..., 1] >= shown[..., 0]) & (shown[..., 1] >= shown[..., 2])
        assert (grey | green).all()


def test_a_long_work_is_read_between_two_rolls():
    """It moves on by what the plan says, sub-pixel, and no faster than it can be read."""
    rgb, mask, depth = work(4000, 240)
    noise = np.random.default_rng(4).integers(60, 220, (60, 1000), np.uint8)
    rgb[:] = cv2.resize(noise, (4000, 240), interpolation=cv2.INTER_CUBIC)[..., None]
    asked = shot(frames=60, fps=4)
    plan = unroll._planned((4000, 240), asked, unroll.Unrolling())
    assert plan.reads
    assert plan.way_px / plan.flat_px > 0.5
    frames = [luma(frame) for frame in unroll.frames(rgb, mask, depth, asked)]
    middle = np.s_[plan.breadth[0] + 10 : plan.breadth[1] - 10, 70:190]
    fastest = 0.0
    for index in (4, 9, 15):
        first, last = (plan.way_px * (1 - np.cos(np.pi * i / 30)) / 2 for i in (index, index + 1))
        window = cv2.createHanningWindow(frames[0][middle].shape[::-1], cv2.CV_64F)
        (dx, dy), _ = cv2.phaseCorrelate(frames[index][middle], frames[index + 1][middle], window)
        assert dx == pytest.approx(last - first, abs=0.2), "to the right: what comes is at the left"
        assert abs(dy) < 0.1
        fastest = max(fastest, dx * asked.fps / SIZE[0])
    assert fastest == pytest.approx(0.22, abs=0.03)


@pytest.mark.parametrize("kind", [Kind.SCROLL, Kind.TEXTILE])
@pytest.mark.parametrize("sides", [(400, 240), (240, 400), (3000, 240)])
def test_it_loops_and_stays_out_of_the_captions(kind, sides):
    asked = shot(frames=40, fps=5, kind=kind, safe=(0.0, 0.0, 1.0, 0.75))
    frames = [luma(frame) for frame in unroll.frames(*work(*sides), asked)]
    assert len(frames) == 40
    steps = [np.abs(frames[i] - frames[i - 1]).mean() for i in range(40)]
    assert steps[0] <= max(steps[1:])
    assert max(steps) > 0.5
    for frame in frames:
        assert frame[132:].std() < 8, "only ground"


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (5, 400), (400, 5), (37, 53)])
@pytest.mark.parametrize("kind", [Kind.SCROLL, Kind.TEXTILE])
def test_any_photograph(size, kind):
    rgb = np.random.default_rng(2).integers(0, 256, (size[1], size[0], 3), np.uint8)
    mask = np.zeros(rgb.shape[:2], np.float32)
    asked = shot(frames=5, width_px=32, height_px=32, kind=kind)
    assert [f.shape for f in unroll.frames(rgb, mask, mask, asked)] == [(48, 32)] * 5


def test_ten_bits_and_the_same_bytes_whatever_the_threads():
    def drawn(threads):
        cv2.setNumThreads(threads)
        try:
            return b"".join(f.tobytes() for f in unroll.frames(*work(), shot(frames=6, bits=10)))
        finally:
            cv2.setNumThreads(-1)

    assert drawn(1) == drawn(4) == drawn(1)
