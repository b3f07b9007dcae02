"""A sweep on the page: one or two settings and their values, a run for each combination, and a map that fills."""

from functools import partial
from typing import Any

import streamlit as st

from cnnlab.experiment import Experiment
from cnnlab.studies import sweep
from cnnlab.studies.sweep import MAX_RUNS, Axis, Setting, Sweep
from pages.parts.experiments import heat_map
from pages.parts.experiments.own import measured_seconds, own_experiment
from pages.parts.experiments.training import TICK_SECONDS, bar, found_runs, is_under_way
from ui.address import asked, write
from ui.state import Kept, state
from ui.widgets import attempt, control, kept
from ui.words import message

CONTROL_WIDTH = 340
NOTHING = ""
PROBLEM = "sweep-link"


def show() -> None:
    """Choose what is swept, then train and watch."""
    base = own_experiment()
    if base is None:
        return
    choice = kept("sweep", sweep.default(base))
    _follow_link(choice, base)
    if not {axis.key for axis in choice.now.axes} <= sweep.settings(base).keys():
        choice.now = sweep.default(base)  # the layer is gone
    _controls(choice, base)
    now: Sweep = choice.now
    write(sweep=now.to_text())
    experiments = [one for line in now.cells(base) for one in line if isinstance(one, Experiment)]
    if "training.optimizer" in (keys := {axis.key for axis in now.axes}) and "training.learning_rate" not in keys:
        st.caption("Each optimizer comes with its usual learning rate.")
    tick = TICK_SECONDS if is_under_way(found_runs(experiments)) else None
    st.fragment(_runs, run_every=tick)(now, base, experiments, was_live=tick is not None)


def _runs(now: Sweep, base: Experiment, experiments: list[Experiment], *, was_live: bool) -> None:
    """What is drawn again while it trains."""
    found = found_runs(experiments)
    if was_live != is_under_way(found):
        st.rerun()
    if experiments:
        bar(experiments, found, measured_seconds(experiments))
    heat_map.show(now, base, found)


def _follow_link(choice: Kept, base: Experiment) -> None:
    """Take over the sweep in the address; for a bad one there is a message, and nothing changes."""
    problems, link = state().problems, asked("sweep")
    if link is None or link == choice.now.to_text():
        return
    with attempt(PROBLEM):
        choice.now = Sweep.from_text(link, base)
    if PROBLEM in problems:
        st.error(f"The link's sweep cannot be used. {message(problems.pop(PROBLEM))}", icon=":material/link_off:")


def _controls(choice: Kept, base: Experiment) -> None:
    """The settings and their values, the first one's and the second one's."""
    now: Sweep = choice.now
    known = sweep.settings(base)
    for index in range(sweep.MAX_AXES):
        axis = now.axes[index] if index < len(now.axes) else None
        others = {other.key for other in now.axes if other is not axis}
        options = [*([NOTHING] if index else []), *(key for key in known if key not in others)]
        with st.container(horizontal=True, gap="small"):
            with st.container(width=CONTROL_WIDTH):
                control(
                    st.selectbox,
                    "Setting" if index == 0 else "And a second one",
                    f"sweep-setting-{index}",
                    axis.key if axis else NOTHING,
                    partial(_set, choice, base, index),
                    options=options,
                    format_func=lambda key: known[key].label if key else "none",
                )
            if axis:
                with st.container(width=CONTROL_WIDTH):
                    _values(choice, index, axis, known[axis.key])
    if now.num_runs > 1:
        words = " x ".join(str(len(axis.values)) for axis in now.axes)
        product = f"{words} = " if len(now.axes) > 1 else ""
        st.caption(f"{product}{now.num_runs} runs, of {MAX_RUNS} at most.")


def _values(choice: Kept, index: int, axis: Axis, setting: Setting) -> None:
    """The values of an axis: chosen among all, or numbers with commas between."""

    def apply(values: str | list[str]) -> None:
        text = values if isinstance(values, str) else ",".join(values)
        axes = list(choice.now.axes)
        axes[index] = Axis(axis.key, setting.read(text))
        _take_over(choice, axes)

    options: dict[str, Any] = {}
    value: str | list[str] = ", ".join(axis.labels)
    widget: Any = st.text_input
    if setting.choices:
        widget, value = st.multiselect, list(axis.labels)
        options["options"] = [sweep.in_words(choice) for choice in setting.choices]
    control(widget, "Its values", f"sweep-values-{index}-{axis.key}", value, apply, **options)


def _set(choice: Kept, base: Experiment, index: int, key: str) -> None:
    """Sweep another setting, with its usual values; fewer of them where there would be too many runs."""
    axes = list(choice.now.axes[:index] if key == NOTHING else choice.now.axes)
    if key != NOTHING:
        values = sweep.settings(base)[key].values
        others = [axis for place, axis in enumerate(axes) if place != index]
        room = MAX_RUNS // max(1, len(others[0].values) if others else 1)
        axes[index : index + 1] = [Axis(key, values[: max(1, room)])]
    _take_over(choice, axes)


def _take_over(choice: Kept, axes: list[Axis]) -> None:
    """Sweep these axes. Raises ValueError when there would be too many runs."""
    choice.now = Sweep(tuple(axes))
    write(sweep=choice.now.to_text())
