"""Pictures in LIDO, each with its own rights, and the rights of the work and of the record.

One set is one picture in several sizes. The pictures of an object may have different rights; those
that differ from the first one's are left with the entry, because its rights do not hold for them.

Source: CIDOC LIDO Working Group, "LIDO Schema", 1.0 and 1.1, resourceSet, rightsResource,
rightsWorkSet, recordRights; "LIDO Terminology", resourceRepresentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.items import Picture
from pipeline.sources._lido_words import best_text, ordered, terms, uris
from pipeline.sources.iiiflinks import is_manifest, is_no_picture, is_picture_name, web_picture
from pipeline.sources.texts import is_address
from pipeline.sources.xmlnode import Node, distinct

_ADMINISTRATIVE = "administrativeMetadata"
_NO_PICTURE = re.compile(
    r"(?:video|audio|text|model)/.*|application/(?!octet-stream|dzi).*|"
    r"html?|pdf|xml|mp[34]|wav|mov|obj|glb|gltf|ply|stl|youtube|vimeo",
    re.IGNORECASE,
)
_OTHER_MEDIA = re.compile(r"\W*(?:audio|video|sound|ton|film|text|3d|pdf)\b.*", re.IGNORECASE)
_OTHER_TYPES = ("lido00465", "lido00466", "lido00468", "lido00482", "audio", "video", "3d", "text")
"""Sound, film, model and text as the kinds of a representation."""
_GRADES = (
    ("thumb", 4),
    ("icon", 4),
    ("lido00451", 4),
    ("preview", 3),
    ("screen", 3),
    ("overview", 3),
    ("medium", 3),
    ("small", 3),
    ("master", 0),
    ("original", 0),
    ("full", 0),
    ("large", 0),
    ("provided", 1),
    ("lido00464", 1),
)
"""How good a representation is by its kind, the best first. ``lido00464`` is the one provided for
use, ``lido00451`` the thumbnail."""
_UNGRADED = 2


class Pictures(NamedTuple):
    """The pictures that may be used under the first one's rights, and these rights."""

    pictures: tuple[Picture | Path | str, ...]
    rights: tuple[str, ...]
    credit: str
    holder: str


class _Link(NamedTuple):
    node: Node
    picture: Picture | str
    grade: int
    pixels: int


class _Set(NamedTuple):
    links: tuple[_Link, ...]
    rights: tuple[str, ...]
    nodes: tuple[Node, ...]
    """The rights in the document."""


def pictures(entry: Node, language: str, *, files_first: bool) -> Pictures:
    """Take the pictures of an entry and the rights in the first.

    Args:
        entry: the whole entry.
        language: of the record.
        files_first: the config names folders of pictures, so a file name is better than an
            address.
    """
    found = ordered(entry.all(f"{_ADMINISTRATIVE}/resourceWrap/resourceSet"))
    read = [_set(node, language, files_first) for node in found]
    usable = [one for one in read if one.links]
    work = entry.all(f"{_ADMINISTRATIVE}/rightsWorkWrap/rightsWorkSet")
    if not usable:
        return Pictures((), _stated(work, language), *_credited(work, language))
    first = usable[0]
    same = [one for one in usable if set(one.rights) == set(first.rights)]
    for one in same:
        for link in one.links:
            link.node.take()
        for rights in one.nodes:
            for kind in rights.all("rightsType"):
                _words(kind, language)
    shown = tuple(link.picture for one in same for link in one.links)
    credit, holder = _credited(first.nodes, language)
    if first.rights:
        return Pictures(shown, first.rights, credit, holder)
    its_credit, its_holder = _credited(work, language)
    return Pictures(shown, _stated(work, language), credit or its_credit, holder or its_holder)


def work_rights(entry: Node, language: str) -> str:
    """Return what the record says of the rights in the work itself, which are no picture's."""
    return "; ".join(
        _stated(entry.all(f"{_ADMINISTRATIVE}/rightsWorkWrap/rightsWorkSet"), language)
    )


def record_rights(entry: Node, language: str) -> tuple[str, ...]:
    """Take the rights in the record itself, in its texts and facts."""
    stated = entry.all(f"{_ADMINISTRATIVE}/recordWrap/recordRights/rightsType")
    return _sorted(word for kind in stated for word in _words(kind, language))


def _set(node: Node, language: str, files_first: bool) -> _Set:
    rights = tuple(node.all("rightsResource"))
    if any(_is_other_media(kind) for kind in node.all("resourceType")):
        return _Set((), (), rights)
    links = [link for one in node.all("resourceRepresentation") for link in _links(one)]
    if not links and not node.all("resourceRepresentation/linkResource"):
        links = [
            _Link(one, one.line_of_text(), _UNGRADED, 0)
            for one in node.all("resourceID")
            if is_picture_name(one.line_of_text())
        ]
    return _Set(_sorted_links(links, files_first), _stated(rights, language), rights)


def _is_other_media(kind: Node) -> bool:
    words = [node.line_of_text() for node in (*kind.all("term"), *kind.all("Concept/prefLabel"))]
    return bool(words) and all(_OTHER_MEDIA.fullmatch(word) for word in words if word)


def _sorted_links(links: Sequence[_Link], files_first: bool) -> tuple[_Link, ...]:
    """Return the largest first; by what they are called where not all say how large they are."""
    all_known = all(link.pixels for link in links)

    def order(link: _Link) -> tuple[bool, int, int]:
        is_file = isinstance(link.picture, str)
        return is_file != files_first, 0 if all_known else link.grade, -link.pixels

    return tuple(sorted(links, key=order))


def _links(representation: Node) -> list[_Link]:
    kind = representation.attributes.get("type", "").lower()
    if any(one in kind for one in _OTHER_TYPES):
        return []
    width, height = _pixels(representation)
    grade = next((grade for word, grade in _GRADES if word in kind), _UNGRADED)
    found = []
    for node in representation.all("linkResource"):
        picture = _picture(node, kind, width, height)
        if picture is not None:
            found.append(_Link(node, picture, grade, (width or 0) * (height or width or 0)))
    return found


def _picture(node: Node, kind: str, width: int | None, height: int | None) -> Picture | str | None:
    """Return the picture that a link leads to, or ``None`` if it leads to something else."""
    stated = node.attributes.get("formatResource", "").strip()
    address, name = node.uri(), node.line_of_text()
    is_iiif = "iiif" in f"{stated} {kind}".lower()
    if not name or "manifest" in f"{stated} {kind}".lower() or is_manifest(address):
        return None
    if is_address(address):
        if is_no_picture(address) or (_NO_PICTURE.fullmatch(stated) and not is_iiif):
            return None
        return (
            _of_service(address, width, height) if is_iiif else web_picture(address, width, height)
        )
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", name) and not name.lower().startswith("file:"):
        return None
    return None if is_no_picture(name) else name


def _of_service(address: str, width: int | None, height: int | None) -> Picture:
    """Return the picture of an address that the record says is one of IIIF."""
    picture = web_picture(address, width, height)
    if picture.service or re.search(r"\.\w{3,4}$", address):
        return picture
    return Picture(service=address.rstrip("/"), width_px=width, height_px=height)


def _pixels(representation: Node) -> tuple[int | None, int | None]:
    sides: dict[str, int] = {}
    for one in representation.all("resourceMeasurementsSet"):
        kinds = one.all("measurementType")
        words = " ".join(node.line_of_text() for kind in kinds for node in kind.below()).casefold()
        units = " ".join(n.line_of_text() for u in one.all("measurementUnit") for n in u.below())
        value = next((n.line_of_text() for n in one.all("measurementValue")), "")
        if not value.isdecimal() or len(value) > 7 or not re.search(r"pixel|px|^$", units, re.I):
            continue
        for side, names in (("width", r"width|breite|largeur"), ("height", r"height|höhe|hauteur")):
            if re.search(names, words) and int(value):
                sides[side] = int(value)
                one.take_all()
    return sides.get("width"), sides.get("height")


def _stated(rights: Iterable[Node], language: str) -> tuple[str, ...]:
    """Return what rights are called, without taking it: addresses, then words."""
    kinds = [kind for one in rights for kind in one.all("rightsType") if not kind.used]
    found = _sorted(word for kind in kinds for word in _words(kind, language))
    for kind in kinds:
        kind.give_back()
    return found


def _words(kind: Node, language: str) -> tuple[str, ...]:
    """Take what one ``rightsType`` says."""
    if kind.used:  # a label of a community: no licence
        return ()
    codes = [node for node in kind.all("conceptID") if not is_address(node.uri())]
    named = [node for node in codes if re.search(r"[A-Za-z]", node.line_of_text())]
    found = (*uris(kind), *terms(kind, language))
    return found or distinct(node.take().line_of_text() for node in named)


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(words), key=lambda word: not is_address(word)))


def _credited(rights: Sequence[Node], language: str) -> tuple[str, str]:
    """Take credit line and holder of the first rights that have them."""
    credit = next((c for one in rights if (c := best_text(one.all("creditLine"), language))), "")
    names = [holder for one in rights for holder in one.all("rightsHolder")]
    holders = distinct(
        best_text(holder.all("legalBodyName/appellationValue"), language) for holder in names
    )
    return credit, "; ".join(holders)
