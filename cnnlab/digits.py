"""From a drawing to what MNIST's makers would have made of it.

They took each digit's box, brought its longer side to 20 pixels (greys come from the anti-aliasing) and moved its
centre of mass to the middle of a 28x28 field (LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to
Document Recognition", 1998, section III.A). A network that has only ever seen such digits reads a drawing well only if
it is prepared in the same way, one step after another:

    composite -> ink_box -> crop -> fit -> centre -> divide by 255
"""

import numpy as np
from PIL import Image

SIZE = 28
BOX = 20
MIDDLE = 14
INK = 1
"""Grey (0 to 255) from which a pixel counts as drawn. At 1, MNIST's own digits come back exactly as they are."""


def from_canvas(rgba: np.ndarray) -> np.ndarray | None:
    """Return what the network should see of a drawing.

    Args:
        rgba: uint8 (height, width, 4), light ink on black or on nothing.

    Returns:
        float32 (28, 28) in [0, 1], ink towards 1; None when nothing is drawn.

    Raises:
        ValueError: if `rgba` has another shape or dtype.
    """
    grey = composite(rgba)
    box = ink_box(grey)
    if box is None:
        return None
    return centre(fit(grey[box])) / np.float32(255)


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
    rows, columns = np.nonzero(grey >= INK)
    if rows.size == 0:
        return None
    return slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)


def fit(crop: np.ndarray) -> np.ndarray:
    """Bring the longer side to 20 pixels and keep the proportions: float32 (h, w) -> float32, both sides 1 to 20.

    Pillow's filters widen when they shrink a picture: each new pixel is a mean over all it covers (anti-aliasing).
    """
    height, width = (max(1, round(side * BOX / max(crop.shape))) for side in crop.shape)
    small = Image.fromarray(crop).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(small)


def centre(image: np.ndarray) -> np.ndarray:
    """Put the centre of mass into the middle of a 28x28 field: float32 (h, w) up to (20, 20) -> float32 (28, 28).

    To the nearest pixel; the middle is pixel 14, counted from 0: in MNIST itself all centres of mass lie between 13.5
    and 14.5. What would stick out of the field is cut off.
    """
    mass = image.sum()
    row = np.arange(image.shape[0]) @ image.sum(axis=1) / mass
    column = np.arange(image.shape[1]) @ image.sum(axis=0) / mass
    top, left = MIDDLE - round(row), MIDDLE - round(column)
    # A field with a margin of one box on every side takes the image wherever it lands.
    roomy = np.zeros((SIZE + 2 * BOX, SIZE + 2 * BOX), np.float32)
    roomy[BOX + top : BOX + top + image.shape[0], BOX + left : BOX + left + image.shape[1]] = image
    return roomy[BOX:-BOX, BOX:-BOX].copy()
