"""The live display of a run: a bar per running stage and one for the whole, on stderr.

Quiet where stderr is not a terminal. Looks at the run a few times a second and never slows it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.run import MakingRun, Working

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

_LOOK_EVERY_S = 0.2

STAGES = {
    "check_rights": "rights",
    "ingest_photo": "reading photograph",
    "blur_faces": "looking for bystanders",
    "cut_mask": "cutting out",
    "estimate_depth": "estimating depth",
    "render_clip": "rendering clip",
    "typeset_clip": "setting text",
    "build_mesh": "building mesh",
    "join_reel": "joining reel",
}
"""What each stage is called where people watch it work."""


def stage_words(label: str) -> str:
    """Say what a stage does, and for which profile: ``rendering clip (portrait-1080p)``."""
    stage, _, variant = label.partition(":")
    words = STAGES.get(stage, stage)
    return f"{words} ({variant})" if variant else words


@contextmanager
def live(run: MakingRun, console: Console) -> Iterator[None]:
    """Show how ``run`` goes while the body runs."""
    if not console.is_terminal:
        yield
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    whole = progress.add_task("[bold]objects[/bold]", total=None)
    ended = threading.Event()
    bars: dict[str, TaskID] = {}
    watcher = threading.Thread(target=_follow, args=(run, progress, whole, bars, ended))
    with progress:
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()


def _follow(
    run: MakingRun,
    progress: Progress,
    whole: TaskID,
    bars: dict[str, TaskID],
    ended: threading.Event,
) -> None:
    while not ended.wait(_LOOK_EVERY_S):
        progress.update(whole, completed=run.tally.finished, total=run.tally.total)
        working = run.working()
        for gone in bars.keys() - {work.folder.name for work, _ in working}:
            progress.remove_task(bars.pop(gone))
        for work, said in working:
            _update(progress, bars, work, said)


def _update(
    progress: Progress, bars: dict[str, TaskID], work: Working, said: tuple[int, int] | None
) -> None:
    name = work.folder.name
    if name not in bars:
        from rich.markup import escape

        label = f"{escape(work.item_id[:28])} · {stage_words(work.stage)}"
        bars[name] = progress.add_task(label, total=None)
    if said:
        progress.update(bars[name], completed=said[0], total=said[1])


def took(seconds: float) -> str:
    """Say a time for people: ``4.2 s``, ``3 min 20 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
