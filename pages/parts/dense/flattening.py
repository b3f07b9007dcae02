"""Flatten, explored: a picture of one's choice walks into one line, forwards and back."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnnlab.digits import pictures
from cnnlab.nn import operations as ops
from cnnlab.nn.layers import dimensions
from ui.components.flat import flat
from ui.controls import choose
from ui.glossary import term
from ui.lesson import predict, try_this
from ui.sources import choose_picture
from ui.widgets import lasting

Image = npt.NDArray[np.uint8]

SIDE = 28
SIDES = (4, 7, 14, 28)


def on_paper(pixels: Image) -> Image:
    """Lay a picture of at most 28 x 28 in the middle of 28 x 28 black pixels: uint8 (h, w, c) -> (28, 28, c)."""
    missing = [SIDE - length for length in pixels.shape[:2]]
    return np.pad(pixels, [*[(gap // 2, gap - gap // 2) for gap in missing], (0, 0)])


def smaller(pixels: Image, side: int) -> Image:
    """Average pooling, rounded: uint8 (28, 28, c) -> (side, side, c)."""
    return np.round(ops.average_pooling2d(pixels.astype(np.float32), SIDE // side)).astype(np.uint8)


def line() -> Image:
    """Show a picture of one's choice and the line that becomes of it; return the picture in grey: (28, 28, 1)."""
    stage = st.container()  # the picture stands above, what it is made of below
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        side = choose("Size", SIDES, "dense-side", format_func=lambda n: f"{n} x {n}")
        in_colour = lasting(st.toggle, "In colour", key="dense-colour")
    chosen = choose_picture("dense-colour-picture" if in_colour else "dense-picture", side=SIDE, colour=in_colour)
    picture = smaller(on_paper(chosen.pixels), side)
    with stage:
        flat(picture, key="dense-flat")
        try_this(
            "pointing along one row of the picture, then straight down a column.",
            "that neighbours in a row stay neighbours, and those below each other land a whole row apart.",
        )
    st.markdown(
        f"{term('flatten', 'Flatten')} multiplies nothing and learns nothing: it reads row by row, and within a pixel "
        f"{term('channel')} by channel. A {term('dense')} layer can only read a line."
    )
    _where(picture)
    return on_paper(pictures.to_grey(chosen).pixels)


def _where(picture: Image) -> None:
    """Ask for one value's place in the line."""
    row, column, channel = picture.shape[0] // 2, picture.shape[1] - 1, picture.shape[2] - 1
    marked = np.zeros(picture.shape, np.uint8)
    marked[row, column, channel] = 1
    index = int(ops.flatten(marked).argmax())
    predict(
        "dense-index",
        f"The picture is {dimensions(picture.shape)} (rows, columns, channels). At which index of the line does the "
        f"value of row {row}, column {column}, channel {channel} stand? Everything counts from 0.",
        index,
        reveal=f"({row} x {picture.shape[1]} + {column}) x {picture.shape[2]} + {channel} = {index}: {row} whole rows "
        f"of {picture.shape[1] * picture.shape[2]} values stand before its row.",
    )
