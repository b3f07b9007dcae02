"""Pictures that change with the stage of a run (see `stages.js`): filters, activation maps, of all stages at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ui import colours
from ui.components import component, encode, scale_of


@dataclass(frozen=True)
class Group:
    """Pictures of one kind through all stages, ready to be sent.

    `title` and `note` stand above them; `shape` is (stages, pictures, height, width); `index` are the positions in the
    colour table as base64; `limit` is the value at the top of the scale, the same at all stages.
    """

    title: str
    note: str
    kind: colours.Kind
    shape: tuple[int, ...]
    index: str
    limit: float


def group(title: str, note: str, pictures: npt.NDArray[np.floating]) -> Group:
    """Prepare pictures, float (stages, pictures, height, width), on one scale for all stages, to show growth."""
    scale = scale_of(pictures)
    return Group(title, note, shape=pictures.shape, index=encode(colours.to_index(pictures, **scale), "u1"), **scale)


@component(__file__)
def frames(run_id: str, steps: Sequence[int], groups: Sequence[Group], *, key: str, size: int, name: str) -> None:
    """Show the pictures of the stage that the timeline stands at.

    Args:
        run_id: whose stages they are.
        steps: the updates done at each stage.
        groups: of as many stages each.
        size: width of a picture in pixels; a row of values takes the width there is.
        name: what one picture is called: "filter".
    """
