"""The layers as cards in a row: choose one, move it, take it away, add others. Below, the chosen one's settings."""

from collections.abc import Callable
from functools import partial
from math import prod

import streamlit as st

from cnnlab.design.keras_script import layer_line
from cnnlab.limits import LIMITS
from cnnlab.nn.layers import LAYERS, Conv2D, Dense, Dropout, Layer, dimensions
from ui import colours
from ui.components.architecture import Kind, architecture
from ui.components.presses import presses
from ui.controls import layer_settings
from ui.figures import cards
from ui.state import state

INPUT_SHAPE = (28, 28, 1)
INPUT = 1
"""Cards before the first layer's."""
NEW_LAYERS: dict[str, Layer] = {
    **{name: kind() for name, kind in LAYERS.items() if name not in ("Conv2D", "Dense", "Dropout")},
    "Conv2D": Conv2D(16, 3, activation="relu"),
    "Dense": Dense(32, activation="relu"),
    "Dropout": Dropout(0.25),
}
WORDS = {
    "Conv2D": "Small filters slide over the maps; each looks for one pattern and makes one map.",
    "MaxPooling2D": "Keeps the largest value of each small window: smaller maps.",
    "AveragePooling2D": "Keeps the mean of each small window: smaller maps.",
    "GlobalAveragePooling2D": "Keeps one number of each map, its mean.",
    "BatchNormalization": "Brings each channel to mean 0 and variance 1, over the images that are looked at together.",
    "Flatten": "Lays all values out in one row, so that a Dense layer can read them.",
    "Dense": "Each unit weighs all the values that come in.",
    "Dropout": "Zeros some values at random while training, so that nothing is learned by heart.",
}
"""What each kind of layer does."""
PALETTE = [Kind(name=name, words=WORDS[name], colour=colours.LAYERS[name]) for name in LAYERS]


def selected_layer() -> int | None:
    """Index of the layer that is chosen; None: the input is."""
    selected, num_layers = state().selected_layer, len(state().draft.layers)
    return min(selected, num_layers - 1) if selected is not None and num_layers else None


def edit(layers: tuple[Layer, ...], selected: int | None) -> None:
    """Put other layers into the draft and select one."""
    state().change(layers=layers)
    state().selected_layer = selected


def row() -> None:
    """Show the cards, and what can be added to them."""
    layers, selected = state().draft.layers, selected_layer()
    architecture(
        cards(layers, state().draft.check(), INPUT_SHAPE),
        key="architecture",
        selected=0 if selected is None else selected + INPUT,
        on_select=_select,
        first_movable=INPUT,
        on_move=lambda source, target: move(source - INPUT, target - INPUT),
        palette=PALETTE,
        most=int(LIMITS["layers"][1]) + INPUT,
        on_add=lambda name, place: add(NEW_LAYERS[name], place - INPUT),
        on_remove=lambda place: remove(place - INPUT),
    )


def _select(place: int) -> None:
    """Take over the card that was clicked; the input's stands first."""
    state().selected_layer = place - INPUT if place else None


# What can be done, by layer index. What a browser tells may be older than the draft: what is not there is left alone.


def move(source: int, target: int) -> None:
    """Take a layer out and put it in again so that it is at `target`."""
    layers = list(state().draft.layers)
    if 0 <= source < len(layers) and 0 <= target < len(layers):
        layers.insert(target, layers.pop(source))
        edit(tuple(layers), target)


def add(layer: Layer, at: int) -> None:
    """Put a layer in so that it is at this place."""
    layers = state().draft.layers
    if 0 <= at <= len(layers) < LIMITS["layers"][1]:
        edit((*layers[:at], layer, *layers[at:]), at)


def remove(at: int) -> None:
    """Take a layer away; the one behind it is selected then."""
    layers = state().draft.layers
    if 0 <= at < len(layers):
        edit((*layers[:at], *layers[at + 1 :]), min(at, len(layers) - 2) if len(layers) > 1 else None)


def settings() -> None:
    """Show the chosen layer: its code, its settings, and what can be done with it."""
    layers, selected = state().draft.layers, selected_layer()
    with st.container(border=True):
        if selected is None:
            st.markdown("**Input** · what comes in")
            st.markdown(
                f"One digit: {dimensions(INPUT_SHAPE)} numbers, {prod(INPUT_SHAPE)} pixels in one channel. Choose "
                "another card to change it; what you add now comes first."
            )
            return
        layer = layers[selected]
        name, line = st.columns([1, 3], vertical_alignment="center")
        name.markdown(f"**Layer {selected + 1} · {type(layer).__name__}**")
        line.code(layer_line(layer), language="python", wrap_lines=True)
        st.caption(WORDS[type(layer).__name__])
        layer_settings(selected, layer)
        _actions(layers, selected)


def _actions(layers: tuple[Layer, ...], at: int) -> None:
    """What can be done with a layer as a whole."""
    with st.container(horizontal=True):
        presses("presses-layer", {label: partial(_act, act) for label, act in ACTIONS.items()})
        for label, icon, is_disabled in (
            ("Move left", "arrow_back", at == 0),
            ("Move right", "arrow_forward", at == len(layers) - 1),
            ("Duplicate", "content_copy", len(layers) >= LIMITS["layers"][1]),
            ("Remove", "delete", False),
        ):
            act = partial(_act, ACTIONS[label])
            st.button(label, key=label, icon=f":material/{icon}:", disabled=is_disabled, on_click=act)


ACTIONS: dict[str, Callable[[int], None]] = {
    "Move left": lambda at: move(at, at - 1),
    "Move right": lambda at: move(at, at + 1),
    "Duplicate": lambda at: add(state().draft.layers[at], at + 1),
    "Remove": remove,
}
"""What is done with the layer at an index."""


def _act(act: Callable[[int], None]) -> None:
    """Do it with the layer that is chosen now: a moment ago it may have been another one."""
    if (at := selected_layer()) is not None:
        act(at)
