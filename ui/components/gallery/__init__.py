"""Small pictures in a row that wraps, each with its words: the steps of the preparation, one's own handwriting."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from ui.components import define

_mount = define(__file__)


@dataclass(frozen=True, eq=False)
class Item:
    """A picture, uint8 (h, w), a note, and its title: perhaps large, after what it takes the place of, `struck` out."""

    picture: np.ndarray
    title: str
    note: str = ""
    large: bool = False
    struck: str = ""
    id: int | str = ""
    """What `on_choose` is told: a place in the row is not enough, the row may have changed since the click."""


def gallery(
    items: Sequence[Item],
    *,
    key: str,
    describe: str,
    size: int = 84,
    arrows: bool = False,
    choose: str = "",
    on_choose: Callable[[Any], None] = lambda _: None,
) -> None:
    """Show pictures, enlarged without smoothing.

    Args:
        items: what to show, in order.
        describe: what they are, read out before them.
        size: longer side of a picture in pixels.
        arrows: put an arrow between one and the next.
        choose: what a click on a picture does ("Take out"): each is a button then.
        on_choose: called with the `id` of each that was clicked, before the page runs again.
    """
    _mount(
        key=key,
        data={
            "items": [vars(item) | {"png": png(item.picture), "picture": None} for item in items],
            "describe": describe,
            "size": size,
            "arrows": arrows,
            "choose": choose,
        },
        acts={"choose": on_choose} if choose else None,
    )


def png(picture: np.ndarray) -> str:
    """A grey picture, uint8 (h, w), as base64 of a PNG."""
    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
