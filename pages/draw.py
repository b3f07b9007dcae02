"""Draw: the network just trained reads the visitor's digit, after every stroke."""

import streamlit as st

from cnnlab.digits import prepare
from pages.parts.draw.compare import side_by_side, through_training
from pages.parts.draw.number import whole_number_board
from pages.parts.draw.own import teach
from pages.parts.draw.sheets import SHEETS
from pages.parts.draw.steps import show_steps
from ui.controls import choose
from ui.drawing import ANSWER_WIDTH, SIDE, board
from ui.figures import activation_maps
from ui.frame import begin, fragment
from ui.handwriting import follow_address
from ui.lesson import try_this
from ui.networks import Network, choose_network
from ui.reading import Reading
from ui.state import state

begin()

NETWORK_WIDTH = SIDE + ANSWER_WIDTH + 18  # as wide as the canvas and the answer below it
NUMBER = "Whole number"
LAYERS, STEPS, NETWORKS, TRAINING, TEACH = (
    "Every layer",
    "Step by step",
    "Several networks",
    "Through training",
    "Wrong? Teach it",
)

st.title("Draw")


@fragment
def draw(network: Network) -> None:
    """Only this part of the page runs again after a stroke."""
    sheet = choose(
        "What to read", [*SHEETS, NUMBER], "sheet-kind", next(iter(SHEETS)), wrap=True, label_visibility="collapsed"
    )
    if sheet == NUMBER:
        whole_number_board(network)
        return
    heading, source = SHEETS[sheet]
    reading = board(network, source, heading, state().preparation)
    try_this(
        "the same digit small, thick, or in a corner.",
        "that the network always sees it 20 pixels tall and in the middle: that is how its training digits were made.",
    )
    look_further(network, reading)


def look_further(network: Network, reading: Reading | None) -> None:
    """One view at a time of the same drawing; only what is open is computed."""
    view = choose("Look further", [LAYERS, STEPS, NETWORKS, TRAINING, TEACH], "draw-view", wrap=True)
    image = reading.steps.image if reading else None
    if view == LAYERS and reading:
        activation_maps(network.experiment.architecture, reading.traces, key="drawn")
    elif view == LAYERS:
        st.caption("Draw a digit to see what every layer makes of it.")
    elif view == STEPS:
        show_steps(reading.steps if reading else None)
    elif view == NETWORKS:
        side_by_side(network, image)
    elif view == TRAINING:
        through_training(image)
    else:
        # Kept as every network should see it, whatever is switched off just now.
        teach(network, prepare.from_canvas(reading.rgba) if reading else None)


follow_address()
with st.container(width=NETWORK_WIDTH):
    chosen = choose_network()
draw(chosen)
