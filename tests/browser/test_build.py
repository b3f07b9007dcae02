"""Build in a real browser: layers are dragged, moved by keys and mended, and the drawing is taken along."""

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import NO_ENGINE, ROOT
from tests.browser.visitor import PATIENCE, button, choose_preset, open_page


@pytest.fixture(scope="module")
def url(start_app, tmp_path_factory):
    return start_app(ROOT / "app.py", {"CNNLAB_RUNS": str(tmp_path_factory.mktemp("runs"))} | NO_ENGINE)


def cards(page: Page):
    return page.locator("ol li button")


def expect_layers(page: Page, *names: str) -> None:
    expect(cards(page).locator(".name")).to_have_text(list(names), timeout=PATIENCE)


TINY = ("Input", "Conv2D", "MaxPooling2D", "Flatten", "Dense")


def open_tiny(page: Page, url: str) -> None:
    open_page(page, url, "Build")
    choose_preset(page, "Tiny")
    expect_layers(page, *TINY)


def drag(page: Page, source: int, target: int) -> None:
    """Drag a card by the mouse onto the right half of another one."""
    start, end = (cards(page).nth(index).bounding_box() for index in (source, target))
    page.mouse.move(start["x"] + 40, start["y"] + 60)
    page.mouse.down()
    page.mouse.move(end["x"] + 0.8 * end["width"], end["y"] + 60, steps=8)
    page.mouse.up()


def test_layers_are_dragged_moved_by_keys_and_taken_back(page, url):
    open_tiny(page, url)
    drag(page, 1, 2)
    expect_layers(page, "Input", "MaxPooling2D", "Conv2D", "Flatten", "Dense")
    expect(cards(page).nth(2)).to_have_attribute("aria-pressed", "true")
    cards(page).nth(2).focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect_layers(page, *TINY)
    expect(cards(page).nth(1)).to_be_focused()  # the focus goes with the layer
    page.keyboard.press("Alt+ArrowLeft")  # nothing comes before the input
    page.keyboard.press("Alt+ArrowRight")
    expect_layers(page, "Input", "MaxPooling2D", "Conv2D", "Flatten", "Dense")
    page.keyboard.press("Control+z")
    expect_layers(page, *TINY)
    page.keyboard.press("Control+Shift+z")
    expect_layers(page, "Input", "MaxPooling2D", "Conv2D", "Flatten", "Dense")
    drag(page, 1, 0)  # nor by the mouse
    expect_layers(page, "Input", "MaxPooling2D", "Conv2D", "Flatten", "Dense")


def test_a_press_without_a_move_selects(page, url):
    open_tiny(page, url)
    cards(page).nth(4).click()
    expect(page.get_by_text("Layer 4 · Dense")).to_be_visible(timeout=PATIENCE)


def test_what_does_not_fit_is_mended_by_one_button(page, url):
    open_tiny(page, url)
    drag(page, 3, 1)  # Flatten before the pooling
    expect(page.get_by_text("MaxPooling2D needs a map").first).to_be_visible(timeout=PATIENCE)
    button(page, "Move it before Flatten").click()
    expect_layers(page, *TINY)
    expect(button(page, "Train it")).to_be_enabled(timeout=PATIENCE)


def test_the_drawing_is_saved_by_the_browser_itself(page, url):
    open_tiny(page, url)
    drawing = page.locator(".drawing svg[role=img]")
    expect(drawing.locator("title")).to_contain_text("Conv2D 12 x 12 x 4", timeout=PATIENCE)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as SVG").click()
    assert download.value.suggested_filename == "network.svg"
    root = ET.fromstring(download.value.path().read_text())
    width, height = (float(root.get(side)) for side in ("width", "height"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    picture = Image.open(io.BytesIO(download.value.path().read_bytes())).convert("RGB")
    assert picture.size == (3 * width, 3 * height)
    assert picture.getpixel((0, 0)) == (255, 255, 255)
    assert len(picture.getcolors(1 << 24)) > 10


def test_it_fits_a_phone_and_a_finger_moves_a_card_by_its_grip(browser, url):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_tiny(page, url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    grip, end = cards(page).nth(1).locator(".grip").bounding_box(), cards(page).nth(2).bounding_box()
    session = context.new_cdp_session(page)
    points = [(grip["x"] + 8, grip["y"] + 8), (end["x"] + 40, end["y"] + 40), (end["x"] + 70, end["y"] + 60)]
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), points, strict=True):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect_layers(page, "Input", "MaxPooling2D", "Conv2D", "Flatten", "Dense")
    context.close()
