"""The engines there are, which kind of object gets which, and how one is loaded.

One engine per file: its options and its class. Importing this module imports no vendor library;
`load_engine` does, for the one engine asked for.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, assert_never

from pydantic import BeforeValidator, Field

from pipeline.engines.clip_parallax import ParallaxOptions
from pipeline.engines.clip_typographic import TypographicOptions
from pipeline.engines.depth_planar import PlanarOptions
from pipeline.engines.depth_silhouette import SilhouetteOptions
from pipeline.engines.faces_yunet import YuNetOptions
from pipeline.engines.mask_contrast import ContrastOptions
from pipeline.engines.mask_grabcut import GrabCutOptions
from pipeline.engines.mask_u2netp import U2NetpOptions
from pipeline.engines.mask_whole import WholeOptions
from pipeline.engines.mesh_lathe import LatheOptions
from pipeline.engines.mesh_relief import ReliefOptions
from pipeline.errors import EngineFailed
from pipeline.items import Kind
from pipeline.protocols import EngineOptions
from pipeline.weights import find_weights

MaskUnion: TypeAlias = U2NetpOptions | GrabCutOptions | ContrastOptions | WholeOptions
DepthUnion: TypeAlias = SilhouetteOptions | PlanarOptions
ClipUnion: TypeAlias = ParallaxOptions
MeshUnion: TypeAlias = ReliefOptions | LatheOptions
TextUnion: TypeAlias = TypographicOptions
FacesUnion: TypeAlias = YuNetOptions
AnyEngine: TypeAlias = MaskUnion | DepthUnion | ClipUnion | MeshUnion | TextUnion | FacesUnion


def _name_alone(value: object) -> object:
    """Let ``engine: grabcut`` stand for ``engine: {name: grabcut}``."""
    return {"name": value} if isinstance(value, str) else value


def _relief_unless_named(value: object) -> object:
    """Let ``engine: {faces: 20000}`` stand for the engine that is there without any being named."""
    return {"name": "relief", **value} if isinstance(value, dict) else _name_alone(value)


MaskChoice = Annotated[
    MaskUnion,
    Field(discriminator="name"),
    BeforeValidator(_name_alone, json_schema_input_type=str | MaskUnion),
]
DepthChoice = Annotated[
    DepthUnion,
    Field(discriminator="name"),
    BeforeValidator(_name_alone, json_schema_input_type=str | DepthUnion),
]
ClipChoice = Annotated[
    ClipUnion, BeforeValidator(_name_alone, json_schema_input_type=str | ClipUnion)
]
MeshChoice = Annotated[
    MeshUnion,
    Field(discriminator="name"),
    BeforeValidator(_relief_unless_named, json_schema_input_type=str | MeshUnion),
]
TextChoice = Annotated[
    TextUnion, BeforeValidator(_name_alone, json_schema_input_type=str | TextUnion)
]
FacesChoice = Annotated[
    FacesUnion, BeforeValidator(_name_alone, json_schema_input_type=str | FacesUnion)
]

ENGINES: dict[str, tuple[type[AnyEngine], ...]] = {
    "mask": (U2NetpOptions, GrabCutOptions, ContrastOptions, WholeOptions),
    "depth": (SilhouetteOptions, PlanarOptions),
    "clip": (ParallaxOptions,),
    "mesh": (ReliefOptions, LatheOptions),
    "story": (TypographicOptions,),
}
"""Every engine by the config section that asks for it."""


def default_mask(kind: Kind) -> MaskUnion:
    """A work that fills its photograph is taken whole; anything else is cut out."""
    return WholeOptions() if kind.fills_photograph else U2NetpOptions()


def default_depth(kind: Kind) -> DepthUnion:
    """Without weights only an outline tells of depth; what has none is taken as flat."""
    return PlanarOptions() if kind.fills_photograph else SilhouetteOptions()


def default_faces() -> FacesUnion | None:
    """The finder of faces, where its weights are at hand; else photographs are not checked."""
    try:
        find_weights("yunet")
    except EngineFailed:
        return None
    return YuNetOptions()


def load_engine(options: EngineOptions) -> Any:
    """Import and make the engine that ``options`` ask for.

    Raises:
        EngineFailed: if its weights are missing or damaged.
    """
    choice: AnyEngine = options  # type: ignore[assignment]
    match choice:
        case U2NetpOptions():
            from pipeline.engines.mask_u2netp import U2NetpEngine

            return U2NetpEngine(choice)
        case GrabCutOptions():
            from pipeline.engines.mask_grabcut import GrabCutEngine

            return GrabCutEngine(choice)
        case ContrastOptions():
            from pipeline.engines.mask_contrast import ContrastEngine

            return ContrastEngine(choice)
        case WholeOptions():
            from pipeline.engines.mask_whole import WholeEngine

            return WholeEngine(choice)
        case SilhouetteOptions():
            from pipeline.engines.depth_silhouette import SilhouetteEngine

            return SilhouetteEngine(choice)
        case PlanarOptions():
            from pipeline.engines.depth_planar import PlanarEngine

            return PlanarEngine(choice)
        case YuNetOptions():
            from pipeline.engines.faces_yunet import YuNetEngine

            return YuNetEngine(choice)
        case _:
            return _load_maker(choice)


def _load_maker(choice: ClipUnion | MeshUnion | TextUnion) -> Any:
    """Import and make an engine that makes what visitors see."""
    match choice:
        case ParallaxOptions():
            from pipeline.engines.clip_parallax import ParallaxEngine

            return ParallaxEngine(choice)
        case ReliefOptions():
            from pipeline.engines.mesh_relief import ReliefEngine

            return ReliefEngine(choice)
        case LatheOptions():
            from pipeline.engines.mesh_lathe import LatheEngine

            return LatheEngine(choice)
        case TypographicOptions():
            from pipeline.engines.clip_typographic import TypographicEngine

            return TypographicEngine(choice)
        case _:
            assert_never(choice)
