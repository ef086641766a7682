"""Faces are hidden for good, and nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.media.hide import CELLS, hide_faces


def noise(seed: int, height: int = 240, width: int = 320) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


BOX = (120, 80, 184, 160)


def test_nothing_finer_than_a_cell_is_left():
    """What lies in the box afterwards follows from a few numbers: the means of the cells."""
    rgb = noise(1)
    hidden = hide_faces(rgb, [BOX])
    left, top, right, bottom = BOX
    inside = hidden[top:bottom, left:right].astype(float)
    for axis in (0, 1):
        steps = np.abs(np.diff(inside, axis=axis))
        assert steps.max() <= 8, "there is no edge left"
    spread = rgb[top:bottom, left:right].std()
    assert inside.std() < spread / 8


def test_two_faces_with_the_same_means_become_the_same():
    """Permuting pixels within a cell changes nothing: what told the two apart is gone."""
    rgb = np.zeros((256, 256, 3), np.uint8)
    rgb[:] = noise(2, 256, 256)
    box = (64, 64, 144, 144)  # its ellipse spans 128 px: cells of 32 px
    other = rgb.copy()
    rng = np.random.default_rng(3)
    for y in range(40, 168, 32):
        for x in range(40, 168, 32):
            cell = other[y : y + 32, x : x + 32].reshape(-1, 3)
            other[y : y + 32, x : x + 32] = rng.permutation(cell).reshape(32, 32, 3)
    left, top, right, bottom = box
    one = hide_faces(rgb, [box])[top:bottom, left:right]
    two = hide_faces(other, [box])[top:bottom, left:right]
    assert not np.array_equal(rgb[top:bottom, left:right], other[top:bottom, left:right])
    assert np.abs(one.astype(int) - two).max() <= 1


def test_the_whole_box_is_hidden_and_what_is_far_is_not_touched():
    rgb = noise(4)
    hidden = hide_faces(rgb, [BOX])
    left, top, right, bottom = BOX
    same = (hidden == rgb).all(axis=-1)
    assert same[top:bottom, left:right].mean() < 0.01
    reach = np.ones(rgb.shape[:2], bool)
    reach[top - 24 : bottom + 24, left - 20 : right + 20] = False
    assert same[reach].all()
    assert (rgb == noise(4)).all(), "the photograph itself stays"


def test_it_fades_into_the_photograph():
    rgb = np.full((240, 320, 3), 100, np.uint8)
    rgb[80:160, 120:184] = 255
    hidden = hide_faces(rgb, [BOX]).astype(int)
    row = hidden[120, :, 0]
    assert np.abs(np.diff(row)).max() < 60, "no edge where the ellipse ends"


def test_the_object_is_spared():
    rgb = noise(5)
    spare = np.zeros(rgb.shape[:2], np.float32)
    spare[:, 150:] = 1
    hidden = hide_faces(rgb, [BOX], spare)
    assert np.array_equal(hidden[:, 150:], rgb[:, 150:])
    assert not np.array_equal(hidden[:, :150], rgb[:, :150])


@pytest.mark.parametrize(
    "box",
    [(0, 0, 1, 1), (-20, -20, 10, 10), (310, 230, 340, 260), (0, 0, 320, 240), (5, 5, 6, 200)],
)
def test_boxes_at_the_edge_and_of_any_size(box):
    rgb = noise(6)
    hidden = hide_faces(rgb, [box])
    assert hidden.shape == rgb.shape
    assert not np.array_equal(hidden, rgb)
    assert np.array_equal(hide_faces(rgb, [box]), hidden)


def test_a_box_beyond_the_photograph_changes_nothing():
    rgb = noise(7)
    assert np.array_equal(hide_faces(rgb, [(900, 900, 950, 950)]), rgb)
    assert np.array_equal(hide_faces(rgb, []), rgb)


def test_there_are_fewer_cells_than_networks_recognise():
    assert CELLS / 1.6 < 7
