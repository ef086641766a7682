"""What the main path costs, as a person waits for it: `python tests/bench/main_path.py`.

Whole processes, wall seconds: the demo rendered into an empty folder, again, and after one object's
knob was turned; how long help and import take; how soon Ctrl-C ends a run; how a kill at any moment
leaves it. Needs the demo's pictures (`make setup`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DEMO = ROOT / "configs" / "demo.yaml"
VIVANT = [sys.executable, "-m", "pipeline.cli"]


def machine() -> str:
    """Processor, cores, system and Python."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = [row for row in cpuinfo.read_text().splitlines() if row.startswith("model name")]
        name = lines[0].split(":")[1].strip() if lines else name
    load = os.getloadavg()[0]
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, load {load:.1f} at the start"
    )


def seconds(command: list[str]) -> float:
    """Wall seconds of a process that must succeed."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return time.perf_counter() - start


def render(out: Path, config: Path = DEMO) -> list[str]:
    return [*VIVANT, "render", str(config), "--out", str(out)]


def median(command: list[str], times: int) -> str:
    taken = sorted(seconds(command) for _ in range(times))
    return f"{statistics.median(taken):.2f} s ({taken[0]:.2f} to {taken[-1]:.2f}, {times} times)"


def stages(out: Path) -> dict[str, dict[str, float]]:
    report = json.loads((out / "demo" / "report.json").read_text("utf-8"))
    return dict(report["stages"])


def changed_config(folder: Path) -> Path:
    """The demo with another length for the vase's clip."""
    text = DEMO.read_text("utf-8").replace("../assets", str(ROOT / "assets"))
    config = folder / "changed.yaml"
    config.write_text(text + "  vase:\n    clip: {duration_s: 3}\n", encoding="utf-8")
    return config


def interrupt(out: Path) -> float:
    """Seconds from Ctrl-C to the end, in the middle of the clips."""
    run = subprocess.Popen(
        render(out), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    while not list(out.glob(".store/running/*/*/clip.mp4*")):
        time.sleep(0.05)
    start = time.perf_counter()
    os.killpg(run.pid, signal.SIGINT)
    if run.wait() != 130:
        sys.exit("an interrupted run must end with 130")
    return time.perf_counter() - start


def files_of(out: Path) -> dict[str, bytes]:
    times = {"report.json", "record.json", ".lock"}
    folder = out / "demo"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in times
    }


def kills(out: Path, expected: dict[str, bytes], count: int) -> str:
    """Kill the run ``count`` times at random moments, then let it end, and compare."""
    moments = random.Random(1)
    for _ in range(count):
        run = subprocess.Popen(
            render(out), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        time.sleep(moments.uniform(0.2, 8))
        if moments.random() < 0.5:
            run.kill()
        else:
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    seconds(render(out))
    found = files_of(out)
    if found != expected:
        wrong = sorted(set(found) ^ set(expected)) or [k for k in found if found[k] != expected[k]]
        sys.exit(f"after {count} kills these differ: {wrong}")
    return f"{count} kills, then one run: {len(found)} files, all the same bytes"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=12)
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "renders"
        print(f"demo, nothing stored: {seconds(render(out)):.1f} s")
        for name, stage in stages(out).items():
            peak = stage["peak_memory_bytes"] / 2**20
            print(f"  {name:15} {stage['made']:2} made, {stage['seconds']:6.1f} s, {peak:5.0f} MiB")
        print(f"demo, all stored: {median(render(out), 5)}")
        expected = files_of(out)
        other = Path(folder) / "other"
        shutil.copytree(out / ".store", other / ".store")
        took = seconds(render(other, changed_config(Path(folder))))
        print(f"one clip's length changed: {took:.1f} s")
        remade = {name: stage["made"] for name, stage in stages(other).items() if stage["made"]}
        print(f"  remade: {remade}")
        print(f"vivant --help: {median([*VIVANT, '--help'], 9)}")
        print(f"python, import pipeline: {median([sys.executable, '-c', 'import pipeline'], 9)}")
        print(f"python alone: {median([sys.executable, '-c', 'pass'], 9)}")
        print(f"Ctrl-C to the end: {interrupt(Path(folder) / 'stopped'):.2f} s")
        print(kills(Path(folder) / "killed", expected, asked.kills))


if __name__ == "__main__":
    main()
