"""Which network a page speaks of: the one in `?run=`, else this visitor's last run, else the starter."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from threadpoolctl import threadpool_limits

from cnnlab.experiment import Experiment
from cnnlab.nn import network
from cnnlab.nn.network import LayerTrace
from cnnlab.nn.weights import Weights
from cnnlab.runs.store import Run, RunInfo, RunState, UnknownRunError
from ui.address import asked, came_by_history, write
from ui.cached import starter_network, store, weights_of
from ui.state import state
from ui.widgets import control
from ui.words import message, moment, percent

# One image is too little to share among threads: beside a training run that takes ten times longer.
threadpool_limits(1, user_api="blas")
STARTER = "Starter network (ships with cnnlab)"
STARTER_ID = "starter"
NUM_CHOICES = 20
INSTEAD = "The starter network is shown instead."


@dataclass(frozen=True)
class Network:
    """A network that can be looked at: what it was made from and its weights.

    `run_id` is that of the run it comes from, None: it is the starter network. The name is only to be shown.
    """

    name: str
    experiment: Experiment
    weights: Weights
    run_id: str | None = None

    @property
    def run(self) -> Run | None:
        """The run that it comes from; None: there is none, or it has been deleted."""
        try:
            return store().get(self.run_id or "")
        except UnknownRunError:
            return None

    def trace(self, image: np.ndarray) -> tuple[LayerTrace, ...]:
        """Send an image, float32 (28, 28) in [0, 1], through the network and keep every layer."""
        prepared = self.experiment.data.prepare(image[..., np.newaxis])
        return network.trace(self.experiment.architecture, self.weights, prepared)


def starter() -> Network:
    """The network that ships with the project."""
    return Network(STARTER, *starter_network())


def network_of(run: Run, step: int | None = None) -> Network | None:
    """A run's network with its newest weights, or those after `step` updates; None: there are none.

    Raises:
        ValueError: if they cannot be read or do not fit.
    """
    info, weights = run.info, weights_of(run, step)
    return Network(run_name(info), info.experiment, weights, run.id) if weights and info.experiment else None


def names_of_networks(shown: Network | None = None) -> dict[str, str]:
    """All networks that can read: their ids and names, the starter first, then the newest runs, then the one shown."""
    runs = [info for info in store().list() if info.state in ("finished", "stopped", "running")][:NUM_CHOICES]
    names = {STARTER_ID: STARTER, **{info.id: run_name(info) for info in runs}}
    if shown:
        names.setdefault(shown.run_id or STARTER_ID, shown.name)
    return names


def run_name(info: RunInfo) -> str:
    """A run in a few words: its name, when, how good. No two runs have the same."""
    given = f"{info.label.name}, run" if info.label.name else "Run"
    when = f"{given} {info.id[-6:]} of {moment(info.created)}"
    if info.test_accuracy is not None:
        return f"{when}, {percent(info.test_accuracy, 2)} on the test digits"
    return f"{when}, {info.state}"


def requested_run(instead: str) -> Run | None:
    """The run that this page shows: from the address, else this visitor's last one.

    An unknown one gets a message, which ends with what is shown `instead`, and stays until another run is shown.
    """
    visitor, run = state(), None
    run_id = asked("run", None if came_by_history() else visitor.run_id)
    if run_id is not None:
        visitor.address.refused = None
        try:
            run = store().get(run_id)
        except UnknownRunError as error:
            visitor.address.refused = message(error)
    visitor.run_id = run.id if run else None
    write(run=visitor.run_id)
    if visitor.address.refused:
        st.warning(f"{visitor.address.refused} {instead}", icon=":material/search_off:")
    return run


def choose_network() -> Network:
    """Show which network the page speaks of, let the visitor choose another one, and return it."""
    visitor = state()
    visitor.shows_starter = (visitor.shows_starter or came_by_history()) and asked("run") is None
    run = None if visitor.shows_starter else requested_run(INSTEAD)
    shown = (_load(run) if run else None) or starter()
    names = names_of_networks(shown)

    def choose(chosen: str) -> None:
        visitor.shows_starter = chosen == STARTER_ID
        visitor.run_id = visitor.run_id if visitor.shows_starter else chosen
        write(run=None)

    control(
        st.selectbox,
        "Network",
        "network",
        shown.run_id or STARTER_ID,
        choose,
        options=list(names),
        format_func=names.__getitem__,
    )
    return shown


def _load(run: Run) -> Network | None:
    """The newest weights of a run, or None, said on the page, when there are none that can be used."""
    info = run.info
    try:
        if (found := network_of(run)) is not None:
            return found
    except ValueError as error:  # DamagedRunError is one
        st.warning(f"Run {run.id}: {message(error)} {INSTEAD}", icon=":material/broken_image:")
        return None
    if info.state == RunState.DAMAGED:
        st.warning(f"{message(info.reason)} {INSTEAD}", icon=":material/broken_image:")
    else:
        st.info(f"This run has no weights yet. {INSTEAD}", icon=":material/hourglass:")
    return None
