"""Tableau Vivant: a museum's photographs in, clips, meshes and a gallery out.

    >>> import pipeline
    >>> outcome = pipeline.render("configs/demo.yaml", out="renders")  # doctest: +SKIP
    >>> outcome.gallery  # doctest: +SKIP

Everything public is listed in ``__all__`` and imported when first used, so that importing the
package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.api import Outcome, plan, render
    from pipeline.config import ExhibitConfig, load_config
    from pipeline.dimensions import parse_dimensions
    from pipeline.errors import (
        CallError,
        ConfigError,
        EngineFailed,
        ItemError,
        PipelineError,
        Refused,
        SourceError,
        StageFailed,
        StoreError,
    )
    from pipeline.exhibits import Entry, Exhibit
    from pipeline.items import Item, Kind, Rights, Size

__version__ = "0.1.0"

__all__ = [
    "CallError",
    "ConfigError",
    "EngineFailed",
    "Entry",
    "Exhibit",
    "ExhibitConfig",
    "Item",
    "ItemError",
    "Kind",
    "Outcome",
    "PipelineError",
    "Refused",
    "Rights",
    "Size",
    "SourceError",
    "StageFailed",
    "StoreError",
    "load_config",
    "parse_dimensions",
    "plan",
    "render",
]

_HOMES = {
    "pipeline.api": ("Outcome", "plan", "render"),
    "pipeline.config": ("ExhibitConfig", "load_config"),
    "pipeline.dimensions": ("parse_dimensions",),
    "pipeline.exhibits": ("Entry", "Exhibit"),
    "pipeline.items": ("Item", "Kind", "Rights", "Size"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME.get(name, "pipeline.errors")), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
