"""What stands in the address: the experiment, read when somebody opens a link, written with every edit of the draft."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnlab.experiment import MAX_URL_LENGTH, Experiment
from ui.state import state
from ui.words import message


def came_by_history() -> bool:
    """Whether the visitor has pressed Back or Forward: the page is as its address says, not as it was left."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def follow_link() -> None:
    """Read the experiment in `?experiment=` that a visitor opens or goes back to; a bad one changes nothing.

    Any other that the browser tells is one that was written here: the browser may not know the last one yet.
    """
    visitor, address = state(), st.query_params.get("experiment")
    link = visitor.link
    is_asked, link.is_open = came_by_history() or not link.is_open, True
    if is_asked and address not in (None, link.now):
        link.now = address
        try:
            visitor.load(Experiment.from_url(address))
        except ValueError as error:
            link.problem = str(error)
    if link.problem:
        st.error(
            f"The link's experiment cannot be used. {message(link.problem)} What you had before is kept.",
            icon=":material/link_off:",
        )


def write_link(experiment: Experiment | None) -> None:
    """Keep the address in step with the draft, so that it can be shared as it stands."""
    link = state().link
    if link.problem is not None:
        return
    address = experiment.to_url() if experiment else None
    if address is None or len(address) > MAX_URL_LENGTH:
        st.query_params.pop("experiment", None)
    elif address != link.now or "experiment" not in st.query_params:
        link.now = st.query_params["experiment"] = address
