"""Reads the files of objects whose kind people told."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.kinds import Evidence, guess_kind

FOLDER = Path(__file__).parent


def told(name: str) -> Iterator[tuple[dict[str, str], Evidence]]:
    """Yield every row of ``name`` with what it says as evidence."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sizes = {key: float(row[key]) for key in row if key.endswith("_m") and row[key]}
            classes, names = (
                [part for part in row[key].split(" | ") if part]
                for key in ("classification", "object_name")
            )
            yield row, Evidence(classes, names, row["medium"], row["title"], **sizes)


@dataclass
class Measured:
    """How often the kind was right."""

    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.confusion.total()

    @property
    def accuracy(self) -> float:
        return sum(n for (want, got), n in self.confusion.items() if want == got) / self.count

    @property
    def recall(self) -> dict[str, float]:
        totals: Counter[str] = Counter()
        for (want, _), n in self.confusion.items():
            totals[want] += n
        return {kind: self.confusion[kind, kind] / totals[kind] for kind in sorted(totals)}

    @property
    def macro(self) -> float:
        return sum(self.recall.values()) / len(self.recall)

    def __str__(self) -> str:
        confused = [f"{want} taken for {got}: {n}" for (want, got), n in self.confusion.items()]
        recall = [f"{kind} {share:.0%}" for kind, share in self.recall.items()]
        lines = [
            f"{self.accuracy:.1%} of {self.count} right; mean over kinds {self.macro:.1%}",
            f"found of each kind: {', '.join(recall)}",
            *sorted(
                line
                for line, (want, got) in zip(confused, self.confusion, strict=True)
                if want != got
            ),
            *self.wrong,
        ]
        return "\n".join(lines)


def measure(name: str) -> Measured:
    """Guess every row of ``name``."""
    measured = Measured()
    for row, evidence in told(name):
        guess = guess_kind(evidence)
        measured.confusion[row["kind"], guess.kind] += 1
        if guess.kind != row["kind"]:
            measured.wrong.append(f"  {guess.reason}, expected {row['kind']}: {row}")
    return measured
