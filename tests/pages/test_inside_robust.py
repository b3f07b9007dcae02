"""Look inside, Robustness: every distortion and both ways to fool the network."""

import numpy as np
import pytest

from cnnlab.training.events import RunStarted, WeightsSnapshot
from pages.parts.look_inside.robust import FEW, LITTLE, NAMES, held
from tests.pages.runs import TINY, weights_of
from tests.pages.seen import components, labelled, text
from ui.colours import DIGITS
from ui.components.sweep import class_colours


def choose(at, label, value):
    labelled(at.button_group, label).set_value(value).run()


@pytest.mark.parametrize("name", list(NAMES))
def test_every_distortion_has_its_curves(visit, name):
    at = visit("look_inside", view="Robustness")
    choose(at, "What is done to the digit", name)
    assert "robust-sweep" in components(at)
    assert "It is read as 7 at" in text(at)


def test_the_others_lie_on_top(visit):
    at = visit("look_inside", view="Robustness")
    before = next(line for line in text(at).splitlines() if "It is read as 7 at" in line)
    labelled(at.slider, "Cover").set_value(16.0).run()
    after = next(line for line in text(at).splitlines() if "It is read as 7 at" in line)
    assert before != after
    assert "Turn" not in [slider.label for slider in at.slider]


def test_the_network_is_fooled_in_both_ways(visit):
    at = visit("look_inside", view="Robustness")
    choose(at, "Change", LITTLE)
    assert "No pixel changed by more than **0." in text(at)
    choose(at, "Change", FEW)
    assert "pixels** turned black or white are enough" in text(at)
    labelled(at.selectbox, "until it is read as").set_value(3).run()
    assert "are enough: it is read as a 3" in text(at)


def test_how_far_the_answer_holds_by_hand():
    values = np.array([-2.0, -1, 0, 1, 2])
    assert "at 5 of 5 steps. The answer holds from **-2** to **+2**" in held(values, np.ones(5, bool), 7)
    right = np.array([True, False, True, True, False])
    assert "at 3 of 5 steps. The answer holds from **+0** to **+1**" in held(values, right, 7)
    assert "misread from the start" in held(values, np.array([True, True, False, True, True]), 7)


def test_a_class_that_matters_has_its_colour_and_so_has_the_expected_one():
    read = np.zeros((3, 10), np.float32)
    read[:, 4] = 0.05
    read[:, 1] = [0.2, 0.9, 0.8]
    read[:, 6] = 0.1
    found = class_colours(read, expected=4)
    assert {digit: found[digit] for digit in range(10) if found[digit]} == {1: DIGITS[1], 4: DIGITS[4]}


@pytest.mark.parametrize("view", ["Why", "Looks for", "Robustness"])
def test_a_network_whose_weights_are_not_numbers_is_shown_without_an_error(visit, store, view):
    run = store.create(TINY)
    run.record(RunStarted(0, 200, 100, 2, 3))
    run.record(WeightsSnapshot(0, {key: value * np.float32(np.nan) for key, value in weights_of().items()}))
    assert components(visit("look_inside", view=view, run=run.id))
