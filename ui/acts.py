"""Acts in the browser that all count: each has a number and is done once, in order, however late the server answers.

A widget of Streamlit's is one value: of several that reach a server before it has answered, the last one counts. So
`mount.js` sends every act again until the server says, with the data of a component, how far it got.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ui.state import component_value, state

Handlers = Mapping[str, Callable[[Any], None]]


def listen(key: str, handlers: Handlers) -> dict[str, Any]:
    """Have the acts of the component `key` done by these functions, by their names; return what it is to be sent."""
    acts = state().acts
    acts.handlers[key] = handlers
    return {"visit": acts.visit, "done": acts.done, "of": key}


def do() -> None:
    """Do what was sent and not done yet: as a callback, and before a page is made, where a callback was broken off."""
    acts = state().acts
    for number, (name, value) in sorted(_waiting().items()):
        acts.done = number  # before it is done: Streamlit may break it off, and twice would be worse
        have_come()
        key, _, act = name.rpartition("/")
        if act in (handlers := acts.handlers.get(key, {})):
            handlers[act](value)


def _waiting() -> dict[int, tuple[str, Any]]:
    """What was sent and not done yet: by its number, `<key of its component>/<name>` and its value."""
    acts = state().acts
    sent: dict[int, tuple[str, Any]] = {}
    for key in acts.handlers:
        told = component_value(key, "acts") or {}
        if told.get("visit") == acts.visit:
            sent |= {number: (name, value) for number, name, value in told["acts"] if number > acts.done}
    return sent


def have_come() -> None:
    """Tell that the visitor has done something for which the page runs now."""
    state().acts.are_new = True


def are_new() -> bool:
    """Whether the visitor has surely done something for which the page runs now."""
    return state().acts.are_new or bool(_waiting())


def are_over() -> None:
    """Tell that a page is being made: what comes next is for another run."""
    state().acts.are_new = False
