"""Text -> Clip."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.errors import StageFailed
from pipeline.protocols import Shot, TextEngine
from pipeline.records import Clip, Localized, Subject
from pipeline.stages.render_clip import ClipParams, clip_tags

VERSION = "1"

_SHAPE = 16 / 9
"""There is no photograph whose shape the frame could follow."""
_LONGEST_S = 1800.0
"""A text that takes longer than half an hour is a book."""


def typeset_clip(
    subject: Subject, text: Localized, params: ClipParams, *, engine: TextEngine, folder: Path
) -> Clip:
    """Set a text in type; write ``clip.mp4`` and ``poster.webp`` to ``folder``.

    The clip is as long as reading takes, whatever ``params.duration_s`` says.

    Raises:
        StageFailed: if there is neither title nor text, it would take more than half an hour, or
            the encoder refuses.
        EngineFailed: if a character has no glyph.
    """
    from pipeline.media.codecs import Encoding
    from pipeline.media.pixels import write_poster
    from pipeline.media.video import write_clip

    if not any(words.strip() for words in (*text.values(), *subject.title.values())):
        raise StageFailed(
            "There is neither a title nor a description to set. Add a description to its entry "
            "in the catalogue."
        )
    width_px = 2 * round(params.long_side_px / 2)
    shot = Shot(
        width_px=width_px,
        height_px=2 * round(width_px / _SHAPE / 2),
        fps=params.fps,
        frames=1,
        kind=subject.kind,
        seed=params.seed,
    )
    shot = replace(shot, frames=engine.frame_count(subject, text, shot))
    if shot.frames > _LONGEST_S * shot.fps:
        raise StageFailed(
            f"Reading the text takes {shot.frames / shot.fps / 60:.0f} minutes; at most "
            f"{_LONGEST_S / 60:.0f} are made. Shorten the description."
        )
    frames = engine.frames(subject, text, shot)
    facts = write_clip(
        frames,
        folder / "clip.mp4",
        shot,
        encoding=Encoding(crf=params.crf),
        tags=clip_tags(subject),
    )
    write_poster(facts.first, folder / "poster.webp")
    return Clip(
        path=folder / "clip.mp4",
        poster=folder / "poster.webp",
        width_px=shot.width_px,
        height_px=shot.height_px,
        fps=params.fps,
        frames=facts.frames,
        loops=True,
        alt={language: words for language, words in text.items() if words.strip()} or subject.title,
    )
