"""What is done to one image and its label until a network learns from them, with shapes and kinds of numbers."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.digits import statistics
from cnnlab.digits.pictures import Picture
from cnnlab.digits.statistics import Step
from cnnlab.experiment import DataSettings
from pages.parts.data import Chosen, name_of, split_of
from ui.components.gallery import Item, gallery
from ui.components.pixels import WIDTH, pixels
from ui.controls import data_setting
from ui.lesson import code
from ui.state import state

SIZE, CODE_WIDTH = 118, 380


def show(chosen: Chosen) -> None:
    """Show each step as a picture, as numbers and as Python, as the draft's settings have it."""
    part, index = chosen
    image, label = split_of(part).images[index], int(split_of(part).labels[index])
    steps = statistics.preparation(image[..., 0], label, state().draft.data)
    items = [Item(_grey(step), step.title, _words(step)) for step in steps]
    gallery(items, key="data-steps", describe="The steps of the preparation", size=SIZE, arrows=True)
    data_setting("normalise")
    with st.container(horizontal=True, gap="small"):
        with st.container(width=WIDTH[1]):
            scales = {"0 to 255": image, "0 to 1": steps[1].array[..., np.newaxis]}
            if not state().draft.data.normalise:
                del scales["0 to 1"]
            pixels(Picture(name_of(chosen), image), key="data-pixels", scales=scales)
        with st.container(width=CODE_WIDTH):
            st.code("\n".join(step.python for step in steps), language="python", wrap_lines=True)
            row = " ".join(f"{value:g}" for value in steps[-1].array[0])
            st.markdown(f"The label {label} has become `{row}`: ten numbers, a one in its place. {_why(steps)}")
    code(statistics.preparation, mnist.normalise, mnist.one_hot, DataSettings.prepare)


def _grey(step: Step) -> np.ndarray:
    """What a step gives as a picture, uint8 (h, w)."""
    largest = 255 if step.array.max() > 1 else 1
    return np.round(step.array.astype(np.float32) * (255 / largest)).astype(np.uint8).reshape(step.array.shape[:2])


def _words(step: Step) -> str:
    """Dtype, shape and range, each unbroken."""
    return " ".join(words.replace(" ", "\N{NO-BREAK SPACE}") for words in step.words)


def _why(steps: tuple[Step, ...]) -> str:
    largest = steps[1].array.max()
    if largest <= 1:
        return "The picture is the same throughout; only the numbers that stand for it are others."
    return (
        f"The pixels stay as large as {largest:g}: the first weights, drawn for numbers near 1, give sums that are a "
        "hundred times too large. Train so, and notice the first batches."
    )
