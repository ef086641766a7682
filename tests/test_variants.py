"""Several clips of one object: which values each gets, and what mistakes are told."""

from __future__ import annotations

import pytest

import pipeline
from pipeline.items import Item, Kind, Rights
from pipeline.mistakes import suggest
from pipeline.profiles import built_in
from pipeline.variants import ManyClips, clip_params

HEAD = "exhibit: {id: small, title: Small}\nsource: {name: folder, catalogue: c.csv}\n"


def load(tmp_path, text):
    (tmp_path / "exhibit.yaml").write_text(HEAD + text, encoding="utf-8")
    return pipeline.load_config(tmp_path / "exhibit.yaml")


def item(name="vase"):
    rights = Rights(uri="https://creativecommons.org/publicdomain/zero/1.0/", credit="M")
    return Item(id=name, kind=Kind.VESSEL, title={"en": name}, rights=rights)


def test_what_is_written_replaces_the_main_profiles_values():
    section = ManyClips(
        profile="portrait-1080p", also=("landscape-4k", "web-gif"), fps=50, duration_s=9, seed=3
    )
    clips = clip_params(section, built_in())
    assert list(clips) == ["", "landscape-4k", "web-gif"]
    main, large, gif = clips.values()
    assert (main.profile, main.width_px, main.fps, main.duration_s) == (
        "portrait-1080p",
        1080,
        50,
        9,
    )
    assert main.caption_zone.bottom == 0.2
    assert (large.width_px, large.fps, large.codec, large.duration_s) == (3840, 30, "hevc", 9)
    assert (gif.fps, gif.duration_s, gif.seed) == (10, 9, 3), "time belongs to the object"
    assert clip_params(ManyClips(also=("web-gif",)), built_in())["web-gif"].duration_s == 4
    names = [clip.file_name("clip", clip.encoding.suffix) for clip in clips.values()]
    assert names == ["clip.mp4", "clip.landscape-4k.mp4", "clip.web-gif.gif"]


def test_a_museum_defines_its_own_screens(tmp_path):
    config = load(
        tmp_path,
        "profiles:\n"
        "  foyer-wall: {width_px: 5760, height_px: 1080, fps: 50, codec: hevc}\n"
        "  web-gif: {long_side_px: 200, fps: 20, codec: gif}\n"
        "clip: {profile: foyer-wall, also: [web-gif]}\n"
        "story: {profile: landscape-1080p}\n",
    )
    recipe = config.recipe(item())
    assert [how.label("render_clip") for how in recipe.clips] == [
        "render_clip",
        "render_clip:web-gif",
    ]
    wall, gif = (how.params for how in recipe.clips)
    assert (wall.width_px, wall.height_px, wall.fps, wall.codec) == (5760, 1080, 50, "hevc")
    assert gif.long_side_px == 200, "its own profile stands before the program's"
    assert [how.params.width_px for how in recipe.stories] == [1920]


def test_one_object_may_have_another_profile(tmp_path):
    config = load(
        tmp_path,
        "clip: {profile: square-1080p, duration_s: 8, also: [web-av1]}\n"
        "objects: {vase: {clip: {profile: portrait-720p, also: []}}}\n",
    )
    own, other = config.recipe(item()), config.recipe(item("other"))
    assert [(how.params.width_px, how.params.duration_s) for how in own.clips] == [(720, 8)]
    assert [how.params.width_px for how in other.clips] == [1080, None]


def test_mistakes_are_told_with_their_places(tmp_path):
    with pytest.raises(pipeline.ConfigError) as told:
        load(
            tmp_path,
            "clip: {profile: portrait-1080, also: [web-gif, wbe-av1]}\n"
            "objects:\n"
            "  vase: {clip: {profile: photo, also: [], codec: gif, fps: 30}}\n",
        )
    first, second, third = told.value.mistakes
    assert (first.line, first.column, second.column) == (3, 17, 48)
    assert "clip.profile: found portrait-1080, expected a profile; did you mean 'por" in str(first)
    assert "did you mean 'web-av1'" in second.message
    assert third.line == 5
    assert "objects.vase.clip: found fps 30 for gif" in third.message


@pytest.mark.parametrize(
    ("clip", "column", "name"),
    [("{also: [web-gif, photo]}", 24, "photo"), ("{also: [web-gif, web-gif]}", 24, "web-gif")],
)
def test_a_profile_that_has_its_clip_already_is_a_mistake(tmp_path, clip, column, name):
    with pytest.raises(pipeline.ConfigError) as told:
        load(tmp_path, f"clip: {clip}\n")
    (mistake,) = told.value.mistakes
    assert (mistake.line, mistake.column) == (3, column)
    assert f"clip.also.1: found {name}, which has its clip already" in mistake.message


def test_a_config_made_in_memory_is_checked_as_well(tmp_path):
    made = pipeline.ExhibitConfig(
        exhibit={"id": "small"},
        source={"name": "folder", "catalogue": "c.csv"},
        clip={"profile": "typo"},
    )
    for call in (pipeline.render, pipeline.plan):
        with pytest.raises(pipeline.ConfigError, match="found typo, expected a profile"):
            call(made, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("still", "landscape-1080p-still"),
        ("slow", "landscape-1080p-slow"),
        ("landscape", "landscape-1080p"),
        ("gif", "web-gif"),
        ("1080p-still", "landscape-1080p-still"),
        ("lanscape-4k", "landscape-4k"),
        ("tal", "tall"),
    ],
)
def test_the_nearest_profile_is_named(typed, meant):
    assert suggest(typed, [*built_in(), "tall"]) == f"; did you mean '{meant}'?"


def test_of_very_many_names_not_all_are_listed():
    listed = suggest("zzz", [f"{number:04}" for number in range(1000)])
    assert listed.startswith("; known here: 0000, 0001, ")
    assert listed.endswith(", 0039, …")


def test_what_goes_with_its_profile_is_no_mistake(tmp_path):
    config = load(tmp_path, "clip: {profile: web-vp9, container: webm, crf: 60}\n")
    assert config.recipe(item()).clip.params.encoding.rate_factor == 60
    config = load(tmp_path, "clip: {profile: landscape-1080p, height_px: 1200}\n")
    assert config.recipe(item()).clip.params.height_px == 1200


@pytest.mark.parametrize("name", ["Foyer", "a/b", "..", "x" * 41])
def test_a_profiles_name_is_a_part_of_a_file_name(tmp_path, name):
    with pytest.raises(pipeline.ConfigError):
        load(tmp_path, f"profiles: {{'{name}': {{fps: 50}}}}\n")
