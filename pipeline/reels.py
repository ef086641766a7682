"""The nouns of a reel: what it is joined from, and what a run has of it.

Beside `pipeline.records`, which it builds on; travels as JSON in the same way.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from pipeline.exhibits import Problem
from pipeline.items import Kind
from pipeline.naming import media_type
from pipeline.records import Clip, Localized, Provenance, Record, StoredPath

REEL_ID, MUSIC_ID = "reel", "reel.music"
"""What reports call the reel and permissions its music; no object of an exhibit with a reel may
have these ids."""


class Music(Record):
    """The music under a reel, and what may be done with it."""

    path: StoredPath
    title: str = ""
    credit: str
    rights_uri: str
    start_s: float = 0.0
    """Where in the file it begins."""
    fade_in_s: float = 1.0
    fade_out_s: float = 3.0


class ReelPart(Record):
    """One object as it appears in a reel."""

    id: str
    title: Localized
    byline: Localized = Field(default={})
    """Creator and date."""
    kind: Kind
    credit: str
    rights_uri: str
    generated: bool = False
    clip: Clip


class Script(Record):
    """What a reel is joined from, in the order of showing."""

    title: Localized
    languages: tuple[str, ...]
    """The exhibit's languages, the first one first."""
    parts: tuple[ReelPart, ...]
    music: Music | None = None


class Chapter(Record):
    """A stretch of a reel."""

    start_s: float
    end_s: float
    title: Localized
    id: str = ""
    """The object that is seen; empty for title and credits."""


class LeftOut(Record):
    """An object that a reel should show and does not."""

    id: str
    why: str


class Reel(Record):
    """The exhibit's clips joined into one film."""

    path: StoredPath
    """``reel.mp4``, or as the codec's container is called."""
    poster: StoredPath
    """``reel.webp``"""
    chapters_path: StoredPath
    """``reel.chapters.vtt``: WebVTT, in the exhibit's first language."""
    width_px: int
    height_px: int
    fps: float
    frames: int
    chapters: tuple[Chapter, ...]
    left_out: tuple[LeftOut, ...] = ()
    loudness_lufs: float | None = None
    """Integrated loudness of the music as it is heard; ``None`` for a silent reel."""
    true_peak_dbtp: float | None = None
    level_ridden: bool = False
    """One gain for all of the music would have lifted a peak too high, so its level was ridden."""
    music_rounds: int = 0
    """How often the music is heard, begun ones counted."""

    @property
    def media_type(self) -> str:
        """The file's type, as browsers name it."""
        return media_type(self.path)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.fps


class ReelEntry(BaseModel):
    """What a run has of the exhibit's reel. Grows while it is made, as an `Entry` does."""

    model_config = ConfigDict(extra="forbid")

    reel: Reel | None = None
    missing: tuple[LeftOut, ...] = ()
    """Objects that were to be in it and had no clip."""
    provenance: dict[str, Provenance] = {}
    problems: list[Problem] = []

    @property
    def id(self) -> str:
        """What messages call it."""
        return REEL_ID
