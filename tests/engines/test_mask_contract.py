"""What every mask engine must do, asked of each."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.engines.choose import ENGINES, load_engine
from pipeline.errors import EngineFailed

NAMES = [options().name for options in ENGINES["mask"]]
AWKWARD = {
    "one pixel": (1, 1),
    "tiny": (16, 16),
    "one row": (1, 200),
    "one column": (200, 1),
    "two rows": (2, 300),
    "ribbon": (30, 900),
}


@pytest.fixture(scope="module", params=ENGINES["mask"], ids=NAMES)
def engine(request):
    return load_engine(request.param())


def thing(height=240, width=320, light=230):
    """A disc with a soft edge on grey paper, and its true mask."""
    y, x = np.mgrid[:height, :width]
    away = np.hypot((x - width * 0.45) / width, (y - height * 0.55) / width)
    true = np.clip((0.25 - away) * width / 2, 0, 1).astype(np.float32)
    noise = np.random.default_rng(1).normal(0, 2, (height, width, 1))
    paper = 120 + 20 * (x / width)[..., None]
    dots = 25 * np.sin(x / 9)[..., None] * np.sin(y / 7)[..., None]
    colour = np.array([light, light - 60, 60]) + dots
    rgb = paper * (1 - true[..., None]) + colour * true[..., None] + noise
    return np.clip(rgb, 0, 255).astype(np.uint8), true


def test_mask_is_as_large_as_the_photograph_and_between_0_and_1(engine):
    rgb, _ = thing()

    mask = engine.cut(rgb)

    assert mask.shape == rgb.shape[:2]
    assert mask.dtype == np.float32
    assert np.isfinite(mask).all()
    assert mask.min() >= 0
    assert mask.max() == 1


def test_photograph_is_left_alone(engine):
    rgb, _ = thing()
    before = rgb.copy()
    rgb.flags.writeable = False

    engine.cut(rgb)

    assert np.array_equal(rgb, before)


def test_same_photograph_gives_same_bytes_whatever_ran_before(engine):
    rgb, _ = thing()
    first = engine.cut(rgb)
    threads = cv2.getNumThreads()
    cv2.setRNGSeed(99)
    np.random.default_rng().random(3)
    cv2.setNumThreads(1)
    try:
        again = engine.cut(rgb)
    finally:
        cv2.setNumThreads(threads)

    assert again.tobytes() == first.tobytes()


def test_object_on_plain_paper_is_found_to_the_edge(engine):
    rgb, true = thing(480, 640)

    mask = engine.cut(rgb)

    if engine._options.name == "whole":
        assert mask.min() == 1
        return
    inside, expected = mask >= 0.5, true >= 0.5
    assert (inside & expected).sum() / (inside | expected).sum() > 0.97
    soft = (mask > 0.02) & (mask < 0.98)
    assert 0 < soft.mean() < 0.05, "the border is soft, and nothing else is"


@pytest.mark.parametrize("shape", AWKWARD.values(), ids=AWKWARD.keys())
@pytest.mark.parametrize("level", [0, 255])
def test_awkward_shapes_without_object_fail_in_words(engine, shape, level):
    rgb = np.full((*shape, 3), level, np.uint8)

    if engine._options.name == "whole":
        assert engine.cut(rgb).shape == shape
        return
    with pytest.raises(EngineFailed, match=engine._options.name):
        engine.cut(rgb)


@pytest.mark.parametrize("shape", [(16, 16), (3, 400), (400, 3), (64, 640)])
def test_awkward_shapes_with_something_on_them_never_crash(engine, shape):
    rgb = np.random.default_rng(0).integers(0, 255, (*shape, 3)).astype(np.uint8)

    try:
        mask = engine.cut(rgb)
    except EngineFailed:
        return
    assert mask.shape == shape


@pytest.mark.parametrize("level", [0, 128, 255])
def test_empty_photograph_has_no_object(engine, level):
    rgb = np.full((300, 400, 3), level, np.uint8)
    if engine._options.name == "whole":  # takes all of any photograph
        assert engine.cut(rgb).min() == 1
        return

    with pytest.raises(EngineFailed, match=r"(?s)finds no.*mask: \{engine: whole\}"):
        engine.cut(rgb)


def test_options_say_who_they_are_and_forbid_what_they_do_not_know():
    for options in ENGINES["mask"]:
        identity = options().identity()
        assert identity.name == options.model_fields["name"].default
        assert not identity.generative
        with pytest.raises(ValueError, match="extra"):
            options(colour="red")
