"""What the components' Python sides send: thinned series, ranges, bytes."""

import base64

import numpy as np
import pytest

from ui.components import encode
from ui.components.curves import bucket_size, means, thin
from ui.components.maps import ranges_of
from ui.components.spread import Lines


def series(count, seed=0):
    step = np.arange(1, count + 1)
    return step, np.random.default_rng(seed).normal(size=(count, 2))


def test_few_values_are_all_kept():
    step, values = series(100)
    kept_step, kept = thin(step, values, buckets=100)
    np.testing.assert_array_equal(kept_step, step)
    np.testing.assert_array_equal(kept, values)


@pytest.mark.parametrize("count", [101, 999, 10_000])
def test_thinning_keeps_extremes_unchanged_and_in_order(count):
    step, values = series(count)
    kept_step, kept = thin(step, values, buckets=100)
    assert len(kept_step) <= 400
    assert np.all(np.diff(kept_step) > 0)
    np.testing.assert_array_equal(kept, values[kept_step - 1])
    np.testing.assert_array_equal(kept.max(axis=0), values.max(axis=0))
    np.testing.assert_array_equal(kept.min(axis=0), values.min(axis=0))


def test_a_single_spike_is_never_lost():
    step, values = series(50_000)
    values[31_415, 0] = 99
    kept_step, kept = thin(step, values)
    assert kept[kept_step == 31_416, 0] == 99


def test_thinning_by_hand():
    step = np.arange(1, 5)
    values = np.array([[3.0], [1.0], [7.0], [7.0]])
    kept_step, kept = thin(step, values, buckets=2)
    assert kept_step.tolist() == [1, 2, 3]
    assert kept[:, 0].tolist() == [3, 1, 7]


def test_thinning_ignores_nan_but_keeps_a_bucket_of_nothing_else():
    step = np.arange(1, 9)
    values = np.array([[1.0], [np.nan], [2.0], [0.5], [np.nan], [np.nan], [np.nan], [np.nan]])
    kept_step, kept = thin(step, values, buckets=2)
    assert kept_step.tolist() == [3, 4, 5]
    assert np.isnan(kept[-1, 0])


def test_buckets_stay_where_they_are_while_a_run_grows():
    step, values = series(1_500)
    early, _ = thin(step[:1_280], values[:1_280], buckets=100)
    late, _ = thin(step, values, buckets=100)
    np.testing.assert_array_equal(late[late <= 1_280], early)


@pytest.mark.parametrize(("count", "size"), [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (112_500, 128)])
def test_bucket_size(count, size):
    assert bucket_size(count) == size


def test_means_by_hand():
    step = np.array([1, 2, 3, 4, 5])
    values = np.array([[1.0], [3.0], [5.0], [5.0], [7.0]])
    mean_step, mean = means(step, values, buckets=3)
    assert mean_step.tolist() == [1.5, 3.5, 5]
    assert mean[:, 0].tolist() == [2, 5, 7]


def test_an_empty_run():
    step, values = np.zeros(0, dtype=int), np.zeros((0, 2))
    assert thin(step, values)[0].shape == (0,)
    assert means(step, values)[1].shape == (0, 2)


def test_a_long_run_stays_under_100_kilobytes():
    step, values = series(112_500)
    thin_step, thin_values = thin(step, values)
    mean_step, mean_values = means(step, values)
    sent = [encode(part) for part in (thin_step, *thin_values.T, mean_step, *mean_values.T)]
    assert sum(map(len, sent)) < 100_000


def test_encode_keeps_nan_and_order():
    values = np.array([[1.5, np.nan], [-2.0, np.inf]])
    decoded = np.frombuffer(base64.b64decode(encode(values)), dtype="<f4")
    np.testing.assert_array_equal(decoded, values.astype(np.float32).ravel())


def test_ranges_skip_what_is_not_finite():
    images = np.array([[[1, np.nan], [-3, np.inf]], [[np.nan, np.nan], [np.nan, np.nan]]])
    np.testing.assert_array_equal(ranges_of(images), [[-3, 1], [np.nan, np.nan]])
    assert ranges_of(np.zeros((0, 3, 3))).shape == (0, 2)


def test_a_mean_waits_for_all_runs_and_leaves_out_those_without_values():
    nan = np.nan
    mean, low, high = Lines("x", np.array([[0.2, 0.4, nan], [0.4, 0.8, 0.9], [nan, nan, nan]])).middle_and_range()
    np.testing.assert_allclose(mean, [0.3, 0.6, nan])
    np.testing.assert_allclose(low, [0.2, 0.4, nan])
    np.testing.assert_allclose(high, [0.4, 0.8, nan])
    assert np.isnan(Lines("x", np.full((2, 3), nan)).middle_and_range()).all()
