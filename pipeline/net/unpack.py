"""Unpacks what servers packed for the way (Content-Encoding), a little at a time.

A small answer can unpack to any size, so never more than one block is unpacked before the
caller has counted it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

_BLOCK_BYTES = 256 * 1024
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""Window bits of zlib: 15, and 16 more for gzip's header. Source: zlib manual, inflateInit2."""


class Unpackable(Exception):
    """The answer is packed in a way that cannot be unpacked."""


def unpack(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Yield the unpacked bytes of an answer in blocks.

    Raises:
        Unpackable: if ``coding`` is unknown or the data are damaged or end early.
    """
    name = coding.strip().lower()
    if name in {"", "identity"}:
        yield from chunks
        return
    if name not in _WINDOWS:
        raise Unpackable(f"it is packed as {coding[:40]!r}, which was not asked for")
    try:
        yield from _inflate(chunks, _WINDOWS[name])
    except zlib.error as error:
        raise Unpackable(f"it cannot be unpacked ({error})") from error


def _inflate(chunks: Iterable[bytes], window: int) -> Iterator[bytes]:
    stream = zlib.decompressobj(window)
    begun = False
    for chunk in chunks:
        data, block = chunk, b""
        # A full block may have left more inside zlib, although all input is taken.
        while data or len(block) == _BLOCK_BYTES:
            if stream.eof and data:  # several gzip members, one after the other
                stream = zlib.decompressobj(window)
            try:
                block = stream.decompress(data, _BLOCK_BYTES)
            except zlib.error:
                if begun or window != _WINDOWS["deflate"]:
                    raise
                # Some servers mean the bare format. Source: RFC 9110, 8.4.1.2, note.
                stream = zlib.decompressobj(-window)
                block = stream.decompress(data, _BLOCK_BYTES)
            begun = True
            data = stream.unconsumed_tail or stream.unused_data
            if block:
                yield block
    if begun and not stream.eof:
        raise Unpackable("it is packed and ends early")
