"""IIIF pictures come at the size that is needed, from servers of every kind."""

from __future__ import annotations

import io
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.errors import SourceError, StoreError
from pipeline.media import decode
from pipeline.net import iiif_tiles
from pipeline.net.iiif_image import Whole, fetch_image, image_requests
from pipeline.net.iiif_info import base_of, read_info
from pipeline.net.iiif_tiles import TileGrid
from pipeline.net.wanted import NotServed

V2, V3 = (f"http://iiif.io/api/image/{version}/context.json" for version in (2, 3))


def info(version: int = 2, width: int = 1000, height: int = 700, level: int = 2, **more) -> dict:
    if version == 3:
        head = {"@context": V3, "id": "x", "type": "ImageService3", "profile": f"level{level}"}
    else:
        profile = f"http://iiif.io/api/image/2/level{level}.json"
        extra = more.pop("profile", None)
        head = {"@context": V2, "@id": "x", "profile": [profile, extra] if extra else profile}
    return {
        **head,
        "protocol": "http://iiif.io/api/image",
        "width": width,
        "height": height,
        **more,
    }


def requests(data: dict, wanted_px: int) -> list[str]:
    """What would be asked for, without the service's address."""
    found = image_requests(read_info(data, "https://a.test/i"), wanted_px)
    return [
        request.url.removeprefix("https://a.test/i/full/").removesuffix("/0/default.jpg")
        if isinstance(request, Whole)
        else f"{request.tile_width_px}/{request.factor}"
        for request in found
    ]


def sizes(*pairs: tuple[int, int]) -> list[dict]:
    return [{"width": width, "height": height} for width, height in pairs]


TILES = [{"width": 256, "scaleFactors": [1, 2, 4, 8]}]


@pytest.mark.parametrize(
    ("data", "wanted_px", "first"),
    [
        # A server that computes gets the size that is needed, never a larger one than there is.
        (info(2, 4000, 3000), 2048, ["2048,", "2048,1536"]),
        (info(2, 3000, 4000), 2048, ["1536,", "1536,2048"]),
        (info(2, 3000, 4001), 2048, ["1536,", "1536,2049"]),
        (info(2, 1000, 700), 2048, ["full", "max", "1000,", "1000,700"]),
        (info(3, 4000, 3000, 1), 2048, ["2048,", "2048,1536"]),
        (info(3, 4000, 3000, 2), 2048, ["2048,1536", "2048,"]),
        (info(3, 1000, 700), 2048, ["max", "1000,700", "1000,"]),
        (info(3, 200, 40000), 2048, ["11,2200", "11,"]),
        (info(2, level=0, profile={"supports": ["sizeByW"]}), 500, ["500,", "500,350"]),
        (info(3, level=0, extraFeatures=["sizeByW"]), 500, ["500,", "500,350"]),
        # … and no more than it allows.
        (info(2, 4000, 3000, profile={"maxWidth": 1000}), 2048, ["1000,", "1000,750"]),
        (info(2, 3000, 4000, profile={"maxWidth": 1000}), 2048, ["750,", "750,1000"]),
        (info(3, 4000, 3000, maxWidth=3000, maxHeight=600), 2048, ["800,600", "800,"]),
        (info(3, 4000, 3000, maxArea=120_000), 2048, ["400,300", "400,"]),
        (info(3, 4000, 3000, maxWidth="1000"), 2048, ["1000,750", "1000,"]),
        (info(2, 4000, 3000, maxWidth=1000), 2048, ["1000,", "1000,750"]),
        # A folder of files: the smallest ready size that is enough.
        (
            info(2, 4000, 3000, 0, sizes=sizes((4000, 3000), (2400, 1800), (800, 600))),
            2048,
            ["2400,", "2400,1800"],
        ),
        (
            info(3, 4000, 3000, 0, sizes=sizes((800, 600), (2400, 1800), (4000, 3000))),
            2048,
            ["2400,1800", "2400,"],
        ),
        (info(3, level=0, sizes=sizes((1000, 700))), 2048, ["max", "1000,700", "1000,"]),
        # None is large enough: tiles of the right scale before a far larger whole.
        (
            info(3, 8000, 6000, 0, sizes=sizes((800, 600)), tiles=TILES),
            2000,
            ["256/4", "max", "8000,6000", "800,600", "800,"],
        ),
        (
            info(2, 8000, 6000, 0, sizes=sizes((800, 600)), tiles=TILES),
            2048,
            ["256/2", "full", "max", "800,", "800,600"],
        ),
        (info(2, 1500, 1000, 0, tiles=TILES), 2048, ["full", "max", "256/1"]),
        (info(2, 1500, 1000, 0), 2048, ["full", "max"]),
        # Tiles are no way around what the server allows.
        (info(3, 8000, 6000, 0, maxWidth=1000, tiles=TILES), 2048, ["256/8", "max"]),
        (info(3, 8000, 6000, 0, maxWidth=900, tiles=TILES), 2048, ["max"]),
        # Several grids: the fewest tiles.
        (
            info(2, 8000, 6000, 0, tiles=[*TILES, {"width": 512, "scaleFactors": [1, 2, 4]}]),
            2000,
            ["512/4", "full", "max"],
        ),
        # A grid that nobody could mean.
        (
            info(2, 10**6, 10**6, 0, tiles=[{"width": 1, "scaleFactors": [1]}]),
            2048,
            ["full", "max"],
        ),
        (info(2, 10**5, 10**5, 0, tiles=[{"width": 8192, "scaleFactors": [1]}]), 2048, ["full"]),
    ],
)
def test_what_is_asked_for(data, wanted_px, first):
    assert requests(data, wanted_px)[: len(first)] == first


@pytest.mark.parametrize(
    ("side_px", "tile_px"),
    [
        (10_000, 64),  # 24,649 tiles
        (11_000, 8192),  # 121 million pixels
        (10_000, 9000),  # a tile that no decoder should be asked for
    ],
)
def test_tiles_that_cost_too_much_are_not_asked_for(side_px, tile_px):
    tiles = [{"width": tile_px, "scaleFactors": [1]}]

    assert requests(info(2, side_px, side_px, 0, tiles=tiles), 12_000) == ["full", "max"]


side = st.integers(1, 40_000)
limit = st.none() | st.integers(1, 50_000)


@given(
    side, side, st.integers(1, 5000), limit, limit, st.none() | st.integers(1, 10**9),
    st.sampled_from([2, 3]), st.integers(0, 2),
)  # fmt: skip
def test_never_larger_than_there_is_or_allowed(
    width, height, wanted_px, max_width, max_height, max_area, version, level
):
    limits = {"maxWidth": max_width, "maxHeight": max_height, "maxArea": max_area}
    limits = {name: value for name, value in limits.items() if value is not None}
    more = {"profile": limits} if version == 2 and limits else limits
    found = image_requests(
        read_info(info(version, width, height, level, tiles=TILES, **more), "https://a.test/i"),
        wanted_px,
    )
    most_wide = min(width, max_width or width)
    most_high = min(height, max_height or max_width or height)

    for request in found:
        wide, high = request.size_px
        if wide == 1 or high == 1:
            continue  # nothing smaller can be asked for
        assert wide <= most_wide
        assert high <= most_high
        assert wide * high <= (max_area or wide * high)
        if isinstance(request, Whole):
            assert "^" not in request.url
    if level and not limits:
        assert min(wanted_px, width, height) <= max(found[0].size_px)
        assert max(found[0].size_px) >= min(wanted_px, max(width, height))


@given(side, side, st.integers(1, 600), st.integers(1, 600), st.sampled_from([1, 2, 3, 4, 8, 16]))
def test_tiles_cover_every_pixel_once(width, height, tile_width, tile_height, factor):
    what = read_info(info(2, width, height), "https://a.test/i")
    grid = TileGrid(what, tile_width, tile_height, factor)
    if grid.count > 2000:
        return
    wide, high = grid.size_px

    tiles = list(grid.tiles())

    assert len(tiles) == grid.count
    assert sum(tile.width_px * tile.height_px for tile in tiles) == wide * high
    assert sum(tile.region_px[2] * tile.region_px[3] for tile in tiles) == width * height
    for tile in tiles:
        x, y, w, h = tile.region_px
        assert x + w <= width
        assert y + h <= height
        # Source: IIIF Image API 3.0, Implementation Notes, Tile Region Parameter Calculation.
        assert tile.width_px == (w + factor - 1) // factor
        assert tile.height_px == (h + factor - 1) // factor
        assert (x, y) == (tile.left_px * factor, tile.top_px * factor)


@pytest.mark.parametrize(
    "service",
    [
        *("https://a.test/i", "https://a.test/i/", "https://a.test/i/info.json"),
        *("https://a.test/i//", "https://a.test/i/info.json?x=1#y", " https://a.test/i "),
    ],
)
def test_a_service_has_one_address(service):
    assert base_of(service) == "https://a.test/i"


@pytest.mark.parametrize(
    ("asked", "named", "base"),
    [
        ("http://a.test/i", "https://a.test/i/", "https://a.test/i"),
        ("https://a.test/i", "http://a.test/i", "https://a.test/i"),
        ("https://a.test/i", "http://localhost:8182/iiif/2/i", "https://a.test/i"),
        ("http://a.test/i", "https://b.test/i", "http://a.test/i"),
        ("http://a.test/i", 7, "http://a.test/i"),
    ],
)
def test_what_a_service_calls_itself_is_not_believed(asked, named, base):
    assert read_info({**info(), "@id": named}, asked).base == base


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "found no JSON object"),
        ({"@context": V2}, "the width or the height of the picture is missing"),
        (info(width=0), "the width or the height"),
        (info(width=-5), "the width or the height"),
        (info(width=True), "the width or the height"),
        (info(width=2.5), "the width or the height"),
        (info(width=10**12), "the width or the height"),
        (info(width="9" * 5000), "the width or the height"),
        ({"width": 1, "height": 1}, "another version of the IIIF Image API"),
        (
            {
                "@context": "http://library.stanford.edu/iiif/image-api/1.1/context.json",
                "width": 1,
                "height": 1,
            },
            "another version of the IIIF Image API",
        ),
    ],
)
def test_what_is_no_description_is_refused(data, said):
    with pytest.raises(SourceError, match=rf"https://a.test/i/info.json: .*{said}"):
        read_info(data, "https://a.test/i")


@pytest.mark.parametrize(
    "more",
    [
        {"sizes": "large"},
        {"sizes": [1, None, {"width": 5}, {"width": -1, "height": 3}]},
        {"tiles": {"width": "x"}},
        {"tiles": [[], {"width": 0, "scaleFactors": [1]}, {"width": 5, "scaleFactors": 0}]},
        {"profile": ["level9", {"supports": {}}]},
        {"profile": None, "maxWidth": -1, "maxArea": [1], "preferredFormats": {"png": 1}},
        {"sizes": sizes(*((n, n) for n in range(1, 5000)))},
    ],
)
def test_rubbish_in_it_counts_as_not_offered(more):
    found = image_requests(read_info({**info(3, level=0), **more}, "https://a.test/i"), 2048)

    assert found[0] == Whole("https://a.test/i/full/max/0/default.jpg", (1000, 700))


def test_numbers_in_quotes_and_types_alone_are_read():
    data = {"type": "ImageService3", "width": "1000", "height": 700.0, "profile": "level1"}

    what = read_info(data, "https://a.test/i")

    assert (what.version, what.size_px, what.by_width) == (3, (1000, 700), True)


# From servers ------------------------------------------------------------------------------------


def photograph(width: int, height: int) -> Image.Image:
    """Every pixel is another than its neighbours, so that nothing can be mixed up."""
    y, x = np.mgrid[:height, :width]
    rgb = np.stack([x % 256, y % 256, (x // 256 * 16 + y // 256 + x * y) % 256], axis=-1)
    return Image.fromarray(rgb.astype(np.uint8))


def encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()


def pixels(path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def put(web, tools, path: str, image: Image.Image, form: str = "png") -> None:
    kind = {"png": "PNG", "jpg": "JPEG"}[form]
    web.pages[f"{path}/0/default.{form}"] = tools.send(encoded(image, kind), f"image/{form}")


def describe(web, tools, data: dict, path: str = "/i") -> str:
    web.pages[f"{path}/info.json"] = tools.send(json.dumps(data).encode(), "application/json")
    return web.url + path


def shrunk(image: Image.Image, factor: int) -> Image.Image:
    return image.reduce(factor) if factor > 1 else image


def tile_files(web, tools, image, version, tile, factor, form="png") -> None:
    """Write tiles the way static generators do: region in full pixels, size rounded up."""
    small = shrunk(image, factor)
    for top in range(0, small.height, tile):
        for left in range(0, small.width, tile):
            part = small.crop(
                (left, top, min(left + tile, small.width), min(top + tile, small.height))
            )
            x, y = left * factor, top * factor
            w, h = min(tile * factor, image.width - x), min(tile * factor, image.height - y)
            size = f"{part.width}," if version == 2 else f"{part.width},{part.height}"
            put(web, tools, f"/i/{x},{y},{w},{h}/{size}", part, form)


def test_a_ready_size_of_a_folder_of_files(web, make, tools):
    image = photograph(1000, 700)
    data = info(3, 1000, 700, 0, sizes=sizes((500, 350), (250, 175)), preferredFormats=["png"])
    service = describe(web, tools, data)
    put(web, tools, "/i/full/500,350", image.resize((500, 350)))
    fetcher = make()

    path = fetch_image(fetcher, service, 400)
    again = fetch_image(fetcher, f"{service}/", 400)

    assert path == again
    assert pixels(path).shape == (350, 500, 3)
    assert web.paths() == ["/i/info.json", "/i/full/500,350/0/default.png"]


@pytest.mark.parametrize(
    ("version", "there"), [(2, "500,350"), (2, "500,"), (3, "500,"), (3, "500,350")]
)
def test_a_folder_that_writes_sizes_the_other_way(web, make, tools, version, there):
    data = info(version, 1000, 700, 0, sizes=sizes((500, 350)))
    service = describe(web, tools, data)
    put(web, tools, f"/i/full/{there}", photograph(500, 350), "jpg")

    path = fetch_image(make(), service, 400)
    asked = len(web.requests)
    fetch_image(make(), service, 400)
    fetch_image(make(offline=True), service, 400)

    assert pixels(path).shape == (350, 500, 3)
    assert asked <= 3
    assert len(web.requests) == asked


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(("factor", "wanted_px"), [(1, 600), (2, 300), (4, 120)])
def test_tiles_are_put_together_without_loss(web, make, tools, version, factor, wanted_px):
    image = photograph(611, 401)
    tiles = [{"width": 128, "height": 128, "scaleFactors": [1, 2, 4]}]
    data = info(version, 611, 401, 0, tiles=tiles)
    # PNG under the name of a JPEG, so that every pixel can be compared.
    for each in (1, 2, 4):
        tile_files(web, tools, image, version, 128, each, "png")
    web.pages = {name.replace(".png", ".jpg"): page for name, page in web.pages.items()}
    service = describe(web, tools, data)
    fetcher = make()

    path = fetch_image(fetcher, service, wanted_px)
    asked = len(web.requests)
    again = fetch_image(fetcher, service, wanted_px)

    assert np.array_equal(pixels(path), np.asarray(shrunk(image, factor)))
    assert path == again
    assert len(web.requests) == asked
    with Image.open(path) as opened:
        assert opened.format == "PNG"


def test_tiles_of_jpeg_keep_what_the_decoder_says(web, make, tools):
    image = photograph(300, 200)
    service = describe(
        web, tools, info(2, 300, 200, 0, tiles=[{"width": 128, "scaleFactors": [1]}])
    )
    tile_files(web, tools, image, 2, 128, 1, "jpg")
    expected = Image.new("RGB", image.size)
    for top in (0, 128):
        for left in (0, 128, 256):
            box = (left, top, min(left + 128, 300), min(top + 128, 200))
            with Image.open(io.BytesIO(encoded(image.crop(box), "JPEG"))) as tile:
                expected.paste(tile, (left, top))

    path = fetch_image(make(), service, 2048)

    assert np.array_equal(pixels(path), np.asarray(expected))


def test_tiles_that_are_named_the_other_way(web, make, tools):
    image = photograph(300, 200)
    data = info(2, 300, 200, 0, tiles=[{"width": 128, "scaleFactors": [1]}])
    service = describe(web, tools, data)
    tile_files(web, tools, image, 3, 128, 1, "jpg")

    fetch_image(make(), service, 2048)

    missed = [path for path in web.paths() if path not in web.pages]
    assert missed == [
        "/i/full/full/0/default.jpg",
        "/i/full/max/0/default.jpg",
        "/i/0,0,128,128/128,/0/default.jpg",  # the first tile alone is asked for in two ways
    ]


def test_a_single_tile_is_the_full_region(web, make, tools):
    image = photograph(800, 600)
    data = info(2, 800, 600, 0, tiles=[{"width": 256, "scaleFactors": [1, 4]}])
    service = describe(web, tools, data)
    put(web, tools, "/i/full/200,", shrunk(image, 4), "jpg")

    assert pixels(fetch_image(make(), service, 200)).shape == (150, 200, 3)


@pytest.mark.parametrize(("more", "fits"), [((1, 1), True), ((-1, -1), True), ((9, 0), False)])
def test_tiles_at_the_edge_are_rounded_by_some_servers(web, make, tools, more, fits):
    image = photograph(200, 100)
    data = info(2, 200, 100, 0, tiles=[{"width": 128, "scaleFactors": [1]}])
    service = describe(web, tools, data)
    put(web, tools, "/i/0,0,128,100/128,", image.crop((0, 0, 128, 100)))
    edge = Image.new("RGB", (72 + more[0], 100 + more[1]), (9, 8, 7))
    put(web, tools, "/i/128,0,72,100/72,", edge)
    web.pages = {name.replace(".png", ".jpg"): page for name, page in web.pages.items()}

    if not fits:
        with pytest.raises(
            SourceError, match=r"128,0,72,100/72,.*a tile of 81 × 100 pixels, expected 72"
        ):
            fetch_image(make(), service, 2048)
        return
    result = pixels(fetch_image(make(), service, 2048))

    assert result.shape == (100, 200, 3)
    assert np.array_equal(result[:, :128], np.asarray(image)[:, :128])
    assert (result[:, 128:] == (9, 8, 7)).all()


def test_a_tile_that_is_no_picture_is_told(web, make, tools):
    data = info(2, 200, 100, 0, tiles=[{"width": 256, "scaleFactors": [1]}])
    service = describe(web, tools, data)
    web.pages["/i/full/200,/0/default.jpg"] = tools.send(tools.jpeg())

    with pytest.raises(SourceError, match="damaged"):
        fetch_image(make(), service, 2048)


def test_interrupted_tiles_are_not_fetched_again(web, make, tools):
    image = photograph(300, 200)
    data = info(2, 300, 200, 0, tiles=[{"width": 128, "scaleFactors": [1]}])
    service = describe(web, tools, data)
    tile_files(web, tools, image, 2, 128, 1, "jpg")
    last = "/i/256,128,44,72/44,/0/default.jpg"
    page = web.pages.pop(last)
    with pytest.raises(NotServed):
        fetch_image(make(), service, 2048)
    web.pages[last] = page

    fetch_image(make(), service, 2048)

    tiles = [path for path in web.paths() if re.match(r"/i/\d", path) and path in web.pages]
    assert len(tiles) == 7
    assert all(tiles.count(path) == (2 if path == last else 1) for path in tiles)


class ImageServer:
    """A small server of level 2 that refuses what the standard lets it refuse."""

    def __init__(self, web, tools, version: int, **limits: int) -> None:
        self.image = photograph(900, 600)
        self.version, self.limits, self.tools = version, limits, tools
        more = {"profile": limits} if version == 2 and limits else limits
        self.service = describe(web, tools, info(version, 900, 600, 2, **more))
        web.any = self.answer

    def answer(self, handler) -> None:
        match = re.fullmatch(r"/i/(\w+)/([\w,]+)/0/default\.jpg", handler.path)
        size = match and self.size(match[2])
        if not size or match[1] != "full":
            handler.send_error(400)
            return
        body = encoded(self.image.resize(size), "JPEG")
        self.tools.send(body, "image/jpeg")(handler)

    def size(self, form: str) -> tuple[int, int] | None:
        most = self.limits.get("maxWidth", 900)
        if form in {"full", "max"}:
            if form == "full" and self.version == 3:
                return None
            scale = min(1, most / 900)
            return (900, 600) if form == "full" else (int(900 * scale), int(600 * scale))
        width, _, height = form.partition(",")
        wide = int(width)
        high = int(height) if height else round(600 * wide / 900)
        return None if wide > most or high > 600 else (wide, high)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(
    ("wanted_px", "limits", "shape"),
    [
        (300, {}, (200, 300, 3)),
        (301, {}, (201, 301, 3)),
        (5000, {}, (600, 900, 3)),
        (800, {"maxWidth": 450}, (300, 450, 3)),
    ],
)
def test_a_server_that_computes(web, make, tools, version, wanted_px, limits, shape):
    server = ImageServer(web, tools, version, **limits)

    path = fetch_image(make(), server.service, wanted_px)

    assert pixels(path).shape == shape
    assert len(web.requests) == 2


def test_a_server_that_keeps_its_pictures_is_not_pestered(web, make, tools):
    service = describe(web, tools, info(2, 900, 600, 2))
    web.any = tools.send(b"", status=403)

    with pytest.raises(NotServed, match="answered 403"):
        fetch_image(make(), service, 500)

    assert len(web.requests) == 2


def test_a_folder_with_nothing_in_it_is_told_by_its_best_address(web, make, tools):
    service = describe(web, tools, info(3, 900, 600, 0, sizes=sizes((600, 400)), tiles=TILES))

    with pytest.raises(NotServed, match=r"full/600,400/0/default.jpg: the server answered 404"):
        fetch_image(make(), service, 500)


def test_a_page_in_place_of_a_missing_file_counts_as_missing(web, make, tools):
    """Many hosts answer 200 and a web page for what they do not have."""
    service = describe(web, tools, info(3, 900, 600, 0, sizes=sizes((600, 400))))
    web.any = tools.send(b"<!doctype html><title>Home</title>", "text/html")
    put(web, tools, "/i/full/max", photograph(900, 600), "jpg")

    assert pixels(fetch_image(make(), service, 500)).shape == (600, 900, 3)


def test_a_long_info_is_refused(web, make, tools):
    data = {**info(), "note": "x" * 1_100_000}

    with pytest.raises(SourceError, match=r"expected at most 1,048,576"):
        fetch_image(make(), describe(web, tools, data), 500)


# The program that pastes -------------------------------------------------------------------------


@pytest.fixture
def two_tiles(web, tools):
    """A picture that is there as two tiles and in no other way."""
    data = info(2, 200, 100, 0, tiles=[{"width": 128, "scaleFactors": [1]}])
    tile_files(web, tools, photograph(200, 100), 2, 128, 1, "jpg")
    return describe(web, tools, data)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os; os.abort()", r"the decoder crashed on one of its tiles \(exit status -?\d+\)"),
        ("print('no json')", "the decoder crashed"),
        ("import time; time.sleep(9)", "putting its tiles together took more than 0.3 s"),
    ],
)
def test_a_decoder_that_dies_is_told(two_tiles, make, monkeypatch, code, said):
    monkeypatch.setattr(decode, "_START", code)
    if "sleep" in code:
        ask = iiif_tiles._ask
        monkeypatch.setattr(iiif_tiles, "_ask", lambda job, timeout_s: ask(job, 0.3))
    fetcher = make()

    with pytest.raises(SourceError, match=said):
        fetch_image(fetcher, two_tiles, 2048)

    assert not list(fetcher.cache.root.rglob("stitched"))


def test_a_result_that_cannot_be_written_is_told(two_tiles, make, monkeypatch):
    ask = iiif_tiles._ask
    nowhere = {"out": "/nowhere/there/stitched.part"}
    monkeypatch.setattr(iiif_tiles, "_ask", lambda job, seconds: ask({**job, **nowhere}, seconds))

    with pytest.raises(StoreError, match="cannot be written: No such file"):
        fetch_image(make(), two_tiles, 2048)


def test_a_tile_larger_than_memory_is_refused_by_its_head(two_tiles, web, make, tools, monkeypatch):
    monkeypatch.setattr(iiif_tiles, "MAX_TILE_PX", 300)
    monkeypatch.setattr("pipeline.net.iiif_image.MAX_TILE_PX", 300)
    put(web, tools, "/i/128,0,72,100/72,", Image.new("L", (3000, 3000)), "jpg")

    with pytest.raises(SourceError, match="a tile of 3000 × 3000 pixels, expected 72 × 100"):
        fetch_image(make(), two_tiles, 2048)


def test_how_far_it_is_is_told(two_tiles, make, monkeypatch, caplog):
    caplog.set_level("INFO", logger="pipeline")
    monkeypatch.setattr(iiif_tiles, "_TELL_EVERY_S", 0)

    fetch_image(make(), two_tiles, 2048)

    assert f"fetching {two_tiles}: 2 of 2 tiles" in caplog.text


def test_a_smaller_picture_than_wanted_is_told(web, make, tools, caplog):
    caplog.set_level("INFO", logger="pipeline")
    server = ImageServer(web, tools, 3, maxWidth=450)

    fetch_image(make(), server.service, 800)

    assert "the server gives 450 of 900 pixels, and 800 were wanted" in caplog.text


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "I;16"])
def test_tiles_of_every_mode(web, make, tools, mode):
    data = info(2, 200, 100, 0, tiles=[{"width": 128, "scaleFactors": [1]}])
    service = describe(web, tools, data)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    for left, width in ((0, 128), (128, 72)):
        tile = Image.new(mode, (width, 100), 0)
        page = tools.send(encoded(tile, kind), f"image/{kind.lower()}")
        web.pages[f"/i/{left},0,{width},100/{width},/0/default.jpg"] = page

    assert pixels(fetch_image(make(), service, 2048)).shape == (100, 200, 3)
