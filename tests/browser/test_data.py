"""Data in a browser: a digit is chosen and the page follows it, by keyboard too; it fits a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import visitor

MARK = re.compile("✓ chosen")


def samples(page):
    return page.get_by_role("button", name=re.compile("^Choose · "))


def chosen(page):
    return page.get_by_role("button", name=MARK)


def look_alikes(page):
    """The pictures under the chosen one, as they are sent."""
    return (
        page.get_by_label("The chosen digit and its look-alikes")
        .locator("img")
        .evaluate_all("all => all.map(i => i.src)")
    )


def test_a_chosen_digit_is_followed_and_others_are_drawn(page, url):
    visitor.open_page(page, url, "Data")
    expect(samples(page)).to_have_count(20)
    before = look_alikes(page)
    own = samples(page).nth(7).locator("img").get_attribute("src")
    samples(page).nth(7).focus()
    page.keyboard.press("Enter")
    expect(samples(page).nth(7)).to_have_accessible_name(MARK)
    expect(chosen(page)).to_have_count(1)
    expect(page.get_by_label("The chosen digit and its look-alikes").locator("img").first).to_have_attribute("src", own)
    assert look_alikes(page)[1:] != before[1:]

    shown = samples(page).first.locator("img").get_attribute("src")
    visitor.button(page, "Show others").click()
    expect(samples(page).first.locator("img")).not_to_have_attribute("src", shown)
    assert look_alikes(page)[0] == own  # the chosen one stays

    visitor.go_to(page, "Build")
    visitor.go_to(page, "Data")
    expect(page.get_by_label("The chosen digit and its look-alikes").locator("img").first).to_have_attribute("src", own)


def test_what_is_set_is_seen_and_goes_on_to_train(page, url):
    """Forms of the digit, the sample's bar and a wrong label change before the eyes; Train says the same."""
    visitor.open_page(page, url, "Data")
    forms = page.get_by_label("The chosen digit and its random forms").locator("img")
    expect(forms).to_have_count(20)
    assert forms.evaluate_all("all => new Set(all.map(i => i.src)).size") == 1
    visitor.button(page, "A little of each").click()
    expect(page.get_by_text("An epoch sees each digit once, in a new form")).to_be_visible()
    visitor.at_rest(page)
    assert forms.evaluate_all("all => new Set(all.map(i => i.src)).size") == 20

    training = page.get_by_label("All 70,000 images").locator(".all > div").first
    whole = training.bounding_box()["width"]
    page.get_by_role("radiogroup", name="Learn from the first").get_by_text("5,000", exact=True).click()
    expect(page.get_by_label("All 70,000 images").locator("thead")).to_contain_text("Not used")
    page.wait_for_timeout(500)  # it shrinks
    training = page.get_by_label("All 70,000 images").locator(".all > div").first
    assert training.bounding_box()["width"] == pytest.approx(whole / 10, abs=2)

    page.get_by_role("slider", name="Label noise").focus()
    page.keyboard.press("End")
    struck = page.get_by_label("The first training images").locator("s")
    expect(struck.first).not_to_be_empty()
    assert struck.first.evaluate("one => getComputedStyle(one).textDecorationLine") == "line-through"

    page.get_by_role("link", name="Train with them").first.click()
    visitor.wait_for_page(page, "Train")
    expect(page.get_by_text("5,000 images in batches")).to_be_visible()


def test_it_fits_a_phone(browser, url):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    visitor.open_page(page, url, "Data")
    expect(page.get_by_label("The chosen digit and its random forms").locator("img")).to_have_count(20)
    visitor.settle(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    assert (
        page.locator("figure").evaluate_all("all => Math.max(...all.map(f => f.getBoundingClientRect().right))") <= 390
    )
    context.close()
