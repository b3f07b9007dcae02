"""Robustness: how far a digit can be distorted and still be read, and a small change that fools the network."""

from typing import Any

import numpy as np
import streamlit as st

from cnnlab.digits import distortions
from cnnlab.digits.distortions import NAMES, RANGES, Distortion
from cnnlab.explain import adversarial
from cnnlab.explain.adversarial import Attempt
from cnnlab.explain.score import Reader
from cnnlab.limits import NUM_CLASSES
from cnnlab.nn.operations import softmax
from ui.components.linked import Panel, linked
from ui.components.probabilities import probabilities
from ui.components.sweep import sweep
from ui.controls import choose, slide
from ui.frame import fragment
from ui.lesson import code, try_this
from ui.subject import Subject

LITTLE, FEW = "Every pixel a little", "Few pixels a lot"
WAYS = {LITTLE: adversarial.every_pixel_a_little, FEW: adversarial.few_pixels_a_lot}
ANSWER_WIDTH, PICTURE_SIDE = 240, 166


def show(subject: Subject) -> None:
    """Show the curves of a distortion, then a small change that fools the network."""
    reader = Reader.of(subject.network.experiment, subject.network.weights)
    distort(subject, reader)
    st.subheader("A small change that fools it")
    fool(subject, reader)
    code(distortions.move, adversarial.every_pixel_a_little, adversarial.few_pixels_a_lot)


@fragment
def distort(subject: Subject, reader: Reader) -> None:
    """One distortion from end to end, on top of the others as they are set; only this part runs again."""
    stage = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        name = choose("What is done to the digit", list(NAMES), "robust-name", "turn", format_func=NAMES.__getitem__)
        with st.popover("And on top of it", icon=":material/layers:"):
            others: dict[str, Any] = {
                other: slide(NAMES[other], low, high, 0.0, f"robust-{other}", width=200, step=step)
                for other, (low, high, step, *_) in RANGES.items()
                if other != name
            }
    pictures = distortions.sweep(subject.image, name, Distortion(**others))
    values = distortions.positions(name)
    read = softmax(np.stack([reader.logits(picture) for picture in pictures]))
    expected = int(subject.probabilities.argmax()) if subject.label is None else subject.label
    with stage:
        sweep(
            pictures,
            read,
            key="robust-sweep",
            labels=[f"{NAMES[name].lower()} {value:+g}" if value else "as it is" for value in values],
            start=int(np.abs(values).argmin()),
            expected=expected,
            describe=RANGES[name].axis,
            ends=(f"{values[0]:+g}", f"{values[-1]:+g}"),
        )
    st.markdown(held(values, read.argmax(axis=1) == expected, expected))
    try_this(
        "turning a 6 or a 9, then another digit; then a network that was trained on MNIST's digits alone.",
        "how suddenly the answer flips, and that the network is often quite sure of a wrong one.",
    )


def held(values: np.ndarray, is_right: np.ndarray, expected: int) -> str:
    """How far from the middle the answer holds, and how often in all: float (n,), bool (n,)."""
    start = int(np.abs(values).argmin())
    share = f"It is read as {expected} at {is_right.sum()} of {len(values)} steps."
    if not is_right[start]:
        return f"{share} It is misread from the start."
    wrong = np.flatnonzero(~is_right)
    before, after = wrong[wrong < start], wrong[wrong > start]
    first = int(before[-1]) + 1 if len(before) else 0
    last = int(after[0]) - 1 if len(after) else len(values) - 1
    return f"{share} The answer holds from **{values[first]:+g}** to **{values[last]:+g}**."


@fragment
def fool(subject: Subject, reader: Reader) -> None:
    """The digit before and after the smallest change that flips the answer; only this part runs again."""
    stage = st.container()
    read = int(subject.probabilities.argmax())
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        way = choose("Change", list(WAYS), "robust-way")
        target = st.selectbox(
            "until it is read as",
            [None, *(digit for digit in range(NUM_CLASSES) if digit != read)],
            format_func=lambda digit: "anything else" if digit is None else str(digit),
            key=f"robust-target-{read}",
            width=160,
        )
    with stage:
        attempts = list(WAYS[way](reader.logits, reader.slope, subject.image, target))
        before_and_after(subject, reader, attempts)
    st.markdown(in_words(attempts, subject.image, way, target))
    try_this(
        "both ways, and one digit after the other as the goal.",
        "that you still read the old digit without effort, and that the change lies where no pen would go.",
    )


def before_and_after(subject: Subject, reader: Reader, attempts: list[Attempt]) -> None:
    """The pictures side by side, and how the last one is read."""
    fooled = attempts[-1]
    with st.container(horizontal=True, gap="small"):
        with st.container(width=3 * PICTURE_SIDE + 45):
            linked(
                [
                    Panel(f"Read as {attempts[0].read}", subject.image, "ink", 1.0, is_outlined=False),
                    Panel("The change", fooled.image - subject.image, note="Orange: brighter, blue: darker."),
                    Panel(f"Read as {fooled.read}", fooled.image, "ink", 1.0, is_outlined=False),
                ],
                key="robust-fooled",
                ink=subject.image,
                size=PICTURE_SIDE,
                describe="The digit, the change, and the digit after it.",
            )
        with st.container(width=ANSWER_WIDTH):
            probabilities(softmax(reader.logits(fooled.image)), key="robust-read", title="Now")


def in_words(attempts: list[Attempt], image: np.ndarray, way: str, target: int | None) -> str:
    """How small the change is, in a sentence."""
    fooled = attempts[-1]
    largest, count = fooled.distance(image)
    if not fooled.is_there:
        wanted = "anything else" if target is None else f"a {target}"
        return f"After {len(attempts) - 1} steps it is still not read as {wanted}."
    if way == FEW:
        change = f"**{count} of {image.size} pixels** turned black or white are enough"
    else:
        change = f"No pixel changed by more than **{largest:.2f}**, where black to white is 1"
    return f"{change}: it is read as a {fooled.read}. Found step by step, so there may be smaller ones."
