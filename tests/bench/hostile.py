"""Counts what becomes of a folder of hostile pictures: ``python tests/bench/hostile.py FOLDER…``.

Every file must be made or refused by name, within the time and memory that ingest allows.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import SourceError
from pipeline.stages.ingest_photo import IngestParams, ingest_photo


class Outcome(NamedTuple):
    """What became of one file."""

    path: Path
    seconds: float
    refused: str


def outcome(path: Path, params: IngestParams) -> Outcome:
    """Ingest one file into a folder that is then thrown away."""
    start = time.monotonic()
    refused = ""
    with tempfile.TemporaryDirectory() as folder:
        try:
            ingest_photo(path, params, folder=Path(folder))
        except SourceError as error:
            refused = str(error)
    return Outcome(path, time.monotonic() - start, refused)


def outcomes(folders: list[Path], params: IngestParams, workers: int = 2) -> list[Outcome]:
    """Ingest every file below ``folders``, in the order of their names."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda path: outcome(path, params), files))


def main() -> None:
    """Print the counts, the slowest and the largest."""
    import resource

    params = IngestParams()
    start = time.monotonic()
    done = outcomes([Path(name) for name in sys.argv[1:]], params)
    wall_s = time.monotonic() - start
    refused = [one for one in done if one.refused]
    reasons = Counter(
        re.split(r"[:,;(]", one.refused.removeprefix(f"{one.path}: "))[0] for one in refused
    )
    print(f"{len(done)} files: {len(done) - len(refused)} processed, {len(refused)} refused")
    for reason, count in reasons.most_common():
        print(f"  {count:5}  {reason}")
    print(f"{wall_s:.1f} s in all; the slowest:")
    for one in sorted(done, key=lambda one: -one.seconds)[:5]:
        print(f"  {one.seconds:6.2f} s  {one.path.name[:70]}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"peak memory of one decoding child: {peak / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
