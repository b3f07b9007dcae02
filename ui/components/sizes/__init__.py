"""How large a layer's weights are, how much they change and how large their gradients are, through the stages of a run.

Each number stands beside a line of all stages, on a logarithmic scale. See `stages.js`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ui import colours
from ui.components import component


@dataclass(frozen=True, eq=False)
class Column:
    """One kind of size: its title, the steps at which it is known, and its values, float (stages, layers)."""

    title: str
    steps: Sequence[int]
    values: np.ndarray
    is_share: bool = False


@component(__file__)
def sizes(run_id: str, layers: Sequence[tuple[str, str]], columns: Sequence[Column], *, key: str) -> dict[str, object]:
    """Show a table of lines: a row a layer, given by its name and its colour, and a column a kind of size."""
    return {"accent": colours.TRAINING}
