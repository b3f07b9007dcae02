"""The space of digits: what a layer makes of many of them, seen along the few directions in which they differ most.

Principal components: Pearson, "On lines and planes of closest fit to systems of points in space", 1901.
t-SNE: van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 9, 2008.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Self

import numpy as np
from threadpoolctl import threadpool_limits

from cnnlab import mnist
from cnnlab.experiment import Experiment
from cnnlab.explain.trace import output_shape
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Dropout
from cnnlab.nn.weights import Weights

NUM_DIGITS = 2_000
NUM_FOLLOWED = 500  # digits that are followed over a run's snapshots
NUM_DIRECTIONS = 128
"""Directions that are kept: all of a layer with so many values, nearly all that differs in a wider one."""
MIN_POINTS = 4
MAX_VALUES = 4_000_000
"""Numbers held at once: of a layer with more than 2,000 values a digit, fewer digits are shown."""


@dataclass(frozen=True, eq=False)
class Principal:
    """The directions in which points differ most: float32 (k, units), of length 1, at right angles to each other.

    `mean`: float32 (units,), the points' middle. `shares`: float32 (k,), how much of their variance lies in each.
    """

    mean: np.ndarray
    directions: np.ndarray
    shares: np.ndarray

    @classmethod
    def of(cls, points: np.ndarray, num_directions: int = NUM_DIRECTIONS) -> Self:
        """Find the first directions of points, float32 (n, units); the largest part of each is positive."""
        with np.errstate(over="ignore", invalid="ignore"):
            mean = points.mean(axis=0, dtype=np.float64).astype(np.float32)  # of equal points it is the very same
            centred = points - mean
        if not np.isfinite(centred).all():
            raise ValueError("`points` must be finite. Received: values that are not numbers; has training diverged?")
        _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
        variances = np.square(lengths, dtype=np.float64)
        directions = directions[:num_directions]
        strongest = np.abs(directions).argmax(axis=1)
        directions *= np.sign(directions[np.arange(len(directions)), strongest])[:, np.newaxis]
        shares = variances[:num_directions] / max(variances.sum(), np.finfo(np.float64).tiny)
        return cls(mean, directions, shares.astype(np.float32))

    def project(self, points: np.ndarray) -> np.ndarray:
        """Where points lie along the directions: float32 (..., units) -> float32 (..., k)."""
        return (points - self.mean) @ self.directions.T


@dataclass(frozen=True, eq=False)
class Space:
    """Test digits in the space of one layer: where they lie along its principal directions, and how well apart.

    `indices`: int (n,), in the test set's order. `read`: int (n,), what they are read as. `places`: float32 (n, k).
    """

    indices: np.ndarray
    read: np.ndarray
    principal: Principal
    places: np.ndarray
    separation: float

    def nearest(self, values: np.ndarray, num: int = 1) -> np.ndarray:
        """The digits whose values lie closest to these, float32 (units,): positions in `indices`, nearest first."""
        distances = ((self.places - self.principal.project(values)) ** 2).sum(axis=1)
        return np.argsort(distances, kind="stable")[:num]


@dataclass(frozen=True, eq=False)
class Journey:
    """Test digits in the space of one layer while a network learns, along the directions of the last snapshot.

    `indices`: int (n,). `read`: int (snapshots, n). `places`: float32 (snapshots, n, 2). `separations`: one a snapshot.
    """

    indices: np.ndarray
    read: np.ndarray
    principal: Principal
    places: np.ndarray
    separations: tuple[float, ...]


def last_hidden(architecture: Architecture) -> int:
    """The layer whose output the last layer reads; dropout, which does nothing then, is not counted."""
    return max(i for i, layer in enumerate(architecture.layers[:-1]) if not isinstance(layer, Dropout))


def num_values(architecture: Architecture, layer_index: int) -> int:
    """How many numbers a layer makes of one digit."""
    return prod(output_shape(architecture, layer_index))


def sample(num_digits: int) -> np.ndarray:
    """The first test digits of every class, as many of each: int (num_digits // 10 * 10,), in the test set's order."""
    labels = mnist.load().test.labels
    return np.sort(np.concatenate([np.flatnonzero(labels == digit)[: num_digits // 10] for digit in range(10)]))


def values_of(
    experiment: Experiment, weights: Weights, layer_index: int, images: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Send images, float32 (n, 28, 28, 1) in [0, 1], through it: a layer's values, and what is read, int (n,)."""
    images = experiment.data.prepare(images)
    values = np.empty((len(images), num_values(experiment.architecture, layer_index)), np.float32)
    read = np.empty(len(images), int)
    for number, image in enumerate(images):
        outputs = (*network.forward(experiment.architecture, weights, image), image)  # the image is at trace.PIXELS
        values[number] = outputs[layer_index].ravel()
        read[number] = outputs[-2].argmax()
    return values, read


def space(experiment: Experiment, weights: Weights, layer_index: int) -> Space:
    """Place 2,000 test digits by what a layer makes of them. Takes a second or two."""
    indices = sample(min(NUM_DIGITS, MAX_VALUES // num_values(experiment.architecture, layer_index)))
    images = mnist.normalise(mnist.load().test.images[indices])
    values, read = values_of(experiment, weights, layer_index, images)
    principal = Principal.of(values)
    places = principal.project(values)
    return Space(indices, read, principal, places, separation(places, mnist.load().test.labels[indices]))


def journey(experiment: Experiment, snapshots: Sequence[Weights], layer_index: int) -> Journey:
    """Place 500 test digits by what a layer makes of them, at each snapshot of a run, in order. Takes some seconds."""
    indices = sample(min(NUM_FOLLOWED, MAX_VALUES // num_values(experiment.architecture, layer_index)))
    images, labels = mnist.normalise(mnist.load().test.images[indices]), mnist.load().test.labels[indices]
    principal: Principal | None = None
    stages = []
    for weights in reversed(snapshots):
        values, read = values_of(experiment, weights, layer_index, images)
        principal = principal or Principal.of(values)
        own_places = Principal.of(values).project(values)
        stages.append((read, principal.project(values)[:, :2], separation(own_places, labels)))
    if principal is None:
        raise ValueError("`snapshots` must have at least one. Received: snapshots=()")
    reads, places, separations = zip(*reversed(stages), strict=True)
    return Journey(indices, np.stack(reads), principal, np.stack(places), separations)


def separation(places: np.ndarray, labels: np.ndarray) -> float:
    """How well classes, int (n,), are apart: the share of points, float (n, k), whose nearest is of their own class."""
    points = places.astype(np.float64)
    squares = (points**2).sum(axis=1)
    distances = squares[:, np.newaxis] + squares - 2 * points @ points.T
    np.fill_diagonal(distances, np.inf)
    return float(np.mean(labels[distances.argmin(axis=1)] == labels))


def separation_of_pixels() -> float:
    """`separation` of the bare pictures, for comparison."""
    indices = sample(NUM_DIGITS)
    test = mnist.load().test
    pixels = mnist.normalise(test.images[indices]).reshape(len(indices), -1)
    return separation(Principal.of(pixels).project(pixels), test.labels[indices])


def tsne(places: np.ndarray) -> np.ndarray:
    """Lay points out in a plane so that neighbours stay neighbours: float32 (n, k) -> float32 (n, 2). Takes seconds.

    Raises ValueError where there is nothing to lay out: scikit-learn's native code does not check, and may crash.
    """
    points = places[:, :50].astype(np.float64)
    if len(points) < MIN_POINTS or points.shape[1] < 2:  # noqa: PLR2004 - a plane
        shape = f"{len(points)} digits with {points.shape[1]} numbers each"
        raise ValueError(f"t-SNE needs {MIN_POINTS} digits with two numbers each. Received: {shape}")
    if not np.isfinite(points).all():
        raise ValueError("What this layer makes of the digits are not numbers: has training diverged?")
    points -= points.mean(axis=0)
    if not points.any():
        raise ValueError(
            "This layer makes the same of every digit, so there is nothing to tell them apart by: it is dead"
        )
    points /= np.abs(points).max()
    from sklearn.manifold import TSNE  # noqa: PLC0415 - slow to load, and for workers only

    flat = TSNE(2, perplexity=min(30, (len(points) - 1) / 3), max_iter=500, init="pca", random_state=0)
    with threadpool_limits(1):  # its threads wait by spinning: beside a training run that takes ten times longer
        return np.asarray(flat.fit_transform(points.astype(np.float32)), np.float32)
