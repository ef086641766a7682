"""Contrast: many objects at once, shadows left out, busy grounds refused."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.engines.mask_contrast import ContrastEngine, ContrastOptions
from pipeline.errors import EngineFailed

ENGINE = ContrastEngine(ContrastOptions())


def pieces(mask):
    return cv2.connectedComponents((mask >= 0.5).astype(np.uint8), connectivity=4)[0] - 1


def test_all_24_coins_of_a_real_photograph_are_cut_apart():
    from skimage.data import coins

    mask = ENGINE.cut(np.dstack([coins()] * 3))

    assert pieces(mask) == 24
    _, _, stats, _ = cv2.connectedComponentsWithStats((mask >= 0.5).astype(np.uint8))
    for _, _, width, height, area in stats[1:]:
        assert 0.8 < width / height < 1.25
        assert 0.68 < area / (width * height) < 0.88, "a disc fills 0.79 of its box"


def test_shadow_of_light_things_is_ground():
    rgb = np.full((400, 400, 3), 110, np.uint8)
    cv2.circle(rgb, (225, 225), 80, (60, 60, 60), -1)
    cv2.circle(rgb, (200, 200), 80, (220, 210, 190), -1)

    inside = ENGINE.cut(rgb) >= 0.5

    true = np.zeros((400, 400), np.uint8)
    cv2.circle(true, (200, 200), 80, 1, -1)
    assert (inside & (true > 0)).sum() / (inside | (true > 0)).sum() > 0.97


def test_uneven_light_on_the_ground_is_no_object():
    y, x = np.mgrid[:400, :400] / 400
    ground = 60 + 110 * x * (0.4 + 0.6 * y)
    rgb = np.dstack([ground] * 3).astype(np.uint8)
    cv2.circle(rgb, (120, 260), 50, (200, 120, 60), -1)
    cv2.circle(rgb, (290, 120), 50, (60, 90, 200), -1)

    mask = ENGINE.cut(rgb)

    assert pieces(mask) == 2
    assert (mask >= 0.5).sum() == pytest.approx(2 * np.pi * 50**2, rel=0.05)


def test_opening_stays_open_and_dark_spot_is_filled():
    rgb = np.full((400, 400, 3), 60, np.uint8)
    cv2.circle(rgb, (200, 200), 120, (210, 200, 180), -1)
    cv2.circle(rgb, (200, 200), 50, (60, 60, 60), -1)
    cv2.circle(rgb, (280, 200), 6, (60, 60, 60), -1)

    inside = ENGINE.cut(rgb) >= 0.5

    assert not inside[200, 200]
    assert inside[200, 280]


def test_busy_ground_is_refused_with_advice():
    rgb = np.random.default_rng(3).integers(0, 255, (50, 50, 3)).astype(np.uint8)
    rgb = cv2.resize(rgb, (400, 400), interpolation=cv2.INTER_CUBIC)

    with pytest.raises(EngineFailed, match=r"plain ground.*most_sigma.*u2netp"):
        ENGINE.cut(rgb)
