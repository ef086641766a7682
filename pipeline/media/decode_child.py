"""Decodes one foreign picture; `pipeline.media.decode` runs it as a program of its own.

It imports Pillow and its two sibling files, so it starts in a tenth of a second and a picture
made to attack finds little to reach. It reads its job as JSON from stdin, limits itself, and
writes one line of JSON to stdout: the facts of the picture, or in plain words why it is refused.

What comes out is upright, sRGB, 8 bit, no larger than asked for, and carries nothing of the
source's metadata: no place where it was taken, no serial number of the camera.

Lossless WebP of 1152 × 2048 pixels, measured: method 0 0.18 s and 1.95 MB, method 2 0.85 s and
1.76 MB, method 4 1.4 s and 1.76 MB; PNG 0.18 s and 2.84 MB. Method 0 is used.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

from pipeline.media.decode_colour import Layers, fit, reduce, to_srgb
from pipeline.media.decode_kind import AGAIN, Unreadable, identify, open_file
from pipeline.media.decode_profile import adobe_rgb_profile

_ORIENTATION, _INTEROPERABILITY = 0x0112, 0xA005
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Source: CIPA DC-008 (Exif 2.32), 4.6.4 A, Orientation."""
_MAX_TEXT_BYTES = 64 * 1024 * 1024
"""A colour profile or a description inside a PNG; Pillow's own limit refuses large profiles."""


class Unwritable(Exception):
    """The result cannot be written; not the picture's fault."""


@dataclass
class _Job:
    path: str
    folder: str
    long_side_px: int
    max_pixels: int
    max_bytes: int
    memory_bytes: int
    cpu_s: int
    also: list[str]
    notes: list[str] = field(default_factory=list)


def main() -> None:
    """Answer the one job on stdin."""
    answer: dict[str, Any]
    try:
        job = _Job(**json.load(sys.stdin))
        limit(job.memory_bytes, job.cpu_s)
        answer = _work(job)
    except Unreadable as reason:
        answer = {"refused": str(reason)}
    except Unwritable as reason:
        answer = {"unwritable": str(reason)}
    except Exception as error:  # noqa: BLE001  a decoder may raise anything; the parent tells it
        answer = {"refused": _reason(error)}
    answer["peak_bytes"] = _peak_bytes()
    sys.stdout.write(json.dumps(answer) + "\n")


def _work(job: _Job) -> dict[str, Any]:
    with open_file(job.path, job.max_bytes) as stream:
        before = os.fstat(stream.fileno())
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        image = identify(stream, job.also)
        size_px, kind = image.size, str(image.format)
        _refuse_size(size_px, job.max_pixels)
        _note_frames(image, job.notes)
        turn = _orientation(image, job.notes)
        if not image.info.get("icc_profile") and _is_adobe_rgb(image):
            image.info["icc_profile"] = adobe_rgb_profile()
        image.draft(image.mode, fit(*size_px, job.long_side_px))
        image.load()
        after = os.fstat(stream.fileno())
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            raise Unreadable("the file changed while it was read; run again when it is complete")
    if kind == "TIFF":
        # Pillow has turned it while loading.
        size_px, turn = image.size, 1
    size = fit(*size_px, job.long_side_px)
    upright_px = size_px[::-1] if turn >= 5 else size_px
    if size != size_px:
        width, height = fit(*upright_px, job.long_side_px)
        wide, high = upright_px
        job.notes.append(f"reduced from {wide} × {high} to {width} × {height} pixels")
    layers = reduce(image, size, job.notes)
    rgb = to_srgb(layers.colours, image.info, job.notes)
    if turn != 1:
        rgb = rgb.transpose(_TURNS[turn])
    _save(rgb, layers, turn, Path(job.folder))
    return {
        "sha256": digest,
        "format": kind,
        "source_px": upright_px,
        "size_px": rgb.size,
        "alpha": layers.alpha is not None,
        "notes": job.notes,
    }


def limit(memory_bytes: int, cpu_s: int) -> None:
    """Give this program no more than that, and let no limit but ours speak of sizes."""
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    # Our own limit speaks first, and in our own words; see _refuse_size.
    Image.MAX_IMAGE_PIXELS = None
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = _MAX_TEXT_BYTES
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_CORE: 0,
    }
    for which, most in limits.items():
        try:
            resource.setrlimit(which, (most, most))
        except (OSError, ValueError):  # macOS names RLIMIT_AS but refuses to set it
            continue


def _peak_bytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        # Linux counts the parent's memory into ru_maxrss, until the moment of exec.
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields.get("VmHWM", "0").split()[0]) * 1024
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _refuse_size(size_px: tuple[int, int], max_pixels: int) -> None:
    width, height = size_px
    if width * height > max_pixels:
        raise Unreadable(
            f"its header says {width:,} × {height:,} pixels, expected at most {max_pixels:,} in "
            "all; save it smaller, or raise `max_pixels` in the config's `ingest`"
        )
    # For whatever a decoder finds inside that the header did not say.
    Image.MAX_IMAGE_PIXELS = max_pixels


def _note_frames(image: Image.Image, notes: list[str]) -> None:
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        image.seek(0)
        notes.append(f"the first of {frames} pictures in the file")


def _orientation(image: Image.Image, notes: list[str]) -> int:
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001  Pillow's parser raises nearly anything on damaged EXIF
        notes.append("its EXIF data are damaged and were ignored")
        return 1
    if turn not in _TURNS:
        return 1
    notes.append(f"turned upright (EXIF orientation {turn})")
    return int(turn)


def _is_adobe_rgb(image: Image.Image) -> bool:
    """Cameras that are set to Adobe RGB embed no profile and say so in EXIF alone.

    Source: CIPA DC-008, InteroperabilityIndex "R03", "DCF optional file (Adobe RGB)".
    """
    try:
        return str(image.getexif().get_ifd(_INTEROPERABILITY).get(1, "")).startswith("R03")
    except Exception:  # noqa: BLE001  as above
        return False


def _save(rgb: Image.Image, layers: Layers, turn: int, folder: Path) -> None:
    _write(rgb, folder / "photo.webp", lossless=True, method=0, quality=0)
    if layers.alpha is not None:
        alpha = layers.alpha if turn == 1 else layers.alpha.transpose(_TURNS[turn])
        _write(alpha, folder / "alpha.png", compress_level=6)


def _write(image: Image.Image, path: Path, **options: int) -> None:
    # A new picture knows nothing of the old one's metadata, whatever an encoder would take over.
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    encoded = io.BytesIO()
    clean.save(encoded, path.suffix[1:], **options)
    try:
        path.write_bytes(encoded.getbuffer())
    except OSError as error:
        raise Unwritable(error.strerror or str(error)) from error


_ENDS_EARLY = ("truncated", "unexpected end", "ends early", "not enough", "too short", "eof")


def _reason(error: Exception) -> str:
    """Put what a decoder raised into words; the name of the exception is for a bug report."""
    said = " ".join(str(error).split())[:200]
    if isinstance(error, MemoryError) or "out of memory" in said:
        return (
            "decoding it needs more memory than is allowed; save it smaller, or raise "
            "`memory_bytes` in the config's `ingest`"
        )
    if isinstance(error, Image.DecompressionBombWarning | Image.DecompressionBombError):
        return (
            f"it unpacks to too many pixels ({said}); save it smaller, or raise `max_pixels` in "
            "the config's `ingest`"
        )
    if any(words in said.lower() for words in _ENDS_EARLY):
        return f"the file ends early: {said}; {AGAIN}"
    if isinstance(error, ModuleNotFoundError):
        return f"the installation is damaged: {said}; install tableau-vivant again"
    if isinstance(error, NotImplementedError):
        return f"it uses a way of storing pixels that cannot be read ({said}); {AGAIN}"
    return f"it is damaged ({type(error).__name__}: {said}); {AGAIN}"
