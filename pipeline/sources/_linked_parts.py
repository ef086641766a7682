"""Parts of a Linked Art record that are alike everywhere: names, types, languages, rights, images.

Source: Linked Art API 1.0, "Shared Structures": Name, Statement, Type, Right, DigitalObject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.items import Picture
from pipeline.records import Localized
from pipeline.sources import _linked_terms as terms
from pipeline.sources._fields import at, pixels, text
from pipeline.sources._jsonld import (
    Node,
    aat,
    address,
    is_a,
    joined,
    licences_in,
    many,
    node_id,
    nodes,
)
from pipeline.sources.communities import is_community_label
from pipeline.sources.iiiflinks import is_picture_name, names_image_api, service_base
from pipeline.sources.texts import language_tag, plain_from_html, shortened


def types_of(node: Node) -> list[str]:
    """Return the numbers of the AAT terms that something is classified as, also by equivalence."""
    return [number for one in nodes(node.get("classified_as")) for number in numbers_of(one)]


def numbers_of(kind: Node) -> Iterator[str]:
    """Yield the numbers of the AAT terms that a type is, by its id or by equivalence."""
    for one in (kind, *nodes(kind.get("equivalent"))):
        if number := aat(node_id(one)):
            yield number


def has_type(node: Node, wanted: Iterable[str]) -> bool:
    """Say whether something is classified as one of these."""
    return not set(wanted).isdisjoint(types_of(node))


def label(node: object) -> str:
    """Return what a thing is called: its label for developers, or else its first name."""
    if not isinstance(node, dict):
        return ""
    names = (content(one) for one in nodes(node.get("identified_by")))
    return _label(node) or next((name for name in names if name), "")


def _label(node: Node) -> str:
    return text(node.get("_label")) or text(node.get("label"))


def content(node: Node) -> str:
    """Return what a name, number or statement says, without tags; older records call it value."""
    return plain_from_html(text(node.get("content")) or text(node.get("value")))


def parts_of(node: Node) -> list[Node]:
    """Return the parts of an object that are described within its record."""
    return nodes(node.get("part")) + nodes(node.get("parts"))


def named(node: Node) -> str:
    """Return a thing's name for people: its display or primary name, or else its label."""
    names = [one for one in nodes(node.get("identified_by")) if not is_a(one, "Identifier")]
    best = [one for one in names if has_type(one, (terms.DISPLAY_NAME, terms.PRIMARY_NAME))]
    said = (content(one) for one in (best or names))
    return next((name for name in said if name), "") or _label(node)


def language_of(node: Node, unstated: str) -> str:
    """Return the language of a name or statement; of several, the first."""
    for one in nodes(node.get("language")):
        notation = text(at(one, "notation")) or text(at(one, "notation", 0))
        if tag := language_tag(notation):
            return tag
        known = [terms.LANGUAGES[n] for n in numbers_of(one) if n in terms.LANGUAGES]
        return known[0] if known else "und"
    return unstated


def collected(found: Iterable[tuple[str, str]], mark: str) -> Localized:
    """Return texts by language; several of one language become one."""
    texts: dict[str, list[str]] = {}
    for language, one in found:
        texts.setdefault(language, []).append(one)
    together = {language: joined(several, mark) for language, several in texts.items()}
    return {language: shortened(one) for language, one in together.items() if one}


# Rights ------------------------------------------------------------------------------------------


class Stated(NamedTuple):
    """What is said about rights in something."""

    uris: tuple[str, ...]
    words: tuple[str, ...]


def rights_of(node: Node) -> Stated:
    """Return the rights that something is subject to, and its statements about rights."""
    uris: list[str] = []
    words: list[str] = []
    for right in nodes(node.get("subject_to")):
        kinds = nodes(right.get("classified_as"))
        same = [one for kind in kinds for one in (kind, *nodes(kind.get("equivalent")))]
        stated = [uri for one in same if (uri := address(one)) and not aat(uri)]
        uris += [uri for uri in stated if not is_community_label(uri)]
        words += [named(right)] if named(right) else [label(one) for one in kinds]
    for statement in nodes(node.get("referred_to_by")):
        if has_type(statement, terms.RIGHTS):
            uris += licences_in(text(statement.get("content")))
            words.append(content(statement))
    return Stated(tuple(uris), tuple(word for word in words if word))


# Pictures ----------------------------------------------------------------------------------------


class Shown(NamedTuple):
    """A picture of the object, and what may state rights in it, the nearest first."""

    picture: Picture
    owners: tuple[Node, ...]
    rank: int
    """0 for a picture, 1 for a thumbnail."""


def pictures_of(node: Node) -> list[Shown]:
    """Return the pictures of an object, thumbnails last."""
    found: list[Shown] = []
    for work in (node, *nodes(node.get("shows")), *parts_of(node)):
        for image in nodes(work.get("representation")):
            files = nodes(image.get("digitally_shown_by"))
            for file in files or [image]:
                owners = (file, image) if file is not image else (image,)
                found += _shown(file, (*owners, work) if work is not node else owners)
    for file in nodes(node.get("digitally_shown_by")):
        found += _shown(file, (file,))
    if is_a(node, "DigitalObject"):
        found += _shown(node, ())
    return sorted(found, key=lambda one: one.rank)


def _shown(file: Node, owners: tuple[Node, ...]) -> list[Shown]:
    service = next((base for one in _services(file) if (base := _base(one))), "")
    own = [node_id(file)] if _is_picture(file) else []
    places = [address(one) for one in many(file.get("access_point"))] or own
    url = next((place for place in places if place and place != service), "")
    url = url if url and _may_be_picture(file, url) else ""
    if not (service or url):
        return []
    small = any(
        word in label(one).lower() for one in _kinds(file) for word in terms.THUMBNAIL_WORDS
    )
    sides = _sides(file)
    width, height = sides.get("width"), sides.get("height")
    picture = Picture(url=url, service=service, width_px=width, height_px=height)
    return [Shown(picture, owners, int(small))]


def _kinds(file: Node) -> list[Node]:
    return [file, *nodes(file.get("classified_as"))]


def _services(file: Node) -> list[Node]:
    """Return the Image API services of a file; older records are themselves one."""
    around = [*nodes(file.get("digitally_available_via")), file]
    return [one for one in around if names_image_api(_standards(one))]


def _standards(node: Node) -> str:
    stated = [node_id(one) for one in many(node.get("conforms_to"))]
    return " ".join([*stated, text(node.get("format"))])


def _base(service: Node) -> str:
    places = [address(one) for one in many(service.get("access_point"))] or [address(service)]
    found = next((place for place in places if place), "")
    return service_base(found)


def _is_picture(file: Node) -> bool:
    return text(file.get("format")).startswith("image/") or bool(
        address(file) and is_picture_name(node_id(file))
    )


def _may_be_picture(file: Node, url: str) -> bool:
    """Say whether an access point is a file: not if its format or its name say otherwise."""
    media = text(file.get("format")).lower()
    return media.startswith("image/") or (not media and not url.endswith((".json", ".html")))


def _sides(file: Node) -> dict[str, int]:
    sides: dict[str, int] = {}
    for one in nodes(file.get("dimension")):
        value = pixels(one.get("value"))
        units = [number for unit in nodes(one.get("unit")) for number in numbers_of(unit)]
        for number in types_of(one):
            axis = terms.AXES.get(number, "")
            if value and terms.PIXELS in units:
                sides[axis] = value
    return sides if "width" in sides and "height" in sides else {}
