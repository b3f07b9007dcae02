"""What stands in the address: the experiment, read when somebody opens a link, written with every edit of the draft."""

import streamlit as st

from cnnlab.experiment import MAX_URL_LENGTH, Experiment
from ui.address import write
from ui.state import state
from ui.words import message


def follow_link() -> None:
    """Read the experiment in `?experiment=` when it is new; for a bad one there is a message, and nothing changes."""
    visitor = state()
    link, address = visitor.link, visitor.address.values.get("experiment")
    if address not in (None, link.now):
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
    address = experiment.to_url() if experiment else ""
    link.now = address if 0 < len(address) <= MAX_URL_LENGTH else None
    write(experiment=link.now)
