"""The Learning page in a real browser: losses and rolling balls are those of cnnlab, and no server is asked."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from cnnlab import mnist
from cnnlab.lessons import recorded_runs
from cnnlab.lessons.small_problems import sixteen_pixels, zero_or_six
from pages.parts.learning.downhill import RATES, START, STEPS
from tests.browser.learner import at_rest, number, open_station, part, texts
from ui.components.descent import LOOKS

TEST = mnist.load().test


@pytest.fixture
def frames(page, url):
    return open_station(page, url, "learning")


def choose(page: Page, group: str, option: str) -> None:
    page.get_by_role("radiogroup", name=group).get_by_text(option, exact=True).click()
    at_rest(page)


# What a loss is


def test_the_one_moves_and_the_loss_with_it(page, frames):
    probabilities = sixteen_pixels().probabilities(TEST.images[np.flatnonzero(TEST.labels == 4)[0]])
    hot = part(page, ".sum")
    assert number(hot.locator(".sum").text_content()) == pytest.approx(-np.log(probabilities[4]), abs=0.000501)
    np.testing.assert_allclose(texts(hot.locator(".p b")), probabilities, atol=0.000501)
    hot.locator("table").focus()
    page.keyboard.press("ArrowDown")
    np.testing.assert_array_equal(texts(hot.locator(".cell")), np.eye(10)[5])
    assert number(hot.locator(".sum").text_content()) == pytest.approx(-np.log(probabilities[5]), abs=0.000501)
    hot.locator("tbody tr").nth(9).hover()
    assert number(hot.locator(".sum").text_content()) == pytest.approx(-np.log(probabilities[9]), abs=0.000501)
    assert "If the label were 9" in hot.locator(".say").text_content()
    assert frames == []


@pytest.mark.usefixtures("frames")
def test_another_digit_has_another_label_and_answer(page):
    choose(page, "A test digit that is a", "8")
    probabilities = sixteen_pixels().probabilities(TEST.images[np.flatnonzero(TEST.labels == 8)[0]])
    hot = part(page, ".sum")
    np.testing.assert_array_equal(texts(hot.locator(".cell")), mnist.one_hot(np.array([8]))[0])
    np.testing.assert_allclose(texts(hot.locator(".p b")), probabilities, atol=0.000501)
    assert number(hot.locator(".sum").text_content()) == pytest.approx(-np.log(probabilities[8]), abs=0.000501)


# Rolling downhill


def balls(page: Page) -> Locator:
    return part(page, "canvas.plane")


def shown(page: Page, ball: int) -> list[float]:
    """What the table tells of a ball: two weights, loss, and how many digits are told apart, in percent."""
    return texts(balls(page).locator("tbody tr").nth(ball).locator("td:not(:first-child)"))


def assert_on_their_paths(page: Page, rate: float, batch_size: int | None = None) -> None:
    problem = zero_or_six()
    for step in (0, 7, STEPS):
        balls(page).locator(".scrub").fill(str(step))
        expect(balls(page).locator("output")).to_have_text(f"step {step} of {STEPS}")
        for ball, name in enumerate(LOOKS):
            weights = problem.path(name, np.array(START), rate, STEPS, batch_size)[step]
            expected = np.array([*weights, problem.loss(weights), 100 * problem.accuracy(weights)])
            told = np.array(shown(page, ball))
            large = np.abs(expected) >= 1e5  # told as a power of ten
            np.testing.assert_allclose(told[~large], expected[~large], rtol=0.003, atol=0.0006)
            np.testing.assert_allclose(
                np.log10(np.abs(told[large])), np.floor(np.log10(np.abs(expected[large]))), atol=1e-9
            )
            np.testing.assert_array_equal(np.sign(told[large]), np.sign(expected[large]))


def test_the_balls_follow_the_paths_of_cnnlab(page, frames):
    assert_on_their_paths(page, 0.01)
    assert frames == []


def test_another_learning_rate_gives_other_paths(page, frames):
    slider = page.get_by_role("slider", name="Learning rate")
    slider.focus()
    for rate in (RATES[RATES.index(0.01) + 1], RATES[RATES.index(0.01) + 2], RATES[RATES.index(0.01) + 3]):
        slider.press("ArrowRight")
        at_rest(page)
        expect(slider).to_have_attribute("aria-valuetext", f"{rate:g}")
    assert rate == 0.1  # sgd and momentum are far out by now
    frames.clear()
    assert_on_their_paths(page, rate)
    assert frames == []


@pytest.mark.usefixtures("frames")
def test_batches_make_the_paths_shake(page):
    choose(page, "Each step looks at", "a batch of 20")
    assert_on_their_paths(page, 0.01, batch_size=20)


def test_the_surface_is_read_and_the_balls_start_where_they_are_put(page, frames):
    problem = zero_or_six()
    plane = balls(page).locator("canvas.plane")
    plane.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    found = re.match(r"w1 (\S+), w2 (\S+): loss (\S+)\.", balls(page).locator(".readout").text_content())
    first, second, loss = map(number, found.groups())
    assert loss == pytest.approx(problem.loss(np.array([first, second])), rel=0.02, abs=0.01)
    assert frames == []
    page.keyboard.press("Enter")
    at_rest(page)
    assert frames
    balls(page).locator(".scrub").fill("0")
    np.testing.assert_allclose(shown(page, 0)[:2], [first, second], atol=0.002)


def test_the_balls_roll_step_and_pause_under_the_pointer(page, frames):
    tools = balls(page)
    tools.locator(".scrub").fill("3")
    tools.locator(".next").click()
    expect(tools.locator("output")).to_have_text(f"step 4 of {STEPS}")
    tools.locator(".back").click()
    expect(tools.locator("output")).to_have_text(f"step 3 of {STEPS}")
    tools.locator(".play").click()
    expect(tools.locator("output")).to_have_text(re.compile(f"step ([7-9]|1.) of {STEPS}"))
    expect(tools.locator(".play")).to_contain_text("Pause")
    tools.locator("canvas.plane").hover(position={"x": 100, "y": 100})
    expect(tools.locator(".play")).to_contain_text("Roll")
    tools.locator("tbody input").nth(3).check()
    assert "adam" in tools.locator(".what").text_content()
    assert frames == []


# Too small, too large, and right


def test_the_curves_are_those_of_the_recorded_runs(page, frames):
    for name, run in recorded_runs.load().items():
        choose(page, "Network", name)
        frames.clear()
        epochs = run.history.epochs
        plots = page.locator(".plots")
        expect(plots).to_have_attribute("aria-label", re.compile("Loss, epoch"))
        at_the_end = re.search(r"Loss, epoch \d+: (\S+), validation (\S+)\. Acc", plots.get_attribute("aria-label"))
        np.testing.assert_allclose(
            [float(value) for value in at_the_end.groups()], [epochs.loss[-1], epochs.val_loss[-1]], rtol=0.002
        )
        plots.focus()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        told = plots.get_attribute("aria-valuetext")
        after_one = re.search(r"epoch 1, mean loss ([^,]+), .*validation loss ([^,]+),", told)
        np.testing.assert_allclose(
            [float(value) for value in after_one.groups()], [epochs.loss[0], epochs.val_loss[0]], rtol=0.002
        )
        assert frames == []


# The page


def test_a_sign_leads_to_its_paragraph(page, frames):
    paragraph = page.get_by_role("heading", name="Gradient descent")
    expect(paragraph).not_to_be_in_viewport()
    page.get_by_role("link", name="About: Gradient descent").click()
    expect(paragraph).to_be_in_viewport()
    at_rest(page)
    assert frames == []


@pytest.mark.parametrize("name", ["dense", "learning"])
def test_nothing_is_wider_than_a_phone(page, url, name):
    page.set_viewport_size({"width": 390, "height": 844})
    open_station(page, url, name)
    wide = page.locator("[data-testid=stMain]").evaluate(
        """main => {
            const inside = (node) => [...node.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? inside(one.shadowRoot) : [])]);
            const scrolls = (one) => one && one !== main && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
            return inside(main)
                .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1 && !scrolls(one))
                .map((one) => one.outerHTML.slice(0, 150));
        }"""
    )
    assert wide == []
    assert page.locator("[data-testid=stMain]").evaluate("main => main.scrollWidth") <= 390
