"""What a catalogue says of an object, once it is read and understood.

Knows sizes in metres, rights, care and kinds. Knows no format of a catalogue, and decides
nothing: what may be done with an object is up to `pipeline.permission`.
"""

from __future__ import annotations

import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.dimensions.result import Dimensions
from pipeline.records import Localized, Record


class Kind(StrEnum):
    """What a thing is. It decides how the camera moves and what mesh the thing gets."""

    PAINTING = "painting"
    PRINT = "print"
    PHOTOGRAPH = "photograph"
    RELIEF = "relief"
    PLAQUE = "plaque"
    COIN = "coin"
    MEDAL = "medal"
    VESSEL = "vessel"
    SCULPTURE = "sculpture"
    TEXTILE = "textile"
    SCROLL = "scroll"
    SCENE = "scene"
    INTANGIBLE = "intangible"
    OTHER = "other"
    """None of these, or not known: a thing before a background."""

    @property
    def fills_photograph(self) -> bool:
        """The subject fills the whole photograph: there is nothing to cut out."""
        return self in _FILLS

    @property
    def may_show_bystanders(self) -> bool:
        """Its photograph shows a place or people, and not a work that fills it."""
        return self in _OF_PLACES

    @property
    def is_painted(self) -> bool:
        """Faces in its photograph are the artist's."""
        return self.fills_photograph and not self.may_show_bystanders


_OF_PLACES = {Kind.PHOTOGRAPH, Kind.SCENE, Kind.INTANGIBLE}
_FILLS = {Kind.PAINTING, Kind.PRINT, Kind.PHOTOGRAPH, Kind.TEXTILE, Kind.SCROLL, Kind.SCENE}


class Size(Record):
    """True size in metres, as the catalogue states it; ``None`` where it says nothing."""

    height_m: float | None = Field(default=None, gt=0, le=1e4)
    width_m: float | None = Field(default=None, gt=0, le=1e4)
    depth_m: float | None = Field(default=None, gt=0, le=1e4)
    diameter_m: float | None = Field(default=None, gt=0, le=1e4)

    @property
    def is_known(self) -> bool:
        """At least one measure is stated."""
        return any(v is not None for v in (self.height_m, self.width_m, self.diameter_m))


class Rights(Record):
    """What may be done with the photograph; the record's own licence is kept apart from it."""

    uri: str = ""
    """A Creative Commons or rightsstatements.org URI; ``""``: not known."""
    credit: str = ""
    """The credit line, as it must be shown."""
    holder: str = ""
    stated: str = ""
    """What the catalogue says in its own words, where that is not the URI."""
    record_uri: str = ""
    """The licence of the catalogue entry itself, of its texts and facts; ``""``: not stated."""


Access = Literal["public", "internal", "restricted", "secret"]
"""How far an object may go: to everyone; inside the museum; to those who are named; to no one
beyond this machine. Restricted and secret objects never reach a remote source or runner."""


class Notice(Record):
    """A label or notice that a community or an institution has put on an object."""

    uri: str = ""
    """Of a Local Contexts label or notice, where it has one."""
    title: str
    """Such as ``TK Secret / Sacred`` or ``human remains``."""
    text: str = ""
    """The community's own words."""


class Consent(Record):
    """A permission that a community, an artist or a sitter has given."""

    document: str
    """Where it is on file: ``"letter of the council, 2024-03-01"``."""
    scope: tuple[str, ...] = ()
    """The uses that it covers, as `pipeline.uses` names them; empty: all of them."""
    until: datetime.date | None = None
    """The last day on which it holds; ``None``: no end is stated."""


class Care(Record):
    """What an object asks for beyond copyright."""

    access: Access = "public"
    reason: str = ""
    """What made it more than public, in a sentence."""
    notices: tuple[Notice, ...] = ()
    season: str = ""
    """When it may be seen or heard, as its community says."""
    contact: str = ""
    """Whom to ask in the community it comes from."""
    consent: Consent | None = None


class Picture(Record):
    """A photograph that is somewhere on the web, by its file's address or by a IIIF service."""

    url: str = ""
    """Address of the file itself."""
    service: str = ""
    """Base address of a IIIF Image API service; it wins over ``url``: it gives the size needed."""
    width_px: int | None = None
    height_px: int | None = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not (self.url or self.service):
            raise ValueError("found no address of a picture, expected a url or a IIIF service")
        return self


class Unusable(Record):
    """An entry of a catalogue of which nothing can be made, and why."""

    id: str
    """As far as it could be read; may be empty."""
    place: str
    """Where it stands: ``objects.csv:12``, ``dump.xml:4711``, ``works.jsonl:3``."""
    message: str
    """What was found, what was expected, what to do."""


class Region(Record):
    """A named part of a photograph."""

    title: Localized = Field(default={})
    box: tuple[float, float, float, float]
    """Left, top, right, bottom."""
    unit: Literal["part", "px"] = "part"
    """Fractions of the photograph's sides, or pixels of the upright source photograph."""

    @model_validator(mode="after")
    def _has_an_inside(self) -> Self:
        left, top, right, bottom = self.box
        most = 1.0 if self.unit == "part" else float("inf")
        if not (0 <= left < right <= most and 0 <= top < bottom <= most):
            inside = f"left < right and top < bottom, all from 0 to {most:g}"
            raise ValueError(f"found {self.box}, expected {inside}")
        return self


class Item(Record):
    """One catalogue entry: an object with its photograph, or a description without one."""

    id: str = Field(min_length=1, max_length=300)
    kind: Kind
    kind_reason: str = ""
    """What in the entry made it this kind; empty where the catalogue says the kind itself."""
    title: Localized
    image: Path | Picture | None = None
    """The photograph. ``None`` for intangible heritage that has only a text."""
    description: Localized = Field(default={})
    creator: Localized = Field(default={})
    date: Localized = Field(default={})
    rights: Rights
    care: Care = Care()
    size: Size = Size()
    dimensions: Dimensions | None = None
    """All that the catalogue's statement of size says, part by part."""
    size_notes: tuple[str, ...] = ()
    """What is doubtful about it: axes that contradict each other, numbers that are no sizes."""
    details: tuple[Region, ...] = ()
    """Parts of the photograph that a visitor should see closely, in that order."""
    source_url: str = ""
    place: str = ""
    """Where the entry stands: ``objects.csv:12``."""
    extra: dict[str, str] = Field(default={})
    """What the catalogue says beyond this, kept and shown, never lost."""

    @property
    def subject(self) -> Subject:
        """The part of the entry that is written into files."""
        return Subject(
            kind=self.kind,
            size=self.size,
            title=self.title,
            credit=self.rights.credit,
            rights_uri=self.rights.uri,
        )


class Subject(Record):
    """What files must say about the object they show: kind, true size, title, credit, rights."""

    kind: Kind
    size: Size
    title: Localized
    credit: str
    rights_uri: str
