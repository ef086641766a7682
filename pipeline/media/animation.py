"""Animations that pages show without a player: GIF and WebP (AVIF goes the way of videos).

Neither has tags for colour: both are sRGB, so frames are turned to sRGB here.

GIF has 256 colours a frame. One palette serves the whole clip, made for all its frames at once, so
that nothing flickers from frame to frame, and the error is spread by Sierra's light filter.
Measured at 400 px, 40 frames, on a painting full of strokes and on a statue before a plain wall:
error diffusion 4.3 and 1.9 MB, smooth; an ordered pattern 4.1 and 1.6 MB, a weave to be seen on
the wall; none 4.0 and 1.6 MB, bands on it. WebP (``small``) has 0.7 and 0.2 MB, AVIF a tenth of
that and neither pattern nor bands, so they are the better choice wherever a page may choose.

All frames are held: of a GIF until the palette is known, of a WebP by Pillow, which takes them as
a list. So neither can be long and large; AVIF is written as its frames come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from pipeline.errors import StageFailed
from pipeline.media.deepen import shallow
from pipeline.media.yuv import i420_to_rgb

if TYPE_CHECKING:
    from pipeline.media.codecs import Encoding, Quality
    from pipeline.protocols import RGB, Frame, Shot

_MOST_BYTES = 1 << 30
"""Frames that are held in memory; a larger GIF or WebP is nothing that a page could show."""
_COLOURS: dict[Quality, int] = {"small": 128, "fine": 256, "master": 256}
_WEBP: dict[Quality, int] = {"small": 60, "fine": 80, "master": 95}
"""WebP's own scale of quality, 0 to 100."""


def write_animation(frames: Iterable[Frame], path: Path, shot: Shot, encoding: Encoding) -> None:
    """Write planar ``frames`` as an animation that goes round for ever.

    Raises:
        StageFailed: if it would be too large for any page.
        OSError: if the disk does not take it.
    """
    needed = shot.width_px * shot.height_px * 3 * shot.frames
    if needed > _MOST_BYTES:
        title = encoding.facts.title
        raise StageFailed(
            f"A {title} of {shot.frames} frames of {shot.width_px} x {shot.height_px} px is too "
            f"large for any page: {needed / 2**20:.0f} MiB of pixels, at most {_MOST_BYTES >> 20} "
            "are taken. Lower long_side_px, fps or duration_s, or choose `codec: avif`."
        )
    pictures = (i420_to_rgb(shallow(frame)) for frame in frames)
    if encoding.codec == "gif":
        _write_gif(pictures, path, shot, _COLOURS[encoding.quality])
    else:
        _write_webp(pictures, path, shot, _WEBP[encoding.quality])


def _write_webp(pictures: Iterator[RGB], path: Path, shot: Shot, quality: int) -> None:
    from PIL import Image

    images = (Image.fromarray(rgb) for rgb in pictures)
    first = next(images, None)
    if first is None:
        return  # the caller says so
    with path.open("wb") as file:
        first.save(
            file,
            "WEBP",
            save_all=True,
            append_images=images,
            duration=_durations_ms(shot),
            loop=0,
            quality=quality,
            method=4,
        )


def _durations_ms(shot: Shot) -> list[int]:
    """Whole milliseconds for each frame that add up to the clip's length."""
    ends = [round(1000 * index / shot.fps) for index in range(shot.frames + 1)]
    return [end - start for start, end in pairwise(ends)]


def _write_gif(pictures: Iterator[RGB], path: Path, shot: Shot, colours: int) -> None:
    kept = list(pictures)
    if not kept:
        return  # the caller says so
    palette = _palette(kept, colours)
    with av.open(str(path), "w", format="gif", options={"loop": "0"}) as container:
        stream: Any = container.add_stream("gif", rate=shot.fps)
        stream.width, stream.height, stream.pix_fmt = shot.width_px, shot.height_px, "pal8"
        stream.codec_context.time_base = Fraction(1, shot.fps)
        for frame in _dithered(kept, palette, shot):
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)


def _palette(pictures: list[RGB], colours: int) -> Any:
    """Return the frame that holds the best colours for all pictures: median cut."""
    graph = av.filter.Graph()
    source = _source(graph, pictures[0])
    maker = graph.add("palettegen", f"max_colors={colours}:reserve_transparent=1:stats_mode=full")
    sink = graph.add("buffersink")
    graph.link_nodes(source, maker, sink).configure()
    for index, picture in enumerate(pictures):
        source.push(_frame(picture, index))
    source.push(None)
    return sink.pull()


def _dithered(pictures: list[RGB], palette: Any, shot: Shot) -> Iterator[Any]:
    graph = av.filter.Graph()
    source, colours = _source(graph, pictures[0]), _source(graph, palette)
    user = graph.add("paletteuse", "dither=sierra2_4a:diff_mode=rectangle")
    sink = graph.add("buffersink")
    source.link_to(user, 0, 0)
    colours.link_to(user, 0, 1)
    user.link_to(sink)
    graph.configure()
    palette.pts = 0
    colours.push(palette)
    colours.push(None)
    for index, picture in enumerate(pictures):
        source.push(_frame(picture, index))
        frame: Any = sink.pull()
        frame.pts, frame.time_base = index, Fraction(1, shot.fps)
        yield frame


def _source(graph: Any, like: Any) -> Any:
    if isinstance(like, av.VideoFrame):
        width, height, pixels = like.width, like.height, like.format.name
    else:
        (height, width), pixels = like.shape[:2], "rgb24"
    return graph.add_buffer(
        width=width, height=height, format=pixels, name=None, time_base=Fraction(1, 1000)
    )


def _frame(rgb: RGB, index: int) -> Any:
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    frame.pts, frame.time_base = index, Fraction(1, 1000)
    return frame
