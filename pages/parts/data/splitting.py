"""Which images are learned from, which are held back and which are for the end: to scale, with each digit's number."""

import streamlit as st

from cnnlab import mnist
from cnnlab.digits import statistics
from cnnlab.digits.statistics import TEST, TRAINING, UNUSED, VALIDATION
from pages.parts.data import CONTROL_WIDTH, to_train
from ui import colours
from ui.components.split import Part, split
from ui.controls import data_setting
from ui.state import state

COLOURS = {TRAINING: colours.TRAINING, VALIDATION: colours.VALIDATION, TEST: colours.BAR_REST}
WHICH = {TRAINING: "the first {:,}", UNUSED: "{:,} between", VALIDATION: "the last {:,}", TEST: "{:,} of their own"}


def show() -> None:
    """Show how the images are split, and let the visitor change it."""
    counts = statistics.balance(mnist.load(), state().draft.data)
    split(
        [
            Part(name, WHICH[name].format(numbers.sum()), numbers, COLOURS.get(name, ""))
            for name, numbers in counts.items()
        ],
        key="data-split",
        describe="All 70,000 images of MNIST, to scale, and how many of each digit",
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for name in ("train_size", "validation_size"):
            with st.container(width=CONTROL_WIDTH):
                data_setting(name)
        to_train("Train with them")
    train, test = counts[TRAINING] / counts[TRAINING].sum(), counts[TEST]
    st.markdown(
        f"From {train.min():.1%} (the {train.argmin()}) to {train.max():.1%} (the {train.argmax()}) of the training "
        f"digits: nearly balanced. Who always answers **{test.argmax()}** is right on "
        f"{test.max() / test.sum():.2%} of the test digits: any network must do better. {held_back()}"
        if train.max() < 2 * train.min()
        else f"The {train.argmin()} makes up {train.min():.1%} of the training digits, the {train.argmax()} "
        f"{train.max():.1%}: so few are seldom balanced. {held_back()}"
    )


def held_back() -> str:
    """What the images that are not learned from are for."""
    size = state().draft.data.validation_size
    if not size:
        return "No images are held back: while it learns, nothing tells whether it only learns them by heart."
    return (
        f"The last **{size:,}** are never learned from: after each epoch the network is asked about them, and that "
        "tells whether it understands or only learns by heart. The test digits are for the end, once."
    )
