"""What a unit looks for: a picture made from noise, every pixel uphill, until the unit answers as strongly as it can.

Olah, Mordvintsev and Schubert, "Feature Visualization" (Distill, 2017); the first was Erhan et al., "Visualizing
Higher-Layer Features of a Deep Network" (2009). Left alone, the way uphill ends in noise that excites the unit by
chance: so the picture is smoothed, paled and jittered a little at every step.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cnnlab.nn.operations import average_pooling2d

Array = np.ndarray
Gradient = Callable[[Array], tuple[float, Array]]

RATE = 1.0  # length of a step: the root of the sum of the pixels' squared changes
NOISE = 0.1  # the first picture is noise from black to this


@dataclass(frozen=True)
class Regularisation:
    """What keeps the picture from becoming noise, at every step.

    `blur`: how much of each pixel is replaced by the mean of the 3 x 3 pixels about it, 0 to 1. `decay`: how much it is
    paled, 0 to 1, the gradient of a penalty on the squares (L2). `jitter`: the largest shift by chance, in pixels.
    """

    blur: float = 0.05
    decay: float = 0.01
    jitter: int = 1

    def __post_init__(self) -> None:
        for name in ("blur", "decay"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"`{name}` must be from 0 to 1. Received: {name}={getattr(self, name)}")
        if self.jitter < 0:
            raise ValueError(f"`jitter` must be at least 0. Received: jitter={self.jitter}")


def ascend(
    gradient: Gradient, shape: tuple[int, ...], steps: int, seed: int, regularisation: Regularisation
) -> Iterator[Array]:
    """Climb from noise to a picture with a high score, by `gradient`: `image -> (score, slope of each pixel)`.

    `seed` decides the noise to begin with, and the jitter. Yields that noise, then the picture after each step, float32
    of this shape in [0, 1]: `steps + 1` in all.
    """
    rng = np.random.default_rng(seed)
    image = rng.uniform(0, NOISE, shape).astype(np.float32)
    yield image
    for _ in range(steps):
        down, right = rng.integers(-regularisation.jitter, regularisation.jitter + 1, size=2)
        slope = np.roll(gradient(np.roll(image, (down, right), (0, 1)))[1], (-down, -right), (0, 1))
        image = np.clip(_smooth(image, regularisation) + uphill(slope), 0, 1)
        yield image


def waking(gradient: Gradient, before_activation: Gradient) -> Gradient:
    """Follow `gradient` or, while it is flat because the unit is silent, the one of its sum before the activation."""

    def followed(image: Array) -> tuple[float, Array]:
        score, slope = gradient(image)
        return score, slope if slope.any() else before_activation(image)[1]

    return followed


def uphill(slope: Array) -> Array:
    """A step of length RATE along the slope; none where it is flat."""
    length = np.linalg.norm(slope)
    return slope * np.float32(RATE / length) if length > 0 else np.zeros_like(slope)


def _smooth(image: Array, regularisation: Regularisation) -> Array:
    """Blur and pale a picture."""
    mean = average_pooling2d(image[..., np.newaxis], 3, strides=1, padding="same")[..., 0]
    blurred = image + np.float32(regularisation.blur) * (mean - image)
    return blurred * np.float32(1 - regularisation.decay)
