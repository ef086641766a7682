"""The typographic engine: all is said, long enough, and it loops."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.engines.clip_typographic import TypographicEngine, TypographicOptions
from pipeline.errors import EngineFailed
from pipeline.items import Kind, Size, Subject
from pipeline.media.cards import Page, end_card, text_cards, title_card
from pipeline.media.window_flower import window_flower
from pipeline.media.yuv import i420_to_rgb
from pipeline.protocols import Shot

SUBJECT = Subject(
    kind=Kind.INTANGIBLE,
    size=Size(),
    title={"en": "Chinese paper-cut", "zh": "中国剪纸"},
    credit="Text: a museum",
    rights_uri="https://creativecommons.org/publicdomain/zero/1.0/",
)
TEXT = {
    "en": "A sheet of paper and a pair of scissors. Little else is needed.\n\nNew every year.",
    "zh": "一张纸，一把剪刀，剪纸所需不过如此。",
}
FAST = TypographicOptions(latin_per_s=30, cjk_per_s=12, fade_s=0.5)
SHOT = Shot(width_px=320, height_px=180, fps=12, frames=1, kind=Kind.INTANGIBLE)


def timed(engine, text=TEXT, shot=SHOT):
    return replace(shot, frames=engine.frame_count(SUBJECT, text, shot))


@pytest.fixture(scope="module")
def played():
    engine = TypographicEngine(FAST)
    return [i420_to_rgb(f) for f in engine.frames(SUBJECT, TEXT, timed(engine))]


def inked(frame):
    return float((frame.max(axis=2) < 110).mean())


def test_it_loops(played):
    frames = [f.astype(int) for f in played]
    steps = [np.abs(frames[i] - frames[i - 1]).mean() for i in range(len(frames))]
    assert steps[0] <= 1.5 * max(steps[1:])


def test_the_first_frame_is_the_whole_title(played):
    first = played[0].astype(int)
    assert inked(played[0]) > 0.01
    red = (first[..., 0] > 130) & (first[..., 1] < 90)
    assert red.mean() > 0.002, "the seal"


def test_each_card_is_seen_and_between_them_there_is_only_paper(played):
    ink = np.array([inked(frame) for frame in played])
    shown = ink > 0.25 * np.median(ink)
    cards = int((np.diff(shown.astype(int)) == 1).sum()) + 1
    assert cards == 1 + 1 + 1 + 1 + 1 or cards == 4, "title, English, Chinese, credit"
    assert ink.min() < 0.002


def test_it_takes_as_long_as_reading_takes():
    slow = TypographicEngine(TypographicOptions(latin_per_s=10, cjk_per_s=4))
    long_text = {"en": "word " * 400, "zh": "字" * 300}
    seconds = timed(slow, long_text).frames / 12
    assert 1600 / 10 + 300 / 4 < seconds < 1.25 * (2000 / 10 + 300 / 4) + 20
    faster = TypographicEngine(TypographicOptions(latin_per_s=20, cjk_per_s=8))
    assert timed(faster, long_text).frames / 12 < 0.65 * seconds


def test_the_length_is_the_same_at_every_size():
    engine = TypographicEngine(TypographicOptions())
    text = {"en": "Some words that go on. " * 30, "zh": "剪纸之处，透进光来。" * 30}
    sizes = [(320, 180), (1280, 720)]
    counts = {timed(engine, text, replace(SHOT, width_px=w, height_px=h)).frames for w, h in sizes}
    assert max(counts) - min(counts) <= 0.02 * max(counts)


def test_too_little_time_is_refused():
    engine = TypographicEngine(FAST)
    with pytest.raises(EngineFailed, match=r"takes .* s and the clip has 1\.0 s"):
        next(engine.frames(SUBJECT, TEXT, replace(SHOT, frames=12)))


@pytest.mark.parametrize("where", ["text", "title", "credit"])
def test_no_box_instead_of_a_letter(where):
    engine = TypographicEngine(FAST)
    subject, text = SUBJECT, {"th": "ก"} if where == "text" else TEXT
    if where == "title":
        subject = SUBJECT.model_copy(update={"title": {"th": "ก"}})
    if where == "credit":
        subject = SUBJECT.model_copy(update={"credit": "ก"})
    with pytest.raises(EngineFailed, match="U\\+0E01, THAI CHARACTER KO KAI"):
        engine.frame_count(subject, text, SHOT)


def test_same_input_same_bytes_whatever_the_threads():
    def digest(threads: int) -> str:
        cv2.setNumThreads(threads)
        try:
            engine = TypographicEngine(FAST)
            shot = timed(engine)
            frames = engine.frames(SUBJECT, TEXT, shot)
            return hashlib.sha256(b"".join(next(frames).tobytes() for _ in range(4))).hexdigest()
        finally:
            cv2.setNumThreads(-1)

    assert digest(1) == digest(4)


def page(width=1280, height=720):
    return Page.of((width, height))


def coverage(card):
    return card.drawn()[0].alpha


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (240, 240)])
@pytest.mark.parametrize("ornament", [False, True])
@pytest.mark.parametrize(
    "title",
    [
        {"en": "Chinese paper-cut", "zh": "中国剪纸"},
        {"zh": "二十四节气与相关的知识"},
        {"en": "The Twenty-Four Solar Terms, knowledge in China of time and practices developed"},
        {"de": "Ein Titel", "zh": "UNESCO 名录"},
    ],
)
def test_nothing_is_cut_off(size, ornament, title):
    subject = SUBJECT.model_copy(update={"title": title})
    cards = [
        title_card(page(*size), title, ornament),
        *text_cards(page(*size), TEXT["en"] * 20, "Title"),
        *text_cards(page(*size), TEXT["zh"] * 20, "剪纸"),
        end_card(page(*size), subject, ornament),
    ]
    for card in cards:
        drawn = coverage(card)
        margin = round(0.025 * min(drawn.shape))
        rim = np.ones(drawn.shape, bool)
        rim[margin:-margin, margin:-margin] = False
        assert drawn.max() > 0.9
        assert drawn[rim].max() == 0


def test_every_word_of_the_text_is_on_a_page():
    words = "".join(card.words for card in text_cards(page(), TEXT["en"] * 9, ""))
    assert words == "".join((TEXT["en"] * 9).split())
    chinese = "".join(card.words for card in text_cards(page(), TEXT["zh"] * 30, ""))
    assert chinese == TEXT["zh"] * 30


def test_the_ornament_is_called_one():
    assert "not a work of the collection" in end_card(page(), SUBJECT, ornament=True).words
    assert "rnament" not in end_card(page(), SUBJECT, ornament=False).words


def test_the_flower_holds_together_and_is_symmetric():
    flower = window_flower(720)
    pieces, _ = cv2.connectedComponents((flower > 127).astype(np.uint8))
    assert pieces - 1 == 1, "one sheet of paper"
    turned = np.rot90(flower)
    assert np.abs(flower.astype(int) - turned).mean() < 1
    assert np.abs(flower.astype(int) - flower[:, ::-1]).mean() < 1
