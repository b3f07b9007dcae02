"""What stands in the address, where everybody can write: one reader for all values but the experiment (`ui.link`)."""

import re

import streamlit as st

MAX_LENGTH = 1_000


def asked(name: str, otherwise: str | None = None) -> str | None:
    """The value of `?name=`, of several the last one, or `otherwise`; "" where it is longer than any value is.

    Line breaks of a mail and what stood around the link are dropped.
    """
    text = st.query_params.get(name)
    if text is None:
        return otherwise
    printable = "".join(filter(str.isprintable, text)) if len(text) <= MAX_LENGTH else ""
    return re.sub(r"^(?:[^\w+-]|_)+|(?:[^\w+-]|_)+$", "", printable)


def asked_number(name: str, count: int) -> int | None:
    """The whole number in `?name=`, from 0 and below `count`; None: there is none."""
    text = asked(name) or ""
    return int(text) if text.isascii() and text.isdigit() and int(text) < count else None
