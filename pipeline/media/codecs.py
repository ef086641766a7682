"""What a clip may be written as: codecs, their containers and settings, as data.

Every setting that changes bytes is here: encoder, preset, number of threads. Importing this
module imports no encoder, so that a config can be checked without one; `require` looks whether
this build of PyAV has it.

The same frames give the same file on every run, whatever the number of processor cores, because
threads are counted here and not by the machine. Another build of an encoder, or of the libraries
it calls, may give another file that looks the same.

`quality` means one thing in every codec, so that a museum need not know five scales; the numbers
behind it give about the same SSIM of luma as H.264's, on a painting full of strokes and on a statue
before a plain wall (docs/profiles.md has the figures).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.errors import StageFailed

CodecName = Literal["h264", "hevc", "av1", "vp9", "prores", "gif", "webp", "avif"]
Quality = Literal["small", "fine", "master"]


LARGE_PX = 4_000_000
"""Pixels of a frame from which an encoder must be sparing with memory."""


@dataclass(frozen=True)
class Codec:
    """One way to write moving pictures."""

    name: CodecName
    title: str
    """What people call it."""
    encoder: str
    """libavcodec's name for the encoder; empty where Pillow writes the file."""
    containers: tuple[str, ...]
    """File name endings that it may stand in, the usual one first."""
    bits: int = 8
    """Bits of a sample."""
    pixels: str = "yuv420p"
    """libavutil's name for how samples lie."""
    crf: Mapping[Quality, int] = field(default_factory=dict)
    """The encoder's scale by quality; empty where it has none."""
    crf_most: int = 0
    threads: int = 4
    options: Mapping[str, str] = field(default_factory=dict)
    large: Mapping[str, str] = field(default_factory=dict)
    """Options of frames of more than `LARGE_PX`, instead of those above."""
    tag: str = ""
    """Four letters that players look for, where the container's own are not understood."""
    silent: bool = False
    """It cannot carry sound."""


CODECS: dict[CodecName, Codec] = {
    codec.name: codec
    for codec in (
        Codec(
            name="h264",
            title="H.264, 8 bit",
            encoder="libx264",
            containers=("mp4", "mov", "mkv"),
            crf={"small": 23, "fine": 18, "master": 12},
            crf_most=51,
            options={
                "preset": "veryfast",
                # More bits for dark, flat parts, where photographs on black show bands.
                "x264-params": "aq-mode=3:lookahead-threads=1:threads=4:sliced-threads=0",
            },
            # Looking ahead six frames and in step with encoding: 380 MB less at 2160p.
            large={
                "x264-params": "aq-mode=3:lookahead-threads=1:threads=4:sliced-threads=0"
                ":sync-lookahead=0:rc-lookahead=6"
            },
        ),
        Codec(
            name="hevc",
            title="HEVC (H.265), 10 bit",
            encoder="libx265",
            containers=("mp4", "mov", "mkv"),
            bits=10,
            pixels="yuv420p10le",
            crf={"small": 28, "fine": 23, "master": 16},
            crf_most=51,
            options={
                "preset": "veryfast",
                # Its version and settings would stand in the file with `info`.
                "x265-params": "pools=4:frame-threads=2:info=0:log-level=error:aq-mode=3",
            },
            tag="hvc1",  # Apple's players open no `hev1`
        ),
        Codec(
            name="av1",
            title="AV1, 10 bit",
            encoder="libsvtav1",
            containers=("mp4", "webm", "mkv"),
            bits=10,
            pixels="yuv420p10le",
            crf={"small": 54, "fine": 31, "master": 14},
            crf_most=63,
            options={"preset": "7", "svtav1-params": "tune=0:lp=2"},
        ),
        Codec(
            name="vp9",
            title="VP9, 8 bit",
            encoder="libvpx-vp9",
            containers=("webm", "mp4", "mkv"),
            crf={"small": 43, "fine": 33, "master": 15},
            crf_most=63,
            options={
                "b": "0",  # quality alone decides, not a rate
                "deadline": "good",
                "cpu-used": "5",
                "row-mt": "1",
                "tile-columns": "2",
                "lag-in-frames": "25",
                "auto-alt-ref": "1",
            },
        ),
        Codec(
            name="prores",
            title="ProRes 422 HQ, 10 bit",
            encoder="prores_ks",
            containers=("mov",),
            bits=10,
            pixels="yuv422p10le",
            options={"profile": "3", "vendor": "apl0"},
        ),
        Codec(
            name="gif",
            title="GIF animation",
            encoder="gif",
            containers=("gif",),
            pixels="pal8",
            silent=True,
        ),
        Codec(
            name="webp",
            title="WebP animation",
            encoder="",
            containers=("webp",),
            pixels="rgb24",
            silent=True,
        ),
        Codec(
            name="avif",
            title="AVIF animation",
            encoder="libsvtav1",
            containers=("avif",),
            bits=10,
            pixels="yuv420p10le",
            crf={"small": 54, "fine": 31, "master": 14},
            crf_most=63,
            options={"preset": "6", "svtav1-params": "tune=0:lp=2"},
            silent=True,
        ),
    )
}
"""Every codec by its name in a config."""

SOUND = {"mp4": "aac", "mkv": "aac", "mov": "pcm_s24le", "webm": "libopus"}
"""The sound encoder that goes with each container."""


@dataclass(frozen=True)
class Encoding:
    """How one file is to be written."""

    codec: CodecName = "h264"
    quality: Quality = "fine"
    crf: int | None = None
    """The encoder's own scale, in place of ``quality``; 0 is the best."""
    container: str = ""
    """File name ending; empty for the codec's usual one."""

    @property
    def facts(self) -> Codec:
        """The codec's data."""
        return CODECS[self.codec]

    @property
    def suffix(self) -> str:
        """The file name's ending, without the dot."""
        return self.container or self.facts.containers[0]

    @property
    def rate_factor(self) -> int | None:
        """The number for the encoder; ``None`` where it knows none."""
        if not self.facts.crf:
            return None
        return self.facts.crf[self.quality] if self.crf is None else self.crf


def missing(name: CodecName) -> str:
    """Say why clips cannot be written in this codec here, or ``""``."""
    codec = CODECS[name]
    if name == "webp":
        from PIL import features

        if features.check("webp"):
            return ""
        return "Pillow was built without WebP"
    if _can_encode(codec.encoder):
        return ""
    import av

    return f"PyAV {av.__version__} was built without {codec.encoder}"


def require(name: CodecName, wanted_by: str) -> None:
    """See that a codec can be written here, before any work is done for it.

    Args:
        name: the codec.
        wanted_by: who asks for it, such as ``profile landscape-4k``.

    Raises:
        StageFailed: if it cannot, with what to choose instead.
    """
    reason = missing(name)
    if reason:
        raise StageFailed(
            f"{wanted_by} asks for {CODECS[name].title}, but {reason}. {advice(name)}"
        )


def advice(name: CodecName) -> str:
    """What to do where a codec is missing."""
    alike = [other for other in CODECS if CODECS[other].silent == CODECS[name].silent]
    there = next((other for other in alike if other != name and not missing(other)), None)
    choice = f"Choose `codec: {there}`, or install" if there else "Install"
    return f"{choice} the builds of PyAV and Pillow that pip brings: `pip install av pillow`."


def _can_encode(encoder: str) -> bool:
    import av

    try:
        av.codec.Codec(encoder, "w")
    except ValueError:  # UnknownCodecError
        return False
    return True
