"""Runs beside each other: in which settings they differ, whose answers are better, which network is worth its cost."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from cnnlab.experiment import Experiment
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Layer

PLAIN = ("filters", "kernel_size", "units", "rate")
"""Settings that are written by their value alone."""


@dataclass(frozen=True)
class McNemar:
    """What two networks did with the same images.

    `only_a` and `only_b` count the images that only the one read rightly. `p_value` in [0, 1]: how often a difference
    as large as this, or larger, comes about by chance when both are equally good.
    """

    only_a: int
    only_b: int
    p_value: float


def mcnemar(right_a: np.ndarray, right_b: np.ndarray) -> McNemar:
    """Compare two networks by McNemar's exact test (Psychometrika 12, 1947): a coin is thrown for each disagreement.

    Args:
        right_a: whether the first network read each image rightly, bool (n,).
        right_b: the same of the second network, for the same images in the same order.
    """
    if right_a.shape != right_b.shape:
        raise ValueError(
            f"`right_a` and `right_b` must be of the same images. Received: shapes {right_a.shape} and {right_b.shape}"
        )
    from scipy.stats import binomtest  # noqa: PLC0415 - takes half a second

    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return McNemar(only_a, only_b, float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0)


def pareto(costs: np.ndarray, accuracies: np.ndarray) -> np.ndarray:
    """Mark the Pareto front, bool (n,): nothing else is as cheap and as accurate, and better in one of the two.

    Args:
        costs: the less the better, (n,).
        accuracies: the more the better, (n,); NaN (not known) is never on the front.
    """
    is_no_worse = (costs <= costs[:, np.newaxis]) & (accuracies >= accuracies[:, np.newaxis])  # [this one, other]
    is_better = (costs < costs[:, np.newaxis]) | (accuracies > accuracies[:, np.newaxis])
    return ~(is_no_worse & is_better).any(axis=1) & ~np.isnan(accuracies) & ~np.isnan(costs)


def differing(experiments: Sequence[Experiment | None]) -> dict[str, list[object]]:
    """By the name of each setting in which experiments differ: its value in each. None has None and differs in none."""
    rows = [settings(experiment) if experiment else {} for experiment in experiments]
    known = [row for row in rows if row]
    names = [name for name in (known[0] if known else ()) if len({row[name] for row in known}) > 1]
    return {name: [row.get(name) for row in rows] for name in names}


def settings(experiment: Experiment) -> dict[str, object]:
    """Return all that decides a run, by names as people say them; every value can be hashed."""
    parts = (experiment.training, experiment.data)
    values = {field.name: getattr(part, field.name) for part in parts for field in fields(part)}
    values |= {"train_size": experiment.data.num_train, "seed": experiment.seed}
    named = {name.replace("_", " "): value for name, value in values.items()}
    return named | {"layers": layers(experiment.architecture)}


@lru_cache(2_048)
def layers(architecture: Architecture) -> str:
    """Write a network in a line: 'Conv2D(16, 5, relu) · MaxPooling2D · Flatten · Dense(10, softmax)'."""
    return " · ".join(map(_layer, architecture.layers))


def _layer(layer: Layer) -> str:
    words = [
        str(value) if name in PLAIN or isinstance(value, str) else f"{name}={value}"
        for name, value in layer.settings().items()
    ]
    return f"{type(layer).__name__}({', '.join(words)})" if words else type(layer).__name__
