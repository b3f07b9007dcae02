"""Learning: losses, paths, updates and recorded runs, as cnnlab computes them."""

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.lessons import recorded_runs
from cnnlab.lessons.small_problems import sixteen_pixels, zero_or_six
from tests.pages.seen import answer, components, labelled, right_answers, text

PAGE = "pages/learning.py"


@pytest.fixture
def at(visit):
    return visit().switch_page(PAGE).run()


def probability_of(digit):
    test = mnist.load().test
    image = test.images[np.flatnonzero(test.labels == digit)[0]]
    return float(sixteen_pixels().probabilities(image)[digit])


def test_the_page_opens(at):
    assert at.title[0].value == "Learning"
    assert components(at) == [
        "learning-digit-shown",
        "learning-one-hot",
        "learning-balls",
        "learning-mosaic",
        "learning-curves-Too large",
    ]
    assert "**Try**" in text(at)
    assert "**Notice**" in text(at)


def test_three_predictions(at):
    answer(at, "learning-loss", round(-np.log(probability_of(4) / 2), 2))
    answer(at, "learning-diverges", "0.01")
    assert right_answers(at) == 1
    answer(at, "learning-diverges", "0.1")
    answer(at, "learning-updates", 391)
    assert right_answers(at) == 3
    assert "3 of 3 predictions answered" in text(at)


def test_every_digit_has_a_loss(at):
    for digit in range(10):
        labelled(at.button_group, "A test digit that is a").set_value(digit).run()
        chance = round(probability_of(digit), 3)
        assert f"{chance:.3f}: the loss is {-np.log(chance):.2f}" in text(at)


@pytest.mark.parametrize("looks_at", ["all 2,000 digits", "a batch of 20"])
@pytest.mark.parametrize("rate", [0.0003, 0.03, 1.0])
def test_any_learning_rate_can_be_chosen(at, rate, looks_at):
    labelled(at.select_slider, "Learning rate").set_value(rate).run()
    labelled(at.button_group, "Each step looks at").set_value(looks_at).run()
    assert f"within 5% of the lowest, at {rate:g}" in text(at)


def test_the_learning_rate_that_diverges_is_the_one_that_the_curvature_tells(at):
    limit = 2 / zero_or_six().curvatures[1]
    answer(at, "learning-diverges", "0.1")
    assert f"= {limit:.3f} every step of sgd lands higher" in text(at)


def test_updates_are_counted(at):
    assert "60,000 / 100 = **600 updates** an epoch" in text(at)
    assert "600 x 5 = **3,000 updates** in all" in text(at)
    labelled(at.number_input, "Show update (1 to 3,000)").set_value(601).run()
    assert "Update 601 is number 1 of epoch 2, and looks at 100 digits" in text(at)
    labelled(at.number_input, "Batch size").set_value(1024).run()
    assert "60,000 / 1024 = **59 updates** an epoch, the last one smaller" in text(at)


def test_the_last_batch_may_be_smaller(at):
    labelled(at.select_slider, "Training images").set_value(1_000).run()
    labelled(at.number_input, "Batch size").set_value(300).run()
    labelled(at.number_input, "Show update (1 to 20)").set_value(4).run()
    assert "looks at 100 digits" in text(at)


def test_what_each_recorded_run_shows(at):
    told = {}
    for name, run in recorded_runs.load().items():
        labelled(at.button_group, "Network").set_value(name).run()
        assert f"learning-curves-{name}" in components(at)
        assert f"{run.experiment.architecture.num_parameters:,} parameters" in text(at)
        told[name] = next(word for word in ("underfits", "overfits", "It fits") if f"{word}:" in text(at))
    assert list(told.values()) == ["underfits", "It fits", "overfits", "overfits"]
