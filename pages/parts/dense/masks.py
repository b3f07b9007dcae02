"""Dropout, explored: a rate, masks that are drawn anew in every step, and none when the network predicts."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnnlab.nn.layers import Dropout
from pages.parts.dense.dense_layers import LastLayer, starter_traces
from ui.cached import starter_network
from ui.components.dropped import NUM_PASSES, dropped, masked
from ui.controls import slide
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say, try_this
from ui.widgets import lasting

RATE = 0.4


@fragment
def drop(layer: LastLayer) -> None:
    """The inputs of a layer under masks; only this part runs again after a new rate."""
    stage = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        rate = slide("Rate", 0.0, 0.9, RATE, "dense-rate", width=300, step=0.1)
        seed = lasting(st.number_input, "Seed of the masks", 0, 999, 0, key="dense-seed", width=150)
    values = layer.inputs
    with stage:
        dropped(values, layer.kernel, layer.bias, rate, seed, key="dense-dropped")
        try_this(
            "a step, then 30 of them; then a rate of 0.8.",
            "that the dots of each score scatter about its mark, and the farther the more units are off.",
        )
    mean, plain = float(masked(values, rate, seed).sum(axis=1).mean()), float(values.sum())
    st.markdown(
        f"The starter network was trained with {term('dropout')} behind these {len(values)} units. In every step "
        "other units are missing, so that none can lean on a single other, and none may be the only one that knows."
    )
    notes_say(
        "What is left is scaled by 1 / (1 - rate), so that the next layer gets as much as it will without dropout.",
        f"one mask gives more, the next less. Over {NUM_PASSES} masks the values add up to {mean:.1f} on average; with "
        f"all units, to {plain:.1f}. Without the scaling it would have been {mean * (1 - rate):.1f}.",
        abs(mean - plain) <= 0.1 * plain,
    )


def off_when_predicting(image: npt.NDArray[np.uint8]) -> None:
    """Send a picture, uint8 (28, 28, 1), through the starter network and look before and behind its Dropout layer."""
    layers, traces = starter_network()[0].architecture.layers, starter_traces(image)
    place = next(index for index, layer in enumerate(layers) if isinstance(layer, Dropout))
    before, behind = traces[place - 1].output, traces[place].output
    unchanged = np.array_equal(before, behind)
    notes_say(
        "Dropout is off when the network predicts.",
        f"this picture was sent through the starter network: the {behind.size} values behind its Dropout layer are "
        f"{'the same as' if unchanged else 'other than'} those before it, every one.",
        unchanged,
    )
