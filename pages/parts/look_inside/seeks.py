"""Looks for: what each unit of a layer would like to see best, made from noise; of the last layer, its ideal digits."""

from typing import Any

import numpy as np
import streamlit as st

from cnnlab.explain import feature_visualisation
from cnnlab.explain.attribution import saliency
from cnnlab.explain.feature_visualisation import Regularisation
from cnnlab.explain.score import Reader, Score, unit_direction
from cnnlab.limits import LIMITS
from cnnlab.nn.layers import Conv2D, Dense
from cnnlab.nn.operations import softmax
from ui.components.linked import Panel, linked
from ui.controls import choose
from ui.figures import ink_maps, layer_name
from ui.frame import fragment
from ui.lesson import code, try_this
from ui.subject import Subject

STEPS = (10, 200)
DEFAULT_STEPS = 60
MAX_UNITS = 64
COUNTS = "Brighter here would raise it (orange)."
FILM = 8
"""Pictures of the way from noise."""
SIZE, IN_DIGIT, SETTING_WIDTH = 72, 180, 220


def is_classes(reader: Reader, layer_index: int) -> bool:
    """Whether the units of a layer are the ten classes."""
    return layer_index == len(reader.architecture.layers) - 1


def score_of(reader: Reader, layer_index: int, unit_index: int, *, of_output: bool) -> Score:
    """What a unit makes of a picture: of a map, its mean."""
    shape = reader.architecture.summaries[layer_index].output_shape
    return Score(reader, unit_direction(shape, unit_index), layer_index, of_output)


def climbed(reader: Reader, layer_index: int, unit_index: int) -> Score:
    """The score that is climbed: a class's logit, before softmax; any other unit's value, after the activation."""
    return score_of(reader, layer_index, unit_index, of_output=not is_classes(reader, layer_index))


@st.cache_data(max_entries=1_000, show_spinner=False)
def dream(
    _reader: Reader, digest: str, layer_index: int, unit_index: int, steps: int, seed: int, settings: dict[str, Any]
) -> np.ndarray:
    """Pictures on the way from noise to what a unit looks for, the last one last: float32 (FILM, 28, 28)."""
    del digest  # of the reader: the key of what is kept
    gradient = feature_visualisation.waking(
        climbed(_reader, layer_index, unit_index).gradient,
        score_of(_reader, layer_index, unit_index, of_output=False).gradient,
    )
    shape = _reader.architecture.input_shape[:2]
    frames = list(feature_visualisation.ascend(gradient, shape, steps, seed, Regularisation(**settings)))
    return np.stack([frames[index] for index in film(steps)])


def film(steps: int) -> list[int]:
    """The steps that are shown: close together at first, where most happens."""
    return [round(steps * (number / (FILM - 1)) ** 2) for number in range(FILM)]


@fragment
def show(subject: Subject) -> None:
    """Show what the units of a layer look for; only this part runs again when a choice changes."""
    reader = Reader.of(subject.network.experiment, subject.network.weights)
    stage, film_stage = st.container(), st.container()
    layer_index = choose_layer(reader)
    steps, seed, settings = choose_settings()
    num_units = reader.architecture.summaries[layer_index].output_shape[-1]
    digest = f"{reader.weights.digest()} {reader.architecture} {reader.scale} {reader.is_permuted}"
    dreams, progress = [], stage.empty()
    for unit_index in range(min(num_units, MAX_UNITS)):
        progress.progress(unit_index / min(num_units, MAX_UNITS), f"Climbing: {unit_index} of {num_units}")
        dreams.append(dream(reader, digest, layer_index, unit_index, steps, seed, settings))
    progress.empty()
    with stage:
        chosen = gallery(reader, layer_index, np.stack([frames[-1] for frames in dreams]))
    if chosen is None:
        chosen = int(subject.probabilities.argmax()) if is_classes(reader, layer_index) else 0
    with film_stage:
        show_film(reader, layer_index, chosen, dreams[chosen], film(steps))
        show_in_digit(climbed(reader, layer_index, chosen), chosen, subject, dreams[chosen][-1])
    try_this(
        "a blur and a decay of 0: the score rises even higher, but the picture looks like nothing.",
        "that first filters look for stripes, later ones for corners and bows, and the last for whole digits.",
    )
    code(feature_visualisation.ascend)


def choose_layer(reader: Reader) -> int:
    """Let the visitor choose a layer that looks for something; by default the last."""
    layers = reader.architecture.layers
    seeing, last = [k for k, layer in enumerate(layers) if isinstance(layer, Conv2D | Dense)], len(layers) - 1
    names = {index: layer_name(reader.architecture, index) for index in seeing} | {last: "The ten digits"}
    return choose("Layer", list(names), f"seeks-layer-{'-'.join(map(str, names))}", last, format_func=names.__getitem__)


def choose_settings() -> tuple[int, int, dict[str, Any]]:
    """Let the visitor choose steps, seed and what keeps the picture from becoming noise."""
    usual = Regularisation()
    with st.popover("How it is made", icon=":material/tune:"):
        st.markdown("From noise, every step moves each pixel uphill; then the picture is smoothed and paled a little.")
        steps = st.slider("Steps", *STEPS, DEFAULT_STEPS, 10, key="seeks-steps", width=SETTING_WIDTH)
        blur = st.slider("Blur", 0.0, 0.5, usual.blur, 0.05, key="seeks-blur", width=SETTING_WIDTH)
        decay = st.slider("Decay", 0.0, 0.1, usual.decay, 0.01, key="seeks-decay", width=SETTING_WIDTH)
        jitter = st.slider("Jitter (pixels)", 0, 4, usual.jitter, key="seeks-jitter", width=SETTING_WIDTH)
        low, high = (int(limit) for limit in LIMITS["seed"])
        seed = st.number_input("Seed of the noise", low, high, 0, key="seeks-seed", width=SETTING_WIDTH)
    return steps, seed, {"blur": blur, "decay": decay, "jitter": jitter}


def gallery(reader: Reader, layer_index: int, pictures: np.ndarray) -> int | None:
    """Show what every unit looks for; returns the one that was clicked."""
    num_units, is_last = reader.architecture.summaries[layer_index].output_shape[-1], is_classes(reader, layer_index)
    what = "The ideal digits: what the network would like to see best" if is_last else "What each unit answers to most"
    first = f"; the first {len(pictures)} of {num_units}" if num_units > len(pictures) else ""
    return ink_maps(
        pictures,
        key=f"seeks-{layer_index}-{len(pictures)}",
        titles=[str(number) for number in range(len(pictures))],
        report=True,
        enlarge=False,
        size=SIZE,
        describe=f"{what}{first}. Click one to see how it came about.",
    )


def show_film(reader: Reader, layer_index: int, unit_index: int, frames: np.ndarray, steps: list[int]) -> None:
    """Show the way from noise to the picture, with the score at each step, and how the picture is read."""
    score = climbed(reader, layer_index, unit_index)
    values = [score.value(frame) for frame in frames]
    is_last = is_classes(reader, layer_index)
    ink_maps(
        frames,
        key=f"seeks-film-{layer_index}",
        titles=[f"step {step}: {value:.1f}" for step, value in zip(steps, values, strict=True)],
        size=90,
        describe=f"From noise to what {'digit' if is_last else 'unit'} {unit_index} looks for, with its answer",
    )
    if values[-1] <= values[0]:
        st.markdown("The answer did not rise: this unit is dead, or the way up is hidden from here. Try another seed.")
    elif is_last and np.isfinite(values[-1]):
        read = softmax(reader.logits(frames[-1]))
        st.markdown(f"The network reads the last picture as **{read.argmax()}** at {100 * read.max():.1f} %.")


def show_in_digit(score: Score, unit_index: int, subject: Subject, dreamt: np.ndarray) -> None:
    """Show what of the digit on the page excites the unit, beside what it looks for."""
    here, best = score.value(subject.image), score.value(dreamt)
    linked(
        [
            Panel("The digit", subject.image, "ink", 1.0, f"The unit answers {here:.2f}.", is_outlined=False),
            Panel("What of it counts", saliency(score.gradient, subject.image), note=COUNTS),
            Panel("What it looks for", dreamt, "ink", 1.0, f"The unit answers {best:.2f}.", is_outlined=False),
        ],
        key="seeks-digit",
        ink=subject.image,
        size=IN_DIGIT,
        describe=f"{subject.name}, the gradient of unit {unit_index}, and what the unit looks for.",
    )
