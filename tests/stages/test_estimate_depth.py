"""Photograph and mask in, one checked depth picture out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.engines.depth_planar import PlanarEngine, PlanarOptions
from pipeline.engines.depth_silhouette import SilhouetteEngine, SilhouetteOptions
from pipeline.errors import StageFailed
from pipeline.items import Kind
from pipeline.media.pixels import read_depth, write_mask
from pipeline.records import Mask, Photo
from pipeline.stages.estimate_depth import DepthParams, estimate_depth

WIDTH, HEIGHT = 90, 60


class Always:
    """A depth engine that gives what it was made with."""

    def __init__(self, depth):
        self.depth, self.asked = depth, []

    def estimate(self, rgb, mask, kind):
        self.asked.append((rgb.shape, mask.shape, kind))
        return self.depth


def ramp():
    return np.tile(np.linspace(0, 1, WIDTH, dtype=np.float32), (HEIGHT, 1))


@pytest.fixture
def view(tmp_path: Path) -> tuple[Photo, Mask]:
    path = tmp_path / "photo.webp"
    cv2.imwrite(str(path), np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.circle(mask, (40, 30), 20, 1, -1)
    write_mask(mask, tmp_path / "mask.png")
    photo = Photo(
        path=path,
        width_px=WIDTH,
        height_px=HEIGHT,
        source_sha256="0" * 64,
        source_format="PNG",
        source_width_px=WIDTH,
        source_height_px=HEIGHT,
    )
    return photo, Mask(path=tmp_path / "mask.png", coverage=0.2, box_px=(20, 10, 61, 51))


def make(view, tmp_path, engine, kind=Kind.VESSEL, **params):
    return estimate_depth(*view, kind, DepthParams(**params), engine=engine, folder=tmp_path)


def test_depth_is_written_with_16_bits(view, tmp_path):
    engine = Always(ramp())

    depth = make(view, tmp_path, engine)

    assert depth.path == tmp_path / "depth.png"
    assert not depth.is_flat
    assert cv2.imread(str(depth.path), cv2.IMREAD_UNCHANGED).dtype == np.uint16
    assert np.abs(read_depth(depth.path) - ramp()).max() < 1e-5
    assert engine.asked == [((HEIGHT, WIDTH, 3), (HEIGHT, WIDTH), Kind.VESSEL)]


def test_flat_work_is_said_to_be_flat(view, tmp_path):
    depth = make(view, tmp_path, PlanarEngine(PlanarOptions()), Kind.PAINTING)

    assert depth.is_flat
    assert np.ptp(read_depth(depth.path)) == 0


def test_round_object_is_not_flat(view, tmp_path):
    depth = make(view, tmp_path, SilhouetteEngine(SilhouetteOptions()), Kind.SCULPTURE)

    pixels = read_depth(depth.path)
    assert not depth.is_flat
    assert pixels[30, 40] > 0.97
    assert pixels[0, 0] == 0


def test_gamma_bends_depth_and_keeps_its_order(view, tmp_path):
    bent = read_depth(make(view, tmp_path, Always(ramp()), gamma=2.0).path)

    assert np.abs(bent - ramp() ** 2).max() < 1e-5


@pytest.mark.parametrize("value", [np.nan, np.inf, -0.1, 1.1])
def test_values_that_are_no_depth_are_refused(view, tmp_path, value):
    depth = ramp()
    depth[3, 3] = value

    with pytest.raises(StageFailed, match="from 0 to 1"):
        make(view, tmp_path, Always(depth))
    assert not (tmp_path / "depth.png").exists()


def test_depth_of_another_size_is_refused(view, tmp_path):
    with pytest.raises(StageFailed, match="60 x 90 px.*90 x 60 px"):
        make(view, tmp_path, Always(ramp().T))


def test_mask_of_another_size_is_refused(view, tmp_path):
    write_mask(np.ones((5, 7), np.float32), tmp_path / "mask.png")

    with pytest.raises(StageFailed, match="7 x 5 px.*90 x 60 px"):
        make(view, tmp_path, Always(ramp()))


@pytest.mark.parametrize("wrong", [{"gamma": 0}, {"gamma": 9}, {"colour": "red"}])
def test_impossible_params_are_refused(wrong):
    with pytest.raises(ValidationError):
        DepthParams(**wrong)
