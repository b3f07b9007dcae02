"""The sign beside a view, in a real browser: it leads down to its paragraph, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import open_page, settle
from ui.lesson import STATIONS


def is_in_sight(page: Page, anchor: str) -> bool:
    """Whether a heading stands in the upper half of the window."""
    return 0 <= page.locator(f"#{anchor}").bounding_box()["y"] < page.viewport_size["height"] / 2


@pytest.mark.parametrize("station", STATIONS)
def test_every_sign_leads_to_its_paragraph_without_the_server(page, url, station):
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(str(frame))))
    open_page(page, url, station)
    settle(page)
    signs = page.get_by_role("link", name=re.compile("^About: "))
    assert signs.count() >= 3
    frames.clear()
    for sign in signs.all():
        anchor = sign.get_attribute("href").removeprefix("#")
        sign.click()
        page.wait_for_timeout(200)
        heading = page.locator(f"#{anchor}")
        expect(heading).to_be_in_viewport()
        assert sign.get_attribute("title") == f"About: {heading.locator('[data-heading-text]').text_content()}"
    assert frames == []
    assert len(page.context.pages) == 1


def test_a_sign_is_reached_and_followed_by_keyboard(page, url):
    open_page(page, url, "Pooling")
    settle(page)
    sign = page.get_by_role("link", name="About: What noise leaves")
    expect(page.get_by_role("heading", name="Does max pooling suppress noise?", exact=True)).to_be_visible()
    for _ in range(80):
        page.keyboard.press("Tab")
        if sign.evaluate("node => node === document.activeElement"):
            break
    expect(sign).to_be_focused()
    assert sign.evaluate("node => getComputedStyle(node, '::before').content").startswith('"info"')
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert is_in_sight(page, "words-what-noise-leaves")
    page.keyboard.press("Tab")  # goes on from there
    top = page.evaluate("document.activeElement.getBoundingClientRect().y")
    assert top >= page.locator("#words-what-noise-leaves").bounding_box()["y"] - 5


@pytest.mark.parametrize("station", STATIONS)
def test_formulas_are_set_and_fit_on_a_phone(page, url, station):
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, url, station)
    settle(page)
    article = page.get_by_role("heading", name="In words", exact=True)
    article.scroll_into_view_if_needed()
    assert page.locator(".katex-error").count() == 0
    assert page.locator(".katex").count() > 0
    assert page.get_by_test_id("stMain").evaluate("node => node.scrollWidth") <= 390
