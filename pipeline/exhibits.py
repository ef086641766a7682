"""What a run has of its objects: entries with what was made of each, and the exhibit they form."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from pipeline.items import Item, Unusable
from pipeline.records import Clip, Depth, Localized, Mask, Mesh, Photo, Provenance, Record, View
from pipeline.uses import Use


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
    uses: tuple[Use, ...] = ()
    """What may be done with it (`pipeline.permission`), also what nobody asked for."""
    derivative_licence: str = ""
    """URI of the licence under which its clips and meshes stand; ``""``: none is known."""
    nothing_allowed: bool = False
    """Of what was asked for nothing may be made."""
    withheld: bool = False
    """It is not to be shown, nor its title: lists have its id and the reason alone."""

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
    unusable: tuple[Unusable, ...] = ()
    """Entries of the catalogue of which nothing could be made."""

    def with_entries(self, entries: tuple[Entry, ...], unusable: tuple[Unusable, ...] = ()) -> Self:
        """The same exhibit with other entries."""
        return self.model_copy(update={"entries": entries, "unusable": unusable})
