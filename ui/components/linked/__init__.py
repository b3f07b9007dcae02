"""Pictures side by side: pointing at a place of one reads the same place in all, whatever their grids."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ui import colours
from ui.components import component, scale_of, to_data

SIZE = 230


@dataclass(frozen=True, eq=False)
class Panel:
    """One of the pictures.

    Args:
        title: a few words above it.
        values: float (height, width).
        kind: the colour scale, see `ui.colours`.
        limit: the value at the top of the scale; by default the largest there is.
        note: a sentence below it.
        is_outlined: draw the digit's outline over it.
    """

    title: str
    values: np.ndarray
    kind: colours.Kind = "diverging"
    limit: float | None = None
    note: str = ""
    is_outlined: bool = True

    def data(self) -> dict[str, object]:
        """What the browser needs to know."""
        scale = scale_of(self.values, self.kind, self.limit)
        return to_data(self) | scale | {"shape": self.values.shape}


@component(__file__)
def linked(
    panels: Sequence[Panel], *, key: str, ink: np.ndarray | None = None, size: int = SIZE, describe: str = ""
) -> dict[str, object]:
    """Show pictures side by side.

    Args:
        panels: from left to right; on a phone two in a row.
        key: the component's identity: the marked place stays as long as it does.
        ink: float (height, width) in [0, 1], the digit whose outline is drawn.
        size: width of each picture in pixels, at most.
        describe: one sentence on what they are, for those who cannot see them.
    """
    return {
        "panels": [panel.data() for panel in panels],
        "ink": None if ink is None else {"shape": ink.shape, "values": ink},
    }
