"""How long training will take on this machine: measured on request, remembered for the visit.

`estimate(experiment)` shows it, or a button that has it measured. `seconds_per_epoch` and `seconds_for` tell what was
measured, to be shown beside the truth.
"""

import streamlit as st

from cnnlab.experiment import Experiment
from cnnlab.training import pace as timing
from cnnlab.training.pace import Pace, alike
from ui.computed import computed
from ui.state import state

MINUTE = 60


def seconds_per_epoch(experiment: Experiment) -> float | None:
    """What an epoch takes by what was measured for such an experiment in this visit, in seconds; None: nothing was."""
    pace = _pace(experiment)
    return pace.epoch(experiment) if pace else None


def seconds_for(experiment: Experiment, num_updates: int) -> float | None:
    """The same for a run of so many updates, from its start to its test at the end."""
    pace = _pace(experiment)
    return pace.run(experiment, num_updates) if pace else None


def estimate(experiment: Experiment) -> None:
    """Show how long an epoch and the whole run will take, or a button that has it measured."""
    visitor, kind = state(), alike(experiment)
    if kind in visitor.to_be_timed and kind not in visitor.paces:
        pace = computed("Timing a few batches", timing.measure, kind, visitor.to_be_timed[kind])
        if pace is None:
            return
        visitor.paces[kind] = pace
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if pace := visitor.paces.get(kind):
            st.markdown(in_a_sentence(pace, experiment), width="content")
            words, icon = "Measure again", "refresh"
        else:
            words, icon = "How long will it take?", "timer"
        st.button(
            words,
            icon=f":material/{icon}:",
            type="tertiary",
            on_click=_ask,
            args=(kind,),
            help="Trains a few batches of this network, beside all else that this machine does, and throws it away.",
        )


def in_a_sentence(pace: Pace, experiment: Experiment) -> str:
    """Tell what an epoch, an image and the whole run take."""
    epochs = experiment.training.epochs
    each = pace.update / min(experiment.training.batch_size, experiment.data.num_train)
    return (
        f":material/timer: about **{in_words(pace.epoch(experiment))} an epoch** ({1000 * each:.3g} ms an image), "
        f"{in_words(pace.run(experiment))} in all for {epochs} epoch{'s' * (epochs > 1)}, at the pace of this machine "
        "as busy as it was"
    )


def in_words(seconds: float) -> str:
    """A time as people say it: 0.4 s, 12 s, 3 min 20 s."""
    if seconds < MINUTE:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"  # noqa: PLR2004 - two digits either way
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes} min {rest} s"


def _pace(experiment: Experiment) -> Pace | None:
    return state().paces.get(alike(experiment))


def _ask(kind: Experiment) -> None:
    """Have it measured, once more if it was."""
    visitor = state()
    visitor.to_be_timed[kind] = visitor.to_be_timed.get(kind, 0) + 1
    visitor.paces.pop(kind, None)
