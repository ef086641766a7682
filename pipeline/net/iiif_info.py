"""Reads what a IIIF image server says of one picture (``info.json``), versions 2 and 3.

Servers differ from the standard in small ways that do no harm, such as numbers in quotes or
limits at another place; those are read. Whatever is missing counts as not offered.

Source: IIIF Image API 2.1.1 and 3.0, section 5 (Image Information), and their compliance levels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import SourceError
from pipeline.net.address import shown

_MAX_SIDE_PX = 2**31
_MOST = 200
"""Entries of any list in it that are read; real ones have fewer than twenty."""


@dataclass(frozen=True)
class Tiles:
    """One way in which the server cuts the picture into tiles."""

    width_px: int
    height_px: int
    factors: tuple[int, ...]
    """How much smaller it can be had, ascending."""


@dataclass(frozen=True)
class ImageInfo:
    """What a server offers of one picture. Sizes are (width, height)."""

    base: str
    """The address without a slash at its end; requests are appended."""
    version: Literal[2, 3]
    size_px: tuple[int, int]
    by_width: bool
    """Any width can be asked for."""
    by_both: bool
    """Any width and height can be asked for."""
    sizes_px: tuple[tuple[int, int], ...]
    """Sizes that are ready, ascending."""
    tiles: tuple[Tiles, ...]
    max_width_px: int | None
    max_height_px: int | None
    max_area_px: int | None
    format: Literal["jpg", "png"]


def read_info(data: object, service: str) -> ImageInfo:
    """Return what ``data``, the JSON of ``service``'s ``info.json``, says.

    Raises:
        SourceError: if it is no description of a picture in version 2 or 3.
    """
    if not isinstance(data, Mapping):
        raise _wrong(service, "found no JSON object")
    version = _version(data, service)
    width, height = _number(data.get("width")), _number(data.get("height"))
    if width is None or height is None:
        raise _wrong(service, "the width or the height of the picture is missing")
    extras = [data, *(part for part in _list(data.get("profile")) if isinstance(part, Mapping))]
    level = _level(data.get("profile"))
    features = {
        str(feature)
        for part in extras
        for name in ("supports", "extraFeatures")
        for feature in _list(part.get(name))
    }
    limits = [_limit(extras, name) for name in ("maxWidth", "maxHeight", "maxArea")]
    sizes = {_size(entry) for entry in _list(data.get("sizes"))}
    return ImageInfo(
        base=_base(data, service),
        version=version,
        size_px=(width, height),
        by_width=level >= 1 or "sizeByW" in features,
        by_both=level >= 2 or "sizeByWh" in features,
        sizes_px=tuple(sorted((s for s in sizes if s is not None), key=lambda s: (max(s), s))),
        tiles=tuple(_tiles(data)),
        max_width_px=limits[0],
        # "If maxWidth is specified and maxHeight is not, then maxHeight is maxWidth."
        max_height_px=limits[1] if limits[1] is not None else limits[0],
        max_area_px=limits[2],
        format=_format(data),
    )


def base_of(service: str) -> str:
    """Return a service's address without ``/info.json``, slashes and what follows a ``?``."""
    plain = re.split(r"[?#]", service.strip(), maxsplit=1)[0].rstrip("/")
    return plain.removesuffix("/info.json").rstrip("/")


def _base(data: Mapping[str, object], service: str) -> str:
    """The address that was asked, for an ``@id`` is often that of a machine behind a proxy.

    Only where it says the same with https, that is taken: it saves a redirect for every tile.
    """
    base = base_of(service)
    named = data.get("id", data.get("@id"))
    secure = "https://" + base.removeprefix("http://")
    return secure if isinstance(named, str) and base_of(named) == secure else base


def _version(data: Mapping[str, object], service: str) -> Literal[2, 3]:
    contexts = " ".join(str(entry) for entry in _list(data.get("@context")))
    hints = f"{contexts} {data.get('type', '')} {_list(data.get('profile'))[:1]}"
    if "image/3" in hints or "ImageService3" in hints:
        return 3
    if "image/2" in hints or "ImageService2" in hints:
        return 2
    raise _wrong(
        service,
        "found another version of the IIIF Image API than 2 or 3, or another kind of document",
    )


def _level(profile: object) -> int:
    """Return the compliance level; 0 if none is named."""
    names = [entry for entry in _list(profile) if isinstance(entry, str)]
    match = re.search(r"level([012])", " ".join(names)[:10_000])
    return int(match[1]) if match else 0


def _limit(parts: list[Mapping[str, object]], name: str) -> int | None:
    found = [number for part in parts if (number := _number(part.get(name))) is not None]
    return min(found, default=None)


def _tiles(data: Mapping[str, object]) -> Iterator[Tiles]:
    for entry in _list(data.get("tiles")):
        if not isinstance(entry, Mapping):
            continue
        width = _number(entry.get("width"))
        factors = {_number(factor) for factor in _list(entry.get("scaleFactors"))} - {None}
        if width is not None and factors:
            height = _number(entry.get("height")) or width
            yield Tiles(width, height, tuple(sorted(f for f in factors if f is not None)))


def _size(entry: object) -> tuple[int, int] | None:
    if not isinstance(entry, Mapping):
        return None
    width, height = _number(entry.get("width")), _number(entry.get("height"))
    return None if width is None or height is None else (width, height)


def _format(data: Mapping[str, object]) -> Literal["jpg", "png"]:
    """JPEG, which every server has, unless it says that PNG is better for this picture."""
    for name in _list(data.get("preferredFormats")):
        if name == "png":
            return "png"
        if name in ("jpg", "jpeg"):
            break
    return "jpg"


def _number(value: object) -> int | None:
    """Return a count of pixels; ``None`` for anything that is none."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value < _MAX_SIDE_PX else None


def _list(value: object) -> list[object]:
    if isinstance(value, list):
        return value[:_MOST]
    return [] if value is None else [value]


def _wrong(service: str, found: str) -> SourceError:
    return SourceError(
        f"{shown(service)}/info.json: {found}, expected what a IIIF image server says of a "
        "picture (Image API 2 or 3); correct the address in the catalogue."
    )
