"""The gradient on its way back: how fast a score changes with every layer's values, and with the first kernels."""

import numpy as np
import streamlit as st

from cnnlab.architecture import Conv2D, Dropout
from cnnlab.scores import Score
from ui.components.maps import maps
from ui.figures import MAX_MAPS

SIZE = 52


def show_slopes(score: Score, image: np.ndarray) -> None:
    """Show the gradient of a score of the last layer, from the last map back to the first, then the first kernels'."""
    slopes = score.back(image)[1]
    layers = score.reader.architecture.layers
    for index in reversed(range(len(layers) - 1)):
        slope = slopes[index + 1]  # what comes into the next layer is this one's output
        if slope.ndim == 3 and not isinstance(layers[index], Dropout):  # noqa: PLR2004 - height, width, channels
            _show(slope, f"{index + 1}. {type(layers[index]).__name__}", "each value of each map")
    first = next((index for index, layer in enumerate(layers) if isinstance(layer, Conv2D)), None)
    if first is None:
        st.caption("There is no convolution whose kernels could be shown.")
        return
    kernel = score.weight_gradients(image)[f"{first}/kernel"][:, :, 0]
    _show(kernel, f"{first + 1}. Conv2D, its kernels", "each weight")


def _show(slope: np.ndarray, name: str, what: str) -> None:
    """Show gradients (height, width, n) as small pictures."""
    pictures = np.moveaxis(slope, 2, 0)[:MAX_MAPS]
    maps(
        pictures,
        key=f"slopes-{name}-{pictures.shape}",
        kind="diverging",
        size=SIZE,
        describe=f"{name}: how fast the score changes with {what}",
    )
