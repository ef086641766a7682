"""What the parallax engine promises beyond the contract."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.engines._framing import frame_shot, object_box
from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions
from pipeline.errors import EngineFailed
from pipeline.items import Kind, Region
from pipeline.media.place import misses, place
from pipeline.media.yuv import i420_to_rgb
from pipeline.protocols import Shot

MOVES = ["push", "pull", "slide", "rise", "orbit", "dolly-zoom"]
ALL_MOVES = [*MOVES, "details"]


def render(rgb, mask, depth, kind=Kind.VESSEL, frames=24, size=(192, 128), **options):
    shot = Shot(width_px=size[0], height_px=size[1], fps=8, frames=frames, kind=kind)
    engine = ParallaxEngine(ParallaxOptions(**options))
    return [i420_to_rgb(f) for f in engine.frames(rgb, mask, depth, shot)]


def box_on_wall(air=24, width=192, height=128):
    rgb = np.full((height, width, 3), 90, np.uint8)
    dark = np.random.default_rng(2).random((height // 4, width // 4)) < 0.3
    rgb[dark.repeat(4, 0).repeat(4, 1)] = 70
    mask = np.zeros((height, width), np.float32)
    mask[air:-air, width // 2 - 30 : width // 2 + 30] = 1
    rgb[mask > 0] = (220, 60, 50)
    return rgb, mask, np.where(mask > 0, 0.9, 0.1).astype(np.float32)


def red(frame):
    return (frame[..., 0].astype(int) - frame[..., 2]) > 90


def middle_of_object(frame):
    return np.nonzero(red(frame))[1].mean()


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("air", [3, 8, 24])
def test_the_whole_object_stays_in_the_frame(move, air):
    for frame in render(*box_on_wall(air=air), move=move, amount=0.3):
        seen = red(frame)
        assert not seen[0].any()
        assert not seen[-1].any()
        assert seen.any()


def test_object_and_wall_move_against_each_other():
    rgb, mask, depth = box_on_wall()
    frames = render(rgb, mask, depth, move="orbit", amount=0.2)
    flat = render(rgb, mask, np.full_like(depth, 0.5), move="orbit", amount=0.08)

    def wall_against_object(a, b):
        strips = [cv2.cvtColor(f[4:16], cv2.COLOR_RGB2GRAY).astype(np.float32) for f in (a, b)]
        shift, _ = cv2.phaseCorrelate(*(np.ascontiguousarray(s[:, 8:-8]) for s in strips))
        return abs(shift[0] - (middle_of_object(b) - middle_of_object(a)))

    assert wall_against_object(frames[0], frames[3]) > 1.5
    assert wall_against_object(flat[0], flat[3]) < 0.3


def test_no_ghost_of_the_object_stays_behind():
    """Between the object and the wall there is no third thing in any frame."""
    for frame in render(*box_on_wall(), move="orbit", amount=0.3):
        clear = cv2.dilate(red(frame).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
        redness = frame[..., 0].astype(int) - frame[..., 2]
        assert np.abs(redness[clear]).max() < 14


@pytest.mark.parametrize(("size", "axis"), [((900, 100), 1), ((100, 900), 0)])
def test_a_long_scroll_is_travelled_along_and_back(size, axis):
    ramp = np.linspace(20, 230, max(size)).astype(np.uint8)
    grey = np.tile(ramp, (min(size), 1)) if axis == 1 else np.tile(ramp[:, None], (1, min(size)))
    rgb = np.ascontiguousarray(np.repeat(grey[..., None], 3, 2))
    one = np.ones(grey.shape, np.float32)
    frames = render(
        rgb, one, one * 0.5, kind=Kind.SCROLL, frames=160, size=(128, 128), move="slide"
    )
    level = [frame.mean() for frame in frames]
    first_end = level[0] > 200 if axis == 1 else level[0] < 60
    assert first_end, "a handscroll begins at the right, a hanging scroll at the top"
    assert abs(level[80] - level[0]) > 15
    assert np.diff(level[:81]).max() * np.diff(level[:81]).min() >= -0.05, "one way"
    assert level[1] == pytest.approx(level[-1], abs=0.5)


def test_a_slow_zoom_does_not_shimmer():
    """Fine detail keeps its contrast from frame to frame; nothing flickers."""
    x, y = np.meshgrid(np.arange(384), np.arange(256))
    wave = 128 + 80 * np.sin(x * 0.9) * np.sin(y * 0.9)
    rgb = np.repeat(np.rint(wave).astype(np.uint8)[..., None], 3, 2)
    one = np.ones(wave.shape, np.float32)
    frames = render(rgb, one, one * 0.5, kind=Kind.PAINTING, frames=60, size=(382, 254))
    contrast = np.array([f[64:-64, 64:-64].std() for f in frames])
    assert np.abs(np.diff(contrast)).max() < 0.6
    assert contrast.min() > 0.85 * contrast.max()


def test_a_dark_gradient_has_no_bands():
    """Enlarged, eight dark levels become a smooth rise on average, not eight steps."""
    ramp = np.linspace(8, 15, 128)
    rgb = np.repeat(np.tile(np.rint(ramp), (64, 1)).astype(np.uint8)[..., None], 3, 2)
    one = np.ones((64, 128), np.float32)
    shot = Shot(width_px=256, height_px=128, fps=8, frames=2, kind=Kind.PAINTING)
    first = next(ParallaxEngine(ParallaxOptions()).frames(rgb, one, one, shot))[:128]
    assert len(np.unique(np.round(first.mean(axis=0), 1))) > 12


def test_options_load_no_vendor_library():
    code = (
        "import sys, pipeline.engines.clip_parallax\n"
        "assert not {'cv2', 'numpy', 'av'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


# Moves --------------------------------------------------------------------------------------------

DETAILS = (
    Region(title={"en": "Left"}, box=(0.05, 0.1, 0.3, 0.4)),
    Region(title={"en": "Right"}, box=(0.6, 0.35, 0.9, 0.7)),
)


def painting(width=640, height=480, seed=4):
    """A picture of soft spots inside a green border of one pixel."""
    rng = np.random.default_rng(seed)
    small = rng.integers(40, 220, (12, 16, 1), np.uint8).repeat(3, 2)
    rgb = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    rgb[[0, -1]], rgb[:, [0, -1]] = (0, 255, 0), (0, 255, 0)
    one = np.ones(rgb.shape[:2], np.float32)
    return rgb, one, one * 0.5


def shoot(photo, kind=Kind.PAINTING, size=(320, 240), seconds=10.0, fps=10, options=None, **shot):
    asked = Shot(*size, fps=fps, frames=round(seconds * fps), kind=kind, **shot)
    engine = ParallaxEngine(ParallaxOptions(**(options or {})))
    return [i420_to_rgb(f) for f in engine.frames(*photo, asked)]


def is_green(frame):
    return (frame[..., 1].astype(int) - frame[..., 0] > 60).any()


def steps_of(frames):
    return np.array(
        [
            np.abs(a.astype(int) - b).mean()
            for a, b in zip(frames, [*frames[1:], frames[0]], strict=True)
        ]
    )


@pytest.mark.parametrize("move", ALL_MOVES)
@pytest.mark.parametrize("size", [(320, 240), (180, 320), (400, 100)])
@pytest.mark.parametrize("pace", [0, 0.5, 1])
def test_no_move_in_any_frame_shows_the_border(move, size, pace):
    options = {"move": move, "amount": 0.3, "speed_per_s": 0.5}
    frames = shoot(painting(), size=size, seconds=4, pace=pace, options=options)
    assert len(frames) == 40
    assert not any(is_green(frame) for frame in frames)


@pytest.mark.parametrize("move", ALL_MOVES)
def test_the_step_over_the_seam_is_no_larger_than_any_other(move):
    rgb, mask, _ = painting()
    mask[:] = 0
    mask[100:380, 200:440] = 1
    depth = (0.1 + 0.8 * mask).astype(np.float32)
    for pace in (0, 1):
        frames = shoot((rgb, mask, depth), Kind.SCULPTURE, pace=pace, options={"move": move})
        steps = steps_of(frames)
        assert steps.max() > 0
        assert steps[-1] <= steps[:-1].max() + 0.02


@pytest.mark.parametrize("kind", [Kind.PAINTING, Kind.PRINT, Kind.PHOTOGRAPH, Kind.SCULPTURE])
def test_details_of_the_catalogue_are_toured_by_default(kind):
    photo = painting()
    toured = shoot(photo, kind, seconds=20, details=DETAILS)
    plain = shoot(photo, kind, seconds=20)
    asked = shoot(photo, kind, seconds=20, details=DETAILS, options={"move": "details"})
    same = all(np.array_equal(a, b) for a, b in zip(toured, asked, strict=True))
    assert same == (kind is not Kind.SCULPTURE)
    assert not all(np.array_equal(a, b) for a, b in zip(asked, plain, strict=True))


def test_each_detail_is_shown_close_up_and_clear_of_the_captions():
    """Where a tour rests, the region is found again, larger, inside the safe part."""
    photo, safe = painting(), (0.05, 0.05, 0.95, 0.8)
    frames = shoot(photo, seconds=24, details=DETAILS, safe=safe)
    steps = steps_of(frames)
    rests = [i for i in range(1, 240) if steps[i] < 0.02 and steps[i - 1] >= 0.02]
    seen = []
    for i in rests:
        for number, region in enumerate(DETAILS):
            part = cut_out(photo[0], region.box)
            best = max(
                (match(frames[i], cv2.resize(part, None, fx=k, fy=k)), k)
                for k in np.arange(0.3, 1.05, 0.02)
            )
            (score, (x, y), (w, h)), _ = best
            if score > 0.97 and w > 0.45 * 320:
                seen.append(number)
                assert x >= 0.05 * 320 - 2
                assert y >= 0.05 * 240 - 2
                assert x + w <= 0.95 * 320 + 2
                assert y + h <= 0.8 * 240 + 2
    assert seen == [0, 1]


def cut_out(rgb, box):
    height, width = rgb.shape[:2]
    left, top, right, bottom = box
    return rgb[
        round(top * height) : round(bottom * height), round(left * width) : round(right * width)
    ]


def match(frame, part):
    if part.shape[0] > frame.shape[0] or part.shape[1] > frame.shape[1]:
        return 0.0, (0, 0), (0, 0)
    scores = cv2.matchTemplate(frame, part, cv2.TM_CCOEFF_NORMED)
    _, score, _, at = cv2.minMaxLoc(scores)
    return score, at, part.shape[1::-1]


def test_too_short_for_all_details_is_said(caplog):
    with caplog.at_level("INFO"):
        shoot(painting(), seconds=9, details=DETAILS)
    assert "In 9.0 s there is time for 1 of 2 details" in caplog.text


def test_too_small_for_details_is_said_and_pushed_in_on(caplog):
    with caplog.at_level("INFO"):
        frames = shoot(painting(160, 120), seconds=9, details=DETAILS)
    assert "No detail can be visited in 9.0 s at 320 x 240 px" in caplog.text
    assert steps_of(frames).max() > 0


def test_reduced_motion_never_moves():
    """Every frame is one of two stills or a mixture of both."""
    frames = np.array(shoot(painting(), seconds=8, pace=0), np.float64)
    first, other = frames[0], frames[40]
    assert np.abs(first - other).mean() > 5, "another still"
    assert np.array_equal(frames[-1], first)
    across = other - first
    shares = []
    for frame in frames:
        share = float((across * (frame - first)).sum() / (across**2).sum())
        assert np.abs(frame - first - share * across).mean() < 0.7
        shares.append(share)
    assert np.abs(np.diff(shares)).max() < 0.2, "it fades"
    assert min(shares) > -0.01
    assert max(shares) < 1.01
    assert np.mean([share in (0, 1) or min(share, 1 - share) < 0.01 for share in shares]) > 0.6


def test_a_slow_pace_is_half_as_fast():
    rgb, mask, depth = box_on_wall()
    for move in ("push", "slide", "orbit"):
        at = {}
        for pace in (1.0, 0.5):
            frames = shoot(
                (rgb, mask, depth), Kind.VESSEL, (192, 128), 6, pace=pace, options={"move": move}
            )
            at[pace] = steps_of(frames).mean()
        assert at[0.5] < 0.75 * at[1.0]


@given(
    st.tuples(st.integers(20, 300), st.integers(20, 300)),
    st.tuples(*[st.floats(0.05, 0.9)] * 4),
    st.sampled_from([(96, 54), (54, 96), (64, 64), (64, 80), (200, 40)]),
    st.sampled_from([(0, 0, 1, 1), (0.05, 0.05, 0.95, 0.8), (0, 0.2, 1, 1)]),
    st.sampled_from(MOVES),
)
@settings(max_examples=40, deadline=None)
def test_an_object_that_can_be_in_the_safe_part_stays_there(photo_px, part, size, safe, move):
    """Asked of the framing alone: every corner of the object's box, near and far, all the time."""
    width, height = photo_px
    left, top = round(part[0] * width), round(part[1] * height)
    right = left + max(3, round(part[2] * (width - left)))
    bottom = top + max(3, round(part[3] * (height - top)))
    mask = np.zeros((height, width), np.float32)
    mask[top : bottom - 2, left : right - 2] = 1
    box = object_box(mask, Kind.VESSEL)
    assume(box is not None)
    shot = Shot(*size, fps=10, frames=60, kind=Kind.VESSEL, safe=safe)
    view = place(photo_px, box, size, safe)
    assume(max(misses(view, box, size, safe)) < 1e-6)
    assume(box[0] > 1 and box[1] > 1 and box[2] < width - 1 and box[3] < height - 1)
    rgb = mask[..., None].repeat(3, 2).astype(np.uint8) * 200
    depth = (0.1 + 0.8 * mask).astype(np.float32)
    framing = frame_shot(rgb, mask, depth, shot, ParallaxOptions(move=move, amount=0.3))
    seen = framing.camera.seen_box(framing.window.placed(box))
    for axis in (0, 1):
        assert seen[axis] >= (safe[axis] - 0.5) * size[axis] - 0.15
        assert seen[axis + 2] <= (safe[axis + 2] - 0.5) * size[axis] + 0.15


def test_what_cannot_be_kept_from_the_captions_is_said(caplog):
    rgb, mask, depth = box_on_wall(air=4)
    shoot((rgb, mask, depth), Kind.VESSEL, (192, 128), 1, safe=(0, 0, 1, 0.7))
    assert "into the part that is kept for captions" in caplog.text


def test_an_object_too_long_for_the_frame_is_travelled_along_to_its_top():
    rgb, mask, depth = box_on_wall(air=10, width=200, height=400)
    frames = shoot((rgb, mask, depth), Kind.SCULPTURE, (192, 108), 20)
    tops = [red(frame)[0].any() for frame in frames]
    assert tops[0], "it begins below"
    assert not tops[100], "and shows the top"


def test_ten_bits_are_given_where_asked():
    shot = Shot(64, 48, fps=10, frames=3, kind=Kind.PAINTING, bits=10, pace=0)
    frame = next(ParallaxEngine(ParallaxOptions()).frames(*painting(), shot))
    assert frame.dtype == np.uint16
    assert 64 * 4 - 4 < frame[:48].mean() < 940
    eight = next(ParallaxEngine(ParallaxOptions()).frames(*painting(), replace(shot, bits=8)))
    assert np.abs(frame / 4 - eight).max() <= 1.3


@pytest.mark.parametrize("move", ALL_MOVES)
@pytest.mark.parametrize("size", [(3, 4000), (4000, 3), (3, 3), (30_000, 40), (37, 2001)])
@pytest.mark.parametrize("pace", [0, 1])
def test_the_strangest_photographs_make_a_clip(move, size, pace):
    rgb = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    one = np.ones(rgb.shape[:2], np.float32)
    frames = shoot(
        (rgb, one, one * 0.5), size=(64, 36), seconds=0.5, pace=pace, options={"move": move}
    )
    assert len(frames) == 5


@pytest.mark.parametrize("size", [(1, 4000), (1, 1), (4000, 2)])
def test_a_line_is_refused(size):
    rgb = np.zeros((size[1], size[0], 3), np.uint8)
    one = np.ones(rgb.shape[:2], np.float32)
    with pytest.raises(EngineFailed, match=r"at least 3 x 3"):
        shoot((rgb, one, one))


def test_where_nothing_can_move_it_is_a_still_and_said(caplog):
    rgb, mask, depth = box_on_wall(air=24)
    shot = Shot(192, 128, fps=8, frames=8, kind=Kind.VESSEL)
    with caplog.at_level("INFO"):
        frames = list(
            ParallaxEngine(ParallaxOptions(speed_per_s=1e-4)).frames(rgb, mask, depth, shot)
        )
    assert "it is a still" in caplog.text
    assert all(np.abs(f.astype(int) - frames[0]).max() <= 4 for f in frames)
