"""Frames against the formula itself: pictures and depths are functions, so the truth is exact."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.media import dither, kernels, looking, warp, yuv
from pipeline.media.camera import Pose
from pipeline.media.layers import Layer
from pipeline.media.warp import Ground, Sheet, compose

LARGE = (1280, 720)


def coloured(x, y):
    """A smooth picture with much colour; ``x`` and ``y`` in pixels, 0.5 is the first's middle."""
    red = 128 + 90 * np.sin(x / 23) * np.cos(y / 31)
    green = 128 + 90 * np.cos(x / 37 + y / 19)
    blue = 128 + 90 * np.sin((x - y) / 29)
    return np.stack([red, green, blue], -1)


def planes_at(colours, x, y):
    """Luma, U and V of what a function of place says. Source: ITU-R BT.709-6, items 3.2 to 3.5."""
    rgb = colours(x, y) / 255
    luma = rgb @ [0.2126, 0.7152, 0.0722]
    u, v = (rgb[..., 2] - luma) / 1.8556, (rgb[..., 0] - luma) / 1.5748
    return 16 + 219 * luma, 128 + 224 * u, 128 + 224 * v


def drawn(function, width, height):
    """What a function says at the middles of pixels."""
    y, x = np.mgrid[:height, :width] + 0.5
    return function(x, y).astype(np.float32)


def looked_at(ground, pose, pivot, depth, pixels):
    """Where in the layer ``pixels`` look, in its pixels; solved in float64 without a grid."""
    u, v = (at + 0.5 - side / 2 for at, side in zip(pixels, ground.frame, strict=True))
    x, y = np.zeros_like(u), np.zeros_like(v)
    for _ in range(40):
        rise = depth(x, y) - pivot
        grown = pose.zoom * (1 + pose.dolly * rise)
        x = (ground.start[0] + pose.centre[0] + (u - pose.shift[0] * rise) / grown) * (
            ground.scale[0]
        )
        y = (ground.start[1] + pose.centre[1] + (v - pose.shift[1] * rise) / grown) * (
            ground.scale[1]
        )
    return x, y


def truth(colours, ground, pose, pivot=0.0, depth=lambda x, y: 0 * x):
    """The planes of the frame. Chroma: on the left of two columns, between two rows."""
    width, height = ground.frame
    full = np.meshgrid(np.arange(width) * 1.0, np.arange(height) * 1.0)
    half = np.meshgrid(np.arange(width // 2) * 2.0, np.arange(height // 2) * 2 + 0.5)
    luma = planes_at(colours, *looked_at(ground, pose, pivot, depth, full))[0]
    return luma, *planes_at(colours, *looked_at(ground, pose, pivot, depth, half))[1:]


def errors(frame, planes, bits=8, rim=0):
    """What each plane is off, in levels of 8 bits."""
    inner = np.s_[rim:-rim, rim:-rim] if rim else np.s_[:, :]
    seen = yuv.views(frame)
    return [(a[inner] / 2 ** (bits - 8) - b[inner]) for a, b in zip(seen, planes, strict=True)]


def evened(error, size=9):
    """Errors without the noise that dither is: what is left is a shift or a wrong level."""
    return cv2.blur(error, (size, size), borderType=cv2.BORDER_REFLECT)


def sheet_of(rgb, ground, alpha=None, depth=None, corner=(0, 0)):
    depth = np.zeros((1, 1), np.float32) if depth is None else depth
    return Sheet(Layer(np.asarray(rgb, np.float32), alpha, depth, corner), ground)


def centred(width, height, frame=None, scale=1.0):
    frame = frame or (width, height)
    return Ground(frame, (scale, scale), (width / scale / 2, height / scale / 2))


@pytest.fixture(params=["small", "large"])
def planes(request, monkeypatch):
    """As fine as planes are for small frames, and for large ones."""
    if request.param == "large":
        monkeypatch.setattr(warp, "_SMALL_PX", 0)
    return request.param


# The formula -------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize(
    "frame", [LARGE, (1282, 722), (720, 1280), (250, 130), (18, 16), (6, 2), (2, 2)]
)
@pytest.mark.usefixtures("planes")
def test_unmoved_it_is_the_photograph(frame, bits):
    rgb = drawn(coloured, *frame)
    ground = centred(*frame)
    seen = compose([sheet_of(rgb, ground)], Pose(1.0), 0.0, frame, bits)
    assert seen.shape == (frame[1] * 3 // 2, frame[0])
    assert seen.dtype == (np.uint8 if bits == 8 else np.uint16)
    for error in errors(seen, yuv.planes_of(rgb), bits):
        assert np.abs(error).max() < (2 if bits == 8 else 1.25), "rounded twice, with dither"
        if min(frame) > 100:
            assert abs(error.mean()) < 0.01
            assert np.abs(evened(error, 15)).max() < 0.2, "and nothing but rounded"
            assert error.std() < (0.55 if bits == 8 else 0.4)


def hills(width, height, slope):
    """Depth that rises nowhere by more than ``slope`` a pixel, but does so in many places."""
    across, down = 2 * np.pi / width * 3, 2 * np.pi / height * 2

    def depth(x, y):
        high = slope / across / 2
        return 0.5 + high * np.sin(across * x) * np.cos(down * y / 2)

    return depth


POSES = [
    Pose(1.0, shift=(30, -12)),
    Pose(1.13, centre=(17.3, -9.1), shift=(-26.5, 20), dolly=-0.11),
    Pose(1.04, centre=(-5.25, 3.5), dolly=0.2),
]


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("frame", [(962, 542)])
@pytest.mark.usefixtures("planes")
def test_depth_bends_it_as_the_formula_says(pose, frame):
    scale = 1.2
    width, height = (2 * round((side + 160) * scale / 2) for side in frame)
    depth = hills(width, height, 0.35 / 30 / scale)
    ground = centred(width, height, frame, scale)
    sheet = sheet_of(drawn(coloured, width, height), ground, depth=drawn(depth, width, height))
    planes = truth(coloured, ground, pose, 0.4, depth)
    for error in errors(compose([sheet], pose, 0.4, frame), planes):
        assert np.abs(error).max() < 2.2
        assert np.abs(evened(error)).max() < 0.5
        assert abs(error.mean()) < 0.02


@pytest.mark.parametrize("pose", [Pose(1.0), Pose(1.13, centre=(7.3, -4.1), shift=(6, 3))])
def test_a_layer_stands_where_its_corner_is(pose):
    """The same picture, cut out of a larger one: all of it lies where it lay."""
    frame, corner, (width, height) = (320, 240), (40, 26), (280, 220)
    ground = centred(*frame)

    def moved(x, y):
        return coloured(x + corner[0], y + corner[1])

    plate = sheet_of(np.zeros((240, 320, 3)), ground)
    solid = np.ones((height, width), np.float32)
    front = sheet_of(drawn(moved, width, height), ground, solid, corner=corner)
    seen = compose([plate, front], pose, 0.2, frame)
    depth_0 = truth(coloured, ground, pose, 0.2)
    for index, error in enumerate(errors(seen, depth_0)):
        halves = 1 if index == 0 else 2
        inside = error[60 // halves : 200 // halves, 80 // halves : 250 // halves]
        assert np.abs(inside).max() < 2
        assert np.abs(evened(inside)).max() < 0.25


# Moving ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("move", [(4, 0), (0, 4), (-8, 12)])
@pytest.mark.usefixtures("planes")
def test_whole_pixels_move_exactly(move):
    """Even for noise, and for colour as much as for luma."""
    frame = (400, 300)
    rgb = np.random.default_rng(5).uniform(0, 255, (300, 400, 3))
    sheet = sheet_of(rgb, centred(*frame))
    before = yuv.views(compose([sheet], Pose(1.0), 0.0, frame))
    after = yuv.views(compose([sheet], Pose(1.0, centre=move), 0.0, frame))
    for index, (a, b) in enumerate(zip(before, after, strict=True)):
        right, down = (at // (1 if index == 0 else 2) for at in move)
        inner = np.s_[20:-20, 20:-20]
        way = np.roll(a.astype(int), (-down, -right), (0, 1))[inner]
        assert np.abs(way - b[inner]).max() <= 1, "another dither, and nothing else"
        assert (way != b[inner]).mean() < 0.55


def shift_of(plane, model, axis):
    """How far a plane lies from where it should, in its samples, by least squares."""
    line, there = (at.mean(axis=1 - axis)[8:-8] for at in (plane, model))
    slope = np.gradient(there)
    return -((line - there) * slope).sum() / (slope * slope).sum()


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("zoom", [1.0, 1.1])
@pytest.mark.usefixtures("planes")
def test_colour_stays_on_its_edge(axis, zoom):
    frame = (240, 240)
    ends = np.array([[30, 40, 150], [230, 200, 60]])

    def edge(x, y):
        part = 0.5 + 0.5 * np.tanh(((x, y)[1 - axis] - 120) / 5)
        return ends[0] + part[..., None] * (ends[1] - ends[0])

    ground = centred(*frame)
    sheet = sheet_of(drawn(edge, *frame), ground)
    for at in np.arange(0, 2, 0.17):
        pose = Pose(zoom, centre=(at, at))
        seen = yuv.views(compose([sheet], pose, 0.0, frame, 10))
        there = truth(edge, ground, pose)
        y, u, v = (shift_of(a / 4, b, axis) for a, b in zip(seen, there, strict=True))
        assert abs(y) < 0.02
        assert max(abs(2 * u - y), abs(2 * v - y)) < 0.05


def contrasts(line_at):
    """How much of a pattern is left while it moves by parts of a pixel."""
    return np.array([line_at(at).astype(np.float64).std() for at in np.arange(0, 1, 0.1)])


KEPT = {
    "small": {8: (0.97, 0.02), 4: (0.91, 0.07), 3: (0.85, 0.1), 2.5: (0.64, 0.22)},
    "large": {8: (0.97, 0.02), 4: (0.86, 0.13), 3: (0.82, 0.08), 2.5: (0.63, 0.14)},
}
"""By pixels of a period: contrast that is always left, and how much it may come and go."""


@pytest.mark.parametrize("period_px", [8, 4, 3, 2.5])
@pytest.mark.parametrize("axis", [0, 1])
def test_fine_pattern_does_not_flicker(planes, period_px, axis):
    """Against two samples of the picture between which it is interpolated: that flickers."""
    frame, (least, shimmer) = (240, 240), KEPT[planes][period_px]

    def grating(x, y):
        wave = np.sin(2 * np.pi * (x, y)[1 - axis] / period_px + 0.4)
        return np.repeat((128 + 100 * wave)[..., None], 3, -1)

    rgb = drawn(grating, *frame)
    sheet = sheet_of(rgb, centred(*frame))
    inner = np.s_[24:216, 24:216]

    def ours(at):
        return yuv.views(compose([sheet], Pose(1.0, centre=(at, at)), 0.0, frame))[0][inner]

    def plain(at):
        place = np.array([[1, 0, at], [0, 1, at]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(yuv.planes_of(rgb)[0], place, frame, flags=flags)[inner]

    full = 100 * 219 / 255 / np.sqrt(2)
    kept, control = contrasts(ours) / full, contrasts(plain) / full
    assert kept.min() > least
    assert np.ptp(kept) < shimmer
    assert kept.max() < 1.02, "nor is it sharpened"
    assert np.ptp(control) > 2 * shimmer
    assert control.min() < least


# Rounding ----------------------------------------------------------------------------------------


def longest_run(row):
    """The longest stretch of one level."""
    ends = np.flatnonzero(np.diff(row.astype(int), prepend=-1, append=-1))
    return int(np.diff(ends).max())


def dark_slope(zoom):
    frame = (1000, 120)
    rgb = np.repeat(np.linspace(0, 8 / 219 * 255, 1000)[None, :, None], 3, 2).repeat(120, 0)
    seen = compose([sheet_of(rgb, centred(*frame))], Pose(zoom), 0.0, frame)
    return yuv.views(seen)[0]


@pytest.mark.parametrize("zoom", [1.0, 1.0007, 1.0137, 1.05])
def test_dark_slopes_show_no_bands(zoom):
    luma = dark_slope(zoom)
    assert max(map(longest_run, luma)) <= 60
    ramp = 16 + 8 * (0.5 + (np.arange(1000) - 499.5) / 999 / zoom)
    off = cv2.blur(luma.astype(np.float64), (25, 25)) - ramp
    assert np.abs(off[20:-20, 20:-20]).max() < 0.15, "seen from afar it rises evenly"


def test_without_dither_they_would(monkeypatch):
    monkeypatch.setattr(dither, "pattern", lambda width: np.zeros((dither.ROWS, width), np.float32))
    monkeypatch.setattr(warp, "dither_rows", warp.dither_rows.__wrapped__)
    luma = dark_slope(1.0007)
    assert min(map(longest_run, luma)) > 110, "an eighth of it, all the way down"


def test_ten_bits_are_the_same_frame_finer():
    frame = (320, 200)
    ground = centred(*frame)
    plate = sheet_of(drawn(coloured, *frame), ground)
    disc = drawn(lambda x, y: np.clip(80 - np.hypot(x - 160, y - 100), 0, 1), *frame)
    front = sheet_of(drawn(lambda x, y: 255 - coloured(x, y), *frame), ground, disc)
    pose = Pose(1.06, (3.3, -2.1), (5, 4))
    eight, ten = (compose([plate, front], pose, 0.3, frame, bits) for bits in (8, 10))
    off = ten / 4 - eight
    assert np.abs(off).max() <= 1.25
    assert abs(off.mean()) < 0.01
    assert int(ten.max()) < 1024


# Layers on each other ----------------------------------------------------------------------------


def two_sheets(alpha, frame=(160, 120), bits=8):
    ground = centred(*frame)
    plate = sheet_of(drawn(coloured, *frame), ground)
    front = sheet_of(drawn(lambda x, y: 255 - coloured(x, y), *frame), ground, alpha)
    solid = sheet_of(drawn(lambda x, y: 255 - coloured(x, y), *frame), ground)
    return plate, front, solid


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("pose", [Pose(1.0), Pose(1.07, (2.2, 1.1), (4, 3))])
def test_nothing_all_and_half(pose, bits):
    frame = (160, 120)
    full = np.ones((120, 160), np.float32)
    plate, front, solid = two_sheets(full)
    under, over = (compose([one], pose, 0.3, frame, bits) for one in (plate, solid))
    nothing = compose([plate, two_sheets(0 * full)[1]], pose, 0.3, frame, bits)
    assert np.array_equal(nothing, under)
    assert np.array_equal(compose([plate, front], pose, 0.3, frame, bits), over)
    half = compose([plate, two_sheets(full / 2)[1]], pose, 0.3, frame, bits)
    mean = (under.astype(int) + over) / 2
    assert np.abs(half - mean).max() <= (1.5 if bits == 8 else 3), "alpha has 8 bits: 128 of 255"
    assert abs((half - mean).mean()) < 0.05


@pytest.mark.parametrize("bits", [8, 10])
def test_opaque_is_the_same_copied_or_blended(bits, monkeypatch):
    frame = (322, 242)
    plate, front, _ = two_sheets(np.ones((242, 322), np.float32), frame)
    pose = Pose(1.07, (2.2, 1.1), (4, 3))
    copied = compose([plate, front], pose, 0.3, frame, bits)
    kinds = np.full_like(front._kinds, looking.MIXED)
    monkeypatch.setattr(front, "look", lambda *pose: (Sheet.look(front, *pose), kinds)[1])
    assert np.array_equal(compose([plate, front], pose, 0.3, frame, bits), copied)


@pytest.mark.parametrize("soft_px", [0.5, 3])
@pytest.mark.parametrize("pose", [Pose(1.0), Pose(1.03, (2.2, 1.1), (4.4, 3)), Pose(1.2)])
@pytest.mark.usefixtures("planes")
def test_cells_leave_no_trace(pose, soft_px, monkeypatch):
    """Told nothing of what is empty or solid, and blending everywhere, the frame is the same."""
    frame = (640, 480)
    disc = drawn(
        lambda x, y: np.clip(0.5 + (180 - np.hypot(x - 320, y - 240)) / soft_px, 0, 1), *frame
    )
    plate, front, _ = two_sheets(disc, frame)
    quick = compose([plate, front], pose, 0.3, frame)
    all_of_it = (0, front._nodes.shape[1], 0, front._nodes.shape[2])
    monkeypatch.setattr(front, "_part", lambda lens: all_of_it)
    kinds = np.full_like(front._kinds, looking.MIXED)
    monkeypatch.setattr(front, "look", lambda *pose: (Sheet.look(front, *pose), kinds)[1])
    assert np.array_equal(compose([plate, front], pose, 0.3, frame), quick)


def test_every_cell_is_covered_once_and_no_more():
    rng = np.random.default_rng(7)
    for sheets in (1, 2, 3, 4):
        kinds = [np.full((30, 40), looking.SOLID, np.uint8)]
        kinds += [rng.integers(0, 3, (30, 40)).astype(np.uint8) for _ in range(sheets - 1)]
        before = [kind.copy() for kind in kinds]
        want = np.stack(warp._wanted(kinds))
        assert all(np.array_equal(a, b) for a, b in zip(before, kinds, strict=True))
        kinds = np.stack(kinds)
        assert ((want == kernels.COVER).sum(axis=0) == 1).all()
        order = np.arange(sheets)[:, None, None]
        cover = np.where(kinds == looking.SOLID, order, -1).max(axis=0)
        assert np.array_equal(want == kernels.COVER, order == cover)
        assert np.array_equal(want == kernels.BLEND, (kinds == looking.MIXED) & (order > cover))


# The same bytes ----------------------------------------------------------------------------------


def a_clip(order):
    frame = (322, 242)
    disc = drawn(lambda x, y: np.clip(80 - np.hypot(x - 160, y - 120), 0, 1), *frame)
    plate, front, _ = two_sheets(disc, frame)
    poses = [Pose(1 + 0.02 * n, (n, -n), (3 * n - 9, n), 0.01 * n) for n in range(6)]
    return {n: compose([plate, front], poses[n], 0.3, frame).tobytes() for n in order}


def test_the_same_bytes_again_in_any_order_and_in_threads():
    """What one frame found does not stay behind in the next; nor do threads meet."""
    once = a_clip(range(6))
    assert len(set(once.values())) == 6
    before = cv2.getNumThreads()
    try:
        cv2.setNumThreads(1)
        assert a_clip([3, 0, 5, 5, 1, 2, 4]) == once
    finally:
        cv2.setNumThreads(before)
    with ThreadPoolExecutor(4) as pool:
        assert all(clip == once for clip in pool.map(a_clip, [range(6), range(5, -1, -1)] * 2))


def test_a_frame_belongs_to_whoever_got_it():
    frame = (64, 48)
    sheet = sheet_of(drawn(coloured, *frame), centred(*frame))
    first = compose([sheet], Pose(1.0), 0.0, frame)
    before = first.copy()
    compose([sheet], Pose(1.5, (4, 4)), 0.0, frame)
    assert np.array_equal(first, before)


# Bounds ------------------------------------------------------------------------------------------


def guarded(plane):
    """The same samples with poison before and behind them."""
    around = []
    for samples in (plane.samples, plane.alpha):
        poison = np.iinfo(samples.dtype).max
        large = np.full(samples.size + 2 * 65536, poison, samples.dtype)
        large[65536:-65536] = samples
        around.append(large[65536:-65536])
    return plane._replace(samples=around[0], alpha=around[1])


EXTREME = [
    Pose(0.02),
    Pose(50.0),
    Pose(1.0, centre=(1e5, -1e5)),
    Pose(1.0, centre=(-1e5, 1e5)),
    Pose(1.0, shift=(4000, -4000)),
    Pose(1.0, dolly=3.0),
    Pose(1.0, dolly=-30.0),
]


@pytest.mark.parametrize("pose", EXTREME)
@pytest.mark.parametrize("frame", [(642, 362), (18, 16), (2, 2)])
@pytest.mark.usefixtures("planes")
def test_nothing_but_the_layer_is_ever_read(pose, frame):
    """A grey layer is grey, wherever the camera is; what lies beside it in memory is white."""
    width, height = (2 * (side // 2 + 3) for side in frame)
    ground = centred(width, height, frame)
    steep = np.random.default_rng(3).random((height, width)).astype(np.float32)
    half = np.full((height, width), 0.5, np.float32)
    sheets = [
        sheet_of(np.full((height, width, 3), 100), ground, alpha, steep) for alpha in (None, half)
    ]
    for sheet in sheets:
        sheet._planes = tuple(guarded(plane) for plane in sheet._planes)
    seen = compose(sheets, pose, 0.5, frame)
    for plane, level in zip(yuv.views(seen), (16 + 219 * 100 / 255, 128, 128), strict=True):
        assert np.abs(plane - level).max() < 2


def test_cells_are_powers_of_two_and_many_enough():
    for side in (2, 18, 479, 480, 961, 1280, 1920, 3840, 7680):
        step = warp.cell_px((side, 2))
        least = warp._CELLS if side <= warp._SMALL_PX else warp._CELLS_LARGE
        assert step >= 2
        assert step & (step - 1) == 0
        assert step == 2 or side / step >= least
        assert side / (2 * step) < least, "and no more of them than need be"


def test_a_sheet_does_not_touch_its_layer():
    frame = (64, 48)
    layer = Layer(
        drawn(coloured, *frame), np.full((48, 64), 0.4, np.float32), np.zeros((9, 9), "f4")
    )
    before = replace(layer, rgb=layer.rgb.copy(), alpha=layer.alpha.copy())
    compose([Sheet(layer, centred(*frame))], Pose(1.1), 0.0, frame)
    assert np.array_equal(layer.rgb, before.rgb)
    assert np.array_equal(layer.alpha, before.alpha)
