"""The contact sheet, measured: what stands where, and that it can always be set."""

from functools import lru_cache

import cv2
import numpy as np
import pytest

from pipeline.items import Kind, Size, Subject
from pipeline.media.contact import contact_sheet, time_code
from pipeline.media.picks import Picks
from pipeline.media.ramp import DEPTH

PAPER = (246, 244, 239)


def subject(**changes) -> Subject:
    values = {
        "kind": Kind.VESSEL,
        "size": Size(),
        "title": {"en": "Blue jar", "zh": "青花罐"},
        "credit": "Museum of Jars",
        "rights_uri": "https://creativecommons.org/publicdomain/zero/1.0/",
    }
    return Subject(**{**values, **changes})


def coloured_frame(index: int, frames: int, size=(640, 360)) -> np.ndarray:
    """Return one even colour per frame, so that it can be found again on the sheet."""
    rgb = np.empty((size[1], size[0], 3), np.uint8)
    rgb[:] = (40 + 15 * index % 200, 60, 250 - 15 * index % 200)
    return rgb


def picks_of(frames: int, size=(640, 360), fps=30, make=coloured_frame) -> Picks:
    picks = Picks(frames, 12, fps)
    for index in range(frames):
        picks.see(make(index, frames, size))
    return picks


@lru_cache(maxsize=2)
def ground(size) -> np.ndarray:
    noise = np.random.default_rng(5).random((size[1] * 2, size[0] * 2, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 3)
    return cv2.normalize(soft, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


def noisy(index, frames, size) -> np.ndarray:
    off = round(size[0] / 20 * (1 + np.sin(2 * np.pi * index / frames)))
    return np.ascontiguousarray(ground(size)[: size[1], off : off + size[0]])


def depth_of(width=64, height=36) -> np.ndarray:
    """Return a slope between two level parts."""
    slope = np.clip(np.linspace(-0.5, 1.5, width, dtype=np.float32), 0, 1)
    return np.repeat(slope[None], height, axis=0)


def boxes(sheet: np.ndarray, colour, tolerance=4) -> list[tuple[int, int, int, int]]:
    """Return left, top, right, bottom of every patch of a colour on the sheet."""
    same = (np.abs(sheet.astype(int) - colour).max(axis=2) <= tolerance).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(same, connectivity=4)
    return [(x, y, x + w, y + h) for x, y, w, h, area in stats[1:] if area > 400]


def test_frames_stand_in_reading_order():
    picks = picks_of(12)
    sheet = contact_sheet(picks, None, subject())
    places = []
    for pick in picks.shown:
        found = boxes(sheet, pick.rgb[0, 0])
        assert len(found) == 1
        places.append(found[0])
    assert places == sorted(places, key=lambda box: (box[1], box[0]))
    assert len({box[1] for box in places}) == 3
    assert len({box[0] for box in places}) == 4
    assert len({(box[2] - box[0], box[3] - box[1]) for box in places}) == 1
    left, _, right, _ = min(box[0] for box in places), 0, max(box[2] for box in places), 0
    assert left == sheet.shape[1] - right  # margins are alike


def test_every_frame_has_its_time_beneath():
    picks = picks_of(12)
    sheet = contact_sheet(picks, None, subject())
    for pick in picks.shown:
        left, _, right, bottom = boxes(sheet, pick.rgb[0, 0])[0]
        strip = sheet[bottom + 2 : bottom + 28, left:right].astype(int)
        inked = np.abs(strip - PAPER).max(axis=2) > 60
        assert 40 < inked.sum() < strip.shape[0] * strip.shape[1] / 4


@pytest.mark.parametrize(
    ("index", "fps", "code"),
    [
        (0, 30, "00:00.0"),
        (1, 30, "00:00.0"),
        (3, 30, "00:00.1"),
        (179, 30, "00:05.9"),
        (1799, 30, "00:59.9"),
        (1800, 30, "01:00.0"),
        (60 * 30 * 100, 30, "100:00.0"),
        (7, 24, "00:00.2"),
        (29_970, 29.97, "16:40.0"),
    ],
)
def test_time_code(index, fps, code):
    assert time_code(index, fps) == code


SIZES = [(1280, 720), (720, 1280), (720, 720), (720, 900), (1920, 320), (96, 1920)]
SMALL = [(128, 72), (72, 128), (32, 32), (16, 16), (2, 2)]


@pytest.mark.parametrize("frames", [1, 2, 12, 40])
@pytest.mark.parametrize("size", SIZES + SMALL)
def test_any_clip_has_a_sheet(size, frames):
    picks = picks_of(frames, size, make=noisy)
    sheet = contact_sheet(picks, depth_of(*size), subject())
    assert sheet.dtype == np.uint8
    assert 800 <= sheet.shape[1] <= 1792
    assert sheet.shape[0] <= 16_383  # WebP's limit
    edge = np.concatenate([sheet[:20].reshape(-1, 3), sheet[-20:].reshape(-1, 3)])
    sides = np.concatenate([sheet[:, :20].reshape(-1, 3), sheet[:, -20:].reshape(-1, 3)])
    assert (edge == PAPER).all(), "something stands in the margin"
    assert (sides == PAPER).all(), "something stands in the margin"


def test_depth_is_shown_from_far_to_near_with_a_legend():
    picks = picks_of(24, make=noisy)
    sheet = contact_sheet(picks, depth_of(), subject())
    for colour in (DEPTH[0], DEPTH[-1]):
        patches = boxes(sheet, colour, tolerance=3)
        assert patches, "the ramp's end is not on the sheet"
    far = boxes(sheet, DEPTH[0], 3)[0]
    near = boxes(sheet, DEPTH[-1], 3)[0]
    assert far[0] < near[0]
    assert far[1] == near[1]
    row = sheet[(far[1] + far[3]) // 2, far[0] : near[2]].astype(int)
    light = row @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(light) > -2).all()


def test_a_long_depth_map_is_shown_whole():
    picks = picks_of(12, make=noisy)
    sheet = contact_sheet(picks, depth_of(4000, 300), subject())
    assert boxes(sheet, DEPTH[0], 3)
    assert boxes(sheet, DEPTH[-1], 3)


def test_parts_are_pixels_of_the_frame():
    frames = [noisy(i, 40, (1280, 720)) for i in range(40)]
    picks = Picks(40)
    for frame in frames:
        picks.see(frame)
    sheet = contact_sheet(picks, depth_of(), subject())
    whole = frames[picks.parted.index]
    panel = sheet[-260:-200, -260:-160]
    assert (np.abs(panel.astype(int) - PAPER).max(axis=2) > 8).mean() > 0.9
    found = cv2.matchTemplate(whole, np.ascontiguousarray(panel), cv2.TM_SQDIFF)
    _, _, (left, top), _ = cv2.minMaxLoc(found)
    assert np.array_equal(whole[top : top + 60, left : left + 100], panel)


def test_text_clips_have_frames_alone():
    picks = picks_of(12)
    alone, more = contact_sheet(picks, None, subject()), contact_sheet(picks, depth_of(), subject())
    assert alone.shape[0] < more.shape[0] - 150
    assert np.array_equal(alone[:300], more[:300])


HOSTILE = ["", "word " * 400, "無" * 900, "\u202etxt", "a\nb\tc", "{{ 7 }}", "𓀀𓀁 glyphs", "👑"]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_title_and_credit_leave_the_sheet_as_it_is(text):
    picks = picks_of(12)
    plain = contact_sheet(picks, None, subject(title={}, credit=""))
    sheet = contact_sheet(picks, None, subject(title={"en": text, "zh": text}, credit=text))
    assert sheet.shape[1] == plain.shape[1]
    assert np.array_equal(sheet[140:600], plain[140:600])
    assert (sheet[:, -20:] == PAPER).all()


def test_a_title_that_cannot_be_set_gives_way_to_the_one_that_can():
    picks = picks_of(12)
    both = contact_sheet(picks, None, subject(title={"xx": "𓀀", "en": "Jar"}))
    assert np.array_equal(both, contact_sheet(picks, None, subject(title={"en": "Jar"})))


def test_same_clip_gives_the_same_sheet():
    one, two = (contact_sheet(picks_of(24, make=noisy), depth_of(), subject()) for _ in range(2))
    assert np.array_equal(one, two)
