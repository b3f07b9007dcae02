"""What is in a data set, before any network sees it: how many of each digit, their means, look-alikes, and new forms.

The nearest training image alone already is a classifier (Cover and Hart, "Nearest Neighbor Pattern Classification",
1967): it is what a network is up against.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab import mnist
from cnnlab.distortions import Distortion
from cnnlab.experiment import DataSettings

Array = np.ndarray

NUM_NEAREST = 5
BLOCK = 1_000
"""Images that are compared at once, so that little memory is needed."""


@dataclass(frozen=True, eq=False)
class LookAlikes:
    """The images that are nearest to another one, the nearest first.

    `indices`: int (n,). `other`: the index of the nearest image that shows another digit. `distances`: float64, of all
    images, as in `distances`.
    """

    indices: Array
    other: int
    distances: Array


@dataclass(frozen=True, eq=False)
class Step:
    """One step of the preparation: what is done, as Python, and what it gives."""

    python: str
    array: Array

    @property
    def words(self) -> tuple[str, str, str]:
        """Dtype, shape and range: 'uint8', '(28, 28)', '0 to 255'."""
        return f"{self.array.dtype}", f"{self.array.shape}", f"{self.array.min():g} to {self.array.max():g}"


def balance(data: mnist.Mnist, settings: DataSettings) -> dict[str, Array]:
    """Count each digit in what is learned from, what is held back and what is measured on: int (10,) each."""
    train = data.train.labels
    parts = {
        "Training": train[: settings.num_train],
        "Validation": train[len(train) - settings.validation_size :],
        "Test": data.test.labels,
    }
    return {name: np.bincount(labels, minlength=mnist.NUM_CLASSES) for name, labels in parts.items()}


def sample(labels: Array, digit: int | None, count: int, seed: int) -> Array:
    """Draw the indices of some images at random, none twice: of one digit, or with None of all."""
    candidates = np.arange(len(labels)) if digit is None else np.flatnonzero(labels == digit)
    return np.random.default_rng(seed).choice(candidates, min(count, len(candidates)), replace=False)


def class_means(split: mnist.Split) -> Array:
    """The mean of all images of each digit: float64 (10, 28, 28) in [0, 255]."""
    return np.stack([split.images[split.labels == digit, ..., 0].mean(axis=0) for digit in range(mnist.NUM_CLASSES)])


def distances(image: Array, images: Array) -> Array:
    """How far an image is from each of others: the root of the summed squares of the pixels' differences.

    uint8 (28, 28, 1), uint8 (n, 28, 28, 1) -> float64 (n,), pixels counted from 0 to 1. Whole numbers are summed, so
    that equal distances are equal.
    """
    pixels = image.ravel().astype(np.int16)
    squares = []
    for start in range(0, len(images), BLOCK):
        block = images[start : start + BLOCK]
        apart = (block.reshape(len(block), -1) - pixels).astype(np.int32)
        squares.append(np.einsum("ij,ij->i", apart, apart))
    return np.sqrt(np.concatenate(squares)) / 255


def look_alikes(split: mnist.Split, image: Array, label: int, *, without: int | None = None) -> LookAlikes:
    """Find the images of `split` that are nearest to an image, by comparing it with all of them.

    Args:
        split: where to look.
        image: uint8 (28, 28, 1).
        label: what it shows.
        without: index of an image that is left out: itself.
    """
    apart = distances(image, split.images)
    ranked = np.argsort(apart, kind="stable")
    ranked = ranked[ranked != without] if without is not None else ranked
    other = ranked[split.labels[ranked] != label][0]
    return LookAlikes(ranked[:NUM_NEAREST], int(other), apart)


def preparation(image: Array, label: int) -> tuple[Step, ...]:
    """What is done to an image, uint8 (28, 28), and to its label before a network learns from them, step by step."""
    pixels = mnist.normalise(image)
    return (
        Step("image", image),
        Step("x = normalise(image)", pixels),
        Step("x = x.reshape(28, 28, 1)", pixels.reshape(28, 28, 1)),
        Step(f"y = one_hot([{label}])", mnist.one_hot(np.array([label]))),
    )


def forms(image: Array, largest: Distortion, count: int, seed: int) -> Array:
    """Distort an image at random, again and again, each time by another amount: augmentation.

    Turn, shifts and thickening are drawn evenly from minus to plus `largest`, noise from 0 to it.

    Args:
        image: float32 (28, 28) in [0, 1].
        largest: the largest amounts; nothing is covered.
        count: how many forms.
        seed: decides all amounts and the noise.

    Returns:
        float32 (count, 28, 28) in [0, 1].
    """
    rng = np.random.default_rng(seed)
    both_ways = np.array([largest.turn, largest.right, largest.down, largest.thicken])
    pictures = []
    for _ in range(count):
        turn, right, down, thicken = rng.uniform(-1, 1, 4) * both_ways
        noise = rng.uniform(0, 1) * largest.noise
        some = Distortion(turn, right, down, thicken, noise=noise, seed=int(rng.integers(2**31)))
        pictures.append(some.apply(image))
    return np.stack(pictures)
