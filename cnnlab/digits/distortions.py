"""A digit turned, shifted, made thicker, covered and disturbed, as far as one likes: how long is it still read rightly?

Everything happens to one picture, float32 (28, 28) in [0, 1], in the order in which a hand, a pen and a camera would do
it: pen, turn, shift, cover, blur, noise. What leaves the picture is lost, what comes in is black paper.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from cnnlab.digits.affine import about_the_middle, resample, turns
from cnnlab.digits.noise import gaussian

Array = np.ndarray


class Range(NamedTuple):
    """Least and largest value of a distortion and the step between them; its name, and what its axis says."""

    low: float
    high: float
    step: float
    name: str
    axis: str


RANGES: dict[str, Range] = {
    "turn": Range(-90.0, 90.0, 9.0, "Turn", "Turned against the clock by so many degrees"),
    "right": Range(-10.0, 10.0, 1.0, "Shift right", "Shifted to the right by so many pixels"),
    "down": Range(-10.0, 10.0, 1.0, "Shift down", "Shifted down by so many pixels"),
    "thicken": Range(-2.0, 4.0, 0.25, "Thicken", "Line thicker by so many pixels"),
    "cover": Range(0.0, 20.0, 1.0, "Cover", "Black square in the middle, its side in pixels"),
    "blur": Range(0.0, 4.0, 0.25, "Blur", "Blurred: the spread of each pixel's ink (standard deviation), in pixels"),
    "noise": Range(0.0, 1.0, 0.05, "Noise", "Noise, its standard deviation (black to white is 1)"),
}
NAMES = {key: found.name for key, found in RANGES.items()}


@dataclass(frozen=True)
class Distortion:
    """How far a picture is distorted, in the units of RANGES; 0 where nothing is done. `seed` decides the noise."""

    turn: float = 0.0
    right: float = 0.0
    down: float = 0.0
    thicken: float = 0.0
    cover: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, (low, high, *_) in RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"`{name}` must be from {low} to {high}. Received: {name}={getattr(self, name)}")

    @property
    def is_none(self) -> bool:
        """Whether the picture stays as it is."""
        return all(getattr(self, name) == 0 for name in RANGES)

    def apply(self, image: Array) -> Array:
        """Distort a picture: float32 (28, 28) in [0, 1] -> the same."""
        if self.is_none:
            return image
        moved = move(thicken(image, self.thicken), self.turn, self.right, self.down)
        blurred = blur(cover(moved, round(self.cover)), self.blur)
        noisy = gaussian(blurred, self.noise, np.random.default_rng(self.seed))
        return np.clip(noisy, 0, 1)


def thicken(image: Array, pixels: float) -> Array:
    """Let lines grow (below zero: shrink, as the paper grows) by a number of pixels; fractions are mixtures.

    A line grows by a pixel when every pixel takes the largest of a 2 x 2 window, to each side by turns.
    """
    from scipy.ndimage import maximum_filter  # noqa: PLC0415 - see `affine.resample`

    if pixels < 0:
        return 1 - thicken(1 - image, -pixels)
    for number in range(int(np.ceil(pixels))):
        share = np.float32(min(pixels - number, 1))
        grown = maximum_filter(image, 2, origin=-(number % 2 == 0), mode="nearest")
        image = (1 - share) * image + share * grown
    return image


def move(image: Array, turn: float, right: float, down: float) -> Array:
    """Turn about the middle against the clock (degrees), then shift (pixels); values in between are bilinear."""
    if turn == right == down == 0:
        return image
    maps = about_the_middle(turns(np.array([turn])), image.shape, np.array([right, down]))
    return resample(image[np.newaxis], maps)[0]


def cover(image: Array, side: int) -> Array:
    """Lay a black square of `side` pixels over the middle."""
    covered = image.copy()
    top, left = ((length - side) // 2 for length in image.shape)
    covered[top : top + side, left : left + side] = 0
    return covered


def blur(image: Array, width: float) -> Array:
    """Spread each pixel's ink over its neighbours by a Gaussian of standard deviation `width`, in pixels.

    Its weights add up to 1; what comes to lie beyond the border is lost.
    """
    from scipy.ndimage import gaussian_filter  # noqa: PLC0415 - see `affine.resample`

    return gaussian_filter(image, width, mode="constant", radius=max(image.shape) - 1) if width else image


def positions(name: str) -> Array:
    """All values of one distortion, from the least to the largest: float64 (n,)."""
    low, high, step, *_ = RANGES[name]
    return np.linspace(low, high, round((high - low) / step) + 1)


def sweep(image: Array, name: str, distortion: Distortion) -> Array:
    """Distort a picture by every value of one distortion, the others as they stand: float32 (n, 28, 28)."""
    if name not in RANGES:
        raise ValueError(f"`name` must be one of {', '.join(RANGES)}. Received: name={name!r}")
    settings = ({name: float(value)} for value in positions(name))
    return np.stack([replace(distortion, **setting).apply(image) for setting in settings])  # type: ignore[arg-type]
