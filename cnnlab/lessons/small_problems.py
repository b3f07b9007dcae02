"""Two real problems, small enough to be seen whole: MNIST digits in two numbers, and in sixteen.

`ZeroOrSix` has two weights, so that its loss is a surface one can look at. `SixteenPixels` is a whole network of one
dense layer, so that every one of its weights can be drawn. Both learn from MNIST's training images in milliseconds.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from cnnlab import mnist
from cnnlab.lessons import descent
from cnnlab.nn import operations as ops

Array = np.ndarray

NUM_DIGITS = 2_000
BORDER = 4  # MNIST leaves four empty pixels on each side of a digit
ZERO, SIX = 0, 6


@dataclass(frozen=True, eq=False)
class ZeroOrSix:
    """Is it a 0 or a 6? `output = w1 * ink above + w2 * ink below`, above zero means 6.

    One dense unit without a bias; the loss is the mean squared error, whose surface over the weights is a bowl.
    `inputs`: float64 (n, 2) in [0, 10], the mean ink of the upper and the lower half, 10 is all black.
    `targets`: float64 (n,), -1 for a 0 and 1 for a 6.
    """

    inputs: Array
    targets: Array

    def loss(self, weights: Array) -> Array:
        """Mean squared error over all digits: weights (..., 2) -> (...).

        Expanded into the moments of the data, so that a whole surface costs no more than a point.
        """
        n = len(self.targets)
        square = np.einsum("...i,ij,...j", weights, self.inputs.T @ self.inputs / n, weights)
        return np.maximum(square - 2 * weights @ (self.inputs.T @ self.targets / n) + 1, 0)

    def gradient(self, weights: Array, rows: Array | slice = slice(None)) -> Array:
        """Slope of the loss over the digits `rows`: weights (2,) -> (2,). It points uphill."""
        inputs, targets = self.inputs[rows], self.targets[rows]
        return 2 * inputs.T @ (inputs @ weights - targets) / len(targets)

    def accuracy(self, weights: Array) -> Array:
        """Share of digits told apart: weights (..., 2) -> (...) in [0, 1]."""
        return np.mean((weights @ self.inputs.T > 0) == (self.targets > 0), axis=-1)

    def path(self, optimizer: str, start: Array, learning_rate: float, steps: int, batch_size: int | None) -> Array:
        """Roll from `start`, with all digits in each step or with batches of shuffled ones: float64 (steps + 1, 2)."""
        n = len(self.targets)
        per_epoch = n // (batch_size or n)
        orders = [np.random.default_rng(epoch).permutation(n) for epoch in range(-(-steps // per_epoch))]

        def slope(weights: Array, step: int) -> Array:
            if batch_size is None:
                return self.gradient(weights)
            first = step % per_epoch * batch_size
            return self.gradient(weights, orders[step // per_epoch][first : first + batch_size])

        return descent.roll(optimizer, slope, start, learning_rate, steps)

    @property
    def best(self) -> Array:
        """The weights of the lowest loss, float64 (2,), solved exactly."""
        return np.linalg.lstsq(self.inputs, self.targets, rcond=None)[0]

    @property
    def curvatures(self) -> Array:
        """Curvature along the valley and across it, float64 (2,); sgd diverges above 2 / the larger one."""
        return np.linalg.eigvalsh(2 * self.inputs.T @ self.inputs / len(self.targets))


@cache
def zero_or_six() -> ZeroOrSix:
    """Return the problem, of the first 1,000 zeros and the first 1,000 sixes of MNIST's training images."""
    data = mnist.load().train
    rows = np.concatenate([np.flatnonzero(data.labels == digit)[: NUM_DIGITS // 2] for digit in (ZERO, SIX)])
    ink = mnist.normalise(data.images[rows, BORDER:-BORDER, BORDER:-BORDER, 0]).astype(np.float64) * 10
    middle = ink.shape[1] // 2
    halves = np.stack([ink[:, :middle].mean(axis=(1, 2)), ink[:, middle:].mean(axis=(1, 2))], axis=1)
    return ZeroOrSix(halves, np.where(data.labels[rows] == SIX, 1.0, -1.0))


@dataclass(frozen=True, eq=False)
class SixteenPixels:
    """A network of one dense layer that reads a digit from 4 x 4 pixels: kernel float32 (16, 10), bias (10,)."""

    kernel: Array
    bias: Array

    def probabilities(self, images: Array) -> Array:
        """Flatten, dense, softmax: uint8 (..., 28, 28, 1) -> float32 (..., 10)."""
        flat = four_by_four(images).reshape(*images.shape[:-3], 16)
        return ops.softmax(ops.dense(flat, self.kernel, self.bias))


def four_by_four(images: Array) -> Array:
    """Average every 7 x 7 pixels: uint8 (..., 28, 28, 1) -> float32 (..., 4, 4, 1) in [0, 1]."""
    parts = mnist.normalise(images).reshape(*images.shape[:-3], 4, 7, 4, 7, 1)
    return parts.mean(axis=(-4, -2))


@cache
def sixteen_pixels() -> SixteenPixels:
    """Train on the first 5,000 training images: 400 steps of Adam over all of them, from zero."""
    data = mnist.load().train
    inputs = four_by_four(data.images[:5_000]).reshape(-1, 16).astype(np.float64)
    inputs = np.concatenate([inputs, np.ones((len(inputs), 1))], axis=1)  # the bias is the weight of a constant
    targets = mnist.one_hot(data.labels[:5_000])

    def slope(weights: Array, step: int) -> Array:
        del step
        return inputs.T @ (ops.softmax(inputs @ weights) - targets) / len(inputs)

    weights = descent.roll("adam", slope, np.zeros((17, 10)), 0.1, 400)[-1].astype(np.float32)
    return SixteenPixels(weights[:16], weights[16])
