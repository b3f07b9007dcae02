"""Pixels and channels in a real browser: what is read is what NumPy has, and reading asks no server."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from cnnlab.digits.pictures import DRAWN
from tests.browser.visitor import go_to
from ui.glossary import TERMS

SIDE = 96
VIEW = 400
PATIENCE = 60_000


@pytest.fixture
def frames(page, url):
    """The page, open and at rest; the list collects every websocket frame that is sent from now on."""
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page.goto(f"{url}/pixels")
    expect(readout(page)).to_contain_text("row 48, column 48", timeout=PATIENCE)
    at_rest(page)
    sent.clear()
    return sent


def at_rest(page: Page) -> None:
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(500)


def readout(page: Page) -> Locator:
    return page.locator(".readout span")


def picture(page: Page) -> Locator:
    return page.locator(".picture canvas")


def told(page: Page) -> tuple[int, int, list[float]]:
    """Row, column and values that the readout tells."""
    text = readout(page).text_content()
    row, column = map(int, re.match(r"row (\d+), column (\d+)", text).groups())
    return row, column, [float(word) for word in re.findall(r"[\d.]+", text.split("·")[1])]


def pixel_at(canvas: Locator, x: float, y: float) -> list[int]:
    """Red, green and blue that a canvas shows at a place in CSS pixels."""
    script = """(canvas, [x, y]) => {
        const scale = canvas.width / canvas.getBoundingClientRect().width;
        return [...canvas.getContext("2d").getImageData(x * scale, y * scale, 1, 1).data].slice(0, 3);
    }"""
    return canvas.evaluate(script, [x, y])


@pytest.mark.parametrize(("row", "column"), [(0, 0), (20, 70), (47, 33), (95, 95)])
def test_hover_reads_numpy_s_values_without_the_server(page, frames, row, column):
    pixels = DRAWN["Landscape"](SIDE).pixels
    cell = VIEW / SIDE
    x, y = (column + 0.5) * cell, (row + 0.5) * cell
    page.mouse.move(5, 5)
    assert pixel_at(picture(page), x, y) == pixels[row, column].tolist()
    picture(page).hover(position={"x": x, "y": y})
    expect(readout(page)).to_contain_text(f"row {row}, column {column} ·")
    assert told(page)[2] == pixels[row, column].tolist()
    page.get_by_role("button", name="0 to 1", exact=True).click()
    np.testing.assert_allclose(told(page)[2], pixels[row, column] / 255, atol=5e-4)
    assert frames == []


def test_hover_reads_the_planes(page, frames):
    pixels = DRAWN["Landscape"](SIDE).pixels
    for channel in range(3):
        plane = page.locator(".plane canvas").nth(channel)
        cell = plane.bounding_box()["width"] / SIDE
        plane.hover(position={"x": 70.5 * cell, "y": 20.5 * cell})
        assert told(page) == (20, 70, pixels[20, 70].tolist())
        only = [int(value) if c == channel else 0 for c, value in enumerate(pixels[20, 70])]
        assert pixel_at(plane, 70.5 * cell, 20.5 * cell) == only
    assert frames == []


def test_planes_laid_together_are_the_picture(page, frames):
    page.locator(".apart").fill("0")
    stage = page.locator(".stage")
    plane = page.locator(".plane").first
    expect(stage).to_have_attribute("aria-label", re.compile("together"))
    page.locator(".channels input").nth(2).uncheck()  # blue
    for blue in (False, True):
        page.locator(".channels input").nth(2).set_checked(blue)
        box = plane.bounding_box()
        shot = np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB"))
        for row, column in [(5, 5), (20, 70), (80, 10), (75, 62)]:
            x, y = (int(box[side] + (place + 0.5) * box["width"] / SIDE) for side, place in (("x", column), ("y", row)))
            expected = DRAWN["Landscape"](SIDE).pixels[row, column] * np.array([1, 1, blue])
            np.testing.assert_allclose(shot[y, x], expected, atol=2)
    assert frames == []


def test_keyboard_reads_and_zooms(page, frames):
    pixels = DRAWN["Landscape"](SIDE).pixels
    page.locator(".picture").focus()
    for key, place in [
        ("ArrowUp", (47, 48)),
        ("ArrowRight", (47, 49)),
        ("Shift+ArrowLeft", (47, 41)),
        ("ArrowDown", (48, 41)),
    ]:
        page.keyboard.press(key)
        assert told(page) == (*place, pixels[place].tolist())
    for _ in range(12):
        page.keyboard.press("+")
    expect(page.get_by_role("button", name="Zoom in")).to_be_disabled()
    for _ in range(12):
        page.keyboard.press("Shift+ArrowLeft")
    assert told(page) == (48, 0, pixels[48, 0].tolist())
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Whole picture")).to_be_disabled()
    assert frames == []


def test_hover_when_zoomed_in(page, frames):
    pixels = DRAWN["Landscape"](SIDE).pixels
    page.get_by_role("button", name="Numbers", exact=True).click()
    picture(page).hover(position={"x": 20, "y": 30})
    row, column, values = told(page)
    assert abs(row - 48) < 10
    assert abs(column - 48) < 10
    assert values == pixels[row, column].tolist()
    picture(page).hover(position={"x": 20 + 48, "y": 30})  # one cell further
    assert told(page)[:2] == (row, column + 1)
    assert frames == []


def test_the_mixer_follows_at_once_and_tells_at_the_end(page, frames):
    swatch = page.locator(".swatch[role=img]")
    red = page.get_by_role("slider", name="Red")
    red.evaluate("input => { input.value = 7; input.dispatchEvent(new Event('input', { bubbles: true })); }")
    expect(swatch).to_have_css("background-color", "rgb(7, 120, 40)")
    assert frames == []
    page.get_by_role("button", name="(230, 230, 250)").click()
    expect(swatch).to_have_css("background-color", "rgb(230, 230, 250)")
    expect(page.get_by_text("Exactly lavender")).to_be_visible(timeout=PATIENCE)
    red.press("ArrowLeft")
    expect(page.get_by_text("Closest to lavender")).to_be_visible(timeout=PATIENCE)


def test_zoom_and_colour_are_kept_from_page_to_page(page, frames):
    page.locator(".picture").focus()
    for key in ("ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Numbers", exact=True).click()
    zoom = page.locator(".zoom").input_value()
    assert float(zoom) > 0.5
    page.get_by_role("button", name="(255, 255, 0)").click()
    expect(page.get_by_text("Exactly yellow")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("slider", name="Blue").press("ArrowRight")
    expect(page.get_by_text("Closest to yellow")).to_be_visible(timeout=PATIENCE)
    go_to(page, "Convolution")
    go_to(page, "Pixels and channels")
    expect(readout(page)).to_contain_text("row 47, column 47 ·", timeout=PATIENCE)
    expect(page.locator(".zoom")).to_have_value(zoom)
    expect(page.get_by_text("Closest to yellow")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".swatch[role=img]")).to_have_css("background-color", "rgb(255, 255, 1)")
    assert frames != []


@pytest.mark.parametrize("name", ["pixels", "convolution", "pooling"])
def test_the_camera_pushes_no_picture_away(page, url, name):
    page.goto(f"{url}/{name}")
    seen = page.locator(".picture canvas").first
    expect(seen).to_be_visible(timeout=PATIENCE)
    at_rest(page)
    before = seen.bounding_box()["y"]
    page.get_by_role("radiogroup", name="Picture", exact=True).get_by_text("Camera", exact=True).click()
    expect(page.get_by_text("https or localhost")).to_be_visible(timeout=PATIENCE)
    at_rest(page)
    main = page.get_by_test_id("stMain")
    assert seen.bounding_box()["y"] + main.evaluate("node => node.scrollTop") == pytest.approx(before, abs=1)


def test_a_term_tells_its_meaning(page, frames):
    link = page.get_by_role("link", name="pixels", exact=True)
    assert link.get_attribute("title") == TERMS["pixel"]
    bubble = "link => getComputedStyle(link, '::after').content"
    assert link.evaluate(bubble) == "none"
    link.focus()
    assert TERMS["pixel"] in link.evaluate(bubble)
    link.click()
    page.wait_for_timeout(500)
    expect(page.get_by_role("heading", name="Pixels and channels")).to_be_visible()
    assert frames == []


def test_predict_by_keyboard(page, frames):
    expect(page.get_by_text("0 of 3 predictions answered")).to_be_visible()
    answer = page.get_by_role("spinbutton", name="Your answer").first
    answer.fill(str(SIDE * SIDE * 3))
    answer.press("Enter")
    expect(page.get_by_text("1 of 3 predictions answered")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("96 x 96 x 3 = 27,648")).to_be_visible()
    assert frames != []


def test_an_upload_is_shown_pixel_by_pixel(page, frames):
    values = np.random.default_rng(0).integers(0, 256, (12, 20), np.uint8)
    buffer = BytesIO()
    Image.fromarray(values).save(buffer, "PNG")
    page.get_by_role("radiogroup", name="Picture").get_by_text("Photo", exact=True).click()
    page.locator('input[type="file"]').set_input_files(
        {"name": "noise.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
    )
    expect(readout(page)).to_contain_text("row 6, column 10 ·", timeout=PATIENCE)
    picture(page).hover(position={"x": 3.5 * 20, "y": 7.5 * 20})
    assert told(page) == (7, 3, [float(values[7, 3])])
    expect(page.locator(".stage")).to_be_hidden()
    assert frames != []


def test_on_a_phone(page, url):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{url}/pixels")
    expect(readout(page)).to_contain_text("row 48, column 48", timeout=PATIENCE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = picture(page).bounding_box()
    assert 300 < box["width"] <= 390
    picture(page).hover(position={"x": 70.5 * box["width"] / SIDE, "y": 20.5 * box["width"] / SIDE})
    assert told(page) == (20, 70, DRAWN["Landscape"](SIDE).pixels[20, 70].tolist())
