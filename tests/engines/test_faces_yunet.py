"""YuNet is loaded and run through OpenCV; its weights are not here, so a stand-in is."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.engines.faces_yunet import YuNetEngine, YuNetOptions, _apart
from pipeline.errors import EngineFailed
from pipeline.weights import find_weights, registry

sys.path.insert(0, str(Path(__file__).parent))
from tiny_yunet import write_tiny_yunet


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    return write_tiny_yunet(tmp_path_factory.mktemp("weights") / "tiny.onnx")


def scene(width: int = 320, height: int = 320, *faces: tuple[int, int, int]) -> np.ndarray:
    rgb = np.full((height, width, 3), 120, np.uint8)
    for left, top, side in faces:
        rgb[top : top + side, left : left + side] = (250, 0, 0)
    return rgb


def test_faces_are_where_they_are(tiny):
    engine = YuNetEngine(YuNetOptions(), tiny)
    boxes = engine.find(scene(320, 320, (64, 96, 32), (224, 160, 32)))
    assert np.abs(np.array(sorted(boxes)) - [(64, 96, 96, 128), (224, 160, 256, 192)]).max() <= 1
    assert engine.find(scene()) == []


def test_the_same_photograph_gives_the_same_boxes(tiny):
    rgb = scene(640, 480, (64, 96, 64), (384, 160, 32), (96, 352, 96))
    first = YuNetEngine(YuNetOptions(), tiny).find(rgb)
    engine = YuNetEngine(YuNetOptions(), tiny)
    engine.find(scene(333, 77))
    assert first
    assert engine.find(rgb) == first


def test_boxes_stay_within_the_photograph(tiny):
    engine = YuNetEngine(YuNetOptions(), tiny)
    for width, height in ((33, 500), (1, 1), (2048, 40), (64, 64)):
        rgb = np.zeros((height, width, 3), np.uint8)
        rgb[..., 0] = 250
        for left, top, right, bottom in engine.find(rgb):
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height


def test_large_faces_are_seen_in_a_smaller_copy(tiny):
    engine = YuNetEngine(YuNetOptions(), tiny)
    boxes = engine.find(scene(2048, 2048, (640, 640, 320)))
    assert boxes
    left, top, right, bottom = boxes[0]
    assert (right - left) > 150, "in the photograph's own size a face of the stand-in has 32 px"
    assert left < 960
    assert right > 640
    assert top < 960
    assert bottom > 640


def test_one_face_is_told_once_and_the_largest_first():
    assert _apart([(0, 0, 10, 10), (1, 0, 11, 10), (20, 20, 60, 60)]) == [
        (20, 20, 60, 60),
        (0, 0, 10, 10),
    ]


def test_what_is_no_network_is_told(tmp_path):
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"not a network")
    with pytest.raises(EngineFailed, match="cannot load"):
        YuNetEngine(YuNetOptions(), bad)


def test_absent_weights_are_told_with_where_to_get_them(monkeypatch):
    monkeypatch.delenv("VIVANT_MODELS", raising=False)
    with pytest.raises(EngineFailed, match="face_detection_yunet_2023mar.onnx of 232589 bytes"):
        find_weights("yunet")
    model = YuNetOptions().model()
    assert model is not None
    assert (model.licence, model.sha256) == ("MIT", registry()["yunet"].sha256)
