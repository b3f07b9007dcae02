"""Look inside: which digit goes through the network, which view is shown, and what Maps and Trace show of it."""

import json

import numpy as np
import pytest

from cnnlab import mnist, network, starter
from cnnlab.presets import PRESETS
from tests.app.runs import some_training, weights_of
from tests.app.seen import components, state
from tests.app.test_networks import one
from ui.state import Drawing

MAPS, TRACE = "Maps", "Trace"


def data(at, key):
    """What the component of this key was given."""
    return next(json.loads(part.proto.json) for part in at.get("bidi_component") if part.key == key)


def digit_name(at):
    """What stands under the picture of the digit."""
    return caption(at)[0]


def caption(at):
    return at.get("image")[0].proto.imgs[0].caption.split("  \n")


def view(at):
    return at.button_group(key="view")


@pytest.mark.parametrize("name", PRESETS)
def test_every_network_can_be_looked_at_and_traced(visit, store, name):
    experiment = PRESETS[name]
    run = store.create(experiment)
    started, snapshot = some_training()[:2]
    run.record(started)
    run.record(type(snapshot)(0, weights_of(experiment)))
    layers = experiment.architecture.layers

    columns = data(visit("look_inside", run=run.id), "overview")["columns"]
    assert [column["name"] for column in columns] == ["Input", *(type(layer).__name__ for layer in layers)]
    trace = data(visit("look_inside", run=run.id, view=TRACE), "trace")
    assert trace["title"].startswith(f"Layer {len(layers)}, Dense")
    assert trace["path"][0]["name"].startswith("class ")


def test_a_network_that_came_apart_is_told(visit, store):
    experiment = PRESETS["Tiny"]
    run = store.create(experiment)
    started, snapshot = some_training()[:2]
    run.record(started)
    run.record(type(snapshot)(0, {name: value * np.float32(np.nan) for name, value in weights_of(experiment).items()}))
    for title in (MAPS, TRACE):
        assert caption(visit("look_inside", run=run.id, view=title))[1] == "the answer is not a number"


def test_any_digit_is_sent_through_the_network(visit):
    at = visit("look_inside")
    test = mnist.load().test
    for digit in range(10):
        at.button_group(key="digit_label").set_value(digit).run()
        at.number_input[0].set_value(at.number_input[0].max).run()
        assert digit_name(at) == f"Test digit {np.flatnonzero(test.labels == digit)[-1]:,}, a {digit}"
        assert not at.exception


def test_the_drawing_is_sent_through_the_network(visit):
    at = visit("look_inside")
    assert digit_name(at).endswith("a 7")
    assert caption(at)[1] == "read as **7** :material/check: 100.0 %"
    state(at).drawing = one()
    at.run()
    at.button_group(key="digit_source").set_value("My drawing").run()
    assert digit_name(at) == "Your drawing"
    assert caption(at)[1].startswith("read as **1** ")
    state(at).drawing = Drawing()
    at.run()
    assert digit_name(at).endswith("a 7")


def test_the_first_view_is_shown_without_an_address_and_for_a_bad_one(visit):
    for query in ({}, {"view": "nonsense"}, {"view": ""}):
        at = visit("look_inside", **query)
        assert view(at).value == MAPS
        assert components(at) == ["overview"]


def test_the_view_in_the_address_is_shown_alone_and_a_chosen_one_stands_there(visit):
    at = visit("look_inside", view=TRACE)
    assert (view(at).value, components(at)) == (TRACE, ["trace"])
    view(at).set_value(MAPS).run()
    assert (at.query_params["view"], components(at)) == (MAPS, ["overview"])


def test_a_trace_begins_at_the_class_that_won_and_follows_the_digit(visit):
    at = visit("look_inside", view=TRACE)
    assert [crumb["name"] for crumb in data(at, "trace")["path"]] == ["class 7"]
    at.button_group(key="digit_label").set_value(4).run()
    assert [crumb["name"] for crumb in data(at, "trace")["path"]] == ["class 4"]


def test_a_way_in_the_address_is_shown_with_its_values_and_stays_for_another_digit(visit):
    at = visit("look_inside", view=TRACE, at="8.7_7.6_6.6_5.617_4.2.1.41_3.5.3.41_2.0.0.9")  # not in its window
    experiment, weights = starter.load()
    test = mnist.load().test
    for digit in (7, 2):
        at.button_group(key="digit_label").set_value(digit).run()
        image = mnist.normalise(test.images[np.flatnonzero(test.labels == digit)[0]])
        traces = network.trace(experiment.architecture, weights, image)
        path = data(at, "trace")["path"]
        assert [crumb["name"] for crumb in path][-3:] == ["value 617", "map 41 (2, 1)", "map 41 (5, 3)"]
        values = [traces[7].output[7], traces[6].output[6], traces[5].output[6], traces[4].output[617]]
        np.testing.assert_allclose([crumb["value"] for crumb in path[:4]], values)


@pytest.mark.parametrize("bad", ["nonsense", "9.0", "8.10", "8.7.7", "8.-1", "_", "1.0.0.99"])
def test_a_bad_way_in_the_address_falls_back_to_the_class_that_won(visit, bad):
    assert [crumb["name"] for crumb in data(visit("look_inside", view=TRACE, at=bad), "trace")["path"]] == ["class 7"]
