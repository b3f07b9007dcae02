"""Draw: the network just trained reads the visitor's digit, after every stroke."""

import streamlit as st

from ui.drawing import PEN_WIDTH, PEN_WIDTHS, board
from ui.figures import activation_maps
from ui.networks import Network, choose_network

st.title("Draw")
st.markdown(
    "**Try** the same digit small, thick, or in a corner. **Notice** that the network always sees it "
    "20 pixels tall and in the middle: that is how its training digits were made."
)


@st.fragment
def draw(network: Network, pen_width: int) -> None:
    """The board and every layer's maps; only this part of the page runs again after a stroke."""
    image = board(network, pen_width)
    if image is not None:
        with st.expander("What every layer makes of it"):
            activation_maps(network.experiment.architecture, network.trace(image), key="drawn")


network = choose_network()
pen_width = st.slider("Pen width", *PEN_WIDTHS, PEN_WIDTH, format="%d px", key="pen_width", persist_state="session")
draw(network, pen_width)
