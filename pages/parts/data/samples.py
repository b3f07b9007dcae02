"""Real digits to choose from, and how the chosen one is followed through the page."""

import streamlit as st

from cnnlab import mnist
from cnnlab.digits import statistics
from pages.parts.data import PARTS, Chosen, split_of
from ui import colours
from ui.components.gallery import Item, gallery
from ui.controls import choose
from ui.widgets import kept

NUM_SHOWN = 20
SIZE = 64


def choose_digit() -> Chosen:
    """Show real digits, and return the chosen one: the first until one is chosen."""
    stage = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        options = ["All", *range(mnist.NUM_CLASSES)]
        digit = choose("Digit", options, "data-digit", wrap=True)
        part = choose("Part", PARTS, "data-part")
        seed = kept("data-seed", 0)
        seed.now += st.button("Show others", icon=":material/shuffle:")
    images = split_of(part)
    indices = statistics.sample(images.labels, None if digit == "All" else digit, NUM_SHOWN, seed.now)
    chosen = kept("data-chosen", (part, int(indices[0])))
    marks = [colours.RIGHT_MARK + " chosen" if (part, index) == chosen.now else "" for index in indices]
    items = [
        Item(images.images[index, ..., 0], str(images.labels[index]), mark, id=int(index))
        for index, mark in zip(indices, marks, strict=True)
    ]
    with stage:
        gallery(
            items,
            key="data-samples",
            describe=f"{part} digits",
            size=SIZE,
            choose="Choose",
            on_choose=lambda index: setattr(chosen, "now", (part, index)),
        )
    now: Chosen = chosen.now
    return now
