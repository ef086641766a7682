"""How many dimension statements a second are read, on one core.

    python tests/bench/dimensions.py [STATEMENTS.csv …]

Reads the column ``statement`` or ``dimensions`` of each file, by default the statements of
``tests/dimensions``. From the third round on shapes are known (`pipeline.dimensions.shapes`), as in
a collection whose statements are alike; how fast shapes are read that nobody has seen is measured
beside it.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.dimensions import parse_dimensions
from pipeline.dimensions.parse import read_statement
from pipeline.dimensions.reading import made

_OURS = Path(__file__).parents[1] / "dimensions"
_SECONDS = 3.0


def statements(file: Path) -> list[str]:
    """Return the statements that a table has, without those kept as JSON."""
    with file.open(encoding="utf-8", newline="") as lines:
        texts = [
            row.get("statement") or row.get("dimensions") or "" for row in csv.DictReader(lines)
        ]
    return [text for text in texts if text and text[0] not in "{["]


def speed(texts: list[str], read: Callable[[str], object]) -> float:
    """Return statements a second of processor time."""
    rounds, begun, used = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - begun < _SECONDS:
        for text in texts:
            read(text)
        rounds += 1
    return rounds * len(texts) / (time.process_time() - used)


def main() -> None:
    """Measure each file."""
    files = [Path(name) for name in sys.argv[1:]] or [_OURS / "gold.csv", _OURS / "rules.csv"]
    begun = time.perf_counter()
    parse_dimensions("1 cm")
    print(f"first statement (pint, tables): {time.perf_counter() - begun:.2f} s")
    for file in files:
        texts = statements(file)
        known = speed(texts, parse_dimensions)
        new = speed(texts, lambda text: made(read_statement(text, None)))
        print(
            f"{file.name}: {len(texts)} statements, {sum(map(len, texts)) / len(texts):.0f} "
            f"characters on average: {known:,.0f} a second of processor time, {new:,.0f} of shapes "
            "that are new"
        )


if __name__ == "__main__":
    main()
