"""The camera's promises, as numbers."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.media.camera import PATHS, PEAK, Camera, furthest, glide

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


@settings(deadline=None)
@given(cameras)
def test_it_comes_back_to_where_it_started(drawn):
    camera = pivoted(drawn).bounded()
    start, end = camera.pose(0.0), camera.pose(2 * pi)
    assert start.zoom == pytest.approx(end.zoom)
    for part in ("centre", "shift"):
        assert getattr(start, part) == pytest.approx(getattr(end, part), abs=1e-6)
    pulls = camera.move == "pull" and not any(camera.travel)
    unbent = camera.pose(pi) if pulls else start
    assert unbent.shift == pytest.approx((0, 0), abs=1e-9 * max(camera.frame))
    assert unbent.dolly == pytest.approx(0, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(cameras)
def test_position_speed_and_acceleration_have_no_step(drawn):
    """Third differences of a C2 path shrink with the cube of the step, across the seam too.

    A step in the acceleration would leave a quarter at half the step, one in the speed a half.
    """
    camera = pivoted(drawn).bounded()

    def worst(steps: int) -> float:
        poses = [camera.pose(2 * pi * i / steps) for i in range(-4, steps)]
        path = np.array([(p.zoom * 1000, *p.centre, *p.shift, p.dolly * 1000) for p in poses])
        return float(np.abs(np.diff(path, 3, axis=0)).max())

    assert worst(512) < 0.16 * worst(256) + 1e-6


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_glide_goes_one_way_from_rest_to_rest(a, b):
    low, high = sorted((a, b))
    assert 0 <= glide(low) <= glide(high) <= 1
    assert glide(a) + glide(1 - a) == pytest.approx(1)
    assert glide(high) - glide(low) <= PEAK * (high - low) + 1e-12
    assert (glide(-1), glide(0), glide(1), glide(2)) == (0, 0, 1, 1)


@settings(max_examples=30, deadline=None)
@given(cameras, st.floats(0.02, 1.0))
def test_nothing_in_the_frame_is_faster_than_asked(drawn, limit):
    """Points of the photograph are followed from one moment to the next."""
    drawn = replace(
        drawn,
        travel=tuple(
            np.sign(way) * min(abs(way), 0.9 * furthest(limit) * side)
            for way, side in zip(drawn.travel, drawn.frame, strict=True)
        ),
    )
    camera = pivoted(drawn).bounded().slowed(limit)
    steps = 97
    for index in range(steps):
        before, after = (camera.pose(2 * pi * i / steps) for i in (index, index + 1))
        for axis in (0, 1):
            for part in (-0.5, -0.2, 0.3, 0.5):
                for depth in camera.depths:
                    rise, u = depth - camera.pivot, part * camera.frame[axis]
                    grown = before.zoom * (1 + before.dolly * rise)
                    q = before.centre[axis] + (u - before.shift[axis] * rise) / grown
                    grown = after.zoom * (1 + after.dolly * rise)
                    now = (q - after.centre[axis]) * grown + after.shift[axis] * rise
                    assert abs(now - u) / camera.frame[axis] * steps < limit * 1.03 + 1e-6


def test_the_amount_is_the_upper_limit_and_speed_comes_before_it():
    camera = Camera(move="slide", frame=(1280, 720), amount=0.1, parallax=0.5, depths=(0, 1))
    assert camera.bounded().slowed(100).amount == 0.1
    slow, slower = camera.bounded().slowed(0.2), camera.bounded().slowed(0.1)
    assert 0.95 * 0.2 < slow.speed() <= 0.2
    assert 0.95 * 0.1 < slower.speed() <= 0.1
    assert slower.amount < slow.amount < 0.1


def test_a_pull_is_a_push_half_a_turn_later():
    push = Camera(
        move="push", frame=(640, 360), amount=0.1, parallax=0.4, depths=(0, 1), aim=(1, 0)
    )
    pull = replace(push, move="pull")
    for phase in np.linspace(0, 2 * pi, 9):
        a, b = push.pose(phase + pi), pull.pose(phase)
        assert (a.zoom, a.dolly) == pytest.approx((b.zoom, b.dolly))
        assert (*a.centre, *a.shift) == pytest.approx((*b.centre, *b.shift), abs=1e-9)


def test_a_dolly_zoom_keeps_the_object_and_lets_what_is_behind_it_grow():
    camera = Camera(
        move="dolly-zoom", frame=(640, 360), amount=0.1, parallax=0.5, pivot=0.8, depths=(0.1, 0.8)
    ).bounded()
    assert camera.base == 1, "what grows needs no room"
    for pose in (camera.pose(0), camera.pose(pi)):
        assert pose.zoom == 1
    assert 1 + camera.pose(pi).dolly * (0.1 - 0.8) == pytest.approx(1.07)


def test_a_push_keeps_what_it_aims_at_where_it_is():
    camera = Camera(
        move="push", frame=(640, 360), amount=0.2, parallax=0.5, depths=(0, 1), aim=(0.5, -0.4)
    ).bounded()
    at = (0.5 * 320, -0.4 * 180)
    pose = replace(camera.pose(pi), shift=(0.0, 0.0))
    swing = camera.pose(pi).shift
    for axis in (0, 1):
        assert (at[axis] - pose.centre[axis]) * pose.zoom == pytest.approx(at[axis])
        near = at[axis] * (1 + pose.dolly) + swing[axis]
        assert near == pytest.approx(at[axis]), "near and far alike"


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
