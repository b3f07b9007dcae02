"""Build in a real browser: layers are dragged, moved by keys and mended, and the drawing is taken along."""

import io
import xml.etree.ElementTree as ET

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.visitor import PATIENCE, at_rest, button, choose_preset, open_page


def cards(page: Page):
    return page.locator("ol li button")


def expect_layers(page: Page, *names: str) -> None:
    expect(cards(page).locator(".name")).to_have_text(list(names), timeout=PATIENCE)


TINY = ("Input", "Conv2D", "MaxPooling2D", "Flatten", "Dense")


def open_tiny(page: Page, url: str) -> None:
    open_page(page, url, "Build")
    choose_preset(page, "Tiny")
    expect_layers(page, *TINY)


def middle(node: Locator, across: float = 0.5) -> tuple[float, float]:
    box = node.bounding_box()
    return box["x"] + across * box["width"], box["y"] + 0.5 * box["height"]


def drag(page: Page, source: Locator, target: int) -> None:
    """Drag a card or a kind of layer by the mouse onto the right half of a card, once it is no longer redrawn."""
    at_rest(page)
    page.mouse.move(*middle(source))
    page.mouse.down()
    page.mouse.move(*middle(cards(page).nth(target), across=0.8), steps=8)
    page.mouse.up()


def kind(page: Page, name: str) -> Locator:
    """What is pressed to add a layer of this kind."""
    return page.get_by_role("group", name="Add a layer").get_by_role("button", name=name, exact=True)


def test_layers_are_dragged_moved_by_keys_and_taken_back(page, url):
    open_tiny(page, url)
    drag(page, cards(page).nth(1), 2)
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
    drag(page, cards(page).nth(1), 0)  # nor by the mouse
    expect_layers(page, "Input", "MaxPooling2D", "Conv2D", "Flatten", "Dense")


def test_layers_are_added_and_taken_away_by_mouse_and_by_keys(page, url):
    open_tiny(page, url)
    kind(page, "Dropout").click()  # after the chosen layer, the first one
    expect_layers(page, "Input", "Conv2D", "Dropout", "MaxPooling2D", "Flatten", "Dense")
    drag(page, kind(page, "AveragePooling2D"), 3)
    expect_layers(page, "Input", "Conv2D", "Dropout", "MaxPooling2D", "AveragePooling2D", "Flatten", "Dense")
    expect(cards(page).nth(4)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+z")
    cards(page).nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(cards(page).nth(2)).to_be_focused()
    page.keyboard.press("Delete")
    expect_layers(page, *TINY)
    expect(cards(page).nth(2)).to_be_focused()
    cards(page).nth(0).focus()
    page.keyboard.press("Delete")  # the input stays
    page.keyboard.press("Enter")
    expect(page.get_by_text("784 pixels in one channel")).to_be_visible(timeout=PATIENCE)
    kind(page, "BatchNormalization").focus()
    page.keyboard.press("Enter")  # after the input: at the beginning
    expect_layers(page, "Input", "BatchNormalization", *TINY[1:])
    expect(kind(page, "BatchNormalization")).to_be_focused()  # so that another can follow


def test_a_drag_that_leaves_the_row_or_is_broken_off_changes_nothing(page, url):
    open_tiny(page, url)
    page.mouse.move(*middle(kind(page, "Dense")))
    page.mouse.down()
    page.mouse.move(*middle(kind(page, "Flatten")), steps=8)
    page.mouse.up()
    page.mouse.move(*middle(cards(page).nth(1)))
    page.mouse.down()
    page.mouse.move(*middle(cards(page).nth(3)), steps=8)
    expect(page.locator("li.before, li.after")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("li.before, li.after")).to_have_count(0)
    page.mouse.up()
    page.wait_for_timeout(500)
    expect_layers(page, *TINY)


def test_a_press_without_a_move_selects(page, url):
    open_tiny(page, url)
    cards(page).nth(4).click()
    expect(page.get_by_text("Layer 4 · Dense")).to_be_visible(timeout=PATIENCE)


def test_what_does_not_fit_is_mended_by_one_button(page, url):
    open_tiny(page, url)
    drag(page, cards(page).nth(3), 1)  # Flatten before the pooling
    expect(page.get_by_text("MaxPooling2D needs a map").first).to_be_visible(timeout=PATIENCE)
    button(page, "Move it before Flatten").click()
    expect_layers(page, *TINY)
    expect(button(page, "Train it")).to_be_enabled(timeout=PATIENCE)


def test_undo_by_keys_leaves_what_is_being_typed_alone(page, url):
    open_tiny(page, url)
    cards(page).nth(4).click()
    page.get_by_role("spinbutton", name="Units").fill("77")
    page.keyboard.press("Tab")
    expect(cards(page).nth(4)).to_contain_text("77 units", timeout=PATIENCE)
    expect(page.get_by_text("the last layer must be Dense(10")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Control+z")
    expect(cards(page).nth(4)).to_contain_text("10 units", timeout=PATIENCE)


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
