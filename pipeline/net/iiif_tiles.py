"""Fetches the tiles of a IIIF picture and puts them together, without loss.

Every tile is a foreign picture, so they are decoded in a program of its own
(`pipeline.net.iiif_child`), which also brings them into sRGB. What comes out is one PNG in the
cache, compressed little: it is read once.

Source: IIIF Image API 2.1.1 and 3.0, Implementation Notes: "Tile Region Parameter Calculation".
"""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.digests import sha256_file
from pipeline.errors import SourceError, StoreError
from pipeline.media.decode import ChildDied, ask_child
from pipeline.net.address import shown
from pipeline.net.cache import Answer, Spot
from pipeline.net.fetch import Fetcher
from pipeline.net.iiif_info import ImageInfo
from pipeline.net.wanted import PICTURE, NotServed

logger = logging.getLogger(__name__)

MAX_TILES = 4096
"""At four requests a second that takes 17 minutes."""
MAX_TILE_PX = 8192
MAX_PIXELS = 120_000_000
"""Of the picture that is put together: 360 MB of memory."""
_TELL_EVERY_S = 5.0
_MEMORY_BYTES = 2 * 1024**3
_LONGEST_S = 24 * 3600.0


class Tile(NamedTuple):
    """One tile: which part of the picture, and where it belongs in the result."""

    region_px: tuple[int, int, int, int]
    """Left, top, width, height in the whole picture."""
    left_px: int
    top_px: int
    width_px: int
    height_px: int


@dataclass(frozen=True)
class TileGrid:
    """All tiles of a picture at one scale."""

    info: ImageInfo
    tile_width_px: int
    tile_height_px: int
    factor: int
    """The picture's size divided by the result's."""

    @property
    def size_px(self) -> tuple[int, int]:
        """The size of the result."""
        width, height = self.info.size_px
        return -(-width // self.factor), -(-height // self.factor)

    @property
    def count(self) -> int:
        """How many tiles there are."""
        width, height = self.size_px
        return -(-width // self.tile_width_px) * -(-height // self.tile_height_px)

    @property
    def name(self) -> str:
        """The result's name in the cache; no address that can be asked."""
        tile = f"{self.tile_width_px}x{self.tile_height_px}"
        return f"{self.info.base}/default.{self.info.format}#tiles={tile}/{self.factor}"

    def tiles(self) -> Iterator[Tile]:
        """Yield the tiles row by row."""
        (full_width, full_height), (width, height) = self.info.size_px, self.size_px
        for top in range(0, height, self.tile_height_px):
            for left in range(0, width, self.tile_width_px):
                wide = min(self.tile_width_px, width - left)
                high = min(self.tile_height_px, height - top)
                x, y = left * self.factor, top * self.factor
                w = min(self.tile_width_px * self.factor, full_width - x)
                h = min(self.tile_height_px * self.factor, full_height - y)
                yield Tile((x, y, w, h), left, top, wide, high)

    def addresses(self, tile: Tile) -> list[str]:
        """Return the ways to ask for one tile, the one that the version prefers first."""
        sizes = [f"{tile.width_px},", f"{tile.width_px},{tile.height_px}"]
        if self.info.version == 3:
            sizes.reverse()
        region = ",".join(str(number) for number in tile.region_px)
        regions = [region]
        if tile.region_px == (0, 0, *self.info.size_px):
            regions = ["full", region]
        end = f"0/default.{self.info.format}"
        return [f"{self.info.base}/{part}/{size}/{end}" for part in regions for size in sizes]


def stitched(fetcher: Fetcher, grid: TileGrid) -> Path | None:
    """Return the picture if it was put together before."""
    spot = _spot(fetcher, grid)
    return spot.body if spot.answer(verify=fetcher.options.verify) else None


def stitch(fetcher: Fetcher, grid: TileGrid) -> Path:
    """Fetch all tiles and return the picture that they make.

    Raises:
        NotServed: if the server does not have them.
        SourceError: if one cannot be fetched or is no picture of its size.
        StoreError: if the cache cannot be written.
    """
    spot = _spot(fetcher, grid)
    with spot.alone(shown(grid.info.base), _LONGEST_S):
        if spot.answer(verify=fetcher.options.verify):
            return spot.body
        paths, told, way = [], time.monotonic(), 0
        for tile in grid.tiles():
            path, way = _fetch(fetcher, grid.addresses(tile), way)
            paths.append(path)
            if time.monotonic() - told >= _TELL_EVERY_S:
                told = time.monotonic()
                name = shown(grid.info.base)
                logger.info("fetching %s: %d of %d tiles", name, len(paths), grid.count)
        _paste(spot, paths, grid)
        _keep(spot, grid)
    return spot.body


def _spot(fetcher: Fetcher, grid: TileGrid) -> Spot:
    return fetcher.cache.spot(grid.name, "stitched")


def _fetch(fetcher: Fetcher, addresses: list[str], way: int) -> tuple[Path, int]:
    """Return the tile, and which of the ways to ask for it was understood: that one comes first."""
    ways = [way % len(addresses), *range(len(addresses))]
    for number in dict.fromkeys(ways):
        if path := fetcher.stored(addresses[number], PICTURE):
            return path, number
    refusals = []
    for number in dict.fromkeys(ways):
        try:
            return fetcher.fetch(addresses[number], PICTURE), number
        except NotServed as error:
            refusals.append(error)
    raise refusals[0]


def _paste(spot: Spot, paths: list[Path], grid: TileGrid) -> None:
    """Write the picture as the unfinished file of ``spot``."""
    tiles = list(grid.tiles())
    seconds = 30 + grid.size_px[0] * grid.size_px[1] // 1_000_000
    answer = _ask(
        {
            "size_px": grid.size_px,
            "tiles": [
                (str(path), tile.left_px, tile.top_px, tile.width_px, tile.height_px)
                for path, tile in zip(paths, tiles, strict=True)
            ],
            "out": str(spot.part),
            "max_pixels": MAX_TILE_PX**2,
            "memory_bytes": _MEMORY_BYTES,
            "cpu_s": seconds,
        },
        seconds,
    )
    if "unwritable" in answer:
        raise StoreError(f"{spot.folder} cannot be written: {answer['unwritable']}.")
    if "refused" in answer:
        number = answer["tile"]
        where = grid.addresses(tiles[number])[0] if number >= 0 else grid.info.base
        raise SourceError(f"{shown(where)}: {answer['refused']}.")


def _ask(job: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    try:
        return ask_child("pipeline.net.iiif_child", job, timeout_s)
    except subprocess.TimeoutExpired:
        why = f"putting its tiles together took more than {timeout_s:g} s"
    except ChildDied as died:
        why = (
            f"the decoder crashed on one of its tiles (exit status {died.status}): it is damaged "
            "or was made to do harm; leave the picture out"
        )
    return {"refused": why, "tile": -1}


def _keep(spot: Spot, grid: TileGrid) -> None:
    name = shown(grid.name)
    spot.finish(
        Answer(
            url=name,
            final_url=name,
            content_type="image/png",
            length=spot.part.stat().st_size,
            sha256=sha256_file(spot.part),
            fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    )
