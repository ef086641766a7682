"""The camera's promises, as numbers."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.media.camera import PATHS, Camera

cameras = st.builds(
    Camera,
    move=st.sampled_from(list(PATHS)),
    frame=st.tuples(
        st.integers(8, 2000).map(lambda n: 2 * n), st.integers(8, 2000).map(lambda n: 2 * n)
    ),
    amount=st.floats(0.001, 0.4),
    parallax=st.floats(0, 1),
    pivot=st.floats(0, 1),
    depths=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda d: (min(d), max(d))),
    aim=st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    travel=st.one_of(
        st.just((0.0, 0.0)),
        st.floats(-3000, 3000).map(lambda x: (x, 0.0)),
        st.floats(-3000, 3000).map(lambda y: (0.0, y)),
    ),
)


def pivoted(camera: Camera) -> Camera:
    """A pivot as the engine chooses it: a push stands still at the farthest depth."""
    low, high = camera.depths
    pivot = low if camera.move in {"push", "pull"} else min(max(camera.pivot, low), high)
    return replace(camera, pivot=pivot)


@settings(max_examples=40, deadline=None)
@given(cameras)
def test_nothing_beyond_the_border_is_ever_looked_at(drawn):
    camera = pivoted(drawn).bounded()
    for phase in np.linspace(0, 2 * pi, 177):
        pose = camera.pose(phase)
        for axis in (0, 1):
            half, along = camera.frame[axis] / 2, camera.travel[axis]
            for depth in (*camera.depths, sum(camera.depths) / 2):
                rise = depth - camera.pivot
                grown = pose.zoom * (1 + pose.dolly * rise)
                seen = [
                    pose.centre[axis] + (edge - pose.shift[axis] * rise) / grown
                    for edge in (-half, half)
                ]
                assert seen[0] >= -half + min(0, along) - 0.02
                assert seen[1] <= half + max(0, along) + 0.02


@given(cameras)
def test_it_comes_back_to_where_it_started(drawn):
    camera = pivoted(drawn).bounded()
    start, end = camera.pose(0.0), camera.pose(2 * pi)
    assert start.zoom == pytest.approx(end.zoom)
    assert start.centre == pytest.approx(end.centre, abs=1e-6)
    assert start.shift == pytest.approx((0, 0), abs=1e-9)
    assert end.shift == pytest.approx((0, 0), abs=1e-6)
    assert (start.dolly, end.dolly) == pytest.approx((0, 0), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(cameras)
def test_it_moves_without_a_jerk(drawn):
    """Second differences of a C2 path shrink with the square of the step."""
    camera = pivoted(drawn).bounded()

    def jerk(steps: int) -> float:
        poses = [camera.pose(2 * pi * i / steps) for i in range(-2, steps)]
        path = np.array([(p.zoom * 1000, *p.centre, *p.shift, p.dolly * 1000) for p in poses])
        return float(np.abs(np.diff(path, 2, axis=0)).max())

    assert jerk(256) < 0.3 * jerk(128) + 1e-6


def test_a_flat_work_is_shown_whole_at_first():
    camera = Camera(move="push", frame=(1280, 720), amount=0.08, aim=(1, -1)).bounded()
    assert camera.base == 1
    assert camera.pose(0) == replace(camera.pose(0), zoom=1, centre=(0, 0))


def test_what_it_shows_it_knows():
    camera = Camera(move="push", frame=(100, 100), amount=0.1).bounded()
    limits = (-49, -49, 49, 49)
    assert camera.shows((-44, -44, 44, 44), limits)
    assert not camera.shows((-46, -20, 46, 20), limits)
    assert camera.shows((-50, -20, 50, 20), limits), "cut by the photograph already"
    assert camera.seen_box((-10, -20, 10, 20)) == pytest.approx((-11, -22, 11, 22))
