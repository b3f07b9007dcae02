"""A label as a one-hot row, the probabilities beside it, and the cross-entropy that comes of both."""

import numpy as np
import numpy.typing as npt

from cnnlab.mnist import one_hot as rows_of
from ui import colours
from ui.components import component


def costs(probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """What each label would cost, -ln(probability): float (classes,) in (0, 1] -> float64 (classes,)."""
    return -np.log(np.maximum(probabilities.astype(np.float64), np.finfo(np.float32).tiny))


@component(__file__)
def one_hot(probabilities: npt.NDArray[np.floating], label: int, *, key: str) -> dict[str, object]:
    """Show what an answer costs when the label is this one, or another one that is pointed at.

    Args:
        probabilities: float32 (10,), the network's answer.
        label: the true digit.
    """
    points = np.linspace(0.002, 1, 200)
    return {
        "costs": costs(probabilities),
        "rows": rows_of(np.arange(10)).astype(int).tolist(),
        "curve": [points, costs(points)],
        "colours": {"bar": colours.TRAINING, "cost": colours.WRONG},
    }
