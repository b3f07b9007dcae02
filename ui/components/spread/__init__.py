"""Several variants with a few runs each: every run a thin line, their mean a thick one, their range an area.

Pointer or arrow keys read the values at one place of the axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ui import colours
from ui.components import component

Floats = npt.NDArray[np.floating]

COLOURS = tuple(
    colours.LAYERS[name] for name in ("Conv2D", "Dense", "MaxPooling2D", "BatchNormalization", "Dropout", "Flatten")
)
DASHES = ("", "9 4", "2 3", "9 3 2 3", "14 4", "5 2")
"""Of the thick lines, one a variant: they differ in more than their colours."""


@dataclass(frozen=True, eq=False)
class Lines:
    """A variant: its name and its runs, float (runs, places), NaN where a run has no value (yet)."""

    name: str
    runs: Floats

    def middle_and_range(self) -> Floats:
        """The mean, the least and the largest value at each place that all runs have come to: (3, places)."""
        known = np.isfinite(self.runs).any(axis=1)  # a run that has no value at all is left out
        some = self.runs[known] if known.any() else np.full((1, self.runs.shape[1]), np.nan)
        return np.stack([some.mean(axis=0), some.min(axis=0), some.max(axis=0)])


@component(__file__)
def spread(
    places: Sequence[float],
    variants: Sequence[Lines],
    *,
    key: str,
    axis: str,
    value: str,
    names: Sequence[str] | None = None,
    height: int = 320,
) -> dict[str, object]:
    """Draw the variants, at most six.

    Args:
        places: where on the horizontal axis the values stand, rising.
        variants: values are shares in [0, 1].
        axis: what the places are: "epoch".
        value: what the values are: "validation accuracy".
        names: of the places; without them their numbers.
        height: in pixels.
    """
    each = zip(variants, COLOURS, DASHES, strict=False)
    return {
        "variants": [
            {"name": lines.name, "colour": colour, "dash": dash}
            | {"runs": list(lines.runs), "summary": list(lines.middle_and_range())}
            for lines, colour, dash in each
        ],
    }
