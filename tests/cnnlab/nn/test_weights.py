import pickle

import numpy as np

from cnnlab.nn.weights import Weights


def test_a_layers_weights_go_by_their_keras_names():
    weights = Weights({"1/kernel": np.ones(1), "1/bias": np.ones(2), "11/kernel": np.ones(3)})
    assert {name: value.size for name, value in weights.of_layer(1).items()} == {"kernel": 1, "bias": 2}
    assert weights.of_layer(0) == {}


def test_the_digest_is_that_of_names_shapes_and_numbers():
    weights = Weights({"0/kernel": np.ones((2, 3), np.float32), "0/bias": np.zeros(3, np.float32)})
    again = pickle.loads(pickle.dumps(weights))
    assert isinstance(again, Weights)
    assert again.digest() == weights.digest() == Weights(reversed(weights.items())).digest()
    for other in (
        weights | {"0/bias": np.ones(3, np.float32)},
        weights | {"0/kernel": np.ones((3, 2), np.float32)},
        {"1/kernel": weights["0/kernel"], "0/bias": weights["0/bias"]},
    ):
        assert weights.digest() != Weights(other).digest()
