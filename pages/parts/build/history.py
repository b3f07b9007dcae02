"""Undo and redo of every edit of the draft, each described before it is done."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import partial

import streamlit as st

from cnnlab.nn.layers import Layer
from ui.components.presses import presses
from ui.state import Draft, state

MAX_TOLD = 3
"""So many changes are described one by one."""
NONE = {"train_size": "all", "strides": "the pool size"}
"""What None means."""


def buttons() -> None:
    """Show the buttons that take the last edit back, and do it again."""
    visitor = state()
    acts = {"Undo": partial(_go, "Undo", visitor.undo), "Redo": partial(_go, "Redo", visitor.redo)}
    shortcuts = {"Undo": "Ctrl+Z", "Redo": "Ctrl+Shift+Z"}
    presses("presses-history", acts, shortcuts)
    for label, icon, drafts in (("Undo", "undo", visitor.done), ("Redo", "redo", visitor.undone)):
        st.button(
            label,
            key=label,  # one button, whatever its help says: it may stand on the page twice while that is redrawn
            icon=f":material/{icon}:",
            type="tertiary",
            shortcut=shortcuts[label],
            disabled=not drafts,
            on_click=acts[label],
            help=described(visitor.draft, drafts[-1]) if drafts else None,
        )


def _go(label: str, act: Callable[[], None]) -> None:
    """Undo or redo; what cannot be seen on this page is said in a toast."""
    before = state().draft
    act()
    if state().draft.layers == before.layers and state().draft != before:
        st.toast(f"{label}: {described(before, state().draft)}", icon=":material/history:")


def described(before: Draft, after: Draft) -> str:
    """Tell what is changed by going from one draft to another: 'Layer 2: filters 16 → 8'."""
    changes = [*_layers(before.layers, after.layers), *_settings(before, after)]
    if len(changes) > MAX_TOLD:
        return f"{'; '.join(changes[:MAX_TOLD])}; and more"
    return "; ".join(changes)


def _layers(before: tuple[Layer, ...], after: tuple[Layer, ...]) -> Iterator[str]:
    """What happens to the layers."""
    kinds, goals = (Counter(type(layer).__name__ for layer in layers) for layers in (before, after))
    if [type(layer) for layer in before] == [type(layer) for layer in after]:
        for number, (old, new) in enumerate(zip(before, after, strict=True), 1):
            if old != new:
                yield f"Layer {number}: {', '.join(_fields(old, new))}"
    elif kinds == goals:
        yield "Layers in another order"
    else:
        for sign, names in (("-", kinds - goals), ("+", goals - kinds)):
            yield from (f"{sign} {name}" for name in names.elements())


def _settings(before: Draft, after: Draft) -> Iterator[str]:
    """What happens to how, on what and from which seed the network is trained."""
    yield from _fields(before.training, after.training)
    yield from _fields(before.data, after.data)
    if before.seed != after.seed:
        yield f"seed {before.seed} → {after.seed}"


def _fields(old: object, new: object) -> Iterator[str]:
    """The fields that differ between two values of one dataclass, each with both of its values."""
    for field in fields(old):  # type: ignore[arg-type]
        name, values = field.name, [getattr(one, field.name) for one in (old, new)]
        if values[0] != values[1]:
            was, becomes = (NONE[name] if value is None else value for value in values)
            yield f"{name.replace('_', ' ')} {was} → {becomes}"
