"""Look inside: which digit goes through the network, which view is shown, and what Maps and Trace show of it."""

import base64
import json
import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cnnlab import mnist, starter
from cnnlab.digits import strokes
from cnnlab.nn import network
from cnnlab.presets import PRESETS
from tests.pages.runs import some_training, weights_of
from tests.pages.seen import components, go_back, labelled, state, text
from tests.pages.test_networks import one
from ui import colours
from ui.canvas import Drawing

MAPS, TRACE = "Maps", "Trace"


def data(at, key):
    """What the component of this key was given."""
    return next(json.loads(part.proto.json) for part in at.get("bidi_component") if part.key == key)


def digit_name(at):
    """The digit in words, beside its picture."""
    return words(at)[0]


def words(at):
    """The digit in words, and how it is read."""
    said = next(
        element.value for element in at.markdown if ", read as " in element.value or ", the answer" in element.value
    )
    name, answer = re.match(r"(.*), (read as .*|the answer .*)", said).groups()
    return name, answer


def look_at(at, source):
    """Choose where the digit comes from."""
    at.button_group(key="digit_source").set_value(source).run()


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
        assert words(visit("look_inside", run=run.id, view=title))[1] == "the answer is not a number"


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
    assert words(at)[1] == "read as **7** :material/check: 100.0 %"
    state(at).canvas.drawing = one()
    look_at(at, "My drawing")
    assert digit_name(at) == "Your drawing"
    state(at).canvas.drawing = Drawing({}, strokes.ink([np.full((2, 2), 140.0)], 20))
    assert "unlike any digit that it learned from" in text(at.run())
    state(at).canvas.drawing = one()
    at.run()
    assert words(at)[1].startswith("read as **1** ")
    assert "unlike" not in text(at)
    state(at).canvas.drawing = Drawing()
    at.run()
    assert digit_name(at).endswith("a 7")
    assert "Nothing is drawn yet; the test digit stays." in text(at)
    look_at(at, "Test digit")
    assert "Nothing is drawn" not in text(at)


def test_a_photo_is_sent_through_the_network(visit):
    at = visit("look_inside")
    look_at(at, "Photo")
    assert digit_name(at).endswith("a 7")
    assert "There is no photo yet; the test digit stays." in text(at)
    paper = np.full((300, 400), 230, np.uint8)
    paper[60:240, 190:210] = 40  # a one, dark on light
    sheet = BytesIO()
    Image.fromarray(paper).save(sheet, "PNG")
    at.get("file_uploader")[0].upload("one.png", sheet.getvalue(), "image/png").run()
    assert digit_name(at) == "Your photo"
    assert words(at)[1].startswith("read as **1** ")
    state(at).paper = np.full((300, 400), 230, np.uint8)
    at.run()
    assert "No ink is to be seen in it; the test digit stays." in text(at)
    assert digit_name(at).endswith("a 7")
    labelled(at.toggle, "Use the camera").set_value(True).run()
    assert len(at.get("camera_input")) == 1


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


@pytest.mark.parametrize(
    ("page", "label", "name", "chosen"),
    [("look_inside", "View", "view", TRACE), ("experiments", "View", "view", "sweep")],
)
def test_an_address_that_the_browser_has_not_heard_of_yet_takes_nothing_back(visit, page, label, name, chosen):
    at = visit(page)
    old = dict(at.query_params)
    labelled(at.button_group, label).set_value(chosen).run()
    new = dict(at.query_params)
    assert at.query_params[name] == chosen
    at.query_params.clear()
    at.query_params |= old  # what the browser tells when the next thing is done too soon
    at.run()
    assert labelled(at.button_group, label).value == chosen
    assert dict(at.query_params) == new
    go_back(at, **old)
    assert labelled(at.button_group, label).value != chosen


def test_the_maps_can_stand_in_space(visit):
    at = visit("look_inside")
    labelled(at.toggle, "Show it in space, each layer a stack of planes").set_value(True).run()
    assert components(at) == ["overview", "stacks"]
    experiment, weights = starter.load()
    image = mnist.normalise(mnist.load().test.images[0])
    traces = network.trace(experiment.architecture, weights, image)
    layers = data(at, "stacks")["layers"]
    names = ["Input", "1. Conv2D", "2. MaxPooling2D", "3. Conv2D", "4. MaxPooling2D", "6. Dense", "8. Dense"]
    assert [layer["name"] for layer in layers] == names  # what only passes on is left out
    assert [layer["shape"] for layer in layers[1:4]] == [[16, 24, 24], [16, 12, 12], [64, 8, 8]]
    np.testing.assert_allclose(layers[3]["tops"], traces[2].output.max(axis=(0, 1)), rtol=1e-6)
    index = np.frombuffer(base64.b64decode(layers[1]["index"]), np.uint8).reshape(16, 24, 24)
    np.testing.assert_array_equal(index, colours.to_index(np.moveaxis(traces[0].output, 2, 0), "sequential"))
    assert layers[6]["size"] == [10]


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
