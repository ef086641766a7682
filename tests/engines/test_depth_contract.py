"""What every depth engine must do, asked of each, for every kind of object."""

from __future__ import annotations

import tracemalloc

import cv2
import numpy as np
import pytest

from pipeline.engines.choose import ENGINES, load_engine
from pipeline.errors import EngineFailed
from pipeline.items import Kind

NAMES = [options().name for options in ENGINES["depth"]]


@pytest.fixture(scope="module", params=ENGINES["depth"], ids=NAMES)
def engine(request):
    return load_engine(request.param())


def thing(height=150, width=120):
    """A textured oval with a soft border."""
    y, x = np.mgrid[:height, :width]
    away = np.hypot((x - width * 0.5) / (width * 0.3), (y - height * 0.5) / (height * 0.4))
    mask = np.clip((1 - away) * min(height, width) / 4 + 0.5, 0, 1).astype(np.float32)
    rgb = np.random.default_rng(1).integers(0, 255, (height, width, 3)).astype(np.uint8)
    return rgb, mask


@pytest.mark.parametrize("kind", Kind)
def test_depth_is_as_large_as_the_photograph_and_between_0_and_1(engine, kind):
    rgb, mask = thing()

    depth = engine.estimate(rgb, mask, kind)

    assert depth.shape == mask.shape
    assert depth.dtype == np.float32
    assert np.isfinite(depth).all()
    assert 0 <= depth.min() <= depth.max() <= 1


@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.SCULPTURE, Kind.COIN, Kind.RELIEF])
def test_ground_is_never_in_front_of_the_object(engine, kind):
    rgb, mask = thing()

    depth = engine.estimate(rgb, mask, kind)

    assert depth[mask < 0.5].max() <= depth[mask >= 0.5].min()


@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.SCULPTURE, Kind.COIN])
def test_same_input_gives_same_bytes_and_is_left_alone(engine, kind):
    rgb, mask = thing()
    rgb.flags.writeable = mask.flags.writeable = False
    first = engine.estimate(rgb, mask, kind)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        again = engine.estimate(rgb, mask, kind)
    finally:
        cv2.setNumThreads(threads)

    assert again.tobytes() == first.tobytes()


@pytest.mark.parametrize("shape", [(16, 16), (1, 400), (400, 1), (2, 300), (40, 900)])
@pytest.mark.parametrize("kind", [Kind.VESSEL, Kind.SCULPTURE, Kind.COIN])
def test_awkward_shapes_and_masks(engine, shape, kind):
    random = np.random.default_rng(0)
    rgb = random.integers(0, 255, (*shape, 3)).astype(np.uint8)
    band = np.zeros(shape, np.float32)
    band[: max(1, shape[0] // 2), : max(1, shape[1] // 2)] = 1
    for mask in (band, (random.random(shape) > 0.5).astype(np.float32)):
        depth = engine.estimate(rgb, mask, kind)
        assert depth.shape == shape
        assert np.isfinite(depth).all()


@pytest.mark.parametrize("level", [0, 255])
def test_photograph_of_one_colour_is_no_trouble(engine, level):
    _, mask = thing()

    depth = engine.estimate(np.full((*mask.shape, 3), level, np.uint8), mask, Kind.COIN)

    assert np.isfinite(depth).all()


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_mask_without_outline_is_refused_in_words_or_flat(engine, level):
    rgb, mask = thing()
    mask = np.full_like(mask, level)

    if engine._options.name == "planar":
        assert np.ptp(engine.estimate(rgb, mask, Kind.PAINTING)) == 0
        return
    with pytest.raises(EngineFailed, match=r"silhouette.*(mask\.png|planar)"):
        engine.estimate(rgb, mask, Kind.SCULPTURE)


def test_memory_at_2048_px_stays_below_600_mb(engine):
    rgb, mask = thing(2048, 2048)
    engine.estimate(*thing(), Kind.SCULPTURE)

    tracemalloc.start()
    engine.estimate(rgb, mask, Kind.SCULPTURE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 600e6
