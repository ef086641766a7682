"""The sections of an exhibit's YAML file that choose engines and knobs, as frozen models.

`pipeline.config` puts them together. Knows nothing of objects, order or files.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from pipeline.engines.choose import (
    ClipChoice,
    DepthChoice,
    FacesChoice,
    MaskChoice,
    MeshChoice,
    TextChoice,
)
from pipeline.engines.clip_parallax import ParallaxOptions
from pipeline.engines.clip_typographic import TypographicOptions
from pipeline.engines.mesh_relief import ReliefOptions
from pipeline.items import Kind
from pipeline.records import Localized, Params
from pipeline.stages.blur_faces import FacesParams
from pipeline.stages.build_mesh import MeshParams
from pipeline.stages.cut_mask import MaskParams
from pipeline.stages.estimate_depth import DepthParams
from pipeline.variants import ManyClips


class MaskSection(MaskParams):
    """Where the object is in its photograph."""

    engine: MaskChoice | None = None
    """Which engine cuts. By default the kind of object decides."""
    fallback: tuple[MaskChoice, ...] = ()
    """Engines that may be tried, in this order, when the first cannot. The record says so."""


def _action_alone(value: object) -> object:
    """Let ``faces: blur`` stand for ``faces: {action: blur}``."""
    return {"action": value} if isinstance(value, str) else value


class FacesSection(FacesParams):
    """Faces of bystanders in photographs. Painted, printed and woven ones are never touched."""

    engine: FacesChoice | None = None
    """Which engine looks for faces. By default YuNet, where its weights are at hand."""


FacesChosen = Annotated[
    FacesSection, BeforeValidator(_action_alone, json_schema_input_type=str | FacesSection)
]


class DepthSection(DepthParams):
    """How near each part of the object is."""

    engine: DepthChoice | None = None
    """Which engine estimates. By default the kind of object decides."""
    fallback: tuple[DepthChoice, ...] = ()
    """Engines that may be tried, in this order, when the first cannot. The record says so."""


class ClipSection(ManyClips):
    """Video clips of every object that has a photograph."""

    engine: ClipChoice = ParallaxOptions()
    """Which engine moves the camera."""


class StorySection(ManyClips):
    """Video clips of every description that has no photograph."""

    engine: TextChoice = TypographicOptions()
    """Which engine sets the text."""


class MeshSection(MeshParams):
    """A textured 3D mesh of every object that has a photograph."""

    engine: MeshChoice = ReliefOptions()
    """Which engine builds the shape: relief, unless another is named."""


class GallerySection(Params):
    """The curator's pages. They open from disk, without network."""

    show: tuple[Literal["internal", "restricted", "secret"], ...] = ("internal",)
    """Classes of access that are shown beside public objects. Of restricted and secret ones
    nothing is made, and no title is told, unless they are named here."""


class ExhibitSection(Params):
    """What the exhibit is called."""

    id: str = Field(min_length=1, max_length=80)
    """Folder name under the results folder: lower-case letters, digits and hyphens."""
    title: str | Localized = ""
    """Title, or titles by language: ``{en: From Coin to Cosmos, zh: 从钱币到宇宙}``."""
    languages: tuple[str, ...] = Field(default=("en", "zh"), min_length=1)
    """Languages of the gallery as BCP 47 tags, the first one shown first."""

    @field_validator("id")
    @classmethod
    def _names_a_folder(cls, value: str) -> str:
        if not re.fullmatch("[a-z0-9][a-z0-9-]*", value):
            raise ValueError(f"found {value}, expected lower-case letters, digits and hyphens")
        return value

    @property
    def titles(self) -> Localized:
        """The title by language."""
        if isinstance(self.title, str):
            return {self.languages[0]: self.title or self.id}
        return self.title


class LimitsSection(Params):
    """How much of the machine a run may take."""

    jobs: int = Field(default=0, ge=0, le=256)
    """Worker processes. 0: one for each processor core."""
    stage_timeout_s: float = Field(default=3600.0, gt=0)
    """A stage that works longer on one object is stopped, and the object fails."""


class ObjectSection(Params):
    """What is different for one object. Only what is written here replaces the general value."""

    kind: Kind | None = None
    """What the object is, whatever its catalogue says."""
    faces: FacesChosen | None = None
    mask: MaskSection | None = None
    depth: DepthSection | None = None
    clip: ClipSection | None = None
    mesh: MeshSection | None = None
    story: StorySection | None = None
