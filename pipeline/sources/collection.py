"""A collection in a museum's own format: entries of a dialect, concluded one by one.

An entry of which nothing can be made is told with its place, and the others go on. Memory grows
with the number of ids and with nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from pipeline.care import care_of
from pipeline.errors import SourceError
from pipeline.items import Item, Unusable
from pipeline.sources.described import Broken, Found
from pipeline.sources.finder import Finder, picture_folders
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import clean_id, is_address, without_secrets


class Dialect(Protocol):
    """Reads one format of catalogues."""

    def found(self) -> Iterator[Found]:
        """Yield what each entry says, in the catalogue's order.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
        """
        ...


class Collection:
    """Items of a catalogue that one dialect reads.

    Args:
        dialect: reads it.
        options: what the config says of the whole collection.
        folders: where its pictures lie.
    """

    def __init__(self, dialect: Dialect, options: SourceOptions, folders: list[Path]) -> None:
        self._dialect, self._options = dialect, options
        self._finder = Finder(folders)

    def items(self) -> Iterator[Item | Unusable]:
        """Yield each object once, in catalogue order, and what cannot be used in its place.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
        """
        places: dict[str, str] = {}
        taken = set(self._options.take)
        for found in self._dialect.found():
            if taken and clean_id(found.id) not in taken:
                continue
            entry = self._item(found)
            if isinstance(entry, Item) and entry.id in places:
                entry = Unusable(
                    id=entry.id,
                    place=entry.place,
                    message=f"found the id {entry.id!r} twice, first in {places[entry.id]}; the "
                    "first one is used. Give each object an id of its own.",
                )
            elif isinstance(entry, Item):
                places[entry.id] = entry.place
            yield entry
        for name in sorted(taken - places.keys()):
            message = f"source.take names {name!r}, and the catalogue has no such object"
            yield Unusable(id=name, place="source.take", message=message)

    def _item(self, found: Found) -> Item | Unusable:
        if isinstance(found, Broken):
            place, message = map(without_secrets, (found.place, found.message))
            return Unusable(id=found.id[:300], place=place, message=message)
        from pipeline.sources.conclude import conclude

        try:
            return conclude(found, self._options, self._finder)
        except SourceError as error:
            access, message = care_of(found).access, str(error)
            if access in ("restricted", "secret"):  # names of files tell what titles do
                message = f"its entry cannot be used; as it is {access}, what is wrong is not told"
            place, message = map(without_secrets, (found.place, message))
            return Unusable(id=found.id[:300], place=place, message=message)


def folders_of(options: SourceOptions, base: Path) -> list[Path]:
    """Return the folders of pictures: those that are named, or the catalogue's own.

    That of a catalogue on the web is the config's.

    Raises:
        ConfigError: naming each that is not there.
    """
    named = picture_folders(options.images, base)
    if named:
        return named
    stated = str(getattr(options, "catalogue", "."))
    catalogue = base if is_address(stated) else base / stated
    return [catalogue if catalogue.is_dir() else catalogue.parent]
