"""Filters: order, parts and changes, by hand and against the operation itself."""

import numpy as np
import pytest

from cnnlab import mnist, starter
from cnnlab.evaluation import predict
from cnnlab.explain import ablation
from cnnlab.explain.ablation import Changes, by_norm, by_similarity, channel_maps, norms, strongest_channels
from cnnlab.nn import operations as ops
from cnnlab.nn.layers import Conv2D
from cnnlab.nn.weights import Weights
from cnnlab.presets import PRESETS

# Four filters of 1 x 1 on two channels, as columns: lengths 1, 5, 2 and 0.
FOUR = np.array([[1, 3, 0, 0], [0, 4, -2, 0]], np.float32).reshape(1, 1, 2, 4)


def test_norms_and_their_order():
    np.testing.assert_allclose(norms(FOUR), [1, 5, 2, 0])
    assert by_norm(FOUR).tolist() == [1, 2, 0, 3]
    assert by_norm(np.ones((3, 3, 1, 5), np.float32)).tolist() == [0, 1, 2, 3, 4]


def test_alike_filters_become_neighbours():
    # From (3, 4): its cosine with (1, 0) is 0.6, with nothing 0, with (0, -2) it is -0.8.
    assert by_similarity(FOUR).tolist() == [1, 0, 2, 3]
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(5, 5, 3, 12)).astype(np.float32)
    twins = np.concatenate([kernel, kernel * 0.5], axis=3)
    order = by_similarity(twins).tolist()
    assert sorted(order) == list(range(24))
    assert all(abs(order.index(index) - order.index(index + 12)) == 1 for index in range(12))


def test_strongest_channel_of_each_filter():
    assert strongest_channels(FOUR).tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(
    "layer", [Conv2D(4, 3), Conv2D(4, 3, 2, "same"), Conv2D(4, 3, dilation_rate=2), Conv2D(4, 2, padding="same")]
)
def test_what_the_channels_add_makes_the_map(layer):
    rng = np.random.default_rng(1)
    values = rng.normal(size=(9, 8, 3)).astype(np.float32)
    size = layer.kernel_size
    kernel, bias = rng.normal(size=(size, size, 3, 4)).astype(np.float32), rng.normal(size=4).astype(np.float32)
    whole = ops.conv2d(values, kernel, bias, layer.strides, layer.padding, layer.dilation_rate)
    for index in range(4):
        parts = channel_maps(values, kernel, index, layer)
        assert parts.shape == (3, *whole.shape[:2])
        np.testing.assert_allclose(parts.sum(axis=0) + bias[index], whole[..., index], atol=1e-5)


def test_changes_are_applied_to_copies_and_can_be_taken_back():
    weights = Weights(
        {
            "0/kernel": np.ones((2, 2, 1, 3), np.float32),
            "0/bias": np.ones(3, np.float32),
            "2/kernel": np.ones((1, 1, 3, 2), np.float32),
        }
    )
    plane = np.array([[1, 2], [3, 4]], np.float32)
    changes = Changes().switched(0, 1, off=True).typed((0, 2, 0), plane).switched(2, 0, off=True)
    changed = changes.apply(weights)
    assert changed["0/bias"].tolist() == [1, 0, 1]
    assert changed["0/kernel"][:, :, 0, 1].tolist() == [[0, 0], [0, 0]]
    assert changed["0/kernel"][:, :, 0, 2].tolist() == plane.tolist()
    assert changed["2/kernel"][0, 0].tolist() == [[0, 1], [0, 1], [0, 1]]
    assert all((value == 1).all() for value in weights.values())
    again = changes.switched(0, 1, off=False).switched(2, 0, off=False).typed((0, 2, 0), np.ones((2, 2)))
    for name, value in again.apply(weights).items():
        np.testing.assert_array_equal(value, weights[name])
    assert Changes().apply(weights)["0/kernel"] is weights["0/kernel"]


def test_changes_of_another_network_are_refused():
    architecture = PRESETS["Study notes"].architecture  # Conv2D(32, 5), MaxPooling2D, Conv2D(64, 5), ..., Dense(10)
    good = Changes(frozenset({(0, 31)}), {(2, 63, 31): np.ones((5, 5), np.float32)})
    good.check(architecture)
    for layer_index, *place in [(0, 32, 0), (2, 0, 32), (1, 0, 0), (9, 0, 0), (0, -1, 0)]:
        with pytest.raises(ValueError, match="no such filter"):
            good.typed((layer_index, *place), np.ones((5, 5), np.float32)).check(architecture)
    with pytest.raises(ValueError, match="no such filter"):
        good.switched(5, 3, off=True).check(architecture)
    for numbers in (np.ones((4, 5)), np.full((5, 5), np.nan)):
        with pytest.raises(ValueError, match=r"finite numbers of shape \(5, 5\)"):
            good.typed((0, 0, 0), numbers).check(architecture)


def test_accuracy_without_each_filter():
    experiment, weights = starter.load()
    shares = ablation.without_each_filter(experiment, weights, 0, 300)
    assert shares.shape == (16,)
    one = predict.predict(experiment, Changes(frozenset({(0, 5)})).apply(weights), mnist.load().test.images[:300])
    assert shares[5] == np.mean(one.argmax(axis=1) == mnist.load().test.labels[:300])
