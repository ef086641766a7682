"""How long a mesh takes, and how much memory: `python tests/bench/speed_mesh.py`.

A vase, a photograph's width of coins and a painting, each 2048 pixels long, at the default
budget. Prints the best of five, seconds for building and for writing, and the file's size.
"""

from __future__ import annotations

import resource
import time

import cv2
import numpy as np

from pipeline.engines.mesh_relief import ReliefEngine, ReliefOptions
from pipeline.items import Kind, Size, Subject
from pipeline.media.mesh import glb_bytes

SIDE = 2048


def things() -> list[tuple[Kind, np.ndarray, np.ndarray]]:
    """Kind, mask and depth of each."""
    vase = np.zeros((SIDE, SIDE // 2), np.float32)
    cv2.ellipse(vase, (SIDE // 4, SIDE // 2), (SIDE // 5, SIDE * 2 // 5), 0, 0, 360, 1, -1)
    coins = np.zeros((SIDE // 2, SIDE), np.float32)
    for x in range(150, SIDE - 100, 250):
        for y in range(150, SIDE // 2 - 100, 250):
            cv2.circle(coins, (x, y), 100, 1, -1)
    painting = np.ones((SIDE * 3 // 4, SIDE), np.float32)
    inside = cv2.distanceTransform(vase.astype(np.uint8), cv2.DIST_L2, 5)
    dome = np.sqrt(inside / inside.max()).astype(np.float32)
    return [
        (Kind.VESSEL, vase, dome),
        (Kind.COIN, coins, cv2.GaussianBlur(coins, (0, 0), 20)),
        (Kind.PAINTING, painting, np.full_like(painting, 0.5)),
    ]


def test_speed_of_meshes() -> None:
    engine = ReliefEngine(ReliefOptions())
    noise = np.random.default_rng(0)
    for kind, mask, depth in things():
        rgb = noise.integers(0, 256, (*mask.shape, 3), dtype=np.uint8)
        rgb = cv2.GaussianBlur(rgb, (0, 0), 3)
        about = Subject(
            kind=kind, size=Size(height_m=1), title={"en": "x"}, credit="c", rights_uri="r"
        )
        builds, writes = [], []
        for _ in range(5):
            start = time.perf_counter()
            mesh = engine.build(rgb, mask, depth, about)
            built = time.perf_counter()
            data = glb_bytes(mesh, about, size_known=True)
            builds.append(built - start)
            writes.append(time.perf_counter() - built)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{kind.value:9} build {min(builds):.2f} s, write {min(writes):.2f} s, "
            f"{len(mesh.faces)} faces, {len(data) / 1e6:.2f} MB, peak {peak_mb:.0f} MB"
        )
        assert min(builds) + min(writes) < 3


if __name__ == "__main__":
    test_speed_of_meshes()
