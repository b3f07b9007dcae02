"""Look inside: the kernels that a network has learned, and what every layer makes of one digit."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from ui.components.maps import maps
from ui.components.probabilities import probabilities
from ui.drawing import drawn_image
from ui.figures import activation_maps, first_kernels
from ui.networks import choose_network

DRAWING, TEST = "My drawing", "A test digit"

st.title("Look inside")
st.markdown(
    "**Try** the same filter's map on several digits. **Notice** that some filters answer to edges in one "
    "direction only, and that maps get smaller and less like the digit, layer by layer."
)
network = choose_network()

st.subheader("One digit")
chosen, shown, reading = st.columns([260, 220, 380], gap="medium")
with chosen:
    drawing = drawn_image()
    options = [TEST] if drawing is None else [TEST, DRAWING]
    source = st.radio("Digit", options, horizontal=True, key="digit_source", persist_state="session")
    test = mnist.load().test
    if source == DRAWING and drawing is not None:
        image, truth = drawing, "Your drawing"
    else:
        label = st.segmented_control(
            "Show a", range(10), default=7, required=True, key="digit_label", persist_state="session"
        )
        those = np.flatnonzero(test.labels == label)
        number = st.number_input(
            f"Which of the {len(those):,} test digits that are a {label}",
            1,
            len(those),
            1,
            key=f"digit_number_{label}",
            persist_state="session",
        )
        index = those[number - 1]
        image, truth = mnist.normalise(test.images[index])[..., 0], f"Test digit {index:,}, a {label}"
    if drawing is None:
        st.page_link("app_pages/lab/draw.py", label="Or draw one yourself", icon=":material/draw:")
with shown:
    st.markdown(f"**{truth}**")
    maps(
        image[np.newaxis],
        key="digit",
        titles=[""],
        kind="ink",
        limit=1.0,
        size=196,
        describe=f"{truth}, 28 x 28 pixels",
    )
traces = network.trace(image)
with reading:
    values = traces[-1].output
    st.markdown(f"**The network reads a {values.argmax()}** · {values.max():.1%} sure")
    probabilities(values, key="reading")

st.subheader("What it has learned: its first kernels")
first_kernels(network.experiment.architecture, network.weights)

st.subheader("What every layer makes of this digit")
activation_maps(network.experiment.architecture, traces, key="inside")
