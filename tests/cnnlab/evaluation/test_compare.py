"""Comparisons by hand, and McNemar's test against SciPy."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binomtest

from cnnlab.evaluation.compare import McNemar, differing, layers, mcnemar, pareto
from cnnlab.presets import PRESETS

TINY = PRESETS["Tiny"]


def disagreeing(only_a, only_b, both=5, neither=3):
    """Two runs' successes with so many disagreements, shuffled alike."""
    pairs = [(1, 0)] * only_a + [(0, 1)] * only_b + [(1, 1)] * both + [(0, 0)] * neither
    shuffled = np.random.default_rng(0).permutation(np.array(pairs, bool).reshape(-1, 2))
    return shuffled[:, 0], shuffled[:, 1]


@pytest.mark.parametrize(
    ("only_a", "only_b", "p_value"),
    [
        (0, 0, 1),
        (1, 0, 1),  # one coin always falls on one side
        (0, 2, 1 / 2),  # two coins: both heads or both tails
        (5, 0, 2 / 32),
        (3, 1, 2 * (1 + 4) / 16),
        (2, 2, 1),
    ],
)
def test_mcnemar_by_hand(only_a, only_b, p_value):
    assert mcnemar(*disagreeing(only_a, only_b)) == McNemar(only_a, only_b, p_value)


@pytest.mark.parametrize(("only_a", "only_b"), [(34, 21), (7, 19), (100, 101), (60, 20), (0, 40), (5_200, 4_800)])
def test_mcnemar_is_scipy_s_binomial_test(only_a, only_b):
    found = mcnemar(*disagreeing(only_a, only_b))
    assert found.p_value == pytest.approx(binomtest(only_a, only_a + only_b).pvalue, rel=1e-9)


def test_mcnemar_is_the_same_from_both_sides_and_falls_with_the_difference():
    found = [mcnemar(*disagreeing(30 + more, 30 - more)) for more in range(31)]
    assert [mcnemar(*disagreeing(30 - more, 30 + more)).p_value for more in range(31)] == [f.p_value for f in found]
    assert all(later.p_value < former.p_value for former, later in pairwise(found[1:]))


def test_mcnemar_has_no_difference_too_large():
    assert mcnemar(*disagreeing(10_000, 0)) == McNemar(10_000, 0, 0.0)


def test_mcnemar_wants_the_same_images():
    with pytest.raises(ValueError, match=r"`right_a` and `right_b` must be of the same images.*\(2,\) and \(3,\)"):
        mcnemar(np.ones(2, bool), np.ones(3, bool))


def test_pareto_by_hand():
    #                 cheapest  dominated  best so far  same cost, worse  best of all  dearer, no better
    costs = np.array([1, 2, 2, 2, 5, 9], float)
    accuracies = np.array([0.5, 0.4, 0.8, 0.7, 0.9, 0.9])
    assert pareto(costs, accuracies).tolist() == [True, False, True, False, True, False]


def test_twins_are_both_on_the_front():
    assert pareto(np.array([1.0, 1.0]), np.array([0.5, 0.5])).tolist() == [True, True]


def test_what_is_not_known_is_not_on_the_front_and_keeps_nobody_off_it():
    nan = float("nan")
    assert pareto(np.array([1, nan, 2]), np.array([nan, 1, 0.1])).tolist() == [False, False, True]
    assert pareto(np.array([]), np.array([])).tolist() == []


def test_a_run_is_off_the_front_exactly_when_another_one_is_better():
    rng = np.random.default_rng(1)
    costs, accuracies = rng.integers(0, 8, 60).astype(float), rng.integers(0, 8, 60) / 8
    for cost, accuracy, is_on in zip(costs, accuracies, pareto(costs, accuracies), strict=True):
        rivals = zip(costs, accuracies, strict=True)
        beaten = any(c <= cost and a >= accuracy and (c, a) != (cost, accuracy) for c, a in rivals)
        assert is_on != beaten


def test_only_what_differs_is_told():
    fast = replace(TINY, training=replace(TINY.training, learning_rate=0.5), seed=7)
    small = replace(TINY, data=replace(TINY.data, train_size=1_234))
    assert differing([TINY, fast]) == {
        "learning rate": [TINY.training.learning_rate, 0.5],
        "seed": [TINY.seed, 7],
    }
    assert differing([TINY, None, small]) == {"train size": [TINY.data.num_train, None, 1_234]}
    assert differing([TINY, TINY]) == differing([None, TINY]) == differing([None]) == differing([]) == {}


def test_networks_differ_in_their_layers():
    assert "layers" in differing([TINY, PRESETS["Study notes"]])


def test_a_network_in_a_line():
    line = layers(PRESETS["Study notes"].architecture)
    assert line == (
        "Conv2D(32, 5, relu) · MaxPooling2D · Conv2D(64, 5, relu) · MaxPooling2D · Flatten · Dense(10, softmax)"
    )
