"""How each stage is to be called for one object: what a config comes down to.

Knows knobs, engines and what of it rights allow. Knows no YAML: `pipeline.config` fills it in.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from pipeline.items import Access
from pipeline.policy import RightsParams
from pipeline.protocols import EngineOptions
from pipeline.records import Params, Photo
from pipeline.uses import Use


class Step(NamedTuple):
    """How one stage is to be called: its knobs, and its engine followed by allowed fallbacks."""

    params: Params
    engines: tuple[EngineOptions, ...] = ()
    variant: str = ""
    """Which of several results of the stage this is; empty for the main one."""

    def label(self, stage: str) -> str:
        """Return the name of the result: ``render_clip`` or ``render_clip:portrait-1080p``."""
        return f"{stage}:{self.variant}" if self.variant else stage


class Recipe(NamedTuple):
    """How each stage is to be called for one object; ``None`` where it is not asked for."""

    rights: RightsParams
    asked: frozenset[Use]
    """What the config asks for, allowed or not."""
    shown: tuple[Access, ...]
    ingest: Step
    long_side_px: int
    """Of the photograph that is worked on, and so of what is fetched from the web."""
    faces: Step | None
    """``None`` for works whose faces are the artist's, and where nothing could look."""
    faces_beside: bool
    """Only faces beside the object count: its mask comes first."""
    mask: Step
    depth: Step
    clips: tuple[Step, ...]
    """The main clip first."""
    stories: tuple[Step, ...]
    mesh: Step | None

    @property
    def clip(self) -> Step | None:
        """The main clip."""
        return self.clips[0] if self.clips else None

    def within(self, uses: Collection[Use]) -> Recipe:
        """Return what of it may be done where only ``uses`` are allowed."""
        free = set(uses) | ({"generative"} - self.asked)
        video, mesh = ({use, "generative"} <= free for use in ("derivative_video", "mesh"))
        return self._replace(
            clips=self.clips if video else (),
            stories=self.stories if video else (),
            mesh=self.mesh if mesh else None,
        )

    def mask_of(self, photo: Photo) -> Step:
        """The museum's own cut-out stands above any engine: where there is one, none is asked."""
        own = photo.alpha is not None and getattr(self.mask.params, "use_alpha", False)
        return Step(self.mask.params) if own else self.mask
