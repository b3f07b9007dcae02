"""A label as a one-hot row, the probabilities beside it, and the cross-entropy that comes of both."""

import numpy as np
import numpy.typing as npt

from cnnlab.mnist import one_hot as rows_of
from ui import colours
from ui.components import define, encode

_mount = define(__file__)


def costs(probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """What each label would cost, -ln(probability): float (classes,) in (0, 1] -> float64 (classes,)."""
    return -np.log(np.maximum(probabilities.astype(np.float64), np.finfo(np.float32).tiny))


def one_hot(probabilities: npt.NDArray[np.floating], label: int, *, key: str) -> None:
    """Show what an answer costs when the label is this one, or another one that is pointed at.

    Args:
        probabilities: float32 (10,), the network's answer.
        label: the true digit.
        key: the component's identity.
    """
    points = np.linspace(0.002, 1, 200)
    _mount(
        key=key,
        data={
            "probabilities": encode(probabilities),
            "costs": encode(costs(probabilities)),
            "rows": rows_of(np.arange(10)).astype(int).tolist(),
            "label": label,
            "curve": [encode(points), encode(costs(points))],
            "colours": {"bar": colours.TRAINING, "cost": colours.WRONG},
        },
    )
