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
    sent: dict[int, tuple[str, Any]] = {}
    for key in acts.handlers:
        told = component_value(key, "acts") or {}
        if told.get("visit") == acts.visit:
            sent |= {number: (name, value) for number, name, value in told["acts"]}
    for number in sorted(sent):
        if number > acts.done:
            acts.done = number  # before it is done: Streamlit may break it off, and twice would be worse
            name, value = sent[number]
            key, _, act = name.rpartition("/")
            if act in (handlers := acts.handlers.get(key, {})):
                handlers[act](value)
