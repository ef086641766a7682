"""The truth that is promised of clips: on small scenes of known geometry and a real stereo pair.

The limits are the engine's own figures less a little; `clip_quality` prints them and what is
asked for beside them.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from math import pi
from pathlib import Path

import numpy as np
import pytest


def _load(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


AMOUNT = _load("clip_quality").AMOUNTS["usual"]  # brings its neighbours in reach
bench = _load("clip_measures")
scenes, remembered = bench.scenes, bench.remembered

_SIZE = (320, 240)
_PHASES = (0.25 * pi, 1.65 * pi)
_LIMITS = {
    "layered": {"all": 33.8, "shown": 36.5, "hidden": 18.8, "flicker": 1.1},
    "thin": {"all": 29.6, "shown": 31.9, "hidden": 22.4, "flicker": 1.1},
}


@lru_cache(maxsize=4)
def _scene(name):
    return scenes.ALL[name](_SIZE)


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(remembered, "folder", None)


@pytest.mark.parametrize("name", _LIMITS)
def test_frames_are_true_to_a_scene_of_known_geometry(name):
    limits = _LIMITS[name]
    scene = _scene(name)
    poses = bench.path("orbit", AMOUNT, scene, _PHASES)
    views = [scene.render(pose) for pose in poses]
    found = bench.measure(bench.ways(["ours"])["ours"](scene, poses), views)

    figures = {area: found.psnr(area) for area in ("all", "shown", "hidden")}
    assert {area: psnr for area, psnr in figures.items() if psnr < limits[area]} == {}


@pytest.mark.parametrize("name", _LIMITS)
def test_frames_quiver_no_more_than_true_frames_do(name):
    scene = _scene(name)
    phases = [0.9 + 2 * pi * n / 180 for n in range(3)]
    poses = bench.path("orbit", AMOUNT, scene, phases)
    views = [scene.render(pose) for pose in poses]
    truth = bench.flicker([view.rgb for view in views], views, poses, scene.pivot)
    ours = bench.flicker(bench.ways(["ours"])["ours"](scene, poses), views, poses, scene.pivot)

    assert ours <= _LIMITS[name]["flicker"] * truth


def test_a_real_left_picture_becomes_its_right_one():
    found = bench.stereo()

    assert found["identity"]["all"] == pytest.approx(12.46, abs=0.05)  # the measure itself
    assert found["ours"]["all"] >= 24.9
    assert found["ours"]["both"] >= 27.5


def test_the_truth_is_true():
    scene = _scene("bust")
    still = scene.render(scenes.FIRST)
    pose = bench.path("orbit", AMOUNT, scene, _PHASES)[0]
    moved = scene.render(pose)
    u, v = np.meshgrid(np.arange(320) - 159.5, np.arange(240) - 119.5)

    assert not still.hidden.any()
    assert np.allclose(still.points[..., :2], np.dstack([u, v]), atol=1e-4)
    # What is seen in a pixel is a point that the camera's formula brings to that pixel.
    back = scenes.seen_at(moved.points, pose, scene.pivot)
    assert np.abs(back - np.dstack([u, v])).max() < 1e-2
    assert 0.002 < moved.hidden.mean() < 0.05
    # Where nothing was hidden, the first picture's pixel there is the same point.
    columns = np.clip(np.rint(moved.points[..., 0] + 159.5).astype(int), 0, 319)
    rows = np.clip(np.rint(moved.points[..., 1] + 119.5).astype(int), 0, 239)
    apart = np.abs(scene.depth[rows, columns] - moved.points[..., 2])
    assert np.median(apart[~moved.hidden]) < 1e-3
    assert np.median(apart[moved.hidden]) > 0.05
