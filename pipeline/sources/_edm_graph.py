"""Puts together what EDM takes apart: an object, its aggregation, its pictures, its context.

EDM is a graph, written as a list of things that name each other, in any order. A record of
Europeana's API, or one of an OAI-PMH list, is an ``rdf:RDF`` of its own. A file may also hold one
long ``rdf:RDF`` with many objects: it is held whole while it is small, and of a long one those
objects are given out that have been complete for a while.

Source: Europeana, "Definition of the Europeana Data Model", 5.2.8; "EDM Mapping Guidelines", 2.4;
W3C, "RDF 1.1 XML Syntax", for nodes in properties and properties as attributes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import ConfigError, Mistake
from pipeline.sources.xmlfile import PREFIXES
from pipeline.sources.xmlnode import Node, whole_uri

_log = logging.getLogger(__name__)

_HELD = 100_000
"""Elements of one list that are held: some 50 MB, some 1,000 objects."""
_MOST_HELD = 1_000_000
_LAG = 2_000
"""An object is given out when so many things have followed it."""

OBJECT, AGGREGATION, EUROPEANA = "ProvidedCHO", "Aggregation", "EuropeanaAggregation"
PROXY, WEB, SERVICE, LICENCE = "Proxy", "WebResource", "Service", "License"
CONTEXT = ("Agent", "Place", "TimeSpan", "Concept", "Organization", "Event", "PhysicalThing")
_CLASSES = {OBJECT, AGGREGATION, EUROPEANA, PROXY, WEB, SERVICE, LICENCE, *CONTEXT}
_SPACES = {prefix: space for space, prefix in PREFIXES.items()}
TAGS = tuple(
    f"{{{_SPACES[prefix]}}}{name}"
    for prefix, names in {
        "edm": (OBJECT, EUROPEANA, WEB, "Agent", "Place", "TimeSpan", "Event", "PhysicalThing"),
        "ore": (AGGREGATION, PROXY),
        "skos": ("Concept",),
        "svcs": (SERVICE,),
        "cc": (LICENCE,),
        "foaf": ("Organization",),
        "rdf": ("Description",),
    }.items()
    for name in names
)
_OF_RDF = ("about", "ID", "nodeID", "resource", "datatype", "parseType")


class Whole(NamedTuple):
    """One object with all that is said of it."""

    uri: str
    place: Node
    """Where it stands."""
    objects: tuple[Node, ...]
    """What describes it: the object itself and the proxies of its providers."""
    enriched: tuple[Node, ...]
    """What Europeana added."""
    aggregation: Node | None
    europeana: Node | None


class Graph:
    """The things of one ``rdf:RDF``.

    Args:
        path: the file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._things: dict[tuple[str, str], Node] = {}
        self._proxies: dict[str, dict[int, Node]] = {}
        self._aggregations: dict[tuple[str, str], Node] = {}
        self._order: dict[str, int] = {}
        """Objects in the document's order, and when the last thing of each came."""
        self._count = self._elements = self._looked = 0
        self._told = False

    def add(self, node: Node) -> None:
        """Take in a thing, and the things that are written inside its properties."""
        _typed(node)
        if node.name not in _CLASSES:
            return
        self._count += 1
        key = node.name, name_of(node)
        self._elements += sum(1 for _ in node.below())
        added = node.children
        before = self._things.get(key)
        if before is not None and key[1]:
            kept = before.children
            children = kept if isinstance(kept, list) else list(kept)
            children.extend(added)
            before.children = children
            node = before
        self._things[key] = node
        self._related(node, key[1])
        for prop in added:
            for inner in prop.children:
                self.add(inner)

    def _related(self, node: Node, name: str) -> None:
        if node.name == OBJECT:
            self._order[name] = self._count
        elif node.name in (AGGREGATION, EUROPEANA):
            about = next((reference(one) for one in node.all("aggregatedCHO")), "")
            if about:
                self._aggregations[node.name, about] = node
                self._order[about] = self._count
        elif node.name == PROXY:
            about = next((reference(one) for one in node.all("proxyFor")), "")
            self._proxies.setdefault(about, {})[id(node)] = node
            if about in self._order:
                self._order[about] = self._count

    def thing(self, kind: str, name: str) -> Node | None:
        """Return the thing of this class and name."""
        return self._things.get((kind, name))

    def context(self, name: str) -> Node | None:
        """Return the person, place, time or concept of this name."""
        for kind in CONTEXT:
            if found := self._things.get((kind, name)):
                return found
        return None

    def complete(self) -> Iterator[Whole]:
        """Yield objects that have been complete for a while, if more is held than should be.

        Raises:
            ConfigError: if the parts of objects lie so far apart that they cannot be held.
        """
        if self._elements <= _HELD or self._count - self._looked < _LAG // 2:
            return
        self._looked = self._count
        for name, last in list(self._order.items()):
            whole = (OBJECT, name) in self._things and (AGGREGATION, name) in self._aggregations
            if whole and self._count - last > _LAG:
                yield self._whole(name)
                self._forget(name)
        self._elements = sum(1 for node in self._things.values() for _ in node.below())
        if self._elements > _MOST_HELD:
            message = (
                "the objects and their aggregations lie too far apart in this file to be put "
                "together; write each object's things one after another, or split the file"
            )
            raise ConfigError([Mistake(str(self._path), 1, 1, message)])
        if self._elements > _HELD:
            self._forget_contexts()

    def rest(self) -> Iterator[Whole]:
        """Yield all objects that are left."""
        for name in list(self._order):
            yield self._whole(name)

    def _whole(self, name: str) -> Whole:
        item = self._things.get((OBJECT, name))
        proxies = self._proxies.get(name, {}).values()
        added = [one for one in proxies if _is_europeana(one)]
        given = [one for one in proxies if not _is_europeana(one)]
        aggregation = self._aggregations.get((AGGREGATION, name))
        europeana = self._aggregations.get((EUROPEANA, name))
        place = next(one for one in (item, aggregation, europeana) if one is not None)
        objects = tuple(([item] if item else []) + given)
        return Whole(name, place, objects, tuple(added), aggregation, europeana)

    def _forget(self, name: str) -> None:
        whole = self._whole(name)
        del self._order[name]
        self._proxies.pop(name, None)
        for node in (*whole.objects, *whole.enriched, whole.aggregation, whole.europeana):
            if node is None:
                continue
            self._things.pop((node.name, name_of(node)), None)
            self._aggregations.pop((node.name, name), None)
            for prop in node.children:
                self._things.pop((WEB, reference(prop)), None)

    def _forget_contexts(self) -> None:
        """Let go of the older half of all context: later objects name it by its address."""
        if not self._told:
            self._told = True
            _log.warning(
                "%s is one long list: what stands far from an object, such as its maker's name, is "
                "not looked up, and its address is kept instead.",
                self._path.name,
            )
        contexts = [key for key in self._things if key[0] in CONTEXT]
        for key in contexts[: len(contexts) // 2]:
            self._elements -= sum(1 for _ in self._things.pop(key).below())


def name_of(node: Node) -> str:
    """Return by what name others mean a thing."""
    attributes = node.attributes
    local = attributes.get("ID") or attributes.get("nodeID") or ""
    return whole_uri(attributes.get("about", "")) or (f"#{local}" if local else "")


def reference(prop: Node) -> str:
    """Return what a property points to, or ``""`` if it holds a text."""
    stated = whole_uri(prop.attributes.get("resource", ""))
    node = prop.attributes.get("nodeID", "")
    inner = next((name_of(one) for one in prop.children), "")
    return stated or inner or (f"#{node}" if node else "")


def _typed(node: Node) -> None:
    """Give an ``rdf:Description`` its class, and make properties of its attributes."""
    if node.name == "Description":
        for kind in node.all("type"):
            name = reference(kind).replace("#", "/").rpartition("/")[2]
            if kind.prefix == "rdf" and name in _CLASSES:
                node.name = name
                node.prefix = next(tag for tag in _PREFIXED if tag[1] == name)[0]
                kind.take()
                break
    written = {k: v for k, v in node.attributes.items() if k not in _OF_RDF and v.strip()}
    if written and node.name in _CLASSES:
        added = [
            Node(name, "", node.line, text, "", node.language) for name, text in written.items()
        ]
        node.children = [*node.children, *added]
        node.attributes = {k: v for k, v in node.attributes.items() if k in _OF_RDF}


_PREFIXED = [(PREFIXES[tag[1:].partition("}")[0]], tag.partition("}")[2]) for tag in TAGS]


def _is_europeana(proxy: Node) -> bool:
    return any(one.line_of_text().lower() == "true" for one in proxy.all("europeanaProxy"))
