"""Draws the statements of ``gold.csv`` from the museums' own data, the same ones every time.

    python tests/dimensions/draw.py CATALOGUES

prints every statement with its source, one JSON document a line, in the order of ``gold.csv``.
300 are ``drawn`` from all there are. Most of those are plain, so 100 ``rare`` ones follow, drawn
from what is left whose shape (the statement with every number as 9) occurs at most twice. The few
of the National Gallery of Art and of the Met that are still left follow as ``census``: of these two
museums all are read. What each statement says was written into ``gold.csv`` by reading it, before
the parser had seen it.

Source: open data of Tate (2014), Carnegie Museum of Art (2017), National Gallery of Art and The
Metropolitan Museum of Art, all CC0 1.0.
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

DRAWN, RARE = 300, 100
SEED = 4

Statement = dict[str, str]


def _tate(folder: Path) -> Iterator[Statement]:
    seen = set()
    with (folder / "tate" / "dimensions_1200.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            seen.add(row["acno"])
            yield {"source": "tate", "id": row["acno"], "statement": row["dimensions"]}
    for work in json.loads((folder / "tate" / "artworks_200.json").read_text("utf-8")):
        if work["acno"] not in seen and work["dimensions"]:
            yield {"source": "tate", "id": work["acno"], "statement": work["dimensions"]}


def _cmoa(folder: Path) -> Iterator[Statement]:
    names = ("item_height", "item_width", "item_depth", "item_diameter")
    for thing in json.loads((folder / "cmoa" / "things_200.json").read_text("utf-8")):
        numbers = json.dumps({name: thing[name] for name in names})
        yield {"source": "cmoa", "id": thing["id"], "statement": numbers}


def _nga(folder: Path) -> Iterator[Statement]:
    works: dict[str, list[list[str]]] = {}
    with (folder / "nga" / "objects_dimensions_28.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said = [row["element"], row["dimensiontype"], row["dimension"], row["unitname"]]
            works.setdefault(row["objectid"], []).append(said)
    for work, rows in works.items():
        yield {"source": "nga", "id": work, "statement": json.dumps(rows)}


def _met(folder: Path) -> Iterator[Statement]:
    for work in json.loads((folder / "met" / "api_measurements_4.json").read_text("utf-8")):
        yield {"source": "met", "id": str(work["objectID"]), "statement": work["dimensions"]}


def _shape(statement: Statement) -> str:
    return re.sub(r"[0-9]+", "9", statement["statement"])


def draw(folder: Path) -> list[Statement]:
    """Return the drawn statements, the rare ones, then what is left of two small collections."""
    chance = random.Random(SEED)
    tate = list(_tate(folder))
    every = [*tate, *_cmoa(folder), *_nga(folder), *_met(folder)]
    drawn = sorted(chance.sample(range(len(every)), DRAWN))
    shapes = Counter(_shape(statement) for statement in tate)
    left = [i for i in range(len(tate)) if i not in set(drawn) and shapes[_shape(tate[i])] <= 2]
    rare = sorted(chance.sample(left, RARE))
    small = (i for i, one in enumerate(every) if one["source"] in {"nga", "met"})
    census = [i for i in small if i not in set(drawn)]
    which = {"drawn": drawn, "rare": rare, "census": census}
    return [every[i] | {"how": how} for how, indices in which.items() for i in indices]


if __name__ == "__main__":
    for statement in draw(Path(sys.argv[1])):
        print(json.dumps(statement, ensure_ascii=False))
