"""The gallery for everybody: by keyboard, enlarged, without scripts; and what axe says."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline

AXE = Path(pipeline.__file__).parent / "web/node_modules/axe-core/axe.min.js"


def test_everything_can_be_reached_by_the_tab_key(browser, gallery):
    from selenium.webdriver.common.keys import Keys

    browser.open_page(gallery, "1963.504.html")
    browser.show_model()
    browser.execute_script("scrollTo(0, 0); document.activeElement.blur()")
    wanted = browser.execute_script(
        "return [...document.querySelectorAll('a[href], button, summary, model-viewer, video,"
        " input[type=radio]:checked, input:not([type=radio])')]"
        ".filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true}))"
        ".map(e => e.id = e.id || 'tab-' + Math.random()).length"
    )
    seen = {}
    for _ in range(3 * wanted):
        browser.press(Keys.TAB)
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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_400_percent_zoom_needs_no_sideways_scrolling(browser, gallery, language):
    browser.look(width=320, height=256)
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
    browser.look(width=width, scheme=scheme)
    for name in ("index.html", "1963.504.html", "lost.html"):
        browser.get(f"{(gallery.folder / name).as_uri()}?lang={language}")
        browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
        if name.startswith("1963"):
            browser.execute_script("document.querySelector('[data-large]').click()")
            large = axe(browser)
            assert large["bad"] == [], "the contact sheet, large"
            browser.execute_script("document.querySelector('[data-close]').click()")
        if name.startswith("1963"):
            browser.show_model()
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


def test_page_is_readable_without_scripts(browser, gallery):
    browser.look()
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open_page(gallery, "1963.504.html")
        tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})
        said = " ".join(
            str(node.get("name", {}).get("value", ""))
            for node in tree["nodes"]
            if not node["ignored"]
        )
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert "A jar with a lid." in said
    assert "The 3D view needs scripts" in said
    assert "Mask, the object is white — Jar" in said
    assert "带盖的罐" not in said
    assert "Compare" not in said
