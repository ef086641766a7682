"""What a page shows of one object: its files, its states, its facts, ready to be set in type.

Knows records and the layout ``gallery/`` beside ``objects/``. Knows no markup.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from pipeline.care import access_of
from pipeline.errors import StoreError
from pipeline.exhibits import Entry
from pipeline.items import Kind
from pipeline.naming import safe_name
from pipeline.records import Localized, Provenance
from pipeline.review.clips import Version, versions_of
from pipeline.review.rights import ShownRights
from pipeline.review.text import Languages, bytes_words, clean, size_words
from pipeline.review.words import word, word_or_name

_STATED = {
    "object name": "object_name",
    "classification": "classification",
    "medium": "medium",
    "dimensions": "dimensions",
    "record rights": "record_rights",
    "further pictures": "further_pictures",
}
"""Names under which `pipeline.sources.conclude` keeps what has no place of its own."""


@dataclass(frozen=True)
class Picture:
    """A picture in a page. Sizes keep the page still while it loads."""

    href: str
    width_px: int
    height_px: int


@dataclass(frozen=True)
class FileLine:
    """One file that a reader can open."""

    name: str
    href: str
    size: str


@dataclass(frozen=True)
class Badge:
    """A short word that asks for attention; ``tone`` is its class in the style sheet."""

    tone: str
    text: Localized


@dataclass(frozen=True)
class Made:
    """How one part came to be."""

    stage: Localized
    record: Provenance
    options: tuple[tuple[str, str], ...]
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shown:
    """One object, as the templates take it."""

    entry: Entry
    position: int
    model_script: str | None
    """Address of the script that brings the mesh."""

    @cached_property
    def name(self) -> str:
        """The object's folder and the stem of its page."""
        return safe_name(self.entry.item.id)

    @property
    def page(self) -> str:
        """File name of the object's page. One object may be called ``index``, its page may not."""
        return "index~object.html" if self.name == "index" else f"{self.name}.html"

    @property
    def page_href(self) -> str:
        """Address of the page, seen from its neighbours."""
        return quote(self.page)

    def href(self, path: Path) -> str:
        """Address of one of the object's files, seen from the gallery."""
        return f"../objects/{quote(self.name)}/{quote(path.name)}"

    @property
    def title(self) -> Localized:
        """The title, or the word for having none."""
        title = self.entry.item.title
        return title if any(clean(text) for text in title.values()) else word("untitled")

    @property
    def kind(self) -> Localized:
        """The kind, in words."""
        return word(f"kind_{self.entry.item.kind}")

    @property
    def size(self) -> Localized | None:
        """The true size in words; ``None`` for what has no size to state."""
        if self.entry.item.kind is Kind.INTANGIBLE:
            return size_words(self.entry.item.size)
        return size_words(self.entry.item.size) or word("unknown")

    @property
    def size_parts(self) -> list[str]:
        """What the catalogue says of the size of each part, where it says more than one thing."""
        dimensions = self.entry.item.dimensions
        if dimensions is None or len(dimensions.parts) < 2:
            return []
        return [
            f"{part.label or part.name}: {' × '.join(one.stated for one in part.measures)}"
            for part in dimensions.parts
        ]

    @property
    def short_size(self) -> Localized | None:
        """The true size in metric units alone, where it is known."""
        return size_words(self.entry.item.size, both=False)

    @property
    def orbit(self) -> str:
        """How far the camera stands off. A flat work is framed closer: it has no depth to clear."""
        return "86%" if self.entry.item.kind.fills_photograph else "118%"

    @property
    def picture(self) -> Picture | None:
        """What stands for the object in the index."""
        entry = self.entry
        if entry.clip is not None:
            clip = entry.clip
            return Picture(self.href(clip.poster), clip.width_px, clip.height_px)
        if entry.photo is not None:
            photo = entry.photo
            return Picture(self.href(photo.path), photo.width_px, photo.height_px)
        return None

    @property
    def badges(self) -> list[Badge]:
        """What a curator should know before opening the page."""
        entry, badges = self.entry, []
        for reason in ("refused", "failed", "pending"):
            if any(problem.reason == reason for problem in entry.problems):
                badges.append(Badge(reason, word(reason)))
        if (access := access_of(entry.item.care)) != "public":
            badges.append(Badge("access", word(f"access_{access}")))
        if entry.is_generated:
            badges.append(Badge("generated", word("generated")))
        if any(made.tried for made in entry.provenance.values()):
            badges.append(Badge("fallback", word("fallback")))
        faces = entry.photo.faces if entry.photo else None
        if faces and not faces.checked and faces.action == "blur":
            badges.append(Badge("people", word("people_look")))
        if entry.item.kind is not Kind.INTANGIBLE and not entry.item.size.is_known:
            badges.append(Badge("size", word("size_unknown")))
        return badges

    @property
    def states(self) -> list[str]:
        """The filters of the index that let the object through."""
        states = ["all"]
        tones = {badge.tone for badge in self.badges}
        if tones - {"pending"}:
            states.append("look")
        if tones & {"refused", "failed"}:
            states.append("failed")
        return states

    def stage(self, name: str) -> Localized:
        """A stage, in words."""
        return _stage_words(name)

    @property
    def rights(self) -> ShownRights:
        """Rights and care."""
        return ShownRights(self.entry)

    @property
    def people(self) -> Localized | None:
        """What was found and done about people in the photograph."""
        faces = self.entry.photo.faces if self.entry.photo else None
        if faces is None:
            return None
        if faces.action == "keep":
            return word("people_kept", reason=clean(faces.reason))
        if not faces.checked:
            return word("people_unchecked")
        if not faces.boxes_px:
            return word("people_none")
        if faces.action == "note":
            return word("people_noted", n=len(faces.boxes_px), reason=clean(faces.reason))
        return word("people_blurred", n=faces.blurred)

    @property
    def layer_choices(self) -> list[tuple[str, str]]:
        """Layers that can be laid over the photograph: value and word."""
        choices = [("photo", "photograph")]
        if self.entry.mask is not None:
            choices += [("cutout", "cutout"), ("mask", "mask")]
        if self.entry.depth is not None:
            choices.append(("depth", "depth"))
        return choices

    def other_languages(self, languages: Languages) -> list[tuple[str, list[str]]]:
        """What the catalogue says in languages in which the gallery is not read."""
        item = self.entry.item
        found: dict[str, list[str]] = {}
        for text in (item.title, item.creator, item.date, item.description):
            for variant in languages.others(text):
                found.setdefault(variant.tag, []).append(variant.text)
        return list(found.items())

    @property
    def stated(self) -> list[tuple[Localized, str]]:
        """What every catalogue says in some way, in the gallery's order and words."""
        extra = self.entry.item.extra
        return [(word(said), extra[name]) for name, said in _STATED.items() if extra.get(name)]

    @property
    def further(self) -> list[tuple[str, str]]:
        """What this catalogue says beyond that, under its own names."""
        return [(name, text) for name, text in self.entry.item.extra.items() if name not in _STATED]

    @property
    def search(self) -> str:
        """Everything that a search can find the object by."""
        item = self.entry.item
        texts = [
            item.id,
            *item.title.values(),
            *item.creator.values(),
            *item.date.values(),
            *self.kind.values(),
            *item.extra.values(),
        ]
        return " ".join(dict.fromkeys(" ".join(clean(text).split()) for text in texts))

    @property
    def files(self) -> list[FileLine]:
        """Every file that was made.

        Raises:
            StoreError: if one is gone.
        """
        entry = self.entry
        paths: list[Path] = []
        for part in (entry.photo, entry.mask, entry.depth):
            if part is not None:
                paths.append(part.path)
        for clip in entry.clips:
            paths += [clip.path, clip.poster, *([clip.sheet] if clip.sheet else [])]
        if entry.mesh is not None:
            paths.append(entry.mesh.path)
        return [
            FileLine(path.name, self.href(path), bytes_words(_size_bytes(path))) for path in paths
        ]

    @property
    def made(self) -> list[Made]:
        """How each part came to be, in the order of making.

        Without times, which are in record.json: the same work gives the same pages.
        """
        return [
            Made(
                stage=_stage_words(stage),
                record=record,
                options=_lines(record.engine.options) if record.engine else (),
                params=_lines(record.params),
            )
            for stage, record in self.entry.provenance.items()
        ]

    @property
    def model_words(self) -> list[Localized]:
        """What to know of the mesh before believing it."""
        mesh = self.entry.mesh
        if mesh is None:
            return []
        w, h, d = (f"{value:.3g}" for value in mesh.extent)
        percent = round(mesh.observed * 100)
        return [
            word("model_metres", w=w, h=h, d=d) if mesh.size_known else word("model_unscaled"),
            word("model_faces", faces=f"{mesh.faces:,}"),
            word("observed_all") if percent == 100 else word("observed", percent=percent),
        ]

    @cached_property
    def versions(self) -> list[Version]:
        """The clips, the main one first."""
        return versions_of(self.entry)

    @property
    def still(self) -> Version | None:
        """The version for those whom motion makes unwell, unless the main clip is one."""
        if any(one.number == 0 and one.clip.pace == "still" for one in self.versions):
            return None
        return next((one for one in self.versions if one.clip.pace == "still"), None)

    def weight(self, path: Path) -> str:
        """Size of a file in words.

        Raises:
            StoreError: if it is gone.
        """
        return bytes_words(_size_bytes(path))

    @property
    def sheet(self) -> Picture | None:
        """The main clip's contact sheet."""
        clip = self.entry.clip
        if clip is None or clip.sheet is None:
            return None
        try:
            with Image.open(clip.sheet) as picture:
                return Picture(self.href(clip.sheet), picture.width, picture.height)
        except OSError as error:
            raise StoreError(
                f"{clip.sheet} is gone or damaged: {error}. Render the exhibit again."
            ) from error


def _stage_words(label: str) -> Localized:
    """A stage in words, and which of several results of it: ``render_clip:portrait-1080p``."""
    stage, _, variant = label.partition(":")
    words = word_or_name("stage", stage)
    return {tag: f"{text} · {variant}" for tag, text in words.items()} if variant else words


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise StoreError(f"{path} is gone: {error.strerror}. Render the exhibit again.") from error


def _lines(values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in values.items()
    )
