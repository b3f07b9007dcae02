"""The canvas, how the network reads what is on it, and what it sees of it: on Home and on Draw."""

from collections.abc import Callable
from dataclasses import fields
from functools import partial

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from cnnlab.digits import prepare
from cnnlab.digits.prepare import STANDARD, Preparation
from ui.canvas import Canvas
from ui.components.maps import maps
from ui.components.presses import presses
from ui.components.probabilities import probabilities
from ui.networks import Network
from ui.reading import Reading, hint, is_like, likeness_of, read, verdict
from ui.state import component_value, is_mounted, state
from ui.words import plural

SIDE = 280
SEEN_SIDE = 196
ANSWER_WIDTH = 300
PEN_WIDTHS = (10, 30)
PEN_WIDTH = 20


def canvas(
    pen_width: int = PEN_WIDTH, on: Canvas | None = None, size: tuple[int, int] = (SIDE, SIDE)
) -> np.ndarray | None:
    """Show a canvas with Undo and Clear; it keeps its drawing from page to page.

    Args:
        pen_width: in pixels.
        on: which of the visitor's canvases, by default the square one.
        size: width and height in pixels.

    Returns:
        The drawing, uint8 (height, width, 4), or None before the first stroke.
    """
    on = on or state().canvas
    # Given back once, when the canvas comes onto the page; later it would overwrite what is being drawn.
    if not is_mounted(on.key):
        on.at_start = on.drawing.strokes
    st_canvas(
        stroke_width=pen_width,
        stroke_color="#FFFFFF",
        background_color="#000000",
        width=size[0],
        height=size[1],
        initial_drawing=on.at_start,
        return_image_data=True,
        key=on.key,
    )
    on.take_in(component_value(on.key, "drawing"))
    with st.container(horizontal=True, gap="small"):
        acts = {
            "Undo": (partial(_take_back, on, on.undo), "Undo", ":material/undo:"),
            "Clear": (partial(_take_back, on, on.clear), "Reset canvas & history", ":material/delete:"),
        }
        is_own = not (on.at_start or {}).get("objects")  # its "Reset" goes back to what it was given
        own = {label: (on.key, name) for label, (_, name, _) in acts.items() if is_own or label == "Undo"}
        presses(
            f"presses-{on.name}",
            {f"{label}-{on.name}": act for label, (act, _, _) in acts.items()},
            inside={f"{label}-{on.name}": button for label, button in own.items()},
            after_strokes=(on.key, "Update the app with this drawing"),
            num_heard=on.num_heard,
        )
        for label, (act, _, icon) in acts.items():
            st.button(label, key=f"{label}-{on.name}", on_click=act, icon=icon, disabled=on.drawing.rgba is None)
    return on.drawing.rgba


def _take_back(on: Canvas, act: Callable[[], None]) -> None:
    """Take back what the canvas cannot by itself: what was drawn before it came onto the page."""
    on.take_in(component_value(on.key, "drawing"))
    if on.drawing.rgba is not None:
        act()


def drawn_image() -> np.ndarray | None:
    """What the network should see of the visitor's drawing, float32 (28, 28) in [0, 1], or None."""
    rgba = state().canvas.drawing.rgba
    return None if rgba is None else prepare.from_canvas(rgba)


def board(
    network: Network,
    source: Callable[[], np.ndarray | None] = canvas,
    heading: str = "Draw here",
    preparation: Preparation = STANDARD,
) -> Reading | None:
    """Show a drawing's source, the ten probabilities and the 28x28 pixels side by side, on a phone below each other.

    Args:
        network: what reads it.
        source: shows where the drawing comes from and returns it: uint8 (height, width, 4), or None.
        heading: what to do there.
        preparation: which steps are done.

    Returns:
        None while nothing is drawn.
    """
    with st.container(horizontal=True, gap="small"):
        with st.container(width=SIDE + 2):
            st.markdown(f"**{heading}**")
            rgba = source()
        reading = None if rgba is None else read(network, rgba, preparation)
        with st.container(width=ANSWER_WIDTH):
            st.markdown("**How it reads it**")
            probabilities(reading.probabilities if reading else None, key="answer")
            st.markdown(_answer(network, reading) if reading else "&nbsp;")
        with st.container(width=SEEN_SIDE):
            st.markdown("**What it sees**")
            _what_it_sees(reading, preparation)
    return reading


def _answer(network: Network, reading: Reading) -> str:
    """The answer in words, with what to try where the drawing is unlike any digit."""
    known = likeness_of(network, reading.traces)
    like = is_like(known, network, reading.steps.image, reading.traces)
    return verdict(reading.probabilities, like=like) + (hint(reading.rgba) if like is False else "")


def _what_it_sees(reading: Reading | None, preparation: Preparation) -> None:
    """Show the 28x28 pixels that the network is given."""
    image = np.zeros((28, 28), np.float32) if reading is None else reading.steps.image
    num_changed = sum(getattr(preparation, step.name) != getattr(STANDARD, step.name) for step in fields(Preparation))
    changed = f"{plural(num_changed, 'step')} changed: not as it learned its digits"
    maps(
        image[np.newaxis],
        key="seen",
        titles=["28 x 28"],
        kind="ink",
        limit=1.0,
        size=SEEN_SIDE,
        describe=changed if num_changed else "Cut out, 20 pixels at its longer side, centred",
    )
