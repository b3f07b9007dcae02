"""What is left of noise after pooling: "max pooling suppresses noise" is said more often than it is tested."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.digits.noise import NOISES, Deviation, add_noise, pooling_deviations
from cnnlab.nn.operations import max_pooling2d
from ui.lesson import notes_say, predict, sign

AMOUNT, SEED = 0.2, 0
NUM_DIGITS, SEEDS = 40, range(4)
VERDICTS = {True: "yes, best", None: "yes, the mean does better", False: "no"}
NUMBER = st.column_config.NumberColumn(format="%.3f")


@st.cache_data(max_entries=64, show_spinner=False)
def measured(kind: str, amount: float, pool_size: int, strides: int, clip: bool) -> dict[str, Deviation]:
    """What noise leaves before and after pooling, over some test digits and several draws."""
    digits = mnist.normalise(mnist.load().test.images[:NUM_DIGITS])[..., 0]
    return pooling_deviations(digits, kind, amount, SEEDS, pool_size, strides, clip=clip)


def verdict(deviations: Mapping[str, Deviation]) -> bool | None:
    """Whether max pooling suppresses this noise: not when more is left than came in; None when the mean does better."""
    before, largest, mean = (deviations[key].rmse for key in ("input", "max", "average"))
    if largest >= before:
        return False
    return True if largest <= mean else None


def what_is_left(kind: str, amount: float, pool_size: int, strides: int, clip: bool) -> None:
    """Show `pool(noisy) - pool(clean)` for one kind of noise, and what it says of the claim."""
    deviations = measured(kind, amount, pool_size, strides, clip)
    st.markdown(
        f"**pool(noisy) - pool(clean)**, over {NUM_DIGITS} test digits and {len(SEEDS)} draws of this noise each "
        + sign("What noise leaves")
    )
    _table(deviations)
    largest, mean = deviations["max"], deviations["average"]
    notes_say(
        "Max pooling suppresses noise.",
        f"{kind} noise with an RMSE of {deviations['input'].rmse:.3f} leaves {largest.rmse:.3f} after max "
        f"pooling (of that a bias of {largest.bias:+.3f}) and {mean.rmse:.3f} after average pooling.",
        verdict(deviations),
    )


def black_paper() -> None:
    """Ask what max pooling makes of noise on black paper; then test the claim for all kinds of noise."""
    paper = np.zeros((200, 200, 1), np.float32)
    pooled = max_pooling2d(add_noise(paper, "Gaussian", AMOUNT, SEED, clip=False)).mean()
    answers = ["it becomes darker", "it stays black on average", "it becomes brighter"]
    predict(
        "pooling-noise",
        f"Black paper gets Gaussian noise, as much up as down (standard deviation {AMOUNT}, not clipped). "
        "What does max pooling make of the paper?",
        answers[0] if pooled < -AMOUNT / 2 else answers[2] if pooled > AMOUNT / 2 else answers[1],
        options=answers,
        reveal=_claim_in_all,
    )


def _table(deviations: Mapping[str, Deviation]) -> None:
    names = {"input": "Before pooling", "max": "After max pooling", "average": "After average pooling"}
    before = deviations["input"].rmse
    st.dataframe(
        [
            {
                "noisy - clean": names[key],
                "Bias (mean)": deviation.bias,
                "Standard deviation": deviation.std,
                "RMSE (both together)": deviation.rmse,
                "of the input's RMSE": deviation.rmse / before if before else 1.0,
            }
            for key, deviation in deviations.items()
        ],
        hide_index=True,
        column_config={
            "Bias (mean)": NUMBER,
            "Standard deviation": NUMBER,
            "RMSE (both together)": NUMBER,
            "of the input's RMSE": st.column_config.NumberColumn(format="percent"),
        },
    )


def _claim_in_all() -> None:
    """Where "max pooling suppresses noise" holds."""
    cases = {
        "Gaussian (clipped)": ("Gaussian", True),
        "Gaussian (not clipped)": ("Gaussian", False),
        **{kind: (kind, True) for kind in NOISES if kind != "Gaussian"},
    }
    results = {name: measured(kind, AMOUNT, 2, 2, clip) for name, (kind, clip) in cases.items()}
    st.dataframe(
        [
            {
                "Noise": name,
                "Input": deviations["input"].rmse,
                "After max pooling": deviations["max"].rmse,
                "of that bias": deviations["max"].bias,
                "After average pooling": deviations["average"].rmse,
                "Does max suppress it?": VERDICTS[verdict(deviations)],
            }
            for name, deviations in results.items()
        ],
        hide_index=True,
        column_config=dict.fromkeys(("Input", "After max pooling", "of that bias", "After average pooling"), NUMBER),
    )
    no = [name for name, deviations in results.items() if verdict(deviations) is False]
    yes = [name for name in results if name not in no]
    notes_say(
        "Max pooling suppresses noise, and does so better than average pooling.",
        f"RMSE with windows of 2 x 2 and an amount of {AMOUNT}. On white ink and black paper it holds for "
        f"{', '.join(yes) or 'none'}, because a bright neighbour wins over a dark spot. It does not hold for "
        f"{', '.join(no) or 'none'}: there the brightest wrong pixel of each window is the one that is kept.",
        None if yes and no else not no,
    )
