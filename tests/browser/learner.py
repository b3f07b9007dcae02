"""What a learner does on the Learn pages: opens one, waits, reads numbers; and what is sent to the server meanwhile."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.visitor import PATIENCE, settle

STATIONS = ("pixels", "convolution", "pooling", "dense", "learning")
"""The Learn pages by their names in the address."""


def open_station(page: Page, url: str, name: str) -> list[str]:
    """Open a Learn page without motion; the list collects every websocket frame that is sent from now on."""
    sent: list[str] = []
    page.emulate_media(reduced_motion="reduce")
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page.goto(f"{url}/{name}")
    expect(page.get_by_role("heading", name="In words")).to_be_visible(timeout=PATIENCE)  # the last part of the page
    at_rest(page)
    settle(page)  # the components came after the words
    sent.clear()
    return sent


def at_rest(page: Page) -> None:
    """Wait until no script runs and what it sent is drawn."""
    page.wait_for_timeout(100)
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(500)


def part(page: Page, inside: str) -> Locator:
    """The component in which something is."""
    return page.locator(".root", has=page.locator(inside))


def number(text: str) -> float:
    """A number as a page writes it: a real minus sign, commas, a percent sign, a power of ten."""
    text = text.replace("\N{MINUS SIGN}", "-").replace(",", "").replace("%", "").strip()
    if power := re.fullmatch("(-?)10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text):
        exponent = int(power[2].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")))
        return (-1 if power[1] else 1) * 10.0**exponent
    return float(text)


def texts(locator: Locator) -> list[float]:
    """The numbers in all elements of a locator."""
    return [number(text) for text in locator.all_text_contents()]
