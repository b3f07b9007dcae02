"""Look inside: a network, a digit on its way through it, and one view of both at a time."""

from collections.abc import Callable

import streamlit as st

from pages.parts.look_inside import exciting, filters, go_to_view, overview, robust, seeks, space, trace, why
from pages.parts.look_inside.choosing import choose_digit
from ui.address import asked_one_of
from ui.frame import begin
from ui.networks import choose_network
from ui.subject import Subject
from ui.widgets import pick

begin()

# By their names on the page and in the address (`?view=`), the first one first.
VIEWS: dict[str, Callable[[Subject], None]] = {
    "Maps": overview.show,
    "Trace": trace.show,
    "Filters": filters.show,
    "Why": why.show,
    "Looks for": seeks.show,
    "Excited by": exciting.show,
    "Robustness": robust.show,
    "Space": space.show,
}
NETWORK_WIDTH = 430


def choose_view() -> str:
    """Let the visitor choose a view; the address has it."""
    view = asked_one_of("view", VIEWS) or next(iter(VIEWS))
    pick("View", list(VIEWS), "view", view, go_to_view, label_visibility="collapsed", wrap=True)
    return view


with st.container(horizontal=True, gap="small", vertical_alignment="center"):
    st.title("Look inside", width="stretch")
    with st.container(width=NETWORK_WIDTH):
        network = choose_network()
subject = choose_digit(network)
VIEWS[choose_view()](subject)
