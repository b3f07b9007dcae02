"""Dropout at work: a mask for every training step, and how the answer spreads over thirty of them."""

import numpy as np
import numpy.typing as npt

from cnnlab.nn.operations import dense, dropout, softmax
from ui import colours
from ui.components import define

Floats = npt.NDArray[np.floating]

NUM_PASSES = 30
_mount = define(__file__)


def masked(values: Floats, rate: float, seed: int, passes: int = NUM_PASSES) -> Floats:
    """`cnnlab.nn.operations.dropout` of the values, again and again: float32 (passes, n)."""
    rng = np.random.default_rng(seed)
    return np.array([dropout(values, rate, rng) for _ in range(passes)])


def dropped(values: Floats, kernel: Floats, bias: Floats, rate: float, seed: int, *, key: str) -> None:
    """Show units that are switched off at random, and the answer of the softmax layer behind them.

    Args:
        values: float32 (n,), not negative: what the units pass on.
        kernel: float32 (n, classes) of the layer behind.
        bias: float32 (classes,).
        rate: which part is switched off, in [0, 1).
        seed: decides all masks.
    """
    rows = np.concatenate([values[np.newaxis], masked(values, rate, seed)])
    scores = np.concatenate([dense(part, kernel, bias) for part in (rows[:1], rows[1:])])
    _mount(
        key=key,
        data={
            "count": len(values),
            "rate": rate,
            "values": rows,
            "limit": float(rows[1:].max(initial=1e-6)),
            "totals": rows.sum(axis=1),
            "scores": scores,
            "probabilities": softmax(scores),
            "passes": NUM_PASSES,
            "classes": len(bias),
            "colours": {"dot": colours.TRAINING, "now": colours.VALIDATION},
            "seed": seed,
        },
    )
