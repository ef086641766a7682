"""Which clips one object gets: profiles chosen in a config, with its own values laid over them.

The main clip takes every value that the config writes. The others take from it only what belongs
to the object and not to the screen: how long to look, and the seed.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, ValidationError

from pipeline.mistakes import Loc, suggest, values_problems
from pipeline.profiles import ClipKnobs, Profile
from pipeline.stages.render_clip import ClipParams

_SHARED = {"duration_s", "seed"}


class ManyClips(ClipKnobs):
    """Which profiles clips are made for, and what is different from the first one."""

    profile: str = "photo"
    """The main clip's profile: one that comes with the program (docs/profiles.md) or one of the
    config's own, from ``profiles:``. What is written beside it replaces the profile's value."""
    also: tuple[str, ...] = ()
    """Profiles of further clips of the same object, each in a file of its own. Of what is written
    beside it they take duration_s, seed and engine; the rest is for the main clip."""
    seed: int = Field(default=0, ge=0)
    """For engines that draw at random; the same seed gives the same clip."""


def clip_params(section: ManyClips, profiles: Mapping[str, Profile]) -> dict[str, ClipParams]:
    """Return the knobs of every clip, the main one first, under the name ``""``.

    Raises:
        KeyError: if a profile is not there.
        ValidationError: if the values do not go together.
    """
    written = section.model_dump(exclude_unset=True, include=set(ClipParams.model_fields))
    shared = {name: value for name, value in written.items() if name in _SHARED}
    clips = {"": _laid_over(profiles, section.profile, written, is_variant=False)}
    for name in section.also:
        clips[name] = _laid_over(profiles, name, shared, is_variant=True)
    return clips


def _laid_over(
    profiles: Mapping[str, Profile], name: str, values: Mapping[str, object], *, is_variant: bool
) -> ClipParams:
    known = profiles[name].knobs()
    return ClipParams.model_validate({**known, **values, "profile": name, "is_variant": is_variant})


def clip_mistakes(
    sections: Mapping[Loc, ManyClips | None], profiles: Mapping[str, Profile]
) -> list[tuple[Loc, str]]:
    """Return every mistake of the sections, each with the way to it."""
    found: dict[tuple[Loc, str], None] = {}
    for loc, section in sections.items():
        for place, message in _section_mistakes(loc, section, profiles) if section else []:
            found[place, f"{'.'.join(map(str, place))}: {message}"] = None
    return list(found)


def _section_mistakes(
    loc: Loc, section: ManyClips, profiles: Mapping[str, Profile]
) -> list[tuple[Loc, str]]:
    named: list[tuple[Loc, str]] = [((*loc, "profile"), section.profile)]
    named += [((*loc, "also", index), name) for index, name in enumerate(section.also)]
    names = [name for _, name in named]
    wrong = [
        (place, f"found {name}, expected a profile{suggest(name, list(profiles))}")
        for place, name in named
        if name not in profiles
    ]
    wrong += [
        (place, f"found {name}, which has its clip already, expected each profile once")
        for index, (place, name) in enumerate(named)
        if name in names[:index]
    ]
    if wrong:
        return wrong
    try:
        clip_params(section, profiles)
    except ValidationError as error:
        return [(loc, problem) for problem in values_problems(error)]
    return []
