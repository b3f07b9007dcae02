"""Where a digit on the Draw page comes from: the canvas, a test digit, a picture, or cells set one by one.

Each function shows its controls and returns light ink on black, uint8 (height, width, 4), or None.
"""

from collections.abc import Callable

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.digits import pictures, prepare, scan
from ui.components.cells import cells
from ui.components.gallery import Item, gallery
from ui.controls import choose
from ui.drawing import PEN_WIDTH, PEN_WIDTHS, SIDE, canvas
from ui.sources import bring_photo, ink_of
from ui.state import is_mounted, state
from ui.widgets import lasting


def drawn() -> np.ndarray | None:
    """The canvas, with the width of its pen."""
    # The slider stands below the canvas; it is read before, because a stroke is drawn with it.
    holder = st.container()
    pen_width = lasting(st.slider, "Pen width", *PEN_WIDTHS, PEN_WIDTH, format="%d px", key="pen_width")
    with holder:
        return canvas(pen_width)


def test_digit() -> np.ndarray | None:
    """One of MNIST's 10,000 test digits."""
    label = choose("That is a", range(10), "sheet-label", 7, wrap=True)
    test = mnist.load().test
    those = np.flatnonzero(test.labels == label)
    number = lasting(st.number_input, f"Which one (1 to {len(those):,})", 1, len(those), 1, key=f"sheet-number-{label}")
    image = test.images[those[number - 1], ..., 0]
    gallery([Item(image, f"Number {those[number - 1]:,} of the test set")], key="sheet", describe="The digit", size=140)
    return prepare.to_canvas(image)


def picture() -> np.ndarray | None:
    """A photo or a scan of a digit, dark on light or light on dark."""
    visitor = state()
    bring_photo()
    if visitor.paper is None:
        st.caption("One digit that fills the picture is read best; lines and squares of the paper are taken away.")
        return None
    ink = ink_of(visitor.paper)
    gallery(
        [Item(_small(visitor.paper), "Your picture"), Item(_small(ink), "Its ink")],
        key="sheet",
        describe="The picture and the ink in it",
        size=112,
        arrows=True,
    )
    if not ink.any():
        st.caption("There is no ink to be seen in it.")
    elif scan.is_light(visitor.paper):
        st.caption("Its paper is light: light and dark were exchanged, as the network learned white digits on black.")
    return prepare.to_canvas(ink)


def _small(grey: np.ndarray) -> np.ndarray:
    """For showing: the longer side at most 224 pixels."""
    longest = pictures.Picture("", grey[..., np.newaxis])
    return pictures.resize(longest, min(224, max(grey.shape))).pixels[..., 0]


def set_cells() -> np.ndarray | None:
    """The 28x28 pixels, set one by one."""
    grid = state().cells
    key = f"cells-{grid.num_cleared}"
    if not is_mounted(key):
        grid.at_start = grid.pixels
    grid.pixels = cells(grid.pixels if grid.at_start is None else grid.at_start, key=key, size=SIDE)
    is_empty = not grid.pixels.any()
    st.button("Clear", on_click=grid.clear, icon=":material/delete:", disabled=is_empty, key="clear-cells")
    return None if is_empty else prepare.to_canvas(grid.pixels)


SHEETS: dict[str, tuple[str, Callable[[], np.ndarray | None]]] = {
    "Draw": ("Draw here", drawn),
    "Test digit": ("A digit of the test set", test_digit),
    "Picture": ("A picture of a digit", picture),
    "Cells": ("Set the pixels", set_cells),
}
"""By the words on the choice: a heading, and the function that shows it."""
