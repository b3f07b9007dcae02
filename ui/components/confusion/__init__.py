"""The confusion matrix: a row for each digit, a column for what it was read as, of a finished run or of a stage of one.

The diagonal, where all is right, has no colour, so that the mistakes carry it. Arrow keys move from cell to cell.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ui import colours
from ui.components import define, nothing

_mount = define(__file__)


def confusion(
    matrix: npt.NDArray[np.integer], *, key: str, selected: tuple[int, int] | None, on_select: Callable[[], None]
) -> None:
    """Show one matrix; Enter or a click chooses a cell.

    Args:
        matrix: int (10, 10), how often the digit of the row was read as that of the column.
        key: the component's identity; `component_value(key, "cell")` is the chosen `[row, column]`.
        selected: the cell that is marked.
        on_select: called when another one was chosen.
    """
    _show(matrix, key, selected=selected, on_select=on_select)


def confusion_of_stages(run_id: str, steps: Sequence[int], counts: np.ndarray, *, key: str) -> None:
    """Show the matrix of the stage that the run's timeline stands at: see `stages.js`.

    Args:
        run_id: whose stages they are.
        steps: the updates done at each stage that has been read; none: the matrix waits.
        counts: int (stages, 10, 10), how often the digit of the row was read as that of the column.
    """
    _show(counts, key, run=run_id, steps=steps)


def _show(counts: np.ndarray, key: str, *, on_select: Callable[[], None] = nothing, **data: object) -> None:
    rest: dict[str, object] = {"run": None, "steps": [], "selected": None, "colour": colours.WRONG}
    _mount(key=key, data={**rest, "counts": counts, **data}, on_cell_change=on_select)
