"""What stands in the address, where everybody can write: one reader for all values but the experiment (`ui.link`).

The browser tells its address with every message, and on a slow line it does not know the newest one yet. So what holds
is what was written here, until the visitor opens a page, or goes back or forward.
"""

import re
from collections.abc import Iterable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.state import state

MAX_LENGTH = 1_000


def came_by_history() -> bool:
    """Whether the visitor has pressed Back or Forward: the page is as its address says, not as it was left."""
    return state().address.is_from_history


def settle(page: str) -> None:
    """Begin a page with the address that the visitor asked for, or with that which was written last."""
    told, address, context = st.query_params.to_dict(), state().address, get_script_run_ctx()
    has_gone = context is not None and context.is_history_navigation
    address.is_from_history |= has_gone  # of a run that is broken off the next one takes it over
    if has_gone or page != address.page:
        address.page, address.values, address.refused = page, told, None
    elif told != address.values:
        st.query_params.from_dict(address.values)


def write(**values: str | None) -> None:
    """Write values into the address; None takes one out."""
    address = state().address
    wanted = {name: value for name, value in (address.values | values).items() if value is not None}
    if wanted != address.values:
        address.values = wanted
        st.query_params.from_dict(wanted)


def asked(name: str, otherwise: str | None = None) -> str | None:
    """The value of `?name=`, of several the last one, or `otherwise`; "" where it is longer than any value is.

    Line breaks of a mail and what stood around the link are dropped.
    """
    text = state().address.values.get(name)
    if text is None:
        return otherwise
    printable = "".join(filter(str.isprintable, text)) if len(text) <= MAX_LENGTH else ""
    return re.sub(r"^(?:[^\w+-]|_)+|(?:[^\w+-]|_)+$", "", printable)


def asked_one_of(name: str, options: Iterable[str]) -> str | None:
    """The value of `?name=`; what is none of the options is taken out of the address."""
    wanted = asked(name)
    found = next((option for option in options if option == wanted), None)
    if found is None:
        write(**{name: None})
    return found


def asked_number(name: str, count: int) -> int | None:
    """The whole number in `?name=`, from 0 and below `count`; None: there is none."""
    text = asked(name) or ""
    if text.isascii() and text.isdigit() and int(text) < count:
        return int(text)
    write(**{name: None})
    return None
