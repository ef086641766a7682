"""What every source may be told, whatever its dialect."""

from __future__ import annotations

import re

from pydantic import Field

from pipeline.records import Params

LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
"""A language tag. Source: BCP 47, without its private and grandfathered forms."""


def check_language(key: object) -> None:
    """Refuse what stands where texts are told apart by language and is none.

    Raises:
        ValueError: saying what is expected.
    """
    if not re.fullmatch(LANGUAGE, str(key)):
        raise ValueError(f"found {key!r} as a language, expected a tag such as en or zh")


class SourceOptions(Params):
    """Base of all dialects' options; each adds ``name`` and its own."""

    images: tuple[str, ...] = ()
    """Folders of pictures, searched in this order; relative to the config. By default the
    catalogue's own folder."""
    language: str = Field(default="en", pattern=LANGUAGE)
    """The language of the catalogue's texts, where it does not say itself."""
    credit: str = ""
    """The credit line of all that name none of their own."""
    rights: str = ""
    """URI of the licence of all pictures whose entries state nothing, if the museum has declared
    it for the whole collection. It is shown as declared here and not by the entry."""
    holder: str = ""
    """Who holds the rights, where entries do not say."""
    take: tuple[str, ...] = ()
    """Ids of the objects to take; empty: all of them."""
