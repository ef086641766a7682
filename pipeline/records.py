"""The nouns: what a catalogue says, what the stages make, and how each thing came to be.

All are frozen pydantic models that travel as JSON between processes and runs. Files are named
by absolute paths in memory; in ``record.json`` by names inside the record's own folder, and in
a fingerprint by the SHA-256 of their bytes (see `StoredPath`). No record knows an engine.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    ValidationInfo,
    model_validator,
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


class Kind(StrEnum):
    """What a thing is. It decides how the camera moves and what mesh the thing gets."""

    PAINTING = "painting"
    PRINT = "print"
    PHOTOGRAPH = "photograph"
    RELIEF = "relief"
    PLAQUE = "plaque"
    COIN = "coin"
    MEDAL = "medal"
    VESSEL = "vessel"
    SCULPTURE = "sculpture"
    TEXTILE = "textile"
    SCROLL = "scroll"
    SCENE = "scene"
    INTANGIBLE = "intangible"

    @property
    def fills_photograph(self) -> bool:
        """The subject fills the whole photograph: there is nothing to cut out."""
        return self in _FILLS


_FILLS = {Kind.PAINTING, Kind.PRINT, Kind.PHOTOGRAPH, Kind.TEXTILE, Kind.SCROLL, Kind.SCENE}

Localized = dict[str, str]
"""Text by BCP 47 language tag, in the order of the catalogue: ``{"en": …, "zh": …}``."""


def text_in(text: Localized, *languages: str) -> str:
    """Return the text in the first of ``languages`` that it has, else in any, else ``""``."""
    for language in languages:
        if language in text:
            return text[language]
    return next(iter(text.values()), "")


class Size(Record):
    """True size in metres, as the catalogue states it; ``None`` where it says nothing."""

    height_m: float | None = Field(default=None, gt=0, le=1e4)
    width_m: float | None = Field(default=None, gt=0, le=1e4)
    depth_m: float | None = Field(default=None, gt=0, le=1e4)
    diameter_m: float | None = Field(default=None, gt=0, le=1e4)

    @property
    def is_known(self) -> bool:
        """At least one measure is stated."""
        return any(v is not None for v in (self.height_m, self.width_m, self.diameter_m))


class Rights(Record):
    """What may be done with the photograph."""

    uri: str
    """A Creative Commons or rightsstatements.org URI."""
    credit: str
    """The credit line, as it must be shown."""
    holder: str = ""


Pace = Literal["normal", "slow", "still"]
"""How fast a camera goes."""


class Region(Record):
    """A named part of a photograph."""

    title: Localized = {}
    box: tuple[float, float, float, float]
    """Left, top, right, bottom."""
    unit: Literal["part", "px"] = "part"
    """Fractions of the photograph's sides, or pixels of the upright source photograph."""

    @model_validator(mode="after")
    def _has_an_inside(self) -> Self:
        left, top, right, bottom = self.box
        most = 1.0 if self.unit == "part" else float("inf")
        if not (0 <= left < right <= most and 0 <= top < bottom <= most):
            inside = f"left < right and top < bottom, all from 0 to {most:g}"
            raise ValueError(f"found {self.box}, expected {inside}")
        return self


class Item(Record):
    """One catalogue entry: an object with its photograph, or a description without one."""

    id: str = Field(min_length=1, max_length=300)
    kind: Kind
    title: Localized
    image: Path | None = None
    """The photograph. ``None`` for intangible heritage that has only a text."""
    description: Localized = {}
    creator: Localized = {}
    date: Localized = {}
    rights: Rights
    size: Size = Size()
    details: tuple[Region, ...] = ()
    """Parts of the photograph that a visitor should see closely, in that order."""
    source_url: str = ""
    extra: dict[str, str] = {}
    """What the catalogue says beyond this, kept and shown, never lost."""

    @property
    def subject(self) -> Subject:
        """The part of the entry that is written into files."""
        return Subject(
            kind=self.kind,
            size=self.size,
            title=self.title,
            credit=self.rights.credit,
            rights_uri=self.rights.uri,
        )


class Subject(Record):
    """What files must say about the object they show: kind, true size, title, credit, rights."""

    kind: Kind
    size: Size
    title: Localized
    credit: str
    rights_uri: str


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


class Problem(Record):
    """Why a part of an object is not there."""

    stage: str
    reason: Literal["failed", "refused", "pending"]
    """``pending``: nothing is wrong, it was not asked for in the last run."""
    message: str


class Entry(BaseModel):
    """What a run has of one object so far. The only record that grows while it is made."""

    model_config = ConfigDict(extra="forbid")

    item: Item
    photo: Photo | None = None
    mask: Mask | None = None
    depth: Depth | None = None
    clip: Clip | None = None
    """The main clip."""
    variants: dict[str, Clip] = {}
    """Further clips of the same object, by profile."""
    mesh: Mesh | None = None
    provenance: dict[str, Provenance] = {}
    """By stage name; ``render_clip:portrait-1080p`` for a clip beside the main one."""
    problems: list[Problem] = []

    @property
    def id(self) -> str:
        """The object's."""
        return self.item.id

    @property
    def view(self) -> View | None:
        """Photograph, mask and depth, once all three are there."""
        if self.photo is None or self.mask is None or self.depth is None:
            return None
        return View(photo=self.photo, mask=self.mask, depth=self.depth)

    def keep_clip(self, clip: Clip, variant: str) -> None:
        """Take a clip in: the main one, or the one for the profile ``variant``."""
        if variant:
            self.variants[variant] = clip
        else:
            self.clip = clip

    @property
    def clips(self) -> tuple[Clip, ...]:
        """The main clip and all others."""
        return (*((self.clip,) if self.clip else ()), *self.variants.values())

    @property
    def is_generated(self) -> bool:
        """Some part of it was made by a generative engine."""
        return any(made.generated for made in self.provenance.values())


class Exhibit(Record):
    """A finished run: every object with what was made of it."""

    id: str
    title: Localized
    languages: tuple[str, ...]
    """The languages of the gallery, the first one first."""
    entries: tuple[Entry, ...]

    def with_entries(self, entries: tuple[Entry, ...]) -> Self:
        """The same exhibit with other entries."""
        return self.model_copy(update={"entries": entries})
