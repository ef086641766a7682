"""Measures drawing on a GPU against the compiled kernels: how fast, and whether it is the same.

    python tests/bench/clip_gpu.py [--device cuda|cpu] [--frames 120] [--bits 8] [--sizes WxH …]

Draws one clip of each size both ways and prints one table with the names of card and processor:
frames a second as the encoder would get them, the mean and the largest difference in levels of
8 bits, time until everything lies in the device's memory, and how much of that it took against
what the engine says beforehand. Ends with an error if the frames differ or it took more.

``--device cpu`` tries it out with tensors on the processor: slow, and the memory is not measured.
Needs torch and what the demo needs.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import clip_content

from pipeline.engines._framing import frame_shot
from pipeline.engines._gpu import card_name, on_cpu
from pipeline.engines._warp_torch import Drawer, needed_bytes
from pipeline.engines.clip_parallax import ParallaxOptions, _prepared
from pipeline.items import Kind
from pipeline.media.camera import Pose
from pipeline.media.warp import Sheet
from pipeline.protocols import Shot

if TYPE_CHECKING:
    from pipeline.protocols import Frame

_ALLOWED = 2.0
"""Levels of 8 bits that frames may differ by on average; they should not differ at all."""
_WARM = 4
"""Frames that are drawn before the clock runs."""
_COMPARED = 12
_PHOTO_PX = 4000


@dataclass(frozen=True)
class Scene:
    """What is drawn."""

    sheets: list[Sheet]
    poses: list[Pose]
    pivot: float
    frame_px: tuple[int, int]
    bits: int


@dataclass(frozen=True)
class Row:
    """What was found at one size."""

    size: str
    layers: int
    kernels_fps: float
    device_fps: float
    mean: float
    largest: float
    ready_s: float
    taken_bytes: int
    said_bytes: int


def scene_of(size: tuple[int, int], frames: int, bits: int) -> Scene:
    photo_px = (_PHOTO_PX, round(_PHOTO_PX * size[1] / size[0] / 2) * 2)
    rgb, mask, depth = clip_content.photograph(*photo_px)
    shot = Shot(*size, fps=30, frames=frames, kind=Kind.VESSEL, bits=bits)
    framing = frame_shot(rgb, mask, depth, shot, ParallaxOptions())
    made = _prepared(rgb, mask, depth, shot, framing)
    sheets = [Sheet(layer, made.ground) for layer in made.layers]
    poses = [made.camera.pose(2 * np.pi * n / frames) for n in range(frames)]
    return Scene(sheets, poses, made.camera.pivot, size, bits)


def timed(frames: Iterable[Frame]) -> float:
    """Return frames a second, without the first few."""
    start, count = 0.0, 0
    for index, _ in enumerate(frames):
        if index == _WARM:
            start = time.perf_counter()
        count = index
    return (count - _WARM) / (time.perf_counter() - start)


def measure(size: tuple[int, int], frames: int, bits: int, device: str) -> Row:
    import torch

    scene = scene_of(size, frames, bits)
    asked = (scene.poses, scene.pivot)
    if device != "cpu":
        torch.cuda.reset_peak_memory_stats()
    start = time.perf_counter()
    drawer = Drawer(scene.sheets, scene.frame_px, bits, device)
    if device != "cpu":
        torch.cuda.synchronize()
    ready_s = time.perf_counter() - start
    device_fps = timed(drawer.frames(*asked))
    some = scene.poses[:: max(1, frames // _COMPARED)]
    mine = list(drawer.frames(some, scene.pivot))
    taken = torch.cuda.max_memory_reserved() if device != "cpu" else 0
    drawer.close()
    theirs = list(on_cpu(scene.sheets, some, scene.pivot, size, bits))
    # Levels of 8 bits, whatever a sample has.
    off = [
        np.abs(a.astype(np.int32) - b) / (1 << (bits - 8))
        for a, b in zip(mine, theirs, strict=True)
    ]
    return Row(
        size=f"{size[0]} × {size[1]}",
        layers=len(scene.sheets),
        kernels_fps=timed(on_cpu(scene.sheets, *asked, size, bits)),
        device_fps=device_fps,
        mean=float(np.mean(off)),
        largest=float(np.max(off)),
        ready_s=ready_s,
        taken_bytes=taken,
        said_bytes=needed_bytes(scene.sheets, size),
    )


def show(rows: list[Row], device: str, bits: int, frames: int) -> None:
    import torch

    card = card_name() if device != "cpu" else "tensors on the processor, no GPU"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    processor = next(
        (
            line.split(":", 1)[1].strip()
            for line in _text("/proc/cpuinfo").splitlines()
            if line.startswith("model name")
        ),
        platform.processor() or platform.machine(),
    )
    print(f"\n{card}; torch {torch.__version__}. Kernels: one of {cores} cores of {processor}.")
    print(f"{frames} frames, {bits} bits. Differences in levels of 8 bits.\n")
    print("| frame | layers | kernels, f/s | device, f/s | × | mean | largest | ready | memory |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        taken = f"{row.taken_bytes / 2**20:.0f}" if row.taken_bytes else "–"
        print(
            f"| {row.size} | {row.layers} | {row.kernels_fps:.1f} | {row.device_fps:.1f} "
            f"| {row.device_fps / row.kernels_fps:.2f} | {row.mean:.4f} | {row.largest:.2f} "
            f"| {row.ready_s:.2f} s | {taken} of {row.said_bytes / 2**20:.0f} MiB |"
        )


def _text(path: str) -> str:
    return Path(path).read_text("utf-8") if Path(path).exists() else ""


def _size(text: str) -> tuple[int, int]:
    width, height = (int(side) for side in text.lower().split("x"))
    return width, height


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--bits", type=int, default=8, choices=(8, 10))
    parser.add_argument("--sizes", nargs="+", type=_size, default=[(1920, 1080), (3840, 2160)])
    args = parser.parse_args()
    if args.frames <= 2 * _WARM:
        parser.error(f"--frames must be more than {2 * _WARM}")
    try:
        import torch
    except ImportError:
        print("torch is not installed: pip install torch==2.13.0, built for this GPU's driver")
        return 2
    if args.device == "cuda" and not torch.cuda.is_available():
        print(f"torch {torch.__version__} finds no GPU; --device cpu tries this out without one")
        return 2
    rows = [measure(size, args.frames, args.bits, args.device) for size in args.sizes]
    show(rows, args.device, args.bits, args.frames)
    differ = [row.size for row in rows if row.mean > _ALLOWED]
    large = [row.size for row in rows if row.taken_bytes > row.said_bytes]
    for what, sizes in (("differ by more than allowed", differ), ("take more memory", large)):
        if sizes:
            print(f"FAILED: frames of {', '.join(sizes)} {what}")
    return 1 if differ or large else 0


if __name__ == "__main__":
    sys.exit(main())
