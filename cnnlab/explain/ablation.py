"""The filters of a convolution layer: in which order to look at them, what each input adds, and what if one were gone.

A kernel is float32 (kernel_height, kernel_width, in_channels, filters). Weights are never changed in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from cnnlab import mnist
from cnnlab.evaluation.predict import is_right, predict
from cnnlab.experiment import Experiment
from cnnlab.nn import operations as ops
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D
from cnnlab.nn.weights import Weights

Plane = tuple[int, int, int]  # layer index, filter index, channel index


def norms(kernel: np.ndarray) -> np.ndarray:
    """Return the length of each filter as a vector: float32 (filters,)."""
    return np.sqrt((kernel**2).sum(axis=(0, 1, 2)))


def by_norm(kernel: np.ndarray) -> np.ndarray:
    """Return the filters' indices, the one with the largest weights first: int (filters,)."""
    return np.argsort(-norms(kernel), kind="stable")


def by_similarity(kernel: np.ndarray) -> np.ndarray:
    """Return the filters' indices so that alike ones are neighbours: int (filters,).

    It begins with the strongest filter; each next one is, of those left, the one whose direction (cosine similarity) is
    nearest to the last one's.
    """
    vectors = kernel.reshape(-1, kernel.shape[-1]) / np.maximum(norms(kernel), np.finfo(np.float32).tiny)
    similarity = vectors.T @ vectors
    order = [int(by_norm(kernel)[0])]
    left = set(range(kernel.shape[-1])) - set(order)
    while left:
        order.append(max(sorted(left), key=lambda index: similarity[order[-1], index]))
        left.remove(order[-1])
    return np.array(order)


def strongest_channels(kernel: np.ndarray) -> np.ndarray:
    """Return for each filter the input channel whose plane has the largest weights: int (filters,)."""
    return (kernel**2).sum(axis=(0, 1)).argmax(axis=0)


def channel_maps(values: np.ndarray, kernel: np.ndarray, filter_index: int, layer: Conv2D) -> np.ndarray:
    """Return what each channel of a layer's input, (height, width, in_channels), adds to one filter's map.

    float32 (in_channels, out_height, out_width); their sum and the bias are the map before the activation.
    """
    settings = np.zeros(1, np.float32), layer.strides, layer.padding, layer.dilation_rate
    only = kernel[..., filter_index : filter_index + 1]
    channels = ([channel] for channel in range(values.shape[2]))
    return np.stack([ops.conv2d(values[..., one], only[:, :, one], *settings) for one in channels])[..., 0]


@dataclass(frozen=True)
class Changes:
    """What was changed by hand in a trained network: filters switched off, and planes typed over.

    `off` holds (layer index, filter index): kernel and bias of such a filter are zero. `planes` holds float32
    (kernel_height, kernel_width) by (layer index, filter index, channel index).
    """

    off: frozenset[tuple[int, int]] = frozenset()
    planes: Mapping[Plane, np.ndarray] = field(default_factory=dict)

    def switched(self, layer_index: int, filter_index: int, *, off: bool) -> Self:
        """Return the same with one filter switched off or on."""
        this = {(layer_index, filter_index)}
        return type(self)(self.off | this if off else self.off - this, self.planes)

    def typed(self, plane: Plane, numbers: np.ndarray) -> Self:
        """Return the same with other numbers in one plane."""
        return type(self)(self.off, {**self.planes, plane: numbers})

    def check(self, architecture: Architecture) -> None:
        """Raise a ValueError unless these are filters and planes of this network."""
        for layer_index, *places in (*self.off, *self.planes):
            shape = architecture.weight_shapes.get(f"{layer_index}/kernel", ())
            counts = shape[:1:-1]  # filters, channels
            if len(counts) != 2 or any(not 0 <= place < count for place, count in zip(places, counts, strict=False)):  # noqa: PLR2004
                raise ValueError(f"There is no such filter in this network. Received: {(layer_index, *places)}")
        for (layer_index, *_), numbers in self.planes.items():
            shape = architecture.weight_shapes[f"{layer_index}/kernel"][:2]
            if numbers.shape != shape or not np.isfinite(numbers).all():
                raise ValueError(f"A plane must be finite numbers of shape {shape}. Received: shape {numbers.shape}")

    def apply(self, weights: Weights) -> Weights:
        """Return the weights with the changes, the unchanged ones shared."""
        changed = Weights(weights)
        for (layer_index, filter_index, channel_index), numbers in self.planes.items():
            kernel = changed[f"{layer_index}/kernel"].copy()
            kernel[:, :, channel_index, filter_index] = numbers
            changed[f"{layer_index}/kernel"] = kernel
        for layer_index, filter_index in self.off:
            for name in (f"{layer_index}/kernel", f"{layer_index}/bias"):
                if name in changed:
                    changed[name] = changed[name].copy()
                    changed[name][..., filter_index] = 0
        return changed


def without_each_filter(experiment: Experiment, weights: Weights, layer_index: int, num_images: int) -> np.ndarray:
    """Return the accuracy on the first test images with each filter of a layer switched off, float64 (filters,)."""
    test = mnist.load().test
    answers = (
        predict(experiment, Changes().switched(layer_index, index, off=True).apply(weights), test.images[:num_images])
        for index in range(weights[f"{layer_index}/kernel"].shape[-1])
    )
    return np.array([is_right(answer, test.labels[:num_images]).mean() for answer in answers])
