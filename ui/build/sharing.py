"""The experiment as a file, as a link and as code."""

import streamlit as st

from cnnlab import source_code
from cnnlab.experiment import MAX_URL_LENGTH, Experiment
from ui.controls import open_json


def files(experiment: Experiment | None) -> None:
    """Save the experiment, open another one, say what the address is good for."""
    with st.container(horizontal=True):
        if experiment:
            st.download_button(
                "Save as JSON",
                experiment.to_json(),
                "experiment.json",
                "application/json",
                icon=":material/download:",
                on_click="ignore",
            )
        with st.popover("Open JSON", icon=":material/upload:"):
            open_json()
    if experiment and len(experiment.to_url()) <= MAX_URL_LENGTH:
        st.caption("The address of this page holds the whole experiment: copy it to share it.")
    elif experiment:
        st.caption("This experiment is too long for a link: share it as JSON.")


def code(experiment: Experiment) -> None:
    """Show and offer the same experiment as a program."""
    with st.expander("The same in Keras", icon=":material/code:"):
        st.code(source_code.script(experiment), language="python")
        with st.container(horizontal=True):
            for label, content, file in (
                ("Download script", source_code.script(experiment), "cnn.py"),
                ("Download notebook", source_code.notebook(experiment), "cnn.ipynb"),
            ):
                st.download_button(label, content, file, icon=":material/download:", on_click="ignore")
        st.caption("It needs TensorFlow only, and repeats the run: the same first weights, the same batches.")
