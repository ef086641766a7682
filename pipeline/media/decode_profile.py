"""The colour profile of Adobe RGB (1998), for cameras that mean it and do not embed it.

Part of the decoding child, see `pipeline.media.decode_child`. Built here from the numbers of its
specification, because the published file must not be passed on and littleCMS cannot be asked for
it from Python.
"""

from __future__ import annotations

import struct

_RED, _GREEN, _BLUE = (
    (0.60974, 0.31111, 0.01947),
    (0.20528, 0.62567, 0.06087),
    (0.14919, 0.06322, 0.74457),
)
"""XYZ of the primaries, adapted to D50. Source: Adobe RGB (1998) Color Image Encoding, 4.3.5."""
_D50 = (0.9642, 1.0, 0.8249)
_GAMMA = 563
"""2.19921875 in steps of 1/256. Source: the same, 4.3.4.2."""


def adobe_rgb_profile() -> bytes:
    """Return an ICC profile of version 2. Source: ICC.1:2001-04, 6.1, 6.3.1.2, 6.5."""
    name = b"Adobe RGB (1998)\0"
    curve = b"curv\0\0\0\0" + struct.pack(">IH2x", 1, _GAMMA)
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(79),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": _xyz(_D50),
        b"rXYZ": _xyz(_RED),
        b"gXYZ": _xyz(_GREEN),
        b"bXYZ": _xyz(_BLUE),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, body in tags.items():
        table += tag + struct.pack(">II", start + len(data), len(body))
        data += body
    header = struct.pack(">I4xI", start + len(data), 0x02400000) + b"mntrRGB XYZ "
    header += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _xyz(_D50)[8:]
    return header.ljust(128, b"\0") + table + data


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))
