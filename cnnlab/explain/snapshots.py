"""What a network had learned at a stage of its training, read off a snapshot of its weights.

Filters, maps and sizes are quick and computed where they are shown. What test digits are read as, and gradients, take
longer: `look` is for workers.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from cnnlab import mnist
from cnnlab.experiment import Experiment
from cnnlab.nn import gradients as back
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dropout, Flatten
from cnnlab.nn.network import LayerTrace
from cnnlab.nn.weights import Weights

NUM_TEST = 2_000  # test digits that are read at each stage, the first ones
NUM_TRAIN = 20  # training images of which a gradient is the mean, the first ones
BATCH_SIZE = 500
MAX_FILTERS = 32
MAPS = (16, 12, 8, 6, 4, 2, 1)
MAX_VALUES = 16_000
"""So many values of maps at most are kept of a stage: there are some forty stages, and a browser holds them all."""


@dataclass(frozen=True, eq=False)
class Look:
    """What a worker finds out about a stage.

    `read_as`: uint8 (n,), what each of the first test digits is read as. `sureness`: float32 (n,), the probability of
    that, 0 to 1. `gradients`: float32 (kernels,), the root mean square of the loss's gradient for each kernel.
    """

    read_as: np.ndarray
    sureness: np.ndarray
    gradients: np.ndarray


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """The first maps of a layer for one image: float32 (maps, height, width); a dense layer's output is one row."""

    layer_index: int
    maps: np.ndarray


def size(values: np.ndarray) -> float:
    """Return the root mean square: how large the numbers of an array are, whatever their signs."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def sizes(architecture: Architecture, weights: Weights) -> np.ndarray:
    """Return the size of each kernel: float64 (layers with a kernel,)."""
    return np.array([size(weights[f"{index}/kernel"]) for index in architecture.with_kernels])


def changes(architecture: Architecture, before: Weights, after: Weights) -> np.ndarray:
    """Return how much each kernel has changed, in shares of its size before: float64, NaN where that was zero."""
    moved = sizes(architecture, Weights((name, after[name] - before[name]) for name in after))
    size_before = sizes(architecture, before)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(size_before > 0, moved / size_before, np.nan)


def first_filters(architecture: Architecture, weights: Weights) -> np.ndarray | None:
    """Return the first filters that look straight at the picture: float32 (filters, height, width).

    Units of a dense layer that sees all pixels are such filters too. None when there are neither.
    """
    index = architecture.with_kernels[0]
    layer, kernel = architecture.layers[index], weights[f"{index}/kernel"]
    if isinstance(layer, Conv2D):
        pictures = kernel[:, :, 0]  # one channel comes in: no convolution stands before it
    elif len(kernel) == np.prod(architecture.input_shape):
        pictures = kernel.reshape(*architecture.input_shape[:2], -1)
    else:
        return None
    return np.moveaxis(pictures, 2, 0)[:MAX_FILTERS].copy()


def maps(architecture: Architecture, traces: tuple[LayerTrace, ...]) -> tuple[LayerMaps, ...]:
    """Return the first maps of every layer but the last that makes something new of its input.

    There are up to 16 of each layer, or fewer where all of them together would be too much to keep.
    """
    chosen = [index for index, layer in enumerate(architecture.layers[:-1]) if not isinstance(layer, Flatten | Dropout)]
    pictures = {index: np.moveaxis(np.atleast_3d(traces[index].output), 2, 0) for index in chosen}
    fitting = (number for number in MAPS if sum(layer[:number].size for layer in pictures.values()) <= MAX_VALUES)
    number = next(fitting, 1)
    return tuple(LayerMaps(index, layer[:number].copy()) for index, layer in pictures.items())


def look(experiment: Experiment, weights: Weights) -> Look:
    """Read the first test digits by Keras, and measure the gradients. For workers."""
    from cnnlab.training import keras_models  # noqa: PLC0415 - the web process never imports TensorFlow

    model = _model(experiment.architecture)
    keras_models.set_weights(model, weights)
    images = experiment.data.prepare(mnist.normalise(mnist.load().test.images[:NUM_TEST]))
    answers = model.predict(images, batch_size=BATCH_SIZE, verbose=0)
    return Look(answers.argmax(axis=1).astype(np.uint8), answers.max(axis=1), mean_gradients(experiment, weights))


@lru_cache(maxsize=1)
def _model(architecture: Architecture) -> Any:  # noqa: ANN401 - a keras.Model
    """Make a model once for all stages of a run: Keras leaks some memory with every one."""
    from cnnlab.training import keras_models  # noqa: PLC0415 - the web process never imports TensorFlow

    return keras_models.stack(architecture)


def mean_gradients(experiment: Experiment, weights: Weights, num_images: int = NUM_TRAIN) -> np.ndarray:
    """Return the size of each kernel's gradient, float32 (kernels,): of the mean loss of the first training images.

    They are taken as they are: nothing is dropped out, distorted or regularised.
    """
    architecture, train = experiment.architecture, mnist.load().train
    kernels = [f"{index}/kernel" for index in architecture.with_kernels]
    images = experiment.data.prepare(mnist.normalise(train.images[:num_images]))
    labels = experiment.data.labels(train.labels[: experiment.data.num_train], experiment.seed)[:num_images]
    totals = {name: np.zeros_like(weights[name]) for name in kernels}
    for image, label in zip(images, labels, strict=True):
        traces = network.trace(architecture, weights, image)
        slope = loss_slope(experiment.training.loss, traces[-1].output, int(label))
        slopes = network.backward(architecture, weights, image, traces, slope)
        found = network.weight_gradients(architecture, image, traces, slopes, slope)
        for name in kernels:
            totals[name] += found[name] / num_images
    return np.array([size(total) for total in totals.values()], np.float32)


def loss_slope(loss: str, probabilities: np.ndarray, label: int) -> np.ndarray:
    """Return how fast one image's loss, of `experiment.LOSSES`, changes with each logit: twice float32 (10,)."""
    errors = probabilities - np.eye(mnist.NUM_CLASSES, dtype=np.float32)[label]
    if loss == "categorical_crossentropy":
        return errors
    return back.ACTIVATIONS["softmax"](errors * np.float32(2 / mnist.NUM_CLASSES), probabilities)
