"""Whether the draft is a network: what it costs, how long it will train, or what is wrong and how to mend it."""

import streamlit as st

from cnnlab.design.repairs import repairs
from pages.parts.build import history
from pages.parts.build.cards import edit, selected_layer
from ui.estimate import estimate
from ui.state import state
from ui.words import message

TRAIN = "pages/train.py"


def verdict() -> None:
    """Say what the network costs, or what does not fit, with a button for each repair; undo, redo, and on to Train."""
    visitor = state()
    experiment, problem = visitor.draft.experiment(), visitor.draft.check().problem
    with st.container():  # always: the buttons below keep their place, or would stand there twice for a moment
        if problem:
            st.warning(message(problem.message), icon=":material/build:")
            _repairs()
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="content"):
            if experiment:
                costs = experiment.architecture
                st.markdown(
                    f"**{costs.num_parameters:,} parameters** · {costs.multiply_adds:,} multiply-adds for each image",
                    width="content",
                )
        st.space("stretch")
        history.buttons()
        pressed = st.button("Train it", type="primary", icon=":material/arrow_forward:", disabled=not experiment)
    if experiment:
        estimate(experiment)
    if pressed:
        st.switch_page(TRAIN)


def _repairs() -> None:
    """One button for each way to mend the first problem."""
    with st.container(horizontal=True):
        for repair in repairs(state().draft.layers):
            selected = selected_layer()
            still_there = selected if selected is not None and selected < len(repair.layers) else None
            st.button(
                repair.label,
                icon=":material/healing:",
                key=f"repair-{repair.label}",
                on_click=edit,
                args=(repair.layers, still_there),
            )
