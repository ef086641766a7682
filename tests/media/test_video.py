"""The MP4 writer: what is decoded is what went in, and the file says what it is."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline import progress
from pipeline.errors import StageFailed, StoreError
from pipeline.items import Kind
from pipeline.media.codecs import Encoding
from pipeline.media.video import read_clip, read_planar, write_clip
from pipeline.media.yuv import i420_to_rgb, rgb_to_i420
from pipeline.protocols import Shot


def shot(width=64, height=48, frames=12, fps=30):
    return Shot(width_px=width, height_px=height, fps=fps, frames=frames, kind=Kind.SCENE)


def moving(asked: Shot):
    small = np.random.default_rng(7).integers(0, 256, (6, 8, 3), np.uint8)
    size = (asked.width_px, asked.height_px)
    picture = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    for index in range(asked.frames):
        yield np.roll(picture, 2 * index, axis=1)


def boxes(data: bytes) -> list[str]:
    at, names = 0, []
    while at < len(data):
        names.append(data[at + 4 : at + 8].decode())
        at += int.from_bytes(data[at : at + 4], "big")
    return names


def test_every_frame_comes_back_as_it_went_in(tmp_path):
    asked = shot()
    facts = write_clip(moving(asked), tmp_path / "a.mp4", asked, encoding=Encoding(crf=1))
    decoded = list(read_clip(tmp_path / "a.mp4"))
    assert facts.frames == len(decoded) == 12
    for sent, got in zip(moving(asked), decoded, strict=True):
        stored = i420_to_rgb(rgb_to_i420(sent))  # the codec's loss alone, not that of 4:2:0
        assert np.abs(stored.astype(int) - got).mean() < 1
    assert np.array_equal(facts.first, i420_to_rgb(rgb_to_i420(next(moving(asked)))))


@pytest.mark.parametrize("data", [b"", b"no video at all" * 99])
def test_a_damaged_file_is_said_to_be(tmp_path, data):
    path = tmp_path / "a.mp4"
    path.write_bytes(data)
    for read in (read_clip, read_planar):
        with pytest.raises(StoreError, match=r"a\.mp4 is damaged.*Render it again"):
            list(read(path))


def test_planar_frames_are_taken_as_they_are(tmp_path):
    asked = shot()
    write_clip(moving(asked), tmp_path / "rgb.mp4", asked)
    write_clip((rgb_to_i420(f) for f in moving(asked)), tmp_path / "yuv.mp4", asked)
    assert (tmp_path / "rgb.mp4").read_bytes() == (tmp_path / "yuv.mp4").read_bytes()


def test_the_file_says_what_it_is(tmp_path):
    asked = shot(frames=31, fps=25)
    tags = {
        "title": "青花瓶",
        "copyright": "© 馆 CC0",
        "comment": "https://x.example/",
        "empty": "",
    }
    write_clip(moving(asked), tmp_path / "a.mp4", asked, tags=tags)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1)
        assert context.color_range == 1, "limited range"
        assert stream.average_rate == 25
        assert stream.frames == 31
        written = {k: container.metadata.get(k) for k in ("title", "copyright", "comment")}
        assert written == {k: v for k, v in tags.items() if v}
        assert not {"encoder", "creation_time"} & set(container.metadata)
        times = sorted(frame.pts for frame in container.decode(stream))
    assert len(set(np.diff(times))) == 1, "constant frame rate"


def test_it_plays_while_it_loads(tmp_path):
    asked = shot()
    write_clip(moving(asked), tmp_path / "a.mp4", asked)
    names = boxes((tmp_path / "a.mp4").read_bytes())
    assert names.index("moov") < names.index("mdat")


def test_same_frames_same_bytes_in_another_process(tmp_path):
    asked = shot(width=160, height=90, frames=40)
    write_clip(moving(asked), tmp_path / "a.mp4", asked)
    script = (
        "import sys, cv2; cv2.setNumThreads(1); sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "import test_video as t\n"
        "asked = t.shot(width=160, height=90, frames=40)\n"
        "t.write_clip(t.moving(asked), Path(sys.argv[1]), asked)\n"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "b.mp4"), str(Path(__file__).parent)],
        check=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONHASHSEED": "99"},
    )
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def broken(asked):
    yield from list(moving(asked))[:5]
    raise ZeroDivisionError("a bug in an engine")


@pytest.mark.parametrize(
    ("frames", "error", "says"),
    [
        (lambda s: iter(list(moving(s))[:-1]), StageFailed, "11 frames; 12"),
        (lambda s: iter([*moving(s), *moving(s)]), StageFailed, "more than the 12"),
        (lambda s: iter([]), StageFailed, "no frame at all"),
        (lambda s: iter([np.zeros((2, 2, 3), np.uint8)]), StageFailed, "Frame 0 is"),
        (lambda s: iter([np.zeros((48, 64, 3), np.float32)]), StageFailed, "float32"),
        (broken, ZeroDivisionError, "a bug"),
    ],
)
def test_a_failure_leaves_nothing_behind(tmp_path, frames, error, says):
    asked = shot()
    with pytest.raises(error, match=says):
        write_clip(frames(asked), tmp_path / "a.mp4", asked)
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_to_the_end(tmp_path):
    heard = []
    progress.listen(lambda done, total: heard.append((done, total)))
    try:
        asked = shot(frames=5)
        write_clip(moving(asked), tmp_path / "a.mp4", asked)
    finally:
        progress.listen(None)
    assert heard == [(i, 5) for i in range(1, 6)]


def test_memory_does_not_grow_with_length(tmp_path):
    def peak(frames: int) -> int:
        asked = shot(width=320, height=240, frames=frames)
        tracemalloc.start()
        write_clip(moving(asked), tmp_path / "a.mp4", asked)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(240) < peak(60) * 1.1


@pytest.mark.parametrize("size", [(16, 16), (32, 18), (1280, 16), (18, 320)])
def test_small_and_narrow_frames(tmp_path, size):
    asked = shot(*size, frames=3)
    write_clip(moving(asked), tmp_path / "a.mp4", asked)
    assert [f.shape for f in read_clip(tmp_path / "a.mp4")] == [(size[1], size[0], 3)] * 3
