"""Widgets whose value the visitor's state holds or the browser keeps, and what is said where a value cannot be."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from inspect import signature
from typing import Any

import streamlit as st

from ui import acts
from ui.state import Control, Kept, is_mounted, state
from ui.words import message

MAX_REPLACED = 8


@contextmanager
def attempt(key: str, errors: type[Exception] | tuple[type[Exception], ...] = ValueError) -> Iterator[None]:
    """Keep why this fails for `show_problem(key)`, where it does with one of `errors`."""
    problems = state().problems
    problems.pop(key, None)
    try:
        yield
    except errors as error:
        problems[key] = str(error)


def show_problem(key: str, instead: str = "", icon: str = "error") -> None:
    """Tell why the last `attempt` of this key failed, if it did, and what holds instead."""
    if problem := state().problems.get(key):
        st.error(f"{message(problem)} {instead}".rstrip(), icon=f":material/{icon}:")


def control(
    widget: Callable[..., Any], label: str, key: str, value: object, apply: Callable[[Any], None], **options: Any
) -> None:
    """Show a widget for one value of the state; the state stays the truth.

    When the visitor changes it, `apply` is called with the new value before the page runs again. A ValueError of
    `apply` is shown beside the widget, which goes back to the last good value.
    """
    shown = state().controls.setdefault(key, Control(value))
    for old in (shown.value, st.session_state.get(key, value)):
        if old != value:
            shown.replaced = [*shown.replaced, old][-MAX_REPLACED:]
    shown.value = value
    if widget is st.number_input:  # emptied, it would take its least value without a word
        options = {"value": None, "required": True} | options

    def changed() -> None:
        told = st.session_state[key]
        if _is_edit(key, shown):
            acts.have_come()
            with attempt(key):
                apply(told)
                shown.value = told

    st.session_state[key] = value
    widget(label, key=key, on_change=changed, **options)
    show_problem(key, "It stays as it was.")


def _is_edit(key: str, shown: Control) -> bool:
    """Whether the browser tells a value because the visitor chose it.

    It tells all values whenever one changes: that of a widget which was given another one, but the browser does not
    know yet, is the one it had before. It is an edit only where nothing else in the message can be one.
    """
    told = st.session_state[key]
    if told == shown.value:  # sent again, after a run of the page that was broken off
        return False
    return told not in shown.replaced or not (acts.are_new() or any(map(_is_new, state().controls.items())))


def _is_new(item: tuple[str, Control]) -> bool:
    key, shown = item
    told = st.session_state.get(key, shown.value)
    if told == shown.value:  # the browser knows
        shown.replaced = []
    return told != shown.value and told not in shown.replaced


def number_field(label: str, low: float, high: float, first: float, key: str, **look: Any) -> float:
    """Show a number field, at first at `first`, that says so when it is left empty or beyond its limits."""
    st.session_state.setdefault(key, first)
    value = st.number_input(label, low, high, None, key=key, required=True, **look)
    return first if value is None else value


def pick(
    label: str, options: Iterable[Any], key: str, value: object, apply: Callable[[Any], None], **look: Any
) -> None:
    """The same as a row of options, of which one is always chosen."""
    control(st.segmented_control, label, key, value, apply, options=options, required=True, **look)


def lasting(widget: Callable[..., Any], label: str, *values: Any, key: str, **look: Any) -> Any:
    """Show a widget whose value is kept for the visit, and by the browser for the next one."""
    choices = state().choices
    given = signature(widget).bind(label, *values, **look).arguments
    if not is_mounted(key) and key in choices and _can_be(choices[key], widget.__name__, given):
        st.session_state[key] = choices[key]
    choices[key] = widget(label, *values, key=key, persist_state="session", **look)
    return choices[key]


def _can_be(value: object, widget: str, given: dict[str, Any]) -> bool:
    """Whether a value, which may be foreign, is one of a widget's options, or within its limits."""
    if "options" in given:
        chosen = value if isinstance(value, list) and widget == "multiselect" else [value]
        return all(any(type(one) is type(option) and one == option for option in given["options"]) for one in chosen)
    if "min_value" in given:
        low, high = given["min_value"], given["max_value"]
        return type(value) is type(given.get("value", low)) and low <= value <= high
    return isinstance(value, bool)


def kept(name: str, first: Any) -> Kept:
    """What the widget of this name holds, `first` at first, for the visit; the page writes `now` after each run."""
    value = state().course.kept.setdefault(name, Kept(name, first, first))
    if not is_mounted(value.key):
        value.at_start = value.now
    return value


def upload(label: str, key: str, opened: Callable[[Any], None], types: list[str], max_mb: int = 10) -> None:
    """Show a file upload; `opened` is called once for each file (None: taken away) before the page runs again."""
    st.file_uploader(
        label, type=types, key=key, max_upload_size=max_mb, on_change=lambda: opened(st.session_state[key])
    )
