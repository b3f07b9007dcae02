"""Experiments in a browser: a sweep that is trained and fills its map, and a study that was trained before."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from cnnlab.runs.store import RunStore
from cnnlab.studies.catalogue import STUDIES
from tests.browser import visitor
from tests.browser.conftest import NO_ENGINE
from tests.browser.visitor import PATIENCE
from tests.pages.runs import TINY
from tests.pages.test_experiments import finish_all

SMALL = replace(
    TINY, data=replace(TINY.data, validation_size=500), training=replace(TINY.training, epochs=1, batch_size=100)
)
SWEEP = f"view=sweep&images=1000&experiment={SMALL.to_url()}&sweep=training.learning_rate:0.005,0.05;seed:0,1"
STUDY = "study=max-or-average"
NUMBER = re.compile(r"^\d+\.\d %$")


@pytest.fixture(scope="module")
def url(start_app, tmp_path_factory):
    """An app that trains."""
    return start_app("app.py", {"CNNLAB_RUNS": str(tmp_path_factory.mktemp("runs"))})


@pytest.fixture(scope="module")
def url_of_done(start_app, tmp_path_factory):
    """An app in which a study was trained before, and no engine."""
    store = RunStore(tmp_path_factory.mktemp("runs"))
    finish_all(store, STUDIES["max-or-average"], max=0.98, average=0.975)
    return start_app("app.py", {"CNNLAB_RUNS": str(store.root)} | NO_ENGINE)


def cells(page):
    return page.locator("tbody td button")


def test_a_sweep_fills_its_map_survives_a_reload_and_leads_to_a_run(page, url):
    visitor.open_page(page, url, "Experiments", SWEEP)
    expect(cells(page)).to_have_text([""] * 4)
    visitor.button(page, "Train 4 runs").click()
    expect(page.get_by_text("of 4 runs")).to_be_visible()
    expect(cells(page).filter(has_text="waits").first).to_be_visible()
    page.reload()
    expect(cells(page).filter(has_text=NUMBER).first).to_be_visible(timeout=2 * PATIENCE)
    expect(page.get_by_text("All 4 runs are done")).to_be_visible(timeout=2 * PATIENCE)
    expect(cells(page)).to_have_text([NUMBER] * 4)
    expect(page.get_by_role("slider", name="Chart of the validation accuracy")).to_be_visible()

    cells(page).first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".readout")).to_contain_text("Learning rate: 0.05; seed: 1. ")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Chosen · Learning rate: 0.05; seed: 1.")).to_be_visible()
    expect(cells(page).nth(3)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Open its run").click()
    visitor.wait_for_page(page, "Train")
    visitor.run_in_address(page)
    visitor.wait_for_steps(page, 9)


def test_a_study_is_predicted_and_read_by_the_keyboard(page, url_of_done):
    visitor.open_page(page, url_of_done, "Experiments", STUDY)
    chart = page.get_by_role("slider", name="Chart of the validation accuracy by epoch, 2 variants")
    expect(page.get_by_text("The answer is here already.")).to_be_visible()
    expect(chart).to_have_count(0)
    page.get_by_role("radio", name="Max pooling").click()
    expect(page.get_by_text("You were right")).to_be_visible()
    expect(chart).to_be_visible()
    visitor.settle(page)
    assert page.locator(".drawn .run").count() == 6
    assert page.locator(".drawn .mean").count() == 2
    chart.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".tip")).to_contain_text("epoch 5")
    expect(page.locator(".tip tr").first).to_have_text("Max pooling98.1 %98.0 % to 98.2 %")
    expect(chart).to_have_attribute("aria-valuetext", re.compile(r"^epoch 5\. Max pooling: 98\.1 % \(98\.0 % to"))
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()
    page.locator(".plot svg").hover(position={"x": 60, "y": 60})
    expect(page.locator(".tip")).to_contain_text("epoch 1")


@pytest.mark.parametrize("query", [STUDY, SWEEP.replace("0.005,0.05", "0.001,0.002,0.003,0.004,0.005,0.006")])
def test_it_fits_a_phone(browser, url_of_done, query):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    visitor.open_page(page, url_of_done, "Experiments", query)
    visitor.settle(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    context.close()
