"""From a picture of ink on paper to light ink on black, as the drawing canvas gives it.

Paper is never lit evenly: its brightness is estimated in patches, and taken off. The ink is then what lies above the
threshold that best parts two groups of greys (N. Otsu, "A Threshold Selection Method from Gray-Level Histograms",
1979); edges keep their greys.
"""

import numpy as np
from PIL import Image

LIGHT = 128  # grey from which paper is light, that is ink is dark
PATCHES = 4  # the picture's paper is estimated in so many patches a side
FAINT = 24  # differences from the paper, 0 to 255, that are noise when there is nothing stronger


def is_light(grey: np.ndarray) -> bool:
    """Whether a picture, uint8 (height, width), shows dark ink on light paper: paper is what most of its rim is."""
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return bool(np.median(rim) >= LIGHT)


def to_ink(grey: np.ndarray) -> np.ndarray:
    """Bring ink on paper to light ink on black: uint8 (height, width) -> uint8 of the same shape.

    A picture without any ink becomes black.
    """
    light = (255 - grey if is_light(grey) else grey).astype(np.float32)
    ink = np.maximum(light - _paper(light), 0)
    if ink.max() < FAINT:
        return np.zeros_like(grey)
    threshold = otsu(ink)
    full = float(np.median(ink[ink >= threshold]))
    return np.round(np.clip((ink - threshold / 2) / (full - threshold / 2), 0, 1) * 255).astype(np.uint8)


def otsu(values: np.ndarray) -> float:
    """The value that parts numbers into two groups with means as far apart as can be, each counted by its size."""
    counts, edges = np.histogram(values, 64)
    middles = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts)[:-1], counts.sum()
    sum_below, sum_all = np.cumsum(counts * middles)[:-1], (counts * middles).sum()
    above = np.maximum(total - below, 1)
    between = below * above * (sum_below / np.maximum(below, 1) - (sum_all - sum_below) / above) ** 2
    return float(edges[1 + np.argmax(between)])


def _paper(light: np.ndarray) -> np.ndarray:
    """The paper's brightness at each pixel, float32 (height, width): a low percentile a patch, joined smoothly."""
    rows, columns = (np.array_split(np.arange(side), min(PATCHES, side)) for side in light.shape)
    patches = [[np.percentile(light[np.ix_(row, column)], 10) for column in columns] for row in rows]
    picture = Image.fromarray(np.array(patches, np.float32))
    return np.asarray(picture.resize(light.shape[::-1], Image.Resampling.BILINEAR))
