"""How the training of the network went, in the doctor's words, and its report as one file."""

from functools import partial

import streamlit as st

from cnnlab.doctor.unit_health import NetworkHealth
from cnnlab.report.report import report
from cnnlab.runs.store import DamagedRunError, Run
from pages.parts.evaluate import Reading
from ui import trouble
from ui.words import message


def show(reading: Reading) -> None:
    """Show what is said of the run that the network comes from, and offer its report."""
    run = reading.network.run
    if run is None:
        st.markdown("The starter network comes without a run. Train a network of your own, and its report stands here.")
        return
    try:
        inside = trouble.inside(run)
        trouble.show(trouble.of_run(run, inside), run.id)
    except DamagedRunError as error:
        st.warning(message(error), icon=":material/broken_image:")
        return
    download(run, inside)


def download(run: Run, inside: NetworkHealth | None = None) -> None:
    """Offer the report of a run, with what is known of the network's inside; it is written when it is asked for."""
    st.download_button(
        "Download the report",
        partial(report, run, inside),
        f"cnnlab-{run.id}.html",
        "text/html",
        icon=":material/description:",
        on_click="ignore",
        help="One page with settings, curves, mistakes, what the doctor says, and the script that repeats the run.",
    )
