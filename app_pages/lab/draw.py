"""Draw: the network just trained reads the visitor's digit, after every stroke."""

import streamlit as st

from ui.drawing import ANSWER_WIDTH, PEN_WIDTH, PEN_WIDTHS, SEEN_SIDE, SIDE, board
from ui.figures import activation_maps
from ui.lesson import try_this
from ui.networks import Network, choose_network

NETWORK_WIDTH = SIDE + ANSWER_WIDTH + 18  # as wide as the canvas and the answer below it

st.title("Draw")


@st.fragment
def draw(network: Network, pen_width: int) -> None:
    """The board and every layer's maps; only this part of the page runs again after a stroke."""
    image = board(network, pen_width)
    if image is not None:
        with st.expander("What every layer makes of it"):
            activation_maps(network.experiment.architecture, network.trace(image), key="drawn")


with st.container(horizontal=True):
    with st.container(width=NETWORK_WIDTH):
        network = choose_network()
    pen_width = st.slider(
        "Pen width", *PEN_WIDTHS, PEN_WIDTH, format="%d px", key="pen_width", persist_state="session", width=SEEN_SIDE
    )
draw(network, pen_width)
try_this(
    "the same digit small, thick, or in a corner.",
    "that the network always sees it 20 pixels tall and in the middle: that is how its training digits were made.",
)
