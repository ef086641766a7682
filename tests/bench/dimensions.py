"""How many dimension statements a second are read, on one core.

    python tests/bench/dimensions.py [STATEMENTS.csv …]

Reads the column ``statement`` or ``dimensions`` of each file, by default the statements of
``tests/dimensions``. Each is read once in every round: nothing is remembered between two readings.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

from pipeline.dimensions import parse_dimensions

_OURS = Path(__file__).parents[1] / "dimensions"
_SECONDS = 3.0


def statements(file: Path) -> list[str]:
    """Return the statements that a table has, without those kept as JSON."""
    with file.open(encoding="utf-8", newline="") as lines:
        texts = [
            row.get("statement") or row.get("dimensions") or "" for row in csv.DictReader(lines)
        ]
    return [text for text in texts if text and text[0] not in "{["]


def main() -> None:
    """Measure each file."""
    files = [Path(name) for name in sys.argv[1:]] or [_OURS / "gold.csv", _OURS / "rules.csv"]
    begun = time.perf_counter()
    parse_dimensions("1 cm")
    print(f"first statement (pint, tables): {time.perf_counter() - begun:.2f} s")
    for file in files:
        texts = statements(file)
        rounds, begun, used = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - begun < _SECONDS:
            for text in texts:
                parse_dimensions(text)
            rounds += 1
        used = time.process_time() - used
        print(
            f"{file.name}: {len(texts)} statements, {sum(map(len, texts)) / len(texts):.0f} "
            f"characters on average: {rounds * len(texts) / used:,.0f} a second of processor time"
        )


if __name__ == "__main__":
    main()
