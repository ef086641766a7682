"""Script -> Reel: the exhibit's clips joined into one film.

Title, objects in the order of the catalogue, credits; music at the loudness that people expect.
Needs MoviePy, which is not in the base install.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from pipeline.errors import CallError
from pipeline.items import Kind
from pipeline.media.codecs import CodecName, Encoding, Quality, require
from pipeline.profiles import SidePx, check_encoding, check_frame
from pipeline.protocols import Shot
from pipeline.records import Params, text_in
from pipeline.reels import Chapter, Music, Reel, Script

if TYPE_CHECKING:
    from pipeline.media.loudness import Levelled
    from pipeline.media.timeline import Timeline
    from pipeline.protocols import Frame

VERSION = "2"

LEAST_FOOT = 0.1
"""Share of the frame's height that is kept for captions at least."""


class ReelKnobs(Params):
    """How the reel looks and how fast it goes."""

    object_s: float | None = Field(default=None, ge=2, le=120)
    """Seconds an object is seen, cross-fades included. By default as long as its clip; a clip
    that loops goes on. A text is always shown whole, so that it can be read."""
    crossfade_s: float = Field(default=1.0, ge=0, le=5)
    """Seconds in which one gives way to the next."""
    title_s: float = Field(default=5.0, ge=0, le=30)
    """Seconds the title is there; 0 for none."""
    captions: bool = True
    """Title, creator and date of each object at the foot of the frame."""
    ground: Literal["night", "paper"] = "night"
    """What titles and clips of another shape lie on: nearly black for dark rooms, or warm paper."""
    credits_speed: float = Field(default=3.0, ge=1, le=6)
    """Credits stay as long as reading them takes, divided by this: nobody reads them all."""
    loudness_lufs: float = Field(default=-16.0, ge=-31, le=-9)
    """Integrated loudness of the music. Source: AES TD1008 (2021); broadcasters in Europe ask
    for -23 (EBU R 128)."""
    true_peak_dbtp: float = Field(default=-1.5, ge=-9, le=-1)
    """Highest true peak of the music."""


class ReelParams(ReelKnobs):
    """All that decides a reel beside its script: a profile with the config's own values."""

    profile: str = "landscape-1080p"
    width_px: SidePx = 1920
    height_px: SidePx = 1080
    fps: int = Field(default=30, ge=10, le=60)
    codec: CodecName = "h264"
    quality: Quality = "fine"
    crf: int | None = None
    container: str = ""
    foot: float = Field(default=0.2, ge=LEAST_FOOT, le=0.45)
    """Share of the frame's height that belongs to captions."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.encoding.facts.silent:
            raise ValueError(f"codec {self.codec} carries no chapters, expected a video codec")
        check_frame(self.width_px, self.height_px)
        check_encoding(self.encoding, self.fps)
        return self

    @property
    def encoding(self) -> Encoding:
        """How the file is to be written."""
        return Encoding(self.codec, self.quality, self.crf, self.container)


def require_moviepy() -> None:
    """See that MoviePy is there, before any work is done.

    Raises:
        CallError: if it is not, with how to get it.
    """
    if find_spec("moviepy") is None:
        raise CallError(
            "The config has a section `reel:`, and joining a reel needs MoviePy, which is not "
            'installed. Install it with `pip install "tableau-vivant[reel]"`, or take the section '
            "out."
        )


def join_reel(script: Script, params: ReelParams, *, folder: Path) -> Reel:
    """Join clips, title and credits; write film, poster and chapters to ``folder``.

    Raises:
        CallError: if MoviePy is not installed.
        StageFailed: if there is no clip to join, the music cannot be used, or the encoder refuses.
        EngineFailed: if a character of the exhibit's title or of the music's credit has no glyph.
        StoreError: if a clip is damaged.
    """
    from pipeline.media.pixels import write_poster
    from pipeline.media.reel import joined
    from pipeline.media.timeline import Pace, Timeline
    from pipeline.media.titles import Look
    from pipeline.media.yuv import i420_to_rgb

    require_moviepy()
    require(params.codec, f"the reel's profile {params.profile}")
    path = folder / f"reel.{params.encoding.suffix}"
    look = Look((params.width_px, params.height_px), params.ground)
    pace = Pace(**params.model_dump(include=set(Pace.__dataclass_fields__)))
    plan = Timeline(script, look, pace)
    sound, levelled = _sound(script.music, params, plan.frames, folder)
    kept: list[Frame] = []

    def frames() -> Iterator[Frame]:
        for index, frame in enumerate(joined(plan.scenes, plan.ground)):
            if index == plan.poster_at:
                kept.append(frame)
            yield frame

    try:
        _write(frames(), path, params, plan, sound)
    finally:
        if sound is not None:
            sound.unlink(missing_ok=True)
    write_poster(i420_to_rgb(kept[0]), folder / "reel.webp")
    vtt = _vtt(plan.chapters, script.languages[0])
    (folder / "reel.chapters.vtt").write_text(vtt, encoding="utf-8")
    return Reel(
        path=path,
        poster=folder / "reel.webp",
        chapters_path=folder / "reel.chapters.vtt",
        width_px=params.width_px,
        height_px=params.height_px,
        fps=params.fps,
        frames=plan.frames,
        chapters=plan.chapters,
        left_out=tuple(plan.left_out),
        loudness_lufs=levelled.after.integrated_lufs if levelled else None,
        true_peak_dbtp=levelled.after.true_peak_dbtp if levelled else None,
        level_ridden=levelled is not None and levelled.rides,
        music_rounds=levelled.rounds if levelled else 0,
    )


def _sound(
    music: Music | None, params: ReelParams, frames: int, folder: Path
) -> tuple[Path | None, Levelled | None]:
    from pipeline.media.loudness import Track, write_track

    if music is None:
        return None, None
    path = folder / "sound.f32"
    track = Track(
        music.path,
        frames / params.fps,
        music.start_s,
        music.fade_in_s,
        music.fade_out_s,
        params.loudness_lufs,
        params.true_peak_dbtp,
    )
    return path, write_track(track, path)


def _write(
    frames: Iterator[Frame], path: Path, params: ReelParams, plan: Timeline, sound: Path | None
) -> None:
    from pipeline.media.loudness import read_track
    from pipeline.media.video import Extras, write_clip

    shot = Shot(params.width_px, params.height_px, params.fps, plan.frames, Kind.SCENE)
    chapters = [(c.start_s, text_in(c.title)) for c in plan.chapters]
    blocks: Any = None if sound is None else read_track(sound)
    extras = Extras(sound=blocks, chapters=chapters)
    write_clip(frames, path, shot, encoding=params.encoding, tags=plan.tags, extras=extras)


def _vtt(chapters: tuple[Chapter, ...], language: str) -> str:
    """The chapters as WebVTT. Source: W3C, "WebVTT: The Web Video Text Tracks Format", 1.5."""
    cues = []
    for number, chapter in enumerate(chapters, start=1):
        title = text_in(chapter.title, language).replace("&", "&amp;").replace("<", "&lt;")
        span = f"{_clock(chapter.start_s)} --> {_clock(chapter.end_s)}"
        cues.append(f"{number}\n{span}\n{' '.join(title.split())}")
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
