"""Europeana Data Model, in RDF/XML: as providers deliver it and as Europeana gives it out.

Reads single records, lists of an OAI-PMH server and files with many objects. What a provider says
stands in the object itself, or in Europeana's records in the provider's proxy; Europeana's own
additions are used only where the provider says nothing. ``edm:rights`` are of the picture; EDM has
no place for rights in the record itself. What has no place in `Described` is kept under its way
through the record, such as ``edm:ProvidedCHO/dc:subject[2]``.

Source: Europeana, "Definition of the Europeana Data Model" 5.2.8; "EDM Mapping Guidelines" 2.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import ValidationError

from pipeline.items import Notice
from pipeline.records import Localized
from pipeline.sources._edm_graph import TAGS, Graph, Whole, reference
from pipeline.sources._edm_pictures import pages, shown
from pipeline.sources._fields import misfit
from pipeline.sources.communities import is_community_label, label_title
from pipeline.sources.described import Broken, Described, Found, Statement
from pipeline.sources.documents import Desk
from pipeline.sources.options import SourceOptions
from pipeline.sources.texts import clean_id, is_address, shortened
from pipeline.sources.xmlfile import XmlFile, read_all
from pipeline.sources.xmlnode import (
    Node,
    distinct,
    gathered,
    joined,
    leftovers,
    localized,
    put_together,
)

_QUIET = ("resource", "datatype", "parseType", "nodeID")
_LABELS = ("prefLabel", "name", "label", "altLabel")


class EdmOptions(SourceOptions):
    """Records of the Europeana Data Model, in RDF/XML."""

    name: Literal["edm"] = "edm"
    catalogue: str
    """A file, a folder of files, or an address on the web: of a file, or of a list of an OAI-PMH
    server, whose further pages are fetched."""
    ids: Literal["inventory", "record"] = "inventory"
    """What objects are called by: their first ``dc:identifier`` that is no address, or the name of
    the record, which is unique where several museums deliver together."""


class EdmSource:
    """Reads records of EDM."""

    def __init__(self, options: EdmOptions, desk: Desk) -> None:
        self._options, self._desk = options, desk

    def found(self) -> Iterator[Found]:
        """Yield what each record says, in the catalogue's order.

        Raises:
            ConfigError: if the catalogue as a whole cannot be read.
        """
        expected = "RDF/XML with objects (edm:ProvidedCHO) and aggregations (ore:Aggregation)"
        return read_all(self._options.catalogue, self._desk, TAGS, self._read, expected)

    def _read(self, file: XmlFile) -> Iterator[Found]:
        graph, group = Graph(file.path), 0
        envelope: tuple[tuple[str, str], ...] = ()
        for entry in file.entries():
            if isinstance(entry, Broken):
                yield entry
                continue
            if entry.group != group:
                yield from self._entries(graph.rest(), graph, file, dict(envelope))
                graph, group, envelope = Graph(file.path), entry.group, entry.envelope
            graph.add(entry.node)
            yield from self._entries(graph.complete(), graph, file, dict(envelope))
        yield from self._entries(graph.rest(), graph, file, dict(envelope))

    def _entries(
        self, wholes: Iterator[Whole], graph: Graph, file: XmlFile, envelope: dict[str, str]
    ) -> Iterator[Found]:
        for whole in wholes:
            place = file.place(whole.place)
            try:
                yield self._described(_Reader(whole, graph, self._options), place, envelope)
            except ValidationError as error:
                yield Broken(id=clean_id(whole.uri), place=place, message=misfit(error))

    def _described(self, reader: _Reader, place: str, envelope: dict[str, str]) -> Found:
        options = self._options
        name = reader.id()
        if not name:
            message = (
                "the object has no name: expected an rdf:about of edm:ProvidedCHO, or a "
                "dc:identifier"
            )
            return Broken(place=place, message=message)
        notices = reader.notices()
        pictures = shown(reader.whole, reader.graph, files_first=bool(options.images))
        names, classes = reader.kinds()
        return Described(
            id=shortened(name),
            place=place,
            title=reader.one("dc:title"),
            description=reader.description(),
            creator=joined(reader.each("dc:creator")),
            date=reader.date(),
            classifications=classes,
            object_names=names,
            medium=reader.medium(),
            sizes=reader.sizes(),
            pictures=pictures.pictures,
            rights=pictures.rights,
            credit=reader.provider(),
            notices=notices,
            source_url=reader.page(),
            language=options.language,
            extra={**envelope, **reader.rest()},
        )


class _Reader:
    """Reads what is said of one object."""

    def __init__(self, whole: Whole, graph: Graph, options: EdmOptions) -> None:
        self.whole, self.graph, self._options = whole, graph, options

    def id(self) -> str:
        """Take the name that the object is known by."""
        record = clean_id(re.sub(r"^https?://data\.europeana\.eu/item(?=/)", "", self.whole.uri))
        if self._options.ids == "record" and record:
            return record
        for prop in self._stated("dc:identifier"):
            name = clean_id(prop.line_of_text())
            if name and not is_address(name):
                prop.take()
                return name
        return record

    def _stated(self, name: str) -> list[Node]:
        """Return a property as the provider states it, else as Europeana does."""
        prefix, _, local = name.partition(":")
        for nodes in (self.whole.objects, self.whole.enriched):
            found = [one for node in nodes for one in node.all(local) if one.prefix in (prefix, "")]
            if any(one.line_of_text() or reference(one) for one in found):
                return found
        return []

    def each(self, name: str) -> list[Localized]:
        """Return each value of a property, in the languages that it has; names of addresses."""
        values: list[Localized] = []
        plain: dict[str, int] = {}
        for prop in self._stated(name):
            text = prop.text.strip() and prop.line_of_text()
            if text and not is_address(text):
                tag = prop.take().language or self._options.language
                plain[tag] = plain.get(tag, 0) + 1
                values.append({tag: text})
            elif labels := self._labels(reference(prop) or text):
                values.append(labels)
        # Texts in several languages are each other's translations if there are as many in each.
        if len(plain) < 2 or len(set(plain.values())) > 1 or sum(plain.values()) < len(values):
            return values
        rows = [[text[tag] for text in values if tag in text] for tag in plain]
        return [dict(zip(plain, row, strict=True)) for row in zip(*rows, strict=True)]

    def one(self, name: str) -> Localized:
        """Take the first value in each language; the others stay."""
        texts = [one for one in self._stated(name) if one.line_of_text()]
        return localized(texts, self._options.language)

    def _labels(self, name: str) -> Localized:
        """Return what a person, place, time or concept is called."""
        node = self.graph.context(name)
        for label in _LABELS if node else ():
            texts: Localized = {}
            for one in node.all(label) if node else ():
                if text := one.line_of_text():
                    texts.setdefault(one.language or self._options.language, shortened(text))
            if texts:
                return texts
        if node and node.name == "TimeSpan":
            ends = [one.line_of_text() for one in (*node.all("begin"), *node.all("end"))]
            text = "–".join(distinct(ends))
            return {self._options.language: shortened(text)} if text else {}
        return {}

    def kinds(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Take what the thing is called, and the addresses of its classes."""
        names: list[str] = []
        classes: list[str] = []
        for prop in (*self._stated("dc:type"), *self._stated("edm:hasType")):
            text = prop.text.strip() and prop.line_of_text()
            name = reference(prop) or text
            if is_address(name):
                names += self._labels(name).values()
                classes += [one for one in (name, *self._matches(name)) if "vocab.getty.edu" in one]
            elif text:
                names.append(prop.take().line_of_text())
        return distinct(names), distinct(classes)

    def _matches(self, name: str) -> list[str]:
        node = self.graph.context(name)
        same = ("exactMatch", "closeMatch", "sameAs", "broader")
        return [reference(p) or p.uri() for kind in same for p in node.all(kind)] if node else []

    def date(self) -> Localized:
        """Take when it was made, as it is shown."""
        for name in ("dcterms:created", "dc:date"):
            if texts := joined(self.each(name)):
                return texts
        return {}

    def description(self) -> Localized:
        """Take the texts about the thing, one after another."""
        return gathered(self._stated("dc:description"), self._options.language)

    def medium(self) -> str:
        """Take materials and techniques; ``dc:format`` is also used for types of files."""
        language = self._options.language
        found: list[str] = []
        for name in ("dcterms:medium", "dc:format"):
            for prop in self._stated(name):
                text = prop.text.strip() and prop.line_of_text()
                if text and name == "dc:format" and re.search(r"[0-9/]", text):
                    continue
                if text and not is_address(text):
                    found.append(prop.take().line_of_text())
                elif labels := self._labels(reference(prop) or text):
                    found.append(labels.get(language) or next(iter(labels.values())))
        return shortened("; ".join(distinct(found)))

    def sizes(self) -> tuple[Statement, ...]:
        """Take what is said of the size."""
        said = [prop for prop in self._stated("dcterms:extent") if prop.line_of_text()]
        return put_together(
            Statement(
                text=shortened(prop.take_all().line_of_text()), language=prop.language or None
            )
            for prop in said
        )

    def provider(self) -> str:
        """Return the institution that gives the picture, which Europeana asks to be named."""
        found = self.whole.aggregation.all("dataProvider") if self.whole.aggregation else []
        for prop in found:
            text = prop.text.strip() and prop.line_of_text()
            labels = self._labels(reference(prop) or text)
            name = labels.get(self._options.language) or next(iter(labels.values()), text)
            if name and not is_address(name):
                return shortened(name)
        return ""

    def page(self) -> str:
        """Return the object's page on the web: the museum's own, or Europeana's."""
        places = ((self.whole.aggregation, "isShownAt"), (self.whole.europeana, "landingPage"))
        for node, name in places:
            for prop in node.all(name) if node else ():
                address = reference(prop) or prop.uri()
                if is_address(address):
                    return shortened(prop.take().uri() or address)
        return self.whole.uri if is_address(self.whole.uri) else ""

    def notices(self) -> tuple[Notice, ...]:
        """Return the labels and notices of Local Contexts, wherever an object names them."""
        notices: dict[str, Notice] = {}
        for node in self._all():
            for prop in node.children:
                address = reference(prop) or prop.uri()
                if is_community_label(address):
                    names = self._labels(address)
                    title = names.get("en") or next(iter(names.values()), label_title(address))
                    notices.setdefault(address, Notice(uri=address, title=title))
        return tuple(notices.values())

    def _all(self) -> list[Node]:
        whole = self.whole
        given = (*whole.objects, *whole.enriched, whole.aggregation, whole.europeana)
        return [one for one in given if one is not None] + pages(whole, self.graph)

    def rest(self) -> dict[str, str]:
        """Return all that has found no place, and what is said of people, places and concepts."""
        nodes = self._all()
        contexts: dict[int, Node] = {}
        for node in nodes:
            for prop in node.children:
                about = reference(prop)
                if about and not prop.text.strip() and not prop.used:
                    prop.text = about
                context = self.graph.context(about)
                if context is not None:
                    contexts[id(context)] = context
        record = Node("record", "", self.whole.place.line)
        record.children = [*nodes, *contexts.values()]
        return leftovers(record, quiet=_QUIET)
