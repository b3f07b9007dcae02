"""A digit that is shifted, and its map that shifts along."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.lessons.named_kernels import KERNEL_PRESETS, moved_along, shift
from cnnlab.nn.operations import conv2d
from ui.components.maps import maps
from ui.controls import HELP, slide
from ui.frame import fragment
from ui.lesson import notes_say
from ui.sources import first_digit

MAX_SHIFT = 6
MAP_SIZE = 160
DIGIT = 7


@fragment
def translation() -> None:
    """Shift the digit; only this part runs again."""
    stage = st.container()
    with st.container(horizontal=True, gap="small"):
        right = slide("Shift to the right", 0, MAX_SHIFT, 3, "conv-right")
        down = slide("Shift down", 0, MAX_SHIFT, 2, "conv-down")
        strides = slide("Stride ", 1, 3, 1, "conv-shift-strides", help=HELP["strides"])
    digit = mnist.normalise(first_digit(DIGIT).pixels)
    pictures = [digit, shift(digit, down, right)]
    kernel = KERNEL_PRESETS["Sobel x"].kernel(3, 1)
    before, after = (conv2d(picture, kernel, np.zeros(1, np.float32), strides)[..., 0] for picture in pictures)
    rows, columns = down // strides, right // strides
    agreement = moved_along(before, after, rows, columns)
    with stage, st.container(horizontal=True, gap="small"):
        with st.container(width=2 * MAP_SIZE + 44):
            names = ["a digit", "shifted"]
            images = np.stack(pictures)[..., 0]
            maps(images, titles=names, kind="ink", key="conv-shifted", size=MAP_SIZE, describe="Pictures")
        with st.container(width=2 * MAP_SIZE + 44):
            names = ["its map", "map of the shifted digit"]
            images = np.stack([before, after])
            maps(images, titles=names, kind="diverging", key="conv-shifted-maps", size=MAP_SIZE, describe="Maps")
    notes_say(
        "A filter finds its pattern wherever it is: when the digit shifts, its map shifts along.",
        f"shifted by {down} and {right} pixels, the map by {rows} and {columns} cells: {agreement.equal} of "
        f"{agreement.compared} cells with ink in their window are equal (largest difference "
        f"{agreement.largest_difference:.2g}). With a stride of {strides}, the shift must be a multiple of {strides}.",
        agreement.equal == agreement.compared,
    )
