"""Bystanders are hidden before anything is made; the work is not touched; the record says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.media.pixels import read_rgb, write_mask, write_photo
from pipeline.records import Mask, Photo
from pipeline.stages.blur_faces import FacesParams, blur_faces

FACES = [(20, 20, 60, 60), (120, 40, 150, 70)]


class Finder:
    def __init__(self, boxes=FACES):
        self.boxes = boxes

    def find(self, rgb):
        return list(self.boxes)


@pytest.fixture
def photo(tmp_path: Path) -> Photo:
    rgb = np.random.default_rng(1).integers(0, 256, (120, 200, 3), np.uint8)
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "photo.webp"
    write_photo(rgb, path)
    assert np.array_equal(read_rgb(path), rgb), "photographs are passed on without loss"
    return Photo(
        path=path,
        width_px=200,
        height_px=120,
        source_sha256="0" * 64,
        source_format="PNG",
        source_width_px=200,
        source_height_px=120,
    )


def blurred(photo: Photo, tmp_path: Path, mask=None, engine=None, **params) -> Photo:
    folder = tmp_path / "out"
    folder.mkdir()
    return blur_faces(photo, mask, FacesParams(**params), engine=engine, folder=folder)


def changed(photo: Photo, done: Photo) -> np.ndarray:
    return (read_rgb(photo.path) != read_rgb(done.path)).any(axis=-1)


def test_faces_are_hidden_and_counted(photo, tmp_path):
    done = blurred(photo, tmp_path, engine=Finder())
    assert done.faces is not None
    assert done.faces.checked
    assert done.faces.boxes_px == tuple(FACES)
    assert done.faces.blurred == 2
    where = changed(photo, done)
    for left, top, right, bottom in FACES:
        assert where[top:bottom, left:right].mean() > 0.98
    assert not where[:, 170:].any()
    assert done.path == tmp_path / "out" / "photo.webp"


def test_the_objects_own_face_is_not_touched(photo, tmp_path):
    shape = np.zeros((120, 200), np.float32)
    shape[10:80, 10:80] = 1
    write_mask(shape, tmp_path / "mask.png")
    mask = Mask(path=tmp_path / "mask.png", coverage=0.2, box_px=(10, 10, 80, 80))
    done = blurred(photo, tmp_path, mask, Finder())
    assert done.faces is not None
    assert done.faces.boxes_px == (FACES[1],)
    where = changed(photo, done)
    assert not where[10:80, 10:80].any()
    assert where[40:70, 120:150].mean() > 0.98


def test_noting_leaves_the_photograph_as_it_is(photo, tmp_path):
    done = blurred(photo, tmp_path, engine=Finder(), action="note", reason="consent on file")
    assert done.faces is not None
    assert (done.faces.checked, len(done.faces.boxes_px), done.faces.blurred) == (True, 2, 0)
    assert done.path.read_bytes() == photo.path.read_bytes()


def test_keeping_does_not_look(photo, tmp_path):
    class Broken:
        def find(self, rgb):
            raise AssertionError("it was looked at")

    done = blurred(photo, tmp_path, engine=Broken(), action="keep", reason="a portrait sitting")
    assert done.faces is not None
    assert (done.faces.checked, done.faces.reason) == (False, "a portrait sitting")


def test_without_an_engine_it_is_not_checked_and_says_so(photo, tmp_path):
    done = blurred(photo, tmp_path)
    assert done.faces is not None
    assert not done.faces.checked
    assert done.path.read_bytes() == photo.path.read_bytes()


def test_no_face_leaves_the_very_bytes(photo, tmp_path):
    done = blurred(photo, tmp_path, engine=Finder([]))
    assert done.faces is not None
    assert done.faces.checked
    assert done.path.read_bytes() == photo.path.read_bytes()


def test_a_cut_out_keeps_its_alpha(photo, tmp_path):
    alpha = photo.path.with_name("alpha.png")
    write_mask(np.ones((120, 200), np.float32), alpha)
    done = blurred(photo.model_copy(update={"alpha": alpha}), tmp_path, engine=Finder())
    assert done.alpha == tmp_path / "out" / "alpha.png"
    assert done.alpha.read_bytes() == alpha.read_bytes()


@pytest.mark.parametrize("action", ["keep", "note"])
def test_showing_people_needs_a_reason(action):
    with pytest.raises(ValidationError, match=f"found {action} without a reason"):
        FacesParams(action=action)
