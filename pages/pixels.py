"""Pixels and channels: a picture is a grid of numbers, colour is three of them, and what pictures cost."""

import streamlit as st

from cnnlab import mnist
from cnnlab.digits import pictures
from cnnlab.digits.pictures import Picture
from pages.parts.pixels import costs
from pages.parts.pixels.mixed_pixel import mix
from pages.parts.pixels.reshaping import two_shapes
from ui.components import pixels
from ui.frame import begin
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


@st.fragment
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

red, green, blue = pictures.GREY_WEIGHTS
article(
    {
        "Pixels and planes": r"""
A computer has no pictures, only numbers. A grey picture of $h$ rows and $w$ columns is a table of $h \cdot w$ numbers
of one byte each, from 0 (no light) to 255 (as much as the screen gives). A colour picture has three such tables, one
for red, one for green and one for blue, because the eye has three kinds of cones. A picture is therefore an array of
the shape (height, width, channels), and so is every map inside a network.
""",
        "Light that is added": rf"""
Colours on a screen are light that is added, not paint that is mixed: red and green together are yellow, all three are
white, none is black. How bright a colour looks is not the mean of the three, because the eye is most sensitive to
green. The usual weights are those of television:

$$
\text{{grey}} = {red:g}\, R + {green:g}\, G + {blue:g}\, B
$$

[ITU-R Recommendation BT.601](https://www.itu.int/rec/R-REC-BT.601)
""",
        "Scale and shape": r"""
Normalising divides every number by the largest there can be: $x = p / 255$, so that all lie from 0 to 1. Nothing is
lost, and nothing looks different; but a network's weights begin as small numbers, and it learns faster when its inputs
are about as small. Reshaping changes no number: $(28, 28)$ becomes $(28, 28, 1)$ because a convolution wants to
be told how many channels there are, even if it is only one.
""",
        "Weights and work": r"""
A dense layer has a weight for each pair of an input and a unit. A convolution uses the same small filters everywhere,
so the size of the picture is not in its count of weights, only in its work:

$$
\text{dense: } h w c \cdot u + u \qquad \text{convolution: } k^2 c \cdot f + f
$$

for $h \times w$ pixels of $c$ channels, $u$ units, and $f$ filters of $k \times k$ cells. One multiply-add
is needed for each weight of the dense layer, but $k^2 c f$ of them for *every cell* of the maps.
[LeCun and others: Gradient-based learning applied to document recognition](https://doi.org/10.1109/5.726791)
""",
    }
)
next_station()
