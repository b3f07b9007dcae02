"""Four balls roll down one loss surface: paths computed in Python, played in the browser.

The surface, the loss over the steps, and what the chosen ball's weights do to digits move together. A click on the
surface, or Enter, starts the balls from there.
"""

import numpy as np
import numpy.typing as npt

from cnnlab.lessons.small_problems import ZeroOrSix
from ui import colours
from ui.components import define, nothing

Floats = npt.NDArray[np.floating]

CELLS = 120
BANDS = 14
NUM_SHOWN = 160
LOOKS = {
    "sgd": ("S", "#2F7FD1", ""),
    "sgd_momentum": ("M", "#C77700", "8 4"),
    "rmsprop": ("R", "#0B8A66", "3 3"),
    "adam": ("A", "#B0479A", "10 3 2 3"),
}
"""Optimizer: letter on its ball, colour, dashes of its line."""
_mount = define(__file__)


def surface(problem: ZeroOrSix, middle: Floats, reach: float) -> tuple[Floats, Floats, Floats]:
    """The loss over a square of weights: the two axes (CELLS + 1,), and float64 (second weight, first weight)."""
    first, second = (np.linspace(centre - reach, centre + reach, CELLS + 1) for centre in middle)
    return first, second, problem.loss(np.stack(np.meshgrid(first, second), axis=-1))


def descent(problem: ZeroOrSix, paths: dict[str, Floats], *, middle: Floats, reach: float, key: str) -> None:
    """Show paths on the loss surface of a problem with two weights.

    The place where the visitor wants to start is the component's state "start": see `ui.state.component_value`.

    Args:
        problem: the digits and their loss.
        paths: for each optimizer of `LOOKS` its path, float64 (steps + 1, 2), all of the same length.
        middle: the weights in the middle of the surface shown, (2,).
        reach: half of its side.
    """
    first, second, losses = surface(problem, middle, reach)
    share = np.log(losses / losses.min()) / np.log(losses.max() / losses.min())
    bands = np.floor(share * BANDS) / BANDS
    shown = np.concatenate([np.flatnonzero(problem.targets == target)[: NUM_SHOWN // 2] for target in (-1, 1)])
    rolled = np.stack([paths[name] for name in LOOKS])
    _mount(
        key=key,
        data={
            "first": first,
            "second": second,
            "losses": losses,
            "index": colours.to_index(bands[::-1], "sequential", 1.0),  # the second weight grows upwards
            "paths": rolled,
            "pathLosses": problem.loss(rolled),
            "pathAccuracies": np.stack([problem.accuracy(path) for path in rolled]),
            "steps": rolled.shape[1] - 1,
            "best": [*problem.best.tolist(), float(problem.loss(problem.best))],
            "inputs": problem.inputs[shown],
            "targets": problem.targets[shown].astype(np.float32),
            "names": list(LOOKS),
            "looks": list(LOOKS.values()),
        },
        default={"start": None},
        on_start_change=nothing,
    )
