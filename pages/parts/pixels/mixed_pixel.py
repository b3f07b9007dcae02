"""One pixel, mixed from red, green and blue; the mixture is kept for the visit."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.digits import pictures
from cnnlab.digits.pictures import Picture
from ui.components.mixer import mixer
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say, predict
from ui.widgets import kept

HALF = 400  # pixels: two stand beside each other
START = (200, 120, 40)
NOTES_PIXEL = (5, 1, 4)
LAVENDER = pictures.COLOURS["lavender"]
PRESETS = {str(colour): colour for colour in (NOTES_PIXEL, LAVENDER, pictures.COLOURS["yellow"])}


@fragment
def mix() -> None:
    """The pixel and what it is called; only this part runs again after a slider."""
    pixel = kept("pixels-mixer", START)
    with st.container(horizontal=True, gap="small"):
        with st.container(width=HALF):
            pixel.now = mixer(PRESETS, start=pixel.at_start, key=pixel.key)
            name, distance = pictures.nearest_colour(*pixel.now)
            one = Picture(name, np.array([[pixel.now]], np.uint8))
            shares = ", ".join(f"{share:.3g}" for share in mnist.normalise(one.pixels)[0, 0])
            st.markdown(
                f"{'Exactly' if distance == 0 else 'Closest to'} **{name}** · as grey "
                f"**{pictures.to_grey(one).pixels.item()}** · {term('normalise', 'normalised')} **({shares})**"
            )
        with st.container(width=HALF):
            _lavender()


def _lavender() -> None:
    """Ask what the study notes' pixel looks like, and test what they call it."""
    name, distance = pictures.nearest_colour(*NOTES_PIXEL)
    away = np.linalg.norm(np.subtract(NOTES_PIXEL, LAVENDER))
    predict(
        "pixels-lavender",
        f"The pixel {NOTES_PIXEL}: which colour will you see?",
        name,
        options=sorted({"lavender", "purple", "white", name}),
        reveal=lambda: notes_say(
            f"{NOTES_PIXEL} is lavender.",
            f"it is {distance:.0f} away from {name} and {away:.0f} from lavender, which is {LAVENDER}.",
            name == "lavender",
        ),
    )
