"""Pixels and channels: what the page says is what cnnlab computes, whatever picture is brought."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cnnlab import mnist
from tests.pages.seen import click, components, labelled, open_code, state, text
from ui.canvas import Drawing

PAGE = "pages/pixels.py"


@pytest.fixture
def at(visit):
    return visit().switch_page(PAGE).run()


def choose(at, source):
    labelled(at.button_group, "Picture").set_value(source).run()


def check(at, key, value):
    """Answer the prediction of this key; a number, or one of its options."""
    fields = at.button_group if isinstance(value, str) else at.number_input
    next(field for field in fields if str(field.key).startswith(key)).set_value(value)
    next(button for button in at.button if str(button.key).startswith(key) and button.label == "Check").click().run()


def photo(mode="RGB", size=(40, 20)):
    buffer = BytesIO()
    Image.new(mode, size, 200 if mode == "L" else (200, 100, 0)).save(buffer, "PNG")
    return buffer.getvalue()


def upload(at, name, data):
    choose(at, "Photo")
    at.get("file_uploader")[0].set_value((name, data, "image/png")).run()


def test_the_page_opens(at):
    assert at.title[0].value == "Pixels and channels"
    assert components(at) == ["pixels-picture", "pixels-mixer-0"]
    assert "**Try**" in text(at)
    assert "**Notice**" in text(at)


def test_the_cost_question(at):
    assert "layer of 10 units on this photo: **212 million weights**" in text(at)
    assert "of 32 5x5 filters: **2,432**" in text(at)
    assert "21233664x10 + 10 = 212,336,650" in text(at)
    assert f"| {2300 * 3068 * 32 * 5 * 5 * 3:,} |" in text(at)
    labelled(at.number_input, "Dense units").set_value(20).run()
    assert "425 million weights" in text(at)


def test_three_predictions(at):
    check(at, "pixels-count", 96 * 96 * 3)
    check(at, "pixels-lavender", "black")
    assert "404 from lavender, which is (230, 230, 250)" in text(at)
    check(at, "pixels-cost", 4)
    assert "It is not 4" in text(at)
    assert "2 of 3" in text(at)
    check(at, "pixels-cost", 1)
    assert "3 of 3" in text(at)


def test_a_digit_is_grey(at):
    choose(at, "Digit")
    assert "28 rows, 28 columns and 1 channel." in text(at)
    assert "shape (28, 28, 1)" in text(at)
    check(at, "pixels-count", 784)
    assert "1 of 3" in text(at)


def test_the_drawing(at):
    choose(at, "My drawing")
    assert "There is no drawing yet" in text(at)
    ink = np.zeros((280, 280, 4), np.uint8)
    ink[40:240, 130:150] = 255
    state(at).canvas.drawing = Drawing({"objects": []}, ink)
    at.run()
    assert "There is no drawing yet" not in text(at)
    assert "28 rows, 28 columns and 1 channel." in text(at)


@pytest.mark.parametrize(("mode", "channels"), [("RGB", "3 channels"), ("L", "1 channel.")])
def test_a_photo(at, mode, channels):
    upload(at, "holiday.png", photo(mode, (400, 200)))
    assert f"48 rows, 96 columns and {channels}" in text(at)


@pytest.mark.parametrize("size", [(1, 1), (10, 10), (2000, 30)])
def test_a_photo_that_is_too_small_is_told(at, size):
    upload(at, "dot.png", photo(size=size))
    assert "dot.png is too small or too narrow" in at.error[0].value
    assert "96 rows, 96 columns" in text(at)


@pytest.mark.parametrize("size", [(11, 11), (96, 11), (300, 40)])
def test_a_small_photo(at, size):
    upload(at, "small.png", photo(size=size))
    assert not at.error
    assert "3 channels" in text(at)


def test_a_bad_file_is_told_and_the_page_goes_on(at):
    upload(at, "letter.png", b"not a picture")
    assert at.error[0].value == "letter.png is not a picture that can be read here: it must be PNG, JPEG or WebP."
    assert "96 rows, 96 columns" in text(at)


def test_a_photo_is_kept_when_one_comes_back(at):
    upload(at, "holiday.png", photo())
    at.switch_page("pages/home.py").run()
    at.switch_page(PAGE).run()
    assert "Shown: holiday.png" in text(at)
    assert "20 rows, 40 columns" in text(at)


def test_without_a_camera_the_page_goes_on(at):
    choose(at, "Camera")
    assert "https or localhost" in text(at)
    assert "96 rows, 96 columns" in text(at)


def test_reshaping_changes_no_number(at):
    choose(at, "Digit")
    shown = [part.proto.body for part in at.get("html") if part.proto.body.startswith("<pre>")]
    table, stack = (np.array(re.findall(r"\d+", text), int) for text in shown)
    assert table.size == 9
    np.testing.assert_array_equal(table, stack)
    assert set(table) <= set(mnist.load().test.images[0].ravel())


def test_the_code_that_did_it(at):
    assert "def normalise" in open_code(at, "normalise")[0]


def test_show_me_reveals_each(at):
    for _ in range(3):
        click(at, "Show me")
    assert "1 of 3" in text(at)
