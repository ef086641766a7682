"""Opens a foreign file and says what it is, or why it is no picture for us.

Part of the decoding child, see `pipeline.media.decode_child`; nothing is decoded here yet.
"""

from __future__ import annotations

import io
import os
import re
import stat
from collections.abc import Sequence

from PIL import Image, UnidentifiedImageError


class Unreadable(Exception):
    """The picture is refused: what was found, what was expected, what to do."""


AGAIN = "copy it again from its source, or open and save it once in a picture editor"

_ALLOWED = {
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "TIFF": re.compile(rb"II[*+]\0|MM\0[*+]"),
    "WEBP": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
_OTHERS = (
    ("a GIF picture", rb"GIF8"),
    ("a BMP picture", rb"BM"),
    ("a Photoshop file", rb"8BPS"),
    ("a PDF document", rb"%PDF"),
    ("a PostScript file", rb"%!PS"),
    ("a JPEG 2000 picture", rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
    ("a JPEG XL picture", rb"\xff\x0a|\0\0\0\x0cJXL "),
    ("an AVIF picture", rb"....ftypavi"),
    ("a HEIC picture", rb"....ftyp(hei|hev|mif|msf)"),
    ("a camera raw file", rb"....ftypcrx|FUJIFILMCCD-RAW|IIRO|IIU\0"),
    ("a video", rb"....ftyp|\x1a\x45\xdf\xa3|RIFF....AVI "),
    ("a ZIP archive or an office document", rb"PK\x03\x04"),
    ("a DDS texture", rb"DDS "),
    ("a PNM picture", rb"P[1-7fF]\s"),
    ("an icon", rb"\0\0[\1\2]\0"),
    ("a web page or a drawing (HTML, SVG)", rb"(\xef\xbb\xbf)?\s*<"),
)
"""Source: the formats' own descriptions of how their files begin."""

_STRIPS = ((273, 279), (324, 325))
"""Tags StripOffsets and StripByteCounts, TileOffsets and TileByteCounts. Source: TIFF 6.0."""
_SUBFILE_TYPE, _DNG_VERSION = 254, 50706


def open_file(path: str, max_bytes: int) -> io.BufferedReader:
    """Open a regular file of a size that can be read; never wait for one that is not regular."""
    # Without O_NONBLOCK opening a pipe would wait for somebody to write into it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise Unreadable(
            "there is no such file; put the picture there, or correct the name in the catalogue"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unreadable(
            f"it cannot be opened: {reason}; expected a picture that may be read"
        ) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
        raise Unreadable(f"found {what}, expected a picture; correct the name in the catalogue")
    stream = os.fdopen(descriptor, "rb")
    if status.st_size == 0:
        raise Unreadable("the file is empty (0 bytes), expected a picture; " + AGAIN)
    if status.st_size > max_bytes:
        raise Unreadable(
            f"the file has {status.st_size:,} bytes, expected at most {max_bytes:,}; save it "
            "smaller, or raise `max_bytes` in the config's `ingest`"
        )
    return stream


def identify(stream: io.BufferedReader, also: Sequence[str]) -> Image.Image:
    """Read the header: by content, whatever the file is called; ``also`` names more plugins."""
    stream.seek(0)
    head = stream.read(512)
    begins = next((name for name, start in _ALLOWED.items() if start.match(head)), None)
    if also:
        Image.init()
    if begins == "WEBP":
        _refuse_short(stream, int.from_bytes(head[4:8], "little") + 8)
    try:
        if begins == "PNG":
            # The checksum of every chunk, which decoding skips for the pixels themselves.
            stream.seek(0)
            Image.open(stream, formats=["PNG"]).verify()
        stream.seek(0)
        image = Image.open(stream, formats=[*_ALLOWED, *also])
    except UnidentifiedImageError:
        if begins:
            raise Unreadable(
                f"it begins like a {begins} picture, but its header is damaged or the file ends "
                f"early; {AGAIN}"
            ) from None
        more = f", or {', '.join(also)}" if also else ""
        raise Unreadable(
            f"found {_other(head)}, expected a JPEG, PNG, TIFF or WebP picture{more}; save it as "
            "one of these, or see `also_formats` in the config's `ingest`"
        ) from None
    _refuse_preview(image, head)
    _refuse_short(stream, _last_strip(image))
    return image


def _other(head: bytes) -> str:
    for name, start in _OTHERS:
        if re.match(start, head, re.DOTALL):
            return name
    text = head.decode("utf-8", "ignore")
    readable = all(c.isprintable() or c.isspace() for c in text)
    return "text" if readable and len(text) > len(head) // 4 else "an unknown kind of file"


def _refuse_preview(image: Image.Image, head: bytes) -> None:
    """Camera raw files are TIFFs whose first picture is a small preview."""
    tags = getattr(image, "tag_v2", {})
    subfile = tags.get(_SUBFILE_TYPE, 0)
    reduced = isinstance(subfile, int) and subfile & 1
    if reduced or _DNG_VERSION in tags or head[8:10] == b"CR":
        raise Unreadable(
            "found a camera raw file, or one whose first picture is only a preview, expected a "
            "finished picture; export it as TIFF or JPEG from the camera's program"
        )


def _last_strip(image: Image.Image) -> int:
    """Return where the pixels of a TIFF end in the file, as its tags say."""
    end = 0
    tags = getattr(image, "tag_v2", {})
    for starts, lengths in _STRIPS:
        offsets, counts = tags.get(starts, ()), tags.get(lengths, ())
        if isinstance(offsets, tuple) and isinstance(counts, tuple) and len(offsets) == len(counts):
            ends = (int(a) + int(b) for a, b in zip(offsets, counts, strict=True))
            end = max(end, *ends, 0)
    return end


def _refuse_short(stream: io.BufferedReader, needed: int) -> None:
    size = os.fstat(stream.fileno()).st_size
    if needed > size:
        found = f"found {size:,} bytes, expected at least {needed:,}"
        raise Unreadable(f"the file ends early: {found}; {AGAIN}")
