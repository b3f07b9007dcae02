"""The scatter with four known digits and one's own, in a plane over three frames or, with `?solid`, in space."""

import numpy as np
import streamlit as st

from ui.components.scatter import UNKNOWN, Points, scatter

LABELS = np.array([4, 4, 9, 9])
PLACES = np.array([[-1, -1, 0], [-1, 1, 0.5], [1, 1, -0.5], [1, -1, 1.0]])
"""Corners of a square: 4 at the left, 9 at the right; test digit 0 and 3 below."""
OWN = np.array([-0.1, -0.9, 0])
"""Between test digits 0 and 3, nearer to 0."""


def pictures(num: int) -> np.ndarray:
    """uint8 (num, 28, 28), each of one grey: 40, 80, 120, ..."""
    return np.full((num, 28, 28), 40, np.uint8) * np.arange(1, num + 1, dtype=np.uint8)[:, np.newaxis, np.newaxis]


solid = "solid" in st.query_params
frames = ["at first", "in between", "at last"][: 1 if solid else 3]
growing = np.linspace(1 / 3, 1, 3)[-len(frames) :, np.newaxis, np.newaxis]
read = np.array([[9, 4, 9, 9], [4, 4, 9, 9], [4, 4, 9, 9]])[-len(frames) :]
dimensions = 3 if solid else 2
own = np.ones((len(frames), 1, 1)) * OWN[:dimensions]
st.button("Again")
scatter(
    [
        Points([f"Test digit {k}" for k in range(4)], pictures(4), LABELS, read, growing * PLACES[:, :dimensions]),
        Points(
            ["Your drawing"], pictures(5)[4:], np.array([UNKNOWN]), np.full((len(frames), 1), 7), own, is_marked=True
        ),
    ],
    key="scatter",
    describe="Four digits.",
    frames=frames,
)
