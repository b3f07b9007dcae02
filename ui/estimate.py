"""How long training will take on this machine: measured on request, remembered for the visit."""

import streamlit as st

from cnnlab.experiment import Experiment
from cnnlab.training import pace as timing
from cnnlab.training.pace import Pace, alike
from ui.computed import computed
from ui.state import state
from ui.words import plural, time_span


def seconds_for(experiment: Experiment, num_updates: int) -> float | None:
    """What a run of so many updates takes by what was measured in this visit, in seconds; None: nothing was."""
    pace = state().timing.paces.get(alike(experiment))
    return pace.run(experiment, num_updates) if pace else None


def estimate(experiment: Experiment) -> None:
    """Show how long an epoch and the whole run will take, or a button that has it measured."""
    visitor, kind = state(), alike(experiment)
    if kind in visitor.timing.to_be_timed and kind not in visitor.timing.paces:
        pace = computed("Timing a few batches", timing.measure, kind, visitor.timing.to_be_timed[kind])
        if pace is None:
            return
        visitor.timing.paces[kind] = pace
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        words, icon = "How long will it take?", ":material/timer:"
        if pace := visitor.timing.paces.get(kind):
            st.markdown(in_a_sentence(pace, experiment), width="content")
            words, icon = "Measure again", ":material/refresh:"
        help_ = "Trains a few batches of this network, beside all else that this machine does, and throws it away."
        st.button(words, icon=icon, type="tertiary", on_click=_ask, args=(kind,), help=help_)


def in_a_sentence(pace: Pace, experiment: Experiment) -> str:
    """Tell what an epoch, an image and the whole run take."""
    epochs = experiment.training.epochs
    each = pace.update / min(experiment.training.batch_size, experiment.data.num_train)
    return (
        f":material/timer: about **{time_span(pace.epoch(experiment))} an epoch** ({1000 * each:.3g} ms an image), "
        f"{time_span(pace.run(experiment))} in all for {plural(epochs, 'epoch')}, at the pace of this machine "
        "as busy as it was"
    )


def _ask(kind: Experiment) -> None:
    """Have it measured, once more if it was."""
    visitor = state()
    visitor.timing.to_be_timed[kind] = visitor.timing.to_be_timed.get(kind, 0) + 1
    visitor.timing.paces.pop(kind, None)
