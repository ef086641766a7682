"""Every codec: what is decoded is what went in, and the file says how its colours are meant."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipeline.errors import StageFailed, StoreError
from pipeline.items import Kind
from pipeline.media import codecs
from pipeline.media.codecs import CODECS, Encoding, advice, missing, require
from pipeline.media.deepen import filled, shallow
from pipeline.media.soundtrack import RATE_HZ, framed
from pipeline.media.video import FRAMES_HELD, Extras, read_clip, write_clip
from pipeline.media.yuv import rgb_to_i420, views
from pipeline.protocols import Shot

VIDEO = [(name, kind) for name, c in CODECS.items() if not c.silent for kind in c.containers]
SAVES = [("gif", "gif"), ("webp", "webp"), ("avif", "avif")]


def shot(width=192, height=112, frames=10, fps=25, bits=8):
    return Shot(
        width_px=width, height_px=height, fps=fps, frames=frames, kind=Kind.SCENE, bits=bits
    )


def moving(asked: Shot):
    small = np.random.default_rng(7).integers(0, 256, (3, 4, 3), np.uint8)
    size = (asked.width_px, asked.height_px)
    picture = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
    for index in range(asked.frames):
        yield np.roll(picture, 2 * index, axis=1)


def probe(path: Path) -> dict:
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_chapters", "-of", "json", path]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def colr(data: bytes) -> list[tuple[bytes, int, int, int, bool]]:
    """Every colour box of an MP4, MOV or AVIF: kind, primaries, transfer, matrix, full range."""
    found, at = [], data.find(b"colr")
    while at >= 0:
        kind, codes = data[at + 4 : at + 8], data[at + 8 : at + 15]
        numbers = [int.from_bytes(codes[i : i + 2], "big") for i in (0, 2, 4)]
        found.append((kind, *numbers, kind == b"nclx" and codes[6] >> 7 == 1))
        at = data.find(b"colr", at + 1)
    return found


@pytest.mark.parametrize(("name", "container"), VIDEO)
def test_colours_are_tagged_in_stream_and_container(tmp_path, name, container):
    asked, path = shot(), tmp_path / f"a.{container}"
    write_clip(moving(asked), path, asked, encoding=Encoding(name, container=container))
    (stream,) = probe(path)["streams"]
    assert stream["pix_fmt"] == CODECS[name].pixels
    assert stream["r_frame_rate"] == "25/1"
    tags = [stream[f"color_{part}"] for part in ("range", "space", "transfer", "primaries")]
    assert tags == ["tv", "bt709", "bt709", "bt709"]
    if CODECS[name].tag:
        assert stream["codec_tag_string"] in (CODECS[name].tag, "[0][0][0][0]")
    data = path.read_bytes()
    if container in ("mp4", "mov"):
        kind = b"nclx" if container == "mp4" else b"nclc"
        assert colr(data) == [(kind, 1, 1, 1, False)]
    else:  # Matroska's Colour element (0x55B0): matrix, range, transfer, primaries, each one byte
        at = data.index(b"\x55\xb0")
        for element, value in ((0xB1, 1), (0xB9, 1), (0xBA, 1), (0xBB, 1)):
            assert bytes([0x55, element, 0x81, value]) in data[at : at + 40]


@pytest.mark.parametrize("name", [name for name, codec in CODECS.items() if not codec.silent])
def test_what_is_decoded_is_what_went_in(tmp_path, name):
    asked, encoding = shot(), Encoding(name, "master")
    path = tmp_path / f"a.{encoding.suffix}"
    facts = write_clip(moving(asked), path, asked, encoding=encoding)
    decoded = list(read_clip(path))
    assert facts.frames == len(decoded) == 10
    for sent, got in zip(moving(asked), decoded, strict=True):
        assert np.abs(sent.astype(int) - got).mean() < 4


@pytest.mark.parametrize(("name", "container"), SAVES)
def test_animations_go_round_at_their_speed(tmp_path, name, container):
    from PIL import Image, ImageSequence

    asked, path = shot(fps=20), tmp_path / f"a.{container}"
    write_clip(moving(asked), path, asked, encoding=Encoding(name))
    with Image.open(path) as picture:
        assert (picture.n_frames, picture.size) == (10, (192, 112))
        if name != "avif":  # which says it in an edit list that Pillow does not read
            assert picture.info["loop"] == 0
        for sent, got in zip(moving(asked), ImageSequence.Iterator(picture), strict=True):
            assert got.info.get("duration", got.info.get("timestamp", 50)) % 50 == 0
            seen, meant = (
                cv2.GaussianBlur(np.asarray(rgb, np.float32), (0, 0), 3)
                for rgb in (got.convert("RGB"), sent)
            )
            assert np.abs(seen - meant).mean() < 4, "colours that shift would show here"
    if name == "avif":
        assert set(colr(path.read_bytes())) == {(b"nclx", 1, 1, 1, False)}


@pytest.mark.parametrize("name", ["gif", "webp"])
def test_what_is_held_in_memory_whole_is_not_begun_if_it_is_too_large(tmp_path, name):
    asked = shot(1280, 720, 400, 50)  # 1055 MiB

    def frames():
        raise AssertionError("nothing may be drawn")
        yield

    with pytest.raises(StageFailed, match="1055 MiB of pixels, at most 1024.*`codec: avif`"):
        write_clip(frames(), tmp_path / "a", asked, encoding=Encoding(name))
    assert list(tmp_path.iterdir()) == []


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
import test_codecs as t
asked = t.shot(320, 180, 40)
for name, container in [*t.VIDEO, *t.SAVES]:
    path = Path(sys.argv[1], f"{name}.{container}")
    encoding = t.Encoding(name, container=container)
    t.write_clip(t.moving(asked), path, asked, encoding=encoding)
"""


def test_same_frames_same_bytes_whatever_the_number_of_cores(tmp_path):
    """Once as the machine is, once on one core alone."""
    core = min(os.sched_getaffinity(0))
    for name, pin in (("a", None), ("b", lambda: os.sched_setaffinity(0, {core}))):
        (tmp_path / name).mkdir()
        subprocess.run(
            [sys.executable, "-c", SCRIPT, tmp_path / name, Path(__file__).parent],
            check=True,
            env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]},
            preexec_fn=pin,
        )
    differ = [
        path.name
        for path in sorted((tmp_path / "a").iterdir())
        if path.read_bytes() != (tmp_path / "b" / path.name).read_bytes()
    ]
    assert differ == []


def test_eight_bits_become_ten_exactly():
    planar = np.random.default_rng(1).integers(16, 236, (24, 16), np.uint8)
    frame = filled(planar, "yuv420p10le")
    deep = frame.to_ndarray()
    assert np.array_equal(deep, planar.astype(np.uint16) << 2)
    assert np.array_equal(shallow(deep), planar)
    again = filled(deep, "yuv420p10le").to_ndarray()
    assert np.array_equal(again, deep)


def test_chroma_gets_a_sample_on_every_row():
    planar = np.full((24, 16), 100, np.uint8)
    u = views(planar)[1]
    u[:] = np.arange(8)[:, None] * 16  # a ramp stays a ramp
    frame = filled(planar, "yuv422p10le")
    plane = np.frombuffer(frame.planes[1], np.uint16).reshape(16, -1)[:, :8]
    assert np.array_equal(plane[1:-1, 0], 64 * (np.arange(16) / 2 - 0.25)[1:-1])
    assert (plane[0, 0], plane[-1, 0]) == (0, 7 * 64)
    assert (np.frombuffer(frame.planes[0], np.uint16)[:16] == 400).all()


def test_ten_bit_frames_keep_their_ten_bits(tmp_path):
    asked = shot(bits=10, frames=3)
    ramp = (np.arange(192) * 4 + 67).astype(np.uint16)  # levels that 8 bits do not have
    frame = np.full((168, 192), 512, np.uint16)
    frame[:112] = ramp
    path = tmp_path / "a.mp4"
    write_clip(iter([frame] * 3), path, asked, encoding=Encoding("hevc", crf=2))
    with av.open(str(path)) as container:
        got = next(container.decode(video=0)).to_ndarray()[:112]
    assert np.abs(got.mean(0) - ramp).max() < 0.9
    with pytest.raises(StageFailed, match="uint16; expected .* uint8"):
        write_clip(iter([frame] * 3), path, asked, encoding=Encoding("h264"))


@pytest.mark.parametrize("name", ["h264", "hevc", "av1", "vp9", "prores"])
def test_an_engine_may_draw_in_a_ring_of_buffers(tmp_path, name):
    asked, encoding = shot(320, 180, 40), Encoding(name)

    def ring():
        buffers = [np.empty((270, 320), np.uint8) for _ in range(FRAMES_HELD)]
        for index, rgb in enumerate(moving(asked)):
            buffer = buffers[index % FRAMES_HELD]
            buffer[:] = rgb_to_i420(rgb)
            yield buffer

    write_clip(ring(), tmp_path / "ring", asked, encoding=encoding)
    write_clip((rgb_to_i420(f) for f in moving(asked)), tmp_path / "own", asked, encoding=encoding)
    assert (tmp_path / "ring").read_bytes() == (tmp_path / "own").read_bytes()


def tone(seconds: float) -> np.ndarray:
    wave = 0.25 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)
    return np.stack([wave, -wave], 1).astype(np.float32)


@pytest.mark.parametrize(
    ("encoding", "sound"),
    [
        (Encoding("h264"), "aac"),
        (Encoding("vp9"), "opus"),
        (Encoding("prores"), "pcm_s24le"),
        (Encoding("hevc", container="mkv"), "aac"),
    ],
)
def test_sound_and_chapters_go_along(tmp_path, encoding, sound):
    asked, path = shot(frames=50), tmp_path / f"a.{encoding.suffix}"
    extras = Extras(iter(np.array_split(tone(1.5), 7)), [(0, "Coin"), (1.2, "宇宙")])
    write_clip(moving(asked), path, asked, encoding=encoding, extras=extras)
    said = probe(path)
    assert [stream["codec_name"] for stream in said["streams"]][1] == sound
    chapters = [
        (float(c["start_time"]), float(c["end_time"]), c["tags"]["title"]) for c in said["chapters"]
    ]
    assert chapters == [(0, 1.2, "Coin"), (1.2, 2, "宇宙")]
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("fltp", "stereo", RATE_HZ)
        blocks = [b.to_ndarray() for f in container.decode(audio=0) for b in resampler.resample(f)]
    heard = np.concatenate(blocks, 1)
    middle = heard[:, 20000:40000]
    assert np.abs(middle).max() == pytest.approx(0.25, abs=0.02)
    assert np.abs(middle[0] + middle[1]).max() < 0.02, "left and right stay apart"
    assert np.abs(heard[:, 80000:95000]).max() < 0.001, "silence follows"
    assert heard.shape[1] / RATE_HZ == pytest.approx(2, abs=0.03)


def test_sound_is_cut_to_the_pictures():
    pieces = list(framed(tone(3), 24, 36))
    assert [len(piece) for piece in pieces] == [2000] * 36
    assert np.array_equal(np.concatenate(pieces), tone(1.5))
    assert sum(len(piece) for piece in framed(iter([]), 13, 13)) == RATE_HZ


def test_sound_of_another_kind_is_refused(tmp_path):
    asked = shot()
    for sound in (tone(1)[:, :1], tone(1).astype(np.float64)):
        with pytest.raises(StageFailed, match=r"expected \(N, 2\) float32"):
            write_clip(moving(asked), tmp_path / "a.mp4", asked, extras=Extras(sound))
    with pytest.raises(StageFailed, match="neither sound nor chapters"):
        write_clip(
            moving(asked),
            tmp_path / "a.gif",
            asked,
            encoding=Encoding("gif"),
            extras=Extras(tone(1)),
        )
    assert list(tmp_path.iterdir()) == []


def test_a_missing_encoder_is_told_before_any_frame(tmp_path, monkeypatch):
    monkeypatch.setattr(codecs, "_can_encode", lambda encoder: encoder != "libx265")
    assert "built without libx265" in missing("hevc")
    assert missing("h264") == ""
    with pytest.raises(StageFailed, match="profile wall asks for HEVC.*Choose `codec: h264`"):
        require("hevc", "the profile wall")

    def frames():
        raise AssertionError("nothing may be drawn")
        yield

    with pytest.raises(StageFailed, match="libx265"):
        write_clip(frames(), tmp_path / "a.mp4", shot(), encoding=Encoding("hevc"))
    assert list(tmp_path.iterdir()) == []


def test_the_real_look_knows_what_is_there(monkeypatch):
    assert [name for name in CODECS if missing(name)] == []
    assert not codecs._can_encode("libnothing")
    monkeypatch.setattr(codecs, "_can_encode", lambda encoder: False)
    monkeypatch.setattr("PIL.features.check", lambda feature: False)
    assert "Pillow was built without WebP" in missing("webp")
    assert advice("h264").startswith("Install the builds")


def full(limit: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit fails with EFBIG
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


FULL = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
import test_codecs as t
from pipeline.errors import StoreError
asked, place = t.shot(320, 180, 30), Path(sys.argv[1])
room = {}
for name in t.CODECS:
    path = place / f"a.{name}"
    t.write_clip(t.moving(asked), path, asked, encoding=t.Encoding(name, "master"))
    room[path] = path.stat().st_size
    path.unlink()
for lacking in (1, 100, 3000):
    for path, size in sorted(room.items(), key=lambda pair: -pair[1]):
        t.full(size - lacking)
        encoding = t.Encoding(path.suffix[1:], "master")
        try:
            t.write_clip(t.moving(asked), path, asked, encoding=encoding)
        except StoreError as error:
            assert "disk is full" in str(error), error
        else:
            raise SystemExit(f"{path.name}: {lacking} bytes were lacking and nobody said so")
        assert list(place.iterdir()) == [], path
"""


def test_no_room_for_the_file_leaves_none_behind(tmp_path):
    """A limit on the size of files stands for a full disk: writing fails in the same places."""
    command = [sys.executable, "-c", FULL, tmp_path, Path(__file__).parent]
    env = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def tiny_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place]
    try:
        mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a tiny disk needs root; the limit on file size is tested above")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_is_full(tiny_disk):
    asked = shot(640, 360, 60)
    with pytest.raises(StoreError, match="disk is full.*Free some space"):
        write_clip(moving(asked), tiny_disk / "a.mp4", asked, encoding=Encoding(crf=0))
    assert list(tiny_disk.iterdir()) == []


def test_a_folder_that_cannot_be_written(tmp_path):
    with pytest.raises(StageFailed, match="refused"):
        write_clip(moving(shot()), tmp_path / "none" / "a.mp4", shot())


def test_an_encoder_that_fails_in_its_thread_ends_the_clip(tmp_path, monkeypatch):
    """A bug there is neither swallowed nor waited for."""

    def broken(*_):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("pipeline.media.video.filled", broken)
    with pytest.raises(ZeroDivisionError, match="a bug"):
        write_clip(moving(shot(frames=40)), tmp_path / "a.mp4", shot(frames=40))
    assert list(tmp_path.iterdir()) == []


def test_quality_means_the_same_order_everywhere():
    for codec in CODECS.values():
        if codec.crf:
            assert codec.crf["master"] < codec.crf["fine"] < codec.crf["small"] <= codec.crf_most
    assert Encoding("h264").rate_factor == 18
    assert Encoding("h264", crf=0).rate_factor == 0
    assert Encoding("prores").rate_factor is None
