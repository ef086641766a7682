"""What is painted on a IIIF canvas: its pictures, their services, licences, and true size.

Knows annotations of both versions, choices, parts of pictures, and the services around a picture:
the Image API in its three versions, logins, and the physical scale.

Source: IIIF Presentation API 2.1, 5.4 and 6; 3.0, 5.3 to 5.7; IIIF Image API 3.0, 4 (regions)
and 8 (compatibility of versions); IIIF Authentication API 1.0 and Authorization Flow API 2.0;
IIIF Linking to External Services, 3.3 (physical dimensions).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.items import Picture
from pipeline.sources._fields import pixels, size
from pipeline.sources._iiif_texts import UNSTATED, spoken
from pipeline.sources._jsonld import Node, address, is_a, joined, many, node_id, node_types, nodes
from pipeline.sources.described import Measured
from pipeline.sources.iiiflinks import is_picture_name, names_image_api, service_base
from pipeline.sources.texts import is_address

_AUTH = "iiif.io/api/auth"
_REGION = re.compile(r"(?:pct:)?\d[\d.,]{4,60}|square")
_UNITS = ("mm", "cm", "in")


class Painted(NamedTuple):
    """A picture on a canvas."""

    picture: Picture | str
    rank: int
    """0 for what fills the canvas, 1 for what lies on a part of it, 2 for another choice."""
    rights: tuple[Node, ...]
    """What may state a licence, the nearest to the picture first: picture, service, annotation."""
    login: str
    """What a login to it is called; empty if it needs none."""


def painted(canvas: Node) -> list[Painted]:
    """Return the pictures of a canvas, the one that shows most of it first."""
    found = [one for annotation in _annotations(canvas) for one in _of(annotation)]
    return sorted(found, key=lambda one: one.rank)


def other_media(canvas: Node) -> list[str]:
    """Return what is painted there and is no picture: sound, film, text."""
    found = []
    for annotation in _annotations(canvas):
        for body in nodes(annotation.get("body", annotation.get("resource"))):
            if not is_a(body, "Choice", "SpecificResource") and not _is_picture(body):
                what = node_id(body) or str(body.get("value", ""))
                found.append(f"{joined(node_types(body))} {what}".strip())
    return found


def external_pages(canvas: Node) -> list[str]:
    """Return pages of annotations that are only linked, so that what they paint is not known."""
    return [node_id(page) for page in nodes(canvas.get("items")) if "items" not in page]


def _annotations(canvas: Node) -> Iterator[Node]:
    for page in nodes(canvas.get("items")):
        yield from (one for one in nodes(page.get("items")) if _paints(one))
    yield from (one for one in nodes(canvas.get("images")) if _paints(one))


def _paints(annotation: Node) -> bool:
    stated = [one for one in many(annotation.get("motivation")) if isinstance(one, str)]
    return not stated or any(one.rpartition(":")[2] == "painting" for one in stated)


def _of(annotation: Node) -> Iterator[Painted]:
    target = node_id(annotation.get("target", annotation.get("on")))
    rank = 1 if "xywh=" in target or isinstance(annotation.get("target"), dict) else 0
    for body, region, choice in _bodies(annotation.get("body", annotation.get("resource")), "", 0):
        service = image_service(body)
        picture = _picture(body, service, region)
        if picture is not None:
            owners = (body, service, annotation) if service else (body, annotation)
            yield Painted(picture, 2 if choice else rank, owners, _login(body, service))


def _bodies(body: object, region: str, depth: int) -> Iterator[tuple[Node, str, bool]]:
    """Yield pictures with the region of them that is meant; the default of a choice first."""
    if isinstance(body, str) and (is_address(body) or is_picture_name(body)):
        yield {"id": body, "type": "Image"}, region, False
        return
    for node in nodes(body) if depth < 4 else ():
        if is_a(node, "Choice"):
            first = many(node.get("default"))
            options = first + many(node.get("items", node.get("item")))
            for number, option in enumerate(options):
                for inner, part, chosen in _bodies(option, region, depth + 1):
                    yield inner, part, chosen or number > 0
        elif is_a(node, "SpecificResource"):
            part = _region(node.get("selector")) or region
            yield from _bodies(node.get("source", node.get("full")), part, depth + 1)
        elif _is_picture(node):
            yield node, region, False


def _region(selector: object) -> str:
    for node in nodes(selector):
        region = node.get("region")
        if isinstance(region, str) and _REGION.fullmatch(region):
            return region
    return ""


def _is_picture(node: Node) -> bool:
    if node_types(node):
        return is_a(node, "Image", "StillImage")
    media = str(node.get("format", ""))
    known = media.startswith("image/") or image_service(node) is not None
    return known or is_picture_name(node_id(node))


def _picture(body: Node, service: Node | None, region: str) -> Picture | str | None:
    sides = _sides(body) or (_sides(service) if service else None) or (None, None)
    base = service_base(address(service)) if service else ""
    url = address(body)
    if base and region and service:
        return Picture(url=_cut_out(base, region, service))
    if base or url:
        return Picture(url=url, service=base, width_px=sides[0], height_px=sides[1])
    name = node_id(body)
    return name if name and ":" not in name.partition("/")[0] and len(name) < 1000 else None


def _cut_out(base: str, region: str, service: Node) -> str:
    """Return the address of a part; what means "as large as there is" changed with version 2.1."""
    described = " ".join(_words(service))
    newest = is_a(service, "ImageService3") or "api/image/3" in described
    oldest = is_a(service, "ImageService1") or "image-api" in described or "image/1" in described
    name = "native" if oldest else "default"
    return f"{base}/{region}/{'max' if newest else 'full'}/0/{name}.jpg"


def _sides(node: Node) -> tuple[int, int] | None:
    width, height = pixels(node.get("width")), pixels(node.get("height"))
    return (width, height) if width and height else None


# Services ----------------------------------------------------------------------------------------


def image_service(node: Node) -> Node | None:
    """Return the Image API service of a picture, whatever its version."""
    for service in nodes(node.get("service")):
        known = any(kind.startswith("ImageService") for kind in node_types(service))
        if known or any(map(names_image_api, _words(service))):
            return service if is_address(node_id(service)) else None
    return None


def _words(service: Node) -> list[str]:
    """Return what a service says that it is; a profile may be a list with an object in it."""
    stated = [service.get(key) for key in ("@context", "profile", "protocol", "dcterms:conformsTo")]
    return [word for value in stated for word in map(node_id, many(value)) if word]


def _login(body: Node, service: Node | None) -> str:
    """Return what the login is called that a picture needs, or ``""``."""
    around = nodes(body.get("service")) + (nodes(service.get("service")) if service else [])
    for one in around:
        if _is_login(one):
            return joined(spoken(one.get("label"), UNSTATED).values()) or node_id(one) or "login"
    return ""


def _is_login(service: Node) -> bool:
    types = node_types(service)
    named = any(kind.startswith("Auth") and "Service" in kind for kind in types)
    return named or any(_AUTH in word for word in _words(service))


# True size ---------------------------------------------------------------------------------------


def physical_size(canvas: Node, part: str) -> Measured | None:
    """Return the size that a canvas has by its physical scale: its pixels times the scale.

    The canvas may show more than the object, a ruler or the table, so other statements go first.

    Args:
        canvas: with its size in pixels.
        part: what it shows, in the catalogue's words.
    """
    sides = _sides(canvas)
    for service in nodes(canvas.get("service")):
        scale, unit = size(service.get("physicalScale")), service.get("physicalUnits")
        if sides and isinstance(scale, float) and unit in _UNITS:
            width, height = _rounded(sides[0] * scale), _rounded(sides[1] * scale)
            if width and height:
                return Measured(part=part, axes={"height": height, "width": width}, unit=unit)
    return None


def _rounded(value: float) -> float:
    """Return six digits of a size, so that 4000 times 0.0025 is 10; 0 if it is none."""
    return float(f"{value:.6g}") if math.isfinite(value) and value > 0 else 0.0
