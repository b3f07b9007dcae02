"""One filter slides over a picture: every setting of the layer, its arithmetic, and the size of its map."""

from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnnlab import mnist
from cnnlab.lessons.named_kernels import KERNEL_PRESETS, SIZES, TOLERANCE
from cnnlab.limits import LIMITS
from cnnlab.nn.layers import PADDINGS, Conv2D
from cnnlab.nn.operations import conv2d, pad_widths
from ui.components.window import convolution_window
from ui.controls import HELP, choose, slide
from ui.filter_table import typed_kernel
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say, sign, try_this
from ui.sources import LEAST_SIDE, choose_picture
from ui.widgets import lasting
from ui.words import message

Floats = npt.NDArray[np.float32]

PICTURE_WIDTH = 576  # the settings stand beside it on a laptop
SIDE = 28
FIRST_PRESET = {1: "Sobel x", 3: "Red"}
ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh")
MAX_BIAS = 2.0
NO_BIAS = np.zeros(1, np.float32)


@fragment
def explore() -> None:
    """One filter on one picture, with every setting; only this part runs again when one changes."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        is_colour = lasting(st.toggle, "In colour", key="conv-colour")
        channels = 3 if is_colour else 1
        names = [name for name, preset in KERNEL_PRESETS.items() if is_colour or not preset.colour_only]
        look: dict[str, Any] = {"required": True, "wrap": True}
        first = FIRST_PRESET[channels]
        name = lasting(st.pills, "Choose a filter", names, default=first, key=f"conv-preset-{channels}", **look)
    with st.container(horizontal=not is_colour, gap="small"):
        stage = st.container(width="stretch" if is_colour else PICTURE_WIDTH)
        settings = st.container(horizontal=True, gap="small")
    words, choice = st.container(), st.container()
    preset = KERNEL_PRESETS[name]
    with settings:
        layer, bias, side = _settings(preset.smallest, name)
    with choice:
        picture = choose_picture(f"conv-{channels}", side=side, colour=is_colour)
    image = mnist.normalise(picture.pixels)
    with settings:
        layer = _fitting(layer, image)
    st.caption(f"**{name}** {preset.does}. Type over its numbers:")
    kernel = typed_kernel(preset.kernel(layer.kernel_size, channels), name)
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
    with words:
        _in_words(layer, image)
    if is_colour:
        _planes_are_added(layer, image, kernel)
    _padding(layer, image)


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


def _settings(smallest: int, name: str) -> tuple[Conv2D, float, int]:
    """Show the settings of a layer with one filter; return it, the filter's bias, and the picture's largest side."""
    size = slide("Kernel size", *SIZES, 3, "conv-size", help=HELP["kernel_size"])
    if size < smallest:
        st.warning(
            f"{name} needs at least {smallest} x {smallest} cells: that is what is shown.", icon=":material/straighten:"
        )
    most = {name: int(LIMITS[name][1]) for name in ("strides", "dilation_rate")}
    strides = slide("Stride", 1, most["strides"], 1, "conv-strides", help=HELP["strides"])
    help_ = f"{HELP['dilation_rate']} Keras allows it with a stride of 1 only."
    off = strides > 1
    dilation = slide("Dilation", 1, most["dilation_rate"], 1, "conv-dilation", help=help_, disabled=off)
    padding = _choice("Padding", PADDINGS, "padding")
    bias = slide("Bias", -MAX_BIAS, MAX_BIAS, 0.0, "conv-bias", step=0.1, help=HELP["use_bias"])
    activation = _choice("Activation", ACTIVATIONS, "activation")
    side = slide(
        "Picture size", LEAST_SIDE, SIDE, SIDE, "conv-side", help="A larger picture is brought to this many pixels."
    )
    layer = Conv2D(1, max(size, smallest), strides, padding, dilation if strides == 1 else 1, activation)
    return layer, bias, side


def _choice(label: str, options: tuple[str, ...], key: str) -> str:
    return choose(label, options, f"conv-{key}", help=HELP[key], wrap=True)


def _fitting(layer: Conv2D, image: Floats) -> Conv2D:
    """The layer itself, or, with a word beside the settings, one with padding when its window is too large."""
    try:
        layer.output_shape(image.shape)
    except ValueError as error:
        st.error(f'{message(error)} With padding "same" it does: that is what is shown.', icon=":material/error:")
        return Conv2D(1, layer.kernel_size, layer.strides, "same", layer.dilation_rate, layer.activation)
    return layer


def _in_words(layer: Conv2D, image: Floats) -> None:
    """What to try, and the size of the map."""
    height, width, channels = image.shape
    if channels > 1:
        try_this(
            "pointing at the red roof, then at the sky.",
            f"that the {term('filter')} has one {term('plane')} a {term('channel')}, each with other numbers, "
            f"and that all three are added into one single map. {sign('One cell of the map')}",
        )
    else:
        try_this(
            "pointing at the map on both sides of a stroke; then Sobel y, then the activation relu.",
            "that one side is orange (positive), the other blue (negative), and that relu takes the blue away. "
            + sign("One cell of the map"),
        )
    what = "cells a side" if height == width else "rows"
    st.markdown(f"**Size of the map** · {size_formula(height, layer, what)} {sign('The size of the map')}")


def _planes_are_added(layer: Conv2D, image: Floats, kernel: Floats) -> None:
    """Measure that the planes' maps add up to the filter's."""
    sliding: dict[str, Any] = {"strides": layer.strides, "padding": layer.padding, "dilation_rate": layer.dilation_rate}
    planes = [slice(channel, channel + 1) for channel in range(image.shape[2])]
    alone = np.stack([conv2d(image[:, :, plane], kernel[:, :, plane], NO_BIAS, **sliding) for plane in planes])
    apart = float(np.abs(alone.sum(axis=0) - conv2d(image, kernel, NO_BIAS, **sliding)).max())
    notes_say(
        "On a colour picture the filter has one plane a channel; their results are added into one map.",
        f"three maps, one a plane, added up, differ from the filter's map by at most {apart:.1g}.",
        apart < TOLERANCE,
    )


def _padding(layer: Conv2D, image: Floats) -> None:
    """Measure what both kinds of padding make of the size."""
    height, size = image.shape[0], layer.kernel_size
    if min(image.shape[:2]) < size:
        return
    rows = {way: Conv2D(1, size, layer.strides, way).output_shape((height, height, 1))[0] for way in PADDINGS}
    notes_say(
        'Padding "valid" makes the map smaller; padding "same" keeps the size of the picture.',
        f"with a {size} x {size} filter and a stride of {layer.strides}, {height} rows become {rows['valid']} "
        f"(valid) and {rows['same']} (same).",
        True if rows["same"] == height > rows["valid"] else None,
    )
