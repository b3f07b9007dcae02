"""How good a trained network is on images that it has not learned from.

The functions that need TensorFlow are for workers: pages have them computed by `Engine.compute`.
"""

from collections.abc import Callable

import numpy as np

from cnnlab import mnist, progress
from cnnlab.digits import distortions
from cnnlab.digits.distortions import Distortion
from cnnlab.experiment import Experiment
from cnnlab.nn.weights import Weights

BATCH_SIZE, CHUNK_SIZE = 500, 2000


def predict(experiment: Experiment, weights: Weights, images: np.ndarray) -> np.ndarray:
    """Return a network's answers to uint8 images, (n, 28, 28) or (n, 28, 28, 1), ink towards 255: float32 (n, 10)."""
    return reader(experiment, weights)(images)


def reader(experiment: Experiment, weights: Weights) -> Callable[[np.ndarray], np.ndarray]:
    """Build a network once and return what `predict` does with it, to be called again and again. For workers."""
    from cnnlab.training import keras_models  # noqa: PLC0415 - the web process never imports TensorFlow

    model = keras_models.stack(experiment.architecture)
    keras_models.set_weights(model, weights)

    def read(images: np.ndarray) -> np.ndarray:
        prepared = experiment.data.prepare(mnist.normalise(images.reshape(-1, 28, 28, 1)))
        chunks = np.split(prepared, range(CHUNK_SIZE, len(prepared), CHUNK_SIZE))
        return np.concatenate(
            [model.predict(chunk, batch_size=BATCH_SIZE, verbose=0) for chunk in progress.over(chunks)]
        )

    return read


def test_accuracy(experiment: Experiment, weights: Weights) -> float:
    """Return the share of MNIST's 10,000 test images that a network reads rightly. For workers."""
    test = mnist.load().test
    return float(is_right(predict(experiment, weights, test.images), test.labels).mean())


def is_right(answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return which answers, float (..., n, 10), to images with these labels, (n,), are right; NaN never is."""
    return np.isfinite(answers).all(axis=-1) & (answers.argmax(axis=-1) == labels)


def initial_weights(experiment: Experiment) -> Weights:
    """Return the weights that an experiment's training begins from: Keras's, from its seed. For workers."""
    from cnnlab.training import keras_models  # noqa: PLC0415 - the web process never imports TensorFlow

    return keras_models.weights_of(keras_models.build(experiment))


def accuracy_under(experiment: Experiment, weights: Weights, name: str, num_images: int) -> np.ndarray:
    """Return the accuracy on the first test images for each of `distortions.positions(name)`: float64 (n,)."""
    test = mnist.load().test
    images, labels = mnist.normalise(test.images[:num_images, ..., 0]), test.labels[:num_images]
    distorted = np.stack([distortions.sweep(image, name, Distortion()) for image in images], axis=1)
    steps = np.round(distorted * 255).astype(np.uint8)
    answers = predict(experiment, weights, steps.reshape(-1, 28, 28)).reshape(*steps.shape[:2], -1)
    return is_right(answers, labels).mean(axis=1)


def accuracy_by_shift(experiment: Experiment, weights: Weights, most: int) -> np.ndarray:
    """Return the accuracy on the test digits after `shift_by_turns` by 0, 1, ... `most` pixels: float64 (most + 1,)."""
    test, read = mnist.load().test, reader(experiment, weights)
    shifted = (shift_by_turns(test.images, pixels) for pixels in progress.over(range(most + 1)))
    return np.array([is_right(read(images), test.labels).mean() for images in shifted])


def shift_by_turns(images: np.ndarray, pixels: int) -> np.ndarray:
    """Shift images, uint8 (n, 28, 28, 1), by whole pixels: right, down, left, up by turns; what leaves is lost."""
    shifted, (_, height, width, _) = np.zeros_like(images), images.shape
    for start, (down, right) in enumerate(((0, pixels), (pixels, 0), (0, -pixels), (-pixels, 0))):
        to = slice(max(down, 0), height + min(down, 0)), slice(max(right, 0), width + min(right, 0))
        of = slice(max(-down, 0), height + min(-down, 0)), slice(max(-right, 0), width + min(-right, 0))
        shifted[start::4, *to] = images[start::4, *of]
    return shifted
