"""Finds the pictures that a catalogue names, in the folders of the config's `images`.

Knows how catalogues name files: with the folder or without, in another case than the disk, with the
path of the computer on which the entry was typed. Nothing outside the folders is ever returned.
"""

from __future__ import annotations

import importlib.util
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from pipeline.errors import ConfigError, Mistake, SourceError

_PACKAGE = "package:"
_MOST_FILES = 2_000_000
_ELSEWHERE = re.compile(r"/|[A-Z]:|file:", re.IGNORECASE)
"""A path that begins at the root, of whatever system; it is one of another computer."""
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
"""Of pictures that differ in their endings alone the first is taken: masters are large."""


def picture_folders(names: Sequence[str], base: Path) -> list[Path]:
    """Return the folders that ``source.images`` means.

    Args:
        names: folders, relative to ``base``, or ``package:NAME/FOLDER`` inside an installed
            Python package.
        base: the config's folder.

    Raises:
        ConfigError: naming each that is not there.
    """
    folders, mistakes = [], []
    for name in names:
        try:
            folder = _in_package(name) if name.startswith(_PACKAGE) else base / name
            if not folder.is_dir():
                raise LookupError(f"there is no folder {folder}, expected one with pictures")
            folders.append(folder.resolve())  # "../pictures" is no way that people know
        except LookupError as error:
            mistakes.append(Mistake(str(base), 1, 1, f"source.images: {error.args[0]}"))
    if mistakes:
        raise ConfigError(mistakes)
    return folders


def _in_package(name: str) -> Path:
    """Return the folder that ``package:NAME/PATH`` means, without importing the package."""
    package, _, inside = name.removeprefix(_PACKAGE).partition("/")
    if not package.isidentifier() or ".." in inside.split("/"):
        raise LookupError(f"found {name!r}, expected package:NAME/FOLDER")
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        raise LookupError(
            f"the Python package {package!r} is not installed, which {name!r} takes pictures "
            "from; install it, for the demo with `pip install tableau-vivant[demo]`"
        )
    return Path(next(iter(places))) / inside


class Finder:
    """Finds pictures by the names that a catalogue has for them.

    Args:
        folders: searched in this order; at least one.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def find(self, name: str) -> Path:
        """Return the picture of this name, or where it should be.

        Names are tried as they are; then, of a path on another computer, the last part; then
        without regard to case, if only one file has such a name; then the name without its
        ending, ``437133`` for ``437133.jpg``, if only one picture has that.

        Raises:
            SourceError: if the name climbs out of the folders, or leads out by a link.
        """
        plain = name.strip().replace("\\", "/")
        if _ELSEWHERE.match(plain):
            plain = plain.rstrip("/").rpartition("/")[2]
        if not plain or "\0" in plain or ".." in plain.split("/"):
            raise SourceError(
                f"The picture's name {name!r} leads out of the folders of pictures. Write its name "
                "inside one of them (source.images)."
            )
        for folder in self._folders:
            if found := _inside(folder, folder / plain, name):
                return found
        alike = self._index.get(_key(plain.rpartition("/")[2]), ())
        if len(alike) == 1 and (found := _inside(alike[0][0], alike[0][1], name)):
            return found
        return self._without_ending(plain, name) or self._folders[0] / plain

    def _without_ending(self, plain: str, name: str) -> Path | None:
        found = self._stems.get(_key(plain.rpartition("/")[2]), ())
        for suffix in _PICTURES:
            alike = [one for one in found if one[1].suffix.lower() == suffix]
            if len(alike) == 1:
                return _inside(*alike[0], name)
        return None

    @cached_property
    def _stems(self) -> dict[str, list[tuple[Path, Path]]]:
        """By a picture's name without its ending: its folder and itself."""
        index: dict[str, list[tuple[Path, Path]]] = {}
        for files in self._index.values():
            for folder, path in files:
                if path.suffix.lower() in _PICTURES:
                    index.setdefault(_key(path.stem), []).append((folder, path))
        return index

    @cached_property
    def _index(self) -> dict[str, tuple[tuple[Path, Path], ...]]:
        """By the file's name without regard to case: its folder and itself, two at most."""
        index: dict[str, tuple[tuple[Path, Path], ...]] = {}
        for folder, path in self._walk():
            key = _key(path.name)
            before = index.get(key, ())
            if len(before) < 2:
                index[key] = (*before, (folder, path))
        return index

    def _walk(self) -> Iterator[tuple[Path, Path]]:
        count = 0
        for folder in self._folders:
            for place, folders, files in os.walk(folder):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                for name in sorted(files):
                    count += 1
                    if count > _MOST_FILES:
                        return
                    yield folder, Path(place, name)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _inside(folder: Path, path: Path, name: str) -> Path | None:
    """Return ``path`` if it is a file in ``folder``.

    Raises:
        SourceError: if it is one, but a link leads to it from outside.
    """
    try:
        if not path.is_file():
            return None
        if path.resolve().is_relative_to(folder.resolve()):
            return path
    except (OSError, ValueError):  # a name too long for the file system
        return None
    raise SourceError(
        f"The picture {name!r} is a link that leads out of the folder {folder}. Put the file "
        "itself there, or add its folder to source.images."
    )
