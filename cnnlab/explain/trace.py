"""One value of a network taken apart: the exact arithmetic that made it, and the values that it was made from.

Each of those is a cell of the layer before, and can be taken apart in turn, down to the pixels. Values and sums are
those of `network.trace`; the parts come from the operations whose names end in `_at`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from cnnlab.nn import operations as ops
from cnnlab.nn.architecture import Architecture, LayerSummary
from cnnlab.nn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Pooling2D,
    Shape,
)
from cnnlab.nn.network import LayerTrace
from cnnlab.nn.weights import Weights

Array = np.ndarray
Position = tuple[int, ...]
Operation = Literal["pixel", "convolution", "maximum", "mean", "normalisation", "copy", "dense"]

PIXELS = -1  # the layer index of what the network is given
PADDING = -1
EPSILON = 1e-3  # Keras's, in batch normalisation


@dataclass(frozen=True)
class Cell:
    """One value: the layer whose output it is (-1: a pixel) and its (row, column, channel) or (unit,) there."""

    layer_index: int
    position: Position


@dataclass(frozen=True)
class Parts:
    """What a value was made from, before the activation.

    `operation` "copy" is Flatten, and Dropout outside training. `inputs`: float32, values of the layer before:
    (kernel_height, kernel_width, in_channels) for a convolution, (height, width) for a window, (n,) for a dense unit,
    (1,) for a single one, (0,) for a pixel. `origins`: int, `inputs.shape` and one axis more: where each stands in the
    layer before; -1 in the padding. `products` are `inputs * weights`, `bias` is added to them. `winner`: of a maximum,
    the index of what was kept. `constants`: for batch normalisation, its four numbers and epsilon.
    """

    operation: Operation
    inputs: Array
    origins: Array
    weights: Array | None = None
    products: Array | None = None
    bias: float = 0.0
    winner: tuple[int, int] | None = None
    constants: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Explanation:
    """How one value came about: what it was made from, and the value before and after the activation.

    `logits`: for a softmax, all values that take part, in order: float32 (n,).
    """

    cell: Cell
    parts: Parts
    before: float
    after: float
    logits: Array | None = None

    def origin(self, index: Position) -> Cell | None:
        """The cell that the input at this index is, None in the padding."""
        position = self.parts.origins[index]
        if (position == PADDING).any():
            return None
        return Cell(self.cell.layer_index - 1, tuple(map(int, position)))

    def is_made_from(self, cell: Cell) -> bool:
        """Whether a cell is one of the inputs."""
        origins = self.parts.origins.reshape(-1, self.parts.origins.shape[-1])
        is_below = cell.layer_index == self.cell.layer_index - 1 and len(cell.position) == origins.shape[1]
        return is_below and bool((origins == cell.position).all(axis=1).any())


def check_cell(architecture: Architecture, cell: Cell) -> None:
    """Raise a ValueError unless the network has this cell."""
    num_layers = len(architecture.layers)
    if not PIXELS <= cell.layer_index < num_layers:
        raise ValueError(f"`layer_index` must be from -1 to {num_layers - 1}. Received: layer_index={cell.layer_index}")
    shape = output_shape(architecture, cell.layer_index)
    inside = (0 <= part < size for part, size in zip(cell.position, shape, strict=False))
    if len(cell.position) != len(shape) or not all(inside):
        raise ValueError(f"`position` must lie in {shape}. Received: position={cell.position}")


def output_shape(architecture: Architecture, layer_index: int) -> Shape:
    """Shape of a layer's output; of the image for -1."""
    return architecture.input_shape if layer_index == PIXELS else architecture.summaries[layer_index].output_shape


def explain(
    architecture: Architecture, weights: Weights, image: Array, traces: tuple[LayerTrace, ...], cell: Cell
) -> Explanation:
    """Take one value apart. Raises ValueError when there is no such cell.

    `image`, float32 (28, 28, 1), is what `network.trace` was given, and `traces` what it returned.
    """
    check_cell(architecture, cell)
    index, position = cell.layer_index, cell.position
    if index == PIXELS:
        value = float(image[position])
        return Explanation(cell, Parts("pixel", np.zeros(0, np.float32), np.zeros((0, 3), int)), value, value)
    summary, trace = architecture.summaries[index], traces[index]
    values = image if index == 0 else traces[index - 1].output
    is_softmax = getattr(summary.layer, "activation", None) == "softmax"
    return Explanation(
        cell,
        _parts(summary, weights.of_layer(index), values, position),
        float(trace.pre_activation[position]),
        float(trace.output[position]),
        trace.pre_activation[position[:-1]] if is_softmax else None,
    )


def _parts(summary: LayerSummary, own: Mapping[str, Array], values: Array, position: Position) -> Parts:
    """The parts of one value of a layer, by its type."""
    layer = summary.layer
    match layer:
        case Conv2D():
            return _convolution(layer, own, values, position)
        case Dense():
            weights = own["kernel"][:, position[0]]
            bias = float(own["bias"][position[0]]) if "bias" in own else 0.0
            return Parts("dense", values, np.arange(values.size)[:, np.newaxis], weights, values * weights, bias)
        case Pooling2D():
            return _pooling(layer, values, position)
        case GlobalAveragePooling2D():
            channel = position[0]
            return Parts("mean", values[..., channel], _places(values.shape[:2], 0, 0, channel))
        case BatchNormalization():
            constants = {name: float(value[position[-1]]) for name, value in own.items()} | {"epsilon": EPSILON}
            return Parts("normalisation", values[position].reshape(1), np.array([position]), constants=constants)
        case Flatten():
            origin = np.unravel_index(position[0], values.shape)
            return Parts("copy", values[origin].reshape(1), np.array([origin]))
        case _:
            return Parts("copy", values[position].reshape(1), np.array([position]))


def _convolution(layer: Conv2D, own: Mapping[str, Array], values: Array, position: Position) -> Parts:
    row, column, filter_index = position
    bias = own.get("bias", np.zeros(layer.filters, np.float32))
    settings = (layer.strides, layer.padding, layer.dilation_rate)
    cell = ops.conv2d_at(values, own["kernel"], bias, row, column, filter_index, *settings)
    steps = np.arange(layer.kernel_size) * layer.dilation_rate
    top, left = _corner(layer, values.shape, position)
    origins = np.stack(np.meshgrid(top + steps, left + steps, np.arange(values.shape[2]), indexing="ij"), axis=-1)
    origins[(origins < 0).any(axis=-1) | (origins >= values.shape).any(axis=-1)] = PADDING
    return Parts("convolution", cell.patch, origins, cell.weights, cell.products, cell.bias)


def _pooling(layer: Pooling2D, values: Array, position: Position) -> Parts:
    row, column, channel = position
    is_max = isinstance(layer, MaxPooling2D)
    at = ops.max_pooling2d_at if is_max else ops.average_pooling2d_at
    cell = at(values, row, column, channel, layer.pool_size, layer.strides, layer.padding)
    top, left = (max(start, 0) for start in _corner(layer, values.shape, position))
    places = _places(cell.patch.shape, top, left, channel)
    return Parts("maximum" if is_max else "mean", cell.patch, places, winner=cell.winner)


def _corner(layer: Conv2D | Pooling2D, shape: Shape, position: Position) -> tuple[int, int]:
    """Row and column where the window of an output begins in the layer's input; below 0 in the padding."""
    window, strides = layer.window()
    above, left = (ops.pad_widths(size, window, strides, layer.padding)[0] for size in shape[:2])
    return position[0] * strides - above, position[1] * strides - left


def _places(size: tuple[int, ...], top: int, left: int, channel: int) -> Array:
    """Positions of a window in one channel: int (height, width, 3)."""
    rows, columns = np.indices(size)
    return np.stack([rows + top, columns + left, np.full(size, channel)], axis=-1)


def seen_pixels(architecture: Architecture, cell: Cell) -> tuple[int, int, int, int]:
    """The square of the image that a value can see: (top, left, bottom, right), the last two not included."""
    check_cell(architecture, cell)
    if cell.layer_index == PIXELS:
        row, column, _ = cell.position
        return row, column, row + 1, column + 1
    box = architecture.summaries[cell.layer_index].seen(cell.position)
    return box.top, box.left, box.bottom, box.right
