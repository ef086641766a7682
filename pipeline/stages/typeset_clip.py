"""Text -> Clip."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.errors import StageFailed
from pipeline.items import Subject
from pipeline.protocols import TextEngine
from pipeline.records import Clip, Localized
from pipeline.stages.render_clip import ClipParams, finish_clip, shot_of

VERSION = "7"

_SHAPE = 16 / 9
"""There is no photograph whose shape the frame could follow."""
_LONGEST_S = 1800.0
"""A text that takes longer than half an hour is a book."""


def typeset_clip(
    subject: Subject, text: Localized, params: ClipParams, *, engine: TextEngine, folder: Path
) -> Clip:
    """Set a text in type; write clip, poster and sheet to ``folder``.

    The clip is as long as reading takes, whatever ``params.duration_s`` says.

    Raises:
        StageFailed: if there is neither title nor text, it would take more than half an hour,
            this machine has no encoder for it, or the encoder refuses.
        StoreError: if the disk is full.
        EngineFailed: if a character has no glyph.
    """
    from pipeline.media.codecs import require

    require(params.codec, f"the profile {params.profile}")  # before any letter is set
    if not any(words.strip() for words in (*text.values(), *subject.title.values())):
        raise StageFailed(
            "There is neither a title nor a description to set. Add a description to its entry "
            "in the catalogue."
        )
    shot = shot_of(subject, params, _frame_size(params))
    shot = replace(shot, frames=engine.frame_count(subject, text, shot))
    if shot.frames > _LONGEST_S * shot.fps:
        raise StageFailed(
            f"Reading the text takes {shot.frames / shot.fps / 60:.0f} minutes; at most "
            f"{_LONGEST_S / 60:.0f} are made. Shorten the description."
        )
    frames = engine.frames(subject, text, shot)
    clip = finish_clip(frames, shot, params, subject, folder)
    words = {language: said for language, said in text.items() if said.strip()}
    return clip.model_copy(update={"alt": words or subject.title})


def _frame_size(params: ClipParams) -> tuple[int, int]:
    if params.width_px is not None and params.height_px is not None:
        return params.width_px, params.height_px
    width_px = 2 * round(params.long_side_px / 2)
    return width_px, 2 * round(width_px / _SHAPE / 2)
