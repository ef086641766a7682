"""Writes meshes as GLB, the binary form of glTF 2.0.

Writes the container itself, in a hundred lines. trimesh was measured first: its exporter writes
every JPEG again at Pillow's default quality and takes no bytes in its place, gives no
``bufferView.target`` (four hints of the validator a file), and costs 0.7 s to import. It stays
the independent reader that the tests use. Nothing here reads GLB.

Source: Khronos, glTF 2.0 Specification, ISO/IEC 12113:2022.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.errors import StoreError
from pipeline.items import Subject
from pipeline.protocols import MeshArrays
from pipeline.records import text_in

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

GENERATOR = "tableau-vivant"

_FLOAT, _USHORT, _UINT = 5126, 5123, 5125
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_LINEAR, _LINEAR_MIPMAP_LINEAR, _CLAMP_TO_EDGE = 9729, 9987, 33071
_SMALL_INDEX = 65535
"""Sixteen bits hold indices below this; the last value means "restart"."""
_CREASE_COS = float(np.cos(np.deg2rad(50)))
"""Points in one place share a normal where their faces meet at less than 50 degrees."""


@dataclass
class _Buffer:
    """The binary chunk as it grows, with the views and accessors into it."""

    data: bytearray
    views: list[dict[str, Any]]
    accessors: list[dict[str, Any]]

    def view(self, payload: bytes, target: int | None = None) -> int:
        view: dict[str, Any] = {
            "buffer": 0,
            "byteOffset": len(self.data),
            "byteLength": len(payload),
        }
        if target is not None:
            view["target"] = target
        self.views.append(view)
        self.data += payload + b"\0" * (-len(payload) % 4)
        return len(self.views) - 1

    def attribute(self, values: Array, kind: str, *, bounds: bool = False) -> int:
        values = np.ascontiguousarray(values, "<f4")
        accessor: dict[str, Any] = {
            "bufferView": self.view(values.tobytes(), _ARRAY_BUFFER),
            "componentType": _FLOAT,
            "count": len(values),
            "type": kind,
        }
        if bounds:
            accessor["min"] = [float(v) for v in values.min(axis=0)]
            accessor["max"] = [float(v) for v in values.max(axis=0)]
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def indices(self, faces: Array, vertices: int) -> int:
        small = vertices <= _SMALL_INDEX
        flat = np.ascontiguousarray(faces.reshape(-1), "<u2" if small else "<u4")
        self.accessors.append(
            {
                "bufferView": self.view(flat.tobytes(), _ELEMENT_ARRAY_BUFFER),
                "componentType": _USHORT if small else _UINT,
                "count": len(flat),
                "type": "SCALAR",
            }
        )
        return len(self.accessors) - 1


def write_glb(
    mesh: MeshArrays, subject: Subject, path: Path, *, size_known: bool, quality: int = 90
) -> None:
    """Write a mesh with what must be said about it: title, credit, rights, and whether metres.

    Raises:
        StoreError: if the texture cannot be encoded.
    """
    path.write_bytes(glb_bytes(mesh, subject, size_known=size_known, quality=quality))


def glb_bytes(mesh: MeshArrays, subject: Subject, *, size_known: bool, quality: int = 90) -> bytes:
    """Return a mesh as GLB. The same mesh gives the same bytes.

    Raises:
        StoreError: if the texture cannot be encoded.
    """
    buffer = _Buffer(bytearray(), [], [])
    faces = np.asarray(mesh.faces, np.int64)
    vertices = np.asarray(mesh.vertices, np.float32)
    shading = normals(vertices, faces) if mesh.normals is None else mesh.normals
    primitive = {
        "attributes": {
            "POSITION": buffer.attribute(vertices, "VEC3", bounds=True),
            "NORMAL": buffer.attribute(shading, "VEC3"),
            "TEXCOORD_0": buffer.attribute(mesh.uv, "VEC2"),
            "_OBSERVED": buffer.attribute(mesh.observed, "SCALAR"),
        },
        "indices": buffer.indices(faces, len(vertices)),
        "material": 0,
    }
    image = buffer.view(_jpeg(mesh.texture, quality))
    name = text_in(subject.title, "en") or subject.kind.value
    tree = {
        "asset": {
            "version": "2.0",
            "generator": GENERATOR,
            "copyright": subject.credit,
            "extras": _statement(subject, size_known),
        },
        "scene": 0,
        "scenes": [{"name": name, "nodes": [0]}],
        "nodes": [{"name": name, "mesh": 0}],
        "meshes": [{"name": subject.kind.value, "primitives": [primitive]}],
        "materials": [_material(mesh, subject)],
        "textures": [{"sampler": 0, "source": 0}],
        "images": [{"name": "photograph", "bufferView": image, "mimeType": "image/jpeg"}],
        "samplers": [
            {
                "magFilter": _LINEAR,
                "minFilter": _LINEAR_MIPMAP_LINEAR,
                "wrapS": _CLAMP_TO_EDGE,
                "wrapT": _CLAMP_TO_EDGE,
            }
        ],
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{"byteLength": len(buffer.data)}],
    }
    return _container(tree, bytes(buffer.data))


def _statement(subject: Subject, size_known: bool) -> dict[str, Any]:
    return {
        "title": dict(subject.title),
        "kind": subject.kind.value,
        "credit": subject.credit,
        "rights": subject.rights_uri,
        "size": "catalogue" if size_known else "unknown",
        "observed": "_OBSERVED: 1 seen in the photograph, 0.5 mirrored, 0 guessed",
    }


def _material(mesh: MeshArrays, subject: Subject) -> dict[str, Any]:
    return {
        "name": subject.kind.value,
        "pbrMetallicRoughness": {
            "baseColorTexture": {"index": 0},
            "metallicFactor": float(mesh.metallic),
            "roughnessFactor": float(mesh.roughness),
        },
        "doubleSided": False,
    }


def _jpeg(texture: Array, quality: int) -> bytes:
    # Full colour resolution: red figures on dark ground smear otherwise.
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    done, buffer = cv2.imencode(".jpg", np.ascontiguousarray(texture[..., ::-1]), options)
    if not done:
        raise StoreError("The texture of a mesh could not be encoded as JPEG.")
    return bytes(buffer.tobytes())


def _container(tree: dict[str, Any], binary: bytes) -> bytes:
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    total = 12 + 8 + len(text) + 8 + len(binary)
    return b"".join(
        [
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(binary), b"BIN\0"),
            binary,
        ]
    )


def normals(vertices: Array, faces: Array) -> Array:
    """Return (N, 3) float32 unit normals: smooth, but sharp where faces meet at an edge.

    A vertex takes the sum of its own faces, each weighted by its area, and of the faces of other
    vertices in the same place (a seam of the texture) that look nearly the same way.
    """
    corners = vertices.astype(np.float64)[faces]
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    own = np.zeros((len(vertices), 3))
    for axis in range(3):
        for corner in range(3):
            own[:, axis] += np.bincount(faces[:, corner], facing[:, axis], len(vertices))
    unit = _unit(own)
    keys = np.ascontiguousarray(vertices, np.float32).view([("", "f4")] * 3).reshape(-1)
    order = np.argsort(keys, kind="stable")
    place = np.cumsum(np.r_[False, keys[order][1:] != keys[order][:-1]])
    total = own.copy()
    for step in range(1, int(np.bincount(place).max())):
        a, b = order[:-step], order[step:]
        near = (place[:-step] == place[step:]) & ((unit[a] * unit[b]).sum(1) > _CREASE_COS)
        # Each vertex occurs once in a and once in b, so plain indexing adds everything.
        total[a[near]] += own[b[near]]
        total[b[near]] += own[a[near]]
    return _unit(total).astype(np.float32)


def _unit(vectors: Array) -> Array:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    up = np.array([0.0, 0.0, 1.0])
    return np.where(length > 0, vectors / np.where(length > 0, length, 1), up)


def seen_share(mesh: MeshArrays) -> float:
    """Share of the surface that the photograph shows, by area, as `Mesh.observed` wants it."""
    faces = np.asarray(mesh.faces)
    corners = np.asarray(mesh.vertices, np.float64)[faces]
    area = np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    seen = np.asarray(mesh.observed, np.float64)[faces].mean(axis=1)
    return float(np.clip((area * seen).sum() / max(area.sum(), 1e-300), 0, 1))
