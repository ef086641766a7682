"""Everything that can be said of an exhibit without working: mistakes, rights, pictures, sizes.

The catalogue is read entry by entry and none is kept, so that a hundred thousand can be checked.
Nothing here makes or fetches anything; of a picture on the web only the address is known.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from pipeline.build import stream_catalogue
from pipeline.config import (
    ExhibitConfig,
    check_objects,
    check_reel,
    load_config,
    merged,
)
from pipeline.errors import Refused, StageFailed
from pipeline.items import Item, Kind, Unusable
from pipeline.media.codecs import CodecName, require
from pipeline.net.web import open_web
from pipeline.reels import REEL_ID
from pipeline.sections import ClipSection, ObjectSection, StorySection
from pipeline.stages.check_rights import check_music, check_rights
from pipeline.uses import Use
from pipeline.variants import clip_params

_TOLD = 20
"""Remarks of each sort that are told to people; programs get all of them."""
_NAMED = 4
"""Objects that are named where many have the same remark."""
_MANY_UNKNOWN = 0.2
"""Share of objects of which nothing says the kind from which it is worth naming their words."""
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
"""What a message quotes; messages that differ in it alone are told once."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know of one object before work starts."""

    id: str
    about: str
    """``entry``, ``rights``, ``picture``, ``size``, ``size note``, ``id``, ``shared picture``,
    ``music``; or ``codec``: ``id`` is then a profile's."""
    message: str
    place: str = ""
    """Where the entry stands: ``objects.csv:12``."""


class Checked(BaseModel):
    """What `check_exhibit` found."""

    objects: int
    """Entries of the catalogue, those of which nothing can be made among them."""
    ready: int
    unusable: int
    """Entries of which nothing can be made."""
    refused: int
    """Objects of which not all may be made that the config asks for."""
    closed: int
    """Those among them of which nothing may be made."""
    unreadable: int
    unsized: int
    unwritable: int
    """Profiles that are asked for and that this machine cannot encode."""
    kinds: dict[str, int]
    """How many objects are of which kind."""
    unknown: int
    """Objects of which no word says the kind; they are shown as ``other``."""
    remarks: list[Remark]

    @property
    def exit_code(self) -> int:
        """0 nothing in the way, 1 something is missing, unusable or refused, 3 all is refused."""
        missing = self.unusable or self.unreadable or self.unwritable
        if self.closed and self.closed == self.objects:
            return 3
        refused = self.refused or any(remark.about == "music" for remark in self.remarks)
        return 1 if missing or refused else 0

    def as_text(self) -> str:
        """For people: what is the same of many objects once, a few of each sort, and the sum."""
        alike: dict[tuple[str, str], list[Remark]] = {}
        for remark in self.remarks:
            alike.setdefault((remark.about, _QUOTED.sub("…", _said(remark))), []).append(remark)
        lines: list[str] = []
        told: Counter[str] = Counter()
        for (about, _), remarks in alike.items():
            told[about] += 1
            if told[about] <= _TOLD:
                lines.append(_told(remarks))
        more = {about: count - _TOLD for about, count in told.items() if count > _TOLD}
        lines += [
            f"… and {n} more about {about}; --json lists them all" for about, n in more.items()
        ]
        noun = "object" if self.objects == 1 else "objects"
        lines.append(
            f"{self.objects} {noun}: {self.ready} ready, {self.unusable} entries unusable, "
            f"{self.refused} refused by rights ({self.closed} of them whole), "
            f"{self.unreadable} without a readable picture, {self.unsized} of unknown size."
        )
        if self.kinds:
            counts = ", ".join(f"{number} {kind}" for kind, number in self.kinds.items())
            lines.append(f"Kinds: {counts}.")
        return "\n".join(lines)

    def next_step(self, config: Path) -> str:
        """Say what to do now."""
        advice: list[str] = []
        if self.unknown > _MANY_UNKNOWN * self.objects:
            advice.append(
                "Of many objects the kind is not known. Name the column that says it "
                "(source.columns.kind) and what its words mean (source.columns.kinds), or write "
                "it for single ones: `objects: {ID: {kind: vessel}}`."
            )
        if not self.objects:
            advice.append("The catalogue has no entries yet: write your objects into it.")
        elif self.exit_code == 3:
            advice.append(
                "Nothing may be made yet. If one licence holds for all pictures, declare it "
                "(`source: {rights: …}`); else see docs/permission.md."
            )
        elif self.exit_code:
            advice.append(
                "Correct what is wrong in the catalogue or the config and check again; or go on, "
                f"the others are made. Next: vivant plan {config}"
            )
        else:
            advice.append(f"Nothing stands in the way. Next: vivant render {config}")
        return "\n".join(advice)


def _said(remark: Remark) -> str:
    """Return the message without the object's own id, in which those of many objects differ."""
    said = remark.message.removeprefix(f"{remark.id}: ")
    return said.replace(f'"{remark.id}"', '"…"').replace(f"'{remark.id}'", "'…'")


def _told(remarks: list[Remark]) -> str:
    """Say once what is the same of several objects; what has no id is called by its place."""
    first = remarks[0]
    message = first.message.removeprefix(f"{first.id}: ")
    if len(remarks) == 1:
        return ": ".join([*filter(None, (first.place, first.id)), message])
    names = [remark.id or remark.place for remark in remarks[:_NAMED]]
    others = f" and {len(remarks) - _NAMED} more" if len(remarks) > _NAMED else ""
    such_as = f" such as {names[0]}:" if len({_said(remark) for remark in remarks}) > 1 else ""
    return f"{len(remarks)} objects ({', '.join(names)}{others}):{such_as} {message}"


def check_exhibit(path: Path) -> Checked:
    """Check config, catalogue, pictures, rights and sizes.

    Raises:
        ConfigError: with every mistake of the config, or of the catalogue as a whole.
        SourceError: if the catalogue is on the web and cannot be had.
    """
    config = load_config(path)
    tally = _Tally(config)
    with open_web(config.network) as web:
        for entry in stream_catalogue(config, web):
            tally.count(entry)
    check_objects(config, tally.ids)
    check_reel(config, tally.ids)
    remarks = tally.remarks + unwritable(config, pictures=tally.pictures, texts=tally.texts)
    if config.reel and (music := config.reel.music):
        try:
            check_music(music.credit, music.rights, config.rights)
        except Refused as error:
            remarks.append(Remark(REEL_ID, "music", str(error)))
    found = Counter(remark.about for remark in remarks)
    return Checked(
        objects=tally.objects,
        ready=tally.ready,
        unusable=found["entry"],
        refused=tally.refused,
        closed=tally.closed,
        unreadable=found["picture"],
        unsized=found["size"],
        unwritable=found["codec"],
        kinds=dict(tally.kinds.most_common()),
        unknown=tally.unknown,
        remarks=remarks,
    )


class _Tally:
    """What is known of the entries so far."""

    def __init__(self, config: ExhibitConfig) -> None:
        self._config, self._shown = config, config.shown
        self._without_size = ": its mesh will have no true size" if config.mesh else ""
        self.remarks: list[Remark] = []
        self.ids: dict[str, None] = {}
        self.kinds: Counter[str] = Counter()
        self.objects = self.ready = self.refused = self.closed = self.unknown = 0
        self.pictures = self.texts = False
        self._asked: dict[bool, frozenset[Use]] = {}
        self._alike: dict[str, str] = {}
        self._shared: dict[str, str] = {}

    def count(self, entry: Item | Unusable) -> None:
        """Look at one entry."""
        self.objects += 1
        if isinstance(entry, Unusable):
            self.remarks.append(Remark(entry.id, "entry", entry.message, entry.place))
            return
        self.ids[entry.id] = None
        self.kinds[entry.kind] += 1
        # A guess quotes the word that decided: a chair is called other, and that is known. So is
        # what catalogue or config call other themselves, which is no guess and has no arrow.
        guessed = "→" in entry.kind_reason
        self.unknown += entry.kind is Kind.OTHER and guessed and '"' not in entry.kind_reason
        self.pictures |= entry.image is not None
        self.texts |= entry.image is None
        before = len(self.remarks)
        withheld = self._check_rights(entry)
        if not withheld:  # names of files and sizes tell of it, and nothing is made of it
            self._check_picture(entry)
        self.ready += len(self.remarks) == before
        if not withheld:
            self._note(entry)

    def _say(self, item: Item, about: str, message: str) -> None:
        self.remarks.append(Remark(item.id, about, message, item.place))

    def _check_rights(self, item: Item) -> bool:
        """Say what is refused, and return whether the object is not to be shown at all."""
        config = self._config
        if item.id in config.objects:
            asked = config.asked(item)
        else:  # the same for all that have a picture, and for all that have none
            pictured = item.image is not None
            asked = self._asked.get(pictured) or config.asked(item)
            self._asked[pictured] = asked
        leave = check_rights(item, asked, config.rights, self._shown)
        for why in leave.refusals:
            self._say(item, "rights", why)
        self.refused += bool(leave.refusals)
        self.closed += leave.nothing_allowed
        return leave.withheld

    def _check_picture(self, item: Item) -> None:
        if isinstance(item.image, Path) and not item.image.is_file():
            there = item.image.parent
            self._say(item, "picture", f"the picture '{item.image.name}' is not there: {there}")
        elif item.image is None and not self._typesets(item):
            without = "the config has no section `story`, which typesets its text"
            self._say(item, "picture", f"the entry names no picture, and {without}")
        elif item.image is None and item.kind is not Kind.INTANGIBLE:
            self._say(item, "picture", "the entry names no picture: only its text is typeset")

    def _typesets(self, item: Item) -> bool:
        own = self._config.objects.get(item.id)
        return self._config.story is not None or bool(own and own.story)

    def _note(self, item: Item) -> None:
        """Say what is odd and stops nothing."""
        if item.image is not None and not item.size.is_known:
            self._say(item, "size", f"size unknown{self._without_size}")
        for note in item.size_notes:
            self._say(item, "size note", note)
        other = self._alike.setdefault(item.id.casefold(), item.id)
        if other != item.id:
            self._say(item, "id", f"its id differs from {other} only by upper and lower case")
        if item.image is not None:
            other = self._shared.setdefault(str(item.image), item.id)
            if other != item.id:
                self._say(item, "shared picture", f"it shares its picture with {other}")


def unwritable(config: ExhibitConfig, *, pictures: bool, texts: bool) -> list[Remark]:
    """Say of each profile that the exhibit asks for whether its codec is missing, once.

    Args:
        config: the exhibit's.
        pictures: there are objects with a picture.
        texts: there are objects without one.
    """
    used: dict[tuple[str, CodecName], str] = {}
    sections: list[ClipSection | StorySection | None] = []
    for own in (ObjectSection(), *config.objects.values()):
        sections += [merged(config.clip, own.clip)] if pictures else []
        sections += [merged(config.story, own.story)] if texts else []
    for section in sections:
        if section is not None:
            for params in clip_params(section, config.all_profiles).values():
                used[params.profile, params.codec] = f"the profile {params.profile}"
    if reel := config.reel_params():
        used.setdefault((reel.profile, reel.codec), f"the reel's profile {reel.profile}")
    remarks = []
    for (profile, codec), wanted_by in used.items():
        try:
            require(codec, wanted_by)
        except StageFailed as error:
            remarks.append(Remark(profile, "codec", str(error)))
    return remarks
