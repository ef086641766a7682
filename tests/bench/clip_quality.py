"""How true the frames of a clip are: against known geometry and against a real stereo pair.

    python tests/bench/clip_quality.py [--quick] [--size 640x480] [--scenes thin,bust]
                                       [--ways ours,sheet] [--parts scenes,stereo,clips]
                                       [--out FOLDER]

Prints one table for the scenes of `scenes`, one for scikit-image's stereo pair, one for first
frame, loop and flicker, each figure beside what is asked for. ``--out`` keeps crops side by side.

Definitions
    poses      orbit, push and dolly as far as the engine goes by default (0.08 of the frame) and
               at most in 6 s (0.3), half of it parallax; four moments of each
    PSNR       of RGB, 8 bit, over all pixels of all poses of a move together (mean of squares)
    hidden     PSNR over the pixels whose surface the first picture does not show
    shown      PSNR over the others
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
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import cos, pi, sin
from pathlib import Path

import av
import cv2
import numpy as np
from skimage import data
from skimage.metrics import structural_similarity

sys.path.insert(0, str(Path(__file__).parent))

import baselines
import ours
import remembered
import scenes

from pipeline.engines.clip_parallax import ParallaxEngine, ParallaxOptions
from pipeline.media import yuv
from pipeline.media.camera import Pose
from pipeline.media.video import read_clip, write_clip
from pipeline.protocols import Shot
from pipeline.records import Kind

AMOUNTS = {"usual": 0.08, "most": 0.3}
_PARALLAX = 0.5
_PHASES = (0.25 * pi, 0.6 * pi, 1.0 * pi, 1.65 * pi)
_CLIP_FRAMES = 180
_WITHOUT_MASK = {"painting", "ground"}
"""Kinds of picture that the engine takes as a whole: it cuts them by depth alone."""
_FLICKER_FRAMES = 5
_ENOUGH = 0.001
"""Share of the pixels; fewer hidden ones are a rim of mixed pixels and tell nothing of a fill."""


# --- Moves ------------------------------------------------------------------------------------


def path(move: str, amount: float, scene: scenes.Scene, phases: Sequence[float]) -> list[Pose]:
    """Return the poses of a move, pulled in so that the picture's border is never seen."""
    side = min(scene.size)
    swing = amount * _PARALLAX * side

    def pose(phase: float) -> Pose:
        eased = (1 - cos(phase)) / 2
        if move == "orbit":
            shift = (swing * sin(phase), 0.3 * swing * sin(2 * phase))
            return Pose(zoom=1 + amount * eased / 4, shift=shift)
        if move == "push":
            shift = (swing / 2 * eased * sin(phase), 0.0)
            zoom = 1 + amount * (1 - _PARALLAX) * eased
            return Pose(zoom=zoom, shift=shift, dolly=2 * amount * _PARALLAX * eased)
        return Pose(zoom=1.0, dolly=2 * amount * _PARALLAX * sin(phase))

    ends = float(scene.depth.min()), float(scene.depth.max())
    all_poses = [pose(2 * pi * n / 64) for n in range(64)]
    base = 1.0
    for _ in range(8):
        reach = max(_reach(replace(p, zoom=p.zoom * base), scene, ends) for p in all_poses)
        base *= max(1.0, reach * 1.001)
    return [replace(p, zoom=p.zoom * base) for p in map(pose, phases)]


def _reach(pose: Pose, scene: scenes.Scene, ends: tuple[float, float]) -> float:
    """How far the frame's edge sees, 1 being the picture's border."""
    return max(
        abs((edge * side / 2 - pose.shift[axis] * (d - scene.pivot)) / grown) / (side / 2)
        for axis, side in enumerate(scene.size)
        for edge in (-1, 1)
        for d in ends
        for grown in [pose.zoom * (1 + pose.dolly * (d - scene.pivot))]
    )


# --- Measures ---------------------------------------------------------------------------------


def psnr(squares: np.ndarray) -> float:
    """Of squared errors of 8-bit levels."""
    return float(10 * np.log10(255**2 / max(1e-9, squares.mean()))) if squares.size else np.nan


def squared(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.square(one.astype(np.float32) - other)


def similar(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """SSIM of every pixel."""
    return structural_similarity(one, other, channel_axis=-1, full=True)[1].mean(axis=-1)


def stored(rgb: np.ndarray) -> np.ndarray:
    """Return a frame as it comes back from 4:2:0."""
    return yuv.i420_to_rgb(yuv.rgb_to_i420(rgb))


Way = Callable[[scenes.Scene, Sequence[Pose]], list[np.ndarray]]


def ways(names: Sequence[str]) -> dict[str, Way]:
    """Return the ways of making frames, ours first."""

    def mine(scene, poses):
        mask = None if scene.name in _WITHOUT_MASK else scene.mask
        return ours.warp(scene.first.rgb, mask, scene.depth, poses, scene.pivot)

    def other(name, warp):
        def make(scene, pose):
            frame = stored(warp(scene.first.rgb, scene.depth, pose, scene.pivot))
            return {"frame": frame}

        def keep(scene, pose):
            key = f"{name} {scene.name} {scene.size} {pose} {scene.pivot}"
            return remembered.remembered(key, lambda: make(scene, pose))["frame"]

        return lambda scene, poses: [keep(scene, pose) for pose in poses]

    found = {"ours": mine} | {name: other(name, way) for name, way in baselines.WAYS.items()}
    return {name: way for name, way in found.items() if not names or name in names}


def measure(frames: Sequence[np.ndarray], views: Sequence[scenes.View]) -> dict[str, float]:
    """Return PSNR of all, hidden and shown pixels, and SSIM."""
    errors = [squared(frame, view.rgb) for frame, view in zip(frames, views, strict=True)]
    hidden = [view.hidden for view in views]
    return {
        "all": psnr(np.concatenate([e.reshape(-1, 3) for e in errors])),
        "hidden": psnr(np.concatenate([e[h] for e, h in zip(errors, hidden, strict=True)])),
        "shown": psnr(np.concatenate([e[~h] for e, h in zip(errors, hidden, strict=True)])),
        "ssim": float(
            np.mean([similar(f, v.rgb).mean() for f, v in zip(frames, views, strict=True)])
        ),
    }


def flicker(
    frames: Sequence[np.ndarray],
    views: Sequence[scenes.View],
    poses: Sequence[Pose],
    pivot: float,
) -> float:
    """Return the energy that quivers between neighbours; see the module."""
    energy = []
    for n in range(len(frames) - 1):
        height, width = views[n].hidden.shape
        there = scenes.seen_at(views[n].points, poses[n + 1], pivot)
        maps = [
            (there[..., axis] + side / 2 - 0.5).astype(np.float32)
            for axis, side in enumerate((width, height))
        ]
        luma = [yuv.planes_of(frames[n + k].astype(np.float32))[0] for k in (0, 1)]
        brought = cv2.remap(luma[1], *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        near = cv2.remap(
            np.ascontiguousarray(views[n + 1].points[..., 2]), *maps, cv2.INTER_NEAREST
        )
        both = (abs(near - views[n].points[..., 2]) < 0.02).astype(np.uint8)
        both = cv2.erode(both, np.ones((5, 5), np.uint8), borderValue=0) > 0
        apart = brought - luma[0]
        apart -= cv2.GaussianBlur(apart, (0, 0), 2)
        energy.append(float(np.square(apart[both]).mean()))
    return float(np.mean(energy))


# --- Tables -----------------------------------------------------------------------------------

_failed: list[str] = []


def verdict(name: str, figure: float, limit: float, *, at_least: bool = True) -> str:
    """Return the figure with its limit and whether it is kept."""
    good = figure >= limit if at_least else figure <= limit
    if not good:
        _failed.append(name)
    return f"{figure:.3f} ({'≥' if at_least else '≤'} {limit:g} {'PASS' if good else 'FAIL'})"


def scene_table(asked: argparse.Namespace) -> None:
    """Print PSNR and SSIM of every way on every scene and move."""
    print("| scene, move | way | PSNR all | shown | hidden | SSIM | against the best other |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in asked.scenes:
        scene = scenes.ALL[name](asked.size)
        for move in ("orbit", "push", "dolly"):
            for extent, amount in AMOUNTS.items():
                if asked.quick and (move, extent) not in {("orbit", "usual"), ("push", "most")}:
                    continue
                _scene_rows(scene, move, extent, amount, asked)


def _scene_rows(scene, move, extent, amount, asked) -> None:
    poses = path(move, amount, scene, _PHASES[:2] if asked.quick else _PHASES)
    views = [scene.render(pose) for pose in poses]
    made = {name: way(scene, poses) for name, way in ways(asked.ways).items()}
    found = {name: measure(frames, views) for name, frames in made.items()}
    best = measure([_exact(scene, view) for view in views], views)
    share = np.mean([view.hidden.mean() for view in views])
    title = f"{scene.name}, {move}, {extent} ({100 * share:.1f} % hidden)"
    for name, figures in found.items():
        row = [f"{figures[k]:.2f}" for k in ("all", "shown", "hidden")]
        word = ""
        if name == "ours" and len(found) > 1:
            word = _against(title, found, enough=share >= _ENOUGH)
        print(
            f"| {title} | {name} | {' | '.join(row)} | {figures['ssim']:.4f} | {word} |", flush=True
        )
        title = ""
    print(f"|  | true place, bicubic | | {best['shown']:.2f} | | | |", flush=True)
    if asked.out:
        _keep(asked.out, scene, move, extent, views, made)


def _exact(scene: scenes.Scene, view: scenes.View) -> np.ndarray:
    """The first picture sampled where each point truly lies: what sampling alone can reach."""
    maps = [
        (view.points[..., axis] + side / 2 - 0.5).astype(np.float32)
        for axis, side in enumerate(scene.size)
    ]
    rgb = scene.first.rgb
    return stored(cv2.remap(rgb, *maps, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101))


def _against(title: str, found: dict[str, dict[str, float]], *, enough: bool) -> str:
    others = [figures for name, figures in found.items() if name not in ("ours", "relief")]
    gains = {
        key: found["ours"][key] - max(other[key] for other in others)
        for key in ("all", "shown", "hidden")
    }
    parts = [
        f"{key} {verdict(f'{title}: {key}', gain, 2.0 if key == 'hidden' else -0.2)}"
        for key, gain in gains.items()
        if np.isfinite(gain) and (enough or key != "hidden")
    ]
    return ", ".join(parts)


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


def motorcycle():
    """Return left and right picture and disparity, unknown parts taken from the nearest known."""
    from scipy import ndimage

    left, right, disparity = data.stereo_motorcycle()
    known = np.isfinite(disparity) & (disparity > 0)
    nearest = ndimage.distance_transform_edt(~known, return_indices=True)[1]
    return left, right, disparity[nearest[0], nearest[1]].astype(np.float32)


def stereo() -> dict[str, dict[str, float]]:
    """Warp the real left picture to the right with every way; return PSNR and SSIM.

    Left out at the right border: as many columns as the largest disparity, which the left
    picture does not hold. "both": without the pixels into which nothing is thrown.
    """
    left, right, disparity = motorcycle()
    most = float(disparity.max())
    depth = np.ascontiguousarray(disparity / most)
    pose = Pose(zoom=1.0, shift=(-most, 0.0))
    valid = np.ones(depth.shape, bool)
    valid[:, int(depth.shape[1] - most - 2) :] = False
    both = valid & ~baselines.holes(depth, pose, 0.0)
    frames = {"identity": left}
    frames |= {n: warp(left, depth, pose, 0.0) for n, warp in baselines.WAYS.items()}
    frames["ours"] = _even_ours(left, depth, pose)
    found = {}
    for name, frame in frames.items():
        error = squared(frame, right)
        found[name] = {
            "all": psnr(error[valid]),
            "both": psnr(error[both]),
            "hidden": psnr(error[valid & ~both]),
            "ssim": float(similar(frame, right)[valid].mean()),
        }
    found["frames"] = frames | {"right": right}
    return found


def _even_ours(left: np.ndarray, depth: np.ndarray, pose: Pose) -> np.ndarray:
    """The picture is 741 px wide and video is even: one column is added and taken off again."""
    height, width = depth.shape
    odd = ((0, height % 2), (0, width % 2))
    rgb = np.pad(left, (*odd, (0, 0)), mode="edge")
    frame = ours.warp(rgb, None, np.pad(depth, odd, mode="edge"), [pose], 0.0)[0]
    return frame[:height, :width]


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
        found[f"{name}: first frame, SSIM"] = _first_frame(rgb, first)
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


def _first_frame(photo: np.ndarray, first: np.ndarray) -> float:
    """SSIM of luma with the photograph laid under the frame where it fits best.

    Zoom and place are found by the pictures alone, by maximising correlation, so no knowledge of
    the engine goes in.
    """
    frame, source = (yuv.planes_of(p.astype(np.float32))[0] for p in (first, photo))
    height, width = frame.shape
    start = np.array([[0.95, 0, 0.025 * width], [0, 0.95, 0.025 * height]], np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 200, 1e-7)
    _, place = cv2.findTransformECC(frame, source, start, cv2.MOTION_AFFINE, stop)
    flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
    under = cv2.warpAffine(
        source, place, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101
    )
    return float(structural_similarity(frame, under, data_range=255))


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
