"""Convolution: a filter slides over a picture, one cell at a time; what its settings do; layers on layers."""

from cnnlab.nn.architecture import check
from cnnlab.nn.layers import Conv2D
from cnnlab.nn.operations import conv2d_at
from pages.parts.convolution.moving_digit import translation
from pages.parts.convolution.one_dot import what_a_dot_shows
from pages.parts.convolution.sliding_filter import explore, size_formula
from pages.parts.convolution.stacked_layers import exciting, receptive_fields
from ui.frame import begin
from ui.glossary import term
from ui.lesson import article, code, heading, next_station, predict, station

begin()

SIDE = 28

station("Convolution")
explore()
asked = Conv2D(1, 5, strides=2)
unseen = (SIDE - asked.kernel_size) % asked.strides
predict(
    "convolution-size",
    f"A {SIDE} x {SIDE} picture, a {asked.kernel_size} x {asked.kernel_size} filter, a {term('stride')} of "
    f"{asked.strides}, no padding. How many rows has the map?",
    asked.output_shape((SIDE, SIDE, 1))[0],
    reveal=size_formula(SIDE, asked) + (": the last column of the picture is never looked at." if unseen else ""),
)
code(conv2d_at)

heading("Convolution, or correlation?", "Turned or not")
what_a_dot_shows()

heading("The digit moves, its map moves along", "Wherever it stands")
translation()

heading("Layers on layers", "How far a cell sees")
stacked = check((Conv2D(8, 3), Conv2D(8, 3), Conv2D(8, 3))).summaries
predict(
    "convolution-field",
    "Three layers of 3 x 3 filters, one on the other. "
    f"How wide, in pixels, is the {term('receptive field')} of a cell of the last?",
    stacked[-1].receptive_field,
    reveal="Each further layer adds one pixel on each side: "
    + ", then ".join(f"{summary.receptive_field} x {summary.receptive_field}" for summary in stacked)
    + ".",
)
receptive_fields()

heading("From edges to shapes", "What a filter looks for")
exciting()

article(__file__)
next_station()
