"""What a network's answers to labelled images tell: how many are right, which classes are mixed up, how sure to be.

`probabilities` is float32 (n, 10), each row adding up to 1; `labels` are integers (n,) from 0 to 9.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.mnist import NUM_CLASSES

SMALLEST = 1e-7
"""Keras takes no probability to be smaller when it makes its logarithm."""


def accuracy_interval(num_right: int, num_images: int) -> tuple[float, float]:
    """Return the 95 % interval of an accuracy: Wilson's score interval (Journal of the ASA 22, 1927).

    It tells how far the figure, `num_right` (from 0) of `num_images` (from 1), may be from the one on endlessly many
    digits of the same kind. Another seed, or other people's digits, are not in it.
    """
    if not 0 <= num_right <= num_images or num_images < 1:
        raise ValueError(
            "`num_right` must be from 0 to `num_images`, and that at least 1. "
            f"Received: num_right={num_right}, num_images={num_images}"
        )
    from scipy.stats import binomtest  # noqa: PLC0415 - takes half a second

    low, high = binomtest(num_right, num_images).proportion_ci(method="wilson")
    return float(low), float(high)


def mean_loss(probabilities: np.ndarray, labels: np.ndarray, loss: str) -> float:
    """Return the mean loss of some answers: `loss` is one of `cnnlab.experiment.LOSSES`, as Keras computes it."""
    if loss == "mean_squared_error":
        return float(((probabilities - np.eye(NUM_CLASSES)[labels]) ** 2).mean())
    of_the_truth = np.clip(probabilities[np.arange(len(labels)), labels], SMALLEST, 1 - SMALLEST)
    return float(-np.log(of_the_truth.astype(float)).mean())


def confusion_matrix(labels: np.ndarray, read_as: np.ndarray) -> np.ndarray:
    """Count how often each digit (row) was read as which (column): int64 (10, 10)."""
    return np.bincount(labels.astype(int) * NUM_CLASSES + read_as, minlength=NUM_CLASSES**2).reshape(
        NUM_CLASSES, NUM_CLASSES
    )


@dataclass(frozen=True, eq=False)
class ClassFigures:
    """For each class, float64 (10,) in [0, 1]; NaN where there is nothing to divide by.

    `precision`: of what was read as this digit, the share that is one. `recall`: of these digits, the share that was
    read as one. `f1`: their harmonic mean.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray


def class_figures(matrix: np.ndarray) -> ClassFigures:
    """Work out precision, recall and F1 of each class from a confusion matrix."""
    right, read, are = np.diag(matrix).astype(float), matrix.sum(axis=0), matrix.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return ClassFigures(right / read, right / are, 2 * right / (read + are))


def mistakes(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the indices of the images that were read wrongly, those it was surest of first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]


def close_calls(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the indices of the images that were read rightly, those it was least sure of first."""
    right = np.flatnonzero(probabilities.argmax(axis=1) == labels)
    return right[np.argsort(probabilities[right].max(axis=1), kind="stable")]


@dataclass(frozen=True, eq=False)
class Calibration:
    """How sure a network was and how often it was right, in equal steps of sureness (bins); NaN where a bin is empty.

    `sureness` and `accuracy` are float64 (bins,) in [0, 1], `counts` int (bins,). `error` is the expected calibration
    error: the mean distance of the two over all images (Guo et al., arXiv:1706.04599).
    """

    sureness: np.ndarray
    accuracy: np.ndarray
    counts: np.ndarray
    error: float


def calibration(probabilities: np.ndarray, labels: np.ndarray, bins: int = 10) -> Calibration:
    """Compare how sure the answers are with how often they are right."""
    surest = probabilities.max(axis=1).astype(float)
    is_right = probabilities.argmax(axis=1) == labels
    which = np.minimum((surest * bins).astype(int), bins - 1)
    counts = np.bincount(which, minlength=bins)
    with np.errstate(invalid="ignore"):
        sureness = np.bincount(which, surest, bins) / counts
        accuracy = np.bincount(which, is_right, bins) / counts
    error = np.nansum(np.abs(sureness - accuracy) * counts) / len(labels)
    return Calibration(sureness, accuracy, counts, float(error))
