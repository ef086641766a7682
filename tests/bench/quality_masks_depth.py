"""How good masks and depth are: `python tests/bench/quality_masks_depth.py`.

Prints one Markdown table of IoU and seconds per photograph and mask engine, and one of rank
correlation with true depth per object. The demo vase is in the repository; photographs and vessels
that may not be shipped are looked for in ``shared/data`` beside the checkout.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
from scipy.stats import spearmanr

from pipeline.engines.choose import load_engine
from pipeline.engines.depth_silhouette import SilhouetteEngine, SilhouetteOptions
from pipeline.engines.mask_contrast import ContrastOptions
from pipeline.engines.mask_grabcut import GrabCutOptions
from pipeline.engines.mask_u2netp import U2NetpOptions
from pipeline.errors import EngineFailed
from pipeline.items import Kind
from pipeline.protocols import MaskEngine

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
LONG_SIDE_PX = 2048
"""As large as ingested photographs are by default."""


def photographs() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield name, photograph and true mask of all that are here."""
    pairs = [("vase", ROOT / "assets/vase/vase.jpg", ROOT / "assets/vase/vase_mask.png")]
    for picture in sorted((SHARED / "photos").glob("buddha-*.jpg")):
        pairs.append((picture.stem, picture, picture.with_suffix(".mask.png")))
    for folder in sorted((SHARED / "geometry").glob("vessel*")):
        pairs.append((folder.name, folder / "photo.png", folder / "mask.png"))
    for name, picture, mask in pairs:
        rgb = np.ascontiguousarray(cv2.imread(str(picture))[..., ::-1])
        scale = min(1.0, LONG_SIDE_PX / max(rgb.shape))
        rgb = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        grey = cv2.imread(str(mask), cv2.IMREAD_GRAYSCALE)
        true = cv2.resize(grey, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR) > 127
        yield name, rgb, true


def depths() -> Iterator[tuple[str, Kind, np.ndarray, np.ndarray]]:
    """Yield name, kind, outline and true depth in metres of all that are here."""
    value = cv2.imread(str(ROOT / "assets/vase/vase_depth.png"), cv2.IMREAD_UNCHANGED)
    yield "vase", Kind.VESSEL, value > 0, -value.astype(np.float64)
    for folder in sorted((SHARED / "geometry").glob("vessel*")):
        metres = np.load(folder / "depth.npy")
        yield folder.name, Kind.VESSEL, np.isfinite(metres), metres
    for name, vessel, inside, metres in solids().every():
        yield name, Kind.VESSEL if vessel else Kind.SCULPTURE, inside, metres


def solids() -> ModuleType:
    path = ROOT / "tests/engines/solids.py"
    spec = importlib.util.spec_from_file_location("solids", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def overlap(mask: np.ndarray, true: np.ndarray) -> float:
    inside = mask >= 0.5
    return float((inside & true).sum() / (inside | true).sum())


def correlation(inside: np.ndarray, kind: Kind, metres: np.ndarray) -> float:
    engine = SilhouetteEngine(SilhouetteOptions())
    rgb = np.full((*inside.shape, 3), 128, np.uint8)
    depth = engine.estimate(rgb, inside.astype(np.float32), kind)
    return float(spearmanr(depth[inside], -metres[inside])[0])


def machine() -> str:
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, OpenCV {cv2.__version__}"
    )


def warm_up(engine: MaskEngine) -> None:
    """Let an engine import and allocate what it needs once, before anything is timed."""
    rgb = np.full((512, 512, 3), 110, np.uint8)
    rgb[150:350, 150:350] = (220, 180, 90)
    engine.cut(rgb)


def main() -> None:
    print(machine(), "\n")
    engines = {
        options.name: load_engine(options)
        for options in (U2NetpOptions(), ContrastOptions(), GrabCutOptions())
    }
    for engine in engines.values():
        warm_up(engine)
    print("| photograph | size | " + " | ".join(engines) + " |")
    print("|---|---|" + "---|" * len(engines))
    for name, rgb, true in photographs():
        cells = []
        for engine in engines.values():
            start = time.process_time()
            try:
                share = f"{overlap(engine.cut(rgb), true):.3f}"
            except EngineFailed:
                share = "refused"
            cells.append(f"{share} ({time.process_time() - start:.2f} s CPU)")
        print(f"| {name} | {rgb.shape[1]} × {rgb.shape[0]} | " + " | ".join(cells) + " |")
    print("\n| depth of | silhouette | Poisson inflation |\n|---|---|---|")
    poisson = solids().poisson
    for name, kind, inside, metres in depths():
        few = np.s_[:: max(1, inside.shape[0] // 512), :: max(1, inside.shape[0] // 512)]
        usual = spearmanr(poisson(inside[few])[inside[few]], -metres[few][inside[few]])[0]
        print(f"| {name} | {correlation(inside, kind, metres):.3f} | {usual:.3f} |")


if __name__ == "__main__":
    main()
