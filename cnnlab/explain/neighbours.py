"""Which training images a network finds most like a digit: those that a layer turns into nearly the same numbers.

After Papernot and McDaniel, "Deep k-Nearest Neighbors" (arXiv:1803.04765): they are what an answer goes back to.
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

from cnnlab import mnist
from cnnlab.digits import statistics
from cnnlab.experiment import Experiment
from cnnlab.explain import embedding
from cnnlab.nn.weights import Weights

NUM_IMAGES = 10_000
NUM_NEAREST = 8


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest of the first `num_searched` images that a network learned from, the nearest first.

    `indices`: int (n,), which training images. `distances`: float32 (n,), how far their values in the layer are from
    the digit's. `taught`: int (n,), the labels that the network learned for them. `read`: int (n,), what it reads.
    """

    num_searched: int
    indices: np.ndarray
    distances: np.ndarray
    taught: np.ndarray
    read: np.ndarray


@dataclass(frozen=True)
class _Network:
    """A layer of a network, known by what it was made from and its weights' digest."""

    experiment: Experiment
    layer_index: int
    digest: str
    weights: Weights = field(compare=False)


def nearest(experiment: Experiment, weights: Weights, layer_index: int, image: np.ndarray) -> Neighbours:
    """Find the training images that are nearest to a picture, float32 (28, 28) in [0, 1], by a layer's values.

    The first call for a network and a layer takes some seconds; the process remembers the last two.
    """
    values, read = _training_values(_Network(experiment, layer_index, weights.digest(), weights))
    own, _ = embedding.values_of(experiment, weights, layer_index, image[np.newaxis, ..., np.newaxis])
    distances = np.sqrt(((values - own) ** 2).sum(axis=1))
    indices = np.argsort(distances, kind="stable")[:NUM_NEAREST]
    taught = statistics.taught(mnist.load().train, experiment.data, experiment.seed)[indices]
    return Neighbours(len(values), indices, distances[indices], taught, read[indices])


@lru_cache(maxsize=2)
def _training_values(network: _Network) -> tuple[np.ndarray, np.ndarray]:
    """Its layer's values for the first training images, float32 (n, units), and what they are read as, int (n,)."""
    room = embedding.MAX_VALUES // embedding.num_values(network.experiment.architecture, network.layer_index)
    num_images = min(NUM_IMAGES, network.experiment.data.num_train, room)
    images = mnist.normalise(mnist.load().train.images[:num_images])
    with threadpool_limits(1):  # one image is too little to share among threads: that took ten times longer
        return embedding.values_of(network.experiment, network.weights, network.layer_index, images)
