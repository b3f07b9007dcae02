"""Parts of a whole, to scale: one bar for all images and one for each digit, with their numbers.

The bars grow and shrink in place when the parts change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ui.components import component


@dataclass(frozen=True, eq=False)
class Part:
    """A part: its name, which images are in it, in a few words, how many of each digit, and its colour.

    `counts`: int (10,). `colour`: "#RRGGBB", or "" for what is left over, which is only outlined.
    """

    name: str
    which: str
    counts: np.ndarray
    colour: str = ""


@component(__file__)
def split(parts: Sequence[Part], *, key: str, describe: str) -> dict[str, object]:
    """Show parts that make a whole, in order; one without any image is left out.

    Args:
        parts: what there is.
        describe: what they are parts of, read out before them.
    """
    return {"parts": [vars(part) | {"counts": part.counts.tolist()} for part in parts if part.counts.sum()]}
