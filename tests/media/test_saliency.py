"""Regions that stand out: found where something is, apart, inside, the same every time."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest

from pipeline.media.saliency import find_regions, salience


def canvas(width=900, height=600, spots=((200, 150), (650, 420)), seed=1):
    """A calm ground with a little grain, and a few busy spots."""
    rng = np.random.default_rng(seed)
    rgb = np.full((height, width, 3), (190, 180, 160), np.float32)
    rgb += rng.normal(0, 2, rgb.shape)
    for x, y in spots:
        part = rng.integers(0, 256, (10, 10, 3)).astype(np.float32)
        rgb[y - 40 : y + 40, x - 40 : x + 40] = cv2.resize(
            part, (80, 80), interpolation=cv2.INTER_NEAREST
        )
    return np.clip(rgb, 0, 255).astype(np.uint8)


def holds(box, x, y):
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


@pytest.mark.parametrize("size", [(900, 600), (600, 900), (700, 700)])
def test_it_finds_what_stands_out(size):
    spots = ((200, 150), (size[0] - 180, size[1] - 170))
    found = find_regions(canvas(*size, spots), 2)
    assert len(found) == 2
    for spot in spots:
        assert sum(holds(box, *spot) for box in found) == 1


def test_regions_lie_inside_and_apart():
    rgb = np.random.default_rng(3).integers(0, 256, (30, 45, 3), np.uint8)
    rgb = cv2.resize(rgb, (900, 600), interpolation=cv2.INTER_CUBIC)
    found = find_regions(rgb, 6)
    assert len(found) >= 3
    for a, b in combinations(found, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    for left, top, right, bottom in found:
        assert 0 < left < right < 900
        assert 0 < top < bottom < 600


def test_the_same_picture_gives_the_same_regions_whatever_the_threads():
    rgb = canvas()
    try:
        cv2.setNumThreads(1)
        first = find_regions(rgb)
        cv2.setNumThreads(4)
        assert find_regions(rgb.copy()) == first
    finally:
        cv2.setNumThreads(-1)


def test_it_looks_only_where_the_object_is():
    rgb = canvas()
    mask = np.zeros(rgb.shape[:2], np.float32)
    mask[:, 450:] = 1
    assert all(box[2] > 450 for box in find_regions(rgb, 3, mask))
    assert holds(find_regions(rgb, 1, mask)[0], 650, 420)


@pytest.mark.parametrize("shape", [(4, 4), (1, 4000), (15, 900)])
def test_too_small_has_none(shape):
    assert find_regions(np.zeros((*shape, 3), np.uint8)) == []


def test_a_blank_sheet_has_none():
    assert find_regions(np.full((300, 400, 3), 128, np.uint8)) == []
    assert salience(np.full((300, 400, 3), 128, np.uint8)).max() == 0
