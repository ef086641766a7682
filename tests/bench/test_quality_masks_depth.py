"""The quality that is promised of masks and depth, on real photographs and known shapes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from pipeline.engines.mask_u2netp import U2NetpEngine, U2NetpOptions


def _load(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bench = _load("quality_masks_depth")


def test_drawn_outlines_of_a_sculpture_are_met(shared_data: Path):
    engine = U2NetpEngine(U2NetpOptions())
    shares = {
        name: bench.overlap(engine.cut(rgb), true)
        for name, rgb, true in bench.photographs()
        if name.startswith("buddha")
    }

    assert len(shares) == 3
    assert np.mean(list(shares.values())) >= 0.95, shares
    assert min(shares.values()) >= 0.93, shares


def test_depth_of_every_vessel_with_known_depth_is_right():
    found = {
        name: bench.correlation(inside, kind, metres)
        for name, kind, inside, metres in bench.depths()
        if name.startswith("v")
    }

    assert "vase" in found
    assert min(found.values()) >= 0.98, found
