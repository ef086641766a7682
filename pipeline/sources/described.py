"""What a dialect finds in one entry of a catalogue, before anything is concluded from it.

Every dialect brings its own format into this one form and concludes nothing: texts stay as they
are stated, and what has no place here goes to ``extra``, under the name that the format gives it.
`pipeline.sources.conclude` makes an `pipeline.items.Item` of it, in the same way for all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from pipeline.items import Access, Consent, Kind, Notice, Picture, Region
from pipeline.records import Localized, Record

MOST_CHARACTERS = 100_000
"""Of one text. A description has hundreds; what is longer is no description."""
MOST_EXTRA = 500

Text = Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)]


class Measured(Record):
    """A size that the catalogue states as numbers with their axes, and not as a sentence."""

    part: str = "work"
    """What was measured, in the catalogue's words: ``frame``, ``left panel``."""
    axes: dict[str, float | str]
    """By the catalogue's name of the axis: ``{"height": 30.6, "Breite": "101,1"}``."""
    unit: str
    """As stated: ``cm``, ``inches``."""
    trusted: bool = True
    """``False`` where this collection is known to mix up its axes."""


class Statement(Record):
    """A size in the catalogue's own words."""

    text: Text
    language: str | None = None


class Described(Record):
    """One entry. Empty means that it is not stated."""

    id: Text
    place: str
    """Where it stands, for messages: ``objects.csv:12``, ``dump.xml:4711``, ``works.jsonl:3``."""
    kind: Kind | None = None
    """Where the catalogue says it in our own words."""
    title: Localized = Field(default={})
    description: Localized = Field(default={})
    creator: Localized = Field(default={})
    date: Localized = Field(default={})
    classifications: tuple[Text, ...] = ()
    """From the most specific to the broadest; also URIs of the Getty AAT."""
    object_names: tuple[Text, ...] = ()
    medium: Text = ""
    """Materials and technique."""
    sizes: tuple[Statement | Measured, ...] = ()
    """The best one first; what the first does not say, the next may."""
    pictures: tuple[Picture | str | Path, ...] = ()
    """The one to use first. Text is the name of a file, to be found in the folders of pictures."""
    rights: tuple[Text, ...] = ()
    """Of the pictures: URIs and words, the most binding first."""
    record_rights: tuple[Text, ...] = ()
    """Of the entry itself, its texts and facts."""
    public_domain: bool | None = None
    """Where the institution has a field that says so and means the picture with it."""
    credit: Text = ""
    holder: Text = ""
    access: Access | None = None
    sensitivity: tuple[Text, ...] = ()
    """Words such as ``sacred``, ``human remains``, as stated."""
    notices: tuple[Notice, ...] = ()
    consent: Consent | None = None
    season: str = ""
    contact: str = ""
    details: tuple[Region, ...] = ()
    source_url: str = ""
    language: str = "und"
    """Of texts that do not name theirs, such as ``medium``."""
    extra: dict[str, Text] = Field(default={})


class Broken(Record):
    """An entry that its dialect could not read."""

    id: str = ""
    place: str
    message: str
    """What was found, what was expected, what to do."""


Found = Described | Broken
