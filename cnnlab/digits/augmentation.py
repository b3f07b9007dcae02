"""Augmentation: what Keras does to an image each time it is learned from, in NumPy, so that it can be looked at.

The same four steps in the same order as the layers of `keras_models.augmentation`: RandomTranslation, RandomRotation,
RandomZoom (each resamples the image bilinearly, black beyond its edges) and GaussianNoise. A test holds them equal.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.digits.noise import gaussian
from cnnlab.experiment import DataSettings

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Drawn:
    """What chance has drawn for each of n images.

    Args:
        shift: float (n, 2), pixels to the right and down.
        turn: float (n,), degrees, against the clock.
        zoom: float (n,), how much of the image's side is seen: above 1 it gets smaller, below 1 larger, as in Keras.
        noise: standard deviation of what is added to each pixel.
        seed: decides the noise.
    """

    shift: Array
    turn: Array
    zoom: Array
    noise: float
    seed: int

    @classmethod
    def by(cls, settings: DataSettings, count: int, seed: int) -> "Drawn":
        """Draw for `count` images, evenly from minus to plus what the settings allow."""
        rng = np.random.default_rng(seed)
        shift, turn, zoom = (rng.uniform(-1, 1, shape) for shape in ((count, 2), count, count))
        return cls(
            shift * settings.shift,
            turn * settings.rotation,
            1 + zoom * settings.zoom,
            settings.noise,
            int(rng.integers(2**31)),
        )

    def words(self, index: int) -> str:
        """What was done to image `index`, in signs: '→2.1 ↑0.4 ↺7° x0.93'; '' where nothing was drawn."""
        (right, down), turn, zoom = self.shift[index], self.turn[index], self.zoom[index]
        said = []
        if self.shift.any():
            said += [f"{'→' if right > 0 else '←'}{abs(right):.1f}", f"{'↓' if down > 0 else '↑'}{abs(down):.1f}"]
        if self.turn.any():
            said.append(f"{'↺' if turn > 0 else '↻'}{abs(turn):.0f}°")
        if (self.zoom != 1).any():
            said.append(f"x{1 / zoom:.2f}")
        return " ".join(said)


def apply(images: Array, drawn: Drawn) -> Array:
    """Change n images, float32 (n, height, width), each as was drawn for it; noise may leave the range of pixels."""
    for matrices, is_drawn in (
        (translations(drawn.shift), drawn.shift.any()),
        (about_the_middle(rotations(drawn.turn), images.shape[1:]), drawn.turn.any()),
        (about_the_middle(zooms(drawn.zoom), images.shape[1:]), (drawn.zoom != 1).any()),
    ):
        images = resample(images, matrices) if is_drawn else images
    return gaussian(images, drawn.noise, np.random.default_rng(drawn.seed)) if drawn.noise else images


def translations(shift: Array) -> Array:
    """Pixels to the right and down, (n, 2), as maps from the new image's (x, y, 1) to the old one's: (n, 2, 3)."""
    return np.concatenate([np.tile(np.eye(2), (len(shift), 1, 1)), -shift[:, :, np.newaxis]], axis=2)


def rotations(turn: Array) -> Array:
    """Degrees against the clock, (n,), as maps from the new image's (x, y) to the old one's: (n, 2, 2)."""
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    return np.moveaxis(np.array([[cos, -sin], [sin, cos]]), 2, 0)


def zooms(zoom: Array) -> Array:
    """How much of the side is seen, (n,), as maps from the new image's (x, y) to the old one's: (n, 2, 2)."""
    return zoom[:, np.newaxis, np.newaxis] * np.eye(2)


def about_the_middle(maps: Array, shape: tuple[int, ...]) -> Array:
    """Let maps, (n, 2, 2), leave the middle of an image of this height and width in its place: (n, 2, 3)."""
    height, width = shape
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    return np.concatenate([maps, (middle - maps @ middle)[:, :, np.newaxis]], axis=2)


def resample(images: Array, maps: Array) -> Array:
    """Take each pixel (x, y) of a new image from the place `map @ (x, y, 1)` of the old one; beyond it is black.

    float32 (n, height, width), (n, 2, 3) -> float32 (n, height, width). Between pixels the value is bilinear.
    """
    count, height, width = images.shape
    rows, columns = np.indices((height, width)).reshape(2, -1)
    places = maps @ np.stack([columns, rows, np.ones_like(rows)])  # (n, 2, height * width)
    x, y = np.clip(places[:, 0], -1, width), np.clip(places[:, 1], -1, height)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    black = np.pad(images, ((0, 0), (1, 2), (1, 2)))  # pixel (x, y) is now at (x + 1, y + 1)
    number = np.arange(count)[:, np.newaxis]
    upper, lower = (
        black[number, row + 1, left + 1] * (left + 1 - x) + black[number, row + 1, left + 2] * (x - left)
        for row in (top, top + 1)
    )
    return (upper * (top + 1 - y) + lower * (y - top)).reshape(images.shape).astype(np.float32)
