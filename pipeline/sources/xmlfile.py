"""Reads XML of strangers entry by entry, with the line of each; also lists of an OAI-PMH server.

Knows how to read safely: no entity is resolved, no DTD is loaded, nothing is fetched, and memory
holds one entry at a time. Knows the envelope of OAI-PMH, because every standard travels in it.
Knows no standard for descriptions.

Lines are exact up to line 65,535; beyond, libxml2 knows them to within a line or two.

Source: XML 1.0; Open Archives Initiative, "Protocol for Metadata Harvesting", version 2.0, 3.5
"Flow Control"; defusedxml, "Python XML libraries", for what hostile documents do.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from pipeline.errors import ConfigError, Mistake, SourceError
from pipeline.sources.described import Broken, Found
from pipeline.sources.documents import Desk, documents
from pipeline.sources.texts import Cleaner, file_name, language_tag
from pipeline.sources.xmlbytes import Utf8
from pipeline.sources.xmlnode import Node

if TYPE_CHECKING:
    from lxml.etree import XMLSyntaxError, _Element

_log = logging.getLogger(__name__)

MOST_ELEMENTS = 100_000
"""Of one entry. A record of LIDO has some 500, with all the pictures of a book 30,000."""
_MOST_PAGES = 100_000
_MOST_NAMES = 10_000
_IS_ERROR = 2
"""Level of libxml2's errors; below are warnings."""
_NOTHING: dict[str, str] = {}
SUFFIXES = (".xml", ".rdf", ".lido")

XML = "http://www.w3.org/XML/1998/namespace"
_LANG = f"{{{XML}}}lang"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}"
OAI = "http://www.openarchives.org/OAI/2.0/"
PREFIXES = {
    "http://www.lido-schema.org": "lido",
    "http://www.opengis.net/gml": "gml",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/2002/07/owl#": "owl",
    "http://www.europeana.eu/schemas/edm/": "edm",
    "http://www.openarchives.org/ore/terms/": "ore",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "wgs84_pos",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://rdvocab.info/ElementsGr2/": "rdaGr2",
    "http://rdfs.org/sioc/services#": "svcs",
    "http://usefulinc.com/ns/doap#": "doap",
    "http://creativecommons.org/ns#": "cc",
    "http://www.ebu.ch/metadata/ontologies/ebucore/ebucore#": "ebucore",
    "http://www.w3.org/ns/odrl/2/": "odrl",
    OAI: "oai",
}
"""The usual prefixes, by which people know these namespaces whatever a document calls them."""


class Entry(NamedTuple):
    """An element that was asked for."""

    node: Node
    group: int
    """Counts what entries lie in: those of one ``rdf:RDF`` have the same number."""
    envelope: tuple[tuple[str, str], ...]
    """What an OAI-PMH server says of it: its identifier there, and the day of its last change."""


class XmlFile:
    """One document.

    Args:
        path: the file.
        tags: names of entries, as lxml has them: ``{namespace}name``, ``{*}name``.
    """

    def __init__(self, path: Path, tags: Collection[str]) -> None:
        self.path = path
        self.name = file_name(path)
        self._tags = [*tags, f"{{{OAI}}}resumptionToken", f"{{{OAI}}}error"]
        self._clean = Cleaner(self.name)
        self._names: dict[object, tuple[str, str]] = {}
        self._parent: _Element | None = None
        self._group = 0
        self.token = ""
        """Where the list of an OAI-PMH server goes on; empty: this was all."""
        self.root = ""
        """What the document's root is called, once it was read to its end."""

    def place(self, node: Node) -> str:
        """Return where an element stands, for messages."""
        return f"{self.name}:{node.line}"

    def entries(self) -> Iterator[Entry | Broken]:
        """Yield each entry when it is complete; one that lies in another is a part of it.

        Raises:
            ConfigError: if it is no file or not XML, where it stops being XML, or if a server
                says that it has nothing.
        """
        from lxml import etree

        with _open(self.path) as file:
            source = Utf8(file, str(self.path))
            reader = etree.iterparse(
                source,
                events=("start", "end"),
                tag=self._tags,
                encoding="utf-8",
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                dtd_validation=False,
                attribute_defaults=False,
                remove_comments=True,
                remove_pis=True,
                huge_tree=False,
            )
            inside = 0
            try:
                for event, element in reader:
                    if event == "start":
                        self._refuse_doctype(element)
                        inside += 1
                        continue
                    inside -= 1
                    if inside:  # a part of another entry
                        continue
                    if found := self._entry(element):
                        yield found
                    source.entry_read()
                    _forget(element)
            except etree.XMLSyntaxError as error:
                raise self._not_xml(error, reader.error_log) from error
            self.root = _local(reader.root.tag) if reader.root is not None else ""

    def _entry(self, element: _Element) -> Entry | Broken | None:
        if element.tag == f"{{{OAI}}}resumptionToken":
            self.token = (element.text or "").strip()
            return None
        if element.tag == f"{{{OAI}}}error":
            code, text = element.get("code", ""), " ".join((element.text or "").split())
            message = f"the server answered with the error {code!r}: {text or 'no reason given'}"
            raise ConfigError([Mistake(str(self.path), _line(element), 1, message)])
        if sum(1 for _ in element.iter()) > MOST_ELEMENTS:
            place = f"{self.name}:{_line(element)}"
            message = f"found more than {MOST_ELEMENTS:,} elements in one entry, expected fewer"
            return Broken(place=place, message=message)
        parent = element.getparent()
        if parent is None or parent is not self._parent:
            self._parent, self._group = parent, self._group + 1
        node = self._node(element, self._language(element))
        return Entry(node, self._group, _envelope(element))

    def _language(self, element: _Element) -> str:
        for above in element.iterancestors():
            if stated := above.get(_LANG):
                return language_tag(stated)
        return ""

    def _node(self, element: _Element, language: str) -> Node:
        # Called for each of some 200 elements of each entry: what can be left out is left out.
        attributes: dict[str, str] = {}
        for key, value in element.items():
            if key == _LANG:
                language = language_tag(str(value))
            elif not str(key).startswith(_SCHEMA):
                attributes[self._called(key, None)[0]] = self._clean(str(value))
        name, prefix = self._called(element.tag, element)
        text, tail = element.text, element.tail
        node = Node(
            name,
            prefix,
            _line(element),
            self._cleaned(text) if text else "",
            self._cleaned(tail) if tail else "",
            language,
            attributes or _NOTHING,
        )
        if len(element):
            node.children = self._children(element, node, language)
        return node

    def _children(self, element: _Element, node: Node, language: str) -> list[Node]:
        children: list[Node] = []
        for child in element:
            if isinstance(child.tag, str):
                children.append(self._node(child, language))
                continue
            # A reference to an entity that only a DTD would know: its name is kept.
            text = self._cleaned(child.text) + self._cleaned(child.tail)
            if children:
                children[-1].tail += text
            else:
                node.text += text
        return children

    def _called(self, tag: object, element: _Element | None) -> tuple[str, str]:
        """Return name and usual prefix."""
        known = self._names.get(tag)
        if known is None:
            written = element.prefix if element is not None else None
            known = _local(str(tag)), _prefix(str(tag), written)
            if len(self._names) < _MOST_NAMES:
                self._names[tag] = known
        return known

    def _cleaned(self, text: str | None) -> str:
        """Return a text without what nobody can read; space at its ends stays, it parts words."""
        if not text or text.isspace():
            return text or ""
        plain = text.isascii() and "\x7f" not in text
        clean = text.strip() if plain else self._clean(text)
        before = " " if text[0].isspace() else ""
        return f"{before}{clean} " if text[-1].isspace() else before + clean

    def _refuse_doctype(self, element: _Element) -> None:
        """Refuse a document that declares entities or elements of its own.

        Raises:
            ConfigError: if it does.
        """
        dtd: Any = element.getroottree().docinfo.internalDTD
        if dtd is None or not (any(dtd.iterentities()) or any(dtd.iterelements())):
            return
        message = (
            "found a DOCTYPE with declarations of its own, which can make a small file endless; "
            "expected none: export it again without a DOCTYPE"
        )
        raise ConfigError([Mistake(str(self.path), 1, 1, message)])

    def _not_xml(self, error: XMLSyntaxError, log: Any) -> ConfigError:
        # The exception's own log has the errors of other documents in it, and its message may be
        # about the consequence and not the cause.
        first = next((one for one in log if one.level >= _IS_ERROR), None)
        line = first.line if first else error.position[0]
        reason = first.message.strip() if first else ""
        if first is None or first.type_name in {"ERR_DOCUMENT_EMPTY", "ERR_INTERNAL_ERROR"}:
            reason = "it does not begin with an element in angle brackets"
        cut = "Premature end" in reason or "EndTag" in reason
        advice = "is it cut off? Fetch or export it again" if cut else "export it again"
        message = f"this is not XML from here on ({reason[:200]}); {advice}"
        return ConfigError([Mistake(str(self.path), max(1, line or 1), 1, message)])


def read_all(
    catalogue: str,
    desk: Desk,
    tags: Collection[str],
    read: Callable[[XmlFile], Iterator[Found]],
    expected: str,
) -> Iterator[Found]:
    """Yield what ``read`` finds in each document of a catalogue, and in all pages of a list.

    Args:
        catalogue: a file, a folder, or an address on the web.
        desk: where it is looked for.
        tags: names of entries.
        read: makes something of one document.
        expected: what should be in it, for messages.

    Raises:
        ConfigError: if the catalogue is one file that cannot be read from its beginning, or has
            nothing of what is expected. Of several files the others are read.
    """
    alone = not (desk.base / catalogue).is_dir()
    for path in documents(catalogue, desk, "xml", SUFFIXES):
        file = XmlFile(path, tags)
        yield from _document(file, read, expected, alone)
        if file.token:
            yield from _further(catalogue, desk, file, tags, read, expected)


def _document(
    file: XmlFile, read: Callable[[XmlFile], Iterator[Found]], expected: str, alone: bool
) -> Iterator[Found]:
    count = 0
    try:
        for found in read(file):
            count += 1
            yield found
        if not count and not file.token:
            root = f"the document's root is <{file.root}>"
            message = f"found no entry ({root}), expected {expected}"
            raise ConfigError([Mistake(str(file.path), 1, 1, message)])
    except ConfigError as error:
        if alone and not count:
            raise
        mistake = error.mistakes[0]
        after = " Entries after this line were not read." if count else ""
        yield Broken(place=f"{file.name}:{mistake.line}", message=mistake.message + after)


def _further(
    catalogue: str,
    desk: Desk,
    file: XmlFile,
    tags: Collection[str],
    read: Callable[[XmlFile], Iterator[Found]],
    expected: str,
) -> Iterator[Found]:
    """Yield what is in the further pages of a server's list."""
    if not re.match(r"https?://", catalogue, re.IGNORECASE):
        _log.warning(
            "%s is one page of a longer list: it ends with a resumptionToken. Give the server's "
            "address as the catalogue to read all of it.",
            file.name,
        )
        return
    seen: set[str] = set()
    while file.token and file.token not in seen and len(seen) < _MOST_PAGES:
        seen.add(file.token)
        try:
            path = desk.web.document(_next_page(catalogue, file.token), "xml")
        except SourceError as error:
            message = f"the list of the server ended here: {error} Run it again to go on."
            yield Broken(place=file.name, message=message)
            return
        file = XmlFile(path, tags)
        yield from _document(file, read, expected, alone=False)


def _next_page(address: str, token: str) -> str:
    """Return the address of a list's next page: the verb and the token, and nothing else."""
    parts = urlsplit(address)
    verb = parse_qs(parts.query).get("verb", ["ListRecords"])[0]
    query = f"verb={quote(verb, safe='')}&resumptionToken={quote(token, safe='')}"
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _open(path: Path) -> BinaryIO:
    if not path.is_file():
        what = "this is not a file" if path.exists() else "there is no such file"
        raise ConfigError([Mistake(str(path), 1, 1, f"{what}, expected XML")])
    try:
        return path.open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError([Mistake(str(path), 1, 1, f"cannot be read: {reason}")]) from error


def _forget(element: _Element) -> None:
    """Let go of an entry and of all that came before it."""
    element.clear()
    for above in (element, *element.iterancestors()):
        parent = above.getparent()
        while parent is not None and above.getprevious() is not None:
            del parent[0]


def _envelope(element: _Element) -> tuple[tuple[str, str], ...]:
    """Return what the header of an OAI-PMH record around the entry says."""
    for above in element.iterancestors(f"{{{OAI}}}record"):
        header = above.find(f"{{{OAI}}}header")
        if header is not None:
            return tuple(
                (f"oai:header/oai:{_local(str(one.tag))}", " ".join(one.text.split()))
                for one in header
                if isinstance(one.tag, str) and one.text and one.text.strip()
            )
    return ()


def _line(element: _Element) -> int:
    line: Any = element.sourceline
    return line or 1


def _local(tag: str) -> str:
    return str(tag).rpartition("}")[2]


def _prefix(tag: str, written: str | None) -> str:
    space = tag[1:].partition("}")[0] if tag.startswith("{") else ""
    if space.rstrip("/").replace("https://", "http://") == "http://www.lido-schema.org":
        return "lido"
    return PREFIXES.get(space, written or "")
