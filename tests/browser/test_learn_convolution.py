"""Convolution in a real browser: the right patch, the right products, the right sum, and no server."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from cnnlab import mnist
from cnnlab.digits.pictures import DRAWN
from cnnlab.lessons.named_kernels import KERNEL_PRESETS
from cnnlab.nn.operations import conv2d, conv2d_at, pad_widths
from tests.browser.visitor import go_to
from tests.browser.windows import (
    MINUS,
    PATIENCE,
    hover,
    lit,
    move_slider,
    number,
    open_page,
    settle,
    totals,
    window,
    written,
)

TEST = mnist.load().test
SEVEN = mnist.normalise(TEST.images[np.flatnonzero(TEST.labels == 7)[0]])
LANDSCAPE = mnist.normalise(DRAWN["Landscape"](28).pixels)


@dataclass(frozen=True)
class Settings:
    """What is set on the page, and by that what it must show."""

    image: np.ndarray
    preset: str = "Sobel x"
    size: int = 3
    strides: int = 1
    padding: str = "valid"
    dilation_rate: int = 1

    @property
    def kernel(self) -> np.ndarray:
        return KERNEL_PRESETS[self.preset].kernel(self.size, self.image.shape[2])

    @property
    def sliding(self) -> dict:
        return {"strides": self.strides, "padding": self.padding, "dilation_rate": self.dilation_rate}

    @property
    def map(self) -> np.ndarray:
        return conv2d(self.image, self.kernel, np.zeros(1, np.float32), **self.sliding)[..., 0]

    def cell(self, row: int, column: int):
        return conv2d_at(self.image, self.kernel, np.zeros(1, np.float32), row, column, 0, **self.sliding)

    def seen(self, row: int, column: int) -> set[tuple[int, int]]:
        """The cells of the picture with its border that the window covers."""
        steps = range(0, self.size * self.dilation_rate, self.dilation_rate)
        return {(row * self.strides + down, column * self.strides + right) for down in steps for right in steps}


def choose(page: Page, settings: Settings) -> None:
    """Bring the page from its first settings to these."""
    if settings.image is LANDSCAPE:
        page.get_by_text("In colour").click()
        settle(page)
    page.get_by_role("radio", name=settings.preset, exact=True).click()
    settle(page)
    for name, value, first in (
        ("Kernel size", settings.size, 3),
        ("Stride", settings.strides, 1),
        ("Dilation", settings.dilation_rate, 1),
    ):
        if value != first:
            move_slider(page, name, value - first)
    if settings.padding != "valid":
        page.get_by_role("radio", name=settings.padding, exact=True).click()
        settle(page)


def products(root: Locator) -> np.ndarray:
    """Every product on the page, as (channels, kernel_height * kernel_width)."""
    grids = root.locator(".work .term:nth-child(3) .cells").all()
    titles = [grid.locator("span").evaluate_all("cells => cells.map((cell) => cell.title)") for grid in grids]
    return np.array([[number(title.split(" = ")[1]) for title in titles_] for titles_ in titles])


CASES = {
    "as it opens": Settings(SEVEN),
    "stride 2": Settings(SEVEN, strides=2),
    "padding same": Settings(SEVEN, padding="same"),
    "dilation 2": Settings(SEVEN, dilation_rate=2),
    "padding same, stride 3, 5 x 5": Settings(SEVEN, "Gaussian", 5, 3, "same"),
    "colour": Settings(LANDSCAPE, "Red"),
    "colour, Sobel x, stride 2, same": Settings(LANDSCAPE, "Sobel x", 3, 2, "same"),
}


@pytest.mark.parametrize("settings", CASES.values(), ids=CASES)
def test_hovering_shows_the_patch_the_products_and_the_sum_without_the_server(page, url, settings):
    frames = open_page(page, url, "convolution")
    choose(page, settings)
    root, expected = window(page), settings.map
    reach = (settings.size - 1) * settings.dilation_rate + 1
    padded = tuple(size + sum(pad_widths(size, reach, settings.strides, settings.padding)) for size in (28, 28))
    strongest = tuple(map(int, np.unravel_index(np.abs(expected).argmax(), expected.shape)))
    frames.clear()
    for row, column in (strongest, (0, 0), (expected.shape[0] - 1, expected.shape[1] // 2)):
        hover(root, expected.shape, row, column)
        cell = settings.cell(row, column)
        channels = settings.image.shape[2]
        shown = products(root)
        np.testing.assert_allclose(shown, np.moveaxis(cell.products, 2, 0).reshape(channels, -1), rtol=1e-5, atol=1e-7)
        assert shown.sum() == pytest.approx(expected[row, column], abs=1e-4)
        *sums, bias, total = totals(root)
        np.testing.assert_allclose(sums, cell.products.sum(axis=(0, 1)), atol=6e-4)
        assert bias == 0
        assert total == pytest.approx(expected[row, column], abs=6e-4)
        for term, values in ((1, cell.patch), (2, cell.weights), (3, cell.products)):
            read = np.array([[number(text) for text in texts] for texts in written(root, term)])
            np.testing.assert_allclose(read, np.moveaxis(values, 2, 0).reshape(channels, -1), atol=0.0501)
        for plane in range(channels):
            assert lit(root, plane, padded) == settings.seen(row, column)
        said = root.get_by_role("slider", name=re.compile("Arrow keys move the cell")).get_attribute("aria-valuetext")
        assert f"{cell.products.size} products" in said
    assert frames == []


def test_the_keyboard_alone_drives_the_picture(page, url):
    frames = open_page(page, url, "convolution")
    root, settings = window(page), CASES["as it opens"]
    slider = root.get_by_role("slider", name=re.compile("Arrow keys move the cell"))
    row, column = (int(value) for value in np.unravel_index(np.abs(settings.map).argmax(), settings.map.shape))
    root.locator(".scrub").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.getAttribute('role')") == "slider"
    frames.clear()
    place = root.locator(".place")
    for key, down, right in [("ArrowUp", -1, 0), ("ArrowLeft", 0, -1), ("ArrowDown", 1, 0), ("ArrowRight", 0, 1)]:
        page.keyboard.press(key)
        row, column = row + down, column + right
        expect(place).to_have_text(f"row {row}, column {column}")
        assert totals(root)[-1] == pytest.approx(settings.map[row, column], abs=6e-4)
    assert int(slider.get_attribute("aria-valuenow")) == row * 26 + column
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(place).to_have_text(f"row {row}, column 0")
    page.keyboard.press("End")
    expect(place).to_have_text(f"row {row}, column 25")
    for button, expected in (("One cell on", f"row {row + 1}, column 0"), ("One cell back", f"row {row}, column 25")):
        root.get_by_role("button", name=button).press("Enter")
        expect(place).to_have_text(expected)
    root.locator(".scrub").press("Home")
    expect(place).to_have_text("row 0, column 0")
    assert frames == []


def test_play_moves_by_itself_and_a_resting_pointer_pauses_it(page, url):
    open_page(page, url, "convolution")
    root = window(page)
    root.get_by_role("button", name="Play").click()
    place = root.locator(".place")
    before = place.text_content()
    expect(place).not_to_have_text(before)
    hover(root, (26, 26), 3, 4)
    page.wait_for_timeout(600)
    expect(place).to_have_text("row 3, column 4")
    root.get_by_role("button", name="Pause").hover()
    expect(place).not_to_have_text("row 3, column 4")
    root.get_by_role("button", name="Pause").click()
    before = place.text_content()
    page.wait_for_timeout(600)
    expect(place).to_have_text(before)


def test_the_input_can_be_pointed_at_too(page, url):
    open_page(page, url, "convolution")
    root = window(page)
    picture = root.locator(".plane .picture")
    box = picture.bounding_box()
    picture.hover(position={"x": 10.5 / 28 * box["width"], "y": 20.5 / 28 * box["height"]})
    expect(root.locator(".place")).to_have_text("row 19, column 9")
    assert (20, 10) in lit(root, 0, (28, 28))


def test_relu_and_bias_are_in_the_arithmetic(page, url):
    open_page(page, url, "convolution")
    page.get_by_role("radio", name="relu", exact=True).click()
    settle(page)
    move_slider(page, "Bias", 5)
    root, settings = window(page), CASES["as it opens"]
    row, column = (int(value) for value in np.unravel_index(settings.map.argmin(), settings.map.shape))
    hover(root, (26, 26), row, column)
    before = settings.map[row, column] + 0.5
    assert totals(root)[1:] == pytest.approx([0.5, before, 0], abs=6e-4)
    expect(root.locator(".total .result th")).to_have_text(re.compile(rf"max\(0, {MINUS}\d"))


def test_a_number_that_is_typed_in_changes_the_filter_and_is_kept_until_it_is_taken_back(page, url):
    open_page(page, url, "convolution")
    root = window(page)
    assert number(written(root, 2)[0][0]) == -1
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    table.click(position={"x": 25, "y": 52})
    page.wait_for_timeout(500)
    page.keyboard.type("5")
    page.wait_for_timeout(500)
    page.keyboard.press("Enter")
    expect(root.locator(".work .term:nth-child(2) .cells span").first).to_have_text("5", timeout=PATIENCE)
    assert [number(text) for text in written(root, 2)[0][1:]] == [0, 1, -2, 0, 2, -1, 0, 1]
    row, column = 6, 6
    hover(root, (26, 26), row, column)
    kernel = CASES["as it opens"].kernel.copy()
    kernel[0, 0] = 5
    expected = conv2d_at(SEVEN, kernel, np.zeros(1, np.float32), row, column, 0).output
    assert totals(root)[-1] == pytest.approx(expected, abs=6e-4)
    go_to(page, "Pooling")
    go_to(page, "Convolution")
    first = window(page).locator(".work .term:nth-child(2) .cells span").first
    expect(first).to_have_text("5", timeout=PATIENCE)
    page.get_by_role("button", name="Back to Sobel x").click()
    expect(first).to_have_text(f"{MINUS}1", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Back to Sobel x")).to_be_hidden()


def test_a_deep_cell_shows_what_it_sees(page, url):
    frames = open_page(page, url, "convolution")
    root = page.locator(".root:has(.stage)").last
    frames.clear()
    hover(root, (8, 8), 2, 3)
    assert lit(root, 0, (28, 28)) == {(row, column) for row in range(4, 18) for column in range(6, 20)}
    expect(root.locator(".sum")).to_contain_text("14 x 14 = 196 pixels")
    assert frames == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["convolution", "pooling"])
def test_everything_fits_on_a_phone(page, url, name, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, url, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if name == "convolution":
        page.get_by_text("In colour").click()
        settle(page)
    for root in page.locator(".root:has(.stage)").all():
        for part in root.locator(".picture, .cells, .total, .bar, .sum").all():
            box = part.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
        columns = [figure.bounding_box() for figure in root.locator(".many .plane").all()]
        for column, work in zip(columns, root.locator(".many .work").all(), strict=True):
            for cells in work.locator(".cells").all():
                box = cells.bounding_box()
                assert column["x"] <= box["x"]
                assert box["x"] + box["width"] <= column["x"] + column["width"] + 2
        red, green, blue = map(int, re.findall(r"\d+", root.evaluate("node => getComputedStyle(node).color"))[:3])
        assert (red + green + blue > 380) == (scheme == "dark")
