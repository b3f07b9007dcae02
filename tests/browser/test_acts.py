"""Acts that are made while the server is busy all count, in their order, and are seen at once where that can be."""

import re
import signal
from contextlib import contextmanager, nullcontext
from os import kill

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NO_ENGINE, ROOT
from tests.browser.test_build import TINY, cards, expect_layers, open_tiny
from tests.browser.visitor import at_rest, draw, go_to, ink, open_page, reads, wait_for_ink

ADDED = ("Dropout", "BatchNormalization", "AveragePooling2D")


@pytest.fixture(scope="module")
def server(start_server, tmp_path_factory):
    return start_server(ROOT / "app.py", {**NO_ENGINE, "CNNLAB_RUNS": str(tmp_path_factory.mktemp("runs"))})


@pytest.fixture
def busy(server, page):
    """`with busy():` the server stands still meanwhile, as one that has too much to do."""

    @contextmanager
    def stand_still():
        at_rest(page)
        kill(server.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            kill(server.pid, signal.SIGCONT)

    return stand_still


@pytest.fixture
def unheard(page):
    """`with unheard():` the server works on, and the browser hears of it only afterwards."""
    waiting, is_held = [], False

    def connect(socket):
        def hear(told):
            waiting.append(told)
            if not is_held:
                tell()

        def tell():
            while waiting:
                socket.send(waiting.pop(0))

        socket.connect_to_server().on_message(hear)
        tells.append(tell)

    tells = []
    page.route_web_socket(re.compile("_stcore/stream"), connect)

    @contextmanager
    def hold():
        nonlocal is_held
        at_rest(page)
        is_held = True
        try:
            yield
        finally:
            is_held = False
            tells[-1]()

    return hold


def test_what_the_browser_does_not_know_yet_is_no_edit(page, server, unheard):
    open_tiny(page, server.url)
    with unheard():
        cards(page).nth(1).focus()
        page.keyboard.press("Alt+ArrowRight")
        page.wait_for_timeout(1500)  # the server has done it: no preset is chosen any more
        page.keyboard.press("Control+z")
        page.wait_for_timeout(1500)
        page.keyboard.press("Control+Shift+Z")
        page.wait_for_timeout(1500)
    at_rest(page)
    expect(page.locator(".st-key-Redo button:visible")).to_be_disabled()
    expect_layers(page, "Input", "MaxPooling2D", "Conv2D", "Flatten", "Dense")
    page.keyboard.press("Control+z")
    expect_layers(page, *TINY)
    at_rest(page)
    expect(page.locator(".st-key-Redo button:visible")).to_be_enabled()


def test_layers_added_and_taken_back_while_the_server_is_busy(page, server, busy):
    open_tiny(page, server.url)
    palette = page.get_by_role("group", name="Add a layer")
    with busy():
        for kind in ADDED:
            palette.get_by_role("button", name=kind, exact=True).click()
        expect_layers(page, "Input", "Conv2D", *ADDED, *TINY[2:])  # at once
    expect(cards(page).nth(4)).to_contain_text("6 x 6 x 4")
    with busy():
        for _ in range(2):
            page.keyboard.press("Control+z")
        page.locator(".st-key-Undo button:visible").first.click()
    expect_layers(page, *TINY)
    with busy():
        for _ in range(2):
            page.keyboard.press("Control+Shift+Z")
        palette.get_by_role("button", name="Flatten", exact=True).click()
        page.keyboard.press("Control+z")
    expect_layers(page, "Input", "Conv2D", *ADDED[:2], *TINY[2:])
    cards(page).nth(2).focus()
    page.keyboard.press("Delete")
    expect_layers(page, "Input", "Conv2D", ADDED[1], *TINY[2:])
    at_rest(page)
    expect(page.locator(".st-key-Redo button:visible")).to_be_disabled()
    with busy():
        page.keyboard.press("Control+z")
        page.keyboard.press("Control+Shift+Z")  # the button is still grey
    at_rest(page)
    expect_layers(page, "Input", "Conv2D", ADDED[1], *TINY[2:])


def test_a_layer_is_moved_several_places_while_the_server_is_busy(page, server, busy):
    open_tiny(page, server.url)
    cards(page).nth(1).click()
    with busy():
        for name in ("Move right", "Move right", "Duplicate"):
            page.get_by_role("button", name=name, exact=True).click()
    expect_layers(page, "Input", "MaxPooling2D", "Flatten", "⚠ Conv2D", "Conv2D", "Dense")


def draw_lines(page, count):
    """Draw upright lines, and return how many pixels are light after each."""
    amounts = []
    for x in range(40, 40 + 60 * count, 60):
        draw(page, (x, 60), (x, 220))
        at_rest(page)
        amounts.append(ink(page))
    return amounts


def test_strokes_are_taken_back_at_once_one_a_press(page, server, busy):
    open_page(page, server.url, "Draw")
    amounts = draw_lines(page, 3)
    undo, clear = (page.locator(f".st-key-{name}-drawing button") for name in ("Undo", "Clear"))
    with busy():
        for _ in range(2):
            undo.click()
        wait_for_ink(page, amounts[0])
    at_rest(page)
    wait_for_ink(page, amounts[0])
    with busy():
        clear.click()
        wait_for_ink(page, 0)
        draw(page, (140, 60), (140, 220))
    at_rest(page)
    wait_for_ink(page, amounts[0])
    reads(page, 1)


def test_strokes_that_came_back_are_taken_back_one_a_press(page, server, unheard):
    """The canvas does not know them one by one: the server does it, and hears late what the canvas shows."""
    open_page(page, server.url, "Draw")
    amounts = draw_lines(page, 3)
    go_to(page, "Home")
    go_to(page, "Draw")
    at_rest(page)
    wait_for_ink(page, amounts[2])
    draw(page, (220, 60), (220, 220))
    undo = page.locator(".st-key-Undo-drawing button")
    with unheard():
        for _ in range(3):
            undo.click()
            page.wait_for_timeout(1000)  # the server has done it, and the canvas tells the strokes as before
    at_rest(page)
    wait_for_ink(page, amounts[0])
    undo.click()
    expect(undo).to_be_disabled()
    wait_for_ink(page, 0)
    draw(page, (40, 60), (40, 220))
    wait_for_ink(page, amounts[0])
    reads(page, 1)


@pytest.mark.parametrize("busy_server", [False, True])
def test_a_stroke_counts_when_another_page_is_opened_at_once(page, server, busy, busy_server):
    open_page(page, server.url, "Draw")
    with busy() if busy_server else nullcontext():
        draw(page, (140, 60), (140, 220))
        page.get_by_role("link", name="Home").dispatch_event("click")
    reads(page, 1)
    at_rest(page)
    go_to(page, "Draw")
    reads(page, 1)
