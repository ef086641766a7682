"""Asks a IIIF image server for a picture of the size that is needed.

What a server offers decides how: a computing server makes any size; a folder of files that only
looks like a server (level 0) has some sizes ready, or nothing but tiles, which are fetched and put
together. Nothing is ever asked for enlarged, nor larger than the server allows, by tiles neither.

Servers also differ in how they want a size written (``2048,`` or ``2048,1365``; ``full`` or
``max``), and a folder of files knows one way alone. So there are several requests in the order of
likelihood, and the first that is answered counts.

Source: IIIF Image API 2.1.1 and 3.0, sections 4.2 (Size) and 4.7 (Canonical URI Syntax).
"""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import SourceError
from pipeline.net.address import shown
from pipeline.net.fetch import Fetcher
from pipeline.net.iiif_info import ImageInfo, Tiles, base_of, read_info
from pipeline.net.iiif_tiles import MAX_PIXELS, MAX_TILE_PX, MAX_TILES, TileGrid, stitch, stitched
from pipeline.net.wanted import PICTURE, NotServed

logger = logging.getLogger(__name__)

_MAX_INFO_BYTES = 1024**2
_CLOSED = {401, 403, 451}
"""A server that computes means it; a folder of files also says 403 for what is not there."""

Size = tuple[int, int]


class Whole(NamedTuple):
    """One request for the whole picture, and how large it should come."""

    url: str
    size_px: Size


Request = Whole | TileGrid


def fetch_image(fetcher: Fetcher, service: str, wanted_px: int) -> Path:
    """Return the picture of a IIIF image service, its long side ``wanted_px`` or a little more.

    It is smaller where there is no larger one. Tiles come back as one PNG.

    Raises:
        SourceError: if the server does not describe the picture or does not give it.
        StoreError: if the cache cannot be written.
    """
    base = base_of(service)
    data = fetcher.fetch_json(f"{base}/info.json", max_bytes=_MAX_INFO_BYTES)
    info = read_info(data, base)
    requests = image_requests(info, wanted_px)
    for request in requests:
        if path := _stored(fetcher, request):
            return path
    refused: SourceError | None = None
    for request in requests:
        try:
            path = _fetch(fetcher, request)
        except NotServed as error:
            if info.by_width and error.status in _CLOSED:
                raise
            refused = refused or error
            continue
        _note(info, request, wanted_px)
        return path
    raise refused or SourceError(
        f"{shown(base)} offers the picture in no size that can be fetched; expected sizes, tiles "
        "or a server that makes any size. Tell those who publish it."
    )


def image_requests(info: ImageInfo, wanted_px: int) -> list[Request]:
    """Return what to ask for, the best first: at least ``wanted_px`` long, if there is that.

    Where the server makes any size that size is asked for. Otherwise: the smallest ready size
    that is large enough, tiles of such a scale, the whole, the largest ready size.
    """
    enough = min(wanted_px, max(_allowed(info)))
    requests: list[Request] = []
    if info.by_width:
        requests += _sized(info, _computed(info, wanted_px))
    ready = next((size for size in info.sizes_px if max(size) >= enough), None)
    if ready is not None:
        requests += _sized(info, ready)
    grid = _grid(info, enough)
    tiled: list[Request] = [] if grid is None else [grid]
    whole = _sized(info, info.size_px)[:2] if _fits(info.size_px, info) else _most(info)
    far_larger = grid is not None and grid.factor > 1
    requests += [*tiled, *whole] if far_larger else [*whole, *tiled]
    if info.sizes_px:
        requests += _sized(info, info.sizes_px[-1])
    return list(dict.fromkeys(requests))


# Sizes -------------------------------------------------------------------------------------------


def _allowed(info: ImageInfo) -> Size:
    """Return the largest size that the server gives, in the picture's proportions."""
    width, height = info.size_px
    scale = min(
        1.0,
        (info.max_width_px or width) / width,
        (info.max_height_px or height) / height,
        math.sqrt((info.max_area_px or width * height) / (width * height)),
    )
    if scale == 1.0:
        return info.size_px
    return max(1, math.floor(width * scale)), max(1, math.floor(height * scale))


def _fits(size_px: Size, info: ImageInfo) -> bool:
    width, height = _allowed(info)
    return size_px[0] <= width and size_px[1] <= height


def _computed(info: ImageInfo, wanted_px: int) -> Size:
    """Return the size at which the long side is ``wanted_px``, in whole pixels of the width."""
    (width, height), (most, _) = info.size_px, _allowed(info)
    narrow = min(-(-width * wanted_px // max(width, height)), most)
    # The server rounds the height as it likes, and the area must fit even so.
    while narrow > 1 and narrow * -(-height * narrow // width) > (info.max_area_px or math.inf):
        narrow -= 1
    return narrow, min(height, max(1, round(height * narrow / width)))


def _sized(info: ImageInfo, size_px: Size) -> list[Request]:
    """Return the ways to ask for one size, the one that the version prefers first."""
    width, height = size_px
    forms = [f"{width},", f"{width},{height}"]
    if info.version == 3:
        forms = forms[::-1] if info.by_both or not info.by_width else forms
    if size_px == info.size_px:
        forms = (["max"] if info.version == 3 else ["full", "max"]) + forms
    return [_whole(info, form, size_px) for form in forms]


def _most(info: ImageInfo) -> list[Request]:
    """Return the request for as much as the server gives."""
    return [_whole(info, "max", _allowed(info))]


def _whole(info: ImageInfo, form: str, size_px: Size) -> Whole:
    return Whole(f"{info.base}/full/{form}/0/default.{info.format}", size_px)


# Tiles -------------------------------------------------------------------------------------------


def _grid(info: ImageInfo, enough_px: int) -> TileGrid | None:
    """Return the fewest tiles that make the picture ``enough_px`` long, or as long as it goes."""
    grids = [
        grid
        for tiles in info.tiles
        for factor in tiles.factors
        if _usable(grid := TileGrid(info, tiles.width_px, tiles.height_px, factor), tiles, info)
    ]
    large = [grid for grid in grids if max(grid.size_px) >= enough_px]
    if large:
        return min(large, key=lambda grid: (max(grid.size_px), grid.count))
    return max(grids, key=lambda grid: (max(grid.size_px), -grid.count), default=None)


def _usable(grid: TileGrid, tiles: Tiles, info: ImageInfo) -> bool:
    width, height = grid.size_px
    return (
        max(tiles.width_px, tiles.height_px) <= MAX_TILE_PX
        and grid.count <= MAX_TILES
        and width * height <= MAX_PIXELS
        and _fits(grid.size_px, info)
    )


# Fetching ----------------------------------------------------------------------------------------


def _stored(fetcher: Fetcher, request: Request) -> Path | None:
    if isinstance(request, Whole):
        return fetcher.stored(request.url, PICTURE)
    return stitched(fetcher, request)


def _fetch(fetcher: Fetcher, request: Request) -> Path:
    if isinstance(request, Whole):
        return fetcher.fetch(request.url, PICTURE)
    return stitch(fetcher, request)


def _note(info: ImageInfo, request: Request, wanted_px: int) -> None:
    long_px = max(request.size_px)
    if long_px < min(wanted_px, max(info.size_px)):
        logger.info(
            "%s: the server gives %d of %d pixels, and %d were wanted",
            shown(info.base),
            long_px,
            max(info.size_px),
            wanted_px,
        )
