"""Evaluate in a browser: a cell of the matrix opens its digits, one of them is looked inside with, all by keyboard too."""

import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnlab import mnist
from cnnlab.runs.store import RunStore
from tests.browser import visitor
from tests.browser.conftest import NO_ENGINE, ROOT
from tests.pages.runs import TINY, finished, some_training

LABELS = mnist.load().test.labels
NINES = np.flatnonzero(LABELS == 9)[:3]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run that read three nines as fours and one 5 as a 6."""
    store = RunStore(tmp_path_factory.mktemp("runs"))
    probabilities = np.eye(10, dtype=np.float32)[LABELS]
    probabilities[NINES] = np.eye(10)[4]
    probabilities[np.flatnonzero(LABELS == 5)[0]] = np.eye(10)[6]
    made = store.create(TINY)
    for event in [*some_training(), replace(finished(), probabilities=probabilities)]:
        made.record(event)
    return store.root, made.id


@pytest.fixture(scope="module")
def url(start_app, run):
    return start_app(ROOT / "app.py", {"CNNLAB_RUNS": str(run[0]), **NO_ENGINE})


def cell(page, row, column):
    return page.locator("caption + thead + tbody tr").nth(row).locator("td button").nth(column)


def test_from_a_cell_to_its_digits_and_into_the_network(page, url, run):
    visitor.open_page(page, url, "Evaluate", f"run={run[1]}")
    expect(cell(page, 9, 4)).to_have_text("3")
    expect(cell(page, 9, 4)).to_have_attribute("aria-pressed", "true")  # the most frequent mistake
    expect(page.get_by_text("9 read as 4: 3")).to_be_visible()
    cell(page, 5, 6).click()
    expect(page.get_by_text("5 read as 6: 1")).to_be_visible()
    expect(cell(page, 5, 6)).to_have_attribute("aria-pressed", "true")
    cell(page, 9, 4).click()
    expect(page.get_by_text("9 read as 4: 3")).to_be_visible()
    pictures = page.get_by_role("button", name=re.compile("^Look closely at"))
    expect(pictures).to_have_count(3 + 4)  # behind the cell, and all mistakes
    pictures.nth(2).click()
    expect(page.get_by_text(f"Test digit {NINES[2]:,}, a 9, read as 4")).to_be_visible()
    expect(page.get_by_text("Why a 4?")).to_be_visible()  # Grad-CAM for what it said and for what it is
    expect(page.get_by_text("Why a 9?")).to_be_visible()
    page.get_by_role("link", name="Why, in six ways").click()
    visitor.wait_for_page(page, "Look inside")
    expect(page.get_by_text(f"Test digit {NINES[2]:,}, a 9").first).to_be_visible()
    expect(page.get_by_text("Evidence for each digit")).to_be_visible()


def test_the_report_is_downloaded_and_stands_by_itself(page, url, run, browser):
    visitor.open_page(page, url, "Evaluate", f"run={run[1]}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the report").click()
    assert download.value.suggested_filename == f"cnnlab-{run[1]}.html"
    requests = []
    alone = browser.new_context(offline=True, java_script_enabled=False).new_page()
    alone.on("request", lambda request: requests.append(request.url))
    alone.set_content(download.value.path().read_text())
    expect(alone.get_by_role("heading", name="What it mixes up")).to_be_visible()
    expect(alone.get_by_alt_text(re.compile("9 read as 4")).first).to_be_visible()
    assert [request for request in requests if not request.startswith("data:")] == []
    alone.context.close()


def test_the_matrix_by_keyboard(page, url, run):
    frames = []
    visitor.open_page(page, url, "Evaluate", f"run={run[1]}")
    expect(cell(page, 9, 4)).to_be_visible()
    visitor.settle(page)
    page.on("websocket", lambda _: frames.append("a new socket"))
    cell(page, 0, 0).focus()
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".readout").first).to_have_text("A 9 was read as a 4 3 times.")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".readout").first).to_have_text("A 9 was read as a 3 never.")
    page.keyboard.press("Enter")  # nothing behind it: nothing happens
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 read as 6: 1")).to_be_visible()
    assert frames == []


def test_it_fits_a_phone(browser, url, run):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    visitor.open_page(page, url, "Evaluate", f"run={run[1]}")
    expect(cell(page, 9, 9)).to_be_visible()
    visitor.settle(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    assert page.locator("table:has(caption)").evaluate("table => table.getBoundingClientRect().right") <= 390
    context.close()
