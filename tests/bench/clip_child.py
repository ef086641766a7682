"""Ours, in a fresh process, so that time and memory are its own.

    python clip_child.py render  PHOTO DEPTH OUT WIDTH HEIGHT FRAMES MASK
    python clip_child.py prepare PHOTO DEPTH OUT WIDTH HEIGHT FRAMES MASK
    python clip_child.py many    PHOTO DEPTH OUT WIDTH HEIGHT FRAMES MASK

`render` makes the clip; `prepare` stops before the second frame and says how long it took with
the pictures in memory and libraries and kernels loaded; `many` makes a hundred small clips and
says how much memory came to stay.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions
from pipeline.items import Kind
from pipeline.media.pixels import read_depth, read_mask, read_rgb
from pipeline.media.video import write_clip
from pipeline.protocols import Shot


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def main() -> None:
    what, photo, depth_file, out = sys.argv[1:5]
    width, height, frames = map(int, sys.argv[5:8])
    rgb, depth = read_rgb(Path(photo)), read_depth(Path(depth_file))
    mask = read_mask(Path(sys.argv[8]))
    shot = Shot(width_px=width, height_px=height, fps=30, frames=frames, kind=Kind.VESSEL)
    engine = ParallaxEngine(ParallaxOptions())
    if what == "prepare":
        few = (slice(0, rgb.shape[0], 40), slice(0, rgb.shape[1], 40))
        small = Shot(width_px=64, height_px=36, fps=30, frames=30, kind=Kind.VESSEL)
        next(engine.frames(rgb[few].copy(), mask[few].copy(), depth[few].copy(), small))
    start = time.perf_counter()
    said = {}
    if what == "render":
        write_clip(engine.frames(rgb, mask, depth, shot), Path(out), shot)
    elif what == "prepare":
        next(engine.frames(rgb, mask, depth, shot))
    else:
        early = 0.0
        for n in range(100):
            write_clip(engine.frames(rgb, mask, depth, shot), Path(out), shot)
            if n == 19:
                early = _resident_mb()
        said = {"early_mb": early, "late_mb": _resident_mb()}
    print(json.dumps({"seconds": time.perf_counter() - start} | said))


if __name__ == "__main__":
    main()
