"""A drawing prepared and read by a network, once, and the answer in words."""

from dataclasses import dataclass

import numpy as np

from cnnlab.digits import prepare
from cnnlab.digits.prepare import STANDARD, Preparation, Steps
from cnnlab.nn.network import LayerTrace
from ui.networks import Network

BROKE_DOWN = "The answers of this network are not numbers: its training broke down."
SURE, UNDECIDED = 0.9, 0.35
"""Sure from this probability; undecided when the second is within this of the first."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A drawing, what was made of it, step by step, and what the network's layers made of that."""

    rgba: np.ndarray
    steps: Steps
    traces: tuple[LayerTrace, ...]

    @property
    def probabilities(self) -> np.ndarray:
        """The answer: float32 (10,) in [0, 1]."""
        return self.traces[-1].output


def read(network: Network, rgba: np.ndarray, preparation: Preparation = STANDARD) -> Reading | None:
    """Prepare a drawing and send it through the network once."""
    steps = prepare.prepare(rgba, preparation)
    return None if steps is None else Reading(rgba, steps, network.trace(steps.image))


def verdict(values: np.ndarray) -> str:
    """The answer in words, the first two digits contrasted: "**4** at 61 %, **9** at 37 %: undecided."."""
    if not np.isfinite(values).all():
        return BROKE_DOWN
    second, first = np.argsort(values)[-2:]
    if values[first] >= SURE:
        return f"A **{first}**, and it is sure."
    doubt = "undecided" if values[first] - values[second] < UNDECIDED else "not sure"
    return f"**{first}** at {values[first] * 100:.0f} %, **{second}** at {values[second] * 100:.0f} %: {doubt}."
