"""The curves in a real browser: what is drawn, zoom by wheel and by two fingers, marks. The server is not asked."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NO_ENGINE, Path
from tests.browser.test_components import open_app

APP = Path(__file__).with_name("components_app.py")


@pytest.fixture(scope="module")
def url(start_app):
    return start_app(APP, NO_ENGINE)


def ends(page: Page) -> tuple[int, int]:
    """The steps at both edges of the first chart."""
    box = page.locator(".chart").first.bounding_box()
    found = []
    for x in (47, box["width"] - 11):
        page.mouse.move(box["x"] + x, box["y"] + 100)
        found.append(int(page.locator(".tip b").text_content().split(",")[0].removeprefix("Step ")))
    return found[0], found[1]


def width(page: Page) -> int:
    low, high = ends(page)
    return high - low


def path(page: Page, series: str) -> str:
    return page.locator(f".chart {series}").first.get_attribute("d")


def reset(page: Page) -> Locator:
    return page.get_by_role("button", name="Reset zoom")


def test_each_series_can_be_left_out(page, url):
    frames = open_app(page, url, "only=curves")
    shapes = {"each batch": ".batch", "smoothed": ".smooth", "epoch mean": ".point.training", "validation": ".line"}
    for name, series in shapes.items():
        button = page.get_by_role("button", name=name, exact=True)
        assert path(page, series)
        button.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "false")
        assert path(page, series) == ""
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert path(page, series)
    assert frames == []


def test_without_the_batches_the_scale_is_that_of_what_is_left(page, url):
    open_app(page, url, "only=curves")
    labels = page.locator(".chart").first.locator('.grid text[x="40"]')
    assert max(float(text) for text in labels.all_text_contents() if text != "epoch") >= 2
    for name in ("each batch", "smoothed", "epoch mean"):
        page.get_by_role("button", name=name, exact=True).click()
    assert max(float(text) for text in labels.all_text_contents() if text != "epoch") < 0.6  # the validation's loss


def test_the_wheel_zooms_once_the_charts_were_clicked(page, url):
    frames = open_app(page, url, "only=curves")
    chart = page.locator(".chart").first
    chart.hover(position={"x": 200, "y": 100})
    page.mouse.wheel(0, -300)
    expect(reset(page)).to_be_disabled()  # it belongs to the page
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(reset(page)).to_be_enabled()
    once = width(page)
    assert once < 380
    chart.click(position={"x": 200, "y": 100})
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(100)
    low, high = ends(page)
    assert high - low < 0.9 * once
    page.mouse.wheel(-200, 0)
    page.wait_for_timeout(100)
    assert ends(page)[0] < low
    assert ends(page)[1] < high
    page.locator(".plots").press("Escape")
    expect(reset(page)).to_be_disabled()
    assert frames == []


def fingers(page: Page, *moves: tuple[float, float]) -> None:
    """Put two fingers on the first chart, at these shares of its width, and move them from one pair to the next."""
    box = page.locator(".chart").first.bounding_box()
    session = page.context.new_cdp_session(page)
    for kind, pair in [("touchStart", moves[0]), *(("touchMove", pair) for pair in moves[1:])]:
        points = [{"x": box["x"] + share * box["width"], "y": box["y"] + 100, "id": k} for k, share in enumerate(pair)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_two_fingers_zoom_and_one_chooses_a_part(browser, url):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    open_app(page, url, "only=curves")
    wide = width(page)
    fingers(page, (0.5, 0.6), (0.4, 0.7), (0.3, 0.8))
    expect(reset(page)).to_be_enabled()
    assert width(page) < wide / 2
    fingers(page, (0.2, 0.9), (0.5, 0.52))
    expect(reset(page)).to_be_disabled()
    context.close()


def test_what_was_changed_by_hand_is_marked(page, url):
    open_app(page, url, "only=marked")
    marks = page.locator(".chart").first.locator(".marks")
    assert marks.locator("line").count() == 2
    expect(marks.locator("text")).to_have_text(["learning rate 0.1", "learning rate 0.01"])
    page.locator(".plots").press("+")  # around the middle: the marks at 80 and 350 are out of sight
    expect(marks.locator("line")).to_have_count(0)
