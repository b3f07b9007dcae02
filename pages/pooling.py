"""Pooling: the largest or the mean of each window, what that saves, and what it does to noise."""

import numpy as np

from cnnlab.nn.operations import average_pooling2d, average_pooling2d_at, max_pooling2d, max_pooling2d_at
from pages.parts.pooling.pooled_noise import black_paper
from pages.parts.pooling.pooled_picture import explore
from pages.parts.pooling.pooling_savings import savings, share_that_is_left
from ui.frame import begin
from ui.lesson import article, code, heading, next_station, predict, station

begin()

WINDOW = np.array([[0.1, 0.9], [0.3, 0.2]], np.float32)

station("Pooling")
explore()
values = [f"{value:g}" for value in WINDOW.ravel()]
largest, mean = (pool(WINDOW[..., np.newaxis]).item() for pool in (max_pooling2d, average_pooling2d))
predict(
    "pooling-mean",
    f"A window holds {', '.join(values)}. Max pooling keeps {largest:g}. What does average pooling make of it?",
    float(mean),
    reveal=f"({' + '.join(values)}) / {WINDOW.size} = {mean:.4g}. "
    f"Max pooling has a winner, {largest:g}; the mean listens to all.",
)
code(max_pooling2d_at, average_pooling2d_at)

heading("Does max pooling suppress noise?", "What noise leaves")
black_paper()

heading("What it saves", "Fewer values, fewer weights")
share_that_is_left()
savings()

article(
    {
        "The largest and the mean": r"""
Pooling makes one value of each window and has no weights to learn. Max pooling keeps the largest value of the window,
average pooling the mean of all $k^2$:

$$
\max_{i,j}\; x_{r s + i,\, c s + j} \qquad\text{and}\qquad \frac{1}{k^2} \sum_{i,j} x_{r s + i,\, c s + j}
$$

The largest value says that something was found somewhere in the window; the mean says how much of it there was.
Each channel is pooled by itself. With a stride $s$ as large as the window, no pixel is looked at twice; with a smaller
one, windows overlap.
[Boureau, Ponce, LeCun: A Theoretical Analysis of Feature Pooling](https://nyuscholars.nyu.edu/en/publications/a-theoretical-analysis-of-feature-pooling-in-visual-recognition)
""",
        "What noise leaves": r"""
To measure it, a clean digit and the same digit with noise are both pooled, and subtracted. What is left has two parts:
a bias, by which all values are moved, and a spread about it,

$$
\text{RMSE}^2 = \text{bias}^2 + \text{standard deviation}^2
$$

As long as noise is not clipped, the mean of four draws spreads half as much as one, and has no bias. The largest of
four is nearly always above zero, by about one standard deviation, so max pooling makes black paper grey. Dark spots on
white ink are another matter: any bright neighbour wins over them.
""",
        "Fewer values, fewer weights": r"""
A window of $k \times k$ with the stride $k$ leaves one value of $k^2$. A dense layer has one weight for each value
and unit, so it becomes as many times smaller:

$$
\frac{h}{k} \cdot \frac{w}{k} \cdot \text{maps} \cdot \text{units} + \text{units}
$$

Layers after it have less to do, and each of their cells sees $k$ times as far into the picture. What is lost is where
in its window a value stood: pooling forgets the place a little, on purpose.
""",
    }
)
next_station()
