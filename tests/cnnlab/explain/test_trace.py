from itertools import pairwise

import keras
import numpy as np
import pytest

from cnnlab.explain.trace import PIXELS, Cell, explain, output_shape, seen_pixels
from cnnlab.nn import network
from cnnlab.nn import operations as ops
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import LAYERS, AveragePooling2D, Conv2D, Dense, Flatten, MaxPooling2D
from cnnlab.presets import PRESETS
from cnnlab.training import keras_models
from tests.networks import random_network, random_weights

HEAD = (Flatten(), Dense(10, activation="softmax"))


def random_cell(rng, architecture, index):
    return Cell(index, tuple(int(rng.integers(size)) for size in output_shape(architecture, index)))


def value_at(image, traces, cell):
    values = image if cell.layer_index == PIXELS else traces[cell.layer_index].output
    return values[cell.position]


def result_of(parts):
    """The value before the activation, put together again from the parts alone."""
    match parts.operation:
        case "convolution" | "dense":
            return parts.products.sum(dtype=np.float64) + parts.bias
        case "maximum":
            return parts.inputs.max()
        case "mean":
            return parts.inputs.mean(dtype=np.float64)
        case "normalisation":
            c = parts.constants
            scaled = (parts.inputs[0] - c["moving_mean"]) / np.sqrt(c["moving_variance"] + c["epsilon"])
            return scaled * c["gamma"] + c["beta"]
        case "copy":
            return parts.inputs[0]


def activated(explanation, layer):
    activation = getattr(layer, "activation", "linear")
    if activation == "softmax":
        return ops.softmax(explanation.logits)[explanation.cell.position[-1]]
    return ops.ACTIVATIONS[activation](np.float64(explanation.before))


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")  # a softmax over one channel is drawn, too
def test_the_parts_of_any_value_of_any_layer_make_the_value_that_keras_gives():
    rng = np.random.default_rng(4)
    seen = set()
    for _ in range(40):
        architecture, weights, image, traces = random_network(rng)
        model = keras_models.stack(architecture)
        keras_models.set_weights(model, weights)
        theirs = keras.Model(model.inputs, [layer.output for layer in model.layers])([image[None]], training=False)
        for index, layer in enumerate(architecture.layers):
            seen.add(type(layer).__name__)
            largest = max(1, float(np.abs(traces[index].pre_activation).max()))
            for _ in range(5):
                cell = random_cell(rng, architecture, index)
                found = explain(architecture, weights, image, traces, cell)
                assert found.before == pytest.approx(result_of(found.parts), abs=1e-5 * largest)
                assert found.after == pytest.approx(activated(found, layer), abs=1e-5)
                assert found.after == pytest.approx(float(theirs[index][0][cell.position]), abs=1e-5 * largest)
    assert seen == set(LAYERS)


def test_every_input_is_the_value_of_the_cell_that_it_is_said_to_come_from():
    rng = np.random.default_rng(5)
    num_padding = 0
    for _ in range(40):
        architecture, weights, image, traces = random_network(rng)
        for index in range(len(architecture.layers)):
            found = explain(architecture, weights, image, traces, random_cell(rng, architecture, index))
            for place in np.ndindex(found.parts.inputs.shape):
                origin = found.origin(place)
                num_padding += origin is None
                expected = 0 if origin is None else value_at(image, traces, origin)
                assert found.parts.inputs[place] == expected
    assert num_padding > 100  # otherwise padding was not tried


def test_any_way_back_ends_at_a_pixel_inside_the_square_that_the_value_can_see():
    rng = np.random.default_rng(6)
    for _ in range(40):
        architecture, weights, image, traces = random_network(rng)
        cell = random_cell(rng, architecture, len(architecture.layers) - 1)
        squares = [seen_pixels(architecture, cell)]
        while cell.layer_index != PIXELS:
            found = explain(architecture, weights, image, traces, cell)
            places = [place for place in np.ndindex(found.parts.inputs.shape) if found.origin(place)]
            if not places:  # a window of nothing but padding
                break
            cell = found.origin(places[rng.integers(len(places))])
            squares.append(seen_pixels(architecture, cell))
        for outer, inner in pairwise(squares):
            assert outer[0] <= inner[0] < inner[2] <= outer[2]
            assert outer[1] <= inner[1] < inner[3] <= outer[3]


def test_changing_a_pixel_that_is_not_seen_changes_nothing():
    rng = np.random.default_rng(7)
    architecture = Architecture((Conv2D(3, 3, padding="same", dilation_rate=2), MaxPooling2D(2), Conv2D(2, 3), *HEAD))
    weights = random_weights(architecture, rng)
    image = rng.random((28, 28, 1), dtype=np.float32)
    for index in range(3):
        for _ in range(10):
            cell = random_cell(rng, architecture, index)
            top, left, bottom, right = seen_pixels(architecture, cell)
            other = rng.random((28, 28, 1), dtype=np.float32)
            other[top:bottom, left:right] = image[top:bottom, left:right]
            ours, theirs = (network.trace(architecture, weights, picture) for picture in (image, other))
            assert ours[index].output[cell.position] == theirs[index].output[cell.position]


def test_a_small_network_by_hand():
    architecture = Architecture((Conv2D(1, 2, activation="relu"), MaxPooling2D(3), AveragePooling2D(9), *HEAD))
    weights = random_weights(architecture, np.random.default_rng(0))
    weights |= {
        "0/kernel": np.array([[1, 0], [0, -1]], np.float32).reshape(2, 2, 1, 1),
        "0/bias": np.array([0.5], np.float32),
    }
    image = np.arange(784, dtype=np.float32).reshape(28, 28, 1)
    traces = network.trace(architecture, weights, image)
    found = explain(architecture, weights, image, traces, Cell(0, (1, 2, 0)))
    np.testing.assert_array_equal(found.parts.products[..., 0], [[30, 0], [0, -59]])
    assert (found.parts.bias, found.before, found.after) == (0.5, -28.5, 0)
    assert found.origin((1, 1, 0)) == Cell(PIXELS, (2, 3, 0))
    near = {place: found.is_made_from(Cell(PIXELS, (*place, 0))) for place in [(1, 2), (2, 3), (0, 2), (3, 3), (2, 4)]}
    assert near == {(1, 2): True, (2, 3): True, (0, 2): False, (3, 3): False, (2, 4): False}
    assert not found.is_made_from(Cell(0, (1, 2, 0)))
    assert not explain(architecture, weights, image, traces, Cell(3, (0,))).is_made_from(Cell(2, (1,)))
    pool = explain(architecture, weights, image, traces, Cell(1, (0, 1, 0)))
    assert (pool.parts.operation, pool.parts.winner, pool.origin((2, 2))) == ("maximum", (0, 0), Cell(0, (2, 5, 0)))
    assert explain(architecture, weights, image, traces, Cell(2, (0, 0, 0))).parts.inputs.shape == (9, 9)
    assert explain(architecture, weights, image, traces, Cell(PIXELS, (3, 4, 0))).after == 88


def test_what_a_value_can_see_by_hand():
    architecture = Architecture((Conv2D(1, 5), MaxPooling2D(2), Conv2D(1, 3, padding="same"), *HEAD))
    assert seen_pixels(architecture, Cell(PIXELS, (3, 4, 0))) == (3, 4, 4, 5)
    assert seen_pixels(architecture, Cell(0, (3, 4, 0))) == (3, 4, 8, 9)
    assert seen_pixels(architecture, Cell(1, (3, 4, 0))) == (6, 8, 12, 14)
    assert seen_pixels(architecture, Cell(2, (0, 4, 0))) == (0, 6, 8, 16)
    assert seen_pixels(architecture, Cell(3, (13,))) == seen_pixels(architecture, Cell(2, (1, 1, 0)))
    assert seen_pixels(architecture, Cell(4, (0,))) == (0, 0, 28, 28)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (Cell(-2, (0, 0, 0)), r"`layer_index` must be from -1 to 3. Received: layer_index=-2"),
        (Cell(4, (0,)), r"`layer_index` must be from -1 to 3"),
        (Cell(0, (0, 0)), r"`position` must lie in \(12, 12, 4\). Received: position=\(0, 0\)"),
        (Cell(0, (0, 12, 0)), r"`position` must lie in"),
        (Cell(3, (-1,)), r"`position` must lie in \(10,\)"),
    ],
)
def test_a_cell_that_is_not_there_is_refused(cell, message):
    architecture, weights, image, traces = random_network(np.random.default_rng(0), PRESETS["Tiny"].architecture.layers)
    with pytest.raises(ValueError, match=message):
        explain(architecture, weights, image, traces, cell)
    with pytest.raises(ValueError, match=message):
        seen_pixels(architecture, cell)
