"""The demo's catalogues: complete in both languages, with rights, with pictures that are there."""

import csv
import re
from pathlib import Path

import pytest
from PIL import Image
from ruamel.yaml import YAML

from pipeline.items import Kind, Size

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "assets"
SHARED = ROOT / "../shared/data/photos"
KEYS = {
    "id", "kind", "title", "image", "description", "creator",
    "details", "date", "credit", "rights",
    "holder", "size", "source_url", "extra",
}  # fmt: skip
RIGHTS = {
    "https://creativecommons.org/publicdomain/mark/1.0/",
    "https://creativecommons.org/publicdomain/zero/1.0/",
    "https://creativecommons.org/licenses/by-nc-sa/4.0/",
}
UNITS = {"m": 1.0, "cm": 0.01, "mm": 0.001}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def entries(path: Path) -> list[dict]:
    data = YAML(typ="safe").load(path)
    assert set(data) == {"language", "items"}
    assert data["language"] == "en"
    return data["items"]


DEMO = entries(ASSETS / "catalogue.yaml")
PHOTOS = entries(ROOT / "configs/photos.catalogue.yaml")
ALL = [pytest.param(item, id=item["id"]) for item in DEMO + PHOTOS]


def metres(size: dict[str, float]) -> Size:
    values = {}
    for key, value in size.items():
        measure, unit = key.rsplit("_", 1)
        values[f"{measure}_m"] = value * UNITS[unit]
    return Size.model_validate(values)


def test_demo_tells_its_story_in_order() -> None:
    ids = [item["id"] for item in DEMO]
    assert ids == ["coins", "paper-cutting", "vase", "rocket", "astronaut", "moon", "hubble"]


@pytest.mark.parametrize("item", ALL)
def test_entry_is_complete(item: dict) -> None:
    assert set(item) <= KEYS
    assert isinstance(item["id"], str)
    assert item["rights"] in RIGHTS
    assert item["credit"].strip()
    assert item["source_url" if item["id"] != "vase" else "credit"]
    kind = Kind(item["kind"])
    assert (kind is Kind.INTANGIBLE) == ("image" not in item)
    assert all(isinstance(v, str) for v in item.get("extra", {}).values())


@pytest.mark.parametrize("item", ALL)
def test_texts_are_there_in_both_languages(item: dict) -> None:
    assert {"title", "description"} <= set(item)
    for key in ("title", "description", "creator", "date"):
        if key not in item:  # not recorded by the source
            continue
        text = item[key]
        assert set(text) == {"en", "zh"}
        assert CHINESE.search(text["zh"])
        assert text["en"] == text["en"].strip()
        assert "  " not in text["en"]
        latin = re.sub(r"囍", "", text["en"])
        assert not CHINESE.search(latin)


@pytest.mark.parametrize("item", ALL)
def test_descriptions_are_labels_not_captions(item: dict) -> None:
    sentences = re.findall(r"[.!?](?=\s|$)", item["description"]["en"])
    words = len(item["description"]["en"].split())
    if item["kind"] == "intangible":
        assert 120 <= words <= 180
    else:
        assert 2 <= len(sentences) <= 5
        assert 25 <= words <= 110
    characters = len(CHINESE.findall(item["description"]["zh"]))
    assert 0.9 <= characters / words <= 2.2


@pytest.mark.parametrize("item", [p for p in ALL if "image" in p.values[0]])
def test_picture_is_where_the_config_looks(item: dict) -> None:
    if item in PHOTOS:
        if not SHARED.is_dir():
            pytest.skip("the real photographs of ../shared/data are not on this machine")
        folders = [SHARED]
    else:
        data = pytest.importorskip("skimage").data_dir
        folders = [ASSETS, Path(data)]
    found = [folder / item["image"] for folder in folders if (folder / item["image"]).is_file()]
    assert len(found) == 1
    with Image.open(found[0]) as picture:
        assert min(picture.size) >= 300
        if item["kind"] in {"painting", "print"} and "proportions" not in item.get("extra", {}):
            size = metres(item["size"])
            assert picture.width / picture.height == pytest.approx(
                size.width_m / size.height_m, rel=0.08
            )


def test_sizes_are_stated_only_where_known() -> None:
    sized = {item["id"]: metres(item["size"]) for item in DEMO + PHOTOS if "size" in item}
    assert set(sized) == {"vase", "buddha-front", "starry-night", "shipwreck", "wave"}
    assert sized["buddha-front"] == Size(height_m=0.306, width_m=0.166)
    assert sized["starry-night"].width_m == pytest.approx(0.921)
    assert sized["shipwreck"].height_m == pytest.approx(1.727)
    assert sized["wave"].width_m == pytest.approx(0.379)
    assert sized["vase"].height_m == pytest.approx(0.34)


def test_paper_cut_says_who_wrote_it() -> None:
    item = next(item for item in DEMO if item["kind"] == "intangible")
    source = item["extra"]["text_source"]
    assert source == "Written for this demo from general knowledge; not a statement of the bearers"
    assert source in (ASSETS / "CREDITS.md").read_text(encoding="utf-8")


def test_every_picture_has_its_credits() -> None:
    credits = (ASSETS / "CREDITS.md").read_text(encoding="utf-8")
    for item in DEMO:
        if "image" in item:
            name = item["image"].removesuffix("vase.jpg")
            assert f"`{name}`" in credits
        if url := item.get("source_url"):
            host = url.split("/")[2]
            assert host in credits or item["id"] in {"paper-cutting"}


def test_minimal_catalogue_needs_nothing_else() -> None:
    folder = ASSETS / "minimal"
    with (folder / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["id"] for row in rows} == {"vase", "hills"}
    for row in rows:
        assert None not in row
        assert None not in row.values()
        Kind(row["kind"])
        assert row["rights"] in RIGHTS
        assert row["credit"]
        assert CHINESE.search(row["title_zh"])
        path = folder / row["image"]
        assert path.stat().st_size < 200_000
        with Image.open(path) as picture:
            picture.load()
            assert max(picture.size) >= 900


def test_assets_stay_small() -> None:
    files = [p for p in ASSETS.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert sum(p.stat().st_size for p in files) < 4_000_000
    assert max(p.stat().st_size for p in files) < 2_000_000
