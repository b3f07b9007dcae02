"""The layers as cards in a row: choose one, move it, add others."""

import streamlit as st

from cnnlab.architecture import LAYERS, Conv2D, Dense, Dropout, Layer
from cnnlab.limits import LIMITS
from cnnlab.source_code import layer_line
from ui.components.architecture import architecture
from ui.controls import layer_settings
from ui.figures import cards
from ui.state import component_value, state

NEW_LAYERS: dict[str, Layer] = {
    **{name: kind() for name, kind in LAYERS.items() if name not in ("Conv2D", "Dense", "Dropout")},
    "Conv2D": Conv2D(16, 3, activation="relu"),
    "Dense": Dense(32, activation="relu"),
    "Dropout": Dropout(0.25),
}
INPUT = 1
"""Cards before the first layer's."""


def selected_layer() -> int | None:
    """Index of the layer that is chosen, if it is still there."""
    selected = state().selected_layer
    return selected if selected is not None and selected < len(state().draft.layers) else None


def edit(layers: tuple[Layer, ...], selected: int | None) -> None:
    """Put other layers into the draft and select one."""
    state().change(layers=layers)
    state().selected_layer = selected


def row() -> None:
    """Show the cards; a click chooses one, dragging or Alt with an arrow key moves it."""
    layers, selected = state().draft.layers, selected_layer()
    architecture(
        cards(layers, state().draft.check()),
        key="architecture",
        selected=None if selected is None else selected + INPUT,
        on_select=_select,
        first_movable=INPUT,
        on_move=_move,
    )


def _select() -> None:
    """Take over the layer that was clicked; the input stands first in the picture."""
    clicked = component_value("architecture", "selected")
    state().selected_layer = clicked - INPUT if clicked else None


def _move() -> None:
    moved = component_value("architecture", "moved")
    layers = list(state().draft.layers)
    if moved and all(INPUT <= place < len(layers) + INPUT for place in moved):
        source, target = (place - INPUT for place in moved)
        layers.insert(target, layers.pop(source))
        edit(tuple(layers), target)


def settings() -> None:
    """Show the chosen layer's settings, what can be done with it, and what can be added."""
    layers, selected = state().draft.layers, selected_layer()
    with st.container(border=True):
        if selected is None:
            st.markdown("**Choose a layer** in the picture to change it, or add one at the end.")
        else:
            name, line = st.columns([1, 3], vertical_alignment="center")
            name.markdown(f"**Layer {selected + 1} · {type(layers[selected]).__name__}**")
            line.code(layer_line(layers[selected]), language="python", wrap_lines=True)
            layer_settings(selected, layers[selected])
            _actions(layers, selected)
        _additions(layers, len(layers) if selected is None else selected + 1)


def _actions(layers: tuple[Layer, ...], at: int) -> None:
    """What can be done with a layer as a whole."""
    layer, before, after = layers[at], layers[:at], layers[at + 1 :]
    is_full = len(layers) >= LIMITS["layers"][1]
    after_removal = min(at, len(layers) - 2) if len(layers) > 1 else None
    actions = {
        ("Move left", ":material/arrow_back:"): ((*before[:-1], layer, *before[-1:], *after), at - 1, not before),
        ("Move right", ":material/arrow_forward:"): ((*before, *after[:1], layer, *after[1:]), at + 1, not after),
        ("Duplicate", ":material/content_copy:"): ((*before, layer, layer, *after), at + 1, is_full),
        ("Remove", ":material/delete:"): ((*before, *after), after_removal, False),
    }
    with st.container(horizontal=True):
        for (label, icon), (others, selected, is_disabled) in actions.items():
            st.button(label, icon=icon, disabled=is_disabled, on_click=edit, args=(others, selected))


def _additions(layers: tuple[Layer, ...], position: int) -> None:
    """One button for each kind of layer; the new one comes to `position`."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Add:" if selected_layer() is None else "Add after it:")
        for name in LAYERS:
            st.button(
                name,
                icon=":material/add:",
                key=f"add-{name}",
                disabled=len(layers) >= LIMITS["layers"][1],
                on_click=edit,
                args=((*layers[:position], NEW_LAYERS[name], *layers[position:]), position),
            )
