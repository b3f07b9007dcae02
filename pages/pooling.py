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

article(__file__)
next_station()
