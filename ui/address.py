"""What stands in the address, where everybody can write: one reader for all values but the experiment (`ui.link`)."""

import re

import streamlit as st

MAX_LENGTH = 1_000


def asked(name: str) -> str | None:
    """The value of `?name=`, of several the last one; None: there is none, or it is longer than any.

    Line breaks of a mail and what stood around the link are dropped.
    """
    text = st.query_params.get(name, "")
    printable = "".join(filter(str.isprintable, text)) if len(text) <= MAX_LENGTH else ""
    return re.sub(r"^(?:[^\w+-]|_)+|(?:[^\w+-]|_)+$", "", printable) or None


def asked_number(name: str, count: int) -> int | None:
    """The whole number in `?name=`, from 0 and below `count`; None: there is none."""
    text = asked(name) or ""
    return int(text) if text.isascii() and text.isdigit() and int(text) < count else None
