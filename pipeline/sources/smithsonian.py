"""Reads the open-access metadata of the Smithsonian: EDAN records, one on each line.

They are published as ``metadata/objects/SAAM/00.txt.bz2`` and so on, compressed; the API gives the
same records in an envelope. Most of a record is ``freetext``: lists of texts with labels that each
of the museums chooses for itself, so labels are what tells an artist from an owner.

Source: github.com/Smithsonian/OpenAccess, README; edan.si.edu/openaccess/docs; records as the API
(api.si.edu/openaccess) gives them.
"""

from __future__ import annotations

import bz2
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from pipeline.errors import ConfigError, Mistake
from pipeline.items import Picture
from pipeline.sources._dumps import JSON_SUFFIXES, Entry, describe_all, from_each, json_entries
from pipeline.sources._fields import (
    Fields,
    Unfit,
    address,
    at,
    files_first,
    identifier,
    in_language,
    leftovers,
    named,
    objects,
    pixels,
    text,
    texts,
)
from pipeline.sources.described import Broken, Described, Found, Statement
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import is_address, plain_from_html

MOST_BYTES = 4 * 1024**3
"""Of one file when it is no longer compressed. The largest that are published have 0.3 GB."""
_CHUNK = 1024 * 1024
_MOST_LABEL = 200
_SUFFIXES = (*JSON_SUFFIXES, ".txt", ".bz2")
_LISTS = ("response.rows", "response")

_IDS = ("accession number", "object number", "id number", "catalog number", "usnm number")
_MAKER = re.compile(
    r"(?:.*\b)?(?:architect|artist|attribut\w+|author|carver|created by|creator|designed by"
    r"|designer|draftsman|embroiderer|engraver|illustrator|made by|maker|manufacturer|painter"
    r"|photographer|potter|printer|printmaker|sculptor|weaver)\b.{0,40}",
    re.IGNORECASE,
)
"""Labels of those who made it, and not of owners, sitters, donors and collectors."""
_MEDIUM = re.compile(r"medium|materials?|technique|physical description|mixed media", re.IGNORECASE)
_SIZE = re.compile(r"dimensions?|measurements?|sizes?|physical description", re.IGNORECASE)
_ABOUT = ("summary", "description", "brief description", "label text", "gallery label")


class SmithsonianOptions(SourceOptions):
    """Smithsonian Open Access: EDAN records.

    ``usage.access`` says of each picture whether it is CC0; it is a field of the picture, so it
    counts without a word in the config, and where there are several, those that are CC0 are taken.
    """

    name: Literal["smithsonian"] = "smithsonian"
    catalogue: str
    """A file (``00.txt.bz2``, ``.txt``, JSON Lines, an answer of the API), a folder, or an
    address."""


class SmithsonianSource:
    """Reads records of the Smithsonian."""

    def __init__(self, options: SmithsonianOptions, desk: Desk) -> None:
        self._options = options
        self._desk = desk

    def found(self) -> Iterator[Found]:
        """Yield what each record says.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
            SourceError: if its address cannot be fetched.
        """
        entries = from_each(self._options.catalogue, self._desk, _SUFFIXES, _unpacked)
        return describe_all(entries, self._describe)

    def _describe(self, entry: Entry) -> Described:
        fields, language = entry.fields, self._options.language
        content = fields.get("content")
        if not isinstance(content, dict):
            raise Unfit("found no `content`, expected an EDAN record")
        fixed, free = _object(content, "descriptiveNonRepeating"), _object(content, "freetext")
        online, access = _pictures(fixed)
        about = _labelled(free, "notes", lambda label: label in _ABOUT)
        kind = at(content, "indexedStructured", "object_type")
        return Described(
            id=identifier(*_numbers(free), fixed.get("record_ID"), fields.get("id")),
            place=entry.place,
            title=in_language(language, at(fixed, "title", "content") or fields.get("title")),
            description=in_language(language, plain_from_html("\n\n".join(about))),
            creator=in_language(language, "; ".join(_makers(free))),
            date=in_language(language, next(iter(_dates(free)), "")),
            classifications=texts(kind),
            object_names=tuple(_labelled(free, "objectType", lambda _: True)),
            medium=text("; ".join(_labelled(free, "physicalDescription", _MEDIUM.fullmatch))),
            sizes=tuple(_sizes(free)),
            pictures=files_first(online, names=bool(self._options.images)),
            rights=_rights(free, access),
            record_rights=texts(at(fixed, "metadata_usage", "access")),
            credit=text("; ".join(_labelled(free, "creditLine", lambda _: True))),
            source_url=address(fixed.get("record_link"), fixed.get("guid")),
            language=language,
            extra=_extra(fields, content, free),
        )


# Files -------------------------------------------------------------------------------------------


def _unpacked(path: Path) -> Iterator[Entry | Broken]:
    if path.suffix.lower() != ".bz2":
        yield from json_entries(path, _LISTS)
        return
    with tempfile.TemporaryDirectory(prefix="vivant-edan-") as folder:
        plain = Path(folder, path.stem)
        _unpack(path, plain)
        yield from json_entries(plain, _LISTS)


def _unpack(path: Path, plain: Path) -> None:
    """Write what is compressed in ``path``.

    Raises:
        ConfigError: if it is damaged, cut off, or far larger than any that is published.
    """
    written = 0
    try:
        with bz2.open(path) as packed, plain.open("wb") as file:
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                if written > MOST_BYTES:
                    _refuse(path, f"it has more than {MOST_BYTES:,} bytes when it is unpacked")
                file.write(chunk)
    except (OSError, EOFError, ValueError) as error:
        _refuse(path, f"it cannot be unpacked ({error}); fetch it again")


def _refuse(path: Path, message: str) -> None:
    raise ConfigError([Mistake(str(path), 1, 1, message)])


# Free texts with labels --------------------------------------------------------------------------


def _object(content: Fields, name: str) -> Fields:
    value = content.get(name)
    return value if isinstance(value, dict) else {}


def _free(free: Fields, name: str) -> Iterator[tuple[str, str]]:
    """Yield label and text of each."""
    for one in objects(free.get(name)):
        if content := text(one.get("content")):
            yield text(one.get("label"))[:_MOST_LABEL], content


def _labelled(free: Fields, name: str, fits: Callable[[str], object]) -> list[str]:
    """Return the texts whose labels, in lower case, fit; each once."""
    return list(dict.fromkeys(t for label, t in _free(free, name) if fits(label.lower())))


def _numbers(free: Fields) -> list[str]:
    """Return the numbers under which a museum keeps it, the accession number first."""
    return [one for label in _IDS for one in _labelled(free, "identifier", label.__eq__)]


def _makers(free: Fields) -> list[str]:
    makers = ((label, name) for label, name in _free(free, "name") if _MAKER.fullmatch(label))
    return list(dict.fromkeys(named(name, label.lower()) for label, name in makers))


def _dates(free: Fields) -> list[str]:
    dates = _labelled(free, "date", lambda label: "date" in label or "made" in label)
    return dates or _labelled(free, "date", lambda _: True)


def _sizes(free: Fields) -> Iterator[Statement]:
    stated = sorted(
        ((label, words) for label, words in _free(free, "physicalDescription")),
        key=lambda one: one[0].lower() == "physical description",
    )
    for label, words in stated:
        if _SIZE.fullmatch(label):
            yield Statement(text=words, language="en")


# Pictures and their rights -----------------------------------------------------------------------


def _pictures(fixed: Fields) -> tuple[tuple[Picture, ...], str]:
    """Return the pictures that may be used most freely, and what is said of their use."""
    media = [
        one
        for one in objects(at(fixed, "online_media", "media"))
        if text(one.get("type")) in {"Images", ""}
    ]
    found = [(text(at(one, "usage", "access")), _picture(one)) for one in media]
    there = [(access, one) for access, one in found if one is not None]
    if not there:
        return (), ""
    access = "CC0" if any(access == "CC0" for access, _ in there) else there[0][0]
    return tuple(dict.fromkeys(one for stated, one in there if stated == access)), access


def _picture(media: Fields) -> Picture | None:
    """Return the JPEG of full size, or else the address that is given for the picture."""
    for resource in objects(media.get("resources")):
        url = text(resource.get("url"))
        if "jpeg" in text(resource.get("label")).lower() and is_address(url):
            width, height = pixels(resource.get("width")), pixels(resource.get("height"))
            return Picture(url=url, width_px=width, height_px=height)
    url = text(media.get("content"))
    return Picture(url=url) if is_address(url) else None


def _rights(free: Fields, access: str) -> tuple[str, ...]:
    """Return what is said of the pictures' use; of the object's rights only where it says nothing.

    An object may be CC0 and its picture not.
    """
    return (access,) if access else tuple(_labelled(free, "objectRights", lambda _: True))


def _extra(fields: Fields, content: Fields, free: Fields) -> dict[str, str]:
    """Return what has no place; free texts that were taken whole are not repeated."""
    said = {name: one for name, one in free.items() if name not in {"creditLine", "objectType"}}
    kept: dict[str, str] = {}
    for name in said:
        for label, words in _free(free, name):
            way = f"{name}: {label}" if label else name
            kept[way] = f"{kept[way]}\n{words}" if way in kept else words
    rest = {name: one for name, one in content.items() if name != "freetext"}
    return leftovers({**kept, **{n: v for n, v in fields.items() if n != "content"}, **rest}, ())
