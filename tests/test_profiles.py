"""Profiles: what comes with the program, what may be written, and what docs say of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.media.codecs import CODECS
from pipeline.profiles import MOST_PX, PACES, CaptionZone, Profile, built_in

ROOT = Path(__file__).parent.parent


def test_every_shape_from_720p_to_8k():
    sizes = {(p.width_px, p.height_px) for p in built_in().values()}
    for short in (720, 1080, 2160, 4320):
        long = short * 16 // 9
        assert {(long, short), (short, long), (short, short), (short, short * 5 // 4)} <= sizes
    assert {p.fps for p in built_in().values()} >= {24, 25, 30, 50, 60}
    assert {p.codec for p in built_in().values()} == set(CODECS)
    assert {p.pace for p in built_in().values()} == set(PACES)


def test_what_is_asked_for_by_nobody_is_todays_clip():
    assert Profile() == built_in()["photo"].model_copy(update={"about": ""})
    photo = Profile()
    assert (photo.codec, photo.encoding.rate_factor, photo.encoding.suffix) == ("h264", 18, "mp4")
    assert (photo.fps, photo.long_side_px, photo.duration_s) == (30, 1280, 6)
    assert photo.caption_zone.safe == (0, 0, 1, 1)


def test_large_frames_are_not_left_to_h264():
    for name, profile in built_in().items():
        assert profile.about, name
        if (profile.width_px or 0) * (profile.height_px or 0) > 1920 * 1350:
            assert profile.codec != "h264", name


def test_captions_have_their_zone():
    assert CaptionZone(top=0.1, bottom=0.25).safe == (0, 0.1, 1, 0.75)
    portraits = [p for name, p in built_in().items() if name.startswith("portrait")]
    assert all(p.caption_zone.bottom >= 0.2 for p in portraits)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"width_px": 1920}, "width_px alone, expected height_px"),
        ({"width_px": 1921, "height_px": 1080}, "found 1921, expected an even number"),
        ({"width_px": 100, "height_px": 1080}, "greater than or equal to 128"),
        ({"width_px": 16384, "height_px": 4320}, f"at most {MOST_PX:,} pixels"),
        ({"codec": "vp9", "container": "mov"}, "expected webm or mp4 or mkv"),
        ({"codec": "prores", "crf": 3}, "crf for prores, which has none"),
        ({"crf": 60}, "crf 60 for h264, expected at most 51"),
        ({"codec": "gif", "fps": 12}, "expected 10, 20, 25 or 50"),
        ({"caption_zone": {"bottom": 0.6}}, "less than or equal to 0.45"),
        ({"pace": "fast"}, "'normal', 'slow' or 'still'"),
        ({"fps": 120}, "less than or equal to 60"),
        ({"wdith_px": 1}, "Extra inputs"),
    ],
)
def test_mistakes(wrong, says):
    with pytest.raises(ValidationError, match=says):
        Profile(**wrong)


def test_an_led_wall_of_any_size():
    wall = Profile(width_px=15360, height_px=1080, fps=50, codec="hevc")
    assert wall.encoding.suffix == "mp4"


def _row(name: str, profile: Profile) -> str:
    size = f"{profile.width_px} × {profile.height_px}"
    if profile.width_px is None:
        size = f"photograph's shape, {profile.long_side_px} long"
    zone = profile.caption_zone
    sides = ("top", "bottom", "left", "right")
    free = ", ".join(f"{side} {getattr(zone, side):g}" for side in sides if getattr(zone, side))
    codec = CODECS[profile.codec].title
    cells = (f"`{name}`", size, f"{profile.fps}", codec, profile.quality, free, profile.pace)
    return f"| {' | '.join(cell or '–' for cell in cells)} | {profile.about} |"


def test_docs_have_every_profile_as_it_is():
    """The table of docs/profiles.md is this; where it differs, copy it from the failure."""
    text = (ROOT / "docs" / "profiles.md").read_text("utf-8")
    section = text.partition("## What comes with the program")[2].partition("\n## ")[0]
    written = [line for line in section.splitlines() if line.startswith("| `")]
    assert "\n".join(written) == "\n".join(_row(*pair) for pair in built_in().items())


def test_docs_have_every_field_and_every_number():
    text = (ROOT / "docs" / "profiles.md").read_text("utf-8")
    fields = text.partition("## Fields")[2].partition("\n## ")[0]
    assert all(f"`{name}`" in fields for name in Profile.model_fields)
    table = text.partition("## Codecs")[2].partition("\n## ")[0]
    for codec in CODECS.values():
        numbers = [str(codec.crf[quality]) for quality in ("small", "fine", "master") if codec.crf]
        row = next(
            line for line in table.splitlines() if f"| {codec.title.split()[0].rstrip(',')}" in line
        )
        cells = [cell.strip().removeprefix("crf ") for cell in row.split("|")]
        assert not numbers or cells[-4:-1] == numbers
