"""The same numbers as a table and as a table with room for channels."""

import numpy as np
import numpy.typing as npt
import streamlit as st
from numpy.lib.stride_tricks import sliding_window_view

from ui.glossary import term

HALF = 400  # pixels: two stand beside each other
CUT = 3


def two_shapes(table: npt.NDArray[np.uint8]) -> None:
    """Show the liveliest cells of a grey picture, uint8 (height, width), in both shapes."""
    stack = table.reshape(*table.shape, 1)
    liveliest = sliding_window_view(table, (CUT, CUT)).std(axis=(2, 3))
    row, column = (int(place) for place in np.unravel_index(liveliest.argmax(), liveliest.shape))
    with st.container(horizontal=True, gap="small"):
        for title, array in (("A table", table), ("A table with room for channels", stack)):
            with st.container(width=HALF):
                st.markdown(f"**{title}** · shape {array.shape}")
                st.html(f"<pre>{array[row : row + CUT, column : column + CUT]}</pre>")
    st.markdown(
        f"Rows {row} to {row + CUT - 1}, columns {column} to {column + CUT - 1}, as grey. "
        f"{term('reshape', 'Reshaping')} {table.shape} to {stack.shape} changes no number and not their order: it only "
        "says how many numbers each pixel has, 1 for grey as 3 for colour, because a layer must know. "
        f"{term('normalise', 'Normalising')} does change the numbers, from 0 to 255 into 0 to 1, so that they are "
        "about as large as a network's weights."
    )
