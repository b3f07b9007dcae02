"""Keeps texts in the visitor's browser, by their names. Nobody sees it."""

from collections.abc import Callable

from ui.components import define

_mount = define(__file__)


def keeper(key: str, data: dict[str, object], told: Callable[[], None]) -> None:
    """Have the browser keep what `data` says (`Data` in the script).

    `told` is called when `component_value(key, "told")` has something: the `parts` that were kept, by name; `since`
    which message others were lost; or a `problem`: "full" or "closed".
    """
    _mount(key=key, data=data, on_told_change=told)
