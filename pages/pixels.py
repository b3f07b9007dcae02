"""Pixels and channels: a picture is a grid of numbers, colour is three of them, and what pictures cost."""

import streamlit as st

from cnnlab import mnist
from cnnlab.digits import pictures
from cnnlab.digits.pictures import Picture
from pages.parts.pixels import costs
from pages.parts.pixels.mixed_pixel import mix
from pages.parts.pixels.reshaping import two_shapes
from ui.components import pixels
from ui.frame import begin, fragment
from ui.glossary import term
from ui.lesson import article, code, heading, next_station, predict, sign, station, try_this
from ui.sources import choose_picture
from ui.words import plural

begin()

SIDE = 96
HALF = 400  # pixels: two stand beside each other


def words(picture: Picture) -> None:
    """What to try on the picture, and how many numbers it is."""
    height, width, channels = picture.pixels.shape
    try_this(
        "the Numbers button, then hover or use the arrow keys; then 0 to 1"
        + ("." if channels == 1 else "; and pull the three planes together."),
        "that the picture is nothing but these numbers, and that dividing all of them by 255 changes no colour. "
        + sign("Pixels and planes"),
    )
    st.markdown(
        f"A picture is a grid of {term('pixel', 'pixels')}. Grey has one {term('channel')}: a number from 0, "
        f"black, to 255, white. Colour has three, {term('RGB', 'red, green and blue')}: each is a {term('plane')} "
        "of its own, and laid over each other as light they are the picture again."
    )
    predict(
        "pixels-count",
        f"This picture has {height} rows, {width} columns and {plural(channels, 'channel')}. How many numbers is that?",
        int(picture.pixels.size),
        reveal=f"{height} x {width} x {channels} = {picture.pixels.size:,}: one for each pixel and channel.",
    )


@fragment
def cost() -> None:
    """Only this part runs again after a change of the photo's size or of a layer."""
    costs.calculator()


station("Pixels and channels")
stage = st.container()
picture = choose_picture("pixels", side=SIDE, colour=True)
if (picture.pixels == picture.pixels[..., :1]).all():
    picture = pictures.to_grey(picture)  # three equal channels: one says it all
channels = picture.pixels.shape[2]
with stage, st.container(horizontal=True, gap="small"):
    with st.container(width=pixels.WIDTH[channels]):
        scales = {"0 to 255": picture.pixels, "0 to 1": mnist.normalise(picture.pixels)}
        pixels.pixels(picture, key="pixels-picture", scales=scales)
    if channels == 1:
        with st.container(width=HALF):
            words(picture)
if channels > 1:
    words(picture)

heading("Mix one pixel", "Light that is added")
mix()

heading("The same numbers in another shape", "Scale and shape")
two_shapes(pictures.to_grey(picture).pixels[..., 0])
code(mnist.normalise, pictures.to_grey)

heading("What does a large photo cost?", "Weights and work")
cost()

article(__file__)
next_station()
