"""One digit with its pixels in another order: what stays the same, and what is lost."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.experiment import DataSettings
from pages.parts.data import Chosen, split_of, to_train
from ui import colours
from ui.components.gallery import Item, gallery
from ui.controls import data_setting
from ui.lesson import code
from ui.state import state

SIZE = 160
SIDE = 5
"""Of the square of neighbours that is marked."""
CORNER = (11, 11)
MARK = colours.rgb("#FF9E2C")
SHARE = 0.5
"""Of the mark's colour in a marked pixel."""


def show(chosen: Chosen) -> None:
    """Show the chosen digit in both orders, the same pixels marked, and let the visitor learn from the other one."""
    part, index = chosen
    image = mnist.normalise(split_of(part).images[index])
    neighbours = np.zeros_like(image)
    neighbours[CORNER[0] : CORNER[0] + SIDE, CORNER[1] : CORNER[1] + SIDE] = 1
    reorder = DataSettings(permute_pixels=True).prepare
    gallery(
        [
            Item(marked(image, neighbours), "As it is", f"marked: {SIDE} x {SIDE} neighbours"),
            Item(marked(reorder(image), reorder(neighbours)), "In the other order", f"marked: the same {SIDE * SIDE}"),
        ],
        key="data-orders",
        describe="The chosen digit, and its pixels in the other order",
        size=SIZE,
        arrows=True,
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        data_setting("permute_pixels")
        to_train("Train with them")
    st.markdown(
        "**What stays:** every pixel and its value, each in the same new place in all images. Distances, look-alikes "
        "and what a dense layer can learn are as before. **What is lost:** who is whose neighbour. A filter that sees "
        f"{SIDE} x {SIDE} pixels finds no lines any more."
        + (" **Switched on:** runs learn from the other order." if state().draft.data.permute_pixels else "")
    )
    code(DataSettings.prepare)


def marked(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """An image, float32 (28, 28, 1) in [0, 1], with the pixels of a mask (of ones) coloured: uint8 (28, 28, 3)."""
    tint = SHARE * mask
    return np.round(255 * image * (1 - tint) + np.array(MARK) * tint).astype(np.uint8)
