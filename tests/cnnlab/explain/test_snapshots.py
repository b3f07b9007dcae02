"""What is read off a snapshot: filters, maps, sizes; answers and gradients held to Keras and to finite differences."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from cnnlab import mnist
from cnnlab.evaluation.metrics import mean_loss
from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.explain import snapshots
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, GlobalAveragePooling2D, MaxPooling2D
from cnnlab.nn.operations import softmax
from cnnlab.presets import PRESETS
from cnnlab.training import keras_models
from tests.networks import random_network, random_weights

RNG = np.random.default_rng(0)
HEAD = Dense(10, activation="softmax")


def experiment_of(*layers, **training):
    return Experiment(Architecture(layers), training=TrainingSettings(**training))


def test_sizes_by_hand():
    assert snapshots.size(np.array([3.0, -4.0], np.float32)) == pytest.approx(np.sqrt(12.5))
    architecture = Architecture((Flatten(), HEAD))
    before = {"1/kernel": np.full((784, 10), 2, np.float32), "1/bias": np.zeros(10, np.float32)}
    after = {"1/kernel": np.full((784, 10), 1.5, np.float32), "1/bias": np.ones(10, np.float32)}
    np.testing.assert_allclose(snapshots.sizes(architecture, before), [2])
    np.testing.assert_allclose(snapshots.changes(architecture, before, after), [0.25])


def test_a_change_from_zero_has_no_share():
    architecture = Architecture((Flatten(), HEAD))
    zero = {"1/kernel": np.zeros((784, 10), np.float32), "1/bias": np.zeros(10, np.float32)}
    one = {"1/kernel": np.ones((784, 10), np.float32), "1/bias": np.zeros(10, np.float32)}
    assert np.isnan(snapshots.changes(architecture, zero, one)).all()
    assert snapshots.changes(architecture, one, one).tolist() == [0]


def test_first_filters_are_those_that_see_the_picture():
    conv = Architecture((BatchNormalization(), Conv2D(40, 3), Flatten(), HEAD))
    weights = random_weights(conv, RNG)
    filters = snapshots.first_filters(conv, weights)
    assert filters.shape == (32, 3, 3)
    np.testing.assert_array_equal(filters[7], weights["1/kernel"][:, :, 0, 7])

    dense = Architecture((Flatten(), Dense(5), HEAD))
    weights = random_weights(dense, RNG)
    np.testing.assert_array_equal(snapshots.first_filters(dense, weights)[2].ravel(), weights["1/kernel"][:, 2])

    neither = Architecture((GlobalAveragePooling2D(), HEAD))
    assert snapshots.first_filters(neither, random_weights(neither, RNG)) is None


def test_maps_of_the_layers_that_make_something_new():
    layers = (Conv2D(20, 5, activation="relu"), MaxPooling2D(), Dropout(0.5), Flatten(), Dense(30), HEAD)
    _, _, _, traces = random_network(RNG, layers)
    found = snapshots.maps(Architecture(layers), traces)
    assert [(layer.layer_index, layer.maps.shape) for layer in found] == [
        (0, (16, 24, 24)),
        (1, (16, 12, 12)),
        (4, (1, 1, 30)),
    ]
    np.testing.assert_array_equal(found[1].maps[3], traces[1].output[..., 3])


def test_of_a_large_network_fewer_maps_are_kept():
    layers = (*[Conv2D(16, 3, padding="same")] * 3, Flatten(), HEAD)
    _, _, _, traces = random_network(RNG, layers)
    found = snapshots.maps(Architecture(layers), traces)
    assert {len(layer.maps) for layer in found} == {6}
    assert sum(layer.maps.size for layer in found) <= snapshots.MAX_VALUES


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "mean_squared_error"])
def test_the_loss_s_slope_is_that_of_finite_differences(loss):
    logits, label, step = RNG.normal(size=10), 3, 1e-5

    def loss_at(moved):
        return mean_loss(softmax(moved)[np.newaxis], np.array([label]), loss)

    expected = [(loss_at(logits + step * one) - loss_at(logits - step * one)) / (2 * step) for one in np.eye(10)]
    slope = snapshots.loss_slope(loss, softmax(logits).astype(np.float32), label)
    assert slope.dtype == np.float32
    np.testing.assert_allclose(slope, expected, atol=1e-6)


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "mean_squared_error"])
def test_gradients_are_keras_s(loss):
    experiment = experiment_of(
        Conv2D(3, 5, activation="tanh"), MaxPooling2D(), Dropout(0.5), Flatten(), HEAD, loss=loss
    )
    experiment = replace(experiment, data=DataSettings(label_noise=0.5, train_size=1_000), seed=3)
    weights = random_weights(experiment.architecture, RNG)
    model = keras_models.build(experiment)
    keras_models.set_weights(model, weights)
    train = mnist.load().train
    targets = mnist.one_hot(experiment.data.labels(train.labels[:1_000], 3)[:20])
    with tf.GradientTape() as tape:
        answers = model(mnist.normalise(train.images[:20]), training=False)
        value = tf.reduce_mean(keras.losses.get(loss)(targets, answers))
    kernels = [weight for weight in model.trainable_weights if weight.name == "kernel"]
    expected = [snapshots.size(slope.numpy()) for slope in tape.gradient(value, [kernel.value for kernel in kernels])]
    np.testing.assert_allclose(snapshots.mean_gradients(experiment, weights), expected, rtol=1e-4)


def test_a_look_reads_the_first_test_digits_as_the_network_does():
    tiny = PRESETS["Tiny"]
    first, second = random_weights(tiny.architecture, RNG), random_weights(tiny.architecture, RNG)
    snapshots.look(tiny, first)  # the model is the same one for the next stage
    found = snapshots.look(tiny, second)
    assert (found.read_as.shape, found.read_as.dtype) == ((snapshots.NUM_TEST,), np.uint8)
    assert found.gradients.shape == (2,)
    for index, image in enumerate(mnist.normalise(mnist.load().test.images[:20])):
        answer = network.forward(tiny.architecture, second, image)[-1]
        assert found.read_as[index] == answer.argmax()
        assert found.sureness[index] == pytest.approx(answer.max(), abs=1e-5)
