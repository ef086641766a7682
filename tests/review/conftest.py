"""An exhibit made by hand, laid out as a run leaves it."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.exhibits import Entry, Exhibit, Problem
from pipeline.items import Item, Kind, Rights, Size
from pipeline.naming import safe_name
from pipeline.records import Attempt, Clip, Depth, EngineId, Mask, Mesh, Model, Photo, Provenance

WIDTH_PX, HEIGHT_PX = 96, 72
CC_BY = "https://creativecommons.org/licenses/by/4.0/"


def picture(seed: int = 0) -> np.ndarray:
    """Return a colourful picture of our own."""
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    red = 128 + 100 * np.sin(x / 9 + seed)
    green = 128 + 100 * np.cos(y / 7 + seed)
    blue = 255 * x / WIDTH_PX
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def write_clip(path: Path, rgb: np.ndarray, frames: int = 6) -> None:
    import av

    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=6)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        for step in range(frames):
            frame = av.VideoFrame.from_ndarray(np.roll(rgb, step, axis=1), format="rgb24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def write_mesh(path: Path, rgb: np.ndarray) -> None:
    import trimesh
    from PIL import Image
    from trimesh.visual.material import PBRMaterial

    steps = 8
    v, u = np.mgrid[0 : 1 : steps * 1j, 0 : 1 : steps * 1j]
    z = 0.1 * np.sin(u * 5) * np.cos(v * 4)
    points = np.stack([(u - 0.5) * 0.8, v * 0.6, z], axis=-1).reshape(-1, 3)
    corner = np.arange(steps * steps).reshape(steps, steps)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    faces = np.concatenate(
        [np.stack(t, -1).reshape(-1, 3) for t in ((a, b, c), (a, c, d), (b, a, c), (c, a, d))]
    )
    visual = trimesh.visual.TextureVisuals(
        uv=np.stack([u, v], -1).reshape(-1, 2),
        material=PBRMaterial(baseColorTexture=Image.fromarray(rgb), metallicFactor=0.0),
    )
    trimesh.Trimesh(points, faces, visual=visual, process=False).export(path)


def made(stage: str, **changes: object) -> Provenance:
    values = {
        "key": "0" * 64,
        "stage": stage,
        "stage_version": "1",
        "engine": EngineId(name="plain", version="3", options={"strength": 0.4}),
        "params": {"duration_s": 6.0},
        "inputs": ("1" * 64,),
        "started": "2026-01-02T03:04:05Z",
        "duration_s": 1.25,
        "peak_memory_bytes": 123_000_000,
    }
    return Provenance(**{**values, **changes})


def complete(root: Path, item: Item, seed: int = 0) -> Entry:
    """Write every file of one object and return its entry."""
    from PIL import Image

    folder = root / "objects" / safe_name(item.id)
    folder.mkdir(parents=True)
    rgb = picture(seed)
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    mask[12:60, 20:76] = 255
    depth = np.linspace(0, 65535, HEIGHT_PX * WIDTH_PX).reshape(HEIGHT_PX, WIDTH_PX)
    Image.fromarray(rgb).save(folder / "photo.webp", lossless=True)
    Image.fromarray(rgb).save(folder / "poster.webp")
    Image.fromarray(mask).save(folder / "mask.png")
    Image.fromarray(depth.astype(np.uint16)).save(folder / "depth.png")
    write_clip(folder / "clip.mp4", rgb)
    Image.fromarray(np.tile(rgb, (12, 18, 1))).save(folder / "sheet.webp")
    write_mesh(folder / "mesh.glb", rgb)
    return Entry(
        item=item,
        photo=Photo(
            path=folder / "photo.webp",
            width_px=WIDTH_PX,
            height_px=HEIGHT_PX,
            source_sha256="ab" * 32,
            source_format="JPEG",
            source_width_px=WIDTH_PX,
            source_height_px=HEIGHT_PX,
            notes=("turned upright (EXIF orientation 6)",),
        ),
        mask=Mask(path=folder / "mask.png", coverage=0.39, box_px=(20, 12, 76, 60)),
        depth=Depth(path=folder / "depth.png"),
        clip=Clip(
            path=folder / "clip.mp4",
            poster=folder / "poster.webp",
            sheet=folder / "sheet.webp",
            width_px=WIDTH_PX,
            height_px=HEIGHT_PX,
            fps=6,
            frames=6,
            loops=True,
        ),
        mesh=Mesh(
            path=folder / "mesh.glb",
            vertices=64,
            faces=196,
            extent=(0.8, 0.6, 0.2),
            size_known=True,
            observed=0.5,
        ),
        provenance={
            "ingest_photo": made("ingest_photo", engine=None),
            "cut_mask": made(
                "cut_mask",
                engine=EngineId(
                    name="u2net",
                    version="2",
                    model=Model(
                        id="u2netp",
                        revision="r1",
                        sha256="c" * 64,
                        licence="Apache-2.0",
                        source_url="https://example.org/u2netp",
                    ),
                ),
                tried=(Attempt(engine="contour", error="no edge stands out"),),
            ),
            "build_mesh": made("build_mesh"),
        },
    )


def add_variants(entry: Entry) -> Entry:
    """Write further clips of an object: a video, an animation, a still, one no browser plays."""
    from PIL import Image

    folder, main = entry.clip.path.parent, entry.clip
    for profile, suffix, codec in (
        ("portrait", "mp4", "h264"),
        ("web-webp", "webp", "webp"),
        ("gentle", "mp4", "h264"),
        ("archive", "mov", "prores"),
    ):
        path = folder / f"clip.{profile}.{suffix}"
        if suffix == "webp":
            steps = [Image.fromarray(np.roll(picture(), n * 8, axis=1)) for n in range(4)]
            steps[0].save(path, save_all=True, append_images=steps[1:], duration=200, loop=0)
        else:
            shutil.copy(main.path, path)
        poster = folder / f"poster.{profile}.webp"
        shutil.copy(main.poster, poster)
        pace = "still" if profile == "gentle" else "normal"
        changes = {"path": path, "poster": poster, "sheet": None, "pace": pace}
        clip = main.model_copy(update={**changes, "profile": profile, "codec": codec})
        entry.keep_clip(clip, profile)
        entry.provenance[f"render_clip:{profile}"] = made("render_clip")
    return entry


def item(identifier: str, **changes: object) -> Item:
    values = {
        "id": identifier,
        "kind": Kind.VESSEL,
        "title": {"en": "Blue jar", "zh": "青花罐"},
        "description": {"en": "A jar with a lid.", "zh": "带盖的罐。"},
        "creator": {"en": "Unknown potter", "zh": "佚名"},
        "date": {"en": "about 1600", "zh": "约1600年"},
        "rights": Rights(uri=CC_BY, credit="Museum of Jars", holder="The museum"),
        "size": Size(height_m=0.254, diameter_m=0.18),
    }
    return Item(**{**values, **changes})


def clip_alone(root: Path, thing: Item) -> Entry:
    entry = complete(root, thing, seed=3)
    return Entry(item=thing, clip=entry.clip, provenance={"typeset_clip": made("typeset_clip")})


def failed(thing: Item, reason: str = "failed", message: str = "its mask is empty") -> Entry:
    return Entry(item=thing, problems=[Problem(stage="cut_mask", reason=reason, message=message)])


@pytest.fixture(scope="session")
def build() -> SimpleNamespace:
    """What tests make exhibits of."""
    return SimpleNamespace(
        complete=complete,
        add_variants=add_variants,
        item=item,
        made=made,
        failed=failed,
        clip_alone=clip_alone,
    )


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A written gallery with every sort of object in it; for reading only."""
    from pipeline.review.gallery import write_gallery

    root = tmp_path_factory.mktemp("renders") / "Jars & 罐"
    extra = {"Material": "porcelain", "Record": "https://example.org/record?a=1&b=2"}
    french = {"en": "Jar", "zh": "罐", "fr": "Pot bleu"}
    songs = item(
        "song",
        kind=Kind.INTANGIBLE,
        title={"zh": "打夯号子"},
        size=Size(),
        creator={},
        date={},
    )
    generated = complete(root, item("3 / 罐", title={"en": "Third"}, size=Size()), seed=2)
    generated.provenance["render_clip"] = made("render_clip", generated=True, seed=7)
    entries = (
        add_variants(
            complete(
                root,
                item("1963.504", title=french, extra=extra, source_url="https://example.org/1"),
            )
        ),
        complete(root, item("INDEX", title={"en": "Second"}), seed=1),
        generated,
        clip_alone(root, songs),
        failed(item("lost", title={"en": "Lost"})),
        failed(item("index", title={}), "refused", "rights: “all rights reserved” allows no clip"),
    )
    exhibit = Exhibit(
        id="jars",
        title={"en": "Jars & lids", "zh": "罐与盖"},
        languages=("en", "zh"),
        entries=entries,
    )
    index = write_gallery(exhibit, root / "gallery")
    return SimpleNamespace(root=root, folder=index.parent, index=index, exhibit=exhibit)


_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-prefers-reduced-motion=0",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


class Browser:
    """Chromium as tests speak to it; anything else is the driver's own."""

    def __init__(self, chrome) -> None:
        self._chrome = chrome

    def __getattr__(self, name):
        return getattr(self._chrome, name)

    def look(self, width=1280, height=900, scheme="light", motion="reduce") -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def wait(self, expression: str, seconds: float = 60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.execute_script(f"return {expression}")
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"never true in {seconds} s: {expression}")

    def open_page(self, gallery, name: str) -> None:
        self.get((gallery.folder / name).as_uri())

    def press(self, *keys: str) -> None:
        from selenium.webdriver import ActionChains

        ActionChains(self._chrome).send_keys(*keys).perform()

    def complaints(self) -> list[str]:
        """Errors on the console. Warnings are left out: a busy machine draws late, and says so."""
        return [e["message"] for e in self.get_log("browser") if e["level"] == "SEVERE"]

    def requests(self) -> list[str]:
        messages = [json.loads(e["message"])["message"] for e in self.get_log("performance")]
        sent = [m["params"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        return [params["request"]["url"] for params in sent]

    def visible_text(self) -> str:
        return self.execute_script("return document.body.innerText")

    def show_model(self) -> None:
        self.execute_script("document.querySelector('[data-model]').scrollIntoView()")
        self.wait("document.querySelector('model-viewer')?.modelIsVisible")
        self.wait("document.querySelector('[data-model]').dataset.state === 'open'")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    binary = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        if os.environ.get("CI"):
            pytest.fail("CI must install chromium and chromium-driver")
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in _FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    chrome.set_script_timeout(60)
    # A window that another program took the focus from gets no focus events.
    chrome.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
    yield Browser(chrome)
    chrome.quit()


@pytest.fixture
def browser(chromium, gallery) -> Browser:
    """A fresh state: nothing remembered, a wide light window that holds still."""
    chromium.look()
    chromium.get(gallery.index.as_uri())
    chromium.execute_script("localStorage.clear()")
    for log in ("browser", "performance"):
        chromium.get_log(log)
    return chromium
