"""A IIIF manifest, of version 2 or 3, and what it describes: an object, its pages, or its parts.

Whether a manifest is of version 2 or 3 is never asked: every property is read by its own shape, so
that one which mixes both is read as well. What no property of `Described` is for is kept under its
way through the manifest, and all pairs of metadata under their headings.

Source: IIIF Presentation API 2.1 and 3.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from pipeline.items import Notice, Picture
from pipeline.records import Localized, text_in
from pipeline.sources._fields import Extra, Unfit, leftovers
from pipeline.sources._iiif_pictures import (
    Painted,
    external_pages,
    other_media,
    painted,
    physical_size,
)
from pipeline.sources._iiif_said import Said
from pipeline.sources._iiif_texts import UNSTATED, spoken
from pipeline.sources._jsonld import Node, is_a, joined, many, node_id, nodes, once
from pipeline.sources.described import Described, Measured
from pipeline.sources.texts import clean_id

Each = Literal["manifest", "canvas", "range"]

MOST_PICTURES = 1000
_MOST_PAGES = 10_000
_PLACED = {"@context", "@type", "type", "label", "summary", "description", "metadata", "rights"}
_PLACED |= {"license", "requiredStatement", "attribution", "items", "sequences", "structures"}
_PLACED |= {"thumbnail", "logo", "annotations", "otherContent"}
_PAGE_PLACED = {"@context", "@type", "type", "@id", "id", "items", "images", "thumbnail"}
_PAGE_PLACED |= {"metadata", "requiredStatement", "annotations", "otherContent", "height", "width"}
_SMALL = re.compile(r"(?:^|\.)(?:logo|thumbnail)\b|\.@?(?:type|context)$")


class Told(NamedTuple):
    """What the config says of how manifests are read."""

    language: str
    each: Each = "manifest"
    numbered: bool = True
    """Objects are known by the number in their metadata, where it has one."""


class _Page(NamedTuple):
    """A canvas with its place in the manifest."""

    node: Node
    way: str
    number: int


def is_manifest(node: Node) -> bool:
    """Say whether a document is a manifest, by its type or by its shape."""
    if is_a(node, "Manifest"):
        return True
    inside = nodes(node.get("items"))
    return "sequences" in node or (not is_a(node, "Collection") and _has(inside, "Canvas"))


def _has(inside: list[Node], kind: str) -> bool:
    return bool(inside) and is_a(inside[0], kind)


def describe(manifest: Node, place: str, told: Told) -> Iterator[Described]:
    """Yield the entries of one manifest: one for all of it, or one for each page or part.

    Raises:
        Unfit: if it has no id.
    """
    whole = Said(manifest, told.language)
    name = _name(whole, told)
    pages = _pages(manifest)
    if told.each == "manifest":
        yield _entry([whole], pages, name, place)
    elif told.each == "canvas":
        for page in sorted(pages, key=lambda page: page.number):
            part = Said(page.node, told.language)
            yield _entry([part, whole], [page], f"{name}#{page.number}", place)
    else:
        for number, (node, inside) in enumerate(_ranges(manifest, pages), start=1):
            part = Said(node, told.language)
            yield _entry([part, whole], inside, f"{name}#{number}", place)


def _name(whole: Said, told: Told) -> str:
    address = re.sub(r"^https?://|/manifest(?:\.json)?/?$|\.json$", "", node_id(whole.node))
    stated = whole.number if told.numbered else ""
    name = clean_id(stated) or clean_id(address)
    if not name:
        raise Unfit("the manifest has no id, expected one: an address on the web")
    return name


# Canvases and ranges -----------------------------------------------------------------------------


def _pages(manifest: Node) -> list[_Page]:
    """Return the canvases, from the one on that the manifest starts with."""
    found = []
    for number, node in enumerate(nodes(manifest.get("items"))):
        if is_a(node, "Canvas") or "items" in node:
            found.append((node, f"items[{number}]"))
    for index, sequence in enumerate(nodes(manifest.get("sequences"))):
        for number, node in enumerate(nodes(sequence.get("canvases"))):
            found.append((node, f"sequences[{index}].canvases[{number}]"))
        if found:
            break  # Further sequences are the same pages in another order.
    known = enumerate(found[:_MOST_PAGES], start=1)
    pages = [_Page(node, way, number) for number, (node, way) in known]
    start = _start(manifest)
    return sorted(pages, key=lambda page: not (start and node_id(page.node) == start))


def _start(manifest: Node) -> str:
    sequence = next(iter(nodes(manifest.get("sequences"))), {})
    stated = (manifest.get("start"), manifest.get("startCanvas"), sequence.get("startCanvas"))
    for value in stated:
        for one in many(value):
            source = one.get("source") if isinstance(one, dict) and "source" in one else one
            if found := node_id(source).partition("#")[0]:
                return found
    return ""


def _ranges(manifest: Node, pages: list[_Page]) -> Iterator[tuple[Node, list[_Page]]]:
    """Yield the ranges that have canvases of their own, with these, in the order of contents."""
    known = {node_id(page.node): page for page in pages}
    waiting = list(reversed(nodes(manifest.get("structures"))))
    while waiting:
        node = waiting.pop()
        inside = many(node.get("items")) + many(node.get("canvases")) + many(node.get("members"))
        waiting += [one for one in reversed(nodes(inside)) if is_a(one, "Range")]
        own = [known[_canvas(one)] for one in inside if _canvas(one) in known]
        if own and "sequence" not in many(node.get("behavior")):
            yield node, list({page.number: page for page in own}.values())


def _canvas(reference: object) -> str:
    source = reference.get("source") if isinstance(reference, dict) else None
    return node_id(source or reference).partition("#")[0]


# What pages show ---------------------------------------------------------------------------------


class _Shown(NamedTuple):
    """What the pages of an entry show; all but the pictures is of the first of them."""

    pictures: tuple[Picture | str, ...]
    rights: tuple[str, ...]
    rights_words: tuple[str, ...]
    notices: tuple[Notice, ...]
    size: Measured | None
    login: str


def _shown(pages: list[_Page], language: str) -> _Shown:
    found = [(page, one) for page in pages for one in painted(page.node)]
    # What is only another choice or a part of a page comes after all pages.
    found.sort(key=lambda pair: pair[1].rank)
    pictures = tuple(dict.fromkeys(one.picture for _, one in found))[:MOST_PICTURES]
    first = [Said(node, language) for node in _owners(pages, found)]
    return _Shown(
        pictures=pictures,
        rights=once(uri for said in first for uri in said.rights),
        rights_words=once(text for said in first for text in said.rights_words),
        notices=once(notice for said in first for notice in said.notices),
        size=_true_size(pages, found, language),
        login=found[0][1].login if found else "",
    )


def _owners(pages: list[_Page], found: list[tuple[_Page, Painted]]) -> tuple[Node, ...]:
    """Return what may state rights in the first picture, the nearest to it first."""
    if found:
        page, first = found[0]
        return (*first.rights, page.node)
    return (pages[0].node,) if pages else ()


def _true_size(
    pages: list[_Page], found: list[tuple[_Page, Painted]], language: str
) -> Measured | None:
    """Return the physical size of the first picture's canvas, or else of the picture."""
    if not found:
        return None
    page, first = found[0]
    label = text_in(Said(page.node, language).title, language)
    part = "work" if len(pages) == 1 else label or f"canvas {page.number}"
    return next(
        (size for one in (page.node, first.rights[0]) if (size := physical_size(one, part))), None
    )


def _keep_pages(pages: list[_Page], shown: _Shown, own: Said, extra: Extra) -> None:
    """Keep what pages say beyond their pictures, and what about these is worth knowing."""
    if shown.login:
        extra.add("login", f"the picture needs a login: {shown.login}")
    for page in pages:
        for media in other_media(page.node):
            extra.add(f"{page.way}.items", media)
        for url in external_pages(page.node):
            extra.add(f"{page.way}.items", f"{url or 'a page of annotations'} (not fetched)")
        if page.node is not own.node:
            Said(page.node, own.language).keep(extra, f"{page.way}.")
        left = leftovers(page.node, _PAGE_PLACED)
        extra.update({f"{page.way}.{way}": text for way, text in _seen(left).items()})


def _seen(left: dict[str, str]) -> dict[str, str]:
    """Leave out small pictures that stand for others, and types."""
    return {way: text for way, text in left.items() if not _SMALL.search(way)}


# Entries -----------------------------------------------------------------------------------------


def _entry(said: list[Said], pages: list[_Page], name: str, place: str) -> Described:
    """Return an entry.

    Args:
        said: what the entry says of itself, and what is said around it.
        pages: its canvases.
        name: its id.
        place: where the manifest stands.
    """
    own, around = said[0], said[-1]
    shown = _shown(pages, own.language)
    near = shown.rights or own.rights
    extra = Extra()
    own.keep(extra)
    if around is own:
        extra.update(_seen(leftovers(own.node, _PLACED)))
        _keep_contents(own.node, extra)
    else:
        extra.add("manifest", node_id(around.node))
        around.keep(extra, "manifest/")
    _keep_pages(pages, shown, own, extra)
    return Described(
        id=name,
        place=place,
        title=_title(own, around),
        description=own.description or around.description,
        creator=own.creator or around.creator,
        date=own.date or around.date,
        classifications=own.classifications or around.classifications,
        object_names=own.object_names or around.object_names,
        medium=own.medium or around.medium,
        sizes=(*own.statements, *([shown.size] if shown.size else [])),
        pictures=shown.pictures,
        rights=once((*(near or around.rights), *shown.rights_words, *_words(said))),
        record_rights=once((*around.record_rights, *_beyond(near, around))),
        credit=own.credit or around.credit,
        holder=own.holder or around.holder,
        sensitivity=once(word for one in said for word in one.sensitivity),
        notices=once((*shown.notices, *(notice for one in said for notice in one.notices))),
        source_url=own.homepage or around.homepage,
        language=own.language,
        extra=extra.texts(),
    )


def _words(said: list[Said]) -> Iterator[str]:
    return (word for one in said for word in one.rights_words)


def _beyond(near: tuple[str, ...], around: Said) -> tuple[str, ...]:
    """Return the manifest's licence where its pictures have their own: it is the record's then."""
    return tuple(uri for uri in around.rights if near and uri not in near)


def _title(own: Said, around: Said) -> Localized:
    """Return the title; of a page, the manifest's title with the page's label."""
    if around is own or not own.title:
        return around.title
    if not around.title:
        return own.title
    titled = {}
    for language, label in own.title.items():
        whole = text_in(around.title, language, own.language)
        titled[language] = whole if label == whole else f"{whole} – {label}"
    return titled


def _keep_contents(manifest: Node, extra: Extra) -> None:
    for number, node in enumerate(nodes(manifest.get("structures"))):
        labels = spoken(node.get("label"), UNSTATED)
        extra.add(f"structures[{number}].label", joined(labels.values()))
