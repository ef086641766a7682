"""Small pictures of every awkward kind, made here."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

RED, GREEN, BLUE, SAND = (200, 30, 40), (20, 160, 70), (30, 60, 190), (220, 200, 150)


def quarters(width: int = 40, height: int = 24) -> Pixels:
    """Four colours: red top left, green top right, blue bottom left, sand bottom right."""
    rgb = np.empty((height, width, 3), np.uint8)
    rgb[: height // 2, : width // 2] = RED
    rgb[: height // 2, width // 2 :] = GREEN
    rgb[height // 2 :, : width // 2] = BLUE
    rgb[height // 2 :, width // 2 :] = SAND
    return rgb


def as_stored(upright: Pixels, orientation: int) -> Pixels:
    """Lay an upright picture down as a camera does. Source: CIPA DC-008, 4.6.4 A."""
    return {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]


def noise(width: int, height: int, seed: int = 0) -> Pixels:
    """Something that no encoder can make small."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


# PNG by hand -------------------------------------------------------------------------------------


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    width: int, height: int, rows: bytes, depth: int = 8, colour: int = 2, extra: bytes = b""
) -> bytes:
    """A PNG whose header may say anything."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    data = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows, 1))
    return b"\x89PNG\r\n\x1a\n" + data + chunk(b"IEND", b"")


# Colour profiles by hand -------------------------------------------------------------------------


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _profile(kind: bytes, space: bytes, pcs: bytes, tags: dict[bytes, bytes]) -> bytes:
    """An ICC profile of version 2. Source: ICC.1:2001-04."""
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, body in tags.items():
        body += b"\0" * (-len(body) % 4)
        table += name + struct.pack(">II", start + len(data), len(body))
        data += body
    header = struct.pack(">I", start + len(data)) + b"\0\0\0\0\x02\x40\0\0"
    header += kind + space + pcs + b"\x07\xd0\0\1\0\1\0\0\0\0\0\0acsp" + b"\0" * 28
    header += _fixed(0.9642) + _fixed(1.0) + _fixed(0.8249)
    return header.ljust(128, b"\0") + table + data


def _description(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(raw)) + raw + b"\0" * 78


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


ADOBE_RGB = ((0.60974, 0.20528, 0.14919), (0.31111, 0.62567, 0.06322), (0.01947, 0.06087, 0.74457))
"""Colorants of Adobe RGB (1998), adapted to D50, in columns. Source: its specification, 4.3.5."""
ADOBE_GAMMA = 563 / 256


def adobe_profile(name: str = "Adobe RGB (1998)") -> bytes:
    columns = zip(*ADOBE_RGB, strict=True)
    tags = {b"desc": _description(name), b"cprt": b"text\0\0\0\0none\0"}
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + _fixed(0.9505) + _fixed(1) + _fixed(1.0891)
    for letter, column in zip(b"rgb", columns, strict=True):
        tags[bytes([letter]) + b"XYZ"] = b"XYZ \0\0\0\0" + b"".join(map(_fixed, column))
        tags[bytes([letter]) + b"TRC"] = _curve(ADOBE_GAMMA)
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def grey_profile(gamma: float) -> bytes:
    tags = {b"desc": _description(f"Grey {gamma}"), b"cprt": b"text\0\0\0\0none\0"}
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + _fixed(0.9642) + _fixed(1) + _fixed(0.8249)
    tags[b"kTRC"] = _curve(gamma)
    return _profile(b"mntr", b"GRAY", b"XYZ ", tags)


def press_profile(inks: dict[int, tuple[float, float, float]]) -> bytes:
    """A CMYK press. ``inks``: CIELAB by combination, bit 0 is cyan, bit 3 black; else black."""
    points = b""
    for combination in range(16):
        # The last ink varies fastest in the file, so cyan is the highest bit there.
        key = sum(1 << ink for ink in range(4) if combination >> (3 - ink) & 1)
        light, a, b = inks.get(key, (0.0, 0.0, 0.0))
        points += bytes([round(light * 2.55), round(a) + 128, round(b) + 128])
    ramp = bytes(range(256))
    unit = b"".join(_fixed(v) for v in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + unit + ramp * 4 + points + ramp * 3
    tags = {b"desc": _description("Test press"), b"cprt": b"text\0\0\0\0none\0", b"A2B0": table}
    tags[b"wtpt"] = b"XYZ \0\0\0\0" + _fixed(0.9642) + _fixed(1) + _fixed(0.8249)
    return _profile(b"prtr", b"CMYK", b"Lab ", tags)


# Colours by formula ------------------------------------------------------------------------------

_XYZ_D50_TO_SRGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)
"""Source: B. Lindbloom, "RGB/XYZ Matrices", sRGB adapted to D50 after Bradford."""


def xyz_to_srgb(xyz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return sRGB in 0 to 255. Source: IEC 61966-2-1."""
    linear = np.clip(_XYZ_D50_TO_SRGB @ xyz, 0, 1)
    bent = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return bent * 255


def adobe_to_srgb(rgb: tuple[int, int, int]) -> npt.NDArray[np.float64]:
    return xyz_to_srgb(np.array(ADOBE_RGB) @ (np.array(rgb) / 255) ** ADOBE_GAMMA)


def lab_to_srgb(light: float, a: float, b: float) -> npt.NDArray[np.float64]:
    """Source: CIE 15, 8.2.1.1, the inverse of CIELAB, white D50."""
    y = (light + 16) / 116
    f = np.array([y + a / 500, y, y - b / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    return xyz_to_srgb(xyz * np.array([0.9642, 1.0, 0.8249]))
