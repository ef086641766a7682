"""Packed answers come out as they went in, a block at a time."""

from __future__ import annotations

import contextlib
import gzip
import random
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.net.unpack import Unpackable, unpack


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    " GZIP ": lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:]),
    "identity": bytes,
    "": bytes,
}


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@given(st.binary(), st.sampled_from(sorted(PACKERS)), st.integers(1, 50))
def test_what_was_packed_is_unpacked(data, coding, size):
    assert b"".join(unpack(pieces(PACKERS[coding](data), size), coding)) == data


@pytest.mark.parametrize("length", [0, 1, 262_143, 262_144, 262_145, 262_165, 1_000_003])
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate])
@pytest.mark.parametrize("kind", ["even", "random"])
def test_blocks_that_just_fit(length, pack, kind):
    data = b"a" * length if kind == "even" else random.Random(1).randbytes(length)
    coding = "gzip" if pack is gzip.compress else "deflate"

    for size in (1000, 65_536, len(data) + 100):
        assert b"".join(unpack(pieces(pack(data), size), coding)) == data


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_what_ends_early_is_refused(pack):
    packed = pack(b"museum" * 99)
    coding = "gzip" if pack is gzip.compress else "deflate"

    for length in range(1, len(packed)):
        with pytest.raises(Unpackable, match="ends early"):
            list(unpack([packed[:length]], coding))


@given(st.binary(min_size=1), st.sampled_from(["gzip", "deflate"]))
def test_anything_is_unpacked_or_refused(data, coding):
    with contextlib.suppress(Unpackable):
        assert all(isinstance(block, bytes) for block in unpack([data], coding))


def test_a_bomb_takes_one_block_of_memory():
    bomb = gzip.compress(bytes(100_000_000), 1)
    tracemalloc.start()

    total = sum(len(block) for block in unpack([bomb], "gzip"))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 100_000_000
    assert peak < 2_000_000
