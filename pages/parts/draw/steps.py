"""From the drawing to what the network sees, step by step; each can be switched off, to see what it is good for."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st
from PIL import Image

from cnnlab.digits.prepare import BOX, Preparation, Steps
from cnnlab.limits import SIDE
from ui.components.gallery import Item, gallery
from ui.state import state
from ui.widgets import control

SHOWN = 104
"""Longer side of a large picture as it is sent to the browser, in pixels."""
SWITCHES = {
    "crop": ("Cut out the box", "Off: the whole canvas is made small, and a small digit becomes a dot."),
    "fit": ("Fit into 20 pixels", "Off: the digit fills all 28 pixels; its training digits had a margin."),
    "antialias": ("Mean over pixels", "Off: of all pixels that become one, a single one is taken; lines fray."),
    "centre": ("Centre of mass", "Off: the digit stays where you drew it."),
    "invert": ("Exchange light and dark", "On: as if you had drawn black on white."),
}


def show_steps(steps: Steps | None) -> None:
    """Show each step's picture, and the switches."""
    visitor = state()
    pictures = st.container()

    def switch(name: str, value: bool) -> None:
        visitor.preparation = replace(visitor.preparation, **{name: value})

    with st.container(horizontal=True):
        for name, (label, help_) in SWITCHES.items():
            value = getattr(visitor.preparation, name)
            control(st.toggle, label, f"step-{name}", value, partial(switch, name), help=help_)
    if steps is None:
        pictures.caption("Draw a digit to see its steps.")
        return
    with pictures:
        _show(steps, visitor.preparation)


def _show(steps: Steps, preparation: Preparation) -> None:
    """Show each step's picture."""
    height, width = steps.crop.shape
    longer = BOX if preparation.fit else SIDE
    gallery(
        [
            Item(_small(steps.grey), "1. As drawn", f"{steps.grey.shape[0]} x {steps.grey.shape[1]}, 0 to 255"),
            Item(_small(_boxed(steps)), "2. Ink and its box", f"{steps.ink.mean() * 100:.0f} % is ink"),
            Item(_small(steps.crop), "3. Cut out" if preparation.crop else "3. Not cut out", f"{height} x {width}"),
            Item(_bytes(steps.small), f"4. Longer side {longer}", " x ".join(map(str, steps.small.shape))),
            Item(_bytes(steps.field), "5. Centred" if preparation.centre else "5. Not centred", f"in {SIDE} x {SIDE}"),
            Item(_bytes(steps.image * 255), "6. Divided by 255", f"{steps.image.min():.2f} to {steps.image.max():.2f}"),
        ],
        key="steps",
        describe="From the drawing to what the network sees",
        size=SHOWN,
        arrows=True,
    )


def _boxed(steps: Steps) -> np.ndarray:
    """What counts as ink, with its box around it: float32 (height, width) in [0, 255]."""
    picture = np.where(steps.ink, np.float32(255), np.float32(0))
    rows, columns = steps.box
    line = max(1, max(picture.shape) // SHOWN) + 1
    frame = np.zeros_like(steps.ink)
    frame[rows, columns] = True
    frame[rows.start + line : rows.stop - line, columns.start + line : columns.stop - line] = False
    picture[frame & ~steps.ink] = 150
    return picture


def _small(grey: np.ndarray) -> np.ndarray:
    """For showing: at most 104 pixels, float32 in [0, 255] -> uint8."""
    scale = min(1, SHOWN / max(grey.shape))
    height, width = (max(1, round(side * scale)) for side in grey.shape)
    return _bytes(np.asarray(Image.fromarray(grey).resize((width, height), Image.Resampling.BOX)))


def _bytes(grey: np.ndarray) -> np.ndarray:
    return np.round(grey).astype(np.uint8)
