"""How fast clips are made and what memory they take, against the encoder alone and the peers.

    python tests/bench/clip.py [--quick] [--rounds 5] [--python PATH]... [--parts …]

Prints one table with the machine. The floor is the encoder alone, given the very same frames
ready in memory, through the very same writer. Floor and ours take turns in each round, so that a
busy machine hurts both alike; medians count. Peers are whole processes on the same photograph,
depth, size and length, in turn with ours as a whole process. A peer that is not installed is
named with what installs it; ``--python`` names interpreters of environments that hold them.

How true the frames are is measured by `clip_quality`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import clip_content

from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions
from pipeline.items import Kind
from pipeline.media.video import write_clip
from pipeline.protocols import Shot

HERE = Path(__file__).parent
_PHOTO = (4000, 2250)
_LARGE = (6000, 4000)
_FULL_FRAMES = 60
"""Whole processes are judged on clips of this length or more; shorter ones are all preparation."""
_failed: list[str] = []


@dataclass(frozen=True)
class Peer:
    """Another way to make a clip, as a whole process."""

    script: str
    modules: tuple[str, ...]
    install: str
    slow: bool = False
    """One round says enough."""
    at_least: float = 0.0
    """How many times faster ours is to be; 0: it is only told."""
    few: bool = False
    """Only a few frames are made, and their time is carried forward."""


_PEERS = {
    "OpenCV maps, ffmpeg pipe": Peer(
        "peers_opencv.py", ("cv2",), "opencv-python-headless", at_least=1.0
    ),
    "torch grid_sample loop": Peer(
        "peers_torch.py",
        ("torch", "imageio", "imageio_ffmpeg", "cv2", "PIL"),
        "torch==2.13.0 'imageio[ffmpeg]' opencv-python-headless pillow",
        slow=True,
        at_least=2.5,
    ),
    "MoviePy resize (no depth)": Peer(
        "peers_moviepy.py", ("moviepy",), "moviepy==2.2.1", slow=True, at_least=5.0
    ),
    "DepthFlow 1.0.1": Peer(
        "peers_depthflow.py", ("depthflow",), "depthflow==1.0.1", slow=True, at_least=20.0, few=True
    ),
}


def machine() -> str:
    """Say what this was measured on."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return (
        f"{(names or [platform.processor()])[0]}, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}; Python {platform.python_version()}, OpenCV {cv2.__version__}, "
        f"NumPy {np.__version__}, PyAV {av.__version__}; {time.strftime('%Y-%m-%d')}"
    )


def row(name: str, figure: str, limit: str = "", good: bool | None = None) -> None:
    """Print one line of the table and remember a miss; ``None`` is told and not judged."""
    word = "" if good is None else ("PASS" if good else "FAIL")
    if good is False:
        _failed.append(name)
    print(f"| {name} | {figure} | {limit} | {word} |", flush=True)


@dataclass(frozen=True)
class Span:
    """What a piece of work took."""

    wall_s: float
    cpu_s: float


def timed(work: Callable[[], object]) -> Span:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Span(time.perf_counter() - wall, time.process_time() - cpu)


def median(times: list[float]) -> str:
    spread = f" ({min(times):.2f} to {max(times):.2f})" if len(times) > 1 else ""
    return f"{statistics.median(times):.2f} s{spread}"


# --- Floor and ours, in one process -------------------------------------------------------------


def loops(shot: Shot, rounds: int, folder: Path) -> None:
    """Print the floor, and warp and encode of layers and of a flat work, at one size."""
    rgb, mask, depth = clip_content.photograph(*_PHOTO)
    pictures = (rgb, mask, depth)
    flat = (rgb, np.ones_like(mask), np.full(mask.shape, 0.5, np.float32))
    painting = Shot(shot.width_px, shot.height_px, shot.fps, shot.frames, Kind.PAINTING)
    engine = ParallaxEngine(ParallaxOptions())
    ready = [frame.copy() for frame in engine.frames(*pictures, shot)]
    out = folder / "loop.mp4"

    def made(arrays, kind: Shot) -> Span:
        frames = engine.frames(*arrays, kind)
        first = next(frames)  # everything is prepared
        return timed(lambda: write_clip(chain([first], frames), out, kind))

    ways: dict[str, Callable[[], Span]] = {
        "floor": lambda: timed(lambda: write_clip(iter(ready), out, shot)),
        "layers": lambda: made(pictures, shot),
        "flat work": lambda: made(flat, painting),
        "first frame": lambda: timed(lambda: next(engine.frames(*pictures, shot))),
    }
    spans: dict[str, list[Span]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, work in ways.items():
            spans[name].append(work())
    write_clip(iter(ready), out, shot)
    rate = out.stat().st_size * 8 / shot.frames * shot.fps / 1e6
    _loop_rows(shot, spans, f"({rate:.1f} Mbit/s)")


def _loop_rows(shot: Shot, spans: dict[str, list[Span]], rate: str) -> None:
    title = f"{shot.height_px}p, {shot.frames} frames"
    walls = {name: [span.wall_s for span in each] for name, each in spans.items()}
    cpu = {
        name: f"{statistics.median(s.cpu_s for s in each) / shot.frames * 1000:.0f} ms CPU a frame"
        for name, each in spans.items()
    }
    floor = statistics.median(walls["floor"])
    row(
        f"{title}: the floor, encoding ready frames {rate}",
        f"{median(walls['floor'])}, {cpu['floor']}",
    )
    for name in ("layers", "flat work"):
        share = statistics.median(walls[name]) / floor
        figure = f"{median(walls[name])}, {cpu[name]}, {share:.2f} × floor"
        row(f"{title}: warp and encode, {name}", figure, "≤ 1.25 ×", share <= 1.25)
    row(f"{title}: ready for the first frame", median(walls["first frame"]))


# --- Whole processes ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """One process that ended."""

    seconds: float
    peak_mb: float
    said: str


_LAUNCH = """
import json, os, sys, time
start = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
said = [time.perf_counter() - start, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)]
open(sys.argv[1], "w").write(json.dumps(said))
"""
"""Linux counts to a child what its parent held when it was born; so the parent is a small one."""


def run(command: Sequence[str | Path], **variables: str) -> Run:
    """Run a process to its end; its own wall time, peak memory and last line."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parent.parent), "LIBGL_ALWAYS_SOFTWARE": "1"}
    environment |= variables
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        launched = subprocess.run(
            [sys.executable, "-S", "-c", _LAUNCH, report, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            check=True,
        )
        seconds, peak_mb, code = json.loads(report.read_text())
    said = launched.stdout.decode(errors="replace").strip()
    if code:
        raise RuntimeError(f"{command[1]} ended with {code}: {said[-600:]}")
    return Run(seconds, peak_mb, said.splitlines()[-1] if said else "")


def checked(out: Path, size: tuple[int, int], frames: int) -> None:
    """A peer that makes another size or length would win by cheating."""
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        found = (stream.codec_context.width, stream.codec_context.height, stream.frames)
    if found[:2] != size or abs(found[2] - frames) > 1:
        raise RuntimeError(f"{out.name} is {found}, expected {(*size, frames)}")


def holder(peer: Peer, pythons: list[str]) -> str | None:
    """Return the first interpreter that has all that a peer needs."""
    ask = f"import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, {peer.modules!r})))"
    for python in pythons:
        if subprocess.run([python, "-c", ask], check=False, capture_output=True).returncode == 0:
            return python
    return None


def zoompan(
    paths: dict[str, Path], out: Path, size: tuple[int, int], frames: int
) -> list[str | Path]:
    """The usual one-liner: no depth, whole-pixel steps."""
    move = (
        f"zoompan=z='1+0.04*(1-cos(2*PI*on/{frames}))':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2'"
        f":d={frames}:s={size[0]}x{size[1]}:fps=30"
    )
    command = ["ffmpeg", "-y", "-v", "error", "-i", paths["photo"], "-vf", move]
    command += ["-frames:v", str(frames), "-c:v", "libx264", "-preset", "veryfast"]
    return [*command, "-crf", "18", "-pix_fmt", "yuv420p", out]


def processes(shot: Shot, rounds: int, pythons: list[str], paths: dict[str, Path]) -> None:
    """Print ours and the peers as whole processes, in turn."""
    size, title = (shot.width_px, shot.height_px), f"{shot.height_px}p process"
    out = paths["photo"].with_name("process.mp4")
    numbers = [str(n) for n in (*size, shot.frames)]

    asked = [paths["photo"], paths["depth"], out, *numbers]

    def script(python: str, name: str) -> list[str | Path]:
        return [python, HERE / name, *asked]

    ours = [sys.executable, HERE / "clip_child.py", "render", *asked, paths["mask"]]
    commands = {"ours": ours}
    if shutil.which("ffmpeg"):
        commands["ffmpeg zoompan (no depth)"] = zoompan(paths, out, size, shot.frames)
    else:
        row(f"{title}: ffmpeg zoompan, OpenCV pipe", "skipped: no ffmpeg on the path")
    for name, peer in _PEERS.items():
        python = holder(peer, pythons)
        if python is None:
            row(f"{title}: {name}", f"skipped: pip install {peer.install}")
        elif not peer.few:
            commands[name] = script(python, peer.script)
    with tempfile.TemporaryDirectory() as empty:
        cold = run(ours, NUMBA_CACHE_DIR=empty)
    row(f"{title}: ours, the first after installing (kernels compile)", f"{cold.seconds:.2f} s")
    run(ours)  # from now on they are on the disk
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for n in range(rounds):
        for name, command in commands.items():
            if n == 0 or not (name in _PEERS and _PEERS[name].slow):
                runs[name].append(run(command))
                checked(out, size, shot.frames)
    mine = statistics.median(r.seconds for r in runs["ours"])
    for name, done in runs.items():
        _process_row(f"{title}: {name}", done, mine, _judged(name, shot))
    _few_frames(shot, pythons, script, mine / shot.frames)


def _judged(name: str, shot: Shot) -> Peer | None:
    return _PEERS.get(name) if shot.frames >= _FULL_FRAMES else None


def _process_row(title: str, done: list[Run], mine: float, peer: Peer | None) -> None:
    times = [r.seconds for r in done]
    ratio = statistics.median(times) / mine
    figure = f"{median(times)}, {max(r.peak_mb for r in done):.0f} MB"
    if peer is None or not peer.at_least:
        row(title, figure + ("" if title.endswith("ours") else f", {ratio:.2f} × ours"))
    else:
        limit = f"≥ {peer.at_least:g} × ours"
        row(title, f"{figure}, {ratio:.2f} × ours", limit, ratio >= peer.at_least)


def _few_frames(shot: Shot, pythons: list[str], script, mine: float) -> None:
    """Peers too slow to run in full: the difference of two short runs is their pace."""
    for name, peer in _PEERS.items():
        python = holder(peer, pythons)
        if not peer.few or python is None:
            continue
        short, long = 3, 9
        took = []
        for frames in (short, long):
            command = script(python, peer.script)
            command[-1] = str(frames)
            took.append(run(command).seconds)
        pace = (took[1] - took[0]) / (long - short)
        title = f"{shot.height_px}p: {name}, {long} frames alone, software OpenGL"
        figure = f"{pace * 1000:.0f} ms a frame, {pace / mine:.1f} × ours"
        if _judged(name, shot):
            limit = f"≥ {peer.at_least:g} × ours"
            row(title, figure, limit, pace / mine >= peer.at_least)
        else:
            row(title, figure)


# --- Memory -------------------------------------------------------------------------------------


def memory(folder: Path, *, quick: bool) -> None:
    """Print preparation of a large photograph, memory at 2160p, and a hundred clips."""

    def child(what: str, paths: dict[str, Path], *numbers: int) -> tuple[Run, dict[str, float]]:
        command = [sys.executable, HERE / "clip_child.py", what, paths["photo"], paths["depth"]]
        done = run([*command, folder / "m.mp4", *map(str, numbers), paths["mask"]])
        return done, json.loads(done.said)

    large = clip_content.write(folder, *_LARGE)
    for size in ((1920, 1080), (3840, 2160)):
        done, said = child("prepare", large, *size, 150)
        title = f"24 megapixels for {size[1]}p: preparation"
        row(title, f"{said['seconds']:.2f} s", "≤ 2 s", said["seconds"] <= 2)
        row(f"{title}, peak memory", f"{done.peak_mb:.0f} MB", "≤ 1500 MB", done.peak_mb <= 1500)
    photo = clip_content.write(folder, *_PHOTO)
    lengths = (40, 80) if quick else (60, 150)  # both longer than what the encoder looks ahead
    peaks = [child("render", photo, 3840, 2160, n)[0].peak_mb for n in lengths]
    for n, peak in zip(lengths, peaks, strict=True):
        row(f"2160p, {n} frames: peak memory", f"{peak:.0f} MB", "≤ 1200 MB", peak <= 1200)
    grown = peaks[1] - peaks[0]
    row("2160p: memory that length adds", f"{grown:.0f} MB", "≤ 50 MB", grown <= 50)
    if Path("/proc/self/statm").exists():
        small = clip_content.write(folder, 640, 360)
        _, said = child("many", small, 320, 180, 12)
        grown = said["late_mb"] - said["early_mb"]
        figure = f"{said['early_mb']:.0f} MB after 20, {grown:+.1f} MB after 100"
        row("100 clips of 320 × 180 in one process", figure, "≤ 8 MB", grown <= 8)
    else:
        row("100 clips in one process", "skipped: no /proc here")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="short clips, two rounds, peers not judged"
    )
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--python", action="append", default=[], help="interpreter with peers")
    parser.add_argument("--parts", default="loops,processes,memory")
    asked = parser.parse_args()
    rounds = asked.rounds or (2 if asked.quick else 5)
    shots = [
        Shot(width, height, 30, frames // (5 if asked.quick else 1), Kind.VESSEL)
        for width, height, frames in ((1920, 1080, 150), (3840, 2160, 60))
    ]
    print(f"{machine()}\n\nMedians of {rounds} rounds (slow peers: one).\n")
    print("| | measured | asked for | |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for shot in shots if "loops" in asked.parts else ():
            loops(shot, rounds, folder)
        if "processes" in asked.parts:
            paths = clip_content.write(folder, *_PHOTO)
            for shot in shots:
                processes(shot, min(3, rounds), [sys.executable, *asked.python], paths)
        if "memory" in asked.parts:
            memory(folder, quick=asked.quick)
    print(f"\n{len(_failed)} figures miss what is asked for.")
    return 1 if _failed else 0


if __name__ == "__main__":
    sys.exit(main())
