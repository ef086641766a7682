"""Views: the object in the safe part of the frame, whenever geometry allows it."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.errors import StageFailed
from pipeline.items import Region
from pipeline.media.place import View, misses, on_photo, place, widest

FULL = (0.0, 0.0, 1.0, 1.0)


@st.composite
def scenes(draw):
    """Photograph, box in it, frame, safe part: any shapes, from scrolls to towers."""
    photo = (draw(st.integers(20, 9000)), draw(st.integers(20, 9000)))
    frame = draw(st.sampled_from([(1920, 1080), (1080, 1920), (1080, 1080), (1080, 1350)]) | shapes)
    box = [0.0] * 4
    for axis in (0, 1):
        low = draw(st.floats(0, 0.9)) * photo[axis]
        box[axis], box[axis + 2] = low, low + draw(st.floats(0.05, 1)) * (photo[axis] - low)
    safe = (
        draw(st.sampled_from([0, 0.05, 0.2])),
        draw(st.sampled_from([0, 0.05, 0.2])),
        draw(st.sampled_from([1, 0.95, 0.8])),
        draw(st.sampled_from([1, 0.95, 0.7])),
    )
    return photo, tuple(box), frame, safe


shapes = st.tuples(st.integers(16, 4000), st.integers(16, 4000))


def inside(view: View, photo, frame) -> bool:
    height, slack = view.width * frame[1] / frame[0], 1e-6 * max(photo)
    return (
        view.x - view.width / 2 >= -slack
        and view.x + view.width / 2 <= photo[0] + slack
        and view.y - height / 2 >= -slack
        and view.y + height / 2 <= photo[1] + slack
    )


def any_view_does(photo, box, frame, safe) -> bool:
    """Look for a view that holds the box in the safe part by trying very many."""
    for step in range(1, 400):
        width = widest(photo, frame) * step / 399
        sides = (width, width * frame[1] / frame[0])
        if all(
            max(0, box[i + 2] - safe[i + 2] * sides[i])
            <= min(photo[i] - sides[i], box[i] - safe[i] * sides[i])
            for i in (0, 1)
        ):
            return True
    return False


@given(scenes(), st.booleans())
def test_a_view_never_reaches_over_the_border(scene, close):
    photo, box, frame, safe = scene
    view = place(photo, box, frame, safe, 10.0 if close else None)
    assert inside(view, photo, frame)


@settings(max_examples=300, deadline=None)
@given(scenes(), st.booleans())
def test_the_box_is_in_the_safe_part_whenever_a_view_can_do_it(scene, close):
    photo, box, frame, safe = scene
    assume(any_view_does(photo, box, frame, safe))
    view = place(photo, box, frame, safe, 10.0 if close else None)
    assert max(misses(view, box, frame, safe)) < 1e-6


@settings(max_examples=100, deadline=None)
@given(scenes())
def test_where_none_can_do_it_the_box_is_cut_no_more_than_in_the_widest(scene):
    photo, box, frame, safe = scene
    view = place(photo, box, frame, safe)
    most = widest(photo, frame)
    sides = (most, most * frame[1] / frame[0])
    at_least = [max(0.0, (box[i + 2] - box[i]) / sides[i] - 1) for i in (0, 1)]
    assert sum(misses(view, box, frame, FULL)) <= sum(at_least) + 0.01


@given(scenes())
def test_without_captions_all_is_seen_that_can_be(scene):
    photo, box, frame, _ = scene
    assert place(photo, box, frame).width == pytest.approx(widest(photo, frame))


def test_an_object_at_the_foot_of_a_photograph_is_lifted_above_the_captions():
    view = place((1600, 900), (700, 300, 900, 700), (1600, 900), (0, 0, 1, 0.75))
    assert view.width < 1600, "closer, because captions need room that the photograph has not"
    assert max(misses(view, (700, 300, 900, 700), (1600, 900), (0, 0, 1, 0.75))) < 1e-9


def test_a_rim_does_not_touch_the_frame_where_captions_cannot_be_spared():
    """A vessel that fills its photograph, in a tall frame whose foot is for captions."""
    box, frame, safe = (150.0, 300.0, 850.0, 1580.0), (1080, 1920), (0.0, 0.0, 1.0, 0.7)
    view = place((1000, 2200), box, frame, safe)
    height = view.width * frame[1] / frame[0]
    above = (box[1] - (view.y - height / 2)) / height
    assert misses(view, box, frame, FULL) == (0, 0, 0, 0)
    assert above == pytest.approx(0.025, abs=2e-3), "air above the lip"
    assert 0 < misses(view, box, frame, safe)[3] < 0.06


def test_a_closest_view_is_no_closer_than_asked():
    box = (400.0, 400.0, 500.0, 500.0)
    assert place((4000, 3000), box, (800, 600), FULL, 400).width == pytest.approx(400)
    assert place((4000, 3000), box, (800, 600), FULL, 1).width == pytest.approx(100 * 4 / 3)


def test_regions_in_pixels_become_parts_of_the_source():
    region = Region(title={"en": "Boat"}, box=(100, 50, 3000, 250), unit="px")
    assert on_photo(region, (1000, 500)).box == (0.1, 0.1, 1.0, 0.5)
    assert on_photo(Region(box=(0.1, 0.2, 0.3, 0.4)), (9, 9)).box == (0.1, 0.2, 0.3, 0.4)
    with pytest.raises(StageFailed, match=r"Boat begins at 100,50 px, beyond .* 90 x 500 px"):
        on_photo(region, (90, 500))
