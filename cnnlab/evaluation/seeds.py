"""What came out of several runs with different seeds, in numbers and in words that say how sure they are.

Two variants with a few seeds each are compared by their ranges. That they do not overlap is what a rank test counts
(Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the other", 1947):
were both equally good, chance would part them so in 2 of `comb(n + m, n)` cases, with three seeds each in 1 of 10. That
the gap between them is also wider than either range comes about in fewer than 1 of 100 (three seeds each, normally
distributed; a test throws the dice).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

from cnnlab.words import percent

LEAST = 2
"""Values on each side from which on ranges can be compared."""
ENOUGH = 3
"""Values on each side from which on a gap wider than the ranges is hardly chance."""


@dataclass(frozen=True)
class Spread:
    """One figure of a variant, a share in [0, 1], for each seed whose run is finished; `num_failed` have none."""

    values: tuple[float, ...]
    num_failed: int = 0

    @property
    def num_runs(self) -> int:
        """How many runs are over."""
        return len(self.values) + self.num_failed

    @property
    def mean(self) -> float:
        """The mean; there must be a value."""
        return sum(self.values) / len(self.values)

    @property
    def low(self) -> float:
        """The least value."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The largest value."""
        return max(self.values)

    def is_above(self, other: "Spread") -> bool:
        """Whether each of its values is larger than each of the other's, and there are enough to say so."""
        return min(len(self.values), len(other.values)) >= LEAST and self.low > other.high

    def is_far_above(self, other: "Spread") -> bool:
        """Whether the gap between the two ranges is wider than either, too."""
        widest = max(self.high - self.low, other.high - other.low)
        is_enough = min(len(self.values), len(other.values)) >= ENOUGH
        return is_enough and self.is_above(other) and self.low - other.high > widest

    def __str__(self) -> str:
        """97.1 % (96.8 to 97.3)."""
        if not self.values:
            return "no result"
        if len(self.values) == 1:
            return percent(self.mean)
        return f"{percent(self.mean)} ({100 * self.low:.1f} to {100 * self.high:.1f})"


def best(spreads: Mapping[str, Spread]) -> str | None:
    """Return the variant that is above every other one; None: it is too close to tell."""
    known = {name: spread for name, spread in spreads.items() if spread.values}
    for name, spread in known.items():
        if len(known) > 1 and all(spread.is_above(other) for key, other in known.items() if key != name):
            return name
    return None


def compare(first: str, second: str, spreads: Mapping[str, Spread]) -> str:
    """Say in words which of two variants is better, by how much, and whether the seeds agree."""
    one, other = spreads[first], spreads[second]
    both = ((first, one), (second, other))
    failed = " ".join(f"Of **{a}**, {b.num_failed} of {b.num_runs} runs failed." for a, b in both if b.num_failed)
    if not one.values or not other.values:
        return failed or f"**{first}** and **{second}** cannot be compared yet."
    if other.mean > one.mean:
        first, second, one, other = second, first, other, one
    points = 100 * (one.mean - other.mean)
    if points == 0:
        sentence = f"**{first}** and **{second}** are equal on average, at {percent(one.mean)}."
    else:
        sentence = (
            f"**{first}** is better than **{second}** by **{points:.1f} points**, at {percent(one.mean)} against "
            f"{percent(other.mean)} on average."
        )
    return " ".join(filter(None, (sentence, _agreement(first, one, second, other), failed)))


def _agreement(first: str, one: Spread, second: str, other: Spread) -> str:
    """Say whether the ranges overlap, and what that is worth."""
    if min(len(one.values), len(other.values)) < LEAST:
        return "A single run on a side says nothing about chance."
    if not one.is_above(other):
        return "But the ranges overlap: with other seeds it could as well be the other way round."
    apart = f"The ranges do not overlap: every run of **{first}** is better than every one of **{second}**"
    if one.is_far_above(other):
        return f"{apart}, and the gap is wider than either range. That is hardly chance."
    cases = comb(len(one.values) + len(other.values), len(one.values)) / 2
    chance = f"Were both equally good, chance alone would part them so in 1 of {cases:g} cases"
    return f"{apart}. {chance}: a hint, but too few seeds to be sure."


def spreads_of(figures: Mapping[str, Sequence[float | None]]) -> dict[str, Spread]:
    """Put the figures of each variant's runs together; None for a run that has failed."""
    return {
        name: Spread(tuple(value for value in values if value is not None), sum(value is None for value in values))
        for name, values in figures.items()
    }
