"""How many entries a second of one core are told their kind.

    python -m tests.bench.kinds

Entries are the test's own (tests/kinds/*.csv), each with a title and an inventory number of its
own, so that no statement but the class and the medium comes twice.
"""

from __future__ import annotations

import time

from pipeline.kinds import Evidence, guess_kind
from pipeline.kindwords import _read, table
from tests.kinds.reading import told

COUNT = 40_000


def entries(count: int, *, repeated: bool) -> list[Evidence]:
    """Return ``count`` entries; where not ``repeated`` every statement is new."""
    known = [evidence for name in ("gold.csv", "traps.csv") for _, evidence in told(name)]
    made = []
    for number in range(count):
        evidence = known[number % len(known)]
        changed = evidence._replace(title=f"{evidence.title} no. {number}")
        if not repeated:
            mark = f" inv. {number}"
            changed = changed._replace(
                medium=evidence.medium and evidence.medium + mark,
                object_names=[name + mark for name in evidence.object_names],
                classifications=[name + mark for name in evidence.classifications],
            )
        made.append(changed)
    return made


def speed(work: list[Evidence]) -> float:
    """Return entries a second."""
    _read.cache_clear()
    start = time.process_time()
    for evidence in work:
        guess_kind(evidence)
    return len(work) / (time.process_time() - start)


def main() -> None:
    start = time.process_time()
    table()
    print(f"table read in {time.process_time() - start:.2f} s")
    for repeated, what in ((True, "as in a catalogue"), (False, "every statement new")):
        work = entries(COUNT, repeated=repeated)
        best = max(speed(work) for _ in range(3))
        print(f"{what}: {best:,.0f} entries a second of one core")


if __name__ == "__main__":
    main()
