"""The operations of a convolutional network, in NumPy, on one image at a time.

An image is `(height, width, channels)`, a kernel `(kernel_height, kernel_width, in_channels, filters)`; everything is
float32. Each operation that slides a window has two forms: the fast one computes the whole map, and the one whose name
ends in `_at` computes a single cell and shows its parts. The second is what the pages explain; a test holds both equal.
The arithmetic is that of Keras (and a test holds it to it): Dumoulin and Visin, arXiv:1603.07285.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Array = np.ndarray


def window_count(size: int, window: int, strides: int, padding: str) -> int:
    """How many windows fit along a side of `size` cells; `window` counts the gaps of a dilated kernel."""
    return -(-size // strides) if padding == "same" else (size - window) // strides + 1


def pad_widths(size: int, window: int, strides: int, padding: str) -> tuple[int, int]:
    """Cells added before and after a side. An odd one goes after, as TensorFlow does it."""
    if padding == "valid":
        return 0, 0
    total = max((window_count(size, window, strides, padding) - 1) * strides + window - size, 0)
    return total // 2, total - total // 2


def pad(image: Array, window: tuple[int, int], strides: int, padding: str, value: float = 0.0) -> Array:
    """Add a border of `value` so that `padding="same"` windows fit: (h, w, c) -> (h + ..., w + ..., c)."""
    rows = pad_widths(image.shape[0], window[0], strides, padding)
    columns = pad_widths(image.shape[1], window[1], strides, padding)
    return np.pad(image, (rows, columns, (0, 0)), constant_values=value)


def windows_of(padded: Array, window: tuple[int, int], strides: int, dilation_rate: int = 1) -> Array:
    """All windows of a padded image, as a view: (out_h, out_w, channels, window_h, window_w)."""
    views = sliding_window_view(padded, window, axis=(0, 1))
    return views[::strides, ::strides, :, ::dilation_rate, ::dilation_rate]


def conv2d(
    image: Array, kernel: Array, bias: Array, strides: int = 1, padding: str = "valid", dilation_rate: int = 1
) -> Array:
    """Slide every filter over the image: (h, w, in_channels) -> (out_h, out_w, filters), before the activation."""
    reach = reach_of(kernel, dilation_rate)
    windows = windows_of(pad(image, reach, strides, padding), reach, strides, dilation_rate)
    return np.tensordot(windows, kernel, axes=((3, 4, 2), (0, 1, 2))) + bias


@dataclass(frozen=True)
class ConvolutionCell:
    """How one value of a map came about: `sum(patch * weights) + bias = output`, over (height, width, in_channels)."""

    patch: Array
    weights: Array
    products: Array
    bias: float
    output: float


def conv2d_at(
    image: Array,
    kernel: Array,
    bias: Array,
    row: int,
    column: int,
    filter_index: int,
    strides: int = 1,
    padding: str = "valid",
    dilation_rate: int = 1,
) -> ConvolutionCell:
    """Compute one cell of `conv2d`: lay the filter on the image, multiply cell by cell, add up, add the bias."""
    reach = reach_of(kernel, dilation_rate)
    padded = pad(image, reach, strides, padding)
    top, left = row * strides, column * strides
    patch = padded[top : top + reach[0] : dilation_rate, left : left + reach[1] : dilation_rate]
    weights = kernel[:, :, :, filter_index]
    products = patch * weights
    output = products.sum() + bias[filter_index]
    return ConvolutionCell(patch, weights, products, float(bias[filter_index]), float(output))


def reach_of(kernel: Array, dilation_rate: int) -> tuple[int, int]:
    """Height and width that a kernel covers, gaps included."""
    return (kernel.shape[0] - 1) * dilation_rate + 1, (kernel.shape[1] - 1) * dilation_rate + 1


def max_pooling2d(image: Array, pool_size: int = 2, strides: int | None = None, padding: str = "valid") -> Array:
    """Keep the largest value of each window: (h, w, c) -> (out_h, out_w, c). The padding never wins."""
    strides, window = strides or pool_size, (pool_size, pool_size)
    return windows_of(pad(image, window, strides, padding, -np.inf), window, strides).max(axis=(3, 4))


def average_pooling2d(image: Array, pool_size: int = 2, strides: int | None = None, padding: str = "valid") -> Array:
    """Mean of each window: (h, w, c) -> (out_h, out_w, c). The padding is not counted."""
    strides, window = strides or pool_size, (pool_size, pool_size)
    sums = windows_of(pad(image, window, strides, padding), window, strides).sum(axis=(3, 4))
    counts = windows_of(pad(np.ones_like(image), window, strides, padding), window, strides).sum(axis=(3, 4))
    return sums / counts


@dataclass(frozen=True)
class PoolingCell:
    """How one value of a pooled map came about.

    `patch`: the window without padding. `winner`: (row, column) in it of the first largest value; None for a mean.
    """

    patch: Array
    winner: tuple[int, int] | None
    output: float


def max_pooling2d_at(
    image: Array,
    row: int,
    column: int,
    channel: int,
    pool_size: int = 2,
    strides: int | None = None,
    padding: str = "valid",
) -> PoolingCell:
    """Compute one cell of `max_pooling2d`: cut out the window, keep its largest value."""
    patch = _pool_patch(image, row, column, channel, pool_size, strides or pool_size, padding)
    winner = np.unravel_index(patch.argmax(), patch.shape)
    return PoolingCell(patch, (int(winner[0]), int(winner[1])), float(patch[winner]))


def average_pooling2d_at(
    image: Array,
    row: int,
    column: int,
    channel: int,
    pool_size: int = 2,
    strides: int | None = None,
    padding: str = "valid",
) -> PoolingCell:
    """Compute one cell of `average_pooling2d`: cut out the window, take the mean."""
    patch = _pool_patch(image, row, column, channel, pool_size, strides or pool_size, padding)
    return PoolingCell(patch, None, float(patch.mean()))


def _pool_patch(image: Array, row: int, column: int, channel: int, pool_size: int, strides: int, padding: str) -> Array:
    top = row * strides - pad_widths(image.shape[0], pool_size, strides, padding)[0]
    left = column * strides - pad_widths(image.shape[1], pool_size, strides, padding)[0]
    return image[max(top, 0) : top + pool_size, max(left, 0) : left + pool_size, channel]


def global_average_pooling2d(image: Array) -> Array:
    """Mean of each channel: (h, w, c) -> (c,)."""
    return image.mean(axis=(0, 1))


def batch_normalization(
    values: Array, gamma: Array, beta: Array, moving_mean: Array, moving_variance: Array, epsilon: float = 1e-3
) -> Array:
    """Normalise each channel with the statistics gathered in training: same shape (arXiv:1502.03167)."""
    return (values - moving_mean) / np.sqrt(moving_variance + epsilon) * gamma + beta


def flatten(image: Array) -> Array:
    """All values in one row: index = (row * width + column) * channels + channel."""
    return image.reshape(-1)


def dense(values: Array, kernel: Array, bias: Array) -> Array:
    """Weighted sum of all inputs for every unit, before the activation: (n,) -> (units,)."""
    return values @ kernel + bias


def dropout(values: Array, rate: float, rng: np.random.Generator) -> Array:
    """Training only: zero a fraction `rate` of the values, scale the others by 1 / (1 - rate) (JMLR 15, 2014)."""
    kept = rng.random(values.shape) >= rate
    return np.where(kept, values / np.float32(1 - rate), np.float32(0))


def linear(values: Array) -> Array:
    """No activation: the values themselves."""
    return values


def relu(values: Array) -> Array:
    """max(0, x)."""
    return np.maximum(values, 0)


def sigmoid(values: Array) -> Array:
    """1 / (1 + exp(-x)), written with tanh, which cannot overflow."""
    return (np.tanh(values / 2) + 1) / 2


def tanh(values: Array) -> Array:
    """Hyperbolic tangent, from -1 to 1."""
    return np.tanh(values)


def softmax(values: Array) -> Array:
    """exp(x) / sum(exp(x)) over the last axis: positive, and 1 in all. The largest is subtracted against overflow."""
    exponentials = np.exp(values - values.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": linear,
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softmax": softmax,
}
"""Activations by their Keras names."""
