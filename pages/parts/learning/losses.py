"""A loss, explored: a label, an answer, and what that answer costs."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.lessons.small_problems import sixteen_pixels
from ui.components.one_hot import costs, one_hot
from ui.controls import choose
from ui.figures import ink_maps
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import predict, try_this
from ui.sources import first_digit

DIGIT_SIZE, TABLE_WIDTH = 130, 660


@fragment
def label_and_answer() -> None:
    """One digit, its label and the network's answer; only this part runs again for another digit."""
    digit = choose("A test digit that is a", range(10), "learning-digit", 4)
    image = first_digit(digit).pixels
    probabilities = sixteen_pixels().probabilities(image)
    with st.container(horizontal=True, gap="small"):
        with st.container(width=DIGIT_SIZE):
            ink_maps(
                mnist.normalise(image[np.newaxis, ..., 0]),
                key="learning-digit-shown",
                titles=[f"a {digit}"],
                size=DIGIT_SIZE,
                describe="The digit",
            )
        with st.container(width=TABLE_WIDTH):
            one_hot(probabilities, int(digit), key="learning-one-hot")
    try_this(
        "pointing at another row of the table: the label moves there.",
        "that the loss is large exactly where the network gave the label little.",
    )
    st.markdown(
        f"The {term('label')} is written as a {term('one-hot')} row: a one at the true digit, zeros elsewhere. So "
        f"{term('categorical cross-entropy')}, the sum of label x (-ln p), looks at one {term('probability')} only. "
        "The answer is that of the network of 16 pixels from the station before."
    )
    _half(round(float(probabilities[digit]), 3))


def _half(chance: float) -> None:
    """Ask what half the true digit's probability would cost."""
    half = chance / 2
    now, then = (float(cost) for cost in costs(np.array([chance, half])))
    predict(
        "learning-loss",
        f"The network gives the true digit {chance:.3f}: the loss is {now:.2f}. Suppose that it had given it only half "
        f"of that, {half:.3f}. What would the loss be?",
        round(then, 2),
        reveal=f"-ln({half:.3f}) = {then:.3f}. Half the probability always costs ln 2 = {np.log(2):.3f} more.",
    )
