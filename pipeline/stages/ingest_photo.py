"""Photograph as the museum has it -> Photo: upright, sRGB, 8 bit, no larger than asked for.

Knows what may be asked for. How a foreign file is opened without harm is in
`pipeline.media.decode`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.records import Params, Photo

VERSION = "1"

AlsoFormat = Literal["AVIF", "BMP", "DDS", "GIF", "ICO", "JPEG2000", "PCX", "PPM", "PSD", "TGA"]
"""Pillow's names of decoders that are left out unless asked for: they are less well tested than
those of the formats that museums exchange. PostScript is not among them: it is a program."""


class IngestParams(Params):
    """How large photographs become, and what a file may cost before it is refused."""

    long_side_px: int = Field(default=2048, ge=256, le=16383)
    """Longer side of the photograph that is worked on. WebP ends at 16383."""
    max_pixels: int = Field(default=300_000_000, ge=1, le=4_000_000_000)
    """A file whose header claims more pixels is refused before it is decoded."""
    max_bytes: int = Field(default=1_000_000_000, ge=1)
    """A larger file is refused before it is read."""
    memory_bytes: int = Field(default=2 * 1024**3, ge=256 * 1024**2)
    """Address space that decoding one picture may take (Linux only)."""
    timeout_s: float = Field(default=15.0, gt=0, le=3600)
    """Wall time that reading and decoding one picture may take."""
    also_formats: tuple[AlsoFormat, ...] = ()
    """Formats to accept beside JPEG, PNG, TIFF and WebP."""


def ingest_photo(image: Path, params: IngestParams, *, folder: Path) -> Photo:
    """Decode the museum's file into ``photo.webp``, and ``alpha.png`` where it is cut out.

    The photograph carries none of the source's metadata. ``source_sha256`` is of the very bytes
    that were decoded.

    Raises:
        SourceError: if the file is no picture, damaged, or larger than ``params`` allow.
        StoreError: if ``folder`` cannot be written.
    """
    from pipeline.media.decode import Limits, decode

    limits = Limits(
        long_side_px=params.long_side_px,
        max_pixels=params.max_pixels,
        max_bytes=params.max_bytes,
        memory_bytes=params.memory_bytes,
        timeout_s=params.timeout_s,
        also=params.also_formats,
    )
    done = decode(image, folder, limits)
    return Photo(
        path=folder / "photo.webp",
        width_px=done.width_px,
        height_px=done.height_px,
        alpha=folder / "alpha.png" if done.has_alpha else None,
        source_sha256=done.sha256,
        source_format=done.source_format,
        source_width_px=done.source_width_px,
        source_height_px=done.source_height_px,
        notes=done.notes,
    )
