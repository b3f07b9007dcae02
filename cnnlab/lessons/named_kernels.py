"""Kernels with a name: what people wrote by hand before networks learned their own.

A learned kernel is of the same kind, only nobody chose its numbers. Sources: Sobel and Feldman, "A 3x3 isotropic
gradient operator" (1968); Burt, "Fast filter transforms" (1981), for the binomial kernels that stand for Gaussians;
Gonzalez and Woods, "Digital Image Processing", chapter 3, for the others. The weights of a colour picture's planes are
those of luma, ITU-R BT.601.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np

Array = np.ndarray

SIZES = (1, 7)  # smallest and largest side of a kernel
LUMA = (0.299, 0.587, 0.114)  # how bright red, green and blue look: they add up to 1
TOLERANCE = 1e-5  # up to here two values of a map are equal: float32 sums in another order


@dataclass(frozen=True)
class KernelPreset:
    """A kernel with a name; `does` is the end of a sentence that begins with it.

    `make`: side of the kernel -> float (side, side). `smallest`: the side from which it is what its name says.
    `planes`: factors of the planes of an RGB picture. `colour_only`: whether it is for RGB pictures only.
    """

    does: str
    make: Callable[[int], Array]
    smallest: int = 1
    planes: tuple[float, float, float] = LUMA
    colour_only: bool = False

    def kernel(self, size: int, channels: int) -> Array:
        """The kernel as one filter of Conv2D: float32 (size, size, channels, 1); each channel has a plane of its own.

        Raises ValueError for a size or a number of channels that it does not have.
        """
        if not self.smallest <= size <= SIZES[1]:
            raise ValueError(f"`size` must be from {self.smallest} to {SIZES[1]}. Received: size={size}")
        allowed = (3,) if self.colour_only else (1, 3)
        if channels not in allowed:
            raise ValueError(f"`channels` must be one of {allowed}. Received: channels={channels}")
        factors = self.planes if channels == len(self.planes) else (1.0,)
        return np.multiply.outer(self.make(size), factors)[..., np.newaxis].astype(np.float32)


def resize(kernel: Array, size: int) -> Array:
    """Put a kernel (side, side, ...) into the middle of one of another side: cut off, or with zeros around it.

    The middle of an even side is the cell before the half, where padding "same" has it.
    """
    side = kernel.shape[0]
    before = (size - 1) // 2 - (side - 1) // 2
    after = size - side - before
    rest = [(0, 0)] * (kernel.ndim - 2)
    padded = np.pad(kernel, [(max(before, 0), max(after, 0))] * 2 + rest)
    inside = slice(max(-before, 0), max(-before, 0) + size)
    return padded[inside, inside]


def turn(kernel: Array) -> Array:
    """Turn a kernel (side, side, ...) by half a circle: what mathematicians do before they slide it."""
    return kernel[::-1, ::-1]


def binomial(size: int) -> Array:
    """A row of Pascal's triangle, float (size,): 1 2 1 for 3; the Gaussian's whole-number relative."""
    return np.array([comb(size - 1, place) for place in range(size)], np.float64)


def _box(size: int) -> Array:
    return np.full((size, size), 1 / size**2)


def _sobel_x(size: int) -> Array:
    return np.outer(binomial(size), np.convolve(binomial(size - 1), [-1, 1]))


def _in_the_middle(*rows: tuple[float, ...]) -> Callable[[int], Array]:
    """A kernel that is written down; larger ones have zeros around it."""
    return lambda size: resize(np.array(rows, np.float64), size)


KERNEL_PRESETS: dict[str, KernelPreset] = {
    "Identity": KernelPreset("leaves the picture as it is", _in_the_middle((1,))),
    "Box blur": KernelPreset("takes the mean of the neighbourhood", _box),
    "Gaussian": KernelPreset(
        "takes a mean in which near pixels count more",
        lambda size: np.outer(binomial(size), binomial(size)) / 4 ** (size - 1),
    ),
    "Sharpen": KernelPreset(
        "adds to each pixel its difference from its neighbours", _in_the_middle((0, -1, 0), (-1, 5, -1), (0, -1, 0)), 3
    ),
    "Sobel x": KernelPreset("finds upright edges: dark on the left, bright on the right", _sobel_x, 2),
    "Sobel y": KernelPreset("finds level edges: dark above, bright below", lambda size: _sobel_x(size).T, 2),
    "Laplacian": KernelPreset(
        "finds points and lines, in every direction", _in_the_middle((0, 1, 0), (1, -4, 1), (0, 1, 0)), 3
    ),
    "Emboss": KernelPreset(
        "lets light fall in from the upper left", _in_the_middle((-2, -1, 0), (-1, 1, 1), (0, 1, 2)), 3
    ),
    "Red": KernelPreset(
        "finds what is red and neither green nor blue", _box, planes=(1.0, -0.5, -0.5), colour_only=True
    ),
}
"""Kernels by name, in the order in which they are offered."""


def shift(image: Array, rows: int, columns: int) -> Array:
    """Move a picture (height, width, ...) down and to the right; zeros come in, what leaves is lost."""
    height, width = image.shape[:2]
    moved = np.zeros_like(image)
    moved[rows:, columns:] = image[: height - rows, : width - columns]
    return moved


@dataclass(frozen=True)
class Agreement:
    """How many cells of two maps are equal where they overlap; those of blank paper are left out."""

    equal: int
    compared: int
    largest_difference: float


def moved_along(feature_map: Array, moved_map: Array, rows: int, columns: int, blank: float = 0.0) -> Agreement:
    """Compare the map of a picture, float (height, width), with the map of the shifted picture, of the same shape.

    The second one should lie `rows` cells lower and `columns` to the right. `blank`: the filter's answer to blank
    paper, its bias.
    """
    height, width = feature_map.shape
    before, after = feature_map[: height - rows, : width - columns], moved_map[rows:, columns:]
    difference = np.abs(before - after)
    is_inked = (np.abs(before - blank) > TOLERANCE) | (np.abs(after - blank) > TOLERANCE)
    return Agreement(
        int((difference[is_inked] <= TOLERANCE).sum()), int(is_inked.sum()), float(difference.max(initial=0.0))
    )


def edge_share(kernel: Array) -> float:
    """How much of a kernel (side, side) is a light side against a dark one, from 0 to 1.

    The part of its variance that the best slope a + b row + c column explains (R squared).
    """
    side = kernel.shape[0]
    row, column = np.mgrid[:side, :side]
    slope = np.stack([np.ones(side * side), row.ravel(), column.ravel()], axis=1)
    values = kernel.ravel().astype(np.float64)
    total = ((values - values.mean()) ** 2).sum()
    best = np.linalg.lstsq(slope, values, rcond=None)[0]
    return float(1 - ((values - slope @ best) ** 2).sum() / total) if total > 0 else 0.0
