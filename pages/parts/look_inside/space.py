"""Space: 2,000 test digits by what a layer makes of them, one's own among them; over a run they come apart."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.explain import embedding, neighbours
from cnnlab.explain.embedding import Space
from cnnlab.explain.trace import PIXELS
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.weights import Weights
from cnnlab.runs.store import Run
from pages.parts.look_inside.nearest import nearest_training_images
from ui import colours
from ui.cached import weights_of
from ui.components.gallery import Item, gallery
from ui.components.scatter import UNKNOWN, Points, scatter
from ui.computed import computed
from ui.controls import choose
from ui.drawing import drawn_image
from ui.figures import layer_name, to_bytes
from ui.frame import fragment
from ui.lesson import code, try_this
from ui.subject import Subject
from ui.widgets import lasting
from ui.words import when

FLAT, SOLID, TSNE, TRAINING = "Plane", "3D", "t-SNE", "Over the training"
WAYS = {
    FLAT: "The two directions in which the digits differ most (principal components)",
    SOLID: "The three directions in which the digits differ most (principal components)",
    TSNE: "t-SNE keeps neighbours together; how far apart two groups lie, and how large they are, means nothing",
    TRAINING: "The two directions in which the digits differ most after the last snapshot, the same for all snapshots",
}
NUM_NEAREST = 5
MAX_SNAPSHOTS = 12


@fragment
def show(subject: Subject) -> None:
    """Show the space of one layer; only this part runs again when a choice changes."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        way = choose("Show", list(WAYS), "space-way")
        layer_index = choose_layer(subject.network.experiment.architecture)
    experiment, weights = subject.network.experiment, subject.network.weights
    found = computed("Sending 2,000 test digits through it", embedding.space, experiment, weights, layer_index)
    if found is None:
        return
    own = own_digits(subject)
    if way == TRAINING:
        over_the_training(subject, own, layer_index)
    else:
        one_moment(subject, own, found, layer_index, way)
    st.caption(f"{WAYS[way]}.{share(found, way)}")
    st.markdown(how_far_apart(found, layer_index))
    st.markdown(f"**Nearest to it in this space, among them** · {subject.name}")
    nearest_digits(subject, found, layer_index)
    nearest_training_images(subject, layer_index)
    try_this(
        "to show only 4 and 9; then choose the pixels as the layer, or draw a digit that is between the two.",
        "that digits with rings lie between groups: what the network confuses, it has put close together.",
    )
    principal = embedding.Principal
    code(principal.of, principal.project, embedding.separation, embedding.tsne, neighbours.nearest)


def choose_layer(architecture: Architecture) -> int:
    """Let the visitor choose a layer, or the pixels; by default the last hidden layer."""
    last = embedding.last_hidden(architecture)

    def name(index: int) -> str:
        if index == PIXELS:
            return "Pixels, before the network"
        words = layer_name(architecture, index)
        return f"{words}, the last hidden layer" if index == last else words

    return lasting(
        st.selectbox,
        "Layer",
        [PIXELS, *range(last + 1)],
        index=last + 1,
        format_func=name,
        key=f"space-layer-{last}",
        width=270,
    )


def own_digits(subject: Subject) -> dict[str, np.ndarray]:
    """The digit that is looked at and, if it is another one, the drawing: float32 (28, 28), by their names."""
    drawing = drawn_image()
    own = {subject.name: subject.image}
    if drawing is not None:
        own.setdefault("Your drawing", drawing)
    return own


def values_of(subject: Subject, image: np.ndarray, layer_index: int, weights: Weights) -> tuple[np.ndarray, int]:
    """What a layer makes of a digit, float32 (units,), and what it is read as."""
    outputs = [layer.output for layer in replace(subject.network, weights=weights).trace(image)]
    prepared = subject.network.experiment.data.prepare(image[..., np.newaxis])
    return (prepared if layer_index == PIXELS else outputs[layer_index]).ravel(), int(outputs[-1].argmax())


def test_digits(indices: np.ndarray, read: np.ndarray, places: np.ndarray) -> Points:
    """Test digits as points; `read` (frames, n), `places` (frames, n, dimensions)."""
    test = mnist.load().test
    names = [f"Test digit {index:,}" for index in indices]
    return Points(names, test.images[indices, ..., 0], test.labels[indices], read, places)


def marked(own: dict[str, np.ndarray], read: np.ndarray, places: np.ndarray) -> Points:
    """One's own digits as points; `read` (frames, n), `places` (frames, n, dimensions)."""
    pictures = to_bytes(np.stack(list(own.values())))
    return Points(list(own), pictures, np.full(len(own), UNKNOWN), read, places, is_marked=True)


def one_moment(subject: Subject, own: dict[str, np.ndarray], found: Space, layer_index: int, way: str) -> None:
    """Show the network as it is."""
    weights = subject.network.weights
    values, read = zip(*(values_of(subject, image, layer_index, weights) for image in own.values()), strict=True)
    if way == TSNE:
        places = computed("Laying the digits out by t-SNE: some seconds", embedding.tsne, found.places)
        if places is None:
            return
        own_places = places[[int(found.nearest(one)[0]) for one in values]]
        st.caption(
            "t-SNE cannot place a new digit: a marked one stands where its nearest neighbour in the layer stands."
        )
    else:
        dimensions = 3 if way == SOLID else 2
        places = first(found.places, dimensions)
        own_places = first(found.principal.project(np.stack(values)), dimensions)
    scatter(
        [
            test_digits(found.indices, found.read[np.newaxis], places[np.newaxis]),
            marked(own, np.array([read]), own_places[np.newaxis]),
        ],
        key="space",
        describe=f"{len(found.indices):,} test digits as points. {WAYS[way]}.",
    )


def first(places: np.ndarray, dimensions: int) -> np.ndarray:
    """The first directions; zeros where a layer has fewer."""
    missing = max(dimensions - places.shape[1], 0)
    return np.pad(places, ((0, 0), (0, missing)))[:, :dimensions]


def share(found: Space, way: str) -> str:
    """How much of what differs can be seen."""
    if way not in (FLAT, SOLID):
        return ""
    seen = found.principal.shares[: 3 if way == SOLID else 2].sum()
    return f" They hold {100 * seen:.0f} % of the layer's variance: digits that overlap here may still be apart."


def how_far_apart(found: Space, layer_index: int) -> str:
    """How well the classes are apart, held against the pixels."""
    said = (
        f"**How far apart are the classes?** Of {len(found.indices):,} digits, **{100 * found.separation:.1f} %** have "
        "a digit of their own class as their nearest neighbour, all directions counted"
    )
    if layer_index == PIXELS:
        return f"{said}: that is what the network begins with."
    pixels = computed("Comparing with the bare pixels", embedding.separation_of_pixels)
    return said + ("." if pixels is None else f"; among the bare pixels it is {100 * pixels:.1f} %.")


def nearest_digits(subject: Subject, found: Space, layer_index: int) -> None:
    """Show the test digits nearest to the one that is looked at, itself left out."""
    values, _ = values_of(subject, subject.image, layer_index, subject.network.weights)
    images = mnist.load().test.images[found.indices, ..., 0]
    itself = to_bytes(subject.image)
    nearest = [k for k in found.nearest(values, NUM_NEAREST + 1) if not np.array_equal(images[k], itself)]
    labels = mnist.load().test.labels[found.indices]
    gallery(
        [
            Item(images[k], f"a {labels[k]}", f"read as {found.read[k]} {colours.mark(found.read[k] == labels[k])}")
            for k in nearest[:NUM_NEAREST]
        ],
        key="space-nearest",
        describe="The test digits nearest in this layer, the nearest first",
    )


def over_the_training(subject: Subject, own: dict[str, np.ndarray], layer_index: int) -> None:
    """Show how the digits move while the network learns."""
    run = subject.network.run
    if run is None:
        st.info("Only a run keeps its weights as they were while it learned: train a network, and choose it above.")
        return
    snapshots = snapshots_of(run)
    if len(snapshots) < 2:
        st.info("This run has kept too few snapshots to follow.")
        return
    what, weights = f"Following 500 digits over {len(snapshots)} snapshots: some seconds", list(snapshots.values())
    followed = computed(what, embedding.journey, subject.network.experiment, weights, layer_index)
    if followed is None:
        return
    places, read = [], []
    for one in weights:
        values, answers = zip(*(values_of(subject, image, layer_index, one) for image in own.values()), strict=True)
        places.append(first(followed.principal.project(np.stack(values)), 2))
        read.append(answers)
    batches = run.info.batches_per_epoch or 1
    scatter(
        [
            test_digits(followed.indices, followed.read, np.stack([first(at, 2) for at in followed.places])),
            marked(own, np.array(read), np.stack(places)),
        ],
        key="space-training",
        describe=f"{len(followed.indices):,} test digits as points, over {len(snapshots)} snapshots of a run.",
        frames=[
            f"{when(step, batches)}: {100 * apart:.0f} % lie nearest to their own class"
            for step, apart in zip(snapshots, followed.separations, strict=True)
        ],
    )


def snapshots_of(run: Run) -> dict[int, Weights]:
    """Some of a run's snapshots that can be read, the first and the last among them: by their steps, the weights."""
    steps, found = run.snapshot_steps(), {}
    for step in sorted({steps[i] for i in np.linspace(0, len(steps) - 1, MAX_SNAPSHOTS).astype(int)}) if steps else ():
        with suppress(ValueError):  # DamagedRunError is one
            found[step] = weights_of(run, step)
    return {step: weights for step, weights in found.items() if weights}
