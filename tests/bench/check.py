"""How long `vivant check` takes for a large export, and what memory: asked for, 60 s and 500 MB.

    python tests/bench/check.py [--rows 100000] [--rounds 3]

Makes a table of made-up objects with sizes, kinds and rights of every sort, a mapping for it, and
runs the command in a process of its own, as a museum would.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_KINDS = (
    ("Hanging scroll", "ink on silk"),
    ("Etching", "etching on paper"),
    ("Vase", "earthenware, glazed"),
    ("Oil painting", "oil on canvas"),
    ("Coin", "silver"),
    ("Photograph", "gelatin silver print"),
    ("Chair", "oak"),
    ("Wandteppich", "Wolle, Seide"),
)
_RIGHTS = ("CC0", "CC BY 4.0", "© The museum", "", "In copyright", "Public domain")
_CONFIG = """\
exhibit: {id: large, title: Large}
source:
  name: table
  catalogue: objects.csv
  columns:
    id: Number
    title: Title
    object_name: Object
    medium: Material
    dimensions: Size
    rights: Licence
    image: Picture
    credit: Credit
clip:
mesh:
gallery:
"""


def write_export(folder: Path, rows: int) -> Path:
    """Write a table and its config; return the config."""
    draw = random.Random(4)
    header = "Number,Title,Object,Material,Size,Licence,Picture,Credit,Room,Remark"
    with (folder / "objects.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(header.split(","))
        for number in range(rows):
            name, material = draw.choice(_KINDS)
            high, wide = draw.randint(50, 3000) / 10, draw.randint(50, 3000) / 10
            size = f"H. {high} x W. {wide} cm ({high / 2.54:.1f} x {wide / 2.54:.1f} in.)"
            table.writerow(
                [
                    f"{1850 + number % 170}.{number}",
                    f"{name} number {number}, seen from the left",
                    name,
                    material,
                    size,
                    draw.choice(_RIGHTS),
                    f"pictures/{number}.jpg",
                    "The museum of examples",
                    f"Room {number % 40}",
                    f"A remark of some length on object {number}, which the mapping leaves alone.",
                ]
            )
    (folder / "exhibit.yaml").write_text(_CONFIG, encoding="utf-8")
    return folder / "exhibit.yaml"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = write_export(Path(folder), asked.rows)
        command = [sys.executable, "-m", "pipeline.cli", "check", str(config), "--json"]
        walls, said = [], ""
        for _ in range(asked.rounds):
            start = time.perf_counter()
            said = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout
            walls.append(time.perf_counter() - start)
    found = json.loads(said)
    memory_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    counts = {name: value for name, value in found.items() if name != "remarks"}
    print(f"{os.cpu_count()} cores, {asked.rows:,} rows: {counts}")
    print(f"wall {statistics.median(walls):.1f} s (asked for: 60), peak {memory_mb:.0f} MB (500)")


if __name__ == "__main__":
    main()
