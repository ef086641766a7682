"""Keeps true frames and the baselines' frames between runs of the bench: they never change.

They lie in the system's folder for temporary files, under the hash of the sources that make them,
so a change of a scene or a baseline is never missed. ``--fresh`` makes them again.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

_SOURCES = ("scenes.py", "scene_textures.py", "tracing.py", "baselines.py")
Arrays = dict[str, np.ndarray]

folder: Path | None = Path(tempfile.gettempdir()) / "vivant-bench"
"""``None``: remember nothing."""


def remembered(name: str, make: Callable[[], Arrays]) -> Arrays:
    """Return what ``make`` returns, from the disk if it was made before."""
    if folder is None:
        return make()
    digest = hashlib.sha256(f"{_made_by()}{name}".encode()).hexdigest()[:32]
    path = folder / f"{digest}.npz"
    if path.exists():
        with np.load(path) as stored:
            return dict(stored)
    made = make()
    folder.mkdir(exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez(part, **made)
    part.replace(path)
    return made


@lru_cache(maxsize=1)
def _made_by() -> str:
    here = Path(__file__).parent
    sources = b"".join((here / name).read_bytes() for name in _SOURCES)
    return hashlib.sha256(sources).hexdigest() + cv2.__version__ + np.__version__
