"""Finds the blocks of metadata in a picture's file: XMP, IPTC and EXIF, without its pixels.

Only the structure of the file is walked, in Python, with limits on numbers and lengths; no
decoder is ever asked. Knows JPEG, PNG, TIFF and WebP, and not what the blocks mean.

Source: ITU T.81 annex B (JPEG markers); Adobe XMP Specification part 3 (where each format keeps
it); Exif 2.32 (TIFF inside APP1); Adobe Photoshop File Formats, "Image Resource Blocks"; PNG 3rd
edition, 11.3; TIFF 6.0 and its 64-bit form; WebP Container Specification.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

MOST_BLOCK = 4 * 1024 * 1024
"""Bytes of one block. XMP with the history of a long retouching has some hundred thousand."""
_MOST_PARTS = 200_000
"""Chunks or segments of one file."""
_MOST_TAGS = 4096
_MOST_FILLING = 4096
"""Bytes 0xFF before a marker of JPEG."""

XMP_TAG, IPTC_TAG, RESOURCES_TAG = 700, 33723, 34377
_KEPT_TAGS = {270, 315, 33432, 0x9C9B, 0x9C9C, 0x9C9D, XMP_TAG, IPTC_TAG, RESOURCES_TAG}
"""Description, artist, copyright, and what Windows writes beside them (title, comment, author)."""
_BYTES_OF_TYPE = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 13: 4, 16: 8, 17: 8, 18: 8}

_XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP_HEAD = b"http://ns.adobe.com/xmp/extension/\0"
_EXIF_HEAD = b"Exif\0"
_RESOURCES_HEAD = b"Photoshop 3.0\0"
_IPTC_RESOURCE = 0x0404


class NoPicture(Exception):
    """The file is none of the kinds that are read, or cannot be read; with the reason."""


@dataclass
class Blocks:
    """What was found in one file."""

    xmp: list[bytes] = field(default_factory=list)
    iptc: bytes = b""
    tags: dict[int, bytes] = field(default_factory=dict)
    """Of EXIF or TIFF, by number."""
    words: dict[str, str] = field(default_factory=dict)
    """Of PNG's text chunks, by keyword."""


def read_blocks(path: Path) -> Blocks:
    """Return the blocks of metadata in a picture.

    Raises:
        NoPicture: if it is no JPEG, PNG, TIFF or WebP, or the disk does not give it.
    """
    blocks = Blocks()
    try:
        if not path.is_file():
            raise NoPicture("this is not a file, expected a picture")
        with path.open("rb") as file:
            _read(file, blocks)
    except OSError as error:
        raise NoPicture(f"it cannot be read: {error.strerror or error}") from error
    except (struct.error, EOFError, OverflowError, ValueError):
        raise NoPicture(
            "the file is damaged or ends early; copy it again from its source"
        ) from None
    return blocks


def _read(file: BinaryIO, blocks: Blocks) -> None:
    start = file.read(12)
    file.seek(0)
    if start[:3] == b"\xff\xd8\xff":
        _read_jpeg(file, blocks)
    elif start[:8] == b"\x89PNG\r\n\x1a\n":
        _read_png(file, blocks)
    elif start[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}:
        _take_tags(file, blocks)
    elif start[:4] == b"RIFF" and start[8:] == b"WEBP":
        _read_webp(file, blocks)
    elif not start:
        raise NoPicture("the file is empty, expected a picture; copy it again from its source")
    else:
        raise NoPicture(
            "found no JPEG, PNG, TIFF or WebP in it, expected a picture; save it as one of these"
        )


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data


# JPEG --------------------------------------------------------------------------------------------


def _read_jpeg(file: BinaryIO, blocks: Blocks) -> None:
    resources: list[bytes] = []
    further: dict[bytes, dict[int, bytes]] = {}
    for marker, data in _segments(file):
        if marker == 0xE1 and data.startswith(_XMP_HEAD):
            blocks.xmp.append(data[len(_XMP_HEAD) :])
        elif marker == 0xE1 and data.startswith(_MORE_XMP_HEAD):
            rest = data[len(_MORE_XMP_HEAD) :]
            offset = struct.unpack(">I", rest[36:40])[0]
            further.setdefault(rest[:32], {})[offset] = rest[40:]
        elif marker == 0xE1 and data.startswith(_EXIF_HEAD):
            _take_exif(data[len(_EXIF_HEAD) + 1 :], blocks)
        elif marker == 0xED and data.startswith(_RESOURCES_HEAD):
            resources.append(data[len(_RESOURCES_HEAD) :])
    blocks.iptc = blocks.iptc or _iptc_resource(b"".join(resources))
    for parts in further.values():
        whole = b"".join(parts[offset] for offset in sorted(parts))
        if len(whole) <= MOST_BLOCK:
            blocks.xmp.append(whole)


def _segments(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the application segments before the pixels begin."""
    file.seek(2)
    read = 0
    for _ in range(_MOST_PARTS):
        marker = _exactly(file, 1)[0]
        if marker != 0xFF:
            return
        filling = 0
        while marker == 0xFF and filling < _MOST_FILLING:
            marker = _exactly(file, 1)[0]
            filling += 1
        if marker in {0xD9, 0xDA}:
            return
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            continue
        length = struct.unpack(">H", _exactly(file, 2))[0] - 2
        if length < 0:
            return
        if marker in {0xE1, 0xED} and read + length <= 4 * MOST_BLOCK:
            read += length
            yield marker, _exactly(file, length)
        else:
            file.seek(length, io.SEEK_CUR)


def _iptc_resource(data: bytes) -> bytes:
    """Return the IPTC block among Photoshop's resources."""
    at = 0
    while data[at : at + 4] == b"8BIM" and at + 7 <= len(data):
        number = struct.unpack_from(">H", data, at + 4)[0]
        name = data[at + 6] + 1
        at += 6 + name + name % 2
        if at + 4 > len(data):
            break
        length = struct.unpack_from(">I", data, at)[0]
        at += 4
        if number == _IPTC_RESOURCE:
            return data[at : at + length]
        at += length + length % 2
    return b""


# PNG and WebP ------------------------------------------------------------------------------------


def _read_png(file: BinaryIO, blocks: Blocks) -> None:
    file.seek(8)
    read = 0
    for _ in range(_MOST_PARTS):
        length, kind = struct.unpack(">I4s", _exactly(file, 8))
        if kind == b"IEND":
            return
        if kind in {b"iTXt", b"tEXt", b"zTXt", b"eXIf"} and read + length <= 2 * MOST_BLOCK:
            read += length
            data = _exactly(file, length)
            file.seek(4, io.SEEK_CUR)
            if kind == b"eXIf":
                _take_exif(data, blocks)
            else:
                _take_words(kind, data, blocks)
        else:
            file.seek(length + 4, io.SEEK_CUR)


def _take_words(kind: bytes, data: bytes, blocks: Blocks) -> None:
    keyword, _, rest = data.partition(b"\0")
    name = keyword.decode("latin-1")[:79]
    if kind == b"tEXt":
        words = rest.decode("latin-1")
    elif kind == b"zTXt":
        words = _inflated(rest[1:]).decode("latin-1")
    else:
        compressed = rest[:1] == b"\1"
        content = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        content = _inflated(content) if compressed else content
        if name == "XML:com.adobe.xmp":
            blocks.xmp.append(content)
            return
        words = content.decode("utf-8", "replace")
    if len(blocks.words) < 100 and not name.startswith("Raw profile type"):
        blocks.words.setdefault(name, words)


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MOST_BLOCK)
    except zlib.error:
        return b""


def _read_webp(file: BinaryIO, blocks: Blocks) -> None:
    file.seek(12)
    for _ in range(_MOST_PARTS):
        head = file.read(8)
        if not head:
            return
        kind, length = struct.unpack("<4sI", head)
        if kind in {b"XMP ", b"EXIF"} and length <= MOST_BLOCK:
            data = _exactly(file, length)
            if kind == b"XMP ":
                blocks.xmp.append(data)
            else:
                _take_exif(data.removeprefix(_EXIF_HEAD + b"\0"), blocks)
            file.seek(length % 2, io.SEEK_CUR)
        else:
            file.seek(length + length % 2, io.SEEK_CUR)


# TIFF and EXIF -----------------------------------------------------------------------------------


def _take_exif(data: bytes, blocks: Blocks) -> None:
    """Take the tags of an EXIF block; a damaged one costs no more than itself."""
    try:
        if data[:4] in {b"II*\0", b"MM\0*"}:
            _take_tags(io.BytesIO(data), blocks)
    except (struct.error, EOFError, OverflowError, ValueError):
        return


def _take_tags(file: BinaryIO, blocks: Blocks) -> None:
    """Take the tags of the first directory of a TIFF."""
    start = _exactly(file, 8)
    order = "<" if start[:2] == b"II" else ">"
    wide = b"+" in start[2:4]
    offset = struct.unpack(f"{order}I", start[4:])[0]
    if wide:
        offset = struct.unpack(f"{order}Q", _exactly(file, 8))[0]
    file.seek(offset)
    count = struct.unpack(f"{order}{'Q' if wide else 'H'}", _exactly(file, 8 if wide else 2))[0]
    entry = struct.Struct(f"{order}HHQ8s" if wide else f"{order}HHI4s")
    entries = [entry.unpack(_exactly(file, entry.size)) for _ in range(min(count, _MOST_TAGS))]
    for tag, kind, number, value in entries:
        length = number * _BYTES_OF_TYPE.get(kind, 0)
        if tag not in _KEPT_TAGS or not 0 < length <= MOST_BLOCK or tag in blocks.tags:
            continue
        if length > len(value):
            file.seek(struct.unpack(f"{order}{'Q' if wide else 'I'}", value)[0])
            blocks.tags[tag] = _exactly(file, length)
        else:
            blocks.tags[tag] = value[:length]
    if XMP_TAG in blocks.tags:
        blocks.xmp.append(blocks.tags.pop(XMP_TAG))
    blocks.iptc = blocks.iptc or blocks.tags.pop(IPTC_TAG, b"")
    blocks.iptc = blocks.iptc or _iptc_resource(blocks.tags.pop(RESOURCES_TAG, b""))
