"""The stage: a text becomes a clip as long as reading it takes."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.engines.clip_typographic import TypographicEngine, TypographicOptions
from pipeline.errors import EngineFailed, StageFailed
from pipeline.items import Kind, Size, Subject
from pipeline.media.pixels import read_rgb
from pipeline.media.video import read_clip
from pipeline.stages.render_clip import ClipParams
from pipeline.stages.typeset_clip import typeset_clip

SUBJECT = Subject(
    kind=Kind.INTANGIBLE,
    size=Size(),
    title={"en": "Paper-cut", "zh": "剪纸"},
    credit="A museum",
    rights_uri="https://creativecommons.org/publicdomain/zero/1.0/",
)
TEXT = {"en": "Paper and scissors.", "zh": "纸与剪刀。"}
PARAMS = ClipParams(fps=12, long_side_px=256, duration_s=1)
ENGINE = TypographicEngine(TypographicOptions(latin_per_s=30, cjk_per_s=12, fade_s=0.5))


def test_clip_poster_and_words(tmp_path):
    clip = typeset_clip(SUBJECT, TEXT, PARAMS, engine=ENGINE, folder=tmp_path)
    frames = list(read_clip(clip.path))
    assert (clip.width_px, clip.height_px, clip.fps) == (256, 144, 12)
    assert len(frames) == clip.frames > 12, "duration_s does not cut the text short"
    assert clip.alt == TEXT
    assert clip.loops
    assert np.abs(read_rgb(clip.poster).astype(int) - frames[0]).mean() < 4
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clip.mp4", "poster.webp", "sheet.webp"]


def test_a_title_alone_is_enough(tmp_path):
    clip = typeset_clip(SUBJECT, {}, PARAMS, engine=ENGINE, folder=tmp_path)
    assert clip.alt == SUBJECT.title


def test_nothing_to_set(tmp_path):
    with pytest.raises(StageFailed, match="Add a description"):
        typeset_clip(
            SUBJECT.model_copy(update={"title": {"en": " "}}),
            {"en": "\n"},
            PARAMS,
            engine=ENGINE,
            folder=tmp_path,
        )


def test_a_book_is_refused(tmp_path):
    with pytest.raises(StageFailed, match="Shorten the description"):
        typeset_clip(SUBJECT, {"zh": "字" * 30000}, PARAMS, engine=ENGINE, folder=tmp_path)


def test_an_unknown_letter_leaves_nothing_behind(tmp_path):
    with pytest.raises(EngineFailed, match="no glyph"):
        typeset_clip(SUBJECT, {"th": "ก"}, PARAMS, engine=ENGINE, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
