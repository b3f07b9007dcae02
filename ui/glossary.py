"""The glossary: every technical word in one or two plain sentences, shown as a tooltip wherever it appears."""

import html
import re
import tomllib
from pathlib import Path

import streamlit as st

TERMS: dict[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
"""Term: its meaning. Terms are written as inside a sentence."""

_STYLE = Path(__file__).with_name("glossary.css")


def term(name: str, shown: str | None = None) -> str:
    """A term as Markdown, with its meaning as the tooltip: `st.markdown(f"Each {term('pixel')} is a number.")`.

    The mouse shows the tooltip on hover; the Tab key and a tap show it at the foot of the window (`style`).

    Args:
        name: a key of `TERMS`.
        shown: the word as it stands in the sentence, such as a plural; by default `name`.

    Raises:
        ValueError: if there is no such term.
    """
    if name not in TERMS:
        raise ValueError(f"`name` must be a term of the glossary. Received: name={name!r}")
    anchor = re.sub(r"\W+", "-", name.lower())
    return f'[{shown or name}](#term-{anchor} "{html.escape(TERMS[name])}")'


def style() -> None:
    """Make terms look like terms, and show the meaning of the one that has the focus. Once a page."""
    st.html(_STYLE)
