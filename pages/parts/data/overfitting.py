"""Overfitting on purpose: too few images, or labels that are wrong."""

from dataclasses import replace

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.digits import statistics
from pages.parts.data import CONTROL_WIDTH, to_train
from ui.components.gallery import Item, gallery
from ui.controls import data_setting, training_setting
from ui.state import state
from ui.widgets import control, lasting

NUM_SHOWN, SIZE = 20, 64
FEW = (100, 500, 1_000, 5_000)
ALL = "All"


def show() -> None:
    """Show the first images with the labels that are taught, and let the visitor change how many and how right."""
    draft = state().draft
    true = mnist.load().train.labels[: draft.data.num_train]
    labels = statistics.taught(mnist.load().train, draft.data, draft.seed)
    stage = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        with st.container(width=CONTROL_WIDTH):
            data_setting("label_noise")
        choose_size()
        with st.container(width=CONTROL_WIDTH):
            training_setting("epochs")
    only_wrong = lasting(st.toggle, "Show wrong labels only", key="data-wrong")
    indices = np.flatnonzero(labels != true) if only_wrong else np.arange(len(true))
    with stage:
        first_images(indices[:NUM_SHOWN], true, labels)
    st.markdown(share_wrong(true, labels))
    st.markdown(
        "**Try** 1,000 images and 20 epochs, or half of the labels shuffled. **Notice** on Train how far the two "
        "curves come apart: training gets better and better, validation does not. That is overfitting."
    )
    to_train("Train with them")


def choose_size() -> None:
    """Let the visitor choose a small sample, or all images again."""
    data = state().draft.data

    def choose(size: int | str) -> None:
        state().change(data=replace(state().draft.data, train_size=None if size == ALL else int(size)))
        state().problems.pop("data-train_size", None)

    control(
        st.segmented_control,
        "Learn from the first",
        "data-few",
        ALL if data.train_size is None else data.train_size if data.train_size in FEW else None,
        choose,
        options=[*FEW, ALL],
        format_func=lambda size: size if size == ALL else f"{size:,}",
        required=data.train_size is None or data.train_size in FEW,
        help="Images that the network learns from: the fewer, the sooner it knows them by heart.",
    )


def first_images(indices: np.ndarray, true: np.ndarray, labels: np.ndarray) -> None:
    """Show some images, each with the label that is taught; where that is wrong, the true one is struck through."""
    if not len(indices):
        st.info("No label is wrong. Shuffle some of them below.", icon=":material/check:")
        return
    images = mnist.load().train.images[..., 0]
    items = [
        Item(images[index], str(labels[index]), struck=str(true[index]) if labels[index] != true[index] else "")
        for index in indices
    ]
    gallery(items, key="data-taught", describe="The first training images, with the labels that are taught", size=SIZE)


def share_wrong(true: np.ndarray, labels: np.ndarray) -> str:
    """How many labels are wrong, and why they are fewer than those shuffled."""
    num_wrong, data = int((true != labels).sum()), state().draft.data
    if not data.label_noise:
        return f"All {len(true):,} labels are taught as they are."
    return (
        f"Of {len(true):,} labels **{num_wrong:,}** are wrong, **{num_wrong / len(true):.1%}**: "
        f"{data.label_noise:.0%} are shuffled among each other, and about one in ten of those gets its own digit back. "
        "Validation and test labels stay right."
    )
