"""The sections of the Data page, a module each, and what they share.

What is set here belongs to the draft, the experiment that is being made: the Train page shows the same settings.
"""

import streamlit as st

from cnnlab import mnist
from cnnlab.digits.statistics import TEST, TRAINING

Chosen = tuple[str, int]
"""A digit of MNIST: its part, TRAINING or TEST, and its index there."""
PARTS = (TRAINING, TEST)
CONTROL_WIDTH = 170


def split_of(part: str) -> mnist.Split:
    """The images of a part."""
    return mnist.load().train if part == TRAINING else mnist.load().test


def name_of(chosen: Chosen) -> str:
    """A digit in a few words: 'Training digit 5, a 2'."""
    part, index = chosen
    return f"{part} digit {index:,}, a {split_of(part).labels[index]}"


def to_train(label: str) -> None:
    """Show a link that goes on to Train, where the draft's settings are the same."""
    st.page_link("pages/train.py", label=label, icon=":material/arrow_forward:", icon_position="right")
