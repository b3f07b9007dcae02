"""Which test digits excite a unit most, and the part of the picture that it saw there.

After Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (arXiv:1311.2901), figure 2. The part is
the receptive field, followed back layer by layer as in Araujo, Norris and Sim (Distill, 2019), but cut at the edges.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab import mnist
from cnnlab.experiment import Experiment
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Layer, Pooling2D
from cnnlab.nn.operations import pad_widths
from cnnlab.nn.weights import Weights

NUM_DIGITS = 2_000
NUM_BEST = 9
VECTOR = 1
"""Dimensions of what a dense layer gives; a map has three."""


@dataclass(frozen=True)
class Box:
    """Rows `top` to `bottom` and columns `left` to `right` of a picture, the last ones not included."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, eq=False)
class Exciting:
    """For each unit or filter of a layer, the digits that excite it most, the strongest first.

    Args:
        indices: int (units, best), which of the test digits.
        values: float32 (units, best), the largest value of the unit's map there, before the activation.
        cells: int (units, best, 2), row and column of that value; 0 where the layer gives a vector.
    """

    indices: np.ndarray
    values: np.ndarray
    cells: np.ndarray


def box(architecture: Architecture, layer_index: int, row: int, column: int) -> Box:
    """The pixels that one cell of a layer's maps depends on; of a vector the whole picture."""
    height, width, _ = architecture.input_shape
    if len(architecture.summaries[layer_index].output_shape) == VECTOR:
        return Box(0, height, 0, width)
    rows, columns = (row, row + 1), (column, column + 1)
    for summary in reversed(architecture.summaries[: layer_index + 1]):
        rows = _before(summary.layer, summary.input_shape[0], *rows)
        columns = _before(summary.layer, summary.input_shape[1], *columns)
    return Box(*rows, *columns)


def _before(layer: Layer, size: int, first: int, end: int) -> tuple[int, int]:
    """Cells along one side of a layer's input, of `size` cells, that the output's cells `first` to `end` depend on."""
    window, strides = layer.window()
    padding = layer.padding if isinstance(layer, Conv2D | Pooling2D) else "valid"
    shift = pad_widths(size, window, strides, padding)[0]
    return max(first * strides - shift, 0), min((end - 1) * strides - shift + window, size)


def unit_layers(architecture: Architecture) -> tuple[int, ...]:
    """Layers that have filters or units."""
    return tuple(index for index, layer in enumerate(architecture.layers) if isinstance(layer, Conv2D | Dense))


def most_exciting(
    experiment: Experiment, weights: Weights, num_digits: int = NUM_DIGITS, num_best: int = NUM_BEST
) -> dict[int, Exciting]:
    """Search the first test digits for those that excite each unit most. Takes a second or two.

    A value before the activation is asked for: relu keeps its order, and of a class it is the logit, not the
    probability, which is 1 for many. A digit counts once, where the unit's map is highest.

    Returns:
        By the layer's index, for all `unit_layers`.
    """
    images = experiment.data.prepare(mnist.normalise(mnist.load().test.images[:num_digits]))
    layers = unit_layers(experiment.architecture)
    highest: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {index: [] for index in layers}
    for image in images:
        traces = network.trace(experiment.architecture, weights, image)
        for index, found in highest.items():
            cells = traces[index].pre_activation.reshape(-1, traces[index].output.shape[-1])  # a vector is one cell
            found.append((cells.max(axis=0), cells.argmax(axis=0)))
    shapes = [summary.output_shape for summary in experiment.architecture.summaries]
    return {index: _best(found, shapes[index][:-1], num_best) for index, found in highest.items()}


def _best(highest: list[tuple[np.ndarray, np.ndarray]], shape: tuple[int, ...], num_best: int) -> Exciting:
    """The digits with the largest values, given for each digit the units' values and their cells in maps of `shape`."""
    values, cells = (np.stack(part) for part in zip(*highest, strict=True))
    indices = np.argsort(-values, axis=0, kind="stable")[:num_best].T
    units = np.arange(values.shape[1])[:, np.newaxis]
    rows, columns = np.unravel_index(cells[indices, units], shape or (1, 1))
    return Exciting(indices, values[indices, units], np.stack([rows, columns], axis=-1))
