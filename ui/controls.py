"""Shared controls: a choice that is kept, and the settings of a layer and of the training.

Every slider and number field reads its limits from the table that the validators read, `cnnlab.limits`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import streamlit as st

from cnnlab.experiment import LOSSES, NUM_TRAINING_IMAGES, OPTIMIZERS, SCHEDULES
from cnnlab.limits import LIMITS
from cnnlab.nn.layers import INITIALIZERS, PADDINGS, SOBEL, Conv2D, Layer
from cnnlab.nn.operations import ACTIVATIONS
from ui.address import asked_one_of, came_by_history, write
from ui.state import state
from ui.widgets import control, kept, lasting, pick

T = TypeVar("T")
SELDOM = ("use_bias", "kernel_initializer", "l1", "l2", "trainable")
"""Settings of a layer that stand behind a button."""
TRAINING = ("optimizer", "learning_rate", "schedule", "batch_size", "epochs", "early_stopping", "loss", "seed")
NARROW_WIDTH = 154
"""Two controls beside each other on a phone."""

HELP = {
    "filters": "How many different patterns the layer looks for; each one gives a map.",
    "kernel_size": "Side of the square that a filter sees at once.",
    "strides": "How far the window moves from one value to the next.",
    "padding": "valid: only whole windows; same: a border of zeros keeps the size.",
    "dilation_rate": "Gaps between a kernel's cells: 2 leaves out every other pixel.",
    "activation": "What is done to each value at the end: relu keeps what is above zero.",
    "use_bias": "Whether a learned number is added to each sum.",
    "kernel_initializer": "How the kernel's first numbers are drawn; sobel: filters that find edges.",
    "l1": "Regularisation: adds this times the sum of all kernel values without their signs to the loss.",
    "l2": "Regularisation: adds this times the sum of all squared kernel values to the loss.",
    "trainable": "Whether training changes this layer; switched off, it stays as it began.",
    "pool_size": "Side of the square that becomes one value.",
    "units": "How many outputs, each a weighted sum of all inputs.",
    "rate": "Which part of the values is set to zero in each training step.",
    "optimizer": "How a step is made from the gradient.",
    "learning_rate": "How long a step is.",
    "loss": "What is made small.",
    "batch_size": "How many images are looked at before each step.",
    "epochs": "How many times all images are looked at.",
    "schedule": "constant: the same steps to the end; cosine and exponential: they get shorter, to 0 or to 1 %.",
    "early_stopping": "Ends training after so many epochs in a row without a lower validation loss; 0: never.",
    "train_size": "How many images are learned from.",
    "validation_size": "How many training images are held back to check on.",
    "normalise": "Pixels from 0 to 1 instead of 0 to 255.",
    "label_noise": "Share of the labels that are shuffled among each other: the network is taught what is wrong.",
    "shift": "Each time an image is learned from, it is shifted at random, by up to so many pixels.",
    "rotation": "The same: turned, by up to so many degrees.",
    "zoom": "The same: made smaller or larger, by up to this share.",
    "noise": "The same: a random number is added to each pixel; this is their standard deviation.",
    "permute_pixels": "All images have their pixels in one other order: is a convolution still of use?",
    "seed": "Decides every random choice: the same seed gives the same run.",
}
CHOICES: dict[str, Sequence[str]] = {
    "padding": PADDINGS,
    "activation": tuple(ACTIVATIONS),
    "schedule": SCHEDULES,
    "optimizer": tuple(OPTIMIZERS),
    "loss": LOSSES,
}


def choose(label: str, options: Iterable[T], key: str, default: T | None = None, **look: Any) -> T:
    """Show a row of options, of which one is always chosen, at first `default` if it is one; kept for the visit."""
    names = list(options)
    first = default if default in names else names[0]
    return lasting(st.segmented_control, label, names, default=first, required=True, key=key, **look)


def slide(label: str, low: float, high: float, value: float, key: str, width: int = 160, **look: Any) -> Any:
    """Show a slider, at first at `value`; kept for the visit. `step` is 1, or 0.01 for floats."""
    return lasting(st.slider, label, low, high, value, key=key, width=width, **look)


def choose_in_address(
    name: str, options: Sequence[T], label: str, *, first: T, otherwise: T | None = None, **look: Any
) -> T:
    """Show a row of options, of which the chosen one is kept for the visit and stands in the address, as `?name=`.

    `otherwise` is chosen, by default `first`, where what was chosen before is no longer among the options.
    """
    key, wanted = f"chosen-{name}", asked_one_of(name, map(str, options))
    choice = kept(key, first)
    unasked = first if came_by_history() else choice.now
    choice.now = next((option for option in options if str(option) == wanted), unasked)
    if choice.now not in options:
        choice.now = first if otherwise is None else otherwise
    if choice.now != first:
        write(**{name: str(choice.now)})

    def apply(value: T) -> None:
        choice.now = value
        write(**{name: str(value)})

    pick(label, options, key, choice.now, apply, **look)
    return choice.now


def words(name: str) -> str:
    """A setting's name as a label: 'kernel_size' is 'Kernel size'."""
    return name.replace("_", " ").capitalize()


def setting(name: str, value: Any, key: str, apply: Callable[[Any], None], label: str = "", **look: Any) -> None:
    """Show the control that belongs to one setting; `apply` is given the new value and may raise ValueError.

    `look` is given to the widget instead of what is usual.
    """
    options: dict[str, Any] = {"help": HELP[name]}
    widget: Callable[..., Any] = st.slider
    if name in CHOICES:
        widget, options["options"] = st.selectbox, list(CHOICES[name])
    elif isinstance(value, bool):
        widget = st.toggle
    elif name == "learning_rate":
        widget, options["format"], options["step"] = st.number_input, "%g", 0.001
    elif name in ("l1", "l2"):
        widget, options["format"], options["step"] = st.number_input, "%g", 0.0001
    elif name in ("rate", "label_noise", "zoom", "noise"):
        options["step"] = 0.05
    elif name in ("seed", "train_size", "validation_size", "batch_size", "units"):
        widget = st.number_input
    if widget in (st.slider, st.number_input):
        options["min_value"], options["max_value"] = LIMITS[name]
    control(widget, label or words(name), key, value, apply, **options | look)


def layer_settings(index: int, layer: Layer) -> None:
    """Show the settings of layer `index` of the draft; those that are seldom changed stand behind a button."""
    if not fields(layer):
        st.caption("This layer has no settings.")
    names = [field.name for field in fields(layer)]
    row = st.container(horizontal=True, vertical_alignment="bottom")
    for name in names:
        if name not in SELDOM:
            with row.container(width=NARROW_WIDTH):
                _layer_setting(index, layer, name)
    if seldom := [name for name in names if name in SELDOM]:
        changed = sum(getattr(layer, field.name) != field.default for field in fields(layer) if field.name in seldom)
        label = f"More ({changed} changed)" if changed else "More"
        with row.popover(label, icon=":material/tune:"):
            for name in seldom:
                _layer_setting(index, layer, name)


def _layer_setting(index: int, layer: Layer, name: str) -> None:
    def apply(value: Any) -> None:
        layers = list(state().draft.layers)
        if index < len(layers) and type(layers[index]) is type(layer):
            layers[index] = replace(layers[index], **{name: value})
            state().change(layers=tuple(layers))

    key, value = f"layer-{index}-{type(layer).__name__}-{name}", getattr(layer, name)
    look: dict[str, Any] = {}
    if name == "strides" and not isinstance(layer, Conv2D):
        look["options"] = [None, *range(1, int(LIMITS["strides"][1]) + 1)]
        look["format_func"] = lambda strides: "as the pool size" if strides is None else str(strides)
    elif name == "kernel_initializer":
        look["options"] = [*INITIALIZERS, *([SOBEL] if isinstance(layer, Conv2D) else [])]
    if look:
        control(st.selectbox, words(name), key, value, apply, help=HELP[name], **look)
    else:
        setting(name, value, key, apply)


def training_settings() -> None:
    """Show the draft's training and data settings and its seed, in three groups."""

    def row(names: Sequence[str], show: Callable[[str], None]) -> None:
        with st.container(horizontal=True):
            for name in names:
                with st.container(width=NARROW_WIDTH):
                    show(name)

    steps, data, distorted = st.tabs(["Learning", "Images", "Augmentation"])
    with steps:
        row(TRAINING, training_setting)
    with data:
        row(("train_size", "validation_size", "label_noise", "normalise", "permute_pixels"), data_setting)
    with distorted:
        st.caption("No image is learned from twice alike. The Data page shows what becomes of one.")
        row(("shift", "rotation", "zoom", "noise"), data_setting)


def training_setting(name: str) -> None:
    """Show the control of the seed, or of one of the draft's training settings; an optimizer brings its usual rate."""
    draft = state().draft

    def apply(value: Any) -> None:
        changes = {name: value} | ({"learning_rate": OPTIMIZERS[value]} if name == "optimizer" else {})
        state().change(training=replace(state().draft.training, **changes))

    if name == "seed":
        setting(name, draft.seed, name, lambda value: state().change(seed=value))
    else:
        setting(name, getattr(draft.training, name), f"training-{name}", apply)


def data_setting(name: str) -> None:
    """Show the control of one of the draft's data settings; as many training images as there are mean all of them."""
    data = state().draft.data

    def apply(value: Any) -> None:
        now = state().draft.data
        if name == "train_size" and value == NUM_TRAINING_IMAGES - now.validation_size:
            value = None
        state().change(data=replace(now, **{name: value}))

    key = f"data-{name}"
    if name == "train_size":
        look = {"max_value": NUM_TRAINING_IMAGES, "step": 1_000}
        setting(name, data.num_train, key, apply, "Training images", **look)
    else:
        setting(name, getattr(data, name), key, apply)
