"""Filters: the kernels of every convolution layer, and what happens when one is switched off or typed over."""

from dataclasses import replace

import numpy as np
import streamlit as st

from cnnlab.evaluation import predict
from cnnlab.explain import ablation
from cnnlab.explain.ablation import Changes
from cnnlab.nn.layers import Conv2D
from cnnlab.nn.weights import Weights
from ui.components.maps import maps
from ui.components.probabilities import probabilities
from ui.computed import computed
from ui.controls import choose
from ui.figures import first_kernels
from ui.filter_table import reset_kernel, typed_kernel
from ui.frame import fragment
from ui.lesson import try_this
from ui.networks import Network
from ui.state import state
from ui.subject import Subject
from ui.widgets import control, lasting

NUMBER, NORM, LIKENESS, IMPORTANCE = "Number", "Norm", "Likeness", "Importance"
AFTER, BEFORE = "After training", "Before"
LAYER, FILTER = "by layer", "by filter"
KERNEL_SIZE, PART_SIZE, TABLE_WIDTH, ANSWER_WIDTH, PARTS_WIDTH = 48, 48, 270, 260, 240
NUM_IMAGES = 1_000
MAX_PARTS = 16


@fragment
def show(subject: Subject) -> None:
    """Show one layer's filters and one of them in detail; only this part runs again after a change."""
    network = subject.network
    every = network.experiment.architecture.layers
    layers = {index: layer for index, layer in enumerate(every) if isinstance(layer, Conv2D)}
    if not layers:
        first_kernels(network.experiment.architecture, network.weights)
        return
    grid = st.container()
    with st.container(horizontal=True, gap="small"):
        layer_index = choose("Layer", list(layers), "filters-Layer", format_func=lambda index: f"{index + 1}. Conv2D")
        order = lasting(st.selectbox, "Order by", (NUMBER, NORM, LIKENESS, IMPORTANCE), key="filters-order", width=130)
        scale = choose("Colours", (LAYER, FILTER), "filters-Colours")
        when = choose("Weights", (AFTER, BEFORE), "filters-Weights")
    weights = _weights(network, when)
    if weights is None:
        return
    with grid:
        chosen = _grid(network, weights, layer_index, order, scale)
    if when == BEFORE:
        st.caption("This is how training began: random numbers. Only what was learned can be changed.")
        return
    _one_filter(subject, layers[layer_index], layer_index, chosen)
    try_this(
        "switching off the first filter of “Importance”, then the last; or typing nines over a learned number.",
        "that the network hardly needs some of its filters, and that the answer may stay while its sureness goes.",
    )


def _weights(network: Network, when: str) -> Weights | None:
    """The weights with what was changed by hand, or those that training began from."""
    if when == AFTER:
        return _changes(network).apply(network.weights)
    return computed("Drawing the first weights again from the seed", predict.initial_weights, network.experiment)


def _changes(network: Network) -> Changes:
    return state().changes.get(network.run_id, Changes())


def _order(network: Network, layer_index: int, order: str) -> tuple[np.ndarray, list[str]]:
    """In which order to show the filters, and a word on each."""
    kernel = network.weights[f"{layer_index}/kernel"]
    number = np.arange(kernel.shape[-1])
    if order == NORM:
        return ablation.by_norm(kernel), [f" · {norm:.2g}" for norm in ablation.norms(kernel)]
    if order == LIKENESS:
        return ablation.by_similarity(kernel), [""] * len(number)
    if order == IMPORTANCE:
        what = f"Reading {NUM_IMAGES:,} test digits without each of the {len(number)} filters"
        accuracy = computed(
            what, ablation.without_each_filter, network.experiment, network.weights, layer_index, NUM_IMAGES
        )
        if accuracy is not None:
            return np.argsort(accuracy, kind="stable"), [f" · {share:.1%}" for share in accuracy]
    return number, [""] * len(number)


def _grid(network: Network, weights: Weights, layer_index: int, order: str, scale: str) -> int:
    """Show each filter as a picture; return the chosen one."""
    kernel = weights[f"{layer_index}/kernel"]
    shown, words = _order(network, layer_index, order)
    channels = ablation.strongest_channels(kernel)
    off = {index for layer, index in _changes(network).off if layer == layer_index}
    what = "orange adds where there is ink, blue takes away"
    if kernel.shape[2] > 1:
        planes = f"of each filter's {kernel.shape[2]} planes, one an input map"
        what = f"{planes}, the strongest: orange adds, blue takes away"
    titles = {
        IMPORTANCE: f"Right of {NUM_IMAGES:,} test digits without it; ",
        NORM: "Length of its weights as one vector; ",
    }
    place = maps(
        kernel[:, :, channels[shown], shown].transpose(2, 0, 1),
        key=f"filters-{layer_index}-{kernel.shape}",
        titles=[f"{index}{' · off' if index in off else words[index]}" for index in shown],
        kind="diverging",
        scale="layer" if scale == LAYER else "map",
        selected=0,
        report=True,
        enlarge=False,
        size=KERNEL_SIZE,
        describe=f"{titles.get(order, '')}{what}",
    )
    return int(shown[place or 0])


def _one_filter(subject: Subject, layer: Conv2D, layer_index: int, index: int) -> None:
    """Let a filter be changed, and show what that does to the reading and what its input channels add."""
    st.subheader(f"Filter {index} of layer {layer_index + 1}")
    with st.container(horizontal=True, gap="small"):
        with st.container(width=PARTS_WIDTH):
            _parts(subject, layer, layer_index, index)
        with st.container(width=TABLE_WIDTH):
            _change(subject.network, layer_index, index)
        with st.container(width=ANSWER_WIDTH):
            _answer(subject)


def _change(network: Network, layer_index: int, index: int) -> None:
    """Let the filter be switched off, or a plane of it be typed over."""
    changes = _changes(network)
    learned = network.weights[f"{layer_index}/kernel"][..., index]

    def switch(is_off: bool) -> None:
        state().changes[network.run_id] = changes.switched(layer_index, index, off=is_off)

    control(
        st.toggle,
        "Switched off",
        f"off-{network.run_id}-{layer_index}-{index}",
        (layer_index, index) in changes.off,
        switch,
        help="Its kernel and its bias are set to zero.",
    )
    channel = 0
    if learned.shape[2] > 1:
        strongest = int(ablation.strongest_channels(learned[..., np.newaxis])[0])
        last = learned.shape[2] - 1
        channel = st.number_input(f"Plane (0 to {last})", 0, last, strongest, key=f"plane-{layer_index}-{index}")
    st.caption("Type over its numbers:")
    plane = (layer_index, index, channel)
    numbers = typed_kernel(learned[:, :, channel, np.newaxis, np.newaxis], _table(network, plane), "what was learned")
    numbers = numbers[..., 0, 0]
    if not np.array_equal(numbers, changes.planes.get(plane, learned[:, :, channel])):
        state().changes[network.run_id] = changes.typed(plane, numbers)
        st.rerun()
    if changes.off or changes.planes:
        st.button("Undo all changes", icon=":material/undo:", on_click=_undo, args=(network,))


def _table(network: Network, plane: ablation.Plane) -> str:
    return f"{network.run_id}-{'-'.join(map(str, plane))}"


def _undo(network: Network) -> None:
    """Go back to what was learned."""
    for plane in state().changes.pop(network.run_id, Changes()).planes:
        layer_index, filter_index, channel_index = plane
        learned = network.weights[f"{layer_index}/kernel"][:, :, channel_index, filter_index]
        reset_kernel(learned[..., np.newaxis, np.newaxis], _table(network, plane))


def _answer(subject: Subject) -> None:
    """Show how the changed network reads the digit, and its accuracy as soon as that is known."""
    network, changes = subject.network, _changes(subject.network)
    changed = replace(network, weights=changes.apply(network.weights))
    answer = changed.trace(subject.image)[-1].output
    st.markdown(f"**How it reads {subject.name[:1].lower()}{subject.name[1:]}**")
    probabilities(answer, key="filters-answer")
    if not (changes.off or changes.planes):
        st.caption("Switch the filter off, or type over a number: the answer changes at once.")
        return
    if not np.isfinite([*answer, *subject.probabilities]).all():
        return
    digit = int(subject.probabilities.argmax())
    st.markdown(f"{digit}: **{answer[digit]:.1%}**, before the change {subject.probabilities[digit]:.1%}")
    what = "Reading 10,000 test digits"
    before = computed(f"{what} as it was", predict.test_accuracy, network.experiment, network.weights)
    after = computed(f"{what} with the change", predict.test_accuracy, network.experiment, changed.weights)
    if before is not None and after is not None:
        st.metric("Test accuracy with the change", f"{after:.2%}", f"{100 * (after - before):+.2f} points")


def _parts(subject: Subject, layer: Conv2D, layer_index: int, index: int) -> None:
    """Show what each input channel adds to the filter's map for this digit."""
    weights = _changes(subject.network).apply(subject.network.weights)
    values = subject.network.trace(subject.image)[layer_index - 1].output if layer_index else subject.prepared
    parts = ablation.channel_maps(values, weights[f"{layer_index}/kernel"], index, layer)
    strongest = np.argsort(-np.abs(parts).sum(axis=(1, 2)), kind="stable")[:MAX_PARTS]
    bias = weights.get(f"{layer_index}/bias", np.zeros(layer.filters))[index]
    pictures, titles = parts.sum(axis=0, keepdims=True) + bias, [f"all added up, {bias:+.3g} (bias)"]
    describe, size = f"Its map of this digit, before the activation {layer.activation}", PARTS_WIDTH // 2
    if len(parts) > 1:
        pictures = np.concatenate([pictures, parts[strongest]])
        titles += [f"from map {channel}" for channel in strongest]
        least = f" The {MAX_PARTS} strongest of {len(parts)}." if len(parts) > MAX_PARTS else ""
        describe = f"What each input map adds for this digit, before the activation {layer.activation}.{least}"
        size = PART_SIZE
    key = f"filters-parts-{layer_index}"
    maps(pictures, key=key, titles=titles, kind="diverging", size=size, describe=describe)
