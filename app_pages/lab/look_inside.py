"""Look inside: the kernels that a network has learned, and what every layer makes of one digit."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from ui.components.maps import maps
from ui.components.probabilities import probabilities
from ui.drawing import ANSWER_WIDTH, SEEN_SIDE, drawn_image
from ui.figures import activation_maps, first_kernels
from ui.lesson import try_this
from ui.networks import choose_network

DRAWING, TEST = "My drawing", "A test digit"
KERNELS_WIDTH = 290

st.title("Look inside")
network = choose_network()

drawing, test = drawn_image(), mnist.load().test
with st.container(horizontal=True, vertical_alignment="bottom"):
    if drawing is None:
        source = TEST
    else:
        source = st.segmented_control(
            "Send through it", [TEST, DRAWING], default=TEST, required=True, key="digit_source", persist_state="session"
        )
    if source == DRAWING and drawing is not None:
        image, truth = drawing, "Your drawing"
    else:
        label = st.segmented_control(
            "A test digit that is a", range(10), default=7, required=True, key="digit_label", persist_state="session"
        )
        those = np.flatnonzero(test.labels == label)
        number = st.number_input(
            f"Which one (1 to {len(those):,})",
            1,
            len(those),
            1,
            key=f"digit_number_{label}",
            persist_state="session",
            width=160,
        )
        index = those[number - 1]
        image, truth = mnist.normalise(test.images[index])[..., 0], f"A {label}: number {index:,} of the test set"
    if drawing is None:
        st.page_link("app_pages/lab/draw.py", label="Or draw one", icon=":material/draw:")

traces = network.trace(image)
with st.container(horizontal=True, gap="small"):
    with st.container(width=SEEN_SIDE):
        st.markdown(f"**{truth}**")
        maps(
            image[np.newaxis],
            key="digit",
            titles=["28 x 28"],
            kind="ink",
            limit=1.0,
            size=SEEN_SIDE,
            describe="As the network sees it",
        )
    with st.container(width=ANSWER_WIDTH):
        st.markdown("**How it reads it**")
        probabilities(traces[-1].output, key="reading")
    with st.container(width=KERNELS_WIDTH):
        st.markdown("**Its first kernels**")
        first_kernels(network.experiment.architecture, network.weights)

try_this(
    "the same filter's map on several digits.",
    "that some filters answer to edges in one direction only, and that maps get smaller and less like the digit, "
    "layer by layer.",
)

st.subheader("What every layer makes of this digit")
activation_maps(network.experiment.architecture, traces, key="inside")
