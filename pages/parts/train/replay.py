"""Through training: what the network had learned at each stage, while it trains and after. One slider moves it all."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.evaluation.metrics import confusion_matrix
from cnnlab.explain import snapshots
from cnnlab.runs.store import Run, RunState
from pages.parts.train.stages import Glance, Seen, Stages, key_of, stages_of
from ui import colours
from ui.components.confusion import confusion_of_stages
from ui.components.digits import MINE, Own, digits
from ui.components.frames import Group, frames, group
from ui.components.reading import reading
from ui.components.sizes import Column, sizes
from ui.components.timeline import timeline
from ui.drawing import drawn_image
from ui.figures import layer_name, short, to_bytes
from ui.lesson import try_this
from ui.sources import Digit, shown_test_digit
from ui.state import state
from ui.widgets import pick
from ui.words import message, when

TICK_SECONDS = 0.7
OF_EACH, NUM_SHOWN = 12, 40
"""So many test digits of each class are sent; so many are shown at once."""
DIGIT_WIDTH, FILTERS_WIDTH, GALLERY_WIDTH, MATRIX_WIDTH = 245, 545, 430, 360
FILTER_SIZE, MAP_SIZE = 44, 52
DRAWING = "My drawing"


def through_training(run: Run) -> None:
    """Show the stages of a run, below its curves; nothing for one whose settings cannot be read."""
    experiment = run.info.experiment
    if experiment is None:
        return
    known = stages_of(run, run.id, experiment)
    is_complete = _fill(run, known)
    st.fragment(_show, run_every=None if is_complete else TICK_SECONDS)(run, known, was_complete=is_complete)


def _fill(run: Run, known: Stages) -> bool:
    """Compute what is missing, for a moment; return whether there is nothing to wait for any more."""
    chosen, drawing = _chosen(), drawn_image()
    images = {key_of(image): image for image in (chosen.image, drawing) if image is not None}
    is_filled = known.fill(images)
    is_looked_at = known.ask(newest_only=run.info.state == RunState.RUNNING)
    return is_filled and is_looked_at and run.info.is_over


def _show(run: Run, known: Stages, *, was_complete: bool) -> None:
    """The timeline and all that follows it; runs again by itself while there is something to wait for."""
    is_complete = _fill(run, known)
    if is_complete != was_complete:
        st.rerun()
    glances = known.glances()
    if not glances:
        return
    st.subheader("Through training", anchor=False)
    labels = _timeline(run, known, list(glances))
    with st.container(horizontal=True, gap="small"):
        with st.container(width=DIGIT_WIDTH):
            chosen = _choose()
            _reading(run, known, chosen, labels)
        with st.container(width=FILTERS_WIDTH):
            _filters(run, known, glances)
            _maps(run, known, known.seen(key_of(chosen.image)))
    try_this(
        "the slider, or Replay: every picture here and the curves go back to that moment.",
        "which digits it reads rightly first, and how little the filters change after the first epoch.",
    )
    with st.container(horizontal=True, gap="small"):
        with st.container(width=GALLERY_WIDTH):
            _gallery(run, known)
        with st.container(width=MATRIX_WIDTH):
            _matrix(run, known)
    _sizes(run, known, glances)


def _timeline(run: Run, known: Stages, steps: list[int]) -> dict[int, str]:
    """The slider; returns each stage in words by its step."""
    batches = run.info.batches_per_epoch or known.experiment.batches_per_epoch
    labels = {step: when(step, batches) for step in steps}
    with st.container(key="timeline"):
        timeline(
            run.id,
            steps,
            list(labels.values()),
            key=f"timeline-{run.id}",
            batches_per_epoch=batches,
            is_live=not run.info.is_over,
        )
    if known.num_damaged:
        st.caption(f"{known.num_damaged} of its snapshots cannot be read and are left out.")
    return labels


def _chosen() -> Digit:
    """The visitor's digit: the test digit that Look inside shows, too, or the drawing."""
    visitor, drawing = state(), drawn_image()
    if visitor.looks_at_drawing and drawing is not None:
        return Digit(drawing, "Your drawing", None)
    return shown_test_digit()


def _choose() -> Digit:
    """Let the visitor choose a digit of each class, or the drawing."""
    visitor, drawing = state(), drawn_image()
    chosen = _chosen()

    def choose(option: int | str) -> None:
        visitor.looks_at_drawing = option == DRAWING
        if option not in (DRAWING, chosen.label):
            visitor.test_index = int(np.argmax(mnist.load().test.labels == option))

    options = [*range(mnist.NUM_CLASSES), *([DRAWING] if drawing is not None else [])]
    now = DRAWING if chosen.label is None else chosen.label
    pick("The digit sent through it", options, "stage-digit", now, choose, wrap=True)
    if drawing is None:
        st.page_link("pages/draw.py", label="Or draw one of your own", icon=":material/draw:")
    return chosen


def _reading(run: Run, known: Stages, chosen: Digit, labels: Mapping[int, str]) -> None:
    seen = {step: one for step, one in known.seen(key_of(chosen.image)).items() if step in labels}
    if not seen:
        return
    reading(
        run.id,
        list(seen),
        [labels[step] for step in seen],
        np.array([one.probabilities for one in seen.values()]),
        key=f"reading-{run.id}",
        picture=to_bytes(chosen.image),
        name=chosen.name,
        expected=chosen.label,
    )


def _filters(run: Run, known: Stages, glances: Mapping[int, Glance]) -> None:
    """The filters that look straight at the picture."""
    pictures = [one.filters for one in glances.values() if one.filters is not None]
    if not pictures:
        st.caption("The first layer with weights does not look straight at the picture: it has no filters to show.")
        return

    def make() -> Group:
        index = known.architecture.with_kernels[0]
        shown, total = len(pictures[0]), known.architecture.weight_shapes[f"{index}/kernel"][-1]
        number = f"{shown}" if shown == total else f"{shown} of the {total}"
        note = "orange adds where there is ink, blue takes away"
        return group(f"{number} filters of the first layer", note, np.stack(pictures))

    prepared = known.kept("filters", tuple(glances.values()), make)
    frames(run.id, list(glances), [prepared], key=f"filters-{run.id}", size=FILTER_SIZE, name="filter")


def _maps(run: Run, known: Stages, seen: Mapping[int, Seen]) -> None:
    """What the layers make of the chosen digit."""
    if not seen:
        return
    layers = known.architecture.layers

    def make() -> list[Group]:
        found = []
        for place, layer in enumerate(next(iter(seen.values())).maps):
            index = layer.layer_index
            pictures = np.stack([one.maps[place].maps for one in seen.values()])
            found.append(group(layer_name(known.architecture, index), short(layers[index]), pictures))
        return found

    prepared = known.kept("maps", tuple(seen.values()), make)
    frames(run.id, list(seen), prepared, key=f"maps-{run.id}", size=MAP_SIZE, name="map")


@cache
def _shown() -> np.ndarray:
    """Indices of the test digits that are sent: the first of each class, in order."""
    labels = mnist.load().test.labels[: snapshots.NUM_TEST]
    return np.sort(np.concatenate([np.flatnonzero(labels == label)[:OF_EACH] for label in range(mnist.NUM_CLASSES)]))


def _gallery(run: Run, known: Stages) -> None:
    """Test digits with their readings, the drawing first; a click sends one through the network."""
    drawing, test, shown = drawn_image(), mnist.load().test, _shown()
    st.markdown("**Test digits** · watched only, nothing is learned from them")
    if known.problem:
        st.caption(f"They could not be read: {message(known.problem)}")
        st.button("Try again", key="look-again", on_click=known.try_again)
    looks = known.looks()
    own = None
    if drawing is not None and (seen := known.seen(key_of(drawing))):
        picture = to_bytes(drawing)
        own = Own(picture, list(seen), np.array([one.probabilities for one in seen.values()]))
    digits(
        run.id,
        list(looks),
        np.array([look.read_as[shown] for look in looks.values()]),
        np.array([look.sureness[shown] for look in looks.values()]),
        key=f"digits-{run.id}",
        images=test.images[shown, ..., 0],
        labels=test.labels[shown],
        own=own,
        num_shown=NUM_SHOWN,
        on_choose=_look_at,
    )


def _look_at(index: int) -> None:
    """Look at the drawing, or at the digit that stands there."""
    visitor = state()
    visitor.looks_at_drawing = index == MINE
    if MINE < index < len(_shown()):
        visitor.test_index = int(_shown()[index])


def _matrix(run: Run, known: Stages) -> None:
    """The confusion matrix over the first test digits."""
    looks, labels = known.looks(), mnist.load().test.labels[: snapshots.NUM_TEST]
    st.markdown(f"**Confusion matrix** · the first {snapshots.NUM_TEST:,} test digits")
    counts = np.array([confusion_matrix(labels, look.read_as) for look in looks.values()])
    confusion_of_stages(run.id, list(looks), counts, key=f"matrices-{run.id}")


def _sizes(run: Run, known: Stages, glances: Mapping[int, Glance]) -> None:
    """How large the weights, their changes and their gradients are."""
    st.markdown("**How much each layer moves**")
    layers = known.architecture.layers
    indices = known.architecture.with_kernels
    names = [(layer_name(known.architecture, k), colours.LAYERS[type(layers[k]).__name__]) for k in indices]
    looks, steps = known.looks(), list(glances)
    sizes(
        run.id,
        names,
        [
            Column("Weights", steps, np.array([one.sizes for one in glances.values()])),
            Column("Change since the stage before", steps, np.array([one.changes for one in glances.values()]), True),
            Column("Gradient", list(looks), np.array([look.gradients for look in looks.values()])),
        ],
        key=f"sizes-{run.id}",
    )
    st.caption(
        "Of each layer's kernel: the root mean square of its weights; that of their difference to the stage before, in "
        "per cent of the weights then; and that of the gradient of the mean loss over the first "
        f"{snapshots.NUM_TRAIN} training images, with nothing dropped out, distorted or regularised. Each column has "
        "one logarithmic scale for all layers."
    )
