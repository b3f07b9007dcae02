"""The map of a sweep: the validation accuracy of every combination as soon as it is known, and the chosen run."""

import math

import numpy as np
import streamlit as st

from cnnlab.experiment import Experiment
from cnnlab.runs.states import RunState
from cnnlab.studies import campaign, sweep
from cnnlab.studies.sweep import Sweep
from pages.parts.experiments.pictures import epochs_of
from pages.parts.experiments.training import Found
from ui import cached
from ui.components.heat import Cell, State, heat
from ui.components.spread import Lines, spread
from ui.state import component_value
from ui.widgets import kept
from ui.words import message, percent, plural

BUILD, TRAIN = "pages/build.py", "pages/train.py"
LEAST_SPAN = 0.01
"""The scale spans a point at least, so that chance is not painted in all colours."""
WAITING: dict[RunState, tuple[State, str, str]] = {
    RunState.QUEUED: ("waiting", "waits", "waits for its turn"),
    RunState.PAUSED: ("waiting", "paused", "is paused"),
    RunState.STOPPED: ("waiting", "stopped", "was stopped before its end"),
    RunState.INTERRUPTED: ("waiting", "stopped", "was interrupted"),
}
ONE_SIGMA, TWO_SIDES = 2, 1.96


def show(now: Sweep, base: Experiment, found: Found) -> None:
    """Draw the map, and over it a line where one setting or its spread over seeds is swept."""
    made = now.cells(base)
    accuracies = np.array([[_accuracy(one, found) for one in line] for line in made])
    _line(now, accuracies)
    known = accuracies[np.isfinite(accuracies)]
    high = float(known.max(initial=0.0))
    low = min(float(known.min(initial=1.0)), high - LEAST_SPAN)
    columns, *others = now.axes
    chosen = kept("sweep-cell", None)
    key = "sweep-map"

    def select() -> None:
        chosen.now = tuple(component_value(key, "cell"))

    names = {key: setting.label for key, setting in sweep.settings(base).items()}
    rows = (names[others[0].key], others[0].labels) if others else ("", [""])
    choices = now.choices()
    cells = [
        [_cell(one, _title(base, choice), value, found, (low, high)) for one, choice, value in zip(*line, strict=True)]
        for line in zip(made, choices, accuracies, strict=True)
    ]
    if chosen.now is not None and not (chosen.now[0] < len(made) and chosen.now[1] < len(made[0])):
        chosen.now = None
    heat(
        cells,
        key=key,
        rows=rows,
        columns=(names[columns.key], columns.labels),
        scale=(percent(low), percent(high)) if len(known) else ("", ""),
        selected=chosen.now,
        on_select=select,
    )
    if chosen.now is not None:
        row, column = chosen.now
        _chosen(made[row][column], cells[row][column].words, found)
    if len(known):
        _best(now, base, accuracies)


def _accuracy(one: Experiment | str, found: Found) -> float:
    """A finished run's validation accuracy at its end, else NaN."""
    info = None if isinstance(one, str) else found.get(one)
    epochs = epochs_of(info) if info and info.state == RunState.FINISHED else None
    return float(epochs.val_accuracy[-1]) if epochs is not None and len(epochs.val_accuracy) else math.nan


def _cell(one: Experiment | str, title: str, accuracy: float, found: Found, span: tuple[float, float]) -> Cell:
    if isinstance(one, str):
        return Cell("unfit", "no fit", f"{title}. This is no network. {one}")
    info = found.get(one)
    if math.isfinite(accuracy):
        seconds = campaign.seconds_of(info) if info else None
        took = "a run" if seconds is None else f"{seconds:.1f} seconds"
        share = (accuracy - span[0]) / (span[1] - span[0])
        words = f"{title}. {percent(accuracy)} of the validation images, after {took}."
        return Cell("done", percent(accuracy), words, share)
    if info is None:
        return Cell("waiting", "", f"{title}. Not trained yet.")
    if info.state == RunState.FAILED:
        return Cell("failed", "✗ failed", f"{title}. It failed. {info.reason or ''}")
    if info.state == RunState.RUNNING:
        done = campaign.num_updates(info, cached.store())
        return Cell("running", "trains", f"{title}. It is trained now, update {done:,} of {one.num_steps:,}.")
    state, text, words = WAITING.get(info.state, ("waiting", "?", "has no figures that can be read"))
    return Cell(state, text, f"{title}. It {words}.")


def _title(base: Experiment, choice: dict[str, sweep.Value]) -> str:
    """A combination in words: 'Learning rate: 0.01; seed: 3'."""
    known = sweep.settings(base)
    first, *others = (f"{known[key].label}: {sweep.in_words(value)}" for key, value in choice.items())
    return "; ".join([first, *(other[:1].lower() + other[1:] for other in others)])


def _line(now: Sweep, accuracies: np.ndarray) -> None:
    """One setting as a line; with seeds as the other one, a line a seed and their mean."""
    keys = [axis.key for axis in now.axes]
    if len(keys) == 1:
        axis, runs = now.axes[0], accuracies
    elif "seed" in keys:
        place = keys.index("seed")
        axis, runs = now.axes[1 - place], accuracies.T if place == 0 else accuracies
    else:
        return
    name = "every run" if len(runs) == 1 else f"{len(runs)} seeds"
    spread(
        range(len(axis.values)),
        [Lines(name, runs)],
        key=f"sweep-line-{'-'.join(keys)}-{len(axis.values)}",
        axis=axis.key.rpartition(".")[2].replace("_", " "),
        value="validation accuracy",
        names=axis.labels,
        height=240,
    )


def _chosen(one: Experiment | str, words: str, found: Found) -> None:
    """Say more of the chosen cell, and show the way to its run."""
    with st.container(border=True, gap="small"):
        st.markdown(f"**Chosen** · {message(words)}")
        if isinstance(one, str):
            return
        with st.container(horizontal=True, gap="small"):
            if one in found:
                query = {"run": found[one].id}
                st.page_link(TRAIN, label="Open its run", icon=":material/show_chart:", query_params=query)
            link = {"experiment": one.to_url()}
            st.page_link(BUILD, label="Take it into Build", icon=":material/view_column:", query_params=link)


def _best(now: Sweep, base: Experiment, accuracies: np.ndarray) -> None:
    """Say which combination is ahead, and how much of that may be chance."""
    row, column = np.unravel_index(np.nanargmax(accuracies), accuracies.shape)
    best, count = float(accuracies[row, column]), base.data.validation_size
    doubt = TWO_SIDES * math.sqrt(2 * best * (1 - best) / count)
    title = _title(base, now.choices()[int(row)][int(column)])
    near = int((accuracies >= best - doubt).sum()) - 1
    others = f" {plural(near, 'other')} {'are' if near > 1 else 'is'} that near." if near else ""
    st.markdown(
        f"**Ahead** · {title}, with **{percent(best)}** of {count:,} validation images. Differences below "
        f"{100 * doubt:.1f} points can be chance of these images alone.{others} Another seed gives other figures "
        "again: sweep the seed to see how much."
    )
