"""Flatten: a picture's pixels walk into one line; a value is marked in both, with the arithmetic of its index."""

import numpy as np
import numpy.typing as npt

from cnnlab.nn.operations import flatten
from ui.components import component


@component(__file__)
def flat(image: npt.NDArray[np.uint8], *, key: str) -> dict[str, object]:
    """Show a picture and its values in one line.

    Args:
        image: uint8 (height, width, channels) with 1 or 3 channels; the line is `cnnlab.nn.operations.flatten` of it.
    """
    return {"shape": image.shape, "line": flatten(image)}
