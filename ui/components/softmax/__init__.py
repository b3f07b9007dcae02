"""Softmax by hand: ten logits as sliders, answered in the browser at once.

The browser computes here what `cnnlab.nn.operations.softmax` computes, so that a slider never waits; a test moves the
sliders in a real browser and holds both equal.
"""

import numpy as np
import numpy.typing as npt

from ui import colours
from ui.components import component

REACH = 20.0
"""The sliders go from minus this to this; real logits beyond it move the ends."""


@component(__file__)
def softmax(
    logits: npt.NDArray[np.floating], *, key: str, name: str, true_class: int | None = None
) -> dict[str, object]:
    """Show ten scores, what becomes of them, and what the answer costs.

    Args:
        logits: float32 (10,), where the sliders stand at first; other ones move them again.
        name: where the logits come from, in a few words.
        true_class: the right answer at first; by default the largest logit's.
    """
    return {
        "logits": [round(float(value), 2) for value in logits],
        "reach": float(np.ceil(np.abs(logits).max(initial=REACH))),
        "trueClass": int(logits.argmax() if true_class is None else true_class),
        "colours": {"top": colours.BAR_TOP, "rest": colours.BAR_REST, "wrong": colours.WRONG},
    }
