"""How the values of a layer are spread: a histogram, what is zero, what is not a number, which units are dead or stuck.

A unit that is zero for every input learns nothing more (its relu's gradient is zero); one that sits at the end of its
sigmoid or tanh hardly does (the gradient vanishes there: Glorot and Bengio, AISTATS 2010).
"""

from dataclasses import dataclass

import numpy as np

NUM_BINS = 24
FLAT = 0.05
"""Part of its largest slope below which an activation counts as flat."""


@dataclass(frozen=True)
class Distribution:
    """How some values are spread.

    Args:
        counts: int (NUM_BINS,): how many of the finite values lie in each of equal steps from `low` to `high`.
        low: the least finite value, 0.0 without one.
        high: the largest finite value, 0.0 without one.
        num_values: how many there are in all.
        num_zeros: how many are exactly 0.
        num_nan: how many are not a number.
        num_infinite: how many are infinite.
    """

    counts: np.ndarray
    low: float
    high: float
    num_values: int
    num_zeros: int
    num_nan: int
    num_infinite: int

    @classmethod
    def of(cls, values: np.ndarray) -> "Distribution":
        """Count values of any shape."""
        finite = values[np.isfinite(values)].astype(np.float64)
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        counts, _ = np.histogram(finite, NUM_BINS, (low, high))
        num_nan, num_infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
        return cls(counts, low, high, values.size, int((values == 0).sum()), num_nan, num_infinite)


def silent(output: np.ndarray) -> np.ndarray:
    """Which maps or units are zero everywhere: (height, width, channels) or (units,) -> bool (channels or units,)."""
    zero: np.ndarray = (output == 0).reshape(-1, output.shape[-1]).all(axis=0)
    return zero


def saturated(output: np.ndarray, activation: str) -> np.ndarray:
    """Which maps or units sit at an end of their sigmoid or tanh with more than half of their cells; bool as `silent`.

    At an end means: the slope there is below 5 % of the largest one.
    """
    y = output.reshape(-1, output.shape[-1])
    slopes = {"sigmoid": 4 * y * (1 - y), "tanh": 1 - y**2}
    if activation not in slopes:
        return np.zeros(output.shape[-1], bool)
    stuck: np.ndarray = (slopes[activation] < FLAT).mean(axis=0) > 0.5  # noqa: PLR2004 - more than half
    return stuck
