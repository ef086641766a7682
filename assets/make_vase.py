"""Renders the demo's blue-and-white vase and writes down what is true of it.

    python assets/make_vase.py                       the committed picture: assets/vase, 2048 x 2560
    python assets/make_vase.py --out DIR --width 256   a small one, for a test

Writes ``vase.jpg`` (sRGB), ``vase_mask.png`` (8 bit, share of each pixel that is vase),
``vase_depth.png`` (16 bit) and ``vase_camera.json``, which says how to read them. The same call
gives the same bytes. Needs numpy, OpenCV and Pillow.
"""

from __future__ import annotations

import argparse
import json
import re
import struct
import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

sys.path.insert(0, str(Path(__file__).parent))

from porcelain import photograph as photo
from porcelain.bands import paint
from porcelain.shape import HEIGHT_M, Vase
from porcelain.studio import Studio

SEED = 1403
NEAR_M, FAR_M = 1.30, 1.60
_STEP = 8
"""Depth is kept to 8 of 65535 steps (37 micrometres): finer than any use, a third of the bytes."""


def write_depth(depth_m: npt.NDArray[np.float32], path: Path) -> None:
    """Write depth as 16 bit: 65535 at NEAR_M, 1 at FAR_M, 0 beside the vase."""
    inside = np.isfinite(depth_m)
    share = (FAR_M - np.where(inside, depth_m, FAR_M)) / (FAR_M - NEAR_M)
    value = np.round((1 + share * 65534) / _STEP) * _STEP
    coded = np.where(inside, np.clip(value, _STEP, 65528), 0).astype(np.uint16)
    Image.fromarray(coded).save(path, optimize=True)


def write_camera(camera: photo.Camera, vase: Vase, path: Path) -> None:
    """Write how the picture was taken and the true shape of the vase."""
    eye = [round(float(v), 6) for v in camera.eye]
    facts = {
        "about": "Right-handed, +Y up, metres; the vase stands on y = 0 around the y axis.",
        "size_px": [camera.width_px, camera.height_px],
        "focal_length_mm": photo.FOCAL_MM,
        "sensor_mm": list(photo.SENSOR_MM),
        "focal_px": round(camera.focal_px, 4),
        "fov_x_deg": round(2 * np.degrees(np.arctan(photo.SENSOR_MM[0] / 2 / photo.FOCAL_MM)), 6),
        "fov_y_deg": round(2 * np.degrees(np.arctan(photo.SENSOR_MM[1] / 2 / photo.FOCAL_MM)), 6),
        "position_m": eye,
        "target_m": [0.0, photo.AIM_M, 0.0],
        "up": [0.0, 1.0, 0.0],
        "distance_m": photo.DISTANCE_M,
        "elevation_deg": photo.ELEVATION_DEG,
        "height_m": HEIGHT_M,
        "diameter_m": round(2 * vase.max_radius_m, 6),
        "depth": {
            "near_m": NEAR_M,
            "far_m": FAR_M,
            "map": "metres along the optical axis = far_m - (value - 1) / 65534 * (far_m - near_m)"
            "; 0 is background",
        },
        "outer_profile_m": _thinned(vase.outer),
        "inner_profile_m": _thinned(vase.inner),
    }
    text = json.dumps(facts, indent=1)
    path.write_text(_short_pairs(text) + "\n", encoding="utf-8")


def _thinned(profile: npt.NDArray[np.float64]) -> list[list[float]]:
    kept = np.unique(np.append(np.arange(0, len(profile), 6), len(profile) - 1))
    return [[round(float(r), 6), round(float(y), 6)] for r, y in profile[kept]]


def _short_pairs(text: str) -> str:
    """One point a line."""
    return re.sub(r"\[\s+(-?[\d.]+),\s+(-?[\d.]+)\s+\]", r"[\1, \2]", text)


def srgb_profile() -> bytes:
    """The sRGB profile, dated by us: it is made on the spot and would carry today's date.

    Source: ICC.1:2010, 7.2: bytes 24 to 35 are date and time, 84 to 99 the profile's checksum.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    profile[84:100] = bytes(16)
    return bytes(profile)


def main() -> None:
    """Render."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "vase")
    parser.add_argument("--width", type=int, default=2048, help="pixels; the height is 5/4 of it")
    parser.add_argument("--over", type=int, default=3, help="rays along each side of a pixel")
    call = parser.parse_args()
    started = time.monotonic()
    call.out.mkdir(parents=True, exist_ok=True)
    camera = photo.Camera(call.width, call.width * 5 // 4)
    vase = Vase()
    quality = min(1.0, 0.25 + call.width / 2048)
    studio = Studio(vase, quality)
    glaze = photo.Glaze(paint(vase, int(np.clip(call.width * 4, 4096, 8192)), SEED))
    shot = photo.Photograph(camera, vase, studio, glaze)
    linear, cover = shot.take(call.over)
    picture = Image.fromarray(photo.develop(linear, SEED))
    picture.save(
        call.out / "vase.jpg", quality=92, subsampling=0, optimize=True, icc_profile=srgb_profile()
    )
    Image.fromarray(np.round(cover * 255).astype(np.uint8)).save(
        call.out / "vase_mask.png", optimize=True
    )
    write_depth(shot.depth(), call.out / "vase_depth.png")
    write_camera(camera, vase, call.out / "vase_camera.json")
    took_s = time.monotonic() - started
    print(f"{call.out}: {camera.width_px} x {camera.height_px} px in {took_s:.0f} s")


if __name__ == "__main__":
    main()
