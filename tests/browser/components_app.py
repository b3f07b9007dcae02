"""All four components with known data; "More data" sends the next part of the same run."""

from functools import partial

import numpy as np
import streamlit as st

from ui import colours
from ui.components.architecture import LayerCard, architecture
from ui.components.curves import curves
from ui.components.maps import maps
from ui.components.probabilities import probabilities

BATCHES_PER_EPOCH = 200
TOTAL_STEPS = 1_000


def run_until(steps: int) -> dict[str, np.ndarray]:
    """A made-up run after `steps` updates."""
    rng = np.random.default_rng(0)
    step = np.arange(1, TOTAL_STEPS + 1)
    noise = rng.normal(0, 1, TOTAL_STEPS)
    loss = 2.3 * np.exp(-step / 120) + 0.08 + 0.05 * np.abs(noise) * (1 + 4 * np.exp(-step / 100))
    accuracy = np.clip(np.round((1 - 0.9 * np.exp(-step / 80) - 0.02 * np.abs(noise)) * 100) / 100, 0, 1)
    epochs = steps // BATCHES_PER_EPOCH
    ends = np.arange(1, epochs + 1) * BATCHES_PER_EPOCH
    each = [slice(end - BATCHES_PER_EPOCH, end) for end in ends]
    return {
        "step": step[:steps],
        "loss": loss[:steps],
        "accuracy": accuracy[:steps],
        "epoch_step": ends,
        "epoch_loss": np.array([loss[part].mean() for part in each]),
        "epoch_accuracy": np.array([accuracy[part].mean() for part in each]),
        "val_loss": loss[ends - 1] * 0.9,
        "val_accuracy": np.minimum(accuracy[ends - 1] + 0.005, 1),
    }


def kernels() -> np.ndarray:
    """float32 (16, 5, 5), signed, with one NaN in the last one."""
    images = np.random.default_rng(1).normal(0, 0.4, (16, 5, 5)).astype(np.float32)
    images[15, 2, 2] = np.nan
    return images


def activations(shift: int = 0) -> np.ndarray:
    """float32 (64, 24, 24), not negative; map 7 is dead."""
    y, x = np.mgrid[:24, :24]
    centre = np.random.default_rng(2).uniform(4, 20, (64, 2))
    far = np.hypot(y - centre[:, :1, None], x - centre[:, 1:, None] - shift)
    images = np.maximum(0, 3 - np.abs(far - 5)).astype(np.float32)
    images[7] = 0
    return images


def vectors() -> np.ndarray:
    """float32 (2, 1, 512), not negative."""
    return np.maximum(0, np.random.default_rng(3).normal(0, 1, (2, 1, 512))).astype(np.float32)


NAMES = ["Input", "Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D", "Flatten", "Dropout", "Dense"]
SETTINGS = [
    "",
    "32 filters 5 x 5, relu",
    "2 x 2",
    "64 filters 5 x 5, relu",
    "2 x 2",
    "",
    "rate 0.4",
    "10 units, softmax",
]
SHAPES = [(28, 28, 1), (24, 24, 32), (12, 12, 32), (8, 8, 64), (4, 4, 64), (1024,), (1024,), (10,)]
PARAMETERS = [0, 832, 0, 51_264, 0, 0, 0, 10_250]


def network(bad_index: int | None) -> list[LayerCard]:
    """The study notes' network, from `bad_index` on without a shape."""
    fits = [bad_index is None or index < bad_index for index in range(len(NAMES))]
    problem = "a 5 x 5 kernel does not fit on a 4 x 4 map; at most 4 x 4 does"
    return [
        LayerCard(
            name=name,
            settings=SETTINGS[index],
            output_shape=SHAPES[index] if fits[index] else None,
            parameters=PARAMETERS[index] if fits[index] else None,
            colour=colours.LAYERS[name],
            problem=problem if index == bad_index else None,
        )
        for index, name in enumerate(NAMES)
    ]


@st.fragment(run_every=0.4)
def live() -> None:
    """A run that grows by itself, 100 steps a tick, as the Train page has it."""
    st.session_state["steps"] = min(st.session_state.get("steps", 0) + 100, TOTAL_STEPS)
    run = run_until(st.session_state["steps"])
    curves(**run, total_steps=TOTAL_STEPS, batches_per_epoch=BATCHES_PER_EPOCH, key="live")


def main() -> None:
    """Lay the components out below each other, or only the one of `?only=`."""
    st.set_page_config(page_title="Components", layout="wide")
    state = st.session_state
    only = st.query_params.get("only")
    if st.button("More data"):
        state["part"] = state.get("part", 0) + 1
    part = state.get("part", 0)
    if only == "live":
        live()
    if only == "marked":
        marks = [(80, "learning rate 0.1"), (350, "learning rate 0.01")]
        curves(
            **run_until(400), total_steps=TOTAL_STEPS, batches_per_epoch=BATCHES_PER_EPOCH, key="marked", marks=marks
        )
    parts = [400, 600, 1_000] if "empty" not in st.query_params else [0, 400, 600, 1_000]
    st.text(f"part {part}")
    if only in (None, "curves"):
        curves(
            **run_until(parts[min(part, len(parts) - 1)]),
            total_steps=TOTAL_STEPS,
            batches_per_epoch=BATCHES_PER_EPOCH,
            key="curves",
        )
    if only in (None, "maps"):
        maps(kernels(), key="kernels", kind="diverging", describe="Kernels of the first layer.")
        maps(activations(part), key="activations", describe="Activation maps.", size=58)
        maps(vectors(), key="vectors", titles=["dense", "dropout"], scale="map", describe="Outputs of two layers.")
        chosen = maps(kernels()[:3], key="reporting", kind="diverging", report=True, describe="Three kernels.")
        st.text(f"enlarged: {chosen}")
    if only in (None, "probabilities"):
        answers = [None, np.eye(10)[3] * 0.8 + 0.02, np.eye(10)[8] * 0.7 + np.eye(10)[3] * 0.3, np.full(10, np.nan)]
        probabilities(answers[min(part, 3)], key="probabilities", title="The network reads")
    if only in (None, "architecture"):
        for key, problem_at in (("architecture", None), ("bad", 3)):
            selected = st.session_state.setdefault(f"selected-{key}", problem_at or 0)
            st.text(f"{key} selected: {selected}")
            architecture(network(problem_at), key=key, selected=selected, on_select=partial(select, key), first_movable=1,
                         on_move=nothing, palette=[], most=9, on_add=nothing, on_remove=nothing)  # fmt: skip


def select(key: str, index: int) -> None:
    st.session_state[f"selected-{key}"] = index


def nothing(*_: object) -> None:
    """What cannot be done here."""


if __name__ == "__main__":
    main()
