"""The reel in the results folder and on top of the gallery.

    <folder>/reel.mp4 reel.webp reel.chapters.vtt    the film, its poster, its chapters
    <folder>/reel.json                               how it came to be

Chapters are buttons on the page: from disk a browser loads no subtitle or chapter track.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.exhibits import Exhibit
from pipeline.records import Localized
from pipeline.reels import Chapter, LeftOut, ReelEntry
from pipeline.review.pages import Shown
from pipeline.review.words import word
from pipeline.store import show, write_whole

RECORD = "reel.json"


def lay_out_reel(entry: ReelEntry, folder: Path, digest: Callable[[Path], str]) -> dict[str, Any]:
    """Show the reel's files in ``folder`` and return what exhibit.json says of it."""
    files: dict[str, Any] = {}
    film = entry.reel
    if film is not None:
        size = {"width_px": film.width_px, "height_px": film.height_px}
        length = {"fps": film.fps, "frames": film.frames}
        for stored, facts in (
            (film.path, {**size, **length}),
            (film.poster, size),
            (film.chapters_path, {}),
        ):
            show(stored, folder / stored.name)
            files[stored.name] = {
                "path": stored.name,
                "sha256": digest(stored),
                "bytes": stored.stat().st_size,
                **facts,
            }
    document = {
        "files": files,
        "record": RECORD,
        **reel_facts(entry),
        "problems": [problem.model_dump() for problem in entry.problems],
    }
    names = {"digest": lambda path: path.name}
    record = {
        "result": film.model_dump(mode="json", context=names) if film else None,
        "provenance": {
            stage: made.model_dump(mode="json") for stage, made in entry.provenance.items()
        },
    }
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    write_whole(folder / RECORD, text)
    return document


def reel_facts(entry: ReelEntry) -> dict[str, Any]:
    """Return what is in the reel, what is missing and why, and how loud it is."""
    film = entry.reel
    return {
        "chapters": [chapter.model_dump() for chapter in film.chapters] if film else [],
        "missing": [out.model_dump() for out in missing(entry)],
        "loudness_lufs": film.loudness_lufs if film else None,
        "true_peak_dbtp": film.true_peak_dbtp if film else None,
    }


def missing(entry: ReelEntry) -> tuple[LeftOut, ...]:
    """Objects that were to be in the reel and are not."""
    return (*entry.missing, *(entry.reel.left_out if entry.reel else ()))


@dataclass(frozen=True)
class ShownReel:
    """The reel, as the index takes it."""

    entry: ReelEntry
    exhibit: Exhibit

    @property
    def film(self) -> str:
        """Address of the film, seen from the gallery; empty if there is none."""
        return f"../{quote(self.entry.reel.path.name)}" if self.entry.reel else ""

    @property
    def poster(self) -> str:
        """Address of its poster."""
        return f"../{quote(self.entry.reel.poster.name)}" if self.entry.reel else ""

    @property
    def chapters(self) -> list[tuple[str, str, Localized]]:
        """Start in seconds, start for people, and title of each chapter."""
        film = self.entry.reel
        return [_chapter(one) for one in film.chapters] if film else []

    @property
    def words(self) -> list[Localized]:
        """Length, size and rate; and whether there is music."""
        film = self.entry.reel
        if film is None:
            return []
        said = [
            word(
                "reel_facts",
                length=_clock(film.duration_s),
                width=film.width_px,
                height=film.height_px,
            )
        ]
        sound = "reel_silent" if film.loudness_lufs is None else "reel_music"
        return [*said, word(sound)]

    @property
    def missing(self) -> list[tuple[str, Localized]]:
        """Page and title of each object that is not in it."""
        entries = {one.item.id: one for one in self.exhibit.entries if not one.withheld}
        left_out = [out.id for out in missing(self.entry) if out.id in entries]
        shown = [Shown(entries[name], 0, None) for name in left_out]
        return [(one.page_href, one.title) for one in shown]

    @property
    def problems(self) -> list[str]:
        """Why it could not be joined."""
        return [problem.message for problem in self.entry.problems]


def _chapter(chapter: Chapter) -> tuple[str, str, Localized]:
    return f"{chapter.start_s:.3f}", _clock(chapter.start_s), chapter.title


def _clock(seconds: float) -> str:
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
