"""Decodes pictures that others made, in a child process that may die.

Every picture decoder has had holes. So a foreign file is opened only in a program of its own
(`pipeline.media.decode_child`) with a wall clock, a limit of processor time and, on Linux, of
address space. Whatever happens to it becomes one sentence here, and the run goes on. The tiles of
a IIIF picture are put together in the same way (`pipeline.net.iiif_tiles`).

On macOS and Windows the system offers no limit of memory that a process can set for itself;
there the limits of pixels and bytes are what holds.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import SourceError, StoreError

_log = logging.getLogger(__name__)

_PACKAGE = Path(__file__).parent.parent

_START = (
    "import sys, types; "
    "package = types.ModuleType('pipeline'); "
    "package.__path__ = [sys.argv[1]]; "
    "sys.modules['pipeline'] = package; "
    "from importlib import import_module; import_module(sys.argv[2]).main()"
)
"""Starts the child without the package's ``__init__``, which imports the whole public API."""

_KEPT = (
    *("APPDATA", "HOME", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH"),
    *("SYSTEMROOT", "TEMP", "TMP", "TMPDIR"),
)
"""What of the environment Python needs to find itself and Pillow; the child gets no more."""

GiB = 1024**3


@dataclass(frozen=True)
class Limits:
    """What one picture may cost, and how large it comes out."""

    long_side_px: int = 2048
    max_pixels: int = 300_000_000
    max_bytes: int = 1_000_000_000
    memory_bytes: int = 2 * GiB
    timeout_s: float = 15.0
    also: tuple[str, ...] = ()
    """Pillow's names of formats beyond JPEG, PNG, TIFF and WebP."""


@dataclass(frozen=True)
class Decoded:
    """What is known of a picture after decoding. Sizes are upright."""

    width_px: int
    height_px: int
    has_alpha: bool
    sha256: str
    """Of the source file's bytes, the same that were decoded."""
    source_format: str
    source_width_px: int
    source_height_px: int
    notes: tuple[str, ...]
    peak_bytes: int
    """Largest resident memory of the child; 0 where the system does not tell."""


def decode(image: Path, folder: Path, limits: Limits) -> Decoded:
    """Decode ``image`` into ``folder / "photo.webp"`` and, if it is cut out, ``alpha.png``.

    Raises:
        SourceError: if it is no picture, is damaged, or costs more than ``limits``; the message
            says what was found, what was expected and what to do.
        StoreError: if the result cannot be written into ``folder``.
    """
    answer = _ask(image, folder, limits)
    if "unwritable" in answer:
        raise StoreError(f"{folder} cannot be written: {answer['unwritable']}.")
    if "refused" in answer:
        raise SourceError(f"{image}: {answer['refused']}.")
    width, height = answer["size_px"]
    source_width, source_height = answer["source_px"]
    return Decoded(
        width_px=width,
        height_px=height,
        has_alpha=answer["alpha"],
        sha256=answer["sha256"],
        source_format=answer["format"],
        source_width_px=source_width,
        source_height_px=source_height,
        notes=tuple(answer["notes"]),
        peak_bytes=answer["peak_bytes"],
    )


def _ask(image: Path, folder: Path, limits: Limits) -> dict[str, Any]:
    job = {
        "path": str(image),
        "folder": str(folder),
        "long_side_px": limits.long_side_px,
        "max_pixels": limits.max_pixels,
        "max_bytes": limits.max_bytes,
        "memory_bytes": limits.memory_bytes,
        "cpu_s": int(limits.timeout_s) + 1,
        "also": list(limits.also),
    }
    try:
        return ask_child("pipeline.media.decode_child", job, limits.timeout_s)
    except subprocess.TimeoutExpired:
        return {"refused": _too_long(limits)}
    except ChildDied as died:
        return {"refused": _death(died.status, limits)}


class ChildDied(Exception):
    """A program ended without an answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status
        """As `subprocess` gives it: below 0 the signal that ended it."""


def ask_child(module: str, job: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    """Run ``main`` of a module as a program of its own and return its answer to ``job``.

    Raises:
        ChildDied: if it gives none.
        subprocess.TimeoutExpired: if it takes longer than ``timeout_s``.
    """
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # A pool of threads would reserve its stacks out of the child's address space.
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-X", "utf8", "-c", _START, str(_PACKAGE), module],
        input=json.dumps(job).encode(),
        capture_output=True,
        check=False,
        env=environment,
        timeout=timeout_s,
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        _log.debug("%s: %s", module, done.stderr[-2000:].decode(errors="replace"))
        raise ChildDied(done.returncode) from None
    return answer


def _too_long(limits: Limits) -> str:
    return (
        f"decoding it took longer than {limits.timeout_s:g} s; if the file is in order, raise "
        "`timeout_s` in the config's `ingest`"
    )


def _death(status: int, limits: Limits) -> str:
    if status == -getattr(signal, "SIGXCPU", 0):
        return _too_long(limits)
    if status == -getattr(signal, "SIGKILL", 0):
        return (
            "decoding it was killed by the system, most likely for want of memory; close other "
            "programs or save the picture smaller"
        )
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    return (
        f"the decoder crashed on it ({how}): the file is damaged or was made to do harm; open "
        "and save it once in a picture editor, or leave it out"
    )
