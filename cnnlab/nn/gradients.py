"""The way back: for each operation of `operations`, how a score's gradient passes from its output to its input.

`gradient` is the score's gradient with respect to the operation's output, of the output's shape; what comes back is the
gradient with respect to its input. It is the chain rule, and no more: Rumelhart, Hinton and Williams, "Learning
representations by back-propagating errors", 1986. Everything is float32; a test holds it to Keras.
"""

from collections.abc import Callable

import numpy as np

from cnnlab.nn.operations import pad, pad_widths, reach_of, windows_of

Array = np.ndarray
Shape = tuple[int, ...]


def lay_windows(
    windows: Array, shape: Shape, reach: tuple[int, int], strides: int, padding: str, dilation_rate: int = 1
) -> Array:
    """Lay windows back where they were cut out, and add up where they overlap: the reverse of `windows_of`.

    (out_h, out_w, window_h, window_w, channels) -> `shape`, (h, w, channels). What lies on the padding is dropped.
    """
    out_height, out_width, *window, channels = windows.shape
    above, below = pad_widths(shape[0], reach[0], strides, padding)
    before, after = pad_widths(shape[1], reach[1], strides, padding)
    laid = np.zeros((above + shape[0] + below, before + shape[1] + after, channels), np.float32)
    for row, column in np.ndindex(*window):
        top, left = row * dilation_rate, column * dilation_rate
        rows = slice(top, top + (out_height - 1) * strides + 1, strides)
        columns = slice(left, left + (out_width - 1) * strides + 1, strides)
        laid[rows, columns] += windows[:, :, row, column]
    return laid[above : above + shape[0], before : before + shape[1]]


def conv2d(
    gradient: Array, shape: Shape, kernel: Array, strides: int = 1, padding: str = "valid", dilation_rate: int = 1
) -> Array:
    """Each output value sends its gradient to the pixels of its patch, by their weights."""
    patches = np.tensordot(gradient, kernel, axes=(2, 3))  # (out_h, out_w, kernel_h, kernel_w, in_channels)
    return lay_windows(patches, shape, reach_of(kernel, dilation_rate), strides, padding, dilation_rate)


def max_pooling2d(
    gradient: Array, image: Array, pool_size: int = 2, strides: int | None = None, padding: str = "valid"
) -> Array:
    """The first largest value of each window gets all of its gradient, the others nothing."""
    strides, window = strides or pool_size, (pool_size, pool_size)
    windows = windows_of(pad(image, window, strides, padding, -np.inf), window, strides)
    winners = windows.reshape(*gradient.shape, -1).argmax(axis=3)
    cells = np.arange(pool_size**2).reshape(*window, 1)
    sent = np.where(winners[:, :, np.newaxis, np.newaxis] == cells, gradient[:, :, np.newaxis, np.newaxis], 0)
    return lay_windows(sent, image.shape, window, strides, padding)


def average_pooling2d(
    gradient: Array, shape: Shape, pool_size: int = 2, strides: int | None = None, padding: str = "valid"
) -> Array:
    """All cells of a window get the same share of its gradient."""
    strides, window = strides or pool_size, (pool_size, pool_size)
    ones = np.ones((*shape[:2], 1), np.float32)
    counts = windows_of(pad(ones, window, strides, padding), window, strides).sum(axis=(3, 4))
    shares = (gradient / counts)[:, :, np.newaxis, np.newaxis]
    return lay_windows(np.tile(shares, (1, 1, *window, 1)), shape, window, strides, padding)


def global_average_pooling2d(gradient: Array, shape: Shape) -> Array:
    """All values of a channel get the same share: (c,) -> (h, w, c)."""
    return np.tile(gradient / np.float32(shape[0] * shape[1]), (*shape[:2], 1))


def batch_normalization(gradient: Array, gamma: Array, moving_variance: Array, epsilon: float = 1e-3) -> Array:
    """Each channel was only shifted and scaled: its gradient is scaled alike."""
    return gradient * gamma / np.sqrt(moving_variance + epsilon)


def dense(gradient: Array, kernel: Array) -> Array:
    """Each unit sends its gradient to all inputs, by their weights: (units,) -> (n,)."""
    return kernel @ gradient


ACTIVATIONS: dict[str, Callable[[Array, Array], Array]] = {
    "linear": lambda gradient, _: gradient,
    "relu": lambda gradient, output: np.where(output > 0, gradient, 0),
    "sigmoid": lambda gradient, output: gradient * output * (1 - output),  # steepest in the middle: 1/4
    "tanh": lambda gradient, output: gradient * (1 - output**2),  # steepest in the middle: 1
    "softmax": lambda gradient, output: output * (gradient - (gradient * output).sum(axis=-1, keepdims=True)),
}
"""`(gradient, output) -> gradient before the activation`, by Keras's names of the activations."""


def conv2d_weights(
    gradient: Array,
    image: Array,
    kernel_size: int,
    strides: int = 1,
    padding: str = "valid",
    dilation_rate: int = 1,
) -> tuple[Array, Array]:
    """Gradients of the kernel (kernel_h, kernel_w, in_channels, filters) and of the bias (filters,)."""
    side = (kernel_size - 1) * dilation_rate + 1
    windows = windows_of(pad(image, (side, side), strides, padding), (side, side), strides, dilation_rate)
    kernel = np.tensordot(windows, gradient, axes=((0, 1), (0, 1)))  # (in_channels, kernel_h, kernel_w, filters)
    return np.moveaxis(kernel, 0, 2), gradient.sum(axis=(0, 1))


def dense_weights(gradient: Array, values: Array) -> tuple[Array, Array]:
    """Gradients of the kernel (n, units) and of the bias (units,)."""
    return np.outer(values, gradient), gradient
