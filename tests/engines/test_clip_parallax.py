"""What the parallax engine promises beyond the contract."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest

from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions
from pipeline.media.yuv import i420_to_rgb
from pipeline.protocols import Shot
from pipeline.records import Kind

MOVES = ["push", "pull", "slide", "rise", "orbit", "dolly-zoom"]


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
    frames = render(rgb, one, one * 0.5, kind=Kind.SCROLL, frames=160, size=(128, 128))
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
