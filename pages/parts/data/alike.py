"""The mean of each digit, and the training images that are nearest to the chosen one."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.digits import statistics
from cnnlab.digits.statistics import TRAINING, LookAlikes
from pages.parts.data import Chosen, split_of
from ui import colours
from ui.components.gallery import Item, gallery
from ui.figures import ink_maps

SIZE = 64


def show(chosen: Chosen) -> None:
    """Compare the chosen digit with the means and with all training images."""
    part, index = chosen
    label = int(split_of(part).labels[index])
    image = split_of(part).images[index]
    _means(image, label)
    _nearest(image, label, _look_alikes(part, index))


def _means(image: np.ndarray, label: int) -> None:
    means, share_right = _class_means()
    away = statistics.to_means(means, image[np.newaxis])[0]
    ink_maps(
        means / 255,
        key="data-means",
        titles=[f"mean {digit}: {distance:.1f}" for digit, distance in enumerate(away)],
        size=SIZE,
        describe=f"The mean of all training images of each digit, and how far it is from the chosen {label}",
    )
    st.markdown(
        f"The nearest mean is that of the **{away.argmin()}** {colours.mark(away.argmin() == label)} Who always "
        f"answers so is right on {share_right:.1%} of the test digits, and has learned no more than ten pictures."
    )


def _nearest(image: np.ndarray, label: int, found: LookAlikes) -> None:
    train = mnist.load().train
    st.markdown(f"**Nearest to the chosen {label} among {len(train.labels):,} training images**")
    items = [Item(image[..., 0], str(label), "chosen")]
    for nearest in dict.fromkeys([*found.indices, found.other]):  # the other digit may be among the nearest
        words = "nearest other digit, " if nearest == found.other else ""
        items.append(
            Item(train.images[nearest, ..., 0], str(train.labels[nearest]), f"{words}{found.distances[nearest]:.2f}")
        )
    gallery(items, key="data-nearest", describe="The chosen digit and its look-alikes", size=SIZE)
    first = int(train.labels[found.indices[0]])
    st.markdown(
        "The numbers are distances: the root of the summed squares of all 784 differences, pixels from 0 to 1. "
        f"Who only copies the label of the nearest image reads this {label} as **{first}** "
        f"{colours.mark(first == label)}"
    )


@st.cache_data(show_spinner=False)
def _class_means() -> tuple[np.ndarray, float]:
    """The ten means, and the share of test digits whose nearest mean is their own."""
    data = mnist.load()
    means = statistics.class_means(data.train)
    nearest = statistics.to_means(means, data.test.images).argmin(axis=1)
    return means, float(np.mean(nearest == data.test.labels))


@st.cache_data(max_entries=50, show_spinner=False)
def _look_alikes(part: str, index: int) -> LookAlikes:
    split = split_of(part)
    itself = index if part == TRAINING else None
    return statistics.look_alikes(mnist.load().train, split.images[index], int(split.labels[index]), without=itself)
