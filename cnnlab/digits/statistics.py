"""What is in a data set, before any network sees it: how it is split, how many of each digit, means and look-alikes.

The nearest training image alone already is a classifier (Cover and Hart, "Nearest Neighbor Pattern Classification",
1967): it is what a network is up against.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab import mnist
from cnnlab.experiment import NUM_TRAINING_IMAGES, PERMUTATION_SEED, DataSettings

Array = np.ndarray

TRAINING, UNUSED, VALIDATION, TEST = "Training", "Not used", "Validation", "Test"
NUM_NEAREST = 5
BLOCK = 1_000  # images that are compared at once, so that little memory is needed


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
    """One step of the preparation: its name, what is done, as Python, and what it gives."""

    title: str
    python: str
    array: Array

    @property
    def words(self) -> tuple[str, str, str]:
        """Dtype, shape and range: 'uint8', '(28, 28)', '0 to 255'."""
        return f"{self.array.dtype}", f"{self.array.shape}", f"{self.array.min():g} to {self.array.max():g}"


def split(settings: DataSettings) -> dict[str, range]:
    """Which of MNIST's training images are learned from, which are not used and which are held back, in order."""
    first_held_back = NUM_TRAINING_IMAGES - settings.validation_size
    return {
        TRAINING: range(settings.num_train),
        UNUSED: range(settings.num_train, first_held_back),
        VALIDATION: range(first_held_back, NUM_TRAINING_IMAGES),
    }


def balance(data: mnist.Mnist, settings: DataSettings) -> dict[str, Array]:
    """Count each digit in each part of `split`, and among the test images: int (10,) each."""
    parts = {name: data.train.labels[part.start : part.stop] for name, part in split(settings).items()}
    return {
        name: np.bincount(labels, minlength=mnist.NUM_CLASSES)
        for name, labels in (parts | {TEST: data.test.labels}).items()
    }


def taught(train: mnist.Split, settings: DataSettings, seed: int) -> Array:
    """The labels that a run of this seed is taught for its training images: uint8 (num_train,)."""
    return settings.labels(train.labels[: settings.num_train], seed)


def sample(labels: Array, digit: int | None, count: int, seed: int) -> Array:
    """Draw the indices of some images at random, none twice: of one digit, or with None of all."""
    candidates = np.arange(len(labels)) if digit is None else np.flatnonzero(labels == digit)
    return np.random.default_rng(seed).choice(candidates, min(count, len(candidates)), replace=False)


def class_means(split: mnist.Split) -> Array:
    """The mean of all images of each digit: float64 (10, 28, 28) in [0, 255]."""
    return np.stack([split.images[split.labels == digit, ..., 0].mean(axis=0) for digit in range(mnist.NUM_CLASSES)])


def to_means(means: Array, images: Array) -> Array:
    """How far each image is from each of the means, as in `distances`: uint8 (n, 28, 28, 1) -> float32 (n, means)."""
    pixels, points = (values.reshape(len(values), -1).astype(np.float32) / 255 for values in (images, means))
    squares = (pixels**2).sum(axis=1)[:, np.newaxis] + (points**2).sum(axis=1) - 2 * pixels @ points.T
    return np.sqrt(np.maximum(squares, 0))


def distances(image: Array, images: Array) -> Array:
    """How far an image is from each of others: the root of the summed squares of the pixels' differences.

    uint8 (28, 28, 1), uint8 (n, 28, 28, 1) -> float64 (n,), pixels counted from 0 to 1. Whole numbers are summed, so
    that equal distances are equal.
    """
    pixels, flat = image.ravel().astype(np.int16), images.reshape(len(images), -1)
    blocks = ((flat[start : start + BLOCK] - pixels).astype(np.int32) for start in range(0, len(flat), BLOCK))
    return np.sqrt(np.concatenate([np.einsum("ij,ij->i", apart, apart) for apart in blocks])) / 255


def look_alikes(split: mnist.Split, image: Array, label: int, *, without: int | None = None) -> LookAlikes:
    """Find the images of `split` that are nearest to an image, uint8 (28, 28, 1), by comparing it with all of them.

    `label`: what it shows. `without`: index of an image that is left out, itself.
    """
    apart = distances(image, split.images)
    ranked = np.argsort(apart, kind="stable")
    ranked = ranked[ranked != without] if without is not None else ranked
    other = ranked[split.labels[ranked] != label][0]
    return LookAlikes(ranked[:NUM_NEAREST], int(other), apart)


def preparation(image: Array, label: int, settings: DataSettings) -> tuple[Step, ...]:
    """What is done to an image, uint8 (28, 28), and to its label before a network learns from them, step by step."""
    pixels = mnist.normalise(image) if settings.normalise else image.astype("float32")
    change = "normalise(image)" if settings.normalise else 'image.astype("float32")'
    steps = [
        Step("As stored", "image", image),
        Step("Divided by 255" if settings.normalise else "As real numbers", f"x = {change}", pixels),
        Step("With its channel", "x = x.reshape(28, 28, 1)", pixels.reshape(28, 28, 1)),
    ]
    if settings.permute_pixels:
        order = f"np.random.default_rng({PERMUTATION_SEED}).permutation(784)"
        prepared = settings.prepare(mnist.normalise(image)[..., np.newaxis])
        steps.append(Step("In another order", f"x = x.ravel()[{order}].reshape(28, 28, 1)", prepared))
    return (*steps, Step("The label", f"y = one_hot([{label}])", mnist.one_hot(np.array([label]))))
