"""The confusion matrix at the stage of a run that is looked at: a row for each digit, a column for what it was read as.

The diagonal, where all is right, has no colour, so that the mistakes carry it. See `stages.js`.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ui import colours
from ui.components import define, encode

_mount = define(Path(__file__).parent)


def matrices(run_id: str, steps: Sequence[int], counts: np.ndarray, *, key: str) -> None:
    """Show the matrix of the stage that the timeline stands at.

    Args:
        run_id: whose stages they are.
        steps: the updates done at each stage that has been read; none: the matrix waits.
        counts: int (stages, 10, 10), how often the digit of the row was read as that of the column.
        key: the component's identity.
    """
    _mount(
        key=key,
        data={"run": run_id, "steps": list(steps), "counts": encode(counts, "<i4"), "colour": colours.WRONG},
    )
