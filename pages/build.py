"""Build: choose layers, see what each makes of the picture and what it costs."""

import streamlit as st

from cnnlab.presets import EXAMPLE_DRAFTS, PRESETS
from pages.parts.build import cards, sharing, tables, verdict
from ui.frame import begin
from ui.lesson import try_this
from ui.link import follow_link, write_link
from ui.state import state
from ui.widgets import control

begin()

visitor = state()
st.title("Build")
follow_link()


def load(name: str) -> None:
    """Begin with a preset, or with an example of what does not fit."""
    if name in PRESETS:
        visitor.load(PRESETS[name])
    elif name in EXAMPLE_DRAFTS:
        visitor.change(layers=EXAMPLE_DRAFTS[name])


current = next((name for name, preset in PRESETS.items() if preset == visitor.draft.experiment()), None)
current = current or next((name for name, layers in EXAMPLE_DRAFTS.items() if layers == visitor.draft.layers), None)
control(st.pills, "Begin with", "preset", current, load, options=[*PRESETS, *EXAMPLE_DRAFTS])
cards.row()
experiment = visitor.draft.experiment()
write_link(experiment)
verdict.verdict()
cards.settings()
try_this(
    "a larger kernel, or another MaxPooling2D; drag a card to another place, or something new in between.",
    "how the maps shrink, and which layer has most of the parameters.",
)
st.subheader("To scale")
tables.to_scale()
st.subheader("Layer by layer")
tables.layer_by_layer()
sharing.files(experiment)
if experiment:
    sharing.code(experiment)
