"""The experiment as a file, as a link and as code."""

from typing import Any

import streamlit as st

from cnnlab import mnist
from cnnlab.design import keras_script
from cnnlab.experiment import MAX_URL_LENGTH, Experiment
from ui.state import state
from ui.widgets import attempt, show_problem, upload


def files(experiment: Experiment | None) -> None:
    """Save the experiment, open another one, share its link."""
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
            upload("An experiment saved as JSON", "open", _opened, types=["json"])
            show_problem("open", "What you had before is kept.")
        if experiment:
            with st.popover("Share a link", icon=":material/link:"):
                _link(experiment)


def _opened(file: Any) -> None:
    with attempt("open"):
        if file is not None:
            state().load(Experiment.from_json(file.getvalue()))


def _link(experiment: Experiment) -> None:
    """Show the link that restores the whole experiment."""
    link = experiment.to_url()
    if len(link) > MAX_URL_LENGTH:
        st.warning(
            f"This experiment is too long for a link ({len(link):,} characters, at most {MAX_URL_LENGTH:,}): share it "
            "as JSON.",
            icon=":material/link_off:",
        )
    else:
        page = (st.context.url or "").split("?")[0]
        st.markdown("Whoever opens it has this network before them, with its settings and its seed.")
        st.code(f"{page}?experiment={link}", language=None, wrap_lines=True)
        st.caption("Copy it by the button at its corner. The address of this page is the same link.")


def code(experiment: Experiment) -> None:
    """Show and offer the same experiment as a program."""
    with st.expander("The same in Keras", icon=":material/code:"):
        st.code(keras_script.script(experiment), language="python")
        with st.container(horizontal=True):
            for label, content, file in (
                ("Download script", keras_script.script(experiment), "cnn.py"),
                ("Download notebook", keras_script.notebook(experiment), "cnn.ipynb"),
                ("Download the digits", mnist.FILE.read_bytes, "mnist.npz"),
            ):
                st.download_button(label, content, file, icon=":material/download:", on_click="ignore")
        st.caption("It needs TensorFlow only, and repeats the run: the same first weights, the same batches.")
        st.caption("Without a network it takes the digits from mnist.npz, if that lies in the same folder.")
