"""Makes the two pictures of the smallest exhibit: a smaller vase, and a print of hills in mist.

    python assets/make_minimal.py [--out DIR]

The vase is `vase/vase.jpg`, scaled down. The print is drawn here from noise and curves, in the
manner of an ink wash: each range is darkest along its ridge and dissolves downwards into mist.
The same call gives the same bytes. Needs numpy, OpenCV and Pillow.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Floats = npt.NDArray[np.float32]

SEED = 20
WIDTH_PX, HEIGHT_PX, OVER = 900, 600, 2
_PAPER = np.array([243, 237, 224], np.float32)
_INK = np.array([1.00, 0.94, 0.86], np.float32)
"""Absorption of the ink by red, green, blue: a pine soot, a little cold."""


def noise(rng: np.random.Generator, shape: tuple[int, int], size: tuple[float, float]) -> Floats:
    """Smooth noise with features of ``size`` (down, across) pixels, mean 0, deviation 1."""
    small = tuple(max(4, round(n / s * 2)) for n, s in zip(shape, size, strict=True))
    grid = cv2.GaussianBlur(rng.standard_normal(small).astype(np.float32), (0, 0), 1.1)
    grid = cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return (grid - grid.mean()) / grid.std()


def ridge(rng: np.random.Generator, width: int, peaks: int, rough: float) -> Floats:
    """A skyline in [0, 1]: a few rounded peaks, broken by smaller and smaller ones."""
    x = np.linspace(0, 1, width)
    line = np.zeros(width)
    for _ in range(peaks):
        centre, spread = rng.uniform(-0.05, 1.05), rng.uniform(0.05, 0.14)
        line = np.maximum(
            line, rng.uniform(0.45, 1.0) * np.exp(-(np.abs((x - centre) / spread) ** 1.5))
        )
    for octave in range(3, 9):
        knots = rng.standard_normal(2**octave + 3)
        line += rough * 0.75 ** (octave * 1.9) * np.interp(x, np.linspace(0, 1, len(knots)), knots)
    return (line - line.min()).astype(np.float32) / np.float32(np.ptp(line))


def range_of_hills(
    ink: Floats, rng: np.random.Generator, foot: float, height: float, dark: float
) -> Floats:
    """Lay one range over the picture: wash, folds of rock, and a skyline touched in twice."""
    h, w = ink.shape
    top = (foot - height * ridge(rng, w, 6, 0.34)) * h
    y = np.arange(h, dtype=np.float32)[:, None]
    under = (y - top[None, :]) / h
    inside = np.clip(under * h / 1.6, 0, 1)
    fade = np.exp(-np.maximum(under, 0) / (0.42 * height)) * np.clip(
        (foot + 0.05 - y / h) / 0.10, 0, 1
    )
    folds = noise(rng, (h, w), (h * 0.10, w * 0.012)) + 0.6 * noise(
        rng, (h, w), (h * 0.03, w * 0.006)
    )
    pool = noise(rng, (h, w), (h * 0.16, w * 0.14))
    body = 0.72 + 0.16 * np.clip(folds, -1.5, 1.8) + 0.14 * pool
    line = np.exp(-((np.maximum(under * h, 0) / 3.2) ** 2)) * np.clip(0.35 + 0.3 * pool, 0, 0.7)
    layer = dark * inside * (fade * body + line * 0.8)
    return ink * (1 - inside * np.clip(fade * 1.4, 0, 1) * 0.92) + np.maximum(layer, 0)


def pine(ink: Floats, rng: np.random.Generator, at: tuple[float, float], size: float) -> None:
    """A leaning pine: a trunk of two bends, flat clouds of needles."""
    t = np.linspace(0, 1, 40)
    lean = rng.uniform(-0.25, 0.35)
    x = at[0] + size * (lean * t + 0.05 * np.sin(5 * t))
    y = at[1] - size * t
    for i in range(39):
        ends = [tuple(int(v * 16) for v in (x[k], y[k])) for k in (i, i + 1)]
        cv2.line(
            ink, ends[0], ends[1], 1.5, max(1, round(size * 0.034 * (1.1 - t[i]))), cv2.LINE_AA, 4
        )
    for k in (17, 20, 23, 26, 28, 31, 33, 35, 37, 39):
        reach = size * 0.34 * (1.25 - t[k]) * (1 if k % 2 else -1) * rng.uniform(0.6, 1.0)
        pad = (x[k] + reach, y[k] - 0.03 * size)
        ends = [tuple(int(v * 16) for v in p) for p in ((x[k], y[k]), pad)]
        cv2.line(ink, ends[0], ends[1], 1.3, max(1, round(size * 0.010)), cv2.LINE_AA, 4)
        needles(ink, rng, pad, size * 0.125 * (1.35 - t[k]))


def needles(ink: Floats, rng: np.random.Generator, at: tuple[float, float], size: float) -> None:
    """A flat cloud of pine needles, arched on top, fanning upwards."""
    for _ in range(210):
        across = rng.uniform(-1, 1)
        arch = (1 - across * across) * 0.50
        foot = (at[0] + across * size, at[1] - rng.uniform(0, arch) * size)
        turn = across * 0.9 + rng.normal(0, 0.35)
        length = rng.uniform(0.12, 0.26) * size
        tip = (foot[0] + length * np.sin(turn), foot[1] - length * np.cos(turn))
        ends = [tuple(int(v * 16) for v in p) for p in (foot, tip)]
        cv2.line(ink, ends[0], ends[1], float(rng.uniform(0.75, 1.6)), 1, cv2.LINE_AA, 4)


def boat(ink: Floats, at: tuple[float, float], size: float) -> None:
    """A skiff with an awning and a boatman, and what the water gives back of them."""

    def shape(points: list[tuple[float, float]], value: float) -> None:
        fixed = [[int((at[0] + x * size) * 16), int((at[1] + y * size) * 16)] for x, y in points]
        cv2.fillPoly(ink, [np.array(fixed, np.int32)], value, cv2.LINE_AA, 4)

    hull = [(-1, -0.10), (-0.6, 0.02), (0.55, 0.03), (1.05, -0.14), (0.7, 0.13), (-0.65, 0.13)]
    shape([(x, 0.30 - 0.55 * y) for x, y in hull], 0.20)
    shape(hull, 1.5)
    arch = [(0.05 + 0.34 * np.cos(a), 0.0 - 0.30 * np.sin(a)) for a in np.linspace(0, np.pi, 24)]
    shape(arch, 1.0)
    shape([(-0.62, 0.0), (-0.70, -0.30), (-0.60, -0.40), (-0.50, -0.30), (-0.52, 0.0)], 1.4)
    shape([(-0.74, -0.37), (-0.60, -0.50), (-0.46, -0.37)], 1.6)
    shape([(-0.58, -0.28), (-0.98, 0.34), (-0.96, 0.35), (-0.55, -0.26)], 1.3)


def shore(ink: Floats, rng: np.random.Generator) -> Floats:
    """The near bank, dark and wet, with pines."""
    h, w = ink.shape
    x = np.linspace(0, 1, w)
    bank = 0.955 - 0.135 * np.exp(-((x / 0.30) ** 2.2)) + 0.05 * np.clip(x - 0.30, 0, 1)
    bank -= 0.006 * noise(rng, (4, w), (4, w * 0.035))[0] + 0.0016 * noise(rng, (4, w), (4, 14))[0]
    under = np.arange(h)[:, None] - (bank * h)[None, :]
    inside = np.clip(under / 2, 0, 1).astype(np.float32)
    body = 0.85 + 0.07 * noise(rng, (h, w), (14, 30)) + 0.13 * noise(rng, (h, w), (60, 130))
    edge = np.exp(-np.maximum(under, 0) / (0.075 * h)).astype(np.float32)
    ink = ink * (1 - inside) + inside * np.clip(body, 0.3, 1.4) * (0.34 + 0.90 * edge)
    for place, size in ((0.055, 0.30), (0.105, 0.40), (0.165, 0.27), (0.215, 0.16)):
        pine(ink, rng, (place * w, float(np.interp(place, x, bank)) * h + 4), size * h)
    return ink


def ripples(ink: Floats, rng: np.random.Generator) -> None:
    """A few strokes lie on the water; the rest is paper."""
    h, w = ink.shape
    for _ in range(34):
        y = rng.uniform(0.74, 0.95) * h
        x, length = rng.uniform(0.36, 0.98) * w, rng.uniform(0.02, 0.09) * w
        sway = [(x + length * k / 12, y + 2.0 * np.sin(k * 0.9 + x)) for k in range(13)]
        points = np.array([[int(a * 16), int(b * 16)] for a, b in sway], np.int32)
        cv2.polylines(ink, [points], False, float(rng.uniform(0.10, 0.26)), 2, cv2.LINE_AA, 4)


def seal(picture: Floats, rng: np.random.Generator, at: tuple[int, int], size: int) -> Floats:
    """A red seal that reads 山, hill."""
    stamp = np.zeros(picture.shape[:2], np.float32)
    x, y = at
    cv2.rectangle(stamp, (x, y), (x + size, y + size), 1.0, -1, cv2.LINE_AA)
    bar = max(2, size // 9)
    for dx, top in ((0.22, 0.44), (0.50, 0.20), (0.78, 0.44)):
        foot = (x + int(dx * size), y + int(0.76 * size))
        cv2.line(stamp, (foot[0], y + int(top * size)), foot, 0.0, bar, cv2.LINE_AA)
    base = y + int(0.76 * size)
    cv2.line(
        stamp, (x + int(0.22 * size), base), (x + int(0.78 * size), base), 0.0, bar, cv2.LINE_AA
    )
    worn = np.clip(1.25 + 0.35 * noise(rng, picture.shape[:2], (5, 5)), 0, 1)
    stamp = (cv2.GaussianBlur(stamp, (0, 0), 0.8) * worn)[..., None]
    return picture * (1 - stamp) + np.array([178, 44, 32], np.float32) * stamp


def hills() -> npt.NDArray[np.uint8]:
    """The print."""
    rng = np.random.default_rng(SEED)
    h, w = HEIGHT_PX * OVER, WIDTH_PX * OVER
    ink = np.zeros((h, w), np.float32)
    ink += 0.05 * np.clip(1 - np.arange(h, dtype=np.float32)[:, None] / (0.5 * h), 0, 1)
    for foot, height, dark in (
        (0.50, 0.30, 0.17),
        (0.54, 0.36, 0.27),
        (0.60, 0.27, 0.40),
        (0.66, 0.25, 0.58),
        (0.72, 0.15, 0.85),
    ):
        ink = range_of_hills(ink, rng, foot, height, dark)
    ripples(ink, rng)
    ink = shore(ink, rng)
    boat(ink, (0.66 * w, 0.835 * h), 0.040 * w)
    ink = 0.82 * cv2.GaussianBlur(ink, (0, 0), 0.9) + 0.18 * cv2.GaussianBlur(ink, (0, 0), 5)
    ink *= 1 + 0.05 * noise(rng, (h, w), (3, 3))
    fibre = 1 + 0.006 * noise(rng, (h, w), (4, 40)) + 0.008 * noise(rng, (h, w), (60, 60))
    picture = _PAPER * fibre[..., None] * np.exp(-1.55 * ink[..., None] * _INK)
    picture = seal(
        picture.astype(np.float32), rng, (int(0.925 * w), int(0.085 * h)), int(0.058 * h)
    )
    small = cv2.resize(picture, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return np.clip(np.round(small), 0, 255).astype(np.uint8)


def main() -> None:
    """Write both pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    here = Path(__file__).parent
    parser.add_argument("--out", type=Path, default=here / "minimal")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    Image.fromarray(hills()).save(out / "hills.jpg", quality=88, optimize=True)
    with Image.open(here / "vase" / "vase.jpg") as large:
        small = large.resize((768, 960), Image.Resampling.LANCZOS)
        small.save(out / "vase.jpg", quality=88, optimize=True)


if __name__ == "__main__":
    main()
