"""The curator's gallery: static pages that open from disk by a double click.

Knows the layout ``renders/<exhibit>/gallery`` beside ``objects``. A browser refuses ``fetch`` and
module scripts on ``file://``: so scripts are classic ones, and a mesh travels as base64 in a
script of its own, a third larger than the GLB, that only its page loads. Nothing comes from a
network; a content security policy in every page holds the browser to that.

Files are written elsewhere and renamed into place, only where something changed: a gallery that
is looked at while a run goes on is never half a gallery, and a second run touches nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipeline.bundled import bundled
from pipeline.errors import StoreError
from pipeline.exhibits import Entry, Exhibit
from pipeline.naming import safe_name
from pipeline.reels import ReelEntry
from pipeline.review.pages import Shown
from pipeline.review.reel import ShownReel
from pipeline.review.text import Languages, clean, direction, web_address
from pipeline.review.words import ENDONYMS, LANGUAGES, word

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"

_SUBSETS = ("", "-latin", "-latin-ext", "-cyrillic", "-vietnamese")
_FONTS = tuple(f"fonts/noto-serif-sc{s}-{weight}.woff2" for s in _SUBSETS for weight in (400, 700))
_ASSETS = ("gallery.js", "gallery.css", "model-viewer.js", "LICENSES.txt", *_FONTS)

_UNUSABLE_MOST = 200
"""Entries that could not be used and are told one by one in the index."""
_GENERATOR = '<meta name="generator" content="Tableau Vivant">'
"""How pages of an earlier gallery are known from foreign ones; `base.html.j2` says it."""


def write_gallery(exhibit: Exhibit, folder: Path, reel: ReelEntry | None = None) -> Path:
    """Write the gallery of ``exhibit`` and its reel into ``folder``; return its ``index.html``.

    Media are named by ``../objects/<safe name>/``, which must hold the files that the entries
    name. Pages and models of objects that are no longer there are removed.

    Raises:
        CallError: if the installed package lacks the viewer.
        StoreError: if a file of the exhibit is gone, or the folder cannot be written.
    """
    try:
        (folder / "models").mkdir(parents=True, exist_ok=True)
        (folder / "assets" / "fonts").mkdir(parents=True, exist_ok=True)
        for name in _ASSETS:
            _write(folder / "assets" / name, bundled(f"web/dist/{name}").read_bytes())
        shown = [
            Shown(entry, position, _write_model(entry, folder))
            for position, entry in enumerate(
                (entry for entry in exhibit.entries if not entry.withheld), start=1
            )
        ]
        pages = dict(_pages(exhibit, shown, ShownReel(reel, exhibit) if reel else None))
        for name, page in pages.items():
            _write(folder / name, page.encode())
        _remove_old(folder, shown, pages)
    except OSError as error:
        raise StoreError(
            f"The gallery {folder} cannot be written: {error.strerror or error} "
            f"({error.filename}). Free some space or choose another folder."
        ) from error
    return folder / "index.html"


def take_away_gallery(folder: Path) -> None:
    """Remove the pages and models of an earlier run: they may show what is no longer to be seen.

    Raises:
        StoreError: if they cannot be removed.
    """
    try:
        _remove_old(folder, [], {})
    except OSError as error:
        raise StoreError(
            f"The gallery {folder} of an earlier run cannot be removed: "
            f"{error.strerror or error} ({error.filename}). Remove the folder yourself."
        ) from error


def _pages(
    exhibit: Exhibit, shown: list[Shown], reel: ShownReel | None
) -> Iterator[tuple[str, str]]:
    """Yield file name and text of every page; the index, which links to all, comes last."""
    languages = Languages(exhibit.languages, always=LANGUAGES)
    environment = _environment(languages)
    common = {"exhibit": exhibit, "total": len(shown), "unusable_most": _UNUSABLE_MOST}
    template = environment.get_template("object.html.j2")
    neighbours = [None, *shown, None]
    for before, this, after in zip(neighbours, shown, neighbours[2:], strict=False):
        yield this.page, template.render(common, shown=this, before=before, after=after)
    tally = Counter(state for one in shown for state in one.states)
    template = environment.get_template("index.html.j2")
    yield "index.html", template.render(common, objects=shown, tally=tally, reel=reel)


def _environment(languages: Languages) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["clean"] = clean
    environment.globals.update(
        languages=languages,
        word=word,
        say=lambda name, **values: languages.spans(word(name, **values)),
        text=languages.spans,
        attributes=languages.attributes,
        web_address=web_address,
        direction=direction,
        endonym=lambda tag: ENDONYMS.get(tag.lower(), ENDONYMS.get(tag.lower()[:2], tag)),
    )
    return environment


def _write_model(entry: Entry, folder: Path) -> str | None:
    """Write the script that brings the entry's mesh, where it is absent; return its address."""
    if entry.mesh is None:
        return None
    try:
        glb = entry.mesh.path.read_bytes()
    except FileNotFoundError as error:
        raise StoreError(
            f"{entry.item.id}: its mesh {entry.mesh.path} is gone. Render the exhibit again."
        ) from error
    name = f"{safe_name(entry.item.id)}-{hashlib.sha256(glb).hexdigest()[:8]}.js"
    address = f"models/{quote(name)}"
    path = folder / "models" / name
    if not path.exists():
        text = f'vivantModel({json.dumps(address)},"{base64.b64encode(glb).decode()}");\n'
        _replace(path, text.encode())
    return address


def _write(path: Path, content: bytes) -> None:
    """Write a file where it is absent or says something else."""
    try:
        same = path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        same = False
    if not same:
        _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    # Not tempfile: its files are private to one user, and a gallery may be put on a web server.
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _remove_old(folder: Path, shown: list[Shown], pages: dict[str, str]) -> None:
    """Remove models and pages of objects that are no longer in the exhibit, and broken drafts."""
    scripts = {one.model_script for one in shown}
    for path in (folder / "models").glob("*.js"):
        if f"models/{quote(path.name)}" not in scripts:
            path.unlink()
    for path in folder.glob("*.html"):
        if path.name not in pages and _GENERATOR in path.read_text("utf-8", "replace")[:2000]:
            path.unlink()
    for path in folder.rglob(".*.tmp"):
        path.unlink()
