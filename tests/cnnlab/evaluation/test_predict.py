"""What is asked of Keras about a trained network."""

import keras
import numpy as np

from cnnlab import mnist, starter
from cnnlab.evaluation import predict
from cnnlab.explain.ablation import Changes
from cnnlab.nn import network
from cnnlab.presets import PRESETS
from cnnlab.training import keras_models

EXPERIMENT, WEIGHTS = starter.load()


def test_predict_is_the_networks_own_answer():
    images = mnist.load().test.images[:20]
    answers = predict.predict(EXPERIMENT, WEIGHTS, images)
    ours = [network.forward(EXPERIMENT.architecture, WEIGHTS, image)[-1] for image in mnist.normalise(images)]
    np.testing.assert_allclose(answers, ours, atol=1e-5)
    np.testing.assert_array_equal(predict.predict(EXPERIMENT, WEIGHTS, images[..., 0]), answers)


def test_accuracy_on_the_whole_test_set():
    assert predict.test_accuracy(EXPERIMENT, WEIGHTS) == 0.9957
    nothing = Changes(frozenset((0, index) for index in range(16))).apply(WEIGHTS)
    always = predict.predict(EXPERIMENT, nothing, mnist.load().test.images[:2])
    # A network that sees nothing says the same to everything, but for how a processor adds up the rows of a batch.
    np.testing.assert_allclose(always[0], always[1], rtol=1e-6)


def test_the_weights_that_training_begins_from():
    tiny = PRESETS["Tiny"]
    weights = predict.initial_weights(tiny)
    keras.utils.set_random_seed(tiny.seed)
    plain = keras.Sequential(
        [keras.Input((28, 28, 1)), *(keras_models.keras_layer(layer) for layer in tiny.architecture.layers)]
    )
    for name, value in keras_models.weights_of(plain).items():
        np.testing.assert_array_equal(weights[name], value)


def test_accuracy_of_distorted_digits():
    shares = predict.accuracy_under(EXPERIMENT, WEIGHTS, "right", 100)
    middle = len(shares) // 2
    images, labels = mnist.load().test.images[:100], mnist.load().test.labels[:100]
    assert shares[middle] == np.mean(predict.predict(EXPERIMENT, WEIGHTS, images).argmax(axis=1) == labels)
    assert shares[0] < 0.5 < shares[middle]
    three = np.zeros_like(images)
    three[:, :, 3:] = images[:, :, :-3]
    assert shares[middle + 3] == np.mean(predict.predict(EXPERIMENT, WEIGHTS, three).argmax(axis=1) == labels)


def test_digits_are_shifted_right_down_left_and_up_by_turns():
    images = np.zeros((5, 28, 28, 1), np.uint8)
    images[:, 10, 10] = 7
    shifted = predict.shift_by_turns(images, 3)
    assert [tuple(map(int, place)) for place in np.argwhere(shifted[..., 0])] == [
        (0, 10, 13),
        (1, 13, 10),
        (2, 10, 7),
        (3, 7, 10),
        (4, 10, 13),
    ]
    assert not predict.shift_by_turns(images, 20).any()  # beyond the border
    np.testing.assert_array_equal(predict.shift_by_turns(images, 0), images)


def test_accuracy_by_shift():
    shares = predict.accuracy_by_shift(EXPERIMENT, WEIGHTS, 2)
    test = mnist.load().test
    assert shares[0] == predict.test_accuracy(EXPERIMENT, WEIGHTS)
    answers = predict.predict(EXPERIMENT, WEIGHTS, predict.shift_by_turns(test.images, 2))
    assert shares[2] == np.mean(answers.argmax(axis=1) == test.labels)
