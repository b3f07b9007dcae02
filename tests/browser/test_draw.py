"""Draw in a real browser: by mouse, by finger and by keyboard, and what a visitor keeps."""

import io
import re
import zipfile
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from cnnlab import mnist
from cnnlab.runs.handwriting import Handwriting
from cnnlab.runs.store import RunStore
from tests.browser.visitor import (
    HINT,
    PATIENCE,
    at_rest,
    button,
    draw,
    draw_a_one,
    go_to,
    ink,
    open_page,
    reads,
    wait_for_ink,
)
from tests.pages.runs import make_run

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "color_scheme": "dark"}
PHONE_AGENT = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"

TOLD = 2_000
"""Milliseconds until a busy server knows of a stroke."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def server(start_server, store):
    make_run(store, "finished")
    return start_server("app.py", {"CNNLAB_RUNS": str(store.root)})


@pytest.fixture
def phone(browser):
    context = browser.new_context(**PHONE, user_agent=PHONE_AGENT)
    yield context.new_page()
    context.close()


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()


def undo(page: Page) -> Locator:
    """The page's own button; the canvas has one of the same name, without a text, for the mouse."""
    return button(page, "Undo").filter(has_text="Undo")


def draw_a_four(page: Page) -> None:
    draw(page, (90, 50), (80, 130), (190, 134))
    draw(page, (160, 50), (155, 230))


def swipe(page: Page, *points: tuple[int, int]) -> None:
    """Draw one stroke with a finger, in the canvas's pixels."""
    canvas = page.locator("canvas.upper-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    devtools = page.context.new_cdp_session(page)

    def touch(kind, *place):
        points = [{"x": box["x"] + place[0], "y": box["y"] + place[1]}] if place else []
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", *points[0])
    for (x, y), (next_x, next_y) in pairwise(points):
        for part in np.linspace(0.1, 1, 10):
            touch("touchMove", x + (next_x - x) * part, y + (next_y - y) * part)
    touch("touchEnd")


def scrolled(page: Page) -> float:
    return page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop + window.scrollY")


def test_a_finger_draws_and_the_page_stands_still(phone, server):
    open_page(phone, server.url, "Draw")
    phone.locator("canvas.upper-canvas").scroll_into_view_if_needed()
    before = scrolled(phone)
    swipe(phone, (140, 45), (140, 235))
    reads(phone, 1)
    assert scrolled(phone) == before
    first = ink(phone)
    swipe(phone, (60, 120), (220, 120))
    phone.wait_for_timeout(TOLD)
    assert ink(phone) > 1.3 * first
    undo(phone).tap()
    wait_for_ink(phone, first)
    button(phone, "Clear").tap()
    expect(phone.get_by_text(HINT)).to_be_visible()


def test_a_finger_writes_a_number_on_a_phone(phone, server):
    open_page(phone, server.url, "Draw")
    choose(phone, "Whole number")
    canvas = phone.locator("canvas.upper-canvas")
    expect(canvas).to_have_attribute("width", "340")
    swipe(phone, (60, 30), (60, 130))
    swipe(phone, (150, 30), (210, 30), (170, 130))
    expect(phone.get_by_role("heading", name="It reads 17")).to_be_visible(timeout=PATIENCE)


def told(page):
    """Wait until the server knows of the stroke, and the page shows what came of it."""
    page.wait_for_timeout(TOLD)
    at_rest(page)


def test_undo_takes_strokes_back_one_by_one_and_drawing_goes_on(page, server):
    open_page(page, server.url, "Draw")
    draw_a_four(page)
    reads(page, 4)
    told(page)
    all_of_it = ink(page)
    undo(page).click()
    for _ in range(2):  # the same two strokes, drawn and taken back twice
        told(page)
        rest = ink(page)
        assert rest < 0.8 * all_of_it
        draw(page, (160, 50), (155, 230))
        wait_for_ink(page, all_of_it)
        told(page)
        undo(page).focus()
        page.keyboard.press("Enter")
        wait_for_ink(page, rest)
    go_to(page, "Build")
    go_to(page, "Draw")
    wait_for_ink(page, rest)
    told(page)
    undo(page).click()
    expect(page.get_by_text(HINT)).to_be_visible(timeout=PATIENCE)
    wait_for_ink(page, 0)


def test_cells_are_set_by_keyboard_alone(page, server):
    open_page(page, server.url, "Draw")
    choose(page, "Cells")
    cells = page.get_by_role("application")
    expect(cells).to_be_visible()
    cells.focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("Row 13, column 14: 0")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text("Row 13, column 14: 255")).to_be_visible()
    page.keyboard.press("5")
    expect(page.get_by_text("Row 13, column 14: 142")).to_be_visible()
    page.keyboard.press("Space")
    for _ in range(7):
        page.keyboard.press("ArrowUp")
    page.keyboard.down("Shift")
    for _ in range(16):
        page.keyboard.press("ArrowDown")
    page.keyboard.up("Shift")
    reads(page, 1)
    assert cells.evaluate("node => node.getRootNode().activeElement === node"), "the focus stays"
    go_to(page, "Build")
    go_to(page, "Draw")
    reads(page, 1)
    button(page, "Clear").click()
    expect(page.get_by_text(HINT)).to_be_visible()


def test_cells_are_painted_with_one_message_a_stroke(page, server):
    frames = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(str(frame))))
    open_page(page, server.url, "Draw")
    choose(page, "Cells")
    cells = page.get_by_role("application")
    expect(cells).to_be_visible()
    page.wait_for_timeout(1_000)
    frames.clear()
    box = cells.bounding_box()
    page.mouse.move(box["x"] + 145, box["y"] + 45)
    page.mouse.down()
    page.mouse.move(box["x"] + 145, box["y"] + 235, steps=8)
    page.mouse.up()
    reads(page, 1)
    assert len(frames) == 1


def test_a_photo_on_light_paper_is_read(page, server):
    digit = mnist.load().test.images[0, ..., 0]
    photo = Image.fromarray(220 - (digit * 0.75).astype(np.uint8)).resize((420, 420), Image.Resampling.BICUBIC)
    content = io.BytesIO()
    photo.save(content, "JPEG")
    open_page(page, server.url, "Draw")
    choose(page, "Picture")
    page.locator("input[type=file]").set_input_files(
        {"name": "7.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}
    )
    reads(page, 7)
    expect(page.get_by_text("light and dark were exchanged")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    expect(page.get_by_text("x.png is not a picture")).to_be_visible()
    reads(page, 7)


def test_a_step_is_switched_off_and_the_answer_follows(page, server):
    open_page(page, server.url, "Draw")
    draw_a_four(page)
    reads(page, 4)
    choose(page, "Step by step")
    steps = page.get_by_role("group", name="From the drawing to what the network sees")
    expect(steps.get_by_role("img")).to_have_count(6)
    expect(steps.get_by_role("img", name=re.compile(r"^4\. Longer side 20 · 20 x 1\d$"))).to_be_visible()
    page.get_by_text("Fit into 20 pixels").click()
    expect(steps.get_by_role("img", name=re.compile(r"^4\. Longer side 28 · 28 x 1\d$"))).to_be_visible(
        timeout=PATIENCE
    )
    expect(page.get_by_text("1 step changed")).to_be_visible()


def test_handwriting_is_kept_reloaded_taken_out_saved_and_opened(page, server):
    open_page(page, server.url, "Draw")
    draw_a_one(page)
    reads(page, 1)
    choose(page, "Wrong? Teach it")
    button(page, "7").click()
    expect(page.get_by_text("Your handwriting: 1 drawing.")).to_be_visible(timeout=PATIENCE)
    button(page, "1").click()
    expect(page.get_by_text("1 of 2 drawings (50 %)")).to_be_visible(timeout=PATIENCE)
    expect(page).to_have_url(re.compile("handwriting="))
    page.reload()
    choose(page, "Wrong? Teach it")
    expect(page.get_by_text("Your handwriting: 2 drawings.")).to_be_visible(timeout=PATIENCE)

    page.get_by_role("button", name="Take out · 7").click()
    expect(page.get_by_text("Your handwriting: 1 drawing.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Take out · 7")).to_have_count(0)
    button(page, "Put the 7 back").click()
    expect(page.get_by_text("Your handwriting: 2 drawings.")).to_be_visible(timeout=PATIENCE)

    at_rest(page)  # the network has read all of them
    page.get_by_text("Save, open, share").click()
    at_rest(page)
    with page.expect_download() as download:
        button(page, "Save as .npz").click()
    saved = download.value.path().read_bytes()
    assert sorted(Handwriting.from_bytes(saved).labels) == [1, 7]
    with page.expect_download() as download:
        button(page, "Save as pictures").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert sorted(name[0] for name in archive.namelist()) == ["1", "7"]
    page.locator("input[type=file]").set_input_files({"name": "h.npz", "mimeType": "application/zip", "buffer": saved})
    expect(page.get_by_text("In yours already: 2 drawings of this file.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Your handwriting: 2 drawings.")).to_be_visible(timeout=PATIENCE)
    page.locator("input[type=file]").set_input_files({"name": "x.npz", "mimeType": "application/zip", "buffer": b"x"})
    expect(page.get_by_text("This is not an .npz file")).to_be_visible(timeout=PATIENCE)


def test_no_page_has_raised(server):
    assert "Traceback" not in server.log.read_text(errors="replace")
