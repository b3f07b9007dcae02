"""What is seen inside a network over many images: hand-made networks whose units are dead, stuck or all the same."""

import numpy as np
import pytest

from cnnlab import mnist, starter
from cnnlab.doctor import unit_checks, unit_health
from cnnlab.doctor.unit_health import examine, examine_first
from cnnlab.experiment import DataSettings, Experiment
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D
from cnnlab.nn.weights import Weights
from tests.networks import random_weights

IMAGES = mnist.load().train.images[:20]


def network(activation, bias, kernel=0.01):
    """Two hidden units with this activation and these biases, and an output that only sees the first."""
    experiment = Experiment(Architecture((GlobalAveragePooling2D(), Dense(2, activation), Dense(10, "softmax"))))
    last = np.zeros((2, 10), np.float32)
    last[0] = np.arange(10)
    weights = Weights(
        {
            "1/kernel": np.array([[kernel, -kernel]], np.float32),
            "1/bias": np.array(bias, np.float32),
            "2/kernel": last,
            "2/bias": np.zeros(10, np.float32),
        }
    )
    return experiment, weights


def test_a_dead_unit_is_zero_for_every_image():
    found = examine(*network("relu", [1, -1]), IMAGES)
    assert found.num_images == 20
    hidden, last = found.layers
    assert (hidden.layer_index, hidden.name, hidden.num_units, hidden.num_dead) == (1, "Dense", 2, 1)
    assert hidden.title == "layer 2 (Dense)"
    assert (last.num_dead, last.num_saturated) == (0, 0)
    assert found.commonest == (9, 20)


def test_a_unit_that_answers_to_one_image_is_not_dead():
    brightness = mnist.normalise(IMAGES).mean(axis=(1, 2, 3))
    threshold = np.sort(brightness)[-2]
    found = examine(*network("relu", [0, -threshold], kernel=1.0), IMAGES)
    assert found.layers[0].num_dead == 1  # the second one has a kernel of -1
    experiment, weights = network("relu", [-threshold, 1], kernel=1.0)
    assert examine(experiment, weights, IMAGES).layers[0].num_dead == 0


@pytest.mark.parametrize(("activation", "end"), [("tanh", 4.0), ("sigmoid", 8.0)])
def test_a_stuck_unit_sits_at_an_end(activation, end):
    assert examine(*network(activation, [end, 0]), IMAGES).layers[0].num_saturated == 1
    assert examine(*network(activation, [-end, end]), IMAGES).layers[0].num_saturated == 2
    assert examine(*network(activation, [end, 0]), IMAGES).layers[0].num_dead == 0
    assert examine(*network("relu", [end, 0]), IMAGES).layers[0].num_saturated == 0


def test_filters_that_are_all_the_same():
    experiment = Experiment(Architecture((Conv2D(3, 3), Flatten(), Dense(10, "softmax"))))
    rng = np.random.default_rng(0)
    weights = random_weights(experiment.architecture, rng)
    assert not examine(experiment, weights, IMAGES[:1]).layers[0].are_same
    weights["0/kernel"] = np.repeat(weights["0/kernel"][..., :1], 3, axis=3)
    assert examine(experiment, weights, IMAGES[:1]).layers[0].are_same
    weights["0/kernel"] *= 0
    assert examine(experiment, weights, IMAGES[:1]).layers[0].are_same
    one = Experiment(Architecture((Conv2D(1, 3), Flatten(), Dense(10, "softmax"))))
    alone = Weights((name, np.zeros(shape, np.float32)) for name, shape in one.architecture.weight_shapes.items())
    assert not examine(one, alone, IMAGES[:1]).layers[0].are_same


def test_pixels_come_in_as_the_network_was_trained_to_see_them():
    experiment, weights = network("relu", [0, 30], kernel=1.0)
    to_255 = Experiment(experiment.architecture, DataSettings(normalise=False))
    assert examine(experiment, weights, IMAGES).layers[0].num_dead == 0
    assert examine(to_255, weights, IMAGES).layers[0].num_dead == 0
    assert examine(to_255, Weights(weights | {"1/bias": np.array([0, 5], np.float32)}), IMAGES).layers[0].num_dead == 1


def test_a_network_that_broke_down_is_examined_too():
    experiment, weights = network("relu", [0, 0])
    found = examine(experiment, Weights((name, value * np.nan) for name, value in weights.items()), IMAGES)
    assert found.layers[0].num_dead == 0


def test_the_starter_is_well():
    found = examine_first(*starter.load())
    assert found.num_images == unit_health.NUM_IMAGES
    assert not any(layer.are_same or layer.num_saturated for layer in found.layers)
    assert all(layer.num_dead < unit_checks.DEAD * layer.num_units for layer in found.layers)
    assert found.commonest[1] < 20


def test_no_images():
    with pytest.raises(ValueError, match=r"`images` must be at least one. Received: images of shape \(0, 28, 28\)"):
        examine(*starter.load(), np.zeros((0, 28, 28), np.uint8))
