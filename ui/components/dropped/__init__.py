"""Dropout at work: a mask for every training step, and how the answer spreads over thirty of them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from cnnlab.nn.operations import dense, dropout, softmax
from ui import colours
from ui.components import define, encode

Floats = npt.NDArray[np.floating]

NUM_PASSES = 30
_mount = define(Path(__file__).parent)


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
        key: the component's identity.
    """
    outputs = masked(values, rate, seed)
    scores = np.concatenate([dense(values, kernel, bias)[np.newaxis], dense(outputs, kernel, bias)])
    rows = np.concatenate([values[np.newaxis], outputs])
    _mount(
        key=key,
        data={
            "count": len(values),
            "rate": rate,
            "values": encode(rows),
            "limit": float(outputs.max(initial=1e-6)),
            "totals": encode(rows.sum(axis=1)),
            "scores": encode(scores),
            "probabilities": encode(softmax(scores)),
            "passes": len(outputs),
            "classes": len(bias),
            "colours": {"dot": colours.TRAINING, "now": colours.VALIDATION},
            "seed": seed,
        },
    )
