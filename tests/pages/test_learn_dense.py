"""Dense, dropout, softmax: what the page says is what cnnlab computes, whatever picture is sent through."""

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.lessons import small_problems
from cnnlab.nn import operations as ops
from tests.pages.seen import answer, components, labelled, right_answers, state, text
from ui.canvas import Drawing

PAGE = "pages/dense.py"


@pytest.fixture
def at(visit):
    return visit().switch_page(PAGE).run()


def test_the_page_opens(at):
    assert at.title[0].value == "Dense, dropout, softmax"
    assert components(at) == ["dense-flat", "dense-neuron", "dense-dropped", "dense-softmax"]
    assert "**Try**" in text(at)
    assert "**Notice**" in text(at)


def test_three_predictions(at):
    answer(at, "dense-index", 2 * 4 + 3)
    answer(at, "dense-parameters", 16 * 10)  # the biases are forgotten
    assert right_answers(at) == 1
    answer(at, "dense-parameters", 16 * 10 + 10)
    answer(at, "dense-shift", "stays")
    assert right_answers(at) == 3
    assert "3 of 3 predictions answered" in text(at)


def test_the_questions_follow_the_picture_and_the_layer(at):
    labelled(at.button_group, "Size").set_value(7).run()
    answer(at, "dense-index", 3 * 7 + 6)
    labelled(at.toggle, "In colour").set_value(True).run()
    answer(at, "dense-index", (3 * 7 + 6) * 3 + 2)
    labelled(at.button_group, "Layer").set_value("The starter network's last layer").run()
    assert "These 128 inputs" in text(at)
    answer(at, "dense-parameters", 128 * 10 + 10)
    assert right_answers(at) == 2


def test_every_digit_is_read(at):
    test = mnist.load().test
    for digit in range(10):
        labelled(at.button_group, "A test digit").set_value(digit).run()
        image = test.images[np.flatnonzero(test.labels == digit)[0]]
        inputs = ops.flatten(small_problems.four_by_four(image))
        network = small_problems.sixteen_pixels()
        top = int(ops.dense(inputs, network.kernel, network.bias).argmax())
        assert f"of {top} do?" in text(at)


def test_a_drawing_is_sent_through(at):
    ink = np.zeros((280, 280, 4), np.uint8)
    ink[40:240, 130:150] = 255
    state(at).canvas.drawing = Drawing({"objects": []}, ink)
    labelled(at.button_group, "Picture").set_value("My drawing").run()
    labelled(at.button_group, "Scores of").set_value("The starter network's last layer").run()
    assert "of 1 do?" in text(at)


def test_an_empty_picture_is_a_picture(at):
    state(at).canvas.drawing = Drawing({"objects": []}, np.zeros((280, 280, 4), np.uint8))
    labelled(at.button_group, "Picture").set_value("My drawing").run()
    assert len(components(at)) == 4


@pytest.mark.parametrize("rate", [0.0, 0.9])
def test_dropout_at_its_ends(at, rate):
    labelled(at.slider, "Rate").set_value(rate).run()
    plain = "add up to 131.9 on average" in text(at)
    assert plain == (rate == 0)


def test_dropout_is_off_when_predicting_and_binary_accuracy_flatters(at):
    assert "layer are the same as those before it" in text(at)
    assert "already right in 90%" in text(at)
