"""Reads a folder of pictures that say themselves what they show: XMP, IPTC and EXIF.

IPTC's structure "Artwork or Object in the Image" is made for museums and wins: its title, maker,
date and inventory number are the object's. What a picture says of itself besides, its creator,
its date and its copyright, is about the photograph. An ``.xmp`` file beside a picture wins over
what is inside it. How many pixels a picture has to the inch says nothing of the object's size and
is not read.

Source: IPTC Photo Metadata Standard 2024.1; ISO 16684-1 (XMP); PLUS 1.2.1; ccREL (cc:license).
"""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import field_validator

from pipeline.errors import ConfigError, Mistake
from pipeline.licences import read_rights
from pipeline.records import Localized
from pipeline.sources._fields import Extra
from pipeline.sources._picture_bytes import MOST_BLOCK, NoPicture, read_blocks
from pipeline.sources._picture_words import BadXmp, Words, flat, members, picture_words, read_xmp
from pipeline.sources.described import Broken, Described, Found, Statement
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import (
    clean_id,
    is_address,
    language_tag,
    plain_from_html,
    shortened,
)

_log = logging.getLogger(__name__)

_SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp")
_OTHERS = (
    ".avif",
    ".bmp",
    ".cr2",
    ".dng",
    ".gif",
    ".heic",
    ".heif",
    ".jp2",
    ".jxl",
    ".nef",
    ".psd",
)
_VIEW = re.compile(
    r"(.+?)(?:[ _]+(?:\d{1,3}|[a-z])|[ _]*\(\d{1,3}\)"
    r"|[ _-]+(?:recto|verso|front|back|side|left|right|top|bottom|detail)[ _-]?\d{0,3})",
    re.IGNORECASE,
)
"""``1936.100.45_02``, ``jar (2)``, ``jar-verso``: a view of the same object. The last number of
``1936.100.45`` or ``1936-100-45`` is not, for objects are numbered like that."""
_MOST_NAME = 300

_AO = "Iptc4xmpExt:AO"
_OBJECTS = "Iptc4xmpExt:ArtworkOrObject"
_RIGHTS = ("cc:license", "xmpRights:WebStatement", "dc:rights", "xmpRights:UsageTerms")
"""The licence's address first, then words."""
_ALL_RIGHTS = (*_RIGHTS, "xmpRights:Marked", "xmpRights:Owner", "plus:CopyrightOwner")


class PicturesOptions(SourceOptions):
    """A folder of pictures that have their descriptions inside, or ``.xmp`` files beside them.

    Without "Artwork or Object in the Image" a picture's creator and date are taken as those of
    the photograph and not of what it shows; ``about: object`` says that in this folder they are
    the object's. Where several objects are described in one picture, the first counts. If object
    and photograph each have a copyright, both must allow what is made of them.
    """

    name: Literal["pictures"] = "pictures"
    catalogue: str
    """The folder; those inside it are read too."""
    group: Literal["file", "views", "folder"] = "file"
    """What is one object: each file; files of one name with a number or a view at its end
    (``jar_01.jpg``, ``jar_02.jpg``, ``jar-verso.jpg``); or all files of one folder. The first of
    them is used, and its rights count."""
    about: Literal["photograph", "object"] = "photograph"
    """What creator and date are about where a picture does not tell object and photograph apart."""

    @field_validator("images")
    @classmethod
    def _no_other_folders(cls, images: tuple[str, ...]) -> tuple[str, ...]:
        if images:
            raise ValueError("found folders, expected none: the pictures are in `catalogue`")
        return images


class _Files(NamedTuple):
    """The pictures of one object."""

    id: str
    """By their names, where they do not say it themselves."""
    paths: list[Path]


class _Said:
    """What a picture says, and what of it has found its place."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._used: set[str] = set()

    def look(self, name: str) -> object:
        """Return what is said under this name; it stays in the rest."""
        return self._words.get(name, "")

    def take(self, *names: str) -> object:
        """Return the first of these that is said, as used."""
        for name in names:
            if value := self._words.get(name):
                self._used.add(name)
                return value
        return ""

    def rest(self) -> Words:
        """Return what was not taken."""
        return {name: one for name, one in self._words.items() if name not in self._used}


class PicturesSource:
    """Reads the pictures of a folder."""

    def __init__(self, options: PicturesOptions, desk: Desk) -> None:
        self._options = options
        self._folder = desk.base / options.catalogue

    def found(self) -> Iterator[Found]:
        """Yield an entry for each picture or group of pictures, in the order of their names.

        Raises:
            ConfigError: if there is no such folder, or no picture in it.
        """
        if not self._folder.is_dir():
            self._refuse("there is no such folder, expected one with pictures")
        empty = True
        for folder, names in self._folders():
            for files in self._groups(folder, names):
                empty = False
                yield from self._entry(files)
        if empty:
            self._refuse(f"found no picture here, expected {', '.join(_SUFFIXES)}")

    def _refuse(self, message: str) -> None:
        raise ConfigError([Mistake(str(self._folder), 1, 1, message)])

    def _folders(self) -> Iterator[tuple[Path, list[str]]]:
        """Yield each folder with the names of its pictures; links that lead out are left out."""
        root = os.path.realpath(self._folder)
        for place, folders, files in os.walk(self._folder):
            for name in [one for one in folders if Path(place, one).is_symlink()]:
                _log.warning("%s is a link to a folder and was left out.", Path(place, name))
            folders[:] = sorted((one for one in folders if not one.startswith(".")), key=_natural)
            names = []
            for name in files:
                if not name.startswith(".") and name.lower().endswith(_OTHERS):
                    _log.warning("%s was left out: save it as JPEG or TIFF.", Path(place, name))
                if name.startswith(".") or not name.lower().endswith(_SUFFIXES):
                    continue
                # Path.resolve would raise where links lead in a circle.
                if Path(os.path.realpath(Path(place, name))).is_relative_to(root):
                    names.append(name)
                else:
                    _log.warning("%s leads out of the folder and was left out.", Path(place, name))
            yield Path(place), sorted(names, key=_natural)

    def _groups(self, folder: Path, names: list[str]) -> Iterator[_Files]:
        inside = folder.relative_to(self._folder)
        if self._options.group == "folder":
            if names:
                own = inside.as_posix() if inside.parts else self._folder.resolve().name
                yield _Files(own, [folder / name for name in names])
            return
        groups: dict[str, list[str]] = {}
        stems = Counter(Path(name).stem.casefold() for name in names)
        for name in names:
            stem = Path(name).stem
            if self._options.group == "views":
                view = _VIEW.fullmatch(stem) if len(stem) <= _MOST_NAME else None
                key = view[1] if view else stem
            else:
                key = stem if stems[stem.casefold()] == 1 else name
            groups.setdefault(key, []).append(name)
        for key, together in groups.items():
            yield _Files((inside / key).as_posix(), [folder / name for name in together])

    def _entry(self, files: _Files) -> Iterator[Found]:
        read: list[tuple[str, Words]] = []
        for path in files.paths:
            name = path.relative_to(self._folder).as_posix()
            try:
                read.append((name, _read(path)))
            except (NoPicture, BadXmp) as error:
                yield Broken(id=files.id, place=name, message=f"{error}")
        if read:
            yield self._described(files.id, read)

    def _described(self, key: str, read: list[tuple[str, Words]]) -> Described:
        (first, words), *others = read
        thing, photo = _apart(words)
        told_apart = bool(thing.rest())
        language = self._options.language
        maker = thing.take(f"{_AO}Creator")
        date = thing.take(f"{_AO}CircaDateCreated", f"{_AO}DateCreated")
        if self._options.about == "object" and not told_apart:
            maker, date = photo.take("dc:creator"), photo.take("photoshop:DateCreated")
        physical = _localized(thing.take(f"{_AO}PhysicalDescription"), language)
        title = thing.take(f"{_AO}Title") or photo.take("dc:title", "photoshop:Headline")
        about = thing.take(f"{_AO}ContentDescription") or photo.take("dc:description")
        described = _localized(about, language)
        rights = _rights(thing, photo)
        owners = _owners(thing, photo)
        url = _plain(thing.take(f"{_AO}SourceInvURL"))
        return Described(
            id=clean_id(_plain(thing.take(f"{_AO}SourceInvNo")))[:_MOST_NAME] or clean_id(key),
            place=first,
            title=_localized(title, language),
            description={tag: plain_from_html(text) for tag, text in described.items()},
            creator=_names(maker, language),
            date=_localized(date, language),
            medium=shortened(next(iter(physical.values()), "")),
            sizes=tuple(Statement(text=text, language=tag) for tag, text in physical.items()),
            pictures=tuple(name for name, _ in read),
            rights=rights,
            public_domain=_is_free(words, thing),
            credit=_plain(photo.take("photoshop:Credit")),
            holder="; ".join(owners),
            source_url=url if is_address(url) else "",
            language=language,
            extra=_extra(thing, photo, others),
        )


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """Sort ``jar_2`` before ``jar_10``, whatever the case."""
    parts = re.split(r"(\d{1,18})", name.casefold())
    pairs = [(0, int(part)) if part.isdecimal() else (1, part) for part in parts if part]
    return (*pairs, (2, name))


# Reading one -------------------------------------------------------------------------------------


def _read(path: Path) -> Words:
    """Return what is said inside a picture and in the sidecar beside it.

    Raises:
        NoPicture: if it is none.
        BadXmp: if its description cannot be read.
    """
    blocks = read_blocks(path)
    beside = _sidecar(path)
    if beside is None:
        return picture_words(blocks)
    words = _read_sidecar(beside)
    try:
        inside = picture_words(blocks)
    except BadXmp as error:
        _log.warning("%s: %s; %s beside it is used.", path, error, beside.name)
        return words
    if any(words.get(name) for name in _ALL_RIGHTS):
        inside = {name: one for name, one in inside.items() if name not in _ALL_RIGHTS}
    return inside | words


def _sidecar(path: Path) -> Path | None:
    for name in (f"{path.name}.xmp", f"{path.stem}.xmp", f"{path.stem}.XMP"):
        beside = path.with_name(name)
        if beside.is_file() and not beside.is_symlink():
            return beside
    return None


def _read_sidecar(path: Path) -> Words:
    try:
        if path.stat().st_size > MOST_BLOCK:
            raise BadXmp(f"{path.name} beside it has more than {MOST_BLOCK:,} bytes")
        return read_xmp(path.read_bytes())
    except OSError as error:
        raise BadXmp(f"{path.name} beside it cannot be read: {error.strerror}") from error
    except BadXmp as error:
        raise BadXmp(f"{path.name} beside it: {error}; write it again") from None


def _apart(words: Words) -> tuple[_Said, _Said]:
    """Return what is said of the first object in the picture, and all the rest."""
    things = [(tag, one) for tag, one in members(words.get(_OBJECTS)) if isinstance(one, dict)]
    if not things:
        return _Said({}), _Said(words)
    rest = {name: one for name, one in words.items() if name != _OBJECTS}
    first, *further = things
    return _Said(dict(first[1])), _Said(rest | ({_OBJECTS: further} if further else {}))


# What is said ------------------------------------------------------------------------------------


def _texts(value: object) -> list[str]:
    """Return the texts of a value, each once."""
    many = [one for _, one in members(value) if isinstance(one, str)]
    return list(dict.fromkeys(shortened(one) for one in many))


def _plain(value: object) -> str:
    return shortened("; ".join(_texts(value)))


def _names(value: object, language: str) -> Localized:
    names = _plain(value)
    return {language: names} if names else {}


def _localized(value: object, language: str) -> Localized:
    """Return a text in its languages; XMP's ``x-default`` is in ``language`` if none has it."""
    texts: Localized = {}
    for stated, text in members(value):
        tag = language if stated in {"", "x-default"} else language_tag(stated) or "und"
        if isinstance(text, str) and stated != "x-default":
            texts.setdefault(tag, shortened(text))
    for stated, text in members(value):
        if stated == "x-default" and isinstance(text, str) and text not in texts.values():
            texts = {(language if language not in texts else "und"): shortened(text)} | texts
    return texts


def _rights(thing: _Said, photo: _Said) -> tuple[str, ...]:
    """Return the statements that decide, of the object's copyright and of the photograph's.

    What one of them grants does not speak for the other: if one is stated and not understood, it
    alone is returned, and a work in the public domain says nothing of its photograph.
    """
    of_thing = _texts(thing.look(f"{_AO}CopyrightNotice"))
    of_photo = [text for name in _RIGHTS for text in _texts(photo.look(name))]
    granted = read_rights(of_thing) if of_thing else None
    if granted and granted.code in {"mark", "zero"}:
        return tuple(of_photo)
    unsure = [one for one in (of_thing, of_photo) if one and read_rights(one) is None]
    return tuple(dict.fromkeys(text for one in unsure or (of_thing, of_photo) for text in one))


def _is_free(words: Words, thing: _Said) -> bool | None:
    """Whether the picture is marked as in the public domain, and its object has no copyright.

    Source: XMP Specification part 2, "xmpRights:Marked": ``False`` means public domain.
    """
    marked = str(words.get("xmpRights:Marked", "")).strip().lower()
    return True if marked == "false" and not thing.look(f"{_AO}CopyrightNotice") else None


def _owners(thing: _Said, photo: _Said) -> list[str]:
    owners = _texts(thing.look(f"{_AO}CurrentCopyrightOwnerName"))
    for _, owner in members(photo.look("plus:CopyrightOwner")):
        if isinstance(owner, dict):
            owners += _texts(owner.get("plus:CopyrightOwnerName"))
    return list(dict.fromkeys([*owners, *_texts(photo.look("xmpRights:Owner"))]))


def _extra(thing: _Said, photo: _Said, others: list[tuple[str, Words]]) -> dict[str, str]:
    """Return what has no place; rights are kept in full, and what further pictures say."""
    kept = Extra()
    for said in (thing, photo):
        for way, text in flat(said.rest()):
            kept.add(way, text)
    for name, words in others:
        for way, text in flat(words):
            kept.add(f"{name} {way}", text)
    return kept.texts()
