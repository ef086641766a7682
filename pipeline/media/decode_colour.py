"""Makes eight bits, the wanted size and sRGB out of whatever a picture's pixels are.

Part of the decoding child, see `pipeline.media.decode_child`. Large pictures are reduced in
strips before their colours are converted, so that the peak of memory is the decoded picture and
little more. Every change is put into ``notes``, in words.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, NamedTuple

from PIL import Image, ImageChops, ImageCms, ImageFilter

from pipeline.media.decode_kind import Unreadable

_STRIP_PX = 4_000_000
"""Pixels that are worked on at once."""
_SQUEEZE = 2.0
"""Reduced by averaging to no less than this many times the wanted size; from there by Lanczos."""

_DEEP = {"I", "F", "I;16", "I;16B", "I;16L", "I;16N"}
"""Pillow's modes of one channel with more than eight bits."""
_SMIN, _SMAX = 340, 341
"""Tags SMinSampleValue and SMaxSampleValue. Source: TIFF 6.0, which also says that tags 280 and
281, much the same by name, are statistics that must not change how a picture looks."""
_SRGB_GAMMA = 1 / 2.2


class Layers(NamedTuple):
    """Colours in a mode of eight bits (L, RGB, CMYK or LAB), and what does not shine through."""

    colours: Image.Image
    alpha: Image.Image | None


def fit(width_px: int, height_px: int, long_side_px: int) -> tuple[int, int]:
    """Return the size that has the picture's proportions and no longer side than asked for."""
    scale = min(1.0, long_side_px / max(width_px, height_px))
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))


def reduce(image: Image.Image, size: tuple[int, int], notes: list[str]) -> Layers:
    """Bring a decoded picture to ``size`` and to eight bits.

    Where it is cut out, pixels that are partly seen get the object's own colour and nothing of
    what is hidden around it; what is wholly hidden keeps the colour it has.
    """
    levels = _levels(image, notes) if image.mode in _DEEP else None
    transparent = image.has_transparency_data
    factor = max(1, int(min(image.width / size[0], image.height / size[1]) / _SQUEEZE))
    if not transparent:
        mode = image.mode if image.mode in {"L", "RGB", "CMYK", "LAB"} else _plain_mode(image)
        take = levels.grey if levels else lambda strip: _converted(strip, mode)
        return Layers(_resized(_strips(image, factor, mode, take), size), None)

    cut = levels.cut if levels else lambda strip: strip.convert("RGBA")
    if image.size == size:
        rgba = cut(image)
        return Layers(rgba.convert("RGB"), _useful(rgba.getchannel("A"), notes))
    whole = _strips(image, factor, "RGB", lambda strip: cut(strip).convert("RGB"))
    seen = _strips(image, factor, "RGBa", lambda strip: cut(strip).convert("RGBa"))
    colours = _resized(whole, size)
    # Lanczos would ring at the cut, brighter inside than the object is anywhere.
    clean = seen.resize(size, Image.Resampling.HAMMING).convert("RGBA")
    alpha = clean.getchannel("A")
    colours.paste(clean.convert("RGB"), mask=_near_the_cut(alpha))
    return Layers(colours, _useful(alpha, notes))


def _near_the_cut(alpha: Image.Image) -> Image.Image:
    """Mark what is seen and within reach of Lanczos, three pixels, of what is hidden."""
    seen = alpha.point([0] + [255] * 255)
    edge = alpha.filter(ImageFilter.MinFilter(7)).point([255] * 255 + [0])
    return ImageChops.darker(seen, edge)


def _plain_mode(image: Image.Image) -> str:
    return "L" if image.mode in _DEEP or image.mode == "1" else "RGB"


def _converted(strip: Image.Image, mode: str) -> Image.Image:
    return strip if strip.mode == mode else strip.convert(mode)


def _useful(alpha: Image.Image, notes: list[str]) -> Image.Image | None:
    least, most = alpha.getextrema()
    if least == 255:
        return None
    if most == 0:
        notes.append("its transparency hides all of it and was ignored")
        return None
    notes.append("cut out by the museum (transparency kept as alpha.png)")
    return alpha


def _strips(
    image: Image.Image, factor: int, mode: str, take: Callable[[Image.Image], Image.Image]
) -> Image.Image:
    """Convert the picture strip by strip, averaging squares of ``factor`` pixels."""
    width, height = image.size
    if factor == 1 and image.mode == mode:
        return take(image)
    out = Image.new(mode, (-(-width // factor), -(-height // factor)))
    rows = max(1, _STRIP_PX // (width * factor)) * factor
    for top in range(0, height, rows):
        strip = take(image.crop((0, top, width, min(top + rows, height))))
        if factor > 1:
            strip = strip.reduce(factor)
        out.paste(strip, (0, top // factor))
    return out


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


# More than eight bits ----------------------------------------------------------------------------


class _Levels(NamedTuple):
    """How values of one deep channel become grey."""

    black: float
    white: float
    hidden: int | None
    """The one value that is transparent."""

    def grey(self, strip: Image.Image) -> Image.Image:
        import numpy as np

        values = np.asarray(strip).astype(np.float64)
        scaled = (values - self.black) * (255 / (self.white - self.black))
        return Image.fromarray(np.rint(np.clip(scaled, 0, 255)).astype(np.uint8))

    def cut(self, strip: Image.Image) -> Image.Image:
        import numpy as np

        seen = np.asarray(strip) != self.hidden
        out = self.grey(strip).convert("RGBA")
        out.putalpha(Image.fromarray(np.where(seen, 255, 0).astype(np.uint8)))
        return out


def _levels(image: Image.Image, notes: list[str]) -> _Levels:
    """Find black and white: as the file states them, else those of the type."""
    hidden = image.info.get("transparency")
    hidden = hidden if isinstance(hidden, int) else None
    if image.mode.startswith("I;16"):
        notes.append("16 bit made 8 bit")
        return _Levels(0, 65535, hidden)
    stated = _stated_range(image)
    if stated is not None:
        notes.append(f"{stated[0]:g} to {stated[1]:g}, as the file states, made 8 bit")
        return _Levels(*stated, hidden)
    import numpy as np

    values = np.asarray(image)
    least, most = float(values.min()), float(values.max())
    if image.mode == "I" and least >= 0 and most <= 65535:
        notes.append("16 bit made 8 bit")
        return _Levels(0, 65535, hidden)
    if image.mode == "F" and least >= 0 and most <= 1 and np.isfinite(values).all():
        notes.append("32 bit, 0 to 1, made 8 bit")
        return _Levels(0, 1, hidden)
    raise Unreadable(
        f"found 32-bit values from {least:g} to {most:g} and no statement which are black and "
        "white, expected 0 to 1 or the tags SMinSampleValue and SMaxSampleValue; save it with 8 "
        "or 16 bits"
    )


def _stated_range(image: Image.Image) -> tuple[float, float] | None:
    tags = getattr(image, "tag_v2", {})
    white = _first(tags.get(_SMAX))
    black = _first(tags.get(_SMIN)) or 0.0
    return (black, white) if white is not None and white > black else None


def _first(value: object) -> float | None:
    number = value[0] if isinstance(value, tuple) and value else value
    return float(number) if isinstance(number, int | float) else None


# Colours -----------------------------------------------------------------------------------------


def to_srgb(colours: Image.Image, info: dict[Any, Any], notes: list[str]) -> Image.Image:
    """Convert colours to sRGB by the picture's own profile, or by what its format says.

    Relative colorimetric with black point compensation, as picture editors do by default. A
    profile that changes nothing visible is not applied, so that such pixels stay exact.
    """
    if colours.mode == "LAB":
        notes.append("colours converted from CIELAB to sRGB")
        return _transformed(colours, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    profile = _profile(info.get("icc_profile"), notes)
    if profile is not None:
        converted = _by_profile(colours, profile, notes)
        if converted is not None:
            return converted
    if colours.mode == "CMYK":
        notes.append("CMYK without a usable profile: its colours are approximate")
        return colours.convert("RGB")
    return _by_gamma(colours.convert("RGB"), info, notes)


def _profile(raw: object, notes: list[str]) -> ImageCms.ImageCmsProfile | None:
    if not isinstance(raw, bytes) or not raw:
        return None
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(raw))
    except (OSError, ValueError, TypeError):
        notes.append("its colour profile is damaged; taken for sRGB")
        return None


def _by_profile(
    colours: Image.Image, profile: ImageCms.ImageCmsProfile, notes: list[str]
) -> Image.Image | None:
    space = profile.profile.xcolor_space.strip()
    mode = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}.get(space)
    if mode is None or (mode != colours.mode and not (mode == "RGB" and colours.mode == "L")):
        notes.append(f"its colour profile is for {space}, which it is not; taken for sRGB")
        return None
    name = " ".join((profile.profile.profile_description or "a profile without a name").split())
    try:
        if mode == "CMYK" or not _is_srgb(profile, mode):
            converted = _transformed(colours.convert(mode), profile)
            notes.append(f"colours converted from {name[:80]} to sRGB")
            return converted
    except (ImageCms.PyCMSError, OSError, ValueError):
        notes.append("its colour profile cannot be used; taken for sRGB")
        return None
    return colours.convert("RGB")


def _is_srgb(profile: ImageCms.ImageCmsProfile, mode: str) -> bool:
    """Say whether the profile moves no colour by more than one step of 255."""
    steps = range(0, 256, 15)
    if mode == "L":
        probe = Image.new("L", (18, 1))
        probe.putdata(list(steps))
    else:
        probe = Image.new("RGB", (18 * 18, 18))
        probe.putdata([(r, g, b) for r in steps for g in steps for b in steps])
    moved = _transformed(probe, profile).tobytes()
    return all(abs(a - b) <= 1 for a, b in zip(probe.convert("RGB").tobytes(), moved, strict=True))


def _transformed(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    # Optimised, littleCMS takes 33 steps for a grey curve: up to 10 of 255 wrong in the dark.
    grey = image.mode == "L"
    exact = ImageCms.Flags.NOOPTIMIZE if grey else ImageCms.Flags.HIGHRESPRECALC
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION | exact
    transform = ImageCms.buildTransform(
        profile,
        ImageCms.createProfile("sRGB"),
        image.mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags,
    )
    converted = ImageCms.applyTransform(image, transform)
    assert converted is not None  # noqa: S101  only in-place transforms return None
    return converted


def _by_gamma(rgb: Image.Image, info: dict[Any, Any], notes: list[str]) -> Image.Image:
    """Apply a PNG's gAMA chunk. Source: PNG 3rd edition, 13.13, "Decoder gamma handling"."""
    gamma = info.get("gamma")
    if not isinstance(gamma, float) or info.get("srgb") is not None or not 0.01 < gamma < 10:
        return rgb
    exponent = _SRGB_GAMMA / gamma
    if abs(exponent - 1) < 0.02:
        return rgb
    notes.append(f"brightness converted from gamma {gamma:g} to sRGB")
    table = [round(255 * (value / 255) ** exponent) for value in range(256)]
    return rgb.point(table * 3)
