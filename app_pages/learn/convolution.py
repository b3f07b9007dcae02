"""Convolution: a filter slides over a picture, one cell at a time; what its settings do; layers on layers."""

from math import prod

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.architecture import PADDINGS, Conv2D, check
from cnnlab.kernels import (
    KERNEL_PRESETS,
    SIZES,
    TOLERANCE,
    edge_share,
    exciting_patches,
    moved_along,
    shift,
    turn,
)
from cnnlab.limits import LIMITS
from cnnlab.network import forward
from cnnlab.operations import conv2d, conv2d_at, pad_widths
from ui.cached import starter_network
from ui.components.maps import maps
from ui.components.window import convolution_window, field_window
from ui.controls import HELP
from ui.glossary import term
from ui.lesson import code, next_station, notes_say, predict, station, try_this
from ui.sources import choose_picture

CELL_WIDTH = 52
SETTING_WIDTH = 150
FIRST_PRESET = {1: "Sobel x", 3: "Red"}
ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh")
MAX_WEIGHT, MAX_BIAS, MAX_SHIFT = 10.0, 2.0, 6
PLANES = {1: ("",), 3: ("Red plane", "Green plane", "Blue plane")}
MAP_SIZE = 170
DOT_SIDE, NUM_EXAMPLES = 7, 150
NO_BIAS = np.zeros(1, np.float32)


def typed_kernel(kernel: np.ndarray, name: str) -> np.ndarray:
    """Show each plane of a filter as a table that can be typed into; return what is in them now."""
    side, channels = kernel.shape[0], kernel.shape[2]
    column = st.column_config.NumberColumn(
        " ", width=CELL_WIDTH, min_value=-MAX_WEIGHT, max_value=MAX_WEIGHT, format="%.3g"
    )
    planes = []
    with st.container(horizontal=True, gap="small", width="content"):
        for plane, title in enumerate(PLANES[channels]):
            with st.container(width=CELL_WIDTH * side + 4):
                if title:
                    st.caption(title)
                planes.append(
                    st.data_editor(
                        kernel[..., plane, 0].round(4),
                        hide_index=True,
                        column_config=dict.fromkeys(range(1, side + 1), column),
                        key=f"kernel-{name}-{side}-{channels}-{plane}",
                    )
                )
    typed_in = np.nan_to_num(
        np.stack(planes, axis=2)[..., np.newaxis].astype(np.float32)
    )  # an emptied cell counts as zero
    return np.where(np.abs(typed_in - kernel) < 1e-4, kernel, typed_in)


def size_formula(size: int, layer: Conv2D, what: str = "cells a side") -> str:
    """How many rows the map has for a picture of `size` rows, with the numbers in it."""
    reach, strides = layer.window()
    out = layer.output_shape((size, size, 1))[0]
    if layer.padding == "same":
        before, after = pad_widths(size, reach, strides, "same")
        divided = f"{size} / {strides}, rounded up = " if strides > 1 else ""
        return f"**{divided}{out}** {what}; for that, {before} + {after} rows of zeros are put around the picture"
    dilated = f", where the {term('dilation')} makes it reach ({layer.kernel_size} - 1) x {layer.dilation_rate} + 1"
    window = f"{reach}{dilated if layer.dilation_rate > 1 else ''}"
    whole = ", rounded down," if (size - reach) % strides else ""
    return f"({size} - {window}) / {strides}{whole} + 1 = **{out}** {what}"


def settings() -> tuple[Conv2D, float]:
    """Show the settings of a layer with one filter; return it and the filter's bias."""
    kept = {"persist_state": "session", "width": SETTING_WIDTH}
    with st.container(horizontal=True, gap="small"):
        size = st.slider("Kernel size", *SIZES, 3, key="conv-size", help=HELP["kernel_size"], **kept)
        strides = st.slider("Stride", 1, int(LIMITS["strides"][1]), 1, key="conv-strides", help=HELP["strides"], **kept)
        dilation = st.slider(
            "Dilation",
            1,
            int(LIMITS["dilation_rate"][1]),
            1,
            key="conv-dilation",
            disabled=strides > 1,
            help=f"{HELP['dilation_rate']} Keras allows it with a stride of 1 only.",
            **kept,
        )
        padding = st.segmented_control(
            "Padding",
            PADDINGS,
            default="valid",
            required=True,
            key="conv-padding",
            help=HELP["padding"],
            persist_state="session",
        )
    with st.container(horizontal=True, gap="small"):
        bias = st.slider("Bias", -MAX_BIAS, MAX_BIAS, 0.0, 0.1, key="conv-bias", help=HELP["use_bias"], **kept)
        activation = st.segmented_control(
            "Activation",
            ACTIVATIONS,
            default="linear",
            required=True,
            key="conv-activation",
            help=HELP["activation"],
            persist_state="session",
        )
    return Conv2D(1, size, strides, padding, dilation if strides == 1 else 1, activation), bias


def same_anyway(kernel: np.ndarray) -> bool:
    """Whether turning a filter by half a circle changes nothing."""
    return bool(np.array_equal(kernel, turn(kernel)))


@st.fragment
def explore() -> None:
    """One filter on one picture, with every setting; only this part runs again when one changes."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        is_colour = st.toggle("In colour", key="conv-colour", persist_state="session")
        channels = 3 if is_colour else 1
        names = [name for name, preset in KERNEL_PRESETS.items() if is_colour or not preset.colour_only]
        name = st.pills(
            "Choose a filter",
            names,
            default=FIRST_PRESET[channels],
            required=True,
            key=f"conv-preset-{channels}",
            persist_state="session",
        )
    stage, formula = st.container(), st.container()
    layer, bias = settings()
    preset = KERNEL_PRESETS[name]
    size = max(layer.kernel_size, preset.smallest)
    if size > layer.kernel_size:
        st.warning(f"{name} needs at least {size} x {size} cells: that is what is shown.", icon=":material/straighten:")
        layer = Conv2D(1, size, layer.strides, layer.padding, layer.dilation_rate, layer.activation)
    st.caption(f"**{name}** {preset.does}. Type over its numbers:")
    kernel = typed_kernel(preset.kernel(size, channels), name)
    picture = choose_picture(f"conv-{channels}", side=28, colour=is_colour)
    image = mnist.normalise(picture.pixels)
    height, width = image.shape[:2]
    try:
        layer.output_shape(image.shape)
    except ValueError as error:
        stage.error(f"{error}.", icon=":material/error:")
        return
    with stage:
        convolution_window(
            image,
            kernel,
            np.array([bias], np.float32),
            key="conv-window",
            strides=layer.strides,
            padding=layer.padding,
            dilation_rate=layer.dilation_rate,
            activation=layer.activation,
            describe=f"{name} slides over: {picture.name}.",
        )
    with formula:
        st.markdown(
            f"**Size of the map** · {size_formula(height, layer, 'cells a side' if height == width else 'rows')}"
        )
        if is_colour:
            try_this(
                "pointing at the red roof, then at the sky.",
                f"that the {term('filter')} has one {term('plane')} a {term('channel')}, each with other numbers, "
                "and that all three are added into one single map.",
            )
        else:
            try_this(
                "pointing at the map on both sides of a stroke; then Sobel y, then the activation relu.",
                "that one side is orange (positive), the other blue (negative), and that relu takes the blue away.",
            )
    if is_colour:
        sliding = {"strides": layer.strides, "padding": layer.padding, "dilation_rate": layer.dilation_rate}
        planes = [slice(channel, channel + 1) for channel in range(channels)]
        alone = [conv2d(image[:, :, plane], kernel[:, :, plane], NO_BIAS, **sliding) for plane in planes]
        apart = float(np.abs(sum(alone) - conv2d(image, kernel, NO_BIAS, **sliding)).max())
        notes_say(
            "On a colour picture the filter has one plane a channel; their results are added into one map.",
            f"three maps, one a plane, added up, differ from the filter's map by at most {apart:.1g}.",
            apart < TOLERANCE,
        )
    sizes = {way: Conv2D(1, size, layer.strides, way).output_shape((height, width, 1))[0] for way in PADDINGS}
    if min(height, width) >= size:
        notes_say(
            'Padding "valid" makes the map smaller; padding "same" keeps the size of the picture.',
            f"with a {size} x {size} filter and a stride of {layer.strides}, {height} rows become {sizes['valid']} "
            f"(valid) and {sizes['same']} (same).",
            True if sizes["same"] == height > sizes["valid"] else None,
        )


@st.fragment
def turned() -> None:
    """A single dot shows whether the filter is turned before it slides."""
    numbers = np.arange(1, 10, dtype=np.float32).reshape(3, 3, 1, 1)
    dot = np.zeros((DOT_SIDE, DOT_SIDE, 1), np.float32)
    dot[DOT_SIDE // 2, DOT_SIDE // 2] = 1
    stage = st.container()
    is_turned = st.toggle("Turn the filter by half a circle first", key="conv-turned", persist_state="session")
    kernel = turn(numbers) if is_turned else numbers
    with stage:
        convolution_window(
            dot, kernel, NO_BIAS, key="conv-dot", describe="A single white dot and a filter with the numbers 1 to 9."
        )
    symmetric = [name for name, preset in KERNEL_PRESETS.items() if same_anyway(preset.kernel(3, 3))]
    notes_say(
        "The layer computes a convolution.",
        "a mathematician turns the filter first. The layer does not: it computes what is called a "
        f"{term('correlation')}. For {len(symmetric)} of the {len(KERNEL_PRESETS)} filters above both are the same; "
        "for the others, training finds the turned numbers just as easily.",
        None,
    )


@st.fragment
def translation() -> None:
    """Shift the digit; its map shifts along."""
    stage = st.container()
    kept = {"persist_state": "session", "width": SETTING_WIDTH}
    with st.container(horizontal=True, gap="small"):
        right = st.slider("Shift to the right", 0, MAX_SHIFT, 3, key="conv-right", **kept)
        down = st.slider("Shift down", 0, MAX_SHIFT, 2, key="conv-down", **kept)
        strides = st.slider("Stride ", 1, 3, 1, key="conv-shift-strides", help=HELP["strides"], **kept)
    test = mnist.load().test
    digit = mnist.normalise(test.images[np.flatnonzero(test.labels == 7)[0]])
    kernel = KERNEL_PRESETS["Sobel x"].kernel(3, 1)
    pictures = [digit, shift(digit, down, right)]
    feature_maps = [conv2d(picture, kernel, NO_BIAS, strides)[..., 0] for picture in pictures]
    rows, columns = down // strides, right // strides
    agreement = moved_along(*feature_maps, rows, columns)
    with stage, st.container(horizontal=True, gap="small"):
        for images, kind, key, what, names in (
            (np.stack(pictures)[..., 0], "ink", "shifted", "Pictures", ["a digit", "shifted"]),
            (np.stack(feature_maps), "diverging", "shifted-maps", "Maps", ["its map", "map of the shifted digit"]),
        ):
            with st.container(width=2 * MAP_SIZE + 24):
                maps(images, titles=names, kind=kind, key=f"conv-{key}", size=MAP_SIZE - 10, describe=what)
    notes_say(
        "A filter finds its pattern wherever it is: when the digit shifts, its map shifts along.",
        f"shifted by {down} and {right} pixels, the map by {rows} and {columns} cells: {agreement.equal} of "
        f"{agreement.compared} cells with ink in their window are equal (largest difference "
        f"{agreement.largest_difference:.2g}). With a stride of {strides}, the shift must be a multiple of {strides}.",
        agreement.equal == agreement.compared,
    )


@st.cache_data(show_spinner="Looking at some test digits …")
def starter_patches() -> list[np.ndarray]:
    """What excites the starter network's filters, first and second convolution."""
    experiment, weights = starter_network()
    images = experiment.data.prepare(mnist.normalise(mnist.load().test.images[:NUM_EXAMPLES]))
    return exciting_patches(experiment.architecture, weights, images, (0, 2))


@st.fragment
def layers_on_layers() -> None:
    """What one cell of a deep map can see, and what the filters look for."""
    experiment, weights = starter_network()
    architecture = experiment.architecture
    deep = [index for index, summary in enumerate(architecture.summaries) if len(summary.output_shape) == 3]
    names = {index: f"{index + 1} · {type(architecture.layers[index]).__name__}" for index in deep}
    index = st.segmented_control(
        "Layer of the starter network",
        deep,
        default=2,
        format_func=names.__getitem__,
        required=True,
        key="conv-deep",
        persist_state="session",
    )
    test = mnist.load().test
    digit = experiment.data.prepare(mnist.normalise(test.images[np.flatnonzero(test.labels == 4)[0]]))
    output = forward(architecture, weights, digit)[index]
    strongest = int(output.max(axis=(0, 1)).argmax())
    field_window(
        digit[..., 0],
        output[..., strongest],
        key="conv-field",
        receptive_field=architecture.summaries[index].receptive_field,
        strides=prod(layer.window()[1] for layer in architecture.layers[: index + 1]),
        title=f"Map {strongest} of layer {index + 1}",
        describe=f"What one cell of layer {index + 1} sees of the digit.",
    )
    growth = ", then ".join(
        f"{type(summary.layer).__name__} **{summary.receptive_field} x {summary.receptive_field}**"
        for summary in architecture.summaries[: deep[-1] + 1]
    )
    st.markdown(f"The {term('receptive field')} grows: {growth} pixels.")
    first, second = starter_patches()
    for title, patches, key in (
        ("What the first filters answer to most: 5 x 5 pixels", first, "first"),
        ("What the second ones answer to most: 14 x 14 pixels", second[:32], "second"),
    ):
        st.markdown(f"**{title}** · the mean of the 9 best patches of {NUM_EXAMPLES} test digits")
        maps(patches, kind="ink", limit=1.0, key=f"conv-patches-{key}", size=48, describe=title)
    shares = [edge_share(weights["0/kernel"][:, :, 0, index]) for index in range(len(first))]
    notes_say(
        "The first layer finds edges, deeper ones put them together to shapes.",
        f"of the {len(shares)} first filters, {sum(share > 0.4 for share in shares)} are mostly a bright side against "
        "a dark one (a slope explains over 40 % of their numbers), the others are lines or spots. The patches above: "
        "edges in the first layer; hooks, corners and bows in the second.",
        None,
    )


station("Convolution")
explore()

seven = (28, 28, 1)
asked = Conv2D(1, 5, strides=2)
predict(
    "convolution-size",
    f"A 28 x 28 picture, a {asked.kernel_size} x {asked.kernel_size} filter, a {term('stride')} of {asked.strides}, "
    "no padding. How many rows has the map?",
    asked.output_shape(seven)[0],
    reveal=f"{size_formula(28, asked)}: the last column of the picture is never looked at."
    if (28 - asked.kernel_size) % asked.strides
    else size_formula(28, asked),
)
code(conv2d_at)

st.subheader("Convolution, or correlation?")
answers = {"the filter as it is": False, "the filter turned by half a circle": True}
one_to_nine = np.arange(1, 10, dtype=np.float32).reshape(3, 3, 1, 1)
point = np.pad(np.ones((1, 1, 1), np.float32), ((2, 2), (2, 2), (0, 0)))
is_turned = np.array_equal(conv2d(point, one_to_nine, NO_BIAS)[..., 0], turn(one_to_nine[..., 0, 0]))
predict(
    "convolution-dot",
    "A single white dot, and a filter with the numbers 1 to 9. What will stand in the map?",
    next(words for words, value in answers.items() if value == is_turned),
    options=[*answers, "one single number"],
    reveal=turned,
)

st.subheader("The digit moves, its map moves along")
translation()

st.subheader("Layers on layers: from edges to shapes")
stacked = check((Conv2D(8, 3), Conv2D(8, 3), Conv2D(8, 3))).summaries
predict(
    "convolution-field",
    "Three layers of 3 x 3 filters, one on the other. "
    f"How wide, in pixels, is the {term('receptive field')} of a cell of the last?",
    stacked[-1].receptive_field,
    reveal="Each further layer adds one pixel on each side: "
    + ", then ".join(f"{summary.receptive_field} x {summary.receptive_field}" for summary in stacked)
    + ".",
)
layers_on_layers()
next_station()
