"""The gallery in a real browser: headless Chromium, pages opened from disk, no network at all."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import pipeline

AXE = Path(pipeline.__file__).parent / "web/node_modules/axe-core/axe.min.js"

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


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    browser = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        if os.environ.get("CI"):
            pytest.fail("CI must install chromium and chromium-driver")
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in _FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    chrome.set_script_timeout(60)
    yield chrome
    chrome.quit()


@pytest.fixture
def browser(chromium, gallery):
    """A fresh state: nothing remembered, a wide light window that holds still."""
    look(chromium)
    chromium.get(gallery.index.as_uri())
    chromium.execute_script("localStorage.clear()")
    for log in ("browser", "performance"):
        chromium.get_log(log)
    return chromium


def look(chrome, width=1280, height=900, scheme="light", motion="reduce"):
    chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": motion},
    ]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def wait(chrome, expression: str, seconds: float = 60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = chrome.execute_script(f"return {expression}")
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"never true in {seconds} s: {expression}")


def open_page(chrome, gallery, name: str) -> None:
    chrome.get((gallery.folder / name).as_uri())


def press(chrome, *keys: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(chrome).send_keys(*keys).perform()


def complaints(chrome) -> list[str]:
    """Errors on the console. Warnings are left out: a busy machine draws late, and says so."""
    return [e["message"] for e in chrome.get_log("browser") if e["level"] == "SEVERE"]


def requests(chrome) -> list[str]:
    messages = (json.loads(entry["message"])["message"] for entry in chrome.get_log("performance"))
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]


def visible_text(chrome) -> str:
    return chrome.execute_script("return document.body.innerText")


def show_model(chrome) -> None:
    chrome.execute_script("document.querySelector('[data-model]').scrollIntoView()")
    wait(chrome, "document.querySelector('model-viewer')?.modelIsVisible")
    assert wait(chrome, "document.querySelector('[data-model]').dataset.state === 'open'")


def test_every_page_opens_from_disk_without_complaint_or_network(browser, gallery):
    for path in sorted(gallery.folder.glob("*.html")):
        open_page(browser, gallery, path.name)
        if path.name.startswith("1963"):
            show_model(browser)
        fonts = "return document.fonts.ready.then(() => [...document.fonts].map(f => f.status))"
        assert "error" not in browser.execute_script(fonts)
        broken = "return [...document.images].filter(i => i.complete && !i.naturalWidth).length"
        assert browser.execute_script(broken) == 0
        assert complaints(browser) == [], path.name
    asked = requests(browser)
    assert len(asked) > 20
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []


def test_the_model_really_appears(browser, gallery):
    from PIL import Image

    open_page(browser, gallery, "1963.504.html")
    show_model(browser)
    box = browser.execute_script(
        "const stage = document.querySelector('.model-stage'); stage.scrollIntoView();"
        "const r = stage.getBoundingClientRect();"
        "return {x: r.x + scrollX, y: r.y + scrollY, width: r.width, height: r.height, scale: 1}"
    )
    end = time.monotonic() + 60
    colours = 0
    while colours <= 200 and time.monotonic() < end:
        shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"clip": box})
        png = Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")
        colours = len(np.unique(np.asarray(png).reshape(-1, 3) // 8, axis=0))
    assert colours > 200
    size = browser.execute_script(
        "const d = document.querySelector('model-viewer').getDimensions(); return [d.x, d.y, d.z]"
    )
    assert size[:2] == pytest.approx([0.8, 0.6], abs=1e-4)


def test_views_turn_the_camera_and_turning_can_be_stopped(browser, gallery):
    look(browser, motion="no-preference")
    open_page(browser, gallery, "1963.504.html")
    show_model(browser)
    viewer = "document.querySelector('model-viewer')"
    assert browser.execute_script(f"return {viewer}.hasAttribute('auto-rotate')")
    browser.execute_script("document.querySelector('[data-orbit^=\"180deg\"]').click()")
    assert not browser.execute_script(f"return {viewer}.hasAttribute('auto-rotate')")
    wait(browser, f"Math.abs({viewer}.getCameraOrbit().theta - Math.PI) < 0.05")
    browser.execute_script("document.querySelector('[data-turn]').click()")
    assert browser.execute_script(f"return {viewer}.hasAttribute('auto-rotate')")


def test_reduced_motion_is_honoured(browser, gallery):
    open_page(browser, gallery, "1963.504.html")
    show_model(browser)
    still = "return document.querySelector('model-viewer').hasAttribute('auto-rotate')"
    assert not browser.execute_script(still)
    open_page(browser, gallery, "index.html")
    browser.execute_script("document.querySelector('.card a').focus()")
    time.sleep(0.3)
    assert not browser.execute_script("return document.querySelector('.mat video')")


def test_clip_plays_on_its_card_while_it_has_the_focus(browser, gallery):
    look(browser, motion="no-preference")
    browser.execute_script("document.querySelector('.card a').focus()")
    wait(browser, "document.querySelector('.mat video')?.currentTime > 0")
    browser.execute_script("document.activeElement.blur()")
    assert not browser.execute_script("return document.querySelector('.mat video')")


def test_clip_of_the_page_plays(browser, gallery):
    open_page(browser, gallery, "song.html")
    browser.execute_script("document.querySelector('video').play()")
    wait(browser, "document.querySelector('video').currentTime > 0.1")
    assert browser.execute_script("return document.querySelector('video').videoWidth") == 96


def test_model_that_is_damaged_says_so(browser, gallery):
    open_page(browser, gallery, "1963.504.html")
    copy = gallery.folder / "damaged.html"
    try:
        page = (gallery.folder / "1963.504.html").read_text("utf-8")
        copy.write_text(page.replace('data-model="models/', 'data-model="models/gone-'), "utf-8")
        open_page(browser, gallery, "damaged.html")
        browser.execute_script("document.querySelector('[data-model]').scrollIntoView()")
        wait(browser, "document.querySelector('[data-model]').dataset.state === 'failed'")
        assert "The model does not open in this browser." in visible_text(browser)
        assert "Three-quarter" not in visible_text(browser)
    finally:
        copy.unlink()
        complaints(browser)


def test_language_switch_changes_every_text_and_is_remembered(browser, gallery):
    open_page(browser, gallery, "1963.504.html")
    english = visible_text(browser)
    assert "A jar with a lid." in english
    assert "带盖的罐" not in english
    browser.execute_script("document.querySelector('[data-language=zh]').click()")
    chinese = visible_text(browser)
    assert "带盖的罐。" in chinese
    assert "A jar with a lid." not in chinese
    assert "著录" in chinese
    assert browser.execute_script("return document.documentElement.lang") == "zh"
    assert browser.execute_script("return document.title").startswith("罐")
    photo = "document.querySelector('img.photo')"
    assert browser.execute_script(f"return [{photo}.alt, {photo}.lang]") == [
        "罐 — 带盖的罐。",
        "zh",
    ]
    browser.execute_script("document.querySelector('a[rel=next]').click()")
    wait(browser, "location.pathname.includes('INDEX')")
    assert wait(browser, "document.documentElement.lang === 'zh'")


def test_language_is_remembered_where_storage_is_switched_off(browser, gallery):
    open_page(browser, gallery, "1963.504.html")
    browser.execute_script("document.querySelector('[data-language=zh]').click()")
    browser.execute_script("localStorage.clear()")
    browser.execute_script("document.querySelector('.home a').click()")
    wait(browser, "location.pathname.endsWith('index.html')")
    assert wait(browser, "document.documentElement.lang === 'zh'")
    assert "罐与盖" in visible_text(browser)


def background(chrome) -> int:
    colour = chrome.execute_script(
        "return getComputedStyle(document.documentElement).backgroundColor"
    )
    return sum(int(part) for part in colour[4:-1].split(","))


def test_dark_follows_the_system_and_the_switch(browser, gallery):
    assert background(browser) > 700
    look(browser, scheme="dark")
    assert background(browser) < 100
    browser.execute_script("document.querySelector('[data-theme-switch]').click()")
    assert background(browser) > 700
    open_page(browser, gallery, "song.html")
    assert background(browser) > 700
    switch = "return document.querySelector('[data-theme-switch]').getAttribute('aria-pressed')"
    assert browser.execute_script(switch) == "false"


def shown_cards(chrome) -> list[str]:
    return chrome.execute_script(
        "return [...document.querySelectorAll('.card')].filter(c => !c.hidden)"
        ".map(c => c.dataset.search.split(' ')[0])"
    )


def test_filters_and_search(browser, gallery):
    from selenium.webdriver.common.by import By

    assert len(shown_cards(browser)) == 6
    browser.find_element(By.CSS_SELECTOR, "input[value=failed]").click()
    assert shown_cards(browser) == ["lost", "index"]
    browser.find_element(By.CSS_SELECTOR, "input[value=all]").click()
    field = browser.find_element(By.ID, "search")
    field.send_keys("POTTER third")
    assert shown_cards(browser) == ["3"]
    field.clear()
    field.send_keys("打夯")
    assert shown_cards(browser) == ["song"]
    assert browser.find_element(By.CSS_SELECTOR, "[data-shown]").text == "1"
    field.send_keys("nothing like it")
    assert shown_cards(browser) == []
    assert "No object fits this search." in visible_text(browser)
    browser.find_element(By.CSS_SELECTOR, "[data-reset]").click()
    assert len(shown_cards(browser)) == 6


def test_layers_compare_by_keyboard(browser, gallery):
    from selenium.webdriver.common.keys import Keys

    open_page(browser, gallery, "1963.504.html")
    stage = "document.querySelector('.layers-stage')"
    state = f"[...{stage}.querySelectorAll('img')].map(i => getComputedStyle(i).visibility)"
    assert browser.execute_script(f"return {state}") == ["visible", "hidden", "hidden"]
    browser.execute_script("document.querySelector('[name=layer]').focus()")
    press(browser, Keys.ARROW_RIGHT)
    assert browser.execute_script(f"return {stage}.dataset.layer") == "cutout"
    blend = f"return getComputedStyle({stage}.querySelector('.mask')).mixBlendMode"
    assert browser.execute_script(blend) == "multiply"
    press(browser, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert browser.execute_script(f"return {state}") == ["visible", "hidden", "visible"]
    press(browser, Keys.TAB, Keys.ARROW_RIGHT)
    assert browser.execute_script(f"return {stage}.style.getPropertyValue('--wipe')") == "1%"
    box = browser.execute_script(
        f"const [a, b] = {stage}.querySelectorAll('.photo, .depth'); const r = e => {{"
        "const q = e.getBoundingClientRect(); return [q.x, q.y, q.width, q.height] };"
        "return [r(a), r(b)]"
    )
    assert box[0] == box[1]


def test_everything_can_be_reached_by_the_tab_key(browser, gallery):
    from selenium.webdriver.common.keys import Keys

    open_page(browser, gallery, "1963.504.html")
    show_model(browser)
    browser.execute_script("scrollTo(0, 0); document.activeElement.blur()")
    wanted = browser.execute_script(
        "return [...document.querySelectorAll('a[href], button, summary, model-viewer, video,"
        " input[type=radio]:checked, input:not([type=radio])')]"
        ".filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true}))"
        ".map(e => e.id = e.id || 'tab-' + Math.random()).length"
    )
    seen = {}
    for _ in range(3 * wanted):
        press(browser, Keys.TAB)
        found = browser.execute_script(
            "const e = document.activeElement; const s = getComputedStyle(e);"
            "const inner = e.shadowRoot?.activeElement ?? e;"
            "return [e.id, e.tagName, s.outlineStyle !== 'none' ||"
            " getComputedStyle(inner).outlineStyle !== 'none' || !!e.closest('.model-stage')"
            " || e.type === 'radio']"
        )
        if found[1] == "BODY" or (seen and found[0] == next(iter(seen))):
            break
        # A player's own buttons are stops inside it, with rings that only the browser sees.
        seen.setdefault(found[0], found)
    assert len(seen) == wanted
    assert [tag for _, tag, ring in seen.values() if not ring] == []
    first = next(iter(seen))
    assert browser.execute_script(f"return document.getElementById('{first}').className") == "skip"


def test_arrow_keys_turn_pages(browser, gallery):
    from selenium.webdriver.common.keys import Keys

    open_page(browser, gallery, "INDEX~ea69fe17.html")
    press(browser, Keys.ARROW_LEFT)
    wait(browser, "location.pathname.endsWith('1963.504.html')")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_400_percent_zoom_needs_no_sideways_scrolling(browser, gallery, language):
    look(browser, width=320, height=256)
    for path in sorted(gallery.folder.glob("*.html")):
        browser.get(f"{path.as_uri()}?lang={language}")
        too_wide = browser.execute_script(
            "document.querySelectorAll('details').forEach(d => d.open = true);"
            "return [...document.querySelectorAll('body *')].filter(e =>"
            " e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5"
            " && e.checkVisibility()"
            " && !e.closest('.layers-stage')).map(e => e.tagName + '.' + e.className)"
        )
        assert too_wide == [], path.name
        assert browser.execute_script(
            "const e = document.documentElement; return [e.scrollWidth - e.clientWidth, innerWidth]"
        ) == [0, 320]


def axe(chrome) -> dict[str, list[str] | int]:
    """Ask axe-core; it comes in by the debugger, past the page's own policy."""
    chrome.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
    return chrome.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations'],"
        " runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
        " 'best-practice']}).then(r => done({bad: r.violations.map(v => v.id + ': ' +"
        " v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | ')),"
        " good: r.passes.length}), e => done({bad: [String(e)], good: 0}))"
    )


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(1280, "light", "en"), (1280, "dark", "zh"), (320, "light", "zh")],
)
def test_axe_finds_nothing(browser, gallery, width, scheme, language):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in pipeline/web")
    look(browser, width=width, scheme=scheme)
    for name in ("index.html", "1963.504.html", "lost.html"):
        browser.get(f"{(gallery.folder / name).as_uri()}?lang={language}")
        browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
        if name.startswith("1963"):
            show_model(browser)
        found = axe(browser)
        assert found["bad"] == [], name
        assert found["good"] > 20


def test_axe_would_find_something(browser, gallery):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in pipeline/web")
    browser.execute_script(
        "document.querySelector('.mat img').removeAttribute('alt');"
        "document.querySelector('.sub').style.color = '#ccc'"
    )
    assert {found.split(":")[0] for found in axe(browser)["bad"]} == {"image-alt", "color-contrast"}


def test_page_is_readable_without_scripts(chromium, gallery):
    look(chromium)
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        open_page(chromium, gallery, "1963.504.html")
        tree = chromium.execute_cdp_cmd("Accessibility.getFullAXTree", {})
        said = " ".join(
            str(node.get("name", {}).get("value", ""))
            for node in tree["nodes"]
            if not node["ignored"]
        )
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert "A jar with a lid." in said
    assert "The 3D view needs scripts" in said
    assert "Mask, the object is white — Jar" in said
    assert "带盖的罐" not in said
    assert "Compare" not in said


def test_hostile_catalogue_runs_nothing(browser, build, tmp_path):
    from pipeline.records import Exhibit, Rights
    from pipeline.review.gallery import write_gallery

    attacks = (
        "<img src=x onerror=\"document.title='pwned'\">",
        "\"><script>document.title='pwned'</script>",
        "javascript:document.title='pwned'",
    )
    entries = []
    for number, attack in enumerate(attacks):
        item = build.item(
            f"{number}{attack}",
            title={"en": attack, "zh": attack},
            description={"en": attack},
            creator={"en": attack},
            rights=Rights(uri=attack, credit=attack),
            source_url=attack,
            extra={attack: attack},
        )
        entry = build.complete(tmp_path, item, seed=number)
        entry.mesh = entry.mesh if number == 1 else None
        entries.append(entry)
    exhibit = Exhibit(id="x", title={"en": attacks[1]}, languages=("en",), entries=tuple(entries))
    folder = write_gallery(exhibit, tmp_path / "gallery").parent
    for path in sorted(folder.glob("*.html")):
        browser.get(path.as_uri())
        browser.execute_script("document.querySelector('[data-language=zh]').click()")
        for link in browser.execute_script("return [...document.links].map(a => a.href)"):
            assert link.startswith(("file:", "http:", "https:"))
        assert browser.execute_script("return document.title") != "pwned"
        assert complaints(browser) == []
