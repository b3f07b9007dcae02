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

article(
    {
        "One cell of the map": r"""
A filter is a small grid of weights $w$. It is laid over one window of the picture $x$; each weight is multiplied by
the pixel below it, all products are added, and a bias $b$ on top:

$$
y_{r,c} = f\Big(b + \sum_{i,j,q} w_{i,j,q}\; x_{r s + i d,\; c s + j d,\; q}\Big)
$$

The stride $s$ is how far the window moves from cell to cell, the dilation $d$ how far its cells stand apart, and $q$
runs over the channels: one plane of weights each, all added into one sum. The activation $f$ comes last; relu is
$\max(0, y)$. The same few weights are used everywhere, so that nine of them serve a picture of any size.
[Goodfellow, Bengio, Courville: Deep Learning, chapter 9](https://www.deeplearningbook.org/contents/convnets.html)
""",
        "The size of the map": r"""
A window of $k$ cells with dilation $d$ reaches over $d (k - 1) + 1$ pixels. It begins at every $s$-th pixel, as long
as it does not stand over the edge. With $n$ pixels a side and $p$ rows of zeros added in all, the map has

$$
\Big\lfloor \frac{n + p - d (k - 1) - 1}{s} \Big\rfloor + 1
$$

cells a side. Padding *valid* adds nothing; *same* adds just enough zeros for $\lceil n / s \rceil$ cells.
[Dumoulin, Visin: A guide to convolution arithmetic](https://arxiv.org/abs/1603.07285)
""",
        "Turned or not": r"""
In mathematics, a convolution first turns the filter by half a circle: it adds up $w_{i,j}\, x_{r-i,\,c-j}$. A layer
leaves the turning out and adds up $w_{i,j}\, x_{r+i,\,c+j}$, which is called a correlation. A single dot shows which
one it is: each cell of the map sees the dot through another weight, so that the map shows the filter. For a
network it makes no difference, because its weights are learned: it would learn them turned.
""",
        "Wherever it stands": r"""
The same weights look at every place. A digit that moves by $m$ pixels is met by them at cells that lie $m / s$
further, with the same sums: the map moves along. This is called equivariance, and it saves a network from learning a
pattern anew for each place. It is exact where the stride $s$ divides $m$, and away from the edges; otherwise the
windows fall between the old ones, and the numbers change.
""",
        "How far a cell sees": r"""
The receptive field of a cell is the part of the picture that can change it. Each layer widens it by its window, in
steps as wide as all strides before it have made them:

$$
r_l = r_{l-1} + (k_l - 1) \prod_{m < l} s_m, \qquad r_0 = 1
$$

So small filters one on the other see far, and a pooling between them doubles what each further layer adds.
[Araujo, Norris, Sim: Computing Receptive Fields](https://distill.pub/2019/computing-receptive-fields/)
""",
        "What a filter looks for": r"""
Nobody told the filters what to look for. To find out, many digits are sent through the network, and for each filter
the patches are kept at which its answer was largest. Their mean shows what they have in common. In the first layer
that is a bright side and a dark one; the second layer sees more pixels, and the first one's answers instead of the
picture, and so it meets hooks and corners. The idea, for photos:
[Zeiler, Fergus: Visualizing and Understanding Convolutional Networks](https://arxiv.org/abs/1311.2901)
""",
    }
)
next_station()
