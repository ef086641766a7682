"""A network with YuNet's outputs that takes red squares of 32 px for faces, written by hand.

It is for tests: OpenCV runs it as it runs YuNet. ONNX is a protocol buffer; what is written of it
here is what the network needs. Source: onnx.proto3; opencv, modules/objdetect/face_detect.cpp.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

STRIDES = (8, 16, 32)
FACE_PX = 32


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def _int(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value % (1 << 64))


def _bytes(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _tensor(name: str, dims: Iterable[int], values: list[float], *, whole: bool = False) -> bytes:
    form = f"<{len(values)}{'q' if whole else 'f'}"
    body = b"".join(_int(1, dim) for dim in dims)
    return (
        body + _int(2, 7 if whole else 1) + _bytes(8, name) + _bytes(9, struct.pack(form, *values))
    )


def _ints(name: str, values: list[int]) -> bytes:
    return _bytes(5, _bytes(1, name) + b"".join(_int(8, v) for v in values) + _int(20, 7))


def _node(op: str, inputs: list[str], output: str, attributes: bytes = b"") -> bytes:
    names = b"".join(_bytes(1, name) for name in inputs)
    return _bytes(1, names + _bytes(2, output) + _bytes(3, output) + _bytes(4, op) + attributes)


def _value(field: int, name: str, dims: list[int]) -> bytes:
    shape = b"".join(_bytes(1, _int(1, dim)) for dim in dims)
    return _bytes(field, _bytes(1, name) + _bytes(2, _bytes(1, _int(1, 1) + _bytes(2, shape))))


def _head(name: str, stride: int, channels: int, weights: list[float], bias: list[float]) -> bytes:
    """One convolution that looks at cells of ``stride``, and its cells in a row."""
    area = stride * stride
    kernel = [w / area for w in weights for _ in range(area)]
    graph = _bytes(5, _tensor(f"{name}_w", [channels, 3, stride, stride], kernel))
    graph += _bytes(5, _tensor(f"{name}_b", [channels], bias))
    graph += _bytes(5, _tensor(f"{name}_s", [3], [1, -1, channels], whole=True))
    sides = _ints("kernel_shape", [stride] * 2) + _ints("strides", [stride] * 2)
    graph += _node("Conv", ["input", f"{name}_w", f"{name}_b"], f"{name}_c", sides)
    last = f"{name}_c"
    if channels == 1:
        graph += _node("Sigmoid", [last], f"{name}_g")
        last = f"{name}_g"
    graph += _node("Transpose", [last], f"{name}_t", _ints("perm", [0, 2, 3, 1]))
    return graph + _node("Reshape", [f"{name}_t", f"{name}_s"], name)


def write_tiny_yunet(path: Path) -> Path:
    """Write the network and return its path."""
    side = 320
    graph = _bytes(2, "tiny")
    outputs = b""
    for kind, channels in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
        for stride in STRIDES:
            name = f"{kind}_{stride}"
            weights, bias = [0.0] * (3 * channels), [0.0] * channels
            if kind == "bbox":
                bias = [0.5, 0.5, 0.0, 0.0]  # in the middle of its cell, as large as a cell
            if channels == 1:
                # Blue, green, red: only red squares that fill a cell of 32 px are sure.
                weights = [-0.2, -0.2, 0.2]
                bias = [-20.0 if stride == FACE_PX else -200.0]
            graph += _head(name, stride, channels, weights, bias)
            outputs += _value(12, name, [1, (side // stride) ** 2, channels])
    graph += _value(11, "input", [1, 3, side, side]) + outputs
    path.write_bytes(_int(1, 7) + _bytes(7, graph) + _bytes(8, _bytes(1, "") + _int(2, 11)))
    return path
