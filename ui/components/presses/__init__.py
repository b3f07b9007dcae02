"""Presses of Streamlit's own buttons, each counted: of several that a busy server has not seen yet it would do one."""

from collections.abc import Callable, Mapping

from ui.components import define

_mount = define(__file__)


def presses(key: str, buttons: Mapping[str, Callable[[], None]], shortcuts: Mapping[str, str] | None = None) -> None:
    """Count the presses of the buttons with these keys; where there is no browser, their `on_click` does the same.

    Args:
        key: the component's identity; it begins with "presses", and nothing is seen of it.
        buttons: by a button's key, what each press does.
        shortcuts: by a button's key, its `shortcut`.
    """
    acts = {name: lambda _, act=act: act() for name, act in buttons.items()}
    _mount(key=key, data={"keys": list(buttons), "shortcuts": dict(shortcuts or {})}, acts=acts)
