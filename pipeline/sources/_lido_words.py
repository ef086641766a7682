"""Concepts, order and preference in LIDO, which 1.0 and 1.1 say in different ways.

1.0 has ``lido:conceptID`` and ``lido:term``; 1.1 also has a ``skos:Concept``. Preference is a word
in 1.0 and an address of the LIDO terminology in 1.1.

Source: CIDOC LIDO Working Group, "LIDO Schema", versions 1.0 and 1.1; "LIDO Terminology".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.items import Notice
from pipeline.sources.communities import is_community_label, label_title
from pipeline.sources.texts import is_address, shortened
from pipeline.sources.xmlnode import Node, distinct, whole_uri

_PREFERRED = ("preferred", "lido00169")
_DISPLAY = ("display", "lido00526")
_LAST = ("alternate", "alternative", "lido00170", "hidden", "lido00426")
_LAST_IN_ORDER = 1_000_000

_MATCHES = ("exactMatch", "closeMatch", "mappingRelation")
_CONCEPTS = ("conceptID", "Concept")
_NOTES = ("definition", "scopeNote", "note")


def ordered(nodes: Iterable[Node]) -> list[Node]:
    """Return them by ``sortorder`` and preference; without these as they stand."""
    return sorted(nodes, key=lambda node: (_sortorder(node), _preference(node)))


def _sortorder(node: Node) -> int:
    text = node.attributes.get("sortorder", "").strip()
    return int(text) if text.isdecimal() and len(text) < 7 else _LAST_IN_ORDER


def _preference(node: Node) -> int:
    pref = node.attributes.get("pref", "").rstrip("/").rpartition("/")[2].lower()
    return 0 if pref in _PREFERRED else 3 if pref in _LAST else 2 if pref in _DISPLAY else 1


def is_for_display(node: Node) -> bool:
    """Whether it is the form of a name that is meant to be shown."""
    return node.attributes.get("pref", "").rpartition("/")[2].lower() in _DISPLAY


def in_language(nodes: Sequence[Node], language: str) -> list[Node]:
    """Return those with a text: in ``language`` first, then in none, then in others."""
    written = [node for node in nodes if node.line_of_text()]
    return sorted(written, key=lambda node: (node.language != language, bool(node.language)))


def best_text(nodes: Sequence[Node], language: str) -> str:
    """Take the text in ``language``, or else the first one, and leave the others."""
    best = next(iter(in_language(ordered(nodes), language)), None)
    return shortened(best.take_all().line_of_text()) if best else ""


def terms(concept: Node, language: str) -> tuple[str, ...]:
    """Take what a concept is called: in ``language`` first; search terms only if all else lacks."""
    plain = [n for n in concept.all("term") if n.attributes.get("addedSearchTerm", "") != "yes"]
    labels = concept.all("Concept/prefLabel")
    named = plain + labels or concept.all("term") or concept.all("Concept/altLabel")
    named = in_language(ordered(named), language)
    own = [] if named or concept.children else [concept]
    return distinct(node.take().line_of_text() for node in [*named, *own])


def uris(concept: Node) -> tuple[str, ...]:
    """Take the addresses that stand for a concept."""
    found = []
    for node in concept.all("conceptID"):
        if is_address(node.uri()):
            found.append(node.take().uri())
    for node in concept.all("Concept"):
        about = whole_uri(node.attributes.get("about", ""))
        if is_address(about):
            node.take()
            found.append(about)
    return distinct(found)


def getty_uris(concept: Node) -> tuple[str, ...]:
    """Take the addresses of a concept in the Getty AAT, also those that it is said to match."""
    found = []
    for node in concept.all("conceptID"):
        if _is_getty(node.uri()):
            found.append(node.take().uri())
    for node in concept.all("Concept"):
        if _is_getty(node.attributes.get("about", "")):
            found.append(node.take().attributes["about"].strip())
        for name in _MATCHES:
            for match in node.all(name):
                address = match.uri() or match.attributes.get("resource", "").strip()
                if _is_getty(address):
                    match.take()
                    found.append(address)
    return distinct(found)


def _is_getty(address: str) -> bool:
    return "vocab.getty.edu/" in address and "/aat/" in address


def is_of(node: Node, kinds: Iterable[str]) -> bool:
    """Whether a ``lido:type`` is one of ``kinds``: words, or the last part of an address."""
    kind = node.attributes.get("type", "").strip().rstrip("/").rpartition("/")[2].casefold()
    return kind in set(kinds)


def community_notices(entry: Node, language: str) -> tuple[Notice, ...]:
    """Take the labels and notices of Local Contexts, wherever they stand in an entry."""
    notices: dict[str, Notice] = {}
    for node in entry.below():
        stated = [_address(child) for child in node.children if child.name in _CONCEPTS]
        uri = next((one for one in stated if is_community_label(one)), "")
        if not uri:
            continue
        names = terms(node, language)
        notes = [note for name in _NOTES for note in node.all(f"Concept/{name}")]
        text = best_text(notes, language) or "; ".join(names[1:])
        node.take_all()
        title = names[0] if names else label_title(uri)
        notices.setdefault(uri, Notice(uri=uri, title=title, text=text))
    return tuple(notices.values())


def _address(node: Node) -> str:
    """Return the address of a concept that an element is, if it is one."""
    if node.name == "conceptID":
        return node.uri()
    return node.attributes.get("about", "").strip() if node.name == "Concept" else ""
