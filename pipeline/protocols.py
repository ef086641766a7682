"""What engines, sources, runners and a way to the web must be able to do; and the arrays they pass.

An engine is a class with one method. It is made from its options (`EngineOptions`) and knows
nothing of files, stages or the catalogue. Arrays have stated shapes:

    RGB         (H, W, 3) uint8, sRGB
    MaskArray   (H, W) float32 in [0, 1], 1 is the object
    DepthArray  (H, W) float32 in [0, 1], 0 far, 1 near
    Frame       (H, W, 3) uint8 sRGB, or
                (H * 3 // 2, W) planar YUV 4:2:0, BT.709, limited range: uint8, or uint16 with
                10 bits a sample in the low bits

Sizes are ``(width_px, height_px)``. BGR never leaves ``media/``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeVar

from pipeline.items import Item, Kind, Picture, Region, Subject, Unusable
from pipeline.records import EngineId, Localized, Model, Params

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    RGB = npt.NDArray[np.uint8]
    MaskArray = npt.NDArray[np.float32]
    DepthArray = npt.NDArray[np.float32]
    Frame = npt.NDArray[Any]

T = TypeVar("T")

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; right and bottom exclusive."""

DocumentKind = Literal["json", "xml", "table"]


class EngineOptions(Params):
    """Options of one engine; subclasses add ``name: Literal[...]`` and their knobs.

    They say who the engine is without loading it, so that the store can be asked first.
    """

    VERSION: ClassVar[str]
    """Raised whenever the same input would give other bytes."""
    GENERATIVE: ClassVar[bool] = False
    NEEDS: ClassVar[tuple[str, ...]] = ()
    """Python packages beyond the base install, such as ``("torch", "diffusers")``."""

    name: str

    def model(self) -> Model | None:
        """The weights it runs on, if any."""
        return None

    def identity(self) -> EngineId:
        """Who does the work, for the record and the key."""
        return EngineId(
            name=self.name,
            version=self.VERSION,
            options=self.model_dump(mode="json", exclude={"name"}),
            model=self.model(),
            generative=self.GENERATIVE,
        )


class FaceFinder(Protocol):
    """Finds faces in a photograph, and says nothing of whose they are."""

    def find(self, rgb: RGB) -> list[Box]:
        """Return the box of each face in pixels, the largest first.

        Raises:
            EngineFailed: if it cannot look at the photograph.
        """
        ...


class MaskEngine(Protocol):
    """Finds the object in its photograph."""

    def cut(self, rgb: RGB) -> MaskArray:
        """Return the object's mask, as large as ``rgb``.

        Raises:
            EngineFailed: if no object can be told from the background.
        """
        ...


class DepthEngine(Protocol):
    """Says how near each pixel is."""

    def estimate(self, rgb: RGB, mask: MaskArray, kind: Kind) -> DepthArray:
        """Return relative depth, as large as ``rgb``.

        Raises:
            EngineFailed: if the photograph gives no ground for any depth.
        """
        ...


@dataclass(frozen=True)
class Shot:
    """What a clip engine is asked for. Size in whole even pixels, frames at ``fps``."""

    width_px: int
    height_px: int
    fps: int
    frames: int
    kind: Kind
    seed: int = 0
    bits: int = 8
    """Bits of a sample that the encoder takes, 8 or 10. An engine may give 8 all the same."""
    safe: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """Left, top, right, bottom of the part of the frame, in fractions of its sides, that the
    object must stay in. What lies outside belongs to captions."""
    pace: float = 1.0
    """Of the normal speed: 0.5 for those who want more time, 0 for a still that fades into
    another still, for those whom motion makes unwell."""
    details: tuple[Region, ...] = ()
    """Parts of the photograph worth a closer look, in the order to look at them."""


class ClipEngine(Protocol):
    """Moves a camera."""

    def frames(self, rgb: RGB, mask: MaskArray, depth: DepthArray, shot: Shot) -> Iterator[Frame]:
        """Yield ``shot.frames`` frames of the asked size, one at a time.

        The last frame leads back into the first. No frame shows anything outside the photograph,
        but for the ground, the rim or the back that a move of the work itself needs: they are
        plain, and no part of the work is made up.

        Raises:
            EngineFailed: if the photograph cannot carry the shot.
        """
        ...


@dataclass(frozen=True)
class MeshArrays:
    """A textured triangle mesh.

    ``vertices`` (N, 3) float32 in metres, +Y up, front to +Z, standing on y = 0;
    ``faces`` (M, 3) int, counter-clockwise seen from outside; ``uv`` (N, 2) float32 in [0, 1],
    origin top left as in glTF; ``observed`` (N,) float32: 1 seen, 0.5 mirrored, 0 guessed;
    ``texture`` RGB; ``normals`` (N, 3) float32 of length 1, or ``None``: the writer makes them.
    """

    vertices: Any
    faces: Any
    uv: Any
    observed: Any
    texture: Any
    roughness: float = 0.7
    metallic: float = 0.0
    normals: Any = None


class MeshEngine(Protocol):
    """Gives a thing its shape."""

    def build(self, rgb: RGB, mask: MaskArray, depth: DepthArray, subject: Subject) -> MeshArrays:
        """Return the mesh; in metres where ``subject.size`` is known, else 1 on its longest side.

        Raises:
            EngineFailed: if the mask or the depth cannot carry a mesh.
        """
        ...


class ItemSource(Protocol):
    """A collection's catalogue."""

    def items(self) -> Iterator[Item | Unusable]:
        """Yield the entries in catalogue order, and in its place what cannot be used.

        Raises:
            ConfigError: with every mistake of the catalogue as a whole.
        """
        ...


class Web(Protocol):
    """Brings documents and pictures from the web to this machine, once."""

    def document(self, url: str, kind: DocumentKind) -> Path:
        """Return the file that holds the document, complete and checked.

        Raises:
            SourceError: if it cannot be had.
        """
        ...

    def picture(self, picture: Picture, long_side_px: int) -> Path:
        """Return the file of a picture, at least so large if there is as much of it.

        Raises:
            SourceError: if it cannot be had.
        """
        ...

    def stored(self, picture: Picture, long_side_px: int) -> Path | None:
        """Return the file of a picture if it is here already; nobody is asked."""
        ...


class TextEngine(Protocol):
    """Sets a text in type and moves it."""

    def frame_count(self, subject: Subject, text: Localized, shot: Shot) -> int:
        """Return how many frames it takes to read the text in ``shot``'s size and rate.

        What ``shot.frames`` says does not matter.

        Raises:
            EngineFailed: if a character has no glyph.
        """
        ...

    def frames(self, subject: Subject, text: Localized, shot: Shot) -> Iterator[Frame]:
        """Yield ``shot.frames`` frames that show title, text and credit in every language.

        Raises:
            EngineFailed: if a character has no glyph or the text does not fit the time.
        """
        ...


class Runner(Protocol):
    """Where stage calls run."""

    @property
    def is_remote(self) -> bool:
        """Calls run beyond this machine, where restricted objects may not go."""
        ...

    def call(self, function: Callable[..., T], /, *args: Any) -> T:
        """Run ``function(*args)`` somewhere, wait, and return what it returns.

        Raises:
            PipelineError: what the function raised, or why it could not be run.
        """
        ...

    def stop(self) -> None:
        """End everything that runs, now."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
