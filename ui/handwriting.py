"""One visitor's handwriting: a set of drawings whose name stands in the address, shared by whoever opens it."""

from functools import cache
from pathlib import Path

import streamlit as st

from cnnlab.runs.handwriting import Handwriting, HandwritingStore, UnknownHandwritingError
from ui.address import asked, write
from ui.cached import store
from ui.state import state
from ui.widgets import attempt
from ui.words import message


def sets() -> HandwritingStore:
    """All sets, in a folder of the runs folder: one place to keep and to back up."""
    return _sets(store().root / "handwriting")


@cache
def _sets(folder: Path) -> HandwritingStore:
    return HandwritingStore(folder)


def follow_address() -> None:
    """Take the set in `?handwriting=`, else this visitor's own; for an unknown one there is a message."""
    visitor = state()
    set_id = asked("handwriting", visitor.handwriting.set_id)
    visitor.handwriting.set_id = None
    if set_id is not None:
        try:
            sets().get(set_id)
        except UnknownHandwritingError as error:
            st.warning(f"{message(error)} Yours begins with the next drawing you keep.", icon=":material/search_off:")
            write(handwriting=None)
        except ValueError as error:
            st.warning(f"This handwriting cannot be read. {message(error)}", icon=":material/broken_image:")
            write(handwriting=None)
        else:
            visitor.handwriting.set_id = set_id
            write(handwriting=set_id)


def own() -> Handwriting:
    """The visitor's set, empty at first."""
    set_id = state().handwriting.set_id
    return Handwriting() if set_id is None else sets().get(set_id)


def add(more: Handwriting) -> None:
    """Put drawings to the visitor's set; why that cannot be is kept for the page to show."""
    visitor = state()
    with attempt("handwriting", (ValueError, OSError)):
        if visitor.handwriting.set_id is None:
            visitor.handwriting.set_id = sets().create()
        sets().add(visitor.handwriting.set_id, more)
