"""Augmentation: what Keras does to an image each time it is learned from, in NumPy, so that it can be looked at.

The same four steps in the same order as the layers of `keras_models.augmentation`: RandomTranslation, RandomRotation,
RandomZoom (each resamples the image bilinearly, black beyond its edges) and GaussianNoise. A test holds them equal.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.digits.affine import about_the_middle, resample, turns
from cnnlab.digits.noise import gaussian
from cnnlab.experiment import DataSettings

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Drawn:
    """What chance has drawn for each of n images.

    `shift`: float (n, 2), pixels to the right and down. `turn`: float (n,), degrees, against the clock. `zoom`: float
    (n,), the share of the image's side that is seen, as in Keras: above 1 it gets smaller. `noise`: the standard
    deviation of what is added to each pixel, decided by `seed`.
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
        amounts = shift * settings.shift, turn * settings.rotation, 1 + zoom * settings.zoom
        return cls(*amounts, settings.noise, int(rng.integers(2**31)))

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
    steps = (
        (np.eye(2), drawn.shift, drawn.shift.any()),
        (turns(drawn.turn), 0.0, drawn.turn.any()),
        (drawn.zoom[:, np.newaxis, np.newaxis] * np.eye(2), 0.0, (drawn.zoom != 1).any()),
    )
    for linear, shift, is_drawn in steps:
        images = resample(images, about_the_middle(linear, images.shape[1:], shift)) if is_drawn else images
    return gaussian(images, drawn.noise, np.random.default_rng(drawn.seed)) if drawn.noise else images
