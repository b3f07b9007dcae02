"""What is measured against what: `python -m benchmarks [name ...]`; `all` writes RESULTS.md.

A time alone says more about a machine than about a program, so every figure stands beside a reference that was measured
in the same run, in turns with it: A, B, A, B, ... What is printed are medians, the median of the ratios of the turns,
and between which values the middle half of these ratios lies.

A benchmark is a module with a function `rows()` that yields one `Row` a comparison; its name is in `BENCHMARKS`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

BENCHMARKS = ("training", "forward", "curves", "runs", "start", "draw", "scripts")
"""Modules of this package, in the order in which they run."""

MIN_SECONDS = 0.02
SHORTEST = 1e-6


@dataclass(frozen=True)
class Row:
    """One comparison: two figures of the same unit, each float (rounds,) or measured once."""

    what: str
    figure: np.ndarray | float
    reference: str
    reference_figure: np.ndarray | float
    unit: str = "ms"

    @property
    def ratios(self) -> np.ndarray:
        """How many times the reference, in each round: of times, less is better; of speeds, more."""
        return np.atleast_1d(self.figure / self.reference_figure)


def in_turns(*candidates: Callable[[], float], rounds: int) -> list[np.ndarray]:
    """Call each in turn, `rounds` times; return for each what it returned, float (rounds,)."""
    return list(np.array([[candidate() for candidate in candidates] for _ in range(rounds)]).T)


def milliseconds(*candidates: Callable[[], object], rounds: int = 15) -> list[np.ndarray]:
    """Time each in turn; return its milliseconds, float (rounds,). What is short is called several times in a row."""
    return in_turns(*map(_timed, candidates), rounds=rounds)


def _timed(candidate: Callable[[], object]) -> Callable[[], float]:
    candidate()  # the first call may load or compile something
    start = time.perf_counter()
    candidate()
    calls = 1 + int(MIN_SECONDS / max(time.perf_counter() - start, SHORTEST))

    def timed() -> float:
        start = time.perf_counter()
        for _ in range(calls):
            candidate()
        return (time.perf_counter() - start) * 1_000 / calls

    return timed
