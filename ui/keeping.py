"""The visitor's browser keeps what is made here: a reload, a lost line or a restarted server takes nothing away.

The browser is sent the parts of the state (`ui.kept`) that have changed, in numbered messages at the end of what runs
anyway, and asks only for what it has missed. It tells what it keeps once, at the start of a session: its cookie says
that there is something, and the page begins when that is told. What the address says is read after it, and wins.
"""

import streamlit as st

from ui.components.keeper import keeper
from ui.kept import parts, restore
from ui.state import component_value, state

COOKIE = "cnnlab-keeps"
WAIT_SECONDS, MAX_WAITS = 10, 2
"""How often it is looked whether the browser has told what it keeps; after so many times a page begins without."""
PROBLEMS = {
    "full": "This browser has no room left: what you do now may be lost when the page is loaded again.",
    "closed": "This browser lets no page keep anything: what you do is lost when the page is loaded again.",
}
WORDS = {
    "draft": "your network on Build, with what can be undone and redone",
    "answer": "what you answered at the stations",
    "canvas": "your drawings",
    "cells": "the pixels that you set",
    "choice": "the digits, views and settings that you chose",
    "run_id": "which run you look at",
    "handwriting": "the name of your set of handwriting",
    "changes": "the filters that you changed",
    "kernel": "the filters that you looked at as numbers",
}
"""By the kind of part."""


def is_awaited() -> bool:
    """Whether the page is to begin only when the browser has told what it keeps; if so, the browser is asked."""
    keeping = state().keeping
    has_begun = keeping.is_told or keeping.num_messages or keeping.num_waits > MAX_WAITS
    if has_begun or st.context.cookies.get(COOKIE) != "1":
        return False
    _send("page", is_awaited=True)
    st.fragment(_wait, run_every=WAIT_SECONDS)()
    return True


def _wait() -> None:
    keeping = state().keeping
    keeping.num_waits += 1
    if keeping.num_waits > MAX_WAITS:
        st.rerun()


def keep(place: str) -> None:
    """Have the browser keep what has changed; `place` is what has run: "page", or a fragment."""
    visitor = state()
    known, now = visitor.keeping.texts, parts(visitor)
    changed = [name for name in known | now if known.get(name, (0, None))[1] != now.get(name)]
    if changed:
        visitor.keeping.num_messages += 1
        known.update({name: (visitor.keeping.num_messages, now.get(name)) for name in changed})
    if changed or place == "page":
        _send(place)


def _send(place: str, *, is_awaited: bool = False) -> None:
    keeping, key = state().keeping, f"kept-{place}"
    data = {
        "session": keeping.session,
        "isAwaited": is_awaited,
        "isTold": keeping.is_told,
        "isEmptied": keeping.is_emptied,
        "hasProblem": bool(keeping.problem),
        "parts": {name: text for name, (number, text) in keeping.texts.items() if number > keeping.sent},
        "since": keeping.sent,
        "number": keeping.num_messages,
    }
    keeping.sent = keeping.num_messages
    keeper(key, data, lambda: _take(component_value(key, "told")))


def _take(told: object) -> None:
    """Take what the browser tells: what it keeps, up to where it has all, or why it cannot keep all."""
    visitor = state()
    keeping = visitor.keeping
    match told:
        case {"parts": dict(kept)} if not keeping.is_told:
            restore(visitor, kept)
            keeping.texts = {name: (0, text) for name, text in kept.items() if isinstance(text, str)}
            keeping.is_told, keeping.sent = True, 0
        case {"since": int(since)}:
            keeping.sent = max(0, min(since, keeping.sent))
        case {"problem": str(problem)} if problem in PROBLEMS and not keeping.problem:
            keeping.is_told, keeping.problem = True, PROBLEMS[problem]
            st.toast(keeping.problem, icon=":material/warning:", duration="long")


def show() -> None:
    """Show in words what this browser keeps, and let the visitor empty it."""
    visitor = state()
    kinds = {name.partition("/")[0] for name in parts(visitor)}
    with st.expander("What this browser keeps", icon=":material/inventory_2:"):
        if visitor.keeping.problem:
            st.warning(visitor.keeping.problem, icon=":material/warning:")
        found = ", ".join(words for kind, words in WORDS.items() if kind in kinds)
        st.markdown(
            "Load a page again, lose the line, or come back tomorrow: in this browser you find "
            f"{found or 'nothing yet'}. Photos are not kept. Each tab goes on with its own; a new tab begins with the "
            "newest. It is kept on this computer, with a random number that stands for this browser and a cookie; "
            "nothing tells who you are."
        )
        st.button("Empty it and begin anew", icon=":material/delete:", on_click=_empty)


def _empty() -> None:
    """Begin anew, here and in the browser."""
    st.session_state.clear()
    st.query_params.clear()
    keeping = state().keeping
    keeping.is_told = keeping.is_emptied = True
