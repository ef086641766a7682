"""What is seen when in a reel: title, objects, credits, and the words that go with them.

Every work that is shown is credited with its licence; a work whose credit has a letter that cannot
be set in type is left out, and said to be. Chapters begin where their scene is whole. Reads no
pixels: clips are opened when their scene is played.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from pipeline.errors import EngineFailed, StageFailed
from pipeline.items import Kind
from pipeline.licences import find_licence, licence_name
from pipeline.media.reel import Place, Player, Scene, Source, caption_span, card
from pipeline.media.titles import (
    Caption,
    CreditPage,
    Look,
    Words,
    blank,
    caption,
    caption_share,
    credit_pages,
    title_frame,
)
from pipeline.media.typeset import is_cjk
from pipeline.records import Localized
from pipeline.reels import Chapter, LeftOut, Music, ReelPart, Script

_LATIN_PER_S, _CJK_PER_S = 14.0, 5.0
"""Reading speeds; see `pipeline.engines.clip_typographic` for where they come from."""
_CREDITS_LEAST_S = 4.0
_MOST_FOOT = 0.34
"""Share of the frame's height that captions take at most from clips that lie whole."""
_WORDS: dict[str, Localized] = {
    "credits": {"en": "Works and rights", "zh": "作品与权利"},
    "music": {"en": "Music", "zh": "音乐"},
    "generated": {"en": "Generated in parts", "zh": "含生成内容"},
}


@dataclass(frozen=True)
class Pace:
    """How fast a reel goes; see `pipeline.stages.join_reel.ReelParams`."""

    fps: int
    crossfade_s: float
    title_s: float
    object_s: float | None
    captions: bool
    credits_speed: float
    foot: float


class Timeline:
    """Scenes and chapters of a reel, and who is left out.

    Raises:
        StageFailed: if there is no clip to join.
        EngineFailed: if a character of the exhibit's title or of the music's credit has no glyph.
    """

    def __init__(self, script: Script, look: Look, pace: Pace) -> None:
        self._script, self._look, self._pace = script, look, pace
        self.ground = blank(look)
        self.left_out: list[LeftOut] = []
        self.scenes: list[Scene] = []
        self._starts: list[tuple[int, Localized, str]] = []
        self._fade = round(pace.crossfade_s * pace.fps)
        foots = [(part, self._foot_of(part)) for part in script.parts]
        shown = [(part, foot) for part, foot in foots if foot is not None]
        if not shown:
            raise StageFailed(
                "There is no clip to join: "
                + ("; ".join(out.why for out in self.left_out) or "no object has one")
                + ". See what the objects' own messages say."
            )
        # All clips that lie whole lie alike, so the longest caption decides for all.
        self._foot = max(pace.foot, *(foot for _, foot in shown))
        self._add_title()
        for part, _ in shown:
            self._add_part(part)
        self._add_credits([part for part, _ in shown])

    @property
    def frames(self) -> int:
        """Length of the reel."""
        return self.scenes[-1].start + self.scenes[-1].frames

    @property
    def poster_at(self) -> int:
        """A frame in the middle of the first scene, when it is whole."""
        scene = self.scenes[0]
        return scene.start + scene.frames // 2

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """From where each is whole until the next is; the first begins with the film."""
        fps = self._pace.fps
        starts = [0, *(start for start, _, _ in self._starts[1:]), self.frames]
        return tuple(
            Chapter(start_s=start / fps, end_s=end / fps, title=title, id=name)
            for start, end, (_, title, name) in zip(starts, starts[1:], self._starts, strict=False)
        )

    @property
    def tags(self) -> dict[str, str]:
        """What the file says about itself."""
        shown = [part for part in self._script.parts if part.id not in self._out()]
        credits = [part.credit for part in shown]
        rights = [part.rights_uri for part in shown]
        if music := self._script.music:
            credits, rights = [*credits, music.credit], [*rights, music.rights_uri]
        titles = _in_languages(self._script.title, self._script.languages)
        return {
            "title": " / ".join(dict.fromkeys(titles.values())),
            "copyright": "; ".join(dict.fromkeys(credits)),
            "comment": " ".join(dict.fromkeys(rights)),
        }

    def _out(self) -> set[str]:
        return {out.id for out in self.left_out}

    def _foot_of(self, part: ReelPart) -> float | None:
        """Share of the frame's height that a caption takes; ``None`` if a word cannot be set.

        Words that are never shown leave nothing out.
        """
        try:
            credit_pages(self._look, (), [_credit(part, self._script, self._look)])
            if not self._has_caption(part):
                return 0.0
            share = caption_share(self._look, _caption_words(part, self._script, self._look))
        except EngineFailed as error:
            self.left_out.append(LeftOut(id=part.id, why=f"{part.id}: {error}"))
            return None
        return min(share, _MOST_FOOT)

    def _has_caption(self, part: ReelPart) -> bool:
        """A text says by itself what it is."""
        return self._pace.captions and part.kind is not Kind.INTANGIBLE

    def _add(self, scene: Scene, title: Localized, name: str = "") -> None:
        """Put a scene after the last one, which it takes the place of while it fades in."""
        from_ground = not self.scenes or self.scenes[-1].fade_out > 0
        end = self.scenes[-1].start + self.scenes[-1].frames if self.scenes else 0
        scene = replace(scene, start=end if from_ground else end - scene.fade_in)
        self.scenes.append(scene)
        if title:
            self._starts.append((scene.start + scene.fade_in, title, name))

    def _add_title(self) -> None:
        if self._pace.title_s == 0:
            return
        titles = _in_languages(self._script.title, self._script.languages)
        drawn = title_frame(self._look, titles)
        frames = max(round(self._pace.title_s * self._pace.fps), 2 * self._fade + 1)
        self._add(replace(card(lambda: drawn, frames), fade_in=self._fade), titles)

    def _add_part(self, part: ReelPart) -> None:
        clip, fps = part.clip, self._pace.fps
        whole_s = clip.frames / clip.fps
        seconds = self._pace.object_s or whole_s
        if part.kind is Kind.INTANGIBLE:
            seconds = whole_s
        frames = max(round(seconds * fps), 2 * self._fade + fps)
        words = self._has_caption(part)
        foot = self._foot if words else 0.0
        size = (clip.width_px, clip.height_px)
        place = Place(size, self._look.size_px, self.ground, foot)
        caption = None
        if words or part.generated:
            make = partial(_caption, part, self._script, self._look, place.fills, words)
            caption = (make, *caption_span(frames, self._fade, fps))
        source = Source(clip.path, size, clip.fps, clip.frames, clip.loops)
        player = Player(source, frames, fps, place, caption)
        languages = self._script.languages
        title = _in_languages(part.title, languages) or {languages[0]: part.id}
        self._add(Scene(frames, player.frame, fade_in=self._fade), title, part.id)

    def _add_credits(self, parts: list[ReelPart]) -> None:
        script, fade, fps = self._script, self._fade, self._pace.fps
        works = [_credit(part, script, self._look) for part in parts]
        if script.music:
            works.append(_music_credit(script.music, script, self._look))
        heading = _in_languages(_WORDS["credits"], script.languages)
        pages = credit_pages(self._look, tuple(heading.values()), works)
        for number, page in enumerate(pages):
            hold_s = max(_CREDITS_LEAST_S, _reading_s(page) / self._pace.credits_speed)
            scene = card(page.drawn, round(hold_s * fps) + 2 * fade)
            self._add(replace(scene, fade_in=fade, fade_out=fade), heading if number == 0 else {})


def _reading_s(page: CreditPage) -> float:
    square = sum(is_cjk(c) for c in page.words)
    return square / _CJK_PER_S + (len(page.words) - square) / _LATIN_PER_S


def _credit(part: ReelPart, script: Script, look: Look) -> list[Words]:
    """What must be said of a work: titles, credit line, licence, and whether it was generated."""
    k = look.scale
    lines = _titles(_in_languages(part.title, script.languages) or {"": part.id}, 0.036 * k)
    lines.append(Words(part.credit, 0.028 * k))
    lines.append(Words(_licence(part.rights_uri, script.languages[0]), 0.024 * k, soft=True))
    if part.generated:
        lines.append(Words(_said("generated", script.languages), 0.024 * k, soft=True))
    return lines


def _music_credit(music: Music, script: Script, look: Look) -> list[Words]:
    k = look.scale
    lines = _titles(_in_languages(_WORDS["music"], script.languages), 0.036 * k)
    lines += [Words(music.title, 0.028 * k)] if music.title else []
    lines.append(Words(music.credit, 0.028 * k))
    lines.append(Words(_licence(music.rights_uri, script.languages[0]), 0.024 * k, soft=True))
    return lines


def _caption(
    part: ReelPart, script: Script, look: Look, shade: bool, words: bool = True
) -> Caption:
    lines = _caption_words(part, script, look) if words else []
    mark = _said("generated", script.languages) if part.generated else ""
    return caption(look, lines, mark, shade)


def _caption_words(part: ReelPart, script: Script, look: Look) -> list[Words]:
    lines = _titles(_in_languages(part.title, script.languages), 0.044 * look.scale)
    byline = list(_in_languages(part.byline, script.languages).values())[:1]
    return lines + [Words(text, 0.026 * look.scale, soft=True) for text in byline]


def _titles(titles: Localized, size: float) -> list[Words]:
    texts = list(dict.fromkeys(titles.values()))
    first = [Words(text, size, 700) for text in texts[:1]]
    return first + [Words(text, size * 0.92, beside=True) for text in texts[1:]]


def _licence(uri: str, language: str) -> str:
    name, known = licence_name(uri, language), find_licence(uri)
    address = uri.split("://")[-1].rstrip("/")
    return f"{name} · {address}" if known else address


def _in_languages(text: Localized, languages: tuple[str, ...]) -> Localized:
    """The text in the exhibit's languages, in their order; in any, where it has none of them."""
    found = {}
    for language in languages:
        base = language.lower().split("-")[0]
        for key, words in text.items():
            if words.strip() and (key == language or key.lower().split("-")[0] == base):
                found[language] = words
                break
    return found or dict(list(text.items())[:1])


def _said(word: str, languages: tuple[str, ...]) -> str:
    return " · ".join(_in_languages(_WORDS[word], languages).values())
