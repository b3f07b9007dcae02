"""From a drawing to what MNIST's makers would have made of it.

They took each digit's box, brought its longer side to 20 pixels (greys come from the anti-aliasing) and moved its
centre of mass to the middle of a 28x28 field (LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to
Document Recognition", 1998, section III.A). A network that has only ever seen such digits reads a drawing well only if
it is prepared in the same way, one step after another:

    composite -> ink_box -> crop -> fit -> centre -> divide by 255

`prepare` keeps what each step made of the drawing, and leaves out those that are switched off.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from cnnlab.limits import SIDE

BOX = 20
MIDDLE = SIDE // 2
INK = 1
"""Grey (0 to 255) from which a pixel counts as drawn. At 1, MNIST's own digits come back exactly as they are."""


@dataclass(frozen=True)
class Preparation:
    """Which steps are done; by default as MNIST's makers did.

    `invert`: exchange light and dark first. `crop`: cut out the box around all ink, or take the whole canvas. `fit`:
    bring the longer side to 20 pixels, or to 28, so that it fills the field. `antialias`: each new pixel is a mean over
    all that it covers, or a single one of them. `centre`: move the centre of mass into the middle, or leave it.
    """

    invert: bool = False
    crop: bool = True
    fit: bool = True
    antialias: bool = True
    centre: bool = True


STANDARD = Preparation()


@dataclass(frozen=True, eq=False)
class Steps:
    """What each step made of a drawing.

    `grey`: float32 (height, width) in [0, 255]. `ink`: bool (height, width), what counts as drawn.
    `box`: rows and columns that are cut out. `crop`: float32, `grey` inside the box. `small`: float32, both sides at
    most 28, in [0, 255]. `field`: float32 (28, 28) in [0, 255]. `image`: `field` / 255, what the network is given.
    """

    grey: np.ndarray
    ink: np.ndarray
    box: tuple[slice, slice]
    crop: np.ndarray
    small: np.ndarray
    field: np.ndarray
    image: np.ndarray


def prepare(rgba: np.ndarray, preparation: Preparation = STANDARD) -> Steps | None:
    """Return every step from a drawing, light ink on black or on nothing, to what the network should see of it.

    `rgba`: uint8 (height, width, 4), or a ValueError. None when nothing is drawn.
    """
    grey = composite(rgba)
    if ink_box(grey) is None:
        return None
    if preparation.invert:
        grey = 255 - grey
    ink = grey >= INK
    whole = slice(0, grey.shape[0]), slice(0, grey.shape[1])
    box = (ink_box(grey) if preparation.crop else None) or whole
    crop = grey[box]
    small = fit(crop, BOX if preparation.fit else SIDE, antialias=preparation.antialias)
    if preparation.centre and small.any():
        field = centre(small)
    else:
        middle = [(part.start + part.stop) / 2 / side for part, side in zip(box, grey.shape, strict=True)]
        field = place(small, *(round(SIDE * share - side / 2) for share, side in zip(middle, small.shape, strict=True)))
    return Steps(grey, ink, box, crop, small, field, field / np.float32(255))


def from_canvas(rgba: np.ndarray) -> np.ndarray | None:
    """Return what the network should see of a drawing: float32 (28, 28) in [0, 1], ink towards 1. See `prepare`."""
    steps = prepare(rgba)
    return None if steps is None else steps.image


def to_canvas(grey: np.ndarray) -> np.ndarray:
    """Make a drawing of a picture: uint8 (height, width), light ink on black -> uint8 (height, width, 4)."""
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def composite(rgba: np.ndarray) -> np.ndarray:
    """Lay the drawing over black and take its grey: uint8 (height, width, 4) -> float32 (height, width) in [0, 255].

    The weights are those of ITU-R BT.601, Pillow's "L".
    """
    if rgba.ndim != 3 or rgba.shape[2] != 4 or rgba.dtype != np.uint8:  # noqa: PLR2004
        raise ValueError(
            "`rgba` must be an array of shape (height, width, 4) and dtype uint8. "
            f"Received: rgba of shape {rgba.shape} and dtype {rgba.dtype}"
        )
    colour, alpha = rgba[..., :3].astype(np.float32), rgba[..., 3].astype(np.float32) / 255
    grey: np.ndarray = colour @ np.array([0.299, 0.587, 0.114], np.float32) * alpha
    return grey


def ink_box(grey: np.ndarray) -> tuple[slice, slice] | None:
    """Return the rows and columns of the smallest box around all ink, None without ink."""
    found = Image.fromarray(grey >= INK).getbbox()
    return found and (slice(found[1], found[3]), slice(found[0], found[2]))


def fit(crop: np.ndarray, longer: int = BOX, *, antialias: bool = True) -> np.ndarray:
    """Bring the longer side to 20 pixels and keep the proportions: float32 (h, w) -> float32, both sides 1 to `longer`.

    Pillow's filters widen when they shrink a picture: each new pixel is a mean over all it covers (anti-aliasing).
    """
    height, width = (max(1, round(side * longer / max(crop.shape))) for side in crop.shape)
    way = Image.Resampling.BILINEAR if antialias else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(crop).resize((width, height), way))


def centre(image: np.ndarray) -> np.ndarray:
    """Put the centre of mass into the middle of a 28x28 field: float32 (h, w) up to (28, 28) -> float32 (28, 28).

    To the nearest pixel; the middle is pixel 14, counted from 0: in MNIST itself all centres of mass lie between 13.5
    and 14.5. What would stick out of the field is cut off.
    """
    mass = image.sum()
    row = np.arange(image.shape[0]) @ image.sum(axis=1) / mass
    column = np.arange(image.shape[1]) @ image.sum(axis=0) / mass
    return place(image, MIDDLE - round(row), MIDDLE - round(column))


def place(image: np.ndarray, top: int, left: int) -> np.ndarray:
    """Lay an image up to (28, 28) onto a 28x28 field, its corner at (top, left); what sticks out is cut off."""
    # A field with a margin of one field on every side takes the image wherever it lands.
    roomy = np.zeros((3 * SIDE, 3 * SIDE), np.float32)
    roomy[SIDE + top : SIDE + top + image.shape[0], SIDE + left : SIDE + left + image.shape[1]] = image
    return roomy[SIDE:-SIDE, SIDE:-SIDE].copy()
