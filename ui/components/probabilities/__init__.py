"""The network's answer as horizontal bars, one a class; they glide to their new lengths."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ui import colours
from ui.components import component

DIGITS = tuple("0123456789")


@component(__file__)
def probabilities(
    values: npt.NDArray[np.floating] | None,
    *,
    key: str,
    labels: Sequence[str] = DIGITS,
    title: str | None = None,
    hint: str = "Draw a digit to see it read.",
) -> dict[str, object]:
    """Show class probabilities; the height stays the same whatever they are.

    Args:
        values: float (classes,) in [0, 1], or None while there is nothing to read.
        key: the component's identity: the bars glide as long as it stays the same.
        labels: one name a class.
        title: a line above the bars, by default none.
        hint: what stands there when `values` is None.
    """
    return {
        "values": None if values is None else values.tolist(),
        "colours": [colours.BAR_TOP, colours.BAR_SECOND, colours.BAR_REST],
    }
