"""One digit in the forms in which a network would see it while it learns, by the draft's own settings."""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.digits import augmentation
from cnnlab.digits.augmentation import Drawn
from cnnlab.experiment import DataSettings
from pages.parts.data import CONTROL_WIDTH, Chosen, split_of, to_train
from ui.components.gallery import Item, gallery
from ui.controls import data_setting
from ui.figures import to_bytes
from ui.frame import fragment
from ui.state import state
from ui.widgets import kept
from ui.words import plural

NAMES = ("shift", "rotation", "zoom", "noise")
NUM_FORMS, SIZE = 19, 64
A_LITTLE: dict[str, Any] = {"shift": 2, "rotation": 10, "zoom": 0.1}
NOTHING: dict[str, Any] = {"shift": 0, "rotation": 0, "zoom": 0.0, "noise": 0.0}


@fragment
def show(chosen: Chosen) -> None:
    """Show the forms, and let the visitor change how far they may go; only this part runs again then."""
    part, index = chosen
    stage = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for name in NAMES:
            with st.container(width=CONTROL_WIDTH):
                data_setting(name)
    settings = state().draft.data
    is_on = any(getattr(settings, name) for name in NAMES)
    seed = kept("data-forms", 0)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        seed.now += st.button("Again", icon=":material/shuffle:", disabled=not is_on)
        st.button(
            "A little of each",
            on_click=change,
            args=(A_LITTLE,),
            icon=":material/auto_awesome:",
            disabled=settings.permute_pixels,
            help="Shifted by up to 2 pixels, turned by up to 10 degrees, a tenth smaller or larger",
        )
        st.button("None", on_click=change, args=(NOTHING,), icon=":material/block:", disabled=not is_on)
        to_train("Train with them")
    image = settings.prepare(mnist.normalise(split_of(part).images[index]))[..., 0] / (1 if settings.normalise else 255)
    with stage:
        gallery(
            forms(image, settings, seed.now),
            key="data-forms-shown",
            describe="The chosen digit and its random forms",
            size=SIZE,
        )
    st.markdown(words(settings, is_on=is_on))


def change(values: dict[str, Any]) -> None:
    """Give the draft's data other settings that are known to fit each other."""
    for name in NAMES:
        state().problems.pop(f"data-{name}", None)
    state().change(data=replace(state().draft.data, **values))


def forms(image: np.ndarray, settings: DataSettings, seed: int) -> list[Item]:
    """The image, float32 (28, 28) in [0, 1], and its forms, each with what was done to it."""
    drawn = Drawn.by(settings, NUM_FORMS, seed)
    pictures = augmentation.apply(np.repeat(image[np.newaxis], NUM_FORMS, axis=0), drawn)
    shown = to_bytes(np.clip([image, *pictures], 0, 1))
    notes = [drawn.words(number) for number in range(NUM_FORMS)]
    return [Item(shown[0], "", "as it is"), *(Item(one, "", note) for one, note in zip(shown[1:], notes, strict=True))]


def words(settings: DataSettings, *, is_on: bool) -> str:
    """What training makes of it."""
    if not is_on:
        return (
            "Nothing is changed: every epoch shows the network the same pictures again. Move a slider, or take "
            "**A little of each**."
        )
    epochs = state().draft.training.epochs
    count = f"{settings.num_train:,} images" if epochs == 1 else f"{settings.num_train * epochs:,} different pictures"
    return (
        f"An epoch sees each digit once, in a new form: in {plural(epochs, 'epoch')} {count}. So there is "
        "nothing to learn by heart; training is harder, and validation, which is never changed, often better. The "
        "starter network learned in this way too."
    )
