"""Presses of Streamlit's own buttons, each counted: of several that a busy server has not seen yet it would do one."""

from collections.abc import Callable, Mapping

from ui.components import define

_mount = define(__file__)


def presses(
    key: str,
    buttons: Mapping[str, Callable[[], None]],
    shortcuts: Mapping[str, str] | None = None,
    inside: Mapping[str, tuple[str, str]] | None = None,
    after_strokes: tuple[str, str] | None = None,
    num_heard: int = 0,
) -> None:
    """Count the presses of the buttons with these keys; where there is no browser, their `on_click` does the same.

    Args:
        key: the component's identity; it begins with "presses", and nothing is seen of it.
        buttons: by a button's key, what each press does.
        shortcuts: by a button's key, its `shortcut`.
        inside: by a button's key, the key of a component and the label of a button inside it, which is pressed
            instead while it can be: the browser then does at once what the server would.
        after_strokes: such a button that is pressed after each stroke on its component's canvas, which would by itself
            wait a while before it tells the stroke.
        num_heard: how many drawings were taken in from there; a link waits until the last stroke was.
    """
    acts = {name: lambda _, act=act: act() for name, act in buttons.items()}
    own = {"inside": dict(inside or {}), "afterStrokes": after_strokes, "numHeard": num_heard}
    _mount(key=key, data={"keys": list(buttons), "shortcuts": dict(shortcuts or {}), **own}, acts=acts)
