"""A picture that changes step by step, and how it is read at every step: ten probabilities as curves.

The steps are a slider, dragged on the curves or moved by the arrow keys; the picture follows in the browser, without a
trip to the server.
"""

from collections.abc import Sequence

import numpy as np

from ui import colours
from ui.components import component

RELEVANT = 0.1
"""A class has a colour and a label of its own if its probability is above this somewhere."""


def class_colours(probability_batch: np.ndarray, expected: int) -> list[str | None]:
    """Colours of the expected class and of those that matter, None for the others: float (n, 10) -> 10 colours."""
    matters = probability_batch.max(axis=0) > RELEVANT
    return [colours.DIGITS[digit] if matters[digit] or digit == expected else None for digit in range(len(matters))]


@component(__file__)
def sweep(
    images: np.ndarray,
    probabilities: np.ndarray,
    *,
    key: str,
    labels: Sequence[str],
    start: int,
    expected: int,
    describe: str,
    ends: tuple[str, str],
) -> dict[str, object]:
    """Show the curves, and the picture at the step that is pointed at.

    Args:
        images: float32 (n, 28, 28) in [0, 1].
        probabilities: float32 (n, 10).
        key: the component's identity: the step stays as long as `describe` does.
        labels: each step in words: "turned by 9 degrees".
        start: the step that is shown first.
        expected: the digit that it should be read as.
        describe: what is changed, for the axis: "Turned by so many degrees".
        ends: the first and the last value.
    """
    return {
        "images": np.round(255 * images).astype(np.uint8),
        "shape": images.shape,
        "colours": class_colours(probabilities, expected),
        "onColours": [colours.text_on(colour) for colour in colours.DIGITS],
    }
