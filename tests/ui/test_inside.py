"""The views of Look inside without a page: what is sent to the browser, and the path through a trace."""

import json

import numpy as np
import pytest

from cnnlab import mnist, starter
from cnnlab.experiment import Experiment
from cnnlab.explain.trace import PIXELS, Cell, explain
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import BatchNormalization, Conv2D, Dense, Flatten, GlobalAveragePooling2D, MaxPooling2D
from cnnlab.nn.weights import Weights
from cnnlab.presets import PRESETS
from pages.parts.look_inside import overview as maps_view
from pages.parts.look_inside import trace as trace_view
from pages.parts.look_inside.trace import name_of, next_path, read_path, write_path
from tests.networks import random_weights
from ui.components import overview as overview_component
from ui.components import to_data
from ui.components import trace as trace_component
from ui.networks import Network
from ui.state import state
from ui.subject import Subject

OUT = Dense(10, activation="softmax")
LARGEST = {
    "many maps": (Conv2D(128, 1), *[BatchNormalization()] * 8, MaxPooling2D(4), GlobalAveragePooling2D(), OUT),
    "many units": (Flatten(), Dense(512, activation="relu"), Dense(512), Dense(512), Dense(512), OUT),
    "a long row": (Conv2D(128, 1), Flatten(), BatchNormalization(), OUT),
    "a large kernel": (Conv2D(128, 1, strides=2), Conv2D(8, 11), Flatten(), OUT),
}


def subject_of(layers, fill=None):
    architecture = Architecture(layers)
    weights = random_weights(architecture, np.random.default_rng(0))
    if fill is not None:
        weights = Weights((name, np.full_like(value, fill)) for name, value in weights.items())
    image = mnist.normalise(mnist.load().test.images[0])[..., 0]
    return Subject(Network("random", Experiment(architecture), weights), image, "Test digit 0, a 7", 7)


@pytest.fixture
def sent(monkeypatch):
    """What the components were mounted with, newest last."""
    found = []
    for module in (overview_component, trace_component):
        monkeypatch.setattr(module, "_mount", lambda **arguments: found.append(to_data(arguments["data"])))
    return found


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_networks_stay_under_two_megabytes(sent, name):
    subject = subject_of(LARGEST[name])
    maps_view.show(subject)
    trace_view.show(subject)
    overview, trace = (len(json.dumps(data, allow_nan=False)) for data in sent)
    assert overview < 2_000_000
    assert trace < 2_000_000


def test_a_step_into_the_largest_kernel_stays_under_two_megabytes(sent, monkeypatch):
    subject = subject_of(LARGEST["a large kernel"])
    monkeypatch.setattr(state().address, "values", {"at": "2.0.0.3"})
    trace_view.show(subject)
    assert sent[0]["operation"] == "convolution"
    assert len(json.dumps(sent[0], allow_nan=False)) < 2_000_000


def test_few_maps_are_all_sent_and_many_are_thinned_evenly():
    columns = maps_view.columns_of(subject_of(PRESETS["LeNet-5"].architecture.layers))
    assert overview_component.most_maps(columns) == 16
    columns = maps_view.columns_of(subject_of(LARGEST["many maps"]))
    most = overview_component.most_maps(columns)
    sizes = [784, *[784 * most] * 9, 49 * most]
    assert sum(sizes) <= overview_component.MAX_VALUES < sum(sizes) + 9 * 784 + 49


def test_the_strongest_maps_are_sent_first(sent):
    experiment, weights = starter.load()
    subject = Subject(Network("starter", experiment, weights), subject_of((Flatten(), OUT)).image, "a 7", 7)
    maps_view.show(subject)
    columns = sent[0]["columns"]
    assert [column["layer"] for column in columns] == list(range(-1, 8))
    assert [column["layer"] for column in columns if column.get("passes")] == [4, 6]
    output = subject.traces[2].output
    assert columns[3]["order"] == np.argsort(-output.mean(axis=(0, 1)), kind="stable").tolist()
    marks = columns[3]["marks"]
    assert sorted(marks["silent"]["units"]) == np.flatnonzero((output == 0).all(axis=(0, 1))).tolist()
    assert len(marks["silent"]["units"]) == marks["silent"]["count"]
    assert set(marks["dead"]["units"]) <= set(marks["silent"]["units"])
    assert [column.get("source") for column in columns] == [None, 0, 1, 2, 3, None, 4, None, 6]
    assert sent[0]["winner"] == 7


@pytest.mark.parametrize("fill", [np.nan, np.inf, 0.0])
@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")  # infinity minus infinity
def test_a_network_that_came_apart_is_shown_too(sent, fill, name):
    subject = subject_of(PRESETS[name].architecture.layers, fill)
    maps_view.show(subject)
    trace_view.show(subject)
    for data in sent:
        json.dumps(data, allow_nan=False)


TINY = PRESETS["Tiny"].architecture
PATH = (Cell(3, (7,)), Cell(2, (13,)), Cell(1, (0, 3, 1)), Cell(0, (1, 6, 1)), Cell(PIXELS, (4, 12, 0)))


def test_a_path_is_read_as_it_was_written():
    assert write_path(PATH) == "4.7_3.13_2.0.3.1_1.1.6.1_0.4.12.0"
    assert read_path(subject_of(TINY.layers), write_path(PATH)) == PATH


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("nonsense", 0),
        ("4.10", 0),
        ("4.-1", 0),
        ("5.0", 0),
        ("-1.0", 0),
        ("4.7_", 1),
        ("4.7_2.0.3.1", 1),  # a layer was left out
        ("4.7_3.13_2.0.9.1_1.1.6.1", 2),  # column 9 of 6
        ("4.7_3.13_2.0.3.2_1.1.6.2", 2),  # value 13 is of another map
        ("2.0.3.1_1.1.6.1", 2),
        ("2.0.3.1_1.2.6.1", 1),  # not in its window
        ("4." + "9" * 5_000, 0),
    ],
)
def test_a_path_is_read_as_far_as_this_network_has_it(text, length):
    assert len(read_path(subject_of(TINY.layers), text)) == length


def explanation_of(path, layers=TINY.layers):
    subject = subject_of(layers)
    network = subject.network
    return explain(network.experiment.architecture, network.weights, subject.prepared, subject.traces, path[-1])


def test_a_click_on_an_input_goes_one_step_back():
    path = PATH[:2]
    assert next_path(path, explanation_of(path), {"at": 2, "input": [0]}) == PATH[:3]


def test_a_click_beside_it_begins_a_new_way_and_one_on_the_way_goes_back():
    class_7, in_map = PATH[:1], PATH[:3]
    assert next_path(class_7, explanation_of(class_7), {"at": 1, "unit": 2}) == (Cell(3, (2,)),)
    assert next_path(in_map, explanation_of(in_map), {"at": 3, "cell": [4, 5]}) == (Cell(1, (4, 5, 1)),)
    assert next_path(in_map, explanation_of(in_map), {"at": 3, "crumb": 0}) == class_7


def test_a_click_on_what_has_gone_meanwhile_or_on_the_padding_leads_nowhere():
    path = PATH[:2]
    assert next_path(path, explanation_of(path), {"at": 1, "input": [500]}) == path
    layers = (Conv2D(2, 3, padding="same"), Flatten(), OUT)
    corner = (Cell(0, (0, 0, 1)),)
    assert next_path(corner, explanation_of(corner, layers), {"at": 1, "input": [0, 0, 0]}) == corner
    assert next_path(corner, explanation_of(corner, layers), {"at": 1, "input": [1, 2, 0]}) == (
        *corner,
        Cell(PIXELS, (0, 1, 0)),
    )


def test_names():
    names = [name_of(TINY, cell) for cell in PATH]
    assert names == ["class 7", "value 13", "map 1 (0, 3)", "map 1 (1, 6)", "pixel (4, 12)"]
