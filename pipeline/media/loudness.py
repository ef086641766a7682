"""Brings a sound track to the length of a reel and to the loudness that people expect.

Two passes of FFmpeg's `loudnorm`: the first measures the very programme that will be heard, looped
or cut and faded; the second applies one gain to all of it. Only where that gain would lift a peak
over the ceiling does `loudnorm` turn dynamic and ride the level; the result says which it was.
Sound goes through in blocks, so an hour takes no more memory than a second.

Through PyAV's filter graph: nothing is started, no program has to be installed. The first pass
tells its figures in the log alone (a file for them came with FFmpeg 8); they are read from there.

Source: EBU R 128 and ITU-R BS.1770-5 (integrated loudness, true peak); -16 LUFS is what AES TD1008
(2021) names for music and mixed programmes on the web and on mobile devices.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import av.filter
import av.logging
import numpy as np

from pipeline.errors import StageFailed
from pipeline.media.soundtrack import RATE_HZ

if TYPE_CHECKING:
    import numpy.typing as npt

    Block = npt.NDArray[np.float32]
    """(2, N) float32, left and right, -1 to 1, at `RATE_HZ`."""

_SAMPLE_BYTES = 8
"""Two channels of float32: between passes nothing is rounded."""
_SHORTEST_S = 1.0
"""Loudness is gated in blocks of 0.4 s; what is shorter than a second is a sound, not music."""
_SEAM_S = 1.0
"""Where music begins again, its end and its beginning overlap this long, at equal power."""
_NEAR_LU, _TRIES = 0.2, 4
"""One gain for all hits the target to 0.1 LU. Where the level is ridden it can miss by more (1.3 LU
were seen with sharp clicks over noise): then the aim is moved by what was missed."""
_SILENT_LUFS = -60.0
"""Nothing quieter is music: the gate of BS.1770 itself lies at -70."""


@dataclass(frozen=True)
class Loudness:
    """What BS.1770 says of a programme."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float
    threshold_lufs: float


@dataclass(frozen=True)
class Track:
    """How music is laid under a reel."""

    path: Path
    length_s: float
    start_s: float = 0.0
    """Where in the file it begins."""
    fade_in_s: float = 1.0
    fade_out_s: float = 3.0
    target_lufs: float = -16.0
    peak_dbtp: float = -1.5


@dataclass(frozen=True)
class Levelled:
    """What `write_track` did."""

    after: Loudness
    rides: bool
    """The level was ridden, because one gain for all would have lifted a peak over the ceiling."""
    rounds: int
    """How often the music is heard, begun ones counted."""


def write_track(track: Track, path: Path) -> Levelled:
    """Write the sound of a reel, exactly ``track.length_s`` long, for `read_track`.

    Raises:
        StageFailed: if the file is no sound, is shorter than a second, or is silent.
    """
    source = _count(track)
    before = measure(_programme(track, source))
    if not before.integrated_lufs > _SILENT_LUFS:
        raise StageFailed(
            f"The music {track.path.name} is silent: {before.integrated_lufs:.0f} LUFS, expected "
            f"more than {_SILENT_LUFS:.0f}. Choose another file, or another `start_s`."
        )
    aim = track.target_lufs
    for _ in range(_TRIES):
        rides = _write(_programme(track, source), track, _second_pass(track, before, aim), path)
        after = measure(block.T for block in read_track(path))
        missed = track.target_lufs - after.integrated_lufs
        if abs(missed) <= _NEAR_LU:
            break
        aim = min(max(aim + missed, -70.0), -5.0)  # the bounds of the filter
    begun = track.length_s * RATE_HZ - _seam(source)
    rounds = max(1, math.ceil(begun / (source - _seam(source))))
    return Levelled(after, rides, rounds)


def measure(blocks: Iterable[Block]) -> Loudness:
    """Measure a programme as it is.

    Raises:
        StageFailed: if this build of FFmpeg cannot measure.
    """
    with _Loudnorm("print_format=json") as levels:
        for block in blocks:
            for _ in levels.push(block):
                pass
        for _ in levels.push(None):
            pass
    return Loudness(*(float(levels.said[f"input_{name}"]) for name in ("i", "tp", "lra", "thresh")))


def read_sound(path: Path) -> Iterator[Block]:
    """Decode any sound file to stereo at `RATE_HZ`, block by block.

    Raises:
        StageFailed: if it is no sound, or is damaged.
    """
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise StageFailed(f"{path.name} has no sound in it. Choose a sound file as music.")
            stereo = av.AudioResampler(format="fltp", layout="stereo", rate=RATE_HZ)
            for frame in container.decode(audio=0):
                frame.pts = None  # clocks of foreign files jump; the samples are what counts
                yield from map(_block, stereo.resample(frame))
            yield from map(_block, stereo.resample(None))
    except (av.FFmpegError, OSError) as error:
        raise StageFailed(
            f"The music {path} cannot be read: {error.strerror or error}. Expected a sound file "
            "that plays, such as WAV, FLAC, MP3, Ogg or M4A."
        ) from error


def _block(frame: Any) -> Block:
    block: Block = frame.to_ndarray()
    return block


def _count(track: Track) -> int:
    """Return how many samples there are from ``start_s`` on; a header may be wrong about it."""
    count: int = sum(block.shape[1] for block in read_sound(track.path)) - _first(track)
    if count < _SHORTEST_S * RATE_HZ:
        later = f" from {track.start_s:g} s on" if track.start_s else ""
        raise StageFailed(
            f"The music {track.path.name} lasts {max(0, count) / RATE_HZ:.2f} s{later}; expected "
            f"at least {_SHORTEST_S:g} s. Choose a longer file{' or begin earlier' * bool(later)}."
        )
    return count


def _first(track: Track) -> int:
    return round(track.start_s * RATE_HZ)


def _seam(source: int) -> int:
    return min(round(_SEAM_S * RATE_HZ), source // 4)


def _programme(track: Track, source: int) -> Iterator[Block]:
    """What will be heard, before it is levelled: looped or cut to the length, and faded."""
    total = round(track.length_s * RATE_HZ)
    at = 0
    for block in _looped(track, source):
        part = block[:, : total - at]
        yield part * _fade(track, at, part.shape[1])
        at += part.shape[1]
        if at >= total:
            return


def _fade(track: Track, at: int, count: int) -> Block:
    """Gain of ``count`` samples from ``at`` on: half a cosine at either end."""
    total = round(track.length_s * RATE_HZ)
    position = np.arange(at, at + count)
    lead, tail = (max(1.0, s * RATE_HZ) for s in (track.fade_in_s, track.fade_out_s))
    part = np.clip(np.minimum(position / lead, (total - position) / tail), 0, 1)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * part), np.float32)


def _looped(track: Track, source: int) -> Iterator[Block]:
    """The music again and again, its end laid over its beginning at equal power."""
    seam = _seam(source)
    angle = np.linspace(0, np.pi / 2, seam, dtype=np.float32)
    tail: Block | None = None
    while True:
        held = np.zeros((2, 0), np.float32)
        for block in _from_start(track):
            held = np.concatenate([held, block], axis=1)
            if held.shape[1] < 2 * seam:
                continue
            if tail is not None:
                held[:, :seam] = held[:, :seam] * np.sin(angle) + tail * np.cos(angle)
                tail = None
            yield held[:, :-seam]
            held = held[:, -seam:]
        tail = held[:, -seam:]
        yield held[:, :-seam]


def _from_start(track: Track) -> Iterator[Block]:
    skip = _first(track)
    for block in read_sound(track.path):
        if skip < block.shape[1]:
            yield block[:, skip:]
        skip = max(0, skip - block.shape[1])


def _second_pass(track: Track, before: Loudness, aim: float) -> str:
    """Return what `loudnorm` must be told to reach the target with one gain where it can."""
    # It refuses one gain for all when the range is 0 or above its own target for the range.
    wide = min(max(before.range_lu, 1.0), 50.0)
    return (
        f"I={aim:.2f}:TP={track.peak_dbtp}:LRA={wide}:linear=true:print_format=json"
        f":measured_I={min(before.integrated_lufs, 0)}:measured_TP={before.true_peak_dbtp}"
        f":measured_LRA={wide}:measured_thresh={min(before.threshold_lufs, 0)}"
    )


def _write(blocks: Iterator[Block], track: Track, options: str, path: Path) -> bool:
    """Level ``blocks`` and write them; return whether the level had to be ridden."""
    left = round(track.length_s * RATE_HZ)
    with _Loudnorm(options) as levels, path.open("wb") as file:
        for block in chain(blocks, (None,)):
            for out in levels.push(block):
                part = out[:, :left]
                left -= part.shape[1]
                file.write(np.ascontiguousarray(part.T).tobytes())
        # A filter that ends a little early must not shift what follows.
        file.write(bytes(left * _SAMPLE_BYTES))
    return bool(levels.said["normalization_type"] == "dynamic")


def read_track(path: Path) -> Iterator[Block]:
    """Read what `write_track` wrote, in blocks of (N, 2) float32."""
    with path.open("rb") as file:
        while data := file.read(RATE_HZ // 10 * _SAMPLE_BYTES):
            yield np.frombuffer(data, np.float32).reshape(-1, 2)


class _Loudnorm:
    """FFmpeg's filter `loudnorm` as a pipe; ``said`` are its figures once the block is left."""

    said: dict[str, Any]

    def __init__(self, options: str) -> None:
        self._graph: Any = av.filter.Graph()
        clock = Fraction(1, RATE_HZ)
        try:
            parts = [
                self._graph.add_abuffer(
                    sample_rate=RATE_HZ, format="fltp", layout="stereo", time_base=clock
                ),
                self._graph.add("loudnorm", options),
                # Where it rides the level it works, and answers, at 192 kHz.
                self._graph.add("aresample", str(RATE_HZ)),
                self._graph.add("aformat", "sample_fmts=fltp:channel_layouts=stereo"),
                self._graph.add("abuffersink"),
            ]
        except (av.FFmpegError, ValueError) as error:
            raise StageFailed(
                f"This build of FFmpeg cannot level sound: {error}. Install PyAV from its wheels "
                "(`pip install av`), or leave `reel.music` out."
            ) from error
        self._graph.link_nodes(*parts).configure()
        self._fed = 0

    def __enter__(self) -> _Loudnorm:
        self._level: Any = av.logging.get_level()
        av.logging.set_level(av.logging.INFO)
        return self

    def push(self, block: Block | None) -> Iterator[Block]:
        """Feed one block, or ``None`` at the end, and take what is ready."""
        graph, frame = self._graph, None
        if block is not None:
            if not block.shape[1]:
                return
            whole = np.ascontiguousarray(block, np.float32)
            frame = av.AudioFrame.from_ndarray(whole, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = RATE_HZ, self._fed
            frame.time_base = Fraction(1, RATE_HZ)
            self._fed += block.shape[1]
        graph.push(frame)
        while True:
            try:
                yield graph.pull().to_ndarray()
            except (av.BlockingIOError, av.EOFError):
                return

    def __exit__(self, failed: object, *_: object) -> None:
        with av.logging.Capture() as lines:
            self._graph = None  # it says its figures as it goes
        av.logging.set_level(self._level)
        if failed is None:
            words = "".join(line for _, name, line in lines if name == "loudnorm")
            self.said = json.loads(words[words.index("{") :])
