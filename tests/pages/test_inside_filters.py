"""Look inside, Filters: a filter is switched off or typed over, and the reading and the accuracy follow."""

import numpy as np
import pytest

from cnnlab import mnist, starter
from cnnlab.evaluation import predict
from cnnlab.explain import ablation
from cnnlab.explain.ablation import Changes
from cnnlab.nn import network
from cnnlab.nn.layers import Conv2D
from cnnlab.nn.weights import Weights
from cnnlab.presets import PRESETS
from cnnlab.runs.records import Label
from cnnlab.training.events import WeightsSnapshot
from tests.pages.runs import weights_of
from ui import computed

EXPERIMENT, WEIGHTS = starter.load()


@pytest.fixture
def asked(monkeypatch):
    """What was asked of Keras, which is not loaded here: the answers are told by the weights."""
    questions = []

    def accuracy(_, weights):
        questions.append(weights)
        return 0.5 if (weights["0/kernel"][..., 3] == 0).all() else 0.9957

    def without_each_filter(_, weights, layer_index, __):
        return np.linspace(0.9, 0.5, weights[f"{layer_index}/kernel"].shape[-1])

    monkeypatch.setattr(predict, "test_accuracy", accuracy)
    monkeypatch.setattr(ablation, "without_each_filter", without_each_filter)
    monkeypatch.setattr(
        predict, "initial_weights", lambda _: Weights((name, value * 0) for name, value in WEIGHTS.items())
    )
    computed.answers.clear()
    yield questions
    computed.answers.clear()


def texts(at):
    return " ".join(element.value for element in [*at.markdown, *at.caption, *at.subheader])


def changes_of(at):
    return at.session_state["cnnlab"].changes.get(None, Changes())


def toggle(at):
    return next(toggle for toggle in at.toggle if toggle.label == "Switched off")


def test_a_filter_is_switched_off_and_on_again(visit, asked):
    at = visit("look_inside", view="Filters")
    assert "Filter 0 of layer 1" in texts(at)
    assert not at.metric
    toggle(at).set_value(True).run()
    assert changes_of(at).off == {(0, 0)}
    (metric,) = at.metric
    assert (metric.value, metric.delta) == ("99.57%", "+0.00 points")
    image = mnist.normalise(mnist.load().test.images[0])
    answer = network.forward(EXPERIMENT.architecture, changes_of(at).apply(WEIGHTS), image)[-1]
    assert f"7: **{answer[7]:.1%}**" in texts(at)
    toggle(at).set_value(False).run()
    assert not changes_of(at).off
    assert not at.metric
    assert len(asked) == 2  # before and after, each once


@pytest.mark.usefixtures("asked")
def test_all_changes_are_undone_with_one_button(visit):
    at = visit("look_inside", view="Filters")
    toggle(at).set_value(True).run()
    next(button for button in at.button if button.label == "Undo all changes").click().run()
    assert changes_of(at) == Changes()
    assert not toggle(at).value


@pytest.mark.usefixtures("asked")
def test_the_changes_outlive_a_visit_to_another_page(visit):
    at = visit("look_inside", view="Filters")
    toggle(at).set_value(True).run()
    at.switch_page("pages/train.py").run()
    at.query_params["view"] = "Filters"
    at.switch_page("pages/look_inside.py").run()
    assert toggle(at).value
    assert at.metric


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("Number", 0),
        ("Norm", int(ablation.by_norm(WEIGHTS["0/kernel"])[0])),
        ("Likeness", int(ablation.by_similarity(WEIGHTS["0/kernel"])[0])),
        ("Importance", 15),
    ],
)
@pytest.mark.usefixtures("asked")
def test_filters_in_an_order(visit, order, first):
    at = visit("look_inside", view="Filters")
    next(box for box in at.selectbox if box.label == "Order by").set_value(order).run()
    assert f"Filter {first} of layer 1" in texts(at)


@pytest.mark.usefixtures("asked")
def test_the_weights_before_training_are_looked_at_only(visit):
    at = visit("look_inside", view="Filters")
    next(group for group in at.segmented_control if group.label == "Weights").set_value("Before").run()
    assert "random numbers" in texts(at)
    assert not at.toggle


@pytest.mark.usefixtures("asked")
def test_a_deeper_layer_shows_what_each_input_map_adds(visit):
    at = visit("look_inside", view="Filters")
    next(group for group in at.segmented_control if group.label == "Layer").set_value(2).run()
    assert "Filter 0 of layer 3" in texts(at)
    assert next(box for box in at.number_input if box.label == "Plane (0 to 15)").value == int(
        ablation.strongest_channels(WEIGHTS["2/kernel"])[0]
    )
    toggle(at).set_value(True).run()
    assert changes_of(at).off == {(2, 0)}


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_can_be_looked_at(visit, store, preset):
    run = store.create(PRESETS[preset])
    run.record(WeightsSnapshot(0, weights_of(PRESETS[preset])))
    at = visit("look_inside", run=run.id, view="Filters")
    has_filters = any(isinstance(layer, Conv2D) for layer in PRESETS[preset].architecture.layers)
    assert ("Filter 0 of layer 1" in texts(at)) == has_filters


@pytest.mark.usefixtures("asked")
def test_the_changes_outlive_another_name_of_the_run(visit, store):
    run = store.create(EXPERIMENT)
    run.record(WeightsSnapshot(0, WEIGHTS))
    at = visit("look_inside", run=run.id, view="Filters")
    toggle(at).set_value(True).run()
    run.set_label(Label(name="mine"))
    at.run()
    assert "mine, run" in " ".join(at.selectbox[0].options)
    assert toggle(at).value
