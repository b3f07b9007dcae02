"""Flatten, dense, dropout and softmax in a real browser: numbers equal NumPy's, no server is asked."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from cnnlab import mnist, starter
from cnnlab.lessons.small_problems import four_by_four, sixteen_pixels
from cnnlab.nn import network
from cnnlab.nn import operations as ops
from tests.browser.learner import at_rest, number, open_station, part, texts
from tests.browser.visitor import PATIENCE
from ui.components.dropped import NUM_PASSES, masked

IMAGE = mnist.load().test.images[0]  # the first 7
SIXTEEN = np.round(ops.average_pooling2d(IMAGE.astype(np.float32), 7)).astype(np.uint8)


@pytest.fixture
def frames(page, url):
    return open_station(page, url, "dense")


# Flatten


def told(page: Page) -> tuple[int, int, int, int]:
    """Row, column, index and value that the flatten picture tells."""
    return tuple(texts(page.locator(".where b")))


def test_hovering_the_picture_marks_the_line_and_back(page, frames):
    line = ops.flatten(SIXTEEN)
    for row, column in [(1, 2), (3, 0), (0, 3)]:
        page.locator("canvas.picture").hover(position={"x": 63 * column + 30, "y": 63 * row + 30})
        index = row * 4 + column
        assert told(page) == (row, column, index, line[index] == SIXTEEN[row, column, 0] and line[index])
        assert page.locator(".there b").text_content() == str(index)
        assert texts(page.locator(".back-again b")) == [row, column, 0]
        assert int(page.locator(".lens .here").text_content().removesuffix(str(index))) == line[index]
    strip = page.locator("canvas.line")
    width = strip.bounding_box()["width"]
    for index in (5, 15):
        strip.hover(position={"x": width * (index + 0.5) / 16, "y": 20})
        assert told(page) == (index // 4, index % 4, index, line[index])
    assert frames == []


def test_the_arrow_keys_move_in_picture_and_line(page, frames):
    page.locator("canvas.line").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert told(page)[2] == 1
    page.locator("canvas.picture").focus()
    page.keyboard.press("ArrowDown")
    assert told(page)[:3] == (1, 1, 5)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")  # at the border it stays
    assert told(page)[:3] == (1, 0, 4)
    expect(page.locator("canvas.picture")).to_have_attribute("aria-valuetext", re.compile("row 1, column 0, index 4"))
    assert frames == []


def test_the_walk_plays_steps_and_pauses_under_the_pointer(page, frames):
    flat = part(page, "canvas.line")
    flat.locator(".scrub").fill("3")
    expect(flat.locator("output")).to_have_text("3 of 16 in the line")
    flat.locator(".next").click()
    expect(flat.locator("output")).to_have_text("4 of 16 in the line")
    flat.locator(".play").click()
    expect(flat.locator(".play")).to_contain_text("Pause")
    expect(flat.locator("output")).to_have_text(re.compile("[6-9] of 16"))
    page.locator("canvas.picture").hover(position={"x": 30, "y": 30})
    expect(flat.locator(".play")).to_contain_text("Play")
    assert told(page)[:3] == (0, 0, 0)
    assert frames == []


# Dense


def dense_layer(which: str):
    """Inputs, kernel and bias of the layer that the page shows."""
    if which == "16":
        sixteen = sixteen_pixels()
        return ops.flatten(four_by_four(IMAGE)), sixteen.kernel, sixteen.bias
    experiment, weights = starter.load()
    traces = network.trace(experiment.architecture, weights, mnist.normalise(IMAGE))
    last = len(traces) - 1
    return traces[-2].output, weights[f"{last}/kernel"], weights[f"{last}/bias"]


@pytest.mark.parametrize("which", ["16", "starter"])
def test_the_products_and_their_sum_are_those_of_numpy(page, url, which):
    frames = open_station(page, url, "dense")
    inputs, kernel, bias = dense_layer(which)
    neuron = part(page, ".terms")
    if which == "starter":
        page.get_by_text("The starter network's last layer").first.click()
        expect(neuron.locator(".edges line")).to_have_count(len(kernel), timeout=PATIENCE)
        at_rest(page)
        frames.clear()
    picture = neuron.locator(".picture")
    box = picture.bounding_box()
    for unit in (3, 9):
        picture.hover(position={"x": box["width"] - 100, "y": 20 + 30 * unit + 15})
        sums = ops.dense(inputs, kernel, bias)
        shown = texts(neuron.locator(".terms span"))
        awake = np.arange(len(inputs)) if which == "16" else np.flatnonzero(inputs)
        np.testing.assert_allclose(shown, (inputs * kernel[:, unit])[awake], atol=0.00501)
        assert number(neuron.locator(".bias").text_content()) == pytest.approx(bias[unit], abs=0.00501)
        assert number(neuron.locator(".sum").text_content()) == pytest.approx(sums[unit], abs=0.00501)
        assert sum(shown) + bias[unit] == pytest.approx(sums[unit], abs=0.005 * len(shown))
        output = number(neuron.locator(".output").text_content())
        assert output == pytest.approx(ops.softmax(sums)[unit], abs=0.000501)
        edges = neuron.locator(".edges line")
        signs = edges.evaluate_all("lines => lines.map(line => line.getAttribute('class'))")
        widths = edges.evaluate_all("lines => lines.map(line => +line.getAttribute('stroke-width'))")
        assert signs == [{1: "above", -1: "below", 0: ""}[sign] for sign in np.sign(kernel[:, unit])]
        np.testing.assert_allclose(widths, 9 * np.abs(kernel[:, unit]) / np.abs(kernel).max(), atol=0.00501)
    assert frames == []


def test_the_sum_is_added_up_before_the_eyes_and_by_keyboard(page, frames):
    inputs, kernel, _ = dense_layer("16")
    neuron = part(page, ".terms")
    picture = neuron.locator(".picture")
    picture.focus()
    for _ in range(9):
        page.keyboard.press("ArrowUp")
    for _ in range(16):
        page.keyboard.press("ArrowLeft")
    so_far = np.cumsum(inputs * kernel[:, 0])
    for index in range(1, 16):
        page.keyboard.press("ArrowRight")
        assert number(neuron.locator(".so-far").text_content()) == pytest.approx(so_far[index], abs=0.00501)
    expect(picture).to_have_attribute("aria-valuetext", re.compile("^Unit 0: sum"))
    neuron.locator(".play").click()
    expect(neuron.locator(".play")).to_contain_text("Pause")
    picture.hover(position={"x": 50, "y": 100})
    expect(neuron.locator(".play")).to_contain_text("Add up")
    assert frames == []


# Dropout


def test_masks_and_answers_are_those_of_numpy(page, frames):
    values, kernel, bias = dense_layer("starter")
    outputs = masked(values, 0.4, 0)
    dropped = part(page, ".spread")
    expect(dropped.locator(".state")).to_contain_text("dropout is off")
    for step in (1, 2):
        dropped.locator(".step").click()
        off = dropped.locator(".grid i").evaluate_all("units => units.map(unit => unit.classList.contains('off'))")
        np.testing.assert_array_equal(off, (outputs[step - 1] == 0) & (values > 0))
        assert number(dropped.locator(".off-count").text_content()) == sum(off)
        assert number(dropped.locator(".total").text_content()) == pytest.approx(outputs[step - 1].sum(), abs=0.0501)
        expect(dropped.locator("circle")).to_have_count(10 * step)
    dropped.locator(".scrub").fill(str(NUM_PASSES))
    probabilities = ops.softmax(ops.dense(outputs, kernel, bias))
    same = int((probabilities.argmax(axis=1) == 7).sum())
    expect(dropped.locator(".spread b").first).to_have_text(f"{same} of {NUM_PASSES}")
    expect(dropped.locator("circle")).to_have_count(10 * NUM_PASSES)

    unit = int(values.argmax())
    dropped.locator(".grid i").nth(unit).hover()
    assert f"Unit {unit}" in dropped.locator(".unit").text_content()
    dropped.locator(".grid").focus()
    page.keyboard.press("ArrowRight")
    assert f"Unit {unit + 1}" in dropped.locator(".unit").text_content()
    assert frames == []


# Softmax


def logits_shown(softmax: Locator) -> np.ndarray:
    return np.array(softmax.locator(".z").evaluate_all("inputs => inputs.map(input => +input.value)"))


def probabilities_shown(softmax: Locator) -> np.ndarray:
    return np.array(softmax.locator("tbody .wide").evaluate_all("cells => cells.map(cell => +cell.dataset.p)"))


def cost_shown(softmax: Locator) -> float:
    return number(softmax.locator(".cost").text_content())


def test_sliders_temperature_and_truth_are_answered_as_numpy_does(page, frames):
    softmax = part(page, "td.exp.total")
    inputs, kernel, bias = dense_layer("16")
    np.testing.assert_allclose(logits_shown(softmax), ops.dense(inputs, kernel, bias), atol=0.00501)
    sliders = softmax.locator(".z")
    for digit, value in [(0, "12.5"), (7, "-20"), (3, "20")]:
        sliders.nth(digit).fill(value)
        exact = ops.softmax(logits_shown(softmax))
        np.testing.assert_allclose(probabilities_shown(softmax), exact, rtol=1e-9)
        assert cost_shown(softmax) == pytest.approx(-np.log(exact[7]), abs=0.000501)
    each = texts(softmax.locator("tbody .each"))
    np.testing.assert_allclose(each, ops.sigmoid(logits_shown(softmax)), atol=0.000501)

    for step, degrees in [("10", 10), ("-10", 0.1), ("3", 10**0.3)]:
        softmax.locator(".temperature").fill(step)
        exact = ops.softmax(logits_shown(softmax) / degrees)
        np.testing.assert_allclose(probabilities_shown(softmax), exact, rtol=1e-9, atol=1e-300)
    softmax.locator("[type=radio]").nth(0).check()
    assert cost_shown(softmax) == pytest.approx(-np.log(exact[0]), abs=0.000501)
    softmax.locator(".reset").click()
    np.testing.assert_allclose(logits_shown(softmax), ops.dense(inputs, kernel, bias), atol=0.00501)
    assert frames == []


def test_a_slider_is_answered_before_its_event_is_over(page, frames):
    """No timer, no frame, no server in between: that is what makes it instant on any machine."""
    softmax = part(page, "td.exp.total")
    before, after = (
        softmax.locator(".z")
        .nth(2)
        .evaluate(
            """slider => {
            const shown = () => +slider.closest("tr").querySelector(".wide").dataset.p;
            const before = shown();
            slider.value = 15;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            return [before, shown()];
        }"""
        )
    )
    assert before < 0.1
    assert after == pytest.approx(ops.softmax(logits_shown(softmax))[2])
    assert after > 0.9
    assert frames == []


def test_the_arrow_keys_move_a_slider_and_the_formula_lights_up(page, frames):
    softmax = part(page, "td.exp.total")
    sliders = softmax.locator(".z")
    sliders.nth(4).focus()
    before = logits_shown(softmax)[4]
    page.keyboard.press("ArrowRight")
    assert logits_shown(softmax)[4] == pytest.approx(before + 0.01)
    assert "probability of 4 =" in softmax.locator(".formula").text_content()
    expect(softmax.locator(".formula .lit")).to_have_count(2)
    softmax.locator("tbody tr").nth(8).hover()
    assert "probability of 8 =" in softmax.locator(".formula").text_content()
    assert frames == []
