"""A digit turned, shifted, made thicker, covered and disturbed, as far as one likes: how long is it still read rightly?

Everything happens to one picture, float32 (28, 28) in [0, 1], in the order in which a hand, a pen and a camera would do
it: pen, turn, shift, cover, blur, noise. What leaves the picture is lost, what comes in is black paper.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image

from cnnlab.digits.noise import gaussian
from cnnlab.nn.operations import max_pooling2d

Array = np.ndarray

RANGES: dict[str, tuple[float, float, float]] = {
    "turn": (-90.0, 90.0, 9.0),
    "right": (-10.0, 10.0, 1.0),
    "down": (-10.0, 10.0, 1.0),
    "thicken": (-2.0, 4.0, 0.25),
    "cover": (0.0, 20.0, 1.0),
    "blur": (0.0, 4.0, 0.25),
    "noise": (0.0, 1.0, 0.05),
}
"""Least and largest value of each distortion, and the step between them."""
NAMES = {
    "turn": "Turn",
    "right": "Shift right",
    "down": "Shift down",
    "thicken": "Thicken",
    "cover": "Cover",
    "blur": "Blur",
    "noise": "Noise",
}
AXES = {
    "turn": "Turned against the clock by so many degrees",
    "right": "Shifted to the right by so many pixels",
    "down": "Shifted down by so many pixels",
    "thicken": "Line thicker by so many pixels",
    "cover": "Black square in the middle, its side in pixels",
    "blur": "Blurred: the spread of each pixel's ink (standard deviation), in pixels",
    "noise": "Noise, its standard deviation (black to white is 1)",
}
"""What a curve over each distortion shows along its axis."""


@dataclass(frozen=True)
class Distortion:
    """How far a picture is distorted; each number is 0 where nothing is done.

    Args:
        turn: degrees, against the clock.
        right: pixels to the right.
        down: pixels down.
        thicken: pixels by which a line grows; below zero it gets thinner.
        cover: side of a black square in the middle, in pixels.
        blur: standard deviation of the Gaussian over which each pixel's ink is spread, in pixels.
        noise: standard deviation of what is added to each pixel.
        seed: decides the noise.
    """

    turn: float = 0.0
    right: float = 0.0
    down: float = 0.0
    thicken: float = 0.0
    cover: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, (low, high, _) in RANGES.items():
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
    """Let lines grow (below zero: shrink) by a number of pixels; fractions are mixtures of both neighbours.

    A line grows by a pixel when every pixel takes the largest of a 2 x 2 window, by turns to each side, so that it
    stays in its place. It shrinks when the paper grows.
    """
    if pixels < 0:
        return 1 - thicken(1 - image, -pixels)
    whole = int(pixels)
    for number in range(whole):
        image = _grow(image, number)
    share = np.float32(pixels - whole)
    return image if share == 0 else (1 - share) * image + share * _grow(image, whole)


def _grow(image: Array, number: int) -> Array:
    """One pixel more: up and to the left at even numbers, down and to the right at odd ones."""
    padded = np.pad(image, (1, 0) if number % 2 else (0, 1), mode="edge")
    return max_pooling2d(padded[..., np.newaxis], 2, strides=1)[..., 0]


def move(image: Array, turn: float, right: float, down: float) -> Array:
    """Turn about the middle against the clock (degrees), then shift (pixels); values in between are bilinear."""
    if turn == right == down == 0:
        return image
    angle, middle = np.radians(turn), np.array(image.shape[::-1]) / 2
    back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])  # from new (x, y) to old
    offset = middle - back @ (middle + np.array([right, down]))
    rows = np.column_stack([back, offset]).ravel().tolist()
    size = (image.shape[1], image.shape[0])
    way = Image.Transform.AFFINE
    return np.asarray(Image.fromarray(image).transform(size, way, rows, Image.Resampling.BILINEAR))


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
    if width == 0:
        return image
    down, across = (_spread(length, width) for length in image.shape)
    return (down @ image @ across.T).astype(np.float32)


def _spread(length: int, width: float) -> Array:
    """How much of the ink of each place (column) along a side comes to each place (row): (length, length)."""
    weights = np.exp(-0.5 * (np.arange(1 - length, length) / width) ** 2)
    places = np.arange(length)
    return (weights / weights.sum())[places[:, np.newaxis] - places + length - 1]


def positions(name: str) -> Array:
    """All values of one distortion, from the least to the largest: float64 (n,)."""
    low, high, step = RANGES[name]
    return np.linspace(low, high, round((high - low) / step) + 1)


def sweep(image: Array, name: str, distortion: Distortion) -> Array:
    """Distort a picture by every value of one distortion, the others as they stand: float32 (n, 28, 28)."""
    if name not in RANGES:
        raise ValueError(f"`name` must be one of {', '.join(RANGES)}. Received: name={name!r}")
    pictures = []
    for value in positions(name):
        settings: dict[str, Any] = {name: float(value)}
        pictures.append(replace(distortion, **settings).apply(image))
    return np.stack(pictures)
