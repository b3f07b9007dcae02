"""One picture, clean or noisy, pooled by the maximum and by the mean."""

import streamlit as st

from cnnlab import mnist
from cnnlab.digits.noise import MAX_AMOUNT, NOISES, add_noise
from pages.parts.pooling.pooled_noise import AMOUNT, SEED, what_is_left
from ui.components.window import pooling_window
from ui.controls import choose, slide
from ui.frame import fragment
from ui.lesson import sign, try_this
from ui.sources import choose_picture
from ui.widgets import lasting

POOL_SIZES, STRIDES = (2, 6), (1, 6)
SIDE = 28


@fragment
def explore() -> None:
    """The picture, its settings, and what is left of the noise; only this part runs again when a setting changes."""
    stage = st.container()
    with st.container(horizontal=True, gap="small"):
        pool_size = slide("Window", *POOL_SIZES, 2, "pool-size")
        strides = slide("Stride", *STRIDES, 2, "pool-strides")
        kind, amount, clip = _noise()
    picture = choose_picture("pool", side=SIDE)
    clean = mnist.normalise(picture.pixels)[..., 0]
    shown = add_noise(clean, kind, amount, SEED, clip=clip) if kind else clean
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
            f"and that noise makes the black paper much greyer with the maximum than with the mean. "
            f"{sign('The largest and the mean')}",
        )
    if kind:
        what_is_left(kind, amount, pool_size, strides, clip)
    else:
        st.caption("Choose a noise to measure what pooling leaves of it.")


def _noise() -> tuple[str, float, bool]:
    """Which noise, "" for none; how much; and whether it is clipped to [0, 1]."""
    names = ["None", *NOISES]
    kind = choose("Noise", names, "pool-noise", wrap=True)
    if kind == "None":
        return "", 0.0, True
    label = "Standard deviation" if kind == "Gaussian" else "Share of pixels hit"
    amount = slide(label, 0.0, MAX_AMOUNT, AMOUNT, "pool-amount", step=0.01)
    clip = kind != "Gaussian" or lasting(st.toggle, "Clipped to black and white", value=True, key="pool-clip")
    return kind, amount, clip
