"""One picture as a grid of numbers, and its red, green and blue planes.

Hovering, tapping or the arrow keys read a pixel; zooming in, the numbers stand in the cells. The planes can be pulled
apart, laid together and switched off one by one: they are added as light is. All of it happens in the browser.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from cnnlab.digits.pictures import Picture
from ui.components import define, encode

WIDTH = {1: 404, 3: 820}
"""Width in pixels, by the number of channels: with three, the planes stand beside the picture."""

_mount = define(Path(__file__).parent)


def pixels(picture: Picture, *, key: str, scales: Mapping[str, np.ndarray] | None = None) -> None:
    """Show a picture's pixels.

    Args:
        picture: at most 128 x 128, so that little is sent.
        key: the component's identity. Zoom and the marked pixel belong to the picture, by its name and shape; they are
            still there when its page comes back.
        scales: numbers to choose from, by the words on their buttons: each float (h, w, c) like the pixels. By default
            the pixels themselves. The colours stay.
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
