"""The canvas, what the network sees of it, and how the network reads it: on Home and on Draw."""

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from cnnlab import digits
from ui.components.maps import maps
from ui.components.probabilities import probabilities
from ui.networks import Network
from ui.state import Drawing, is_mounted, state

SIDE = 280
SEEN_SIDE = 196
ANSWER_WIDTH = 300
PEN_WIDTHS = (10, 30)
PEN_WIDTH = 20


def canvas(pen_width: int = PEN_WIDTH) -> np.ndarray | None:
    """Show the canvas; it keeps its drawing from page to page.

    Returns:
        What the network should see of the drawing, float32 (28, 28) in [0, 1], or None while nothing is drawn.
    """
    visitor = state()
    key = f"canvas-{visitor.num_cleared}"
    # Given back once, when the canvas comes onto the page; later it would overwrite what is being drawn.
    if not is_mounted(key):
        visitor.strokes_at_start = visitor.drawing.strokes
    drawn = st_canvas(
        stroke_width=pen_width,
        stroke_color="#FFFFFF",
        background_color="#000000",
        width=SIDE,
        height=SIDE,
        initial_drawing=visitor.strokes_at_start,
        return_image_data=True,
        key=key,
    )
    if drawn.image_data is not None and drawn.json_data is not None:
        visitor.drawing = Drawing(drawn.json_data, drawn.image_data)
    st.button("Clear", on_click=_clear, icon=":material/delete:", disabled=visitor.drawing.rgba is None)
    return drawn_image()


def _clear() -> None:
    """Begin with an empty canvas: a new one, because the canvas's own bin goes back to the strokes it was given."""
    visitor = state()
    visitor.drawing = Drawing()
    visitor.num_cleared += 1


def drawn_image() -> np.ndarray | None:
    """What the network should see of the visitor's drawing, float32 (28, 28) in [0, 1], or None."""
    rgba = state().drawing.rgba
    return None if rgba is None else digits.from_canvas(rgba)


def board(network: Network, pen_width: int = PEN_WIDTH) -> np.ndarray | None:
    """Show the canvas, the ten probabilities and the 28x28 pixels side by side, on a phone below each other.

    Returns:
        What the network sees, float32 (28, 28) in [0, 1], or None while nothing is drawn.
    """
    with st.container(horizontal=True, gap="small"):
        with st.container(width=SIDE + 2):
            st.markdown("**Draw here**")
            image = canvas(pen_width)
        with st.container(width=ANSWER_WIDTH):
            _answer(network, image)
        with st.container(width=SEEN_SIDE):
            _what_it_sees(image)
    return image


def _what_it_sees(image: np.ndarray | None) -> None:
    """Show the 28x28 pixels that the network is given."""
    st.markdown("**What it sees**")
    maps(
        (np.zeros((28, 28), np.float32) if image is None else image)[np.newaxis],
        key="seen",
        titles=["28 x 28"],
        kind="ink",
        limit=1.0,
        size=SEEN_SIDE,
        describe="Cut out, 20 pixels at its longer side, centred",
    )


def _answer(network: Network, image: np.ndarray | None) -> None:
    """Show the ten probabilities."""
    values = None if image is None else network.trace(image)[-1].output
    st.markdown("**How it reads it**")
    probabilities(values, key="answer")
