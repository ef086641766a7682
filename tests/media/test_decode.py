"""Pictures of every kind come out upright, sRGB and 8 bit, or are refused in plain words."""

from __future__ import annotations

import importlib.util
import io
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin, TiffImagePlugin

from pipeline.errors import SourceError, StoreError
from pipeline.media import decode as decode_module
from pipeline.media.decode import Decoded, Limits, decode
from pipeline.media.pixels import read_rgb


@pytest.fixture(autouse=True)
def _pillow_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child sets Pillow's limit for its whole process; here that process goes on."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


made = _load("pictures")

Pixels = npt.NDArray[np.uint8]
Show = Callable[..., tuple[Pixels, Decoded]]
LIMITS = Limits()


@pytest.fixture
def show(tmp_path: Path) -> Show:
    """Decode a file, or a picture saved in a format, and return pixels and facts."""

    def shower(
        source: Path | bytes | Image.Image | Pixels, suffix: str = ".png", **save: Any
    ) -> tuple[Pixels, Decoded]:
        limits = save.pop("limits", LIMITS)
        path = source if isinstance(source, Path) else tmp_path / f"source{suffix}"
        if isinstance(source, bytes):
            path.write_bytes(source)
        elif not isinstance(source, Path):
            picture = source if isinstance(source, Image.Image) else Image.fromarray(source)
            picture.save(path, **save)
        (tmp_path / "alpha.png").unlink(missing_ok=True)
        facts = decode(path, tmp_path, limits)
        rgb = read_rgb(tmp_path / "photo.webp")
        assert rgb.shape == (facts.height_px, facts.width_px, 3)
        assert facts.has_alpha == (tmp_path / "alpha.png").exists()
        return rgb, facts

    return shower


def alpha_of(tmp_path: Path) -> Pixels:
    with Image.open(tmp_path / "alpha.png") as picture:
        assert picture.mode == "L"
        return np.asarray(picture)


def refusal(show: Show, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(SourceError) as caught:
        show(*args, **kwargs)
    said = str(caught.value)
    assert "\n" not in said
    assert "source" in said.split(":")[0]
    return said


# Upright -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp", ".jpg"])
def test_all_eight_orientations(show: Show, suffix: str, orientation: int) -> None:
    upright = made.quarters()
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, Any] = {"exif": exif}
    if suffix == ".webp":
        options["lossless"] = True
    if suffix == ".jpg":
        options |= {"quality": 100, "subsampling": 0}
    rgb, facts = show(made.as_stored(upright, orientation), suffix, **options)
    slack = 4 if suffix == ".jpg" else 0
    assert rgb.shape == upright.shape
    assert np.abs(rgb.astype(int) - upright).max() <= slack
    assert (facts.source_width_px, facts.source_height_px) == (40, 24)
    told = f"turned upright (EXIF orientation {orientation})"
    assert facts.notes == ((told,) if orientation > 1 else ())


def test_orientation_in_xmp_alone(show: Show) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", '<rdf:Description tiff:Orientation="6"/>')
    rgb, _ = show(made.as_stored(made.quarters(), 6), pnginfo=info)
    assert np.array_equal(rgb, made.quarters())


def test_the_alpha_turns_too(show: Show, tmp_path: Path) -> None:
    cut = np.dstack([made.quarters(), np.full((24, 40), 255, np.uint8)])
    cut[:5, :9, 3] = 0
    exif = Image.Exif()
    exif[0x0112] = 8
    rgb, _ = show(np.ascontiguousarray(made.as_stored(cut, 8)), exif=exif)
    assert np.array_equal(rgb, made.quarters())
    assert np.array_equal(alpha_of(tmp_path), cut[..., 3])


@pytest.mark.parametrize("exif", [b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0rubbish", b"x"])
def test_damaged_exif_does_not_matter(show: Show, exif: bytes) -> None:
    rgb, _ = show(made.quarters(), ".jpg", quality=100, subsampling=0, exif=exif)
    assert np.abs(rgb.astype(int) - made.quarters()).max() <= 4


# Size --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_what_is_small_enough_keeps_every_pixel(show: Show, suffix: str) -> None:
    pixels = made.noise(61, 47)
    rgb, facts = show(pixels, suffix, **({"lossless": True} if suffix == ".webp" else {}))
    assert np.array_equal(rgb, pixels)
    assert facts.notes == ()
    assert facts.source_format == {".png": "PNG", ".tif": "TIFF", ".webp": "WEBP"}[suffix]


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_large_ones_are_reduced_in_proportion(show: Show, suffix: str) -> None:
    y, x = np.mgrid[0:2400, 0:3600]
    smooth = np.dstack([x * 255 / 3600, y * 255 / 2400, (x + y) * 255 / 6000]).astype(np.uint8)
    rgb, facts = show(smooth, suffix, limits=replace(LIMITS, long_side_px=512), quality=95)
    assert (facts.width_px, facts.height_px) == (512, 341)
    assert "reduced from 3600 × 2400 to 512 × 341 pixels" in facts.notes
    wanted = cv2.resize(smooth, (512, 341), interpolation=cv2.INTER_AREA)
    assert np.abs(rgb.astype(int) - wanted).max() <= 4


def test_reducing_makes_no_moire_and_keeps_the_mean(show: Show) -> None:
    board = np.indices((2050, 2050)).sum(0) % 2 * 255
    rgb, _ = show(
        np.repeat(board[..., None], 3, 2).astype(np.uint8), limits=replace(LIMITS, long_side_px=256)
    )
    assert np.abs(rgb.astype(float) - 127.5).max() < 4


@pytest.mark.parametrize("size", [(1, 65535), (65535, 1)])
def test_a_thread_of_a_picture(show: Show, size: tuple[int, int]) -> None:
    _, facts = show(Image.new("RGB", size, made.RED))
    assert max(facts.width_px, facts.height_px) == 2048
    assert min(facts.width_px, facts.height_px) == 1


# More than eight bits ----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bit_grey_keeps_its_steps(show: Show, suffix: str) -> None:
    ramp = np.linspace(0, 65535, 1024).round().astype(np.uint16)
    rgb, facts = show(np.repeat(ramp[None], 8, 0), suffix)
    assert np.array_equal(rgb[0, :, 0], np.rint(ramp / 257).astype(np.uint8))
    assert np.array_equal(rgb[..., 0], rgb[..., 2])
    assert facts.notes == ("16 bit made 8 bit",)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bit_colour_keeps_its_steps(show: Show, tmp_path: Path, suffix: str) -> None:
    ramp = np.linspace(0, 65535, 1024).round().astype(np.uint16)
    deep = np.dstack([ramp[None], ramp[None, ::-1], np.full_like(ramp[None], 30000)])
    path = tmp_path / f"source{suffix}"
    assert cv2.imwrite(str(path), np.repeat(deep, 8, 0)[..., ::-1])
    rgb, _ = show(path)
    assert (np.diff(rgb[0, :, 0].astype(int)) >= 0).all()
    assert np.abs(rgb[3] - deep[0] / 257).max() <= 1
    assert set(rgb[..., 0].flat) == set(range(256))


def tiff_tags(**tags: tuple[float, ...]) -> TiffImagePlugin.ImageFileDirectory_v2:
    numbers = {"smin": 340, "smax": 341}
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for name, value in tags.items():
        info.tagtype[numbers[name]] = 11
        info[numbers[name]] = value
    return info


def test_32_bit_values_by_the_stated_range(show: Show) -> None:
    values = np.linspace(-3, 5, 256, dtype=np.float32)[None].repeat(4, 0)
    rgb, facts = show(values, ".tif", tiffinfo=tiff_tags(smin=(-3.0,), smax=(5.0,)))
    assert np.array_equal(rgb[2, :, 1], np.arange(256))
    assert facts.notes == ("-3 to 5, as the file states, made 8 bit",)


def test_32_bit_values_from_0_to_1_need_no_statement(show: Show) -> None:
    rgb, _ = show(np.linspace(0, 1, 256, dtype=np.float32)[None].repeat(4, 0), ".tif")
    assert np.array_equal(rgb[2, :, 1], np.arange(256))


@pytest.mark.parametrize(
    "values",
    [np.linspace(-3, 5, 64, dtype=np.float32), np.arange(0, 6_400_000, 100_000, np.int32)],
)
def test_32_bit_values_without_a_range_are_not_guessed(show: Show, values: Any) -> None:
    said = refusal(show, values[None].repeat(4, 0), ".tif")
    assert "no statement which are black and white" in said
    assert "save it with 8 or 16 bits" in said


def test_not_a_number_is_refused(show: Show) -> None:
    values = np.full((4, 4), 0.5, np.float32)
    values[1, 1] = np.nan
    said = refusal(show, values, ".tif")
    assert "found 32-bit values from nan to nan" in said
    assert "save it with 8 or 16 bits" in said


# Colours -----------------------------------------------------------------------------------------


def test_an_adobe_rgb_profile_is_applied(show: Show) -> None:
    colours = [(200, 50, 50), (40, 180, 60), (30, 60, 200), (128, 128, 128), (255, 255, 255)]
    pixels = np.array([colours], np.uint8).repeat(4, 0)
    rgb, facts = show(pixels, icc_profile=made.adobe_profile())
    wanted = [made.adobe_to_srgb(colour) for colour in colours]
    assert np.abs(rgb[0] - np.array(wanted)).max() <= 1.5
    assert np.abs(rgb[0].astype(int) - pixels[0]).max() > 10
    assert facts.notes == ("colours converted from Adobe RGB (1998) to sRGB",)


@pytest.mark.parametrize(("index", "applied"), [("R03", True), ("R98", False)])
def test_a_camera_that_says_adobe_rgb_in_exif_alone(show: Show, index: str, applied: bool) -> None:
    colour = (200, 50, 50)
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA005] = {1: index}
    rgb, facts = show(Image.new("RGB", (32, 32), colour), ".jpg", quality=100, exif=exif)
    wanted = made.adobe_to_srgb(colour) if applied else np.array(colour)
    assert np.abs(rgb[16, 16] - wanted).max() <= 2.5
    assert facts.notes == (("colours converted from Adobe RGB (1998) to sRGB",) if applied else ())


def test_an_srgb_profile_changes_no_pixel(show: Show) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    pixels = made.noise(32, 32)
    rgb, facts = show(pixels, icc_profile=profile)
    assert np.array_equal(rgb, pixels)
    assert facts.notes == ()


@pytest.mark.parametrize("profile", [b"rubbish", made.adobe_profile()[:200], b"\0" * 500])
def test_a_damaged_profile_is_told_and_ignored(show: Show, profile: bytes) -> None:
    rgb, facts = show(made.quarters(), icc_profile=profile)
    assert np.array_equal(rgb, made.quarters())
    assert len(facts.notes) == 1
    assert "profile" in facts.notes[0]
    assert "taken for sRGB" in facts.notes[0]


def test_a_profile_for_another_kind_of_colours_is_told_and_ignored(show: Show) -> None:
    rgb, facts = show(made.quarters(), icc_profile=made.grey_profile(1.0))
    assert np.array_equal(rgb, made.quarters())
    assert facts.notes == ("its colour profile is for GRAY, which it is not; taken for sRGB",)


def test_a_grey_profile(show: Show) -> None:
    ramp = np.arange(256, dtype=np.uint8)[None].repeat(4, 0)
    rgb, _ = show(ramp, icc_profile=made.grey_profile(1.0))
    linear = np.arange(256) / 255
    wanted = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(rgb[0, :, 1] - wanted * 255).max() <= 2


def test_the_gamma_of_a_png(show: Show) -> None:
    rows = b"".join(b"\0" + bytes(range(256)) for _ in range(4))
    gamma = made.chunk(b"gAMA", (100_000).to_bytes(4, "big"))
    rgb, facts = show(made.png(256, 4, rows, 8, 0, extra=gamma))
    assert np.abs(rgb[0, :, 0] - 255 * (np.arange(256) / 255) ** (1 / 2.2)).max() <= 0.5
    assert facts.notes == ("brightness converted from gamma 1 to sRGB",)


INKS = {
    "white": ((0, 0, 0, 0), (255, 255, 255)),
    "cyan": ((255, 0, 0, 0), (0, 255, 255)),
    "magenta": ((0, 255, 0, 0), (255, 0, 255)),
    "yellow": ((0, 0, 255, 0), (255, 255, 0)),
    "black": ((0, 0, 0, 255), (0, 0, 0)),
    "red": ((0, 255, 255, 0), (255, 0, 0)),
}


@pytest.mark.parametrize("name", INKS)
@pytest.mark.parametrize("suffix", [".tif", ".jpg"])
def test_cmyk_without_a_profile(show: Show, name: str, suffix: str) -> None:
    ink, wanted = INKS[name]
    rgb, facts = show(Image.new("CMYK", (16, 16), ink), suffix)
    assert np.abs(rgb.astype(int) - wanted).max() <= 2
    assert facts.notes == ("CMYK without a usable profile: its colours are approximate",)


@pytest.mark.parametrize(
    ("ink", "lab"),
    [
        ((0, 0, 0, 0), (100, 0, 0)),
        ((255, 0, 0, 0), (62, -31, -48)),
        ((0, 255, 0, 0), (48, 70, -3)),
        ((0, 0, 255, 0), (89, -5, 80)),
        ((0, 0, 0, 255), (16, 0, 0)),
    ],
)
@pytest.mark.parametrize("suffix", [".tif", ".jpg"])
def test_cmyk_by_its_profile(
    show: Show, ink: tuple[int, ...], lab: tuple[int, ...], suffix: str
) -> None:
    press = made.press_profile(
        {0: (100, 0, 0), 1: (62, -31, -48), 2: (48, 70, -3), 4: (89, -5, 80), 8: (16, 0, 0)}
    )
    rgb, facts = show(Image.new("CMYK", (16, 16), ink), suffix, icc_profile=press)
    assert facts.notes == ("colours converted from Test press to sRGB",)
    assert np.abs(rgb[8, 8] - made.lab_to_srgb(*lab)).max() <= 6


def test_lab(show: Show) -> None:
    lab = Image.new("LAB", (8, 8), (62 * 255 // 100, 128 - 31, 128 - 48))
    rgb, facts = show(lab, ".tif")
    assert np.abs(rgb[4, 4] - made.lab_to_srgb(62, -31, -48)).max() <= 4
    assert facts.notes == ("colours converted from CIELAB to sRGB",)


def test_one_bit(show: Show) -> None:
    board = np.indices((16, 24)).sum(0) % 2 == 1
    for suffix in (".png", ".tif"):
        rgb, _ = show(Image.fromarray(board), suffix)
        assert np.array_equal(rgb[..., 0] == 255, board)
        assert set(rgb.flat) == {0, 255}


# Transparency ------------------------------------------------------------------------------------


def test_colours_under_the_transparency_stay_as_they_are(show: Show, tmp_path: Path) -> None:
    alpha = np.arange(40, dtype=np.uint8)[None].repeat(24, 0) * 6
    for suffix in (".png", ".tif"):
        rgb, facts = show(np.dstack([made.quarters(), alpha]), suffix)
        assert np.array_equal(alpha_of(tmp_path), alpha)
        assert np.array_equal(rgb, made.quarters())
        assert facts.notes == ("cut out by the museum (transparency kept as alpha.png)",)


def test_nothing_hidden_bleeds_into_the_edge(show: Show, tmp_path: Path) -> None:
    picture = Image.new("RGBA", (2000, 2000), (*made.GREEN, 0))
    ImageDraw.Draw(picture).ellipse((301, 301, 1697, 1697), fill=(*made.RED, 255))
    rgb, _ = show(picture, limits=replace(LIMITS, long_side_px=400))
    alpha = alpha_of(tmp_path)
    edge = (alpha > 8) & (alpha < 250)
    assert edge.sum() > 300
    # Eight bits of a colour that is hardly seen are few; what they add to a scene is exact.
    weight = alpha[edge, None] / 255
    assert (np.abs(rgb[edge].astype(int) - made.RED) * weight).max() <= 2
    assert np.array_equal(rgb[2, 2], made.GREEN)
    assert alpha.mean() / 255 == pytest.approx(np.pi * 698**2 / 2000**2, rel=2e-3)


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_an_opaque_alpha_is_none(show: Show, mode: str) -> None:
    rgb, facts = show(Image.fromarray(made.quarters()).convert(mode))
    assert not facts.has_alpha
    assert facts.notes == ()
    assert rgb.shape == (24, 40, 3)


def test_grey_with_alpha(show: Show, tmp_path: Path) -> None:
    picture = Image.new("LA", (10, 10), (99, 255))
    picture.putpixel((3, 4), (7, 0))
    rgb, _ = show(picture)
    assert tuple(rgb[4, 3]) == (7, 7, 7)
    assert tuple(rgb[0, 0]) == (99, 99, 99)
    assert np.argwhere(alpha_of(tmp_path) == 0).tolist() == [[4, 3]]


def test_a_picture_that_is_wholly_transparent_is_shown(show: Show) -> None:
    rgb, facts = show(Image.new("RGBA", (10, 10), (*made.RED, 0)))
    assert tuple(rgb[5, 5]) == made.RED
    assert facts.notes == ("its transparency hides all of it and was ignored",)


def test_palettes(show: Show, tmp_path: Path) -> None:
    picture = Image.fromarray(made.quarters()).quantize(4)
    rgb, facts = show(picture)
    assert np.abs(rgb.astype(int) - made.quarters()).max() <= 2
    assert not facts.has_alpha
    rgb, facts = show(picture, transparency=int(np.asarray(picture)[0, 0]))
    assert np.array_equal(alpha_of(tmp_path) == 0, np.all(rgb == rgb[0, 0], axis=2))
    assert np.abs(rgb.astype(int) - made.quarters()).max() <= 2


def test_a_transparent_colour(show: Show, tmp_path: Path) -> None:
    rgb, _ = show(made.quarters(), transparency=made.RED)
    assert np.array_equal(rgb, made.quarters())
    assert np.array_equal(alpha_of(tmp_path) == 0, np.all(rgb == made.RED, axis=2))


def test_a_transparent_value_of_16_bit_grey(show: Show, tmp_path: Path) -> None:
    rows = b"".join(
        b"\0" + b"".join(v.to_bytes(2, "big") for v in (0, 500, 501, 65535)) for _ in "ab"
    )
    key = made.chunk(b"tRNS", (500).to_bytes(2, "big"))
    rgb, _ = show(made.png(4, 2, rows, 16, 0, extra=key))
    assert alpha_of(tmp_path).tolist() == [[255, 0, 255, 255]] * 2
    assert rgb[0, :, 0].tolist() == [0, 2, 2, 255]


# Formats -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".webp", ".png", ".tif"])
def test_the_first_picture_of_several(show: Show, suffix: str) -> None:
    first, second = (Image.fromarray(made.quarters()[:, ::step]) for step in (1, -1))
    options = {"lossless": True} if suffix == ".webp" else {}
    rgb, facts = show(first, suffix, save_all=True, append_images=[second], **options)
    assert np.array_equal(rgb, made.quarters())
    assert facts.notes == ("the first of 2 pictures in the file",)


def test_gif_only_when_asked_for(show: Show) -> None:
    said = refusal(show, made.quarters(), ".gif")
    assert "found a GIF picture, expected a JPEG, PNG, TIFF or WebP picture" in said
    rgb, facts = show(made.quarters(), ".gif", limits=replace(LIMITS, also=("GIF",)))
    assert facts.source_format == "GIF"
    assert np.abs(rgb.astype(int) - made.quarters()).max() <= 2


def test_the_content_counts_and_not_the_name(show: Show) -> None:
    png = io.BytesIO()
    Image.fromarray(made.quarters()).save(png, "png")
    rgb, facts = show(png.getvalue(), ".jpg")
    assert facts.source_format == "PNG"
    assert np.array_equal(rgb, made.quarters())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty (0 bytes), expected a picture"),
        (b"Inventory of 1912\n", "found text, expected a JPEG, PNG, TIFF or WebP picture"),
        ("目录 1912\n".encode(), "found text"),
        (b"<svg xmlns='x'/>", "found a web page or a drawing (HTML, SVG)"),
        (b"\n <!DOCTYPE html>", "found a web page or a drawing (HTML, SVG)"),
        (b"%PDF-1.7\n", "found a PDF document"),
        (b"%!PS-Adobe", "found a PostScript file"),
        (b"PK\x03\x04rest", "found a ZIP archive or an office document"),
        (b"\0\0\0\x18ftypheic\0\0", "found a HEIC picture"),
        (b"\0\0\0\x18ftypavif\0\0", "found an AVIF picture"),
        (b"\0\0\0\x18ftypcrx \0\0", "found a camera raw file"),
        (b"\0\0\0\x18ftypisom\0\0", "found a video"),
        (b"II*\0\x10\0\0\0CR\x02\0" + b"\0" * 90, "begins like a TIFF"),
        (bytes(range(128, 256)) * 5, "found an unknown kind of file"),
        (b"\xff\xd8\xff", "it begins like a JPEG picture, but its header is damaged"),
        (b"\x89PNG\r\n\x1a\n", "it begins like a PNG picture, but its header is damaged"),
        (b"RIFF\x04\0\0\0WEBP", "it begins like a WEBP picture"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_no_picture_is_named(show: Show, content: bytes, said: str) -> None:
    assert said in refusal(show, content, ".jpg")


def test_previews_of_camera_raw_files_are_refused(show: Show) -> None:
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[254] = 1
    assert "camera raw" in refusal(show, made.quarters(), ".tif", tiffinfo=info)
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info.tagtype[50706] = 1
    info[50706] = b"\x01\x04\0\0"
    assert "camera raw" in refusal(show, made.quarters(), ".tif", tiffinfo=info)


# Harm --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.8, 0.97])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
def test_a_file_that_ends_early_is_refused(show: Show, suffix: str, share: float) -> None:
    whole = io.BytesIO()
    Image.fromarray(made.noise(300, 200)).save(
        whole, {".jpg": "jpeg", ".tif": "tiff"}.get(suffix, suffix[1:])
    )
    content = whole.getvalue()
    said = refusal(show, content[: int(len(content) * share)], suffix)
    assert "ends early" in said
    assert "copy it again from its source" in said


def test_a_wrong_checksum_is_noticed(show: Show) -> None:
    whole = io.BytesIO()
    Image.fromarray(made.noise(30, 20)).save(whole, "png", compress_level=0)
    content = bytearray(whole.getvalue())
    content[len(content) // 2] ^= 1
    assert "damaged" in refusal(show, bytes(content))


def test_a_header_that_claims_too_much(show: Show) -> None:
    start = time.monotonic()
    said = refusal(show, made.png(60_000, 60_000, b"\0" * 1000))
    assert "its header says 60,000 × 60,000 pixels, expected at most 300,000,000 in all" in said
    assert "raise `max_pixels`" in said
    assert time.monotonic() - start < 5


def test_a_bomb_within_the_limits_costs_little_memory(show: Show) -> None:
    rows = (b"\0" + b"\x80" * 12_000) * 10_000
    _, facts = show(made.png(12_000, 10_000, rows, 8, 0))
    assert (facts.width_px, facts.height_px) == (2048, 1707)
    assert facts.peak_bytes < 260 * 1024**2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits address space")
def test_too_little_memory_is_said(show: Show) -> None:
    rows = (b"\0" + b"\x80\x70\x60" * 9_000) * 9_000
    limits = replace(LIMITS, memory_bytes=256 * 1024**2)
    said = refusal(show, made.png(9_000, 9_000, rows), limits=limits)
    assert "needs more memory than is allowed" in said


def test_too_many_bytes(show: Show) -> None:
    said = refusal(show, made.noise(30, 20), limits=replace(LIMITS, max_bytes=1000))
    assert "expected at most 1,000; save it smaller" in said


def test_too_long(show: Show) -> None:
    said = refusal(show, made.quarters(), limits=replace(LIMITS, timeout_s=0.01))
    assert "took longer than 0.01 s" in said


def test_names_of_files_that_are_none(tmp_path: Path) -> None:
    loop = tmp_path / "source-loop.jpg"
    loop.symlink_to(loop)
    pipe = tmp_path / "source-pipe.jpg"
    os.mkfifo(pipe)
    cases = {
        tmp_path / "source-missing.jpg": "there is no such file",
        tmp_path: "found a folder, expected a picture",
        loop: "it cannot be opened: Too many levels of symbolic links",
        pipe: "found a pipe or a device, expected a picture",
        Path("/dev/zero"): "found a pipe or a device",
        tmp_path / ("n" * 300): "it cannot be opened: File name too long",
        tmp_path / "nul\0": "it cannot be opened",
    }
    for path, said in cases.items():
        start = time.monotonic()
        with pytest.raises(SourceError) as caught:
            decode(path, tmp_path, LIMITS)
        assert str(caught.value).startswith(f"{path}: {said}")
        assert time.monotonic() - start < 5


@pytest.mark.skipif(sys.platform != "linux", reason="names of bytes")
def test_a_name_that_is_not_unicode(show: Show, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    Image.fromarray(made.quarters()).save(path)
    rgb, _ = show(path)
    assert np.array_equal(rgb, made.quarters())


def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.media import decode_child

    path = tmp_path / "source.png"
    Image.fromarray(made.quarters()).save(path)

    def meddle(*_: object) -> None:
        with path.open("ab") as stream:
            stream.write(b"more")

    monkeypatch.setattr(decode_child, "_note_frames", meddle)
    job = decode_child._Job(str(path), str(tmp_path), 2048, 10**6, 10**6, 0, 10, [])
    with pytest.raises(decode_child.Unreadable, match="changed while it was read"):
        decode_child._work(job)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os.abort()", "the decoder crashed on it (signal 6)"),
        ("import os; os.kill(os.getpid(), 11)", "the decoder crashed on it (signal 11)"),
        ("import os; os.kill(os.getpid(), 9)", "killed by the system, most likely for want of"),
        ("import sys; sys.exit(3)", "the decoder crashed on it (exit status 3)"),
        ("print('no json')", "the decoder crashed on it (exit status 0)"),
        ("while True: pass", "took longer than 1 s"),
    ],
)
def test_whatever_becomes_of_the_child(
    show: Show, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    monkeypatch.setattr(decode_module, "_START", program)
    assert said in refusal(show, made.quarters(), limits=replace(LIMITS, timeout_s=1.0))


def test_the_child_gets_none_of_our_secrets(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSEUM_PASSWORD", "x")
    tell = "import json, os; print(json.dumps({'refused': ' '.join(os.environ)}))"
    monkeypatch.setattr(decode_module, "_START", tell)
    said = refusal(show, made.quarters())
    assert "MUSEUM_PASSWORD" not in said
    assert "PATH" in said


def test_a_folder_that_cannot_be_written_is_not_the_pictures_fault(tmp_path: Path) -> None:
    path = tmp_path / "source.png"
    Image.fromarray(made.quarters()).save(path)
    with pytest.raises(StoreError, match="cannot be written: No such file or directory"):
        decode(path, tmp_path / "nowhere", LIMITS)


# What comes out ----------------------------------------------------------------------------------


def test_nothing_of_the_metadata_comes_through(show: Show, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretMaker"
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 24.0)}
    exif[0x927C] = b"SecretSerial"
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "SecretAuthor")
    info.add_itxt("XML:com.adobe.xmp", "<x>SecretXmp</x>")
    picture = Image.fromarray(np.dstack([made.quarters(), np.full((24, 40), 99, np.uint8)]))
    profile = made.adobe_profile("SecretProfile")
    show(picture, exif=exif, pnginfo=info, icc_profile=profile, dpi=(300, 300))
    for name in ("photo.webp", "alpha.png"):
        content = (tmp_path / name).read_bytes()
        assert b"Secret" not in content
        with Image.open(tmp_path / name) as out:
            assert not out.getexif()
            assert set(out.info) <= {"loop", "background", "timestamp", "duration"}
    show(Image.fromarray(made.quarters()), ".jpg", exif=exif, comment="SecretComment")
    assert b"Secret" not in (tmp_path / "photo.webp").read_bytes()


def test_the_same_picture_gives_the_same_bytes(show: Show, tmp_path: Path) -> None:
    outs = []
    for _ in range(2):
        _, facts = show(made.noise(300, 200), ".jpg", limits=replace(LIMITS, long_side_px=256))
        outs.append(((tmp_path / "photo.webp").read_bytes(), facts.sha256))
    assert outs[0] == outs[1]
