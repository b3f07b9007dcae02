import numpy as np
import pytest

from cnnlab.explain.contributions import mean_weights, strongest, wiring
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from cnnlab.nn.weights import Weights
from tests.architectures import make, valid_specs
from tests.networks import random_network, random_weights

OUT = Dense(10, activation="softmax")


def test_the_parts_and_the_bias_add_up_to_the_mean_before_the_activation():
    rng = np.random.default_rng(8)
    num_sums = 0
    for _ in range(60):
        architecture, weights, image, traces = random_network(rng)
        for index, wires in wiring(architecture, weights, image, traces).items():
            if wires.amounts is None:
                continue
            num_sums += 1
            before = traces[index].pre_activation
            is_map = before.ndim == 3
            mean = (before * mean_weights(traces[index].output)).sum(axis=(0, 1)) if is_map else before
            tolerance = 1e-4 * max(1.0, float(np.abs(wires.amounts).sum()))
            np.testing.assert_allclose(wires.amounts.sum(axis=0) + wires.bias, mean, atol=tolerance)
    assert num_sums > 100


def test_means_are_over_what_is_not_zero():
    output = np.array([[[1, 0], [0, 0]], [[-3, 0], [0, 0]]], np.float32)
    np.testing.assert_array_equal(mean_weights(output)[..., 0], [[0.5, 0], [0.5, 0]])
    np.testing.assert_array_equal(mean_weights(output)[..., 1], np.full((2, 2), 0.25))


def test_without_a_map_its_part_is_missing():
    """What a map adds is what the mean of the next layer loses when that map is black."""
    rng = np.random.default_rng(9)
    layers = (Conv2D(3, 3, padding="same", strides=2), Conv2D(4, 3, padding="same", dilation_rate=2), Flatten(), OUT)
    architecture = Architecture(layers)
    weights, image = random_weights(architecture, rng), rng.random((28, 28, 1), dtype=np.float32)
    traces = network.trace(architecture, weights, image)
    amounts = wiring(architecture, weights, image, traces)[1].amounts
    for source in range(3):
        without = Weights((key, value.copy()) for key, value in weights.items())
        without["1/kernel"][:, :, source] = 0
        less = network.trace(architecture, without, image)[1].pre_activation
        lost = (traces[1].pre_activation - less).mean(axis=(0, 1))
        np.testing.assert_allclose(amounts[source], lost, atol=1e-5)


def test_sources_are_the_layers_that_compute():
    architecture = Architecture((Conv2D(3, 5), MaxPooling2D(4), Dropout(0.5), Flatten(), Dropout(0.5), Dense(4), OUT))
    rng = np.random.default_rng(0)
    weights, image = random_weights(architecture, rng), rng.random((28, 28, 1), dtype=np.float32)
    found = wiring(architecture, weights, image, network.trace(architecture, weights, image))
    assert {index: wires.source_index for index, wires in found.items()} == {0: -1, 1: 0, 5: 1, 6: 5}
    shapes = {index: None if wires.amounts is None else wires.amounts.shape for index, wires in found.items()}
    assert shapes == {0: (1, 3), 1: None, 5: (3, 4), 6: (4, 10)}


def test_any_network_has_a_source_for_every_layer():
    rng = np.random.default_rng(10)
    for _ in range(30):
        layers = make(valid_specs(rng))
        architecture, weights, image, traces = random_network(rng, layers)
        found = wiring(architecture, weights, image, traces)
        expected = [index for index, layer in enumerate(layers) if not isinstance(layer, Flatten | Dropout)]
        assert list(found) == expected
        assert [wires.source_index for wires in found.values()] == [-1, *expected[:-1]]


def test_strongest_by_hand():
    amounts = np.array([[1.0, 0.0], [-3.0, 2.0], [2.0, 0.5]], np.float32)
    found = strongest(amounts, 2)
    assert found.sources.tolist() == [[1, 2], [1, 2]]
    assert found.amounts.tolist() == [[-3.0, 2.0], [2.0, 0.5]]
    assert found.rest.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("count", [1, 5, 40])
def test_strongest_and_rest_are_everything(count):
    amounts = np.random.default_rng(3).normal(size=(20, 7)).astype(np.float32)
    found = strongest(amounts, count)
    assert found.sources.shape == (7, min(count, 20))
    np.testing.assert_allclose(found.amounts.sum(axis=1) + found.rest, amounts.sum(axis=0), atol=1e-5)
    assert np.all(np.diff(np.abs(found.amounts), axis=1) <= 0)
