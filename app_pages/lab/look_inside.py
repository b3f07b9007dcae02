"""Look inside: a network, a digit on its way through it, and one view of both at a time."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from cnnlab import mnist
from ui.drawing import drawn_image
from ui.inside import Subject, exciting, filters, go_to_view, overview, robust, seeks, space, trace, why
from ui.networks import Network, choose_network
from ui.state import control, state

# By their names on the page and in the address (`?view=`), the first one first.
VIEWS: dict[str, Callable[[Subject], None]] = {
    "Maps": overview.show,
    "Trace": trace.show,
    "Filters": filters.show,
    "Why": why.show,
    "Looks for": seeks.show,
    "Excited by": exciting.show,
    "Robustness": robust.show,
    "Space": space.show,
}

TEST, DRAWING = "A test digit", "My drawing"
ENLARGED = 5


def choose_digit(network: Network) -> Subject:
    """Let the visitor choose a digit: one of the test set, or the one drawn on Home or Draw."""
    visitor, drawing, test = state(), drawn_image(), mnist.load().test

    def choose_source(source: str) -> None:
        visitor.looks_at_drawing = source == DRAWING

    def choose_index(index: int) -> None:
        visitor.test_index = int(index)

    if drawing is not None:
        source = DRAWING if visitor.looks_at_drawing else TEST
        control(
            st.segmented_control,
            "Send through it",
            "digit_source",
            source,
            choose_source,
            options=[TEST, DRAWING],
            required=True,
        )
        if visitor.looks_at_drawing:
            return Subject(network, drawing, "Your drawing")
    index, label = visitor.test_index, int(test.labels[visitor.test_index])
    those = np.flatnonzero(test.labels == label)
    control(
        st.segmented_control,
        "A test digit that is a",
        "digit_label",
        label,
        lambda digit: choose_index(np.argmax(test.labels == digit)),
        options=range(10),
        required=True,
    )
    control(
        st.number_input,
        f"Which of {len(those):,}",
        "digit_number",
        int(those.searchsorted(index)) + 1,
        lambda number: choose_index(those[number - 1]),
        min_value=1,
        max_value=len(those),
        width=120,
    )
    if drawing is None:
        st.page_link("app_pages/lab/draw.py", label="Or draw", icon=":material/draw:")
    return Subject(network, mnist.normalise(test.images[index])[..., 0], f"Test digit {index:,}, a {label}", label)


def reading(subject: Subject) -> str:
    """How the network reads the digit, in a few words."""
    if not np.isfinite(subject.probabilities).all():
        return "the answer is not a number"
    first = int(subject.probabilities.argmax())
    sign = "" if subject.label is None else " :material/check:" if subject.label == first else " :material/close:"
    return f"read as **{first}**{sign} {percent(subject.probabilities[first])}"


def percent(probability: float) -> str:
    """99.5 %; what is not quite all is not rounded to it."""
    return "> 99.9 %" if 0.9995 <= probability < 1 else f"{100 * probability:.1f} %"


def choose_view() -> str:
    """Let the visitor choose a view; the address has it."""
    asked = st.query_params.get("view", "")
    view = asked if asked in VIEWS else next(iter(VIEWS))
    control(
        st.segmented_control,
        "View",
        "view",
        view,
        go_to_view,
        options=list(VIEWS),
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )
    return view


st.title("Look inside")
with st.container(horizontal=True, gap="small"):
    picture = st.container(width=28 * ENLARGED)
    with st.container(gap="xsmall"):
        network = choose_network()
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            subject = choose_digit(network)
with picture:
    enlarged = np.kron(subject.image, np.ones((ENLARGED, ENLARGED)))  # st.image would smooth a small picture
    st.image(enlarged, caption=f"{subject.name}  \n{reading(subject)}", output_format="PNG")
VIEWS[choose_view()](subject)
