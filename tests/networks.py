"""Networks with random weights and what they make of a random image, for property tests; without TensorFlow."""

import numpy as np

from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.weights import Weights
from tests.architectures import make, valid_specs


def random_weights(architecture, rng):
    return Weights(
        (key, (rng.uniform(0.5, 2, shape) if "variance" in key else rng.normal(0, 0.5, shape)).astype(np.float32))
        for key, shape in architecture.weight_shapes.items()
    )


def random_network(rng, layers=None):
    """An architecture, by default a random one, its weights, an image, and the image's traces."""
    architecture = Architecture(layers or make(valid_specs(rng)))
    weights = random_weights(architecture, rng)
    image = rng.random((28, 28, 1), dtype=np.float32)
    return architecture, weights, image, network.trace(architecture, weights, image)
