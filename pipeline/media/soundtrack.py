"""The sound of a clip: stereo samples in, an audio stream beside the pictures out.

Knows nothing of loudness or of where samples come from. The file's sound is exactly as long as its
pictures: silence follows a sound that is shorter, and what is longer is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import av
import numpy as np

from pipeline.errors import StageFailed

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples: TypeAlias = npt.NDArray[np.float32]

RATE_HZ = 48000
"""Samples a second: what video files carry. Source: EBU R 128 s2, and every broadcaster's specs."""
_BIT_RATE = {"aac": 192_000, "libopus": 128_000}
"""Bits a second at which stereo music is taken for transparent."""


def add_sound(container: Any, encoder: str) -> Any:
    """Add an empty stereo stream to an open container.

    Raises:
        StageFailed: if this build of PyAV has no such encoder.
    """
    try:
        stream = container.add_stream(encoder, rate=RATE_HZ, layout="stereo")
    except ValueError as error:
        raise StageFailed(
            f"PyAV {av.__version__} was built without {encoder}, which this clip's sound needs. "
            "Install the build that pip brings: `pip install av`, or leave the sound out."
        ) from error
    if encoder in _BIT_RATE:
        stream.bit_rate = _BIT_RATE[encoder]
    stream.codec_context.options = {"flags": "+bitexact"}
    return stream


def framed(sound: Samples | Iterable[Samples], fps: int, frames: int) -> Iterator[Samples]:
    """Cut a sound into one piece for each frame, as long together as the pictures.

    Args:
        sound: (N, 2) float32 in [-1, 1] at `RATE_HZ`, whole or in blocks.
        fps: frames a second.
        frames: how many pieces to yield.

    Raises:
        StageFailed: if a block is of another shape or kind.
    """
    blocks = iter([sound] if isinstance(sound, np.ndarray) else sound)
    waiting, ready = [np.zeros((0, 2), np.float32)], 0
    for index in range(frames):
        wanted = (index + 1) * RATE_HZ // fps - index * RATE_HZ // fps
        while ready < wanted:
            block = next(blocks, None)
            block = np.zeros((wanted - ready, 2), np.float32) if block is None else _checked(block)
            waiting.append(block)
            ready += len(block)
        whole = np.concatenate(waiting)
        yield whole[:wanted]
        waiting, ready = [whole[wanted:]], len(whole) - wanted


def packets(stream: Any, piece: Samples | None, start: int) -> Any:
    """Encode a piece that begins at sample ``start``; ``None`` ends the stream."""
    if piece is None:
        return stream.encode(None)
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(piece.T), format="fltp", layout="stereo"
    )
    frame.sample_rate, frame.pts = RATE_HZ, start
    frame.time_base = Fraction(1, RATE_HZ)
    return stream.encode(frame)


def _checked(block: Samples) -> Samples:
    if block.dtype != np.float32 or block.ndim != 2 or block.shape[1] != 2:
        raise StageFailed(
            f"Sound came as {block.shape} {block.dtype}; expected (N, 2) float32 at {RATE_HZ} Hz. "
            "Report this as a fault of whatever made the sound."
        )
    return block
