"""Which digit goes through the network: one of the test set, one's own drawing, or a photo of one."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.digits import prepare
from ui.drawing import drawn_image
from ui.networks import Network
from ui.reading import UNLIKE, is_like, likeness_of
from ui.sources import bring_photo, ink_of, shown_test_digit
from ui.state import DRAWING, PHOTO, TEST, state
from ui.subject import Subject
from ui.widgets import control, pick
from ui.words import percent

SOURCES = {TEST: "Test digit", DRAWING: "My drawing", PHOTO: "Photo"}
ENLARGED = 3
NUMBER_WIDTH = 124


def choose_digit(network: Network) -> Subject:
    """Show the digit that is looked at, how the network reads it, and let the visitor choose another one."""
    visitor = state()

    def choose_source(source: str) -> None:
        visitor.looks_at = source

    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        picture = st.container(width=28 * ENLARGED)
        with st.container(gap="xsmall"):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                look: dict[str, Any] = {"format_func": SOURCES.__getitem__, "label_visibility": "collapsed"}
                pick("Send through it", list(SOURCES), "digit_source", visitor.looks_at, choose_source, **look)
                words = st.container(width="content")
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                subject = CHOICES[visitor.looks_at](network)
    with picture:
        enlarged = np.kron(subject.image, np.ones((ENLARGED, ENLARGED)))  # st.image would smooth a small picture
        st.image(enlarged, output_format="PNG")
    with words:
        st.markdown(f"{subject.name}, {reading(subject)}")
    return subject


def test_digit(network: Network) -> Subject:
    """Let the visitor choose a test digit."""
    visitor, test = state(), mnist.load().test
    index, label = visitor.test_index, int(test.labels[visitor.test_index])
    those = np.flatnonzero(test.labels == label)

    def choose_index(index: int) -> None:
        visitor.test_index = int(index)

    def choose_label(label: int) -> None:
        choose_index(int(np.argmax(test.labels == label)))

    look: dict[str, Any] = {"label_visibility": "collapsed", "wrap": True}
    pick("A test digit that is a", range(10), "digit_label", label, choose_label, **look)
    control(
        st.number_input,
        f"Which of {len(those):,}",
        "digit_number",
        int(those.searchsorted(index)) + 1,
        lambda number: choose_index(those[number - 1]),
        min_value=1,
        max_value=len(those),
        width=NUMBER_WIDTH,
        label_visibility="collapsed",
    )
    st.caption(f"of {len(those):,}", width="content")
    return _shown_test_digit(network)


def drawing(network: Network) -> Subject:
    """Take the visitor's drawing, and show the way to draw another one."""
    image = drawn_image()
    if image is None:
        st.caption("Nothing is drawn yet; the test digit stays.", width="content")
    label = "Draw a digit" if image is None else "Draw another"
    st.page_link("pages/draw.py", label=label, icon=":material/draw:")
    return _shown_test_digit(network) if image is None else Subject(network, image, "Your drawing")


def photo(network: Network) -> Subject:
    """Take the photo of a digit that the visitor brings, here or on Draw."""
    with st.popover("Take or choose a photo", icon=":material/photo_camera:"):
        bring_photo()
    brought = state().paper
    image = None if brought is None else prepare.from_canvas(prepare.to_canvas(ink_of(brought)))
    if image is None:
        words = "There is no photo yet" if brought is None else "No ink is to be seen in it"
        st.caption(f"{words}; the test digit stays.", width="content")
        return _shown_test_digit(network)
    return Subject(network, image, "Your photo")


CHOICES: dict[str, Callable[[Network], Subject]] = {TEST: test_digit, DRAWING: drawing, PHOTO: photo}


def _shown_test_digit(network: Network) -> Subject:
    return Subject(network, *shown_test_digit())


def reading(subject: Subject) -> str:
    """How the network reads the digit, in a few words."""
    if not np.isfinite(subject.probabilities).all():
        return "the answer is not a number"
    first = int(subject.probabilities.argmax())
    sign = "" if subject.label is None else " :material/check:" if subject.label == first else " :material/close:"
    said = f"read as **{first}**{sign} {percent(subject.probabilities[first])}"
    if subject.label is not None:
        return said
    known = likeness_of(subject.network, subject.traces)
    return said if is_like(known, subject.network, subject.image, subject.traces) is not False else f"{said}, {UNLIKE}"
