"""Look inside, Why: every method answers, classes are contrasted, and networks of all kinds are explained."""

import numpy as np
import pytest

from cnnlab import mnist, starter
from cnnlab.experiment import DataSettings, Experiment
from cnnlab.explain.score import Reader, Score, class_direction
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Dense, Flatten
from cnnlab.nn.weights import Weights
from cnnlab.presets import PRESETS
from cnnlab.training.events import RunStarted, WeightsSnapshot
from pages.parts.look_inside import slopes
from pages.parts.look_inside.why import GRAD_CAM, INTEGRATED, METHODS, Explained, measured, panels
from tests.pages.runs import weights_of
from tests.pages.seen import components, labelled, text


@pytest.fixture
def run_of(store):
    """`run_of(experiment)`: the id of a run that has weights."""

    def make(experiment: Experiment) -> str:
        run = store.create(experiment)
        run.record(RunStarted(0, 200, 100, 2, 3))
        run.record(WeightsSnapshot(0, weights_of(experiment)))
        return run.id

    return make


def choose(at, label, value):
    labelled(at.button_group, label).set_value(value).run()


@pytest.mark.parametrize("method", list(METHODS))
def test_every_method_shows_its_pictures_and_says_what_it_cannot_tell(visit, method):
    at = visit("look_inside", view="Why")
    choose(at, "Method", method)
    assert any(key.startswith("why-") for key in components(at))
    shows, cannot = METHODS[method]
    assert shows in text(at)
    assert f"What it cannot tell:** {cannot}" in text(at)


def test_integrated_gradients_show_their_check(visit):
    at = visit("look_inside", view="Why")
    choose(at, "Method", INTEGRATED)
    assert "All pixels together" in text(at)
    assert "complete]" in text(at)
    choose(at, "Method", GRAD_CAM)
    assert "All pixels together" not in text(at)


def test_the_class_that_was_read_is_explained_first_and_two_can_be_contrasted(visit):
    at = visit("look_inside", view="Why")
    assert labelled(at.button_group, "Why a ...").value == 7
    assert "The 7's logit is" in text(at)
    labelled(at.selectbox, "and not a ...").set_value(2).run()
    assert "The 7's logit above the 2's is" in text(at)
    choose(at, "Why a ...", 2)
    assert "The 2's logit is" in text(at)
    assert 2 not in labelled(at.selectbox, "and not a ...").options


def test_grad_cam_can_look_at_each_convolution(visit):
    at = visit("look_inside", view="Why")
    choose(at, "Method", GRAD_CAM)
    layers = labelled(at.selectbox, "At layer")
    assert layers.options == ["1. Conv2D", "3. Conv2D"]
    assert layers.value == 2
    layers.set_value(0).run()


def test_a_network_without_convolution_has_no_grad_cam(visit, run_of):
    experiment = PRESETS["No convolution (dense only)"]
    at = visit("look_inside", view="Why", run=run_of(experiment))
    assert GRAD_CAM not in labelled(at.button_group, "Method").options
    choose(at, "Method", "Occlusion")


def test_a_network_of_whole_pixels_is_explained_and_complete(visit, run_of):
    architecture = Architecture((Flatten(), Dense(10, activation="softmax")))
    at = visit("look_inside", view="Why", run=run_of(Experiment(architecture, DataSettings(normalise=False))))
    choose(at, "Method", INTEGRATED)
    assert ":green-badge" in text(at)


def test_what_is_measured_tells_when_the_parts_are_not_the_whole():
    class Short:
        total, difference, is_complete, steps = 1.0, 2.0, False, 1024

    said = measured(3, None, 2.5, Short())
    assert "not complete" in said
    assert "**+1.000**" in said
    assert "**+2.000**" in said


def test_the_gradient_can_be_followed_back_to_the_first_kernels(visit):
    at = visit("look_inside", view="Why")
    assert not [key for key in components(at) if key.startswith("slopes-")]
    labelled(at.toggle, "Show the gradient on its way back, layer by layer").set_value(True).run()
    shown = [key.split("-")[1] for key in components(at) if key.startswith("slopes-")]
    assert shown == [
        "4. MaxPooling2D, its maps",
        "3. Conv2D, its maps",
        "3. Conv2D, its kernels",
        "2. MaxPooling2D, its maps",
        "1. Conv2D, its maps",
        "1. Conv2D, its kernels",
    ]


def test_each_filter_shows_the_slopes_of_the_map_that_counts_most(monkeypatch):
    """Held to the weights moved by hand: the score changes by the slope."""
    shown = {}
    monkeypatch.setattr(slopes, "maps", lambda pictures, *, key, titles, **_: shown.update({key: (pictures, titles)}))
    experiment, weights = starter.load()
    image = mnist.normalise(mnist.load().test.images[0, ..., 0])
    score = Score(Reader.of(experiment, weights), class_direction(7))
    slopes.show_slopes(score, image)
    pictures, titles = shown["slopes-3. Conv2D, its kernels-(64, 5, 5)"]
    whole = score.weight_gradients(image)["2/kernel"]
    for number in (0, 9, 63):
        channel = int(titles[number].removeprefix(f"{number} ← "))
        assert channel == np.abs(whole[..., number]).sum(axis=(0, 1)).argmax()
        np.testing.assert_array_equal(pictures[number], whole[:, :, channel, number])
    row, column = np.unravel_index(np.abs(pictures[9]).argmax(), (5, 5))
    channel = int(titles[9].removeprefix("9 ← "))
    moved = Weights((name, value.copy()) for name, value in weights.items())
    moved["2/kernel"][row, column, channel, 9] += 1e-3
    grown = Score(Reader.of(experiment, moved), class_direction(7)).value(image) - score.value(image)
    assert grown / 1e-3 == pytest.approx(pictures[9][row, column], rel=0.02)


def test_without_convolution_no_kernels_are_shown(visit, run_of):
    at = visit("look_inside", view="Why", run=run_of(PRESETS["No convolution (dense only)"]))
    labelled(at.toggle, "Show the gradient on its way back, layer by layer").set_value(True).run()
    assert "There is no convolution whose kernels could be shown." in text(at)


def test_the_pictures_stand_in_order_and_tell_how_alike_they_are():
    image = np.random.default_rng(0).random((28, 28), dtype=np.float32)
    same = panels("Gradient", "Why a 7?", image, Explained(image), Explained(image))
    assert [panel.title for panel in same] == ["The digit", "Why a 7?", "With shuffled weights"]
    assert same[2].note == "How alike the two are (1: the same): 1.00"
    assert panels("Gradient", "", image, Explained(image), Explained(-image))[2].note.endswith("-1.00")
    cam = panels(GRAD_CAM, "Why a 7?", image, Explained(image, image[:8, :8]), Explained(image))
    assert [panel.kind for panel in cam] == ["ink", "sequential", "sequential", "sequential"]
    assert cam[2].note == "8 x 8, stretched over the picture"
    assert cam[1].data()["limit"] == image.max()
    assert cam[0].data()["limit"] == 1
