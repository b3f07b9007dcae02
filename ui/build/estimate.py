"""How long training will take on this machine: measured on request, remembered for the visit."""

import streamlit as st

from cnnlab import calibration
from cnnlab.experiment import Experiment
from ui.computed import computed
from ui.state import state

MINUTE = 60


def seconds_per_epoch(experiment: Experiment) -> float | None:
    """What was measured for an experiment in this visit, in seconds; None: nothing was."""
    return state().estimates.get(experiment)


def estimate(experiment: Experiment) -> None:
    """Show how long an epoch and the whole run will take, or a button that has it measured."""
    visitor = state()
    if experiment not in visitor.estimates and experiment in visitor.to_be_timed:
        seconds = computed("Timing a few batches", calibration.seconds_per_epoch, experiment)
        if seconds is None:
            return
        visitor.estimates[experiment] = seconds
    if experiment in visitor.estimates:
        one, epochs = visitor.estimates[experiment], experiment.training.epochs
        st.markdown(
            f":material/timer: about **{in_words(one)} an epoch**, {in_words(one * epochs)} for {epochs} "
            f"epoch{'s' * (epochs > 1)}, at the pace of this machine as busy as it was"
        )
    else:
        st.button(
            "How long will it take?",
            icon=":material/timer:",
            type="tertiary",
            on_click=visitor.to_be_timed.add,
            args=(experiment,),
            help="Trains a few batches of this network, and throws it away.",
        )


def in_words(seconds: float) -> str:
    """A time as people say it: 0.4 s, 12 s, 3 min 20 s."""
    if seconds < MINUTE:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"  # noqa: PLR2004 - two digits either way
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes} min {rest} s"
