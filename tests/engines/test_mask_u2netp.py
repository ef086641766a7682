"""U²-Net small: the registry's weights, and parts that it forgets on plain ground."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline import weights
from pipeline.engines import mask_u2netp
from pipeline.engines.mask_u2netp import U2NetpEngine, U2NetpOptions
from pipeline.errors import EngineFailed

ENGINE = U2NetpEngine(U2NetpOptions())


def test_record_names_the_weights():
    model = U2NetpOptions().identity().model

    assert model == weights.model_record("u2netp")
    assert model.licence == "Apache-2.0"


def test_missing_weights_are_said_when_the_engine_is_made(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(weights, "MODELS_FOLDER", tmp_path)
    monkeypatch.delenv("VIVANT_MODELS", raising=False)
    weights.registry()

    with pytest.raises(EngineFailed, match=r"u2netp\.onnx.*VIVANT_MODELS"):
        U2NetpEngine(U2NetpOptions())


def test_demo_vase_is_cut_with_neck_and_shaded_side(root: Path):
    rgb = cv2.imread(str(root / "assets/vase/vase.jpg"))[..., ::-1]
    true = cv2.imread(str(root / "assets/vase/vase_mask.png"), cv2.IMREAD_GRAYSCALE) > 127

    inside = ENGINE.cut(np.ascontiguousarray(rgb)) >= 0.5

    assert (inside & true).sum() / (inside | true).sum() > 0.99
    rows = np.flatnonzero(true.any(axis=1))
    neck = slice(int(rows[0]), int(rows[0] + 0.06 * rows.size))
    assert inside[neck][true[neck]].mean() > 0.97


def test_plain_ground_shows_a_forgotten_part_but_no_shadow():
    rgb = np.full((300, 300, 3), 128, np.uint8)
    rgb[100:250, 100:200] = (200, 180, 160)
    rgb[60:100, 140:160] = (235, 235, 235)
    rgb[240:260, 200:260] = 90
    guess = np.zeros((300, 300), np.float32)
    guess[100:250, 100:200] = 1

    whole = mask_u2netp._seen_on_plain_ground(rgb, guess) >= 0.5

    assert whole[62:98, 142:158].all()
    assert not whole[242:258, 205:255].any()


def test_busy_ground_shows_nothing():
    rgb = np.random.default_rng(2).integers(0, 255, (300, 300, 3)).astype(np.uint8)
    guess = np.zeros((300, 300), np.float32)
    guess[100:200, 100:200] = 1

    assert not mask_u2netp._seen_on_plain_ground(rgb, guess).any()
