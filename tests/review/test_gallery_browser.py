"""The gallery in a real browser: headless Chromium, pages opened from disk, no network at all."""

from __future__ import annotations

import base64
import io
import time

import numpy as np
import pytest


def test_every_page_opens_from_disk_without_complaint_or_network(browser, gallery):
    for path in sorted(gallery.folder.glob("*.html")):
        browser.open_page(gallery, path.name)
        if path.name.startswith("1963"):
            browser.show_model()
        fonts = "return document.fonts.ready.then(() => [...document.fonts].map(f => f.status))"
        assert "error" not in browser.execute_script(fonts)
        broken = "return [...document.images].filter(i => i.complete && !i.naturalWidth).length"
        assert browser.execute_script(broken) == 0
        assert browser.complaints() == [], path.name
    asked = browser.requests()
    assert len(asked) > 20
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []


def test_the_model_really_appears(browser, gallery):
    from PIL import Image

    browser.open_page(gallery, "1963.504.html")
    browser.show_model()
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
    browser.look(motion="no-preference")
    browser.open_page(gallery, "1963.504.html")
    browser.show_model()
    theta = "document.querySelector('model-viewer').getCameraOrbit().theta"
    pressed = "document.querySelector('[data-turn]').getAttribute('aria-pressed') === 'true'"
    browser.wait(pressed)
    first = browser.execute_script(f"return {theta}")
    browser.wait(f"Math.abs({theta} - {first}) > 0.05")
    browser.execute_script("document.querySelector('[data-orbit^=\"180deg\"]').click()")
    assert not browser.execute_script(f"return {pressed}")
    browser.wait(f"Math.abs({theta} - Math.PI) < 0.05")
    browser.execute_script("document.querySelector('[data-turn]').click()")
    assert browser.execute_script(f"return {pressed}")
    browser.wait(f"Math.abs({theta}) < 0.7")  # it sways before what was seen


def test_reduced_motion_is_honoured(browser, gallery):
    browser.open_page(gallery, "1963.504.html")
    browser.show_model()
    theta = "return document.querySelector('model-viewer').getCameraOrbit().theta"
    first = browser.execute_script(theta)
    time.sleep(0.5)
    assert browser.execute_script(theta) == first
    browser.open_page(gallery, "index.html")
    browser.execute_script("document.querySelector('.card a').focus()")
    time.sleep(0.3)
    assert not browser.execute_script("return document.querySelector('.mat video')")


def test_clip_plays_on_its_card_while_it_has_the_focus(browser, gallery):
    browser.look(motion="no-preference")
    browser.execute_script("document.querySelector('.card a').focus()")
    browser.wait("document.querySelector('.mat video')?.currentTime > 0")
    browser.execute_script("document.activeElement.blur()")
    assert not browser.execute_script("return document.querySelector('.mat video')")


def test_clip_of_the_page_plays(browser, gallery):
    browser.open_page(gallery, "song.html")
    browser.execute_script("document.querySelector('video').play()")
    browser.wait("document.querySelector('video').currentTime > 0.1")
    assert browser.execute_script("return document.querySelector('video').videoWidth") == 96


def test_contact_sheet_opens_large_by_keyboard_and_closes(browser, gallery):
    from selenium.webdriver.common.keys import Keys

    browser.look(width=900, height=600)
    browser.open_page(gallery, "1963.504.html")
    browser.execute_script("document.querySelector('[data-large]').focus()")
    browser.press(Keys.ENTER)
    view = "document.querySelector('dialog[open] .large-view')"
    assert browser.wait(f"{view} === document.activeElement")
    picture = f"{view}.querySelector('img')"
    browser.wait(f"{picture}.complete && {picture}.naturalWidth")
    size = browser.execute_script(
        f"const i = {picture}; return [i.getBoundingClientRect().width, i.naturalWidth]"
    )
    assert size == [1728, 1728]  # at full size, whatever the window's
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    browser.wait(f"{view}.scrollTop > 0 && {view}.scrollLeft > 0")
    browser.press(Keys.ESCAPE)
    browser.wait("!document.querySelector('dialog[open]')")
    assert browser.execute_script("return document.activeElement.matches('[data-large]')")
    assert browser.execute_script("return location.pathname").endswith("1963.504.html")
    browser.press(Keys.ENTER)
    browser.wait(view)
    browser.execute_script("document.querySelector('[data-close]').click()")
    assert not browser.execute_script(f"return {view}")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_plays_before_it_is_asked_to(browser, gallery, motion):
    browser.look(motion=motion)
    browser.open_page(gallery, "1963.504.html")
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    time.sleep(0.5)
    playing = "return [...document.querySelectorAll('video')].filter(v => !v.paused).length"
    assert browser.execute_script(playing) == 0
    assert browser.execute_script("return document.querySelectorAll('video').length") == 3
    for url in browser.requests():
        assert not url.endswith((".mp4", ".mov", "clip.web-webp.webp")), "loaded before it is asked"
    note = "return document.querySelector('.less-motion').checkVisibility()"
    assert browser.execute_script(note) is (motion == "reduce")


def test_less_motion_leads_to_the_still_version(browser, gallery):
    browser.open_page(gallery, "1963.504.html")
    browser.execute_script("document.querySelector('[data-reveal]').click()")
    assert browser.execute_script(
        "const d = document.querySelector('#version-3 details');"
        "return d.open && document.activeElement === d.querySelector('summary')"
    )
    browser.execute_script("document.querySelector('#version-3 video').play()")
    browser.wait("document.querySelector('#version-3 video').currentTime > 0")
    browser.execute_script("document.querySelector('#version-3 details').open = false")
    browser.wait("document.querySelector('#version-3 video').paused")


def test_animation_plays_when_asked_and_stops(browser, gallery):
    browser.open_page(gallery, "1963.504.html")
    browser.execute_script("document.querySelector('#version-2 details').open = true")
    source = "document.querySelector('#version-2 img').src"
    assert browser.execute_script(f"return {source}").endswith("poster.web-webp.webp")
    browser.execute_script("document.querySelector('[data-play]').click()")
    assert browser.execute_script(f"return {source}").endswith("clip.web-webp.webp")
    browser.execute_script("document.querySelector('#version-2 details').open = false")
    browser.wait(f"{source}.endsWith('poster.web-webp.webp')")
    pressed = "return document.querySelector('[data-play]').getAttribute('aria-pressed')"
    assert browser.execute_script(pressed) == "false"


def test_model_that_is_damaged_says_so(browser, gallery):
    browser.open_page(gallery, "1963.504.html")
    copy = gallery.folder / "damaged.html"
    try:
        page = (gallery.folder / "1963.504.html").read_text("utf-8")
        copy.write_text(page.replace('data-model="models/', 'data-model="models/gone-'), "utf-8")
        browser.open_page(gallery, "damaged.html")
        browser.execute_script("document.querySelector('[data-model]').scrollIntoView()")
        browser.wait("document.querySelector('[data-model]').dataset.state === 'failed'")
        assert "The model does not open in this browser." in browser.visible_text()
        assert "Three-quarter" not in browser.visible_text()
    finally:
        copy.unlink()
        browser.complaints()


def test_language_switch_changes_every_text_and_is_remembered(browser, gallery):
    browser.open_page(gallery, "1963.504.html")
    english = browser.visible_text()
    assert "A jar with a lid." in english
    assert "带盖的罐" not in english
    browser.execute_script("document.querySelector('[data-language=zh]').click()")
    chinese = browser.visible_text()
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
    browser.wait("location.pathname.includes('INDEX')")
    assert browser.wait("document.documentElement.lang === 'zh'")


def test_language_is_remembered_where_storage_is_switched_off(browser, gallery):
    browser.open_page(gallery, "1963.504.html")
    browser.execute_script("document.querySelector('[data-language=zh]').click()")
    browser.execute_script("localStorage.clear()")
    browser.execute_script("document.querySelector('.home a').click()")
    browser.wait("location.pathname.endsWith('index.html')")
    assert browser.wait("document.documentElement.lang === 'zh'")
    assert "罐与盖" in browser.visible_text()


def background(chrome) -> int:
    colour = chrome.execute_script(
        "return getComputedStyle(document.documentElement).backgroundColor"
    )
    return sum(int(part) for part in colour[4:-1].split(","))


def test_dark_follows_the_system_and_the_switch(browser, gallery):
    assert background(browser) > 700
    browser.look(scheme="dark")
    assert background(browser) < 100
    browser.execute_script("document.querySelector('[data-theme-switch]').click()")
    assert background(browser) > 700
    browser.open_page(gallery, "song.html")
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
    assert "No object fits this search." in browser.visible_text()
    browser.find_element(By.CSS_SELECTOR, "[data-reset]").click()
    assert len(shown_cards(browser)) == 6


def test_layers_compare_by_keyboard(browser, gallery):
    from selenium.webdriver.common.keys import Keys

    browser.open_page(gallery, "1963.504.html")
    stage = "document.querySelector('.layers-stage')"
    state = f"[...{stage}.querySelectorAll('img')].map(i => getComputedStyle(i).visibility)"
    assert browser.execute_script(f"return {state}") == ["visible", "hidden", "hidden"]
    browser.execute_script("document.querySelector('[name=layer]').focus()")
    browser.press(Keys.ARROW_RIGHT)
    assert browser.execute_script(f"return {stage}.dataset.layer") == "cutout"
    blend = f"return getComputedStyle({stage}.querySelector('.mask')).mixBlendMode"
    assert browser.execute_script(blend) == "multiply"
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert browser.execute_script(f"return {state}") == ["visible", "hidden", "visible"]
    browser.press(Keys.TAB, Keys.ARROW_RIGHT)
    assert browser.execute_script(f"return {stage}.style.getPropertyValue('--wipe')") == "1%"
    box = browser.execute_script(
        f"const [a, b] = {stage}.querySelectorAll('.photo, .depth'); const r = e => {{"
        "const q = e.getBoundingClientRect(); return [q.x, q.y, q.width, q.height] };"
        "return [r(a), r(b)]"
    )
    assert box[0] == box[1]


def test_arrow_keys_turn_pages(browser, gallery):
    from selenium.webdriver.common.keys import Keys

    browser.open_page(gallery, "INDEX~ea69fe17.html")
    browser.press(Keys.ARROW_LEFT)
    browser.wait("location.pathname.endsWith('1963.504.html')")
    assert browser.execute_script("return document.querySelector('h1').textContent.trim()")


def test_hostile_catalogue_runs_nothing(browser, build, tmp_path):
    from pipeline.exhibits import Exhibit
    from pipeline.items import Rights
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
        assert browser.complaints() == []
