"""The time machine and what follows it, with known data: one slider moves all of it, and the server is not asked."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NO_ENGINE
from ui import colours

NONE = "\N{EN DASH}"
APP = Path(__file__).with_name("stages_app.py")


@pytest.fixture(scope="module")
def url(start_app):
    return start_app(APP, NO_ENGINE)


def open_app(page: Page, url: str) -> list[str]:
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page.goto(url)
    expect(page.locator(".root table").last).to_be_visible()
    expect(page.locator(".where")).to_contain_text("Epoch")
    page.wait_for_timeout(500)
    sent.clear()
    return sent


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Stage of the training")


def colour(page: Page, picture: int) -> list[int]:
    """The first pixel of a filter."""
    return (
        page.locator(".pictures canvas")
        .nth(picture)
        .evaluate("canvas => [...canvas.getContext('2d').getImageData(0, 0, 1, 1).data].slice(0, 3)")
    )


def test_one_slider_moves_everything(page, url):
    sent = open_app(page, url)
    expect(page.locator(".where")).to_have_text("Epoch 1, batch 10after 10 updates")
    for stage, key in [(3, None), (2, "ArrowLeft"), (1, "ArrowLeft"), (0, "Home"), (3, "End")]:
        if key:
            slider(page).press(key)
        expect(page.locator(".said")).to_have_text("✓ a 3 at 90 %" if stage >= 2 else "✗ a 7 at 50 %")
        expected = colours.to_rgb(np.array([stage, -stage]), "diverging", 3)
        assert [colour(page, 0), colour(page, 1)] == expected.tolist()
        if stage == 0:
            expect(page.locator("caption")).to_have_text("Not read yet …")
        else:
            right, total = 100 * stage, 100 * stage + 5
            expect(page.locator("caption")).to_have_text(f"{right} of {total} right: {100 * right / total:.1f} %")
            shares = page.locator("td.share")
            expect(shares.nth(0)).to_have_text("100 %")
            expect(shares.nth(2)).to_have_text(f"{100 * 10 * stage / (10 * stage + 5):.0f} %")
        sizes = page.locator("tbody").last.locator("td")
        expect(sizes).to_have_text([str(stage + 1), f"{stage + 1} %", NONE, NONE])
        expect(page.locator(".later").first).to_be_visible(visible=stage < 3)
    assert sent == []


def test_digits_tell_right_from_wrong_and_are_filtered(page, url):
    sent = open_app(page, url)
    shown = page.locator(".digit:visible")
    names = shown.evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert names == [
        "your drawing, read as 3 at 90 %",
        "a 3, read as 3 at 60 %, right",
        "a 3, read as 3 at 60 %, right",
        "a 7, read as 7 at 60 %, right",
        "a 7, read as 1 at 60 %, wrong",
        "a 1, read as 1 at 60 %, right",
    ]
    wrong = page.locator(".digit.wrong")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("✗ 1")
    expect(page.locator(".count")).to_have_text("4 of 5 right")
    page.get_by_role("button", name="only 7").press("Enter")
    expect(shown).to_have_count(3)
    expect(page.locator(".count")).to_have_text("1 of 2 right")
    page.get_by_label("mistakes only").check()
    expect(shown).to_have_count(2)
    page.get_by_role("button", name="only 3").click()
    expect(page.locator(".none")).to_have_text("No mistakes among these digits at this stage.")
    slider(page).press("Home")
    expect(page.locator(".none")).to_have_text("Not read yet …")
    assert sent == []
    page.get_by_label("mistakes only").uncheck()
    page.get_by_role("button", name="All", exact=True).click()
    page.locator(".digit").nth(3).click()
    expect(page.get_by_text("chosen: 2")).to_be_visible()
    page.locator(".digit").nth(0).click()
    expect(page.get_by_text("chosen: -1")).to_be_visible()


def test_the_slider_goes_on_with_a_run_unless_it_was_moved(page, url):
    open_app(page, url)
    page.locator(".root").evaluate_all("all => all.forEach((root) => { root.marked = true; })")
    page.get_by_role("button", name="Next stage").click()
    expect(page.get_by_text("5 stages")).to_be_visible()
    expect(page.locator(".where")).to_contain_text("Epoch 2, batch 10")
    assert page.locator(".root").evaluate_all("all => all.every((root) => root.marked)")

    page.reload()
    expect(page.locator(".where")).to_contain_text("Epoch 1, batch 10")
    slider(page).press("ArrowLeft")
    page.get_by_role("button", name="Next stage").click()
    expect(page.get_by_text("5 stages")).to_be_visible()
    expect(slider(page)).to_have_attribute("max", "4")
    expect(page.locator(".where")).to_contain_text("Epoch 1, batch 5")
    page.get_by_role("button", name="The end").click()
    expect(page.locator(".where")).to_contain_text("Epoch 2, batch 10")


def test_learning_is_replayed(page, url):
    open_app(page, url)
    play = page.get_by_role("button", name=re.compile("Replay the learning"))
    play.press("Enter")
    page.get_by_role("button", name="Hold the replay").press("Enter")
    before = page.locator(".where").text_content()
    assert "batch 10" not in before
    page.wait_for_timeout(900)
    expect(page.locator(".where")).to_have_text(before)
    play.press("Enter")
    expect(page.locator(".where")).to_contain_text("Epoch 1, batch 10")
    expect(play).to_be_visible()


def test_what_is_shown_is_told_to_those_who_do_not_see_it(page, url):
    open_app(page, url)
    slider(page).press("Home")
    expect(slider(page)).to_have_attribute("aria-valuetext", "Before training, after 0 updates, stage 1 of 4")
    expect(page.get_by_role("img", name="Filters: 2 filters, signed")).to_be_visible()
    expect(page.get_by_role("img", name="A 3")).to_be_visible()
