"""How true the frames of a clip are: against known geometry and against a real stereo pair.

    python tests/bench/clip_quality.py [--quick] [--size 640x480] [--scenes thin,bust]
                                       [--ways ours,sheet] [--parts scenes,stereo,clips]
                                       [--out FOLDER]

Each move alone must not lose more than 0.2 dB to the best other way in any area that the first
picture shows; what it does not show is judged on all moves of a scene together, since on one
move it is a rim of some hundred pixels.

Prints one table for the scenes of `scenes`, one for scikit-image's stereo pair, one for first
frame, loop and flicker, each figure beside what is asked for. ``--out`` keeps crops side by side.

Definitions
    poses      orbit, push and dolly as far as the engine goes by default (0.08 of the frame) and
               at most in 6 s (0.3), half of it parallax; four moments of each
    PSNR       of RGB, 8 bit, over all pixels of all poses of a move together (mean of squares)
    hidden     PSNR over the pixels whose surface the first picture does not show
    behind     PSNR over those of them that lay behind something; the others are far sides of
               solids that turn into sight, and of those a photograph tells nothing
    shown      PSNR over all pixels but the hidden ones
    SSIM       scikit-image's, mean over pixels, channels and poses; of a clip's first frame, of
               luma alone, as it is usual for video: 4:2:0 by itself costs 0.02 in RGB
    flicker    frame t+1 brought onto frame t along the true motion (bicubic), over what both see;
               their difference without its slow part (Gaussian, 2 px), mean of squares; ours
               over that of the true frames

All ways are stored as video stores them, 4:2:0; the true frames are not. Stereo: bare RGB for the
baselines, so that the figures are those others measure.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from math import pi
from pathlib import Path

import av
import cv2
import numpy as np
from skimage import data

sys.path.insert(0, str(Path(__file__).parent))

import remembered
import scenes
from clip_measures import (
    Tally,
    exact,
    first_frame,
    flicker,
    measure,
    path,
    stereo,
    ways,
)

from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions
from pipeline.items import Kind
from pipeline.media import yuv
from pipeline.media.video import read_clip, write_clip
from pipeline.protocols import Shot

AMOUNTS = {"usual": 0.08, "most": 0.3}
_PHASES = (0.25 * pi, 0.6 * pi, 1.0 * pi, 1.65 * pi)
_CLIP_FRAMES = 180
_FLICKER_FRAMES = 5
_ENOUGH = 0.001
"""Share of the pixels; fewer hidden ones are a rim of mixed pixels and tell nothing of a fill."""


_failed: list[str] = []


def verdict(name: str, figure: float, limit: float, *, at_least: bool = True) -> str:
    """Return the figure with its limit and whether it is kept."""
    good = figure >= limit if at_least else figure <= limit
    if not good:
        _failed.append(name)
    return f"{figure:.4g} ({'≥' if at_least else '≤'} {limit:g} {'PASS' if good else 'FAIL'})"


def scene_table(asked: argparse.Namespace) -> None:
    """Print PSNR and SSIM of every way on every scene and move, then of all moves together."""
    print("| scene, move | way | all | shown | hidden | behind | SSIM | against the best other |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    together: dict[str, dict[str, Tally]] = {}
    for name in asked.scenes:
        scene = scenes.ALL[name](asked.size)
        for move in ("orbit", "push", "dolly"):
            for extent, amount in AMOUNTS.items():
                if asked.quick and (move, extent) not in {("orbit", "usual"), ("push", "most")}:
                    continue
                found = _scene_rows(scene, move, extent, amount, asked)
                for title in (f"{name}, all moves", "all scenes, all moves"):
                    sums = together.setdefault(title, {way: Tally() for way in found})
                    for way, tally in found.items():
                        sums[way].join(tally)
    together["all scenes, all moves"] = together.pop("all scenes, all moves")
    for title, sums in together.items():
        _rows(title, sums, _filled_well(title, sums))


def _scene_rows(scene, move, extent, amount, asked) -> dict[str, Tally]:
    poses = path(move, amount, scene, _PHASES[:2] if asked.quick else _PHASES)
    views = [scene.render(pose) for pose in poses]
    made = {name: way(scene, poses) for name, way in ways(asked.ways).items()}
    found = {name: measure(frames, views) for name, frames in made.items()}
    title = f"{scene.name}, {move}, {extent}"
    _rows(title, found, _nothing_lost(title, found))
    best = measure([exact(scene, view) for view in views], views)
    print(f"| | true place, bicubic | | {best.psnr('shown'):.2f} | | | | |", flush=True)
    if asked.out:
        _keep(asked.out, scene, move, extent, views, made)
    return found


def _rows(title: str, found: dict[str, Tally], word: str) -> None:
    title += f" ({100 * next(iter(found.values())).share('hidden'):.1f} % hidden)"
    for name, tally in found.items():
        print(f"| {title} | {name} | {tally.row()} | {word} |", flush=True)
        title = word = ""


def _gain(found: dict[str, Tally], area: str) -> float:
    """Ours less the best of sheet and splats; `relief` is told, not judged."""
    others = [t.psnr(area) for name, t in found.items() if name not in ("ours", "relief")]
    return found["ours"].psnr(area) - max(others)


def _nothing_lost(title: str, found: dict[str, Tally]) -> str:
    if "ours" not in found or len(found) < 2:
        return ""
    parts = [
        f"{area} {verdict(f'{title}: {area}', _gain(found, area), -0.2)}"
        for area in ("all", "shown")
    ]
    if found["ours"].counts["hidden"]:
        parts.append(f"hidden {_gain(found, 'hidden'):+.2f}")
    return ", ".join(parts)


def _filled_well(title: str, found: dict[str, Tally]) -> str:
    if "ours" not in found or len(found) < 2 or found["ours"].share("hidden") < _ENOUGH:
        return ""
    return ", ".join(
        f"{area} {verdict(f'{title}: {area}', _gain(found, area), 2.0)}"
        for area in ("hidden", "behind")
    )


def _keep(out: Path, scene, move, extent, views, made) -> None:
    """Write crops of the most hidden part, true frame first, three times as large."""
    worst = int(np.argmax([view.hidden.sum() for view in views]))
    view = views[worst]
    away = cv2.boxFilter(view.hidden.astype(np.float32), -1, (160, 160))
    row, column = np.unravel_index(int(away.argmax()), away.shape)
    top = min(max(0, row - 80), away.shape[0] - 160)
    left = min(max(0, column - 80), away.shape[1] - 160)
    marked = view.rgb.copy()
    marked[view.hidden] = marked[view.hidden] // 2 + np.array([127, 0, 127], np.uint8)
    tiles = {"true": view.rgb, "hidden": marked} | {n: frames[worst] for n, frames in made.items()}
    pictures = []
    for name, frame in tiles.items():
        crop = np.ascontiguousarray(frame[top : top + 160, left : left + 160, ::-1])
        crop = cv2.resize(crop, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST)
        pictures.append(cv2.putText(crop, name, (6, 20), 0, 0.6, (0, 255, 0), 2))
    if len(pictures) % 2:
        pictures.append(np.zeros_like(pictures[0]))
    half = len(pictures) // 2
    rows = [np.concatenate(part, axis=1) for part in (pictures[:half], pictures[half:])]
    out.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out / f"{scene.name}-{move}-{extent}.png"), np.concatenate(rows))


def stereo_table(out: Path | None) -> None:
    found = stereo()
    frames = found.pop("frames")
    print("\n| stereo pair | PSNR all | both see | hidden | SSIM |")
    print("| --- | --- | --- | --- | --- |")
    for name, figures in found.items():
        row = [f"{figures[key]:.2f}" for key in ("all", "both", "hidden")]
        if name == "ours":
            row[0] = verdict("stereo, all", figures["all"], 24.5)
            row[1] = verdict("stereo, what both see", figures["both"], 27.5)
        print(f"| {name} | {' | '.join(row)} | {figures['ssim']:.4f} |")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        crops = [
            cv2.putText(
                np.ascontiguousarray(frames[n][100:360, 150:560, ::-1]),
                n,
                (5, 15),
                0,
                0.5,
                (0, 255, 0),
                1,
            )
            for n in ("right", "ours", "sheet", "soft splat", "relief", "splat")
        ]
        rows = [np.concatenate(crops[n : n + 2], axis=1) for n in (0, 2, 4)]
        cv2.imwrite(str(out / "stereo.png"), np.concatenate(rows))


def clip_facts() -> dict[str, float]:
    """Encode whole clips of the engine; return first frame's SSIM and the loop's worst step."""
    found = {}
    for name, kind, rgb, mask, depth in _subjects():
        shot = Shot(
            width_px=rgb.shape[1], height_px=rgb.shape[0], fps=30, frames=_CLIP_FRAMES, kind=kind
        )
        frames = ParallaxEngine(ParallaxOptions()).frames(rgb, mask, depth, shot)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clip.mp4"
            kept: list[np.ndarray] = []
            write_clip(_watched(frames, kept), path, shot)
            first = next(read_clip(path))
        found[f"{name}: first frame, SSIM"] = first_frame(rgb, first)
        steps = [float(np.abs(kept[n] - kept[n - 1]).mean()) for n in range(len(kept))]
        found[f"{name}: loop, last step / largest other"] = steps[0] / max(steps[1:])
    return found


def _watched(frames, kept):
    """Pass frames on and keep their luma, of every second pixel."""
    for frame in frames:
        kept.append(yuv.views(frame)[0][::2, ::2].astype(np.int16))
        yield frame


def _subjects():
    """Kinds of object that move differently, with photograph, mask and depth."""
    for name, kind in (
        ("bust", Kind.SCULPTURE),
        ("painting", Kind.PAINTING),
        ("ground", Kind.SCENE),
    ):
        scene = scenes.ALL[name]((640, 480))
        yield name, kind, scene.first.rgb, scene.mask, scene.depth
    coffee = data.coffee()
    full = np.ones(coffee.shape[:2], np.float32)
    yield "photograph (coffee)", Kind.PHOTOGRAPH, coffee, full, full * np.float32(0.5)


def clip_table(asked: argparse.Namespace) -> None:
    print("\n| clip | figure |")
    print("| --- | --- |")
    for name, figure in clip_facts().items():
        first = "SSIM" in name
        limit = 0.98 if first else 1.0
        print(f"| {name} | {verdict(name, figure, limit, at_least=first)} |", flush=True)
    for name in asked.scenes:
        scene = scenes.ALL[name](asked.size)
        for move in ("orbit", "push") if not asked.quick else ("orbit",):
            phases = [0.9 + 2 * pi * n / _CLIP_FRAMES for n in range(_FLICKER_FRAMES)]
            poses = path(move, AMOUNTS["usual"], scene, phases)
            views = [scene.render(pose) for pose in poses]
            truth = flicker([view.rgb for view in views], views, poses, scene.pivot)
            title = f"{name}, {move}: flicker / that of true frames"
            figures = {
                way: flicker(make(scene, poses), views, poses, scene.pivot) / truth
                for way, make in ways(asked.ways).items()
            }
            if "ours" in figures:
                word = verdict(title, figures.pop("ours"), 1.1, at_least=False)
            else:
                word = ""
            rest = ", ".join(f"{way} {figure:.2f}" for way, figure in figures.items())
            print(f"| {title} | {word}; {rest} |", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="640x480")
    parser.add_argument("--quick", action="store_true", help="two moves and two moments each")
    parser.add_argument("--scenes", default=",".join(scenes.ALL))
    parser.add_argument("--ways", default="")
    parser.add_argument("--parts", default="scenes,stereo,clips")
    parser.add_argument("--out", type=Path, help="folder for crops, side by side")
    parser.add_argument("--fresh", action="store_true", help="make the true frames again")
    asked = parser.parse_args()
    asked.size = tuple(map(int, asked.size.split("x")))
    asked.scenes = asked.scenes.split(",")
    asked.ways = [name for name in asked.ways.split(",") if name]
    if asked.fresh:
        remembered.folder = None
    start = time.perf_counter()
    print(
        f"{asked.size[0]} x {asked.size[1]}; Python {platform.python_version()}, OpenCV "
        f"{cv2.__version__}, NumPy {np.__version__}, PyAV {av.__version__}\n"
    )
    if "scenes" in asked.parts:
        scene_table(asked)
    if "stereo" in asked.parts:
        stereo_table(asked.out)
    if "clips" in asked.parts:
        clip_table(asked)
    print(f"\n{len(_failed)} figures miss what is asked for; {time.perf_counter() - start:.0f} s")
    for name in _failed:
        print(f"  FAIL {name}")
    return 1 if _failed else 0


if __name__ == "__main__":
    sys.exit(main())
