"""The config's section `reel:`, and what of a run goes into the exhibit's reel.

Knows which clip of an object suits the reel's frame, and who is missing and why. Making the reel
is `pipeline.stages.join_reel`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import Field, ValidationError

from pipeline.exhibits import Entry, Exhibit
from pipeline.media.codecs import CODECS, CodecName, Quality
from pipeline.mistakes import Loc, suggest, values_problems
from pipeline.permission import may_leave
from pipeline.profiles import Profile, SidePx
from pipeline.records import Clip, Params
from pipeline.reels import MUSIC_ID, REEL_ID, LeftOut, Music, ReelPart, Script
from pipeline.stages.join_reel import LEAST_FOOT, ReelKnobs, ReelParams

_SAME_SHAPE = 0.005


class MusicSection(Params):
    """The music under a reel. What may be done with it has to be said."""

    file: str = Field(min_length=1)
    """A sound file, such as WAV, FLAC, MP3, Ogg or M4A; relative to the config."""
    title: str = ""
    """What the piece is called."""
    credit: str = Field(min_length=1)
    """Who is to be named: composer, players, publisher. Shown with the credits."""
    rights: str = Field(min_length=1)
    """URI of its licence, checked as those of pictures are. For a written permission: `rights:
    {permissions: {reel.music: "letter of …"}}`."""
    start_s: float = Field(default=0.0, ge=0)
    """Where in the file it begins."""
    fade_in_s: float = Field(default=1.0, ge=0, le=30)
    """Seconds until it is as loud as it gets."""
    fade_out_s: float = Field(default=3.0, ge=0, le=30)
    """Seconds in which it ends with the reel."""


class ReelSection(ReelKnobs):
    """All clips joined into one film, with title, credits, and music if there is any."""

    profile: str = "landscape-1080p"
    """Size, rate and encoding: a profile with a fixed frame. What is written beside it replaces
    the profile's value. An object's clip for the same profile is taken where it has one."""
    width_px: SidePx | None = None
    """Width of the frame."""
    height_px: SidePx | None = None
    """Height of the frame."""
    fps: int | None = Field(default=None, ge=10, le=60)
    """Frames a second."""
    codec: CodecName | None = None
    """How frames are encoded. h264 plays everywhere."""
    quality: Quality | None = None
    """fine is taken for visually lossless; small is for slow networks, master for further work."""
    objects: tuple[str, ...] = ()
    """Ids of the objects that are shown, in this order. By default all, as in the catalogue."""
    music: MusicSection | None = None
    """What is heard. Without it the reel is silent."""


def reel_params(section: ReelSection, profiles: Mapping[str, Profile]) -> ReelParams:
    """Return the knobs of the reel: its profile, with the section's own values laid over it.

    Raises:
        KeyError: if the profile is not there.
        ValidationError: if the values do not go together.
    """
    profile = profiles[section.profile]
    known = profile.model_dump(exclude_unset=True, include=set(ReelParams.model_fields))
    if profile.caption_zone.bottom > 0:
        known["foot"] = max(LEAST_FOOT, profile.caption_zone.bottom)
    if section.codec:  # the profile's container and rate factor are its own codec's
        known = {name: v for name, v in known.items() if name not in ("container", "crf")}
    own = section.model_dump(exclude_none=True, include=set(ReelParams.model_fields))
    return ReelParams.model_validate({**known, **own})


def reel_mistakes(
    section: ReelSection, profiles: Mapping[str, Profile], known: Collection[str], folder: Path
) -> list[tuple[Loc, str]]:
    """Return every mistake of the section, each with the way to it.

    Args:
        section: as it is written.
        profiles: those there are.
        known: ids of the catalogue.
        folder: where the config lies.
    """
    found: list[tuple[Loc, str]] = [
        (
            ("reel",),
            f"the catalogue has an object {name}, which is what reports and permissions call "
            "the reel or its music; give the object another id",
        )
        for name in (REEL_ID, MUSIC_ID)
        if name in known
    ]
    for index, name in enumerate(section.objects):
        if name not in known:
            hint = suggest(name, list(known))
            found.append(
                (("reel", "objects", index), f"found {name}, expected an object's id{hint}")
            )
    if section.music and not (folder / section.music.file).is_file():
        found.append((("reel", "music", "file"), f"{section.music.file} is not there"))
    if section.profile not in profiles:
        hint = suggest(section.profile, list(profiles))
        found.append((("reel", "profile"), f"found {section.profile}, expected a profile{hint}"))
    else:
        found += [(("reel",), problem) for problem in _frame_problems(section, profiles)]
    return [(loc, f"{'.'.join(map(str, loc))}: {message}") for loc, message in found]


def _frame_problems(section: ReelSection, profiles: Mapping[str, Profile]) -> list[str]:
    profile = profiles[section.profile]
    sides = (section.width_px or profile.width_px, section.height_px or profile.height_px)
    problems = []
    if None in sides:
        problems.append(
            f"profile {section.profile} has no frame of its own, expected one with a width and a "
            "height, such as landscape-1080p; or write width_px and height_px"
        )
    try:
        reel_params(section, profiles)
    except ValidationError as error:
        problems += values_problems(error)
    return problems


def write_script(
    section: ReelSection, exhibit: Exhibit, params: ReelParams, folder: Path
) -> tuple[Script, tuple[LeftOut, ...]]:
    """Say what the reel is joined from, and which objects are missing and why.

    Args:
        section: as it is written.
        exhibit: what the run has.
        params: of the reel.
        folder: where the config lies.
    """
    entries = {entry.item.id: entry for entry in exhibit.entries}
    parts, missing = [], []
    for name in section.objects or entries:
        if name not in entries:
            continue
        clip = _suited(entries[name], params)
        if not may_leave(entries[name].item):
            why = "its access is restricted, and a film is seen by whoever has it"
            missing.append(LeftOut(id=name, why=why))
        elif clip is None:
            missing.append(LeftOut(id=name, why=_why(entries[name])))
        else:
            parts.append(_part(entries[name], clip))
    music = _music(section.music, folder) if section.music else None
    return Script(
        title=exhibit.title, languages=exhibit.languages, parts=tuple(parts), music=music
    ), tuple(missing)


def _suited(entry: Entry, params: ReelParams) -> Clip | None:
    """Return the clip for the reel's profile, else one at the usual pace and of the frame's shape.

    A slow or a still one would take the place of the moving clip: they are for those who ask.
    """
    shape = params.width_px / params.height_px
    films = [clip for clip in entry.clips if not CODECS[_codec(clip)].silent]

    def unlike(clip: Clip) -> tuple[bool, bool, bool, int]:
        same = abs(clip.width_px / clip.height_px / shape - 1) < _SAME_SHAPE
        other, unusual = clip.profile != params.profile, clip.pace != "normal"
        return other, unusual, not same, -clip.width_px if same else 0

    return min(films, key=unlike, default=None)


def _codec(clip: Clip) -> CodecName:
    return next(name for name in CODECS if name == clip.codec)


def _part(entry: Entry, clip: Clip) -> ReelPart:
    item = entry.item
    tags = [*item.creator, *(tag for tag in item.date if tag not in item.creator)]
    byline = {
        tag: " · ".join(text for text in (item.creator.get(tag), item.date.get(tag)) if text)
        for tag in tags
    }
    return ReelPart(
        id=item.id,
        title=item.title,
        byline=byline,
        kind=item.kind,
        credit=item.rights.credit,
        rights_uri=item.rights.uri,
        generated=entry.is_generated,
        clip=clip,
    )


def _music(section: MusicSection, folder: Path) -> Music:
    return Music(
        path=folder / section.file,
        title=section.title,
        credit=section.credit,
        rights_uri=section.rights,
        start_s=section.start_s,
        fade_in_s=section.fade_in_s,
        fade_out_s=section.fade_out_s,
    )


def _why(entry: Entry) -> str:
    if entry.problems:
        return entry.problems[0].message
    if entry.clips:
        return "its clips are animations for the web, which a reel cannot hold"
    return "no clip was asked for: the config has no section `clip:` or `story:` for it"
