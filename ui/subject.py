"""A network and a digit on its way through it: what Look inside and Evaluate look at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnnlab.nn.network import LayerTrace
from ui.networks import Network


@dataclass(frozen=True)
class Subject:
    """What is looked at: a network, and a digit on its way through it.

    Args:
        network: its experiment (with the architecture) and its weights.
        image: float32 (28, 28) in [0, 1], ink towards 1.
        name: the digit in a few words: "Test digit 17, a 7", "Your drawing".
        label: what the digit is, 0 to 9, or None where nobody has said so (a drawing).
    """

    network: Network
    image: np.ndarray
    name: str
    label: int | None = None

    @property
    def prepared(self) -> np.ndarray:
        """The digit as the network is given it: float32 (28, 28, 1), with pixels to 255 where it was trained so."""
        return self.network.experiment.data.prepare(self.image[..., np.newaxis])

    @cached_property
    def traces(self) -> tuple[LayerTrace, ...]:
        """Every layer's values for this digit, in order."""
        return self.network.trace(self.image)

    @property
    def probabilities(self) -> np.ndarray:
        """The ten probabilities: float32 (10,)."""
        return self.traces[-1].output
