"""Why, Looks for and Robustness in a real browser: numbers equal NumPy's, and pointing asks no server."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from cnnlab import mnist, starter
from cnnlab.digits import distortions
from cnnlab.digits.distortions import Distortion
from cnnlab.explain import attribution
from cnnlab.explain.score import Reader, Score, class_direction
from cnnlab.nn.operations import softmax
from tests.browser.visitor import PATIENCE, open_page, settle

READER = Reader.of(*starter.load())
TEST = mnist.load().test
SEVEN = mnist.normalise(TEST.images[np.flatnonzero(TEST.labels == 7)[0]])[..., 0]
SCORE = Score(READER, class_direction(7))


@pytest.fixture(scope="module")
def url(start_app, tmp_path_factory):
    return start_app("app.py", {"CNNLAB_RUNS": str(tmp_path_factory.mktemp("runs"))})


def open_view(page: Page, url: str, view: str, shown: str) -> list[str]:
    """Open a view; the list collects every websocket frame that is sent from now on."""
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(str(frame))))
    open_page(page, url, "Look inside", f"view={view}")
    expect(page.locator(f"{shown}:visible").first).to_be_visible(timeout=PATIENCE)
    settle(page)
    frames.clear()
    return frames


def choose(page: Page, group: str, name: str) -> None:
    page.get_by_role("radiogroup", name=group).get_by_text(name, exact=True).click()


def number(text: str) -> float:
    return float(text.replace("%", "").replace("+", "").replace("> ", "").replace("< ", ""))


def readings(page: Page) -> list[float]:
    """What stands below each picture."""
    return [number(text) for text in page.locator(".panels .reading").all_text_contents()]


def point_at(page: Page, panel: int, row: int, column: int) -> None:
    """Move the pointer to a pixel of the digit, on one of the pictures."""
    stage = page.locator(".panels .stage").nth(panel)
    box = stage.bounding_box()
    stage.hover(position={"x": box["width"] * (column + 0.5) / 28, "y": box["height"] * (row + 0.5) / 28})


def test_pointing_at_a_pixel_reads_it_in_all_pictures(page, url):
    frames = open_view(page, url, "Why", ".panels .picture")
    pixels = attribution.integrated_gradients(SCORE.gradient, SEVEN).pixels
    for panel, row, column in ((0, 7, 12), (1, 20, 13), (2, 8, 8)):
        point_at(page, panel, row, column)
        assert readings(page)[:2] == pytest.approx([SEVEN[row, column], pixels[row, column]], rel=0.006, abs=1e-6)
        expect(page.locator(".panels .cell").nth(2)).to_be_visible()
    page.locator(".panels").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert readings(page)[1] == pytest.approx(pixels[7, 7], rel=0.006, abs=1e-6)
    assert "row 7, column 7" in page.locator(".spoken").first.text_content()
    assert frames == []


def test_grad_cam_is_read_on_its_own_grid_too(page, url):
    open_view(page, url, "Why", ".panels .picture")
    choose(page, "Method", "Grad-CAM")
    expect(page.get_by_text("The layer's own grid", exact=True)).to_be_visible(timeout=PATIENCE)
    settle(page)
    grid = attribution.grad_cam(*SCORE.at_layer(SEVEN, 2))
    row, column = np.unravel_index(grid.argmax(), grid.shape)
    side = 28 / len(grid)
    point_at(page, 2, (row + 0.5) * side - 0.5, (column + 0.5) * side - 0.5)
    assert readings(page)[2] == pytest.approx(grid.max(), rel=0.006)


def test_the_slider_turns_the_digit_in_the_browser(page, url):
    frames = open_view(page, url, "Robustness", ".readings span")
    turned = distortions.sweep(SEVEN, "turn", Distortion())
    read = softmax(np.stack([READER.logits(image) for image in turned]))
    assert page.locator(".readings").text_content() == "".join(map(str, read.argmax(axis=1)))
    wrong = page.locator(".readings .wrong").all_text_contents()
    assert wrong == [str(digit) for digit in read.argmax(axis=1) if digit != 7]
    slider = page.locator("input.step")
    slider.focus()
    for step in (9, 8, 7):
        page.keyboard.press("ArrowLeft")
        said = page.locator(".read").text_content()
        assert f"read as {read[step].argmax()}," in said
        assert number(said.split(", ")[1]) == pytest.approx(100 * read[step].max(), abs=0.11)
    assert re.search("turn -27", page.locator(".where").text_content())
    shown = page.locator(".now .picture").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, k) => k % 4 === 0)"
    )
    np.testing.assert_allclose(np.reshape(shown, (28, 28)), 255 * turned[7], atol=0.51)
    page.locator(".chart svg").hover(position={"x": 40, "y": 100})
    assert "turn -90" in page.locator(".where").text_content()
    assert frames == []


def test_a_click_on_an_ideal_digit_shows_how_it_came_about(page, url):
    open_view(page, url, "Looks for", ".grid .map")
    film = page.get_by_text(re.compile("From noise to what digit 7 looks for"))
    expect(film).to_be_visible(timeout=PATIENCE)
    page.locator(".grid").first.locator(".map").nth(3).click()
    expect(page.get_by_text(re.compile("From noise to what digit 3 looks for"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("The network reads the last picture as 3")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("view", ["Why", "Looks for", "Robustness"])
def test_nothing_is_wider_than_a_phone(page, url, view):
    page.set_viewport_size({"width": 390, "height": 844})
    open_view(page, url, view, "canvas")
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth + 1")
