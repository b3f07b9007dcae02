"""What is drawn of a study: accuracy over training, and for shifted digits accuracy over the shift."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from cnnlab.evaluation import predict
from cnnlab.experiment import Experiment
from cnnlab.runs.records import EpochHistory
from cnnlab.runs.store import RunInfo, RunState
from cnnlab.studies.study import MOST_SHIFT, SHIFTED, TRAINING, Study
from pages.parts.experiments.training import Found
from ui import cached
from ui.components.spread import Lines, spread
from ui.computed import computed
from ui.controls import choose

VALIDATION = "Validation accuracy"
CURVES = {VALIDATION: "val_accuracy", "Training accuracy": "accuracy"}
BY_SHIFT = "By shift"


def epochs_of(info: RunInfo | None) -> EpochHistory | None:
    """A run's figures by epoch; None: there are none that can be read."""
    if info is None:
        return None
    try:
        return cached.store().get(info.id).history().epochs
    except ValueError:  # damaged, or deleted just now
        return None


def picture(study: Study, found: Found, shifted: Mapping[Experiment, np.ndarray], key: str) -> None:
    """Draw a study's runs; what is drawn can be chosen, at first what decides it."""
    options = [BY_SHIFT, *CURVES] if study.measure == SHIFTED else list(CURVES)
    first = "Training accuracy" if study.measure == TRAINING else options[0]
    with st.container(key=f"picture-{key}"):
        stage = st.container()
        what = choose("What is drawn", options, f"drawn-{key}", first, label_visibility="collapsed")
    with stage:
        if what == BY_SHIFT:
            _by_shift(study, shifted, key)
        else:
            _by_epoch(study, found, what, key)


def shifted_accuracies(study: Study, found: Found) -> dict[Experiment, np.ndarray]:
    """Each finished run's accuracy on shifted test digits, by the engine; without those that are still computed."""
    known: dict[Experiment, np.ndarray] = {}
    for experiment in study.experiments:
        info = found.get(experiment)
        try:
            weights = cached.store().get(info.id).weights() if info and info.state == RunState.FINISHED else None
        except ValueError:
            weights = None
        if weights is None:
            continue
        shares = computed("Reading the shifted test digits", predict.accuracy_by_shift, experiment, weights, MOST_SHIFT)
        if shares is None:
            return known  # one after the other, so that the page says it once
        known[experiment] = shares
    return known


def _by_shift(study: Study, shifted: Mapping[Experiment, np.ndarray], key: str) -> None:
    places = range(MOST_SHIFT + 1)
    nothing = np.full(len(places), np.nan)
    lines = [
        Lines(name, np.stack([shifted.get(one, nothing) for one in study.runs_of(name)])) for name in study.variants
    ]
    spread(places, lines, key=f"shift-{key}", axis="shift in pixels", value="accuracy on test digits")


def _by_epoch(study: Study, found: Found, what: str, key: str) -> None:
    """Over epochs, or where variants have epochs of different lengths over updates."""
    sizes = {(one.batches_per_epoch, one.training.epochs) for one in study.variants.values()}
    axis = "epoch" if len(sizes) == 1 else "updates"
    places = sorted({place for one in study.variants.values() for place in _places(one, axis)})
    lines = []
    for name in study.variants:
        runs = [_values(one, found.get(one), what, axis, places) for one in study.runs_of(name)]
        lines.append(Lines(name, np.stack(runs)))
    spread(places, lines, key=f"epochs-{key}-{what}", axis=axis, value=what.lower())


def _places(experiment: Experiment, axis: str) -> Sequence[int]:
    """Where each epoch's end stands on the axis."""
    step = experiment.batches_per_epoch if axis == "updates" else 1
    return range(step, step * experiment.training.epochs + 1, step)


def _values(experiment: Experiment, info: RunInfo | None, what: str, axis: str, places: Sequence[int]) -> np.ndarray:
    values, epochs = np.full(len(places), np.nan), epochs_of(info)
    if epochs is not None:
        known = getattr(epochs, CURVES[what])
        at = [places.index(place) for place in _places(experiment, axis)][: len(known)]
        values[at] = known[: len(at)]
    return values
