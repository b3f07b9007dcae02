"""Noise on pictures, and what pooling does to it.

The error after pooling is `pool(noisy) - pool(clean)`; rmse^2 = bias^2 + std^2. The largest of four equal pixels with
normal noise lies 1.03 standard deviations too high on average (Tippett, Biometrika 17, 1925); their mean keeps half of
the noise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from cnnlab.nn.operations import average_pooling2d, max_pooling2d

Array = np.ndarray


def gaussian(images: Array, amount: float, rng: np.random.Generator) -> Array:
    """Add to each pixel a number from a normal distribution of standard deviation `amount`."""
    return images + rng.normal(0, amount, images.shape).astype(np.float32)


def salt(images: Array, amount: float, rng: np.random.Generator) -> Array:
    """Make a share `amount` of the pixels white."""
    return np.where(rng.random(images.shape) < amount, np.float32(1), images)


def pepper(images: Array, amount: float, rng: np.random.Generator) -> Array:
    """Make a share `amount` of the pixels black."""
    return np.where(rng.random(images.shape) < amount, np.float32(0), images)


NOISES: dict[str, Callable[[Array, float, np.random.Generator], Array]] = {
    "Gaussian": gaussian,
    "Salt": salt,
    "Pepper": pepper,
}
"""Kinds of noise by name."""
MAX_AMOUNT = 0.5


def add_noise(images: Array, kind: str, amount: float, seed: int, *, clip: bool = True) -> Array:
    """Disturb pictures, float32 of any shape in [0, 1]; the same seed gives the same noise.

    `kind` is a key of NOISES; `amount`, 0 to 0.5, the standard deviation for "Gaussian", the share of pixels hit for
    the others; with `clip` values stay in [0, 1], as in a camera.
    """
    if kind not in NOISES:
        raise ValueError(f"`kind` must be one of {', '.join(NOISES)}. Received: kind={kind!r}")
    if not 0 <= amount <= MAX_AMOUNT:
        raise ValueError(f"`amount` must be from 0 to {MAX_AMOUNT}. Received: amount={amount}")
    noisy = NOISES[kind](images, amount, np.random.default_rng(seed))
    return np.clip(noisy, 0, 1) if clip else noisy


@dataclass(frozen=True)
class Deviation:
    """How far noisy values lie from the clean ones: the mean difference, its spread, and both together."""

    bias: float
    std: float
    rmse: float

    @classmethod
    def between(cls, clean: Array, noisy: Array) -> "Deviation":
        """Compare two arrays of one shape, value by value."""
        difference = noisy.astype(np.float64) - clean
        return cls(float(difference.mean()), float(difference.std()), float(np.sqrt((difference**2).mean())))


def pooling_deviations(
    image_batch: Array,
    kind: str,
    amount: float,
    seeds: Sequence[int],
    pool_size: int = 2,
    strides: int | None = None,
    *,
    clip: bool = True,
) -> dict[str, Deviation]:
    """Measure what is left of noise (see `add_noise`) after pooling, over all pictures and seeds together.

    `image_batch` is float32 (n, height, width) in [0, 1]. The result has the deviations of noisy from clean values by
    "input" (before pooling), "max" and "average".
    """
    images = np.moveaxis(image_batch, 0, 2)  # pooled channel by channel
    clean = np.concatenate([images] * len(seeds), axis=2)
    noisy = np.concatenate([add_noise(images, kind, amount, seed, clip=clip) for seed in seeds], axis=2)
    pools: dict[str, Callable[[Array], Array]] = {
        "input": lambda values: values,
        "max": partial(max_pooling2d, pool_size=pool_size, strides=strides),
        "average": partial(average_pooling2d, pool_size=pool_size, strides=strides),
    }
    return {name: Deviation.between(pool(clean), pool(noisy)) for name, pool in pools.items()}
