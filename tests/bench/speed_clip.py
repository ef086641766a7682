"""How fast clips are made, against the floor and against ffmpeg's zoompan, in one run.

    python tests/bench/speed_clip.py [--size 1280x720] [--seconds 4] [--rounds 3]

The floor is the encoder alone, given the very same frames ready in memory. All ways take turns in
each round, so that a busy machine hurts all alike; the best round of each counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import av
import cv2
import numpy as np

from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions
from pipeline.media.video import write_clip
from pipeline.protocols import Shot
from pipeline.records import Kind


def photograph(width: int, height: int):
    """A textured wall with a ball in front; twice as large as the frame."""
    rng = np.random.default_rng(1)
    size = (width * 2, height * 2)
    rgb = np.zeros((size[1], size[0], 3), np.float32)
    for cells, strength in ((8, 90), (60, 40), (400, 18)):
        noise = rng.standard_normal((cells, cells * 2, 3)).astype(np.float32)
        rgb += strength * cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[: size[1], : size[0]]
    away = np.hypot(x - size[0] / 2, y - size[1] / 2) / (0.36 * size[1])
    mask = (away < 1).astype(np.float32)
    rgb[..., 0] += 70 * mask
    depth = np.where(mask > 0, 0.6 + 0.4 * np.sqrt(np.clip(1 - away**2, 0, 1)), 0.15)
    return (rgb + 128).clip(0, 255).astype(np.uint8), mask, depth.astype(np.float32)


def machine() -> str:
    model = (
        next(
            (
                line.split(":")[1].strip()
                for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")
            ),
            platform.processor(),
        )
        if Path("/proc/cpuinfo").exists()
        else platform.processor()
    )
    return (
        f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, OpenCV {cv2.__version__}, PyAV {av.__version__}"
    )


def zoompan(photo: Path, out: Path, shot: Shot) -> None:
    """The usual one-liner: no depth, no layers."""
    zoom = (
        f"zoompan=z='1+0.04*(1-cos(2*PI*on/{shot.frames}))':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2'"
        f":d={shot.frames}:s={shot.width_px}x{shot.height_px}:fps={shot.fps}"
    )
    subprocess.run(
        [
            "ffmpeg",
            "-y",
            "-v",
            "error",
            "-i",
            photo,
            "-vf",
            zoom,
            "-frames:v",
            str(shot.frames),
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "18",
            "-pix_fmt",
            "yuv420p",
            out,
        ],
        check=True,
    )


def timed(work) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    frames = round(asked.seconds * 30)
    rgb, mask, depth = photograph(width, height)
    flat = np.full(mask.shape, 0.5, np.float32)
    one = np.ones(mask.shape, np.float32)
    shots = {
        kind: Shot(width_px=width, height_px=height, fps=30, frames=frames, kind=kind)
        for kind in (Kind.VESSEL, Kind.PAINTING)
    }
    engine = ParallaxEngine(ParallaxOptions())
    vessel = shots[Kind.VESSEL]

    def layers():
        return engine.frames(rgb, mask, depth, vessel)

    def sheet():
        return engine.frames(rgb, one, flat, shots[Kind.PAINTING])

    ready = list(layers())
    with tempfile.TemporaryDirectory() as folder:
        out, photo = Path(folder) / "clip.mp4", Path(folder) / "photo.png"
        cv2.imwrite(str(photo), rgb[..., ::-1])
        ways = {
            "floor: encode ready frames": lambda: write_clip(iter(ready), out, vessel),
            "parallax, two layers: clip": lambda: write_clip(layers(), out, vessel),
            "parallax, flat work: clip": lambda: write_clip(sheet(), out, vessel),
            "parallax, two layers: frames alone": lambda: [None for _ in layers()],
            "parallax, flat work: frames alone": lambda: [None for _ in sheet()],
            "ready for the first frame": lambda: next(layers()),
            "ffmpeg zoompan (no depth)": lambda: zoompan(photo, out, vessel),
        }
        best = dict.fromkeys(ways, (float("inf"), 0.0))
        for _ in range(asked.rounds):
            for name, work in ways.items():
                best[name] = min(best[name], timed(work))
    floor = best["floor: encode ready frames"][0]
    print(f"{width} x {height}, {frames} frames, best of {asked.rounds} rounds")
    print(machine())
    for name, (wall, cpu) in best.items():
        per = f"{wall / frames * 1000:6.1f} ms/frame, cpu {cpu / frames * 1000:6.1f}"
        print(f"{name:36} {wall:6.2f} s  {per}  {wall / floor:5.2f} x floor")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process {peak:.0f} MB, {len(ready)} ready frames included")


if __name__ == "__main__":
    main()
