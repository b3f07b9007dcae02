"""How good a trained network is on images that it has not learned from.

The functions that need TensorFlow are for workers: pages have them computed by `Engine.compute`.
"""

import numpy as np

from cnnlab import mnist
from cnnlab.events import Weights
from cnnlab.experiment import Experiment

BATCH_SIZE = 500


def predict(experiment: Experiment, weights: Weights, images: np.ndarray) -> np.ndarray:
    """Return a network's answers to many images, by Keras. For workers.

    Args:
        experiment: what the network was made from.
        weights: its weights, by '<layer index>/<Keras name>'.
        images: uint8 (n, 28, 28) or (n, 28, 28, 1), ink towards 255.

    Returns:
        Probabilities, float32 (n, 10).
    """
    from cnnlab import models  # noqa: PLC0415 - the web process never imports TensorFlow

    model = models.stack(experiment.architecture)
    models.set_weights(model, weights)
    prepared = experiment.data.prepare(mnist.normalise(images.reshape(-1, 28, 28, 1)))
    return model.predict(prepared, batch_size=BATCH_SIZE, verbose=0)


def test_accuracy(experiment: Experiment, weights: Weights) -> float:
    """Return the share of MNIST's 10,000 test images that a network reads rightly. For workers."""
    test = mnist.load().test
    return float(np.mean(predict(experiment, weights, test.images).argmax(axis=1) == test.labels))
