"""28x28 cells to be inked by the arrow keys, by mouse or by finger: a drawing for those who cannot draw."""

import base64
from typing import cast

import numpy as np

from ui.components import define, encode, nothing

SIDE = 28
_mount = define(__file__)


def cells(start: np.ndarray, *, key: str, size: int = 280) -> np.ndarray:
    """Show the cells and return them as they are now.

    Args:
        start: uint8 (28, 28), what they are at first, and again whenever this argument changes.
        size: side in pixels.

    Returns:
        uint8 (28, 28), ink towards 255.
    """
    given = encode(start, "u1")
    result = _mount(key=key, data={"start": given, "size": size}, default={"cells": given}, on_cells_change=nothing)
    return to_cells(cast("str", result.cells))


def to_cells(text: str) -> np.ndarray:
    """Base64 of 784 bytes -> uint8 (28, 28). Raises ValueError for anything else."""
    values = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    if values.size != SIDE * SIDE:
        raise ValueError(f"`cells` must be {SIDE * SIDE} bytes. Received: {values.size} bytes")
    return values.reshape(SIDE, SIDE)
