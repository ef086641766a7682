"""What is kept of a clip while it passes by."""

import tracemalloc

import cv2
import numpy as np
import pytest

from pipeline.media import yuv
from pipeline.media.picks import Picks, fitted


def ground(width: int, height: int, seed: int = 0) -> np.ndarray:
    """Return a picture of soft blots that flow can follow everywhere."""
    noise = np.random.default_rng(seed).random((height, width, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 3) + 0.5 * cv2.GaussianBlur(noise, (0, 0), 9)
    return cv2.normalize(soft, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


def seen_from(picture: np.ndarray, dx: float, dy: float = 0.0) -> np.ndarray:
    move = np.float32([[1, 0, dx], [0, 1, dy]])
    size = picture.shape[1::-1]
    return cv2.warpAffine(picture, move, size, borderMode=cv2.BORDER_REFLECT)


def swaying(frames: int, reach_px: float, size=(320, 180), planar=True):
    """Yield a square that sways before a still ground: right to its end at a quarter, then left."""
    width, height = size
    back, front = ground(width, height), ground(width, height, seed=1)
    mask = np.zeros((height, width), np.float32)
    mask[height // 4 : -height // 4, width // 3 : -width // 3] = 1
    for index in range(frames):
        dx = reach_px * np.sin(2 * np.pi * index / frames)
        alpha = seen_from(mask, dx)[..., None]
        rgb = np.rint(back * (1 - alpha) + seen_from(front, dx) * alpha).astype(np.uint8)
        yield yuv.rgb_to_i420(rgb) if planar else rgb


def fed(frames, expected: int, how_many: int = 12, fps: float = 30) -> Picks:
    picks = Picks(expected, how_many, fps)
    for frame in frames:
        picks.see(frame)
    return picks


def test_frames_pass_untouched_and_in_order():
    frames = list(swaying(20, 5))
    before = [frame.copy() for frame in frames]
    picks = Picks(20)
    passed = list(picks.watch(iter(frames)))
    assert all(a is b for a, b in zip(passed, frames, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(frames, before, strict=True))
    assert picks.frames == 20
    assert picks.size_px == (320, 180)


def test_picks_are_even_and_start_with_the_first():
    picks = fed(swaying(120, 0), 120)
    assert [pick.index for pick in picks.shown] == list(range(0, 120, 10))


@pytest.mark.parametrize(("frames", "shown"), [(1, 1), (2, 2), (5, 5), (12, 12), (13, 12)])
def test_short_clips_are_shown_whole(frames, shown):
    picks = fed(swaying(frames, 3), frames)
    indices = [pick.index for pick in picks.shown]
    assert len(indices) == shown
    assert indices == sorted(set(indices))
    assert indices[0] == 0


@pytest.mark.parametrize("planar", [True, False])
def test_small_pictures_look_like_their_frames(planar):
    soft = [cv2.GaussianBlur(rgb, (0, 0), 9) for rgb in swaying(24, 8, (1280, 720), planar=False)]
    frames = [yuv.rgb_to_i420(rgb) for rgb in soft] if planar else soft
    picks = fed(frames, 24)
    for pick in picks.shown:
        frame = frames[pick.index]
        rgb = yuv.i420_to_rgb(frame) if planar else frame
        wanted = cv2.resize(rgb, picks.small_px, interpolation=cv2.INTER_AREA)
        assert pick.rgb.shape == wanted.shape
        assert np.abs(pick.rgb.astype(int) - wanted).mean() < 1.5


def test_ten_bit_frames_give_the_same_pictures():
    eight = list(swaying(12, 6))
    a, b = fed(eight, 12), fed([frame.astype(np.uint16) << 2 for frame in eight], 12)
    for one, other in zip(a.shown, b.shown, strict=True):
        assert one.index == other.index
        off = np.abs(one.rgb.astype(int) - other.rgb)
        assert off.max() <= 4
        assert off.mean() < 0.7
    assert a.farthest.index == b.farthest.index
    box = a.edges((64, 64))[0]
    assert np.array_equal(a.part(box), b.part(box))


def test_even_picks_are_there_without_the_found_ones():
    picks = fed(swaying(112, 14), 112, how_many=5)
    assert [pick.index for pick in picks.even] == [0, 22, 44, 67, 89]
    shown = [pick.index for pick in picks.shown]
    assert picks.farthest.index in shown
    assert shown != [0, 22, 44, 67, 89]


def test_the_farthest_frame_is_found_and_shown():
    picks = fed(swaying(112, 14), 112)
    assert min(abs(picks.farthest.index - turn) for turn in (28, 84)) <= 3
    assert picks.farthest.index in [pick.index for pick in picks.shown]
    assert len(picks.shown) == 12


@pytest.mark.parametrize("reach", [200, 580])
def test_the_farthest_frame_of_a_long_way_is_found(reach):
    """Flow straight from the first frame to there would be lost, and at last there is none."""
    long = ground(900, 180)
    frames = [
        yuv.rgb_to_i420(np.ascontiguousarray(long[:, x : x + 320]))
        for x in (round(reach / 2 * (1 - np.cos(2 * np.pi * i / 180))) for i in range(180))
    ]
    assert abs(fed(frames, 180).farthest.index - 90) <= 10


def test_motion_is_in_widths_a_second():
    """A whole picture that slides evenly by a tenth of its width each second."""
    wide = ground(700, 180)
    frames = [
        yuv.rgb_to_i420(np.ascontiguousarray(seen_from(wide, -index * 320 / 10 / 30)[:, :320]))
        for index in range(60)
    ]
    motion = fed(frames, 60).motion
    assert motion.dtype == np.float32
    inner = motion[8:-8, 16:-16]
    assert np.median(inner) == pytest.approx(0.1, rel=0.03)
    assert np.percentile(np.abs(inner - 0.1), 90) < 0.01


def test_motion_is_where_something_moves():
    motion = fed(swaying(60, 10, size=(640, 360)), 60).motion
    height, width = motion.shape
    middle = motion[height // 3 : -height // 3, 2 * width // 5 : -2 * width // 5]
    border = np.concatenate([motion[: height // 8].ravel(), motion[-height // 8 :].ravel()])
    assert middle.mean() > 8 * border.mean()


def test_edges_are_where_neighbours_moved_apart():
    picks = fed(swaying(60, 12, size=(640, 360)), 60)
    assert picks.moved_apart
    boxes = picks.edges((120, 120))
    assert len(boxes) == 2
    way = 12 if picks.parted.index < 30 else -12
    sides = (640 // 3 + way, 640 - 640 // 3 + way)
    for left, top, right, bottom in boxes:
        assert (right - left, bottom - top) == (120, 120)
        near_side = any(left < side < right for side in sides)
        near_top = any(top < side < bottom for side in (90, 270))
        assert near_side or near_top
    (a, b) = boxes
    assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_edges_are_looked_for_when_neighbours_are_apart_not_when_all_is_far():
    """A whole picture slides away and back; half-way a square of it leaves its place."""
    back, front = ground(900, 180), ground(900, 180, seed=1)
    frames = []
    for index in range(120):
        x = round(50 * (1 - np.cos(2 * np.pi * index / 120)))
        own = 10 * max(0.0, np.sin(2 * np.pi * index / 60)) ** 2 * (index < 30)
        mask = np.zeros((180, 900), np.float32)
        mask[50:130, 150:280] = 1
        alpha = seen_from(mask, own)[..., None]
        rgb = np.rint(back * (1 - alpha) + seen_from(front, own) * alpha).astype(np.uint8)
        frames.append(yuv.rgb_to_i420(np.ascontiguousarray(rgb[:, x : x + 320])))
    picks = fed(frames, 120)
    assert abs(picks.farthest.index - 60) <= 4
    assert abs(picks.parted.index - 15) <= 6
    shown = [pick.index for pick in picks.shown]
    assert {0, picks.farthest.index, picks.parted.index} <= set(shown)
    assert shown == sorted(shown)
    assert len(shown) == 12


def test_part_is_the_frame_itself():
    frames = list(swaying(60, 12, size=(640, 360)))
    picks = fed(frames, 60)
    whole = yuv.i420_to_rgb(frames[picks.parted.index])
    for left, top, right, bottom in picks.edges((120, 80)):
        part = picks.part((left, top, right, bottom))
        off = np.abs(part.astype(int) - whole[top:bottom, left:right])
        assert off[2:-2, 2:-2].max() <= 1
        assert off.mean() < 1


def test_a_zoom_of_a_flat_picture_moves_nothing_apart():
    flat = ground(640, 360)
    frames = []
    for index in range(40):
        zoom = 1.015 - 0.015 * np.cos(2 * np.pi * index / 40)
        move = cv2.getRotationMatrix2D((320, 180), 0, zoom)
        rgb = cv2.warpAffine(flat, move, (640, 360), flags=cv2.INTER_CUBIC)
        frames.append(yuv.rgb_to_i420(rgb))
    picks = fed(frames, 40)
    assert not picks.moved_apart
    assert abs(picks.farthest.index - 20) <= 2
    assert len(picks.edges((100, 100))) == 2


def test_a_still_has_no_motion_and_details_all_the_same():
    frame = next(swaying(1, 0))
    picks = fed([frame] * 30, 30)
    assert picks.farthest.index == 0
    assert not picks.moved_apart
    assert picks.motion.max() < 1e-3
    assert len(picks.edges((64, 64))) == 2


@pytest.mark.parametrize("size", [(2, 2), (16, 16), (32, 18), (18, 32), (1920, 32), (48, 1000)])
def test_any_size_of_frame(size):
    picks = fed(swaying(6, 1, size=size), 6)
    assert picks.size_px == size
    for box in picks.edges((50, 50)):
        assert 0 <= box[0] < box[2] <= size[0]
        assert 0 <= box[1] < box[3] <= size[1]
        assert picks.part(box).shape == (box[3] - box[1], box[2] - box[0], 3)
    assert np.isfinite(picks.motion).all()


def test_fewer_frames_than_expected_do_no_harm():
    picks = fed(swaying(60, 10), 600)
    assert picks.frames == 60
    assert picks.shown[0].index == 0


def test_nothing_seen_is_said():
    with pytest.raises(ValueError, match="no frame was seen"):
        _ = Picks(10).farthest


def test_memory_does_not_grow_with_the_clip():
    def peak(frames: int) -> int:
        few = list(swaying(8, 10, size=(640, 360)))
        picks = Picks(frames)
        tracemalloc.start()
        for index in range(frames):
            picks.see(few[index % 8])
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(720) < 1.2 * peak(72)


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_number_of_threads_changes_nothing(threads):
    frames = list(swaying(24, 9, size=(640, 360)))

    def looked_at(count: int):
        cv2.setNumThreads(count)
        try:
            picks = fed(frames, 24)
            return [picks.farthest.index, *picks.edges((80, 80))], picks.motion
        finally:
            cv2.setNumThreads(-1)

    alone, several = looked_at(1), looked_at(threads)
    assert alone[0] == several[0]
    assert np.array_equal(alone[1], several[1])


def test_fitted_keeps_the_shape_and_never_magnifies():
    assert fitted((1920, 1080), (420, 700)) == (420, 236)
    assert fitted((1080, 1920), (420, 700)) == (392, 700)
    assert fitted((100, 50), (420, 700)) == (100, 50)
    assert fitted((4000, 10), (420, 700)) == (420, 2)
