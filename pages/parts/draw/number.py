"""A whole number in one drawing: cut into digits, each read."""

import numpy as np
import streamlit as st

from cnnlab.digits import segment
from ui.components.gallery import Item, gallery
from ui.drawing import canvas
from ui.figures import to_bytes
from ui.networks import Network
from ui.reading import BROKE_DOWN, UNLIKE, is_like, likeness_of, read
from ui.state import state

WIDE, NARROW = (620, 200), (340, 160)
"""Width and height of the canvas in pixels, on a screen and on a phone."""
PEN_WIDTH = 12
SHOWN = 84


def whole_number_board(network: Network) -> None:
    """Show the wide canvas, and below it the number and how each of its digits is read."""
    is_phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
    st.markdown("**Write a number here**")
    with st.container(key="narrow-canvas" if is_phone else "wide-canvas"):
        rgba = canvas(PEN_WIDTH, state().wide_canvas, NARROW if is_phone else WIDE)
    digits = () if rgba is None else segment.split(rgba)
    readings = [reading for digit in digits if (reading := read(network, digit.rgba))]
    if not readings:
        st.markdown("Write a number such as **2026**, its digits apart from each other.")
        return
    answers = np.array([reading.probabilities for reading in readings])
    if not np.isfinite(answers).all():
        st.markdown(BROKE_DOWN)
        return
    number = "".join(map(str, answers.argmax(axis=1)))
    chance = answers.max(axis=1).prod()
    known = likeness_of(network, readings[0].traces)
    alike = [is_like(known, network, reading.steps.image, reading.traces) for reading in readings]
    st.markdown(f"### It reads {number}")
    st.markdown(f"How sure it is of the whole number, all chances multiplied: {chance * 100:.0f} %.")
    for place in (place for place, like in enumerate(alike, 1) if like is False):
        st.markdown(f"Number {place} from the left, the **{number[place - 1]}**, is {UNLIKE}.")
    gallery(
        [
            Item(to_bytes(reading.steps.image), digit, f"{answer.max() * 100:.0f} %", large=True)
            for reading, answer, digit in zip(readings, answers, number, strict=True)
        ],
        key="digits",
        describe="The digits, from left to right, each as the network sees it",
        size=SHOWN,
    )
