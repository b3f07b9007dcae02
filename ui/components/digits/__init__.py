"""Test digits and what they are read as at the stage of a run (see `stages.js`); one's own drawing comes first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ui import colours
from ui.components import define

_mount = define(__file__)
SHADES = 255  # a probability is sent as so many steps
MINE = -1


@dataclass(frozen=True, eq=False)
class Own:
    """One's own drawing: its picture, uint8 (h, w), and its probabilities at each of its steps, float (stages, 10)."""

    picture: np.ndarray
    steps: Sequence[int]
    probabilities: np.ndarray


def digits(
    run_id: str,
    steps: Sequence[int],
    read_as: np.ndarray,
    sureness: np.ndarray,
    *,
    key: str,
    images: np.ndarray,
    labels: np.ndarray,
    own: Own | None,
    num_shown: int,
    on_choose: Callable[[int], None],
) -> None:
    """Show digits, each with its reading: right and wrong ones differ in sign, frame and colour.

    Args:
        run_id: whose stages they are.
        steps: the updates done at each stage that has been read; none: the digits wait.
        read_as: int (stages, n), what each digit was read as.
        sureness: float (stages, n), the probability of that, 0 to 1.
        images: uint8 (n, 28, 28).
        labels: int (n,), what they are.
        own: one's own drawing.
        num_shown: how many are shown at once, at most.
        on_choose: called with the index of a digit that was clicked, MINE for the drawing, before the page runs again.
    """
    _mount(
        key=key,
        data={
            "run": run_id,
            "steps": steps,
            "readAs": read_as.astype(np.uint8),
            "sureness": _shades(sureness),
            "images": images,
            "labels": labels.tolist(),
            "own": own
            and {
                "picture": own.picture,
                "steps": own.steps,
                "readAs": own.probabilities.argmax(axis=1).astype(np.uint8),
                "sureness": _shades(own.probabilities.max(axis=1)),
            },
            "shades": SHADES,
            "numShown": num_shown,
            "marks": [colours.RIGHT_MARK, colours.WRONG_MARK],
            "colours": [colours.RIGHT, colours.WRONG],
        },
        acts={"choose": on_choose},
    )


def _shades(values: np.ndarray) -> np.ndarray:
    return np.floor(np.nan_to_num(values) * SHADES).astype(np.uint8)  # only a whole one is 100 %
