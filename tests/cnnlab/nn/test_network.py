import numpy as np
import pytest

from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from cnnlab.nn.weights import Weights

ARCHITECTURE = Architecture(
    (
        Conv2D(1, 1, activation="relu"),
        MaxPooling2D(7, strides=4),
        Dropout(0.5),
        Flatten(),
        Dense(10, activation="softmax"),
    )
)
SIZE = ARCHITECTURE.summaries[-1].input_shape[0]


def weights():
    return Weights(
        {
            "0/kernel": np.full((1, 1, 1, 1), 2, np.float32),
            "0/bias": np.array([-1], np.float32),
            "4/kernel": np.zeros((SIZE, 10), np.float32),
            "4/bias": np.arange(10, dtype=np.float32),
        }
    )


def test_a_trace_by_hand():
    image = np.zeros((28, 28, 1), np.float32)
    image[0, 0] = 1
    conv, pool, dropout, flat, dense = network.trace(ARCHITECTURE, weights(), image)
    assert (conv.pre_activation[0, 0, 0], conv.output[0, 0, 0]) == (1, 1)  # 2 * 1 - 1
    assert (conv.pre_activation[1, 1, 0], conv.output[1, 1, 0]) == (-1, 0)  # max(0, 2 * 0 - 1)
    assert pool.output[0, 0, 0] == 1
    assert pool.output.sum() == 1
    np.testing.assert_array_equal(dropout.output, pool.output)
    assert flat.output.shape == (SIZE,)
    np.testing.assert_array_equal(dense.pre_activation, np.arange(10))
    assert dense.output.sum() == pytest.approx(1)
    assert dense.output[9] / dense.output[8] == pytest.approx(np.e, rel=1e-5)


def test_forward_gives_the_outputs_of_the_trace():
    image = np.random.default_rng(0).random((28, 28, 1), dtype=np.float32)
    traced = network.trace(ARCHITECTURE, weights(), image)
    for output, layer in zip(network.forward(ARCHITECTURE, weights(), image), traced, strict=True):
        np.testing.assert_array_equal(output, layer.output)


@pytest.mark.parametrize(
    "image", [np.zeros((28, 28), np.float32), np.zeros((28, 28, 1)), np.zeros((28, 28, 1), np.uint8)]
)
def test_a_wrong_image_is_refused(image):
    with pytest.raises(ValueError, match=r"`image` must be float32 \(28, 28, 1\)"):
        network.forward(ARCHITECTURE, weights(), image)


def test_weights_of_another_network_are_refused():
    image = np.zeros((28, 28, 1), np.float32)
    with pytest.raises(ValueError, match=r"Differing: 0/bias; expected: \(1,\), received: None"):
        network.forward(ARCHITECTURE, Weights(item for item in weights().items() if item[0] != "0/bias"), image)
