"""Pooling in a real browser: the right window, the right winner, the right mean, and no server."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from cnnlab import mnist
from cnnlab.digits import pictures
from cnnlab.digits.noise import add_noise
from cnnlab.digits.pictures import DRAWN
from cnnlab.nn.operations import average_pooling2d_at, max_pooling2d, max_pooling2d_at
from tests.browser.windows import choose_radio, hover, lit, move_slider, number, open_page, totals, window

TEST = mnist.load().test
SEVEN = mnist.normalise(TEST.images[np.flatnonzero(TEST.labels == 7)[0]])
LANDSCAPE = mnist.normalise(pictures.to_grey(DRAWN["Landscape"](28)).pixels)
"""A colour picture, as the page pools it."""


@dataclass(frozen=True)
class Settings:
    """What is set on the page, and by that what it must show."""

    image: np.ndarray
    pool_size: int = 2
    strides: int = 2

    @property
    def shape(self) -> tuple[int, int]:
        return max_pooling2d(self.image, self.pool_size, self.strides).shape[:2]

    def seen(self, row: int, column: int) -> set[tuple[int, int]]:
        """The pixels that the window covers."""
        steps = range(self.pool_size)
        return {(row * self.strides + down, column * self.strides + right) for down in steps for right in steps}


CASES = {
    "as it opens": Settings(SEVEN),
    "window 3, stride 1": Settings(SEVEN, 3, 1),
    "window 2, stride 5": Settings(SEVEN, 2, 5),
    "a colour picture": Settings(LANDSCAPE),
    "a colour picture, window 4, stride 3": Settings(LANDSCAPE, 4, 3),
}


def choose(page: Page, settings: Settings) -> None:
    """Bring the page from its first settings to these."""
    if settings.image is LANDSCAPE:
        choose_radio(page, "Picture", "Picture")
        page.get_by_role("combobox", name=re.compile("Which one")).click()
        page.get_by_role("option", name="Landscape").click()
    for name, value, least in (("Window", settings.pool_size, 2), ("Stride", settings.strides, 1)):
        page.get_by_role("slider", name=name).first.press("Home")
        move_slider(page, name, value - least)


def check(root: Locator, settings: Settings, row: int, column: int) -> None:
    """Compare everything that stands there for one cell with the operations."""
    size, strides = settings.pool_size, settings.strides
    largest = max_pooling2d_at(settings.image, row, column, 0, size, strides)
    mean = average_pooling2d_at(settings.image, row, column, 0, size, strides)
    assert totals(root) == pytest.approx([largest.output, mean.output], abs=6e-4)
    cells = root.locator(".work .cells span")
    winners = [k for k, name in enumerate(cells.evaluate_all("cells => cells.map((cell) => cell.className)")) if name]
    assert winners == [largest.winner[0] * size + largest.winner[1]]
    texts = [number(text) for text in cells.all_text_contents()]
    np.testing.assert_allclose(texts, largest.patch.ravel(), atol=0.0051)
    assert lit(root, 0, settings.image.shape[:2]) == settings.seen(row, column)
    written = [number(text) for text in root.locator(".sum b").all_text_contents()]
    assert written == ([] if size > 3 else totals(root))
    said = root.get_by_role("slider", name=re.compile("Arrow keys")).get_attribute("aria-valuetext")
    assert said.startswith(f"row {row}, column {column}: the largest of {size * size} values is ")


@pytest.mark.parametrize("settings", CASES.values(), ids=CASES)
def test_hovering_shows_the_window_the_winner_and_the_mean_without_the_server(page, url, settings):
    frames = open_page(page, url, "pooling")
    choose(page, settings)
    root, (rows, columns) = window(page), settings.shape
    frames.clear()
    for place, (row, column) in enumerate([(rows - 2, columns // 3), (rows // 2, columns - 2)]):
        hover(root, (rows, columns), row, column, place)  # in the map of the largest, then in that of the means
        check(root, settings, row, column)
    assert frames == []


def test_arrow_keys_do_the_same(page, url):
    settings = CASES["window 3, stride 1"]
    frames = open_page(page, url, "pooling")
    choose(page, settings)
    root = window(page)
    root.locator(".scrub").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    frames.clear()
    row = column = 0
    moves = {"ArrowDown": (1, 0), "ArrowRight": (0, 1), "ArrowUp": (-1, 0), "ArrowLeft": (0, -1)}
    for key in [*["ArrowDown"] * 6, *["ArrowRight"] * 8, "ArrowUp", "ArrowLeft"]:
        page.keyboard.press(key)
        row, column = row + moves[key][0], column + moves[key][1]
        expect(root.locator(".place")).to_have_text(f"row {row}, column {column}")
        check(root, settings, row, column)
    assert frames == []


def test_noise_is_pooled_too_and_measured(page, url):
    frames = open_page(page, url, "pooling")
    choose_radio(page, "Noise", "Gaussian")
    noisy = Settings(add_noise(SEVEN[..., 0], "Gaussian", 0.2, 0, clip=True)[..., np.newaxis])
    expect(page.get_by_text("pool(noisy) - pool(clean)")).to_be_visible()
    frames.clear()
    hover(window(page), noisy.shape, 3, 11)
    check(window(page), noisy, 3, 11)
    assert frames == []


def test_the_largest_window_and_noise_fit_on_a_phone(page, url):
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, url, "pooling")
    choose_radio(page, "Noise", "Salt")
    move_slider(page, "Window", 4)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.get_by_test_id("stMain").evaluate("node => node.scrollWidth") <= 390
    for part in page.locator(".root:has(.stage)").locator(".picture, .cells, .total, .bar, .sum").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
