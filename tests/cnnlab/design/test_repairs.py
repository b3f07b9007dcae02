"""Repairs: by hand for each kind of problem, and for any draft at all."""

import numpy as np
import pytest

from cnnlab.design.repairs import HEAD, repairs
from cnnlab.limits import LIMITS
from cnnlab.nn.architecture import COSTS, check
from cnnlab.nn.layers import Conv2D, Dense, Dropout, Flatten, GlobalAveragePooling2D, MaxPooling2D, is_head
from cnnlab.presets import EXAMPLE_DRAFTS, PRESETS
from tests.architectures import make, wild_specs

CONV = Conv2D(8, 5, activation="relu")
SMALL = (Conv2D(8, 11), Conv2D(8, 11))  # leaves 8 x 8


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (
            (*SMALL, Conv2D(4, 9), Flatten(), HEAD),
            {
                "Kernel 8 x 8": (*SMALL, Conv2D(4, 8), Flatten(), HEAD),
                'padding="same"': (*SMALL, Conv2D(4, 9, padding="same"), Flatten(), HEAD),
                "Remove it": (*SMALL, Flatten(), HEAD),
            },
        ),
        (
            (*SMALL, Conv2D(4, 5, dilation_rate=3), Flatten(), HEAD),
            {
                "Kernel 3 x 3": (*SMALL, Conv2D(4, 3, dilation_rate=3), Flatten(), HEAD),
                'padding="same"': (*SMALL, Conv2D(4, 5, padding="same", dilation_rate=3), Flatten(), HEAD),
                "Remove it": (*SMALL, Flatten(), HEAD),
            },
        ),
        (
            (*SMALL, MaxPooling2D(9), Flatten(), HEAD),
            {
                "Pool 8 x 8": (*SMALL, MaxPooling2D(8), Flatten(), HEAD),
                'padding="same"': (*SMALL, MaxPooling2D(9, padding="same"), Flatten(), HEAD),
                "Remove it": (*SMALL, Flatten(), HEAD),
            },
        ),
        (
            (CONV, HEAD),
            {"Flatten before it": (CONV, Flatten(), HEAD)}
            | {"GlobalAveragePooling2D before it": (CONV, GlobalAveragePooling2D(), HEAD)},
        ),
        (
            (Flatten(), Dropout(0.5), CONV, HEAD),
            {"Move it before Flatten": (CONV, Flatten(), Dropout(0.5), HEAD)}
            | {"Remove it": (Flatten(), Dropout(0.5), HEAD)},
        ),
        (
            (Flatten(), Dense(32, "relu")),
            {'Make it Dense(10, "softmax")': (Flatten(), HEAD)}
            | {'Add Dense(10, "softmax")': (Flatten(), Dense(32, "relu"), HEAD)},
        ),
        ((CONV,), {'Add Flatten and Dense(10, "softmax")': (CONV, Flatten(), HEAD)}),
        (
            (Conv2D(64, 11), Conv2D(64, 11), Flatten(), HEAD),
            {
                "Only 32 filters": (Conv2D(64, 11), Conv2D(32, 11), Flatten(), HEAD),
                "Remove it": (Conv2D(64, 11), Flatten(), HEAD),
            },
        ),
        ((), {"Begin with Flatten and Dense": (Flatten(), HEAD)}),
        (
            (Flatten(), *[Dropout(0.1)] * 11, HEAD),
            {"Remove layer 2, Dropout": (Flatten(), *[Dropout(0.1)] * 10, HEAD)},
        ),
        (
            (Conv2D(32, 5), Conv2D(16, 1), Flatten(), Dense(256, "relu"), HEAD),
            {
                "MaxPooling2D before Flatten": (
                    *(Conv2D(32, 5), Conv2D(16, 1), MaxPooling2D(2), Flatten(), Dense(256, "relu"), HEAD),
                ),
                "Only 128 units": (Conv2D(32, 5), Conv2D(16, 1), Flatten(), Dense(128, "relu"), HEAD),
                "Remove it": (Conv2D(32, 5), Conv2D(16, 1), Flatten(), HEAD),
            },
        ),
    ],
)
def test_what_is_proposed(layers, expected):
    found = {repair.label: repair.layers for repair in repairs(layers)}
    assert found == expected


def test_a_network_needs_none():
    assert all(not repairs(preset.architecture.layers) for preset in PRESETS.values())


def wild_drafts():
    rng = np.random.default_rng(20261125)
    while True:
        try:
            yield make(wild_specs(rng))
        except ValueError:  # a layer that is not valid by itself cannot be in a draft
            continue


def distance(layers):
    """How far a draft is from a network; the first number that differs decides which of two is nearer."""
    found = check(layers)
    if found.problem is None:
        return ()
    excess = [
        max(0, sum(getattr(summary, what) for summary in found.summaries) - LIMITS[limit][1])
        for limit, what in COSTS.items()
    ]
    num_unfit, num_too_many = len(layers) - len(found.summaries), max(0, len(layers) - LIMITS["layers"][1])
    return num_unfit, num_too_many, not layers, bool(layers) and not is_head(layers[-1]), sum(excess)


def test_any_draft_is_mended_step_by_step():
    """Every repair brings a draft nearer, and whatever is chosen of what is proposed leads to a network."""
    rng, drafts = np.random.default_rng(1), wild_drafts()
    num_problems = 0
    long = (*[Conv2D(4, 1)] * 12, Flatten(), HEAD)
    for layers in [long, *EXAMPLE_DRAFTS.values(), *(next(drafts) for _ in range(300))]:
        for _ in range(len(layers) + 4):
            if check(layers).problem is None:
                break
            num_problems += 1
            proposed = repairs(layers)
            assert proposed, layers
            assert len({repair.label for repair in proposed}) == len(proposed)
            assert all(distance(repair.layers) < distance(layers) for repair in proposed), layers
            layers = proposed[rng.integers(len(proposed))].layers  # noqa: PLW2901
        assert check(layers).problem is None, layers
    assert num_problems > 100
