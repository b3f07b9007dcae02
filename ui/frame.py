"""The frame of every page: configuration, style, the engine's start, and the navigation, which knows all pages.

Beside a folder `pages`, Streamlit begins a fresh server in its old multipage mode, until `st.navigation` is called for
the first time: a deep link then runs that page's script without app.py. So every page's script begins with `begin()`.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import streamlit as st

from ui import acts
from ui.address import settle
from ui.cached import engine
from ui.keeping import is_awaited, keep
from ui.state import state

ABOUT = "A visual playground for convolutional neural networks."
UI = Path(__file__).parent
SCRIPT = (UI / "page.js").read_text(encoding="utf-8")
PAGES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "": (("home", "Home", "home"),),
    "Learn": (
        ("pixels", "Pixels and channels", "grid_on"),
        ("convolution", "Convolution", "filter_center_focus"),
        ("pooling", "Pooling", "compress"),
        ("dense", "Dense, dropout, softmax", "hub"),
        ("learning", "Learning", "school"),
    ),
    "Lab": (
        ("data", "Data", "dataset"),
        ("build", "Build", "view_column"),
        ("train", "Train", "trending_up"),
        ("runs", "Runs", "leaderboard"),
        ("experiments", "Experiments", "science"),
        ("evaluate", "Evaluate", "fact_check"),
        ("look_inside", "Look inside", "search"),
        ("draw", "Draw", "draw"),
    ),
}
"""By section: a page's script, which is also its address, its title and its icon."""

Part = TypeVar("Part", bound=Callable[..., Any])
_is_framed = ContextVar("is_framed", default=False)


def run() -> None:
    """Run the page that is asked for, inside the frame: all that app.py does."""
    page = _navigation()
    settle(page.url_path)
    st.html(UI / "page.css")
    st.html(f"<script>{SCRIPT}</script>", unsafe_allow_javascript=True)
    engine()  # TensorFlow warms up on the engine while the visitor is still reading
    _run_again_when_connected()
    if is_awaited():  # what the browser keeps: the page begins with it
        return
    token = _is_framed.set(True)
    try:
        page.run()
        state().address.is_from_history = False
    finally:
        _is_framed.reset(token)
    keep("page")


def begin() -> None:
    """Begin a page's script: where app.py has not run, tell Streamlit which pages there are, and start again.

    What was done in the browser and not yet here is done before the page is made.
    """
    if not _is_framed.get():
        _navigation()
        st.rerun()
    acts.do()
    acts.are_over()


@st.fragment(run_every="1h")
def _run_again_when_connected() -> None:
    """Nothing. After a lost connection, Streamlit sends what was done meanwhile at once where a part runs by itself."""


def fragment(part: Part) -> Part:
    """`st.fragment`: when only this part of a page runs again, the browser is given what has changed in it."""

    @wraps(part)
    def run_again(*args: Any, **options: Any) -> Any:
        acts.are_over()
        answer = part(*args, **options)
        if not _is_framed.get():
            keep(f"{Path(part.__code__.co_filename).stem}-{part.__name__}")
        return answer

    return cast("Part", st.fragment(run_again))


def _navigation() -> st.Page:
    # First of all: without an icon of ours, the browser would fetch the page's from another host.
    st.set_page_config(page_icon=UI / "icon.png", layout="wide", menu_items={"About": ABOUT})
    page = st.navigation(
        {
            section: [
                st.Page(f"pages/{name}.py", title=title, icon=f":material/{icon}:", default=name == "home")
                for name, title, icon in pages
            ]
            for section, pages in PAGES.items()
        }
    )
    st.set_page_config(page_title=f"{page.title} · cnnlab")
    return page
