"""Runs in a browser: rows are ticked, the runs lie over each other, and one is opened in Train."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from cnnlab.runs.store import RunStore
from tests.browser import visitor
from tests.browser.conftest import ROOT
from tests.pages.runs import TINY, finished, some_training

ROW_HEIGHT, BOX = 35, 16
"""Pixels: of a row of the table, and from its left border to the middle of its tick box."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The folder of three finished runs, and their names, the best first."""
    store = RunStore(tmp_path_factory.mktemp("runs"))
    names = []
    for seed in range(3):
        run = store.create(replace(TINY, seed=seed))
        *before, last = some_training()
        for event in [*before, replace(last, val_accuracy=0.9 - 0.1 * seed), finished()]:
            run.record(event)
        names.append(run.id)
    return store.root, names


@pytest.fixture(scope="module")
def url(start_app, runs):
    return start_app(ROOT / "app.py", {"CNNLAB_RUNS": str(runs[0])})


def tick(page, row):
    box = page.get_by_test_id("stDataFrame").bounding_box()
    page.mouse.click(box["x"] + BOX, box["y"] + ROW_HEIGHT * (row + 1.5))


def legend(page):
    return page.locator(".js-plotly-plot").first.locator(".legendtext")


def link(page, run_id):
    return page.get_by_role("link", name=f"{run_id[-6:]} in Train")


def test_runs_are_ticked_laid_over_each_other_and_opened(page, url, runs):
    _, ids = runs
    short = [run_id[-6:] for run_id in ids]
    visitor.open_page(page, url, "Runs")
    expect(legend(page)).to_have_text(short[:2])
    visitor.settle(page)
    tick(page, 2)
    expect(legend(page)).to_have_text(short)
    tick(page, 0)
    expect(legend(page)).to_have_text(short[1:])
    expect(link(page, ids[0])).to_have_count(0)
    visitor.go_to(page, "Evaluate")
    visitor.go_to(page, "Runs")
    expect(legend(page)).to_have_text(short[1:])  # the choice is kept
    link(page, ids[2]).click()
    visitor.wait_for_page(page, "Train")
    assert visitor.run_in_address(page) == ids[2]


def test_it_fits_a_phone(browser, url):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    visitor.open_page(page, url, "Runs")
    visitor.settle(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    context.close()
