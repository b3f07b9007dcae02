"""What all visitors share: the run store, the engine, the starter network. Loaded once a server."""

import streamlit as st

from cnnlab import starter
from cnnlab.engine.engine import Engine
from cnnlab.experiment import Experiment
from cnnlab.nn.weights import Weights
from cnnlab.runs.store import RunStore


@st.cache_resource(show_spinner=False)
def store() -> RunStore:
    """All runs."""
    runs = RunStore.default()
    runs.empty_bin()
    return runs


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """Where training runs. Starting it takes seconds and happens beside the page."""
    return Engine(store())


@st.cache_resource(show_spinner=False)
def starter_network() -> tuple[Experiment, Weights]:
    """The network that ships with the project."""
    return starter.load()
