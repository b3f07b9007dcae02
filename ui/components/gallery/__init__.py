"""Small pictures in a row that wraps, each with its words: the steps of the preparation, one's own handwriting."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import cast

import numpy as np
from PIL import Image

from ui.components import define, nothing

_mount = define(__file__)


@dataclass(frozen=True, eq=False)
class Item:
    """A picture, uint8 (h, w), a note, and its title: perhaps large, after what it takes the place of, `struck` out."""

    picture: np.ndarray
    title: str
    note: str = ""
    large: bool = False
    struck: str = ""


def gallery(
    items: Sequence[Item], *, key: str, describe: str, size: int = 84, arrows: bool = False, choose: str = ""
) -> int | None:
    """Show pictures, enlarged without smoothing.

    Args:
        items: what to show, in order.
        describe: what they are, read out before them.
        size: longer side of a picture in pixels.
        arrows: put an arrow between one and the next.
        choose: what a click on a picture does ("Take out"): each is a button then.

    Returns:
        With `choose`, the index that was clicked, in the one run of the page that the click causes; otherwise None.
    """
    result = _mount(
        key=key,
        data={
            "items": [vars(item) | {"png": png(item.picture), "picture": None} for item in items],
            "describe": describe,
            "size": size,
            "arrows": arrows,
            "choose": choose,
        },
        on_chosen_change=nothing,
    )
    chosen = cast("int | None", result.chosen)
    return chosen if chosen is None or chosen < len(items) else None


def png(picture: np.ndarray) -> str:
    """A grey picture, uint8 (h, w), as base64 of a PNG."""
    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
