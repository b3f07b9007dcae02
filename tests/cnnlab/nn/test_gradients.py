"""The way back: each operation by hand, and every layer type against Keras and finite differences."""

import numpy as np
import pytest
import tensorflow as tf

from cnnlab.nn import gradients as back
from cnnlab.nn import network
from cnnlab.nn import operations as ops
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import LAYERS, AveragePooling2D
from cnnlab.nn.network import LayerTrace
from cnnlab.training import keras_models
from tests.architectures import make, valid_specs
from tests.networks import random_weights

pytestmark = pytest.mark.usefixtures("one_thread")


def column(*values):
    """One row of pixels as an image (1, n, 1)."""
    return np.array(values, np.float32).reshape(1, -1, 1)


def test_a_convolution_by_hand():
    kernel = np.array([[1, 2], [3, 4]], np.float32).reshape(2, 2, 1, 1)
    gradient = np.array([[1, 10], [0, 0]], np.float32)[..., None]
    found = back.conv2d(gradient, (3, 3, 1), kernel)
    np.testing.assert_array_equal(found[..., 0], [[1, 2 + 10, 20], [3, 4 + 30, 40], [0, 0, 0]])


def test_a_convolution_with_strides_leaves_out_what_no_window_saw():
    kernel = np.array([5], np.float32).reshape(1, 1, 1, 1)
    found = back.conv2d(column(1, 2), (1, 4, 1), kernel, strides=2)
    np.testing.assert_array_equal(found, column(5, 0, 10, 0))


def test_what_lies_on_the_padding_is_dropped():
    kernel = np.ones((3, 3, 1, 1), np.float32)
    found = back.conv2d(np.ones((3, 3, 1), np.float32), (3, 3, 1), kernel, padding="same")
    np.testing.assert_array_equal(found[..., 0], [[4, 6, 4], [6, 9, 6], [4, 6, 4]])


def test_the_first_winner_of_a_pool_gets_it_all():
    image = np.array([[7, 7], [1, 7]], np.float32)[..., None]
    found = back.max_pooling2d(np.full((1, 1, 1), 3, np.float32), image)
    np.testing.assert_array_equal(found[..., 0], [[3, 0], [0, 0]])


def test_a_winner_of_two_windows_gets_both():
    image = np.array([[1, 9, 2]] * 2, np.float32)[..., None]
    found = back.max_pooling2d(column(3, 4), image, strides=1)
    np.testing.assert_array_equal(found[..., 0], [[0, 7, 0], [0, 0, 0]])


def test_a_mean_shares_alike_and_not_with_the_padding():
    found = back.average_pooling2d(np.full((1, 1, 1), 8, np.float32), (2, 2, 1))
    np.testing.assert_array_equal(found[..., 0], np.full((2, 2), 2))
    found = back.average_pooling2d(np.array([[1], [1]], np.float32)[..., None], (3, 1, 1), padding="same")
    np.testing.assert_array_equal(found[:, 0, 0], [0.5, 0.5, 1])
    found = back.global_average_pooling2d(np.array([6, 12], np.float32), (2, 3, 2))
    np.testing.assert_array_equal(found[1, 2], [1, 2])


def test_the_activations_by_hand():
    gradient = np.array([1, 10], np.float32)
    given = {name: step(gradient, np.array([0.5, 0], np.float32)) for name, step in back.ACTIVATIONS.items()}
    assert given["linear"].tolist() == [1, 10]
    assert given["relu"].tolist() == [1, 0]
    assert given["sigmoid"].tolist() == [0.25, 0]
    assert given["tanh"].tolist() == [0.75, 10]
    assert back.ACTIVATIONS["softmax"](gradient, np.array([0.75, 0.25], np.float32)).tolist() == [
        0.75 * -2.25,
        0.25 * 6.75,
    ]


def test_every_activation_has_its_way_back():
    assert set(back.ACTIVATIONS) == set(ops.ACTIVATIONS)


@pytest.mark.parametrize("name", list(ops.ACTIVATIONS))
def test_an_activation_by_finite_differences(name):
    rng = np.random.default_rng(0)
    values, gradient, step = rng.normal(size=6), rng.normal(size=6), 1e-6
    moved = [ops.ACTIVATIONS[name](values + sign * step * np.eye(6)) for sign in (1, -1)]
    expected = (moved[0] - moved[1]) @ gradient / (2 * step)
    np.testing.assert_allclose(back.ACTIVATIONS[name](gradient, ops.ACTIVATIONS[name](values)), expected, atol=1e-7)


def random_network(rng):
    """A random architecture with random weights and a random image."""
    architecture = Architecture(make(valid_specs(rng)))
    return architecture, random_weights(architecture, rng), rng.random((28, 28, 1), dtype=np.float32)


def averages_past_both_edges(architecture):
    """Whether a mean is taken over a padded window that is larger than its map: there TensorFlow's gradient is wrong."""
    return any(
        isinstance(summary.layer, AveragePooling2D)
        and summary.layer.padding == "same"
        and summary.layer.pool_size > summary.input_shape[0]
        for summary in architecture.summaries
    )


def assert_close(ours, theirs, what):
    theirs = np.zeros_like(ours) if theirs is None else np.asarray(theirs).reshape(ours.shape)
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() <= 1e-4 * max(np.abs(theirs).max(), 1e-6), what


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")  # a softmax over one channel is drawn, too
def test_every_gradient_equals_keras():
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(60):
        architecture, weights, image = random_network(rng)
        if averages_past_both_edges(architecture):
            continue
        seen |= {type(layer).__name__ for layer in architecture.layers}
        model = keras_models.stack(architecture)
        keras_models.set_weights(model, weights)
        direction = rng.normal(size=10).astype(np.float32)
        dense = model.layers[-1]
        with tf.GradientTape(persistent=True) as tape:
            values = [tf.constant(image[None])]
            tape.watch(values[0])
            for layer in model.layers[:-1]:
                values.append(layer(values[-1], training=False))
            logits = tf.matmul(values[-1], dense.kernel) + dense.bias
            probabilities = tf.nn.softmax(logits)
            scores = [tf.reduce_sum(direction * numbers) for numbers in (logits, probabilities)]
        # Keras's own values, so that a near tie in a pool has the same winner.
        outputs = [np.asarray(value)[0] for value in [*values[1:], probabilities]]
        traces = tuple(LayerTrace(output, output) for output in outputs)
        for score, of_output in zip(scores, (False, True), strict=True):
            ours = network.backward(architecture, weights, image, traces, direction, of_output=of_output)
            for index, (found, expected) in enumerate(zip(ours, tape.gradient(score, values), strict=True)):
                assert_close(found, expected, (architecture.layers[index], of_output))
        ours = network.backward(architecture, weights, image, traces, direction)
        for key, found in network.weight_gradients(architecture, image, traces, ours, direction).items():
            index, name = key.split("/")
            expected = tape.gradient(scores[0], getattr(model.layers[int(index)], name))
            assert_close(found, expected, key)
    assert seen == set(LAYERS)


def score_of(architecture, weights, direction, layer_index):
    """The same network in float64: the way forward alone."""
    exact = {key: value.astype(np.float64) for key, value in weights.items()}

    def score(image):
        values = image
        for index, layer in enumerate(architecture.layers[: layer_index + 1]):
            own = {key.split("/")[1]: value for key, value in exact.items() if key.startswith(f"{index}/")}
            before = network._apply(layer, own, values)
            values = ops.ACTIVATIONS[getattr(layer, "activation", "linear")](before)
        return float((before * direction).sum())

    return score


def test_the_gradient_of_any_layer_by_finite_differences():
    rng = np.random.default_rng(5)
    num_checked = 0
    for _ in range(20):
        architecture, weights, image = random_network(rng)
        traces = network.trace(architecture, weights, image)
        layer_index = int(rng.integers(len(architecture.layers)))
        direction = rng.normal(size=traces[layer_index].output.shape).astype(np.float32)
        found = network.backward(architecture, weights, image, traces, direction, layer_index)
        assert len(found) == layer_index + 1
        score = score_of(architecture, weights, direction, layer_index)
        way = rng.normal(size=image.shape)
        slopes = [(score(image + h * way) - score(image - h * way)) / (2 * h) for h in (1e-6, 5e-7)]
        if abs(slopes[0] - slopes[1]) <= 1e-5 * max(1, abs(slopes[0])):  # else a kink of relu or max lies between
            num_checked += 1
            size = np.abs(found[0] * way).sum()
            assert float((found[0] * way).sum()) == pytest.approx(slopes[0], abs=1e-4 * max(1e-3, size))
    assert num_checked > 10


def test_a_gradient_of_the_wrong_shape_is_refused():
    rng = np.random.default_rng(0)
    architecture, weights, image = random_network(rng)
    traces = network.trace(architecture, weights, image)
    with pytest.raises(ValueError, match=r"`gradient` must be of the layer's shape \(10,\). Received: shape \(9,\)"):
        network.backward(architecture, weights, image, traces, np.zeros(9, np.float32))


@pytest.mark.parametrize(("pool_size", "strides"), [(9, 1), (9, 2), (7, 2), (3, 2)])
def test_the_gradient_of_a_mean_is_that_of_small_differences(pool_size, strides):
    """TensorFlow 2.21's own differs from them where the window reaches past both edges of a map (9 on 7 x 7)."""
    rng = np.random.default_rng(0)
    values = rng.random((7, 7, 2))
    mean = ops.average_pooling2d(values, pool_size, strides, "same")
    gradient = rng.normal(size=mean.shape)
    found = back.average_pooling2d(gradient, values.shape, pool_size, strides, "same")
    expected = np.zeros_like(values)
    for place in np.ndindex(values.shape):
        nudged = values.copy()
        nudged[place] += 1.0
        expected[place] = (gradient * (ops.average_pooling2d(nudged, pool_size, strides, "same") - mean)).sum()
    np.testing.assert_allclose(found, expected, atol=1e-6)
