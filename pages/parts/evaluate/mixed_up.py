"""What is mixed up: the confusion matrix, and the digits behind the cell that is chosen."""

import numpy as np
import streamlit as st

from pages.parts.evaluate import NUM_SHOWN, Reading, digits
from ui.components.confusion import confusion
from ui.frame import fragment
from ui.lesson import try_this
from ui.state import component_value

MATRIX_WIDTH, DIGITS_WIDTH = 420, 370
MATRIX = "confusion"


@fragment
def show(reading: Reading) -> None:
    """Show the matrix beside the digits of one cell: at first of the most frequent mistake."""
    mixed_up = np.where(np.eye(len(reading.matrix), dtype=bool), 0, reading.matrix)
    most = map(int, np.unravel_index(mixed_up.argmax(), mixed_up.shape))
    row, column = component_value(MATRIX, "cell") or most
    with st.container(horizontal=True, gap="small"):
        with st.container(width=MATRIX_WIDTH):
            confusion(reading.matrix, key=MATRIX, selected=(row, column), on_select=lambda: None)
        with st.container(width=DIGITS_WIDTH):
            those = np.flatnonzero((reading.labels == row) & (reading.read_as == column))
            what = f"{row} read as {column}" if row != column else f"{row} read rightly"
            st.markdown(f"**{what}: {len(those):,}**{f', the first {NUM_SHOWN}' if len(those) > NUM_SHOWN else ''}")
            chosen = digits.show(reading, those[:NUM_SHOWN], key="behind")
    try_this(
        "the darkest cell, then a digit behind it: you see where the network looked, and can follow it inside.",
        "that many mistakes are digits that you, too, would have to look at twice.",
    )
    if chosen is not None:
        digits.closely(reading, chosen, key="behind-one")
