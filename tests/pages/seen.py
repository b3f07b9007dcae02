"""What a visitor sees on a page and clicks, by the words on it."""

from pathlib import Path
from unittest.mock import Mock, patch

from streamlit.testing.v1 import AppTest

from ui.state import State

ROOT = Path(__file__).parents[2]
PAGES = {path.stem: path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "pages").glob("[!_]*.py"))}
"""Every page's file by its name in the address."""
TEXTS = ("markdown", "caption", "info", "warning", "error")


def text(at: AppTest) -> str:
    """All text on the page."""
    return "\n".join(element.value for element in at.main if element.type in TEXTS)


def labelled(widgets, label: str):
    """The first of some widgets with this label."""
    found = [widget for widget in widgets if widget.label == label]
    assert found, f"no {label!r} among {[widget.label for widget in widgets]}"
    return found[0]


def click(at: AppTest, label: str) -> None:
    labelled(at.button, label).click().run()


def open_code(at: AppTest, name: str) -> list[str]:
    """Open "The code that did it", which begins with this function; all code that is shown on the page then."""
    at.session_state[f"code-{name}"] = True
    return [code.value for code in at.run().code]


def go_back(at: AppTest, /, **address: str) -> AppTest:
    """Press Back, or Forward, and come to this address."""
    at.query_params.clear()
    at.query_params |= address
    with patch("ui.address.get_script_run_ctx", lambda: Mock(is_history_navigation=True)):
        return at.run()


def labels(at: AppTest) -> list[str]:
    """Labels of all buttons."""
    return [button.label for button in at.button]


def components(at: AppTest) -> list[str]:
    """Keys of the browser components that can be seen, in order."""
    keys = [component.key for component in at.get("bidi_component")]
    return [key for key in keys if not key.startswith(("presses", "kept-"))]


def state(at: AppTest) -> State:
    return at.session_state["cnnlab"]


def answer(at, key, value):
    """Answer the prediction of this key; a number, or one of its options."""
    fields = at.button_group if isinstance(value, str) else at.number_input
    next(field for field in fields if str(field.key).startswith(key)).set_value(value)
    next(button for button in at.button if str(button.key).startswith(key) and button.label == "Check").click().run()


def right_answers(at):
    return text(at).count("Right] It is")
