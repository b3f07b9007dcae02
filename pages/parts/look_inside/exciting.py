"""Excited by: the test digits that excite each filter or unit most, with the part that it saw."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.explain import excitation
from cnnlab.explain.excitation import NUM_DIGITS, Exciting
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D
from cnnlab.nn.receptive_field import Box, ReceptiveField
from ui import colours
from ui.components.gallery import Item, gallery
from ui.computed import computed
from ui.lesson import code, try_this
from ui.subject import Subject

LARGE, SMALL = 4, 2
"""Screen pixels a picture's pixel has, for the chosen unit and in the overview."""
GAP = 2
ONE_WIDTH, ALL_WIDTH, HEIGHT = 366, 410, 590
FRAME = "#FF9E2C"
DIMMED = 0.45


@st.fragment
def show(subject: Subject) -> None:
    """Show one layer's units, one of them large; only this part runs again when a choice changes."""
    experiment = subject.network.experiment
    architecture = experiment.architecture
    layer_index = choose_layer(architecture)
    found = computed(
        f"Searching {NUM_DIGITS:,} test digits", excitation.most_exciting, experiment, subject.network.weights
    )
    if found is None:
        return
    units = found[layer_index]
    with st.container(horizontal=True, gap="medium"):
        one, every = st.container(width=ONE_WIDTH), st.container(width=ALL_WIDTH)
    with every:
        all_units(architecture, layer_index, units)
    with one:
        one_unit(architecture, layer_index, units, asked_unit(len(units.indices)))
    try_this(
        "a filter of the first layer, one of the second, and a unit of the last.",
        "how much more the framed parts have in common than the digits: a filter answers to a piece, not to a digit.",
    )
    code(excitation.search, ReceptiveField.after)


def choose_layer(architecture: Architecture) -> int:
    """Let the visitor choose a layer that has filters or units."""
    layers = architecture.with_kernels
    names = {index: f"{index + 1}. {type(architecture.layers[index]).__name__}" for index in layers}
    return st.segmented_control(
        "Layer",
        layers,
        default=layers[0],
        required=True,
        format_func=names.__getitem__,
        key=f"exciting-layer-{'-'.join(names.values())}",
        persist_state="session",
    )


def asked_unit(num_units: int) -> int:
    """Which unit the address asks for."""
    asked = st.query_params.get("unit", "0")
    return min(int(asked), num_units - 1) if asked.isascii() and asked.isdigit() else 0


def name_of(architecture: Architecture, layer_index: int, unit: int) -> str:
    """A unit in two words."""
    layer = architecture.layers[layer_index]
    if isinstance(layer, Conv2D):
        return f"filter {unit}"
    return f"class {unit}" if layer is architecture.layers[-1] else f"unit {unit}"


def all_units(architecture: Architecture, layer_index: int, units: Exciting) -> None:
    """Show every unit's four best digits; a click chooses the unit, and the address has it."""
    st.markdown("**All of this layer**, each with its first four: choose one.")
    with st.container(height=HEIGHT, border=False):
        chosen = gallery(
            [
                Item(four(architecture, layer_index, units, unit), name_of(architecture, layer_index, unit))
                for unit in range(len(units.indices))
            ],
            key=f"exciting-all-{layer_index}",
            describe="All of this layer, each with the four digits that excite it most",
            size=2 * SMALL * 28 + GAP,
            choose="Show nine of",
        )
    if chosen is not None:
        st.query_params["unit"] = str(chosen)


def four(architecture: Architecture, layer_index: int, units: Exciting, unit: int) -> np.ndarray:
    """A unit's four best digits in a square: uint8 (h, w, 4), see-through between them."""
    square = np.zeros((2 * SMALL * 28 + GAP, 2 * SMALL * 28 + GAP, 4), np.uint8)
    for place in range(4):
        top, left = ((SMALL * 28 + GAP) * at for at in divmod(place, 2))
        picture = framed(architecture, layer_index, units, unit, place, SMALL)
        square[top : top + len(picture), left : left + len(picture)] = picture
    return square


def one_unit(architecture: Architecture, layer_index: int, units: Exciting, unit: int) -> None:
    """Show a unit's nine best digits."""
    labels = mnist.load().test.labels[units.indices[unit]]
    name = name_of(architecture, layer_index, unit)
    st.markdown(f"**{name.capitalize()}** is excited most by these. {sees(architecture, layer_index)}")
    gallery(
        [
            Item(framed(architecture, layer_index, units, unit, place, LARGE), f"a {label}", f"{value:.2f}")
            for place, (label, value) in enumerate(zip(labels, units.values[unit], strict=True))
        ],
        key="exciting-one",
        describe=f"The digits that excite {name} most, the strongest first, with its value",
        size=28 * LARGE,
    )
    activation = getattr(architecture.layers[layer_index], "activation", "linear")
    before = "" if activation == "linear" else f", before {activation}"
    said = f"Below each digit: the largest value{before}, of {NUM_DIGITS:,} test digits."
    if activation == "relu" and units.values[unit, 0] <= 0:
        said += " None is above zero: after relu it never answers, it is dead."
    st.caption(said)


def sees(architecture: Architecture, layer_index: int) -> str:
    """How much of the picture a unit of the layer sees."""
    summary = architecture.summaries[layer_index]
    side = summary.receptive_field
    if len(summary.output_shape) == 1 and side == max(architecture.input_shape):
        return "It sees the whole digit."
    is_padded = any(getattr(layer, "padding", "") == "same" for layer in architecture.layers[: layer_index + 1])
    return f"Framed: the {side} x {side} pixels{', fewer at an edge,' * is_padded} behind its largest value."


def framed(
    architecture: Architecture, layer_index: int, units: Exciting, unit: int, place: int, scale: int
) -> np.ndarray:
    """A digit enlarged, with a frame around what the unit saw of it and the rest dimmed: uint8 (h, w, 4)."""
    image = mnist.load().test.images[units.indices[unit, place], ..., 0]
    seen = architecture.summaries[layer_index].seen((*units.cells[unit, place], unit))
    return frame(image, seen, scale)


def frame(image: np.ndarray, seen: Box, scale: int) -> np.ndarray:
    """A picture, uint8 (h, w), enlarged, with a frame around a part of it: uint8 (scale h, scale w, 4)."""
    inside = np.zeros(image.shape, bool)
    inside[seen.part] = True
    grey = np.where(inside, image, image * DIMMED).astype(np.uint8)
    large = np.kron(np.dstack([grey, grey, grey, np.full_like(image, 255)]), np.ones((scale, scale, 1), np.uint8))
    if not inside.all():
        top, bottom, left, right = (scale * side for side in (seen.top, seen.bottom, seen.left, seen.right))
        width = scale // 2
        part = large[top:bottom, left:right]
        for edge in (part[:width], part[-width:], part[:, :width], part[:, -width:]):
            edge[..., :3] = colours.rgb(FRAME)
    return large
