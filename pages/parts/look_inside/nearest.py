"""The images that a network learned from and finds most like a digit, with the labels that it was taught."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.explain import neighbours
from ui import colours
from ui.components.gallery import Item, gallery
from ui.computed import computed
from ui.subject import Subject


def nearest_training_images(subject: Subject, layer_index: int) -> None:
    """Show the training images that a layer finds nearest to the digit that is looked at."""
    experiment, weights = subject.network.experiment, subject.network.weights
    found = computed(
        f"Comparing with up to {neighbours.NUM_IMAGES:,} training images: some seconds at first",
        neighbours.nearest,
        experiment,
        weights,
        layer_index,
        subject.image,
    )
    if found is None:
        return
    st.markdown(
        f"**And of the first {found.num_searched:,} images that it learned from**: what its answer goes back to"
    )
    train = mnist.load().train
    items = []
    for index, distance, taught, read in zip(found.indices, found.distances, found.taught, found.read, strict=True):
        true = train.labels[index]
        note = f"read as {read} {colours.mark(read == true)} {distance:.2f}"
        items.append(Item(train.images[index, ..., 0], f"a {taught}", note, struck="" if true == taught else str(true)))
    gallery(
        items, key="space-training-nearest", describe="The training images nearest in this layer, the nearest first"
    )
    votes = np.bincount(found.taught, minlength=mnist.NUM_CLASSES)
    name = subject.name[0].lower() + subject.name[1:]
    st.markdown(
        "The numbers are distances in this layer. "
        f"{votes.max()} of these {len(items)} were taught as a **{votes.argmax()}**; the network reads {name} as "
        f"**{subject.probabilities.argmax()}**."
    )
