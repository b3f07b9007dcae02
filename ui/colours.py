"""The one table of colours, for figures and components, in the light and in the dark theme.

Lines and areas stand out from both backgrounds (contrast 3 or more), and layer families stay apart for
colour-blind eyes. The colour scales are those of `to_rgb`: "sequential" runs from zero (almost black) to the
largest value (cream); "diverging" is symmetric about zero: orange above, blue below, paper white in the middle;
"ink" is for pixels as they are: black to white.
"""

from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["sequential", "diverging", "ink"]
UInt8 = npt.NDArray[np.uint8]

LAYERS = {
    "Input": "#8190B5",
    "Conv2D": "#2F62EA",
    "MaxPooling2D": "#0A8F68",
    "AveragePooling2D": "#2AA27B",
    "GlobalAveragePooling2D": "#0C7759",
    "BatchNormalization": "#A945C4",
    "Flatten": "#6E737D",
    "Dense": "#B8420C",
    "Dropout": "#BF8A0A",
}
TRAINING, VALIDATION = "#2F62EA", "#D3660A"
RIGHT, WRONG = "#1B7FA8", "#C4470F"
RIGHT_MARK, WRONG_MARK = "✓", "✗"  # see `mark`
BAR_TOP, BAR_SECOND, BAR_REST = "#2457E6", "#748EE8", "#858D9C"
NOT_A_NUMBER = "#7F7F7F"
DIGITS = ("#0060C0", "#606090", "#C07890", "#786018", "#F018F0", "#9000F0", "#D87860", "#48A800", "#9090C0", "#D80060")
"""The ten classes. Those that are often confused (4 and 9, 3 and 5, 7 and 9, 3 and 8) are farthest apart."""

# Anchors at equal distances. Sequential: Matplotlib's magma (CC0). Diverging: equal lightness at both ends.
_ANCHORS: dict[Kind, tuple[str, ...]] = {
    "sequential": ("#000004", "#1D1147", "#51127C", "#822681", "#B73779", "#E75263", "#FC8961", "#FEC488", "#FCFDBF"),
    "ink": ("#000000", "#FFFFFF"),
    "diverging": ("#0B3C7F", "#2C74BB", "#88BBE0", "#F7F6F2", "#F6B26B", "#D96B0C", "#8C3A02"),
}
NUM_COLOURS = 255  # odd, so that a diverging scale has a middle; index 255 is left for NaN


def mark(is_right: bool) -> str:
    """The sign of a right answer, or of a wrong one."""
    return RIGHT_MARK if is_right else WRONG_MARK


def rgb(colour: str) -> tuple[int, int, int]:
    """`#RRGGBB` as three integers in [0, 255]."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def table(kind: Kind) -> UInt8:
    """The scale as uint8 (256, 3): 255 colours from least to largest, then the colour of NaN."""
    anchors = np.array([rgb(colour) for colour in _ANCHORS[kind]])
    position = np.linspace(0, len(anchors) - 1, NUM_COLOURS)
    channels = [np.interp(position, np.arange(len(anchors)), anchors[:, channel]) for channel in range(3)]
    return np.vstack([np.round(np.stack(channels, axis=1)), rgb(NOT_A_NUMBER)]).astype(np.uint8)


def limit_of(values: npt.ArrayLike, kind: Kind) -> float:
    """The value at the top of the scale: the largest finite one, for "diverging" the largest magnitude."""
    array = np.asarray(values, dtype=np.float64)
    finite = array[np.isfinite(array)]
    if kind == "diverging":
        finite = np.abs(finite)
    return float(max(finite.max(initial=0.0), 0.0))


def to_index(values: npt.ArrayLike, kind: Kind, limit: float | None = None) -> UInt8:
    """Positions in `table(kind)`, same shape as `values`.

    Args:
        values: any real dtype and shape; NaN and infinities are allowed.
        kind: "sequential" (values below zero count as zero) or "diverging".
        limit: the value at the top of the scale; by default `limit_of(values, kind)`.
    """
    array = np.asarray(values, dtype=np.float64)
    limit = limit_of(array, kind) if limit is None else limit
    lowest = -limit if kind == "diverging" else 0.0
    zero = 0.5 if kind == "diverging" else 0.0
    with np.errstate(invalid="ignore"):
        share = (np.clip(array, lowest, limit) - lowest) / (limit - lowest) if limit > 0 else array * 0 + zero
    index = np.round(np.nan_to_num(share, nan=zero) * (NUM_COLOURS - 1)).astype(np.uint8)
    index[np.isnan(array)] = NUM_COLOURS
    return index


def to_rgb(values: npt.ArrayLike, kind: Kind, limit: float | None = None) -> UInt8:
    """Values as colours: uint8 (..., 3). Arguments as in `to_index`."""
    return table(kind)[to_index(values, kind, limit)]


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB` in [0, 1], as WCAG 2 defines it."""
    channels = np.array(rgb(colour)) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 WCAG's
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(colour: str, other: str) -> float:
    """Contrast ratio of two colours in [1, 21], as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(colour), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@cache
def text_on(background: str) -> str:
    """Black or white, whichever reads better on `background`: the contrast is always above 4.5."""
    return max(("#000000", "#FFFFFF"), key=lambda text: contrast(text, background))
