"""The section `reel:`: its mistakes, its rights, and the film among the results."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pipeline
from pipeline.api import plan
from pipeline.checking import check_exhibit
from pipeline.config import check_reel, load_config
from pipeline.errors import CallError, ConfigError, Refused
from pipeline.exhibits import Entry
from pipeline.items import Item, Kind, Rights
from pipeline.media import codecs
from pipeline.net.options import NetworkOptions
from pipeline.net.web import Online
from pipeline.records import Clip
from pipeline.review.gallery import write_gallery
from pipeline.stages import join_reel
from pipeline.stages.check_rights import RightsParams, check_music
from pipeline.survey import plan_exhibit
from tests.media.test_loudness import tone, write

CC = "https://creativecommons.org/licenses"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
CATALOGUE = f"""id,image,title,title_zh,creator,kind,rights,credit
first,first.png,First,其一,A maker,print,{CC0},Test Museum
second,second.png,Second,其二,,print,{CC0},Test Museum
lost,lost.png,Lost,佚失,,print,{CC0},Test Museum
"""
CONFIG = """
exhibit: {{id: small, title: {{en: Small, zh: 小展}}}}
source: {{name: folder, catalogue: catalogue.csv, images: [.]}}
clip: {{duration_s: 1, fps: 12, width_px: 160, height_px: 128}}
gallery:
{rights}
reel: {reel}
"""
SMALL = "width_px: 256, height_px: 144, fps: 12, title_s: 1, crossfade_s: 0.25"


def exhibit(folder: Path, reel: str = f"{{{SMALL}}}", rights: str = "") -> Path:
    ys, xs = np.mgrid[0:128, 0:160]
    for name, blue in (("first", 60), ("second", 200)):
        shades = np.stack([xs, ys, np.full_like(xs, blue)], axis=-1).astype(np.uint8)
        Image.fromarray(shades).save(folder / f"{name}.png")
    (folder / "catalogue.csv").write_text(CATALOGUE, encoding="utf-8")
    path = folder / "exhibit.yaml"
    path.write_text(CONFIG.format(reel=reel, rights=rights), encoding="utf-8")
    return path


def ids_of(config) -> list[str]:
    web = Online(NetworkOptions(offline=True))
    return [item.id for item in pipeline.build.read_catalogue(config, web).items]


def mistake(path: Path) -> str:
    config = load_config(path)
    with pytest.raises(ConfigError) as caught:
        check_reel(config, ids_of(config))
    return str(caught.value)


@pytest.mark.parametrize(
    ("reel", "line", "said"),
    [
        ("{profile: lanscape-1080p}", 7, "did you mean 'landscape-1080p'?"),
        ("{profile: photo}", 7, "has no frame of its own, expected one with a width"),
        ("{codec: gif}", 7, "carries no chapters, expected a video codec"),
        ("{width_px: 16384, height_px: 16384}", 7, "reel: found a frame of 16384 x 16384 px"),
        ("{objects: [first, secnd]}", 7, "did you mean 'second'?"),
        (f"{{music: {{file: a.wav, credit: B, rights: '{CC0}'}}}}", 7, "a.wav is not there"),
    ],
)
def test_mistakes_are_named_where_they_stand(
    tmp_path: Path, reel: str, line: int, said: str
) -> None:
    message = mistake(exhibit(tmp_path, reel))
    assert f"exhibit.yaml:{line}:" in message
    assert said in message


@pytest.mark.parametrize("missing", ["credit", "rights"])
def test_music_without_rights_is_a_mistake(tmp_path: Path, missing: str) -> None:
    said = {"file": "a.wav", "credit": "B", "rights": CC0}
    said.pop(missing)
    reel = "{music: {" + ", ".join(f"{k}: '{v}'" for k, v in said.items()) + "}}"
    with pytest.raises(ConfigError, match=missing):
        load_config(exhibit(tmp_path, reel))


@pytest.mark.parametrize(
    ("uri", "purpose", "said"),
    [
        (f"{CC}/by-nd/4.0/", "noncommercial", "it allows no adaptations"),
        (f"{CC}/by-nc/4.0/", "commercial", "in a commercial exhibit"),
        ("http://rightsstatements.org/vocab/InC/1.0/", "noncommercial", "in copyright"),
        ("all rights reserved", "noncommercial", "are not known"),
        ("CC BY 4.0", "noncommercial", f"did you mean {CC}/by/4.0/?"),
    ],
)
def test_music_that_may_not_be_used_is_refused(uri: str, purpose: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        check_music("B. Sharp", uri, RightsParams(purpose=purpose))
    assert said in str(caught.value)
    assert '"reel.music": "letter of …"' in str(caught.value)


def test_music_that_may_be_used_is_let_through() -> None:
    assert "CC BY 4.0" in check_music("B", f"{CC}/by/4.0/", RightsParams())
    assert "NonCommercial" in check_music("B", f"{CC}/by-nc/4.0/", RightsParams())
    letter = RightsParams(permissions={"reel.music": "letter of the composer"})
    assert check_music("B", "http://rightsstatements.org/vocab/InC/1.0/", letter) == (
        "permission: letter of the composer"
    )


def test_a_permission_for_an_object_is_none_for_the_music() -> None:
    letter = RightsParams(permissions={"music": "letter of the painter of the object `music`"})
    with pytest.raises(Refused):
        check_music("B", "http://rightsstatements.org/vocab/InC/1.0/", letter)


@pytest.mark.parametrize("name", ["reel", "reel.music"])
def test_no_object_is_called_as_the_reel_is(tmp_path: Path, name: str) -> None:
    config = exhibit(tmp_path)
    text = CATALOGUE.replace("first,first", f"{name},first")
    (tmp_path / "catalogue.csv").write_text(text, encoding="utf-8")
    assert f"the catalogue has an object {name}, which" in mistake(config)
    with pytest.raises(ConfigError, match="give the object another id"):
        pipeline.render(config, tmp_path / "out", jobs=0)
    config.write_text(config.read_text("utf-8").partition("reel:")[0], encoding="utf-8")
    assert {planned.id for planned in plan(config, tmp_path / "out")} == {name, "second", "lost"}


def test_a_low_caption_zone_leaves_captions_their_room(tmp_path: Path) -> None:
    config = exhibit(tmp_path, "{profile: low}")
    low = "profiles: {low: {width_px: 1920, height_px: 1080, caption_zone: {bottom: 0.05}}}\n"
    config.write_text(config.read_text("utf-8") + low, encoding="utf-8")
    read = load_config(config)
    check_reel(read, ids_of(read))
    assert read.reel_params().foot == 0.1
    config.write_text(config.read_text("utf-8").replace("0.05", "0.3"), encoding="utf-8")
    assert load_config(config).reel_params().foot == 0.3


def test_the_reels_encoder_is_asked_for_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codecs, "_can_encode", lambda encoder: encoder != "libx265")
    config = exhibit(tmp_path, "{codec: hevc}")
    checked = check_exhibit(config)
    assert checked.unwritable == 1
    said = "the reel's profile landscape-1080p asks for HEVC"
    assert [said in one.message for one in checked.remarks if one.about == "codec"] == [True]
    assert said in plan_exhibit(config, tmp_path / "out").as_text()


def test_only_clips_of_the_reel_are_waited_for(tmp_path: Path) -> None:
    config = exhibit(tmp_path, f"{{{SMALL}, objects: [first]}}")
    Image.new("RGB", (160, 128)).save(tmp_path / "lost.png")
    out = tmp_path / "out"
    assert pipeline.render(config, out, jobs=0).exit_code == 0
    text = config.read_text("utf-8")

    def joined(text: str, only: str) -> bool:
        config.write_text(text, encoding="utf-8")
        outcome = pipeline.render(config, out, only=[only], jobs=0)
        assert "pending" in {p["reason"] for p in outcome.report["problems"]}
        assert (outcome.reel.reel is not None) == (outcome.folder / "reel.mp4").is_file()
        return outcome.reel.reel is not None

    assert joined(text + "objects: {second: {clip: {duration_s: 2}}}\n", "first")
    assert joined(text + "objects: {first: {mesh: {}}}\n", "second")
    assert not joined(text + "objects: {first: {clip: {duration_s: 2}}}\n", "second")
    assert not joined(text + "objects: {first: {mask: {use_alpha: false}}}\n", "second")


def test_a_slow_or_a_still_clip_takes_no_place_of_the_moving_one(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    main = Clip(path=path, poster=path, width_px=160, height_px=128, fps=12, frames=12, loops=True)
    wide = {"width_px": 1920, "height_px": 1080}
    rights = Rights(uri=CC0, credit="M")
    entry = Entry(item=Item(id="a", kind=Kind.PRINT, title={"en": "A"}, rights=rights), clip=main)
    for pace in ("still", "slow"):
        entry.keep_clip(main.model_copy(update={**wide, "profile": pace, "pace": pace}), pace)
    assert pipeline.showreel._suited(entry, join_reel.ReelParams()) is main
    for pace in ("still", "slow"):
        asked = join_reel.ReelParams(profile=pace)
        assert pipeline.showreel._suited(entry, asked) is entry.variants[pace]
    moving = main.model_copy(update={**wide, "profile": "landscape-720p"})
    entry.keep_clip(moving, "landscape-720p")
    assert pipeline.showreel._suited(entry, join_reel.ReelParams()) is moving


def test_without_moviepy_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = exhibit(tmp_path)
    monkeypatch.setattr(join_reel, "find_spec", lambda _: None)
    for call in (check_exhibit, plan, lambda path: pipeline.render(path, tmp_path / "out")):
        with pytest.raises(CallError, match=r'pip install "tableau-vivant\[reel\]"'):
            call(config)
    assert not (tmp_path / "out" / "small").exists()


def test_the_film_is_among_the_results(tmp_path: Path) -> None:
    write(tmp_path / "tune.wav", tone(3))
    music = f"music: {{file: tune.wav, credit: B. Sharp, rights: '{CC0}'}}"
    config = exhibit(tmp_path, f"{{{SMALL}, {music}}}")
    out = tmp_path / "out"
    assert [p.to_do for p in plan(config, out) if p.id == "reel"] == [(("join_reel", ""),)]

    outcome = pipeline.render(config, out, jobs=0)

    assert outcome.exit_code == 1  # the lost picture; the film is there all the same
    assert outcome.reel is not None
    assert outcome.reel.reel is not None
    assert [c.id for c in outcome.reel.reel.chapters] == ["", "first", "second", ""]
    assert [out.id for out in outcome.reel.missing] == ["lost"]
    said = json.loads((outcome.folder / "exhibit.json").read_text("utf-8"))["reel"]
    assert set(said["files"]) == {"reel.mp4", "reel.webp", "reel.chapters.vtt"}
    assert said["loudness_lufs"] == pytest.approx(-16, abs=0.3)
    assert said["missing"][0]["id"] == "lost"
    for name, file in said["files"].items():
        assert (outcome.folder / name).stat().st_size == file["bytes"]
    assert "tune" not in json.dumps(said)
    record = json.loads((outcome.folder / "reel.json").read_text("utf-8"))
    assert record["provenance"]["join_reel"]["params"]["loudness_lufs"] == -16.0

    page = outcome.gallery.read_text("utf-8")
    assert page.index('src="../reel.mp4"') < page.index("data-cards")
    assert page.count("data-at=") == 4
    assert "autoplay" not in page
    film = outcome.reel.reel
    other = film.model_copy(update={"path": film.path.with_suffix(".webm")})
    webm = outcome.reel.model_copy(update={"reel": other})
    page = write_gallery(outcome.exhibit, tmp_path / "other", webm).read_text("utf-8")
    assert '<source src="../reel.webm" type="video/webm">' in page
    assert said["chapters"] == outcome.report["reel"]["chapters"]
    assert said["missing"] == outcome.report["reel"]["missing"]

    again = pipeline.render(config, out, jobs=0)
    assert again.report["stages"]["join_reel"] == {
        "made": 0,
        "reused": 1,
        "seconds": 0.0,
        "peak_memory_bytes": 0,
    }
    assert [p.stored for p in plan(config, out) if p.id == "reel"] == [("join_reel",)]

    exhibit(tmp_path, "{title_s: 0}")
    text = config.read_text("utf-8").replace("reel: {title_s: 0}", "")
    config.write_text(text, encoding="utf-8")
    gone = pipeline.render(config, out, jobs=0)
    assert not list(gone.folder.glob("reel.*"))
    assert "data-reel" not in gone.gallery.read_text("utf-8")


def test_refused_music_leaves_the_objects_alone(tmp_path: Path) -> None:
    write(tmp_path / "tune.wav", tone(3))
    music = f"music: {{file: tune.wav, credit: B. Sharp, rights: {CC}/by-nd/4.0/}}"
    config = exhibit(tmp_path, f"{{{SMALL}, objects: [first], {music}}}")
    assert any(remark.about == "music" for remark in check_exhibit(config).remarks)
    outcome = pipeline.render(config, tmp_path / "out", only=["first"], jobs=0)

    assert outcome.reel.reel is None
    assert [problem.reason for problem in outcome.reel.problems] == ["refused"]
    assert (outcome.folder / "objects" / "first" / "clip.mp4").is_file()


def test_a_clip_for_the_reels_profile_is_taken(tmp_path: Path) -> None:
    config = exhibit(tmp_path, "{profile: wall, title_s: 0, crossfade_s: 0}")
    text = config.read_text("utf-8").replace("height_px: 128}", "height_px: 128, also: [wall]}")
    wall = "profiles: {wall: {width_px: 256, height_px: 144, fps: 12}}\n"
    config.write_text(text + wall, encoding="utf-8")
    outcome = pipeline.render(config, tmp_path / "out", jobs=0)

    used = outcome.reel.provenance["join_reel"].params
    assert (used["width_px"], used["height_px"], used["fps"]) == (256, 144, 12)
    entry = outcome.exhibit.entries[0]
    wide = pipeline.showreel._suited(entry, join_reel.ReelParams(profile="wall"))
    assert wide == entry.variants["wall"]


def test_what_is_restricted_is_in_no_film(tmp_path: Path) -> None:
    from pipeline.exhibits import Exhibit
    from pipeline.items import Care
    from pipeline.profiles import built_in
    from pipeline.showreel import ReelSection, reel_params, write_script

    def entry(name: str, access: str) -> Entry:
        thing = Item(
            id=name,
            kind=Kind.PRINT,
            title={"en": name},
            rights=Rights(uri=CC0, credit="M"),
            care=Care(access=access),
        )
        path = tmp_path / name
        size = {"width_px": 1920, "height_px": 1080, "fps": 30, "frames": 30, "loops": True}
        return Entry(item=thing, clip=Clip(path=path, poster=path, **size))

    section = ReelSection()
    params = reel_params(section, built_in())
    entries = (entry("a", "public"), entry("b", "restricted"), entry("c", "internal"))
    exhibit = Exhibit(id="x", title={"en": "X"}, languages=("en",), entries=entries)
    script, missing = write_script(section, exhibit, params, tmp_path)
    assert [part.id for part in script.parts] == ["a", "c"]
    assert [(out.id, "a film is seen by whoever has it" in out.why) for out in missing] == [
        ("b", True)
    ]
