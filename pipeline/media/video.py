"""The only writer of clips: frames in, one file out, the same bytes every time.

BT.709 limited range and said so in the stream and the container, constant frame rate, the index
first so that it plays while it loads. The same frames give the same bytes on every machine that
has the same PyAV: the number of encoder threads is fixed (encoders cut their work by it), and
neither the clock nor a version string is written by the container. What each codec is set to is
`pipeline.media.codecs`; animations for the web are `pipeline.media.animation`.

The encoder works in a thread of its own while the engine makes the next frame; PyAV and OpenCV
leave Python's lock meanwhile. H.264 measured at 1080p on two cores: `veryfast` 27 ms a frame and
6.4 Mbit/s, `ultrafast` 14 ms and 57 Mbit/s, `faster` 54 ms and no smaller, `medium` 62 ms. Planar
frames handed over save 6 ms against RGB converted by swscale, and no sample of them is copied.

Knows nothing of cameras, photographs or catalogues.
"""

from __future__ import annotations

import errno
import os
import queue
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from pipeline import progress
from pipeline.errors import PipelineError, StageFailed, StoreError
from pipeline.media.codecs import LARGE_PX, SOUND, Encoding, require
from pipeline.media.deepen import filled, shallow
from pipeline.media.soundtrack import add_sound, framed, packets
from pipeline.media.yuv import i420_to_rgb, rgb_to_i420

if TYPE_CHECKING:
    from pipeline.media.soundtrack import Samples
    from pipeline.protocols import RGB, Frame, Shot

_AHEAD = 4
"""Frames that may wait for the encoder: enough to even out both sides, little memory."""
FRAMES_HELD = _AHEAD + 2
"""An engine may draw into the same buffers again, in turn, if it has at least this many: one that
it draws in, `_AHEAD` that wait, and one in the encoder's hands."""
_MUXERS = {"mkv": "matroska"}
"""Where libavformat's name is not the file name's ending."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Extras:
    """What goes into a file beside the pictures."""

    sound: Samples | Iterable[Samples] | None = None
    """(N, 2) float32 in [-1, 1] at 48 kHz, whole or as an iterator of such blocks. AAC in MP4,
    Opus in WebM, 24-bit PCM in MOV; cut or followed by silence to the length of the pictures."""
    chapters: Sequence[tuple[float, str]] = ()
    """Start in seconds and title of each chapter, in order; it lasts until the next one."""


@dataclass(frozen=True)
class ClipFacts:
    """What was written."""

    frames: int
    first: RGB = field(repr=False)
    """The first frame, for the poster."""


def write_clip(
    frames: Iterator[Frame],
    path: Path,
    shot: Shot,
    *,
    encoding: Encoding = Encoding(),  # noqa: B008 (frozen)
    tags: Mapping[str, str] | None = None,
    extras: Extras = Extras(),
) -> ClipFacts:
    """Encode ``frames`` into ``path`` as they come; on any failure nothing is left there.

    A frame is not copied, and must not be changed before `FRAMES_HELD` - 1 more frames were
    asked for: an engine may go round a ring of `FRAMES_HELD` buffers. The same array may be
    yielded again.

    Args:
        frames: arrays as `pipeline.protocols.Frame` describes them; 8 bits are widened exactly
            for an encoder that takes 10.
        path: the file; its ending should be ``encoding.suffix``.
        shot: size, rate and number of frames that are expected.
        encoding: codec, quality and container.
        tags: ``title``, ``copyright``, ``comment`` of the file; empty ones are left out.
        extras: sound and chapters.

    Raises:
        StageFailed: if this build has no such encoder, a frame has another size or more bits
            than the codec, there are more or fewer than ``shot.frames``, or the encoder refuses.
        StoreError: if the disk is full.
    """
    require(encoding.codec, f"the clip {path.name}")
    part = path.with_name(path.name + ".part")
    checked = _Checked(frames, shot, encoding.facts.bits)
    try:
        if encoding.facts.silent and (extras.sound is not None or extras.chapters):
            raise StageFailed(
                f"{encoding.facts.title} carries neither sound nor chapters; choose a video codec."
            )
        _write(checked, part, _Order(shot, encoding, tags or {}, extras))
        facts = checked.facts()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return facts


def read_clip(path: Path) -> Iterator[RGB]:
    """Decode a video that `write_clip` made, frame by frame, to (H, W, 3) sRGB.

    Raises:
        StoreError: if it is no video, or holds no frame.
    """
    yield from map(i420_to_rgb, read_planar(path))


def read_planar(path: Path) -> Iterator[Frame]:
    """Decode a video to planar frames of 8 bits, each in memory of its own.

    Raises:
        StoreError: if it is no video, or holds no frame.
    """
    empty = True
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                planar: Any = frame.to_ndarray(format="yuv420p")
                empty = False
                yield planar
    except (av.FFmpegError, IndexError) as error:
        raise StoreError(f"{path} is damaged: {error}. Render it again.") from error
    if empty:
        raise StoreError(f"{path} is damaged: it holds no frame. Render it again.")


@dataclass(frozen=True)
class _Order:
    """All that was asked for."""

    shot: Shot
    encoding: Encoding
    tags: Mapping[str, str]
    extras: Extras


def _write(frames: _Checked, part: Path, order: _Order) -> None:
    if order.encoding.codec in ("gif", "webp"):
        from pipeline.media.animation import write_animation

        try:
            write_animation(frames, part, order.shot, order.encoding)
        except (OSError, av.FFmpegError) as failure:
            raise _refused(failure) from failure
        return
    sound: Iterator[Samples | None] = iter([None] * order.shot.frames)
    if order.extras.sound is not None:
        sound = framed(order.extras.sound, order.shot.fps, order.shot.frames)
    with _Encoder(part, order) as encoder:
        for planar in frames:
            encoder.put(planar, next(sound))


class _Checked:
    """The engine's frames in planar form, counted."""

    def __init__(self, frames: Iterator[Frame], shot: Shot, bits: int) -> None:
        self._frames, self._shot, self._bits = frames, shot, bits
        self._first: RGB | None = None
        self._count = 0

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._frames:
            planar = self._planar(frame)
            if self._first is None:
                self._first = i420_to_rgb(shallow(planar))
            self._count += 1
            yield planar
            progress.report(self._count, self._shot.frames)

    def facts(self) -> ClipFacts:
        """What went through.

        Raises:
            StageFailed: if it was not what was asked for.
        """
        if self._first is None:
            raise StageFailed("The engine gave no frame at all; choose another engine.")
        if self._count != self._shot.frames:
            raise StageFailed(
                f"The clip has {self._count} frames; {self._shot.frames} were asked for. "
                "Report this as a fault of the engine, or choose another engine."
            )
        return ClipFacts(self._count, self._first)

    def _planar(self, frame: Frame) -> Frame:
        shot = self._shot
        rgb = (shot.height_px, shot.width_px, 3)
        planar = (shot.height_px * 3 // 2, shot.width_px)
        if self._count >= shot.frames:
            raise StageFailed(f"The engine gives more than the {shot.frames} frames asked for.")
        known: list[tuple[tuple[int, ...], type]] = [(rgb, np.uint8), (planar, np.uint8)]
        known += [(planar, np.uint16)] if self._bits > 8 else []
        if not any(frame.shape == shape and frame.dtype == kind for shape, kind in known):
            deep = f" or {planar} uint16" if self._bits > 8 else ""
            raise StageFailed(
                f"Frame {self._count} is {frame.shape} {frame.dtype}; expected {rgb} or {planar} "
                f"uint8{deep}. Report this as a fault of the engine, or choose another engine."
            )
        return rgb_to_i420(frame) if frame.ndim == 3 else np.ascontiguousarray(frame)


class _Encoder:
    """Encodes in a thread of its own what `put` hands over; leaving the block ends the file."""

    def __init__(self, path: Path, order: _Order) -> None:
        self._order = order
        try:
            self._container = _open(path, order)
            self._stream = _add_pictures(self._container, order)
            self._sound = None
            if order.extras.sound is not None:
                self._sound = add_sound(self._container, SOUND[order.encoding.suffix])
        except (av.FFmpegError, OSError) as failure:
            raise _refused(failure) from failure
        self._heard = 0
        self._queue: queue.Queue[tuple[Frame, Samples | None] | None] = queue.Queue(_AHEAD)
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="encoder", daemon=True)

    def __enter__(self) -> _Encoder:
        self._thread.start()
        return self

    def put(self, frame: Frame, sound: Samples | None) -> None:
        """Hand a frame and its sound over; waits while the encoder is `_AHEAD` frames behind."""
        self._check()
        self._queue.put((frame, sound))

    def __exit__(self, *_: object) -> None:
        self._queue.put(None)
        self._thread.join()
        try:
            self._container.close()  # writes the index, so a full disk shows here too
        except (av.FFmpegError, OSError) as failure:
            self._failure = self._failure or failure
        self._check()

    def _check(self) -> None:
        if isinstance(self._failure, av.FFmpegError | OSError):
            raise _refused(self._failure) from self._failure
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        index, given = 0, self._queue.get()
        while given is not None:
            if self._failure is None:  # after a failure only empty the queue, so nobody waits
                self._try(given, index)
            index, given = index + 1, self._queue.get()
        if self._failure is None:
            self._try((None, None), index)

    def _try(self, given: tuple[Frame | None, Samples | None], index: int) -> None:
        try:
            self._mux(given, index)
        except Exception as failure:  # noqa: BLE001 (raised again in the caller's thread)
            self._failure = failure

    def _mux(self, given: tuple[Frame | None, Samples | None], index: int) -> None:
        planar, piece = given
        frame = None
        if planar is not None:
            frame = filled(planar, self._order.encoding.facts.pixels)
            frame.pts, frame.time_base = index, self._stream.codec_context.time_base
        for packet in self._stream.encode(frame):
            self._container.mux(packet)
        if self._sound is not None:
            for packet in packets(self._sound, piece, self._heard):
                self._container.mux(packet)
            self._heard += 0 if piece is None else len(piece)


def _refused(failure: Exception) -> PipelineError:
    if getattr(failure, "errno", None) in _FULL:
        return StoreError(
            f"The disk is full, the clip could not be written: {failure}. Free some space and "
            "run the same command again; what is finished is kept."
        )
    return StageFailed(
        f"The video encoder refused: {failure}. Check that the disk has free space, or choose "
        "another codec or a smaller frame."
    )


def _open(path: Path, order: _Order) -> Any:
    suffix = order.encoding.suffix
    options = {"fflags": "+bitexact"}
    if suffix in ("mp4", "mov"):
        options["movflags"] = "+faststart"
    container: Any = av.open(str(path), "w", format=_MUXERS.get(suffix, suffix), options=options)
    for name, text in order.tags.items():
        if text:
            container.metadata[name] = text
    if order.extras.chapters:
        container.set_chapters(_chapters(order))
    return container


def _chapters(order: _Order) -> list[dict[str, Any]]:
    """Chapters as libavformat takes them, in milliseconds."""
    end = round(1000 * order.shot.frames / order.shot.fps)
    starts = [min(round(1000 * start_s), end) for start_s, _ in order.extras.chapters]
    return [
        {
            "id": index,
            "start": start,
            "end": following,
            "time_base": Fraction(1, 1000),
            "metadata": {"title": title},
        }
        for index, (start, following, (_, title)) in enumerate(
            zip(starts, [*starts[1:], end], order.extras.chapters, strict=True)
        )
    ]


def _add_pictures(container: Any, order: _Order) -> Any:
    os.environ.setdefault("SVT_LOG", "1")  # SVT-AV1 tells stderr its settings; errors are enough
    shot, encoding, codec = order.shot, order.encoding, order.encoding.facts
    stream = container.add_stream(codec.encoder, rate=shot.fps)
    stream.width, stream.height, stream.pix_fmt = shot.width_px, shot.height_px, codec.pixels
    context = stream.codec_context
    context.time_base = Fraction(1, shot.fps)
    context.thread_count = codec.threads
    context.gop_size = 2 * shot.fps  # a player that loops or seeks is never two seconds away
    if codec.tag and encoding.suffix in ("mp4", "mov"):
        context.codec_tag = codec.tag
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.colorspace = Colorspace.ITU709
    context.color_range = ColorRange.MPEG
    context.options = {
        "flags": "+bitexact",
        "chroma_sample_location": "left",  # where `pipeline.media.yuv` puts it
        **codec.options,
        **(codec.large if shot.width_px * shot.height_px > LARGE_PX else {}),
    }
    if encoding.rate_factor is not None:
        context.options = {**context.options, "crf": str(encoding.rate_factor)}
    return stream
