"""What a person does in front of the app: goes to pages, draws, reads."""

import re

from playwright.sync_api import Locator, Page, expect

PAGES = {
    "Home": "",
    "Pixels and channels": "pixels",
    "Convolution": "convolution",
    "Pooling": "pooling",
    "Dense, dropout, softmax": "dense",
    "Learning": "learning",
    "Data": "data",
    "Build": "build",
    "Train": "train",
    "Runs": "runs",
    "Experiments": "experiments",
    "Evaluate": "evaluate",
    "Look inside": "look_inside",
    "Draw": "draw",
}
TITLES = {title: title for title in PAGES} | {"Home": "Draw a digit, and see it read"}
HINT = "Draw a digit to see it read."
PATIENCE = 60_000
"""Milliseconds that anything may take on a busy machine."""


def open_page(page: Page, url: str, title: str, query: str = "") -> None:
    """Open a page by its address."""
    page.goto(f"{url}/{PAGES[title]}?{query}")
    wait_for_page(page, title)


def go_to(page: Page, title: str) -> None:
    """Go to a page by the navigation."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
    wait_for_page(page, title)


def wait_for_page(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=TITLES[title], level=1)).to_be_visible(timeout=PATIENCE)
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_visible(timeout=PATIENCE)


def at_rest(page: Page) -> None:
    """Wait until what was done is answered, everything is loaded, and nothing moves any more (see `rest.js`)."""
    assert page.evaluate("patience => atRest(patience)", PATIENCE), "The page never comes to rest"


def settle(page: Page) -> str:
    """Wait until the page has come to rest, and return it as a screen reader would tell it."""
    at_rest(page)
    return page.locator("body").aria_snapshot()


def draw(page: Page, *points: tuple[int, int]) -> None:
    """Draw one stroke through some points of the canvas, in its pixels."""
    canvas = page.locator("canvas.upper-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    places = [(box["x"] + x, box["y"] + y) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=10)
    page.mouse.up()


def draw_a_one(page: Page) -> None:
    draw(page, (140, 45), (140, 235))


def ink(page: Page) -> int:
    """Number of light pixels on the canvas; while a new one takes the old one's place, wait."""
    canvas = page.locator("canvas.dc-canvas.lower-canvas")
    expect(canvas).to_have_count(1, timeout=PATIENCE)
    return canvas.first.evaluate(
        """canvas => {
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return pixels.filter((value, i) => i % 4 === 0 && value > 127).length;
        }"""
    )


def wait_for_ink(page: Page, amount: int) -> None:
    """Wait until the canvas shows about so many light pixels."""
    for _ in range(PATIENCE // 100):
        if abs(ink(page) - amount) <= 0.02 * amount:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"The canvas shows {ink(page)} light pixels instead of {amount}")


def reads(page: Page, digit: int) -> None:
    """Wait until the longest bar is that of `digit`."""
    expect(page.locator("li.top .label")).to_have_text(str(digit), timeout=PATIENCE)


def choose_preset(page: Page, name: str) -> None:
    page.get_by_role("radiogroup", name="Begin with").get_by_text(name, exact=True).click()


def curves(page: Page) -> Locator:
    return page.locator(".plots")


def steps(page: Page) -> int:
    """The number of updates that the curves show, 0 while there are none, or two: the old ones and the new ones."""
    labels = curves(page).evaluate_all("all => all.map((plots) => plots.ariaLabel)")
    found = re.search(r"step (\d+) of", labels[0] or "") if len(labels) == 1 else None
    return int(found[1]) if found else 0


def wait_for_steps(page: Page, more_than: int) -> None:
    """Wait until the curves show more than so many updates."""
    for _ in range(PATIENCE // 200):
        if steps(page) > more_than:
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"The curves stand still at step {steps(page)}")


def button(page: Page, name: str) -> Locator:
    """A button of the page itself; Streamlit's frame has one named "Stop" too."""
    return page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True)


def run_in_address(page: Page) -> str:
    expect(page).to_have_url(re.compile("run="), timeout=PATIENCE)
    return re.search(r"[?&]run=([^&]+)", page.url)[1]
