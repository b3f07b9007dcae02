"""A drawing prepared and read by a network, once, and the answer in words."""

from dataclasses import dataclass

import numpy as np

from cnnlab.digits import prepare, segment
from cnnlab.digits.prepare import STANDARD, Preparation, Steps
from cnnlab.explain import likeness
from cnnlab.explain.likeness import Likeness
from cnnlab.nn.network import LayerTrace
from ui.cached import starter_likeness
from ui.computed import computed
from ui.networks import Network

BROKE_DOWN = "The answers of this network are not numbers: its training broke down."
SURE, UNDECIDED = 0.9, 0.35
"""Sure from this probability; undecided when the second is within this of the first."""
UNLIKE = "unlike any digit that it learned from"


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


def likeness_of(network: Network, traces: tuple[LayerTrace, ...]) -> Likeness | None:
    """What the network made of digits; the starter's comes with it, a run's is computed by the engine, once.

    None: the page says that it is being computed, or the network's answers (`traces`) are no numbers.
    """
    if not np.isfinite(traces[-1].output).all():
        return None
    if network.run_id is None:
        return starter_likeness()
    return computed("Looking at its training digits", Likeness.of, network.experiment, network.weights)


def is_like(known: Likeness | None, network: Network, image: np.ndarray, traces: tuple[LayerTrace, ...]) -> bool | None:
    """Whether a picture, float32 (28, 28) in [0, 1], is like the digits that it learned from; None: not known (yet)."""
    if known is None:
        return None
    return known.rank(image, likeness.hidden(network.experiment.architecture, traces)) <= likeness.PASS


def verdict(values: np.ndarray, *, like: bool | None) -> str:
    """The answer in words, the first two digits contrasted: "**4** at 61 %, **9** at 37 %: undecided.".

    `like`: whether what was read is like a digit (`is_like`); without that, no network is sure.
    """
    if not np.isfinite(values).all():
        return BROKE_DOWN
    second, first = np.argsort(values)[-2:]
    if like is False:
        return f"**{first}** at {values[first] * 100:.0f} %, but this is {UNLIKE}, and it knows no other answers."
    if values[first] >= SURE:
        return f"A **{first}**, and it is sure." if like else f"A **{first}**."
    doubt = "undecided" if values[first] - values[second] < UNDECIDED else "not sure"
    return f"**{first}** at {values[first] * 100:.0f} %, **{second}** at {values[second] * 100:.0f} %: {doubt}."


def hint(rgba: np.ndarray) -> str:
    """What to try with a drawing, uint8 (height, width, 4), that is unlike any digit."""
    return " Two digits? Draw reads them under **Whole number**." if len(segment.split(rgba)) > 1 else ""
