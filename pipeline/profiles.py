"""Profiles: what a screen, a wall or an app wants of a clip, as data.

A profile says how large a frame is, how fast it runs, how it is encoded, what part of it belongs
to captions and how fast things may move. Those that come with the program are in
``profiles.yaml`` beside this module and described in docs/profiles.md; a museum defines its own
in its config, under ``profiles:``.

Knows no engine and opens no encoder: whether this machine can write a codec is
`pipeline.media.codecs.missing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from pipeline.media.codecs import CodecName, Encoding, Quality
from pipeline.records import Pace, Params
from pipeline.yamlfile import read_yaml

MOST_PX = 35_651_584
"""Pixels of the largest frame that players have to open: levels 6 to 6.2 of H.264, HEVC, VP9 and
AV1 alike. Source: ITU-T H.265, Table A.8; AV1 specification, annex A.3."""
_LONGEST_PX = 16384
"""Source: AV1 specification, annex A.3; VP9 and H.264 stop at about the same."""

PACES: dict[Pace, float] = {"normal": 1.0, "slow": 0.5, "still": 0.0}
"""How fast a camera goes, as a share of its usual speed."""


def _is_even(value: int) -> int:
    if value % 2:
        raise ValueError(f"found {value}, expected an even number: video stores colour by twos")
    return value


SidePx = Annotated[int, Field(ge=128, le=_LONGEST_PX), AfterValidator(_is_even)]
ProfileName = Annotated[
    str, StringConstraints(pattern="^[a-z0-9][a-z0-9-]*$", min_length=1, max_length=40)
]
"""It becomes a part of file names."""


class CaptionZone(Params):
    """What of the frame the object keeps out of, in fractions of its sides."""

    left: float = Field(default=0.0, ge=0, le=0.45)
    """At the left edge."""
    top: float = Field(default=0.0, ge=0, le=0.45)
    """At the top."""
    right: float = Field(default=0.0, ge=0, le=0.45)
    """At the right edge."""
    bottom: float = Field(default=0.0, ge=0, le=0.45)
    """At the bottom, where subtitles stand."""

    @property
    def safe(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what is left for the object."""
        return (self.left, self.top, 1 - self.right, 1 - self.bottom)


class ClipKnobs(Params):
    """What a profile decides, and what a config may say in its place: any of it, alone."""

    duration_s: float = Field(default=6.0, gt=0, le=120)
    """Length of the clip in seconds. A clip of a text takes as long as reading it does."""
    fps: int = Field(default=30, ge=10, le=60)
    """Frames a second."""
    width_px: SidePx | None = None
    """Width of the frame. Without width and height its shape follows the photograph."""
    height_px: SidePx | None = None
    """Height of the frame."""
    long_side_px: int = Field(default=1280, ge=128, le=7680)
    """Longer side of a frame whose shape follows the photograph, from 9:16 to 16:9."""
    max_magnification: float = Field(default=2.0, ge=1, le=8)
    """Where the shape follows the photograph, none is shown larger than this many times its own
    pixels; the clip of a small photograph is small and sharp rather than large and blurred."""
    codec: CodecName = "h264"
    """How frames are encoded. h264 plays everywhere."""
    quality: Quality = "fine"
    """fine is taken for visually lossless; small is for slow networks, master for further work."""
    crf: int | None = Field(default=None, ge=0, le=63)
    """The encoder's own constant rate factor in place of quality; 0 is the best."""
    container: Literal["", "mp4", "mov", "mkv", "webm", "gif", "webp", "avif"] = ""
    """File format; by default the codec's usual one."""
    caption_zone: CaptionZone = CaptionZone()
    """What of the frame is kept free of the object, for captions and for what apps lay over it:
    {bottom: 0.2}."""
    pace: Pace = "normal"
    """slow gives more time to look; still does not move, for those whom motion makes unwell."""

    @property
    def encoding(self) -> Encoding:
        """How the file is to be written."""
        return Encoding(self.codec, self.quality, self.crf, self.container)


def check_frame(width_px: int, height_px: int) -> None:
    """See that players open frames of this size.

    Raises:
        ValueError: if they do not.
    """
    if width_px * height_px > MOST_PX:
        raise ValueError(
            f"found a frame of {width_px} x {height_px} px, expected at most {MOST_PX:,} pixels, "
            "which is what players open; make two clips of it"
        )


def check_encoding(encoding: Encoding, fps: int) -> None:
    """See that codec, container, rate factor and frame rate go together.

    Raises:
        ValueError: if they do not.
    """
    name, codec = encoding.codec, encoding.facts
    if encoding.container and encoding.container not in codec.containers:
        expected = " or ".join(codec.containers)
        raise ValueError(f"found container {encoding.container} for {name}, expected {expected}")
    if encoding.crf is not None and not codec.crf:
        raise ValueError(f"found crf for {name}, which has none; use quality")
    if encoding.crf is not None and encoding.crf > codec.crf_most:
        raise ValueError(f"found crf {encoding.crf} for {name}, expected at most {codec.crf_most}")
    if name == "gif" and 100 % fps:
        raise ValueError(
            f"found fps {fps} for gif, expected 10, 20, 25 or 50: it counts in hundredths of a "
            "second"
        )


class WholeKnobs(ClipKnobs):
    """All knobs of one clip: they must go together."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.width_px is not None and self.height_px is not None:
            check_frame(self.width_px, self.height_px)
        elif self.width_px is not None or self.height_px is not None:
            there, absent = ("width", "height") if self.width_px else ("height", "width")
            raise ValueError(f"found {there}_px alone, expected {absent}_px with it")
        check_encoding(self.encoding, self.fps)
        return self


class Profile(WholeKnobs):
    """What one kind of screen wants."""

    about: str = ""
    """What it is for, in a few words."""

    def knobs(self) -> dict[str, Any]:
        """The values that were written for it."""
        return self.model_dump(exclude_unset=True, exclude={"about"})


class _BuiltIn(Params):
    profiles: dict[ProfileName, Profile]


@cache
def built_in() -> Mapping[str, Profile]:
    """The profiles that come with the program, in the order of their file."""
    return read_yaml(Path(__file__).with_suffix(".yaml"), _BuiltIn).profiles
