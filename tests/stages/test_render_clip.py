"""The stage: from files to files, with everything the clip must say."""

from __future__ import annotations

import av
import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions
from pipeline.errors import StageFailed
from pipeline.items import Kind, Size, Subject
from pipeline.media.pixels import read_rgb, write_depth, write_mask
from pipeline.media.video import read_clip
from pipeline.records import Clip, Depth, Mask, Photo, View
from pipeline.stages.render_clip import ClipParams, frame_size, render_clip

SUBJECT = Subject(
    kind=Kind.VESSEL,
    size=Size(),
    title={"en": "Vase", "zh": "瓶"},
    credit="A museum, CC0",
    rights_uri="https://creativecommons.org/publicdomain/zero/1.0/",
)


@pytest.fixture
def view(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    y, x = np.mgrid[:151, :201]
    rgb = np.stack([x, y, (x + y) // 2], -1).astype(np.uint8)
    mask = ((x - 100) ** 2 + (y - 75) ** 2 < 50**2).astype(np.float32)
    cv2.imwrite(str(folder / "photo.png"), rgb[..., ::-1])
    write_mask(mask, folder / "mask.png")
    write_depth(mask * np.float32(0.7), folder / "depth.png")
    return View(
        photo=Photo(
            path=folder / "photo.png",
            width_px=201,
            height_px=151,
            source_sha256="0",
            source_format="PNG",
            source_width_px=201,
            source_height_px=151,
        ),
        mask=Mask(path=folder / "mask.png", coverage=0.26, box_px=(50, 25, 151, 126)),
        depth=Depth(path=folder / "depth.png"),
    )


PARAMS = ClipParams(duration_s=1.5, fps=12, long_side_px=160)
ENGINE = ParallaxEngine(ParallaxOptions())


def test_clip_and_poster(view, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    clip = render_clip(view, SUBJECT, (), PARAMS, engine=ENGINE, folder=out)
    assert sorted(p.name for p in out.iterdir()) == ["clip.mp4", "poster.webp", "sheet.webp"]
    frames = list(read_clip(clip.path))
    assert clip == Clip(
        path=out / "clip.mp4",
        poster=out / "poster.webp",
        sheet=out / "sheet.webp",
        width_px=160,
        height_px=120,
        fps=12,
        frames=18,
        loops=True,
        alt=SUBJECT.title,
    )
    assert len(frames) == 18
    assert clip.duration_s == 1.5
    assert frames[0].shape == (120, 160, 3)
    assert np.abs(read_rgb(clip.poster).astype(int) - frames[0]).mean() < 4
    with av.open(str(clip.path)) as container:
        assert container.metadata["title"] == "Vase / 瓶"
        assert container.metadata["copyright"] == SUBJECT.credit
        assert container.metadata["comment"] == SUBJECT.rights_uri


def test_twice_the_same_bytes(view, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        render_clip(view, SUBJECT, (), PARAMS, engine=ENGINE, folder=tmp_path / name)
    for name in ("clip.mp4", "poster.webp", "sheet.webp"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_sheet_shows_the_clip(view, tmp_path):
    clip = render_clip(view, SUBJECT, (), PARAMS, engine=ENGINE, folder=tmp_path)
    sheet = read_rgb(clip.sheet)
    first = next(read_clip(clip.path))
    found = cv2.matchTemplate(
        sheet, cv2.resize(first, (168, 126), interpolation=cv2.INTER_CUBIC), cv2.TM_CCOEFF_NORMED
    )
    assert found.max() > 0.99, "the first frame is on it"
    assert sheet.shape[0] > 126 * 3 + 150, "three rows of frames and what stands beneath"


def test_the_sheet_of_stills_that_fade_has_frames_alone(view, tmp_path):
    heights = []
    for pace in ("normal", "still"):
        (tmp_path / pace).mkdir()
        params = PARAMS.model_copy(update={"pace": pace})
        clip = render_clip(view, SUBJECT, (), params, engine=ENGINE, folder=tmp_path / pace)
        heights.append(read_rgb(clip.sheet).shape[0])
        assert clip.pace == pace
    assert heights[1] < heights[0] - 150


class Lazy:
    def frames(self, rgb, mask, depth, shot):
        for _ in range(shot.frames - 1):
            yield np.zeros((shot.height_px, shot.width_px, 3), np.uint8)


def test_an_engine_that_stops_early(view, tmp_path):
    with pytest.raises(StageFailed, match="17 frames; 18 were asked for"):
        render_clip(view, SUBJECT, (), PARAMS, engine=Lazy(), folder=tmp_path)
    assert not list(tmp_path.glob("clip*"))


def test_a_depth_of_another_photograph(view, tmp_path):
    write_depth(np.zeros((10, 10), np.float32), view.depth.path)
    with pytest.raises(StageFailed, match="depth is 10 x 10 px and its photograph 201 x 151"):
        render_clip(view, SUBJECT, (), PARAMS, engine=ENGINE, folder=tmp_path)


@pytest.mark.parametrize(
    ("photo", "params", "size"),
    [
        ((4000, 3000), {}, (1280, 960)),
        ((3000, 4000), {}, (960, 1280)),
        ((4000, 2250), {"long_side_px": 3840}, (3840, 2160)),
        ((9000, 1000), {}, (1280, 720)),
        ((1000, 9000), {}, (720, 1280)),
        ((384, 384), {}, (768, 768)),
        ((384, 300), {"max_magnification": 1}, (384, 300)),
        ((16, 16), {}, (32, 32)),
        ((3, 3), {}, (32, 32)),
        ((333, 217), {}, (666, 434)),
        ((5000, 400), {}, (1280, 720)),
    ],
)
def test_the_frame_has_the_photographs_shape(photo, params, size):
    assert frame_size(photo, ClipParams(**params)) == size


@pytest.mark.parametrize(
    "wrong", [{"duration_s": 0}, {"duration_s": 121}, {"fps": 5}, {"long_side_px": 90}, {"crf": 60}]
)
def test_bounds(wrong):
    with pytest.raises(ValidationError):
        ClipParams(**wrong)
