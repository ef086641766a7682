"""What a page shows of an object's clips: the main one and its versions for other screens.

Knows which files a browser plays by itself; everything else is offered for download.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.exhibits import Entry
from pipeline.media.codecs import CODECS
from pipeline.records import Clip, Localized
from pipeline.review.words import word

_PLAYED = {"h264", "hevc", "av1", "vp9"}
"""Codecs that browsers play; HEVC where the machine can."""
_CONTAINERS = {".mp4", ".webm"}


@dataclass(frozen=True)
class Version:
    """One clip of an object."""

    clip: Clip
    number: int
    """0 is the main clip."""

    @property
    def anchor(self) -> str:
        """The element of the page that shows it."""
        return f"version-{self.number}"

    @property
    def is_picture(self) -> bool:
        """An animation: for a browser it is a picture."""
        return self.clip.media_type.startswith("image/")

    @property
    def is_played(self) -> bool:
        """A browser plays it as a video."""
        return self.clip.codec in _PLAYED and self.clip.path.suffix in _CONTAINERS

    @property
    def codec(self) -> str:
        """What people call the codec."""
        titles = {str(name): codec.title for name, codec in CODECS.items()}
        return titles.get(self.clip.codec, self.clip.codec)

    @property
    def words(self) -> list[Localized]:
        """Length, size and rate, and what is special about it."""
        clip = self.clip
        said = [
            word(
                "clip_facts",
                seconds=f"{clip.duration_s:.1f}".removesuffix(".0"),
                width=clip.width_px,
                height=clip.height_px,
                fps=f"{clip.fps:g}",
            )
        ]
        if clip.loops:
            said.append(word("loops"))
        if clip.pace != "normal":
            said.append(word(f"pace_{clip.pace}"))
        return said


def versions_of(entry: Entry) -> list[Version]:
    """Return every clip of an object, the main one, if it is there, with the number 0."""
    found = [Version(entry.clip, 0)] if entry.clip else []
    return found + [Version(clip, number) for number, clip in enumerate(entry.variants.values(), 1)]
