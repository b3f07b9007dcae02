"""One picture as a grid of numbers to zoom into, and its red, green and blue planes, added as light is.

All of it happens in the browser.
"""

from collections.abc import Mapping

import numpy as np

from cnnlab.digits.pictures import Picture
from ui.components import define, encode

WIDTH = {1: 404, 3: 820}  # pixels, by the number of channels: with three, the planes stand beside the picture

_mount = define(__file__)


def pixels(picture: Picture, *, key: str, scales: Mapping[str, np.ndarray] | None = None) -> None:
    """Show a picture's pixels.

    Args:
        picture: at most 128 x 128, so that little is sent.
        key: the component's identity. Zoom and the marked pixel belong to the picture, by its name and shape.
        scales: numbers to choose from, by the words on their buttons: each float (h, w, c) like the pixels, by default
            the pixels themselves.
    """
    height, width, channels = picture.pixels.shape
    _mount(
        key=key,
        data={
            "name": picture.name,
            "shape": [height, width, channels],
            "pixels": encode(picture.pixels, "u1"),
            "scales": [[name, encode(values)] for name, values in (scales or {"": picture.pixels}).items()],
            "describe": f"{picture.name}: {height} rows and {width} columns of pixels, {channels} "
            + ("channel." if channels == 1 else "channels."),
        },
    )
