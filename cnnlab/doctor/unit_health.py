"""How the layers of a network fare over many images: units that are dead or stuck, filters that are all the same."""

from dataclasses import dataclass

import numpy as np

from cnnlab import mnist
from cnnlab.doctor.distribution import saturated, silent
from cnnlab.experiment import Experiment
from cnnlab.nn import network
from cnnlab.nn.layers import Layer
from cnnlab.nn.weights import Weights

NUM_IMAGES = 100
"""A unit that is on for one digit alone is off for all of so many images once in some ten thousand times."""
SAME = 1e-5
"""Filters count as the same when they differ by less than this part of the largest weight: rounding."""


@dataclass(frozen=True)
class LayerHealth:
    """One layer with a kernel.

    Args:
        layer_index: its place in the architecture, from 0.
        name: its Keras name.
        num_units: how many filters or units it has.
        num_dead: relu only: how many are zero everywhere for every image.
        num_saturated: sigmoid and tanh: how many sit at an end of it for more than half of the images.
        are_same: whether all filters or units have the same weights, and there are more than one.
    """

    layer_index: int
    name: str
    num_units: int
    num_dead: int
    num_saturated: int
    are_same: bool

    @property
    def title(self) -> str:
        """As it is called in a sentence."""
        return f"layer {self.layer_index + 1} ({self.name})"


@dataclass(frozen=True)
class NetworkHealth:
    """What was seen on `num_images` images; `commonest`: the digit that it answers most often, and how often."""

    num_images: int
    layers: tuple[LayerHealth, ...]
    commonest: tuple[int, int]


def examine(experiment: Experiment, weights: Weights, images: np.ndarray) -> NetworkHealth:
    """Send images, uint8 (n, 28, 28) or (n, 28, 28, 1), n from 1, through a network; look at what has a kernel."""
    if not len(images):
        raise ValueError(f"`images` must be at least one. Received: images of shape {images.shape}")
    architecture = experiment.architecture
    prepared = experiment.data.prepare(mnist.normalise(images.reshape(-1, 28, 28, 1)))
    outputs = [network.forward(architecture, weights, image) for image in prepared]
    answers = np.bincount([int(layers[-1].argmax()) for layers in outputs], minlength=mnist.NUM_CLASSES)
    found = tuple(
        _examine_layer(index, layer, kernel, [layers[index] for layers in outputs])
        for index, layer in enumerate(architecture.layers)
        if (kernel := weights.get(f"{index}/kernel")) is not None
    )
    return NetworkHealth(len(images), found, (int(answers.argmax()), int(answers.max())))


def examine_first(experiment: Experiment, weights: Weights, num_images: int = NUM_IMAGES) -> NetworkHealth:
    """Examine a network on the first images that it learned from. For workers: it takes up to some seconds."""
    return examine(experiment, weights, mnist.load().train.images[:num_images])


def _examine_layer(index: int, layer: Layer, kernel: np.ndarray, outputs: list[np.ndarray]) -> LayerHealth:
    activation = getattr(layer, "activation", "linear")
    dead = np.all([silent(output) for output in outputs], axis=0) if activation == "relu" else np.zeros(1)
    stuck = np.mean([saturated(output, activation) for output in outputs], axis=0) > 0.5  # noqa: PLR2004 - more than half
    filters = kernel.reshape(-1, kernel.shape[-1])
    spread = np.ptp(filters, axis=1).max(initial=0.0)
    are_same = filters.shape[1] > 1 and bool(spread <= SAME * np.abs(filters).max(initial=0.0))
    return LayerHealth(index, type(layer).__name__, filters.shape[1], int(dead.sum()), int(stuck.sum()), are_same)
