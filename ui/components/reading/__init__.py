"""How one digit is read at the stage of a run (see `stages.js`): its answer, ten bars, and all answers."""

from collections.abc import Sequence

import numpy as np

from ui import colours
from ui.components import component
from ui.components.gallery import png


@component(__file__)
def reading(
    run_id: str,
    steps: Sequence[int],
    labels: Sequence[str],
    probabilities: np.ndarray,
    *,
    key: str,
    picture: np.ndarray,
    name: str,
    expected: int | None,
) -> dict[str, object]:
    """Show how a digit is read.

    Args:
        run_id: whose stages they are.
        steps: the updates done at each stage.
        labels: each stage in words: "Epoch 2, batch 40".
        probabilities: float (stages, 10) in [0, 1]; NaN is shown as no answer.
        key: the component's identity: the bars glide as long as it stays the same.
        picture: the digit, uint8 (h, w).
        name: the digit in a few words: "Your drawing".
        expected: what it is, None where nobody has said so.
    """
    return {
        "picture": png(picture),
        "marks": [colours.RIGHT_MARK, colours.WRONG_MARK],
        "colours": [colours.BAR_TOP, colours.BAR_REST, colours.WRONG],
    }
