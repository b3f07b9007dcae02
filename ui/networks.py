"""Which network a page speaks of: the one in `?run=`, else this visitor's last run, else the starter."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from threadpoolctl import threadpool_limits

from cnnlab.experiment import Experiment
from cnnlab.nn import network
from cnnlab.nn.network import LayerTrace
from cnnlab.nn.weights import Weights
from cnnlab.runs.store import Run, RunInfo, UnknownRunError
from ui.cached import starter_network, store
from ui.state import control, state

# One image is too little to share among threads: beside a training run that takes ten times longer.
threadpool_limits(1, user_api="blas")
STARTER = "Starter network (ships with cnnlab)"
STARTER_ID = "starter"
NUM_CHOICES = 20
INSTEAD = "The starter network is shown instead."


@dataclass(frozen=True)
class Network:
    """A network that can be looked at: what it was made from and its weights."""

    name: str
    experiment: Experiment
    weights: Weights

    def trace(self, image: np.ndarray) -> tuple[LayerTrace, ...]:
        """Send an image, float32 (28, 28) in [0, 1], through the network and keep every layer."""
        prepared = self.experiment.data.prepare(image[..., np.newaxis])
        return network.trace(self.experiment.architecture, self.weights, prepared)


def run_name(info: RunInfo) -> str:
    """A run in a few words: its name, when, how good. No two runs have the same."""
    given = f"{info.label.name}, run" if info.label.name else "Run"
    when = f"{given} {info.id[-6:]} of {info.created:%d %b, %H:%M:%S} UTC"
    if info.test_accuracy is not None:
        return f"{when}, {info.test_accuracy * 100:.2f} % on the test digits"
    return f"{when}, {info.state}"


def requested_run() -> Run | None:
    """The run that this page shows: from the address, else this visitor's last one. An unknown one is told."""
    visitor = state()
    asked = st.query_params.get("run", visitor.run_id)
    if asked is None:
        return None
    try:
        run = store().get(asked)
    except UnknownRunError as error:
        st.warning(f"{error}. {INSTEAD}", icon=":material/search_off:")
        visitor.run_id = None
        st.query_params.pop("run", None)
        return None
    visitor.run_id = st.query_params["run"] = run.id
    return run


def choose_network() -> Network:
    """Show which network the page speaks of, let the visitor choose another one, and return it."""
    visitor = state()
    visitor.shows_starter = visitor.shows_starter and "run" not in st.query_params
    run = None if visitor.shows_starter else requested_run()
    runs = [info for info in store().list() if info.state in ("finished", "stopped", "running")][:NUM_CHOICES]
    names = {STARTER_ID: STARTER, **{info.id: run_name(info) for info in runs}}
    network_of_run = _load(run) if run else None
    if run and network_of_run:
        names[run.id] = run_name(run.info)

    def choose(chosen: str) -> None:
        visitor.shows_starter = chosen == STARTER_ID
        visitor.run_id = visitor.run_id if visitor.shows_starter else chosen
        st.query_params.pop("run", None)

    control(
        st.selectbox,
        "Network",
        "network",
        run.id if run and network_of_run else STARTER_ID,
        choose,
        options=list(names),
        format_func=names.__getitem__,
    )
    return network_of_run or Network(STARTER, *starter_network())


def _load(run: Run) -> Network | None:
    """The newest weights of a run, or None, said on the page, when there are none that can be used."""
    info = run.info
    try:
        weights = run.weights()
        if weights is not None and info.experiment:
            weights.check(info.experiment.architecture)
            return Network(run_name(info), info.experiment, weights)
    except ValueError as error:  # DamagedRunError is one
        st.warning(f"Run {run.id}: {error}. {INSTEAD}", icon=":material/broken_image:")
        return None
    if info.state == "damaged":
        st.warning(f"{info.reason} {INSTEAD}", icon=":material/broken_image:")
    else:
        st.info(f"This run has no weights yet. {INSTEAD}", icon=":material/hourglass:")
    return None
