"""What the stages make, and how each thing came to be.

All are frozen pydantic models that travel as JSON between processes and runs. Files are named
by absolute paths in memory; in ``record.json`` by names inside the record's own folder, and in
a fingerprint by the SHA-256 of their bytes (see `StoredPath`). No record knows an engine, and
none knows what a catalogue says: that is `pipeline.items`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    ValidationInfo,
)

from pipeline.naming import media_type


class Record(BaseModel):
    """Base of all records: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Params(BaseModel):
    """Base of every stage's knobs and every engine's options."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _write_path(path: Path, info: SerializationInfo) -> str:
    context: dict[str, Any] = info.context or {}
    if "digest" in context:
        return str(context["digest"](path))
    if "folder" in context:
        return path.relative_to(context["folder"]).as_posix()
    return str(path)


def _read_path(value: object, info: ValidationInfo) -> object:
    context: dict[str, Any] = info.context or {}
    if "folder" in context and isinstance(value, str):
        return str(context["folder"] / value)  # text, because JSON validation takes no Path
    return value


StoredPath = Annotated[Path, BeforeValidator(_read_path), PlainSerializer(_write_path)]
"""A file that belongs to a record.

Serialised with ``context={"folder": F}`` it is relative to F, with ``context={"digest": f}`` it
is ``f(path)``; validated with ``context={"folder": F}`` it is absolute again.
"""


Localized = dict[str, str]
"""Text by BCP 47 language tag, in the order of the catalogue: ``{"en": …, "zh": …}``."""


def text_in(text: Localized, *languages: str) -> str:
    """Return the text in the first of ``languages`` that it has, else in any, else ``""``."""
    for language in languages:
        if language in text:
            return text[language]
    return next(iter(text.values()), "")


Pace = Literal["normal", "slow", "still"]
"""How fast a camera goes."""


class Faces(Record):
    """What was looked for and done about people in a photograph."""

    checked: bool = False
    """Something looked for faces. What it does not find can be there all the same."""
    boxes_px: tuple[tuple[int, int, int, int], ...] = ()
    """Left, top, right, bottom of each face that was found and is no part of the object."""
    action: Literal["blur", "note", "keep"] = "blur"
    reason: str = ""
    """Why they may be seen."""

    @property
    def blurred(self) -> int:
        """How many were hidden."""
        return len(self.boxes_px) if self.action == "blur" else 0


class Photo(Record):
    """A photograph made safe: upright, sRGB, 8 bit, no larger than asked for."""

    path: StoredPath
    """``photo.webp``, lossless."""
    width_px: int
    height_px: int
    alpha: StoredPath | None = None
    """``alpha.png`` (8 bit, 255 is the object), where the museum had cut the object out."""
    source_sha256: str
    source_format: str
    source_width_px: int
    source_height_px: int
    notes: tuple[str, ...] = ()
    """What was done to it, in words: ``"turned upright (EXIF orientation 6)"``."""
    faces: Faces | None = None
    """People in it; ``None``: it was not asked for, as for works that fill their photograph."""


class Mask(Record):
    """Where the object is in its photograph."""

    path: StoredPath
    """``mask.png``: 8 bit grey, 255 is the object, as large as the photograph."""
    coverage: float = Field(ge=0, le=1)
    """Share of the photograph that is the object."""
    box_px: tuple[int, int, int, int]
    """Left, top, right, bottom of the object; right and bottom exclusive."""


class Depth(Record):
    """How near each pixel is: relative, 0 far and 1 near."""

    path: StoredPath
    """``depth.png``: 16 bit grey, 65535 is nearest, the photograph's proportions."""
    is_flat: bool = False
    """Nothing in it stands out: a flat work, seen as one plane."""


class View(Record):
    """All that is known of one photograph; what camera and sculptor work from."""

    photo: Photo
    mask: Mask
    depth: Depth


class Clip(Record):
    """A video clip and its poster frame."""

    path: StoredPath
    """``clip.mp4``; ``clip.<profile>.mp4`` for a clip beside the main one."""
    poster: StoredPath
    """``poster.webp``, named alike."""
    sheet: StoredPath | None = None
    """``sheet.webp``, named alike: frames with their times, depth, motion, edges."""
    width_px: int
    height_px: int
    fps: float
    frames: int
    loops: bool
    """The last frame leads back into the first."""
    alt: Localized = {}
    """What is seen, for those who do not see it."""
    profile: str = "photo"
    """Name of the profile it was made for."""
    codec: str = "h264"
    pace: Pace = "normal"

    @property
    def media_type(self) -> str:
        """The file's type, as browsers name it: an image type for animations."""
        return media_type(self.path)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.fps


class Mesh(Record):
    """A textured mesh in metres, +Y up, front to +Z, standing on y = 0."""

    path: StoredPath
    """``mesh.glb``"""
    vertices: int
    faces: int
    extent: tuple[float, float, float]
    """Width, height and depth of the bounding box in the file's units."""
    size_known: bool
    """The file's units are true metres. Otherwise the longest side is 1 and means nothing."""
    observed: float = Field(ge=0, le=1)
    """Share of the surface that the photograph shows; the rest is guessed or mirrored."""


class Model(Record):
    """Trained weights that an engine runs on."""

    id: str
    revision: str
    sha256: str
    licence: str
    source_url: str


class EngineId(Record):
    """Which engine did the work, exactly."""

    name: str
    version: str
    options: dict[str, Any] = {}
    model: Model | None = None
    generative: bool = False
    """It can show what the photograph does not. Such results are labelled everywhere."""


class Attempt(Record):
    """An engine that was tried and failed before the one that did the work."""

    engine: str
    error: str


class Provenance(Record):
    """How one result came to be."""

    key: str
    """The result's name in the store: the hash of everything below that decides its bytes."""
    stage: str
    stage_version: str
    engine: EngineId | None
    params: dict[str, Any]
    inputs: tuple[str, ...]
    """Fingerprints (SHA-256) of what went in."""
    seed: int | None = None
    generated: bool = False
    drawn_on: str | None = None
    """The GPU that drew it; ``None``: the processor. No byte depends on it."""
    started: str
    """UTC, ISO 8601."""
    duration_s: float
    peak_memory_bytes: int
    tried: tuple[Attempt, ...] = ()
