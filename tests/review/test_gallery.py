"""The gallery's pages, read as a browser reads them, without one."""

import base64
import json
import os
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from pipeline.errors import StoreError
from pipeline.exhibits import Exhibit
from pipeline.items import Kind, Rights, Size
from pipeline.review.gallery import write_gallery

VOID = {"meta", "link", "img", "input", "br", "source"}
SUBRESOURCE = {"script", "img", "source", "video", "link"}


class Page(HTMLParser):
    """Every element with its attributes, every text, and whether tags are balanced."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(path.read_text("utf-8"))
        self.close()
        assert self._open == [], f"{path.name} leaves tags open"

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"{self.path.name}: <{tag}> has an attribute twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag, f"{self.path.name} closes <{tag}> out of order"

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.elements if tag in tags]


def pages(folder: Path) -> list[Page]:
    return [Page(path) for path in sorted(folder.glob("*.html"))]


def exhibit_of(*entries, languages=("en", "zh"), title=None) -> Exhibit:
    return Exhibit(
        id="x", title=title or {"en": "Things"}, languages=languages, entries=tuple(entries)
    )


def addresses(page: Page) -> list[tuple[str, str]]:
    found = []
    for tag, attrs in page.elements:
        for name in (
            "src",
            "href",
            "poster",
            "data-clip",
            "data-model",
            "data-viewer",
            "data-moving",
            "data-still",
        ):
            if attrs.get(name):
                found.append((tag, attrs[name]))
    return found


def test_every_link_and_asset_leads_to_a_file(gallery):
    local = 0
    for page in pages(gallery.folder):
        for tag, address in addresses(page):
            parts = urlsplit(address)
            if parts.scheme in ("http", "https", "data"):
                assert tag == "a" or parts.scheme == "data", f"<{tag}> loads {address}"
                continue
            assert not parts.scheme
            if address.startswith("#"):
                assert any(attrs.get("id") == address[1:] for _, attrs in page.elements)
                continue
            path = gallery.folder / unquote(parts.path)
            assert path.is_file(), f"{page.path.name}: {address}"
            local += 1
    assert local > 60


def test_style_sheet_loads_only_fonts_that_are_there(gallery):
    css = (gallery.folder / "assets" / "gallery.css").read_text("utf-8")
    found = re.findall(r"url\(\"?([^)\"]+)\"?\)", css)
    assert len(found) >= 8
    for address in found:
        assert (gallery.folder / "assets" / address).is_file()
    assert "@import" not in css


def test_there_is_one_page_for_each_object_and_the_index(gallery):
    names = {page.path.name for page in pages(gallery.folder)}
    assert len(names) == len(gallery.exhibit.entries) + 1
    assert "index~object.html" in names  # an object called "index"
    assert len({name.lower() for name in names}) == len(names)


def test_reading_on_visits_every_object(gallery):
    seen = []
    name = "1963.504.html"
    while name:
        page = Page(gallery.folder / name)
        seen.append(name)
        after = [a["href"] for a in page.of("a") if a.get("rel") == "next"]
        name = unquote(after[0]) if after else None
    assert len(seen) == len(gallery.exhibit.entries)


def test_page_tells_what_the_catalogue_says(gallery):
    page = Page(gallery.folder / "1963.504.html")
    for words in (
        "A jar with a lid.",
        "带盖的罐。",
        "Unknown potter",
        "about 1600",
        "H 25.4 × Ø 18 cm (10 × 7.1 in)",
        "高 25.4 × 直径 18 厘米",
        "Museum of Jars",
        "Attribution 4.0 (CC BY 4.0)",
        "porcelain",
        "Pot bleu",
        "Français",
        "turned upright (EXIF orientation 6)",
    ):
        assert words in page.text, words
    links = {a["href"] for a in page.of("a")}
    assert "https://creativecommons.org/licenses/by/4.0/" in links
    assert "https://example.org/1" in links
    assert "https://example.org/record?a=1&b=2" in links


def test_many_further_fields_are_folded_away_below_what_every_catalogue_says(build, tmp_path):
    own = {f"Feld {n}": f"Wert {n}" for n in range(40)}
    extra = {**own, "medium": "Steinzeug", "object name": "Krug"}
    entry = build.complete(tmp_path, build.item("1", extra=extra))
    write_gallery(exhibit_of(entry), tmp_path / "gallery")
    (page,) = (page for page in pages(tmp_path / "gallery") if page.path.name == "1.html")
    text = page.path.read_text("utf-8")
    folded = text.index("40 further fields of the catalogue")
    assert text.index("Object name") < text.index("Steinzeug") < folded < text.index("Wert 0")
    assert text.index("<details", text.index("Steinzeug")) < folded
    assert "Wert 39" in text
    assert text.count("<details") == text.count("</details>")
    assert text.count("<dl") == text.count("</dl>")


def test_page_tells_how_it_was_made(gallery):
    page = Page(gallery.folder / "1963.504.html")
    for words in ("u2net", "u2netp", "Apache-2.0", "strength", "0.4", "no edge stands out"):
        assert words in page.text, words
    assert "123" not in page.text  # memory and times are in record.json
    assert "No generative engine had a part in this." in page.text
    generated = Page(gallery.folder / "3---罐~5a5775a4.html")
    assert "Parts of this come from a generative engine" in generated.text
    assert "No generative engine" not in generated.text


def test_index_says_what_needs_a_look(gallery):
    page = Page(gallery.index)
    cards = {a["data-search"].split()[0]: a for a in page.of("li") if "data-state" in a}
    assert cards["1963.504"]["data-state"] == "all look"  # a fallback did the work
    assert cards["song"]["data-state"] == "all"
    assert cards["lost"]["data-state"] == "all look failed"
    assert cards["index"]["data-state"] == "all look failed"
    assert "its mask is empty" in page.text
    assert "Refused" in page.text
    assert "allows no clip" in page.text
    assert page.text.count("Size unknown") == 1


def test_pending_is_neither_failed_nor_a_reason_to_look(build, tmp_path):
    entry = build.failed(build.item("a"), "pending", "not asked for")
    index = Page(write_gallery(exhibit_of(entry), tmp_path / "gallery"))
    assert [a["data-state"] for a in index.of("li") if "data-state" in a] == ["all"]
    assert "Not made yet" in index.text


def test_intangible_without_photograph_has_no_dead_panels(gallery):
    page = Page(gallery.folder / "song.html")
    assert page.of("video")
    assert not page.of("model-viewer", "input")
    assert {a["src"] for a in page.of("img")} == {"../objects/song/sheet.webp"}
    assert "3D model" not in page.text
    assert "Size" not in page.text
    refused = Page(gallery.folder / "index~object.html")
    assert not refused.of("video", "model-viewer", "img", "details")
    assert "Untitled" in refused.text


def test_every_page_has_its_landmarks_and_headings_in_order(gallery):
    for page in pages(gallery.folder):
        tags = [tag for tag, _ in page.elements]
        assert tags.count("h1") == tags.count("main") == tags.count("footer") == 1
        levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert all(b <= a + 1 for a, b in pairwise(levels))
        ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
        assert len(ids) == len(set(ids))
        assert page.of("html")[0]["lang"] == "en"


def test_every_picture_has_words_and_a_size(gallery):
    pictures = [a for page in pages(gallery.folder) for a in page.of("img")]
    assert len(pictures) >= 12
    for attrs in pictures:
        assert attrs["alt"]
        assert int(attrs["width"]) > 0
        assert int(attrs["height"]) > 0
    for page in pages(gallery.folder):
        for attrs in page.of("video"):
            assert attrs["aria-label"]
            assert attrs["preload"] == "none"


def test_contact_sheet_is_shown_in_its_size_and_opens_large(gallery):
    from PIL import Image

    page = Page(gallery.folder / "1963.504.html")
    link = next(a for a in page.of("a") if "data-large" in a)
    assert link["href"] == "../objects/1963.504/sheet.webp"
    assert [a["id"] for a in page.of("dialog")] == [link["data-large"]]
    shown = [a for a in page.of("img") if a["src"] == link["href"]]
    with Image.open(gallery.root / "objects" / "1963.504" / "sheet.webp") as sheet:
        assert {(int(a["width"]), int(a["height"])) for a in shown} == {sheet.size}
    for attrs in shown:
        words = json.loads(attrs["data-attrs"])
        assert words["en"]["alt"].startswith("Contact sheet of the clip: frames in reading order")
        assert "depth, motion, and two edges" in words["en"]["alt"]
        assert words["zh"]["alt"].startswith("短片的样片总览")
    song = Page(gallery.folder / "song.html")  # a text has no depth
    alts = [a["alt"] for a in song.of("img") if a["src"].endswith("sheet.webp")]
    assert len(alts) == 2
    assert not any("depth" in alt for alt in alts)


def test_a_clip_without_a_sheet_has_no_panel_for_it(build, tmp_path):
    entry = build.complete(tmp_path, build.item("a"))
    entry.clip = entry.clip.model_copy(update={"sheet": None})
    write_gallery(exhibit_of(entry), tmp_path / "gallery")
    page = Page(tmp_path / "gallery" / "a.html")
    assert not page.of("dialog")
    assert "Contact sheet" not in page.text


def test_every_version_of_a_clip_is_told_and_downloads(gallery):
    page = Page(gallery.folder / "1963.504.html")
    downloads = {a["href"] for a in page.of("a") if "download" in a}
    assert downloads == {
        f"../objects/1963.504/clip.{name}"
        for name in ("portrait.mp4", "web-webp.webp", "gentle.mp4", "archive.mov")
    }
    for words in (
        "portrait",
        "H.264, 8 bit",
        "WebP animation",
        "ProRes 422 HQ, 10 bit",
        "96 × 72 px",
        "holds still and fades",
        "Browsers do not play this format.",
    ):
        assert words in page.text, words
    played = [a["src"] for a in page.of("source")]
    assert played == [
        f"../objects/1963.504/clip{name}.mp4" for name in ("", ".portrait", ".gentle")
    ]


def test_nothing_plays_by_itself(gallery):
    for page in pages(gallery.folder):
        for attrs in page.of("video"):
            assert "autoplay" not in attrs
            assert attrs["preload"] == "none"
        moving = {a["data-moving"] for a in page.of("img") if "data-moving" in a}
        assert not [a for a in page.of("img", "source") if a.get("src") in moving]


def test_those_who_want_less_motion_are_led_to_the_still_version(gallery):
    page = Page(gallery.folder / "1963.504.html")
    links = [a["href"] for a in page.of("a") if "data-reveal" in a]
    assert links == ["#version-3"]
    other = Page(gallery.folder / "INDEX~ea69fe17.html")
    assert not [a for a in other.of("a") if "data-reveal" in a]
    assert "less motion" not in other.text


def test_main_clip_that_browsers_do_not_play_shows_its_poster(build, tmp_path):
    entry = build.complete(tmp_path, build.item("a"))
    path = entry.clip.path.with_name("clip.mov")
    shutil.copy(entry.clip.path, path)
    entry.clip = entry.clip.model_copy(update={"path": path, "codec": "prores"})
    index = Page(write_gallery(exhibit_of(entry), tmp_path / "gallery"))
    assert not [a for a in index.of("li") if "data-clip" in a]
    page = Page(tmp_path / "gallery" / "a.html")
    assert not page.of("video")
    assert "../objects/a/clip.mov" in {a["href"] for a in page.of("a") if "download" in a}


def test_damaged_sheet_is_named(build, tmp_path):
    entry = build.complete(tmp_path, build.item("a"))
    entry.clip.sheet.write_bytes(b"no picture")
    with pytest.raises(StoreError, match=r"sheet\.webp is gone or damaged"):
        write_gallery(exhibit_of(entry), tmp_path / "gallery")


def test_texts_say_their_language(gallery):
    for page in pages(gallery.folder):
        for attrs in page.of("span"):
            if "data-l" in attrs:
                assert attrs["lang"]
        shown = [a for a in page.of("span") if "data-l" in a and "hidden" not in a]
        assert all("en" in a["data-l"].split() for a in shown)


def test_first_language_of_the_exhibit_is_the_one_that_opens(build, tmp_path):
    entry = build.failed(build.item("a", title={"fr": "Pot", "zh": "罐"}))
    exhibit = exhibit_of(entry, languages=("zh", "fr"), title={"zh": "万物"})
    page = Page(write_gallery(exhibit, tmp_path / "gallery"))
    assert page.of("html")[0]["lang"] == "zh"
    assert [b["data-language"] for b in page.of("button") if "data-language" in b] == [
        "zh",
        "fr",
        "en",
    ]
    spans = {a["data-l"]: a for a in page.of("span") if a.get("lang") == "fr"}
    assert "hidden" in spans["fr"]


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></style><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
    "]]>&lt;script&gt;",
    "\u202etxt.exe",
]


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_text_is_only_text(build, tmp_path, attack):
    item = build.item(
        attack,
        title={"en": attack, attack: attack, "fr": attack},
        description={"en": attack},
        creator={"zh": attack},
        date={"en": attack},
        rights=Rights(uri="javascript:alert(1)//" + attack, credit=attack, holder=attack),
        source_url="javascript:alert(1)",
        extra={attack: attack, "link": "data:text/html,<script>alert(1)</script>"},
    )
    entry = build.complete(tmp_path, item)
    hostile = entry.clip.model_copy(update={"profile": attack, "codec": attack})
    entry.keep_clip(hostile, attack)
    entry.provenance[attack] = build.made(attack, params={attack: attack})
    entry.problems.extend(build.failed(item, message=attack).problems)
    exhibit = exhibit_of(entry, title={"en": attack}, languages=("en", attack))
    write_gallery(exhibit, tmp_path / "gallery")
    plain = attack.replace("\u202e", "")
    for page in pages(tmp_path / "gallery"):
        assert "\u202e" not in page.path.read_text("utf-8")
        assert plain in page.text or " ".join(plain.split()) in page.text
        assert [a.get("src") for a in page.of("script")] == ["assets/gallery.js"]
        for tag, attrs in page.elements:
            assert not [name for name in attrs if name.startswith("on")], (tag, attrs)
            for name in ("src", "href", "poster"):
                value = attrs.get(name) or ""
                assert not re.match(r"\s*(javascript|vbscript):", value, re.IGNORECASE)
                assert not value.startswith("data:text")
            assert attrs.get("src") != "x"
    index = Page(tmp_path / "gallery" / "index.html")
    assert any(a.get("data-search", "").startswith(" ".join(plain.split())) for a in index.of("li"))


def test_policy_forbids_the_network_in_every_page(gallery):
    for page in pages(gallery.folder):
        policies = [
            a["content"]
            for a in page.of("meta")
            if a.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1
        assert policies[0].startswith("default-src 'none'; ")
        assert "http" not in policies[0]
        assert "*" not in policies[0]


def test_mesh_travels_as_a_script_that_its_page_names(gallery):
    page = Page(gallery.folder / "1963.504.html")
    address = next(a["data-model"] for a in page.of("div") if "data-model" in a)
    script = (gallery.folder / unquote(address)).read_text("ascii")
    found = re.fullmatch(r'vivantModel\((".*?"),"([A-Za-z0-9+/=]*)"\);\n', script)
    assert json.loads(found[1]) == address
    glb = (gallery.root / "objects" / "1963.504" / "mesh.glb").read_bytes()
    assert base64.b64decode(found[2]) == glb


def stamp(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_second_write_touches_nothing(build, tmp_path):
    exhibit = exhibit_of(build.complete(tmp_path, build.item("a")))
    index = write_gallery(exhibit, tmp_path / "gallery")
    before = stamp(index.parent)
    assert write_gallery(exhibit, tmp_path / "gallery") == index
    assert stamp(index.parent) == before
    assert len(before) > 15


def test_same_exhibit_gives_the_same_bytes_elsewhere(build, tmp_path):
    def written(root: Path) -> dict[str, bytes]:
        folder = write_gallery(exhibit_of(build.complete(root, build.item("a"))), root / "gallery")
        return {p.name: p.read_bytes() for p in folder.parent.rglob("*") if p.is_file()}

    assert written(tmp_path / "one") == written(tmp_path / "two")


def test_changed_mesh_replaces_its_script_and_gone_objects_go(build, tmp_path):
    first = build.complete(tmp_path, build.item("a"))
    second = build.complete(tmp_path, build.item("b"), seed=1)
    folder = tmp_path / "gallery"
    write_gallery(exhibit_of(first, second), folder)
    (folder / "notes.html").write_text("the curator's own page")
    (folder / ".a.html.1.tmp").write_text("a broken draft")
    before = {path.name for path in (folder / "models").iterdir()}
    shutil.copy(second.mesh.path, first.mesh.path)
    write_gallery(exhibit_of(first), folder)
    after = {path.name for path in (folder / "models").iterdir()}
    assert len(before) == 2
    assert len(after) == 1
    assert not before & after
    assert {path.name for path in folder.iterdir()} == {
        "a.html",
        "index.html",
        "notes.html",
        "assets",
        "models",
    }


def test_files_are_readable_by_others(build, tmp_path):
    mask = os.umask(0o022)
    try:
        index = write_gallery(exhibit_of(build.failed(build.item("a"))), tmp_path / "gallery")
    finally:
        os.umask(mask)
    assert index.stat().st_mode & 0o777 == 0o644


def test_missing_files_are_named(build, tmp_path):
    entry = build.complete(tmp_path, build.item("a"))
    entry.mesh.path.unlink()
    with pytest.raises(StoreError, match=r"a: its mesh .*mesh\.glb is gone\. Render"):
        write_gallery(exhibit_of(entry), tmp_path / "gallery")
    entry.mesh = None
    entry.clip.path.unlink()
    with pytest.raises(StoreError, match=r"clip\.mp4 is gone"):
        write_gallery(exhibit_of(entry), tmp_path / "gallery")


def test_folder_that_cannot_be_written_is_named(build, tmp_path):
    (tmp_path / "gallery").write_text("a file is in the way")
    with pytest.raises(StoreError, match=r"The gallery .*gallery cannot be written"):
        write_gallery(exhibit_of(build.failed(build.item("a"))), tmp_path / "gallery")


def test_empty_exhibit_has_an_index(tmp_path):
    page = Page(write_gallery(exhibit_of(), tmp_path / "gallery"))
    assert "0 objects" in page.text


def test_a_thousand_objects_load_no_picture_before_it_is_seen(build, tmp_path):
    entry = build.complete(tmp_path, build.item("a"))
    entries = [
        entry.model_copy(update={"item": build.item(f"n{n}"), "mesh": None}) for n in range(1000)
    ]
    index = write_gallery(exhibit_of(*entries), tmp_path / "gallery")
    page = Page(index)
    eager = [a for a in page.of("img") if a["loading"] != "lazy"]
    assert len(page.of("img")) == 1000
    assert len(eager) <= 6
    assert not page.of("video")
    assert index.stat().st_size < 3_500_000


def test_kind_without_size_says_nothing_of_size(build, tmp_path):
    item = build.item("a", kind=Kind.INTANGIBLE, size=Size())
    page = Page(write_gallery(exhibit_of(build.failed(item)), tmp_path / "gallery"))
    assert "Size unknown" not in page.text
