"""Linked Art: records of objects in JSON-LD, in files, in JSON Lines, in folders, on the web.

Knows single records, lists and ``@graph``s of them, pages of search results and of activity
streams, which are followed from page to page and to the records that they name. Records of
persons, places and terms, which lie in the same folders, are passed over.

Source: Linked Art 1.0, linked.art/api/1.0: JSON-LD, "Search" and "Discovery"; W3C Activity Streams
2.0, 5 (collections).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, ValidationError

from pipeline.care import care_of
from pipeline.errors import ConfigError, Mistake, SourceError
from pipeline.sources._dumps import from_each
from pipeline.sources._fields import Unfit, cleaned, misfit
from pipeline.sources._iiif_manifest import Told, is_manifest
from pipeline.sources._iiif_manifest import describe as describe_manifest
from pipeline.sources._jsonld import Node, address, is_a, many, node_id
from pipeline.sources._linked_object import describe
from pipeline.sources._linked_parts import pictures_of
from pipeline.sources.described import Broken, Described, Found
from pipeline.sources.documents import Desk
from pipeline.sources.jsonfile import read_entries, read_json
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import Cleaner, is_address

_log = logging.getLogger(__name__)

_SUFFIXES = (".json", ".jsonld", ".jsonl", ".ndjson")
_OBJECTS = ("HumanMadeObject", "ManMadeObject", "DigitalObject")
_PAGES = ("OrderedCollection", "OrderedCollectionPage", "Collection", "CollectionPage")
_LISTS = ("orderedItems", "items", "@graph")


class LinkedArtOptions(SourceOptions):
    """Linked Art records of objects."""

    name: Literal["linked-art"] = "linked-art"
    catalogue: str
    """A record, a list of records or JSON Lines; a folder of these; or an address on the web, also
    of a page of search results or of an activity stream."""
    manifests: bool = False
    """Take the pictures from the IIIF manifest that a record names, where it names no picture."""
    most_objects: int = Field(default=20_000, ge=1, le=10_000_000)
    """Where to stop, for an activity stream can be a whole museum."""


class _Origin(NamedTuple):
    """Where a document came from."""

    place: str
    url: str = ""


class _Enough(Exception):
    """As many objects were read as were asked for."""


class LinkedArtSource:
    """Reads records of objects.

    Args:
        options: what the config says.
        desk: where files are looked for, and the way to the web.
    """

    def __init__(self, options: LinkedArtOptions, desk: Desk) -> None:
        self._options, self._desk = options, desk
        self._fetched: set[str] = set()
        self._objects = 0

    def found(self) -> Iterator[Found]:
        """Yield the objects in the order of files and pages.

        Raises:
            ConfigError: if the catalogue holds no record of an object, or is not there.
            SourceError: if its address cannot be fetched.
        """
        self._fetched, self._objects = set(), 0
        useful = False
        try:
            for found in self._files():
                useful = True
                yield found
        except _Enough:
            most = self._options.most_objects
            message = f"found more than {most:,} objects; for more set `most_objects` higher"
            yield Broken(place=self._options.catalogue, message=message)
        if not useful:
            message = "found no record of an object (HumanMadeObject), expected Linked Art"
            raise ConfigError([Mistake(self._options.catalogue, 1, 1, message)])

    def _files(self) -> Iterator[Found]:
        catalogue = self._options.catalogue
        url = catalogue if is_address(catalogue) else ""
        self._fetched.add(url)
        yield from from_each(catalogue, self._desk, _SUFFIXES, lambda p: self._document(p, url))

    def _document(self, path: Path, url: str) -> Iterator[Found]:
        """Yield what a file holds, and what pages follow it.

        Raises:
            ConfigError: if it cannot be read.
        """
        waiting: list[tuple[Path, str]] = [(path, url)]
        while waiting:
            path, url = waiting.pop()
            clean = Cleaner(url or str(path))
            for stands, value in read_entries(path):
                if isinstance(value, Broken):
                    yield value
                    continue
                origin = _Origin(url or stands, url)
                node = cleaned(value, clean)
                if not isinstance(node, dict):
                    message = "expected an object {…}, a record of Linked Art"
                    yield Broken(place=origin.place, message=f"found {node!r:.40}, {message}")
                    continue
                yield from self._node(node, origin)
                for found in self._followed(_next(node), origin):
                    if isinstance(found, Broken):
                        yield found
                    else:
                        waiting.append(found)

    def _node(self, node: Node, origin: _Origin) -> Iterator[Found]:
        lists = [node[key] for key in _LISTS if isinstance(node.get(key), list)]
        if lists and not _is_object(node):
            for member in (one for several in lists for one in many(several)):
                yield from self._member(member, origin)
        elif _is_object(node):
            yield self._object(node, origin)
        else:
            _log.info("%s is no record of an object.", origin.place)

    def _member(self, member: object, origin: _Origin) -> Iterator[Found]:
        """Yield a record in a list, or the one that an entry or an activity names."""
        if isinstance(member, dict) and "object" in member and not _is_object(member):
            if is_a(member, "Delete", "Remove"):
                return
            member = member["object"]
        if isinstance(member, dict) and ("identified_by" in member or "dimension" in member):
            if _is_object(member):
                yield self._object(member, origin)
            return
        if isinstance(member, dict) and not is_a(member, *_OBJECTS, "VisualItem"):
            return
        for found in self._followed(member, origin):
            if isinstance(found, Broken):
                yield found
                continue
            yield from self._record(*found)

    def _record(self, path: Path, url: str) -> Iterator[Found]:
        try:
            node = cleaned(read_json(path), Cleaner(url))
        except ConfigError as error:
            yield Broken(place=url, message=error.mistakes[0].message)
            return
        if isinstance(node, dict) and _is_object(node):
            yield self._object(node, _Origin(url, url))

    def _object(self, node: Node, origin: _Origin) -> Found:
        if self._objects >= self._options.most_objects:
            raise _Enough
        self._objects += 1
        try:
            found = describe(node, origin.place, self._options.language)
        except Unfit as error:
            return Broken(id=node_id(node), place=origin.place, message=str(error))
        except ValidationError as error:
            return Broken(id=node_id(node), place=origin.place, message=misfit(error))
        asked = self._options.manifests and not found.pictures and "iiif manifest" in found.extra
        if asked and care_of(found).access in ("public", "internal"):  # asking would tell of it
            return self._with_manifest(found)
        return found

    def _with_manifest(self, found: Described) -> Described:
        """Return the object with pictures, licence and credit of its IIIF manifest."""
        url = found.extra["iiif manifest"]
        told = Told(self._options.language)
        try:
            node = cleaned(read_json(self._desk.web.document(url, "json")), Cleaner(url))
            if not (isinstance(node, dict) and is_manifest(node)):
                raise SourceError("this is no IIIF manifest")
            shown = next(describe_manifest(node, url, told))
        except (ConfigError, SourceError, Unfit) as error:
            _log.warning("%s: its IIIF manifest %s cannot be used: %s", found.place, url, error)
            return found
        changed = {
            "pictures": shown.pictures,
            "rights": tuple(dict.fromkeys((*shown.rights, *found.rights))),
            "credit": found.credit or shown.credit,
            "notices": tuple(dict.fromkeys((*found.notices, *shown.notices))),
        }
        return found.model_copy(update=changed)

    def _followed(self, reference: object, origin: _Origin) -> Iterator[tuple[Path, str] | Broken]:
        """Bring the document that a reference leads to, unless it was fetched before."""
        url = address(reference)
        if not url or url in self._fetched:
            return
        self._fetched.add(url)
        try:
            yield self._desk.web.document(url, "json"), url
        except SourceError as error:
            yield Broken(id=url, place=origin.place, message=str(error))


def _is_object(node: Node) -> bool:
    """Say whether it is a record of an object: a picture as a work only if there is a picture."""
    return is_a(node, *_OBJECTS) or (is_a(node, "VisualItem") and bool(pictures_of(node)))


def _next(node: Node) -> object:
    """Return the page that follows: the first of a collection without items, or the next."""
    if not is_a(node, *_PAGES):
        return None
    listed = any(isinstance(node.get(key), list) for key in _LISTS)
    return node.get("next") or (None if listed else node.get("first"))
