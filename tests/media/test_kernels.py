"""Each sum against the plain definition of what it does."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.media import kernels
from pipeline.media.kernels import BLEND, COVER, SKIP, Plane
from pipeline.media.warp import buffers_for

# Sums --------------------------------------------------------------------------------------------


def test_interpolation_is_exact():
    rng = np.random.default_rng(6)
    n = 20_000
    a, b, c, d = rng.integers(0, 256, (4, n), dtype=np.uint32)
    a[:16] = b[:16] = c[:16] = d[:16] = 255
    fx, fy = rng.integers(0, 256, (2, n), dtype=np.uint32)
    fx[:4], fy[:4] = [0, 255, 0, 255], [0, 0, 255, 255]
    truth = (
        (a.astype(int) * (256 - fx) + b.astype(int) * fx) * (256 - fy)
        + (c.astype(int) * (256 - fx) + d.astype(int) * fx) * fy
    )  # fmt: skip
    fraction = fx | fy << 8
    quads = a | b << 8 | c << 16 | d << 24
    found = [int(kernels._between(q, f)) for q, f in zip(quads[:2000], fraction, strict=False)]
    assert found == truth[:2000].tolist()
    # Colour: the samples of u are in the even bytes, those of v in the odd ones.
    upper, lower = a | c << 8 | b << 16 | d << 24, c | a << 8 | d << 16 | b << 24
    u = [int(kernels._between_rows(p, q, f)) for p, q, f in zip(upper[:2000], lower, fraction)]  # noqa: B905
    assert u == truth[:2000].tolist()


@pytest.mark.parametrize("bits", [8, 10])
def test_laying_over_is_right_on_average_and_exact_at_its_ends(bits):
    """Source: Porter and Duff, "Compositing digital images", 1984: over, opaque below."""
    top = (1 << bits) - 1
    dithers = np.arange(128, 1 << (24 - bits), 256, dtype=np.uint32) & 0xFF00
    for over in (0, 1 << 16, 123 << 16 | 45678, 255 << 16):
        for under in (0, top // 3, top):
            seen = {
                part: [
                    int(kernels._mixed(*map(np.uint32, (over, under, part, dither)), bits))
                    for dither in dithers
                ]
                for part in (0, 1, 64, 128, 255, 256)
            }
            assert set(seen[0]) == {under}, "where it is not, nothing changes"
            shift = 24 - bits
            assert seen[256] == [(over + int(dither)) >> shift for dither in dithers]
            for part, values in seen.items():
                truth = over / (1 << shift) * part / 256 + under * (1 - part / 256)
                assert np.mean(values) == pytest.approx(truth, abs=0.51)
                assert max(values) <= max(under, over / (1 << shift) + 1)


def test_coverage_goes_from_nothing_to_all():
    every = [
        int(kernels._part(np.uint32(level * 0x01010101), np.uint32(0))) for level in range(256)
    ]
    assert every[0] == 0
    assert every[255] == 256
    assert np.abs(np.array(every) - np.arange(256) * 256 / 255).max() < 1
    assert (np.diff(every) >= 1).all()


# Frames ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [SKIP, COVER, BLEND])
@pytest.mark.parametrize("frame", [(34, 18), (6, 10), (2, 2)])
def test_paint_writes_where_it_is_wanted_and_nowhere_else(kind, frame):
    width, height = frame
    whole = 3
    rows, columns = -(-height // 8), -(-width // 8)
    at = np.mgrid[: rows + 1, : columns + 1][::-1] * 8 + 2
    nodes = (at << 16).astype(np.int32)
    pitch = 8 * columns + 6
    luma, colour = np.full((2, pitch * (8 * rows + 6)), 255, np.uint8)
    luma = Plane(np.full_like(luma, 200), luma, pitch, 0, 0)
    both = np.full(colour.size // 4, 90 | 60 << 8, np.uint16)
    colour = Plane(both, colour[: both.size], pitch // 2, 1, 0)
    rng = np.random.default_rng(3)
    want = np.where(rng.random((rows, columns)) < 0.5, kind, SKIP).astype(np.uint8)
    targets, dither = [], np.zeros(64 * width, np.uint16)
    for n in (1, 2, 2):
        out = np.full(width // n * (height // n), 7, np.uint8)
        targets.append(kernels.Target(out, width // n, height // n, dither, width, 8))
    kernels.paint((luma, colour), nodes, want, tuple(targets), buffers_for(width + 8))
    for target, level, small in zip(targets, (200, 90, 60), (0, 1, 1), strict=True):
        side = 1 << (whole - small)
        wanted = np.kron(want != SKIP, np.ones((side, side)))[: target.height, : target.width]
        seen = target.out.reshape(target.height, target.width)
        assert np.array_equal(seen, np.where(wanted > 0, level, 7))
