"""The results folder that people see: a view of the store, made anew after every run.

    <folder>/exhibit.json    every object and file; the same bytes for the same work
    <folder>/reel.*          all clips joined, with reel.json: how (`pipeline.review.reel`)
    <folder>/report.json     what this run did and how long it took
    <folder>/objects/<id>/   files by plain names, and record.json: how each came to be

Files are shown, not copied, where the disk has hard links. What an earlier run showed and this
one does not have is taken away, also what a run left that was killed; files that this program did
not put there stay.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.exhibits import Entry, Exhibit
from pipeline.naming import safe_name
from pipeline.records import Clip, Mesh, Photo, Provenance, Record
from pipeline.reels import ReelEntry
from pipeline.review.reel import lay_out_reel
from pipeline.store import show, write_whole

logger = logging.getLogger(__name__)

FORMAT = "tableau-vivant/exhibit/1"

_OURS = re.compile(
    r"\.?(?:(?:photo|alpha|mask|depth)\.(?:webp|png)|(?:clip|poster|sheet)\.[\w.-]+"
    r"|mesh\.glb|record\.json)(?:\.[0-9a-f]{8})?"
)
"""What this program writes into an object's folder, and its drafts."""
_REEL = re.compile(r"reel\.(?:mp4|mov|mkv|webm|webp|chapters\.vtt|json)")


def lay_out(
    exhibit: Exhibit,
    folder: Path,
    digest: Callable[[Path], str],
    reel: ReelEntry | None = None,
) -> None:
    """Write the results folder for ``exhibit``; ``digest`` gives the SHA-256 of a file."""
    before = _shown_before(folder)
    objects = [_lay_out_object(entry, folder, digest) for entry in exhibit.entries]
    document = {
        "format": FORMAT,
        "id": exhibit.id,
        "title": exhibit.title,
        "languages": exhibit.languages,
        "objects": objects,
        "unusable": [entry.model_dump() for entry in exhibit.unusable],
    }
    if reel is not None:
        document["reel"] = lay_out_reel(reel, folder, digest)
    write_whole(folder / "exhibit.json", _json(document))
    now = _listed(document)
    for name in (before | _lying_there(folder)) - now:
        _take_away(folder, name)


def _lay_out_object(entry: Entry, folder: Path, digest: Callable[[Path], str]) -> dict[str, Any]:
    if entry.withheld:
        why = " ".join(problem.message for problem in entry.problems)
        return {"id": entry.item.id, "withheld": why, "files": {}}
    place = f"objects/{safe_name(entry.item.id)}"
    files = {}
    for stored, facts in _files(entry):
        show(stored, folder / place / stored.name)
        files[stored.name] = {
            "path": f"{place}/{stored.name}",
            "sha256": digest(stored),
            "bytes": stored.stat().st_size,
            **facts,
        }
    item = entry.item
    document: dict[str, Any] = {
        "id": item.id,
        "kind": item.kind,
        "kind_reason": item.kind_reason,
        "title": item.title,
        "creator": item.creator,
        "date": item.date,
        "rights": item.rights.model_dump(),
        "uses": entry.uses,
        "derivative_licence": entry.derivative_licence,
        "care": item.care.model_dump(mode="json", exclude_defaults=True),
        "size": item.size.model_dump(exclude_none=True),
        "size_known": item.size.is_known,
        "size_notes": item.size_notes,
        "generated": entry.is_generated,
        "engines": {
            stage: made.engine.model_dump(mode="json")
            for stage, made in entry.provenance.items()
            if made.engine
        },
        "verdict": None,
        "problems": [problem.model_dump() for problem in entry.problems],
        "files": files,
        "record": f"{place}/record.json",
    }
    write_whole(folder / document["record"], _json(_record(entry)))
    return document


def _files(entry: Entry) -> list[tuple[Path, dict[str, Any]]]:
    """Every file of the object with the facts that a reader of exhibit.json needs."""
    found: list[tuple[Path, dict[str, Any]]] = []
    if entry.photo:
        found.append((entry.photo.path, _pixels(entry.photo)))
        if entry.photo.alpha:
            found.append((entry.photo.alpha, _pixels(entry.photo)))
    if entry.mask:
        found.append((entry.mask.path, {"coverage": entry.mask.coverage}))
    if entry.depth:
        found.append((entry.depth.path, {"flat": entry.depth.is_flat}))
    for clip in entry.clips:
        found.append((clip.path, _clip_facts(clip)))
        found.append((clip.poster, _pixels(clip)))
        if clip.sheet:
            found.append((clip.sheet, {}))
    if entry.mesh:
        found.append((entry.mesh.path, _mesh_facts(entry.mesh)))
    return found


def _pixels(picture: Photo | Clip) -> dict[str, Any]:
    return {"width_px": picture.width_px, "height_px": picture.height_px}


def _clip_facts(clip: Clip) -> dict[str, Any]:
    return {
        **_pixels(clip),
        "fps": clip.fps,
        "frames": clip.frames,
        "loops": clip.loops,
        "profile": clip.profile,
        "codec": clip.codec,
    }


def _mesh_facts(mesh: Mesh) -> dict[str, Any]:
    extent = dict(zip(("width", "height", "depth"), mesh.extent, strict=True))
    return {
        "faces": mesh.faces,
        "unit": "metre" if mesh.size_known else "unknown",
        "extent": extent,
        "observed": mesh.observed,
    }


def _record(entry: Entry) -> dict[str, Any]:
    """How the object's files came to be: catalogue entry, results, provenance."""
    results: dict[str, Record | None] = {
        "photo": entry.photo,
        "mask": entry.mask,
        "depth": entry.depth,
        "clip": entry.clip,
        **{f"clip:{profile}": clip for profile, clip in entry.variants.items()},
        "mesh": entry.mesh,
    }
    names = {"digest": lambda path: path.name}
    return {
        "item": entry.item.model_dump(mode="json", exclude={"image"}),
        "results": {
            name: result.model_dump(mode="json", context=names)
            for name, result in results.items()
            if result
        },
        "provenance": {
            stage: _provenance(made) for stage, made in sorted(entry.provenance.items())
        },
        "uses": entry.uses,
        "derivative_licence": entry.derivative_licence,
        "problems": [problem.model_dump() for problem in entry.problems],
    }


def _provenance(made: Provenance) -> dict[str, Any]:
    return made.model_dump(mode="json")


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _shown_before(folder: Path) -> set[str]:
    """The files that an earlier run put here, as its exhibit.json lists them."""
    try:
        return _listed(json.loads((folder / "exhibit.json").read_text("utf-8")))
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        logger.warning("%s is damaged (%s); old files may stay", folder / "exhibit.json", error)
        return set()


def _lying_there(folder: Path) -> set[str]:
    """What bears a name of ours: a run that was killed had listed nothing yet."""
    found = {path for path in (folder / "objects").glob("*/*") if _OURS.fullmatch(path.name)}
    found |= {path for path in folder.glob("reel.*") if _REEL.fullmatch(path.name)}
    return {path.relative_to(folder).as_posix() for path in found}


def _listed(document: dict[str, Any]) -> set[str]:
    """Every file that an exhibit.json names."""
    entries = [*document["objects"], *([document["reel"]] if "reel" in document else [])]
    files = {file["path"] for entry in entries for file in entry["files"].values()}
    return files | {entry["record"] for entry in entries if "record" in entry}


def _take_away(folder: Path, name: str) -> None:
    path = folder / name
    ours = path.resolve().is_relative_to((folder / "objects").resolve())
    if not ours and not re.fullmatch(r"reel\.[a-z0-9.]+", name):
        return  # someone wrote into exhibit.json
    path.unlink(missing_ok=True)
    if ours and path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
