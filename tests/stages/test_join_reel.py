"""The reel as a player sees it: every test opens the file that was written."""

from __future__ import annotations

import json
import math
import re
import resource
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from pipeline.errors import CallError, StageFailed
from pipeline.items import Kind
from pipeline.media.reel import caption_span
from pipeline.media.timeline import Pace, Timeline
from pipeline.media.titles import Look
from pipeline.media.video import read_planar, write_clip
from pipeline.media.yuv import views
from pipeline.protocols import Shot
from pipeline.records import Clip
from pipeline.reels import Music, Reel, ReelPart, Script
from pipeline.stages import join_reel as stage
from pipeline.stages.join_reel import ReelParams, join_reel
from tests.media.test_loudness import bs1770, tone, true_peak, write

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
SIZE = (320, 180)
PARAMS = ReelParams(
    width_px=SIZE[0], height_px=SIZE[1], fps=12, object_s=3, title_s=2, captions=False
)
FADE = 12


def clip(folder: Path, grey: int, size: tuple[int, int] = SIZE, frames: int = 12) -> Clip:
    """A grey clip whose first row's brightness says which frame it is."""

    def drawn(index: int) -> np.ndarray:
        rgb = np.full((size[1], size[0], 3), grey, np.uint8)
        rgb[: size[1] // 4] = 16 * (index + 1)
        return rgb

    path = folder / f"{grey}-{size[0]}x{size[1]}.mp4"
    shot = Shot(*size, 12, frames, Kind.PRINT)
    write_clip((drawn(i) for i in range(frames)), path, shot)
    return Clip(
        path=path,
        poster=path,
        width_px=size[0],
        height_px=size[1],
        fps=12,
        frames=frames,
        loops=True,
    )


def part(film: Clip, name: str = "a", **more: Any) -> ReelPart:
    values = {"title": {"en": f"Work {name}", "zh": "作品"}, "credit": f"Museum {name}"}
    values["kind"] = Kind.PRINT
    return ReelPart(id=name, rights_uri=CC0, clip=film, **{**values, **more})


def script(*parts: ReelPart, music: Music | None = None) -> Script:
    return Script(
        title={"en": "A show", "zh": "展览"}, languages=("en", "zh"), parts=parts, music=music
    )


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reel, list[np.ndarray]]:
    folder = tmp_path_factory.mktemp("reel")
    music = Music(
        path=write(folder / "tune.wav", tone(5)), title="Tune", credit="B. Sharp", rights_uri=CC0
    )
    parts = [part(clip(folder, grey), name) for name, grey in (("a", 60), ("b", 200))]
    out = folder / "out"
    out.mkdir()
    reel = join_reel(script(*parts, music=music), PARAMS, folder=out)
    return reel, list(read_planar(reel.path))


def grey_of(frame: np.ndarray) -> float:
    """Luma of the lower half, which says which clip it is."""
    return float(views(frame)[0][SIZE[1] // 2 :].mean())


def test_every_frame_is_there(joined: tuple[Reel, list[np.ndarray]]) -> None:
    reel, frames = joined
    # Title 2 s; two works of 3 s, each over the end of what came before; credits over the last.
    assert len(frames) == reel.frames
    assert reel.frames > (2 + 2 * (3 - 1) + 4) * 12
    assert {path.name for path in reel.path.parent.iterdir()} == {
        "reel.mp4",
        "reel.webp",
        "reel.chapters.vtt",
    }


def test_the_middle_of_a_fade_is_the_blend(joined: tuple[Reel, list[np.ndarray]]) -> None:
    reel, frames = joined
    whole = round(reel.chapters[2].start_s * 12)  # the second work, whole from here on
    first, second = grey_of(frames[whole - FADE - 1]), grey_of(frames[whole])

    assert second - first > 80
    for step in range(FADE):
        share = (step + 0.5) / FADE
        expected = first + (second - first) * share
        assert grey_of(frames[whole - FADE + step]) == pytest.approx(expected, abs=1.5)


def test_outside_fades_frames_are_the_clips_own(
    joined: tuple[Reel, list[np.ndarray]], tmp_path: Path
) -> None:
    reel, frames = joined
    own = list(read_planar(clip(tmp_path, 60).path))
    start = round(reel.chapters[1].start_s * 12)
    for index in range(12):  # the clip lasts 12 frames and goes on
        difference = np.abs(frames[start + index].astype(int) - own[index % 12]).mean()
        assert difference < 0.8


def test_it_begins_and_ends_with_the_bare_ground(joined: tuple[Reel, list[np.ndarray]]) -> None:
    _, frames = joined
    assert np.abs(frames[0].astype(int) - frames[-1]).mean() < 1.5
    assert grey_of(frames[0]) < 45


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
def test_ffprobe_reads_chapters_colour_and_sound(joined: tuple[Reel, list[np.ndarray]]) -> None:
    reel, _ = joined
    command = ["ffprobe", "-v", "error", "-of", "json"]
    command += ["-show_chapters", "-show_streams", "-show_format", str(reel.path)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    titles = [chapter["tags"]["title"] for chapter in said["chapters"]]
    assert titles == ["A show", "Work a", "Work b", "Works and rights"]
    for chapter, wanted in zip(said["chapters"], reel.chapters, strict=True):
        assert float(chapter["start_time"]) == pytest.approx(wanted.start_s, abs=0.001)
    assert float(said["chapters"][-1]["end_time"]) == pytest.approx(reel.duration_s, abs=0.001)
    streams = {stream["codec_type"]: stream for stream in said["streams"]}
    assert streams["video"]["color_space"] == "bt709"
    assert streams["video"]["color_range"] == "tv"
    assert streams["audio"]["codec_name"] == "aac"
    assert float(streams["audio"]["duration"]) == pytest.approx(reel.duration_s, abs=0.05)
    assert "Museum a; Museum b; B. Sharp" in said["format"]["tags"]["copyright"]


def test_chapters_for_the_web(joined: tuple[Reel, list[np.ndarray]]) -> None:
    reel, _ = joined
    text = reel.chapters_path.read_text("utf-8")
    cues = re.findall(r"(\d\d:\d\d:\d\d\.\d{3}) --> (\d\d:\d\d:\d\d\.\d{3})\n(.+)\n", text)

    assert text.startswith("WEBVTT\n\n")
    assert [title for _, _, title in cues] == ["A show", "Work a", "Work b", "Works and rights"]
    assert all(end == start for (_, end, _), (start, _, _) in pairwise(cues))


def test_the_file_sounds_as_loud_as_asked(joined: tuple[Reel, list[np.ndarray]]) -> None:
    reel, _ = joined
    with av.open(str(reel.path)) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    heard = np.concatenate(blocks, axis=1)[:, : round(reel.duration_s * 48000)]

    assert bs1770(heard) == pytest.approx(-16, abs=0.5)
    assert true_peak(heard) <= -1.0
    assert reel.loudness_lufs == pytest.approx(-16, abs=0.2)
    assert not reel.level_ridden
    assert reel.music_rounds == math.ceil((reel.duration_s - 1) / (5 - 1))


def test_the_same_script_gives_the_same_bytes(tmp_path: Path) -> None:
    film = clip(tmp_path, 90)
    files = []
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
        join_reel(script(part(film)), PARAMS, folder=tmp_path / name)
        files.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert files[0] == files[1]


@pytest.mark.parametrize("size", [(240, 320), (320, 320), (640, 360)])
def test_clips_of_other_shapes_lie_whole_in_the_frame(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    (tmp_path / "out").mkdir()
    film = clip(tmp_path, 220, size)
    reel = join_reel(script(part(film)), PARAMS, folder=tmp_path / "out")
    frames = list(read_planar(reel.path))
    luma = views(frames[round(reel.chapters[1].start_s * 12) + 6])[0]
    bright = luma > 150
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    height = (rows[-1] - rows[0] + 1) / 0.75  # the upper quarter says which frame it is
    shape = (columns[-1] - columns[0] + 1) / height

    assert shape == pytest.approx(size[0] / size[1], rel=0.08)
    if size[0] / size[1] != SIZE[0] / SIZE[1]:
        middle = (columns[0] + columns[-1]) / 2
        assert middle == pytest.approx(SIZE[0] / 2, abs=2)


def test_a_work_whose_credit_cannot_be_set_is_left_out_and_named(tmp_path: Path) -> None:
    film = clip(tmp_path, 90)
    (tmp_path / "out").mkdir()
    reel = join_reel(
        script(part(film), part(film, "b", credit="Jiří \U0001f600")),
        PARAMS,
        folder=tmp_path / "out",
    )

    assert [chapter.id for chapter in reel.chapters if chapter.id] == ["a"]
    assert [out.id for out in reel.left_out] == ["b"]
    assert "no glyph" in reel.left_out[0].why


@pytest.mark.parametrize(
    ("captions", "kind"), [(True, Kind.INTANGIBLE), (False, Kind.PRINT), (True, Kind.PRINT)]
)
def test_words_that_are_never_shown_leave_nothing_out(
    tmp_path: Path, captions: bool, kind: Kind
) -> None:
    works = script(
        part(clip(tmp_path, 90), byline={"en": "Jiří \U0001f600"}, kind=kind),
        part(clip(tmp_path, 60), "b"),
    )
    pace = {"fps": 12, "crossfade_s": 0.5, "title_s": 0, "object_s": 2, "credits_speed": 3}
    plan = Timeline(works, Look(SIZE, "night"), Pace(**pace, captions=captions, foot=0.2))
    shown_as_caption = captions and kind is Kind.PRINT
    assert [out.id for out in plan.left_out] == (["a"] if shown_as_caption else [])


def test_no_caption_is_drawn_before_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn(*_: object) -> None:
        raise AssertionError("a caption was drawn")

    monkeypatch.setattr("pipeline.media.timeline.caption", drawn)
    pace = {"fps": 12, "crossfade_s": 0.5, "title_s": 0, "object_s": 2, "credits_speed": 3}
    look = Look(SIZE, "night")
    plan = Timeline(script(part(clip(tmp_path, 90))), look, Pace(**pace, captions=True, foot=0.2))
    assert plan.left_out == []


def test_generated_works_are_marked_even_without_captions(tmp_path: Path) -> None:
    film = clip(tmp_path, 90)
    marks = {}
    for generated in (False, True):
        out = tmp_path / str(generated)
        out.mkdir()
        reel = join_reel(script(part(film, generated=generated)), PARAMS, folder=out)
        frame = list(read_planar(reel.path))[round(reel.chapters[1].start_s * 12) + 10]
        rows = views(frame)[0][-20:, SIZE[0] // 2 :].astype(int)
        marks[generated] = (rows.max(axis=1) - np.median(rows, axis=1)).max()
    assert marks[False] < 4
    assert marks[True] > 25


def test_nothing_to_join_is_said(tmp_path: Path) -> None:
    with pytest.raises(StageFailed, match="There is no clip to join: no object has one"):
        join_reel(script(), PARAMS, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_silent_music_leaves_nothing_behind(tmp_path: Path) -> None:
    film = clip(tmp_path, 90)
    path = write(tmp_path / "quiet.wav", np.zeros((2, 96000)))
    (tmp_path / "out").mkdir()
    music = Music(path=path, credit="B", rights_uri=CC0)
    with pytest.raises(StageFailed, match=r"quiet\.wav is silent"):
        join_reel(script(part(film), music=music), PARAMS, folder=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_without_moviepy_the_way_to_get_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "find_spec", lambda _: None)
    with pytest.raises(CallError, match=r'pip install "tableau-vivant\[reel\]"'):
        stage.require_moviepy()


def test_captions_keep_out_of_fades() -> None:
    for frames, fade in ((90, 30), (62, 30), (300, 15), (40, 0)):
        first, last = caption_span(frames, fade, 30)
        assert fade <= first < last <= frames - fade


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ru_maxrss differs")
def test_memory_does_not_grow_with_the_number_of_clips(tmp_path: Path) -> None:
    params = PARAMS.model_copy(update={"width_px": 640, "height_px": 360, "captions": True})
    params = params.model_copy(update={"object_s": 2.0, "crossfade_s": 0.5})
    film = clip(tmp_path, 90, (640, 360))
    peaks = []
    for count in (3, 30):
        out = tmp_path / str(count)
        out.mkdir()
        parts = [part(film, f"w{index}") for index in range(count)]
        reel = join_reel(script(*parts), params, folder=out)
        assert len(reel.chapters) == count + 2
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    assert peaks[1] - peaks[0] < 12_000, "KiB; 27 more captions alone would be 27 MB"
