"""Photograph in, one checked mask out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.errors import EngineFailed, StageFailed
from pipeline.media.pixels import read_mask, write_mask
from pipeline.records import Photo
from pipeline.stages.cut_mask import MaskParams, cut_mask

WIDTH, HEIGHT = 90, 60


class Always:
    """A mask engine that gives what it was made with, and counts how often it is asked."""

    def __init__(self, mask):
        self.mask, self.asked = mask, []

    def cut(self, rgb):
        self.asked.append(rgb)
        return self.mask


def disc(value=1.0):
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.circle(mask, (40, 30), 15, value, -1)
    return mask


@pytest.fixture
def photo(tmp_path: Path) -> Photo:
    rgb = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    rgb[..., 0] = 200
    path = tmp_path / "photo.webp"
    cv2.imwrite(str(path), rgb[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 101])
    return Photo(
        path=path,
        width_px=WIDTH,
        height_px=HEIGHT,
        source_sha256="0" * 64,
        source_format="PNG",
        source_width_px=WIDTH,
        source_height_px=HEIGHT,
    )


def test_mask_is_written_and_measured(photo, tmp_path):
    engine = Always(disc())

    mask = cut_mask(photo, MaskParams(), engine=engine, folder=tmp_path)

    assert mask.path == tmp_path / "mask.png"
    assert np.array_equal(read_mask(mask.path), disc())
    assert cv2.imread(str(mask.path), cv2.IMREAD_UNCHANGED).dtype == np.uint8
    assert mask.coverage == pytest.approx(disc().mean())
    assert mask.box_px == (25, 15, 56, 46)
    assert tuple(engine.asked[0][0, 0]) == (200, 0, 0), "the engine sees RGB"


def test_soft_border_survives_as_8_bit(photo, tmp_path):
    soft = cv2.GaussianBlur(disc(), (0, 0), 2)

    mask = cut_mask(photo, MaskParams(), engine=Always(soft), folder=tmp_path)

    assert np.abs(read_mask(mask.path) - soft).max() <= 0.5 / 255 + 1e-6


def test_without_an_engine_the_museums_transparency_is_the_mask(photo, tmp_path):
    write_mask(disc(), tmp_path / "alpha.png")
    photo = photo.model_copy(update={"alpha": tmp_path / "alpha.png"})

    mask = cut_mask(photo, MaskParams(), folder=tmp_path)

    assert np.array_equal(read_mask(mask.path), disc())


def test_without_engine_and_transparency_nothing_is_guessed(photo, tmp_path):
    with pytest.raises(StageFailed, match="engine must be named"):
        cut_mask(photo, MaskParams(), folder=tmp_path)


@pytest.mark.parametrize("grow_px", [5, -5])
def test_outline_moves_by_the_pixels_asked_for(photo, tmp_path, grow_px):
    params = MaskParams(grow_px=grow_px)

    mask = cut_mask(photo, params, engine=Always(disc()), folder=tmp_path)

    true = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(true, (40, 30), 15 + grow_px, 1, -1)
    inside = read_mask(mask.path) >= 0.5
    assert (inside & (true > 0)).sum() / (inside | (true > 0)).sum() > 0.95


@pytest.mark.parametrize("found", [np.zeros((HEIGHT, WIDTH)), disc(0.4)])
def test_no_object_is_a_failure_that_a_fallback_may_follow(photo, tmp_path, found):
    with pytest.raises(EngineFailed, match=r"0\.00%.*min_coverage.*whole"):
        cut_mask(photo, MaskParams(), engine=Always(found.astype(np.float32)), folder=tmp_path)

    assert not (tmp_path / "mask.png").exists()


def test_smallest_share_can_be_set(photo, tmp_path):
    with pytest.raises(EngineFailed, match=r"13\.\d\d%.*50\.00%"):
        cut_mask(photo, MaskParams(min_coverage=0.5), engine=Always(disc()), folder=tmp_path)


def test_mask_of_another_size_is_refused(photo, tmp_path):
    with pytest.raises(StageFailed, match="60 x 90 px.*90 x 60 px"):
        cut_mask(photo, MaskParams(), engine=Always(disc().T), folder=tmp_path)


@pytest.mark.parametrize("wrong", [{"grow_px": 100}, {"min_coverage": 2}, {"colour": "red"}])
def test_impossible_params_are_refused(wrong):
    with pytest.raises(ValidationError):
        MaskParams(**wrong)
