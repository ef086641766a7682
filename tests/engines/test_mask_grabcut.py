"""GrabCut: its own random numbers, plain grounds and busy ones."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipeline.engines.mask_grabcut import GrabCutEngine, GrabCutOptions


def agreement(mask, true):
    inside = mask >= 0.5
    return (inside & true).sum() / (inside | true).sum()


def test_demo_vase_is_cut_without_weights(root: Path):
    rgb = cv2.imread(str(root / "assets/vase/vase.jpg"))[..., ::-1]
    true = cv2.imread(str(root / "assets/vase/vase_mask.png"), cv2.IMREAD_GRAYSCALE) > 127

    assert agreement(GrabCutEngine(GrabCutOptions()).cut(np.ascontiguousarray(rgb)), true) > 0.97


def test_busy_ground_of_other_colour_is_told_apart():
    random = np.random.default_rng(4)
    small = random.integers(0, 120, (40, 40, 3)) * np.array([0.4, 0.8, 1.8])
    rgb = cv2.resize(small, (400, 400), interpolation=cv2.INTER_CUBIC).clip(0, 255)
    true = np.zeros((400, 400), np.uint8)
    cv2.ellipse(true, (200, 210), (90, 120), 0, 0, 360, 1, -1)
    warm = np.array([220, 120, 40]) + random.normal(0, 12, (400, 400, 1))
    rgb = np.where(true[..., None] > 0, warm, rgb).clip(0, 255).astype(np.uint8)

    assert agreement(GrabCutEngine(GrabCutOptions()).cut(rgb), true > 0) > 0.95


def test_random_state_of_the_caller_is_not_touched():
    def next_number():
        values = np.zeros(4, np.float32)
        cv2.randu(values, 0, 1)
        return values.tolist()

    rgb = np.full((120, 120, 3), 90, np.uint8)
    rgb[30:90, 40:80] = (200, 150, 90)
    cv2.setRNGSeed(7)
    expected = next_number()
    cv2.setRNGSeed(7)

    GrabCutEngine(GrabCutOptions()).cut(rgb)

    assert next_number() == expected
