"""Going downhill: the optimizers' steps in NumPy, as Keras takes them, each short enough to be shown on a page.

A step is `(weights, gradient, memory, learning_rate) -> (weights, memory)`. Weights and gradient have the same shape;
the memory is what the optimizer keeps from one step to the next, None before the first. Nothing is changed in place.
Every formula, its defaults and the place of its epsilon are Keras's, and a test compares step by step.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray
Step = Callable[[Array, Array, Any, float], tuple[Array, Any]]

FARTHEST = 1e12  # where a path that diverges is held, so that its numbers can still be written down


def sgd(weights: Array, gradient: Array, memory: None, learning_rate: float) -> tuple[Array, None]:
    """Gradient descent: straight downhill, the steeper the farther."""
    return weights - learning_rate * gradient, memory


def sgd_momentum(
    weights: Array, gradient: Array, memory: Array | None, learning_rate: float, momentum: float = 0.9
) -> tuple[Array, Array]:
    """A heavy ball: 0.9 of the last step, and a push downhill (Polyak, 1964)."""
    velocity = momentum * (0 if memory is None else memory) - learning_rate * gradient
    return weights + velocity, velocity


def rmsprop(
    weights: Array, gradient: Array, memory: Array | None, learning_rate: float, rho: float = 0.9, epsilon: float = 1e-7
) -> tuple[Array, Array]:
    """Each weight's slope divided by its usual size: steps of about equal length (Tieleman and Hinton, 2012)."""
    square = rho * (0 if memory is None else memory) + (1 - rho) * gradient**2
    return weights - learning_rate * gradient / np.sqrt(square + epsilon), square


def adam(
    weights: Array,
    gradient: Array,
    memory: tuple[int, Array, Array] | None,
    learning_rate: float,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> tuple[Array, tuple[int, Array, Array]]:
    """Momentum and RMSprop together, both corrected for having begun at zero (Kingma and Ba, arXiv:1412.6980)."""
    step, mean, square = memory or (0, np.zeros_like(gradient), np.zeros_like(gradient))
    step += 1
    mean = beta_1 * mean + (1 - beta_1) * gradient
    square = beta_2 * square + (1 - beta_2) * gradient**2
    corrected_rate = learning_rate * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
    return weights - corrected_rate * mean / (np.sqrt(square) + epsilon), (step, mean, square)


OPTIMIZERS: dict[str, Step] = {step.__name__: step for step in (sgd, sgd_momentum, rmsprop, adam)}
"""Steps by the names that `cnnlab.experiment.OPTIMIZERS` uses."""


def roll(optimizer: str, gradients: Callable[[Array, int], Array], start: Array, learning_rate: float, n: int) -> Array:
    """Take `n` steps downhill from `start`, by `gradients`: `(weights, step) -> gradient`; steps count from 0.

    Returns the path, float64 (n + 1, *start.shape), `start` first; what leaves [-FARTHEST, FARTHEST] is held at its
    edge. Raises ValueError when `optimizer` is not one of OPTIMIZERS.
    """
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"`optimizer` must be one of {', '.join(OPTIMIZERS)}. Received: optimizer={optimizer!r}")
    weights, memory, path = np.asarray(start, np.float64), None, [np.asarray(start, np.float64)]
    for step in range(n):
        weights, memory = OPTIMIZERS[optimizer](weights, gradients(weights, step), memory, learning_rate)
        weights = np.clip(weights, -FARTHEST, FARTHEST)
        path.append(weights)
    return np.array(path)


def arrival(losses: Array, enough: float) -> int | None:
    """The first step from which on the loss stays at or below `enough`; None if it does not: losses (n,)."""
    above = np.flatnonzero(losses > enough)
    first = int(above[-1]) + 1 if len(above) else 0
    return first if first < len(losses) else None
