"""Pooling: the largest or the mean of each window, what that saves, and what it does to noise."""

from math import prod

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.architecture import (
    Check,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    MaxPooling2D,
    check,
    dimensions,
)
from cnnlab.noise import MAX_AMOUNT, NOISES, Deviation, add_noise, pooling_deviations
from cnnlab.operations import (
    average_pooling2d,
    average_pooling2d_at,
    max_pooling2d,
    max_pooling2d_at,
)
from ui.components.window import pooling_window
from ui.glossary import term
from ui.lesson import code, next_station, notes_say, predict, station, try_this
from ui.sources import choose_picture

SETTING_WIDTH = 190
POOL_SIZES, STRIDES = (2, 6), (1, 6)
AMOUNT, SEED = 0.2, 0
NUM_DIGITS, SEEDS = 40, range(4)
WINDOW = np.array([[0.1, 0.9], [0.3, 0.2]], np.float32)
ANSWERS = {True: "yes, best", None: "yes, but the mean does better", False: "no"}


@st.cache_data(max_entries=64, show_spinner=False)
def measured(kind: str, amount: float, pool_size: int, strides: int, clip: bool) -> dict[str, Deviation]:
    """What noise leaves before and after pooling, over some test digits and several draws."""
    digits = mnist.normalise(mnist.load().test.images[:NUM_DIGITS])[..., 0]
    return pooling_deviations(digits, kind, amount, SEEDS, pool_size, strides, clip=clip)


def show_deviations(deviations: dict[str, Deviation]) -> None:
    """The table of `pool(noisy) - pool(clean)`."""
    names = {"input": "Before pooling", "max": "After max pooling", "average": "After average pooling"}
    st.dataframe(
        [
            {
                "noisy - clean": names[key],
                "Bias (mean)": deviation.bias,
                "Standard deviation": deviation.std,
                "RMSE (both together)": deviation.rmse,
                "of the input's RMSE": deviation.rmse / deviations["input"].rmse if deviations["input"].rmse else 1.0,
            }
            for key, deviation in deviations.items()
        ],
        hide_index=True,
        column_config={
            **{
                name: st.column_config.NumberColumn(format="%.3f")
                for name in ("Bias (mean)", "Standard deviation", "RMSE (both together)")
            },
            "of the input's RMSE": st.column_config.NumberColumn(format="percent"),
        },
    )


def verdict(deviations: dict[str, Deviation]) -> bool | None:
    """Whether max pooling suppresses this noise: not when more is left than came in; None when the mean does better."""
    before, largest, mean = (deviations[key].rmse for key in ("input", "max", "average"))
    if largest >= before:
        return False
    return True if largest <= mean else None


@st.fragment
def explore() -> None:
    """One picture, clean or noisy, pooled in both ways; only this part runs again when a setting changes."""
    stage = st.container()
    kept = {"persist_state": "session"}
    with st.container(horizontal=True, gap="small"):
        pool_size = st.slider("Window", *POOL_SIZES, 2, key="pool-size", width=SETTING_WIDTH, **kept)
        strides = st.slider("Stride", *STRIDES, 2, key="pool-strides", width=SETTING_WIDTH, **kept)
        kind = st.segmented_control("Noise", ["None", *NOISES], default="None", required=True, key="pool-noise", **kept)
    amount, clip = 0.0, True
    if kind != "None":
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            label = "Standard deviation" if kind == "Gaussian" else "Share of pixels hit"
            amount = st.slider(label, 0.0, MAX_AMOUNT, AMOUNT, 0.01, key="pool-amount", width=SETTING_WIDTH, **kept)
            if kind == "Gaussian":
                clip = st.toggle("Clipped to black and white", value=True, key="pool-clip", **kept)
    picture = choose_picture("pool", side=28)
    clean = mnist.normalise(picture.pixels)[..., 0]
    shown = clean if kind == "None" else add_noise(clean, kind, amount, SEED, clip=clip)
    if pool_size > min(shown.shape):
        stage.error(f"A {pool_size} x {pool_size} window does not fit on {dimensions(shown.shape)} pixels.")
        return
    with stage:
        pooling_window(
            shown,
            key="pool-window",
            pool_size=pool_size,
            strides=strides,
            describe=f"Max and average pooling side by side: {picture.name}.",
        )
        try_this(
            "pointing at a cell beside a stroke; then a window of 4, then noise.",
            "that the largest value keeps the stroke bright and makes it thicker, while the mean makes it paler; "
            "and that noise makes the black paper much greyer with the maximum than with the mean.",
        )
    if kind == "None":
        st.caption("Choose a noise to measure what pooling leaves of it.")
        return
    deviations = measured(kind, amount, pool_size, strides, clip)
    st.markdown(
        f"**pool(noisy) - pool(clean)**, over {NUM_DIGITS} test digits and {len(SEEDS)} draws of this noise each"
    )
    show_deviations(deviations)
    largest, mean = deviations["max"], deviations["average"]
    notes_say(
        "Max pooling suppresses noise.",
        f"{kind} noise with an RMSE of {deviations['input'].rmse:.3f} leaves {largest.rmse:.3f} after max "
        f"pooling (of that a bias of {largest.bias:+.3f}) and {mean.rmse:.3f} after average pooling.",
        verdict(deviations),
    )


def claim_in_all() -> None:
    """Where "max pooling suppresses noise" holds, for all kinds of noise."""
    cases = [(kind, clip) for kind in NOISES for clip in ((True, False) if kind == "Gaussian" else (True,))]
    rows, holds = [], {}
    for kind, clip in cases:
        deviations = measured(kind, AMOUNT, 2, 2, clip)
        name = {"Gaussian": f"Gaussian ({'' if clip else 'not '}clipped)"}.get(kind, kind)
        holds[name] = verdict(deviations)
        rows.append(
            {
                "Noise": name,
                "Input": deviations["input"].rmse,
                "After max pooling": deviations["max"].rmse,
                "of that bias": deviations["max"].bias,
                "After average pooling": deviations["average"].rmse,
                "Does max suppress it?": {True: "yes, best", None: "yes, the mean does better", False: "no"}[
                    holds[name]
                ],
            }
        )
    numbers = ("Input", "After max pooling", "of that bias", "After average pooling")
    st.dataframe(
        rows,
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(format="%.3f") for name in numbers},
    )
    yes = [name for name, value in holds.items() if value is not False]
    no = [name for name, value in holds.items() if value is False]
    notes_say(
        "Max pooling suppresses noise, and does so better than average pooling.",
        f"RMSE with windows of 2 x 2 and an amount of {AMOUNT}. On white ink and black paper it holds for "
        f"{', '.join(yes) or 'none'}, because a bright neighbour wins over a dark spot. It does not hold for "
        f"{', '.join(no) or 'none'}: there the brightest wrong pixel of each window is the one that is kept.",
        None if yes and no else not no,
    )


def network(pool: Layer | None) -> Check:
    """The notes' first layers and a dense one, with or without pooling between."""
    return check(
        (Conv2D(32, 5, activation="relu"), *([pool] if pool else []), Flatten(), Dense(10, activation="softmax"))
    )


@st.fragment
def savings() -> None:
    """How much data and how many parameters pooling saves after it."""
    size = st.slider("Window ", *POOL_SIZES, 2, key="pool-saving", width=SETTING_WIDTH, persist_state="session")
    without, pooled = network(None).summaries, network(MaxPooling2D(size)).summaries
    st.dataframe(
        [
            {
                "": name,
                "Map": dimensions(summaries[-3].output_shape),
                "Values": prod(summaries[-3].output_shape),
                "Parameters of the dense layer": summaries[-1].arithmetic,
            }
            for name, summaries in (("Without pooling", without), (f"With {size} x {size} pooling", pooled))
        ],
        hide_index=True,
        column_config={"Values": st.column_config.NumberColumn(format="localized")},
    )
    saved = 1 - pooled[-1].num_parameters / without[-1].num_parameters
    notes_say(
        "Pooling reduces the data, and with it the work and the parameters after it.",
        f"{prod(without[-3].output_shape):,} values become {prod(pooled[-3].output_shape):,}; the dense layer "
        f"has {pooled[-1].num_parameters:,} parameters instead of {without[-1].num_parameters:,} "
        f"({saved:.0%} fewer). The pooling itself learns nothing: it has none.",
        saved > 0,
    )


def flat_paper() -> str:
    """What unclipped Gaussian noise does to black paper under max pooling, by measurement."""
    paper = np.zeros((200, 200, 1), np.float32)
    largest = max_pooling2d(add_noise(paper, "Gaussian", AMOUNT, SEED, clip=False))
    return "it becomes brighter" if largest.mean() > 0.5 * AMOUNT else "it stays black on average"


station("Pooling")
explore()

window = WINDOW[..., np.newaxis]
values = ", ".join(f"{value:g}" for value in WINDOW.ravel())
predict(
    "pooling-mean",
    f"A window holds {values}. Max pooling keeps {max_pooling2d(window).item():g}. "
    "What does average pooling make of it?",
    float(average_pooling2d(window).item()),
    reveal=f"({' + '.join(values.split(', '))}) / {WINDOW.size} = {average_pooling2d(window).item():.4g}. "
    f"Max pooling has a winner, {max_pooling2d(window).item():g}; the mean listens to all.",
)
code(max_pooling2d_at, average_pooling2d_at)

st.subheader("Does max pooling suppress noise?")
predict(
    "pooling-noise",
    f"Black paper gets Gaussian noise, as much up as down (standard deviation {AMOUNT}, not clipped). "
    "What does max pooling make of the paper?",
    flat_paper(),
    options=["it becomes darker", "it stays black on average", "it becomes brighter"],
    reveal=claim_in_all,
)

st.subheader("What it saves")
after = check((Conv2D(32, 5), MaxPooling2D(2))).summaries
predict(
    "pooling-share",
    f"A 2 x 2 window with a stride of 2 on a {dimensions(after[0].output_shape)} {term('feature map', 'map')}: "
    "which share of the values is left, in percent?",
    100 * prod(after[1].output_shape) / prod(after[0].output_shape),
    reveal=f"{dimensions(after[0].output_shape)} become {dimensions(after[1].output_shape)}: "
    "one value for every four. The number of maps stays.",
)
savings()
next_station()
