"""What every clip engine must do, asked of each in every one of its moves."""

from __future__ import annotations

import hashlib
import tracemalloc
from itertools import pairwise

import cv2
import numpy as np
import pytest

from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions
from pipeline.errors import EngineFailed
from pipeline.items import Kind
from pipeline.media.yuv import i420_to_rgb
from pipeline.protocols import Shot

ENGINES = {
    f"parallax-{move}": ParallaxEngine(ParallaxOptions(move=move))
    for move in (
        *("auto", "push", "pull", "slide", "rise", "orbit", "dolly-zoom", "details"),
        *("tilt-and-spin", "unroll", "raking-light"),
    )
}
LIT = [ENGINES[f"parallax-{move}"] for move in ("tilt-and-spin", "unroll", "raking-light")]
"""They change the light, or show a ground around the work."""


def rendered(engine, *views):
    """All frames; ``None`` where there is nothing to tilt and that is said."""
    try:
        return [shown(frame) for frame in engine.frames(*views)]
    except EngineFailed as refusal:
        assert engine is LIT[0]
        assert "Nothing in the frame can be tilted" in str(refusal)  # noqa: PT017
        return None


@pytest.fixture(params=ENGINES.values(), ids=ENGINES.keys())
def engine(request):
    return request.param


def asked(width=96, height=64, frames=24, kind=Kind.VESSEL):
    return Shot(width_px=width, height_px=height, fps=12, frames=frames, kind=kind)


def thing(width=192, height=128):
    """A photograph of a ball in front of a wall, with its mask and depth."""
    noise = np.random.default_rng(5).integers(60, 200, (height // 8, width // 8, 3), np.uint8)
    rgb = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[:height, :width]
    away = np.hypot(x - width / 2, y - height / 2) / (min(width, height) * 0.3)
    mask = (away < 1).astype(np.float32)
    rgb[mask > 0] = rgb[mask > 0] // 2 + np.uint8([120, 60, 20])
    depth = np.where(mask > 0, 0.5 + 0.5 * np.sqrt(np.clip(1 - away**2, 0, 1)), 0.1)
    return rgb, mask, depth.astype(np.float32)


def whole(rgb, depth=0.5):
    shape = rgb.shape[:2]
    return rgb, np.ones(shape, np.float32), np.full(shape, depth, np.float32)


def shown(frame):
    return i420_to_rgb(frame) if frame.ndim == 2 else frame


@pytest.mark.parametrize("kind", list(Kind))
def test_as_many_frames_as_asked_of_the_size_asked(engine, kind):
    shot = asked(frames=7, kind=kind)
    frames = list(engine.frames(*thing(), shot))
    assert len(frames) == 7
    assert {(f.dtype, shown(f).shape) for f in frames} == {(np.dtype(np.uint8), (64, 96, 3))}
    assert not any(np.shares_memory(a, b) for a, b in pairwise(frames))


@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.SCENE, Kind.PAINTING, Kind.SCROLL])
def test_the_last_frame_leads_into_the_first(engine, kind):
    frames = [shown(f).astype(int) for f in engine.frames(*thing(), asked(frames=48, kind=kind))]
    steps = [np.abs(frames[i] - frames[i - 1]).mean() for i in range(48)]
    assert max(steps[1:]) > 0, "it moves"
    assert steps[0] <= 1.5 * max(steps[1:])
    assert max(steps) < 20, "and does not jump"


@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.SCENE, Kind.PAINTING, Kind.SCROLL])
def test_nothing_outside_the_photograph_is_seen(engine, kind):
    """The outermost pixels are green, everything else is white: no frame may show green."""
    rgb, mask, depth = thing()
    rgb[:] = 255
    rgb[[0, -1]], rgb[:, [0, -1]] = (0, 255, 0), (0, 255, 0)
    for frame in engine.frames(rgb, mask, depth, asked(frames=36, kind=kind)):
        red, green, blue = (shown(frame)[..., channel].astype(int) for channel in range(3))
        assert (green - red).max() <= 2
        assert (green - blue).max() <= 2
        if engine not in LIT:
            assert shown(frame).min() >= (254 if kind is not Kind.SCROLL else 30)


def test_the_first_frame_is_the_photograph():
    rgb, mask, depth = whole(thing()[0])
    engine = ENGINES["parallax-auto"]
    first = shown(next(engine.frames(rgb, mask, depth, asked(190, 126, kind=Kind.PAINTING))))
    assert np.abs(first.astype(int) - rgb[1:-1, 1:-1]).mean() < 3


def test_same_input_same_bytes_whatever_the_threads(engine):
    def digest(threads: int) -> str:
        cv2.setNumThreads(threads)
        try:
            frames = engine.frames(*thing(), asked(frames=5))
            return hashlib.sha256(b"".join(f.tobytes() for f in frames)).hexdigest()
        finally:
            cv2.setNumThreads(-1)

    assert digest(1) == digest(4) == digest(1)


@pytest.mark.parametrize("size", [(16, 16), (3, 3), (5, 400), (400, 5), (37, 53), (64, 1000)])
@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.SCENE, Kind.PAINTING, Kind.SCROLL])
def test_any_size_of_photograph(engine, size, kind):
    rgb = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    mask = np.zeros(rgb.shape[:2], np.float32)
    mask[size[1] // 4 : size[1] * 3 // 4 + 1, size[0] // 4 : size[0] * 3 // 4 + 1] = 1
    frames = rendered(engine, rgb, mask, mask * np.float32(0.8), asked(32, 32, 3, kind))
    assert frames is None or len(frames) == 3


@pytest.mark.parametrize(("mask", "depth"), [(0, 0), (1, 0), (1, 1), (0, 1), (0.5, 0.5)])
def test_masks_and_depths_that_say_nothing(engine, mask, depth):
    rgb = thing()[0]
    flat = [np.full(rgb.shape[:2], value, np.float32) for value in (mask, depth)]
    frames = rendered(engine, rgb, *flat, asked(frames=4))
    part = np.s_[20:-20, 20:-20] if engine is LIT[1] else np.s_[:]  # less the ground around it
    assert frames is None or abs(int(frames[0][part].mean()) - int(rgb.mean())) < 8


def test_too_small_is_said(engine):
    with pytest.raises(EngineFailed, match="at least 3 x 3"):
        next(engine.frames(*whole(np.zeros((2, 9, 3), np.uint8)), asked()))


def test_memory_does_not_grow_with_length(engine):
    def peak(frames: int) -> int:
        tracemalloc.start()
        for _ in engine.frames(*thing(), asked(frames=frames)):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(3)
    # 72 frames kept would be more than half as much again; when garbage is taken out is chance.
    assert peak(144) < peak(72) * 1.2
