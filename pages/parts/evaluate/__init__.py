"""The sections of the Evaluate page, a module each: `show(reading)` tells one thing about a network's answers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnnlab.evaluation.metrics import confusion_matrix
from ui.networks import Network

NUM_SHOWN = 24
"""Digits of one kind that are shown at most."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A network's answers to labelled digits.

    Args:
        network: what has read them.
        images: uint8 (n, 28, 28), ink towards 255.
        labels: uint8 (n,), what they show, 0 to 9; n at least 1.
        probabilities: float32 (n, 10), all finite.
        of_mnist: whether they are MNIST's test digits, in their order; otherwise drawings of one's own.
    """

    network: Network
    images: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray
    of_mnist: bool = True

    @cached_property
    def read_as(self) -> np.ndarray:
        """The most likely digit for each: int (n,)."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def matrix(self) -> np.ndarray:
        """How often each digit (row) was read as which (column): int64 (10, 10)."""
        return confusion_matrix(self.labels, self.read_as)

    @property
    def what(self) -> str:
        """The digits, as they are called in a sentence."""
        return "test digit" if self.of_mnist else "drawing"
