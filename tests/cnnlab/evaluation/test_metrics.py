"""Figures of merit, by hand and against scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from cnnlab import mnist
from cnnlab.evaluation.metrics import (
    accuracy_interval,
    calibration,
    class_figures,
    close_calls,
    confusion_matrix,
    mean_loss,
    mistakes,
)
from cnnlab.experiment import LOSSES


def answers(n=400, seed=0):
    """Random answers, right more often than not."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, n).astype(np.uint8)
    scores = rng.normal(size=(n, 10)) + 2 * np.eye(10)[labels]
    exponentials = np.exp(scores)
    return (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(np.float32), labels


def sure(*rows):
    """Probabilities of digit 0 and 1 alone."""
    return np.array([[first, 1 - first, *[0] * 8] for first in rows], np.float32)


def test_wilsons_interval():
    # Agresti and Coull, The American Statistician 52, 1998: no success in 10 trials gives 0 to 0.2775.
    assert accuracy_interval(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)
    assert accuracy_interval(9900, 10_000) == pytest.approx((0.98786, 0.99177), abs=1e-5)
    assert accuracy_interval(10, 10)[1] == pytest.approx(1)
    low, high = accuracy_interval(5, 10)
    assert low + high == pytest.approx(1)
    for right, number in ((-1, 10), (11, 10), (0, 0)):
        with pytest.raises(ValueError, match="`num_right` must be from 0 to `num_images`"):
            accuracy_interval(right, number)


def test_confusion_and_classes_as_scikit_learn_counts_them():
    probabilities, labels = answers()
    read_as = probabilities.argmax(axis=1)
    matrix = confusion_matrix(labels, read_as)
    np.testing.assert_array_equal(matrix, metrics.confusion_matrix(labels, read_as))
    ours = class_figures(matrix)
    theirs = metrics.precision_recall_fscore_support(labels, read_as)
    np.testing.assert_allclose(ours.precision, theirs[0])
    np.testing.assert_allclose(ours.recall, theirs[1])
    np.testing.assert_allclose(ours.f1, theirs[2])


def test_a_class_that_is_never_there_or_never_read_has_no_figure():
    matrix = confusion_matrix(np.array([0, 0, 1]), np.array([0, 2, 2]))
    assert matrix[0, 2] == matrix[1, 2] == matrix[0, 0] == 1
    assert matrix.sum() == 3
    figures = class_figures(matrix)
    assert figures.recall[:2].tolist() == [0.5, 0.0]
    assert np.isnan(figures.recall[2])
    assert np.isnan(figures.precision[1])
    assert np.isnan(figures.f1[9])


def test_the_mean_loss_by_hand():
    probabilities = np.full((2, 10), 0.05, np.float32)
    probabilities[:, 3] = 0.55
    labels = np.array([3, 4], np.uint8)
    assert mean_loss(probabilities, labels, "categorical_crossentropy") == pytest.approx(-np.log([0.55, 0.05]).mean())
    squares = [0.45**2 + 9 * 0.05**2, 0.55**2 + 0.95**2 + 8 * 0.05**2]
    assert mean_loss(probabilities, labels, "mean_squared_error") == pytest.approx(np.mean(squares) / 10)
    impossible = np.eye(10, dtype=np.float32)[[0]]
    assert mean_loss(impossible, np.array([1]), "categorical_crossentropy") == pytest.approx(-np.log(1e-7))


def test_the_mean_loss_is_that_of_others():
    probabilities, labels = answers()
    entropy = metrics.log_loss(labels, probabilities, labels=range(10))
    assert mean_loss(probabilities, labels, LOSSES[0]) == pytest.approx(entropy, rel=1e-5)
    squares = metrics.mean_squared_error(mnist.one_hot(labels), probabilities)
    assert mean_loss(probabilities, labels, LOSSES[1]) == pytest.approx(squares, rel=1e-5)


def test_mistakes_and_close_calls_in_order():
    probabilities, labels = sure(0.9, 0.6, 0.2, 0.7, 0.55), np.array([0, 1, 0, 1, 0])
    assert mistakes(probabilities, labels).tolist() == [2, 3, 1]
    assert close_calls(probabilities, labels).tolist() == [4, 0]
    everything, truth = answers()
    both = np.concatenate([mistakes(everything, truth), close_calls(everything, truth)])
    assert sorted(both.tolist()) == list(range(400))


def test_calibration_by_hand():
    found = calibration(sure(0.95, 0.95, 0.75, 1.0), np.array([0, 1, 0, 0]), bins=10)
    assert found.counts.tolist() == [0] * 7 + [1, 0, 3]
    assert found.sureness[9] == pytest.approx((0.95 + 0.95 + 1) / 3)
    assert found.accuracy[9] == pytest.approx(2 / 3)
    assert np.isnan(found.accuracy[0])
    assert found.error == pytest.approx((0.25 * 1 + abs(2.9 / 3 - 2 / 3) * 3) / 4, abs=1e-6)


def test_a_network_that_knows_how_sure_it_may_be_is_calibrated():
    rng = np.random.default_rng(1)
    probabilities = rng.dirichlet(np.ones(10) * 0.5, 50_000).astype(np.float32)
    labels = (probabilities.cumsum(axis=1) < rng.random((50_000, 1))).sum(axis=1).clip(0, 9)
    assert calibration(probabilities, labels).error < 0.01
