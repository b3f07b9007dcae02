"""Digits and how they were read; the one that is chosen is looked at closely, and leads into Look inside."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.explain.score import Reader, Score, class_direction
from cnnlab.nn.layers import Conv2D
from pages.parts.evaluate import Reading
from ui import colours
from ui.components.gallery import Item, gallery
from ui.components.linked import Panel, linked
from ui.components.probabilities import probabilities
from ui.figures import activation_maps
from ui.state import state
from ui.subject import Subject
from ui.widgets import kept, lasting

DIGIT_SIZE, PANEL_SIZE, ANSWER_WIDTH = 56, 166, 240
LOOK_INSIDE = "pages/look_inside.py"
VIEWS = {"Maps": "All its maps", "Why": "Why, in six ways", "Trace": "Number by number"}
"""Views of Look inside and what they show of the digit."""


def show(reading: Reading, indices: np.ndarray, *, key: str) -> int | None:
    """Show digits as pictures; return the one that was chosen among them, or None: one on the page can be."""
    read_as, labels, sureness = reading.read_as, reading.labels, reading.probabilities.max(axis=1)
    items = [
        Item(
            reading.images[index],
            f"{labels[index]}",
            f"{colours.mark(read_as[index] == labels[index])} {read_as[index]}, {sureness[index]:.0%}",
            id=int(index),
        )
        for index in indices
    ]
    chosen = kept("evaluate-chosen", ("", -1))
    gallery(
        items,
        key=key,
        describe=f"{reading.what}s".capitalize(),
        size=DIGIT_SIZE,
        choose="Look closely at",
        on_choose=lambda index: setattr(chosen, "now", (key, index)),
    )
    where, index = chosen.now
    return index if where == key and index in indices else None


def closely(reading: Reading, index: int, *, key: str) -> None:
    """Show one digit, where the network looked for what it said and for what it is, and the way into Look inside."""
    subject = _subject(reading, index)
    st.markdown(f"**{subject.name}**, read as **{reading.read_as[index]}** at {reading.probabilities[index].max():.1%}")
    panels, note = _panels(reading, subject, index)
    with st.container(horizontal=True, gap="small"):
        with st.container(width=len(panels) * (PANEL_SIZE + 15)):
            linked(panels, key=f"{key}-cam-{len(panels)}", ink=subject.image, size=PANEL_SIZE, describe=note)
        with st.container(width=ANSWER_WIDTH):
            probabilities(reading.probabilities[index], key=f"{key}-answer", title="Its answer")
    st.caption(note)
    if reading.of_mnist:
        visitor = state()
        visitor.test_index, visitor.looks_at_drawing = index, False
        run = {"run": reading.network.run_id} if reading.network.run_id else {}
        with st.container(horizontal=True, gap="small"):
            for view, words in VIEWS.items():
                st.page_link(LOOK_INSIDE, label=words, icon=":material/search:", query_params={"view": view} | run)
    if lasting(st.toggle, "Its maps, layer by layer", key=f"{key}-maps"):
        activation_maps(reading.network.experiment.architecture, subject.traces, f"{key}-layer")


def _subject(reading: Reading, index: int) -> Subject:
    label = int(reading.labels[index])
    name = f"{reading.what.capitalize()} {index:,}, {a(label)}"
    return Subject(reading.network, mnist.normalise(reading.images[index]), name, label)


def _panels(reading: Reading, subject: Subject, index: int) -> tuple[list[Panel], str]:
    """The digit and, where there is a convolution, Grad-CAM at its last one; and a sentence about them."""
    digit = Panel("The digit", subject.image, "ink", 1.0, is_outlined=False)
    experiment = reading.network.experiment
    layers = [place for place, layer in enumerate(experiment.architecture.layers) if isinstance(layer, Conv2D)]
    if not layers or experiment.data.permute_pixels:
        return [digit], "No convolution looks at its places one by one, so there is no Grad-CAM."
    reader = Reader.of(experiment, reading.network.weights)
    pictures = {
        asked: Score(reader, class_direction(asked)).grad_cam(subject.image, layers[-1])[0]
        for asked in (int(reading.read_as[index]), int(reading.labels[index]))
    }
    limit = max(colours.limit_of(picture, "sequential") for picture in pictures.values())
    panels = [
        Panel(f"Why {a(asked)}?", picture, "sequential", limit, "" if picture.any() else "Nothing there speaks for it.")
        for asked, picture in pictures.items()
    ]
    note = f"Grad-CAM at layer {layers[-1] + 1}, one scale for all: bright is where it saw what speaks for the digit."
    return [digit, *panels], note


def a(digit: int) -> str:
    """A digit with its article: 'a 7', 'an 8'."""
    return f"{'an' if digit == 8 else 'a'} {digit}"
