"""A heat map of runs: a cell for each pair of settings, with its number, its state and its reason in words.

Colours repeat what the numbers say; a cell without a number says in a word why. Arrow keys move, Enter or a click
chooses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ui.components import define

State = Literal["done", "failed", "unfit", "running", "waiting"]

_mount = define(__file__)


@dataclass(frozen=True)
class Cell:
    """One run. `text` stands in the cell, `words` are read out; `share` in [0, 1] is its place on the scale."""

    state: State
    text: str
    words: str
    share: float | None = None


def heat(
    cells: Sequence[Sequence[Cell]],
    *,
    key: str,
    rows: tuple[str, Sequence[str]],
    columns: tuple[str, Sequence[str]],
    scale: tuple[str, str],
    selected: tuple[int, int] | None,
    on_select: Callable[[], None],
) -> None:
    """Show the map; `component_value(key, "cell")` is the chosen `[row, column]`.

    Args:
        cells: row by row.
        rows: what the rows are, and their labels.
        columns: the same of the columns.
        scale: what the two ends of the scale stand for.
        selected: the cell that is marked.
        on_select: called when another one was chosen.
    """
    data = {"cells": cells, "rows": rows, "columns": columns, "scale": scale, "selected": selected}
    _mount(key=key, data=data, on_cell_change=on_select)
