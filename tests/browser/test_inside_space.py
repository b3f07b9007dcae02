"""The space of digits as a person sees it: pointing, arrow keys, classes, playing, turning, and the view itself."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import PATIENCE, open_page

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def url(start_app):
    return start_app(Path(__file__).with_name("scatter_app.py"))


def open_scatter(page: Page, url: str, query: str = "") -> list[str]:
    """Open the app; the list collects every websocket frame that is sent from now on."""
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page.goto(f"{url}/?{query}")
    expect(page.locator(".card b")).to_have_text("Your drawing")
    page.wait_for_timeout(300)
    sent.clear()
    return sent


def point_at(page: Page, right: float, down: float) -> None:
    """Point at a place, as shares of the stage."""
    box = page.locator(".stage").bounding_box()
    page.mouse.move(box["x"] + right * box["width"], box["y"] + down * box["height"])


def card(page: Page) -> tuple[str, ...]:
    return tuple(page.locator(f".card {part}").text_content() for part in ("b", ".verdict", "small"))


def grey_of_picture(page: Page) -> int:
    return page.locator(".picture").evaluate("canvas => canvas.getContext('2d').getImageData(14, 14, 1, 1).data[0]")


def inked(page: Page) -> list[float]:
    """Where anything is drawn: left, top, right, bottom, as shares of the stage."""
    return page.locator(".stage").evaluate(
        """canvas => {
            const [w, h] = [canvas.width, canvas.height];
            const pixels = canvas.getContext("2d").getImageData(0, 0, w, h).data;
            const [xs, ys] = [[], []];
            for (let k = 0; k < w * h; k++) if (pixels[4 * k + 3]) { xs.push(k % w); ys.push(Math.floor(k / w)); }
            const ends = (all, size) => [all.reduce((a, b) => Math.min(a, b)) / size, all.reduce((a, b) => Math.max(a, b)) / size];
            const [[left, right], [top, bottom]] = [ends(xs, w), ends(ys, h)];
            return [left, top, right, bottom];
        }"""
    )


def test_pointing_shows_the_digit_at_once_without_the_server(page, url):
    sent = open_scatter(page, url)
    assert card(page) == ("Your drawing", "read as 7", "")
    assert grey_of_picture(page) == 200
    page.locator(".scrub").fill("2")  # they reach the edges
    height, width = (page.locator(".stage").bounding_box()[side] for side in ("height", "width"))
    left = 0.5 - (height / 2 - 26) / width  # one scale for both axes
    point_at(page, left, 1 - 26 / height)
    assert card(page) == ("A 4", "read as 4 ✓", "Test digit 0")
    assert grey_of_picture(page) == 40
    point_at(page, 1 - left, 26 / height)
    assert card(page) == ("A 9", "read as 9 ✓", "Test digit 2")
    assert grey_of_picture(page) == 120
    assert sent == []


def test_arrow_keys_go_from_digit_to_digit(page, url):
    open_scatter(page, url)
    page.locator(".scrub").fill("2")
    page.locator(".stage").focus()
    for key, name in [
        ("ArrowLeft", "Test digit 0"),
        ("ArrowUp", "Test digit 1"),
        ("ArrowRight", "Test digit 2"),
        ("ArrowDown", "Test digit 3"),
        ("ArrowDown", "Test digit 3"),
    ]:
        page.keyboard.press(key)
        expect(page.locator(".card small")).to_have_text(name)


def test_a_class_alone(page, url):
    open_scatter(page, url)
    page.locator(".scrub").fill("2")
    nine = page.get_by_role("group", name="Show only these digits").get_by_role("button", name="9")
    nine.click()
    expect(nine).to_have_attribute("aria-pressed", "true")
    page.locator(".stage").focus()
    page.keyboard.press("ArrowLeft")  # only fours are there
    assert card(page)[0] == "Your drawing"
    page.keyboard.press("ArrowRight")
    assert card(page)[0] == "A 9"


def test_playing_moves_the_points_and_what_is_read(page, url):
    sent = open_scatter(page, url)
    expect(page.locator("output")).to_have_text("at first")
    left, top, *_ = inked(page)
    page.get_by_role("button", name="Play").click()
    expect(page.locator("output")).to_have_text("at last")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert inked(page)[0] < left - 0.1
    assert inked(page)[1] < top - 0.1
    page.locator(".scrub").fill("0")
    page.locator(".stage").focus()
    page.keyboard.press("ArrowUp")
    assert card(page) == ("A 4", "read as 9 ✗", "Test digit 0")
    page.locator(".scrub").fill("1")
    assert card(page) == ("A 4", "read as 4 ✓", "Test digit 0")
    assert sent == []


def test_a_space_turns_by_mouse_keys_and_by_itself(page, url):
    sent = open_scatter(page, url, "solid")
    first = inked(page)
    point_at(page, 0.5, 0.2)
    page.mouse.down()
    point_at(page, 0.7, 0.2)
    page.mouse.up()
    second = inked(page)
    assert second != first
    page.locator(".stage").focus()
    page.keyboard.press("Shift+ArrowLeft")
    third = inked(page)
    assert third != second
    page.get_by_role("button", name="Turn").click()
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Hold").click()
    assert inked(page) != third
    assert sent == []


def test_frame_point_and_node_stay_when_the_page_runs_again(page, url):
    open_scatter(page, url)
    page.locator(".scrub").fill("1")
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")
    before = card(page)
    page.get_by_role("button", name="Again").click()
    page.wait_for_timeout(700)
    assert card(page) == before
    expect(page.locator("output")).to_have_text("in between")


def test_on_a_phone_nothing_is_cut_off(page, url):
    page.set_viewport_size({"width": 390, "height": 844})
    open_scatter(page, url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(".side").bounding_box()
    stage = page.locator(".stage").bounding_box()
    assert box["y"] >= stage["y"] + stage["height"]


def test_the_view_shows_2000_digits(page, start_app, tmp_path_factory):
    app = start_app(ROOT / "app.py", {"CNNLAB_RUNS": str(tmp_path_factory.mktemp("runs"))})
    open_page(page, app, "Look inside", "view=Space")
    stage = page.get_by_role("application", name="2,000 test digits as points")
    expect(stage).to_be_visible(timeout=3 * PATIENCE)
    stage.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".card small")).to_contain_text("Test digit")
