"""Digits as points in a plane or in space, one of them pointed at with its picture; frames follow them in time.

Each point is drawn as its digit, so that nothing depends on colour alone; what was read wrongly has a ring.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ui import colours
from ui.components import define, encode
from ui.components.gallery import png

UNKNOWN = 255
"""In place of a label: nobody has said what the digit is."""
COLUMNS = 50
"""Pictures in a row of the sheet that the browser cuts them from."""
_mount = define(__file__)


@dataclass(frozen=True, eq=False)
class Points:
    """Digits at their places.

    Args:
        names: one each.
        pictures: uint8 (n, 28, 28).
        labels: int (n,), what each is, or UNKNOWN.
        read: int (frames, n), what the network reads it as.
        places: float (frames, n, 2 or 3).
        is_marked: drawn with their names, as one's own.
    """

    names: Sequence[str]
    pictures: np.ndarray
    labels: np.ndarray
    read: np.ndarray
    places: np.ndarray
    is_marked: bool = False


def scatter(groups: Sequence[Points], *, key: str, describe: str, frames: Sequence[str] = ("",)) -> None:
    """Show points.

    Args:
        groups: all with as many frames and dimensions; marked ones last.
        key: the component's identity: the point, the turn and the frame that are looked at stay as long as it does.
        describe: one sentence on what they are.
        frames: what to say of each frame; several can be played.
    """
    places = np.concatenate([group.places for group in groups], axis=1)
    low, high = places.min(axis=(0, 1)), places.max(axis=(0, 1))  # over all frames: one scale, and nothing jumps
    _mount(
        key=key,
        data={
            "describe": describe,
            "frames": list(frames),
            "shape": list(places.shape),
            "places": encode(places),
            "middle": ((low + high) / 2).tolist(),
            "reach": np.maximum((high - low) / 2, 1e-9).tolist(),
            "labels": encode(np.concatenate([group.labels for group in groups]), "u1"),
            "read": encode(np.concatenate([group.read for group in groups], axis=1), "u1"),
            "names": [name for group in groups for name in group.names],
            "marked": sum(len(group.names) for group in groups if group.is_marked),
            "sheet": png(sheet(np.concatenate([group.pictures for group in groups]))),
            "columns": COLUMNS,
            "colours": colours.DIGITS,
            "onColours": [colours.text_on(colour) for colour in colours.DIGITS],
        },
    )


def sheet(pictures: np.ndarray) -> np.ndarray:
    """Many pictures as one, row by row: uint8 (n, h, w) -> uint8 (rows * h, COLUMNS * w)."""
    num, height, width = pictures.shape
    rows = -(-num // COLUMNS)
    padded = np.zeros((rows * COLUMNS, height, width), np.uint8)
    padded[:num] = pictures
    return padded.reshape(rows, COLUMNS, height, width).swapaxes(1, 2).reshape(rows * height, COLUMNS * width)
