"""The confusion matrix: a row for each digit, a column for what it was read as; a cell that is chosen opens its digits.

The diagonal, where all is right, has no colour, so that the mistakes carry it.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ui import colours
from ui.components import define

_mount = define(Path(__file__).parent)


def confusion(
    matrix: npt.NDArray[np.integer], *, key: str, selected: tuple[int, int] | None, on_select: Callable[[], None]
) -> None:
    """Show a confusion matrix as a table; arrow keys move in it, Enter or a click chooses a cell.

    Args:
        matrix: int (10, 10), how often the digit of the row was read as that of the column.
        key: the component's identity; `component_value(key, "cell")` is the chosen `[row, column]`.
        selected: the cell that is marked.
        on_select: called when another one was chosen.
    """
    mistakes = np.where(np.eye(len(matrix), dtype=bool), 0, matrix)
    share = np.sqrt(mistakes / max(mistakes.max(), 1))  # so that a single mistake is seen beside thirty
    _mount(
        key=key,
        data={
            "counts": matrix.tolist(),
            "share": share.tolist(),
            "colour": colours.WRONG,
            "selected": None if selected is None else list(selected),
        },
        on_cell_change=on_select,
    )
