"""How fast tables and JSON Lines are read, and in how much memory.

    .venv/bin/python tests/bench/tables.py            100,000 rows of each format
    .venv/bin/python tests/bench/tables.py 2000000    CSV alone, as many rows

Each is read in a process of its own, from its own file, up to the last `Described`. Seconds are of
the wall and of the processor: on a machine that others use as well the second says more. Memory is
the process's peak, with Python, pydantic and the parsers in it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 100_000
WIDTH = 24
HEADER = [
    "id",
    "title",
    "title_de",
    "creator",
    "kind",
    "medium",
    "dims",
    "h",
    "w",
    "image",
    "rights",
]
COLUMNS = {
    "id": "id",
    "title": {"en": "title", "de": "title_de"},
    "creator": "creator",
    "kind": "kind",
    "medium": "medium",
    "dimensions": "dims",
    "height": {"column": "h", "unit": "cm"},
    "width": {"column": "w", "unit": "cm"},
    "image": "image",
    "rights": "rights",
}


def row(number: int) -> list[str]:
    """One object, and columns that nothing is made of."""
    known = [f"1963.{number}", f"Vase, large, no. {number}", "Große Vase", "Unknown maker"]
    known += ["vessel", "ceramic", f"30 × {number % 90 + 1} cm", "30.5", "16.6"]
    known += [f"{number}.jpg", "CC0"]
    return known + [f"value {number} {column}" for column in range(WIDTH - len(known))]


def header() -> list[str]:
    """Names of all columns."""
    return HEADER + [f"more {column}" for column in range(WIDTH - len(HEADER))]


def write_csv(path: Path, rows: int) -> None:
    """Write a table as spreadsheets do."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header())
        writer.writerows(row(number) for number in range(rows))


def write_jsonl(path: Path, rows: int) -> None:
    """Write the same as objects."""
    names = header()
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            entry = dict(zip(names, row(number), strict=True))
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def write_xlsx(path: Path, rows: int) -> None:
    """Write the same as a workbook."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Objects")
    sheet.append(header())
    for number in range(rows):
        sheet.append(row(number))
    book.save(path)


def read(path: Path) -> None:
    """Read a file to its end and say what it took; runs in a process of its own."""
    from pipeline.sources.described import Described
    from pipeline.sources.documents import Desk
    from pipeline.sources.jsonlines import JsonLinesOptions, JsonLinesSource
    from pipeline.sources.table import TableOptions, TableSource

    given = {"catalogue": path.name, "columns": COLUMNS}
    desk = Desk(path.parent, None)  # type: ignore[arg-type]
    source = (
        JsonLinesSource(JsonLinesOptions.model_validate(given), desk)
        if path.suffix == ".jsonl"
        else TableSource(TableOptions.model_validate(given), desk)
    )
    wall, processor = time.perf_counter(), time.process_time()
    first = 0.0
    count = 0
    for entry in source.found():
        first = first or time.perf_counter() - wall
        assert isinstance(entry, Described), entry
        count += 1
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{path.suffix:6} {path.stat().st_size / 1e6:8.1f} MB  {count:9,} entries  "
        f"first after {first:5.2f} s  {wall:6.1f} s wall  {processor:6.1f} s processor  "
        f"{peak_mb:6.0f} MB peak",
        flush=True,
    )


def main() -> None:
    """Write, read, say."""
    if sys.argv[1:2] == ["--read"]:
        read(Path(sys.argv[2]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    writers = {".csv": write_csv, ".jsonl": write_jsonl, ".xlsx": write_xlsx}
    with tempfile.TemporaryDirectory() as folder:
        for suffix, write in writers.items():
            if suffix != ".csv" and rows > ROWS:
                continue
            path = Path(folder) / f"table{suffix}"
            write(path, rows)
            subprocess.run([sys.executable, __file__, "--read", str(path)], check=True)
            path.unlink()


if __name__ == "__main__":
    main()
