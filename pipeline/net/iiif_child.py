"""Pastes foreign tiles into one picture; `pipeline.net.iiif_tiles` runs it as its own program.

The same precautions as for a single picture (`pipeline.media.decode_child`) and the same readers,
but one program for all tiles: 20 JPEG tiles of 256 pixels took 0.7 s so and 6.3 s with a program
for each, 256 of them 4.6 s (two busy cores). It reads its job as JSON from stdin and writes one
line of JSON to stdout.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from pipeline.media.decode_child import Unwritable, limit
from pipeline.media.decode_colour import reduce, to_srgb
from pipeline.media.decode_kind import AGAIN, Unreadable, identify, open_file

_MAX_BYTES = 512 * 1024**2
_SLACK_PX = 2
"""How much a tile may be larger or smaller than its place: servers round edges differently."""


def main() -> None:
    """Answer the one job on stdin."""
    answer: dict[str, Any] = {}
    tile = -1
    try:
        job = json.load(sys.stdin)
        limit(job["memory_bytes"], job["cpu_s"])
        image = Image.new("RGB", tuple(job["size_px"]))
        for tile, (path, left, top, width, height) in enumerate(job["tiles"]):  # noqa: B007
            image.paste(_tile(path, (width, height), job["max_pixels"]), (left, top))
        _save(image, Path(job["out"]))
    except Unreadable as reason:
        answer = {"refused": str(reason), "tile": tile}
    except Unwritable as reason:
        answer = {"unwritable": str(reason)}
    except Exception as error:  # noqa: BLE001  a decoder may raise anything; the parent tells it
        said = " ".join(str(error).split())[:200]
        answer = {"refused": f"it is damaged ({type(error).__name__}: {said}); {AGAIN}"}
        answer["tile"] = tile
    sys.stdout.write(json.dumps(answer) + "\n")


def _tile(path: str, place: tuple[int, int], max_pixels: int) -> Image.Image:
    """Return the pixels of one tile, exactly as large as its place."""
    with open_file(path, _MAX_BYTES) as stream:
        image = identify(stream, ())
        if image.width * image.height > max_pixels:
            raise Unreadable(_misfit(image.size, place))
        image.load()
    layers = reduce(image, image.size, [])
    pixels = to_srgb(layers.colours, image.info, [])
    far = max(abs(pixels.width - place[0]), abs(pixels.height - place[1]))
    if far > _SLACK_PX:
        raise Unreadable(_misfit(pixels.size, place))
    return pixels if pixels.size == place else _fitted(pixels, place)


def _misfit(found: tuple[int, int], place: tuple[int, int]) -> str:
    return (
        f"found a tile of {found[0]} × {found[1]} pixels, expected {place[0]} × {place[1]}; its "
        "info.json does not describe its files. Tell those who publish it"
    )


def _fitted(pixels: Image.Image, place: tuple[int, int]) -> Image.Image:
    """Cut what is too much; where a line is missing, repeat the last. No pixel is changed."""
    width, height = min(pixels.width, place[0]), min(pixels.height, place[1])
    result = Image.new("RGB", place)
    result.paste(pixels.crop((0, 0, width, height)), (0, 0))
    for left in range(width, place[0]):
        result.paste(result.crop((width - 1, 0, width, height)), (left, 0))
    for top in range(height, place[1]):
        result.paste(result.crop((0, height - 1, place[0], height)), (0, top))
    return result


def _save(image: Image.Image, path: Path) -> None:
    try:
        image.save(path, "PNG", compress_level=3)
    except OSError as error:
        raise Unwritable(error.strerror or str(error)) from error
