"""A dense layer as a picture: inputs, edges as weights, units, and one unit's sum written out term by term."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cnnlab.nn.operations import dense
from ui import colours
from ui.components import component

Floats = npt.NDArray[np.floating]
ABOVE, BELOW = "#D96B0C", "#2C74BB"  # weights above and below zero, strong enough for a line on both backgrounds


@component(__file__)
def neuron(
    inputs: Floats,
    kernel: Floats,
    bias: Floats,
    outputs: Floats,
    *,
    key: str,
    labels: Sequence[str],
    activation: str,
    selected: int = 0,
) -> dict[str, object]:
    """Show a dense layer for one input; the sums are those of `cnnlab.nn.operations.dense`.

    Args:
        inputs: float32 (n,), not negative.
        kernel: float32 (n, units).
        bias: float32 (units,).
        outputs: float32 (units,) in [0, 1], after the activation.
        labels: one short name a unit.
        activation: its name, written beside the outputs.
        selected: the unit that is shown first.
    """
    return {
        "kernel": kernel.T,
        "sums": dense(inputs, kernel, bias),
        "partial": np.cumsum(inputs[:, np.newaxis] * kernel, axis=0).T,
        "colours": {"above": ABOVE, "below": BELOW, "top": colours.BAR_TOP},
    }
