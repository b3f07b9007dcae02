"""The pages in a real browser: what holds for all of them, and what a visitor keeps from one to the next."""

import re
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import expect

from cnnlab.runs.records import Label
from cnnlab.runs.store import RunStore
from tests.browser.visitor import (
    HINT,
    PATIENCE,
    at_rest,
    choose_preset,
    draw,
    draw_a_one,
    go_to,
    ink,
    open_page,
    reads,
    settle,
    wait_for_ink,
)
from tests.pages.runs import make_run
from tests.pages.seen import PAGES, ROOT
from ui import frame

TITLES = {name: title for pages in frame.PAGES.values() for name, title, _ in pages}
BEYOND = Path(__file__).with_name("beyond.js")
WIDTHS = (1024, 820, 768, 640, 390, 320)
"""Tablets, half a screen, phones, and what is left of a desktop's width at a zoom of 200 and 400 %."""
UNNAMED = re.compile(r"- (?:button|slider|spinbutton|textbox|combobox|checkbox|switch|radio|link)(?: \[[^\]]*\])*:?$")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def run(store):
    """A finished run, so that every page has all its parts; its name and note point elsewhere."""
    run = make_run(store, "finished")
    run.set_label(Label("![c](http://127.0.0.2:9/x.png)", "<img src='http://127.0.0.3:9/y'> ![d](http://127.0.0.4:9)"))
    return run


@pytest.fixture(scope="module")
def server(start_server, store):
    return start_server("app.py", {"CNNLAB_RUNS": str(store.root)})


def test_the_first_request_to_a_server_with_runs_may_be_a_deep_link(page, server):
    open_page(page, server.url, "Train")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    expect(page.get_by_text("Page not found")).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_stays_on_this_machine_names_its_controls_and_fits_every_screen(page, server, run, name):
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    page.on("websocket", lambda socket: addresses.append(socket.url))
    page.goto(f"{server.url}/{'' if name == 'home' else name}?run={run.id}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_title(f"{TITLES[name]} · cnnlab")
    snapshot = settle(page).splitlines()
    hosts = {urlsplit(address).hostname for address in addresses if urlsplit(address).scheme not in ("data", "blob")}
    assert hosts == {"127.0.0.1"}
    assert any("- button" in line for line in snapshot)
    assert [line for line in snapshot if UNNAMED.search(line)] == []

    for width in WIDTHS:
        assert beyond(page, width) == []


SECTIONS = [
    *(
        f"look_inside?view={view}"
        for view in ("Trace", "Filters", "Why", "Looks for", "Excited by", "Robustness", "Space")
    ),
    *(f"draw, {sheet}" for sheet in ("Picture", "Cells", "Whole number", "Step by step", "Several networks")),
]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_fits_every_screen(page, server, run, section):
    address, _, clicked = section.partition(", ")
    page.goto(f"{server.url}/{address}{'&' if '?' in address else '?'}run={run.id}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    at_rest(page)
    if clicked:
        page.get_by_text(clicked, exact=True).click()
    for width in WIDTHS:
        assert beyond(page, width) == []


def beyond(page, width):
    """What can neither be seen nor be scrolled to in a window of this width."""
    page.set_viewport_size({"width": width, "height": 800})
    at_rest(page)
    return page.evaluate(BEYOND.read_text(encoding="utf-8") + "beyond()")


def test_what_backgrounds_tell_is_seen_in_high_contrast(browser, server, run):
    page = browser.new_context(forced_colors="active").new_page()

    def num_colours(place):
        place = page.locator(place).first
        place.scroll_into_view_if_needed()
        return len(Image.open(BytesIO(place.screenshot())).convert("P").getcolors())

    open_page(page, server.url, "Build")
    at_rest(page)
    assert num_colours("[data-testid=stSlider] [role=group] > div") > 1
    assert num_colours("[data-testid=stSlider] [role=group] > div > [style*=left]") > 1
    for chosen, other in (
        ("li button[aria-pressed=true]", "li button[aria-pressed=false]"),
        ("[role=radio][aria-checked=true]", "[role=radio][aria-checked=false]"),
    ):
        expect(page.locator(chosen).first).to_have_css("outline-style", "solid")
        expect(page.locator(other).first).to_have_css("outline-style", "none")
    open_page(page, server.url, "Train", f"run={run.id}")
    expect(page.locator(".scale").first).to_be_visible(timeout=PATIENCE)
    assert num_colours("[data-testid=stProgressBarTrack]") > 1
    assert num_colours(".track:has(.bar)") > 1
    assert num_colours(".scale") > 2
    page.context.close()


def test_what_is_to_be_copied_is_selected_where_a_page_has_no_clipboard(page, server):
    page.add_init_script("delete Navigator.prototype.clipboard")  # as by plain http from another computer
    open_page(page, server.url, "Build")
    assert page.title() == "Build · cnnlab"
    page.get_by_text("The same in Keras").click()
    shown = page.get_by_test_id("stCode").filter(has_text="import keras")
    shown.hover()
    shown.get_by_role("button", name="Copy to clipboard").click()
    expect(page.get_by_text("Copied.", exact=True)).to_be_visible()
    assert page.evaluate("getSelection().toString()").strip() == shown.locator("code").inner_text().strip()
    page.evaluate("getSelection().empty(); document.execCommand = () => false")
    other = page.get_by_test_id("stCode").first
    other.hover()
    other.get_by_role("button").click()
    expect(page.get_by_text("Selected. Copy it with Ctrl+C")).to_be_visible()
    assert page.evaluate("getSelection().toString()").strip() == other.locator("code").inner_text().strip()


def test_a_drawing_stays_from_page_to_page(page, server):
    open_page(page, server.url, "Home")
    expect(page.get_by_text(HINT)).to_be_visible()
    draw_a_one(page)
    reads(page, 1)
    drawn = ink(page)
    assert drawn > 1000
    for title in ("Build", "Home", "Draw", "Look inside", "Draw", "Home"):
        go_to(page, title)
        if title in ("Home", "Draw"):
            reads(page, 1)
            wait_for_ink(page, drawn)


def test_a_drawing_is_cleared(page, server):
    open_page(page, server.url, "Draw")
    draw_a_one(page)
    reads(page, 1)
    page.locator("canvas.upper-canvas").hover()
    page.get_by_role("button", name="Reset canvas & history").click()
    expect(page.get_by_text(HINT)).to_be_visible()
    wait_for_ink(page, 0)


def test_a_drawing_that_came_back_can_be_continued_and_cleared(page, server):
    open_page(page, server.url, "Draw")
    draw(page, (80, 60), (200, 60))
    expect(page.get_by_text(HINT)).to_be_hidden()
    bar = ink(page)
    go_to(page, "Build")
    go_to(page, "Draw")
    wait_for_ink(page, bar)
    draw(page, (200, 60), (120, 230))
    reads(page, 7)
    assert ink(page) > 1.5 * bar
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.get_by_text(HINT)).to_be_visible()
    for title in ("Build", "Draw"):
        go_to(page, title)
    expect(page.get_by_text(HINT)).to_be_visible()
    wait_for_ink(page, 0)
    draw_a_one(page)
    reads(page, 1)


def test_two_browsers_do_not_see_each_other(browser, server):
    one, other = (browser.new_context().new_page() for _ in range(2))
    for visitor in (one, other):
        open_page(visitor, server.url, "Home")
    draw_a_one(one)
    reads(one, 1)
    go_to(one, "Build")
    choose_preset(one, "Tiny")
    expect(one.get_by_text("1,554 parameters")).to_be_visible()

    expect(other.get_by_text(HINT)).to_be_visible()
    draw(other, (80, 60), (200, 60), (120, 230))
    reads(other, 7)
    go_to(other, "Build")
    expect(other.get_by_text("13,066 parameters")).to_be_visible()
    go_to(one, "Draw")
    reads(one, 1)
    for visitor in (one, other):
        visitor.context.close()


def test_no_page_has_raised(server):
    log = server.log.read_text(errors="replace")
    assert "Uncaught app execution" not in log
    # Streamlit's own server writes a traceback when a browser goes away while it is still speaking to it.
    ours = [f'File "{ROOT / part}' for part in ("app.py", "pages/", "ui/", "cnnlab/")]
    assert not [line for line in log.splitlines() if any(place in line for place in ours)]
