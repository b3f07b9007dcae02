"""What each map or unit of a layer gets from each one before: the wiring of a network for one image, in numbers.

A convolution and a dense layer add up what comes in, so the sum before the activation falls apart into one part a
source, and the bias. Of a map it is the mean over the cells where it is not zero (over all, where it is zero
everywhere). The other layers keep maps apart: their only source is the map of the same index.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.explain.trace import PIXELS
from cnnlab.nn import operations as ops
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Dropout, Flatten
from cnnlab.nn.network import LayerTrace
from cnnlab.nn.weights import Weights

Array = np.ndarray


@dataclass(frozen=True)
class Wiring:
    """Where a layer's maps or units come from.

    `source_index`: the layer before, Flatten and Dropout left out; -1 is the image. `amounts`: float32 (sources,
    units), what each source adds to each unit; None where each map has one source, the one of the same index (modulo
    their number, after Flatten). `bias`: float32 (units,).
    """

    source_index: int
    amounts: Array | None
    bias: Array


@dataclass(frozen=True)
class Strongest:
    """The largest contributions to each unit, by magnitude, the largest first, and what all others add up to.

    `sources`: int (units, k). `amounts`: float32 (units, k). `rest`: float32 (units,).
    """

    sources: Array
    amounts: Array
    rest: Array


def wiring(
    architecture: Architecture, weights: Weights, image: Array, traces: tuple[LayerTrace, ...]
) -> dict[int, Wiring]:
    """The wiring of every layer but Flatten and Dropout, by layer index.

    `image`, float32 (28, 28, 1), is what `network.trace` was given, and `traces` what it returned.
    """
    found: dict[int, Wiring] = {}
    source_index, num_sources = PIXELS, image.shape[-1]
    for index, layer in enumerate(architecture.layers):
        if isinstance(layer, Flatten | Dropout):
            continue
        values = image if index == 0 else traces[index - 1].output
        num_units = architecture.summaries[index].output_shape[-1]
        amounts = None
        if isinstance(layer, Conv2D):
            amounts = _of_convolution(layer, weights[f"{index}/kernel"], values, traces[index].output)
        elif isinstance(layer, Dense):
            products = values[:, np.newaxis] * weights[f"{index}/kernel"]
            amounts = products.reshape(-1, num_sources, num_units).sum(axis=0)  # Flatten keeps channels innermost
        bias = weights.get(f"{index}/bias", np.zeros(num_units, np.float32))
        found[index] = Wiring(source_index, amounts, bias)
        source_index, num_sources = index, num_units
    return found


def mean_weights(output: Array) -> Array:
    """The weight of each cell in a map's mean: float32 (height, width, maps), 1 in all for each map."""
    counted = output != 0
    counted |= ~counted.any(axis=(0, 1))
    return np.divide(counted, counted.sum(axis=(0, 1), dtype=np.float32))


def _of_convolution(layer: Conv2D, kernel: Array, values: Array, output: Array) -> Array:
    """What each channel adds to each map: the kernel times the mean of the patches that it is laid on."""
    reach, strides = layer.window()
    padded = ops.pad(values, (reach, reach), strides, layer.padding)
    patches = ops.windows_of(padded, (reach, reach), strides, layer.dilation_rate)
    means = np.tensordot(mean_weights(output), patches, axes=((0, 1), (0, 1)))  # (filters, channels, rows, columns)
    amounts: Array = np.einsum("fcij,ijcf->cf", means, kernel)
    return amounts


def strongest(amounts: Array, count: int) -> Strongest:
    """The `count` largest contributions to each unit: `amounts` is float32 (sources, units)."""
    order = np.argsort(-np.abs(amounts), axis=0, kind="stable")[:count]
    kept = np.take_along_axis(amounts, order, axis=0)
    return Strongest(order.T, kept.T, amounts.sum(axis=0) - kept.sum(axis=0))
