"""Tours of details: soft, inside the photograph, in time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.media.place import View, place, widest
from pipeline.media.tour import LOOK_S, Way, plan, tour

PHOTO, FRAME = (6000, 4000), (1280, 720)
SPEED = 0.42


def views(photo=PHOTO, frame=FRAME, corners=((0.1, 0.1), (0.9, 0.8), (0.5, 0.0))):
    whole = View(photo[0] / 2, photo[1] / 2, widest(photo, frame))
    size = min(photo) / 6
    near = []
    for x, y in corners:
        at = (x * (photo[0] - size), y * (photo[1] - size))
        near.append(place(photo, (*at, at[0] + size, at[1] + size), frame, closest=1))
    return [whole, *near]


def path_of(found, steps, start, end):
    return np.array(
        [
            (np.log(v.width), v.x / v.width, v.y / v.width)
            for v in (found.view(t) for t in np.linspace(start, end, steps))
        ]
    )


@st.composite
def trips(draw):
    photo = (draw(st.integers(300, 9000)), draw(st.integers(300, 9000)))
    frame = draw(st.sampled_from([(1920, 1080), (1080, 1920), (1080, 1080), (640, 200)]))
    corners = draw(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=3))
    return photo, frame, corners


@settings(max_examples=60, deadline=None)
@given(trips())
def test_no_view_reaches_over_the_border(trip):
    photo, frame, corners = trip
    found = tour(views(photo, frame, corners), photo, frame, SPEED, LOOK_S)
    for t in np.linspace(0, found.duration_s, 200):
        view = found.view(t)
        height, slack = view.width * frame[1] / frame[0], 1e-6 * max(photo)
        assert view.width / 2 - slack <= view.x <= photo[0] - view.width / 2 + slack
        assert height / 2 - slack <= view.y <= photo[1] - height / 2 + slack


@settings(max_examples=25, deadline=None)
@given(trips())
def test_nothing_is_faster_than_asked(trip):
    photo, frame, corners = trip
    found = tour(views(photo, frame, corners), photo, frame, SPEED, LOOK_S)
    longer = max(1, frame[1] / frame[0])
    step = 1e-3
    for t in np.linspace(0, found.duration_s, 200):
        a, b = found.view(t), found.view(t + step)
        pan = np.hypot(b.x - a.x, b.y - a.y) / a.width / longer
        zoom = np.log(b.width / a.width) / 1.42**2
        assert np.hypot(pan, zoom) / step < SPEED * 1.01


def test_position_speed_and_acceleration_have_no_step():
    """Third differences of a C2 path with bounded third derivative shrink with the cube."""
    found = tour(views(), PHOTO, FRAME, SPEED, LOOK_S)

    def worst(steps):
        path = path_of(found, steps, -1.0, found.duration_s + 1.0)
        return np.abs(np.diff(path, 3, axis=0)).max()

    # A step in the acceleration would give a quarter, one in the speed a half.
    assert worst(16001) < 0.16 * worst(8001)


def test_it_comes_round_without_a_seam():
    found = tour(views(), PHOTO, FRAME, SPEED, LOOK_S)
    assert found.view(found.duration_s) == found.view(0) == found.stops[0]
    assert found.view(found.duration_s - 0.1) == found.view(0.1), "it rests on both sides"


def test_each_detail_is_held_long_enough_to_look():
    found = plan(views(), PHOTO, FRAME, (40.0, SPEED, LOOK_S))
    assert found is not None
    assert found.duration_s == pytest.approx(40)
    assert len(found.stops) == 4
    seen = [found.view(t) for t in np.arange(0, 40, 0.05)]
    for stop in found.stops[1:]:
        assert sum(view == stop for view in seen) * 0.05 >= LOOK_S - 0.1


def test_with_less_time_it_visits_fewer_and_at_last_goes_less_close():
    counts, zooms = [], []
    for seconds in (40, 18, 12, 6):
        found = plan(views(), PHOTO, FRAME, (seconds, SPEED, LOOK_S))
        assert found is not None
        assert found.duration_s == pytest.approx(seconds)
        assert found.stops[1] == views()[1] or len(found.stops) == 2
        counts.append(len(found.stops) - 1)
        zooms.append(found.stops[0].width / found.stops[1].width)
    assert counts[0] == 3
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 1
    assert 1.2 < zooms[-1] < zooms[0]


def test_there_is_no_tour_in_a_moment_or_of_a_small_photograph():
    assert plan(views(), PHOTO, FRAME, (0.5, SPEED, LOOK_S)) is None
    whole = views()[0]
    assert plan([whole, whole], PHOTO, FRAME, (60, SPEED, LOOK_S)) is None
    assert plan([whole], PHOTO, FRAME, (60, SPEED, LOOK_S)) is None


def test_in_any_order_it_takes_the_shortest():
    zigzag = views(corners=((0, 0), (1, 1), (0.1, 0.3)))
    named = plan(zigzag, PHOTO, FRAME, (60, SPEED, LOOK_S))
    free = plan(zigzag, PHOTO, FRAME, (60, SPEED, LOOK_S), any_order=True)
    assert named.stops[1:] == tuple(zigzag[1:])
    assert set(free.stops) == set(named.stops)
    assert sum(w.length for w in free.ways) < sum(w.length for w in named.ways)


def test_a_way_zooms_out_for_a_far_pan_and_looks_equally_fast():
    _, a, b, _ = views(corners=((0.2, 0.3), (0.6, 0.6), (0.5, 0.5)))
    way = Way(a, b, PHOTO, FRAME)
    assert way.view(0.5).width > 1.3 * a.width
    assert (way.view(0), way.view(1)) == (pytest.approx(a), pytest.approx(b))
    seen = [way.view(x) for x in np.linspace(0, 1, 200)]
    speed = [
        np.hypot(np.hypot(q.x - p.x, q.y - p.y) / p.width, np.log(q.width / p.width) / 1.42**2)
        for p, q in pairwise(seen)
    ]
    assert max(speed) < 1.2 * min(speed)
