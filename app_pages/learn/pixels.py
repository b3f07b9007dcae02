"""Pixels and channels: a picture is a grid of numbers, colour is three of them, and what pictures cost."""

import numpy as np
import streamlit as st
from numpy.lib.stride_tricks import sliding_window_view

from cnnlab import mnist, pictures
from ui import costs, lesson
from ui.components import pixels
from ui.components.mixer import mixer
from ui.glossary import term
from ui.sources import choose_picture

SIDE = 96
HALF = 400  # pixels: two stand beside each other
NOTES_PIXEL = (5, 1, 4)
LAVENDER = pictures.COLOURS["lavender"]
PRESETS = {str(colour): colour for colour in (NOTES_PIXEL, LAVENDER, pictures.COLOURS["yellow"])}


@st.fragment
def mix() -> None:
    """One pixel's red, green and blue; only this part runs again after a slider."""
    with st.container(horizontal=True, gap="small"):
        with st.container(width=HALF):
            pixel = mixer(PRESETS, start=(200, 120, 40), key="pixels-mixer")
            name, distance = pictures.nearest_colour(*pixel)
            one = pictures.Picture(name, np.array([[pixel]], np.uint8))
            shares = ", ".join(f"{share:.3g}" for share in mnist.normalise(one.pixels)[0, 0])
            st.markdown(
                f"{'Exactly' if distance == 0 else 'Closest to'} **{name}** · as grey "
                f"**{pictures.to_grey(one).pixels.item()}** · {term('normalise', 'normalised')} **({shares})**"
            )
        with st.container(width=HALF):
            name, distance = pictures.nearest_colour(*NOTES_PIXEL)
            away = np.linalg.norm(np.subtract(NOTES_PIXEL, LAVENDER))
            lesson.predict(
                "pixels-lavender",
                f"The pixel {NOTES_PIXEL}: which colour will you see?",
                name,
                options=sorted({"lavender", "purple", "white", name}),
                reveal=lambda: lesson.notes_say(
                    f"{NOTES_PIXEL} is lavender.",
                    f"it is {distance:.0f} away from {name} and {away:.0f} from lavender, which is {LAVENDER}.",
                    name == "lavender",
                ),
            )


@st.fragment
def cost() -> None:
    """Only this part runs again after a change of the photo's size or of a layer."""
    costs.calculator()


lesson.station("Pixels and channels")
picture = choose_picture("pixels", side=SIDE, colour=True)
if (picture.pixels == picture.pixels[..., :1]).all():
    picture = pictures.to_grey(picture)  # three equal channels: one says it all
height, width, channels = picture.pixels.shape
with st.container(horizontal=True, gap="small"):
    with st.container(width=pixels.WIDTH[channels]):
        scales = {"0 to 255": picture.pixels, "0 to 1": mnist.normalise(picture.pixels)}
        pixels.pixels(picture, key="pixels-picture", scales=scales)
    with st.container(width=HALF if channels == 1 else "stretch"):
        lesson.try_this(
            "the Numbers button, then hover or use the arrow keys; then 0 to 1"
            + ("." if channels == 1 else "; and pull the three planes together."),
            "that the picture is nothing but these numbers, and that dividing all of them by 255 changes no colour.",
        )
        st.markdown(
            f"A picture is a grid of {term('pixel', 'pixels')}. Grey has one {term('channel')}: a number from 0, "
            f"black, to 255, white. Colour has three, {term('RGB', 'red, green and blue')}: each is a {term('plane')} "
            "of its own, and laid over each other as light they are the picture again."
        )
        lesson.predict(
            "pixels-count",
            f"This picture has {height} rows, {width} columns and {channels} channel{'s' if channels > 1 else ''}. "
            "How many numbers is that?",
            int(picture.pixels.size),
            reveal=f"{height} x {width} x {channels} = {picture.pixels.size:,}: one for each pixel and channel.",
        )

st.subheader("Mix one pixel")
mix()

st.subheader("The same numbers in another shape")
table = pictures.to_grey(picture).pixels[..., 0]
stack = table.reshape(*table.shape, 1)
liveliest = sliding_window_view(table, (3, 3)).std(axis=(2, 3))
row, column = (int(place) for place in np.unravel_index(liveliest.argmax(), liveliest.shape))
with st.container(horizontal=True, gap="small"):
    for title, array in (("A table", table), ("A table with room for channels", stack)):
        with st.container(width=HALF):
            st.markdown(f"**{title}** · shape {array.shape}")
            st.code(str(array[row : row + 3, column : column + 3]), language=None)
st.markdown(
    f"Rows {row} to {row + 2}, columns {column} to {column + 2}, as grey. {term('reshape', 'Reshaping')} {table.shape} "
    f"to {stack.shape} changes no number and not their order: it only says how many numbers each pixel has, 1 for grey "
    f"as 3 for colour, because a layer must know. {term('normalise', 'Normalising')} does change the numbers, from 0 "
    "to 255 into 0 to 1, so that they are about as large as a network's weights."
)
lesson.code(mnist.normalise, pictures.to_grey)

st.subheader("What does a large photo cost?")
cost()
lesson.next_station()
