"""Pictures turned, shifted, enlarged and slanted: maps of the plane, and pictures resampled by them.

A map is float64 (2, 3): pixel (x, y) of the new picture is taken from the old one's `map @ (x, y, 1)`.
"""

import numpy as np

Array = np.ndarray


def turns(degrees: Array) -> Array:
    """Turn against the clock: float (...) -> float64 (..., 2, 2)."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.stack([np.stack([cos, -sin], axis=-1), np.stack([sin, cos], axis=-1)], axis=-2)


def about_the_middle(linear: Array, shape: tuple[int, ...], shift: Array | float = 0.0) -> Array:
    """Maps that shift by (right, down) pixels after a linear map about the middle of pictures of this shape.

    `linear`: float (..., 2, 2), from the new picture to the old one; `shift`: float (..., 2).
    """
    middle = (np.array(shape[::-1]) - 1) / 2
    offset = middle - np.einsum("...ij,...j->...i", linear, middle + shift)
    return np.concatenate([np.broadcast_to(linear, (*offset.shape, 2)), offset[..., np.newaxis]], axis=-1)


def resample(images: Array, maps: Array) -> Array:
    """Take each pixel of new pictures from where maps say; between pixels it is bilinear, beyond the edges black.

    float32 (n, height, width), (n, 2, 3) -> float32 (n, height, width).
    """
    from scipy.ndimage import affine_transform  # noqa: PLC0415 - it takes half a second to load

    rows_first = maps[:, ::-1][:, :, [1, 0, 2]]
    pairs = zip(images, rows_first, strict=True)
    return np.stack([affine_transform(image, matrix, order=1, mode="grid-constant") for image, matrix in pairs])
