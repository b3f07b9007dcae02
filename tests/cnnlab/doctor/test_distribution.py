import numpy as np
import pytest

from cnnlab.doctor.distribution import NUM_BINS, Distribution, saturated, silent


def test_counts_by_hand():
    found = Distribution.of(np.array([[0, 0, 1], [24, np.nan, -np.inf]], np.float32))
    assert (found.low, found.high) == (0, 24)
    assert found.counts.tolist() == [2, 1, *[0] * 21, 1]
    assert (found.num_values, found.num_zeros, found.num_nan, found.num_infinite) == (6, 2, 1, 1)


@pytest.mark.parametrize("values", [np.zeros((0,)), np.full((3, 3), np.nan), np.full(5, 7.0), np.zeros((4, 4, 2))])
def test_degenerate_values_are_counted_too(values):
    found = Distribution.of(values)
    assert found.counts.sum() == np.isfinite(values).sum()
    assert np.isfinite([found.low, found.high]).all()
    assert found.num_values == values.size


def test_every_finite_value_is_counted_once():
    values = np.random.default_rng(0).normal(size=10_000)
    found = Distribution.of(values)
    assert len(found.counts) == NUM_BINS
    assert found.counts.sum() == 10_000
    middle = np.linspace(found.low, found.high, NUM_BINS + 1)
    assert found.counts[3] == ((values >= middle[3]) & (values < middle[4])).sum()


def test_silent_is_zero_everywhere():
    maps = np.zeros((4, 4, 3), np.float32)
    maps[2, 1, 1] = 1e-6
    maps[0, 0, 2] = np.nan
    assert silent(maps).tolist() == [True, False, False]
    assert silent(np.array([0.0, -1.0])).tolist() == [True, False]


def test_saturated_is_where_the_slope_is_gone():
    maps = np.zeros((2, 2, 3))
    maps[..., 0] = 0.99
    maps[..., 1] = [[-0.99, 0.99], [0.99, 0]]  # three of four
    maps[..., 2] = [[-0.99, 0.99], [0, 0]]  # just half
    assert saturated(maps, "tanh").tolist() == [True, True, False]
    assert saturated(np.array([0.001, 0.5, 0.999, 0.9]), "sigmoid").tolist() == [True, False, True, False]
    assert not saturated(maps, "relu").any()


def test_a_saturated_unit_has_lost_19_of_20_parts_of_its_gradient():
    x = np.linspace(-8, 8, 2_001)
    for name, function in {"tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x))}.items():
        slope = np.gradient(function(x), x)
        clear = np.abs(slope / slope.max() - 0.05) > 1e-3
        np.testing.assert_array_equal(saturated(function(x), name)[clear], (slope < 0.05 * slope.max())[clear])
