"""Spreads over seeds, and the words that are made of them."""

import numpy as np
import pytest

from cnnlab.evaluation import seeds
from cnnlab.evaluation.seeds import Spread, best, compare

LOW, HIGH, WIDE = Spread((0.90, 0.91, 0.92)), Spread((0.95, 0.96, 0.97)), Spread((0.80, 0.91, 0.96))
NEAR = Spread((0.925, 0.94, 0.945))


def test_a_spread_by_hand():
    assert (HIGH.mean, HIGH.low, HIGH.high, HIGH.num_runs) == (pytest.approx(0.96), 0.95, 0.97, 3)
    assert str(HIGH) == "96.0 % (95.0 to 97.0)"
    assert str(Spread((0.5,))) == "50.0 %"
    assert str(Spread((), num_failed=3)) == "no result"


def test_ranges_that_overlap_are_not_above_each_other():
    assert HIGH.is_above(LOW)
    assert HIGH.is_far_above(LOW)
    assert not LOW.is_above(HIGH)
    assert not HIGH.is_above(WIDE)
    assert NEAR.is_above(LOW)
    assert not NEAR.is_far_above(LOW)
    assert not LOW.is_above(LOW)


@pytest.mark.parametrize("few", [Spread((0.1,)), Spread(())])
def test_one_run_is_above_nothing(few):
    assert not HIGH.is_above(few)
    assert not few.is_above(LOW)


def test_the_best_is_better_with_every_seed():
    assert best({"a": LOW, "b": HIGH}) == "b"
    assert best({"a": HIGH, "b": WIDE}) is None
    assert best({"a": HIGH, "b": LOW, "c": WIDE}) is None
    assert best({"a": HIGH, "b": Spread((), num_failed=3)}) is None
    assert best({}) is None


def test_how_often_chance_parts_two_equals():
    """The words say: in 1 of 10 cases; and with a gap wider than both ranges in fewer than 1 of 100."""
    values = np.random.default_rng(0).normal(size=(20_000, 2, 3))
    one, other = ([Spread(tuple(map(float, row))) for row in values[:, side]] for side in (0, 1))
    pairs = [*zip(one, other, strict=True), *zip(other, one, strict=True)]
    assert sum(a.is_above(b) for a, b in pairs) / len(one) == pytest.approx(0.1, abs=0.01)
    assert 0.002 < sum(a.is_far_above(b) for a, b in pairs) / len(one) < 0.01


def test_it_says_which_is_better_and_how_sure_that_is():
    spreads = {"a": LOW, "b": HIGH, "c": WIDE, "d": NEAR}
    far = compare("a", "b", spreads)
    assert "**b** is better than **a** by **5.0 points**, at 96.0 % against 91.0 %" in far
    assert "That is hardly chance." in far
    assert compare("b", "a", spreads) == far
    assert "in 1 of 10 cases: a hint" in compare("a", "d", spreads)
    assert "But the ranges overlap" in compare("b", "c", spreads)


def test_what_cannot_be_compared_is_said():
    assert compare("a", "b", {"a": LOW, "b": Spread((), 3)}) == "Of **b**, 3 of 3 runs failed."
    some = compare("a", "b", {"a": HIGH, "b": Spread((0.1, 0.2), 1)})
    assert "in 1 of 5 cases" in some
    assert some.endswith("Of **b**, 1 of 3 runs failed.")
    assert "A single run on a side" in compare("a", "b", {"a": HIGH, "b": Spread((0.1,))})
    assert "cannot be compared yet" in compare("a", "b", {"a": HIGH, "b": Spread(())})
    equal = compare("a", "b", {"a": HIGH, "b": HIGH})
    assert equal.startswith("**a** and **b** are equal on average, at 96.0 %.")


def test_failed_runs_are_counted():
    assert seeds.spreads_of({"a": [0.5, None, 0.7]}) == {"a": Spread((0.5, 0.7), 1)}
