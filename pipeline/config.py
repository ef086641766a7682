"""ExhibitConfig: one YAML file as frozen models.

Knows how an object's own sections lie over the general ones, and what both come down to: one
`Recipe` for each object. The sections are in `pipeline.sections`. Knows nothing of order: that is
`pipeline.build`. Relative paths in a config are relative to the config's folder.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, PrivateAttr, field_validator

from pipeline.engines.choose import default_depth, default_faces, default_mask
from pipeline.errors import ConfigError, Mistake
from pipeline.items import Access, Item, Kind
from pipeline.mistakes import Loc, suggest, where_in_file
from pipeline.net.options import NetworkOptions
from pipeline.policy import RightsParams
from pipeline.profiles import Profile, ProfileName, built_in
from pipeline.protocols import EngineOptions
from pipeline.recipes import Recipe, Step
from pipeline.records import Params
from pipeline.sections import (
    ClipSection,
    DepthSection,
    ExhibitSection,
    FacesChosen,
    FacesSection,
    GallerySection,
    LimitsSection,
    MaskSection,
    MeshSection,
    ObjectSection,
    StorySection,
)
from pipeline.showreel import ReelSection, reel_mistakes, reel_params
from pipeline.sources.choose import SourceChoice
from pipeline.sources.mapping import ColumnsMissing
from pipeline.stages.blur_faces import FacesParams
from pipeline.stages.build_mesh import MeshParams
from pipeline.stages.cut_mask import MaskParams
from pipeline.stages.estimate_depth import DepthParams
from pipeline.stages.ingest_photo import IngestParams
from pipeline.stages.join_reel import ReelParams, require_moviepy
from pipeline.uses import Use
from pipeline.variants import ManyClips, clip_mistakes, clip_params
from pipeline.yamlfile import read_yaml, read_yaml_data

SCHEMA_VERSION = "1"

P = TypeVar("P", bound=Params)


class ExhibitConfig(Params):
    """One exhibit: where its objects come from and what is made of them.

    A part is made only when its section is there: ``clip:`` alone is enough for clips with
    default values.
    """

    exhibit: ExhibitSection
    source: SourceChoice
    rights: RightsParams = RightsParams()
    ingest: IngestParams = IngestParams()
    faces: FacesChosen = FacesSection()
    mask: MaskSection = MaskSection()
    depth: DepthSection = DepthSection()
    clip: ClipSection | None = None
    story: StorySection | None = None
    mesh: MeshSection | None = None
    profiles: dict[ProfileName, Profile] = Field(default_factory=dict)
    """Profiles of the museum's own screens, by name."""
    reel: ReelSection | None = None
    gallery: GallerySection | None = None
    network: NetworkOptions = NetworkOptions()
    limits: LimitsSection = LimitsSection()
    objects: dict[str, ObjectSection] = Field(default_factory=dict)

    _path: Path = PrivateAttr(default=Path("exhibit.yaml"))

    @field_validator("*", mode="before")
    @classmethod
    def _empty_section(cls, value: object) -> object:
        """A section with nothing below it, ``clip:``, is a section with default values."""
        return {} if value is None else value

    @property
    def path(self) -> Path:
        """The file that the config was read from."""
        return self._path

    def recipe(self, item: Item) -> Recipe:
        """Return how each stage is to be called for ``item``."""
        own = self.objects.get(item.id, ObjectSection())
        mask = merged(self.mask, own.mask)
        depth = merged(self.depth, own.depth)
        return Recipe(
            rights=self.rights,
            asked=self.asked(item),
            shown=self.shown,
            ingest=Step(self.ingest),
            long_side_px=self.ingest.long_side_px,
            faces=_faces_step(merged(self.faces, own.faces), item.kind),
            faces_beside=not item.kind.may_show_bystanders,
            mask=_mask_step(mask, item.kind),
            depth=_depth_step(depth, item.kind),
            clips=_clip_steps(merged(self.clip, own.clip), self.all_profiles),
            stories=_clip_steps(merged(self.story, own.story), self.all_profiles),
            mesh=_step(merged(self.mesh, own.mesh), MeshParams),
        )

    def asked(self, item: Item) -> frozenset[Use]:
        """Return the uses that the config asks for of an object."""
        own = self.objects.get(item.id)
        sections: list[tuple[Use, Params | None, Params | None]] = (
            [("derivative_video", self.story, own.story if own else None)]
            if item.image is None
            else [
                ("derivative_video", self.clip, own.clip if own else None),
                ("mesh", self.mesh, own.mesh if own else None),
            ]
        )
        made: set[Use] = {use for use, *both in sections if any(one is not None for one in both)}
        engines = [self.mask, self.depth, *(one for _, *both in sections for one in both)]
        engines += [own.mask, own.depth] if own else []
        if made and any(_invents(section) for section in engines):
            made.add("generative")
        return frozenset({"preview", *made})

    @property
    def shown(self) -> tuple[Access, ...]:
        """Classes of access that the exhibit shows beside public objects."""
        return (self.gallery or GallerySection()).show

    def reel_params(self) -> ReelParams | None:
        """Return the knobs of the exhibit's reel, if one is asked for."""
        return reel_params(self.reel, self.all_profiles) if self.reel else None

    @property
    def all_profiles(self) -> dict[str, Profile]:
        """The profiles that come with the program, and the museum's own, which win."""
        return {**built_in(), **self.profiles}


def _invents(section: Params | None) -> bool:
    """Whether a section names an engine that shows what the photograph does not."""
    named = (getattr(section, "engine", None), *getattr(section, "fallback", ()))
    return any(engine.GENERATIVE for engine in named if isinstance(engine, EngineOptions))


def merged(general: P | None, own: P | None) -> P | None:
    """Lay an object's own values over the general ones.

    Engines are replaced whole when the name differs, else value by value.
    """
    if general is None or own is None:
        return own or general
    return type(general).model_validate(_laid_over(_written(general), _written(own)))


def _written(section: BaseModel) -> dict[str, Any]:
    """The values that were written down, the engine's name among them."""
    values = section.model_dump(exclude_unset=True)
    engine = getattr(section, "engine", None)
    if "engine" in values and engine is not None:
        values["engine"] = {**values["engine"], "name": engine.name}
    if "fallback" in values:
        values["fallback"] = [option.model_dump() for option in section.fallback]  # type: ignore[attr-defined]
    return values


def _laid_over(general: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    result = {**general, **own}
    first, second = general.get("engine"), own.get("engine")
    if first and second and first["name"] == second["name"]:
        result["engine"] = {**first, **second}
    return result


def _params(section: Params, kind: type[P]) -> P:
    """The stage's own knobs, without the choice of engine: they alone belong in the key."""
    return kind.model_validate(section.model_dump(include=set(kind.model_fields)))


def _mask_step(section: MaskSection | None, kind: Kind) -> Step:
    section = section or MaskSection()
    first = section.engine or default_mask(kind)
    return Step(_params(section, MaskParams), (first, *section.fallback))


def _faces_step(section: FacesSection | None, kind: Kind) -> Step | None:
    section = section or FacesSection()
    if kind.is_painted:
        return None
    params = _params(section, FacesParams)
    if not params.action and kind is Kind.PHOTOGRAPH:
        reason = "the photograph is the work, and so are its people"
        params = params.model_copy(update={"action": "note", "reason": reason})
    if params.action == "keep":
        return Step(params)
    engine = section.engine or default_faces()
    if engine is None:
        return Step(params) if kind.may_show_bystanders else None
    return Step(params, (engine,))


def _depth_step(section: DepthSection | None, kind: Kind) -> Step:
    section = section or DepthSection()
    first = section.engine or default_depth(kind)
    return Step(_params(section, DepthParams), (first, *section.fallback))


def _clip_steps(
    section: ClipSection | StorySection | None, profiles: Mapping[str, Profile]
) -> tuple[Step, ...]:
    if section is None:
        return ()
    clips = clip_params(section, profiles)
    return tuple(Step(params, (section.engine,), variant) for variant, params in clips.items())


def _step(section: MeshSection | None, kind: type[Params]) -> Step | None:
    return None if section is None else Step(_params(section, kind), (section.engine,))


def load_config(path: str | Path) -> ExhibitConfig:
    """Read an exhibit's YAML file.

    Raises:
        ConfigError: with every mistake in the file, each with line and column.
    """
    path = Path(path)
    config = read_yaml(path, ExhibitConfig)
    config._path = path.absolute()
    check_clips(config)
    return config


def check_clips(config: ExhibitConfig) -> None:
    """See that profiles are there and that what sections write goes together with them.

    Raises:
        ConfigError: with every mistake.
    """
    sections: dict[Loc, ManyClips | None] = {("clip",): config.clip, ("story",): config.story}
    for name, own in config.objects.items():
        sections["objects", name, "clip"] = own.clip and merged(config.clip, own.clip)
        sections["objects", name, "story"] = own.story and merged(config.story, own.story)
    _tell(config, clip_mistakes(sections, config.all_profiles))


def check_objects(config: ExhibitConfig, known: Collection[str]) -> None:
    """See that ``objects:`` names only objects that the catalogue has, and that ids are exact.

    Raises:
        ConfigError: naming each one that it does not have, or writes otherwise.
    """
    found: list[tuple[Loc, str]] = [
        (("objects", name), f"objects.{name}: not in the catalogue{suggest(name, list(known))}")
        for name in config.objects
        if name not in known
    ]
    found += _inexact(config.rights, known)
    _tell(config, found, at_key=True)


def _inexact(rights: RightsParams, known: Collection[str]) -> list[tuple[Loc, str]]:
    """Say of consents and permissions whose id is written otherwise than in the catalogue.

    A consent may forbid as well, and such a one would leave the catalogue's in force. Of an id
    that is nothing like any nothing is said: the same papers may serve several exhibits.
    """
    written = [("consents", name) for name in rights.consents]
    written += [("permissions", name) for name in rights.permissions]
    unknown = [(section, name) for section, name in written if name not in known]
    alike = {_alike(one): one for one in known} if unknown else {}
    return [
        (
            ("rights", section, name),
            f"rights.{section}.{name}: the catalogue writes this id {alike[_alike(name)]!r}",
        )
        for section, name in unknown
        if _alike(name) in alike
    ]


def _alike(identifier: str) -> str:
    return "".join(unicodedata.normalize("NFKC", identifier).casefold().split())


def check_reel(config: ExhibitConfig, known: Collection[str]) -> None:
    """See that a reel can be joined as the config says, before any work is done for it.

    Raises:
        ConfigError: with every mistake of the section.
        CallError: if MoviePy is not installed.
    """
    if config.reel is None:
        return
    _tell(config, reel_mistakes(config.reel, config.all_profiles, known, config.path.parent))
    require_moviepy()


def _tell(config: ExhibitConfig, found: Sequence[tuple[Loc, str]], *, at_key: bool = False) -> None:
    """Raise what was found, where it stands in the file; a config made in memory has none.

    Raises:
        ConfigError: if anything was found.
    """
    if not found:
        return
    spots = read_yaml_data(config.path)[1] if config.path.is_file() else {}
    file = str(config.path)
    mistakes = [
        Mistake(file, *where_in_file(loc, spots, at_key=at_key), message) for loc, message in found
    ]
    raise ConfigError(sorted(mistakes, key=lambda mistake: (mistake.line, mistake.column)))


def tell_columns(config: ExhibitConfig, missing: ColumnsMissing) -> None:
    """Raise what a mapping names and the table does not have, where the mapping stands.

    Raises:
        ConfigError: always.
    """
    _tell(config, [(("source", *loc), message) for loc, message in missing.at])
    raise missing


def json_schema() -> dict[str, Any]:
    """The JSON Schema of an exhibit's YAML file, for editors."""
    schema = ExhibitConfig.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Tableau Vivant exhibit"
    return schema
