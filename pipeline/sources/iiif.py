"""IIIF Presentation 2 and 3: manifests and collections, in files, in folders and on the web.

A manifest is one entry by default; one of many works (an album, a sketchbook) may be one for each
canvas or for each range of its table of contents. Collections are followed downwards, page by page
where they have pages, each document once, and no deeper and no further than is asked for.

Why not by iiif-prezi3: it reads version 3 alone, and it refuses a whole manifest for a thumbnail
that is only an address, a homepage without its type, two licences or a null among values, which
manifests in the wild have, while here an entry loses that one value. It costs 0.6 s to import,
more than half a second that no `vivant check` has to spare. Measured: to validate a manifest of
one page takes it 0.6 times as long as it takes us to read all of it out, one of 300 pages five
times. It is used in tests, to prove that our own examples are manifests.

Source: IIIF Presentation API 2.1.1 and 3.0.0, iiif.io/api/presentation.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urljoin

from pydantic import Field, ValidationError

from pipeline.errors import ConfigError, Mistake, SourceError
from pipeline.sources._dumps import from_each
from pipeline.sources._fields import Unfit, cleaned, misfit
from pipeline.sources._iiif_manifest import Each, Told, describe, is_manifest
from pipeline.sources._jsonld import Node, is_a, many, node_id, nodes
from pipeline.sources.described import Broken, Found
from pipeline.sources.documents import Desk
from pipeline.sources.jsonfile import read_entries
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import Cleaner, is_address

_log = logging.getLogger(__name__)

_SUFFIXES = (".json", ".jsonld", ".jsonl", ".ndjson")
_MEMBERS = ("items", "manifests", "collections", "members")


class IiifOptions(SourceOptions):
    """IIIF Presentation 2 or 3: a manifest, a collection, or a folder of them."""

    name: Literal["iiif"] = "iiif"
    catalogue: str
    """A manifest or a collection: a file, a folder of files, or an address on the web."""
    each: Each = "manifest"
    """What an object is: a manifest; a canvas, for albums and sketchbooks whose every page is a
    work; or a range, for those whose table of contents lists the works."""
    known_by: Literal["number", "address"] = "number"
    """What objects are known by: the accession number, inventory number or shelf mark of their
    metadata where there is one, or always the manifest's address."""
    deepest: int = Field(default=6, ge=0, le=32)
    """How many collections within collections are followed."""
    most_manifests: int = Field(default=20_000, ge=1, le=1_000_000)
    """Where to stop, for a collection of collections can be a whole library."""


class _Origin(NamedTuple):
    """Where a document came from."""

    place: str
    url: str = ""
    path: Path | None = None
    """The file, if it is not of the web."""


class _Enough(Exception):
    """As many manifests were read as were asked for."""


class IiifSource:
    """Reads manifests, and follows collections to them.

    Args:
        options: what the config says.
        desk: where files are looked for, and the way to the web.
    """

    def __init__(self, options: IiifOptions, desk: Desk) -> None:
        self._options, self._desk = options, desk
        self._told = Told(options.language, options.each, options.known_by == "number")
        self._known: set[str] = set()
        self._fetched: set[str] = set()
        self._manifests = 0

    def found(self) -> Iterator[Found]:
        """Yield the entries in the order of files and collections.

        Raises:
            ConfigError: if the catalogue is neither manifest nor collection, or not there.
            SourceError: if its address cannot be fetched.
        """
        self._known, self._fetched, self._manifests = set(), set(), 0
        try:
            yield from self._files()
        except _Enough:
            most = self._options.most_manifests
            message = f"found more than {most:,} manifests; for more set `most_manifests` higher"
            yield Broken(place=self._options.catalogue, message=message)

    def _files(self) -> Iterator[Found]:
        catalogue = self._options.catalogue
        url = catalogue if is_address(catalogue) else ""
        folder = (self._desk.base / catalogue).is_dir()
        # Collections come last: what they list and the folder has is not fetched again.
        collections: list[tuple[Node, _Origin]] = []
        useful = False

        def read(path: Path) -> Iterator[tuple[Node, _Origin] | Broken]:
            return _documents(path, url, forgiving=folder)

        for found in from_each(catalogue, self._desk, _SUFFIXES, read):
            useful = True
            if isinstance(found, Broken):
                yield found
            elif is_manifest(found[0]):
                yield from self._manifest(*found)
            else:
                collections.append(found)
        for node, origin in collections:
            yield from self._collection(node, origin, 0)
        if not useful:
            message = "found neither a IIIF manifest nor a collection, expected one"
            raise ConfigError([Mistake(catalogue, 1, 1, message)])

    def _manifest(self, node: Node, origin: _Origin) -> Iterator[Found]:
        known = node_id(node)
        if known and known in self._known:
            return
        self._known.add(known)
        if self._manifests >= self._options.most_manifests:
            raise _Enough
        self._manifests += 1
        try:
            yield from describe(node, origin.place, self._told)
        except Unfit as error:
            yield Broken(id=known, place=origin.place, message=str(error))
        except ValidationError as error:
            yield Broken(id=known, place=origin.place, message=misfit(error))

    def _collection(self, node: Node, origin: _Origin, depth: int) -> Iterator[Found]:
        """Yield what a collection lists, on all its pages."""
        self._known.add(node_id(node))
        if depth > self._options.deepest:
            message = f"found a collection {depth} levels down; to follow it set `deepest` higher"
            yield Broken(id=node_id(node), place=origin.place, message=message)
            return
        page: Node | None = node
        following = "first" if not any(node.get(key) for key in _MEMBERS) else "next"
        while page is not None:
            for key in _MEMBERS:
                for member in many(page.get(key)):
                    yield from self._member(member, origin, depth)
            ahead, page = page.get(following) or page.get("next"), None
            following = "next"
            for found in self._followed(ahead, origin):
                if isinstance(found, Broken):
                    yield found
                elif page is None:
                    page, origin = found

    def _member(self, member: object, origin: _Origin, depth: int) -> Iterator[Found]:
        if isinstance(member, dict) and any(key in member for key in ("sequences", *_MEMBERS)):
            yield from self._read(member, origin, depth)
            return
        for found in self._followed(member, origin):
            if isinstance(found, Broken):
                yield found
            else:
                yield from self._read(*found, depth)

    def _read(self, node: Node, origin: _Origin, depth: int) -> Iterator[Found]:
        if is_manifest(node):
            yield from self._manifest(node, origin)
        elif node_id(node) not in self._known:
            yield from self._collection(node, origin, depth + 1)

    def _followed(
        self, reference: object, origin: _Origin
    ) -> Iterator[tuple[Node, _Origin] | Broken]:
        """Bring the document that a reference leads to, unless it was read before."""
        stated = node_id(reference).partition("#")[0]
        if not stated or stated in self._known or stated in self._fetched:
            return
        try:
            path, url = self._way(stated, origin)
            if (url or str(path)) in self._fetched:
                return
            self._fetched |= {stated, url or str(path)}
            yield from _documents(path, url, forgiving=False)
        except SourceError as error:
            yield Broken(id=stated, place=origin.place, message=str(error))
        except ConfigError as error:
            yield Broken(id=stated, place=stated, message=error.mistakes[0].message)

    def _way(self, stated: str, origin: _Origin) -> tuple[Path, str]:
        """Return the file that a reference leads to, and its address if it is of the web.

        Raises:
            SourceError: if it cannot be had, or leads out of the catalogue's folder.
        """
        url = urljoin(origin.url, stated) if origin.url else stated
        if is_address(url):
            return self._desk.web.document(url, "json"), url
        if origin.path is None or ":" in stated:
            raise SourceError(f"found the address {stated[:100]!r}, expected http:// or https://")
        root = (self._desk.base / self._options.catalogue).resolve()
        root = root if root.is_dir() else root.parent
        path = (origin.path.parent / stated).resolve()
        try:
            if path.is_relative_to(root) and path.is_file():
                return path, ""
        except OSError:  # a name too long for the file system
            pass
        raise SourceError(f"found no file {stated[:100]!r} in the catalogue's folder")


def _documents(path: Path, url: str, *, forgiving: bool) -> Iterator[tuple[Node, _Origin] | Broken]:
    """Yield the manifests and collections of a file.

    Args:
        path: the file.
        url: where it was fetched from, if it is of the web.
        forgiving: leave out what is neither manifest nor collection, as folders hold it.

    Raises:
        ConfigError: if it cannot be read, or is something else and this is not forgiven.
    """
    clean = Cleaner(url or str(path))
    for stands, value in read_entries(path):
        place = url or stands
        node = cleaned(value, clean)
        if isinstance(value, Broken):
            yield value
        elif isinstance(node, dict) and (is_manifest(node) or _is_collection(node)):
            yield node, _Origin(place, url, None if url else path)
        elif not forgiving:
            message = f"found {_shown(node)}, expected a IIIF manifest or collection"
            raise ConfigError([Mistake(url or str(path), 1, 1, message)])
        else:
            _log.info("%s is neither a IIIF manifest nor a collection.", place)


def _is_collection(node: Node) -> bool:
    if is_a(node, "Collection"):
        return True
    inside = nodes(node.get("items"))
    listed = bool(inside) and is_a(inside[0], "Manifest", "Collection")
    return listed or any(isinstance(node.get(key), list) for key in _MEMBERS[1:])


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return f"a document of the type {value.get('type', value.get('@type', 'unknown'))!r}"[:100]
    return "a list" if isinstance(value, list) else repr(value)[:60]
