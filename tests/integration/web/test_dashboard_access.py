"""The dashboard for people who see little, or use no mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.integration.web.contrast import contrast, texts
from tests.integration.web.gated import PASSWORDS
from tests.requirements import require

CONTROLS = "a[href], button, select, summary, [tabindex='0']"
#: Numbers the controls, to identify the one that has the focus.
NUMBERED = f"""
() => [...document.querySelectorAll("{CONTROLS}")].filter((c) => c.checkVisibility())
  .map((control, number) => control.dataset.number = number)
"""
OPENED = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
FOCUSED = """
() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  return [document.activeElement.dataset.number, outlineStyle, parseFloat(outlineWidth)];
}
"""


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Page]:
    """The dashboard of all affiliates, drawn, on a phone."""
    chromium = require("chromium", "a browser's view of the dashboard")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 390, "height": 800})
        tab.goto(f"{address}/dashboard/")
        tab.get_by_label("Name").fill("ana")
        tab.get_by_label("Password").fill(PASSWORDS["ana"])
        tab.keyboard.press("Enter")
        tab.locator(".chart .main-svg:first-child").last.wait_for()
        yield tab
        browser.close()


def test_contrast_follows_the_wcag_formula() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == 21
    assert round(contrast((0x77, 0x77, 0x77), (255, 255, 255)), 2) == 4.48


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_sufficient_contrast(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.evaluate(OPENED)
    # as high as the page and as wide as its tables: all of it is painted, and nothing scrolls
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": 1280, "height": height})
    # figures are redrawn in the scheme's colours
    page.wait_for_timeout(1000)
    found = texts(page)
    assert len(found) > 100
    assert [text for text in found if text.contrast < text.enough] == []


def test_every_control_is_focusable_and_shows_focus(page: Page) -> None:
    # a click would have left the place that tabs start from
    page.reload()
    page.evaluate(OPENED)
    numbers = [str(number) for number in page.evaluate(NUMBERED)]
    reached = []
    for _ in numbers:
        page.keyboard.press("Tab")
        number, style, width = page.evaluate(FOCUSED)
        assert (style, width) != ("none", 0)
        assert width >= 2
        reached.append(number)
    assert reached == numbers
