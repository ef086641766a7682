"""Pictures in EDM, and the rights in each.

``edm:rights`` of the aggregation holds for all pictures that state none of their own. Those that
state others than the first are left with the entry, because its rights do not hold for them.

Source: Europeana, "EDM Mapping Guidelines", 2.4, ore:Aggregation and edm:WebResource; "IIIF to EDM
profile", svcs:Service.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from pipeline.items import Picture
from pipeline.sources._edm_graph import LICENCE, SERVICE, WEB, Graph, Whole, reference
from pipeline.sources.communities import is_community_label
from pipeline.sources.iiiflinks import (
    is_manifest,
    is_no_picture,
    names_image_api,
    service_base,
    web_picture,
)
from pipeline.sources.texts import is_address
from pipeline.sources.xmlnode import Node, distinct

_SHOWN = ("isShownBy", "hasView", "object")
"""Properties of the aggregation that lead to pictures, the best first. ``edm:object`` is the one
that previews are made of."""


class Shown(NamedTuple):
    """The pictures that may be used under the first one's rights, and these rights."""

    pictures: tuple[Picture | Path | str, ...]
    rights: tuple[str, ...]


def shown(whole: Whole, graph: Graph, *, files_first: bool) -> Shown:
    """Take the pictures of an object and the rights in the first.

    Args:
        whole: the object.
        graph: where its things are.
        files_first: the config names folders of pictures, so a file name is better than an
            address.
    """
    if whole.aggregation is None:
        return Shown((), ())
    general = _rights(whole.aggregation, graph)
    found: dict[str, tuple[Node, Picture | str, tuple[str, ...]]] = {}
    for name in _SHOWN:
        for prop in whole.aggregation.all(name):
            address = reference(prop) or prop.uri()
            page = graph.thing(WEB, address)
            picture = _picture(address, prop, page, graph)
            if picture is not None and address not in found:
                own = _rights(page, graph) if page else ()
                found[address] = prop, picture, own if _binds(own) else (*general, *own)
    links = sorted(found.values(), key=lambda one: isinstance(one[1], str) != files_first)
    if not links:
        return Shown((), general)
    first = set(links[0][2])
    same = [one for one in links if set(one[2]) == first]
    for prop, _, _ in same:
        prop.take()
    return Shown(tuple(picture for _, picture, _ in same), links[0][2])


def pages(whole: Whole, graph: Graph) -> list[Node]:
    """Return all that is said of an object's pictures, services and licences."""
    found: dict[int, Node] = {}
    waiting = [one for one in (whole.aggregation, whole.europeana) if one is not None]
    for thing in waiting:  # grows while it is read
        for prop in thing.children:
            for kind in (WEB, SERVICE, LICENCE):
                node = graph.thing(kind, reference(prop))
                if node is not None and id(node) not in found:
                    found[id(node)] = node
                    waiting.append(node)
    return list(found.values())


def _binds(rights: tuple[str, ...]) -> bool:
    """Whether these are rights of their own, and not only words beside the general ones."""
    return any(is_address(one) for one in rights)


def _rights(node: Node, graph: Graph) -> tuple[str, ...]:
    """Return what a thing says of its rights: addresses, then words."""
    stated = [prop for prop in node.all("rights") if prop.prefix in {"edm", "dc"}]
    stated.sort(key=lambda prop: prop.prefix != "edm")
    found = [word for prop in stated for word in _meant(prop, graph)]
    found = [word for word in found if not is_community_label(word)]
    return distinct(sorted(found, key=lambda word: not is_address(word)))


def _meant(prop: Node, graph: Graph) -> list[str]:
    stated = reference(prop) or prop.uri()
    name = stated if is_address(stated) else prop.line_of_text() or stated
    licence = graph.thing(LICENCE, name)
    if licence is None:
        return [name]
    inherited = [reference(one) or one.uri() for one in licence.all("inheritFrom")]
    return [*inherited, name] if is_address(name) else inherited


def _picture(address: str, prop: Node, page: Node | None, graph: Graph) -> Picture | str | None:
    """Return the picture that an address leads to, or ``None`` if it is something else."""
    name = address if reference(prop) else prop.line_of_text()
    if not name or is_manifest(address) or _is_other_media(page):
        return None
    if not is_address(address):
        strange = re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", name)
        return None if is_no_picture(name) or strange or name.startswith("#") else name
    width, height = _pixels(page, "width"), _pixels(page, "height")
    service = _service(page, graph)
    if service:
        return Picture(url=address, service=service, width_px=width, height_px=height)
    return None if is_no_picture(address) else web_picture(address, width, height)


def _is_other_media(page: Node | None) -> bool:
    stated = [one.line_of_text().lower() for one in page.all("hasMimeType")] if page else []
    formats = [one.line_of_text().lower() for one in page.all("format")] if page else []
    kinds = [kind for kind in (*stated, *formats) if re.fullmatch(r"[a-z]+/[\w.+-]+", kind)]
    return bool(kinds) and not any(kind.startswith("image/") for kind in kinds)


def _service(page: Node | None, graph: Graph) -> str:
    """Return the base address of the IIIF Image API service that a picture has."""
    for prop in page.all("has_service") if page else ():
        name = reference(prop) or prop.uri()
        service = graph.thing(SERVICE, name)
        stated = [reference(one) or one.uri() for one in service.children] if service else []
        if is_address(name) and (not stated or any(map(names_image_api, stated))):
            return service_base(name)
    return ""


def _pixels(page: Node | None, side: str) -> int | None:
    for one in page.all(side) if page else ():
        text = one.line_of_text()
        if text.isdecimal() and 0 < len(text) < 8 and int(text):
            one.take()
            return int(text)
    return None
