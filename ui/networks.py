"""Which network a page speaks of: the one in `?run=`, else this visitor's last run, else the starter."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from threadpoolctl import threadpool_limits

from cnnlab import network
from cnnlab.events import Weights
from cnnlab.experiment import Experiment
from cnnlab.network import LayerTrace
from cnnlab.runs import DamagedRunError, RunInfo, UnknownRunError
from ui.cached import starter_network, store
from ui.state import control, state

threadpool_limits(
    1, user_api="blas"
)  # one image is too little to share: beside a training run it takes 10 times longer
STARTER = "Starter network (ships with cnnlab)"
STARTER_ID = "starter"
NUM_CHOICES = 20


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
    """A run in a few words: when, how far, how good."""
    when = f"Run of {info.created:%d %b, %H:%M:%S} UTC"
    if info.test_accuracy is not None:
        return f"{when}, {info.test_accuracy * 100:.2f} % on the test digits"
    return f"{when}, {info.state}"


def requested_run() -> str | None:
    """The run that this page shows: from the address, else this visitor's last one. An unknown one is told."""
    visitor = state()
    asked = st.query_params.get("run")
    if asked is None:
        asked = visitor.run_id
    elif asked != visitor.run_id:
        try:
            visitor.run_id = store().get(asked).id
        except UnknownRunError as error:
            st.warning(f"{error}. The starter network is shown instead.", icon=":material/search_off:")
            visitor.run_id = None
            del st.query_params["run"]
            return None
    if asked is not None:
        st.query_params["run"] = asked
    return asked


def choose_network() -> Network:
    """Show which network the page speaks of, let the visitor choose another one, and return it."""
    run_id = requested_run()
    runs = {info.id: info for info in store().list()[:NUM_CHOICES] if info.state in ("finished", "stopped", "running")}
    network_of_run = _load(run_id) if run_id else None
    if run_id and run_id not in runs:
        runs[run_id] = store().get(run_id).info
    names = {STARTER_ID: STARTER}
    names.update((key, run_name(info)) for key, info in runs.items())

    def choose(chosen: str) -> None:
        state().run_id = None if chosen == STARTER_ID else chosen
        st.query_params.pop("run", None)

    control(
        st.selectbox,
        "Network",
        "network",
        run_id if network_of_run else STARTER_ID,
        choose,
        options=list(names),
        format_func=names.__getitem__,
    )
    if network_of_run:
        return network_of_run
    return Network(STARTER, *starter_network())


def _load(run_id: str) -> Network | None:
    """The newest weights of a run, or None, said on the page, when there are none."""
    run = store().get(run_id)
    try:
        weights, experiment = run.weights(), run.info.experiment
    except DamagedRunError as error:
        st.warning(f"{error}. The starter network is shown instead.", icon=":material/broken_image:")
        return None
    if weights is None or experiment is None:
        st.info("This run has no weights yet. The starter network is shown instead.", icon=":material/hourglass:")
        return None
    return Network(run_name(run.info), experiment, weights)
