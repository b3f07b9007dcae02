"""The gradient on its way back: how fast a score changes with every layer's values, and with every kernel's weights."""

import numpy as np
import streamlit as st

from cnnlab.explain.score import Score
from cnnlab.nn.layers import Conv2D, Dropout
from ui.components.maps import maps
from ui.figures import MAX_MAPS, layer_name

SIZE = 52
MAP = 3
"""Axes of what comes in maps."""


def show_slopes(score: Score, image: np.ndarray) -> None:
    """Show the gradient of a score of the last layer, from the last map back to the first; kernels after their maps."""
    slopes, kernels = score.back(image)[1], score.weight_gradients(image)
    layers = score.reader.architecture.layers
    for index in reversed(range(len(layers) - 1)):
        slope, name = slopes[index + 1], layer_name(score.reader.architecture, index)  # what comes into the next layer
        if slope.ndim == MAP and not isinstance(layers[index], Dropout):
            _show(np.moveaxis(slope, 2, 0), f"{name}, its maps", "each value of each map")
        if isinstance(layers[index], Conv2D):
            show_kernels(kernels[f"{index}/kernel"], name)
    if not any(isinstance(layer, Conv2D) for layer in layers):
        st.caption("There is no convolution whose kernels could be shown.")
        return
    st.caption(
        "Orange: more of it raises the score; blue: lowers it. Training asks the same about the loss, and moves each "
        "weight by its slope: so a digit leaves its trace in the kernels."
    )


def show_kernels(slope: np.ndarray, name: str) -> None:
    """Show how fast the score changes with a kernel's weights, (height, width, in_channels, filters).

    A filter looks at many maps: of those the one with the largest slopes is shown.
    """
    in_channels, filters = slope.shape[2:]
    strongest = np.abs(slope).sum(axis=(0, 1)).argmax(axis=0)
    is_first = in_channels == 1
    titles = [f"{number}" if is_first else f"{number} ← {channel}" for number, channel in enumerate(strongest)]
    what = "each weight" if is_first else f"each weight (filter ← the one of {in_channels} maps that counts most)"
    _show(slope[:, :, strongest, np.arange(filters)].transpose(2, 0, 1), f"{name}, its kernels", what, titles)


def _show(pictures: np.ndarray, name: str, what: str, titles: list[str] | None = None) -> None:
    """Show gradients (n, height, width) as small pictures."""
    maps(
        pictures[:MAX_MAPS],
        key=f"slopes-{name}-{pictures.shape}",
        titles=None if titles is None else titles[:MAX_MAPS],
        kind="diverging",
        size=SIZE,
        describe=f"{name}: how fast the score changes with {what}",
    )
