"""Filters in a browser, with a real engine: one is chosen and switched off; the answer follows, and the accuracy soon."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import visitor
from tests.browser.conftest import ROOT


@pytest.fixture(scope="module")
def url(start_app, tmp_path_factory):
    return start_app(ROOT / "app.py", {"CNNLAB_RUNS": str(tmp_path_factory.mktemp("runs"))})


def test_a_filter_is_switched_off_and_the_test_accuracy_falls(page, url):
    visitor.open_page(page, url, "Look inside", "view=Filters")
    expect(page.get_by_role("heading", name="Filter 0 of layer 1")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^13: 5 x 5")).click()
    expect(page.get_by_role("heading", name="Filter 13 of layer 1")).to_be_visible()
    visitor.settle(page)
    page.get_by_test_id("stCheckbox").filter(has_text="Switched off").locator("label").click()
    expect(visitor.button(page, "Undo all changes")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^13 · off: 5 x 5, all 0"))).to_be_visible()
    metric = page.get_by_test_id("stMetric").filter(has_text="Test accuracy with the change")
    expect(metric).to_be_visible(timeout=4 * visitor.PATIENCE)  # 10,000 digits, on a machine that may be busy
    after, points = re.search(r"([\d.]+)%.*?([-+][\d.]+) points", metric.inner_text().replace("\n", " ")).groups()
    assert float(after) == pytest.approx(99.57 + float(points), abs=0.011)
    assert float(points) < 0
    visitor.button(page, "Undo all changes").click()
    expect(metric).to_be_hidden()
